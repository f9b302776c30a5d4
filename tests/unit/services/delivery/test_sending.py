"""The outbox's sender: every owed mail is sent, and none twice within a claim, also with crashes and other senders."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import ComposeFailed, NotSent, UnknownTicket
from chalicelib.rules.delivery import sending as claims
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import LEASE, Delivery, DeliveryStatus, Outbox, Purpose, Stage
from chalicelib.rules.tickets.ticket import Change, Person, Ticket, evolve
from chalicelib.services.delivery import sending
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.delivery.letters import letters
from chalicelib.services.delivery.sending import note_sent, post
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.store.fakes import START, World, refusing

DUE = ItemRef(samples.REF, None)
MIRA, ADA, TOM = "mira.holm@example.com", "ada@northlight.example", "tom@northlight.example"


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket that owes an acknowledgement and two notifications to agents."""
    world.with_shop(agents=samples.northlight().agents)
    ticket = samples.ticket()
    world.store.commit(Change(ticket))
    return ticket


def box(world: World) -> Outbox:
    outbox = world.store.only_ticket().outbox
    assert outbox
    return outbox


def recipients(world: World) -> list[str]:
    return [mail.recipient for mail in world.mailer.sent]


def slow_mails(world: World, seconds: int) -> None:
    def slow(recipient: str) -> None:
        world.clock.advance(seconds=seconds)

    world.mailer.on_send = slow


def proof_of(world: World, number: int = 0) -> SendConfirmation:
    """What the mail service's event says about a mail it accepted, by default the first."""
    lost = world.mailer.sent[number]
    tags = world.mailer.tags[lost.id]
    return SendConfirmation(ItemRef(tags["ref"], tags.get("message")), tags["purpose"], lost.recipient, lost.id)


class TestSending:
    def test_every_owed_mail_is_sent_and_recorded(self, world: World, ticket: Ticket) -> None:
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]
        assert box(world).stage is Stage.DONE
        assert [d.ses_id for d in box(world).deliveries] == [mail.id for mail in world.mailer.sent]
        assert set(world.store.sent) == {mail.id for mail in world.mailer.sent}

    def test_an_item_passed_to_the_sender_is_not_read_again(self, world: World, ticket: Ticket) -> None:
        world.store.requests.clear()
        post(world.deps, DUE, ticket)
        # Who is away (once a minute), the claim, the order that the complaint names, the suppression of the customer,
        # the status of all mails.
        assert world.store.requests == ["read", "write", "read", "read", "write"]

    def test_an_acknowledgement_meets_its_promise(self, world: World, ticket: Ticket) -> None:
        world.clock.advance(seconds=2)
        post(world.deps, DUE)
        clock = world.store.only_ticket().clock(ACKNOWLEDGE)
        assert clock
        assert clock.met_at == START + timedelta(seconds=2)

    def test_a_sent_mail_is_not_sent_again(self, world: World, ticket: Ticket) -> None:
        post(world.deps, DUE)
        assert post(world.deps, DUE, ticket)
        assert post(world.deps, DUE)
        assert len(world.mailer.sent) == 3

    def test_an_item_that_owes_nothing_is_done(self, world: World) -> None:
        world.store.commit(Change(replace(samples.ticket(), outbox=None)))
        assert post(world.deps, DUE)
        assert world.mailer.sent == []

    def test_a_messages_mail_is_sent_like_a_tickets(self, world: World, ticket: Ticket) -> None:
        world.store.commit(samples.reply(ticket))
        assert post(world.deps, ItemRef(ticket.ref, "reply"))
        assert recipients(world) == [ADA, TOM]
        sent = world.store.only_message().outbox
        assert sent
        assert sent.stage is Stage.DONE
        assert world.store.tickets[ticket.ref].version == 2

    def test_a_missing_item_is_reported(self, world: World) -> None:
        with pytest.raises(UnknownTicket):
            post(world.deps, DUE)

    def test_a_customer_with_a_non_ascii_domain_gets_the_mail(self, world: World) -> None:
        person = replace(samples.inbound().person, address="mira@lichtmühle.example")
        world.store.commit(Change(samples.ticket(person=person)))
        assert post(world.deps, DUE)
        assert recipients(world)[0] == "mira@xn--lichtmhle-v9a.example"


class TestOtherSenders:
    def test_nothing_is_sent_while_another_sender_holds_the_claim(self, world: World, ticket: Ticket) -> None:
        change = claims.claim(ticket, world.clock())
        assert change
        world.store.commit(change)
        assert not post(world.deps, DUE, ticket)
        assert not post(world.deps, DUE)
        assert world.mailer.sent == []

    def test_the_second_sender_stops_at_its_claim(self, world: World, ticket: Ticket) -> None:
        """Both saw it queued; the second fails to claim it."""

        def other_claims(change: Change) -> None:
            world.store.before_commit = lambda change: None
            claim = claims.claim(ticket, world.clock())
            assert claim
            world.store.commit(claim)

        world.store.before_commit = other_claims
        assert not post(world.deps, DUE, ticket)
        assert world.mailer.sent == []

    def test_a_sender_that_comes_during_the_sending_stops(self, world: World, ticket: Ticket) -> None:
        found: list[bool] = []

        def other_comes(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            found.append(post(world.deps, DUE, ticket))

        world.mailer.on_send = other_comes
        assert post(world.deps, DUE, ticket)
        assert found == [False]
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_an_expired_claim_is_taken_over(self, world: World, ticket: Ticket) -> None:
        change = claims.claim(ticket, world.clock())
        assert change
        world.store.commit(change)
        world.clock.advance(seconds=LEASE.total_seconds())
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_a_sender_slow_at_each_mail_keeps_its_claim(self, world: World, ticket: Ticket) -> None:
        """Each mail takes as long as the mail client allows; all together take longer than one lease."""
        others: list[bool] = []

        def slow(recipient: str) -> None:
            world.clock.advance(seconds=14)
            if len(others) < 3:
                others.append(post(world.deps, DUE))

        world.mailer.on_send = slow
        post(world.deps, DUE, ticket)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_a_sender_that_lost_its_claim_stops(self, world: World, ticket: Ticket) -> None:
        """It was frozen for longer than its lease; another sender took over and is still sending."""

        def frozen(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            world.clock.advance(seconds=60)
            change = claims.claim(world.store.only_ticket(), world.clock())
            assert change
            world.store.commit(change)

        world.mailer.on_send = frozen
        assert not post(world.deps, DUE, ticket)
        assert recipients(world) == [MIRA]
        assert box(world).stage is Stage.CLAIMED
        assert [d.status for d in box(world).deliveries] == [
            DeliveryStatus.SENT,
            DeliveryStatus.OWED,
            DeliveryStatus.OWED,
        ]

    def test_a_sender_that_lost_its_claim_does_not_release_the_others(self, world: World, ticket: Ticket) -> None:
        def frozen(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            world.clock.advance(seconds=60)
            change = claims.claim(world.store.only_ticket(), world.clock())
            assert change
            world.store.commit(change)

        world.mailer.on_send = frozen
        world.mailer.failing = refusing(passing=True)
        with pytest.raises(NotSent):
            post(world.deps, DUE, ticket)
        assert box(world).stage is Stage.CLAIMED

    def test_a_concurrent_change_of_the_ticket_loses_no_mail_and_no_change(self, world: World, ticket: Ticket) -> None:
        def reply_comes(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            world.store.commit(samples.reply(world.store.only_ticket()))

        world.mailer.on_send = reply_comes
        assert post(world.deps, DUE, ticket)
        assert recipients(world) == [MIRA, ADA, TOM]
        assert box(world).stage is Stage.DONE
        assert world.store.only_message().id == "reply"

    def test_the_sender_gives_up_on_a_ticket_that_changes_all_the_time(self, world: World, ticket: Ticket) -> None:
        def changes(change: Change) -> None:
            world.store.tickets[ticket.ref] = evolve(world.store.only_ticket())

        world.store.before_commit = changes
        assert not post(world.deps, DUE, ticket)
        assert world.mailer.sent == []

    def test_a_record_that_loses_every_race_is_a_conflict(self, world: World, ticket: Ticket) -> None:
        def changes(change: Change) -> None:
            if world.mailer.sent:
                world.store.tickets[ticket.ref] = evolve(world.store.only_ticket())

        world.store.before_commit = changes
        with pytest.raises(VersionConflict):
            post(world.deps, DUE, ticket)


class TestFailing:
    def test_a_mail_service_that_refuses_for_now_causes_a_retry(self, world: World, ticket: Ticket) -> None:
        world.mailer.failing = refusing(passing=True)
        with pytest.raises(NotSent):
            post(world.deps, DUE)
        assert box(world).stage is Stage.RETRY
        assert box(world).wake_at > world.clock()
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_mails_sent_before_the_refusal_are_not_sent_again(self, world: World, ticket: Ticket) -> None:
        def second_fails(recipient: str) -> None:
            if recipient == ADA and world.clock() == START:
                world.clock.advance(seconds=1)
                world.mailer.failing = refusing(passing=True)

        world.mailer.on_send = second_fails
        with pytest.raises(NotSent):
            post(world.deps, DUE)
        assert recipients(world) == [MIRA]
        post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_pauses_between_retries_grow_to_five_minutes(self, world: World, ticket: Ticket) -> None:
        pauses = []
        for _ in range(9):
            world.mailer.failing = refusing(passing=True)
            with pytest.raises(NotSent):
                post(world.deps, DUE)
            pauses.append(box(world).wake_at - world.clock())
        assert pauses == sorted(pauses)
        assert pauses[0] < timedelta(minutes=5)
        assert pauses[-1] == timedelta(minutes=5)

    def test_a_mail_refused_for_good_is_logged_and_no_longer_owed(self, world: World, ticket: Ticket) -> None:
        world.mailer.failing = refusing(passing=False)
        assert post(world.deps, DUE)
        assert recipients(world) == [ADA, TOM]
        first = box(world).deliveries[0]
        assert (first.purpose, first.status) == (Purpose.ACKNOWLEDGEMENT, DeliveryStatus.REFUSED)
        assert first.error
        assert box(world).stage is Stage.DONE
        (entry,) = [entry for _, entry in world.store.log]
        assert (entry.action, entry.details[0].value) == (Action.NOT_SENT, "acknowledgement")
        assert MIRA not in entry.detail

    def test_a_refused_acknowledgement_meets_no_promise(self, world: World, ticket: Ticket) -> None:
        world.mailer.failing = refusing(passing=False)
        post(world.deps, DUE)
        clock = world.store.only_ticket().clock(ACKNOWLEDGE)
        assert clock
        assert clock.met_at is None

    def test_a_mail_that_cannot_be_composed_is_retried(
        self, world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any) -> None:
            raise KeyError("a word is missing")

        with monkeypatch.context() as fault:
            fault.setattr(sending, "letter", broken)
            with pytest.raises(ComposeFailed):
                post(world.deps, DUE)
        assert box(world).stage is Stage.RETRY
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_an_acknowledgement_that_cannot_be_composed_does_not_stop_notifications(
        self, world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = letters.letter

        def broken(deps: Any, ticket: Any, message: Any, delivery: Delivery, now: Any) -> Any:
            if delivery.purpose is Purpose.ACKNOWLEDGEMENT:
                raise KeyError("a word is missing")
            return real(deps, ticket, message, delivery, now)

        with monkeypatch.context() as fault:
            fault.setattr(sending, "letter", broken)
            for _ in range(2):
                with pytest.raises(ComposeFailed):
                    post(world.deps, DUE)
                assert recipients(world) == [ADA, TOM]
                assert [mail.to for mail in box(world).owed()] == [MIRA]
                assert box(world).stage is Stage.RETRY
        assert post(world.deps, DUE)
        assert recipients(world) == [ADA, TOM, MIRA]
        assert box(world).stage is Stage.DONE

    def test_a_sender_that_recorded_a_mail_too_late_sends_no_further_one(self, world: World, ticket: Ticket) -> None:
        """The renewed lease counts from before the slow write, so another sender may hold the claim already."""

        def slow(change: Change) -> None:
            if change.sent:
                world.store.before_commit = lambda change: None
                world.clock.advance(seconds=20)

        slow_mails(world, seconds=16)
        world.store.before_commit = slow
        assert not post(world.deps, DUE)
        assert recipients(world) == [MIRA]
        world.clock.advance(seconds=LEASE.total_seconds())
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_killed_between_claim_and_sending_the_mail_is_sent_after_the_lease(
        self, world: World, ticket: Ticket
    ) -> None:
        def killed(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            raise KeyboardInterrupt

        world.mailer.on_send = killed
        with pytest.raises(KeyboardInterrupt):
            post(world.deps, DUE)
        assert not post(world.deps, DUE)
        world.clock.advance(seconds=LEASE.total_seconds())
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_what_is_sent_is_recorded_before_the_lease_ends(self, world: World, ticket: Ticket) -> None:
        slow_mails(world, seconds=10)
        world.store.requests.clear()
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]
        assert world.store.requests.count("write") == 3  # the claim, two mails, the third

    def test_killed_between_sending_and_recording_these_mails_are_sent_once_more(
        self, world: World, ticket: Ticket
    ) -> None:
        """If the mail service's events do not prove them. The next sender records each mail at once, so that a second
        death repeats only one."""

        def kill_after(mails: int) -> None:
            def killed(change: Change) -> None:
                if change.sent and len(world.mailer.sent) == mails:
                    world.store.before_commit = lambda change: None
                    raise KeyboardInterrupt

            world.store.before_commit = killed
            with pytest.raises(KeyboardInterrupt):
                post(world.deps, DUE)
            assert not post(world.deps, DUE)
            world.clock.advance(seconds=LEASE.total_seconds())

        kill_after(mails=3)
        kill_after(mails=5)
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM, MIRA, ADA, ADA, TOM]

    @pytest.mark.parametrize("fault", [NotSent("Throttling", passing=True), RuntimeError("a fault of ours")])
    def test_what_was_sent_before_a_fault_is_recorded(self, world: World, ticket: Ticket, fault: Exception) -> None:
        def fails(recipient: str) -> None:
            if recipient == TOM:
                raise fault

        world.mailer.on_send = fails
        with pytest.raises(type(fault)):
            post(world.deps, DUE)
        assert [mail.to for mail in box(world).owed()] == [TOM]
        world.mailer.on_send = lambda recipient: None
        world.clock.advance(seconds=LEASE.total_seconds())
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]

    def test_killed_before_recording_a_mail_the_event_proves_is_not_sent_again(
        self, world: World, ticket: Ticket
    ) -> None:
        class Killed(BaseException):
            pass

        def kill(change: Change) -> None:
            if world.mailer.sent and change.sent:
                raise Killed

        world.store.before_commit = kill
        with pytest.raises(Killed):
            post(world.deps, DUE)
        world.store.before_commit = lambda change: None
        for _ in range(2):
            for number in range(3):
                note_sent(world.deps, proof_of(world, number))
        world.clock.advance(seconds=31)
        assert post(world.deps, DUE)
        assert recipients(world) == [MIRA, ADA, TOM]
        clock = world.store.only_ticket().clock(ACKNOWLEDGE)
        assert clock is not None
        assert clock.met_at is not None

    def test_a_bounce_before_the_senders_record_finds_its_mail(self, world: World, ticket: Ticket) -> None:
        def bounces(change: Change) -> None:
            if change.sent:
                world.store.before_commit = lambda change: None
                proof = proof_of(world)
                note_sent(world.deps, proof)
                assert note_event(world.deps, proof.ses_id, Report(DeliveryEvent.BOUNCED, (MIRA,), "5.1.1", "unknown"))

        world.store.before_commit = bounces
        assert post(world.deps, DUE)
        assert box(world).deliveries[0].status is DeliveryStatus.BOUNCED
        assert recipients(world) == [MIRA, ADA, TOM, ADA, TOM]

    def test_a_mail_to_a_non_ascii_domain_is_proven_too(self, world: World) -> None:
        world.store.commit(Change(samples.ticket(person=Person("Mira", "mira@müller.example"))))
        world.store.before_commit = lambda change: _stop() if change.sent else None
        with pytest.raises(InterruptedError):
            post(world.deps, DUE)
        world.store.before_commit = lambda change: None
        assert world.mailer.sent[0].recipient == "mira@xn--mller-kva.example"
        note_sent(world.deps, proof_of(world))
        assert box(world).deliveries[0].status is DeliveryStatus.SENT

    def test_an_event_about_a_deleted_ticket_is_ignored(self, world: World) -> None:
        note_sent(world.deps, SendConfirmation(ItemRef("NL-00000-00001", None), Purpose.ANSWER, MIRA, "0100"))
        assert world.store.requests == ["read"]


def _stop() -> None:
    raise InterruptedError
