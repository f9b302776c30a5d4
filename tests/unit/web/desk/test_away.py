"""Absences, as in an agent's browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.rules.access.absences import MOST, Absence, Absences
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, Clock, Clocks
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


def put(*all: Absence) -> None:
    known = wiring.deps().absences.absences("northlight")
    assert wiring.deps().absences.put_absences("northlight", Absences(all, known.version + 1), wiring.deps().now())


@pytest.fixture(autouse=True)
def nobody_is_away(around: Around) -> None:
    put()


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
        ({"since": "0001-01-01"}, "Write the day as year-month-day"),
        ({"until": "9999-12-31"}, "Write the day as year-month-day"),
        ({"until": "2026-11-31"}, "Write the day as year-month-day"),
        ({"since": "２０２６-12-01"}, "Write the day as year-month-day"),
        ({"since": "2026-11-01", "until": "2026-11-02"}, "Those days are over"),
        ({"substitute": "\x00" * 500}, "Please choose one of the answers given"),
        ({"substitute": "سامي@northlight.example"}, "Please choose one of the answers given"),
        ({"substitute": "x" * 100_000}, "Please choose one of the answers given"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again(ada: Visitor, fields: dict[str, str], said: str) -> None:
    answer = ada.post("/desk/away", DAYS | fields)
    assert answer.status_code == 422
    assert said in page(answer).text()
    assert stored() == ()


def test_every_fault_is_shown_at_once(tom: Visitor) -> None:
    text = page(tom.post("/desk/away", DAYS | {"agent": "x@y.example", "until": "", "substitute": "z"})).text()
    assert text.count("Please choose one of the answers given") == 2
    assert "Please fill this in" in text


def test_a_moment_that_is_none_ends_nothing(ada: Visitor) -> None:
    for moment in ("yesterday", "2026-12-01T00:00:00", "2026-12-01", "x" * 100_000):
        assert ada.post("/desk/away", {"shop": "northlight", "agent": ADA, "end": moment}).status_code == 422
    for moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        answer = ada.post("/desk/away", {"shop": "northlight", "agent": ADA, "end": moment})
        assert answer.headers["Location"].endswith("?done=nothing")


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [("2027-03-28", "2027-03-28", 23), ("2027-10-31", "2027-10-31", 25), ("2026-12-31", "2027-01-01", 48)],
)
def test_days_are_whole_when_clocks_change_and_years_end(ada: Visitor, since: str, until: str, hours: int) -> None:
    assert ada.post("/desk/away", DAYS | {"since": since, "until": until}).status_code == 303
    (absence,) = stored()
    assert absence.until - absence.since == timedelta(hours=hours)


def test_an_agent_who_left_the_policy_is_shown_by_address_and_can_be_called_off(tom: Visitor, around: Around) -> None:
    gone, now = f"{'long' * 60}@northlight.example", around.clock.at
    away = Absence(gone, now, now + timedelta(days=3), "also-gone@northlight.example")
    put(away)
    assert gone in shown(tom)
    end = {"shop": "northlight", "agent": gone, "end": away.since.isoformat()}
    assert tom.post("/desk/away", end).headers["Location"].endswith("?done=ended")
    assert stored() == ()


def test_the_page_warns_when_nobody_would_be_left(ada: Visitor, tom: Visitor) -> None:
    ada.post("/desk/away", DAYS | {"substitute": TOM})
    assert "everybody is away" not in shown(ada)
    tom.post("/desk/away", DAYS | {"since": "2026-12-03", "until": "2026-12-10"})
    assert "From 3 December 2026 on everybody is away at once" in shown(ada)


def _falls_due(around: Around, ref: str, day: int) -> None:
    clock = Clock(FIRST_ANSWER, "2 working days", around.clock.at, datetime(2026, 12, day, 11, tzinfo=UTC))
    ticket = replace(samples.ticket(ref, around.clock.at, agent=ADA), clocks=Clocks((clock,)))
    wiring.deps().tickets.commit(Change(ticket))


def test_the_page_says_what_falls_due_meanwhile_and_to_whom_it_goes(ada: Visitor, tom: Visitor, around: Around) -> None:
    for ref, day in (("NL-BBBBB-00001", 3), ("NL-BBBBB-00002", 2), ("NL-BBBBB-00003", 9)):
        _falls_due(around, ref, day)
    ada.post("/desk/away", DAYS | {"substitute": TOM})
    for visitor in (ada, tom):
        said = shown(visitor)
        assert "NL-BBBBB-00001: Answer, Thursday, 3 December 2026, 12:00 goes to Tom Berger" in said
        assert said.index("NL-BBBBB-00002") < said.index("NL-BBBBB-00001")
        assert "NL-BBBBB-00003" not in said
    tom.post("/desk/away", DAYS | {"since": "2026-12-21", "until": "2026-12-22"})
    assert shown(tom).count("No promise falls due in these days.") == 1


def test_what_would_fall_due_is_said_before_anything_is_noted(ada: Visitor, tom: Visitor, around: Around) -> None:
    _falls_due(around, "NL-BBBBB-00004", 23)
    wanted = {"shop": "northlight", "since": "2026-12-22", "until": "2026-12-23", "look": "1"}
    answer = tom.post("/desk/away", wanted | {"agent": ADA, "substitute": TOM})
    assert (answer.status_code, stored()) == (200, ())
    said = " ".join(first(page(answer), "main").text().split())
    assert "If Ada Lindqvist is away then (not saved yet) 22 December 2026 – 23 December 2026" in said
    assert "NL-BBBBB-00004: Answer, Wednesday, 23 December 2026, 12:00 goes to Tom Berger" in said
    assert first(page(answer), "#northlight-since").attributes["value"] == "2026-12-22"
    assert ada.post("/desk/away", wanted | {"agent": TOM}).status_code == 403
    assert ada.post("/desk/away", wanted | {"until": "soon"}).status_code == 422
    ada.post("/desk/away", {"shop": "northlight", "since": "2026-12-23", "until": "2026-12-24"})
    both = page(tom.post("/desk/away", wanted | {"agent": TOM})).text()
    assert "From 23 December 2026 on everybody is away at once" in both
    assert len(stored()) == 1


def test_a_shop_that_has_no_room_for_another_absence_says_so_when_asked(tom: Visitor, around: Around) -> None:
    begins = around.clock.at + timedelta(days=30)
    put(*(Absence(ADA, begins + timedelta(days=n), begins + timedelta(days=n, hours=1)) for n in range(MOST)))
    answer = tom.post("/desk/away", DAYS | {"look": "1"})
    assert answer.status_code == 422


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
