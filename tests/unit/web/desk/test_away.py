"""Absences, as in an agent's browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.rules.access.absences import Absence
from chalicelib.rules.tickets.ticket import Change
from tests.support import samples
from tests.support.agents import ADA, TOM
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import Around, Visitor, signed_in, surroundings

DAYS = {"shop": "northlight", "since": "2026-12-01", "until": "2026-12-04"}


@pytest.fixture
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def ada(browser: Browser, around: Around) -> Visitor:
    return signed_in(browser, ADA)


@pytest.fixture
def tom(browser: Browser, around: Around) -> Visitor:
    return signed_in(browser, TOM)


def stored() -> tuple[Absence, ...]:
    return wiring.deps().absences.absences("northlight").all


def shown(visitor: Visitor) -> str:
    return " ".join(first(page(visitor.get("/desk/away")), "main").text().split())


def test_an_agent_is_away_in_whole_days_of_the_shop_and_comes_back(ada: Visitor) -> None:
    assert "Nobody is away." in shown(ada)
    answer = ada.post("/desk/away", DAYS | {"substitute": TOM})
    assert answer.headers["Location"] == f"{PUBLIC_URL}/desk/away?done=announced"
    (absence,) = stored()
    assert (absence.agent, absence.substitute, absence.by) == (ADA, TOM, ADA)
    assert absence.since.isoformat() == "2026-11-30T23:00:00+00:00"
    assert absence.until.isoformat() == "2026-12-04T23:00:00+00:00"
    assert "Tom Berger stands in" in shown(ada)
    again = ada.post("/desk/away", DAYS | {"substitute": TOM})
    assert again.headers["Location"].endswith("?done=nothing")
    end = {"shop": "northlight", "agent": ADA, "end": absence.since.isoformat()}
    assert ada.post("/desk/away", end).headers["Location"].endswith("?done=ended")
    assert ada.post("/desk/away", end).headers["Location"].endswith("?done=nothing")
    assert stored() == ()


def test_admins_and_owners_say_it_for_others_and_agents_only_for_themselves(ada: Visitor, tom: Visitor) -> None:
    assert tom.post("/desk/away", DAYS | {"agent": ADA}).status_code == 303
    assert [(absence.agent, absence.by) for absence in stored()] == [(ADA, TOM)]
    assert ada.post("/desk/away", DAYS | {"agent": TOM}).status_code == 403
    end = {"shop": "northlight", "agent": TOM, "end": stored()[0].since.isoformat()}
    assert ada.post("/desk/away", end).status_code == 403
    assert ada.post("/desk/away", end | {"agent": ADA}).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"since": ""}, "Please fill this in"),
        ({"since": "soon"}, "Write the day as year-month-day"),
        ({"until": "2026-11-30"}, "The last day comes before the first"),
        ({"substitute": ADA}, "Choose somebody else to stand in"),
        ({"substitute": "x@example.com"}, "Please choose one of the answers given"),
        ({"until": "2029-12-01"}, "An absence can last a year at most"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again(ada: Visitor, fields: dict[str, str], said: str) -> None:
    answer = ada.post("/desk/away", DAYS | fields)
    assert answer.status_code == 422
    assert said in page(answer).text()
    assert stored() == ()


def test_a_moment_that_is_none_ends_nothing(ada: Visitor) -> None:
    for moment in ("yesterday", "2026-12-01T00:00:00"):
        assert ada.post("/desk/away", {"shop": "northlight", "agent": ADA, "end": moment}).status_code == 422


def test_the_page_warns_when_nobody_would_be_left(ada: Visitor, tom: Visitor) -> None:
    ada.post("/desk/away", DAYS | {"substitute": TOM})
    assert "everybody is away" not in shown(ada)
    tom.post("/desk/away", DAYS | {"since": "2026-12-03", "until": "2026-12-10"})
    assert "From 3 December 2026 on everybody is away at once" in shown(ada)


def test_the_desk_shows_who_is_away_and_the_substitute_sees_the_tickets_as_theirs(
    ada: Visitor, tom: Visitor, around: Around
) -> None:
    wiring.deps().tickets.commit(Change(samples.ticket("NL-AAAAA-AAAAA", around.clock.at, agent=ADA)))
    assert "NL-AAAAA-AAAAA" not in page(tom.get("/desk?list=mine")).text()
    today = around.clock.at.date()
    until = today + timedelta(days=3)
    ada.post("/desk/away", DAYS | {"since": f"{today}", "until": f"{until}", "substitute": TOM})
    mine = page(tom.get("/desk?list=mine")).text()
    assert "NL-AAAAA-AAAAA" in mine
    opened = page(tom.get("/desk/t/NL-AAAAA-AAAAA")).text()
    assert "Ada Lindqvist (away until" in opened
    assert "goes to Tom Berger)" in opened
