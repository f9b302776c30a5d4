"""A ticket's page at the desk: everything an agent needs to see, in words and in order."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import UnknownFile, UnknownTicket
from chalicelib.rendering import durations
from chalicelib.rules.identity import phones
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.clocks import CLOSE, QUARANTINE, READ, RETAIN, REVIEW, SEND_BACK, WINDOW, Clock
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.inbox_keys import clock_in_inbox
from chalicelib.rules.tickets.messages import Author, File, Message, Person
from chalicelib.rules.tickets.ticket import Ticket, active_clocks
from chalicelib.services.actions import unseen_messages
from chalicelib.services.desk import conversation, log_lines, mail_view, offers, times
from chalicelib.services.desk.answers import held_view, reach
from chalicelib.services.desk.answers.held_view import HeldView
from chalicelib.services.desk.answers.reach import Reach
from chalicelib.services.desk.conversation import Entry
from chalicelib.services.desk.log_lines import Line
from chalicelib.services.desk.mail_view import Whole
from chalicelib.services.desk.offers import Offers
from chalicelib.services.desk.orders import beside
from chalicelib.services.desk.orders.beside import Beside
from chalicelib.services.desk.times import TimeLeft
from chalicelib.services.help.fitting import Fitting, fitting
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import OtherTicket
from chalicelib.services.products import facts
from chalicelib.services.products.facts import ProductView

_MAX_SIBLINGS = 20
RAW = "raw"
"""Stands for the original mail, in place of a file's id."""
# A file's link is valid only for the time it takes to click it.
_FILE_LINK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock: `party` is the third party it waits for, `left` the countdown while it runs, `explained` why it is due
    then."""

    name: str
    party: str
    clock: Clock
    late: bool
    left: TimeLeft | None
    explained: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """`seen`: the visible messages (services.actions.unseen_messages); what is written on this page answers nothing
    newer. `newer`: messages came since the agent began to write. `original`: the key of the message shown in full,
    `pressing`: the promise due first. `agreed`: the lines of the contact agreement with its customer, "" if there
    is none. `reach`: how a messenger's user is reached. `order` and `product`: those that the ticket names, if there
    are any."""

    shop: Shop
    ticket: Ticket
    now: datetime
    entries: list[Entry]
    seen: str
    newer: bool
    original: str
    whole: Whole | None
    promises: list[Promise]
    pressing: Promise | None
    log: list[Line]
    phones: list[tuple[str, str]]
    other_tickets: list[OtherTicket]
    offers: Offers
    held: HeldView | None
    agreed: str
    reach: Reach | None
    order: Beside | None
    articles: tuple[Fitting, ...]
    product: ProductView | None


def load(deps: Deps, ref: str, shops: Container[str]) -> tuple[Ticket, list[Message]]:
    """A ticket of one of these shops with its messages. Raises UnknownTicket, the same for other shops' tickets as for
    none."""
    ticket, messages = deps.tickets.conversation(ref)
    if ticket is None or ticket.shop not in shops:
        raise UnknownTicket(ref)
    return ticket, messages


def view(
    deps: Deps,
    loaded: tuple[Ticket, Sequence[Message]],
    agent: Person,
    language: str,
    root: str,
    *,
    seen: str | None = None,
    original: str = "",
) -> TicketView:
    """`seen`: what the sender of a form had read; `original`: the key of the message to be shown in full. Raises
    UnknownFile if there is no such message, or its file is gone."""
    ticket, messages = loaded
    shop, now = deps.policy.shop(ticket.shop), deps.now()
    entries = conversation.entries(shop, ticket, messages, now, language, seen, original)
    promises = _promises(deps, shop, ticket, now, language)
    first, order = clock_in_inbox(ticket), beside.of_ticket(deps, ticket, language)
    agreed, purchase = held_view.agreed(deps, shop, ticket, language), order.purchase if order else None
    return TicketView(
        shop=shop,
        ticket=ticket,
        now=now,
        entries=entries,
        seen=unseen_messages.seen(messages),
        newer=any(entry.new for entry in entries),
        original=original,
        whole=mail_view.whole(deps, _message(ticket, messages, original), root) if original else None,
        promises=promises,
        pressing=next((p for p in promises if first and p.name == first.name), None),
        log=log_lines.lines(shop, ticket, deps.tickets.history(ticket.ref, log_lines.LIMIT), now, language),
        phones=_phones(ticket, messages),
        other_tickets=_other_tickets(deps, ticket),
        held=held_view.held(deps, shop, ticket, agent, language),
        agreed=agreed,
        reach=reach.of_ticket(shop, ticket, now, language),
        offers=offers.offers(deps, shop, (ticket, messages), agent, language, purchase, agreed=bool(agreed)),
        order=order,
        articles=fitting(deps, shop, ticket, messages),
        product=facts.of_ticket(deps, ticket),
    )


def file_link(deps: Deps, ticket: Ticket, messages: Sequence[Message], key: str, file_id: str) -> str:
    """The download link of a message's file, or with "raw" of its original mail. Raises UnknownFile."""
    message = _message(ticket, messages, key)
    file: File | None
    if file_id == RAW:
        file = mail_view.raw(message)
    else:
        file = next((file for file in message.files if file.id == file_id), None)
    if file is None:
        raise UnknownFile(file_id)
    return deps.files.link(file.key, file.filename, file.content_type, _FILE_LINK_SECONDS)


def _message(ticket: Ticket, messages: Sequence[Message], key: str) -> Message:
    messages_with_opening = (ticket.opening, *messages)
    found = next((message for message in messages_with_opening if conversation.key(ticket, message) == key), None)
    if found is None:
        raise UnknownFile(key)
    return found


def _promises(deps: Deps, shop: Shop, ticket: Ticket, now: datetime, language: str) -> list[Promise]:
    """The running promises first, the earliest due on top; then those met or paused."""
    holidays = deps.holidays(shop)

    def promise(clock: Clock) -> Promise:
        name, _, number = clock.name.partition("-")
        referral = referral_of(ticket, number) if number else None
        return Promise(
            name=name,
            party=referral.name if referral else "",
            clock=clock,
            late=clock.late(now),
            left=times.left_of(clock, now, language) if clock.running else None,
            explained=durations.explained(explained(clock, shop, holidays), language),
        )

    # A review request that was sent is no promise kept; it is in the log.
    promises = [promise(clock) for clock in active_clocks(ticket) if clock.name != REVIEW or clock.running]
    ours = (READ, WINDOW, SEND_BACK, CLOSE, QUARANTINE, REVIEW, RETAIN)
    return sorted(promises, key=lambda p: (not p.clock.running, p.name in ours, p.clock.due))


def _phones(ticket: Ticket, messages: Sequence[Message]) -> list[tuple[str, str]]:
    """The customer's phone numbers, the last used first, each once: as written and as dialled."""
    customer = ticket.requester
    customers = (m.person for m in (*reversed(messages), ticket.opening) if m.author is Author.CUSTOMER)
    theirs = [who for who in customers if who.is_also(customer)]
    noted: dict[str, str] = {}
    for phone in (who.phone for who in (customer, *theirs) if who.phone):
        noted.setdefault(next(iter(phones.words(phone)), phone), phone)
    return [(phone, phones.dialled(phone)) for phone in noted.values()]


def _other_tickets(deps: Deps, ticket: Ticket) -> list[OtherTicket]:
    """The customer's other tickets, newest first; of a customer without an address those of their number."""
    if not ticket.listed_by:
        return []
    found = deps.tickets.tickets_of(ticket.shop, ticket.listed_by, _MAX_SIBLINGS + 1)
    return [other for other in found if other.ref != ticket.ref][:_MAX_SIBLINGS]
