"""The outbox's states, one after the other. How senders meet in it:
tests/unit/services/delivery/test_posting_interleaved.py."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.outbox import (
    LEASE,
    LONGEST_PAUSE,
    MISSED_AFTER,
    Delivery,
    DeliveryStatus,
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


def test_nothing_owed_is_no_outbox() -> None:
    assert boxes.queue([], START) is None
    assert not boxes.claimable(None, START)


def test_what_is_queued_can_be_claimed_at_once_and_wakes_the_due_work_soon() -> None:
    assert queued().stage is Stage.QUEUED
    assert queued().wake_at == START + MISSED_AFTER
    assert boxes.claimable(queued(), START)


def test_a_claim_keeps_others_away_until_its_lease_is_over() -> None:
    held = boxes.claim(queued(), START)
    assert held.stage is Stage.CLAIMED
    assert not boxes.claimable(held, START + LEASE - timedelta(microseconds=1))
    assert boxes.claimable(held, START + LEASE)


def test_each_claim_is_another() -> None:
    first = boxes.claim(queued(), START)
    second = boxes.claim(first, START + LEASE)
    assert boxes.holds(first, 1)
    assert boxes.holds(second, 2)
    assert not boxes.holds(second, 1)
    assert not boxes.holds(queued(), 0)


def test_with_each_mail_the_lease_begins_anew() -> None:
    held = boxes.settle(boxes.claim(queued(), START), 1, ONE, SENT, START + timedelta(seconds=20))
    assert held.owed() == (TWO,)
    assert held.stage is Stage.CLAIMED
    assert held.wake_at == START + timedelta(seconds=20) + LEASE


def test_who_lost_the_claim_notes_what_was_sent_and_renews_nothing() -> None:
    taken_over = boxes.claim(boxes.claim(queued(), START), START + LEASE)
    noted = boxes.settle(taken_over, 1, ONE, SENT, START + LEASE)
    assert noted.owed() == (TWO,)
    assert replace(noted, deliveries=taken_over.deliveries) == taken_over
    assert boxes.defer(taken_over, 1, START) == taken_over


def test_with_the_last_mail_it_is_done_for_good() -> None:
    held = boxes.settle(boxes.claim(queued(), START), 1, ONE, SENT, START)
    done = boxes.settle(held, 1, TWO, replace(TWO, status=DeliveryStatus.REFUSED), START)
    assert done.stage is Stage.DONE
    assert not boxes.claimable(done, START + timedelta(days=999))


def test_what_was_settled_before_is_not_settled_otherwise() -> None:
    held = boxes.settle(boxes.claim(queued(), START), 1, ONE, SENT, START)
    again = boxes.settle(held, 1, ONE, replace(ONE, status=DeliveryStatus.REFUSED), START)
    assert again.deliveries[0] == SENT


def test_what_was_put_off_can_be_claimed_at_once_and_wakes_the_due_work_ever_later() -> None:
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


def test_what_is_added_wakes_the_sender_unless_one_is_at_it() -> None:
    more = Delivery(Purpose.UNDELIVERED, "ada@northlight.example")
    later = START + timedelta(hours=1)
    done = replace(queued(), deliveries=(SENT,), stage=Stage.DONE)
    again = boxes.add(done, [more], later)
    assert (again.stage, again.owed(), again.wake_at) == (Stage.QUEUED, (more,), later + MISSED_AFTER)
    held = boxes.claim(queued(), START)
    assert boxes.add(held, [more], START) == replace(held, deliveries=(ONE, TWO, more))


def test_what_is_owed_already_is_not_added() -> None:
    assert boxes.add(queued(), [ONE], START + timedelta(hours=1)) == queued()


class TestItsMails:
    box = Outbox((SENT, ONE, TWO), Stage.QUEUED, START)

    def test_are_owed_until_they_are_sent(self) -> None:
        assert self.box.owes(Purpose.ACKNOWLEDGEMENT)
        assert self.box.owes(Purpose.ANSWER, Purpose.NOTIFICATION_NEW)
        assert not self.box.owes(Purpose.ANSWER)
        assert not replace(self.box, deliveries=(SENT,)).owes(Purpose.ACKNOWLEDGEMENT)

    def test_are_dropped_by_purpose_as_far_as_they_are_owed(self) -> None:
        assert self.box.without(Purpose.ACKNOWLEDGEMENT) == replace(self.box, deliveries=(SENT, TWO))
        assert self.box.without(Purpose.ANSWER) == self.box

    def test_change_each_in_its_place(self) -> None:
        other = replace(TWO, to="tom@northlight.example")
        assert self.box.instead({TWO: other, replace(TWO, to="eve@example.com"): ONE}).deliveries == (SENT, ONE, other)

    def test_to_the_customer_go_to_their_new_address(self) -> None:
        there = "mira@example.org"
        assert self.box.redirect("Mira@example.com", there).deliveries == (SENT, replace(ONE, to=there), TWO)

    def test_to_others_or_on_their_way_go_where_they_went(self) -> None:
        assert self.box.redirect(TWO.to, "mira@example.org") == self.box
        assert self.box.redirect(ONE.to, "") == self.box
        taken_on = boxes.claim(self.box, START)
        assert taken_on.redirect(ONE.to, "mira@example.org") == taken_on
