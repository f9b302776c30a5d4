"""Chats over HTTP, as a customer's browser and script have them."""

import itertools
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.tickets.procedure_facts import ChatEnd
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import chatting
from chalicelib.services.chats import links, present
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser, first, page, problems
from tests.support.web.living import browser, world

__all__ = ["browser", "world"]

FORM, CHATS = "/shops/northlight/chat", "/shops/northlight/chats"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def staffed(world: World) -> None:
    """Each test begins with no chat, and one agent who takes chats."""
    for kept in (world.store.tickets, world.store.messages, world.store.places, world.store.counts):
        kept.clear()
    world.store.present_until.clear()
    present.note(world.deps, world.shop, world.shop.agents[0], takes=True)


def asked(**changes: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "name": "Mira Holm",
        "email": f"mira{number}@example.com",
        "message": "My lamp hums.",
        "submission_id": f"page-{number}",
    } | changes


def begun(browser: Browser, world: World, **changes: Any) -> Ticket:
    assert browser.form(asked(**changes), CHATS).status_code == 303
    return next(reversed(world.store.tickets.values()))


def own(world: World, ticket: Ticket) -> str:
    return links.url(world.deps, ticket).removeprefix(PUBLIC_URL)


def text(answer: Answer) -> str:
    body = page(answer).body
    return " ".join((body.text(separator=" ") if body else "").replace("\u00a0", " ").split())


def say(browser: Browser, path: str, id: str, words: str) -> Answer:
    return browser.json({"id": id, "text": words}, f"{path}/say", accept="application/json")


class TestForm:
    def test_it_says_that_people_write_and_asks_for_name_and_address_first(self, browser: Browser) -> None:
        answer = browser.get(FORM)
        assert "You are writing with people. Somebody answers within 2 minutes" in text(answer)
        names = [field.attributes["name"] for field in page(answer).css("form.form .field [name]")]
        assert names[:2] == ["name", "email"]

    def test_with_nobody_there_it_says_so_before_anything_is_typed(self, browser: Browser, world: World) -> None:
        world.store.present_until.clear()
        said = text(browser.get(FORM))
        assert "Nobody is in the chat right now." in said
        assert "Send the message" in said

    def test_closed_days_are_named_only_where_nobody_answers_within_minutes(
        self, browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(world.clock, "at", world.clock.at.replace(month=12, day=23, hour=14))
        assert "We are closed on" in text(browser.get(FORM))
        present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
        assert "We are closed on" not in text(browser.get(FORM))

    def test_it_may_be_framed_by_the_shops_own_pages_only(self, browser: Browser, world: World) -> None:
        answer = browser.get(FORM)
        policy = answer.headers["Content-Security-Policy"]
        (framing,) = [part for part in policy.split("; ") if part.startswith("frame-ancestors")]
        assert framing.split()[2:] == sorted(world.shop.origins)
        assert "X-Frame-Options" not in answer.headers
        assert browser.get("/shops/northlight/contact").headers["X-Frame-Options"] == "DENY"

    def test_a_wrong_form_keeps_what_was_typed(self, browser: Browser) -> None:
        answer = browser.form(asked(email="mira"), CHATS)
        assert answer.status_code == 422
        assert "My lamp hums." in answer.body.decode()

    def test_files_go_with_the_first_words_also_without_scripts(self, browser: Browser, world: World) -> None:
        field = first(page(browser.get(FORM)), "form.form #attachments")
        assert field.attributes["data-uploads"] == "/api/shops/northlight/uploads"
        assert first(page(browser.get(FORM)), "form.form").attributes["enctype"] == "multipart/form-data"
        sent = browser.multipart(asked(), [("lamp.jpg", "image/jpeg", b"a lamp")], CHATS)
        assert sent.status_code == 303
        shown = page(browser.get(sent.headers["Location"].removeprefix(PUBLIC_URL)))
        assert first(shown, "#lines .files a").text() == "lamp.jpg"

    def test_a_wrong_form_names_the_files_to_choose_again(self, browser: Browser) -> None:
        answer = browser.multipart(asked(email="mira"), [("lamp.jpg", "image/jpeg", b"a lamp")], CHATS)
        assert answer.status_code == 422
        assert "lamp.jpg" in first(page(answer), "#attachments-again").text()
        unsent = browser.form(asked(attachments="lamp.jpg"), CHATS)
        assert unsent.status_code == 422
        assert "lamp.jpg" in first(page(unsent), "#attachments-again").text()

    def test_programs_name_what_they_uploaded_or_hear_what_is_wrong_with_it(
        self, browser: Browser, world: World
    ) -> None:
        begun = {"filename": "film.mp4", "content_type": "video/mp4", "size": 5}
        place = json.loads(browser.json(begun, "/shops/northlight/uploads").body)
        missing = browser.json(asked(attachments=[{"upload": place["upload"]}]), CHATS)
        assert problems(missing) == {"attachments[0].upload": "upload_not_there"}
        world.files.uploads[place["fields"]["key"]] = (b"a film"[:5], "video/mp4")
        answer = browser.json(asked(attachments=[{"upload": place["upload"]}]), CHATS)
        assert answer.status_code == 201
        chat = json.loads(answer.body)["chat_url"].removeprefix(PUBLIC_URL)
        lines = json.loads(browser.get(f"{chat}/live?after=0", accept="application/json").body)["messages"]
        assert [[file["name"] for file in line["files"]] for line in lines] == [["film.mp4"]]

    def test_a_shop_without_hours_has_no_chat(self, browser: Browser) -> None:
        assert browser.get("/shops/oak-and-rye/chat").status_code == 404


def right_now(answer: Answer) -> list[str]:
    found = page(answer).css("[data-promise=right_now]")
    return [" ".join(each.text().replace("\u00a0", " ").split()) for each in found]


ON_THE_PHONE = "Right now a person picks up: +49 30 23125 014, until 16:00 (time in Germany)."
IN_THE_CHAT = "Right now a person answers in the chat, until 16:00 (time in Germany)."


class TestRightNow:
    def test_while_somebody_is_there_form_and_contact_page_say_so(self, browser: Browser) -> None:
        assert right_now(browser.get(FORM)) == [IN_THE_CHAT]
        for where in ("contact", "call"):
            assert right_now(browser.get(f"/shops/northlight/{where}")) == [ON_THE_PHONE, IN_THE_CHAT]

    def test_with_nobody_there_no_page_says_that_somebody_is(self, browser: Browser, world: World) -> None:
        world.store.present_until.clear()
        assert right_now(browser.get(FORM)) == [ON_THE_PHONE]  # the form itself says that nobody is there
        assert right_now(browser.get("/shops/northlight/contact"))[1:] == [
            "Right now nobody is in the chat. What you write there reaches us as a message, "
            "and you get an answer by email."
        ]
        assert right_now(browser.get("/shops/northlight/contact?lang=de"))[1].startswith("Jetzt ist niemand im Chat.")

    def test_the_form_of_calls_names_the_chat_only_as_another_way(self, browser: Browser, world: World) -> None:
        world.store.present_until.clear()
        assert right_now(browser.get("/shops/northlight/call")) == [ON_THE_PHONE]

    def test_outside_the_hours_they_say_when_it_opens(
        self, browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(world.clock, "at", world.clock.at + timedelta(hours=8))
        present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
        opens = "people answer in the chat (time in Germany)."
        for where in (FORM, "/shops/northlight/contact"):
            (said,) = [each for each in right_now(browser.get(where)) if each.endswith(opens)]
            assert said == f"From Thursday, 26 November 2026, 10:00 on, {opens}"

    def test_in_the_last_minute_the_form_contradicts_nothing(
        self, browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        zone = world.shop.hours.zone
        close = world.clock.at.astimezone(zone).replace(hour=15, minute=59, second=30)
        monkeypatch.setattr(world.clock, "at", close.astimezone(world.clock.at.tzinfo))
        present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
        answer = browser.get(FORM)
        assert "Somebody answers within 2 minutes" in text(answer)
        assert right_now(answer) == []

    def test_while_everybody_is_away_nobody_picks_up(self, browser: Browser, world: World) -> None:
        first = world.clock.at - timedelta(days=1)
        all_of_them = tuple(Absence(each.address, first, first + timedelta(days=3)) for each in world.shop.agents)
        assert world.deps.absences.put_absences("northlight", Absences(all_of_them, 1), world.clock.at)
        try:
            said = right_now(browser.get("/shops/northlight/contact"))
        finally:
            world.store.away.clear()
            world.store.away_seen.clear()
        assert said[0].startswith("Right now nobody is at the phone. From Monday, 30 November 2026, 10:00 on")
        assert said[1:] == [IN_THE_CHAT]  # who is away and takes chats all the same is there


class TestPage:
    def test_without_scripts_the_form_leads_to_the_page_and_words_are_posted_there(
        self, browser: Browser, world: World
    ) -> None:
        answer = browser.form(asked(), CHATS)
        path = answer.headers["Location"].removeprefix(PUBLIC_URL)
        shown = browser.get(path)
        assert first(page(shown), "#log").attributes["role"] == "log"
        assert "My lamp hums." in text(shown)
        sent = browser.form({"submission_id": "page-line-1", "text": "The blue one."}, f"{path}/say")
        assert sent.status_code == 303
        assert browser.form({"submission_id": "page-line-1", "text": "The blue one."}, f"{path}/say").status_code == 303
        assert text(browser.get(path)).count("The blue one.") == 1

    def test_words_that_are_too_long_stay_in_the_form(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        answer = browser.form({"submission_id": "page-line-1", "text": "x" * 4_001}, f"{path}/say")
        assert answer.status_code == 422
        assert "x" * 4_001 in answer.body.decode()

    def test_at_due_the_page_offers_other_ways(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        assert first(page(browser.get(path)), "#choices").attributes.get("hidden", "no") is None
        world.clock.at += timedelta(minutes=2)
        try:
            present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
            shown = page(browser.get(path))
        finally:
            world.clock.at -= timedelta(minutes=2)
        assert "hidden" not in first(shown, "#choices").attributes
        assert first(shown, "#choices a").attributes["href"] == "/api/shops/northlight/call?lang=en"

    def test_ending_it_and_writing_on_is_a_message(self, browser: Browser, world: World) -> None:
        ticket = begun(browser, world)
        path = own(world, ticket)
        assert browser.form({"choice": "end"}, f"{path}/end").status_code == 303
        answer = browser.form({"submission_id": "page-line-2", "text": "One more thing"}, f"{path}/say")
        assert answer.headers["Location"].endswith("?message=1#end")
        assert "Your words have reached us as a message." in text(browser.get(f"{path}?message=1"))

    def test_the_text_to_save_has_every_line(self, browser: Browser, world: World) -> None:
        answer = browser.get(f"{own(world, begun(browser, world))}/transcript.txt")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "Mira Holm: My lamp hums." in answer.body.decode()

    @pytest.mark.parametrize(
        ("address", "lang", "said"),
        [
            ("late@example.com", "en", "Our answer comes by Thursday, 26 November 2026 at the latest."),
            ("spaet@example.com", "de", "Spätester Zeitpunkt für unsere Antwort: Donnerstag, 26. November 2026."),
        ],
    )
    def test_who_began_to_write_before_the_shop_closed_reads_the_promise(
        self, browser: Browser, world: World, address: str, lang: str, said: str
    ) -> None:
        opened = world.clock.at
        world.clock.at = opened.replace(hour=14, minute=58)
        present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
        assert "You are writing with people." in text(browser.get(FORM))
        world.clock.at += timedelta(minutes=3)
        try:
            present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
            path = own(world, begun(browser, world, email=address))
            shown = text(browser.get(f"{path}?lang={lang}"))
        finally:
            world.clock.at = opened
        assert said in shown, shown
        assert "My lamp hums." in shown

    def test_a_get_ends_nothing(self, browser: Browser, world: World) -> None:
        ticket = begun(browser, world)
        assert browser.get(f"{own(world, ticket)}/end").status_code == 303
        stored = world.store.tickets[ticket.ref].chat
        assert stored is not None
        assert stored.open


class TestScript:
    def test_a_storefront_begins_a_chat_and_gets_its_token(self, browser: Browser, world: World) -> None:
        fields = asked()
        headers = {"accept": "application/json", "origin": world.shop.origins[0], "idempotency_key": "key-1"}
        first = browser.json(fields, CHATS, **headers)
        assert first.status_code == 201
        assert first.headers["Access-Control-Allow-Origin"] == world.shop.origins[0]
        said = json.loads(first.body)
        assert set(said) == {"reference", "token", "chat_url", "live", "answer_by"}
        assert said["live"] is True
        assert said["answer_by"] == "2026-11-25T09:32:00Z"
        assert json.loads(browser.json(fields, CHATS, **headers).body) == said

    def test_what_is_new_is_read_after_a_number(self, browser: Browser, world: World) -> None:
        ticket = begun(browser, world)
        path = own(world, ticket)
        assert json.loads(say(browser, path, "page-line-1", "Hello?").body) == {"number": 2, "as_message": False}
        agent = world.shop.agents[0]
        chatting.take(world.deps, world.shop, ticket.ref, agent)
        chatting.say(world.deps, world.shop, ticket.ref, {"id": "desk-line-1", "text": "<b>Hi</b>"}, agent)
        live = json.loads(browser.get(f"{path}/live?after=1").body)
        assert [(each["number"], each["who"], each["id"]) for each in live["messages"]] == [
            (2, "you", "page-line-1"),
            (3, "note", ""),
            (4, "shop", ""),
        ]
        assert (live["state"], live["with"], live["last"], live["next_poll_ms"]) == ("open", "Ada", 4, 2000)
        nothing = browser.get(f"{path}/live?after=4")
        assert (nothing.status_code, nothing.body, nothing.headers["Next-Poll-Ms"]) == (204, b"", "2000")

    @pytest.mark.parametrize("after", ["", "-1", "x", "1e9", "9" * 400, "٣"])
    def test_a_number_that_is_none_means_from_the_beginning(self, browser: Browser, world: World, after: str) -> None:
        path = own(world, begun(browser, world))
        answer = browser.get(f"{path}/live?{urlencode({'after': after})}")
        assert len(json.loads(answer.body)["messages"]) == 1

    def test_a_repeated_id_with_other_words_is_refused_and_named(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        say(browser, path, "page-line-1", "One")
        answer = say(browser, path, "page-line-1", "Two")
        assert problems(answer) == {"id": "reused"}

    def test_an_ended_chat_says_so_and_asks_no_more(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        ended = browser.json({"choice": "email"}, f"{path}/end", accept="application/json")
        said = json.loads(ended.body)
        assert (said["state"], said["next_poll_ms"]) == ("message", 0)
        stored = next(iter(world.store.tickets.values())).chat
        assert stored is not None
        assert stored.ended is ChatEnd.AS_MESSAGE

    def test_a_forged_link_is_refused(self, browser: Browser) -> None:
        for path in ("", "/live", "/transcript.txt"):
            assert browser.get(f"/chat/forged{path}").status_code in (403, 404, 410)


class TestFiles:
    def test_the_form_sends_them_and_the_page_links_to_each(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        shown = first(page(browser.get(path)), "#say")
        assert shown.attributes["enctype"] == "multipart/form-data"
        assert first(page(browser.get(path)), "#attachments").attributes["data-uploads"]
        sent = browser.multipart(
            {"submission_id": "form-with-file", "text": ""}, [("lamp & co.txt", "text/plain", b"hums")], f"{path}/say"
        )
        assert sent.status_code == 303
        link = first(page(browser.get(path)), "#lines .files a")
        assert link.text() == "lamp & co.txt"
        href = str(link.attributes["href"]).removeprefix(PUBLIC_URL)
        assert browser.get(href).status_code == 303

    def test_a_script_reads_their_names_and_links(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        browser.multipart(
            {"submission_id": "form-with-file", "text": "x"}, [("a.txt", "text/plain", b"a")], f"{path}/say"
        )
        (line,) = json.loads(browser.get(f"{path}/live?after=1").body)["messages"]
        assert [file["name"] for file in line["files"]] == ["a.txt"]
        assert line["files"][0]["url"].startswith(f"{PUBLIC_URL}/f/")

    def test_a_refused_form_names_what_to_choose_again(self, browser: Browser, world: World) -> None:
        path = own(world, begun(browser, world))
        sent = browser.multipart(
            {"submission_id": "form-with-files", "text": "My words"},
            [(f"{number}.txt", "text/plain", b"a") for number in range(11)],
            f"{path}/say",
        )
        assert sent.status_code == 422
        assert "10.txt" in text(sent)
        assert first(page(sent), "#text").text().strip() == "My words"
