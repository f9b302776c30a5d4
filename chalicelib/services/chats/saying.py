"""One line is said once: however often its writer's page sends it, and whoever else writes at the same moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.errors import InvalidFields, InvalidLink, UnknownTicket
from chalicelib.rules.chats.lines import id_of, number_of
from chalicelib.rules.chats.request import Words
from chalicelib.rules.identity import derived
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import Author, Channel, Person
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.conflicts import MessageExists, PlaceTaken, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.commits import commit
from chalicelib.services.tickets.filing import IncomingFile, file_away, file_id

# Few people write in one chat, so a writer wins one of so many races.
_TRIES = 12
Rule = Callable[[Ticket, Inbound, str, RuleContext], Change]


@dataclass(frozen=True, slots=True)
class Said:
    """The number of the line, and the ticket as it is after it."""

    number: int
    ticket: Ticket


def say(
    deps: Deps,
    ticket: Ticket,
    writer: Person,
    author: Author,
    words: Words,
    rule: Rule,
    files: Sequence[IncomingFile] = (),
) -> Said:
    """Write the line with its files by the rule; the line that was written before if it comes again. Raises
    InvalidFields (`id`) if its page says something else under the same id, and what the rule raises."""
    shop, inbound = deps.policy.shop(ticket.shop), _inbound(deps, ticket, writer, author, words)
    inbound = file_away(deps, ticket.ref, inbound, files)
    mark = _mark(deps, ticket.ref, writer if author is Author.AGENT else None, words)

    current = ticket
    for _ in range(_TRIES):
        if current.link_version != ticket.link_version:
            raise InvalidLink(expired=True)  # the customer was erased, perhaps just now, or the links were withdrawn
        try:
            done = commit(deps, rule(current, inbound, mark, deps.context(shop)))
        except PlaceTaken:
            return _said_before(deps, ticket, author, words, files)
        except (VersionConflict, MessageExists):
            current = _fresh(deps, ticket.ref)
        else:
            return Said(number_of(done.messages[0]) or 0, done.ticket or current)
    raise VersionConflict("somebody else was quicker each time")


def _fresh(deps: Deps, ref: str) -> Ticket:
    ticket = deps.tickets.ticket(ref)
    if ticket is None:
        raise UnknownTicket(ref)
    return ticket


def said_before(
    deps: Deps, ticket: Ticket, author: Author, words: Words, files: Sequence[IncomingFile] = ()
) -> Said | None:
    """The line, if it was said; it is looked for among all lines of the chat. Raises InvalidFields as `say` does."""
    found, lines = deps.tickets.lines_after(ticket.ref, id_of(1))
    mine = (line for line in lines if line.fingerprint == words.own_id and line.author is author)
    line = next(mine, None)
    if line is None or found is None:
        return None
    sent = [file_id(number, file) for number, file in enumerate(files, 1)]
    if line.text != words.text or [file.id for file in line.files] != sent:
        raise InvalidFields({"id": "reused"})
    return Said(number_of(line) or 0, found)


def _said_before(deps: Deps, ticket: Ticket, author: Author, words: Words, files: Sequence[IncomingFile]) -> Said:
    said = said_before(deps, ticket, author, words, files)
    if said is None:
        raise InvalidFields({"id": "reused"})  # it was said, and erased since
    return said


def _mark(deps: Deps, ref: str, agent: Person | None, words: Words) -> str:
    said = derived.source_of("said", ref, agent.address if agent else "customer", words.own_id)
    return f"SAID#{derived.name(deps.secret, 'said', said)}"


def _inbound(deps: Deps, ticket: Ticket, writer: Person, author: Author, words: Words) -> Inbound:
    shop: Shop = deps.policy.shop(ticket.shop)
    remarks = matters.besides(shop, "", words.text, ticket.kind) if author is Author.CUSTOMER else ()
    return Inbound(
        channel=Channel.CHAT,
        person=writer,
        subject=ticket.subject,
        text=words.text,
        source=words.own_id,
        fingerprint=words.own_id,
        kind=ticket.kind,
        language=ticket.language,
        remarks=remarks,
    )
