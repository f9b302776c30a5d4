"""Tickets are values: lookups on them, and how the next version is made."""

from dataclasses import replace

from chalicelib.rules.tickets.ticket import State, evolve
from tests.support import samples


def test_a_clock_is_found_by_name() -> None:
    clock = samples.ticket().clock("resolve")
    assert clock
    assert clock.name == "resolve"
    assert samples.ticket().clock("lunch") is None


def test_requester_and_participants_are_known_in_any_case() -> None:
    ticket = replace(samples.ticket(), participants=("friend@example.org",))
    assert ticket.knows("MIRA.holm@example.com")
    assert ticket.knows("Friend@Example.org")
    assert not ticket.knows("eve@example.org")
    assert not ticket.knows("")


def test_the_next_version_is_a_new_value() -> None:
    ticket = samples.ticket()
    closed = evolve(ticket, state=State.CLOSED)
    assert (closed.version, closed.state) == (2, State.CLOSED)
    assert (ticket.version, ticket.state) == (1, State.OPEN)
