"""What the services need from the outside, as protocols: `aws` and `external` implement them, tests fake them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing.periods import Holidays
from chalicelib.services.ports.access import AbsenceList, Issuer, Limits, Sessions
from chalicelib.services.ports.answers.agreements import Agreements
from chalicelib.services.ports.bells.bells import Connections, Ringing
from chalicelib.services.ports.events.hooks import HookQueue, RawHooks
from chalicelib.services.ports.events.outgoing import OutgoingEvents, ShopWebhook
from chalicelib.services.ports.events.shop_api import ShopApi
from chalicelib.services.ports.events.source_log import SourceLog
from chalicelib.services.ports.exports import Exports
from chalicelib.services.ports.feedback.anonymous import AnonymousFeedback
from chalicelib.services.ports.feedback.record import PromiseRecord
from chalicelib.services.ports.files import Documents, Files, HelpCentre
from chalicelib.services.ports.inbox import InboxIndex
from chalicelib.services.ports.learning.tallies import Improvements, Tallies
from chalicelib.services.ports.mail_account import MailAccount
from chalicelib.services.ports.mails import (
    Mailer,
    MailLog,
    Objections,
    Suppressions,
    TextMessages,
    Threads,
    Undeliverable,
)
from chalicelib.services.ports.messages.channels import Channels
from chalicelib.services.ports.orders import Catalogue, Orders
from chalicelib.services.ports.products.published import PublishedAnswers
from chalicelib.services.ports.products.waiting import WaitingList
from chalicelib.services.ports.purges import AuditLog, Purges
from chalicelib.services.ports.running import Queue, RedrivableQueue
from chalicelib.services.ports.search import HelpCounts, SearchIndex
from chalicelib.services.ports.tickets import Drafts, Tickets
from chalicelib.services.ports.work import CallPlaces, Digests, Presence, WorkQueue

if TYPE_CHECKING:  # every function imports this, and few take events in
    from chalicelib.rules.events.source_keys import AllKeys


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a use case works with."""

    policy: Policy
    secret: Secret
    audit: Callable[[], Secret]
    """Loads the secret of the audit events. A function that neither writes nor verifies them has no right to it, so it
    is loaded only on demand."""
    source_keys: Callable[[], "AllKeys"]
    """Loads the secrets of the sources of events. Only the functions that take events in have a right to them."""
    public_url: str
    limits_on: bool
    tickets: Tickets
    drafts: Drafts
    work: WorkQueue
    digests: Digests
    call_places: CallPlaces
    presence: Presence
    inbox: InboxIndex
    search: SearchIndex
    threads: Threads
    suppressions: Suppressions
    objections: Objections
    agreements: Agreements
    undeliverable: Undeliverable
    mail_log: MailLog
    limits: Limits
    sessions: Sessions
    absences: AbsenceList
    exports: Exports
    audit_log: AuditLog
    purges: Purges
    orders: Orders
    source_log: SourceLog
    raw_hooks: RawHooks
    hook_queue: HookQueue
    shop_api: ShopApi
    outgoing: OutgoingEvents
    shop_webhook: ShopWebhook
    documents: Documents
    help: HelpCentre
    help_counts: HelpCounts
    feedback: AnonymousFeedback
    record: PromiseRecord
    answers: PublishedAnswers
    waiting: WaitingList
    tallies: Tallies
    improvements: Improvements
    connections: Connections
    ringing: Ringing
    files: Files
    mailer: Mailer
    texts: TextMessages
    channels: Channels
    queue: Queue
    now: Callable[[], datetime]
    holidays: Callable[[Shop], Holidays]
    mail_account: MailAccount | None = None
    """None on a developer's machine, where the mail service is no real one."""
    catalogue: Catalogue | None = None
    live_url: str = ""
    """Where pages connect that want to be rung; empty if they can't."""
    issuer: Issuer | None = None
    """None if single sign-on is not set up."""
    queues: Mapping[str, RedrivableQueue] = field(default_factory=dict)
    """Every queue that has dead letters, by name."""
    holidays_until: Callable[[], int | None] = lambda: None
    """The last year with listed holidays; None if holidays are computed."""

    def context(self, shop: Shop) -> RuleContext:
        """The current time with the shop and its holidays, for rules."""
        return RuleContext(self.now(), shop, self.holidays(shop))
