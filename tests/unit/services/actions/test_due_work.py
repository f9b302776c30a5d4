"""A run of due work takes each step once, with other runs at the same time and when a run is killed anywhere."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.rules.delivery import coalescing
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.outbox import Stage
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Priority, State
from chalicelib.services.actions.due_work import look_after_due
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, TOM, acts
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world
from tests.support.store.memory.memory import Memory
from tests.support.store.whole import on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = "NL-00000-00002"
# The first answer to a complaint opened at START is due after 2 working days, in Berlin.
ANSWER_DUE = datetime.fromisoformat("2026-11-27T09:30:00+00:00")
# 4 working hours before.
WARNED = datetime.fromisoformat("2026-11-26T14:00:00+00:00")


# When due work runs: four times each, because the next runs do what a killed run left.
ROUNDS = [
    moment + minutes * timedelta(minutes=5)
    for moment in (WARNED, ANSWER_DUE, ANSWER_DUE + DAY, START + 6 * DAY, START + 8 * DAY)
    for minutes in range(4)
]


class Watched:
    """A port that calls `before` before each request."""

    def __init__(self, port: Any, before: Callable[[], None]) -> None:
        self._port, self._before = port, before

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._before()
            return getattr(self._port, name)(*args)

        return call


def escalations(world: World, ref: str = samples.REF) -> list[str]:
    return [m.about for m in world.store.messages.values() if m.event is Event.ESCALATION and m.ref == ref]


def two_tickets() -> World:
    """Two tickets: one has a late answer and waits for a late courier; on the other, promises are about to be
    broken."""
    world = new_world()
    agents.opened(world)
    agents.opened(world, OTHER)
    acts(world, "refer", to="swiftparcel", facts=["order_number"], text="Where is it?")
    agents.stream(world)
    agents.proven(world)
    acts(world, "assign", OTHER, to=TOM)
    world.mailer.sent.clear()
    return copied(world)


def copied(world: World) -> World:
    """A copy of the world with the same history."""
    copy = new_world()
    copy.clock.at, copy.mailer.sent, copy.mailer.tags = (
        world.clock.at,
        world.mailer.sent.copy(),
        world.mailer.tags.copy(),
    )
    for at in fields(Memory):
        value = getattr(world.store, at.name)
        setattr(copy.store, at.name, value.copy() if isinstance(value, dict | list | set) else value)
    copy.store.logged = {ref: entries.copy() for ref, entries in world.store.logged.items()}
    copy.store.requests.clear()
    return copy


def same(one: World, other: World) -> bool:
    """Whether all that outlives a run is the same."""
    names = [at.name for at in fields(Memory) if at.name != "requests"]
    stores = [[getattr(world.store, name) for name in names] for world in (one, other)]
    return stores[0] == stores[1] and one.mailer.sent == other.mailer.sent


def lives_on(world: World, begin: int = 0, before: Callable[[int], None] = lambda number: None) -> None:
    """Run due work and the stream for a week, from this round on; `before` is called with the round's number before
    each request."""
    default = world.deps
    for number, moment in enumerate(ROUNDS[begin:], begin):
        watched: list[Any] = [Watched(port, partial(before, number)) for port in (world.store, world.mailer)]
        world.deps = on(default, watched[0], mailer=watched[1])
        world.clock.at = moment
        look_after_due(world.deps)
        agents.stream(world)
    world.deps = default


def kills(beginning: World) -> list[tuple[int, World]]:
    """Every state in which a kill can leave the world, with the number of the killed round. A kill between two requests
    that change nothing leaves the same world as one before both: it is in the list once."""
    world, found = copied(beginning), list[tuple[int, World]]()

    def before(number: int) -> None:
        if not found or found[-1][0] != number or not same(found[-1][1], world):
            found.append((number, copied(world)))

    lives_on(world, before=before)
    return found


def told(world: World) -> Iterator[tuple[str, str, str, str]]:
    """The lines of all mails. A mail about several tickets counts line by line, because the number of mails does not
    matter."""
    for mail in world.mailer.sent:
        tags = world.mailer.tags[mail.id]
        message = world.store.messages.get((tags["ref"], tags.get("message", "")))
        (delivery,) = (d for d in message.outbox.deliveries if d.to == mail.recipient) if message else (None,)  # type: ignore[union-attr]
        own = (tags["ref"], coalescing.about(message) if message else "")
        for ref, about in (own, *((step.ref, step.about) for step in (delivery.carries if delivery else ()))):
            assert ref in f"{mail.mail['Subject']} {mail.text}"
            yield mail.recipient, tags["purpose"], ref, about


def everything(world: World) -> dict[str, Any]:
    """The result of everything, except for the moments at which it was done."""
    return {
        "messages": sorted((m.id, m.event, m.about, tuple(agents.owed(m))) for m in world.store.messages.values()),
        "mails": sorted(told(world)),
        "log": sorted((ref, entry.actor, entry.action, entry.detail) for ref, entry in world.store.log),
        "clocks": {
            t.ref: [(c.name, c.due, c.next_at, c.met_at is None) for c in t.clocks]
            for t in world.store.tickets.values()
        },
        "tickets": {
            t.ref: (t.state, t.priority, t.assignee, [r.reminded for r in t.referrals])
            for t in world.store.tickets.values()
        },
        "sla_counts": sum(missed for _, missed in world.store.sla_counts.values()),
        "stages": {m.outbox.stage for m in world.store.messages.values() if m.outbox},
    }


class TestSteps:
    def test_it_warns_the_assignee_then_mails_the_team_then_daily_the_owner(self, world: World) -> None:
        world.with_shop(agents=samples.northlight().agents)
        agents.opened(world)
        acts(world, "assign", to=ADA)
        seen = []
        for at in (WARNED, ANSWER_DUE, ANSWER_DUE + DAY, ANSWER_DUE + DAY + HOUR):
            world.clock.at = at
            look_after_due(world.deps)
            agents.stream(world)
            ticket = world.store.only_ticket()
            seen.append(([mail.recipient for mail in world.mailer.sent], ticket.priority, ticket.assignee))
            world.mailer.sent.clear()
        assert seen == [
            ([ADA], Priority.NORMAL, ADA),
            ([ADA, TOM], Priority.HIGH, ADA),
            ([ADA, TOM], Priority.URGENT, TOM),
            ([], Priority.URGENT, TOM),
        ]

    def test_each_step_is_taken_once_and_missed_steps_are_skipped(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = ANSWER_DUE + 10 * DAY
        assert look_after_due(world.deps)["due"] == 1
        look_after_due(world.deps)
        assert escalations(world) == ["first_answer due"]
        assert world.store.only_ticket().clocks[1].next_at == ANSWER_DUE + 11 * DAY

    def test_a_ticket_answered_in_time_does_not_escalate(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", text="It comes tomorrow.")
        world.clock.at = ANSWER_DUE + DAY
        assert look_after_due(world.deps)["due"] == 1  # the answer, which the stream has not sent
        assert escalations(world) == []

    def test_a_quarantined_ticket_does_not_escalate_and_is_closed_as_spam_at_its_end(self, world: World) -> None:
        world.store.commit(Change(samples.ticket(suspicions=(Suspicion.HASTY,))))
        agents.stream(world)
        world.mailer.sent.clear()
        world.clock.at = START + 29 * DAY
        assert look_after_due(world.deps) == {"due": 0, "done": 0, "left": 0}
        world.clock.at = START + 30 * DAY
        assert look_after_due(world.deps)["due"] == 1
        agents.stream(world)
        ticket = world.store.only_ticket()
        assert (ticket.state, ticket.outcome) == (State.CLOSED, "spam")
        assert agents.log(world) == [("aftercare", "closed", 'outcome=spam quarantined_for="30 days"')]
        assert (world.mailer.sent, world.store.sla_counts) == ([], {})
        assert look_after_due(world.deps)["due"] == 0
        world.clock.advance(days=30)
        assert [entry.ref for entry in world.store.due(world.clock.at, 9, "purge")] == [ticket.ref]

    def test_a_third_party_is_reminded_and_agents_are_mailed_from_the_second_time(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", text="We are asking.")
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        agents.stream(world)
        world.mailer.sent.clear()
        seen = []
        for days in (6, 8):  # three working days from Wednesday end with Monday; two more end with Wednesday
            world.clock.at = START + days * DAY
            look_after_due(world.deps)
            agents.stream(world)
            seen.append([mail.recipient for mail in world.mailer.sent])
            world.mailer.sent.clear()
        assert seen == [[SWIFT], [SWIFT, ADA]]
        assert world.store.only_ticket().referrals[0].reminded == 2

    def test_an_answered_ticket_without_a_reply_closes(self, world: World) -> None:
        agents.opened(world, kind="question")
        acts(world, "answer", text="Yes.")
        agents.stream(world)
        world.clock.advance(days=7)
        look_after_due(world.deps)
        assert world.store.only_ticket().state is State.WAITING, "the day the customer was told is not over"
        world.clock.advance(hours=14)
        look_after_due(world.deps)
        assert world.store.only_ticket().state is State.CLOSED
        assert agents.log(world)[-1] == ("aftercare", "closed", "outcome=settled")
        assert MIRA not in [mail.recipient for mail in world.mailer.sent[1:]]

    def test_an_agents_answer_while_it_escalates_wins(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = ANSWER_DUE + HOUR

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "answer", text="Here I am.")

        world.store.before_commit = meanwhile
        look_after_due(world.deps)
        assert escalations(world) == []
        assert world.store.only_ticket().state is State.WAITING


class TestOverlappingAndKilled:
    def test_two_runs_at_once_take_each_step_once(self) -> None:
        alone, together = two_tickets(), two_tickets()
        lives_on(alone)
        running = [False]

        def meanwhile(change: Change) -> None:
            if not running[0]:
                running[0] = True
                look_after_due(together.deps)
                running[0] = False

        together.store.before_commit = meanwhile
        lives_on(together)
        assert everything(together) == everything(alone)

    def test_without_a_fault_every_step_has_its_effect(self) -> None:
        world = two_tickets()
        lives_on(world)
        assert escalations(world, OTHER)[:2] == ["first_answer warn", "first_answer due"]
        assert world.store.tickets[samples.REF].referrals[0].reminded == 2
        seen = everything(world)
        assert seen["sla_counts"] == 2
        assert len(seen["mails"]) > len(world.mailer.sent) > 8
        assert seen["stages"] == {Stage.DONE}

    def test_a_kill_between_any_two_requests_changes_nothing_in_the_end(self) -> None:
        beginning = two_tickets()
        untouched = copied(beginning)
        lives_on(untouched)
        expected = everything(untouched)
        killed = kills(beginning)
        assert len(killed) > 80
        for count, (number, world) in enumerate(killed):
            agents.proven(world)
            lives_on(world, number + 1)
            assert everything(world) == expected, f"killed in state {count} of {len(killed)}, in round {number}"
