"""The published ratings over HTTP: a hundred ratings come to what is computed by hand, and nobody is led elsewhere by
their score."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib import wiring
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.policy.promises import ReviewService
from chalicelib.rules.procedure import concluding
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Person, Ticket
from chalicelib.services.customer import rating
from chalicelib.services.tickets import links
from chalicelib.services.tickets.commits import commit
from tests.support import samples
from tests.support.web.browsing import JSON, Browser, first, page, said
from tests.support.web.visitors import Around, signed_in, surroundings

RATINGS = "/shops/northlight/ratings"
ADA = Person("Ada Lindqvist", "ada@northlight.example")
# Scores, how many of each: 50 fives, 20 fours, 10 threes, 5 twos, 15 ones. Sum 385: 3.85, which people round to 3.9.
SCORES = [5] * 50 + [4] * 20 + [3] * 10 + [2] * 5 + [1] * 15
SERVICES = (
    ReviewService("Shop Stars", "https://stars.example/northlight"),
    ReviewService("Told", "https://told.example"),
)


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


def northlight() -> Shop:
    return wiring.deps().policy.shop("northlight")


def closed(around: Around, ref: str, kind: str = "complaint", address: str = "mira@example.com") -> Ticket:
    deps = wiring.deps()
    opened = replace(samples.ticket(ref, around.clock()), kind=kind, topic=None, requester=Person("Mira Holm", address))
    deps.tickets.commit(Change(opened))
    commit(deps, concluding.close(opened, Outcome.SETTLED, "Done.", ADA, deps.context(northlight())))
    return now(ref)


def now(ref: str) -> Ticket:
    ticket = wiring.deps().tickets.ticket(ref)
    assert ticket
    return ticket


def token(ticket: Ticket) -> str:
    return links.status_url(wiring.deps(), ticket).rpartition("/")[2]


def rates(ticket: Ticket, score: int, text: str = "", **more: str) -> None:
    rating.rate(wiring.deps(), token(ticket), {"score": str(score), "rating_text": text} | more)


@pytest.fixture(scope="module")
def hundred(around: Around) -> list[Ticket]:
    """A hundred ratings: sixty about complaints three months ago, the rest about questions today; ten closed matters
    that nobody rated."""
    rated = []
    around.clock.advance(days=-92)
    for number, score in enumerate(SCORES):
        if number == 60:
            around.clock.advance(days=92)
        ticket = closed(around, f"NL-RATED-{number:05}", "complaint" if number < 60 else "question")
        rates(ticket, score)
        rated.append(ticket)
    for number in range(10):
        closed(around, f"NL-RATED-{900 + number:05}")
    return rated


class TestAHundredRatings:
    def test_the_page_says_what_a_spreadsheet_says(self, browser: Browser, hundred: list[Ticket]) -> None:
        answer = browser.get(f"{RATINGS}?lang=en")
        text = " ".join(first(answer, "main").text().split())
        assert "3.9 of 5 from 100 ratings" in text
        assert rows(page(answer), "How often each was given") == [
            ["5 – Very happy", "50", "50 %"], ["4 – Happy", "20", "20 %"],
            ["3 – Neither happy nor unhappy", "10", "10 %"], ["2 – Unhappy", "5", "5 %"],
            ["1 – Very unhappy", "15", "15 %"],
        ]  # fmt: skip
        # Of complaints: fifty fives and ten fours, 290 of 60, 4.83. Of questions: 95 of 40, 2.375.
        assert [row[:3] for row in rows(page(answer), "By what it was about")] == [
            ["Complaint", "60", "4.8 of 5"], ["Question", "40", "2.4 of 5"],
        ]  # fmt: skip
        assert [row[1:3] for row in rows(page(answer), "By month")] == [["60", "4.8 of 5"], ["40", "2.4 of 5"]]
        # 100 of 110 closed matters, rounded down: 91 %, as a spreadsheet rounds, would say more than is so.
        # Two promises of each were kept (first answer, solution), none missed.
        assert "110 matters were closed. 90 % of closed matters were rated." in text
        assert "220 promises kept, 0 missed: 100 % kept." in text

    def test_programs_and_the_badge_say_the_same(self, browser: Browser, hundred: list[Ticket]) -> None:
        answer = browser.get(RATINGS, accept=JSON, origin="https://anywhere.example")
        told = said(answer)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert (told["count"], told["mean"], told["by_score"]) == (
            100,
            3.9,
            {"5": 50, "4": 20, "3": 10, "2": 5, "1": 15},
        )
        assert [row["count"] for row in told["by_month"]] == [60, 40]
        badge = browser.get(f"{RATINGS}.svg?lang=de")
        assert badge.headers["Content-Type"] == "image/svg+xml"
        assert "3,9 von 5 aus 100 Bewertungen" in badge.body.decode()

    def test_a_changed_rating_counts_as_it_is_now(self, browser: Browser, hundred: list[Ticket]) -> None:
        before = said(browser.get(RATINGS, accept=JSON))
        rates(hundred[-1], 5)
        after = said(browser.get(RATINGS, accept=JSON))
        assert after["count"] == before["count"]
        assert after["by_score"]["5"] == before["by_score"]["5"] + 1
        assert after["by_score"]["1"] == before["by_score"]["1"] - 1
        rates(hundred[-1], 1)

    def test_it_costs_one_request_of_the_counters(
        self, browser: Browser, hundred: list[Ticket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tests.support.store import tables

        requests = tables.Requests(wiring.deps().record._table.client)  # type: ignore[attr-defined]
        browser.get(RATINGS, accept=JSON)
        assert requests.names == ["Query", "Query"], "the counters, and which comments may be shown"

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_both_languages_have_every_word(self, browser: Browser, hundred: list[Ticket], language: str) -> None:
        answer = browser.get(f"{RATINGS}?lang={language}")
        assert answer.status_code == 200
        assert "noindex" not in answer.body.decode()


def rows(shown: LexborHTMLParser, title: str) -> list[list[str]]:
    (table,) = [each for each in shown.css("table") if each.attributes["aria-label"] == title]
    return [[" ".join(cell.text().split()) for cell in row.css("th, td")] for row in table.css("tbody tr")]


class TestComments:
    def test_only_what_a_customer_agreed_to_is_shown_and_its_removal_is_counted(
        self, browser: Browser, around: Around, hundred: list[Ticket]
    ) -> None:
        silent, spoken, named = (closed(around, f"NL-C0MMN-{number:05}") for number in range(3))
        rates(silent, 5, "For your eyes only.")
        rates(spoken, 2, "Slow, <b>but</b> friendly.", may_show="1")
        rates(named, 1, "Ada was rude.", may_show="1")
        text = first(browser.get(f"{RATINGS}?lang=en"), "main").text()
        assert "For your eyes only." not in text
        assert "Slow, <b>but</b> friendly." in text
        assert "Mira" not in text
        ada = signed_in(browser, ADA.address)
        form = {"ground": "person_named", "idempotency_key": "hide"}
        assert ada.post(f"/desk/t/{named.ref}/hide_comment", form).status_code == 303
        after = " ".join(first(browser.get(f"{RATINGS}?lang=en"), "main").text().split())
        assert "Ada was rude." not in after
        assert "that we took out: 1." in after
        assert "It named a person: 1" in after
        assert said(browser.get(RATINGS, accept=JSON))["by_score"]["1"] == 16, "its score counts"
        rates(spoken, 2, "Slow, <b>but</b> friendly.")
        assert "friendly" not in first(browser.get(f"{RATINGS}?lang=en"), "main").text(), "the consent was taken back"


class TestWhoMayRate:
    @pytest.mark.parametrize(
        "address", ["ada@northlight.example", "new.trainee@northlight.example", "care+x@help.northlight.example"]
    )
    def test_people_of_the_shop_are_refused(self, browser: Browser, around: Around, address: str) -> None:
        around.clock.advance(seconds=1)
        ticket = closed(around, f"NL-0WN00-{abs(hash(address)) % 99999:05}", address=address)
        url = f"/t/{token(ticket)}"
        assert not page(browser.get(url)).css("#rating")
        with pytest.raises(Exception, match="rating_by_shop"):
            rates(ticket, 5)
        assert now(ticket.ref).rating is None


class TestExternalServices:
    def test_every_score_is_led_to_the_same_places_by_the_same_bytes(
        self, browser: Browser, around: Around, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = replace(northlight(), feedback=replace(northlight().feedback, services=SERVICES))
        policy = Policy({**wiring.policy().shops, shop.id: shop})
        changed = replace(wiring.deps(), policy=policy)
        for module in ("chalicelib.web.customer.own_ticket", "chalicelib.web.feedback.ratings"):
            monkeypatch.setattr(f"{module}.deps", lambda: changed)
        monkeypatch.setattr("chalicelib.web.feedback.ratings.policy", lambda: policy)
        blocks = set()
        for score in (1, 2, 3, 4, 5):
            ticket = closed(around, f"NL-0UTS1-{score:05}")
            rates(ticket, score)
            shown = browser.get(f"/t/{token(ticket)}").body
            blocks.add(re.search(rb'<div class="outside">.*?</div>', shown, re.S)[0])  # type: ignore[index]
        blocks.add(re.search(rb'<div class="outside">.*?</div>', browser.get(f"{RATINGS}?lang=en").body, re.S)[0])  # type: ignore[index]
        assert len(blocks) == 1
        assert b"https://stars.example/northlight" in blocks.pop()


def test_few_ratings_are_not_published(browser: Browser, around: Around) -> None:
    told = said(browser.get("/shops/kettle/ratings", accept=JSON))
    assert (told["count"], "mean" in told, "comments" in told) == (0, False, False)
    assert "From 20 on" in first(browser.get("/shops/kettle/ratings?lang=en"), "main").text()
    assert "Fewer than 20 ratings" in browser.get("/shops/kettle/ratings.svg?lang=en").body.decode()


def test_a_shop_that_publishes_none_has_no_page(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = replace(northlight(), feedback=replace(northlight().feedback, ratings=False))
    monkeypatch.setattr("chalicelib.web.feedback.ratings.policy", lambda: Policy({shop.id: shop}))
    assert browser.get(RATINGS).status_code == 404
    assert browser.get(f"{RATINGS}.svg").status_code == 404
