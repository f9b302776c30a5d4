"""The words of the mails that agents get, by which such a mail is recognised wherever it stands."""

from functools import cache

from chalicelib.rendering import words
from chalicelib.rules.intake.own_lines import OurWords

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


@cache
def said_to_agents() -> OurWords:
    """Only the sentences that no mail to a customer has."""
    sentences = [words.phrase(language, "notification_referral.wrote") for language in words.languages()]
    for book in map(words.book, words.languages()):
        phrases = ((key.split("."), said) for key, said in book.items() if isinstance(said, str))
        sentences += [
            said for (first, *rest), said in phrases if first in _MAILS and rest and rest[0] not in _COMMON_PHRASES
        ]
    return OurWords(tuple(sentences), (), ())


@cache
def always() -> OurWords:
    """The sentences, marks and lines in every language; nothing of a single ticket."""
    books = [(language, words.book(language)) for language in words.languages()]
    sentences = [*said_to_agents().sentences, *(words.phrase(language, "mail.times") for language, _ in books)]
    marks, lines = _labels("notification", _MARKS), _labels("notification", _FACTS)
    titles = ("notification.how_title", "notification_referral.todo", "escalation.todo_title")
    lines += [words.phrase(language, key) for language, _ in books for key in titles]
    return OurWords(tuple(sentences), tuple(marks), tuple(lines))


def _labels(mail: str, names: tuple[str, ...]) -> list[str]:
    said = (words.phrase(language, f"{mail}.{name}") for language in words.languages() for name in names)
    return [f"{label.rstrip(':')}:" for label in said]
