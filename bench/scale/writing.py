"""The forms in which docs/scale.md says something: paragraphs, items, tables, numbers."""

import textwrap
from collections.abc import Iterator

_COLUMNS = 140


def paragraph(text: str) -> Iterator[str]:
    yield from _wrapped(text)
    yield ""


def item(text: str) -> Iterator[str]:
    yield from _wrapped(f"- {text.strip()}", "  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    one_line = " ".join(text.split())
    return textwrap.wrap(one_line, _COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def table(*columns: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)


def rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


def rough(number: float) -> str:
    """Two digits that count."""
    return f"{float(f'{number:.2g}'):,.0f}"


def number(text: str) -> float:
    return float(text.replace(",", ""))
