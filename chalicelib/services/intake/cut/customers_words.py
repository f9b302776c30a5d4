"""The text of a customer's mail for the ticket: the reply, and below it what they wrote into the mail that they
answer. Too much of a customer's mail does little harm, and what is missing nobody can know (decision 338)."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.quoting import history_marks
from chalicelib.rendering import words
from chalicelib.rules.intake import comparing, left_over, submission
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.intake.cut import known_words
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class Words:
    """`text`: for the ticket. `own`: the customer's own words alone, without the questions that they answer: what the
    recognisers of law read."""

    text: str
    own: str


def joined(deps: Deps, shop: Shop, ticket: Ticket, mail: InboundMail, reply: str) -> Words:
    """What a mail to this ticket says. `reply`: what it says above, below or between its quotation."""
    if not mail.quoted.strip():
        return Words(reply, reply)
    messages: Sequence[Message] = deps.tickets.conversation(ticket.ref)[1]
    lines = submission.clean(mail.quoted[: 2 * comparing.LONGEST]).split("\n")[: left_over.MOST_LINES]
    programs = history_marks.written_by_programs(lines)
    left = left_over.left_over(lines, known_words.known(deps, shop, ticket, messages), programs)
    if not left.words:
        return Words(reply, reply)
    if len(left.words.split("\n")) == sum(bool(line.strip()) for line in lines):
        return Words(f"{reply}\n\n{left.asked}", f"{reply}\n\n{left.words}")  # it quotes nothing
    language = ticket.language if ticket.language in words.languages() else shop.languages[0]
    introduced = words.phrase(language, "mail.written_inside")
    return Words(f"{reply}\n\n{introduced}\n{left.asked}", f"{reply}\n\n{left.words}")
