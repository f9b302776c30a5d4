"""docs/cost.md: what tickets cost, and a month without any. `make bench ARGS=cost` writes it. Units are metered, so
they are the same on every machine."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench import cost
from bench.figures import Figure
from bench.tickets import chats, life, orders, prices
from bench.tickets.metering import Counts
from bench.tickets.prices import PRICES, SERVICES, dollars

FLOOR = cost.FLOOR + "; for whole tickets, their mails alone"
PAGE = Path(__file__).parents[2] / "docs/cost.md"
TICKETS = 1000
# Of what its lines cost as requests that nothing answers: 30 times a page.
CHAT_BOUNDS = {"looking": 56.0, "bells": 35.0}
# Of what all their mails cost: 1.23 dollars of 0.70.
BOUND = 1.23 / 0.7
_METERED = ("requests to the table", "write units", "read units")
# Dollars for a million. A price above it is shown for one.
_LARGE = 1000
_ROW = re.compile(r"^\| ([^|]+) \| (\d+) \| (\d+) \| ([\d.]+) \|", re.MULTILINE)
_KEPT = re.compile(r"A ticket takes ([\d,]+) bytes")
_PRICED = {
    "mails sent": "a mail sent (SES)",
    "mails received": "a mail received (SES)",
    "write units": "a write unit: 1 KB written once (DynamoDB, on demand)",
    "read units": "a read unit: 4 KB read (DynamoDB, on demand)",
    "pages": "a page or form (API Gateway)",
    "socket messages": "a message of a connection (API Gateway, WebSocket)",
    "connected minutes": "a minute of a connection (API Gateway, WebSocket)",
    "runs": "a run of a function (Lambda)",
    "GB-seconds": "a second of a function with 1 GB of memory (Lambda)",
    "topic messages": "a message of a topic (SNS)",
    "queue requests": "a request to a queue (SQS)",
    "file writes": "a file written or marked (S3)",
    "file reads": "a file read (S3)",
    "KB of log": "1 KB of log (CloudWatch)",
    "KB kept": "1 KB of the table with its backup, for a month (DynamoDB)",
    "secrets": "a secret, for a month (Secrets Manager)",
}


def figures() -> Iterator[Figure]:
    """Those of each step, and what whole tickets cost; writes the page."""
    yield from cost.figures()
    found, kept = life.metered()
    found |= orders.metered() | chats.metered()
    yield from orders.flat()
    PAGE.write_text(page(found, kept), encoding="utf-8")
    used = tickets(found)
    mails = _share(used, SERVICES["mails"])
    yield Figure(f"{TICKETS:,} tickets with their mails", TICKETS * dollars(used), TICKETS * mails, "dollars", BOUND)
    for name, by in (("looking", chats.BY_LOOKING), ("bells", chats.BY_BELLS)):
        whole, lines = chat(found, by), TICKETS * dollars({"pages": chats.LINES})
        yield Figure(f"{TICKETS:,} chats by {name}", TICKETS * dollars(whole), lines, "dollars", CHAT_BOUNDS[name])


def tickets(found: Mapping[str, Counts]) -> Counter[str]:
    """What a ticket uses in its life."""
    return sum((Counter(_used(step, found[step.name])) for step in life.STEPS), Counter())


def chat(found: Mapping[str, Counts], by: Iterable[life.Step]) -> Counter[str]:
    """What a chat uses in its life, if its pages find what is new by these steps."""
    return sum((Counter(_used(step, found[step.name])) for step in (*chats.STEPS, *by)), Counter())


def page(found: Mapping[str, Counts], kept: int) -> str:
    return "\n".join(_lines(found, kept)) + "\n"


def read(text: str) -> tuple[dict[str, Counts], int]:
    """What was metered when the page was written."""
    found = {name: Counts(int(asked), int(written), float(read)) for name, asked, written, read in _ROW.findall(text)}
    kept = _KEPT.search(text)
    return found, int(kept[1].replace(",", "")) if kept else 0


def _used(step: life.Step, units: Counts) -> dict[str, float]:
    return dict(step.uses) | prices.of_runs(step.runs) | _of_table(units)


def _of_table(units: Counts) -> dict[str, float]:
    return {"write units": units.write_units, "read units": units.read_units}


def _lines(found: Mapping[str, Counts], kept: int) -> Iterator[str]:
    yield from _summary(found)
    yield from _life(found, kept)
    yield from _chat(found)
    yield from _order(found)
    yield from _month(found)
    yield from _assumptions(tickets(found))


def _summary(found: Mapping[str, Counts]) -> Iterator[str]:
    used = tickets(found)
    whole = dollars(used)
    shares = sorted(((_share(used, parts), name) for name, parts in SERVICES.items()), reverse=True)
    dearest, first = shares[0]
    yield "# What it costs"
    yield (
        "`make bench ARGS=cost` writes this page. All amounts are US dollars, without tax. What AWS gives "
        "for free is not taken off."
    )
    yield ""
    yield (
        f"- **{TICKETS:,} tickets cost {_money(TICKETS * whole)}**, with all {used['mails sent']:.0f} mails "
        f"that each causes. The largest part is {first}: {dearest / whole:.0%} of it."
    )
    asking = sum(dollars(_used(step, found[step.name])) for step in life.STEPS if step.name in life.ASKED)
    yield f"- A shop that does not ask how it went pays {_money(TICKETS * (whole - asking))} for them."
    yield f"- **A month without any ticket costs {_money(_idle(found)[1])}.**"
    yield ""
    yield from _table("part", f"{TICKETS:,} tickets")
    for share, name in filter(_is_paid, shares):
        yield f"| {name} | {_money(TICKETS * share)} |"
    yield ""


def _life(found: Mapping[str, Counts], kept: int) -> Iterator[str]:
    yield "## A ticket's life"
    yield (
        "A complaint of usual length comes by the form. The agent answers twice, with a mail of the customer "
        "between. Requests and units of the"
    )
    yield "table are metered, the rest is counted."
    yield ""
    yield from _table("what happens", *_METERED, f"{TICKETS:,} times")
    for step in life.STEPS:
        yield (
            f"| {step.name} | {_units(found[step.name])} | {_money(TICKETS * dollars(_used(step, found[step.name])))} |"
        )
    yield ""
    yield (
        f"- The agent's pages read the table too, some ten read units each. For {TICKETS:,} tickets that is "
        f"about {_money(_of_pages())}; it is not in the table above."
    )
    yield (
        f"- A ticket takes {kept:,} bytes of the table until it is deleted. {TICKETS:,} tickets cost "
        f"{_money(_of_keeping(kept))} for each month that they are kept."
    )
    yield "- Files that come with a ticket are not counted."
    yield ""


def _chat(found: Mapping[str, Counts]) -> Iterator[str]:
    by_looking, by_bells = (TICKETS * dollars(chat(found, by)) for by in (chats.BY_LOOKING, chats.BY_BELLS))
    yield "## A chat's life"
    yield (
        f"A customer and an agent say {chats.LINES} lines in {chats.MINUTES} minutes. **{TICKETS:,} chats cost "
        f"{_money(by_bells)} with bells, and {_money(by_looking)} without them**"
    )
    yield "(`Live=off`, or a network that lets no connection through): then both pages look every two seconds."
    yield ""
    ways = (("without bells", chats.BY_LOOKING), ("with bells", chats.BY_BELLS))
    for title, steps in (("what happens", chats.STEPS), *ways):
        yield from _table(title, *_METERED, f"{TICKETS:,} times")
        for step in steps:
            cost = TICKETS * dollars(_used(step, found[step.name]))
            yield f"| {step.name} | {_units(found[step.name])} | {_money(cost)} |"
        yield ""
    yield (
        "- An agent who has several chats says only once that somebody is there. The list of chats, while it is "
        "open, asks every five seconds."
    )
    yield "- Each request of the desk also reads the agent's session."
    yield (
        "- The words of each line become findable by themselves, so a search finds a chat while it runs. Not to do "
        "it before its end would save"
    )
    yield "  a part of one row, and what is most is the looking."
    yield (
        "- A month without chats costs what it did before there were chats: they have no schedule and no queue, an API "
        "of connections, a topic and"
    )
    yield (
        "  functions cost only when they are used, and the due-work run finds the clocks of chats by the same request "
        "as all others."
    )
    yield ""


def _order(found: Mapping[str, Counts]) -> Iterator[str]:
    uses = [_used(step, found[step.name]) for step in orders.STEPS]
    whole = sum(map(dollars, uses[:-1]))
    yield "## An order's life"
    yield (
        "A shop's system tells of an order of three lines by our own events, and its customer gets three letters. "
        f"**{TICKETS:,} orders cost {_money(TICKETS * whole)}.**"
    )
    yield ""
    yield from _table("what happens", *_METERED, f"{TICKETS:,} times")
    for step, each in zip(orders.STEPS, uses, strict=True):
        yield f"| {step.name} | {_units(found[step.name])} | {_money(TICKETS * dollars(each))} |"
    yield ""
    yield (
        "None of it grows with the number of orders that are stored: the bench meters each event beside few and beside "
        "many, and fails if a unit differs."
    )
    yield ""


def _month(found: Mapping[str, Counts]) -> Iterator[str]:
    rows, total = _idle(found)
    yield "## A month without tickets"
    yield from _table("what runs", "in a month")
    for name, part in rows:
        yield f"| {name} | {_money(part)} |"
    yield f"| **together** | **{_money(total)}** |"
    yield ""
    yield from _table("what happens", *_METERED)
    yield f"| {life.IDLE} | {_units(found[life.IDLE])} |"
    yield ""
    yield (
        "CloudWatch also asks $0.30 a month for each of Aftercare's metrics in which something was counted "
        "in that month. Whoever adds alarms"
    )
    yield "($0.10 each), a firewall or a domain pays for those."
    yield ""


def _assumptions(used: Mapping[str, float]) -> Iterator[str]:
    more = TICKETS * dollars({"GB-seconds": used["GB-seconds"]})
    yield "## Prices"
    yield (
        f"Region {prices.REGION}, {prices.AS_OF}, the first step where a price falls with use. AWS changes "
        "its prices: compare them with AWS's own"
    )
    yield "pages. They stand in `bench/tickets/prices.py`."
    yield ""
    yield from _table("what", "price")
    for name, price in PRICES.items():
        yield f"| {_PRICED[name]} | " + (f"${price / 1e6:.2f} |" if price > _LARGE else f"${price:.4f} for a million |")
    yield ""
    yield "## What is assumed"
    yield (
        f"- A run of a function takes {prices.SECONDS} seconds, most of it waiting for AWS. Its processor "
        "time is much less: `make bench ARGS=handlers` measures"
    )
    yield f"  it. If each run took twice as long, {TICKETS:,} tickets would cost {_money(more)} more."
    yield (
        f"- {prices.LOGGED_KB} KB is logged for each run: half of it by Lambda itself, the rest is for a "
        "metric. Functions write lines only about what is"
    )
    yield (
        f"  unusual. Each KB more would cost {_money(TICKETS * dollars({'KB of log': used['runs']}))} for "
        f"{TICKETS:,} tickets."
    )
    yield (
        f"- Lambda asks each queue by {prices.READERS} readers at once, and each question waits "
        f"{prices.WAITS} seconds. A month has 30 days."
    )
    yield "- Mails that go out have no attachments, only links. A mail that comes in is smaller than 256 KB."
    yield "- Text messages are not counted. AWS asks for each part, by country; the policy bounds it."


def _table(*columns: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)


def _is_paid(row: tuple[float, str]) -> bool:
    return row[0] > 0


def _of_pages() -> float:
    pages = sum(step.uses.get("pages", 0) for step in life.STEPS[1:])
    return TICKETS * dollars({"read units": 10 * pages})


def _of_keeping(kept: int) -> float:
    return TICKETS * dollars({"KB kept": kept / 1024})


def _share(used: Mapping[str, float], parts: Iterable[str]) -> float:
    return dollars({name: used[name] for name in parts})


def _idle(found: Mapping[str, Counts]) -> tuple[list[tuple[str, float]], float]:
    runs = prices.scheduled()
    of_runs = prices.of_runs({"escalate_overdue": sum(runs)})
    # The most frequent schedule is that of the due-work run.
    looked_up = {name: number * runs[0] for name, number in _of_table(found[life.IDLE]).items()}
    rows = [
        (f"{prices.secrets()} secrets", dollars({"secrets": prices.secrets()})),
        (f"{prices.polled():,.0f} questions to empty queues", dollars({"queue requests": prices.polled()})),
        (f"{sum(runs):,.0f} runs of functions by schedules", dollars(of_runs)),
        (f"what {runs[0]:,.0f} due-work runs ask the table", dollars(looked_up)),
    ]
    return rows, sum(part for _, part in rows)


def _units(units: Counts) -> str:
    return f"{units.requests:.0f} | {units.write_units:.0f} | {units.read_units:.1f}"


def _money(amount: float) -> str:
    return f"${amount:.2f}" if amount >= 0.1 else f"${amount:.4f}"
