"""Calls over HTTP, as a customer's and an agent's browser have them: booked, moved, cancelled, made."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from chalicelib.rules.calls import slots
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.calls import links, missing
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser, fields, first, page
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor, signed_in

__all__ = ["browser", "world"]

FORM = "/shops/northlight/call"
LATER = "2026-11-26T09:00Z"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def empty(world: World) -> None:
    """Each test has a day without calls."""
    world.store.tickets.clear()
    world.store.messages.clear()
    world.store.places.clear()
    world.store.counts.clear()


def asked(**changes: Any) -> dict[str, Any]:
    """The fields of a request that has not been posted yet."""
    number = next(_numbers)
    return {
        "slot": "soon",
        "phone": f"030 9018{number:03}",
        "name": "Mira Holm",
        "email": f"mira{number}@example.com",
        "note": "My lamp hums.",
        "submission_id": f"page-{number}",
    } | changes


def text(answer: Answer) -> str:
    body = page(answer).body
    return " ".join((body.text(separator=" ") if body else "").replace("\u00a0", " ").split())


def booked(browser: Browser, world: World, **changes: Any) -> Ticket:
    assert browser.form(asked(**changes), FORM).status_code == 303
    return next(reversed(world.store.tickets.values()))


def own(world: World, ticket: Ticket) -> str:
    return links.page_url(world.deps, world.store.tickets[ticket.ref]).removeprefix(PUBLIC_URL)


def path(answer: Answer) -> str:
    return answer.headers["Location"].removeprefix(PUBLIC_URL)


class TestForm:
    def test_nothing_is_chosen_and_everything_free_is_offered(self, browser: Browser) -> None:
        shown = page(browser.get(FORM))
        values = [each.attributes["value"] for each in shown.css("[name=slot]")]
        assert values[0] == "soon"
        assert LATER in values
        assert not shown.css("[name=slot][checked]")
        assert "by 11:00" in text(browser.get(FORM))
        assert "Times in: Germany" in text(browser.get(FORM))

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_the_contact_page_leads_to_it_and_it_leads_to_writing(self, browser: Browser, language: str) -> None:
        contact = page(browser.get(f"/shops/northlight/contact?lang={language}"))
        assert contact.css(f'a[href$="{FORM}?lang={language}"]')
        assert page(browser.get(f"{FORM}?lang={language}")).css('a[href*="/contact?"]')

    def test_a_shop_without_windows_offers_no_calls(self, browser: Browser) -> None:
        assert browser.get("/shops/kettle/call").status_code == 404
        assert browser.form(asked(), "/shops/kettle/call").status_code == 404
        assert not page(browser.get("/shops/kettle/contact")).css('a[href*="/call"]')

    def test_a_booking_shows_reference_time_and_number_and_not_the_customer(
        self, browser: Browser, world: World
    ) -> None:
        answer = browser.form(asked(slot=LATER), FORM)
        assert answer.status_code == 303
        ticket = next(reversed(world.store.tickets.values()))
        shown = text(browser.get(path(answer)))
        for fact in (ticket.ref, "Thursday, 26 November 2026, 10:00 to 10:30", "+49 30 23125 014"):
            assert fact in shown
        for private in (ticket.requester.address, ticket.requester.phone, "hums"):
            assert private not in shown

    def test_a_wrong_form_comes_back_with_what_was_typed(self, browser: Browser, world: World) -> None:
        answer = browser.form(asked(phone="0900 123456", slot=LATER), FORM)
        assert answer.status_code == 422
        assert first(answer, "#phone").attributes["value"] == "0900 123456"
        (chosen,) = page(answer).css("[name=slot][checked]")
        assert chosen.attributes["value"] == LATER
        assert page(answer).css('.summary a[href="#phone"]')
        assert not world.store.tickets

    def test_a_program_gets_the_promise_and_a_repeat_the_same(self, browser: Browser) -> None:
        wanted = asked(slot=LATER)
        first_answer, again = browser.json(wanted, FORM), browser.json(wanted, FORM)
        assert first_answer.status_code == again.status_code == 201
        assert first_answer.json_body == again.json_body
        assert first_answer.json_body["call_by"] == "2026-11-26T09:30:00Z"
        assert browser.json(asked(phone="1"), FORM).status_code == 422

    def test_it_says_so_when_nothing_is_free(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        horizon = slots._slots(world.deps.context(world.shop), 40)
        every = tuple(slot.place(number) for slot in horizon for number in range(world.shop.calls.per_slot))
        world.store.places.update({(world.shop.id, place): ticket.ref for place in every})
        assert ticket.call
        world.store.tickets[ticket.ref] = replace(ticket, call=replace(ticket.call, places=every))
        shown = browser.get(FORM)
        assert "No call can be booked at the moment" in text(shown)
        assert not page(shown).css("form[action$='/call']")
        assert page(browser.form(asked(), FORM)).css('.summary a[href="#slot"]')


class TestClockChanges:
    """Half hours stand for the shop's clock on the days around a change, and are stored in UTC."""

    @pytest.mark.parametrize(
        ("friday", "before", "after", "told"),
        [
            ((2026, 10, 23), "2026-10-23T08:00Z", "2026-10-26T09:00Z", "Monday, 26 October 2026, 10:00 to 10:30"),
            ((2027, 3, 26), "2027-03-25T09:00Z", "2027-03-30T08:00Z", "Tuesday, 30 March 2027, 10:00 to 10:30"),
        ],
    )
    def test_the_first_half_hour_is_at_ten_before_and_after(
        self, browser: Browser, world: World, friday: tuple[int, int, int], before: str, after: str, told: str
    ) -> None:
        at = world.clock.at
        try:
            world.clock.at = datetime(*friday, 5, 0, tzinfo=UTC) - timedelta(days=2)  # a Wednesday
            values = [each.attributes["value"] for each in page(browser.get(FORM)).css("[name=slot]")]
            assert {before, after} <= set(values)
            answer = browser.form(asked(slot=after), FORM)
            assert answer.status_code == 303
            assert told in text(browser.get(path(answer)))
        finally:
            world.clock.at = at


class TestOwnPage:
    def test_a_press_moves_it_and_the_page_says_so(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        url = own(world, ticket)
        shown = page(browser.get(url))
        assert not shown.css("[name=slot][checked]")
        assert ticket.requester.phone not in shown.html  # type: ignore[operator]
        answer = Visitor(browser).press(url, {"slot": LATER})
        assert answer.status_code == 303
        assert "Thursday, 26 November 2026, 10:00 to 10:30" in text(browser.get(path(answer)))

    def test_it_is_cancelled_and_booked_again(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        url = own(world, ticket)
        visitor = Visitor(browser)
        assert visitor.press(url, {"slot": "cancel"}).status_code == 303
        assert world.store.tickets[ticket.ref].call.ended  # type: ignore[union-attr]
        assert not page(browser.get(url)).css("[value=cancel]")
        assert visitor.press(url, {"slot": LATER}).status_code == 303
        assert world.store.tickets[ticket.ref].call.open  # type: ignore[union-attr]

    def test_no_choice_and_no_hand_change_nothing(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        url = own(world, ticket)
        assert Visitor(browser).press(url, {}).status_code == 422
        assert browser.form({"slot": "cancel"}, url).status_code == 422
        assert browser.form({"slot": "cancel", "nonce": "x"}, url).status_code == 422
        browser.get(url)
        assert world.store.tickets[ticket.ref] == ticket

    def test_a_forged_link_leads_nowhere(self, browser: Browser, world: World) -> None:
        token = own(world, booked(browser, world)).rpartition("/")[2]
        assert browser.get(f"/call/{token[:-1]}x").status_code == 403
        assert browser.get(f"{FORM}?t={token}").status_code == 403

    def test_when_the_call_is_over_it_can_no_longer_be_changed(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        url, visitor = own(world, ticket), Visitor(browser)
        nonce = first(visitor.get(url), "[name=nonce]").attributes["value"]
        ada = signed_in(browser, "ada@northlight.example")
        assert save(ada, ticket, "reached", notes="It is the driver.").status_code == 303
        assert visitor.post(url, {"nonce": nonce, "slot": LATER}).status_code == 409
        assert not page(browser.get(url)).css("form [name=slot]")


def dict_of(policy: Policy) -> dict[str, Shop]:
    assert isinstance(policy.shops, dict)
    return policy.shops


def save(agent: Visitor, ticket: Ticket, result: str, **more: str) -> Answer:
    shown = agent.get("/desk/calls")
    csrf, key = (first(shown, f"form.result [name={name}]").attributes["value"] for name in ("csrf", "idempotency_key"))
    sent = {"csrf": csrf, "idempotency_key": key, "result": result, **more}
    return agent.post(f"/desk/calls/{ticket.ref}", sent)


class TestDesk:
    def test_the_list_has_number_case_script_and_results(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world, order_number="NL-2026-1")
        ada = signed_in(browser, "ada@northlight.example")
        shown = ada.get("/desk/calls")
        assert first(shown, ".call a[href^=tel]").attributes["href"] == f"tel:{ticket.requester.phone}"
        assert page(shown).css(f'.call a[href$="/desk/t/{ticket.ref}"]')
        for said in ("My lamp hums.", "NL-2026-1", "This is Ada", "Call now"):
            assert said in text(shown)
        assert "recorded" not in text(shown)

    def test_it_announces_the_recording_where_the_policy_says_so(
        self, browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recorded = replace(world.shop, channels=replace(world.shop.channels, calls_recorded=True))
        monkeypatch.setitem(dict_of(wiring.policy()), recorded.id, recorded)
        booked(browser, world)
        assert "Our calls are recorded" in text(browser.get(FORM))
        assert "This call is recorded" in text(signed_in(browser, "ada@northlight.example").get("/desk/calls"))

    def test_three_tries_and_the_call_is_off_the_list(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        ada = signed_in(browser, "ada@northlight.example")
        for _ in range(3):
            assert save(ada, ticket, "not_reached").status_code == 303
            world.clock.advance(minutes=20)
        assert "No call is promised" in text(ada.get("/desk/calls"))

    def test_a_refused_result_keeps_what_was_typed(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        ada = signed_in(browser, "ada@northlight.example")
        answer = save(ada, ticket, "moved", notes="Tomorrow is better.")
        assert answer.status_code == 422
        assert "Tomorrow is better." in text(answer)
        assert page(answer).css(f"#{ticket.ref}-slot-error")

    def test_other_shops_agents_see_and_save_nothing(self, browser: Browser, world: World) -> None:
        ticket = booked(browser, world)
        ada, robin = (signed_in(browser, who) for who in ("ada@northlight.example", "robin@kettle.example"))
        assert ticket.ref not in text(robin.get("/desk/calls"))
        csrf = first(ada.get("/desk/calls"), "form.result [name=csrf]").attributes["value"]
        assert robin.post(f"/desk/calls/{ticket.ref}", {"csrf": csrf, "result": "not_reached"}).status_code in (
            403,
            404,
        )
        assert world.store.tickets[ticket.ref] == ticket

    def test_a_refused_address_leads_back_to_the_list(self, browser: Browser, world: World) -> None:
        ada = signed_in(browser, "ada@northlight.example")
        answer = ada.get("/desk/calls/NL-00000-00000")
        assert urlsplit(answer.headers["Location"]).path.endswith("/desk/calls")


@pytest.mark.parametrize("where", ["contact", "call", "chat"])
def test_forms_announce_the_days_on_which_nobody_works(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    assert page(browser.get(f"/shops/northlight/{where}")).css_first("[data-closures]") is None
    monkeypatch.setattr(world.clock, "at", datetime(2026, 12, 23, 9, 30, tzinfo=UTC))
    for language, words in (("en", "We are closed on 24 December"), ("de", "Wir haben geschlossen: 24. Dezember")):
        answer = browser.get(f"/shops/northlight/{where}?lang={language}")
        assert first(page(answer), "[data-closures]").text().replace("\u00a0", " ").startswith(words)


def test_the_thanks_page_says_why_it_takes_longer(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def thanked() -> str:
        return text(browser.get(browser.form(fields(language="en")).headers["Location"]))

    assert "closed" not in thanked()
    monkeypatch.setattr(world.clock, "at", datetime(2026, 12, 23, 9, 30, tzinfo=UTC))
    assert "We are closed on 24 December and 25 December. That is why it takes longer than usual." in thanked()


@pytest.mark.parametrize("where", ["contact", "call", "help"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Right now a person picks up: +49 30 23125 014, until 16:00 (time in Germany)."),
        ("de", "Jetzt geht ein Mensch ans Telefon: +49 30 23125 014, bis 16:00 (Ortszeit: Deutschland)."),
    ],
)
def test_pages_say_whether_a_person_can_be_spoken_to(browser: Browser, where: str, language: str, words: str) -> None:
    answer = browser.get(f"/shops/northlight/{where}?lang={language}")
    found = first(page(answer), "[data-promise=right_now]")
    assert " ".join(found.text().replace("\u00a0", " ").split()) == words
    kept = answer.headers["Cache-Control"]
    assert kept in ("private, no-cache", "public, max-age=60"), "kept no longer than it holds"


def test_a_shop_without_telephone_says_nothing_about_it(browser: Browser, world: World) -> None:
    answer = browser.get("/shops/kettle/contact")
    assert page(answer).css_first("[data-promise=right_now]") is None


def test_who_called_in_vain_changes_the_call_and_is_promised_no_mail(browser: Browser, world: World) -> None:
    missing.take(world.deps, world.shop, "own", MissedCall("call-1", "+4915123456789", world.clock.at))
    (ticket,) = world.store.tickets.values()
    where = own(world, ticket)
    shown = text(browser.get(where))
    assert "789" in shown
    assert "4567" not in shown
    assert "email" not in shown.partition("Change it")[2].partition("Northlight Lamps")[0]
    assert Visitor(browser).press(where, {"slot": "cancel"}).status_code == 303
    assert "We send no message about it." in text(browser.get(f"{where}?done=1"))
