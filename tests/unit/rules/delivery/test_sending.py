"""How sending changes tickets and messages: claim, sent, refused, deferred."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.delivery import sending
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import LEASE, DeliveryStatus, Stage
from chalicelib.rules.tickets.ticket import Message, SentId, Ticket
from tests.support import samples
from tests.support.store.fakes import START

LATER = START + timedelta(seconds=3)


def held() -> Ticket:
    change = sending.claim(samples.ticket(), START)
    assert change
    assert change.ticket
    return change.ticket


def held_message() -> Message:
    change = sending.claim(samples.message_of(samples.reply(samples.ticket())), START)
    assert change
    assert change.ticket is None
    return samples.message_of(change)


def test_a_claim_is_the_next_version() -> None:
    assert held().version == 2
    assert held_message().version == 2


def test_a_claimed_or_finished_outbox_cannot_be_claimed() -> None:
    assert sending.claim(held(), LATER) is None
    assert sending.claim(held(), START + LEASE) is not None
    assert sending.claim(replace(samples.ticket(), outbox=None), START) is None


def test_a_sent_acknowledgement_meets_its_promise_and_its_id_is_kept() -> None:
    item = held()
    assert item.outbox
    change = sending.sent(item, 1, [sending.Accepted(item.outbox.owed()[0], "ses-1", LATER)])
    assert change.ticket
    clock = change.ticket.clock(ACKNOWLEDGE)
    assert clock
    assert clock.met_at == LATER
    assert change.sent == (SentId("ses-1", samples.REF, LATER),)
    assert change.ticket.outbox
    assert change.ticket.outbox.deliveries[0].ses_id == "ses-1"


def test_a_notification_meets_no_promise() -> None:
    item = held()
    assert item.outbox
    change = sending.sent(item, 1, [sending.Accepted(item.outbox.owed()[1], "ses-1", LATER)])
    assert change.ticket
    assert change.ticket.clocks == item.clocks


def test_a_messages_mail_changes_only_the_message() -> None:
    item = held_message()
    assert item.outbox
    change = sending.sent(item, 1, [sending.Accepted(item.outbox.owed()[0], "ses-1", LATER)])
    assert change.ticket is None
    assert samples.message_of(change).version == 3


def test_a_refusal_is_logged_in_bounded_words() -> None:
    item = held()
    assert item.outbox
    change = sending.refused(item, 1, item.outbox.owed()[0], "MessageRejected: mira " + "no " * 1000, LATER)
    assert change.ticket
    assert change.ticket.outbox
    refused = change.ticket.outbox.deliveries[0]
    assert refused.status is DeliveryStatus.REFUSED
    assert len(refused.error or "") == 200
    said = [(entry.action, entry.detail) for entry in change.log]
    assert said == [(Action.NOT_SENT, "purpose=acknowledgement error=MessageRejected")]


def test_a_deferred_mail_waits_for_another_try() -> None:
    change = sending.defer(held(), 1, LATER)
    assert change.ticket
    assert change.ticket.outbox
    assert change.ticket.outbox.stage is Stage.RETRY


def test_a_finished_outbox_cannot_be_deferred() -> None:
    with pytest.raises(ValueError, match="owes no mail"):
        sending.defer(replace(samples.ticket(), outbox=None), 1, LATER)
