"""Other new messages of a ticket that one message's mail includes; rules.delivery.spacing explains why."""

from collections.abc import Iterator

from chalicelib.rendering import words
from chalicelib.rules.delivery.spacing import TELLING
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.outbox import Delivery
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Message
from chalicelib.services.ports.deps import Deps

ERASED_WORDS = "desk.ticket.remark.erased"
# In characters, for all messages together.
LONGEST_TEXT = 64 * 1024


def not_yet_sent(deps: Deps, shop: Shop, delivery: Delivery) -> Iterator[tuple[Message, str]]:
    """The other messages that the mail includes, and their texts. Very long texts are cut; the rest is at the desk."""
    room = LONGEST_TEXT
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
        yield message, shortened(text, shop).strip() if cut else text


def shortened(text: str, shop: Shop) -> str:
    """The beginning of a text, with the note that the rest is at the desk."""
    return f"{text} …\n\n{words.phrase(shop.languages[0], 'desk.ticket.rest')}"
