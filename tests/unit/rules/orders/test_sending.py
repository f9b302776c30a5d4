"""What the sending of a mail changes on its order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.delivery.sending import Accepted
from chalicelib.rules.orders.duties import sending
from chalicelib.rules.orders.duties.owing import MOST_LETTERS, MOST_MAILS, letter_of, owe, task
from chalicelib.rules.orders.duties.promising import CONFIRM, TELL_STOCK
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.outbox import Audience, DeliveryStatus, Purpose, Stage, Unsent
from tests.support.orders.made import MIRA, context, out_of_stock, placed, purposes, sent, taken
from tests.support.store.fakes import START

LATER = START + timedelta(minutes=1)


def claimed(order: Order) -> tuple[Order, int]:
    found = sending.claim(order, LATER)
    assert found
    assert found.outbox
    return found, found.outbox.attempts


def posted(order: Order) -> Order:
    order, claim = claimed(order)
    assert order.outbox
    return sending.sent(order, claim, [Accepted(mail, f"ses-{n}", LATER) for n, mail in enumerate(order.outbox.own())])


def test_a_claimed_order_is_claimed_by_nobody_else() -> None:
    order, _ = claimed(taken(placed()))
    assert order.version == 2
    assert sending.claim(order, LATER) is None
    assert sending.claim(replace(order, outbox=None), LATER) is None


def test_a_sent_confirmation_meets_its_promise() -> None:
    order = posted(taken(placed()))
    confirm = order.clocks.named(CONFIRM)
    assert confirm
    assert confirm.met_at == LATER
    assert order.outbox
    assert (order.outbox.stage, order.outbox.deliveries[0].status) == (Stage.DONE, DeliveryStatus.SENT)


def test_word_of_stock_meets_its_promise_when_the_last_of_its_letters_is_sent() -> None:
    order = taken(out_of_stock(START), out_of_stock(START, "l2"), order=posted(taken(placed())))
    order, claim = claimed(order)
    assert order.outbox
    one, two = order.outbox.own()
    order = sending.sent(order, claim, [Accepted(one, "a", LATER)])
    assert order.clocks.unmet.named(TELL_STOCK)
    order = sending.sent(order, claim, [Accepted(two, "b", LATER)])
    assert not order.clocks.unmet.named(TELL_STOCK)


def test_two_parcels_are_two_mails_and_each_has_its_letter() -> None:
    order = taken(sent(START, "p1", [("l1", 1)]), sent(START, "p2", [("l1", 1)]), order=posted(taken(placed())))
    assert order.outbox
    letters = [letter_of(order, mail) for mail in order.outbox.own()]
    assert [letter.about for letter in letters if letter] == ["p1", "p2"]


@pytest.mark.parametrize("why", [Unsent.SUPPRESSED, "MessageRejected: no"])
def test_a_mail_to_the_customer_that_is_refused_is_a_task_for_the_shop(why: Unsent | str) -> None:
    order, claim = claimed(taken(placed()))
    assert order.outbox
    (mail,) = order.outbox.own()
    after = sending.refused(order, claim, mail, why, context(LATER))
    assert purposes(after)[-1] == "order_task undelivered"
    assert after.outbox
    assert after.outbox.deliveries[0].status is DeliveryStatus.REFUSED
    assert after.outbox.owes(Purpose.ORDER_TASK)
    assert after.clocks.unmet.named(CONFIRM)
    assert MIRA not in str(after.log)


def test_a_refused_task_is_no_new_task() -> None:
    order, claim = claimed(task(taken(placed()), "silence", ["owner"], context()))
    assert order.outbox
    mail = next(each for each in order.outbox.own() if each.purpose is Purpose.ORDER_TASK)
    after = sending.refused(order, claim, mail, "MessageRejected", context(LATER))
    assert purposes(after) == purposes(order)


def test_a_mail_that_was_not_taken_is_tried_again_later() -> None:
    order, claim = claimed(taken(placed()))
    later = sending.defer(order, claim, LATER)
    assert later.outbox
    assert (later.outbox.stage, later.outbox.owes(Purpose.ORDER_CONFIRMED)) == (Stage.RETRY, True)
    unclear = sending.unanswered(order, claim)
    assert unclear.outbox
    assert unclear.outbox.stage is Stage.CLAIMED


@pytest.mark.parametrize("event", list(DeliveryEvent))
def test_a_bounce_is_noted_once_and_the_shop_hears_unless_it_is_only_late(event: DeliveryEvent) -> None:
    order = posted(taken(placed()))
    report = Report(event, (MIRA,), "5.1.1", "no such mailbox")
    after = sending.reported(order, "ses-0", report, context(LATER))
    assert after
    assert after.version == order.version + 1
    assert ("order_task undelivered" in purposes(after)) == (event is not DeliveryEvent.DELAYED)
    assert MIRA not in str(after.log)
    again = sending.reported(after, "ses-0", report, context(LATER))
    assert (again is None) == (event is not DeliveryEvent.DELAYED)
    assert sending.reported(order, "another", report, context(LATER)) is None


def test_letters_and_mails_of_years_stay_bounded_and_the_confirmation_is_remembered() -> None:
    order = posted(taken(placed()))
    for number in range(300):
        order = posted(task(order, f"dispatch {number}", ["owner"], context()))
    assert len(order.letters) <= MOST_LETTERS
    assert order.outbox
    assert len(order.outbox.deliveries) <= MOST_MAILS + 2
    assert purposes(order)[0] == Purpose.ORDER_CONFIRMED


def test_a_letter_owed_while_one_is_being_sent_is_sent_after_it() -> None:
    order, claim = claimed(taken(placed()))
    more = owe(order, Purpose.ORDER_CHANGED, context(LATER))
    assert more.outbox
    assert more.outbox.stage is Stage.CLAIMED
    first = more.outbox.own()[0]
    left = sending.sent(more, claim, [Accepted(first, "a", LATER)])
    assert left.outbox
    assert [mail.purpose for mail in left.outbox.own()] == [Purpose.ORDER_CHANGED]
    assert all(mail.purpose.audience is Audience.CUSTOMER for mail in left.outbox.deliveries)
