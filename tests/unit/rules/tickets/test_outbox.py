"""The outbox's states, one after the other. How several senders share it:
tests/unit/services/delivery/test_sending_interleaved.py."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.outbox import (
    LEASE,
    LONGEST_PAUSE,
    MISSED_AFTER,
    Audience,
    Delivery,
    DeliveryStatus,
    Nature,
    Outbox,
    Purpose,
    Stage,
)
from tests.support.store.fakes import START

ONE = Delivery(Purpose.ACKNOWLEDGEMENT, "mira@example.com")
TWO = Delivery(Purpose.NOTIFICATION_NEW, "ada@northlight.example")
SENT = replace(ONE, status=DeliveryStatus.SENT, ses_id="1", at=START)


def queued() -> Outbox:
    box = boxes.queue([ONE, TWO], START)
    assert box
    return box


def test_each_purpose_says_what_its_mail_is_in_law() -> None:
    adverts = [purpose for purpose in Purpose if purpose.nature is Nature.ADVERT]
    assert adverts == [Purpose.REVIEW_REQUEST, Purpose.ORDER_THANKS]
    assert all(purpose.audience is Audience.CUSTOMER for purpose in adverts)


def test_without_deliveries_there_is_no_outbox() -> None:
    assert boxes.queue([], START) is None
    assert not boxes.claimable(None, START)


def test_a_queued_outbox_can_be_claimed_at_once_and_is_due_soon() -> None:
    assert queued().stage is Stage.QUEUED
    assert queued().wake_at == START + MISSED_AFTER
    assert boxes.claimable(queued(), START)


def test_a_claim_keeps_others_away_until_its_lease_is_over() -> None:
    held = boxes.claim(queued(), START)
    assert held.stage is Stage.CLAIMED
    assert not boxes.claimable(held, START + LEASE - timedelta(microseconds=1))
    assert boxes.claimable(held, START + LEASE)


def test_each_claim_has_its_own_number() -> None:
    first = boxes.claim(queued(), START)
    second = boxes.claim(first, START + LEASE)
    assert boxes.holds(first, 1)
    assert boxes.holds(second, 2)
    assert not boxes.holds(second, 1)
    assert not boxes.holds(queued(), 0)


def test_each_settled_mail_renews_the_lease() -> None:
    held = boxes.settle(boxes.claim(queued(), START), 1, ONE, SENT, START + timedelta(seconds=20))
    assert held.owed() == (TWO,)
    assert held.stage is Stage.CLAIMED
    assert held.wake_at == START + timedelta(seconds=20) + LEASE


def test_a_sender_that_lost_its_claim_records_its_mail_and_renews_no_lease() -> None:
    taken_over = boxes.claim(boxes.claim(queued(), START), START + LEASE)
    noted = boxes.settle(taken_over, 1, ONE, SENT, START + LEASE)
    assert noted.owed() == (TWO,)
    assert replace(noted, deliveries=taken_over.deliveries) == taken_over
    assert boxes.defer(taken_over, 1, START) == taken_over


def test_after_the_last_mail_the_outbox_is_done() -> None:
    held = boxes.settle(boxes.claim(queued(), START), 1, ONE, SENT, START)
    done = boxes.settle(held, 1, TWO, replace(TWO, status=DeliveryStatus.REFUSED), START)
    assert done.stage is Stage.DONE
    assert not boxes.claimable(done, START + timedelta(days=999))


def test_a_settled_mail_is_not_settled_again() -> None:
    held = boxes.settle(boxes.claim(queued(), START), 1, ONE, SENT, START)
    again = boxes.settle(held, 1, ONE, replace(ONE, status=DeliveryStatus.REFUSED), START)
    assert again.deliveries[0] == SENT


def test_a_deferred_outbox_can_be_claimed_at_once_and_is_due_later_each_time() -> None:
    pauses = []
    box = queued()
    for attempt in range(1, 12):
        box = boxes.defer(boxes.claim(box, START), attempt, START)
        assert box.stage is Stage.RETRY
        assert boxes.claimable(box, START)
        pauses.append(box.wake_at - START)
    assert pauses[0] == timedelta(minutes=2)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_an_added_mail_is_due_soon_unless_the_outbox_is_claimed() -> None:
    more = Delivery(Purpose.UNDELIVERED, "ada@northlight.example")
    later = START + timedelta(hours=1)
    done = replace(queued(), deliveries=(SENT,), stage=Stage.DONE)
    again = boxes.add(done, [more], later)
    assert (again.stage, again.owed(), again.wake_at) == (Stage.QUEUED, (more,), later + MISSED_AFTER)
    held = boxes.claim(queued(), START)
    assert boxes.add(held, [more], START) == replace(held, deliveries=(ONE, TWO, more))


def test_a_mail_that_is_owed_already_is_not_added() -> None:
    assert boxes.add(queued(), [ONE], START + timedelta(hours=1)) == queued()


class TestCause:
    def test_mails_keep_the_id_of_what_caused_them_until_they_are_sent(self) -> None:
        box = boxes.caused(queued(), "request-1")
        assert box == replace(queued(), cause="request-1")
        held = boxes.caused(boxes.claim(box, START), "request-2")
        assert held.cause == "request-1"
        assert boxes.defer(held, held.attempts, START).cause == "request-1"

    def test_mails_that_are_added_when_all_were_sent_have_another_cause(self) -> None:
        done = replace(queued(), deliveries=(SENT,), stage=Stage.DONE, cause="request-1")
        assert boxes.caused(done, "request-2") == done
        again = boxes.add(done, [ONE], START)
        assert (again.cause, boxes.caused(again, "request-2").cause) == ("", "request-2")
        waiting = replace(queued(), cause="request-1")
        assert boxes.add(waiting, [Delivery(Purpose.UNDELIVERED, "ada@northlight.example")], START).cause == "request-1"


class TestDeliveries:
    box = Outbox((SENT, ONE, TWO), Stage.QUEUED, START)

    def test_deliveries_are_owed_until_they_are_sent(self) -> None:
        assert self.box.owes(Purpose.ACKNOWLEDGEMENT)
        assert self.box.owes(Purpose.ANSWER, Purpose.NOTIFICATION_NEW)
        assert not self.box.owes(Purpose.ANSWER)
        assert not replace(self.box, deliveries=(SENT,)).owes(Purpose.ACKNOWLEDGEMENT)

    def test_only_owed_deliveries_are_dropped_by_purpose(self) -> None:
        assert self.box.without(Purpose.ACKNOWLEDGEMENT) == replace(self.box, deliveries=(SENT, TWO))
        assert self.box.without(Purpose.ANSWER) == self.box

    def test_deliveries_are_changed_in_their_place(self) -> None:
        other = replace(TWO, to="tom@northlight.example")
        assert self.box.instead({TWO: other, replace(TWO, to="eve@example.com"): ONE}).deliveries == (SENT, ONE, other)

    def test_owed_mail_to_the_customer_goes_to_their_new_address(self) -> None:
        there = "mira@example.org"
        assert self.box.redirect("Mira@example.com", there).deliveries == (SENT, replace(ONE, to=there), TWO)

    def test_mail_to_others_or_being_sent_keeps_its_address(self) -> None:
        assert self.box.redirect(TWO.to, "mira@example.org") == self.box
        assert self.box.redirect(ONE.to, "") == self.box
        taken_on = boxes.claim(self.box, START)
        assert taken_on.redirect(ONE.to, "mira@example.org") == taken_on
