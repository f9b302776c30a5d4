"""Doubts about addresses: what a person would notice, and nothing about addresses that are right."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import NotOpen
from chalicelib.rules.orders.addresses import DoubtCode, address_doubts, corrected, slipped
from chalicelib.rules.orders.basket import Basket, Buyer, Line, PostalAddress
from tests.support.orders import made
from tests.support.store.fakes import START

PLACED = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
LAMP = Line("1", "Lamp", 1, 1000, 1000)
HOME = PostalAddress("Mira Holm", "", "Torstraße 14", "", "10119", "Berlin", "", "DE")


def doubted(to: PostalAddress | None = HOME, mail: str = "mira@example.com", line: Line = LAMP) -> list[DoubtCode]:
    basket = Basket(PLACED, "EUR", (line,), 1000, Buyer("Mira", mail), delivery_to=to)
    return [doubt.code for doubt in address_doubts(basket)]


class TestStreet:
    @pytest.mark.parametrize("street", ["Torstraße 14", "12 rue de Rivoli", "Schloss 1a", "Postfach", "Packstation"])
    def test_with_a_number_or_a_box_is_right(self, street: str) -> None:
        assert not doubted(replace(HOME, street=street))

    def test_the_number_may_stand_in_the_further_line(self) -> None:
        assert not doubted(replace(HOME, street="Torstraße", further="Nr. 14"))

    def test_without_a_number_is_doubted_where_houses_have_numbers(self) -> None:
        assert doubted(replace(HOME, street="Torstraße")) == [DoubtCode.NO_HOUSE_NUMBER]
        cottage = PostalAddress("A", "", "Rose Cottage, The Green", "", "SN9 5QG", "Pewsey", "", "GB")
        assert not doubted(cottage)


class TestPostcode:
    @pytest.mark.parametrize(
        ("country", "right"),
        [
            *(
                ("DE", "10119"),
                ("DE", "D-10119"),
                ("AT", "1010"),
                ("AT", "A-1010"),
                ("NL", "1012 JS"),
                ("NL", "1012js"),
            ),
            *(("GB", "SW1A 1AA"), ("GB", "m11ae"), ("PL", "00-950"), ("SE", "111 22"), ("US", "94103-1234")),
            *(("CA", "K1A 0B1"), ("CH", "8001"), ("LV", "LV-1010"), ("PT", "1000-001"), ("XX", "anything"), ("IE", "")),
        ],
    )
    def test_of_the_countrys_form_is_right(self, country: str, right: str) -> None:
        assert not doubted(replace(HOME, country=country, postcode=right))

    @pytest.mark.parametrize(
        ("country", "wrong"),
        [("DE", "1011"), ("DE", "1O119"), ("AT", "10100"), ("GB", "12345"), ("NL", "1012"), ("US", "9410")],
    )
    def test_of_another_form_is_doubted(self, country: str, wrong: str) -> None:
        assert DoubtCode.POSTCODE in doubted(replace(HOME, country=country, postcode=wrong))

    def test_that_is_missing_is_doubted(self) -> None:
        assert doubted(replace(HOME, postcode=" ")) == [DoubtCode.NO_POSTCODE]

    def test_without_goods_nothing_is_delivered_there(self) -> None:
        assert not doubted(PostalAddress(country="DE"), line=replace(LAMP, digital=True))
        assert not doubted(None)


class TestMailDomain:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            *(
                ("gmial.com", "gmail.com"),
                ("gmail.co", "gmail.com"),
                ("gmai.com", "gmail.com"),
                ("gmaill.com", "gmail.com"),
            ),
            *(("hotmial.com", "hotmail.com"), ("yaho.com", "yahoo.com"), ("outlok.com", "outlook.com")),
            *(("t-onlin.de", "t-online.de"), ("gmx.dee", "gmx.de"), ("GMIAL.com", "gmail.com")),
        ],
    )
    def test_a_slip_is_doubted_and_named(self, typed: str, meant: str) -> None:
        basket = Basket(PLACED, "EUR", (LAMP,), 1000, Buyer("Mira", f"mira@{typed}"))
        (doubt,) = address_doubts(basket)
        assert (doubt.code, doubt.found, doubt.meant) == (DoubtCode.MAIL_DOMAIN, f"mira@{typed}", f"mira@{meant}")

    @pytest.mark.parametrize(
        "domain",
        ["gmail.com", "yahoo.de", "yahoo.fr", "gmx.at", "web.com", "tree.fr", "mail.com", "example.com", "wob.de"],
    )
    def test_other_domains_are_not(self, domain: str) -> None:
        assert not doubted(mail=f"mira@{domain}")

    @given(st.text(max_size=40))
    def test_any_text_is_read(self, text: str) -> None:
        doubted(mail=text)

    @given(st.sampled_from(["gmail.com", "hotmail.com", "outlook.com"]), st.data())
    def test_every_exchange_of_two_neighbours_in_the_name_is_a_slip(self, domain: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, domain.index(".") - 2))
        typed = domain[:place] + domain[place + 1] + domain[place] + domain[place + 2 :]
        assert slipped(typed, domain) == (typed != domain)


class TestOrder:
    WRONG = replace(made.BASKET, delivery_to=replace(HOME, street="Torstraße"))

    def test_with_a_doubtful_address_asks_its_customer_once(self) -> None:
        order = made.taken(made.placed(basket=self.WRONG))
        assert "order_check_address" in made.purposes(order)
        again = made.taken(made.changed(START, self.WRONG, total=1), order=order)
        assert made.purposes(again).count("order_check_address") == 1
        assert "order_check_address" not in made.purposes(made.taken(made.placed()))

    def test_keeps_what_its_customer_asks_for_as_a_request_with_a_task(self) -> None:
        order = made.taken(made.placed())
        asked = corrected(order, HOME, made.context())
        assert asked.address_request
        assert asked.address_request.delivery_to == HOME
        assert asked.events == order.events
        assert made.purposes(asked)[-1] == "order_task address"
        assert corrected(asked, HOME, made.context()) is asked

    def test_takes_no_correction_once_something_is_sent(self) -> None:
        order = made.taken(made.placed(), made.sent(START))
        with pytest.raises(NotOpen):
            corrected(order, HOME, made.context())
