"""Days are closed once, after they are over, and each case can be proven to be among them."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.rules.procedure import concluding
from chalicelib.rules.record.tree import close_day
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, RESOLVE
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Person, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.record.closing import close_days
from chalicelib.services.record.proving import prove_ticket
from chalicelib.services.tickets.commits import commit
from tests.support import samples
from tests.support.store.fakes import World

ADA = Person("Ada Lindqvist", "ada@northlight.example")


def opened(world: World, number: int = 1) -> Ticket:
    ticket = samples.ticket(f"NL-7K3F9-{number:05}", world.clock())
    world.deps.tickets.commit(Change(ticket))
    return ticket


def closes(world: World, ref: str) -> None:
    ticket = world.store.tickets[ref]
    commit(world.deps, concluding.close(ticket, Outcome.SETTLED, "Done.", ADA, world.deps.context(world.shop)))


class TestClosingDays:
    def test_a_day_is_closed_when_it_is_over_and_settled(self, world: World) -> None:
        closes(world, opened(world).ref)
        assert close_days(world.deps, world.shop) is None
        midnight = world.clock().replace(hour=0, minute=0) + timedelta(days=1)
        world.clock.at = midnight + timedelta(minutes=59)
        assert close_days(world.deps, world.shop) is None
        world.clock.at = midnight + timedelta(hours=1)
        closed = close_days(world.deps, world.shop)
        assert closed is not None
        assert (closed.kept, closed.missed) == (2, 0)
        assert close_days(world.deps, world.shop) == closed

    def test_days_without_promises_are_left_out_and_the_chain_goes_on(self, world: World) -> None:
        for number, days in enumerate((0, 1, 7)):
            world.clock.advance(days=days)
            closes(world, opened(world, number).ref)
        world.clock.advance(days=2)
        close_days(world.deps, world.shop)
        roots = world.deps.record.roots("northlight", world.clock().date() - timedelta(days=30), world.clock().date())
        assert len(roots) == 3
        before = "0" * 64
        for root in roots:
            leaves = world.deps.record.leaves("northlight", root.day, root.day)
            assert close_day(root.day, leaves, before) == root
            before = root.chain

    def test_runs_that_overlap_close_the_same(self, world: World) -> None:
        closes(world, opened(world).ref)
        world.clock.advance(days=2)
        first = close_days(world.deps, world.shop)
        world.store.closed_days.clear()
        assert close_days(world.deps, world.shop) == first

    def test_what_was_noted_late_counts_on_the_day_of_the_note(self, world: World) -> None:
        """A published day takes no more."""
        ticket = opened(world)
        world.clock.advance(days=1)
        change = concluding.close(ticket, Outcome.SETTLED, "Done.", ADA, world.deps.context(world.shop))
        backdated = tuple(replace(each, at=each.at - timedelta(days=1)) for each in change.sla_counts)
        commit(world.deps, replace(change, sla_counts=backdated))
        assert {day for _, day, _ in world.store.leaf_items} == {world.clock().date()}


class TestProofs:
    def test_a_kept_and_a_missed_promise_are_proven(self, world: World) -> None:
        ticket = opened(world)
        world.clock.advance(days=3)
        look_after_due(world.deps)
        world.clock.advance(hours=1)
        closes(world, ticket.ref)
        before = prove_ticket(world.deps, world.shop, world.store.tickets[ticket.ref])
        assert all(each.proof is None for each in before)
        world.clock.advance(days=2)
        proven = {each.promise: each for each in prove_ticket(world.deps, world.shop, world.store.tickets[ticket.ref])}
        for name, kept in ((FIRST_ANSWER, False), (RESOLVE, True)):
            each = proven[name]
            assert each.leaf
            assert each.proof
            assert each.day
            assert each.leaf.kept is kept
            assert each.proof.size == each.day.kept + each.day.missed

    def test_the_record_says_nothing_of_anybody(self, world: World) -> None:
        for number in range(20):
            closes(world, opened(world, number).ref)
        world.clock.advance(days=2)
        close_days(world.deps, world.shop)
        published = " ".join(map(str, world.store.leaf_items.values())) + repr(world.store.closed_days)
        for ticket in world.store.tickets.values():
            for personal in (ticket.ref, ticket.ref.replace("-", ""), ticket.requester.address, ticket.requester.name):
                assert personal.lower() not in published.lower()

    def test_it_stays_when_the_tickets_are_gone(self, world: World) -> None:
        closes(world, opened(world).ref)
        world.clock.advance(days=2)
        close_days(world.deps, world.shop)
        (root,) = world.deps.record.roots("northlight", world.clock().date() - timedelta(days=9), world.clock().date())
        world.store.tickets.clear()
        assert close_day(root.day, world.deps.record.leaves("northlight", root.day, root.day), "0" * 64) == root
