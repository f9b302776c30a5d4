"""Mail with something wrong: forged, infected, unwanted, undelivered, forwarded, or unreadable."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Change, Message, State, Ticket, Visibility, evolve
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake import mail_arrivals
from chalicelib.services.intake.arrivals import DMARC, SPAM, VIRUS
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_receiving import ADA, CARE, MIRA, agents_address, customers_address, get, purposes


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket opened by mail; all its mails were sent."""
    get(world, written())
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


def failing(world: World, mail: Any, *failed: str, to: str = CARE, attempt: int = 1) -> Outcome:
    """Receive a mail that failed these checks of the mail service; return its outcome."""
    return receive(world.deps, MailReceived(world.arrives(mail), (to,), frozenset(failed), attempt))


class TestChecks:
    def test_spam_is_quarantined_and_not_acknowledged(self, world: World) -> None:
        assert failing(world, written(), SPAM) == "quarantined"
        ticket = world.store.only_ticket()
        assert ticket.state is State.QUARANTINED
        assert Purpose.ACKNOWLEDGEMENT not in [purpose for purpose, _ in purposes(ticket)]

    def test_a_mail_with_a_virus_is_quarantined_without_its_files(self, world: World) -> None:
        mail = written()
        mail.add_attachment(b"evil", maintype="application", subtype="zip", filename="invoice.zip")
        assert failing(world, mail, VIRUS) == "quarantined"
        assert world.store.only_ticket().opening.files == ()
        assert b"evil" not in [content for content, _ in world.files.kept.values()]

    def test_a_forged_agents_mail_does_not_speak_for_the_shop(self, world: World, ticket: Ticket) -> None:
        answer = written(f"Ada <{ADA}>", text="Send the money to me.\n", Message_ID="<forged@x>")
        failing(world, answer, DMARC, to=agents_address(ticket))
        everything: list[Ticket | Message] = [*world.store.tickets.values(), *world.store.messages.values()]
        assert Purpose.ANSWER not in [purpose for item in everything for purpose, _ in purposes(item)]
        kept = world.store.only_message()
        assert kept.visibility is Visibility.INTERNAL
        assert purposes(kept) == [(Purpose.NOT_DELIVERED, ADA)]

    def test_a_forged_customers_mail_does_not_speak_for_the_customer(self, world: World, ticket: Ticket) -> None:
        mail = written(text="My new address is\n", Message_ID="<forged@x>", subject=f"Re: [{ticket.ref}]")
        failing(world, mail, DMARC, to=customers_address(ticket))
        assert world.store.tickets[ticket.ref] == ticket
        (other,) = [t for t in world.store.tickets.values() if t.ref != ticket.ref]
        assert Remark.UNVERIFIED in other.opening.remarks

    def test_verdicts_in_the_headers_count_if_the_notification_has_none(self, world: World) -> None:
        raw = b"X-SES-Spam-Verdict: FAIL\r\n" + written().as_bytes()
        assert failing(world, raw) == "quarantined"


class TestRobots:
    def test_a_sender_who_opens_too_many_tickets_is_no_longer_acknowledged(self, world: World) -> None:
        outcomes = [get(world, written(Message_ID=f"<{n}@x>", text=f"{n}\n")) for n in range(12)]
        limit = world.shop.limits.per_address_hour
        assert outcomes == ["opened"] * limit + ["quarantined"] * (12 - limit)
        last = [t for t in world.store.tickets.values() if Suspicion.TOO_MANY in t.suspicions]
        assert len(last) == 12 - limit
        assert all(t.outbox is None for t in last)

    def test_a_repeated_mail_does_not_use_up_the_limits(self, world: World) -> None:
        world.with_shop(limits=replace(world.shop.limits, per_address_hour=2))
        for _ in range(5):
            get(world, written())
        assert get(world, written(Message_ID="<second@x>", text="Something else")) == "opened"
        assert get(world, written(Message_ID="<third@x>", text="A third")) == "quarantined"
        assert get(world, written()) == "duplicate"

    def test_a_mail_that_failed_and_is_retried_counts_once(self, world: World) -> None:
        world.with_shop(limits=replace(world.shop.limits, per_address_hour=1))
        key, commit = world.arrives(written()), world.store.commit

        def killed(change: Any) -> None:
            raise VersionConflict("killed")

        for attempt in (1, 2):
            world.store.commit = killed  # type: ignore[method-assign]
            with pytest.raises(VersionConflict):
                receive(world.deps, MailReceived(key, (CARE,), attempt=attempt))
        world.store.commit = commit  # type: ignore[method-assign]
        assert receive(world.deps, MailReceived(key, (CARE,), attempt=3)) == "opened"
        assert world.store.only_ticket().suspicions == ()

    def test_limits_can_be_off(self, world: World) -> None:
        world.deps = replace(world.deps, limits_on=False)
        assert {get(world, written(Message_ID=f"<{n}@x>")) for n in range(12)} == {"opened"}


class TestForwarded:
    TEXT = (
        "Please see to this.\n\n---------- Forwarded message ---------\nFrom: Jon Ash <jon@example.org>\n"
        "Date: Tue, 24 Nov 2026 at 10:00\nSubject: Broken switch\nTo: <ada@northlight.example>\n\n"
        "The switch of my lamp broke.\n"
    )

    def test_an_agents_forward_opens_the_customers_ticket_with_an_internal_note(self, world: World) -> None:
        assert get(world, written(f"Ada <{ADA}>", "Fwd: Broken switch", self.TEXT)) == "opened"
        ticket, note = world.store.only_ticket(), world.store.only_message()
        assert ticket.requester.address == "jon@example.org"
        assert "The switch of my lamp broke." in ticket.opening.text
        assert "see to this" not in ticket.opening.text
        assert (note.visibility, note.text) == (Visibility.INTERNAL, "Please see to this.")
        assert (Purpose.ACKNOWLEDGEMENT, "jon@example.org") in purposes(ticket)

    def test_a_mail_forwarded_twice_opens_one_ticket(self, world: World) -> None:
        for _ in range(2):
            outcome = get(world, written(f"Ada <{ADA}>", "Fwd: Broken switch", self.TEXT))
        assert outcome == "duplicate"
        assert len(world.store.tickets) == len(world.store.messages) == 1

    def test_a_customers_forward_stays_the_customers(self, world: World) -> None:
        get(world, written(subject="Fwd: Broken switch", text=self.TEXT))
        assert world.store.only_ticket().requester.address == MIRA


class TestLate:
    def closed(self, world: World, ticket: Ticket) -> None:
        world.store.commit(Change(evolve(ticket, state=State.CLOSED, closed_at=world.clock())))

    def reply(self, world: World, ticket: Ticket) -> None:
        get(world, written(text="It broke again.\n", Message_ID="<again@x>"), customers_address(ticket))

    def test_a_reply_soon_after_closing_reopens_the_ticket(self, world: World, ticket: Ticket) -> None:
        self.closed(world, ticket)
        world.clock.advance(days=world.shop.reopen_days)
        self.reply(world, ticket)
        again = world.store.only_ticket()
        assert (again.state, again.closed_at) == (State.OPEN, None)

    def test_a_reply_long_after_closing_opens_a_linked_ticket(self, world: World, ticket: Ticket) -> None:
        self.closed(world, ticket)
        world.clock.advance(days=world.shop.reopen_days + 1)
        self.reply(world, ticket)
        (other,) = [t for t in world.store.tickets.values() if t.ref != ticket.ref]
        assert other.related == (ticket.ref,)
        assert world.store.tickets[ticket.ref].state is State.CLOSED

    def test_a_reply_to_a_ticket_merged_into_another_joins_that(self, world: World, ticket: Ticket) -> None:
        get(world, written(Message_ID="<other@x>", subject="Other"))
        (other,) = [t for t in world.store.tickets.values() if t.ref != ticket.ref]
        world.store.commit(Change(evolve(ticket, merged_into=other.ref)))
        self.reply(world, ticket)
        assert world.store.only_message().ref == other.ref


class TestUndeliverable:
    def report(self, world: World, names: str, address: str = MIRA) -> bytes:
        lines = (
            "From: Mail Delivery Subsystem <mailer-daemon@mail.example>",
            f"To: {CARE}",
            "Subject: Undelivered Mail Returned to Sender",
            "Message-ID: <bounce@mail.example>",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "Your message could not be delivered.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mail.example",
            "",
            f"Final-Recipient: rfc822; {address}",
            "Action: failed",
            "Status: 5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 no such user",
            "--b",
            "Content-Type: message/rfc822",
            "",
            f"Message-ID: <{names}>",
            f"To: {address}",
            "",
            "words",
            "--b--",
            "",
        )
        return "\r\n".join(lines).encode()

    def test_a_report_on_our_mail_is_noted_and_agents_are_mailed_once(self, world: World, ticket: Ticket) -> None:
        (sent,) = world.mailer.to(MIRA)
        for _ in range(2):
            assert get(world, self.report(world, f"{sent.id}@eu-central-1.amazonses.com")) == "bounce"
        after = world.store.only_ticket()
        assert after.outbox
        assert after.outbox.deliveries[0].status is DeliveryStatus.BOUNCED
        assert [p for p, _ in purposes(after)].count(Purpose.UNDELIVERED) == 1
        assert world.store.messages == {}

    def test_an_address_that_bounced_is_suppressed_for_a_while(self, world: World, ticket: Ticket) -> None:
        (sent,) = world.mailer.to(MIRA)
        get(world, self.report(world, f"{sent.id}@eu-central-1.amazonses.com"))
        get(world, written(Message_ID="<next@x>", text="Hello again\n"))
        (other,) = [t for t in world.store.tickets.values() if t.ref != ticket.ref]
        post(world.deps, ItemRef(other.ref, None))
        assert len(world.mailer.to(MIRA)) == 1
        assert all(MIRA not in key for key in world.store.flags)

    def test_a_report_on_a_mail_that_is_not_ours_suppresses_nobody(self, world: World, ticket: Ticket) -> None:
        assert get(world, self.report(world, "made-up@elsewhere.example")) == "bounce"
        assert world.store.flags == {}
        assert world.store.tickets[ticket.ref] == ticket
        (other,) = [t for t in world.store.tickets.values() if t.ref != ticket.ref]
        assert other.outbox is None


class TestPoison:
    def test_a_failing_mail_is_retried_and_opened_unread_at_the_last_attempt(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = mail_arrivals.inbound_of

        def broken(shop: Any, gathered: Any) -> Any:
            if gathered.mail.mail.subject:
                raise ValueError("a fault of ours")
            return real(shop, gathered)

        monkeypatch.setattr(mail_arrivals, "inbound_of", broken)
        for attempt in (1, 2, 3):
            with pytest.raises(ValueError, match="fault of ours"):
                failing(world, written(), attempt=attempt)
        assert world.store.tickets == {}
        assert failing(world, written(), attempt=4) == "opened"
        opening = world.store.only_ticket().opening
        assert Remark.UNREADABLE in opening.remarks
        assert world.store.only_ticket().requester.address == MIRA
        assert [file.filename for file in opening.files] == ["original.eml"]

    def test_a_raw_mail_is_settled_only_with_its_outcome(self, world: World) -> None:
        key = world.arrives(written())

        def killed(*args: Any) -> None:
            raise VersionConflict("killed")

        noted, world.store.note_outcome = world.store.note_outcome, killed  # type: ignore[method-assign, assignment]
        with pytest.raises(VersionConflict):
            receive(world.deps, MailReceived(key, (CARE,)))
        assert world.files.settled == {}
        world.store.note_outcome = noted  # type: ignore[method-assign]
        assert receive(world.deps, MailReceived(key, (CARE,))) == "opened"
        assert world.files.settled == {key: True}
        assert len(world.store.tickets) == 1

    def test_the_raw_mail_stays_with_its_ticket(self, world: World) -> None:
        get(world, written())
        opening = world.store.only_ticket().opening
        assert opening.raw_key
        assert opening.raw_key.startswith(f"tickets/{opening.ref}/")
        assert world.files.read(opening.raw_key) == written().as_bytes()

    def test_a_mail_requeued_without_an_envelope_uses_its_to_header(self, world: World) -> None:
        assert receive(world.deps, MailReceived(world.arrives(written()), ())) == "opened"
