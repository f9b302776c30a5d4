"""Bars: from left to right, one for each name, as for causes; or upright, one for each week."""

from dataclasses import dataclass

from markupsafe import Markup

from chalicelib.rendering.charts import drawing as draw
from chalicelib.rendering.charts.style import INK, QUIET, Pattern, cut, fill

WIDTH = 720.0
_NAMES, _ROW, _BAR = 216.0, 26.0, 18.0
_HIGH, _FOOT, _LEFT, _TOP = 180.0, 26.0, 12.0, 18.0
_VALUE = 92.0
_SPACE = 9.0  # a label beneath a column has at least so much to its neighbour


@dataclass(frozen=True, slots=True)
class Part:
    """A part of every bar: what it is called, how it is filled, and its values, one for each bar."""

    name: str
    pattern: Pattern
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """`names`: of the bars. `said`: what stands at each bar's end, in words. `line`: for Pareto's curve, how much all
    bars up to this one make of the whole, from 0 to 1. `full`: the value at which a bar is as long as possible; None:
    the greatest."""

    id: str
    title: str
    description: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    said: tuple[str, ...]
    line: tuple[float, ...] = ()
    full: float | None = None

    @property
    def sums(self) -> tuple[float, ...]:
        return tuple(sum(part.values[n] for part in self.parts) for n in range(len(self.names)))

    @property
    def top(self) -> float:
        return self.full or max((*self.sums, 0)) or 1


def lying(bars: Bars) -> Markup:
    """Bars from left to right. With a line, the share up to each bar stands in per cent at its end, too."""
    above = draw.LEGEND if len(bars.parts) > 1 else 0
    long = WIDTH - _NAMES - _VALUE
    drawn = [_legend(bars)] if above else []
    for n, name in enumerate(bars.names):
        y, x = above + n * _ROW, _NAMES
        drawn.append(draw.text(_NAMES - 8, y + 17, cut(name, _NAMES - 12), anchor="end"))
        for part in bars.parts:
            wide = part.values[n] / bars.top * long
            if wide:
                drawn.append(draw.rect(x, y + 4, wide, _BAR, fill(bars.id, part.pattern), f"{name}: {part.name}"))
            x += wide
        end = WIDTH - _VALUE if bars.line else x  # not where the curve is
        drawn.append(draw.text(end + 6, y + 17, bars.said[n], bold=True))
    drawn += _curve(bars, above, long)
    height = above + len(bars.names) * _ROW + 8
    used = [part.pattern for part in bars.parts]
    return draw.framed(bars.id, (WIDTH, height), bars.title, bars.description, used, drawn)


def upright(bars: Bars) -> Markup:
    """Bars from the ground up, in the order of time."""
    above = _TOP + (draw.LEGEND if len(bars.parts) > 1 else 0)
    step = (WIDTH - 2 * _LEFT) / max(len(bars.names), 1)
    wide, ground = min(step * 0.68, 56.0), above + _HIGH
    drawn = [_legend(bars)] if len(bars.parts) > 1 else []
    drawn.append(draw.rule(_LEFT, ground, WIDTH - _LEFT, ground, QUIET))
    every = _every(bars, step)
    for n, name in enumerate(bars.names):
        x, y = _LEFT + n * step + (step - wide) / 2, ground
        for part in bars.parts:
            high = part.values[n] / bars.top * _HIGH
            if high:
                drawn.append(draw.rect(x, y - high, wide, high, fill(bars.id, part.pattern), f"{name}: {part.name}"))
            y -= high
        if len(bars.said[n]) * 6.4 < step + _SPACE:
            drawn.append(draw.text(x + wide / 2, y - 5, bars.said[n], anchor="middle", bold=True))
        if n % every == 0:
            drawn.append(draw.text(x + wide / 2, ground + 17, name, anchor="middle", colour=QUIET))
    used = [part.pattern for part in bars.parts]
    return draw.framed(bars.id, (WIDTH, ground + _FOOT), bars.title, bars.description, used, drawn)


def _legend(bars: Bars) -> Markup:
    return draw.legend(bars.id, [(part.pattern, part.name) for part in bars.parts])


def _every(bars: Bars, step: float) -> int:
    """Every how many columns there is room for a label."""
    longest = max((len(name) for name in bars.names), default=1) * 6.4 + _SPACE
    return max(1, -int(-longest // step))


def _curve(bars: Bars, above: float, long: float) -> list[Markup]:
    """Pareto's curve: where it passes the line at 80 per cent, few causes make most of the matter."""
    if not bars.line:
        return []
    points = [(_NAMES + share * long, above + n * _ROW + _ROW / 2) for n, share in enumerate(bars.line)]
    path = " ".join(f"{draw.number(x)},{draw.number(y)}" for x, y in points)
    x, bottom = _NAMES + 0.8 * long, above + len(bars.names) * _ROW
    line = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5"/>').format(path, INK)
    dots = [
        Markup('<circle cx="{}" cy="{}" r="3" fill="{}"/>').format(draw.number(px), draw.number(py), INK)
        for px, py in points
    ]
    at_80 = Markup('<line x1="{0}" y1="{1}" x2="{0}" y2="{2}" stroke="{3}" stroke-dasharray="4 3"/>').format(
        draw.number(x), draw.number(above), draw.number(bottom), QUIET
    )
    return [at_80, line, *dots]
