"""The guarantee passport of a purchased product, as its owner's browser has it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.rules.orders.basket import PostalAddress
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Hold, Order, Serial
from chalicelib.rules.orders.reducing import reduced
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Change, State, evolve
from chalicelib.services.orders import order_links
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.shown import passport
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.orders import made
from tests.support.store.fakes import START, World
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor

__all__ = ["browser", "world"]

DELIVERED = START + timedelta(days=3)


def stored(world: World, *events: Any, **changes: Any) -> Order:
    """The only order of the shop: a lamp and a bulb, delivered."""
    for kept in (world.store.orders, world.store.counts, world.store.tickets, world.store.messages):
        kept.clear()
    world.clock.at = START + timedelta(days=10)
    facts = events or (made.placed(), made.sent(START + timedelta(days=1)), made.arrived(DELIVERED))
    known = made.taken(*facts, at=START + timedelta(days=30))
    order = replace(known, ref=ref_of(world.deps, "northlight", made.NUMBER), version=1)
    world.store.commit_order(order)
    if changes:
        order = replace(order, version=2, **changes)
        world.store.commit_order(order)
    return order


def address(world: World, order: Order, line: str = "l1", more: str = "") -> str:
    url = order_links.passport_url(world.deps, order, line)
    return f"{url}{more}?lang=en"


def covers(answer: Answer) -> dict[str, str]:
    return {node.attributes["data-cover"] or "": node.text().strip() for node in page(answer).css("[data-cover]")}


def test_it_says_what_covers_the_product(browser: Browser, world: World) -> None:
    answer = browser.get(address(world, stored(world)))
    assert first(answer, "h1").text() == "Lamp Ada"
    said = covers(answer)
    assert said["statutory"].startswith("until 28 November 2028")
    assert said["commercial"].startswith("until 28 November 2031")
    assert page(answer).css_matches('a[href="https://www.northlight.example/manuals/ada.pdf"]')
    assert "Mira" not in first(answer, "main").text(), "a link that works for years names nobody"


@pytest.mark.parametrize(("country", "until"), [("ES", "28 November 2029"), ("DE", "28 November 2028")])
def test_the_law_of_the_consumers_country_counts(browser: Browser, world: World, country: str, until: str) -> None:
    law = world.shop.guarantees
    three = replace(law.statutory, amount=3)
    world.with_shop(guarantees=replace(law, statutory_by_country={"ES": three}))
    basket = replace(made.BASKET, delivery_to=PostalAddress(country=country))
    order = stored(world, made.placed(basket=basket), made.sent(START), made.arrived(DELIVERED))
    seen = passport.view(world.deps, order_links.passport_url(world.deps, order, "l1").rpartition("/")[2])
    assert seen.cover
    assert f"{seen.cover.statutory_until:%d %B %Y}" == until


def test_each_product_counts_from_its_own_delivery(world: World) -> None:
    later = DELIVERED + timedelta(days=20)
    order = stored(
        world,
        made.placed(),
        made.sent(START, "p1", [("l1", None)]),
        made.sent(START, "p2", [("l2", None)]),
        made.arrived(DELIVERED, "p1"),
        made.arrived(later, "p2"),
    )
    days = {
        line: passport.view(world.deps, order_links.passport_url(world.deps, order, line).rpartition("/")[2]).delivered
        for line in ("l1", "l2")
    }
    assert days == {"l1": DELIVERED.date(), "l2": later.date()}


def test_before_the_delivery_it_names_periods_and_no_day(browser: Browser, world: World) -> None:
    answer = browser.get(address(world, stored(world, made.placed())))
    assert covers(answer) == {}
    assert "2 years from the day of delivery" in first(answer, "main").text()


@pytest.mark.parametrize(
    ("product", "longer"),
    [
        ("Lamp Ada (LAMP-1)", True),
        ("lamp  ada", True),
        ("LAMP-1", True),
        ("Bulb E27", False),
        ("Lamp Ada XL (LAMP-12)", False),
        ("LAMP-12", False),
        ("Lamp Ada XL", False),
        ("", False),
    ],
)
def test_after_a_repair_the_law_covers_it_longer(world: World, product: str, longer: bool) -> None:
    order = stored(world)
    repaired = samples.ticket("NL-7K3F9-REPA1", START, kind="warranty", order_number=made.NUMBER)
    claim = Claim(product=product, repaired=date(2027, 1, 5))
    ours = replace(repaired, requester=replace(repaired.requester, address=made.MIRA), claim=claim)
    world.deps.tickets.commit(Change(ours))
    seen = passport.view(world.deps, order_links.passport_url(world.deps, order, "l1").rpartition("/")[2])
    assert seen.cover
    assert seen.cover.statutory_until.year == (2029 if longer else 2028)


_TEXTS = st.text("AB1- ", min_size=1, max_size=4).map(str.strip).filter(bool)


@given(st.lists(_TEXTS, min_size=4, max_size=4, unique=True), st.just("7") | st.just("N7 "), st.data())
def test_a_repair_counts_for_no_product_whose_name_only_holds_the_others(
    names: list[str], number: str, data: st.DataObject
) -> None:
    """However alike two products are called: a claim about the one, by name, SKU or number, is not about the other."""
    first, second = replace(made.LAMP, name=names[0], sku=names[1]), replace(made.BULB, name=names[2], sku=names[3])
    order = made.taken(made.placed(basket=replace(made.BASKET, lines=(first, second))))
    noted = replace(order, serials=(Serial("l1", f"{number}1"), Serial("l2", f"{number}12")))
    one, other = state(noted.events).lines
    ways = [Claim(product=first.sku), Claim(product=f"{first.name} ({first.sku})"), Claim(serial=f"{number}1")]
    claim = data.draw(st.sampled_from(ways))
    assume(len({" ".join(name.split()) for name in names}) == 4)
    assert not passport._is_about(claim, other, noted, state(noted.events))
    assert passport._is_about(claim, one, noted, state(noted.events))


def test_somebody_elses_repair_counts_for_nothing(world: World) -> None:
    order = stored(world)
    other = samples.ticket("NL-7K3F9-REPA2", START, kind="warranty", order_number=made.NUMBER)
    claim = Claim(product="LAMP-1", repaired=date(2027, 1, 5))
    world.deps.tickets.commit(Change(replace(other, claim=claim)))
    assert (
        passport.view(world.deps, order_links.passport_url(world.deps, order, "l1").rpartition("/")[2]).repaired is None
    )


def test_a_serial_number_is_noted_once_and_stays(browser: Browser, world: World) -> None:
    order = stored(world)
    url, visitor = address(world, order), Visitor(browser)
    nonce = first(visitor.get(url), 'form[action*="/serial"] [name=nonce]').attributes["value"]
    to = address(world, order, more="/serial")
    assert visitor.post(to, {"nonce": nonce, "serial_number": " SN-77 "}).status_code == 303
    assert visitor.post(to, {"nonce": nonce, "serial_number": "SN-78"}).status_code == 422
    kept = world.store.orders[order.ref]
    assert [(serial.line, serial.number) for serial in kept.serials] == [("l1", "SN-77")]
    assert first(visitor.get(url), '[name="serial_number"]').attributes["value"] == "SN-77"
    assert not passport.view(world.deps, order_links.passport_url(world.deps, kept, "l2").rpartition("/")[2]).serial
    again = first(visitor.get(url), 'form[action*="/serial"] [name=nonce]').attributes["value"]
    assert visitor.post(to, {"nonce": again, "serial_number": "x" * 101}).status_code == 422


def test_to_note_a_serial_number_no_ticket_is_read(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, visitor = stored(world), Visitor(browser)
    nonce = first(visitor.get(address(world, order)), 'form[action*="/serial"] [name=nonce]').attributes["value"]
    monkeypatch.delattr(passport, "_claims")
    to = address(world, order, more="/serial")
    assert visitor.post(to, {"nonce": nonce, "serial_number": "SN-77"}).status_code == 303


def claimed(visitor: Visitor, world: World, order: Order, said: str = "") -> Answer:
    nonce = first(visitor.get(address(world, order)), 'form[action*="/claim"] [name=nonce]').attributes["value"]
    return visitor.post(address(world, order, more="/claim"), {"nonce": nonce, "message": said})


def test_one_press_makes_a_claim_with_everything_filled_in(browser: Browser, world: World) -> None:
    order = stored(world)
    visitor = Visitor(browser)
    serial = first(visitor.get(address(world, order)), 'form[action*="/serial"] [name=nonce]').attributes["value"]
    visitor.post(address(world, order, more="/serial"), {"nonce": serial, "serial_number": "SN-77"})
    answer = claimed(visitor, world, order)
    assert answer.status_code == 303
    opened = world.store.only_ticket()
    assert (opened.kind, opened.order_number, opened.language) == ("warranty", made.NUMBER, "en")
    assert (opened.requester.name, opened.requester.address) == ("Mira Holm", made.MIRA)
    assert opened.claim == Claim(START.date(), "Lamp Ada (LAMP-1)", "SN-77"), (
        "the day of delivery is read from the order"
    )
    assert (opened.country, opened.state, opened.unconfirmed) == ("DE", State.OPEN, False)
    assert made.NUMBER in opened.opening.text
    token = parse_qs(urlsplit(answer.headers["Location"]).query)["t"][0]
    assert links.open_status(world.deps, token).ticket.ref == opened.ref
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_the_same_press_twice_makes_one_claim(browser: Browser, world: World) -> None:
    order, visitor = stored(world), Visitor(browser)
    nonce = first(visitor.get(address(world, order)), 'form[action*="/claim"] [name=nonce]').attributes["value"]
    for _ in range(3):
        answer = visitor.post(address(world, order, more="/claim"), {"nonce": nonce, "message": "The switch broke."})
        assert answer.status_code == 303
    assert world.store.only_ticket().opening.text == "The switch broke."


@pytest.mark.parametrize("part", ["/serial", "/claim"])
def test_a_program_that_posts_the_form_does_nothing(browser: Browser, world: World, part: str) -> None:
    order = stored(world)
    nonce = first(browser.get(address(world, order)), f'form[action*="{part}"] [name=nonce]').attributes["value"]
    answer = browser.form({"nonce": nonce, "serial_number": "SN", "message": "x"}, address(world, order, more=part))
    assert answer.status_code == 422
    assert not world.store.tickets
    assert not world.store.orders[order.ref].serials


def test_it_works_for_years_and_ends_with_the_order(browser: Browser, world: World) -> None:
    order = stored(world)
    url = address(world, order)
    world.clock.at = START + timedelta(days=9 * 365)
    answer = browser.get(url)
    assert answer.status_code == 200
    assert covers(answer)["statutory"].startswith("ended on")
    world.store.commit_order(reduced(order, made.context(world.clock.at)))
    assert browser.get(url).status_code == 410
    assert browser.get(address(world, replace(order, link_version=9))).status_code == 410


@pytest.mark.parametrize("changes", [{"hold": Hold.PRICE_CHECK}, {"link_version": 2}])
def test_an_order_that_nothing_accepts_or_whose_links_ended_has_none(
    browser: Browser, world: World, changes: dict[str, Any]
) -> None:
    url = address(world, stored(world))
    order = world.store.orders[next(iter(world.store.orders))]
    world.store.commit_order(replace(order, version=2, **changes))
    assert browser.get(url).status_code == 410


def test_the_key_of_one_line_opens_no_other_and_no_order(browser: Browser, world: World) -> None:
    order = stored(world)
    token = order_links.passport_url(world.deps, order, "l1").rpartition("/")[2]
    assert browser.get(f"/o/{token}").status_code == 403
    assert browser.get(f"/g/{order_links.order_url(world.deps, order).rpartition('/')[2]}").status_code == 403
    assert browser.get(address(world, order, "l9")).status_code == 410


def test_the_orders_page_and_its_mails_lead_to_it(browser: Browser, world: World) -> None:
    order = stored(world)
    shown = page(browser.get(f"{order_links.order_url(world.deps, order)}?lang=en"))
    assert [node.text() for node in shown.css('a[href*="/g/"]')] == ["Lamp Ada", "Bulb E27"]


def test_a_claim_that_is_too_long_keeps_its_words(browser: Browser, world: World) -> None:
    order = stored(world)
    answer = claimed(Visitor(browser), world, order, "x" * 20_001)
    assert answer.status_code == 422
    assert not world.store.tickets
    assert len(first(answer, "textarea").text()) > 20_000


def test_it_can_be_claimed_again_after_the_ticket_is_closed(browser: Browser, world: World) -> None:
    order, visitor = stored(world), Visitor(browser)
    claimed(visitor, world, order)
    done = world.store.only_ticket()
    world.deps.tickets.commit(Change(evolve(done, state=State.CLOSED, closed_at=world.clock.at)))
    claimed(visitor, world, order)
    assert len(world.store.tickets) == 2
