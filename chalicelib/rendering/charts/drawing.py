"""The parts of which pictures are made, and the frame around them."""

from collections.abc import Iterable

from markupsafe import Markup

from chalicelib.rendering.charts.style import FONT, GROUND, INK, LINE, SIZE, Pattern, fill, patterns

LEGEND = 22
"""The height of the line that says what the patterns mean."""


def number(value: float) -> str:
    """A coordinate, short: 12, 12.5."""
    return f"{value:.1f}".removesuffix(".0")


def rect(x: float, y: float, width: float, height: float, fill: str, hint: str = "") -> Markup:
    """A rectangle; `hint` is what a browser says of it under the pointer."""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" height="{number(max(height, 0))}"'
    title = Markup("<title>{}</title>").format(hint) if hint else ""
    return Markup('<rect {} fill="{}" stroke="{}" stroke-width="0.5">{}</rect>').format(
        Markup(place),  # noqa: S704 - numbers
        fill,
        INK,
        title,
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK, bold: bool = False) -> Markup:
    weight = Markup(' font-weight="650"') if bold else ""
    return Markup('<text x="{}" y="{}" text-anchor="{}" fill="{}"{}>{}</text>').format(
        number(x), number(y), anchor, colour, weight, words
    )


def rule(x1: float, y1: float, x2: float, y2: float, colour: str = LINE) -> Markup:
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return Markup('<line {} stroke="{}"/>').format(Markup(ends), colour)  # noqa: S704 - numbers


def legend(id: str, meaning: Iterable[tuple[Pattern, str]]) -> Markup:
    """What the patterns mean, in one line at the top."""
    x, drawn = 0.0, list[Markup]()
    for pattern, name in meaning:
        drawn += [rect(x, 4, 14, 14, fill(id, pattern)), text(x + 20, 15, name)]
        x += 20 + 7 * len(name) + 18
    return Markup("").join(drawn)


def framed(
    id: str, size: tuple[float, float], title: str, description: str, used: Iterable[Pattern], parts: Iterable[Markup]
) -> Markup:
    """The whole picture, with a name and a description for those who do not see it."""
    width, height = map(number, size)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{id}-t {id}-d" viewBox="0 0 {w} {h}" '
        'width="{w}" height="{h}" font-family="{font}" font-size="{size}"><title id="{id}-t">{title}</title>'
        '<desc id="{id}-d">{desc}</desc>{defs}<rect width="{w}" height="{h}" fill="{ground}"/>{parts}</svg>'
    ).format(
        id=id, w=width, h=height, font=FONT, size=SIZE, title=title, desc=description, ground=GROUND,
        defs=patterns(id, list(dict.fromkeys(used))), parts=Markup("").join(parts),
    )  # fmt: skip
