"""New events about an order: what is promised, and which letters are owed, each once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.delivery.sending import Accepted
from chalicelib.rules.orders.duties.promising import CONFIRM, DELIVER, DISPATCH, SILENCE
from chalicelib.rules.orders.duties.sending import claim
from chalicelib.rules.orders.duties.sending import sent as sent_mail
from chalicelib.rules.orders.events import EventKind, OrderEvent, Parcel
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Hold, Order
from chalicelib.rules.orders.taking import Arrival, take
from chalicelib.rules.tickets.clocks import REFUND, RETAIN
from chalicelib.rules.tickets.outbox import Audience, Purpose, Stage
from chalicelib.rules.timing.periods import Period, Unit
from tests.support.orders.made import (
    BASKET,
    BULB,
    LAMP,
    MIRA,
    REF,
    arrived,
    changed,
    context,
    event,
    events,
    placed,
    purposes,
    refunded,
    sent,
    taken,
)
from tests.support.store.fakes import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAID = event(EventKind.PAID, START)
CANCELLED = event(EventKind.CANCELLED, START + HOUR, reason="customer")


def to_customer(order: Order) -> list[str]:
    return [said for said in purposes(order) if Purpose(said.split()[0]).audience is Audience.CUSTOMER]


def names(order: Order) -> set[str]:
    return {clock.name for clock in order.clocks}


@given(st.lists(st.lists(events, min_size=1, max_size=3), max_size=5))
def test_no_letter_is_owed_twice_and_repeated_events_change_nothing(portions: list[list[OrderEvent]]) -> None:
    order, at = None, START + 12 * HOUR
    for portion in portions:
        order = taken(*portion, at=at, order=order)
        assert taken(*portion, at=at + DAY, order=order) is order
        at += HOUR
    if order:
        once = [
            said
            for said in to_customer(order)
            if not said.startswith((Purpose.ORDER_CHANGED, Purpose.ORDER_OUT_OF_STOCK))
        ]
        assert len(once) == len(set(once))
        assert order.outbox is None or {
            mail.to for mail in order.outbox.deliveries if mail.purpose.audience is Audience.CUSTOMER
        } <= {MIRA}


@given(st.lists(events, max_size=9), st.data())
def test_an_order_that_is_over_promises_nothing_any_more(some: list[OrderEvent], data: st.DataObject) -> None:
    order = taken(placed(), *data.draw(st.permutations(some)), CANCELLED, at=START + 12 * HOUR)
    assert {clock.name for clock in order.clocks if not clock.met_at} <= {REFUND, RETAIN}


def test_a_new_order_is_confirmed_and_its_promises_count_from_its_placing() -> None:
    order = taken(placed(), at=START + HOUR)
    assert purposes(order) == [Purpose.ORDER_CONFIRMED]
    assert order.outbox
    assert (order.outbox.stage, [mail.to for mail in order.outbox.owed()]) == (Stage.QUEUED, [MIRA])
    assert names(order) == {CONFIRM, DISPATCH, DELIVER, SILENCE, RETAIN}
    assert {clock.set_at for clock in order.clocks.without(SILENCE)} == {START}
    confirm = order.clocks.named(CONFIRM)
    assert confirm
    # A Wednesday: one working day later.
    assert confirm.due == START + DAY
    assert (order.ref, order.number, order.source, order.known_at, order.version) == (
        REF,
        "1001",
        "events",
        START + HOUR,
        1,
    )


def test_every_letter_names_the_day_of_the_next_word_which_is_a_clock() -> None:
    order = taken(placed())
    silence = order.clocks.named(SILENCE)
    assert silence
    assert order.letters[0].next_word == silence.due.date() == date(2026, 12, 2)
    later = taken(sent(START + DAY), at=START + DAY, order=order)
    assert later.letters[-1].next_word == date(2026, 12, 3)


def test_the_orders_own_day_is_promised_if_it_is_sooner() -> None:
    soon, late = date(2026, 12, 1), date(2027, 3, 1)
    ends = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    for day, due in ((soon, ends), (late, START + 30 * DAY)):
        deliver = taken(placed(basket=replace(BASKET, deliver_by=day))).clocks.named(DELIVER)
        assert deliver
        assert deliver.due == due


def test_a_later_day_of_the_shops_own_takes_back_no_promise() -> None:
    order = taken(placed(basket=replace(BASKET, deliver_by=date(2026, 12, 4))))
    for day, due in ((date(2026, 12, 20), date(2026, 12, 4)), (date(2026, 12, 2), date(2026, 12, 2))):
        deliver = taken(changed(START + HOUR, deliver_by=day), at=START + HOUR, order=order).clocks.named(DELIVER)
        assert deliver
        assert deliver.due.date() == due


def test_a_change_that_the_customer_sees_is_told_after_the_confirmation_was_sent() -> None:
    order = taken(placed())
    waiting = taken(changed(START + HOUR, total=9_999), at=START + HOUR, order=order)
    assert purposes(waiting) == [Purpose.ORDER_CONFIRMED]  # which will say how the order is by then
    assert order.outbox
    gone = replace(order, outbox=None)
    for change in (
        {"total": 9_999},
        {"lines": (LAMP,)},
        {"costs": ()},
        {"deliver_by": date(2026, 12, 9)},
        {"delivery_to": None},
    ):
        later = taken(changed(START + HOUR, **change), at=START + HOUR, order=gone)
        assert purposes(later)[1:] == [Purpose.ORDER_CHANGED]
    unseen = taken(changed(START + HOUR, advert_consent=True), at=START + HOUR, order=gone)
    assert purposes(unseen) == [Purpose.ORDER_CONFIRMED]


def test_an_older_change_that_comes_late_is_told_to_nobody() -> None:
    order = replace(taken(placed(), changed(START + 2 * HOUR, total=1), at=START + 2 * HOUR), outbox=None)
    late = taken(changed(START + HOUR, total=2), at=START + 3 * HOUR, order=order)
    assert late.version == 2
    assert purposes(late) == purposes(order)


def test_each_parcel_has_its_letter_and_the_last_piece_meets_the_promise() -> None:
    order = taken(placed())
    one = taken(sent(START + HOUR, lines=[("l1", None)]), at=START + HOUR, order=order)
    assert purposes(one)[1:] == ["order_sent p1"]
    assert one.clocks.unmet.named(DISPATCH)
    two = taken(sent(START + 2 * HOUR, "p2"), at=START + 3 * HOUR, order=one)
    assert purposes(two)[2:] == ["order_sent p2"]
    dispatch = two.clocks.named(DISPATCH)
    assert dispatch
    assert dispatch.met_at == START + 2 * HOUR


def test_a_delivered_order_is_told_once_and_nothing_is_promised_any_more() -> None:
    order = taken(placed(), sent(START), at=START)
    done = taken(arrived(START + DAY), at=START + DAY, order=order)
    assert purposes(done)[2:] == [Purpose.ORDER_DELIVERED]
    assert done.letters[-1].next_word is None
    deliver = done.clocks.named(DELIVER)
    assert deliver
    assert deliver.met_at == START + DAY
    assert names(done) == {DISPATCH, DELIVER, RETAIN}


def test_a_cancelled_order_that_was_paid_is_to_be_paid_back() -> None:
    order = taken(placed(), PAID)
    gone = taken(CANCELLED, at=START + 2 * HOUR, order=order)
    refund = gone.clocks.named(REFUND)
    assert refund
    assert (refund.set_at, refund.due) == (START + HOUR, START + HOUR + 14 * DAY)
    part = taken(refunded(START + DAY, 1_000), at=START + DAY, order=gone)
    assert part.clocks.unmet.named(REFUND)
    whole = taken(refunded(START + 2 * DAY, 10_190, "r2"), at=START + 2 * DAY, order=part)
    assert not whole.clocks.unmet.named(REFUND)
    assert purposes(whole)[-2:] == ["order_refunded r1", "order_refunded r2"]


def test_a_confirmation_that_was_not_sent_yet_is_not_sent_after_a_cancellation() -> None:
    gone = taken(CANCELLED, at=START + HOUR, order=taken(placed()))
    assert purposes(gone) == [Purpose.ORDER_CANCELLED]
    assert [mail.purpose for mail in gone.outbox.owed()] == [Purpose.ORDER_CANCELLED] if gone.outbox else False


def test_nothing_is_paid_back_that_was_not_paid_or_was_sent() -> None:
    assert REFUND not in names(taken(placed(), CANCELLED, at=START + HOUR))
    order = taken(placed(), PAID, sent(START, lines=[("l1", 2)]), CANCELLED, at=START + HOUR)
    assert order.clocks.unmet.named(REFUND)
    enough = taken(refunded(START + DAY, 11_190 - 9_800), at=START + DAY, order=order)
    assert not enough.clocks.unmet.named(REFUND)


# Who confirms ---------------------------------------------------------------------------------------------------------


def test_where_the_shop_confirms_we_only_watch() -> None:
    order = taken(placed(), confirmation="shop")
    assert purposes(order) == []
    assert order.clocks.unmet.named(CONFIRM)
    confirmed = taken(event(EventKind.CONFIRMED, START + HOUR), at=START + HOUR, order=order, confirmation="shop")
    assert purposes(confirmed) == []
    assert not confirmed.clocks.unmet.named(CONFIRM)


def test_where_the_shops_confirmation_fails_we_send_it_once_and_the_owner_hears() -> None:
    order = taken(placed(), confirmation="shop")
    for hours in (1, 2):
        failed = event(EventKind.CONFIRMATION_FAILED, START + hours * HOUR)
        order = taken(failed, at=START + hours * HOUR, order=order, confirmation="shop")
    assert purposes(order).count(Purpose.ORDER_CONFIRMED) == 1
    assert "order_task confirmation_failed" in purposes(order)


def test_a_failure_before_the_confirmation_that_came_is_no_failure() -> None:
    some = [placed(), event(EventKind.CONFIRMATION_FAILED, START), event(EventKind.CONFIRMED, START + HOUR)]
    assert purposes(taken(*some, at=START + HOUR, confirmation="shop")) == []


# What happened long ago, and nobody to tell ---------------------------------------------------------------------------


def test_an_import_of_old_orders_sends_no_letters_and_breaks_no_promises() -> None:
    now = START + 60 * DAY
    for some in ([], [sent(START + DAY)], [sent(START + DAY), arrived(START + 3 * DAY)], [PAID, CANCELLED]):
        order = taken(placed(), *some, at=now)
        assert purposes(order) == []
        assert all(clock.due > now or clock.met_at for clock in order.clocks.without(REFUND))


def test_what_happens_now_to_an_imported_order_is_told() -> None:
    order = taken(placed(), at=START + 5 * DAY)
    assert names(order) == {DELIVER, SILENCE, RETAIN}
    later = taken(sent(START + 6 * DAY), at=START + 6 * DAY, order=order)
    assert purposes(later) == ["order_sent p1"]


def test_letters_to_nobody_are_a_task_for_the_shop_once() -> None:
    nobody = placed(basket=replace(BASKET, buyer=replace(BASKET.buyer, address="")))
    order = taken(sent(START), order=taken(nobody))
    assert purposes(order) == ["order_task no_address"]
    assert {CONFIRM, SILENCE}.isdisjoint(names(order))
    assert order.clocks.named(DISPATCH)


def test_events_before_the_order_wait_for_it() -> None:
    order = taken(sent(START))
    assert (purposes(order), names(order)) == ([], {RETAIN})
    whole = taken(placed(START - HOUR), at=START + HOUR, order=order)
    assert purposes(whole) == [Purpose.ORDER_CONFIRMED, "order_sent p1"]
    assert state(whole.events).basket


def test_a_parcel_that_could_not_be_delivered_is_a_task_for_the_shop() -> None:
    failed = event(EventKind.FAILED, START + HOUR, parcel=Parcel("p1", status="refused"))
    order = taken(placed(), sent(START), at=START)
    assert purposes(taken(failed, at=START + HOUR, order=order))[-1] == "order_task failed p1"


def test_a_digital_order_is_over_when_it_is_paid() -> None:
    digital = replace(BASKET, lines=(replace(LAMP, digital=True), replace(BULB, digital=True)))
    order = taken(placed(basket=digital))
    assert names(order) == {CONFIRM, SILENCE, RETAIN}
    assert names(taken(PAID, order=order)) == {RETAIN}


def test_a_suspected_price_holds_the_order_before_any_letter_accepts_it() -> None:
    order = take(None, [placed()], context(), Arrival(REF, "events", suspected=("LAMP-1",)))
    assert (order.hold, order.held_at) == (Hold.PRICE_CHECK, START)
    assert purposes(order) == ["order_task price_check", "order_confirmed received"]
    assert order.outbox
    owners = {agent.address for agent in context().shop.agents if agent.role == "owner"}
    assert {mail.to for mail in order.outbox.owed() if mail.purpose is Purpose.ORDER_TASK} == owners


@pytest.mark.parametrize("amount", [1, 40])
def test_the_policys_periods_are_those_of_the_clocks(amount: int) -> None:
    order = taken(placed(), dispatch=Period(amount, Unit.DAYS))
    dispatch = order.clocks.named(DISPATCH)
    assert dispatch
    assert dispatch.due.date() == (START + amount * DAY).date()


class TestAnotherAddressOfTheBuyer:
    """Whoever was written to by mistake reads no more of the order, and the buyer gets what they never got."""

    NEW = "mira.holm@example.org"

    def _moved(self, order: Order, at: datetime) -> Order:
        return taken(changed(at, buyer=replace(BASKET.buyer, address=self.NEW)), at=at, order=order)

    def test_the_confirmation_goes_there_and_the_old_links_end(self) -> None:
        order = taken(placed(), at=START)
        claimed = claim(order, START)
        assert claimed and claimed.outbox
        mail = claimed.outbox.owed()[0]
        said = sent_mail(claimed, claimed.outbox.attempts, [Accepted(mail, "ses-1", START)])
        after = self._moved(said, START + HOUR)
        assert after.link_version == order.link_version + 1
        assert after.outbox
        assert [(each.purpose, each.to) for each in after.outbox.owed()] == [(Purpose.ORDER_CONFIRMED, self.NEW)]

    def test_what_is_owed_still_goes_there_once(self) -> None:
        after = self._moved(taken(placed(), at=START), START + HOUR)
        assert after.outbox
        assert [(each.purpose, each.to) for each in after.outbox.owed()] == [(Purpose.ORDER_CONFIRMED, self.NEW)]

    def test_another_spelling_of_the_same_address_changes_nothing(self) -> None:
        order = taken(placed(), at=START)
        after = taken(changed(START + HOUR, buyer=replace(BASKET.buyer, address=MIRA.upper())), at=START, order=order)
        assert after.link_version == order.link_version
        assert purposes(after) == purposes(order)
