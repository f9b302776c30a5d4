"""Every port over one memory, as one: what services are tested with, and tests that ask for several."""

from chalicelib.rules.tickets.ticket import Message, Ticket
from tests.support.store.memory.answers.agreements import Agreements
from tests.support.store.memory.audit_log import AuditLog
from tests.support.store.memory.bells.connections import Connections
from tests.support.store.memory.drafts import Drafts
from tests.support.store.memory.events.outgoing import OutgoingEvents
from tests.support.store.memory.events.source_log import SourceLog
from tests.support.store.memory.exports import Exports
from tests.support.store.memory.feedback.anonymous import AnonymousFeedback
from tests.support.store.memory.feedback.record import PromiseRecord
from tests.support.store.memory.inbox import InboxIndex
from tests.support.store.memory.learning.tallies import Improvements, Tallies
from tests.support.store.memory.limits import Limits
from tests.support.store.memory.mail_log import MailLog, Objections, Suppressions, Threads, Undeliverable
from tests.support.store.memory.memory import Memory, Port
from tests.support.store.memory.orders import Orders
from tests.support.store.memory.products.published import PublishedAnswers
from tests.support.store.memory.products.waiting import WaitingList
from tests.support.store.memory.purges import Purges
from tests.support.store.memory.search_index import HelpCounts, SearchIndex
from tests.support.store.memory.sessions import Sessions
from tests.support.store.memory.team.absences import AbsenceList
from tests.support.store.memory.tickets import Tickets
from tests.support.store.memory.work_queue import CallPlaces, Digests, Presence, WorkQueue


class FakeStore(
    Memory, Tickets, Drafts, WorkQueue, Digests, InboxIndex, SearchIndex, Threads, Suppressions, Objections,
    Agreements, Undeliverable, MailLog, Limits, Sessions, Exports, AuditLog, Purges, Orders, SourceLog, OutgoingEvents,
    HelpCounts, AnonymousFeedback, PromiseRecord, PublishedAnswers, WaitingList, Tallies, Improvements, CallPlaces,
    AbsenceList,
    Connections,
    Presence,
):  # fmt: skip
    """A store in memory: it is the memory that its ports stand on, so that a test sees and sets both in one place."""

    def __init__(self) -> None:
        Memory.__init__(self)
        Port.__init__(self, self)

    def only_ticket(self) -> Ticket:
        (ticket,) = self.tickets.values()
        return ticket

    def only_message(self) -> Message:
        (message,) = self.messages.values()
        return message
