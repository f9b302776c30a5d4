"""The time to render the most opened page, and the mail that every ticket sends. The floor is Jinja's own time for the
same output: its words, escaped, put into ready markup."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from jinja2 import Environment, StrictUndefined

from bench.figures import Figure, timed
from chalicelib.rendering import pages
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.delivery.letters.letters import letter
from local.previews import examples
from tests.support import samples
from tests.support.store.fakes import START, world

FLOOR = "a bare Jinja template that gives the same output"
# Our templates translate, escape and call macros for each piece; the bare one has the pieces ready.
CONTACT, ACKNOWLEDGEMENT = 35, 28
TAGS, LINES = re.compile(r"(<[^>]*>)"), re.compile(r"(\n)")


def figures() -> Iterator[Figure]:
    shop = samples.northlight()
    (context,) = (context for title, _, context in examples.page_samples(shop, "en") if title == "contact")
    contact = partial(pages.page, "contact", "en", **context)
    output = contact()
    yield timed(f"contact page, {_size(output)}", contact, bare(output, TAGS), CONTACT)
    deps, ticket = world().deps, samples.ticket()
    assert ticket.outbox
    (delivery,) = (d for d in ticket.outbox.owed() if d.purpose is Purpose.ACKNOWLEDGEMENT)
    acknowledgement = partial(letter, deps, ticket, ticket.opening, delivery, START)
    mail = acknowledgement()
    parts = bare(mail.subject, LINES), bare(mail.text, LINES), bare(mail.html, TAGS)
    name = f"acknowledgement, {_size(mail.subject + mail.text + mail.html)}"
    yield timed(name, acknowledgement, lambda: [part() for part in parts], ACKNOWLEDGEMENT)


def bare(output: str, between: re.Pattern[str]) -> Callable[[], str]:
    """A function that renders this output from a template of ready markup, with the words between it as values."""
    pieces = between.split(output)
    words = {f"words{number}": text for number, text in enumerate(pieces) if text.strip() and number % 2 == 0}
    source = "".join(
        f"{{{{ words{number} }}}}" if f"words{number}" in words else f"{{% raw %}}{text}{{% endraw %}}"
        for number, text in enumerate(pieces)
    )
    environment = Environment(autoescape=between is TAGS, undefined=StrictUndefined)
    return partial(environment.from_string(source).render, words)


def _size(text: str) -> str:
    return f"{len(text.encode()) / 1000:.1f} KB"
