"""Two hundred XSS payloads as the name, the first words, and the lines of chats: none is active on the customer's page
or at the desk, and all are shown."""

import json

import pytest

from chalicelib.services.actions import chatting
from chalicelib.services.chats import links, present
from tests.support.payloads import PAYLOADS
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.living import ada, alive, browser, world
from tests.support.web.visitors import Visitor

__all__ = ["ada", "browser", "world"]

OURS = ("/api/", PUBLIC_URL)


@pytest.fixture(scope="module")
def path(browser: Browser, world: World) -> str:
    """The page of a chat in which both say every payload."""
    agent = world.shop.agents[0]
    present.note(world.deps, world.shop, agent, takes=True)
    form = {"name": PAYLOADS[0], "email": "mira@example.com", "message": PAYLOADS[1], "submission_id": "payloads"}
    assert browser.form(form, "/shops/northlight/chats").status_code == 303
    ticket = next(reversed(world.store.tickets.values()))
    chatting.take(world.deps, world.shop, ticket.ref, agent)
    own = links.url(world.deps, ticket).removeprefix(PUBLIC_URL)
    for number, payload in enumerate(PAYLOADS):
        line = {"id": f"payload-{number:04}", "text": payload}
        answer = browser.json(line, f"{own}/say", accept="application/json")
        assert answer.status_code == 200, answer.body
        chatting.say(world.deps, world.shop, ticket.ref, line, agent)
    return own


def said(answer: Answer) -> list[str]:
    return [" ".join(node.text().split()) for node in page(answer).css("#lines .line:not(.note) .said")]


def test_no_page_of_the_chat_is_alive_and_all_of_it_is_shown(browser: Browser, ada: Visitor, path: str) -> None:
    customers = browser.get(path)
    ref = first(page(customers), ".reference").text()
    desk = ada.get(f"/desk/chats/{ref}")
    for shown in (customers, desk, ada.get("/desk/chats")):
        assert alive(page(shown), ours=OURS) == []
    assert said(customers) == said(desk)
    assert len(said(desk)) == 2 * len(PAYLOADS) + 1


def test_what_scripts_and_files_read_is_no_page(browser: Browser, path: str) -> None:
    live, saved = browser.get(f"{path}/live?after=0"), browser.get(f"{path}/transcript.txt")
    for answer, kind in ((live, "application/json"), (saved, "text/plain")):
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    lines = json.loads(live.body)["messages"]
    assert len([line for line in lines if line["who"] != "note"]) == 2 * len(PAYLOADS) + 1


def test_a_refused_form_is_dead_too(browser: Browser) -> None:
    for payload in PAYLOADS:
        form = dict.fromkeys(("name", "email", "topic", "order_number", "message", "language"), payload)
        answer = browser.form(form | {"submission_id": "x"}, "/shops/northlight/chats")
        assert answer.status_code == 422
        assert alive(page(answer), ours=OURS) == []
