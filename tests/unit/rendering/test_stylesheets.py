"""Every class in a stylesheet is one that a page or script gives, so that a renamed state does not lose its colour."""

import re
from collections.abc import Iterator

import pytest

from chalicelib.rendering import pages
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Author, Priority, State

STATIC = pages.TEMPLATES / "static"
SHEETS = sorted(path.name for path in STATIC.glob("*.css"))
# What templates compute: `class="pill state-{{ ticket.state }}"`.
COMPUTED = {
    *(f"state-{state}" for state in State),
    *(f"priority-{priority}" for priority in Priority),
    *(f"by-{author}" for author in (*Author, "shop", "you", "other")),
    *DeliveryStatus,
}
COMMENTS, TEXTS = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r'"[^"]*"|url\([^)]*\)')


def classes(sheet: str) -> Iterator[str]:
    text = TEXTS.sub("", COMMENTS.sub("", (STATIC / sheet).read_text(encoding="utf-8")))
    for selector in re.findall(r"([^{}]+)\{", text):
        yield from re.findall(r"\.([A-Za-z][\w-]*)", selector)


def written() -> set[str]:
    """The words of all templates and scripts."""
    sources = [*pages.TEMPLATES.rglob("*.html"), *STATIC.glob("*.js")]
    return {word for path in sources for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_class_is_given_somewhere(sheet: str) -> None:
    assert set(classes(sheet)) - written() <= COMPUTED


def test_computed_classes_are_found() -> None:
    found = {name for sheet in SHEETS for name in classes(sheet)}
    assert {"state-quarantine", "priority-urgent", "by-agent", "refused"} <= found
