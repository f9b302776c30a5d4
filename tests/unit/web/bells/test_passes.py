"""Where pages ask for passes, and the pages that may use them."""

import itertools
import json
from collections.abc import Iterator

import pytest

from chalicelib import wiring
from chalicelib.rules.access.sessions import digest
from chalicelib.rules.bells.connections import Side
from chalicelib.rules.intake.limits import PASSES
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.chats import present
from chalicelib.services.tickets import limiting, links
from chalicelib.web import responses
from tests.support import samples
from tests.support.agents import ADA
from tests.support.web.browsing import Browser, first
from tests.support.web.visitors import Around, Visitor, signed_in, surroundings

LIVE = "wss://live.example/api"
_numbers = itertools.count(1)


@pytest.fixture(params=[LIVE, ""], ids=["live", "silent"])
def live(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("LIVE_URL", request.param)
    wiring.deps.cache_clear()
    yield request.param
    wiring.deps.cache_clear()


@pytest.fixture
def around(stack: None, live: str) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def ticket(browser: Browser, around: Around) -> Ticket:
    made = samples.ticket(f"NL-7K3F9-BELL{next(_numbers)}", now=around.clock())
    wiring.deps().tickets.commit(Change(made))
    return made


def test_a_customers_page_and_an_agents_get_a_pass_each_if_there_are_connections(
    browser: Browser, ticket: Ticket, live: str
) -> None:
    link = links.status_url(wiring.deps(), ticket).rpartition("/")[2]
    agent = signed_in(browser, ADA)
    answers = [
        Visitor(browser).post(f"/t/{link}/ring"),
        agent.post(f"/desk/chats/{ticket.ref}/ring"),
    ]
    for answer, side in zip(answers, (Side.CUSTOMER, Side.DESK), strict=True):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        told = json.loads(answer.body)
        if not live:
            assert told == {"url": None}
            continue
        assert told["url"] == live
        found = wiring.deps().connections.find_pass(digest(told["ticket"]), wiring.deps().now())
        assert found and (found.ref, found.shop, found.side) == (ticket.ref, ticket.shop, side)


def test_beyond_the_limit_a_page_is_told_to_ask_later(
    browser: Browser, ticket: Ticket, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATE_LIMITS", "on")
    wiring.deps.cache_clear()
    link = links.status_url(wiring.deps(), ticket).rpartition("/")[2]
    for _ in range(PASSES):
        limiting.passes(wiring.deps(), ticket.shop, ticket.ref, "link")
        limiting.passes(wiring.deps(), ticket.shop, ticket.ref, ADA)
    agent = signed_in(browser, ADA)
    for asked, path in ((Visitor(browser), f"/t/{link}/ring"), (agent, f"/desk/chats/{ticket.ref}/ring")):
        assert asked.post(path).status_code == (429 if live else 200)


def test_the_pages_of_a_chat_are_rung(browser: Browser, around: Around, live: str) -> None:
    deps, shop = wiring.deps(), wiring.policy().shop("northlight")
    present.note(deps, shop, shop.agents[0], takes=True)
    begun = {"name": "Mira Holm", "email": f"mira{next(_numbers)}@example.com", "message": "My lamp hums."}
    answer = browser.json(begun, "/shops/northlight/chats", accept="application/json")
    made = json.loads(answer.body)
    path = f"/chat/{made['token']}"
    told = json.loads(Visitor(browser).post(f"{path}/ring").body)
    if live:
        found = deps.connections.find_pass(digest(told["ticket"]), deps.now())
        assert found and (found.ref, found.shop, found.side) == (made["reference"], "northlight", Side.CUSTOMER)
    else:
        assert told == {"url": None}
    for shown in (browser.get(path), signed_in(browser, ADA).get(f"/desk/chats/{made['reference']}")):
        box = first(shown, "#chat")
        assert ("data-ring" in box.attributes) == bool(live)
        assert ("wss://live.example" in shown.headers["Content-Security-Policy"]) == bool(live)


def test_only_a_page_that_is_rung_may_connect_elsewhere(browser: Browser, ticket: Ticket, live: str) -> None:
    shown = responses.page("message", shop=None, language="en", what="not_found")
    before = str(shown.headers["Content-Security-Policy"])
    assert "wss:" not in before
    after = str(responses.rung(shown).headers["Content-Security-Policy"])
    assert after == (before.replace("connect-src ", "connect-src wss://live.example ") if live else before)
