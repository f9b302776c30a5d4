"""The text of a customer's mail for the ticket: the reply, and below it what they wrote into the mail that they
answer. Too much of a customer's mail does little harm, and what is missing nobody can know (decision 338)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.mail.gateways import gateway_lines
from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.quoting import history_marks
from chalicelib.mail.signatures import device_lines
from chalicelib.patterns import pattern
from chalicelib.rendering import pages, words
from chalicelib.rules.intake import comparing, left_over, submission
from chalicelib.rules.intake.left_over import Known, Left
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Author, Message, Ticket
from chalicelib.services.intake.cut import known_words
from chalicelib.services.ports.deps import Deps

# A site's or a mailbox's address, perhaps with a label, and no page of it.
_SITE = pattern(
    r"(?:[^\W\d_][\w -]{0,20}[.:|]{0,2}\s{0,3})?(?:https?://)?(?:www\.|[\w.+-]{1,64}@)?(?:[\w-]{1,63}\.){1,5}[a-z]{2,20}/?",
    re.I,
)
_FIELD = pattern(r"\s{0,3}[^\W\d_][\w /-]{1,30}:(?:\s|\Z)")
_FIELDS = 3
"""So many lines with a label make a form."""


@dataclass(frozen=True, slots=True)
class Words:
    """`text`: for the ticket. `own`: the customer's own words alone, without the questions that they answer: what the
    recognisers of law read."""

    text: str
    own: str


def reply(mail: InboundMail) -> str:
    """What a mail says above, below or between its quotation."""
    return submission.clean(mail.reply or mail.text).strip()


def with_signature(mail: InboundMail, own: str, earlier: Sequence[str] = ()) -> str:
    """The reply with what stands below its writer's name: a number to call, an account, a postscript, a form. Lines
    that stood in `earlier` texts of theirs say nothing new, nor does the address of a website or a mailbox by itself;
    what apps and gateways added is no person's, and what stands below a mail program's own delimiter is no news."""
    lines = submission.clean(mail.signature[: comparing.LONGEST]).split("\n")[: left_over.MOST_LINES]
    lines = gateway_lines.without([line for line in lines if not device_lines.device_line(line)])
    form = sum(bool(_FIELD.match(line)) for line in lines) >= _FIELDS
    if not form and mail.signature.startswith("--") and f"\n{pages.SIGNATURE}\n" in f"\n{mail.text}":
        return own
    told = {_letters(line) for text in earlier for line in text.split("\n")}
    told |= set() if form else {_letters(line) for line in lines if _SITE.fullmatch(line.strip())}
    kept = [line.rstrip() for line in lines if not _letters(line) or _letters(line) not in told]
    while kept and not _letters(kept[0]):
        kept.pop(0)
    below = "\n".join(kept).rstrip()
    return f"{own}\n\n{below}" if own and below else own or below


def _letters(line: str) -> str:
    return "".join(filter(str.isalnum, line)).casefold()


def joined(deps: Deps, shop: Shop, ticket: Ticket, mail: InboundMail) -> Words:
    """What a mail to this ticket says."""
    own = reply(mail)
    if not (mail.quoted.strip() or mail.signature.strip()):
        return Words(own, own)
    messages: Sequence[Message] = deps.tickets.conversation(ticket.ref)[1]
    theirs = [each.text for each in (ticket.opening, *messages) if each.author is not Author.AGENT]
    if not mail.quoted.strip():
        own = with_signature(mail, own, theirs)
        return Words(own, own)
    known = known_words.known(deps, shop, ticket, messages)
    lines, left = _left(mail.quoted, known)
    if left.words and (within := _within_ours(own, known)) is not None:
        own, left = "", _together(within, left)
    own = with_signature(mail, own, theirs)
    if not left.words:
        return Words(own, own)
    language = ticket.language if ticket.language in words.languages() else shop.languages[0]
    alone = len(left.words.split("\n")) == sum(bool(line.strip()) for line in lines)  # it quotes nothing
    introduced = "" if alone else f"{words.phrase(language, 'mail.written_inside')}\n"
    return Words(f"{own}\n\n{introduced}{left.asked}".strip(), f"{own}\n\n{left.words}".strip())


def _left(text: str, known: Known) -> tuple[list[str], Left]:
    lines = submission.clean(text[: 2 * comparing.LONGEST]).split("\n")[: left_over.MOST_LINES]
    return lines, left_over.left_over(lines, known, history_marks.written_by_programs(lines))


def _within_ours(own: str, known: Known) -> Left | None:
    """What is left of a reply that has our own mail, because nothing stands above that; None for any other reply."""
    first = own.split("\n")[0].strip()
    if history_marks.is_quote(first) or not any(part in own for part in known.ours):
        return None
    left = _left(own, known)[1]
    return None if first in left.words.split("\n") else left


def _together(above: Left, below: Left) -> Left:
    asked = "\n\n".join(filter(None, (above.asked, below.asked)))
    return Left("\n".join(filter(None, (above.words, below.words))), asked)
