"""The inbox and the search, as an agent's browser shows them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, Clock, Clocks
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from chalicelib.services.desk.inbox_merging import ROWS
from chalicelib.services.desk.inbox_view import LISTS
from chalicelib.services.tickets import indexing
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL, START
from tests.support.web.both_shops import bo_signed_in
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.visitors import Around, Visitor, signed_in, surroundings

ADA, ROBIN = "ada@northlight.example", "robin@kettle.example"
DUE = START + timedelta(days=1)


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture(scope="module")
def tickets(around: Around) -> list[Ticket]:
    """More than a page of open tickets, due one after the other, and one closed ticket."""
    every = [put(f"NL-1NB0X-{number:05}", DUE + timedelta(hours=number)) for number in range(ROWS + 5)]
    put("NL-C10SE-00001", state=State.CLOSED, closed_at=START, outcome="settled", clocks=Clocks())
    put("NL-A51DE-00001", suspicions=(Suspicion.HASTY,))
    return every


@pytest.fixture
def ada(browser: Browser, tickets: list[Ticket]) -> Visitor:
    return signed_in(browser, ADA)


def put(ref: str, due: Any = DUE, **changes: Any) -> Ticket:
    opening = {name: changes.pop(name) for name in ("suspicions", "subject", "text") if name in changes}
    clock = Clock(FIRST_ANSWER, "2 working days", START, due)
    ticket = replace(samples.ticket(ref, **opening), **{"clocks": Clocks([clock]), "outbox": None} | changes)
    wiring.deps().tickets.commit(Change(ticket))
    indexing.index(wiring.deps(), ticket)
    return ticket


def refs(answer: Answer) -> list[str]:
    assert answer.status_code == 200
    return [link.attributes["href"].rpartition("/")[2] for link in page(answer).css(".row .subject a")]  # type: ignore[union-attr]


def followed(visitor: Visitor, answer: Answer, selector: str) -> Answer:
    href = first(answer, selector).attributes["href"]
    assert href
    parts = urlsplit(href)
    return visitor.get(f"{parts.path}?{parts.query}")


class TestTheInbox:
    def test_shows_tickets_in_due_order_with_a_countdown(self, ada: Visitor, tickets: list[Ticket]) -> None:
        shown = ada.get("/desk")
        assert refs(shown) == [ticket.ref for ticket in tickets[:ROWS]]
        assert first(shown, ".row .due").text() == "Answer due in 1 d"
        assert first(shown, "title").text().startswith("Inbox")

    def test_links_to_the_next_page_and_back_to_the_first(self, ada: Visitor, tickets: list[Ticket]) -> None:
        second = followed(ada, ada.get("/desk"), "a[rel=next]")
        assert refs(second) == [ticket.ref for ticket in tickets[ROWS:]]
        assert not page(second).css("a[rel=next]")
        (top,) = [link for link in page(second).css(".pager a") if "top" in link.text()]
        assert refs(ada.get(str(top.attributes["href"]).removeprefix("/api")))[0] == tickets[0].ref

    def test_a_forged_cursor_shows_the_first_page(self, ada: Visitor, tickets: list[Ticket]) -> None:
        assert refs(ada.get("/desk?after=forged"))[0] == tickets[0].ref

    @pytest.mark.parametrize("name", LISTS)
    def test_has_each_list_by_name(self, ada: Visitor, name: str) -> None:
        shown = ada.get(f"/desk?list={name}")
        assert shown.status_code == 200
        (current,) = page(shown).css(".lists [aria-current]")
        assert current.attributes["href"] == f"/api/desk?list={name}"
        assert page(shown).css(".row") or first(shown, ".empty").text().strip()

    def test_shows_closed_tickets_by_day(self, ada: Visitor) -> None:
        today = ada.get("/desk?list=closed")
        assert refs(today) == ["NL-C10SE-00001"]
        assert first(today, "[name=day]").attributes["value"] == "2026-11-25"
        assert refs(followed(ada, today, ".pager a")) == []

    def test_keeps_the_filters_from_page_to_page(self, ada: Visitor) -> None:
        shown = ada.get("/desk?list=unassigned&kind=complaint")
        assert first(shown, "option[selected]").attributes["value"] == "complaint"
        next_page = str(first(shown, "a[rel=next]").attributes["href"])
        assert "list=unassigned" in next_page
        assert "kind=complaint" in next_page
        reset = [link.attributes["href"] for link in page(shown).css(".filters a")]
        assert reset == ["/api/desk?list=unassigned"]

    def test_of_another_shop_is_empty(self, browser: Browser, tickets: list[Ticket]) -> None:
        robin = signed_in(browser, ROBIN)
        for query in ("", "?shop=northlight", "?list=closed&shop=northlight", "?list=quarantine"):
            assert not [ref for ref in refs(robin.get(f"/desk{query}")) if ref.startswith("NL-")]

    def test_of_two_shops_names_the_shop_of_each_ticket(self, browser: Browser, tickets: list[Ticket]) -> None:
        kettle = put("KC-1NB0X-00001", START, shop="kettle")
        with bo_signed_in(browser) as bo:
            shown = bo.get("/desk")
            assert refs(shown)[0] == kettle.ref
            assert wiring.policy().shop("kettle").name in first(shown, ".row .marks").text()
            assert refs(bo.get("/desk?shop=kettle")) == [kettle.ref]

    @pytest.mark.parametrize("path", ["/desk", "/desk/contact", "/desk/help", "/desk/t/NL-00000-00000"])
    def test_the_desk_has_a_shops_colour_where_it_is_the_agents_only_one(
        self, browser: Browser, ada: Visitor, path: str
    ) -> None:
        assert page(ada.get(path)).css('link[href$="/static/shops/northlight.css"]')
        with bo_signed_in(browser) as bo:
            assert not page(bo.get(path)).css('link[href*="/static/shops/"]')

    def test_is_for_agents_only(self, browser: Browser) -> None:
        for path in ("/desk", "/desk/search?q=lamp"):
            assert Visitor(browser).get(path).headers["Location"].startswith(f"{PUBLIC_URL}/desk/login")


class TestTheSearch:
    @pytest.mark.parametrize("path", ["/desk", "/desk?list=closed", "/desk/contact", "/desk/help", "/desk/search"])
    def test_its_field_is_empty_where_nothing_was_searched_for(self, ada: Visitor, path: str) -> None:
        assert not first(ada.get(path), ".bar input[type=search]").attributes["value"]

    def test_its_field_shows_what_was_searched_for(self, ada: Visitor) -> None:
        assert (
            first(ada.get("/desk/search?q=Unicorn+lamp"), ".bar input[type=search]").attributes["value"]
            == "Unicorn lamp"
        )

    def test_puts_no_words_into_the_url(self, ada: Visitor) -> None:
        put("NL-F0NND-00002", subject="A zeppelin lamp")
        for where in (".bar form[role=search]", "main form[role=search]"):
            form = first(ada.get("/desk/search"), where)
            assert (form.attributes["method"], form.attributes["action"]) == ("post", "/api/desk/search")
        asked = ada.post("/desk/search", {"q": "  Zeppelin   lamp "})
        location = asked.headers["Location"].removeprefix(PUBLIC_URL)
        assert asked.status_code == 303
        assert location.startswith("/desk/search?s=")
        assert "eppelin" not in location
        for _ in range(2):  # by the Back button, a reload, a bookmark
            found = ada.get(location)
            assert refs(found) == ["NL-F0NND-00002"]
            assert first(found, "#q").attributes["value"] == "Zeppelin lamp"
        assert ada.post("/desk/search", {"q": "Zeppelin lamp"}).headers["Location"] == asked.headers["Location"]

    def test_a_reference_in_the_form_leads_to_the_ticket(self, ada: Visitor, tickets: list[Ticket]) -> None:
        found = ada.post("/desk/search", {"q": tickets[0].ref}).headers["Location"].removeprefix(PUBLIC_URL)
        assert ada.get(found).headers["Location"] == f"{PUBLIC_URL}/desk/t/{tickets[0].ref}"

    @pytest.mark.parametrize("query", ["", " ", "x" * 5_000, "\ud800", "ä" * 200, "</form>"])
    def test_accepts_any_query(self, ada: Visitor, query: str) -> None:
        answer = ada.post("/desk/search", {"q": query.encode("utf-8", "replace").decode()})
        assert answer.status_code == 303
        assert len(answer.headers["Location"]) < 1_500
        assert ada.get(answer.headers["Location"].removeprefix(PUBLIC_URL)).status_code == 200

    @pytest.mark.parametrize("sealed", ["", "x", "A" * 40, "%00", "lamp", "A" * 5_000])
    def test_a_query_that_we_have_not_sealed_counts_as_empty(self, ada: Visitor, sealed: str) -> None:
        shown = ada.get(f"/desk/search?s={sealed}&q=lamp")
        assert shown.status_code == 200
        assert first(shown, "#q").attributes["value"] in ("", None)

    def test_a_reference_leads_straight_to_its_ticket(self, ada: Visitor) -> None:
        answer = ada.get("/desk/search?q=nl1nb0x00003")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PUBLIC_URL}/desk/t/NL-1NB0X-00003")

    def test_lists_results_and_keeps_the_query(self, ada: Visitor) -> None:
        put("NL-F0NND-00001", subject="A unicorn <b>lamp</b>")
        found = ada.get("/desk/search?q=Unicorn+lamp")
        assert refs(found) == ["NL-F0NND-00001"]
        assert first(found, "#q").attributes["value"] == "Unicorn lamp"
        assert first(found, ".row .subject").text().strip() == "A unicorn <b>lamp</b>"

    @pytest.mark.parametrize("query", ["zebra", "nobody@example.com", "the", "", "%22%3E%3Cscript%3E"])
    def test_says_when_nothing_was_found(self, ada: Visitor, query: str) -> None:
        found = ada.get(f"/desk/search?q={query}")
        assert refs(found) == []
        assert bool(page(found).css(".empty")) is bool(query)
        assert not page(found).css("main script")

    def test_never_finds_another_shops_tickets(self, browser: Browser, tickets: list[Ticket]) -> None:
        robin = signed_in(browser, ROBIN)
        for query in ("lamp", "mira.holm@example.com", tickets[0].ref, "NL-2026-204117"):
            assert not [ref for ref in refs(robin.get(f"/desk/search?q={query}")) if ref.startswith("NL-")]
