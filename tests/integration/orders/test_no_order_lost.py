"""No order is lost: the mail service refuses for a while and functions are killed at work, and each order is confirmed
once all the same, and the day's reconciliation adds up."""

import collections
import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.web import workers
from tests.support.stack import orders
from tests.support.stack.local_stack import HTTP, Outside, someone, until
from tests.support.stack.orders import OwnDoor

ORDERS, CLIENTS = 60, 4
REFUSED_SECONDS = 20
KILLS, SECONDS_BETWEEN = 4, 2
# What a killed worker had in its hands comes again after the queue's visibility timeout; the rest is slowness.
PATIENCE = 600


@pytest.mark.timeout(2 * PATIENCE)
def test_each_order_is_confirmed_once_though_mail_is_refused_and_functions_are_killed(outside: Outside) -> None:
    door = OwnDoor(outside)
    placed = {orders.number(): someone() for _ in range(ORDERS)}

    def place(number: str) -> None:
        if number == list(placed)[ORDERS // 4]:
            _refuse_mail(outside, REFUSED_SECONDS)
        door.place(number, placed[number], "en")

    with _killing(outside) as killed, ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(place, placed))
    assert killed, "no function was killed: nothing was tested"
    wanted = set(placed.values())

    def confirmed() -> collections.Counter[str]:
        return collections.Counter(mail.to for mail in outside.mails("@example.com") if mail.to in wanted)

    until(lambda: len(confirmed()) == ORDERS, PATIENCE, f"confirmation of each of {ORDERS} orders")
    until(outside.owes_nothing, PATIENCE, "settled outbox")
    assert {buyer: times for buyer, times in confirmed().items() if times != 1} == {}
    reconciliation = until(lambda: _closed(outside), PATIENCE, "reconciliation that closes")
    received = reconciliation.pop("received")
    assert received == sum(reconciliation.values()) >= ORDERS


def _closed(outside: Outside) -> collections.Counter[str] | None:
    """The counts of all days together, once nothing is pending; a run may begin before midnight."""
    answer = outside.invoke("reconcile", "{}")
    assert answer.returncode == 0, answer.stderr
    together = collections.Counter[str]()
    found: list[dict[str, Any]] = json.loads(answer.stdout)["reconciliations"]
    for each in found:
        together.update({name: count for name, count in each.items() if name != "day"})
    return None if together["pending"] else +together


def _refuse_mail(outside: Outside, seconds: int) -> None:
    answer = HTTP.request("POST", f"{outside.mailbox}/local/refuse?seconds={seconds}")
    assert answer.status < 300, answer.data


@contextlib.contextmanager
def _killing(outside: Outside) -> Iterator[list[int]]:
    """Inside this block, the oldest worker of each function is killed from time to time."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        for _ in range(KILLS):
            for name in ("receive_event", "send_mail"):
                for pid in sorted(workers.pids(outside.started.data, name))[:1]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)
            if over.wait(SECONDS_BETWEEN):
                return

    # Both functions are at work before the first is killed.
    OwnDoor(outside).place(orders.number(), first := someone())
    outside.mail_to(first, seconds=PATIENCE)
    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.fixture(autouse=True)
def _not_refusing(outside: Outside) -> Iterator[None]:
    yield
    _refuse_mail(outside, 0)
