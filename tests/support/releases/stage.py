"""The use cases on the real adapters, with moto's table and buckets. This module plays the table's stream and SES in
between. Nothing is random, so that the same actions store the same bytes."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from moto.dynamodb.models import dynamodb_backends
from moto.moto_api._internal import mock_random

from chalicelib.aws import events
from chalicelib.aws.files import Files
from chalicelib.errors import NotSent, StillOwed
from chalicelib.external.catalogue_files import CatalogueFiles
from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.help_files import HelpFiles
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.identity import derived, keys
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.operations import console
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy.recording import recorded
from chalicelib.services.tickets.indexing import index
from chalicelib.services.tickets.links import status_url
from tests.support import shops
from tests.support.agents import ADA
from tests.support.bells.fakes import FakeRinging
from tests.support.releases.kept import Places
from tests.support.store import tables
from tests.support.store.fakes import PUBLIC_URL, Clock, FakeQueue, FakeRun, written
from tests.support.store.hooks import FakeHookQueue, FakeHooks, FakeShopApi, FakeShopWebhook
from tests.support.store.mailer import FakeChannels, FakeMailer, FakeTexts, SentMail
from tests.support.store.whole import PORTS, WholeStore
from tests.support.web import help_centre

CARE = "care@help.northlight.example"
_ACCOUNT = "123456789012"


class DatedFiles(Files):
    """The buckets. Raw mails have the stage's time, while moto would give them the real one."""

    came: dict[str, datetime]

    def raw_mails(self) -> Iterator[tuple[str, datetime]]:
        return ((key, self.came[key]) for key, _ in super().raw_mails())


@dataclass(slots=True)
class Stage:
    """The world of the use cases. `store` lets tests read the table."""

    deps: Deps
    store: WholeStore
    places: Places
    clock: Clock
    mailer: FakeMailer
    files: DatedFiles
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    indexed: set[tuple[str, str]] = field(default_factory=set)

    def shop(self, id: str = "northlight") -> Shop:
        return self.deps.policy.shop(id)

    def run(self, steps: int = 1_000_000) -> FakeRun:
        """A function's run with time for this many steps."""
        return FakeRun(steps=steps, request=f"request-{next(self.numbers)}")

    def console(self, serve: Callable[..., Any], event: dict[str, Any], steps: int = 1_000_000) -> Any:
        """Run a console function and write its audit event; return its answer. The run has time for this many steps."""
        run = self.run(steps)
        given = (event, run) if "run" in serve.__code__.co_varnames[:3] else (event,)
        return recorded(self.deps, serve.__name__, event, run.request, partial(serve, self.deps, *given))

    def acts(
        self, action: str, ref: str, agent: str = ADA, shop: str = "northlight", flows: bool = True, **fields: Any
    ) -> None:
        """Run an agent's action; it must change something."""
        event = {"shop": shop, "reference": ref, "agent": agent, "action": action} | fields
        assert console.act_on_ticket(self.deps, event)["done"], action
        if flows:
            self.flows()

    def arrives(
        self, mail: EmailMessage | bytes, to: str = CARE, failed: Sequence[str] = (), passed: Sequence[str] = (DMARC,),
        flows: bool = True, **notice: Any,
    ) -> Outcome:  # fmt: skip
        """Receive a mail."""
        key = f"raw/{next(self.numbers):08}"
        raw = mail if isinstance(mail, bytes) else _raw(mail)
        self.places.s3.put_object(Bucket=self.places.mail_bucket, Key=key, Body=raw)
        self.files.came[key] = self.clock()
        notice = {"failed": frozenset(failed), "passed": frozenset(passed) - frozenset(failed)} | notice
        outcome = receive(self.deps, MailReceived(key, (to,), **notice))
        if flows:
            self.flows()
        return outcome

    def mail(
        self, who: str, text: str, to: str = CARE, subject: str = "", file: bytes = b"", **headers: Any
    ) -> EmailMessage:
        number = next(self.numbers)
        subject = subject or f"My lamp {number}"
        made = written(who, subject, text, To=headers.pop("To", to), Message_ID=f"<{number}@m.example>", **headers)
        if file:
            made.add_attachment(file, "application", "pdf", filename="receipt.pdf")
        return made

    def writes(
        self, who: str, text: str, failed: Sequence[str] = (), passed: Sequence[str] = (DMARC,), **headers: Any
    ) -> str:
        """Receive a mail that opens a ticket; return its reference."""
        known = set(self.refs())
        self.arrives(self.mail(who, text, **headers), failed=failed, passed=passed)
        return next(ref for ref in self.refs() if ref not in known)

    def flows(self) -> None:
        """Let some time pass and play the table's stream until it causes no further changes."""
        self.clock.advance(minutes=7)
        while True:
            found = self.items()
            new = [item for item in found if _is_indexed(item) and _key(item) not in self.indexed]
            self.indexed |= set(map(_key, new))
            events.each_indexed(_stream(new, "INSERT"), partial(index, self.deps))
            owing = [item for item in found if item.get("outbox") == {"S": "queued"}]
            if not owing:
                return
            with suppress(StillOwed):
                events.each_outbox(_stream(owing, "MODIFY"), partial(post, self.deps))

    def passes(self, **time: float) -> None:
        """Let time pass, and work off what is due."""
        self.clock.advance(**time)
        for _ in range(2):
            look_after_due(self.deps)
            self.flows()

    def items(self) -> list[dict[str, Any]]:
        """All items of tickets, read from moto's internals: scanning the table would take a second."""
        table = dynamodb_backends[_ACCOUNT][tables.REGION].tables[self.places.table]
        kept = (each.values() for of, each in table.items.items() if of.value.startswith("TICKET#"))
        found = (item.attrs for each in kept for item in each)
        return [{name: value.to_regular_json() for name, value in attrs.items()} for attrs in found]

    def refs(self) -> list[str]:
        return [item["ref"]["S"] for item in self.items() if item["sk"] == {"S": "TICKET"} and "purging" not in item]

    def ticket(self, ref: str) -> Ticket:
        ticket = self.store.ticket(ref)
        assert ticket
        return ticket

    def messages(self, ref: str) -> list[Message]:
        return self.store.conversation(ref)[1]

    def sent(self, who: str) -> SentMail:
        """The latest mail to this address."""
        return self.mailer.to(who)[-1]

    def told(self, delivery_event: DeliveryEvent, who: str) -> None:
        """Deliver an SES event about the latest mail to this address."""
        note_event(self.deps, self.sent(who).id, Report(delivery_event, (who,), "5.1.1", f"smtp; 550 no {who} here"))
        self.flows()

    def link(self, ref: str) -> str:
        """The token in the link to a ticket's page, as in the customer's mails."""
        return status_url(self.deps, self.ticket(ref)).rpartition("/")[2]

    @contextmanager
    def refusing(self, *, passing: bool, unanswered: bool = False) -> Iterator[None]:
        """Inside this context SES refuses every mail."""

        def refuse(recipient: str) -> None:
            raise NotSent("MessageRejected: no", passing=passing, unanswered=unanswered)

        self.mailer.on_send = refuse
        yield
        self.mailer.on_send = lambda recipient: None

    @contextmanager
    def dying(self) -> Iterator[None]:
        """Inside this context the run crashes when it sends a mail."""

        def die(recipient: str) -> None:
            raise KeyboardInterrupt

        self.mailer.on_send = die
        with suppress(KeyboardInterrupt):
            yield
        self.mailer.on_send = lambda recipient: None

    @contextmanager
    def unable(self, operation: str) -> Iterator[None]:
        """Inside this context this operation of the bucket fails."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(self.places.s3, operation, Mock(side_effect=ConnectionError))
            yield

    def rotate(self) -> None:
        """Add a new version to the secret and make it the current one."""
        newer = keys.with_version(self.deps.secret, "the-second-version-of-the-secret-as-an-admin-would-put-it")
        self.deps = replace(self.deps, secret=keys.with_newest_present(newer))

    def token(self, ref: str, role: Role, referral: int = 0) -> str:
        """The token that assigns a reply to the ticket."""
        ticket = self.ticket(ref)
        life = derived.life_of(ticket.opened_at)
        return derived.token(self.deps.secret, Token(ref, role, referral, ticket.link_version, life))


@contextmanager
def staged(policy: Policy, secret: Secret, audit: Secret, at: datetime) -> Iterator[Stage]:
    """A new table and new buckets, at this time."""
    with tables.in_process(), pytest.MonkeyPatch.context() as patched:
        numbers = itertools.count(1)
        patched.setattr("secrets.token_urlsafe", lambda size: f"random-{next(numbers):036}"[:43])
        patched.setattr("os.urandom", lambda size: next(numbers).to_bytes(size, "big"))  # moto's ids of uploads
        mock_random.seed(0)
        places = Places(boto3.client("dynamodb"), boto3.client("s3"))
        store = tables.create(places.dynamodb, places.table)
        for bucket in places.buckets:
            places.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
            places.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        files = DatedFiles(lambda: places.s3, *places.buckets)
        files.came = {}
        clock, mailer = Clock(at), FakeMailer()
        queues = {name: FakeQueue() for name in ("mail", "delivery", "send_mail", "index_words", "runs")}
        ports: dict[str, Any] = dict.fromkeys(PORTS, store)
        deps = Deps(
            policy=policy,
            secret=secret,
            audit=lambda: audit,
            source_keys=dict,
            public_url=PUBLIC_URL,
            limits_on=True,
            files=files,
            mailer=mailer,
            queue=queues["mail"],
            queues=queues,
            now=clock,
            holidays=holidays_of,
            ringing=FakeRinging(),
            raw_hooks=FakeHooks(),
            hook_queue=FakeHookQueue(),
            shop_api=FakeShopApi(),
            shop_webhook=FakeShopWebhook(),
            documents=DocumentFiles(shops.DOCUMENTS),
            catalogue=CatalogueFiles(shops.CATALOGUE),
            help=HelpFiles(help_centre.built()),
            texts=FakeTexts(),
            channels=FakeChannels(),
            **ports,
        )
        yield Stage(deps, store, places, clock, mailer, files)


def _raw(mail: EmailMessage) -> bytes:
    """The mail as bytes, with fixed boundaries instead of random ones."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"==part-{number}==")
    return mail.as_bytes(policy=mail.policy.clone(max_line_length=998))


def _key(item: Any) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _is_indexed(item: Any) -> bool:
    """Whether the stream passes the item to the search index."""
    sk, action = item["sk"]["S"], item.get("action", {}).get("S")
    return sk == "TICKET" or sk.startswith("MSG#") or (sk.startswith("LOG#") and Action(action).names_people)


def _stream(images: Sequence[Any], kind: str) -> dict[str, Any]:
    return {"Records": [{"eventName": kind, "dynamodb": {"NewImage": image}} for image in images]}
