"""A ticket's conversation as the desk shows it: each contribution with what it is, what came with it, and what became
of the mails it gave rise to. Long texts are begun and unfolded on demand, long threads shown from their end."""

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

# Of a text, so many lines or characters are shown at once.
SHOWN_LINES, SHOWN_CHARACTERS = 40, 5000
# Of a long thread, the opening and so many of the last contributions are unfolded.
_UNFOLDED, _LONG_THREAD = 6, 12
# What all texts together may take on the page (pages.weight), the newest first; what is beyond it is shown when asked
# for. Lambda answers with 6 MB at most.
_MAX_TOGETHER = 2_000_000
_SNIPPET = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution. `text` begins it, `rest` goes on after `hidden` more lines are asked for; `cut`: there is more
    than the page holds. `mails` went to customers and third parties, `notices` to agents. `key` tells it from every
    other of the conversation, also where tickets have joined it."""

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
        """The number at which whoever said it can be called."""
        return phones.dialled(self.message.person.phone)

    @property
    def compact(self) -> bool:
        """A step of Aftercare's own: one line."""
        return self.message.author is Author.SYSTEM

    @property
    def files(self) -> tuple[File, ...]:
        return self.message.files


def entries(
    shop: Shop, ticket: Ticket, messages: Sequence[Message], now: datetime, language: str, seen: str | None, whole: str
) -> list[Entry]:
    """The conversation in time order. `seen`: what an agent had read when they wrote
    (services.actions.unseen_messages), None if that is of no account; `whole`: the key of the message of which all is
    shown."""
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
    """The message's id, with its own ticket's reference where that has joined this one: ids are a ticket's own."""
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
    """The beginning of a text, and the rest if it is worth folding away."""
    lines = text.split("\n")
    if len(lines) <= SHOWN_LINES * 1.2 and len(text) <= SHOWN_CHARACTERS * 1.2:
        return text, ""
    begun = "\n".join(lines[:SHOWN_LINES])[:SHOWN_CHARACTERS]
    if len(begun) == SHOWN_CHARACTERS:
        begun = begun[: max(begun.rfind(" "), begun.rfind("\n")) + 1] or begun
    return begun, text[len(begun) :].strip("\n")


def _posted(box: Outbox | None) -> tuple[tuple[Delivery, ...], tuple[Delivery, ...]]:
    every = box.deliveries if box else ()
    notices = tuple(mail for mail in every if mail.purpose.audience is Audience.AGENTS)
    return tuple(mail for mail in every if mail not in notices), notices


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
    """Whoever is not the ticket's customer may call themselves anything: their address says who wrote."""
    who, address = message.person.called, message.person.address
    known = not address or address == who or same(address, ticket.requester.address)
    return who if known else f"{who} <{address}>"


def _detail(ticket: Ticket, message: Message) -> Extension | Referral | FinalAnswer | None:
    """What the message's event is about, as the ticket has it."""
    match message.event:
        case Event.EXTENSION:
            return next((given for given in ticket.extensions if given.id == message.id), None)
        case Event.REFERRAL | Event.REFERRAL_ANSWER | Event.REMINDER:
            return referral_of(ticket, message.about)
        case Event.FINAL_ANSWER:
            answer = ticket.final_answer
            return answer if answer and answer.id == message.id else None
    return None
