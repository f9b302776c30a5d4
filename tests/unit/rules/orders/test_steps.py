"""What a clock does when it warns, is due, and each day after."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.orders.duties.lists import OrderList, place_of
from chalicelib.rules.orders.duties.owing import people
from chalicelib.rules.orders.duties.promising import CONFIRM, DELIVER, SILENCE
from chalicelib.rules.orders.duties.tally import counted
from chalicelib.rules.orders.events import EventKind, OrderEvent, Parcel
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.reducing import under_way
from chalicelib.rules.orders.steps import step
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import SlaCount
from chalicelib.rules.timing.periods import Period, Unit
from tests.support.orders.made import arrived, context, event, events, placed, purposes, sent, taken
from tests.support.store.fakes import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def run(order: Order, until: datetime, **terms: object) -> list[tuple[datetime, Order]]:
    """The order at each of its steps until then, as the due-work run takes them."""
    found = list[tuple[datetime, Order]]()
    while (at := order.clocks.next_step) and at <= until:
        after = step(order, context(at, **terms))
        assert after
        assert after.version == order.version + 1
        order = after
        found.append((at, order))
    return found


def told(order: Order) -> Order:
    """The order when its mails were sent."""
    return replace(order, outbox=None)


@given(st.lists(events, max_size=8))
def test_steps_come_to_an_end_of_each_moment_and_never_repeat_a_letter_within_a_period_of_silence(
    some: list[OrderEvent],
) -> None:
    order = taken(placed(), *some, at=START + 12 * HOUR)
    known = len(order.letters)
    for at, after in run(order, START + 40 * DAY)[:40]:
        assert after.clocks.next_step is None or after.clocks.next_step > at
        order = after
    status = [each.owed_at for each in order.letters[known:] if each.purpose == Purpose.ORDER_STATUS]
    assert all(later - earlier >= 5 * DAY for earlier, later in pairwise(status))


def test_a_late_dispatch_warns_is_escalated_daily_and_is_told_to_the_customer_once() -> None:
    order = told(taken(placed()))
    steps = run(order, START + 5 * DAY)
    last = steps[-1][1]
    tasks = [about for about in purposes(last) if "dispatch" in about]
    assert tasks[:2] == ["order_task dispatch warn", "order_task dispatch due"]
    assert "order_status dispatch" in tasks
    assert tasks.count("order_status dispatch") == 1
    assert "order_task dispatch daily" in tasks


def test_the_policys_steps_for_complaints_say_who_is_told() -> None:
    order = told(taken(placed(), confirmation="shop"))
    shop = context().shop
    ((_, warned), (_, due), *_) = [each for each in run(order, START + 10 * DAY) if each[1].outbox]
    assert warned.outbox
    assert {mail.to for mail in warned.outbox.owed()} == set(people(shop, ["assignee"]))
    assert due.outbox
    assert set(people(shop, ["assignee", "team"])) <= {mail.to for mail in due.outbox.owed()}
    assert people(shop, ["owner"]) == tuple(agent.address for agent in shop.agents if agent.role == "owner")


def test_after_five_working_days_without_a_word_there_is_one_letter_and_a_task() -> None:
    order = told(taken(placed(), dispatch=Period(20, Unit.DAYS), confirm=Period(20, Unit.DAYS)))
    terms = {"dispatch": Period(20, Unit.DAYS), "confirm": Period(20, Unit.DAYS)}
    steps = run(order, START + 8 * DAY, **terms)
    ((at, after),) = steps
    assert at == START + 7 * DAY  # five working days and a weekend
    assert purposes(after)[1:] == ["order_status silence", "order_task silence"]
    assert after.letters[1].next_word == (START + 14 * DAY).date()
    silence = after.clocks.named(SILENCE)
    assert silence
    assert silence.due == START + 14 * DAY


def test_a_delivered_order_stays_silent() -> None:
    order = told(taken(placed(), sent(START), arrived(START + HOUR), at=START + HOUR))
    unconfirmed = replace(order, clocks=order.clocks.without(CONFIRM))
    assert run(unconfirmed, START + 400 * DAY) == []


def test_a_parcel_that_nobody_follows_breaks_no_promise_and_is_asked_about_once() -> None:
    order = told(taken(placed(), sent(START)))
    steps = run(replace(order, clocks=order.clocks.without(CONFIRM)), START + 400 * DAY)
    last = steps[-1][1]
    assert [about for about in purposes(last) if "status" in about] == ["order_status silence"]
    assert not any("deliver" in about for about in purposes(last) if "due" in about)
    assert not last.clocks.named(DELIVER)
    assert not last.clocks.named(SILENCE)
    assert place_of(last) is OrderList.DONE
    assert not under_way(told(last))
    assert not any(counted(before, after, at) for (_, before), (at, after) in pairwise(steps))


def test_a_parcel_that_is_followed_and_does_not_arrive_is_late() -> None:
    moved = event(EventKind.MOVED, START + HOUR, parcel=Parcel("p1", status="on the road"))
    order = told(taken(placed(), sent(START), moved, at=START + HOUR))
    last = run(replace(order, clocks=order.clocks.without(CONFIRM)), START + 32 * DAY)[-1][1]
    assert "order_task deliver due" in purposes(last)


def test_where_the_shop_confirms_and_does_not_we_do_and_the_owner_hears() -> None:
    order = taken(placed(), confirmation="shop")
    steps = run(order, START + DAY, confirmation="shop")
    last = steps[-1][1]
    assert purposes(last).count(Purpose.ORDER_CONFIRMED) == 1
    assert "order_task confirmation_missing" in purposes(last)
    failed = event(EventKind.CONFIRMATION_FAILED, START + 25 * HOUR)
    again = taken(failed, at=START + 25 * HOUR, order=told(last), confirmation="shop")
    assert purposes(again).count(Purpose.ORDER_CONFIRMED) == 1


def test_promises_are_counted_once_when_they_are_kept_or_missed() -> None:
    order = taken(placed())
    kept = taken(sent(START + DAY), at=START + DAY, order=order)
    (count,) = counted(order, kept, START + DAY)
    assert count == SlaCount("northlight", START + DAY, kept=1)
    assert [(each.kind, each.kept) for each in count.finished] == [("order_dispatch", True)]
    assert counted(kept, replace(kept, version=9), START + DAY) == ()
    before, missed = order, list[SlaCount]()
    for at, after in run(replace(order, clocks=order.clocks.without(CONFIRM)), START + 6 * DAY):
        missed += counted(before, after, at)
        before = after
    late = taken(sent(START + 6 * DAY), at=START + 6 * DAY, order=before)
    assert [(each.kept, each.missed) for each in missed] == [(0, 1)]
    assert counted(before, late, START + 6 * DAY) == ()


def test_a_promise_that_is_met_late_before_any_step_is_missed() -> None:
    order = taken(placed())
    late = taken(sent(START + 6 * DAY), at=START + 6 * DAY, order=order)
    (count,) = counted(order, late, START + 6 * DAY)
    assert count == SlaCount("northlight", START + 6 * DAY, missed=1)
    assert [(each.kind, each.kept) for each in count.finished] == [("order_dispatch", False)]
    assert counted(None, order, START) == (SlaCount("northlight", START, orders=1),)
    imported = taken(placed(), at=START + 6 * DAY)
    assert [each.orders for each in counted(None, imported, START + 6 * DAY)] in ([], [0])
