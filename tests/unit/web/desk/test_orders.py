"""Orders at the desk, as in an agent's browser: lists, search, an order's page, what an agent decides, and the order
beside a ticket."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.rules.learning.causes import PRICE, Cause, Signal, of_signal
from chalicelib.rules.orders.addresses import corrected
from chalicelib.rules.orders.duties.lists import OPEN_LISTS, place_of
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.holds import for_price
from chalicelib.rules.orders.order import Order, WrongPrice
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Claim, Withdrawal
from chalicelib.rules.tickets.ticket import Change, Person
from chalicelib.services.desk.orders import lists
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.deciding import Decision
from chalicelib.services.orders.posting import send_owed
from tests.support import samples
from tests.support.orders import made
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor, signed_in

__all__ = ["browser", "world"]

ADA, ROBIN = "ada@northlight.example", "robin@kettle.example"


@pytest.fixture
def ada(browser: Browser, world: World) -> Visitor:
    world.store.orders.clear()
    return signed_in(browser, ADA)


def stored(world: World, number: str = "1001", *events: OrderEvent, **changes: Any) -> Order:
    at = world.clock.at
    order = made.taken(*(events or (made.placed(at),)), at=at)
    named = replace(order, ref=ref_of(world.deps, "northlight", number), number=number, version=1, **changes)
    world.store.orders[named.ref] = named
    return named


def held(world: World, number: str = "1001", days_ago: int = 0) -> Order:
    order = stored(world, number)
    noticed = made.context(world.clock.at - timedelta(days=days_ago))
    after = replace(for_price(order, ("LAMP-1",), noticed), version=1)
    world.store.orders[order.ref] = after
    return after


def text(answer: Answer) -> str:
    body = page(answer).body
    return " ".join((body.text(separator=" ") if body else "").replace("\u00a0", " ").split())


def shown(answer: Answer) -> list[str]:
    return [(link.attributes["href"] or "").rpartition("/")[2] for link in page(answer).css(".row .subject a")]


class TestLists:
    def test_all_open_orders_are_together_the_earliest_due_first(self, ada: Visitor, world: World) -> None:
        early = stored(world, "1")
        world.clock.advance(hours=3)
        late, other = stored(world, "2"), held(world, "3")
        assert {place_of(each) for each in (early, late, other)} < set(OPEN_LISTS)
        assert shown(ada.get("/desk/orders"))[0] == early.ref
        assert set(shown(ada.get("/desk/orders"))) == {early.ref, late.ref, other.ref}
        assert shown(ada.get("/desk/orders?list=held")) == [other.ref]

    def test_each_list_has_a_page_in_both_languages(self, ada: Visitor, world: World) -> None:
        for name in lists.LISTS:
            for language in ("en", "de"):
                answer = ada.get(f"/desk/orders?list={name}", accept_language=language)
                assert answer.status_code == 200
                assert first(page(answer), "[aria-current=page]")

    def test_more_than_a_page_is_shown_page_by_page_each_once(
        self, ada: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "PAGE", 3)
        refs = [(held if number % 3 else stored)(world, str(number)).ref for number in range(8)]
        seen, url = [], "/desk/orders"
        for _ in range(4):
            answer = ada.get(url)
            seen += shown(answer)
            following = page(answer).css("a[rel=next]")
            if not following:
                break
            url = "/desk/" + (following[0].attributes["href"] or "").partition("/desk/")[2]
        assert sorted(seen) == sorted(refs)

    def test_a_strange_address_is_the_first_page(self, ada: Visitor, world: World) -> None:
        order = stored(world)
        for query in ("list=nothing", "after=x", "after=99999999999999999-1-O-7K3F9-QXMT2x", "shop=kettle"):
            assert shown(ada.get(f"/desk/orders?{query}")) == [order.ref]

    def test_another_shops_agent_sees_none(self, browser: Browser, ada: Visitor, world: World) -> None:
        order = stored(world)
        robin = signed_in(browser, ROBIN)
        assert shown(robin.get("/desk/orders")) == []
        assert shown(robin.get("/desk/orders?q=1001")) == []
        assert robin.get(f"/desk/orders/{order.ref}").status_code == 404


class TestSearch:
    @pytest.mark.parametrize("query", ["1001", "#1001", " 1001 ", made.MIRA, "MIRA@example.com"])
    def test_finds_by_number_and_by_address(self, ada: Visitor, world: World, query: str) -> None:
        order = stored(world)
        buyer = replace(made.BASKET.buyer, address="x@example.com")
        stored(world, "1002", made.placed(world.clock.at, replace(made.BASKET, buyer=buyer)))
        answer = ada.post("/desk/orders", {"q": query})
        place = str(answer.headers["Location"]).removeprefix(PUBLIC_URL)
        assert "mira" not in place.lower()
        assert shown(ada.get(place)) == [order.ref]

    def test_finds_by_reference(self, ada: Visitor, world: World) -> None:
        order = stored(world)
        assert shown(ada.get(f"/desk/orders?q={order.ref.lower()}")) == [order.ref]

    def test_says_when_there_is_none(self, ada: Visitor, world: World) -> None:
        assert "No order has this number" in text(ada.get("/desk/orders?q=4711"))


class TestOrder:
    def test_shows_what_happened_what_was_written_and_what_is_promised(self, ada: Visitor, world: World) -> None:
        at = world.clock.at
        order = stored(world, "1001", made.placed(at), made.out_of_stock(at, "l1", expected=date(2026, 12, 4)))
        said = text(ada.get(f"/desk/orders/{order.ref}"))
        for word in ("Lamp Ada", "€111.90", "Out of stock", "Order confirmation", "Dispatch", made.MIRA, "Weg 1"):
            assert word in said

    def test_every_kind_of_event_and_clock_has_words(self, ada: Visitor, world: World) -> None:
        at = world.clock.at
        events = [made.placed(at), made.sent(at), made.arrived(at), made.refunded(at, 5), made.out_of_stock(at, "l2")]
        known = {each.kind for each in events}
        events += [made.event(kind, at, reason="so") for kind in EventKind if kind not in known]
        order = stored(world, "1001", *events)
        for language in ("en", "de"):
            assert ada.get(f"/desk/orders/{order.ref}", accept_language=language).status_code == 200

    def test_offers_only_what_can_be_done(self, ada: Visitor, world: World) -> None:
        def offered(order: Order) -> set[str]:
            answer = page(ada.get(f"/desk/orders/{order.ref}"))
            return {(form.attributes["action"] or "").rpartition("/")[2] for form in answer.css(".act form")}

        assert offered(stored(world, "1")) == {"hold", "send_word"}
        assert offered(held(world, "2")) == {"price_error", "release", "send_word"}
        paid = made.event(EventKind.PAID, world.clock.at)
        gone = made.event(EventKind.CANCELLED, world.clock.at)
        assert offered(stored(world, "3", made.placed(world.clock.at), paid, gone)) == {"note_refunded", "send_word"}

    def test_what_an_agent_decides_is_done_and_said(self, ada: Visitor, world: World) -> None:
        order = stored(world)
        url = f"/desk/orders/{order.ref}"
        for action, seen in ((Decision.HOLD, "by_agent"), (Decision.RELEASE, None)):
            answer = ada.post(f"{url}/{action}", {"reason": "Asked the warehouse."})
            assert answer.headers["Location"] == f"{PUBLIC_URL}{url}?done={action}"
            assert world.store.orders[order.ref].hold == seen
            assert first(page(ada.get(f"{url}?done={action}")), ".notice")
        assert "Asked the warehouse." not in str(world.store.orders[order.ref].hold_reason)

    def test_a_wrong_price_is_written_by_a_press(self, ada: Visitor, world: World) -> None:
        order = held(world)
        ada.post(f"/desk/orders/{order.ref}/price_error", {"reason": ""})
        assert world.store.orders[order.ref].letters[-1].purpose == Purpose.ORDER_PRICE_ERROR
        again = ada.post(f"/desk/orders/{order.ref}/price_error", {"reason": "Twice"})
        assert again.status_code == 409
        (noted,) = world.store.tallied_of.values()
        assert noted.counts == {of_signal(Signal.PRICE_ERROR, Cause(PRICE)): 1}
        assert first(page(again), "[role=alert]")

    def test_the_right_price_is_offered_if_a_person_names_it(self, ada: Visitor, world: World) -> None:
        order = held(world)
        assert first(page(ada.get(f"/desk/orders/{order.ref}")), "#right-price")
        for wrong in ("49,00,1", "-1", "a lot", "0"):
            refused = ada.post(f"/desk/orders/{order.ref}/price_error", {"right_price": wrong})
            assert refused.status_code == 422
            assert first(page(refused), "#right-price-error")
            assert world.store.orders[order.ref] == order
        assert ada.post(f"/desk/orders/{order.ref}/price_error", {"right_price": "490,00"}).status_code == 303
        letter = world.store.orders[order.ref].letters[-1]
        assert letter.wrong_price == WrongPrice("l1", 49_000)
        send_owed(world.deps, order.ref)
        text = " ".join(world.mailer.to(made.MIRA)[-1].text.replace("\u00a0", " ").split())
        assert "490,00 €" in text
        assert "49,00 €" in text

    def test_of_several_wrong_prices_none_is_offered(self, ada: Visitor, world: World) -> None:
        order = stored(world)
        noticed = made.context(world.clock.at)
        world.store.orders[order.ref] = replace(for_price(order, ("LAMP-1", "BULB-1"), noticed), version=1)
        assert not page(ada.get(f"/desk/orders/{order.ref}")).css("#right-price")
        assert ada.post(f"/desk/orders/{order.ref}/price_error", {"right_price": "1.00"}).status_code == 303
        assert world.store.orders[order.ref].letters[-1].wrong_price == WrongPrice("")

    def test_too_late_it_needs_a_reason(self, ada: Visitor, world: World) -> None:
        order = held(world, days_ago=7)
        refused = ada.post(f"/desk/orders/{order.ref}/price_error", {"reason": " "})
        assert refused.status_code == 409
        assert "write why it is said only now" in text(refused)
        assert ada.post(f"/desk/orders/{order.ref}/price_error", {"reason": "Found today."}).status_code == 303

    def test_an_unknown_action_is_not_found_and_a_get_changes_nothing(self, ada: Visitor, world: World) -> None:
        order = stored(world)
        assert ada.post(f"/desk/orders/{order.ref}/explode", {}).status_code == 404
        assert ada.get(f"/desk/orders/{order.ref}/hold").status_code == 303
        assert world.store.orders[order.ref] == order

    def test_a_requested_address_is_shown(self, ada: Visitor, world: World) -> None:
        wanted = replace(made.BASKET.delivery_to, street="Weg 99") if made.BASKET.delivery_to else None
        assert wanted
        order = corrected(stored(world), wanted, made.context(world.clock.at))
        world.store.orders[order.ref] = order
        assert "Weg 99" in text(ada.get(f"/desk/orders/{order.ref}"))


class TestBesideATicket:
    def seen(self, ada: Visitor, world: World, address: str, number: str | None) -> str:
        ref = f"NL-7BE51-{len(world.store.tickets):05}"
        ticket = samples.ticket(ref, world.clock.at, order_number=number, person=Person("Mira Holm", address))
        world.store.commit(Change(ticket))
        card = page(ada.get(f"/desk/t/{ref}")).css("#order")
        return " ".join(card[0].text(separator=" ").replace("\u00a0", " ").split()) if card else ""

    def test_number_and_address_together_show_the_order(self, ada: Visitor, world: World) -> None:
        stored(world)
        said = self.seen(ada, world, "Mira@Example.com", "#1001")
        assert "Number and address belong together." in said
        assert "€111.90" in said

    def test_the_number_alone_shows_only_number_and_status(self, ada: Visitor, world: World) -> None:
        stored(world)
        said = self.seen(ada, world, "eve@example.com", "1001")
        assert "Not verified" in said
        assert "1001" in said
        assert "€" not in said

    def test_without_a_number_or_order_there_is_none(self, ada: Visitor, world: World) -> None:
        stored(world)
        assert self.seen(ada, world, made.MIRA, None) == ""
        assert self.seen(ada, world, made.MIRA, "4711") == ""


class TestFacts:
    """The order fills claims, withdrawals and refunds on its customer's ticket."""

    def procedure(
        self, ada: Visitor, world: World, address: str = made.MIRA, *, days_ago: int = 0, **changes: Any
    ) -> Any:
        at = world.clock.at - timedelta(days=days_ago)
        stored(world, "1001", made.placed(at), made.event(EventKind.PAID, at), made.sent(at), made.arrived(at))
        person = Person("Mira Holm", address)
        ref = f"NL-7BE51-{len(world.store.tickets):05}"
        world.store.commit(Change(samples.ticket(ref, world.clock.at, order_number="1001", person=person, **changes)))
        return page(ada.get(f"/desk/t/{ref}"))

    @pytest.mark.parametrize(("days", "said"), [(0, "in time"), (30, "late")])
    def test_whether_a_withdrawal_came_in_time(self, ada: Visitor, world: World, days: int, said: str) -> None:
        record = Withdrawal(world.clock.at)
        shown = self.procedure(ada, world, days_ago=days, kind="withdrawal", withdrawal=record)
        assert first(shown, "#at-withdrawal .value").text(strip=True) == said
        assert "Everything delivered, by the order" in first(shown, "#withdrawal").text()

    def test_somebody_elses_order_says_nothing(self, ada: Visitor, world: World) -> None:
        shown = self.procedure(ada, world, "eve@example.com", kind="withdrawal", withdrawal=Withdrawal(world.clock.at))
        assert first(shown, "#at-withdrawal .value").text(strip=True) == "delivery not known"
        assert "111.90" not in first(shown, "#procedure").text()

    def test_a_claim_has_day_and_products(self, ada: Visitor, world: World) -> None:
        shown = self.procedure(ada, world, kind="warranty", claim=Claim(serial="S-1"))
        day = world.clock.at.date().isoformat()
        given = {name: first(shown, f"#claim-{name}").attributes.get("value") for name in ("purchased", "delivered")}
        assert given == {"purchased": day, "delivered": day}
        assert "Bulb E27" in first(shown, "#claim").text()

    def test_a_refund_suggests_what_was_paid(self, ada: Visitor, world: World) -> None:
        shown = self.procedure(ada, world, topic="not_as_described")
        assert first(shown, "#remedy-amount").attributes.get("value") == "111.90"

    def test_another_remedy_suggests_no_amount_but_says_what_was_paid(self, ada: Visitor, world: World) -> None:
        shown = self.procedure(ada, world, topic="faulty")
        assert not first(shown, "#remedy-amount").attributes.get("value")
        assert "Paid for the order and not paid back: 111.90 EUR." in first(shown, "#remedy").text()
