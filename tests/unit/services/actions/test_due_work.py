"""A run of due work takes each step once, with other runs at the same time and when a run is killed anywhere."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.rules.delivery import coalescing
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.outbox import Stage
from chalicelib.rules.tickets.suspicions import Suspicion
from chalicelib.rules.tickets.ticket import Change, Priority, State
from chalicelib.services.actions.due_work import look_after_due
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, TOM, acts
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = "NL-00000-00002"
# The first answer to a complaint opened at START is due after 2 working days, in Berlin.
ANSWER_DUE = datetime.fromisoformat("2026-11-27T09:30:00+00:00")
# 4 working hours before.
WARNED = datetime.fromisoformat("2026-11-26T14:00:00+00:00")


class Killed(BaseException):
    """Raised where the run's process ends."""


class Faulty:
    """A port that kills the run at the `at`th request, before it has any effect. Requests are counted together with
    other ports. A kill after a request equals a kill before the next."""

    def __init__(self, port: Any, count: list[int], at: int) -> None:
        self._port, self._count, self._at = port, count, at

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._count[0] += 1
            if self._count[0] == self._at:
                raise Killed
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
    copy.clock.at, copy.mailer.tags = world.clock.at, world.mailer.tags.copy()
    for name in ("tickets", "messages", "sent", "sla_counts"):
        setattr(copy.store, name, getattr(world.store, name).copy())
    return copy


def lives_on(world: World, kill: int = 0) -> int:
    """Run due work and the stream for a week, killed at the `kill`th request; return the number of requests."""
    count = [0]
    store: Any = Faulty(world.store, count, kill)
    mailer: Any = Faulty(world.mailer, count, kill)
    default, world.deps = world.deps, on(world.deps, store, mailer=mailer)
    for moment in (WARNED, ANSWER_DUE, ANSWER_DUE + DAY, START + 6 * DAY, START + 8 * DAY):
        world.clock.at = moment
        for _ in range(4):  # the next runs do what a killed run left
            try:
                look_after_due(world.deps)
                agents.stream(world)
            except Killed:
                agents.proven(world)
            world.clock.advance(minutes=5)
    world.deps = default
    return count[0]


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
        requests = lives_on(untouched)
        expected = everything(untouched)
        for at in range(1, requests + 1):
            world = copied(beginning)
            lives_on(world, at)
            assert everything(world) == expected, f"killed before request {at} of {requests}"
