"""The audit trail: every change a service commits is logged in a chain that comes out, and tampering is told."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import BadInput
from chalicelib.services import auditing
from tests import lives
from tests.fakes import FakeRun, World
from tests.fakes import world as new_world
from tests.lives import AGENTS_WORD, JON, WILMA

SERVICES = Path(__file__).parents[3] / "chalicelib" / "services"
DAYS = {"shop": "northlight", "from": "2026-11-25", "to": "2027-02-28"}


@pytest.fixture
def world() -> World:
    """After a life in which everything happened."""
    world = new_world(limits_on=False)
    lives.whole_life(world)
    return world


def verify(world: World, run: FakeRun | None = None, **fields: Any) -> dict[str, Any]:
    return auditing.verify_audit(world.deps, DAYS | fields, run or FakeRun())


def one(world: World) -> str:
    """A ticket of whose log there is much."""
    return max(world.store.logged, key=lambda ref: len(world.store.logged[ref]))


def test_whatever_happened_every_log_comes_out(world: World) -> None:
    assert verify(world) == {"whole": len(world.store.tickets), "wrong": 0, "tickets": [], "left_off": None}
    assert sum(each.message is not None for logged in world.store.logged.values() for each in logged) > 0


@pytest.mark.parametrize("tampering", ["missing", "altered", "added"])
def test_a_log_that_was_tampered_with_is_told(world: World, tampering: str) -> None:
    ref = one(world)
    logged = world.store.logged[ref]
    place = next(n for n, each in enumerate(logged) if each.message is None)
    changed = {
        "missing": logged[:place] + logged[place + 1 :],
        "altered": [*logged[:place], replace(logged[place], entry=replace(logged[place].entry, actor="eve")),
                    *logged[place + 1 :]],
        "added": [*logged, replace(logged[place], version=999)],
    }  # fmt: skip
    world.store.logged[ref] = changed[tampering]
    answer = verify(world)
    assert (answer["whole"], answer["wrong"]) == (len(world.store.tickets) - 1, 1)
    assert [(found["reference"], found["log"]) for found in answer["tickets"]] == [(ref, tampering)]
    event = {"shop": "northlight", "reference": ref}
    assert auditing.verify_audit(world.deps, event, FakeRun())["wrong"] == 1


def test_one_ticket_is_looked_at_by_its_reference(world: World) -> None:
    event = {"shop": "northlight", "reference": one(world).lower()}
    assert auditing.verify_audit(world.deps, event, FakeRun())["whole"] == 1


def test_a_run_without_time_says_where_to_go_on(world: World) -> None:
    first = verify(world, FakeRun(steps=1))
    assert first["left_off"] == "2026-11-26"
    rest = verify(world, **{"from": first["left_off"]})
    assert first["whole"] + rest["whole"] == len(world.store.tickets)


def test_no_log_has_words_of_a_message_or_names_a_customer(world: World) -> None:
    said = " ".join(f"{entry.actor} {entry.action} {entry.detail}" for _, entry in world.store.log).lower()
    assert len(said) > 500
    for trace in (*WILMA.traces, *JON.traces, AGENTS_WORD):
        assert trace.lower() not in said


def test_services_commit_where_the_log_is_chained_and_nowhere_else() -> None:
    commits = [path.name for path in SERVICES.glob("*.py") if re.search(r"store\.commit\(", path.read_text())]
    assert commits == ["commits.py"]


@pytest.mark.parametrize(
    ("event", "field", "sentence"),
    [
        ({"shop": "northlight"}, "from", 'for example {"from": "2026-11-30"}'),
        (DAYS | {"to": "2026-11-24"}, "to", "not before 2026-11-25"),
        (DAYS | {"from": "25.11.2026"}, "from", "year-month-day"),
        ({"shop": "northlight", "reference": "x"}, "reference", "the reference of a ticket"),
    ],
)
def test_what_to_type_is_said(event: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(BadInput) as wrong:
        auditing.verify_audit(new_world().deps, event, FakeRun())
    assert sentence in wrong.value.problems[field]
