"""The withdrawal function over HTTP: two pages, one acknowledgement, nothing refused."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib import wiring
from chalicelib.rendering import words
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.tickets.clocks import REFUND, SEND_BACK
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from chalicelib.services.delivery.letters.letters import letter
from chalicelib.services.tickets import limiting, links
from tests.support import samples
from tests.support.web.browsing import STORE, Answer, Browser, first, page, problems, said, typed
from tests.support.web.visitors import Around, Visitor, surroundings

FORM, CONFIRM = "/shops/northlight/withdraw", "/shops/northlight/withdrawals"
_numbers = itertools.count(1)


@pytest.fixture
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def statement() -> dict[str, str]:
    """What a customer types in who has not withdrawn yet."""
    return {"name": "Mira Holm", "contract": f"NL-{next(_numbers):05}", "email": f"mira{next(_numbers)}@example.com"}


def hidden(shown: Answer) -> dict[str, str]:
    """The fields of the form that confirms the statement."""
    fields = page(shown).css("form input[type=hidden]")
    return {str(field.attributes["name"]): field.attributes["value"] or "" for field in fields}


def confirmed(browser: Browser, statement: dict[str, str], **more: str) -> Answer:
    return browser.form(hidden(browser.form(statement | more, FORM)), CONFIRM)


def opened(answer: Answer) -> Ticket:
    """The ticket of the acknowledgement's page."""
    assert answer.status_code == 303
    token = parse_qs(urlsplit(answer.headers["Location"]).query)["t"][0]
    return links.open_status(wiring.deps(), token).ticket


class TestTwoPages:
    @pytest.mark.parametrize(
        ("language", "label"), [("de", "Vertrag widerrufen"), ("en", "Withdraw from contract here")]
    )
    def test_every_page_of_the_shop_leads_to_it_by_the_laws_label(
        self, browser: Browser, language: str, label: str
    ) -> None:
        for path in ("contact", "policy", "withdraw"):
            shown = page(browser.get(f"/shops/northlight/{path}?lang={language}"))
            labels = {link.attributes["href"]: link.text() for link in shown.css("footer a")}
            (href,) = [href for href, text in labels.items() if text == label]
            assert str(href).endswith(f"{FORM}?lang={language}")

    def test_the_form_asks_for_the_laws_three_fields_and_nothing_else(self, browser: Browser) -> None:
        shown = page(browser.get(FORM))
        asked = [
            field.attributes["name"] for field in shown.css("form input:not([type=hidden]), form textarea, form select")
        ]
        assert asked == ["name", "contract", "email"]
        assert not shown.css("form script")

    @pytest.mark.parametrize(("language", "label"), [("de", "Widerruf bestätigen"), ("en", "Confirm withdrawal")])
    def test_the_statement_is_shown_whole_and_nothing_is_stored(
        self, browser: Browser, statement: dict[str, str], language: str, label: str
    ) -> None:
        shown = browser.form(statement | {"language": language}, FORM)
        assert shown.status_code == 200
        text = first(shown, "blockquote").text()
        assert all(value in text for value in statement.values())
        (button,) = page(shown).css("form button")
        assert button.text() == label
        assert wiring.deps().tickets.tickets_of("northlight", statement["email"], 5) == []

    def test_mistakes_are_named_and_what_was_typed_stays(self, browser: Browser, statement: dict[str, str]) -> None:
        shown = browser.form(statement | {"email": "mira@example"}, FORM)
        assert shown.status_code == 422
        assert typed(shown, "contract") == statement["contract"]
        assert [link.attributes["href"] for link in page(shown).css(".summary a")] == ["#email"]
        assert browser.form({}, CONFIRM).status_code == 422

    def test_what_is_typed_is_shown_as_text(self, browser: Browser, statement: dict[str, str]) -> None:
        evil = statement | {"contract": "<script>alert(1)</script>"}
        done = confirmed(browser, evil)
        for shown in (browser.form(evil, FORM), browser.get(done.headers["Location"])):
            assert evil["contract"] in page(shown).text()
            assert not page(shown).css("script:not([src])")


class TestAcknowledgement:
    @pytest.mark.parametrize("language", words.languages())
    def test_it_is_shown_at_once_with_content_day_time_and_time_zone(
        self, browser: Browser, around: Around, statement: dict[str, str], language: str
    ) -> None:
        done = confirmed(browser, statement, language=language)
        ticket, shown = opened(done), browser.get(done.headers["Location"])
        assert shown.status_code == 200
        text = page(shown).text()
        assert all(value in text for value in (*statement.values(), ticket.ref))
        assert words.to_the_minute(ticket.opened_at, "Europe/Berlin", language) in text
        assert "Europe/Berlin, UTC+01:00" in text

    @pytest.mark.parametrize("language", words.languages())
    def test_the_mail_holds_it_with_the_moment_and_says_how_to_undo_it(
        self, browser: Browser, around: Around, statement: dict[str, str], language: str
    ) -> None:
        evil = statement | {"name": "Win at evil\u3002example\r\nBcc: x@evil.example", "language": language}
        ticket = opened(confirmed(browser, evil))
        mail = Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address)
        written = letter(wiring.deps(), ticket, ticket.opening, mail, around.clock())
        for text in (written.text, LexborHTMLParser(written.html).text(separator=" ")):
            said = " ".join(text.split())
            assert statement["contract"] in said
            assert words.to_the_minute(ticket.opened_at, "Europe/Berlin", language) in said
            assert words.phrase(language, "acknowledgement.withdrawal.undo") in said
            assert "evil\u3002 example Bcc: x@ evil. example" in said
        assert "\n" not in written.subject

    def test_the_ticket_holds_the_statement_and_its_clocks(self, browser: Browser, statement: dict[str, str]) -> None:
        ticket = opened(confirmed(browser, statement))
        made = ticket.withdrawal
        assert made
        assert {"name": made.name, "contract": made.contract, "email": made.email} == statement
        assert made.received_at == ticket.opened_at
        assert (ticket.kind, ticket.order_number) == (WITHDRAWAL, statement["contract"])
        assert ticket.clocks.only(REFUND, SEND_BACK).running.names == (REFUND, SEND_BACK)

    @pytest.mark.parametrize("contract", ["the blue lamp, in spring 2024", "0", "'; drop table", "🙂" * 300])
    def test_nonsense_as_an_order_number_is_taken(
        self, browser: Browser, statement: dict[str, str], contract: str
    ) -> None:
        ticket = opened(confirmed(browser, statement | {"contract": contract}))
        assert ticket.withdrawal
        assert ticket.withdrawal.contract == contract

    def test_the_same_nonce_twice_is_one_withdrawal(self, browser: Browser, statement: dict[str, str]) -> None:
        fields = hidden(browser.form(statement, FORM))
        first_time, again = (browser.form(fields, CONFIRM) for _ in range(2))
        assert first_time.headers["Location"] == again.headers["Location"]
        assert len(wiring.deps().tickets.tickets_of("northlight", statement["email"], 5)) == 1

    def test_the_link_of_another_ticket_shows_no_acknowledgement(self, browser: Browser, around: Around) -> None:
        ticket = samples.ticket("NL-7K3F9-W1THD", around.clock())
        wiring.deps().tickets.commit(Change(ticket))
        token = links.receipt_url(wiring.deps(), ticket).rpartition("/")[2]
        assert browser.get(f"/shops/northlight/withdrawn?t={token}").status_code == 403

    def test_beyond_the_limits_it_is_kept_aside_and_acknowledged(
        self, browser: Browser, statement: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limiting, "_count", lambda deps, firm, *_: frozenset(limit.bound for limit in firm))
        done = confirmed(browser, statement)
        ticket = opened(done)
        assert ticket.state is State.QUARANTINED
        assert ticket.clock(REFUND), "its time counts from the statement when it is released"
        text = page(browser.get(done.headers["Location"])).text()
        assert statement["contract"] in text
        assert words.phrase("en", "withdraw.not_mailed") in text
        assert not page(browser.get(done.headers["Location"])).css("ul .due")


class TestPrefilled:
    @pytest.fixture
    def ticket(self, around: Around) -> Ticket:
        number = next(_numbers)
        made = samples.ticket(f"NL-7K3F9-{number:05}", around.clock(), source=f"prefilled-{number}")
        wiring.deps().tickets.commit(Change(made))
        return made

    def test_the_customers_page_leads_to_the_form_filled_in(self, browser: Browser, ticket: Ticket) -> None:
        link = page(browser.get(links.status_url(wiring.deps(), ticket))).css_first(f"main a[href*='{FORM}']")
        assert link
        shown = browser.get(str(link.attributes["href"]))
        assert [typed(shown, name) for name in ("name", "contract", "email")] == [
            ticket.requester.name, ticket.order_number, ticket.requester.address,
        ]  # fmt: skip

    def test_the_receipt_of_a_form_does_not(self, browser: Browser, ticket: Ticket) -> None:
        shown = page(browser.get(links.receipt_url(wiring.deps(), ticket)))
        assert not shown.css(f"main a[href*='{FORM}?'][href*='t=']")

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"accept": "*/*", "origin": STORE},
            {"accept": "*/*", "origin": "https://care.example"},
            {"accept": "application/json"},
            {"accept": "application/json", "cookie": "__Host-by-hand=1"},
            {"cookie": "__Host-by-hand=1", "sec_fetch_site": "none"},
        ],
        ids=str,
    )
    def test_its_button_does_nothing_for_a_scanner_whatever_it_seems_to_be(
        self, browser: Browser, ticket: Ticket, headers: dict[str, str]
    ) -> None:
        before = len(wiring.deps().tickets.tickets_of("northlight", ticket.requester.address, 50))
        form = browser.get(links.withdrawal_url(wiring.deps(), ticket))
        fields = hidden(form) | {name: typed(form, name) for name in ("name", "contract", "email")}
        scanned = browser.form(hidden(browser.form(fields, FORM)), CONFIRM, **headers)
        assert scanned.status_code == 422
        assert len(wiring.deps().tickets.tickets_of("northlight", ticket.requester.address, 50)) == before

    def test_its_button_must_be_pressed_by_hand(self, browser: Browser, ticket: Ticket) -> None:
        before = len(wiring.deps().tickets.tickets_of("northlight", ticket.requester.address, 50))
        visitor = Visitor(browser)
        form = visitor.get(links.withdrawal_url(wiring.deps(), ticket))
        fields = hidden(form) | {name: typed(form, name) for name in ("name", "contract", "email")}
        shown = visitor.post(FORM, fields)
        scanned = browser.form(hidden(shown), CONFIRM)
        assert scanned.status_code == 422
        assert first(scanned, "blockquote")
        assert len(wiring.deps().tickets.tickets_of("northlight", ticket.requester.address, 50)) == before
        pressed = visitor.post(CONFIRM, hidden(shown))
        assert opened(pressed).kind == WITHDRAWAL

    def test_a_forged_link_and_another_shops_are_refused(self, browser: Browser, ticket: Ticket) -> None:
        url = links.withdrawal_url(wiring.deps(), ticket)
        assert browser.get(f"{url}x").status_code == 403
        assert browser.get(url.replace("northlight", "kettle")).status_code == 403


class TestPrograms:
    def test_a_storefront_gets_the_acknowledgement_as_json(self, browser: Browser, statement: dict[str, str]) -> None:
        answer = browser.json(statement, CONFIRM, origin=STORE)
        assert answer.status_code == 201
        assert answer.headers["Access-Control-Allow-Origin"] == STORE
        body = said(answer)
        assert set(body) == {"reference", "received_at", "statement", "acknowledged_by_mail", "status_url"}
        assert body["acknowledged_by_mail"] is True
        assert statement["contract"] in body["statement"]
        assert browser.options(CONFIRM, origin=STORE).status_code == 204

    def test_a_key_makes_it_one(self, browser: Browser, statement: dict[str, str]) -> None:
        bodies = {browser.json(statement, CONFIRM, idempotency_key="w-1").body for _ in range(2)}
        assert len(bodies) == 1

    def test_mistakes_are_problems(self, browser: Browser) -> None:
        assert problems(browser.json({"email": "x"}, CONFIRM)) == {
            "name": "missing", "contract": "missing", "email": "not_an_address",
        }  # fmt: skip
        assert problems(browser.json({"reason": "why not"}, CONFIRM)) == {"reason": "unknown_field"}


def test_a_shop_without_it_has_no_such_page(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    policy: Any = wiring.policy()
    shop = policy.shop("northlight")
    kinds = dict(shop.kinds) | {WITHDRAWAL: replace(shop.kinds[WITHDRAWAL], offered=False)}
    without = replace(policy, shops=dict(policy.shops) | {"northlight": replace(shop, kinds=kinds)})
    for module in ("chalicelib.web.customer.withdrawal", "chalicelib.web.customer.intake"):
        monkeypatch.setattr(f"{module}.policy", lambda: without)
    assert browser.get(FORM).status_code == 404
    assert "/withdraw" not in browser.get("/shops/northlight/contact").body.decode()
