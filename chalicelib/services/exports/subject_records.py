"""The contents of one ticket for the person it is about: a page to read, the same as JSON, its files and raw mails."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import UnknownFile
from chalicelib.mail.attachments.filenames import safe
from chalicelib.rendering import pages, words
from chalicelib.rules.exports import columns
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.anonymising import was_theirs
from chalicelib.rules.privacy.redaction import Redactor
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.outbox import Audience, Outbox
from chalicelib.rules.tickets.ticket import LogEntry, Ticket
from chalicelib.services.desk import log_lines
from chalicelib.services.exports import subject_words
from chalicelib.services.exports.ticket_exports import exported_text
from chalicelib.services.ports.deps import Deps

_MAX_LOG = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the archive; it is read only when it is written."""

    name: str
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class SubjectTicket:
    """A ticket as its person may see it. `theirs`: they are its customer; otherwise they took part in another
    customer's ticket. `listed`: it is in the list of the customer's tickets under this very address."""

    ticket: Ticket
    theirs: bool
    listed: bool
    messages: tuple[Message, ...]
    pieces: tuple[Piece, ...]
    row: dict[str, Any]
    """Its line in the archive's index."""


def subject_ticket(deps: Deps, shop: Shop, redactor: Redactor, language: str, ref: str) -> SubjectTicket | None:
    """Everything the person may see of a ticket; None if it is gone."""
    ticket, found = deps.tickets.conversation(ref)
    if ticket is None:
        return None
    listed = redactor.is_theirs(ticket.requester)
    redactor = redactor.as_customer_of(ticket)
    theirs = redactor.is_theirs(ticket.requester)
    # An answer that has not left yet may still be changed or taken back: nobody has told it.
    told = (message for message in found if message.ref == ref and message.visibility is not Visibility.HELD)
    every = [ticket.opening, *told]
    redactor = redactor.of_ticket(ticket, every)
    messages = tuple(m for m in every if theirs or redactor.wrote(m) or _was_sent(m.outbox, redactor))
    files = tuple(_files(deps, redactor, ref, messages, theirs))
    log = deps.tickets.history(ref, _MAX_LOG) if theirs else []
    view = _view(deps, redactor, ticket, messages, files, language, log)
    written = json.dumps(view, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    in_words = subject_words.page_of(redactor, ticket, messages, view, log, deps.now(), language)
    html = pages.page("subject/ticket", language, shop=shop, ticket=in_words)
    # The texts come last: a message that arrives between two runs does not change the order of the files before them.
    texts = [Piece(f"tickets/{ref}/ticket.json", lambda: written)]
    texts += [Piece(f"tickets/{ref}/ticket.html", lambda: html.encode("utf-8", "replace"))]
    row = {name: view[name] for name in ("reference", "kind", "state", "opened_at", "subject", "theirs", "went_to")}
    row["said"] = {name: in_words[name] for name in ("state", "opened_at")}
    return SubjectTicket(ticket, theirs, listed, messages, (*files, *texts), row)


def _files(deps: Deps, redactor: Redactor, ref: str, messages: tuple[Message, ...], theirs: bool) -> Iterator[Piece]:
    """The person's own files and raw mails; on their own tickets also the files of the shop and of third parties. Raw
    mails only if they wrote them: those of others contain others' data."""
    for place, message in enumerate(messages, 1):
        own = redactor.wrote(message)
        if own or (theirs and not _anothers(redactor, message)):
            for number, file in enumerate(message.files, 1):
                name = f"tickets/{ref}/files/{place:03}-{number:02}-{safe(file.filename, file.content_type, number)}"
                yield Piece(name, _reader(deps, file.key))
        if own and message.raw_key:
            yield Piece(f"tickets/{ref}/mails/{place:03}.eml", _reader(deps, message.raw_key))


def _anothers(redactor: Redactor, message: Message) -> bool:
    """Whether another participant wrote it, so that its words and files are that person's data: strangers who reply to
    a ticket, and customers of merged tickets, count as customers too. Also true if the message was to or from an erased
    person."""
    return was_theirs(message) or (message.author in (Author.CUSTOMER, Author.OTHER) and not redactor.wrote(message))


def _reader(deps: Deps, key: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return deps.files.read(key)
        except UnknownFile:
            return b""  # deleted since

    return read


def _view(
    deps: Deps,
    redactor: Redactor,
    ticket: Ticket,
    messages: tuple[Message, ...],
    files: tuple[Piece, ...],
    language: str,
    log: list[LogEntry],
) -> dict[str, Any]:
    """The content of the JSON; subject_words puts the same in words for the page."""
    shop, theirs = redactor.shop, redactor.is_theirs(ticket.requester)
    exported = columns.Exported(ticket, shop.hours.zone)
    entries = [
        _entry(deps, shop, redactor, place, message, files, language) for place, message in enumerate(messages, 1)
    ]
    view = {"reference": ticket.ref, "kind": shop.text(shop.kinds[ticket.kind].label, language), "theirs": theirs}
    view |= {"state": ticket.state.value, "opened_at": columns.local(ticket.opened_at, shop.hours.zone)}
    if not theirs:
        return view | {"subject": "", "facts": {}, "messages": entries, "log": [], "went_to": []}
    facts = {name: str(value) for name, value in columns.record(exported).items() if value and name not in _ELSEWHERE}
    lines = log_lines.lines(shop, ticket, log, deps.now(), language)
    return view | {
        "subject": redactor.text(ticket.subject),
        "facts": {name: redactor.text(value) for name, value in facts.items()},
        "messages": entries,
        "log": [
            {"at": columns.local(line.moment, shop.hours.zone)}
            | {name: redactor.text(getattr(line, name)) for name in ("who", "what", "detail")}
            for line in reversed(lines)
        ],
        "went_to": _went_to(shop, redactor, ticket),
    }


_ELSEWHERE = ("reference", "kind", "shop", "state", "subject", "opened_at", "referred_to")


def _entry(
    deps: Deps, shop: Shop, redactor: Redactor, place: int, message: Message, files: tuple[Piece, ...], language: str
) -> dict[str, Any]:
    left_out = _anothers(redactor, message)
    start = f"tickets/{message.ref}/"
    beside = [piece.name.removeprefix(start) for piece in files]
    return {
        "at": columns.local(message.at, shop.hours.zone),
        "author": redactor.author(message),
        "by": message.channel.value,
        "event": message.event.value,
        "internal": message.visibility is not Visibility.SHARED,
        "text": words.phrase(language, "subject.masked.words")
        if left_out
        else redactor.text(exported_text(deps, message)),
        "files": [name for name in beside if name.startswith((f"files/{place:03}-", f"mails/{place:03}."))],
        "mails": _mails(redactor, message.outbox, shop),
    }


def _mails(redactor: Redactor, outbox: Outbox | None, shop: Shop) -> list[dict[str, str]]:
    """The mails that sent the message, and their recipients."""
    return [
        {
            "purpose": mail.purpose.value,
            "to": redactor.text(mail.to),
            "at": columns.local(mail.at, shop.hours.zone) if mail.at else "",
            "became": mail.status.value,
        }
        for mail in (outbox.deliveries if outbox else ())
    ]


def _was_sent(outbox: Outbox | None, redactor: Redactor) -> bool:
    mails = outbox.deliveries if outbox else ()
    return any(redactor.has(mail.to) and mail.purpose.audience is Audience.CUSTOMER for mail in mails)


def _went_to(shop: Shop, redactor: Redactor, ticket: Ticket) -> list[dict[str, Any]]:
    """The third parties that received facts of the ticket, and which facts."""
    return [
        {
            "name": redactor.text(referral.name),
            "at": columns.local(referral.at, shop.hours.zone),
            "facts": list(referral.facts),
        }
        for referral in ticket.referrals
    ]
