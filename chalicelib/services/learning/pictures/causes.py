"""Causes: how often, for how much money, and what was done about them."""

from collections.abc import Sequence
from itertools import accumulate

from chalicelib.rendering.amounts import Amount
from chalicelib.rendering.charts.bars import Bars
from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.tickets.money import decimals
from chalicelib.services.learning.pictures.picture import MOST_BARS, Picture, Words, made, percent, simple
from chalicelib.services.learning.pictures.reading import Data

_MOST = 0.8


def by_number(data: Data) -> Picture:
    """Pareto: the causes of contacts, the most frequent first."""
    say = Words(data)
    counted = sorted(data.counted("cause").items(), key=lambda item: (-item[1], item[0]))
    rows = [(say.cause(Cause.read(*parts)), number) for parts, number in counted if number > 0]
    total = sum(number for _, number in rows)
    line = [part / total for part in accumulate(number for _, number in rows)]
    if not rows:
        title = say("title.causes.none")
    else:
        few = next(n for n, share in enumerate(line, 1) if share >= _MOST - 1e-9)
        name, number = rows[0]
        title = say("title.causes.some", few, cause=name, number=number, all=total, percent=percent(number, total))
    heads = say.heads("cause", "tickets", "share", "running")
    cells = [(*row, f"{percent(row[1], total)} %", f"{round(100 * up)} %") for row, up in zip(rows, line, strict=True)]
    return made(say, "causes", title, heads, cells, _pareto("causes", rows, line, say) if rows else None)


def by_money(data: Data) -> Picture:
    """Pareto: what remedies in money cost, by cause; in the currency in which most was paid."""
    say, counted = Words(data), data.counted("money")
    sums = _currencies(list(counted.items()))
    if not sums:
        return made(say, "money", say("title.money.none"), say.heads("cause", "money"), [])
    currency, total = sums[0]
    of_it = [(parts[1:], number) for parts, number in counted.items() if parts[0] == currency and number > 0]
    paid = [(say.cause(Cause.read(*parts)), number) for parts, number in sorted(of_it, key=lambda item: -item[1])]
    line = [part / total for part in accumulate(number for _, number in paid)]
    name, number = paid[0]
    title = say(
        "title.money.some", cause=name, number=_amount(number, currency), all=_amount(total, currency),
        percent=percent(number, total),
    )  # fmt: skip
    cells = [(row[0], _amount(row[1], currency), f"{percent(row[1], total)} %") for row in paid]
    cells += [(say("other_currency"), _amount(number, other), "–") for other, number in sums[1:]]
    said = [say.shown(_amount(number, currency)) for _, number in paid]
    bars = simple("money", [row[0] for row in paid][:MOST_BARS], [row[1] for row in paid][:MOST_BARS],
                  said[:MOST_BARS], line=tuple(line)[:MOST_BARS], full=float(total))  # fmt: skip
    return made(say, "money", title, say.heads("cause", "money", "share"), cells, bars)


def expenses(data: Data) -> Picture:
    """What customers were paid for what our lateness and faults had cost them, by cause; beside the promises missed on
    the same days."""
    say, counted = Words(data), data.counted("expenses")
    paid = sorted(((parts, number) for parts, number in counted.items() if number > 0), key=lambda each: -each[1])
    heads = say.heads("cause", "money")
    if not paid:
        return made(say, "expenses", say("title.expenses.none"), heads, [])
    names = [say.cause(Cause.read(*parts[1:])) for parts, _ in paid]
    amounts = [_amount(number, parts[0]) for parts, number in paid]
    sums = ", ".join(say.shown(_amount(number, currency)) for currency, number in _currencies(paid))
    title = say("title.expenses.some", sum(kept.missed for kept in data.kept.values()), all=sums, cause=names[0])
    numbers = [number for _, number in paid][:MOST_BARS]
    bars = simple("expenses", names[:MOST_BARS], numbers, [say.shown(each) for each in amounts][:MOST_BARS])
    return made(say, "expenses", title, heads, list(zip(names, amounts, strict=True)), bars)


def remedies(data: Data) -> Picture:
    """What was done, by cause; and of couriers' faults, by courier."""
    say = Words(data)
    counted = sorted(data.counted("remedy").items(), key=lambda item: (-item[1], item[0]))
    rows = [(say(f"remedy.{parts[0]}"), say.cause(Cause.read(*parts[1:])), n) for parts, n in counted if n > 0]
    if not rows:
        return made(say, "remedies", say("title.remedies.none"), say.heads("remedy", "cause", "number"), [])
    total = sum(row[2] for row in rows)
    title = say("title.remedies.some", total, remedy=rows[0][0], cause=rows[0][1], number=rows[0][2])
    names = [f"{remedy}: {cause}" for remedy, cause, _ in rows][:MOST_BARS]
    numbers = [row[2] for row in rows][:MOST_BARS]
    bars = simple("remedies", names, numbers, [say.shown(n) for n in numbers])
    return made(say, "remedies", title, say.heads("remedy", "cause", "number"), rows, bars)


def couriers(data: Data) -> Picture:
    say = Words(data)
    counted = sorted(data.counted("courier").items(), key=lambda item: (-item[1], item[0]))
    money = data.counted("courier_money")
    rows = list[tuple[str, int, str]]()
    for (party,), number in counted:
        known = data.shop.third_party(party)
        paid = [_amount(n, parts[0]) for parts, n in sorted(money.items()) if parts[1] == party and n > 0]
        name = known.name if known else say("no_courier") if party == "-" else party
        rows += [(name, number, ", ".join(map(say.shown, paid)) or "–")] if number > 0 else []
    heads = say.heads("courier", "remedies", "money")
    if not rows:
        return made(say, "couriers", say("title.couriers.none"), heads, [])
    title = say("title.couriers.some", sum(row[1] for row in rows), courier=rows[0][0], number=rows[0][1])
    numbers = [row[1] for row in rows]
    bars = simple("couriers", [row[0] for row in rows], numbers, [f"{row[1]} · {row[2]}" for row in rows])
    return made(say, "couriers", title, heads, rows, bars)


def _pareto(id: str, rows: Sequence[tuple[str, int]], line: Sequence[float], say: Words) -> Bars:
    few, total = rows[:MOST_BARS], float(sum(number for _, number in rows))
    numbers = [number for _, number in few]
    said = [say.shown(number) for number in numbers]
    return simple(id, [name for name, _ in few], numbers, said, line=tuple(line)[:MOST_BARS], full=total)


def _currencies(numbers: Sequence[tuple[Sequence[str], int]]) -> list[tuple[str, int]]:
    """The sum of each currency, which stands first in the names; the largest first."""
    sums: dict[str, int] = {}
    for (currency, *_), number in numbers:
        sums[currency] = sums.get(currency, 0) + number
    return sorted(((c, n) for c, n in sums.items() if n > 0), key=lambda item: (-item[1], item[0]))


def _amount(units: int, currency: str) -> Amount:
    return Amount(units, currency, decimals(currency))
