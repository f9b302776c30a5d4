"""The words of the mails that agents get, by which such a mail is recognised wherever it stands."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from chalicelib.rendering import pages, words
from chalicelib.rules.intake.own_lines import OurWords
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Person, Ticket

# The mails that agents get, by how their phrases' keys begin; then those of these phrases that a person could write
# too, or that customers get.
_MAILS = tuple(f"{mail}." for mail in (
    "notification", "notification_referral", "not_delivered", "escalation", "undelivered", "answer_to_read",
    "short_form", "left_out", "service_reply", "due_together", "token_refused", "orders.task", "reports.mail",
))  # fmt: skip
_COMMON_PHRASES = ("subject", "yours", "wrote", "wrote_then")
_COMMON = ("undelivered.intro.", "short_form.intro.customer", "short_form.intro.third_party", "short_form.answer")
# Every mail to agents begins with the first.
_FIXED = ("mail.for_team", "notification_referral.wrote")
# Facts of a ticket that only our mails list below each other, each on a line of its own above what it names.
_PAIRS = (
    ("from", "kind"), ("kind", "answer_by"), ("kind", "resolve_by"), ("order_number", "answer_by"),
    ("order_number", "resolve_by"), ("answer_by", "resolve_by"), ("answer_by", "reference"),
    ("resolve_by", "reference"),
)  # fmt: skip
_FACTS = ("from", "kind", "order_number", "subject")
_MARKS = ("answer_by", "resolve_by", "open_at")
_TITLES = (
    "notification.how_title",
    "notification_referral.todo",
    "escalation.todo_title",
    "not_delivered.why",
    "not_delivered.what",
)


@cache
def said_to_agents() -> OurWords:
    """Only the sentences that no mail to a customer has."""
    sentences = [words.phrase(language, key) for language in words.languages() for key in _FIXED]
    for book in map(words.book, words.languages()):
        for key, said in book.items():
            if key.startswith(_MAILS) and not key.startswith(_COMMON) and key.split(".")[1] not in _COMMON_PHRASES:
                sentences += [said] if isinstance(said, str) else said.values() if isinstance(said, Mapping) else said
    return OurWords(tuple(sentences))


@cache
def always() -> OurWords:
    """The sentences, marks and lines in every language; nothing of a single ticket."""
    languages = words.languages()
    sentences = [*said_to_agents().sentences, *(words.phrase(language, "mail.times") for language in languages)]
    marks, lines = _labels("notification", _MARKS), _labels("notification", _FACTS)
    for language in languages:
        marks += [words.phrase(language, key) for key in ("notification.open", "orders.task.open")]
        marks += [words.phrase(language, "escalation.explained").partition("{")[0]]
        lines += [words.phrase(language, key) for key in _TITLES]
        marks += [*_leads(language, "due"), *_leads(language, "daily")]
        lines += _leads(language, "warn")
    pairs = [
        (words.phrase(language, f"notification.{one}"), words.phrase(language, f"notification.{other}"))
        for language in languages
        for one, other in _PAIRS
    ]
    return OurWords(tuple(sentences), tuple(marks), tuple(lines), tuple(pairs))


def of_ticket(shop: Shop, ticket: Ticket | None) -> OurWords:
    """The same for an answer to a mail about this ticket: its reference, who wrote, and which agent was greeted."""
    customer = ticket.requester if ticket else Person("", "")
    agents = [name for agent in shop.agents if (name := pages.greetable(agent.name)) and name != customer.name]
    marks = []
    for language in words.languages():
        marks += [words.phrase(language, "mail.greeting").format(name=name) for name in agents]
        marks += [f"{words.phrase(language, 'notification.reference')}: {ticket.ref}"] if ticket else []
        if customer.address:
            wrote = words.phrase(language, "notification.wrote")
            marks += [wrote.format(name=f"{customer.name} <{customer.address}>".lstrip())]
    return replace(always(), marks=(*always().marks, *marks))


def _leads(language: str, stage: str) -> list[str]:
    """How a reminder begins, before the day: which promise, and that it is due."""
    clocks = [said for key, said in words.book(language).items() if key.startswith("clock.")]
    before = words.phrase(language, f"escalation.lead.{stage}").partition("{when}")[0]
    return [before.format(clock=clock) for clock in clocks]


def _labels(mail: str, names: tuple[str, ...]) -> list[str]:
    said = (words.phrase(language, f"{mail}.{name}") for language in words.languages() for name in names)
    return [f"{label.rstrip(':')}:" for label in said]
