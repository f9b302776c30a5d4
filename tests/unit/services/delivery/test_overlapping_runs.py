"""Two runs of due work at the same time, switched before any of their requests: what one has done is no error of the
other."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, cycle, repeat
from typing import Any

import pytest

from chalicelib.rules.delivery import sending as claims
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.procedure import escalating
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.outbox import LEASE, DeliveryStatus, Stage
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery import sending
from chalicelib.services.delivery.sending import post
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents, samples
from tests.support.agents import MIRA
from tests.support.store.fakes import World
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import on

REFS = [f"NL-00000-0000{number}" for number in range(2, 5)]
# Its answer is overdue, and of its mails none was sent.
UNSENT = REFS[-1]
MESSAGE = ItemRef(REFS[0], "reply")


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as a warning or an error."""
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


class TwoAtOnce:
    """Two calls, each in a thread, that take turns before every request. `turns` says who goes on; when it ends, or one
    call has ended, the first that is left goes on to its end."""

    def __init__(self, world: World, calls: list[Callable[[Deps], Any]], turns: Iterator[int]) -> None:
        self.answers: list[Any] = [None] * len(calls)
        self.requests = 0
        self._left = list(range(len(calls)))
        self._go = [threading.Semaphore(0) for _ in calls]
        self._paused = threading.Semaphore(0)
        threads = [threading.Thread(target=self._run, args=(n, world, call)) for n, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for turn in chain(turns, repeat(-1)):
            if not self._left:
                break
            self._go[turn if turn in self._left else self._left[0]].release()
            self._paused.acquire()
        for thread in threads:
            thread.join()

    def _run(self, number: int, world: World, call: Callable[[Deps], Any]) -> None:
        self._go[number].acquire()
        store, mailer = self._gate(number, world.store), self._gate(number, world.mailer)
        try:
            self.answers[number] = call(on(world.deps, store, mailer=mailer))
        finally:
            self._left.remove(number)
            self._paused.release()

    def _gate(self, number: int, port: Any) -> Any:
        twins = self

        class Gate:
            def __getattr__(self, name: str) -> Callable[..., Any]:
                def call(*args: Any) -> Any:
                    twins.requests += 1
                    twins._paused.release()
                    twins._go[number].acquire()
                    return getattr(port, name)(*args)

                return call

        return Gate()


def overdue() -> World:
    """Three tickets whose answer is overdue. The stream has missed the mails of one, and of a reply to another."""
    world = new_world()
    for ref in REFS[:-1]:
        world.store.commit(Change(replace(samples.ticket(ref), outbox=None)))
    world.store.commit(Change(samples.ticket(UNSENT)))
    world.store.commit(samples.reply(world.store.tickets[MESSAGE.ref], MESSAGE.message or ""))
    world.clock.advance(days=7)
    return world


def done(world: World) -> dict[str, Any]:
    """What the runs and then the stream have done; which of the mails tells which step does not matter."""
    agents.stream(world)
    messages = world.store.messages.values()
    items: list[OutboxItem] = [*world.store.tickets.values(), *messages]
    boxes = [item.outbox for item in items if item.outbox]
    return {
        "steps": sorted((m.ref, m.about) for m in messages if m.event is Event.ESCALATION),
        "log": sorted((ref, entry.action, entry.detail) for ref, entry in world.store.log),
        "missed": sum(missed for _, missed in world.store.sla_counts.values()),
        "owed": {(box.stage, delivery.status) for box in boxes for delivery in box.deliveries},
        "told": sorted(told(world)),
    }


def told(world: World) -> Iterator[tuple[str, str, str, str]]:
    """What each mail tells: a joint one tells many steps, and how many mails there are does not matter."""
    for mail in world.mailer.sent:
        tags = world.mailer.tags[mail.id]
        message = world.store.messages.get((tags["ref"], tags.get("message", "")))
        box = message.outbox if message else world.store.tickets[tags["ref"]].outbox
        assert box
        (delivery,) = (d for d in box.deliveries if d.ses_id == mail.id)
        for ref, about in (
            (tags["ref"], message.about if message else ""),
            *((s.ref, s.about) for s in delivery.carries),
        ):
            yield mail.recipient, tags["purpose"], ref, about


def a_first(requests: int) -> Iterator[int]:
    """The first call goes on for so many requests, then the second to its end."""
    return chain(repeat(0, requests), repeat(1, 1000))


def a_first_then_in_turns(requests: int) -> Iterator[int]:
    return chain(repeat(0, requests), cycle((1, 0)))


ORDERS = (a_first, a_first_then_in_turns)


def alone() -> dict[str, Any]:
    world = overdue()
    assert look_after_due(world.deps) == {"due": 4, "done": 4, "left": 0}
    return done(world)


def requests_of(call: Callable[[Deps], Any]) -> int:
    return TwoAtOnce(overdue(), [call], repeat(0)).requests


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails without their text: writing them takes most of the time."""
    monkeypatch.setattr(sending, "compose", lambda letter: b"")


@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize("order", ORDERS)
def test_two_runs_do_each_thing_once_and_neither_reports_an_error(
    order: Callable[[int], Iterator[int]], caplog: pytest.LogCaptureFixture
) -> None:
    expected = alone()
    assert (len(expected["steps"]), expected["missed"]) == (3, 3)
    assert expected["owed"] == {(Stage.DONE, DeliveryStatus.SENT)}
    requests = requests_of(look_after_due)
    assert requests > 20
    for first in range(requests + 1):
        world = overdue()
        both = TwoAtOnce(world, [look_after_due, look_after_due], order(first))
        assert [answer["left"] for answer in both.answers] == [0, 0], f"the second began after {first} requests"
        assert faults(caplog) == [], f"the second began after {first} requests"
        assert done(world) == expected, f"the second began after {first} requests"


@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize("order", ORDERS)
def test_a_run_and_the_stream_do_each_thing_once_and_the_run_reports_no_error(
    order: Callable[[int], Iterator[int]], caplog: pytest.LogCaptureFixture
) -> None:
    """The stream brings late what it had missed."""

    def streams(deps: Deps) -> None:
        for due, item in late:
            post(deps, due, item)

    expected = alone()
    for first in range(requests_of(look_after_due) + 1):
        world = overdue()
        late: list[tuple[ItemRef, OutboxItem]] = [
            (ItemRef(UNSENT, None), world.store.tickets[UNSENT]),
            (MESSAGE, world.store.messages[MESSAGE.ref, "reply"]),
        ]
        both = TwoAtOnce(world, [look_after_due, streams], order(first))
        assert both.answers[0]["left"] == 0, f"the stream came after {first} requests"
        assert faults(caplog) == [], f"the stream came after {first} requests"
        assert done(world) == expected, f"the stream came after {first} requests"


class TestTrueErrors:
    def test_an_entry_that_fails_in_both_runs_is_left_and_reported_by_both(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        default = escalating.step

        def fails_for_one(ticket: Ticket, *rest: Any) -> Change | None:
            if ticket.ref == REFS[1]:
                raise KeyError("clock")
            return default(ticket, *rest)

        monkeypatch.setattr(escalating, "step", fails_for_one)
        both = TwoAtOnce(overdue(), [look_after_due, look_after_due], cycle((0, 1)))
        assert [answer["left"] for answer in both.answers] == [1, 1]
        assert faults(caplog) == ["an entry of due work failed"] * 2

    def test_a_step_that_can_never_be_taken_is_left_and_reported(self, caplog: pytest.LogCaptureFixture) -> None:
        """Its message is there, although nobody has taken the step."""
        world = overdue()
        taken = overdue()
        look_after_due(taken.deps)
        (message,) = (m for m in taken.store.messages.values() if m.ref == REFS[0] and m.event is Event.ESCALATION)
        world.store.messages[message.ref, message.id] = message
        assert look_after_due(world.deps) == {"due": 4, "done": 3, "left": 1}
        assert faults(caplog) == ["an entry of due work failed"]

    def test_what_a_dead_sender_has_claimed_is_sent_by_a_later_run(self) -> None:
        world = overdue()
        claimed = claims.claim(world.store.tickets[UNSENT], world.clock())
        assert claimed
        world.store.commit(claimed)
        assert look_after_due(world.deps) == {"due": 4, "done": 4, "left": 0}
        assert MIRA not in [mail.recipient for mail in world.mailer.sent if world.mailer.tags[mail.id]["ref"] == UNSENT]
        world.clock.at += LEASE
        look_after_due(world.deps)
        outbox = world.store.tickets[UNSENT].outbox
        assert outbox
        assert outbox.stage is Stage.DONE


def test_a_step_reads_the_ticket_and_the_message_that_carries_it() -> None:
    world = new_world()
    for ref in REFS:
        agents.opened(world, ref)
    world.clock.advance(days=7)
    read: list[str] = []

    class Reading:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            if name in ("ticket", "message", "find_tickets", "conversation"):
                read.append(name)
            return getattr(world.store, name)  # type: ignore[no-any-return]

    look_after_due(on(world.deps, Reading()))
    # At the end the message is read once more, to release it.
    assert read == ["ticket", "ticket", "message", "ticket", "message", "message"]
