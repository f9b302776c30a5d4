"""What an agent wrote into an answer that was not sent with it: into the quoted notification or below their name. It
stays cut, because nothing internal may leak; but the agent is told, once for the same words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.quoting import attributions, history_marks
from chalicelib.mail.signatures import closings, html_words, message_lines, nothing_said, signatures
from chalicelib.patterns import pattern
from chalicelib.rendering import pages
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake import comparing, left_over, own_lines, submission
from chalicelib.rules.intake.left_over import Known
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.delivery.ours import our_words
from chalicelib.services.intake.cut import known_words
from chalicelib.services.ports.deps import Deps

_REMEMBERED = timedelta(days=365)
LONGEST = 2_000
"""So many characters are told."""
_ACCOUNT = pattern(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}")


def with_unsent(
    deps: Deps, shop: Shop, agent: Agent | None, mail: InboundMail, ticket: Ticket, inbound: Inbound
) -> Inbound:
    """The answer with the words that were left out of it, of which its agent is told if they are new."""
    words = _unsent(deps, shop, mail, ticket, inbound.text)[:LONGEST] if agent else ""
    if not words or agent is None or deps.suppressions.is_suppressed(_key(deps, agent, words), deps.now()):
        return inbound
    return replace(inbound, unsent=words, told_left_out=agent.address)


def remember(deps: Deps, agent: Agent | None, inbound: Inbound) -> None:
    """Record that the agent was told of these words."""
    if agent and inbound.unsent:
        deps.suppressions.suppress(_key(deps, agent, inbound.unsent), "unsent", deps.now() + _REMEMBERED)


def _unsent(deps: Deps, shop: Shop, mail: InboundMail, ticket: Ticket, sent: str) -> str:
    lines = (
        submission.clean(mail.text[: 2 * comparing.LONGEST]).replace("\ufeff", "").split("\n")[: left_over.MOST_LINES]
    )
    ours = {at for at, line in enumerate(lines) if own_lines.begins_ours(line, our_words.always())}
    programs = history_marks.written_by_programs(lines) | ours
    known = known_words.known(deps, shop, ticket, deps.tickets.conversation(ticket.ref)[1])
    known = replace(known, texts=(*known.texts, sent), names=(*known.names, *known_words.labels(shop)))
    begins = _end_of(sent, lines)
    quoted = next(
        (at for at in range(begins, len(lines)) if at in programs or _introduces(lines[at], known)), len(lines)
    )
    left = left_over.left_over(lines[quoted:], known, {at - quoted for at in programs})
    unknown = sum(bool(lines[at].strip()) for at in range(quoted + 1, len(lines)) if at not in programs)
    foreign = len(left.words.split("\n")) >= unknown and any(known.shop in line for line in lines[quoted : quoted + 2])
    inside = "" if foreign else left.asked  # of a mail of the shop's that the ticket does not have, nothing is theirs
    end = lines.index(pages.SIGNATURE) if pages.SIGNATURE in lines[:quoted] else quoted
    own = left_over.left_over(lines[:end], known, {at for at in programs if at < end}).words
    said = {line.strip() for line in sent.split("\n")}
    author = mail.sender.name if mail.sender else ""
    below = _below_name([line for line in own.split("\n") if line not in said], author)
    return "\n".join([*below, *_told(inside.split("\n"), known)])


def _introduces(line: str, known: Known) -> bool:
    return known.shop in line and attributions.introduces(line)


def _told(lines: Sequence[str], known: Known) -> list[str]:
    """The lines without blank ones, and without a date alone: as HTML, our mails have it on a line of its own. What
    stands above in the quotation is told only with an answer to it."""
    told = [line for line in lines if line.strip() and not comparing.is_date(line, known.days)]
    return [
        line
        for line, below in zip_longest(told, told[1:], fillvalue="> ")
        if not (line.startswith("> ") and below.startswith("> "))
    ]


def _end_of(sent: str, lines: Sequence[str]) -> int:
    """The line below the last one that was sent."""
    said, end, found = [line.strip() for line in sent.split("\n") if line.strip()], 0, 0
    for at, line in enumerate(lines):
        if found < len(said) and line.strip() == said[found]:
            end, found = at + 1, found + 1
    return end


def _below_name(lines: Sequence[str], author: str) -> list[str]:
    """The lines from the first that says something: a signature has only names, numbers and addresses."""
    begins = (
        at
        for at, line in enumerate(lines)
        if line.rstrip().endswith(":") or _ACCOUNT.search(line) or _speaks(line, author)
    )
    kept = list(lines[next(begins, len(lines)) :])
    return [] if nothing_said.nothing_said(signatures.without(kept, author), author) else kept


def _speaks(line: str, author: str) -> bool:
    stored = closings.farewell(line, author) or message_lines.notice(line)
    return " " in line.strip() and not stored and html_words.speaks(line, author)


def _key(deps: Deps, agent: Agent, words: str) -> str:
    said = "".join(filter(str.isalnum, words)).casefold()
    return derived.name(deps.secret, "unsent", f"{canonical(agent.address)}/{said}")
