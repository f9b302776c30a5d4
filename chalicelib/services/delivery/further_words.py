"""What else was said on a ticket, told by the mail of one message: rules.delivery.spacing says why."""

from collections.abc import Iterator

from chalicelib.rendering import words
from chalicelib.rules.delivery.spacing import TELLING
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.outbox import Delivery
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Message
from chalicelib.services.ports.deps import Deps

ERASED_WORDS = "desk.ticket.remark.erased"
# In characters, of all together.
_LONGEST_TOLD = 64 * 1024


def not_yet_sent(deps: Deps, shop: Shop, delivery: Delivery) -> Iterator[tuple[Message, str]]:
    """The messages that the mail tells besides its own, and their words; the rest of very long ones is at the desk."""
    room, rest = _LONGEST_TOLD, words.phrase(shop.languages[0], "desk.ticket.rest")
    for step in delivery.carries if delivery.purpose in TELLING else ():
        message = deps.tickets.message(step.ref, step.message)
        if message is None:
            continue
        if Remark.ERASED in message.remarks:
            yield message, words.phrase(shop.languages[0], ERASED_WORDS)
            continue
        text = message.text[:room]
        room -= len(text)
        cut = message.text_key or len(text) < len(message.text)
        yield message, f"{text} …\n\n{rest}".strip() if cut else text
