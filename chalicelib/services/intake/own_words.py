"""The agent's own new text for the customer, without the words of our notification that they answer."""

from functools import cache

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.signatures import signatures
from chalicelib.rendering import words
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.own_lines import OurWords, without_ours
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket

# The mails that agents get, by the first part of their phrases' keys; then the phrases that a person could write too.
_MAILS = (
    "notification",
    "notification_referral",
    "not_delivered",
    "escalation",
    "undelivered",
    "answer_to_read",
    "short_form",
)
_COMMON_PHRASES = ("subject", "yours", "wrote", "wrote_then", "intro")
_FACTS = ("from", "kind", "order_number", "subject")
_MARKS = ("answer_by", "resolve_by", "open_at")


def for_customer(shop: Shop, mail: InboundMail, ticket: Ticket | None) -> str:
    """An agent's text for the customer; "" if there is none."""
    new = submission.clean(mail.new)
    own = without_ours(new, _our_words(ticket.ref if ticket else ""), (shop.name, *shop.addresses))
    if own != new:
        # A signature or a phone's footer was above our words; only now it is at the end, where it is recognised.
        own = "\n".join(signatures.without(own.split("\n"), mail.sender.name if mail.sender else ""))
    return own.strip()


def _our_words(ref: str) -> OurWords:
    always = _always()
    marks = [f"{words.phrase(language, 'notification.reference')}: {ref}" for language in words.languages() if ref]
    return OurWords(always.sentences, (*always.marks, *marks), always.lines)


@cache
def _always() -> OurWords:
    books = [(language, words.book(language)) for language in words.languages()]
    sentences = [words.phrase(language, "mail.times") for language, _ in books]
    for _, book in books:
        phrases = ((key.split("."), said) for key, said in book.items() if isinstance(said, str))
        sentences += [
            said for (first, *rest), said in phrases if first in _MAILS and rest and rest[0] not in _COMMON_PHRASES
        ]
    sentences += [words.phrase(language, "notification_referral.wrote") for language, _ in books]
    marks, lines = _labels("notification", _MARKS), _labels("notification", _FACTS)
    titles = ("notification.how_title", "notification_referral.todo", "escalation.todo_title")
    lines += [words.phrase(language, key) for language, _ in books for key in titles]
    return OurWords(tuple(sentences), tuple(marks), tuple(lines))


def _labels(mail: str, names: tuple[str, ...]) -> list[str]:
    said = (words.phrase(language, f"{mail}.{name}") for language in words.languages() for name in names)
    return [f"{label.rstrip(':')}:" for label in said]
