"""What was said in a chat, with the times: as a text to save, and for the mail at its end (a durable medium, Directive
2011/83/EU, Art. 2 (10))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chalicelib.rendering import pages, words
from chalicelib.rules.chats.lines import id_of
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.chats import reading, telling
from chalicelib.services.chats.reading import Line, Who
from chalicelib.services.ports.deps import Deps

# In characters. A mail holds so much; nobody says more in a chat.
_MAILED = 400_000


@dataclass(frozen=True, slots=True)
class Said:
    """One line in words; its files are named after them."""

    at: str
    name: str
    text: str


def lines(shop: Shop, ticket: Ticket, found: Iterable[Line]) -> list[Said]:
    """The lines with their times in the shop's time zone."""
    spoken = telling.language(ticket, shop)
    you = ticket.requester.name or words.phrase(spoken, "chats.page.you")
    return [
        Said(
            f"{line.at.astimezone(shop.hours.zone):%Y-%m-%d %H:%M:%S}",
            you if line.who is Who.YOU else line.name,
            _with_files(line, spoken),
        )
        for line in found
    ]


def _with_files(line: Line, language: str) -> str:
    form = words.phrase(language, "chats.transcript.file")
    return "\n".join((*((line.text,) if line.text else ()), *(form.format(name=file.name) for file in line.files)))


def text(shop: Shop, ticket: Ticket, found: Iterable[Line]) -> str:
    """The chat as plain text."""
    spoken = telling.language(ticket, shop)
    title = words.phrase(spoken, "chats.transcript.title").format(shop=shop.name, reference=ticket.ref)
    place = words.phrase_or(spoken, f"policy.country.{shop.country}", shop.country)
    form = words.phrase(spoken, "chats.transcript.line")
    said = [form.format(at=each.at, name=each.name, text=_within(each.text)) for each in lines(shop, ticket, found)]
    zone = words.phrase(spoken, "chats.transcript.zone").format(place=place)
    return "\n".join((title, zone, "", *said, ""))


def mailed(deps: Deps, shop: Shop, ticket: Ticket) -> Sequence[Said]:
    """All lines of the chat, for its mail. Whoever began it may have named somebody else's address: as long as nobody
    has proven it, nothing that the customer wrote becomes a link there."""
    found, messages = deps.tickets.lines_after(ticket.ref, id_of(1))
    opening = () if found is None else (found.opening,)
    shown = reading.lines(deps, shop, ticket, (*opening, *messages))
    said, length = list[Said](), 0
    for line, one in zip(lines(shop, ticket, shown), shown, strict=True):
        length += len(line.text)
        if length > _MAILED:
            break
        said.append(line if ticket.proven or one.who is not Who.YOU else _unproven(line, ticket, shop))
    return said


def _unproven(line: Said, ticket: Ticket, shop: Shop) -> Said:
    you = words.phrase(telling.language(ticket, shop), "chats.page.you")
    return replace(line, name=pages.greetable(line.name) or you, text=pages.unlinked(line.text))


def _within(text: str) -> str:
    """The words, further lines indented: none of them looks like what somebody else said."""
    return "\n    ".join(text.splitlines())
