"""Joins services with AWS: the only place that knows both."""

import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib import settings
from chalicelib.aws.bells import BellTopic, Sockets
from chalicelib.aws.clients import client
from chalicelib.aws.clock import clock
from chalicelib.aws.files import Files
from chalicelib.aws.hooks import RawHooks
from chalicelib.aws.mail_account import MailAccount
from chalicelib.aws.mailer import Mailer
from chalicelib.aws.messages.channels import AwsChannels
from chalicelib.aws.messages.files import WhatsappFiles
from chalicelib.aws.queue import DeadLetters, HookQueue, MailQueue
from chalicelib.aws.secrets import of_sources, plain, secret
from chalicelib.aws.store.answers.agreements import Agreements
from chalicelib.aws.store.audit_log import AuditLog
from chalicelib.aws.store.bells.connections import Connections
from chalicelib.aws.store.chats.presence import Presence
from chalicelib.aws.store.drafts import Drafts
from chalicelib.aws.store.exports import Exports
from chalicelib.aws.store.feedback.anonymous import AnonymousFeedback
from chalicelib.aws.store.feedback.record import PromiseRecord
from chalicelib.aws.store.help_counts import HelpCounts
from chalicelib.aws.store.inbox import InboxIndex
from chalicelib.aws.store.learning.tallies import Improvements, Tallies
from chalicelib.aws.store.limits import Limits
from chalicelib.aws.store.mail_log import MailLog, Objections, Suppressions, Threads, Undeliverable
from chalicelib.aws.store.orders import Orders
from chalicelib.aws.store.products.published import PublishedAnswers
from chalicelib.aws.store.products.waiting import WaitingList
from chalicelib.aws.store.purges import Purges
from chalicelib.aws.store.search_index import SearchIndex
from chalicelib.aws.store.sessions import Sessions
from chalicelib.aws.store.sources import OutgoingEvents, SourceLog
from chalicelib.aws.store.team.absences import AbsenceList
from chalicelib.aws.store.tickets import Tickets
from chalicelib.aws.store.work_queue import CallPlaces, Digests, WorkQueue
from chalicelib.aws.table.table import Table
from chalicelib.aws.texts import TextMessages
from chalicelib.external.catalogue_files import CatalogueFiles
from chalicelib.external.channels import Channels
from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.help_files import HelpFiles
from chalicelib.external.holidays_calendar import holidays_of, written_until
from chalicelib.external.oidc import OpenIdIssuer
from chalicelib.external.shop_orders import ShopOrders
from chalicelib.external.shop_webhooks import ShopWebhooks
from chalicelib.rules.policy.model import Policy
from chalicelib.rules.policy.reading import read
from chalicelib.services.ports.bells.bells import BellDeps
from chalicelib.services.ports.deps import Deps

if TYPE_CHECKING:
    from chalicelib.rules.events.source_keys import AllKeys

TEMPLATES = Path(__file__).parent.parent / "templates"
# After this many seconds every process knows a new version of a secret, and it may be made the present one.
SECRETS_READ_EVERY = 300


@cache
def policy() -> Policy:
    return read(_policy_file().read_text(encoding="utf-8"))


def _policy_file() -> Path:
    return settings.policy_file() or TEMPLATES / "policy.toml"


def _help_folder() -> Path:
    """Where packaging writes the help. A checkout has only its sources there."""
    return settings.help_folder() or TEMPLATES / "help"


@cache
def deps() -> Deps:
    """The dependencies of all services, made once per process. For new versions of the secrets see `afresh`."""
    _read_at()
    env = settings.load()
    table = Table(client("dynamodb"), env.table_name)
    sqs = partial(client, "sqs")
    mail = MailQueue(sqs, env.mail_queue_url, env.dead_letters_url)
    hooks = HookQueue(sqs, env.hook_queue_url, env.hook_dead_letters_url)
    delivery = DeadLetters(sqs, env.delivery_queue_url, env.delivery_dead_letters_url)
    # These did not come from a queue, so there is none to put them back on.
    others = {
        "send_mail": env.send_mail_dead_letters_url,
        "index_words": env.index_words_dead_letters_url,
        "runs": env.run_dead_letters_url,
    }
    texts, social, s3 = (partial(client, name) for name in ("pinpoint-sms-voice-v2", "socialmessaging", "s3"))
    whatsapp_files = WhatsappFiles(social, s3, env.files_bucket)
    keys = cache(partial(_source_keys, env.sources_secret_id))
    return Deps(
        policy=policy(),
        secret=secret(client("secretsmanager"), env.secret_id),
        audit=cache(partial(secret, client("secretsmanager"), env.audit_secret_id)),
        source_keys=keys,
        public_url=env.public_url,
        limits_on=env.rate_limits,
        tickets=Tickets(table),
        drafts=Drafts(table),
        work=WorkQueue(table),
        digests=Digests(table),
        call_places=CallPlaces(table),
        presence=Presence(table),
        inbox=InboxIndex(table),
        search=SearchIndex(table),
        threads=Threads(table),
        suppressions=Suppressions(table),
        objections=Objections(table),
        agreements=Agreements(table),
        undeliverable=Undeliverable(table),
        mail_log=MailLog(table),
        limits=Limits(table),
        sessions=Sessions(table),
        absences=AbsenceList(table),
        exports=Exports(table),
        audit_log=AuditLog(table),
        purges=Purges(table),
        orders=Orders(table),
        source_log=SourceLog(table),
        raw_hooks=RawHooks(s3, env.mail_bucket),
        hook_queue=hooks,
        shop_api=ShopOrders(),
        outgoing=OutgoingEvents(table),
        shop_webhook=ShopWebhooks(local=env.stage == "local"),
        documents=DocumentFiles(_policy_file().parent / "policies"),
        catalogue=CatalogueFiles(_policy_file().parent / "catalogue"),
        help=HelpFiles(_help_folder()),
        help_counts=HelpCounts(table),
        feedback=AnonymousFeedback(table),
        record=PromiseRecord(table),
        answers=PublishedAnswers(table),
        waiting=WaitingList(table),
        tallies=Tallies(table),
        improvements=Improvements(table),
        connections=Connections(table),
        ringing=BellTopic(partial(client, "sns"), env.bell_topic),
        live_url=env.live_url,
        files=Files(s3, env.mail_bucket, env.files_bucket),
        queue=mail,
        queues={"mail": mail, "hooks": hooks, "delivery": delivery}
        | {name: DeadLetters(sqs, "", url) for name, url in others.items()},
        mailer=Mailer(partial(client, "ses"), env.configuration_set),
        channels=AwsChannels(
            social, texts, whatsapp_files, Channels(keys, local=env.stage == "local"), env.text_events
        ),
        texts=TextMessages(texts),
        mail_account=_mail_account(env),
        now=clock(client("dynamodb"), env.table_name, env.stage),
        holidays=holidays_of,
        holidays_until=written_until,
        issuer=_issuer(env),
    )


@cache
def bell_deps() -> BellDeps:
    """The dependencies of the connections' functions, made once per process. They read no secret."""
    env = settings.load()
    return BellDeps(
        policy=policy,
        origin="{0.scheme}://{0.netloc}".format(urlsplit(env.public_url)),
        connections=Connections(Table(client("dynamodb"), env.table_name)),
        ringing=BellTopic(partial(client, "sns"), env.bell_topic),
        sockets=Sockets(partial(client, "apigatewaymanagementapi", env.live_endpoint)),
        now=clock(client("dynamodb"), env.table_name, env.stage),
    )


def afresh(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Middleware: a process that lives long reads the secrets again from time to time, before it handles a request."""
    if time.monotonic() - _read_at() > SECRETS_READ_EVERY:
        for made in (deps, _read_at):
            made.cache_clear()
    return get_response(event)


@cache
def _read_at() -> float:
    return time.monotonic()


def _source_keys(secret_id: str) -> "AllKeys":
    return of_sources(client("secretsmanager"), secret_id) if secret_id else {}


def _mail_account(env: settings.Settings) -> MailAccount | None:
    if env.stage == "local":
        return None
    return MailAccount(partial(client, "ses"), partial(client, "sesv2"), env.receipt_rule_set)


def _issuer(env: settings.Settings) -> OpenIdIssuer | None:
    if not env.oidc_issuer:
        return None
    secret_id = env.oidc_client_secret_id
    client_secret = partial(plain, client("secretsmanager"), secret_id) if secret_id else bytes
    return OpenIdIssuer(env.oidc_issuer, env.oidc_client_id, client_secret)
