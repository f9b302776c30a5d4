"""All ports that the table implements, as one: for the store's contract and for tests that need several."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
from chalicelib.services.ports.deps import Deps

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PORTS = (
    "tickets", "drafts", "work", "digests", "inbox", "search", "threads", "suppressions", "objections", "agreements",
    "undeliverable", "mail_log",
    "limits", "sessions", "exports", "audit_log", "purges", "orders",
    "source_log", "outgoing", "help_counts", "feedback", "record", "answers", "waiting", "tallies", "improvements",
    "call_places", "absences", "connections", "presence",
)  # fmt: skip
"""The fields of Deps that one store fills."""


class WholeStore(
    Tickets, Drafts, WorkQueue, Digests, InboxIndex, SearchIndex, Threads, Suppressions, Objections, Undeliverable,
    Agreements, MailLog, Limits, Sessions, Exports, AuditLog, Purges, Orders, SourceLog, OutgoingEvents, HelpCounts,
    AnonymousFeedback, PromiseRecord, PublishedAnswers, WaitingList, Tallies, Improvements, CallPlaces,
    AbsenceList,
    Connections,
    Presence,
):  # fmt: skip
    """The table of this name. `client` is a boto3 DynamoDB client."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        table = Table(client, name)
        super().__init__(table)
        SourceLog.__init__(self, table)
        AbsenceList.__init__(self, table)


def on(deps: Deps, store: Any, **changes: Any) -> Deps:
    """The same deps with another store, and other changes."""
    return replace(deps, **dict.fromkeys(PORTS, store), **changes)
