"""Mailing an extension or a final answer to the customer: the agent's action, and whether it took effect."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.rules.tickets.clocks import Clock
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents, samples
from tests.support.agents import acts
from tests.support.store.fakes import START, World

DUE = START + timedelta(days=30)
LATER = DUE + timedelta(days=10)
SAY: dict[Event, Callable[[World], Any]] = {
    Event.EXTENSION: lambda world: acts(world, "extend", by="10 days", reason="The shade has to be made."),
    Event.FINAL_ANSWER: lambda world: acts(world, "conclude", outcome="upheld", text="You are right."),
}
SAY_OTHERWISE: dict[Event, Callable[[World], Any]] = {
    Event.EXTENSION: lambda world: acts(world, "extend", by="9 days", reason="Parts."),
    Event.FINAL_ANSWER: lambda world: acts(world, "conclude", outcome="partly_upheld", text="You are partly right."),
}


def resolve(world: World) -> Clock:
    clock = world.store.only_ticket().clock("resolve")
    assert clock
    return clock


def holds(world: World, event: Event) -> bool:
    """Whether the extension or final answer took effect. Asserts that it did completely or not at all."""
    ticket = world.store.only_ticket()
    if event is Event.EXTENSION:
        (given,) = ticket.extensions
        moved = resolve(world).due == LATER
        assert moved is (given.told_at is not None)
        assert moved or resolve(world).due == DUE
        return moved
    closed = ticket.state is State.CLOSED
    sent = ticket.final_answer is not None and ticket.final_answer.told_at is not None
    assert closed is sent is (ticket.outcome is Outcome.UPHELD)
    assert closed is (resolve(world).met_at is not None)
    return closed


def notice(world: World, event: Event) -> ItemRef:
    return ItemRef(samples.REF, agents.message(world, event).id)
