"""What an order keeps of its events has bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TooLarge
from chalicelib.rules.orders.basket import MOST_LINES
from chalicelib.rules.orders.events import EventKind, OrderEvent, Parcel
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.keeping import LONGEST_NAME, LONGEST_URL, MOST_EVENTS, SKEW, cut, kept
from tests.support.orders.made import BASKET, LAMP, changed, event, events, placed
from tests.support.store.fakes import START

LATER = START + timedelta(days=1)
MINUTE = timedelta(minutes=1)


@given(st.lists(events, max_size=12), st.data())
def test_what_is_kept_says_the_same_in_whatever_portions_it_came(some: list[OrderEvent], data: st.DataObject) -> None:
    arriving = data.draw(st.permutations(some))
    found: tuple[OrderEvent, ...] = ()
    for each in arriving:
        found = kept(found, [each], LATER)
    assert found == kept((), some, LATER) == kept(found, some, LATER)


def test_only_the_newest_move_of_a_parcel_is_kept() -> None:
    moves = [event(EventKind.MOVED, START + n * MINUTE, parcel=Parcel("p1", status=str(n))) for n in range(9)]
    found = kept((), [moves[8], *moves], LATER)
    assert found == (moves[8],)
    assert kept(found, [moves[2]], LATER) == found


def test_repeated_snapshots_make_room_and_the_state_stays() -> None:
    same = [changed(START + n * MINUTE) for n in range(1, MOST_EVENTS + 50)]
    found = kept((), [placed(), *same], LATER)
    assert len(found) <= MOST_EVENTS
    assert state(found).basket == state([placed(), *same]).basket
    assert state(found).changed_at is None


def test_of_many_large_baskets_the_first_and_the_newest_are_kept() -> None:
    large = replace(BASKET, lines=tuple(replace(LAMP, id=f"l{n}", name="x" * 90) for n in range(MOST_LINES)))
    some = [placed(basket=large), *(changed(START + n * MINUTE, large, total=n) for n in range(1, 9))]
    found = kept((), some, LATER)
    assert [each.id for each in found] == [some[0].id, some[-1].id]


def test_an_event_without_room_is_refused_and_an_order_stays_as_it_was() -> None:
    many = [event(EventKind.RETURNED, START + n * MINUTE, reason=str(n)) for n in range(MOST_EVENTS)]
    found = kept((), many, LATER)
    assert len(found) == MOST_EVENTS
    with pytest.raises(TooLarge):
        kept(found, [placed()], LATER)


def test_texts_and_lists_are_cut_and_the_rest_of_the_lines_is_counted() -> None:
    long = replace(BASKET, lines=(replace(LAMP, name="x" * 500),) * 300, left_out=2, payment="y" * 999)
    found = cut(placed(basket=long)).basket
    assert found
    assert (len(found.lines), found.left_out) == (MOST_LINES, 52)
    assert (len(found.lines[0].name), len(found.payment)) == (LONGEST_NAME, 200)
    url = event(EventKind.SENT, START, parcel=Parcel("p1", tracking_url="z" * 9_999))
    parcel = cut(url).parcel
    assert parcel
    assert len(parcel.tracking_url) == LONGEST_URL
    assert cut(placed()) == placed()


@pytest.mark.parametrize(("ahead", "taken"), [(SKEW, SKEW), (SKEW + MINUTE, timedelta(0))])
def test_an_event_from_the_future_happens_now(ahead: timedelta, taken: timedelta) -> None:
    (found,) = kept((), [placed(START + ahead)], START)
    assert found.basket
    assert found.occurred_at == found.basket.placed_at == START + taken
