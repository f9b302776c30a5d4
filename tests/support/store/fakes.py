"""Stand-ins for the world: a store, files and mailer in memory that keep the promises of services.ports.deps, a clock
to be set by hand, and the mails people write. What the store promises is checked by tests/support/store/contract.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from chalicelib.errors import NotSent
from chalicelib.external.catalogue_files import CatalogueFiles
from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.help_files import HelpFiles
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.events.source_keys import SourceKeys
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.running import QueueDepth
from tests.support import shops
from tests.support.bells.fakes import FakeRinging
from tests.support.store.files import FakeFiles
from tests.support.store.hooks import FakeHookQueue, FakeHooks, FakeShopApi, FakeShopWebhook
from tests.support.store.mailer import FakeChannels, FakeMailer, FakeTexts
from tests.support.store.memory.whole import FakeStore
from tests.support.web import help_centre


def secret_of(text: str) -> Secret:
    """A secret of one version."""
    return Secret({"1": text.encode()}, "1")


SECRET = secret_of("a secret of sixty-four characters, as the stack would generate it")
AUDIT_SECRET = secret_of("another of sixty-four, which is the audit events' and nothing else's here")
PUBLIC_URL = "https://care.example/api"
# A Wednesday morning in Berlin: working time.
START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at


class FakeQueue:
    """The queue of raw mails in memory."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.dead: list[str] = []

    def put_back(self, raw_key: str) -> None:
        self.waiting.append(raw_key)

    def redrive(self, limit: int) -> int:
        redriven, self.dead = self.dead[:limit], self.dead[limit:]
        self.waiting += redriven
        return len(redriven)

    def depths(self) -> QueueDepth:
        return QueueDepth(len(self.waiting), len(self.dead))


@dataclass(slots=True)
class FakeRun:
    """A function's run that has time for so many steps; `asked` are the events it is to run with once more."""

    steps: int = 1_000_000
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    invokes: bool = True
    request: str = "run"

    def time_left(self) -> bool:
        self.steps -= 1
        return self.steps >= 0

    def again(self, event: Mapping[str, Any]) -> bool:
        self.asked.append(event)
        return self.invokes


def refusing(*, passing: bool, times: int = 1) -> list[Exception]:
    """What a mail service that takes no mails raises."""
    return [NotSent("Throttling: too fast" if passing else "MessageRejected: no", passing=passing)] * times


@dataclass(slots=True)
class World:
    """Everything a use case works with, and the hands to move it."""

    deps: Deps
    store: FakeStore
    files: FakeFiles
    mailer: FakeMailer
    queue: FakeQueue
    clock: Clock
    shop: Shop
    hooks: FakeHooks = field(default_factory=FakeHooks)
    hook_queue: FakeHookQueue = field(default_factory=FakeHookQueue)
    source_keys: dict[tuple[str, str], SourceKeys] = field(default_factory=dict)
    texts: FakeTexts = field(default_factory=FakeTexts)
    ringing: FakeRinging = field(default_factory=FakeRinging)
    channels: FakeChannels = field(default_factory=FakeChannels)
    mails: int = field(default=0)

    def arrives(self, raw: bytes | EmailMessage) -> str:
        """A raw mail in the bucket; its key."""
        self.mails += 1
        key = f"raw/{self.mails}"
        self.files.raw[key] = raw.as_bytes() if isinstance(raw, EmailMessage) else raw
        self.files.came[key] = self.clock.at
        return key

    def with_shop(self, **changes: Any) -> "World":
        """The same world, its shop's policy changed."""
        shop = replace(self.shop, **changes)
        shops = Policy({**self.deps.policy.shops, shop.id: shop})
        self.deps, self.shop = replace(self.deps, policy=shops), shop
        return self


def world(shop: str = "northlight", *, limits_on: bool = True) -> World:
    """A world with the policy of tests and nothing in it yet."""
    store, files, mailer, queue, clock = FakeStore(), FakeFiles(), FakeMailer(), FakeQueue(), Clock()
    hooks, hook_queue, source_keys = FakeHooks(), FakeHookQueue(), dict[tuple[str, str], SourceKeys]()
    texts, ringing, channels, fictional = FakeTexts(), FakeRinging(), FakeChannels(), shops.policy()
    deps = Deps(
        policy=fictional,
        secret=SECRET,
        audit=lambda: AUDIT_SECRET,
        source_keys=lambda: source_keys,
        public_url=PUBLIC_URL,
        limits_on=limits_on,
        files=files,
        mailer=mailer,
        texts=texts,
        channels=channels,
        queue=queue,
        now=clock,
        holidays=holidays_of,
        queues={
            "mail": queue,
            "hooks": hook_queue,
            **{name: FakeQueue() for name in ("delivery", "send_mail", "index_words", "runs")},
        },
        tickets=store,
        drafts=store,
        work=store,
        digests=store,
        call_places=store,
        presence=store,
        inbox=store,
        search=store,
        threads=store,
        suppressions=store,
        objections=store,
        agreements=store,
        undeliverable=store,
        mail_log=store,
        limits=store,
        sessions=store,
        absences=store,
        exports=store,
        audit_log=store,
        purges=store,
        orders=store,
        source_log=store,
        raw_hooks=hooks,
        hook_queue=hook_queue,
        shop_api=FakeShopApi(),
        outgoing=store,
        shop_webhook=FakeShopWebhook(),
        documents=DocumentFiles(shops.DOCUMENTS),
        catalogue=CatalogueFiles(shops.CATALOGUE),
        help=HelpFiles(help_centre.built()),
        help_counts=store,
        feedback=store,
        record=store,
        answers=store,
        waiting=store,
        tallies=store,
        improvements=store,
        connections=store,
        ringing=ringing,
    )
    fakes = (hooks, hook_queue, source_keys, texts, ringing, channels)
    return World(deps, store, files, mailer, queue, clock, fictional.shop(shop), *fakes)


def all_notified(shop: Shop) -> Shop:
    """The shop with every agent told of new tickets."""
    return replace(shop, agents=tuple(replace(agent, notify=True) for agent in shop.agents))


def written(
    sender: str = "Mira Holm <mira@example.com>",
    subject: str = "The shade is cracked",
    text: str = "Hello,\n\nmy lamp arrived with a cracked shade.\n\nMira\n",
    **headers: str,
) -> EmailMessage:
    """A mail as a person writes it; a header's underscores are hyphens, and an empty one is left out."""
    mail = EmailMessage()
    default = {
        "From": sender,
        "To": "care@help.northlight.example",
        "Subject": subject,
        "Message_ID": "<first@mail.example>",
    }
    for name, value in (default | headers).items():
        if value:
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail
