"""Our mails that did not arrive: reported by mail, or by the mail service's own events."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.mail.inbound import Bounce, InboundMail
from chalicelib.rules.delivery.bouncing import STATUSES, DeliveryEvent, Report, note
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import referring
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.reply_tokens import ROLES, is_of, tokens_in
from chalicelib.services.tickets.undeliverable import note_undeliverable

# How long an address gets no automatic mail: a mailbox may work again, a complaint is deliberate. If the mail service
# gave up on a mail, the address is not suppressed: the next mail may arrive.
SUPPRESSED_FOR = {DeliveryEvent.BOUNCED: timedelta(days=30), DeliveryEvent.COMPLAINED: timedelta(days=365)}


@dataclass(frozen=True, slots=True)
class Reported:
    """A delivery report about a mail of ours: its ticket, the item that owed it, and the mail service's id for it."""

    ticket: Ticket
    due: ItemRef
    ses_id: str
    report: Report


def reported(deps: Deps, shop: Shop, mail: InboundMail, bounce: Bounce, recipients: tuple[str, ...]) -> Reported | None:
    """Find which mail of ours a delivery report is about that came by mail; None if it names none.

    Reports can be forged. So a report counts only if it names the mail service's id of a mail of ours or carries a
    token of ours, and it changes only what is recorded about that mail. A token proves only mails to the role it was
    made for, so a third party can't get the customer's address suppressed.
    """
    delivery_event = DeliveryEvent.BOUNCED if bounce.permanent else DeliveryEvent.DELAYED
    report = Report(delivery_event, bounce.recipients, bounce.status, bounce.reason)
    ids = [id.partition("@")[0] for id in (bounce.original_message_id, *mail.in_reply_to, *mail.references) if id]
    for ses_id in dict.fromkeys(ids):
        due = deps.threads.item_of_sent(ses_id)
        ticket = deps.tickets.ticket(due.ref) if due else None
        if due and ticket:
            return Reported(ticket, due, ses_id, report)
    for token in tokens_in(deps, mail, recipients):
        ticket = deps.tickets.ticket(token.ref)
        if ticket and ticket.shop == shop.id and is_of(token, ticket):
            due = _reported_item(ticket, token)
            item = _load(deps, due)
            latest = _latest_to(item, report.recipients, token.role) if item else None
            return Reported(ticket, due, latest, report) if latest else None
    return None


def note_reported(deps: Deps, about: Reported) -> None:
    """Record the report on its mail. Repeating it changes nothing."""
    _note_on(deps, about.due, _load(deps, about.due), about.ses_id, about.report)


def note_event(deps: Deps, ses_id: str, report: Report) -> str | None:
    """Record an event on the mail with this id of the mail service. Returns the ticket's reference, or None if the mail
    is not ours."""
    due = deps.threads.item_of_sent(ses_id)
    item = _load(deps, due) if due else None
    return _note_on(deps, due, item, ses_id, report) if due and item else None


def suppressed(deps: Deps, address: str) -> bool:
    """Whether this address must not get automatic mail: it bounced, or its owner complained."""
    keys = derived.blinds(deps.secret, "suppression", canonical(address))
    return any(deps.suppressions.is_suppressed(key, deps.now()) for key in keys)


def address_key(deps: Deps, address: str) -> str:
    return derived.blind(deps.secret, "suppression", canonical(address))


def _reported_item(ticket: Ticket, token: Token) -> ItemRef:
    """The item that a token in a report is about: the ticket, or the message that asked a third party."""
    asked = referring.referral_of(ticket, str(token.referral)) if token.role is Role.THIRD_PARTY else None
    return ItemRef(ticket.ref, asked.message if asked and asked.message else None)


def _note_on(deps: Deps, due: ItemRef, item: OutboxItem | None, ses_id: str, report: Report) -> str:
    def decide(item: OutboxItem | None) -> Change | None:
        if item is None:
            return None
        change = note(item, ses_id, report, deps.policy.shop(_shop_of(deps, item)), deps.now())
        if change:
            # These first: if we crash in between, the repeated report is not recorded yet and does all of it again.
            _suppress(deps, item, ses_id, report)
            _list(deps, item, ses_id, report)
        return change

    commit_unless_done(deps, item, decide, lambda: _load(deps, due))
    return due.ref


def _suppress(deps: Deps, item: OutboxItem, ses_id: str, report: Report) -> None:
    """Suppress the address to which we sent the mail; the addresses in the report could be anybody's."""
    if report.delivery_event not in SUPPRESSED_FOR or item.outbox is None:
        return
    for mail in item.outbox.deliveries:
        if mail.ses_id == ses_id:
            deps.suppressions.suppress(
                address_key(deps, mail.to), report.delivery_event, deps.now() + SUPPRESSED_FOR[report.delivery_event]
            )


def _list(deps: Deps, item: OutboxItem, ses_id: str, report: Report) -> None:
    if report.delivery_event in STATUSES and item.outbox:
        for mail in item.outbox.deliveries:
            if mail.ses_id == ses_id:
                note_undeliverable(deps, _shop_of(deps, item), item.ref, mail, STATUSES[report.delivery_event])


def _latest_to(item: OutboxItem, recipients: tuple[str, ...], role: Role) -> str | None:
    """The id of our latest mail to one of these addresses with a token of this role; preferably one that is not yet
    known as undelivered."""
    named = set(map(canonical, recipients))
    mails = reversed(item.outbox.deliveries) if item.outbox else ()
    matching = [d for d in mails if d.ses_id and canonical(d.to) in named and ROLES[d.purpose.audience] is role]
    sent = [d for d in matching if d.status is DeliveryStatus.SENT]
    return next((d.ses_id for d in (*sent, *matching)), None)


def _shop_of(deps: Deps, item: OutboxItem) -> str:
    if not isinstance(item, Message):
        return item.shop
    ticket = deps.tickets.ticket(item.ref)
    return ticket.shop if ticket else ""


def _load(deps: Deps, due: ItemRef) -> OutboxItem | None:
    return deps.tickets.message(due.ref, due.message) if due.message else deps.tickets.ticket(due.ref)
