"""Absences at the console: noted, listed and called off as at the desk, and every fault named at once."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.access.absences import MOST, Absence, Absences, days_away
from chalicelib.services.desk.team import away
from chalicelib.services.operations.absences import absences
from chalicelib.services.privacy.recording import recorded
from tests.support.agents import ADA, TOM
from tests.support.store.fakes import START, World

NOTED = {"shop": "northlight", "agent": ADA, "from": "2026-12-01", "to": "2026-12-04", "substitute": TOM}
BACK = {"shop": "northlight", "agent": ADA, "from": "2026-12-01", "withdraw": True}


def stored(world: World) -> tuple[Absence, ...]:
    return world.deps.absences.absences("northlight").all


def faults(world: World, event: Any) -> dict[str, str]:
    with pytest.raises(InvalidEvent) as refused:
        absences(world.deps, event)
    assert stored(world) == ()
    return refused.value.sentences


def test_an_absence_is_noted_once_and_listed_in_days_of_the_shop(world: World) -> None:
    listed = {"agent": ADA, "from": "2026-12-01", "to": "2026-12-04", "substitute": TOM, "mails_go_to": [ADA]}
    answer = {"shop": "northlight", "nobody_from": None, "absences": [listed]}
    assert absences(world.deps, NOTED) == answer | {"changed": True}
    assert absences(world.deps, NOTED) == answer | {"changed": False}
    assert absences(world.deps, {"shop": "northlight"}) == answer | {"changed": False}
    (absence,) = stored(world)
    assert (absence.agent, absence.substitute, absence.by) == (ADA, TOM, "")
    assert absence.since.isoformat() == "2026-11-30T23:00:00+00:00"


def test_what_the_agent_said_at_the_desk_is_known(world: World) -> None:
    fields = {"since": "2026-12-01", "until": "2026-12-04", "substitute": TOM}
    ada = world.shop.agent(ADA)
    assert ada
    assert away.announce(world.deps, world.shop, ada, fields)
    assert not absences(world.deps, NOTED)["changed"]
    assert stored(world)[0].by == ADA


def test_the_same_with_another_end_takes_its_place(world: World) -> None:
    absences(world.deps, NOTED)
    (line,) = absences(world.deps, NOTED | {"to": "2026-12-11"})["absences"]
    assert line["to"] == "2026-12-11"


def test_while_it_holds_it_says_who_gets_the_mails_and_when_nobody_would_be_there(world: World) -> None:
    today = {"from": START.date().isoformat()}
    (line,) = absences(world.deps, NOTED | today)["absences"]
    assert line["mails_go_to"] == [TOM]
    del (event := NOTED | {"agent": TOM})["substitute"]
    for agent in world.shop.agents:
        if agent.address != ADA:
            answer = absences(world.deps, event | {"agent": agent.address, "to": "2026-12-02"})
    assert answer["nobody_from"] == "2026-12-01"
    assert {line["substitute"] for line in answer["absences"]} == {TOM, None}


def test_it_is_called_off_once(world: World) -> None:
    absences(world.deps, NOTED)
    assert absences(world.deps, BACK) == {
        "shop": "northlight", "changed": True, "absences": [], "nobody_from": None
    }  # fmt: skip
    assert not absences(world.deps, BACK)["changed"]


def test_who_left_the_policy_can_be_withdrawn_and_not_announced(world: World) -> None:
    gone, since = "gone@northlight.example", days_away(world.shop, START.date(), START.date())
    world.deps.absences.put_absences("northlight", Absences((Absence(gone, *since),), 1), START)
    answer = absences(world.deps, {"shop": "northlight"})
    assert [line["agent"] for line in answer["absences"]] == [gone]
    with pytest.raises(InvalidEvent) as refused:
        absences(world.deps, NOTED | {"agent": gone})
    assert set(refused.value.sentences) == {"agent"}
    assert absences(world.deps, BACK | {"agent": gone, "from": START.date().isoformat()})["changed"]


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({}, {"shop"}),
        ({"shop": "nowhere", "from": "soon", "untill": "2026-12-01"}, {"shop", "from", "to", "untill"}),
        ({"shop": "northlight", "agent": ADA}, {"from", "to"}),
        ({"shop": "northlight", "from": "2026-12-01"}, {"agent", "to"}),
        (
            NOTED | {"agent": "x", "from": "2026-02-30", "to": 7, "substitute": ""},
            {"agent", "from", "to", "substitute"},
        ),
        (NOTED | {"substitute": ADA, "to": "2026-11-30"}, {"substitute", "to"}),
        (NOTED | {"agent": "x", "to": "2029-11-30", "and": 1, "more": 2}, {"agent", "to", "and", "more"}),
        (NOTED | {"from": "2026-11-01", "to": "2026-11-24"}, {"to"}),
        (NOTED | {"withdraw": "yes"}, {"withdraw"}),
        (NOTED | {"withdraw": True, "agent": "x", "from": ""}, {"agent", "from", "to", "substitute"}),
    ],
)
def test_every_fault_is_named_at_once(world: World, event: dict[str, Any], named: set[str]) -> None:
    found = faults(world, event)
    assert set(found) == named
    assert all(len(sentence.split()) >= 3 for sentence in found.values())


def test_the_day_it_may_not_be_before_is_the_one_that_was_typed(world: World) -> None:
    said = faults(world, NOTED | {"to": "2026-11-30"})["to"]
    assert said == "write a day that is not before 2026-12-01, the one you gave as from"


def test_a_full_list_says_what_to_do(world: World) -> None:
    days = days_away(world.shop, START.date(), START.date())
    first = Absence(TOM, *days)
    many = tuple(replace(first, agent=f"agent-{n}@northlight.example") for n in range(MOST))
    world.deps.absences.put_absences("northlight", Absences(many, 1), START)
    with pytest.raises(InvalidEvent, match="withdraw an absence first"):
        absences(world.deps, NOTED)


def test_the_audit_event_says_whose_absence_and_whose_mails(world: World) -> None:
    recorded(world.deps, "absences", NOTED, "request-1", lambda: absences(world.deps, NOTED))
    recorded(world.deps, "absences", BACK, "request-2", lambda: absences(world.deps, BACK))
    said = [event.detail for event in world.store.audited.values()]
    assert said == [
        f"shop=northlight from=2026-12-01 to=2026-12-04 agent={ADA} substitute={TOM} changed=true absences=1 "
        "request=request-1",
        f"shop=northlight from=2026-12-01 withdraw=true agent={ADA} changed=true absences=0 request=request-2",
    ]
