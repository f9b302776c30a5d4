"""docs/scale.md: where each part bends, at which rate of tickets, and what takes over. `make bench ARGS=scale` writes
it. What tickets use of each key is played and metered, so it is the same on every machine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure
from bench.scale import load, parts, writing
from bench.scale.lives import LIVES, Lived, Name, Units, lived
from bench.scale.load import MAX_READS, MAX_WRITES, RATE, Busiest, Whole
from bench.scale.parts import Part
from bench.tickets import prices
from bench.tickets.metering import TABLE
from chalicelib.aws.table.item_keys import SHARDS

FLOOR = f"what the partition of one key bears; at {RATE:,} tickets a second"
# How many keys' worth each of the table's and of an index's keys may take, and how many times the shards there are.
# The leaves of the record stand beside the day's counters (decision 252): each promise is two writes there.
BOUNDS = {TABLE: 13.0, "due_work": 8.0, "inbox": 6.5, "calendar": 1.1}
SHARDS_BOUND = 16
PAGE = Path(__file__).parents[2] / "docs/scale.md"
_NUMBER = r"([\d,]+(?:\.\d+)?)"
_KEY = re.compile(rf"^\| (\w+) \| `([^`]+)` \| {_NUMBER} \| {_NUMBER} \| {_NUMBER} \|", re.MULTILINE)
_WHOLE = re.compile(rf"^\| (\w+) \| {_NUMBER} \| {_NUMBER} \| [\d,]+ \| ([\d,]+) \|$", re.MULTILINE)
_STEP = re.compile(rf"^\| ([^|`]+) \| {_NUMBER} requests \|$", re.MULTILINE)
# What to do where a key bends, by the beginning of its name.
_WAYS = {
    (TABLE, "WORD#"): "add the word to `_STOP_WORDS`: one that stands in every ticket finds no ticket",
    (TABLE, "COUNT#shop"): "nothing up to `per_shop_hour`, beyond which nothing is counted; then several counters",
    (TABLE, "COUNT#domain"): "nothing up to `per_provider_day`, beyond which nothing is counted; then several counters",
    (TABLE, "SLA#"): "several counters for each day, added up when read",
    (TABLE, "AWAY#"): "nothing: a process asks once a minute at most",
    (TABLE, "PURGE#"): "a key for each day in the place of the month",
    ("due_work", ""): "more `SHARDS` in `item_keys.py`; nothing else changes",
    ("inbox", ""): "shards of each list, merged when read as the inbox merges shops",
    ("calendar", ""): "nothing: references come in no order, so DynamoDB can part a day by them",
}


class Found(NamedTuple):
    """What was metered. `requests`: those of a ticket in the steps that runs by schedule take."""

    keys: list[Busiest]
    wholes: list[Whole]
    requests: dict[str, float]


def figures() -> Iterator[Figure]:
    """The busiest key of each form; writes the page."""
    found = simulated(lived())
    PAGE.write_text(page(found), encoding="utf-8")
    for (place, form), units in found.keys:
        yield Figure(f"{place}: {form}", RATE * units.write_units, MAX_WRITES, "write units/s", BOUNDS[place])
    yield Figure("shards of the due-work index", _shards(found), SHARDS, "shards", SHARDS_BOUND)


def simulated(all_lives: Lived) -> Found:
    steps = {name: round(all_lives.requests[name], 1) for name in (parts.DUE, parts.PURGE)}
    keys = [Busiest(name, _rounded(units)) for name, units in load.busiest(all_lives)]
    wholes = [Whole(place, _rounded(units), number) for place, units, number in load.wholes(all_lives)]
    return Found(keys, wholes, steps)


def page(found: Found) -> str:
    return "\n".join(_lines(found)) + "\n"


def read(text: str) -> Found:
    """What was metered when the page was written."""
    keys = [
        Busiest(Name(place, form), Units(*map(writing.number, units))) for place, form, *units in _KEY.findall(text)
    ]
    wholes = [
        Whole(place, Units(writing.number(writes), writing.number(reads)), int(writing.number(number)))
        for place, writes, reads, number in _WHOLE.findall(text)
    ]
    return Found(keys, wholes, {name: writing.number(asked) for name, asked in _STEP.findall(text)})


def _lines(found: Found) -> Iterator[str]:
    listed = sorted(parts.parts(_together(found), found.requests), key=lambda part: part.rate)
    yield from _summary(found, listed)
    yield from _of_parts(listed)
    yield from _of_keys(found)
    yield from _of_wholes(found)
    yield from _unbounded()
    yield from _assumptions(found)


def _summary(found: Found, listed: list[Part]) -> Iterator[str]:
    first, key = listed[0], found.keys[0]
    yield "# How far it scales"
    yield from writing.paragraph(f"""
        `make bench ARGS=scale` writes this page. A rate is in tickets a second, each with its whole life: its mails,
        its answers, its deletion. 1 a second is {parts.DAY:,} tickets a day. Nothing here was measured on AWS: see
        [what is assumed](#what-is-assumed).""")
    yield from writing.item(
        f"**As it is deployed, this bends first:** {first.name}, at {writing.rate(first.rate)} a second."
    )
    yield from writing.item(f"""
        **In the table, the key `{key.name.form}` of `{key.name.place}` bends first,** at {writing.rate(key.rate)} a
        second. Keys with `<shop>` are each shop's own, the others are of all shops together.""")
    yield from writing.item(f"""
        For {RATE:,} tickets a second, the due-work index needs {_shards(found)} shards in the place of
        {SHARDS}.""")
    yield from writing.item("""
        What bends makes things late, or is refused with a page that says so. No mail, ticket or deletion is lost by
        it.""")
    yield ""


def _of_parts(listed: list[Part]) -> Iterator[str]:
    yield "## Each part, the first to bend first"
    yield from writing.table("what bends", "tickets a second", "a day", "what takes over")
    for name, rate, then in listed:
        yield f"| {name} | {writing.rate(rate)} | {writing.rough(rate * parts.DAY)} | {then} |"
    yield ""


def _of_keys(found: Found) -> Iterator[str]:
    yield "## Keys that tickets share"
    yield from writing.paragraph(f"""
        A partition takes {MAX_WRITES:,} write units and {MAX_READS:,} read units a second, and so does a key. {LIVES}
        tickets of one shop were played from their opening to their deletion; the shipped code decided where each
        request landed. All customers are at one mail provider, and all texts have the same words: the worst case. Keys
        of one
        ticket, person, mail or file (`TICKET#…`, `RAW#…`, `SENT#…`, `COUNTED#…`, the index `customer`) do not bend,
        because each ticket has others.""")
    yield from writing.table(
        "where", "key", "write units for a ticket", "read units", "in transactions",
        f"write units a second at {RATE:,}", "bears", "what to do there",
    )  # fmt: skip
    for each in found.keys:
        writes, reads, transactions = each.units
        yield (
            f"| {each.name.place} | `{each.name.form}` | {writes:,} | {reads:,} | {transactions:,} | "
            f"{RATE * writes:,.0f} | {writing.rate(each.rate)} | {_way(each.name)} |"
        )
    yield ""
    yield from writing.paragraph(f"""
        **Transactions** on one item also meet each other: DynamoDB refuses the later one, and we try it again. A
        transaction takes about {1000 * parts.REQUEST:.0f} ms. So one item takes at most a hundred a second, and beyond
        some ten a second they are often refused. That concerns `SLA#<shop>` (the day's counters: an answer that meets
        others at eight tries fails, and must be sent again) and `COUNT#shop#…` (after six times it is not counted,
        and the ticket opens). The shipped policy confirms 1,000 tickets an hour for a shop, 0.3 a second, so its
        counters are far from it. Mails are sent and words are indexed outside of transactions.""")


def _of_wholes(found: Found) -> Iterator[str]:
    yield "## The table and its indexes"
    yield from writing.paragraph("""
        DynamoDB splits a partition that stays busy, by itself. A new on-demand table takes 4,000 write units a second
        at once, and twice its former peak within half an hour.""")
    yield from writing.table(
        "where", "write units for a ticket", "read units", f"write units a second at {RATE:,}", "partitions for that"
    )
    for place, (writes, reads, _), number in found.wholes:
        yield f"| {place} | {writes:,} | {reads:,} | {RATE * writes:,.0f} | {number:,} |"
    yield ""
    yield from writing.paragraph(f"""
        With so many partitions, and the keys spread by a hash, none has more than it bears. The keys that are too busy
        by themselves are left out: they need ways of their own (above), and a partition or more each. Together a ticket
        uses {_together(found).write_units:,.0f} write units, most of them for words of the search index, each with a
        key of its own.""")


def _unbounded() -> Iterator[str]:
    yield "## What does not depend on the rate"
    yield from writing.table("what", "why")
    yield from _UNBOUNDED
    yield ""


def _assumptions(found: Found) -> Iterator[str]:
    yield "## What is assumed"
    yield from writing.item(f"""
        A request to DynamoDB takes {1000 * parts.REQUEST:.0f} ms, one to S3 {1000 * parts.FILE_REQUEST:.0f} ms, a run
        of a function {1000 * prices.SECONDS:.0f} ms, a mail in `send_mail` {1000 * parts.MAIL:.0f} ms.""")
    yield from writing.item(f"""
        SES sends {parts.MAILS_A_SECOND} mails a second, with which AWS often lets accounts begin outside of the sandbox
        (`aws ses get-send-quota` says yours).""")
    yield from writing.item("""
        The quotas are those of a usual account in eu-central-1. A new account may have 10 functions at once.""")
    yield from writing.item("""
        A ticket's life is that of [the costs](cost.md#a-tickets-life). Runs by schedule ask the table for a ticket:""")
    yield ""
    yield from writing.table("in the step", "asks")
    for name, asked in found.requests.items():
        yield f"| {name} | {asked} requests |"


_UNBOUNDED = (
    "| the desk's inbox, a digest, `health` | each asks for a fixed number of entries, at any number of tickets |",
    "| `export_tickets`, `export_subject`, `export_audit`, `erase_subject`, `rectify_subject`, `reindex` | a run works "
    "15 minutes and starts the next one itself; the time grows with what was asked for |",
    "| `report`, `verify_audit` | one run of 15 minutes: ask for fewer days at once |",
    "| SQS, SNS | standard queues and topics, with no bound that a shop reaches; SQS keeps mails for four days, and "
    "dead letters for 14 |",
    "| the streams | two functions read them, and more than two must not: a third reader takes its events from one "
    "function that passes them on |",
    "| one region | another one is another stage, with its own table and its own mail domains |",
)


def _together(found: Found) -> Units:
    units = Units()
    for whole in found.wholes:
        units = units.plus(whole.units)
    return units


def _shards(found: Found) -> int:
    (index,) = (whole for whole in found.wholes if whole.place == "due_work")
    return load.shards_needed(RATE * index.units.write_units)


def _way(name: Name) -> str:
    ways = (way for (place, begin), way in _WAYS.items() if place == name.place and name.form.startswith(begin))
    return next(ways, "")


def _rounded(units: Units) -> Units:
    return Units(*(round(each, 2) for each in units))
