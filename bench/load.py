"""`make load`: many forms and mails at once on the local stack, and what becomes of each.

The stack is the package itself on an embedded AWS, on this machine only, so the times say how it behaves under load
and not how fast AWS is. Each form and mail comes from an address of its own: by the mailbox, each address must have
exactly one acknowledgement, and by the table exactly one ticket. The exit status is 1 if one was lost or doubled.
"""

import argparse
import collections
import itertools
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from local import testing
from tests.support import shops
from tests.support.stack.local_stack import Outside, form, someone, written

CARE = "care@help.northlight.example"
CUSTOMERS = "@example.com"
OUT = Path(__file__).resolve().parent.parent / ".local/load.json"
# A stack that makes no progress for so long has lost what is missing.
STANDSTILL_SECONDS = 300
ROW = "{:<32} {:>8} {:>9} {:>9} {:>9} {:>9}"


@dataclass(frozen=True, slots=True)
class Posted:
    """One form or mail: when it was handed over (seconds since the epoch), and how long the answer took."""

    address: str
    by_form: bool
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """`delays`: seconds from handing over to the acknowledgement, by address. `wrong`: the addresses with another
    number of acknowledgements or tickets than one."""

    posted: Sequence[Posted]
    delays: dict[str, float]
    wrong: dict[str, str]
    posting_seconds: float
    whole_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description="Forms and mails at once, locally.")
    parser.add_argument("--forms", type=int, default=10_000, help="%(default)s")
    parser.add_argument("--mails", type=int, default=5_000, help="%(default)s")
    parser.add_argument("--clients", type=int, default=16, help="who post at the same time (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aftercare-load-") as folder:
        started = testing.start(Path(folder), shops.FILE)
        try:
            result = measured(Outside(started), options.forms, options.mails, options.clients)
        finally:
            started.stop()
    report = _report(result, options)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for address, what in result.wrong.items():
        print(f"wrong: {address}: {what}")
    return 1 if result.wrong else 0


def measured(outside: Outside, forms: int, mails: int, clients: int) -> Result:
    """Post all of them, forms and mails mixed, and wait until each is acknowledged."""
    began = time.time()
    posted = _post_all(outside, forms, mails, clients)
    posting_seconds = time.time() - began
    wanted = {one.address: one for one in posted}
    _settle(outside, len(wanted))
    whole_seconds = time.time() - began
    acknowledged: dict[str, list[float]] = collections.defaultdict(list)
    for mail in outside.mails(CUSTOMERS):
        if mail.to in wanted:
            acknowledged[mail.to].append(mail.at)
    delays = {address: min(times) - wanted[address].at for address, times in acknowledged.items()}
    tickets = outside.tickets_by_customer()
    wrong = {
        address: f"{len(acknowledged.get(address, ()))} acknowledgements, {tickets[address]} tickets"
        for address in wanted
        if len(acknowledged.get(address, ())) != 1 or tickets[address] != 1
    }
    return Result(posted, delays, wrong, posting_seconds, whole_seconds)


def _post_all(outside: Outside, forms: int, mails: int, clients: int) -> list[Posted]:
    # Spread evenly: with twice as many forms as mails, every third is a mail.
    whole = forms + mails
    kinds = [(number + 1) * forms // whole > number * forms // whole for number in range(whole)]
    done, lock = itertools.count(1), threading.Lock()

    def post(by_form: bool) -> Posted:
        address = someone()
        at = time.time()
        if by_form:
            answer = outside.post_json("/shops/northlight/tickets", form(address))
            assert answer.status == 201, answer.data
        else:
            outside.send(written(address, CARE, "Lamp", "Where is my lamp?"), address, CARE)
        with lock:
            if (count := next(done)) % 500 == 0:
                print(f"{count} of {whole} posted", file=sys.stderr, flush=True)
        return Posted(address, by_form, at, time.time() - at)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(post, kinds))


def _settle(outside: Outside, wanted: int) -> None:
    """Wait until so many mails went to customers and no ticket owes one, or until nothing moves any more."""
    count, last_progress = 0, time.monotonic()
    while time.monotonic() - last_progress < STANDSTILL_SECONDS:
        before, count = count, outside.mail_count(CUSTOMERS)
        if count >= wanted and outside.owes_nothing():
            return
        if count > before:
            last_progress = time.monotonic()
        time.sleep(1)


def _report(result: Result, options: argparse.Namespace) -> dict[str, Any]:
    print(ROW.format("seconds", "count", "p50", "p95", "p99", "most"))
    kinds: list[tuple[str, Callable[[Posted], bool]]] = [
        ("form", lambda one: one.by_form),
        ("mail", lambda one: not one.by_form),
    ]
    rows: dict[str, dict[str, float]] = {}
    for kind, of in kinds:
        each = [one for one in result.posted if of(one)]
        rows[f"{kind}: until it was taken"] = _spread([one.seconds for one in each])
        delays = [result.delays[one.address] for one in each if one.address in result.delays]
        rows[f"{kind}: until its acknowledgement"] = _spread(delays)
    for name, row in rows.items():
        print(ROW.format(name, *(f"{value:.3g}" for value in row.values())))
    count = len(result.posted)
    speeds = {"posted a second": count / result.posting_seconds, "acknowledged a second": count / result.whole_seconds}
    for name, speed in speeds.items():
        print(f"{name}: {speed:.1f}")
    print(f"lost or doubled: {len(result.wrong)} of {count}")
    return {"options": vars(options), "seconds": rows, "speeds": speeds, "wrong": len(result.wrong)}


def _spread(times: Sequence[float]) -> dict[str, float]:
    if len(times) < 2:
        return {"count": len(times), "p50": 0.0, "p95": 0.0, "p99": 0.0, "most": max(times, default=0.0)}
    cuts = quantiles(times, n=100, method="inclusive")
    return {"count": len(times), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "most": max(times)}


if __name__ == "__main__":
    sys.exit(main())
