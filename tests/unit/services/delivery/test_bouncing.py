"""Our mails that did not arrive, by the mail service's events: each is noted once, agents are mailed, and the address
is suppressed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, Message, Ticket, Visibility, evolve
from chalicelib.services.delivery.bouncing import SUPPRESSED_FOR, address_key, note_event, suppressed
from chalicelib.services.delivery.sending import post
from chalicelib.services.operations.health_checks import health
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents, samples
from tests.support.agents import SWIFT
from tests.support.referrals import refer
from tests.support.store.fakes import World, secret_of
from tests.unit.services.intake.test_receiving import get

MIRA, ADA = "mira.holm@example.com", "ada@northlight.example"


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket that has sent its acknowledgement and its notification."""
    world.store.commit(Change(samples.ticket()))
    post(world.deps, ItemRef(samples.REF, None))
    return world.store.only_ticket()


def report(delivery_event: DeliveryEvent, to: str = MIRA) -> Report:
    return Report(delivery_event, (to,), "5.1.1", "550 5.1.1 user unknown")


def id_to(world: World, to: str) -> str:
    return world.mailer.to(to)[-1].id


def status(item: Ticket | Message, to: str = MIRA) -> DeliveryStatus:
    assert item.outbox
    return next(d.status for d in item.outbox.deliveries if d.to == to)


def settled(world: World) -> list[str]:
    """The recipients of the mails that are sent until nothing is owed."""
    before = len(world.mailer.sent)
    world.clock.advance(minutes=5)
    for due in world.store.due(world.clock(), 100):
        post(world.deps, due)
    return [mail.recipient for mail in world.mailer.sent[before:]]


def answered(world: World, id: str = "answer") -> Message:
    """An agent's answer that was sent to the customer."""
    inbound = samples.inbound(text="A new shade is on its way.")
    world.store.commit(
        replying.agent_answers(world.store.tickets[samples.REF], id, inbound, samples.context(world.clock()))
    )
    post(world.deps, ItemRef(samples.REF, id))
    return world.store.messages[samples.REF, id]


class TestNoting:
    @pytest.mark.parametrize(
        ("delivery_event", "becomes"),
        [
            (DeliveryEvent.BOUNCED, DeliveryStatus.BOUNCED),
            (DeliveryEvent.FAILED, DeliveryStatus.FAILED),
            (DeliveryEvent.COMPLAINED, DeliveryStatus.COMPLAINED),
            (DeliveryEvent.SUPPRESSED, DeliveryStatus.SUPPRESSED),
        ],
    )
    def test_an_undeliverable_mail_is_noted_and_agents_are_mailed(
        self, world: World, ticket: Ticket, delivery_event: DeliveryEvent, becomes: DeliveryStatus
    ) -> None:
        assert note_event(world.deps, id_to(world, MIRA), report(delivery_event)) == ticket.ref
        assert status(world.store.only_ticket()) is becomes
        assert settled(world) == list(_agents(world))
        (_, entry) = world.store.log[-1]
        assert entry.detail == "purpose=acknowledgement status=5.1.1"

    def test_a_failed_delivery_is_reported_without_suppressing_the_address(self, world: World, ticket: Ticket) -> None:
        note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.FAILED))
        settled(world)
        assert "may be right all the same" in " ".join(world.mailer.to(ADA)[-1].text.split())
        assert not suppressed(world.deps, MIRA)
        assert world.store.flags == {}
        assert world.store.log[0][1].action is Action.MAIL_FAILED
        world.store.commit(Change(samples.ticket("NL-00000-00002", world.clock())))
        assert MIRA in settled(world)

    def test_an_address_on_the_mail_services_list_is_reported_with_the_remedy(
        self, world: World, ticket: Ticket
    ) -> None:
        note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.SUPPRESSED))
        settled(world)
        assert "until an admin takes it off" in " ".join(world.mailer.to(ADA)[-1].text.split())
        assert world.store.flags == {}
        assert "was held back" in str(health(world.deps, {}))

    @pytest.mark.parametrize(
        ("delivery_event", "told"), [(DeliveryEvent.SUPPRESSED, True), (DeliveryEvent.BOUNCED, False)]
    )
    def test_health_reports_an_agent_on_the_mail_services_list(
        self, world: World, ticket: Ticket, delivery_event: DeliveryEvent, told: bool
    ) -> None:
        note_event(world.deps, id_to(world, ADA), report(delivery_event, ADA))
        assert settled(world) == []
        assert (f"notification_new of {ticket.ref} was held back" in str(health(world.deps, {}))) is told

    def test_a_delay_is_only_logged(self, world: World, ticket: Ticket) -> None:
        assert note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.DELAYED)) == ticket.ref
        assert status(world.store.only_ticket()) is DeliveryStatus.SENT
        assert settled(world) == []
        assert not suppressed(world.deps, MIRA)
        assert [entry.action for _, entry in world.store.log] == [Action.MAIL_DELAYED]

    @pytest.mark.parametrize("delivery_event", [DeliveryEvent.BOUNCED, DeliveryEvent.COMPLAINED])
    def test_the_same_event_twice_mails_agents_once(
        self, world: World, ticket: Ticket, delivery_event: DeliveryEvent
    ) -> None:
        for _ in range(2):
            assert note_event(world.deps, id_to(world, MIRA), report(delivery_event)) == ticket.ref
        assert len(settled(world)) == len(list(_agents(world)))
        assert note_event(world.deps, id_to(world, MIRA), report(delivery_event)) == ticket.ref
        assert settled(world) == []
        assert len(world.store.log) == 1

    def test_the_bounce_of_an_answer_is_noted_on_its_message(self, world: World, ticket: Ticket) -> None:
        answer = answered(world)
        assert note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED)) == ticket.ref
        assert status(world.store.messages[answer.ref, answer.id]) is DeliveryStatus.BOUNCED
        assert status(world.store.only_ticket()) is DeliveryStatus.SENT
        told = settled(world)
        assert told == list(_agents(world))
        assert "user unknown" in world.mailer.to(ADA)[-1].text

    def test_the_bounce_of_a_notification_mails_no_agent(self, world: World, ticket: Ticket) -> None:
        assert note_event(world.deps, id_to(world, ADA), report(DeliveryEvent.BOUNCED, ADA)) == ticket.ref
        assert status(world.store.only_ticket(), ADA) is DeliveryStatus.BOUNCED
        assert settled(world) == []

    @pytest.mark.parametrize("id", ["nobody-knows-it", "", "x" * 500])
    def test_an_id_that_is_not_ours_changes_nothing(self, world: World, ticket: Ticket, id: str) -> None:
        assert note_event(world.deps, id, report(DeliveryEvent.BOUNCED)) is None
        assert world.store.only_ticket() == ticket
        assert world.store.flags == {}

    def test_an_event_about_a_deleted_ticket_is_ignored(self, world: World, ticket: Ticket) -> None:
        world.store.tickets.clear()
        assert note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED)) is None


class TestRaces:
    def test_a_concurrent_change_of_the_ticket_is_kept(self, world: World, ticket: Ticket) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            world.store.tickets[ticket.ref] = evolve(world.store.only_ticket(), topic="lamps")

        world.store.before_commit = meanwhile
        note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED))
        assert world.store.only_ticket().topic == "lamps"
        assert status(world.store.only_ticket()) is DeliveryStatus.BOUNCED

    def test_losing_every_race_raises_so_that_the_event_is_retried(self, world: World, ticket: Ticket) -> None:
        def quicker(change: Change) -> None:
            world.store.tickets[ticket.ref] = evolve(world.store.only_ticket())

        world.store.before_commit = quicker
        with pytest.raises(VersionConflict):
            note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED))

    @pytest.mark.parametrize("dying_at", ["commit", "suppress"])
    def test_after_a_crash_and_a_retry_the_address_is_suppressed(
        self, world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch, dying_at: str
    ) -> None:
        def die(*_: Any) -> None:
            raise MemoryError

        with monkeypatch.context() as patched, pytest.raises(MemoryError):
            patched.setattr(world.store, dying_at, die)
            note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED))
        note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED))
        assert suppressed(world.deps, MIRA)
        assert status(world.store.only_ticket()) is DeliveryStatus.BOUNCED


class TestSuppression:
    @pytest.mark.parametrize("delivery_event", [DeliveryEvent.BOUNCED, DeliveryEvent.COMPLAINED])
    def test_an_address_is_suppressed_for_a_limited_time(
        self, world: World, ticket: Ticket, delivery_event: DeliveryEvent
    ) -> None:
        note_event(world.deps, id_to(world, MIRA), report(delivery_event))
        assert suppressed(world.deps, MIRA.upper())
        assert not suppressed(world.deps, "somebody.else@example.com")
        world.clock.at += SUPPRESSED_FOR[delivery_event] - timedelta(seconds=1)
        assert suppressed(world.deps, MIRA)
        world.clock.advance(seconds=1)
        assert not suppressed(world.deps, MIRA)

    def test_a_complaint_is_remembered_longer_than_a_bounce(self) -> None:
        assert SUPPRESSED_FOR[DeliveryEvent.COMPLAINED] > SUPPRESSED_FOR[DeliveryEvent.BOUNCED]

    def test_a_suppressed_address_gets_no_acknowledgement_until_it_expires(self, world: World, ticket: Ticket) -> None:
        note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED))
        settled(world)
        world.store.commit(Change(samples.ticket("NL-00000-00002", world.clock())))
        assert MIRA not in settled(world)
        assert status(world.store.tickets["NL-00000-00002"]) is DeliveryStatus.REFUSED
        world.clock.at += SUPPRESSED_FOR[DeliveryEvent.BOUNCED]
        world.store.commit(Change(samples.ticket("NL-00000-00003", world.clock())))
        assert MIRA in settled(world)

    @pytest.mark.parametrize("delivery_event", [DeliveryEvent.BOUNCED, DeliveryEvent.COMPLAINED])
    def test_an_agents_answer_is_sent_to_a_suppressed_address(
        self, world: World, ticket: Ticket, delivery_event: DeliveryEvent
    ) -> None:
        note_event(world.deps, id_to(world, MIRA), report(delivery_event))
        settled(world)
        assert status(answered(world)) is DeliveryStatus.SENT
        assert world.mailer.sent[-1].recipient == MIRA

    def test_a_report_cannot_suppress_an_address_we_did_not_mail(self, world: World, ticket: Ticket) -> None:
        forged = Report(DeliveryEvent.BOUNCED, ("victim@example.com", MIRA), "5.1.1", "no")
        note_event(world.deps, id_to(world, MIRA), forged)
        assert not suppressed(world.deps, "victim@example.com")
        assert suppressed(world.deps, MIRA)

    def test_a_suppression_record_names_nobody(self, world: World, ticket: Ticket) -> None:
        note_event(world.deps, id_to(world, MIRA), report(DeliveryEvent.BOUNCED))
        (key,) = world.store.flags
        assert re.fullmatch(r"[0-9a-z]{10,}", key)  # a blinded address, instead of the address
        assert key == address_key(world.deps, MIRA)
        assert key != address_key(replace(world.deps, secret=secret_of("another")), MIRA)


class TestByMail:
    """Reports that come by mail have the same effect, but only if they name one of our mails."""

    def test_a_report_with_our_token_is_about_the_latest_mail_to_that_address(
        self, world: World, ticket: Ticket
    ) -> None:
        answer = answered(world)
        token = samples.reply_token(ticket, Role.CUSTOMER)
        assert get(world, _report_by_mail(MIRA, f"{token}@northlight.example")) == "bounce"
        # The token names the ticket and not the message, so it is noted on the ticket's own mail.
        assert status(world.store.only_ticket()) is DeliveryStatus.BOUNCED
        assert status(world.store.messages[answer.ref, answer.id]) is DeliveryStatus.SENT

    def test_a_report_with_our_token_about_another_address_is_kept_internal(self, world: World, ticket: Ticket) -> None:
        token = samples.reply_token(ticket, Role.CUSTOMER)
        assert get(world, _report_by_mail("victim@example.com", f"{token}@northlight.example")) == "bounce"
        assert status(world.store.only_ticket()) is DeliveryStatus.SENT
        kept = world.store.only_message()
        assert (kept.visibility, kept.outbox, kept.remarks) == (Visibility.INTERNAL, None, ("stray_report",))
        assert world.store.flags == {}

    @pytest.mark.parametrize("at", ["envelope", "references"])
    def test_a_third_partys_token_cannot_report_mail_to_the_customer(
        self, world: World, ticket: Ticket, at: str
    ) -> None:
        world.mailer.sent.clear()
        mail = refer(world, "email")
        original = str(mail.mail["References"]).strip("<>") if at == "references" else "made-up@elsewhere.example"
        raw = _report_by_mail(MIRA, original).replace(
            b"To: care@help.northlight.example", f"To: {mail.reply_to}".encode()
        )
        assert get(world, raw, mail.reply_to) == "bounce"
        assert status(world.store.only_ticket()) is DeliveryStatus.SENT
        assert not suppressed(world.deps, MIRA)

    def test_a_third_partys_bounce_is_noted_on_its_referral(self, world: World, ticket: Ticket) -> None:
        world.mailer.sent.clear()
        mail = refer(world)
        raw = _report_by_mail(SWIFT, str(mail.mail["References"]).strip("<>"))
        assert get(world, raw) == "bounce"
        assert status(world.store.only_message(), SWIFT) is DeliveryStatus.BOUNCED
        agents.stream(world)
        assert SWIFT in world.mailer.to(ADA)[-1].text

    def test_a_report_about_no_mail_of_ours_opens_a_quarantined_ticket(self, world: World) -> None:
        assert get(world, _report_by_mail(MIRA, "made-up@elsewhere.example")) == "bounce"
        assert world.store.only_ticket().outbox is None
        assert world.store.flags == {}


def _report_by_mail(to: str, original: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.com\r\nTo: care@help.northlight.example\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <report@mx.example.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f"References: <{original}>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nThe address does not exist.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b--\r\n"
    ).encode()


def _agents(world: World) -> Iterator[str]:
    return (agent.address for agent in world.shop.agents if agent.notify)
