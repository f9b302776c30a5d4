"""The page of an order, its choices and its address, as a customer's browser has them; and the form for a lost link."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.rules.orders.events import Alternative
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.orders import order_links
from chalicelib.services.orders.commits import ref_of
from tests.support.orders import made
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor

__all__ = ["browser", "world"]

OTHERS = (Alternative("LAMP-2", "Lamp Grace", 4_900), Alternative("LAMP-3", "Lamp Mary", 5_900))
HOME = {"name": "Mira Holm", "street": "Weg 2", "postcode": "10115", "city": "Berlin", "country": "DE"}


def stored(world: World, *events: Any) -> Order:
    """The only order of the shop, with a line that is out of stock."""
    at = world.clock.at
    world.store.orders.clear()
    world.store.counts.clear()
    facts = events or (made.placed(at), made.out_of_stock(at, "l1", expected=date(2026, 12, 4), alternatives=OTHERS))
    order = replace(made.taken(*facts, at=at), ref=ref_of(world.deps, "northlight", made.NUMBER), version=1)
    world.store.commit_order(order)
    return order


def now(world: World, order: Order) -> Order:
    found = world.deps.orders.order(order.ref)
    assert found
    return found


def path(url: str) -> str:
    return url.removeprefix(PUBLIC_URL)


def page_of(world: World, order: Order) -> str:
    return path(order_links.order_url(world.deps, order))


def choice_of(world: World, order: Order, line: str = "l1") -> str:
    return path(order_links.choice_url(world.deps, order, line))


def pressed(browser: Browser, url: str, values: dict[str, Any], **headers: str) -> Answer:
    return Visitor(browser).press(url, values, **headers)


class TestPage:
    def test_shows_promises_lines_and_the_choice_to_make(self, browser: Browser, world: World) -> None:
        order = stored(world)
        shown = page(browser.get(page_of(world, order)))
        text = " ".join((shown.body.text() if shown.body else "").replace("\u00a0", " ").split())
        assert "Ihre Bestellung 1001" in text
        assert "111,90 €" in text
        assert "Alles versandt" in text
        assert first(shown, f'a[href$="{choice_of(world, order).rpartition("/o/")[2]}"]')

    def test_is_in_the_order_s_language_or_the_one_asked_for(self, browser: Browser, world: World) -> None:
        order = stored(world)
        for query, language in (("", "de"), ("?lang=en", "en"), ("?lang=xx", "de")):
            assert first(page(browser.get(page_of(world, order) + query)), "html").attributes["lang"] == language

    def test_needs_no_script(self, browser: Browser, world: World) -> None:
        order = stored(world)
        for url in (page_of(world, order), choice_of(world, order), page_of(world, order) + "/address"):
            assert not page(browser.get(url)).css("script")

    def test_ends_when_nothing_has_happened_for_long(self, browser: Browser, world: World) -> None:
        order = stored(world)
        world.clock.advance(days=world.shop.link_days, minutes=-1)
        assert browser.get(page_of(world, order)).status_code == 200
        world.clock.advance(minutes=2)
        assert browser.get(page_of(world, order)).status_code == 410

    def test_ends_when_links_are_withdrawn(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = page_of(world, order)
        world.store.commit_order(replace(order, link_version=2, version=2))
        assert browser.get(url).status_code == 410

    def test_a_tickets_token_opens_no_order_and_none_of_another_page(self, browser: Browser, world: World) -> None:
        order = stored(world)
        token = page_of(world, order).removeprefix("/o/")
        assert browser.get(f"/t/{token}").status_code == 403
        assert browser.get(f"/shops/northlight/withdraw?t={token}").status_code == 403


class TestFilledForms:
    def test_the_question_has_number_name_and_address(self, browser: Browser, world: World) -> None:
        order = stored(world)
        form = page(browser.get(path(order_links.ask_url(world.deps, order, "de"))))
        values = {name: first(form, f"#{name}").attributes.get("value") for name in ("order_number", "name", "email")}
        assert values == {"order_number": "1001", "name": "Mira Holm", "email": made.MIRA}

    def test_the_withdrawal_too_and_its_other_language(self, browser: Browser, world: World) -> None:
        order = stored(world)
        form = page(browser.get(path(order_links.withdrawal_url(world.deps, order, "de"))))
        values = {name: first(form, f"#{name}").attributes.get("value") for name in ("contract", "name", "email")}
        assert values == {"contract": "1001", "name": "Mira Holm", "email": made.MIRA}
        other = first(form, "nav.languages a:not([aria-current])").attributes["href"] or ""
        assert (
            browser.get("/" + other.partition("/shops/")[1].lstrip("/") + other.partition("/shops/")[2]).status_code
            == 200
        )

    def test_a_claim_has_the_product_and_the_day_too_in_both_languages(self, browser: Browser, world: World) -> None:
        at = world.clock.at
        order = stored(world, made.placed(at), made.sent(at), made.arrived(at))
        shown = page(browser.get(page_of(world, order)))
        links = [link.attributes["href"] or "" for link in shown.css(".claims a")]
        assert len(links) == 2
        fields = ("order_number", "email", "product", "purchase_date")
        url = path(links[0])
        for _ in range(2):
            form = page(browser.get(url))
            values = {name: first(form, f"#{name}").attributes.get("value") for name in fields}
            assert values == {
                "order_number": "1001", "email": made.MIRA, "product": "Lamp Ada",
                "purchase_date": at.date().isoformat(),
            }  # fmt: skip
            url = path(first(form, "nav.languages a:not([aria-current])").attributes["href"] or "")
            url = url.replace("&amp;", "&")

    def test_an_order_that_did_not_come_offers_no_claim(self, browser: Browser, world: World) -> None:
        assert not page(browser.get(page_of(world, stored(world)))).css(".claims a")

    def test_another_shops_forms_take_no_such_link(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = path(order_links.ask_url(world.deps, order, "en")).replace("northlight", "kettle")
        assert browser.get(url).status_code == 403


class TestChoice:
    def test_nothing_is_chosen_beforehand_even_after_a_choice(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = choice_of(world, order)
        assert not page(browser.get(url)).css("[checked]")
        pressed(browser, url, {"choice": "wait"})
        assert not page(browser.get(url)).css("[checked]")

    def test_is_taken_mailed_and_can_be_changed(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = choice_of(world, order)
        for answer, choice, sku in (
            ("wait", "wait", ""),
            ("alternative-1", "alternative", "LAMP-3"),
            ("cancel", "cancel", ""),
        ):
            assert pressed(browser, url, {"choice": answer}).status_code == 303
            (chosen,) = now(world, order).choices
            assert (chosen.choice, chosen.sku) == (choice, sku)
        letters = [letter.purpose for letter in now(world, order).letters]
        assert letters.count(Purpose.ORDER_CHOICE_MADE) == 3

    def test_the_same_press_again_changes_nothing_and_another_answer_with_it_neither(
        self, browser: Browser, world: World
    ) -> None:
        order = stored(world)
        url, visitor = choice_of(world, order), Visitor(browser)
        nonce = first(page(visitor.get(url)), "[name=nonce]").attributes["value"]
        assert visitor.post(url, {"nonce": nonce, "choice": "wait"}).status_code == 303
        version = now(world, order).version
        assert visitor.post(url, {"nonce": nonce, "choice": "wait"}).status_code == 303
        assert visitor.post(url, {"nonce": nonce, "choice": "cancel"}).status_code == 422
        after = now(world, order)
        assert (after.version, after.choices[0].choice) == (version, Choice.WAIT)

    @pytest.mark.parametrize(
        "answer", ["", "alternative-9", "alternative-x", "alternative--1", "perhaps", "alternative-²"]
    )
    def test_without_an_answer_nothing_is_chosen(self, browser: Browser, world: World, answer: str) -> None:
        order = stored(world)
        refused = pressed(browser, choice_of(world, order), {"choice": answer})
        assert refused.status_code == 422
        assert first(page(refused), "#choice-error")
        assert not now(world, order).choices

    def test_from_another_site_or_without_its_cookie_nothing_is_chosen(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = choice_of(world, order)
        assert pressed(browser, url, {"choice": "cancel"}, sec_fetch_site="cross-site").status_code == 422
        assert browser.form({"choice": "cancel", "nonce": "x"}, url).status_code == 422
        assert not now(world, order).choices

    def test_is_over_with_its_time_or_the_dispatch(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url, visitor = choice_of(world, order), Visitor(browser)
        nonce = first(page(visitor.get(url)), "[name=nonce]").attributes["value"]
        world.clock.advance(days=8)
        visitor.cookies |= {"__Host-by-hand": "1"}
        late = visitor.press(url, {"choice": "wait"}) if page(visitor.get(url)).css("form [name=nonce]") else None
        assert late is None
        world.clock.advance(days=-8)
        sent = made.taken(made.sent(world.clock.at, "p1", [("l1", None)]), order=now(world, order), at=world.clock.at)
        world.store.commit_order(sent)
        gone = visitor.post(url, {"nonce": nonce, "choice": "wait"})
        assert gone.status_code in (404, 409)
        assert not now(world, order).choices

    def test_a_line_without_a_choice_has_no_page(self, browser: Browser, world: World) -> None:
        order = stored(world)
        assert browser.get(choice_of(world, order, "l2")).status_code == 404
        assert browser.get(page_of(world, order) + "/choice/l1").status_code == 404


class TestAddress:
    def test_is_kept_as_a_request_and_told_to_the_shop(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = page_of(world, order) + "/address"
        assert pressed(browser, url, HOME).status_code == 303
        after = now(world, order)
        assert after.address_request
        assert after.address_request.delivery_to.street == "Weg 2"
        assert (after.letters[-1].purpose, after.letters[-1].about) == (Purpose.ORDER_TASK, "address")
        assert after.events == order.events
        assert first(page(browser.get(f"{url}?done=1")), "[role=status]")

    def test_must_be_whole(self, browser: Browser, world: World) -> None:
        order = stored(world)
        url = page_of(world, order) + "/address"
        for wrong in ({"street": " "}, {"city": ""}, {"name": "x" * 101}, {"country": "Germany"}):
            refused = pressed(browser, url, HOME | wrong)
            assert refused.status_code == 422
            (field,) = wrong
            assert first(page(refused), f"#{field}-error")
        assert now(world, order).address_request is None

    def test_cannot_be_changed_once_a_parcel_is_on_its_way(self, browser: Browser, world: World) -> None:
        order = stored(world, made.placed(world.clock.at), made.sent(world.clock.at + timedelta(minutes=1)))
        url = page_of(world, order) + "/address"
        shown = page(browser.get(url))
        assert not shown.css("form")
        visitor = Visitor(browser)
        visitor.get(url)
        assert visitor.post(url, HOME).status_code == 422
        assert now(world, order).address_request is None


class TestFinding:
    URL = "/shops/northlight/orders/find"

    def asked(self, browser: Browser, number: str = "1001", email: str = made.MIRA) -> Answer:
        return browser.form({"number": number, "email": email, "language": "en"}, self.URL)

    def test_the_answer_is_the_same_whether_or_not_there_is_such_an_order(self, browser: Browser, world: World) -> None:
        order = stored(world)
        answers = [
            self.asked(browser),
            self.asked(browser, number="1002"),
            self.asked(browser, email="eve@example.com"),
            self.asked(browser, number="#1001"),
        ]
        assert {(each.status_code, each.headers["Location"], bytes(each.body)) for each in answers} == {
            (303, f"{PUBLIC_URL}{self.URL}?lang=en&sent=1", b"")
        }
        links = [letter for letter in now(world, order).letters if letter.purpose == Purpose.ORDER_LINK]
        assert len(links) == 1

    def test_a_link_goes_only_to_the_order_s_address_and_leaves_the_promises(
        self, browser: Browser, world: World
    ) -> None:
        order = stored(world)
        self.asked(browser, email="MIRA@example.com")
        after = now(world, order)
        assert after.outbox
        (mail,) = [each for each in after.outbox.deliveries if each.purpose is Purpose.ORDER_LINK]
        assert mail.to == made.MIRA
        assert after.clocks == order.clocks

    @pytest.mark.parametrize(
        ("number", "email", "fault"),
        [("", made.MIRA, "number"), ("1001", "", "email"), ("1001", "mira", "email"), ("1" * 61, made.MIRA, "number")],
    )
    def test_what_can_be_no_order_is_said(
        self, browser: Browser, world: World, number: str, email: str, fault: str
    ) -> None:
        refused = self.asked(browser, number, email)
        assert refused.status_code == 422
        assert first(page(refused), f"#{fault}-error")
