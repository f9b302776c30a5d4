"""A source may search often, and not endlessly; a few searches cost no write."""

from dataclasses import replace

import pytest

from chalicelib.errors import RateLimited
from chalicelib.rules.help.gaps import PER_MINUTE, TOLD_AT_ONCE
from chalicelib.services.help.pacing import Pacer
from tests.support.store.fakes import World


def passed(world: World, pacer: Pacer, times: int, address: str = "203.0.113.7") -> int:
    """How many of so many searches pass."""
    number = 0
    for _ in range(times):
        try:
            pacer.pass_on(world.deps, world.shop, address)
        except RateLimited:
            continue
        number += 1
    return number


def test_a_few_searches_cost_no_request(world: World) -> None:
    pacer = Pacer()
    assert passed(world, pacer, TOLD_AT_ONCE - 1) == TOLD_AT_ONCE - 1
    assert world.store.requests == []


def test_one_process_stops_a_source_after_its_searches(world: World) -> None:
    pacer = Pacer()
    assert passed(world, pacer, 3 * PER_MINUTE) == PER_MINUTE
    assert passed(world, pacer, 5, "198.51.100.9") == 5


def test_many_processes_stop_it_together(world: World) -> None:
    pacers = [Pacer() for _ in range(20)]
    everything = sum(passed(world, pacer, PER_MINUTE) for pacer in pacers)
    assert everything <= PER_MINUTE + len(pacers) * TOLD_AT_ONCE * TOLD_AT_ONCE
    assert everything < 20 * PER_MINUTE


def test_after_a_minute_it_may_search_again(world: World) -> None:
    pacer = Pacer()
    passed(world, pacer, 2 * PER_MINUTE)
    world.clock.advance(minutes=1, seconds=3)
    assert passed(world, pacer, 3) == 3


@pytest.mark.parametrize("number", [1, 5000])
def test_what_a_process_remembers_is_bounded(world: World, number: int) -> None:
    pacer = Pacer()
    for at in range(number):
        pacer.pass_on(world.deps, world.shop, f"10.{at // 250}.{at % 250}.1")
    assert len(pacer._seen) <= 1001


def test_limits_can_be_off(world: World) -> None:

    world.deps = replace(world.deps, limits_on=False)
    assert passed(world, Pacer(), 2 * PER_MINUTE) == 2 * PER_MINUTE
