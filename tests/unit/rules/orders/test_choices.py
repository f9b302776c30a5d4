"""A line out of stock: what its customer may choose, and what silence means."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import NotOpen
from chalicelib.rules.orders.choices import choose, ended, open_choices
from chalicelib.rules.orders.duties.owing import was_owed
from chalicelib.rules.orders.duties.promising import TELL_STOCK, choice_of
from chalicelib.rules.orders.events import Alternative, EventKind, LinePart, OrderEvent, Refund, Stock
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.orders.steps import step
from chalicelib.rules.tickets.clocks import REFUND
from chalicelib.rules.tickets.due_dates import end_of
from chalicelib.rules.tickets.outbox import Purpose
from tests.support.orders.made import BULB, changed, context, event, out_of_stock, placed, purposes, sent, taken
from tests.support.store.fakes import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = date(2026, 12, 10)
PAID = event(EventKind.PAID, START)
OTHER = Alternative("LAMP-2", "Lamp Bea", 4_500)


def waiting(**stock: Any) -> Order:
    """A paid order whose confirmation was sent, and of which the lamps are out of stock."""
    order = replace(taken(placed(), PAID), outbox=None)
    return taken(out_of_stock(START + HOUR, **stock), at=START + HOUR, order=order)


def silent(order: Order, days: int = 8) -> Order:
    after = step(order, context(START + days * DAY))
    assert after
    return after


def test_a_line_out_of_stock_is_told_with_a_choice_and_the_telling_is_promised() -> None:
    order = waiting(expected=SOON, alternatives=(OTHER,))
    assert purposes(order)[-1] == "order_out_of_stock l1"
    assert order.clocks.unmet.named(TELL_STOCK)
    (choice,) = open_choices(order, context(START + HOUR))
    assert (choice.line, choice.stock.alternatives, choice.so_far) == ("l1", (OTHER,), None)
    assert choice.until == START + HOUR + 7 * DAY
    assert open_choices(order, context(choice.until)) == ()


@pytest.mark.parametrize(("choice", "sku"), [(Choice.WAIT, ""), (Choice.ALTERNATIVE, "LAMP-2"), (Choice.CANCEL, "")])
def test_each_choice_is_kept_confirmed_and_a_task_unless_it_is_to_wait(choice: Choice, sku: str) -> None:
    order = choose(waiting(alternatives=(OTHER,)), "l1", choice, sku, context(START + DAY))
    (chosen,) = order.choices
    assert (chosen.line, chosen.choice, chosen.sku, chosen.at) == ("l1", choice, sku, START + DAY)
    assert was_owed(order, Purpose.ORDER_CHOICE_MADE, "l1")
    assert was_owed(order, Purpose.ORDER_TASK, "choice l1") == (choice is not Choice.WAIT)
    assert (chosen.done_at is not None) == (choice is Choice.WAIT)
    assert bool(order.clocks.named(REFUND)) == (choice is Choice.CANCEL)
    assert choose(order, "l1", choice, sku, context(START + DAY)) is order
    assert [(entry.actor, entry.detail) for entry in order.log] == [("customer", f'act="choose {choice.value}"')]


def test_a_choice_may_be_changed_and_a_cancelled_line_need_not_be_paid_back_then() -> None:
    order = choose(waiting(), "l1", Choice.CANCEL, "", context(START + DAY))
    assert open_choices(order, context(START + DAY))[0].so_far == order.choices[0]
    other = choose(order, "l1", Choice.WAIT, "", context(START + 2 * DAY))
    assert [each.choice for each in other.choices] == [Choice.WAIT]
    assert not other.clocks.named(REFUND)
    assert other.version == order.version + 1


@given(st.sampled_from(Choice), st.sampled_from(["", "LAMP-2", "LAMP-9"]), st.sampled_from(["l1", "l2", "no"]))
def test_only_what_is_open_can_be_chosen(choice: Choice, sku: str, line: str) -> None:
    order = waiting(alternatives=(OTHER,))
    fits = line == "l1" and (sku == "LAMP-2" if choice is Choice.ALTERNATIVE else not sku)
    if fits:
        assert choose(order, line, choice, sku, context(START + DAY)).choices
    else:
        with pytest.raises(NotOpen):
            choose(order, line, choice, sku, context(START + DAY))


def test_nothing_is_to_choose_about_a_line_that_was_sent_cancelled_or_is_back() -> None:
    for news in (
        sent(START + 2 * HOUR),
        event(EventKind.CANCELLED, START + 2 * HOUR),
        event(EventKind.BACK_IN_STOCK, START + 2 * HOUR, stock=Stock("l1")),
    ):
        order = taken(news, at=START + 2 * HOUR, order=waiting())
        assert open_choices(order, context(START + 2 * HOUR)) == ()
        assert not order.clocks.named(choice_of("l1"))
        assert not order.clocks.unmet.named(TELL_STOCK)
        with pytest.raises(NotOpen):
            choose(order, "l1", Choice.WAIT, "", context(START + 2 * HOUR))


def test_a_letter_about_a_line_that_is_back_is_not_sent_any_more() -> None:
    back = event(EventKind.BACK_IN_STOCK, START + 2 * HOUR, stock=Stock("l1"))
    order = taken(back, at=START + 2 * HOUR, order=waiting())
    assert order.outbox
    assert order.outbox.owed() == ()
    assert not was_owed(order, Purpose.ORDER_OUT_OF_STOCK, "l1")


# Silence --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "choice"),
    [
        (date(2026, 12, 10), Choice.WAIT),
        (date(2026, 12, 27), Choice.WAIT),  # 30 days after the promised dispatch
        (date(2026, 12, 28), Choice.CANCEL),
        (None, Choice.CANCEL),
    ],
)
def test_silence_waits_for_a_first_definite_delay_of_at_most_thirty_days(expected: date | None, choice: Choice) -> None:
    order = silent(waiting(expected=expected))
    (chosen,) = order.choices
    assert (chosen.choice, chosen.by_silence) == (choice, True)
    assert was_owed(order, Purpose.ORDER_CHOICE_MADE, "l1")
    assert bool(order.clocks.named(REFUND)) == (choice is Choice.CANCEL)
    assert not order.clocks.named(choice_of("l1"))


def test_silence_about_a_further_delay_cancels_even_after_waiting_was_chosen() -> None:
    order = choose(waiting(expected=SOON), "l1", Choice.WAIT, "", context(START + DAY))
    again = taken(out_of_stock(START + 2 * DAY, expected=date(2026, 12, 15)), at=START + 2 * DAY, order=order)
    assert again.choices == ()
    assert purposes(again).count("order_out_of_stock l1") == 2
    assert silent(again, 10).choices[0].choice is Choice.CANCEL


def after_its_day(order: Order, days: int = 1) -> Order:
    """The order when the expected day (SOON) is over for so many days; every step was taken as it was due."""
    until = end_of(SOON, context().shop.hours) + days * DAY
    while (at := order.clocks.next_step) and at < until:
        order = replace(step(order, context(at)) or order, outbox=None)
    return order


@pytest.mark.parametrize("chosen", [True, False])
def test_whoever_waits_is_asked_again_when_the_day_passes_without_news_and_silence_then_cancels(chosen: bool) -> None:
    order = waiting(expected=SOON)
    if chosen:
        order = choose(order, "l1", Choice.WAIT, "", context(START + DAY))
    order = after_its_day(order)
    assert purposes(order).count("order_out_of_stock l1") == 2
    assert order.choices == ()
    (choice,) = open_choices(order, context(end_of(SOON, context().shop.hours)))
    assert choice.until == end_of(SOON, context().shop.hours) + 7 * DAY
    (left,) = after_its_day(order, 8).choices
    assert (left.choice, left.by_silence) == (Choice.CANCEL, True)
    again = choose(order, "l1", Choice.WAIT, "", context(choice.until - HOUR))
    assert [each.choice for each in after_its_day(again, 20).choices] == [Choice.WAIT]


@pytest.mark.parametrize(
    "news",
    [
        event(EventKind.BACK_IN_STOCK, START + 3 * DAY, stock=Stock("l1")),
        sent(START + 3 * DAY, lines=(("l1", None),)),
        event(EventKind.CANCELLED, START + 3 * DAY),
    ],
    ids=["back", "sent", "cancelled"],
)
def test_nobody_is_asked_again_when_there_was_news(news: OrderEvent) -> None:
    order = taken(news, at=START + 3 * DAY, order=replace(waiting(expected=SOON), outbox=None))
    assert purposes(after_its_day(order)).count("order_out_of_stock l1") == 1


def test_another_day_is_asked_about_when_it_is_told_and_again_when_it_is_over() -> None:
    later = replace(waiting(expected=SOON - 3 * DAY), outbox=None)
    later = taken(out_of_stock(START + 2 * DAY, expected=SOON), at=START + 2 * DAY, order=later)
    later = choose(replace(later, outbox=None), "l1", Choice.WAIT, "", context(START + 3 * DAY))
    assert purposes(after_its_day(later)).count("order_out_of_stock l1") == 3


def test_a_line_that_was_cancelled_is_not_asked_about_when_its_day_passes() -> None:
    order = choose(waiting(expected=SOON), "l1", Choice.CANCEL, "", context(START + DAY))
    assert purposes(after_its_day(order)).count("order_out_of_stock l1") == 1


def test_a_choice_that_was_made_stays_when_the_time_is_over() -> None:
    order = choose(waiting(), "l1", Choice.WAIT, "", context(START + DAY))
    assert ended(order, "l1", context(START + 8 * DAY)).choices == order.choices


def test_a_cancelled_line_stays_so_whatever_is_said_of_its_stock() -> None:
    order = choose(waiting(), "l1", Choice.CANCEL, "", context(START + DAY))
    again = taken(out_of_stock(START + 2 * DAY, expected=SOON), at=START + 2 * DAY, order=order)
    assert [each.choice for each in again.choices] == [Choice.CANCEL]


# Proof ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "proof",
    [
        changed(START + 2 * DAY, lines=(BULB,)),
        event(EventKind.CANCELLED, START + 2 * DAY),
        event(EventKind.REFUNDED, START + 2 * DAY, refund=Refund("r1", 9_800, (LinePart("l1"),))),
    ],
)
def test_a_cancelled_line_is_done_when_an_event_proves_it(proof: object) -> None:
    order = choose(waiting(), "l1", Choice.CANCEL, "", context(START + DAY))
    assert order.choices[0].done_at is None
    assert taken(proof, at=START + 2 * DAY, order=order).choices[0].done_at  # type: ignore[arg-type]
    unrelated = changed(START + 2 * DAY, payment="card")
    assert taken(unrelated, at=START + 2 * DAY, order=order).choices[0].done_at is None


def test_an_alternative_is_done_when_it_took_the_lines_place() -> None:
    order = choose(waiting(alternatives=(OTHER,)), "l1", Choice.ALTERNATIVE, "LAMP-2", context(START + DAY))
    other = event(EventKind.SUBSTITUTED, START + 2 * DAY, parts=(LinePart("l1"),), substitute=OTHER)
    assert taken(other, at=START + 2 * DAY, order=order).choices[0].done_at == START + 2 * DAY


def test_several_lines_are_told_and_chosen_each_by_itself() -> None:
    order = taken(out_of_stock(START + HOUR, "l2"), at=START + HOUR, order=waiting())
    assert [each.line for each in open_choices(order, context(START + HOUR))] == ["l1", "l2"]
    one = choose(order, "l2", Choice.CANCEL, "", context(START + DAY))
    both = choose(one, "l1", Choice.CANCEL, "", context(START + DAY))
    assert {each.line for each in both.choices} == {"l1", "l2"}
