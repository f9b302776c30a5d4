"""The desk's chats over HTTP: who takes them, the list, one chat, and what is said in it."""

import base64
import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.chats import reading
from chalicelib.services.intake.chats import beginning
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.orders.commits import ref_of
from tests.support.orders import made
from tests.support.store.fakes import World
from tests.support.web.browsing import Browser, first, page
from tests.support.web.living import browser, world
from tests.support.web.visitors import OURS, Visitor, signed_in

__all__ = ["browser", "world"]

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def empty(world: World) -> None:
    for kept in (world.store.tickets, world.store.messages, world.store.orders, world.store.places, world.store.counts):
        kept.clear()
    world.store.present_until.clear()


@pytest.fixture
def ada(browser: Browser, world: World) -> Visitor:
    visitor = signed_in(browser, world.shop.agents[0].address)
    assert visitor.post("/desk/chats", {"takes": "yes"}).status_code == 303
    return visitor


def begun(world: World, **changes: str) -> Ticket:
    number = next(_numbers)
    fields = {"name": "Mira Holm", "email": f"mira{number}@example.com", "message": "My lamp hums."} | changes
    caller = Caller("192.0.2.1", submission_id=f"desk-chat-{number}")
    return beginning.begin(world.deps, world.shop, fields, caller).ticket


def shown(visitor: Visitor, path: str) -> str:
    body = first(page(visitor.get(path)), "main")
    return " ".join(body.text(separator=" ").split())


class TestList:
    def test_the_agent_who_takes_chats_is_there_until_they_take_no_more(self, ada: Visitor, world: World) -> None:
        assert world.deps.presence.present("northlight", world.clock()) == (world.shop.agents[0].address,)
        assert "You take chats. Keep this page open. In the chat now: Ada Lindqvist" in shown(ada, "/desk/chats")
        ada.post("/desk/chats", {"takes": "no"})
        assert world.deps.presence.present("northlight", world.clock()) == ()
        assert "Nobody takes chats now." in shown(ada, "/desk/chats")

    def test_a_chat_waits_until_somebody_takes_it_and_is_theirs_then(self, ada: Visitor, world: World) -> None:
        ticket = begun(world)
        waiting = page(ada.get("/desk/chats"))
        assert waiting.css_first("#chats-waiting") is not None
        assert ada.post(f"/desk/chats/{ticket.ref}/take", {}).status_code == 303
        taken = page(ada.get("/desk/chats"))
        assert taken.css_first("#chats-waiting") is None
        assert taken.css_first("#chats-mine") is not None

    def test_the_script_learns_when_the_list_is_another(self, ada: Visitor, world: World) -> None:
        before = json.loads(ada.get("/desk/chats/news").body)
        assert json.loads(ada.get("/desk/chats/news").body) == before
        begun(world)
        after = json.loads(ada.get("/desk/chats/news").body)
        assert after["mark"] != before["mark"]
        assert (before["waiting"], after["waiting"], after["takes"]) == (0, 1, True)


class TestChat:
    def test_an_agent_takes_it_and_answers_without_a_script(self, ada: Visitor, world: World) -> None:
        ticket = begun(world, order_number="NL-1001")
        path = f"/desk/chats/{ticket.ref}"
        before = shown(ada, path)
        for words in ("Chat with Mira Holm", "My lamp hums.", "Order NL-1001", "Nobody has proven"):
            assert words in before
        ada.post(f"{path}/take", {})
        assert ada.post(f"{path}/say", {"text": "Which lamp?", "submission_id": "desk-line-1"}).status_code == 303
        assert ada.post(f"{path}/say", {"text": "Which lamp?", "submission_id": "desk-line-1"}).status_code == 303
        assert shown(ada, path).count("Which lamp?") == 1

    def test_a_line_of_an_agent_without_the_chat_is_refused_and_kept(self, ada: Visitor, world: World) -> None:
        ticket = begun(world)
        answer = ada.post(f"/desk/chats/{ticket.ref}/say", {"text": "Which lamp?", "submission_id": "desk-line-2"})
        assert answer.status_code == 422
        assert "Take the chat first" in answer.body.decode()
        assert "Which lamp?" in answer.body.decode()

    def test_the_script_reads_the_agents_own_lines_as_such(self, ada: Visitor, world: World) -> None:
        ticket = begun(world)
        path = f"/desk/chats/{ticket.ref}"
        ada.post(f"{path}/take", {})
        ada.post(f"{path}/say", {"text": "Which lamp?", "submission_id": "desk-line-3"})
        live = json.loads(ada.get(f"{path}/live").body)
        lines = [(each["who"], each["name"], each["id"]) for each in live["messages"]]
        assert lines == [("shop", "Mira Holm", ""), ("note", "Northlight Lamps", ""), ("you", "Ada", "desk-line-3")]
        assert ada.get(f"{path}/live?after=3").status_code == 204

    def test_a_ready_reply_stands_in_the_field_before_it_is_sent(self, ada: Visitor, world: World) -> None:
        ticket = begun(world)
        path = f"/desk/chats/{ticket.ref}"
        ada.post(f"{path}/take", {})
        offered = [option.attributes["value"] for option in page(ada.get(path)).css("#ready option")]
        used = page(ada.post(f"{path}/use", {"ready": offered[1] or "", "text": "Hello Mira,"}))
        typed = first(used, "#text").text().strip()
        assert typed.startswith("Hello Mira,")
        assert len(typed) > 30
        assert reading.shown(world.deps, world.shop, world.store.tickets[ticket.ref], ()).last == 2

    def test_ending_it_is_seen_by_both(self, ada: Visitor, world: World) -> None:
        ticket = begun(world)
        path = f"/desk/chats/{ticket.ref}"
        ada.post(f"{path}/take", {})
        ada.post(f"{path}/say", {"text": "Which lamp?", "submission_id": "desk-line-4"})
        ada.post(f"{path}/end", {"choice": "end"})
        assert "The chat is over." in shown(ada, path)
        answer = ada.post(f"{path}/say", {"text": "Hello?", "submission_id": "desk-line-5"})
        assert "The chat is over. Go on by email" in answer.body.decode()

    @pytest.mark.parametrize("ref", ["NL-00000-00000", "OR-00000-00000", "x"])
    def test_other_chats_are_unknown(self, ada: Visitor, ref: str) -> None:
        for path in (f"/desk/chats/{ref}", f"/desk/chats/{ref}/live"):
            assert ada.get(path).status_code == 404

    def test_a_ticket_that_is_no_chat_is_none_here(self, ada: Visitor, world: World) -> None:
        from tests.support import samples

        made: Any = samples.ticket("NL-00000-00001", world.clock())
        world.store.tickets[made.ref] = made
        assert ada.get(f"/desk/chats/{made.ref}").status_code == 404

    @pytest.mark.parametrize("proven", [False, True])
    def test_the_order_it_names_is_whole_only_for_a_proven_address(
        self, ada: Visitor, world: World, proven: bool
    ) -> None:
        """What is said here goes to whoever began the chat, and anybody can name an address."""
        order = made.taken(made.placed(world.clock.at), at=world.clock.at)
        whole = replace(order, ref=ref_of(world.deps, world.shop.id, made.NUMBER), version=1)
        world.store.commit_order(whole)
        ticket = begun(world, email=made.MIRA, order_number=made.NUMBER)
        world.store.tickets[ticket.ref] = replace(world.store.tickets[ticket.ref], unconfirmed=not proven)
        text = shown(ada, f"/desk/chats/{ticket.ref}")
        assert f"Order {made.NUMBER}" in text
        assert ("€111.90" in text) is proven
        assert ("Nobody has proven that the address is theirs: tell" in text) is not proven


def test_an_agent_sends_files(ada: Visitor, world: World) -> None:
    chat = begun(world)
    path = f"/desk/chats/{chat.ref}"
    assert ada.post(f"{path}/take", {}).status_code == 303
    assert first(page(ada.get(path)), "#say").attributes["enctype"] == "multipart/form-data"
    content = base64.b64encode(b"a label").decode()
    file = {"filename": "label.pdf", "content_type": "application/pdf", "content": content}
    values = {"id": "line-with-file", "text": "", "csrf": ada.csrf, "attachments": [file]}
    cookie = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
    sent = ada.browser.json(values, f"{path}/say", **(OURS | {"accept": "application/json", "cookie": cookie}))
    assert json.loads(sent.body) == {"number": 3, "as_message": False}
    assert first(page(ada.get(path)), "#lines .files a").text() == "label.pdf"


class TestUntaken:
    def test_the_page_of_a_chat_says_how_many_others_wait(self, ada: Visitor, world: World) -> None:
        mine = begun(world)
        path = f"/desk/chats/{mine.ref}"
        before = page(ada.get(path))  # this one, which nobody has taken, is no other
        assert (untaken(before), first(before, "#untaken-count").text(), said_in_title(before)) == ("", "", "Chat with")
        ada.post(f"{path}/take", {})
        begun(world)
        one = page(ada.get(path))
        assert untaken(one) == "One customer waits in a chat"
        assert first(one, "#untaken a").attributes["href"] == "/api/desk/chats"
        assert first(one, "#untaken").attributes["role"] == "status"
        assert (first(one, "#untaken-count").text(), said_in_title(one)) == ("1", "(1) Chat with")
        begun(world)
        two = page(ada.get(path))
        assert (untaken(two), said_in_title(two)) == ("2 customers wait in chats", "(2) Chat with")

    def test_the_list_says_so_in_its_title_and_in_the_navigation(self, ada: Visitor, world: World) -> None:
        begun(world)
        found = page(ada.get("/desk/chats"))
        assert first(found, "title").text().startswith("(1) Chats")
        assert first(found, "nav.places [aria-current]").text().split() == ["Chats", "1"]
        assert (untaken(found), first(found, "#untaken").attributes.get("data-news")) == (
            "One customer waits in a chat",
            None,  # its own script asks
        )

    def test_the_page_that_is_there_is_told_how_many_wait(self, ada: Visitor, world: World) -> None:
        mine = begun(world)
        ada.post(f"/desk/chats/{mine.ref}/take", {})
        assert told(ada) == {"waiting": 0, "rung": 0, "next_ms": 0, "said": ""}
        begun(world)
        after = world.shop.chat.ring_after
        world.clock.advance(seconds=after - 1)
        assert told(ada) == {"waiting": 1, "rung": 0, "next_ms": 1000, "said": "One customer waits in a chat"}
        world.clock.advance(seconds=1)
        found = {"waiting": 1, "rung": 1, "next_ms": 0, "said": "Nobody answers: one customer waits in a chat"}
        assert told(ada) == found
        assert json.loads(ada.get("/desk/chats/news").body).items() >= found.items()
        shown_again = page(ada.get(f"/desk/chats/{mine.ref}"))
        assert first(shown_again, "#untaken").attributes["class"] == "untaken rung"

    def test_who_does_not_ask_for_news_gets_none(self, ada: Visitor) -> None:
        assert posted(ada, {"takes": "yes"}).status_code == 204

    def test_a_page_of_who_has_not_the_chat_asks_nothing_by_itself(self, ada: Visitor, world: World) -> None:
        path = f"/desk/chats/{begun(world).ref}"
        assert first(page(ada.get(path)), "#untaken").attributes.get("data-news") is None
        ada.post(f"{path}/take", {})
        begun(world)
        asks = first(page(ada.get(path)), "#untaken").attributes
        assert (asks["data-news"], asks["data-next"]) == ("/api/desk/chats/news", "45000")


def untaken(found: Any) -> str:
    return str(first(found, "#untaken").text().strip())


def said_in_title(found: Any) -> str:
    return str(first(found, "title").text().partition(" Mira")[0])


def posted(ada: Visitor, values: dict[str, str]) -> Any:
    """As the page's script says that somebody is there."""
    cookie = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
    sent = OURS | {"accept": "application/json", "cookie": cookie}
    return ada.browser.json(values | {"csrf": ada.csrf}, "/desk/chats", **sent)


def told(ada: Visitor) -> Any:
    return json.loads(posted(ada, {"takes": "yes", "news": "yes"}).body)
