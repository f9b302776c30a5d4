"""A week in hours: a number in each cell, and a pattern where nobody is there."""

from dataclasses import dataclass

from markupsafe import Markup

from chalicelib.rendering.charts import drawing as draw
from chalicelib.rendering.charts.style import GROUND, INK, QUIET, Pattern, fill

_LEFT, _WIDE, _ROW = 84.0, 26.0, 28.0


@dataclass(frozen=True, slots=True)
class Grid:
    """`cells`: a number for each day and hour. `marked`: which of them are marked. `meaning`: what the mark means, and
    what no mark means."""

    id: str
    title: str
    description: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    marked: tuple[tuple[bool, ...], ...]
    meaning: tuple[str, str]


def grid(of: Grid) -> Markup:
    """A marked cell has a patterned edge and its number on white: the number is read, not its shade."""
    top = draw.LEGEND + 20
    drawn = [_legend(of)]
    for c, name in enumerate(of.columns):
        drawn.append(draw.text(_LEFT + c * _WIDE + _WIDE / 2, top - 6, name, anchor="middle", colour=QUIET))
    for r, name in enumerate(of.rows):
        y = top + r * _ROW
        drawn.append(draw.text(_LEFT - 8, y + 18, name, anchor="end"))
        for c in range(len(of.columns)):
            drawn += _cell(of, r, c, _LEFT + c * _WIDE, y)
    size = _LEFT + len(of.columns) * _WIDE + 8, top + len(of.rows) * _ROW + 8
    return draw.framed(of.id, size, of.title, of.description, [Pattern.HATCH], drawn)


def _cell(of: Grid, r: int, c: int, x: float, y: float) -> list[Markup]:
    drawn = [draw.rect(x, y, _WIDE, _ROW, fill(of.id, Pattern.HATCH) if of.marked[r][c] else GROUND)]
    if of.marked[r][c]:
        drawn.append(draw.rect(x + 3, y + 4, _WIDE - 6, _ROW - 8, GROUND))
    if of.cells[r][c]:
        middle = x + _WIDE / 2
        drawn.append(draw.text(middle, y + 18, str(of.cells[r][c]), anchor="middle", colour=INK, bold=True))
    return drawn


def _legend(of: Grid) -> Markup:
    marked, free = of.meaning
    x = 20 + 7 * len(marked) + 18
    parts = [
        draw.rect(0, 4, 14, 14, fill(of.id, Pattern.HATCH)), draw.text(20, 15, marked),
        draw.rect(x, 4, 14, 14, GROUND), draw.text(x + 20, 15, free),
    ]  # fmt: skip
    return Markup("").join(parts)
