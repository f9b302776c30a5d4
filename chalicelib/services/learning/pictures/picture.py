"""A picture with its table, and the words of both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from chalicelib.rendering import amounts, words
from chalicelib.rendering.amounts import Amount
from chalicelib.rendering.charts import bars as charts
from chalicelib.rendering.charts.bars import Bars, Part
from chalicelib.rendering.charts.style import Pattern
from chalicelib.rules.learning.causes import Cause
from chalicelib.services.learning.pictures.reading import Data
from chalicelib.services.learning.proposing import cause_in_words

Cell = str | int | float | Amount | None
MOST_BARS = 12
"""More bars make no picture; the table has them all."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`title` says what was found. `rows`: the table, as shown; `cells`: the same for a file. `shares`: how long each
    row's bar is in a mail, from 0 to 1; None: the row has none."""

    id: str
    title: str
    description: str
    svg: Markup
    heads: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[str, ...], ...] = ()
    shares: tuple[float | None, ...] = ()


class Words:
    """The words of the reports in one language."""

    def __init__(self, data: Data) -> None:
        self.language, self._shop = data.language, data.shop

    def __call__(self, key: str, count: int | None = None, **values: object) -> str:
        phrase = words.phrase(self.language, f"reports.{key}", count)
        if count is not None:
            values["count"] = self.shown(count)
        said = phrase.format(**{name: self.shown(value) for name, value in values.items()})
        twice = said.endswith("..") and not said.endswith("...")  # after a shortened month at a sentence's end
        return said[:-1] if twice else said

    def shown(self, cell: object) -> str:
        match cell:
            case None:
                return "–"
            case Amount():
                return amounts.said(cell, self.language)
            case float():
                return f"{cell:.1f}".replace(".", words.phrase(self.language, "sizes.decimal"))
            case int():
                return words.number(cell, self.language)
        return str(cell)

    def cause(self, cause: Cause) -> str:
        """The topic's label, and who was at fault."""
        return cause_in_words(self._shop, cause, self.language)

    def kind(self, kind: str) -> str:
        known = self._shop.kinds.get(kind)
        return self._shop.text(known.label, self.language) if known else kind

    def heads(self, *names: str) -> tuple[str, ...]:
        return tuple(self(f"column.{name}") for name in names)


def percent(part: float, whole: float) -> int:
    return round(100 * part / whole) if whole else 0


def made(
    say: Words, id: str, title: str, heads: Sequence[str], cells: Sequence[Sequence[Cell]], bars: Bars | None = None,
    *, upright: bool = False,
) -> Picture:  # fmt: skip
    """The picture of these cells. Where nothing was counted, there is only the title that says so."""
    description = say(f"description.{id}")
    drawn = bars or Bars(id, title, description, (), (), ())
    draw = charts.upright if upright and bars else charts.lying
    cells = cells if any(drawn.sums) else ()
    shown = drawn.sums[: len(cells)]
    svg = draw(replace(drawn, title=title, description=description))
    return Picture(
        id=id,
        title=title,
        description=description,
        svg=svg,
        heads=tuple(heads),
        cells=tuple(map(tuple, cells)),
        rows=tuple(tuple(map(say.shown, row)) for row in cells),
        shares=(*(each / drawn.top for each in shown), *[None] * (len(cells) - len(shown))),
    )


def simple(
    id: str, names: Sequence[str], values: Sequence[float], said: Sequence[str], series: str = "", **more: object
) -> Bars:
    """Bars of one part."""
    few = slice(0, MOST_BARS * 5)
    part = Part(series, Pattern.SOLID, tuple(values)[few])
    return replace(Bars(id, "", "", tuple(names)[few], (part,), tuple(said)[few]), **more)  # type: ignore[arg-type]


def two(
    id: str,
    names: Sequence[str],
    first: tuple[str, Sequence[int]],
    other: tuple[str, Sequence[int]],
    said: Sequence[str],
) -> Bars:
    """Bars of two parts: what is well is solid, and what is not has stripes."""
    return stacked(id, names, ((first[0], Pattern.SOLID, first[1]), (other[0], Pattern.STRIPES, other[1])), said)


def stacked(
    id: str, names: Sequence[str], parts: Iterable[tuple[str, Pattern, Sequence[int]]], said: Sequence[str]
) -> Bars:
    """Bars of some parts, each with its name, pattern and values."""
    made = (Part(name, pattern, tuple(values)) for name, pattern, values in parts)
    return Bars(id, "", "", tuple(names), tuple(made), tuple(said))
