"""What clients may say, who hears a bell, and which places a conversation has."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.bells.connections import (
    LIFE,
    LONGEST_SAID,
    PLACES,
    Bell,
    Connection,
    Said,
    Side,
    connecting,
    free_places,
    may_come_from,
    said,
)
from chalicelib.rules.bells.connections import Pass as Given
from tests.support.store.fakes import START

OURS, STOREFRONT = "https://care.example", "https://northlight.example"


@pytest.mark.parametrize("body", ['{"typing": true}', '{"typing":true,"more":1}', ' {"typing": true} '])
def test_a_client_says_that_somebody_types(body: str) -> None:
    assert said(body) is Said.TYPING


@pytest.mark.parametrize(
    "body",
    [
        *("", "None", "ping", '{"ping": true}', '{"typing": 1}', '{"typing": "true"}', "[true]", "true", "[" * 99),
        f'{{"typing": true, "more": "{"x" * LONGEST_SAID}"}}',
    ],
)
def test_everything_else_means_nothing(body: str) -> None:
    assert said(body) is Said.NOTHING


@given(st.text() | st.text(alphabet='[]{}":,truefalsnyping0123 '))
def test_no_text_is_an_error(body: str) -> None:
    assert said(body) in Said


def test_a_conversation_has_five_places_and_no_side_can_take_the_others() -> None:
    customers, desks = set(PLACES[Side.CUSTOMER]), set(PLACES[Side.DESK])
    assert (len(customers), len(desks), customers & desks) == (3, 2, set())
    assert free_places(Side.CUSTOMER, {"1", "3", "4"}) == ["2"]
    assert free_places(Side.DESK, customers) == ["4", "5"]


def test_who_types_does_not_hear_it_and_nobody_hears_what_is_written() -> None:
    mine, theirs = (Connection("c", "NL-1", side, "1", START) for side in (Side.CUSTOMER, Side.DESK))
    new, typing, waits = Bell("NL-1"), Bell("NL-1", Side.CUSTOMER), Bell("NL-1", waits=True)
    assert [new.is_for(mine), new.is_for(theirs)] == [True, True]
    assert [typing.is_for(mine), typing.is_for(theirs)] == [False, True]
    assert [waits.is_for(mine), waits.is_for(theirs)] == [False, True]
    assert [bell.sound for bell in (new, typing, waits)] == [b'{"ring": true}', b'{"typing": true}', b'{"waits": true}']


def test_a_connection_is_remembered_a_little_longer_than_it_can_last() -> None:
    used = Given("p", "NL-1", "northlight", Side.DESK, START)
    made = connecting(used, "c", "4", START)
    assert made == Connection("c", "NL-1", Side.DESK, "4", START + LIFE)
    assert timedelta(hours=2) < LIFE <= timedelta(hours=2, minutes=10)


@pytest.mark.parametrize(
    ("origin", "side", "may"),
    [
        (OURS, Side.CUSTOMER, True),
        (OURS, Side.DESK, True),
        (STOREFRONT, Side.CUSTOMER, True),
        (STOREFRONT, Side.DESK, False),
        ("https://elsewhere.example", Side.CUSTOMER, False),
        ("https://care.example.evil.example", Side.CUSTOMER, False),
        ("null", Side.CUSTOMER, False),
        ("", Side.DESK, False),
    ],
)
def test_only_our_pages_and_for_customers_the_shops_may_connect(origin: str, side: Side, may: bool) -> None:
    assert may_come_from(origin, side, OURS, (STOREFRONT,)) is may
