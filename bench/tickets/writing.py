"""How docs/cost.md writes sums, units and tables."""

from collections.abc import Iterable, Iterator, Mapping

from bench.tickets import life, prices
from bench.tickets.metering import Counts
from bench.tickets.prices import dollars

TICKETS = 1000
METERED = ("requests to the table", "write units", "read units")


def of_step(step: life.Step, units: Counts) -> dict[str, float]:
    return dict(step.uses) | prices.of_runs(step.runs) | of_table(units)


def of_table(units: Counts) -> dict[str, float]:
    return {"write units": units.write_units, "read units": units.read_units}


def table(*columns: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)


def steps_table(title: str, steps: Iterable[life.Step], found: Mapping[str, Counts]) -> Iterator[str]:
    """What each step asks of the table, and what it costs in all."""
    yield from table(title, *METERED, f"{TICKETS:,} times")
    for step in steps:
        cost = TICKETS * dollars(of_step(step, found[step.name]))
        yield f"| {step.name} | {in_units(found[step.name])} | {money(cost)} |"
    yield ""


def in_units(units: Counts) -> str:
    return f"{units.requests:.0f} | {units.write_units:.0f} | {units.read_units:.1f}"


def money(amount: float) -> str:
    return f"${amount:.2f}" if amount >= 0.1 else f"${amount:.4f}"
