"""An improvement from its fifth signal to its effect, by the clock."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.errors import NotFound, NotOpen
from chalicelib.rules.learning.causes import Cause, Signal, of_signal
from chalicelib.rules.learning.effects import Base, Period, Verdict
from chalicelib.rules.learning.improvements import Act, Improvement, Reason, Stage
from chalicelib.services.learning import improving
from chalicelib.services.learning.proposing import propose
from chalicelib.services.learning.signalling import note_signal
from chalicelib.services.ports.conflicts import VersionConflict
from tests.support import records
from tests.support.agents import acts, opened
from tests.support.learning.streamed import counted
from tests.support.store.fakes import World

CAUSE = Cause("checkout")


def fifth(world: World) -> Improvement:
    for number in range(1, 6):
        assert not world.store.improved
        note_signal(world.deps, world.shop, Signal.FEEDBACK, CAUSE, f"feedback-{number}")
    (made,) = world.store.improved.values()
    return made


def test_it_appears_with_the_fifth_signal_and_once(world: World) -> None:
    made = fifth(world)
    assert (made.cause, made.reason, made.signals, made.stage) == (CAUSE, Reason.FIVE, 5, Stage.PROPOSED)
    assert made.due - made.proposed_at >= timedelta(days=28)
    assert world.shop.agent(made.owner).role == "owner"  # type: ignore[union-attr]
    note_signal(world.deps, world.shop, Signal.FEEDBACK, CAUSE, "feedback-6")
    assert propose(world.deps, world.shop) == []
    assert len(world.store.improved) == 1


def test_signals_of_tickets_propose_too(world: World) -> None:
    """Five tickets of one cause are reopened."""
    for number in range(5):
        ref = f"NL-7K3F9-QXMT{number + 3}"
        opened(world, ref)
        acts(world, "find", ref, fault="courier", reason="Dented.")
        records.closed(world, ref)
        acts(world, "reopen", ref, reason="One more thing.")
        counted(world)
        assert len(world.store.improved) == (number == 4)
    (made,) = world.store.improved.values()
    assert made.cause == Cause("damaged_in_transit", "courier")


def test_its_effect_after_the_moved_clock_is_that_of_a_computation_by_hand(world: World) -> None:
    """Before the change: the five signals of 500 orders. After it: 1 signal of 400 orders. Of the six signals a share
    of 1 / 6 = 0.166667 came later. z = 1.959964, z² = 3.841459:
    middle = (0.166667 + 3.841459 / 12) / (1 + 3.841459 / 6) = 0.486788 / 1.640243 = 0.296778
    half = 1.959964 / 1.640243 x sqrt(0.166667 x 0.833333 / 6 + 3.841459 / 144) = 1.194923 x 0.223215 = 0.266725
    low = 0.030053, high = 0.563503; with 500 / 400:
    low = 0.030053 / 0.969947 x 1.25 = 0.038730, high = 0.563503 / 0.436497 x 1.25 = 1.613720
    ratio = (1 / 400) / (5 / 500) = 0.25
    """
    made, agent, deps = fifth(world), world.shop.agents[0], world.deps
    world.store.sla_tallies["northlight", world.clock.at.date()] = Counter(orders=500)
    world.store.sla_counts["northlight", world.clock.at.date()] = (0, 0)
    assert improving.measured(deps, made) is None
    improving.act(deps, world.shop, made.id, Act.ACCEPT, {}, agent)
    world.clock.advance(days=1)
    changed_on = world.clock.at.date()
    fields = {"change": "A shorter form.", "changed_on": changed_on.isoformat()}
    changed = improving.act(deps, world.shop, made.id, Act.CHANGED, fields, agent)
    later = changed_on + timedelta(days=10)
    world.store.sla_tallies["northlight", later] = Counter(orders=400)
    world.store.sla_counts["northlight", later] = (0, 0)
    world.store.ticket_days["northlight", later] = Counter({of_signal(Signal.FEEDBACK, CAUSE): 1})
    world.clock.advance(days=57)
    effect = improving.measured(deps, changed)
    assert effect
    assert (effect.base, effect.before, effect.since) == (Base.ORDERS, Period(5, 500), Period(1, 400))
    assert effect.ratio == pytest.approx(0.25)
    assert effect.low == pytest.approx(0.038730, abs=5e-6)
    assert effect.high == pytest.approx(1.613720, abs=5e-5)
    assert effect.verdict is Verdict.OPEN
    assert effect.final


def test_what_is_done_is_logged_with_who_did_it(world: World) -> None:
    made, agent, deps = fifth(world), world.shop.agents[0], world.deps
    improving.act(deps, world.shop, made.id, Act.ACCEPT, {"owner": agent.address}, agent)
    closed = improving.act(deps, world.shop, made.id, Act.CLOSE, {"reason": "Not ours."}, agent)
    entries = [(entry.act, entry.by, entry.text) for entry in closed.log]
    assert entries == [
        (Act.PROPOSED, "", ""), (Act.ACCEPT, agent.address, agent.address), (Act.CLOSE, agent.address, "Not ours."),
    ]  # fmt: skip
    with pytest.raises(NotOpen):
        improving.act(deps, world.shop, made.id, Act.ACCEPT, {}, agent)
    with pytest.raises(NotFound):
        improving.act(deps, world.shop, "none", Act.ACCEPT, {}, agent)


def test_two_agents_at_once_lose_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made, agent, deps = fifth(world), world.shop.agents[0], world.deps
    put, lost = world.store.put_improvement, [VersionConflict("lost")]

    def raced(improvement: Improvement) -> None:
        if lost:
            raise lost.pop()
        put(improvement)

    monkeypatch.setattr(world.store, "put_improvement", raced)
    accepted = improving.act(deps, world.shop, made.id, Act.ACCEPT, {}, agent)
    assert (accepted.stage, accepted.version) == (Stage.ACCEPTED, 2)
