"""What a bounce, delay or complaint changes: it is noted once, and agents hear of it when a customer did not get the
mail."""

from dataclasses import replace

import pytest

from chalicelib.rules.delivery import sending
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report, note, undelivered
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Outbox, Purpose, Stage, claim
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from tests.support import samples
from tests.support.store.fakes import START

MIRA, ADA, TOM = "mira.holm@example.com", "ada@northlight.example", "tom@northlight.example"
SHOP = samples.northlight()
ACK, NEWS = "id-of-the-acknowledgement", "id-of-the-notification"
BOUNCED = Report(DeliveryEvent.BOUNCED, (MIRA,), "5.1.1", "smtp; 550 user unknown")
GIVEN_UP = Report(DeliveryEvent.FAILED, (MIRA,), "4.2.2", "mailbox full")
COMPLAINED = Report(DeliveryEvent.COMPLAINED, (MIRA,), None, "abuse")
DELAYED = Report(DeliveryEvent.DELAYED, (MIRA,), "4.4.7", "greylisted")


@pytest.fixture
def ticket() -> Ticket:
    """A ticket that has sent its acknowledgement and one notification."""
    mails = (
        Delivery(Purpose.ACKNOWLEDGEMENT, MIRA, DeliveryStatus.SENT, ACK, START),
        Delivery(Purpose.NOTIFICATION_NEW, ADA, DeliveryStatus.SENT, NEWS, START),
    )
    return replace(samples.ticket(), outbox=Outbox(mails, Stage.DONE, START))


def noted(ticket: Ticket, report: Report, id: str = ACK) -> Ticket:
    change = note(ticket, id, report, SHOP, START)
    assert change
    assert change.ticket
    return change.ticket


def box(item: Ticket | Message) -> Outbox:
    assert item.outbox
    return item.outbox


class TestMailToTheCustomer:
    @pytest.mark.parametrize(
        ("report", "status", "said"),
        [
            (BOUNCED, DeliveryStatus.BOUNCED, "5.1.1 smtp; 550 user unknown"),
            (GIVEN_UP, DeliveryStatus.FAILED, "4.2.2 mailbox full"),
            (COMPLAINED, DeliveryStatus.COMPLAINED, "abuse"),
        ],
    )
    def test_a_bounce_is_marked_and_every_agent_is_mailed(
        self, ticket: Ticket, report: Report, status: DeliveryStatus, said: str
    ) -> None:
        change = note(ticket, ACK, report, SHOP, START)
        assert change
        assert change.ticket
        outbox = box(change.ticket)
        assert (outbox.deliveries[0].status, outbox.deliveries[0].error) == (status, said)
        assert [(d.purpose, d.to) for d in outbox.owed()] == [(Purpose.UNDELIVERED, ADA), (Purpose.UNDELIVERED, TOM)]
        assert outbox.stage is Stage.QUEUED
        (entry,) = change.log
        assert entry.action == f"mail {report.delivery_event}"
        said = f" status={report.status}" if report.status else ""
        assert entry.detail == f"purpose=acknowledgement{said}"
        assert change.ticket.version == ticket.version + 1

    def test_a_delay_is_logged_and_changes_no_state(self, ticket: Ticket) -> None:
        change = note(ticket, ACK, DELAYED, SHOP, START)
        assert change
        assert change.ticket
        assert change.ticket.outbox == ticket.outbox
        assert [entry.action for entry in change.log] == [Action.MAIL_DELAYED]

    @pytest.mark.parametrize("again", [BOUNCED, COMPLAINED, DELAYED])
    def test_the_same_report_changes_nothing_the_second_time(self, ticket: Ticket, again: Report) -> None:
        assert note(noted(ticket, BOUNCED), ACK, again, SHOP, START) is None

    def test_a_delay_can_end_as_a_bounce(self, ticket: Ticket) -> None:
        assert box(noted(noted(ticket, DELAYED), BOUNCED)).deliveries[0].status is DeliveryStatus.BOUNCED

    def test_the_bounce_of_an_answer_is_noted_on_its_message(self, ticket: Ticket) -> None:
        answer = replace(
            samples.message_of(samples.reply(ticket)),
            outbox=Outbox(
                (Delivery(Purpose.ANSWER, MIRA, DeliveryStatus.SENT, "id-of-the-answer", START),), Stage.DONE, START
            ),
        )
        change = note(answer, "id-of-the-answer", BOUNCED, SHOP, START)
        assert change
        assert change.ticket is None
        (message,) = change.messages
        assert [d.status for d in box(message).deliveries] == [
            DeliveryStatus.BOUNCED,
            DeliveryStatus.OWED,
            DeliveryStatus.OWED,
        ]

    def test_a_report_leaves_a_claimed_outbox_claimed(self, ticket: Ticket) -> None:
        held = replace(ticket, outbox=claim(replace(box(ticket), stage=Stage.QUEUED), START))
        outbox = box(noted(held, BOUNCED))
        assert (outbox.stage, outbox.attempts, outbox.wake_at) == (
            Stage.CLAIMED,
            box(held).attempts,
            box(held).wake_at,
        )
        assert len(outbox.owed()) == 2


class TestMailToOthers:
    def test_the_bounce_of_an_agents_notification_mails_nobody(self, ticket: Ticket) -> None:
        outbox = box(noted(ticket, BOUNCED, NEWS))
        assert outbox.deliveries[1].status is DeliveryStatus.BOUNCED
        assert outbox.owed() == ()
        assert outbox.stage is Stage.DONE

    def test_the_bounce_of_a_bounce_notice_mails_nobody(self, ticket: Ticket) -> None:
        """A notice about a bounce may bounce itself. That must not start an endless loop."""
        told = noted(ticket, BOUNCED)
        claimed = sending.claim(told, START)
        assert claimed
        assert claimed.ticket
        word = box(claimed.ticket).owed()[0]
        sent = sending.sent(
            claimed.ticket, box(claimed.ticket).attempts, [sending.Accepted(word, "id-of-the-word", START)]
        )
        assert sent.ticket
        again = noted(sent.ticket, BOUNCED, "id-of-the-word")
        assert len(box(again).deliveries) == len(box(sent.ticket).deliveries)

    @pytest.mark.parametrize("report", [BOUNCED, DELAYED, COMPLAINED])
    def test_a_report_about_another_items_mail_changes_nothing(self, ticket: Ticket, report: Report) -> None:
        assert note(ticket, "another", report, SHOP, START) is None
        assert note(replace(ticket, outbox=None), ACK, report, SHOP, START) is None


class TestLogText:
    def test_status_and_diagnostics_are_bounded(self) -> None:
        assert BOUNCED.said == "5.1.1 smtp; 550 user unknown"
        assert Report(DeliveryEvent.BOUNCED, ()).said == ""
        assert Report(DeliveryEvent.BOUNCED, (), "5.0.0").said == "5.0.0"
        assert len(Report(DeliveryEvent.BOUNCED, (), "5.0.0", "x" * 5000).said) == 300


class TestUndeliverable:
    def test_the_latest_lost_mail_to_the_customer_counts(self, ticket: Ticket) -> None:
        assert undelivered(None) is None
        assert undelivered(ticket.outbox) is None
        assert undelivered(noted(ticket, BOUNCED, NEWS).outbox) is None
        lost = undelivered(noted(ticket, BOUNCED).outbox)
        assert lost
        assert (lost.to, lost.error) == (MIRA, BOUNCED.said)

    def test_a_mail_the_mail_service_refused_counts_too(self, ticket: Ticket) -> None:
        refused = replace(box(ticket).deliveries[0], status=DeliveryStatus.REFUSED, error="no")
        assert undelivered(replace(box(ticket), deliveries=(refused,))) == refused


def test_a_noted_report_is_a_change_for_the_store(ticket: Ticket) -> None:
    change = note(ticket, ACK, BOUNCED, SHOP, START)
    assert isinstance(change, Change)
    assert not change.sent
