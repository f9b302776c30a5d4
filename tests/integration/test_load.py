"""Many requests at once, with failures: every form and mail becomes one ticket with one acknowledgement, and none is
lost."""

import collections
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.web import workers
from tests.support.stack.local_stack import HTTP, Outside, form, someone, until, written

CARE = "care@help.northlight.example"
FORMS, MAILS, CLIENTS = 200, 200, 8
REFUSED_SECONDS = 20
KILLS, SECONDS_BETWEEN = 4, 2
# The claim of a killed process is taken over after its lease of 30 s; the rest is slowness of this machine.
PATIENCE = 900


@pytest.mark.timeout(2700)
def test_two_hundred_forms_and_mails_at_once(outside: Outside) -> None:
    _each_is_acknowledged_once(outside, _post_all(outside))


@pytest.mark.timeout(2700)
def test_killed_functions_and_a_refusing_mail_service_change_nothing(outside: Outside) -> None:
    with _killing(outside) as killed:
        addresses = _post_all(outside, halfway=lambda: _refuse_mail(outside))
    assert killed, "no function was killed: nothing was tested"
    _each_is_acknowledged_once(outside, addresses)


def _post_all(outside: Outside, halfway: Callable[[], None] = lambda: None) -> list[str]:
    """200 forms and 200 mails by 8 clients, each with a different address."""
    addresses = [someone() for _ in range(FORMS + MAILS)]

    def post(number: int) -> None:
        if number == (FORMS + MAILS) // 4:
            halfway()
        customer = addresses[number]
        if number % 2:
            mail = written(customer, CARE, "Lamp", f"Where is lamp {number}?")
            outside.send(mail, customer, CARE)
        else:
            assert outside.post_json("/shops/northlight/tickets", form(customer)).status == 201

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(post, range(len(addresses))))
    return addresses


def _each_is_acknowledged_once(outside: Outside, addresses: list[str]) -> None:
    wanted = set(addresses)

    def acknowledged() -> collections.Counter[str]:
        return collections.Counter(mail.to for mail in outside.mails("@example.com") if mail.to in wanted)

    until(lambda: len(acknowledged()) == len(wanted), PATIENCE, f"acknowledgement for each of {len(wanted)}")
    until(outside.owes_nothing, PATIENCE, "settled outbox")
    counted = acknowledged()
    assert {address: times for address, times in counted.items() if times != 1} == {}
    tickets = outside.tickets_by_customer()
    assert collections.Counter({address: tickets[address] for address in wanted}) == collections.Counter(addresses)


def _refuse_mail(outside: Outside) -> None:
    answer = HTTP.request("POST", f"{outside.mailbox}/local/refuse?seconds={REFUSED_SECONDS}")
    assert answer.status < 300, answer.data


@contextlib.contextmanager
def _killing(outside: Outside) -> Iterator[list[int]]:
    """Inside this block, processes of the functions are killed: often enough to hit them at work, but not so often that
    the emulator, which replaces a function's every process when one is killed while starting, never gets them
    started."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        for _ in range(KILLS):
            if over.wait(SECONDS_BETWEEN):
                return
            for name in ("receive_mail", "send_mail"):
                for pid in workers.pids(outside.started.data, name)[:1]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)

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
    HTTP.request("POST", f"{outside.mailbox}/local/refuse?seconds=0")
