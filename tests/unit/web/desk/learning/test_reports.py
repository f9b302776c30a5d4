"""Reports and improvements at the desk, and what is told in public, as in a browser."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.learning.improvements import Stage
from chalicelib.services.learning.pictures.every import PICTURES
from chalicelib.services.learning.proposing import propose
from tests.support.learning.reported import quarter
from tests.support.learning.streamed import DAMAGED, given
from tests.support.store.fakes import World
from tests.support.web.browsing import Browser, first, page
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor, signed_in

__all__ = ["browser", "world"]

ADA, ROBIN = "ada@northlight.example", "robin@kettle.example"


@pytest.fixture
def ada(browser: Browser, world: World) -> Visitor:
    for counts in (world.store.ticket_days, world.store.sla_tallies, world.store.sla_counts, world.store.improved):
        counts.clear()
    world.store.said_helped.clear()
    world.store.searched.clear()
    return signed_in(browser, ADA)


def until(world: World) -> date:
    return world.clock.at.date()


def test_every_picture_has_its_table_and_its_file(ada: Visitor, world: World) -> None:
    quarter(world, until(world), 100)
    shown = ada.get("/desk/reports")
    assert shown.status_code == 200
    sections = page(shown).css("section.picture")
    assert len(sections) == len(page(shown).css("svg[role=img]")) == len(PICTURES)
    for section, id in zip(sections, PICTURES, strict=True):
        rows = section.css("table tbody tr")
        assert rows
        assert section.css("svg title")[0].text() == section.css("h2")[0].text()
        link = (section.css("a[download]")[0].attributes["href"] or "").removeprefix("/api")
        file = ada.get(link)
        assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
        lines = list(csv.reader(io.StringIO(file.body.decode("utf-8-sig"))))
        assert len(lines) == len(rows) + 1
        assert id in file.headers["Content-Disposition"]


def test_a_shop_without_numbers_has_sentences(ada: Visitor) -> None:
    shown = page(ada.get("/desk/reports?lang=de"))
    assert len(shown.css("section.picture h2")) == len(PICTURES)
    assert not shown.css("section.picture svg")
    # Several have found nothing, and say so in the same words; a screen reader lists them by name.
    by = [(section.attributes["aria-labelledby"] or "").split() for section in shown.css("section.picture")]
    names = [" ".join(first(shown, f"#{id}").text() for id in ids) for ids in by]
    assert len(set(names)) == len(names)


def test_other_days_can_be_chosen(ada: Visitor, world: World) -> None:
    quarter(world, until(world), 100)
    day = until(world).isoformat()
    shown = page(ada.get(f"/desk/reports?from={day}&to={day}"))
    assert first(shown, "#from").attributes["value"] == day
    assert len(first(shown, "section.picture table").css("tbody tr")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "", "month=garbage", "shop=", "shop=%00", "from=&to=", "from=0001-01-01&to=0001-01-05",
        "from=9999-12-31&to=9999-12-31", "from=2026-02-30&to=2026-03-01", "from=%ED%A0%80&to=%FF%FE",
        "from=2026-12-01&to=2026-11-01", "from=" + "2" * 5000, "from=2026-10-25&to=2026-10-25", "to=2026-11-01",
    ],
)  # fmt: skip
def test_any_query_has_a_report_and_a_file(ada: Visitor, query: str) -> None:
    assert ada.get(f"/desk/reports?{query}").status_code == 200
    assert ada.get(f"/desk/reports/channels?{query}").status_code == 200


def test_nobody_sees_another_shops_reports(ada: Visitor, browser: Browser, world: World) -> None:
    quarter(world, until(world))
    robin = signed_in(browser, ROBIN)
    shown = page(robin.get("/desk/reports?shop=northlight"))
    assert "Northlight" not in (first(shown, "main").text())
    assert browser.get("/desk/reports").status_code == 303
    assert ada.get("/desk/reports/nothing").status_code == 404


def proposed(world: World) -> str:
    given(world, {1: 5})
    (made,) = propose(world.deps, world.shop)
    return made.id


def acts(visitor: Visitor, id: str, act: str, **fields: str) -> int:
    return visitor.post(f"/desk/improvements/northlight/{id}", {"act": act} | fields).status_code


def test_an_improvement_from_its_proposal_to_its_end(ada: Visitor, world: World) -> None:
    id = proposed(world)
    listed = page(ada.get("/desk/improvements"))
    assert "It arrived damaged" in first(listed, ".improvements a").text()
    assert acts(ada, id, "changed", change="A thicker box.", changed_on=until(world).isoformat()) == 409
    assert acts(ada, id, "accept", owner=ADA) == 303
    assert acts(ada, id, "changed", change="", changed_on=until(world).isoformat()) == 422
    late = (until(world) + timedelta(days=1)).isoformat()
    assert acts(ada, id, "changed", change="A thicker box.", changed_on=late) == 422
    assert acts(ada, id, "changed", change="A thicker box.", changed_on="soon") == 422
    for _ in range(2):  # the same form twice
        assert acts(ada, id, "changed", change="A thicker box.", changed_on=until(world).isoformat()) == 303
    kept = world.store.improved["northlight", id]
    assert (kept.stage, kept.owner, kept.version, len(kept.log)) == (Stage.CHANGED, ADA, 3, 3)
    shown = page(ada.get(f"/desk/improvements/northlight/{id}?done=changed"))
    assert "A thicker box." in first(shown, "main").text()
    assert "too little" in first(shown, "main").text()
    assert acts(ada, id, "close", reason="It works.") == 303
    assert acts(ada, id, "close", reason="It works.") == 409
    assert not page(ada.get("/desk/improvements")).css("#open + .improvements")


def test_what_is_told_in_public_is_what_agents_wrote(ada: Visitor, browser: Browser, world: World) -> None:
    id = proposed(world)
    assert "nothing here yet" in first(page(browser.get("/shops/northlight/improved?lang=en")), "main").text()
    acts(ada, id, "accept", owner=ADA)
    assert acts(ada, id, "publish", said_en="x", did_en="y") == 409
    acts(ada, id, "changed", change="Internal words.", changed_on=until(world).isoformat())
    assert acts(ada, id, "publish", said_en="It broke.", did_en="Thicker boxes.") == 422
    words = {"said_en": "It <b>broke</b>.", "did_en": "Thicker boxes.", "said_de": "Kaputt.", "did_de": "Dicker."}
    assert acts(ada, id, "publish", **words) == 303
    told = first(page(browser.get("/shops/northlight/improved?lang=en")), "main").text()
    assert "It <b>broke</b>." in told
    assert "Thicker boxes." in told
    assert "Internal words." not in told
    assert "Dicker." in first(page(browser.get("/shops/northlight/improved?lang=de")), "main").text()
    assert acts(ada, id, "withdraw") == 303
    assert "Thicker" not in first(page(browser.get("/shops/northlight/improved?lang=en")), "main").text()


def test_an_improvement_of_another_shop_is_not_there(ada: Visitor, browser: Browser, world: World) -> None:
    id = proposed(world)
    robin = signed_in(browser, ROBIN)
    assert robin.get(f"/desk/improvements/northlight/{id}").status_code == 404
    assert acts(robin, id, "close", reason="No.") == 404
    assert ada.get("/desk/improvements/northlight/other").status_code == 404
    assert acts(ada, id, "proposed") == 404
    stranger = replace(world.store.improved["northlight", id], cause=Cause("gone", "seller"))
    world.store.improved["northlight", id] = stranger
    assert "gone · Us" in first(page(ada.get(f"/desk/improvements/northlight/{id}")), "h1").text()
    assert stranger.cause != DAMAGED
