"""docs/cost.md: what tickets cost, and a month without any. `make bench ARGS=cost` writes it. Units are metered, so
they are the same on every machine."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench import cost
from bench.figures import Figure
from bench.tickets import chats, life, lives, messages, orders, prices
from bench.tickets.metering import Counts
from bench.tickets.prices import PRICES, SERVICES, dollars
from bench.tickets.writing import METERED, TICKETS, in_units, money, of_step, of_table, steps_table, table

FLOOR = cost.FLOOR + "; for whole tickets, their mails alone"
PAGE = Path(__file__).parents[2] / "docs/cost.md"
# Of what its lines cost as requests that nothing answers: 30 times a page.
CHAT_BOUNDS = {"looking": 56.0, "bells": 35.0}
# Of what its messages cost as requests that nothing answers.
MESSAGE_BOUND = 46.0
# Of what all their mails cost: 1.23 dollars of 0.70.
BOUND = 1.23 / 0.7
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
    found |= orders.metered() | chats.metered() | messages.metered()
    yield from orders.flat()
    PAGE.write_text(page(found, kept), encoding="utf-8")
    used = tickets(found)
    mails = _share(used, SERVICES["mails"])
    yield Figure(f"{TICKETS:,} tickets with their mails", TICKETS * dollars(used), TICKETS * mails, "dollars", BOUND)
    for name, by in (("looking", chats.BY_LOOKING), ("bells", chats.BY_BELLS)):
        whole, lines = lives.chat(found, by), TICKETS * dollars({"pages": chats.LINES})
        yield Figure(f"{TICKETS:,} chats by {name}", TICKETS * dollars(whole), lines, "dollars", CHAT_BOUNDS[name])
    of_each = TICKETS / messages.MESSAGES
    yield Figure(
        f"{TICKETS:,} messages by a messenger",
        of_each * dollars(lives.conversation(found)),
        TICKETS * dollars({"pages": 1}),
        "dollars",
        MESSAGE_BOUND,
    )


def tickets(found: Mapping[str, Counts]) -> Counter[str]:
    """What a ticket uses in its life."""
    return sum((Counter(of_step(step, found[step.name])) for step in life.STEPS), Counter())


def page(found: Mapping[str, Counts], kept: int) -> str:
    return "\n".join(_lines(found, kept)) + "\n"


def read(text: str) -> tuple[dict[str, Counts], int]:
    """What was metered when the page was written."""
    found = {name: Counts(int(asked), int(written), float(read)) for name, asked, written, read in _ROW.findall(text)}
    kept = _KEPT.search(text)
    return found, int(kept[1].replace(",", "")) if kept else 0


def _lines(found: Mapping[str, Counts], kept: int) -> Iterator[str]:
    yield from _summary(found)
    yield from _life(found, kept)
    yield from lives.of_chats(found)
    yield from lives.of_messages(found)
    yield from lives.of_orders(found)
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
        f"- **{TICKETS:,} tickets cost {money(TICKETS * whole)}**, with all {used['mails sent']:.0f} mails "
        f"that each causes. The largest part is {first}: {dearest / whole:.0%} of it."
    )
    asking = sum(dollars(of_step(step, found[step.name])) for step in life.STEPS if step.name in life.ASKED)
    yield f"- A shop that does not ask how it went pays {money(TICKETS * (whole - asking))} for them."
    yield f"- **A month without any ticket costs {money(_idle(found)[1])}.**"
    yield ""
    yield from table("part", f"{TICKETS:,} tickets")
    for share, name in filter(_is_paid, shares):
        yield f"| {name} | {money(TICKETS * share)} |"
    yield ""


def _life(found: Mapping[str, Counts], kept: int) -> Iterator[str]:
    yield "## A ticket's life"
    yield (
        "A complaint of usual length comes by the form. The agent answers twice, with a mail of the customer "
        "between. Requests and units of the"
    )
    yield "table are metered, the rest is counted."
    yield ""
    yield from steps_table("what happens", life.STEPS, found)
    yield (
        f"- The agent's pages read the table too, some ten read units each. For {TICKETS:,} tickets that is "
        f"about {money(_of_pages())}; it is not in the table above."
    )
    yield (
        f"- A ticket takes {kept:,} bytes of the table until it is deleted. {TICKETS:,} tickets cost "
        f"{money(_of_keeping(kept))} for each month that they are kept."
    )
    yield "- Files that come with a ticket are not counted."
    yield ""


def _month(found: Mapping[str, Counts]) -> Iterator[str]:
    rows, total = _idle(found)
    yield "## A month without tickets"
    yield from table("what runs", "in a month")
    for name, part in rows:
        yield f"| {name} | {money(part)} |"
    yield f"| **together** | **{money(total)}** |"
    yield ""
    yield from table("what happens", *METERED)
    yield f"| {life.IDLE} | {in_units(found[life.IDLE])} |"
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
    yield from table("what", "price")
    for name, price in PRICES.items():
        yield f"| {_PRICED[name]} | " + (f"${price / 1e6:.2f} |" if price > _LARGE else f"${price:.4f} for a million |")
    yield ""
    yield "## What is assumed"
    yield (
        f"- A run of a function takes {prices.SECONDS} seconds, most of it waiting for AWS. Its processor "
        "time is much less: `make bench ARGS=handlers` measures"
    )
    yield f"  it. If each run took twice as long, {TICKETS:,} tickets would cost {money(more)} more."
    yield (
        f"- {prices.LOGGED_KB} KB is logged for each run: half of it by Lambda itself, the rest is for a "
        "metric. Functions write lines only about what is"
    )
    yield (
        f"  unusual. Each KB more would cost {money(TICKETS * dollars({'KB of log': used['runs']}))} for "
        f"{TICKETS:,} tickets."
    )
    yield (
        f"- Lambda asks each queue by {prices.READERS} readers at once, and each question waits "
        f"{prices.WAITS} seconds. A month has 30 days."
    )
    yield "- Mails that go out have no attachments, only links. A mail that comes in is smaller than 256 KB."
    yield "- Text messages are not counted. AWS asks for each part, by country; the policy bounds it."


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
    looked_up = {name: number * runs[0] for name, number in of_table(found[life.IDLE]).items()}
    rows = [
        (f"{prices.secrets()} secrets", dollars({"secrets": prices.secrets()})),
        (f"{prices.polled():,.0f} questions to empty queues", dollars({"queue requests": prices.polled()})),
        (f"{sum(runs):,.0f} runs of functions by schedules", dollars(of_runs)),
        (f"what {runs[0]:,.0f} due-work runs ask the table", dollars(looked_up)),
    ]
    return rows, sum(part for _, part in rows)
