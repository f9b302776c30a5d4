"""How pictures look: each part of a bar has its own pattern besides its colour, so colour alone says nothing; and all
of it stands on a white ground, so it looks the same in a dark theme and on paper."""

from enum import StrEnum

from markupsafe import Markup, escape

GROUND, INK, QUIET, LINE = "#ffffff", "#1d1c1a", "#5d5a54", "#d6d2ca"
FONT = "Inter, system-ui, sans-serif"
SIZE = 12
"""Of texts, in the picture's own units."""
LETTER = 6.4
"""How wide a letter is on average at this size; labels are cut by it."""


class Pattern(StrEnum):
    """How a part of a bar is filled. Each has a colour and a drawing of its own."""

    SOLID = "solid"
    STRIPES = "stripes"
    DOTS = "dots"
    CROSSES = "crosses"
    LEVELS = "levels"
    HATCH = "hatch"


COLOURS = {
    Pattern.SOLID: "#2b5d8a",
    Pattern.STRIPES: "#b0261e",
    Pattern.DOTS: "#6b5200",
    Pattern.CROSSES: "#5a3d7a",
    Pattern.LEVELS: "#1c6a3d",
    Pattern.HATCH: "#77736b",
}
_DRAWN = {
    Pattern.SOLID: "",
    Pattern.STRIPES: '<path d="M-2 2L2-2M0 8L8 0M6 10L10 6" stroke="#fff" stroke-width="2"/>',
    Pattern.DOTS: '<circle cx="2" cy="2" r="1.4" fill="#fff"/><circle cx="6" cy="6" r="1.4" fill="#fff"/>',
    Pattern.CROSSES: '<path d="M0 4H8M4 0V8" stroke="#fff" stroke-width="1.4"/>',
    Pattern.LEVELS: '<path d="M0 2H8M0 6H8" stroke="#fff" stroke-width="1.6"/>',
    Pattern.HATCH: '<path d="M0 0L8 8M-2 6L2 10M6-2L10 2" stroke="#fff" stroke-width="3.4"/>',
}


def patterns(id: str, used: list[Pattern]) -> Markup:
    """The definitions of the patterns that a picture uses. `id` begins their names, which are unique on a page."""
    drawn = (
        f'<pattern id="{escape(id)}-{each}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{COLOURS[each]}"/>{_DRAWN[each]}</pattern>'
        for each in used
    )
    return Markup(f"<defs>{''.join(drawn)}</defs>")  # noqa: S704 - made of our own constants and an escaped id


def fill(id: str, pattern: Pattern) -> str:
    return f"url(#{id}-{pattern})"


def cut(text: str, width: float) -> str:
    """The text, shortened to what fits."""
    most = max(int(width / LETTER), 1)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
