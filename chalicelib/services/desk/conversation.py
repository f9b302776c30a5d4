"""A ticket's conversation as the desk shows it: each contribution with its type, its files, and the status of its
mails. Long texts are folded, and long threads are shown from their end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.rendering import pages
from chalicelib.rules.identity import phones
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.messages import Author, Event, File, Message, Visibility
from chalicelib.rules.tickets.outbox import Audience, Delivery, Outbox
from chalicelib.rules.tickets.procedure_facts import Extension, FinalAnswer, Referral
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import unseen_messages
from chalicelib.services.desk import times

# How many lines or characters of a text are shown at first.
SHOWN_LINES, SHOWN_CHARACTERS = 40, 5000
# In a long thread, the opening and this many of the last contributions are unfolded.
_UNFOLDED, _LONG_THREAD = 6, 12
# The limit for all texts on the page together (pages.weight), the newest first; the rest is shown on request. Lambda
# answers with 6 MB at most.
_MAX_TOGETHER = 2_000_000
_SNIPPET = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution. `text` is its beginning, `rest` the `hidden` further lines; `cut`: there is more than the page
    can hold. `mails` went to customers and third parties, `notices` to agents. `key` is unique in the conversation,
    even after tickets were merged into it."""

    key: str
    message: Message
    name: str
    at: str
    ago: str
    text: str
    rest: str
    hidden: int
    cut: bool
    snippet: str
    mails: tuple[Delivery, ...]
    notices: tuple[Delivery, ...]
    detail: Extension | Referral | FinalAnswer | None
    clock: str
    stage: str
    folded: bool = False
    new: bool = False

    @property
    def internal(self) -> bool:
        return self.message.visibility is Visibility.INTERNAL

    @property
    def dialled(self) -> str:
        """The phone number of its writer, as dialled."""
        return phones.dialled(self.message.person.phone)

    @property
    def compact(self) -> bool:
        """One of Aftercare's own steps: shown as one line."""
        return self.message.author is Author.SYSTEM

    @property
    def files(self) -> tuple[File, ...]:
        return self.message.files


def entries(
    shop: Shop, ticket: Ticket, messages: Sequence[Message], now: datetime, language: str, seen: str | None, whole: str
) -> list[Entry]:
    """The conversation in time order. `seen`: the last messages the agent had read (services.actions.unseen_messages);
    None: don't mark anything as new. `whole`: the key of the message that is shown in full."""
    found = list[Entry]()
    later = unseen_messages.newer(messages, ticket.opening.id, seen) if seen else []
    new = {key(ticket, message) for message in later}
    newest_first = (*reversed(messages), ticket.opening)
    for message, text, _ in pages.fitting(newest_first, lambda each: each.text, _MAX_TOGETHER):
        entry = _entry(shop, ticket, message, text, now, language)
        found.append(replace(entry, new=entry.key in new))
    found.reverse()
    if len(found) <= _LONG_THREAD:
        return found
    kept = {0, *range(len(found) - _UNFOLDED, len(found))}
    return [
        replace(entry, folded=place not in kept and not entry.new and entry.key != whole)
        for place, entry in enumerate(found)
    ]


def key(ticket: Ticket, message: Message) -> str:
    """The message's id; for a ticket that was merged into this one with its reference, because ids are unique only
    within a ticket."""
    return message.id if message.ref == ticket.ref else f"{message.ref}/{message.id}"


def _entry(shop: Shop, ticket: Ticket, message: Message, text: str, now: datetime, language: str) -> Entry:
    begun, rest = folded(text.replace("\r\n", "\n"))
    box = ticket.outbox if message is ticket.opening else message.outbox
    mails, notices = _posted(box)
    clock, _, stage = message.about.partition(" ") if message.event is Event.ESCALATION else ("", "", "")
    return Entry(
        key=key(ticket, message),
        message=message,
        name=_name(shop, ticket, message),
        at=times.short(message.at, now, shop, language),
        ago=times.ago(message.at, now, language),
        text=begun,
        rest=rest,
        hidden=rest.count("\n") + 1 if rest else 0,
        cut=message.text_key is not None or len(text) < len(message.text),
        snippet=" ".join(text[: 4 * _SNIPPET].split())[:_SNIPPET],
        mails=mails,
        notices=notices,
        detail=_detail(ticket, message),
        clock=clock.partition("-")[0],
        stage=stage,
    )


def folded(text: str) -> tuple[str, str]:
    """The beginning of a text, and the rest if it is worth folding."""
    lines = text.split("\n")
    if len(lines) <= SHOWN_LINES * 1.2 and len(text) <= SHOWN_CHARACTERS * 1.2:
        return text, ""
    begun = "\n".join(lines[:SHOWN_LINES])[:SHOWN_CHARACTERS]
    if len(begun) == SHOWN_CHARACTERS:
        begun = begun[: max(begun.rfind(" "), begun.rfind("\n")) + 1] or begun
    return begun, text[len(begun) :].strip("\n")


def _posted(box: Outbox | None) -> tuple[tuple[Delivery, ...], tuple[Delivery, ...]]:
    all_mails = box.deliveries if box else ()
    notices = tuple(mail for mail in all_mails if mail.purpose.audience is Audience.AGENTS)
    return tuple(mail for mail in all_mails if mail not in notices), notices


def _name(shop: Shop, ticket: Ticket, message: Message) -> str:
    agent = shop.agent(message.person.address) if message.author is Author.AGENT else None
    if agent:
        return agent.name
    if message.author is Author.THIRD_PARTY and not message.person.name:
        referral = referral_of(ticket, message.about)
        return referral.name if referral else message.person.address
    return (
        _with_address(ticket, message) if message.author in (Author.CUSTOMER, Author.OTHER) else message.person.called
    )


def _with_address(ticket: Ticket, message: Message) -> str:
    """People other than the ticket's customer can use any name, so their address is shown too."""
    who, address = message.person.called, message.person.address
    known = not address or address == who or same(address, ticket.requester.address)
    return who if known else f"{who} <{address}>"


def _detail(ticket: Ticket, message: Message) -> Extension | Referral | FinalAnswer | None:
    """What the message's event is about, from the ticket."""
    match message.event:
        case Event.EXTENSION:
            return next((given for given in ticket.extensions if given.id == message.id), None)
        case Event.REFERRAL | Event.REFERRAL_ANSWER | Event.REMINDER:
            return referral_of(ticket, message.about)
        case Event.FINAL_ANSWER:
            answer = ticket.final_answer
            return answer if answer and answer.id == message.id else None
    return None
