"""What the table's stream gave up on is found again after `reindex`: by the desk's search, and by an erasure."""

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.desk import searching
from chalicelib.services.operations.reindexing import reindex
from chalicelib.services.privacy import erasing, purging
from chalicelib.services.privacy.anonymising import anonymise
from chalicelib.services.tickets.commits import commit
from tests.support import agents, records, samples, scenarios
from tests.support.records import found
from tests.support.scenarios import JON, WILMA, Life
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world

TODAY = START.date().isoformat()
ALL_DAYS = {"from": "2026-01-01", "to": "2027-12-31"}
ERASE = {"shop": "northlight", "email": WILMA.address, "confirm": WILMA.address, "reason": "Asked for by letter"}


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def asked(world: World, **fields: Any) -> dict[str, Any]:
    return {**reindex(world.deps, ALL_DAYS | fields, FakeRun())}


def hits(world: World, query: str) -> list[str]:
    agent = world.shop.agent(agents.ADA)
    assert agent
    return [row.ref for row in searching.search(world.deps, {"northlight": agent}, query, "en").rows]


def listed(world: World) -> set[tuple[str, str, str]]:
    """Every entry of the search index: shop, blinded word, ticket."""
    return {(*key, hit.ref) for key, hits in world.store.words.items() for hit in hits}


def test_a_reply_that_the_stream_gave_up_on_is_found_by_the_search_and_by_an_erasure(world: World) -> None:
    life = Life(world)
    life.do("form", JON, 0, 0)
    indexed = copy.deepcopy(world.store.words)
    life.do("reply", WILMA, 0, 0)
    life.closes_all()
    world.store.words.clear()
    world.store.words |= indexed  # the stream has dropped everything since
    (ref,) = world.store.tickets
    assert hits(world, WILMA.word) == []
    assert erasing.erase_subject(world.deps, ERASE, FakeRun())["anonymised"] == 0
    assert found(world, *WILMA.traces)
    assert asked(world) == {"indexed": 1, "left": 0, "failed": 0, "complete": True}
    assert hits(world, WILMA.word) == [ref]
    assert erasing.erase_subject(world.deps, ERASE, FakeRun())["anonymised"] == 1
    assert found(world, *WILMA.traces) == []


def test_every_word_that_the_stream_puts_is_put_again_and_a_deletion_finds_them_all(world: World) -> None:
    scenarios.whole_life(world)
    before = listed(world)
    world.store.words.clear()
    answer = asked(world)
    assert (answer["indexed"], answer["failed"]) == (len(world.store.tickets), 0)
    again = listed(world)
    assert before <= again
    asked(world)
    assert listed(world) == again
    for ref in world.store.tickets:
        for ticket_partition in purging.load_with_merged(world.deps, ref):
            world.store.delete_pointers(purging.pointers(world.deps, ticket_partition))
    assert listed(world) == set()


def test_nothing_of_an_erased_person_comes_back(world: World) -> None:
    scenarios.whole_life(world).closes_all()
    before = listed(world)
    erasing.erase_subject(world.deps, ERASE, FakeRun())
    gone = before - listed(world)
    assert gone
    asked(world)
    assert found(world, *WILMA.traces) == []
    assert gone.isdisjoint(listed(world))


def test_a_ticket_under_erasure_or_deletion_is_left(world: World) -> None:
    for ref in ("NL-00000-00000", "NL-00001-00000"):
        agents.opened(world, ref, text=f"I asked {WILMA.address}.", participants=(WILMA.address,))
        records.closed(world, ref)
    records.indexed(world)
    leaving, purged = (purging.load_with_merged(world.deps, ref) for ref in sorted(world.store.tickets))
    with pytest.MonkeyPatch.context() as patched, pytest.raises(ConnectionError):
        patched.setattr(world.files, "erase_raw", _fail)
        anonymise(world.deps, leaving, WILMA.address)
    assert purging.begin(world.deps, purged, purging.RETENTION)
    world.store.words.clear()
    answer = asked(world)
    assert (answer["indexed"], answer["left"]) == (0, 1)  # the other one has left the calendar
    assert not any(world.store.words.values())


def _fail(keys: Any) -> None:
    raise ConnectionError


def test_a_ticket_that_cannot_be_read_does_not_hold_up_the_others(world: World) -> None:
    for number in range(3):
        agents.opened(world, f"NL-0000{number}-00000")
    whole = world.store.ticket_partition

    def partition(ref: str) -> Any:
        if ref.startswith("NL-00001"):
            raise ConnectionError
        return whole(ref)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.store, "ticket_partition", partition)
        answer = asked(world)
    assert (answer["indexed"], answer["failed"], answer["complete"]) == (2, 1, True)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_it_continues_where_its_time_ended_and_takes_each_ticket_once(world: World, steps: int) -> None:
    for number in range(7):
        if number == 4:
            world.clock.advance(days=1)
        ref, shop = (f"KE-0000{number}-00000", "kettle") if number % 2 else (f"NL-0000{number}-00000", "northlight")
        commit(world.deps, Change(replace(samples.ticket(ref, world.clock()), shop=shop)))
    event, indexed = dict[str, Any](ALL_DAYS), []
    for _ in range(10):
        run = FakeRun(steps=steps)
        answer = reindex(world.deps, event, run)
        indexed.append(answer["indexed"])
        if answer["complete"]:
            break
        assert run.asked == [answer["next"]]
        event = answer["next"]
    assert sum(indexed) == 7
    assert max(indexed) <= steps


def test_with_written_since_only_tickets_with_something_new_are_indexed(world: World) -> None:
    for ref in ("NL-00000-00000", "NL-00001-00000"):
        agents.opened(world, ref)
    world.clock.advance(days=30)
    agents.acts(world, "note", "NL-00001-00000", text="Somebody called.")
    assert asked(world, written_since=(START + timedelta(days=1)).date().isoformat())["indexed"] == 1
    assert asked(world, written_since=TODAY)["indexed"] == 2
    assert asked(world, shop="kettle")["indexed"] == 0
    assert asked(world, **{"from": TODAY, "to": TODAY})["indexed"] == 2
    assert asked(world, **{"to": "2026-11-24"})["indexed"] == 0


@pytest.mark.parametrize("wrong", [{"shop": "nowhere"}, {"after": 7}, {"written_since": "soon"}, {"days": 3}])
def test_a_wrong_event_is_refused(world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        asked(world, **wrong)
