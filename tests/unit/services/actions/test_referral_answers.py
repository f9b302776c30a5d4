"""A third party answers by mail: agents read its words, and the customer only hears that it answered."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.messages import Author, Event, Visibility
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, acts
from tests.support.referrals import all_said, refer, unwrapped
from tests.support.store.fakes import World, written

CARE = "care@help.northlight.example"
THEIR_WORDS = "Depot Murkwood lost it, driver unknown."


@pytest.fixture(autouse=True)
def opened(world: World) -> None:
    agents.opened(world)


def get(world: World, mail: EmailMessage, *recipients: str, failed: str = "", passed: str = "") -> Outcome:
    """The outcome of a mail, and which of the mail service's checks it failed and passed."""
    checks = [frozenset(names.split()) for names in (failed, passed)]
    outcome = receive(
        world.deps, MailReceived(world.arrives(mail), recipients or (CARE,), failed=checks[0], passed=checks[1])
    )
    agents.stream(world)
    return outcome


def answer(sender: str = f"SwiftParcel <{SWIFT}>", subject: str = "Re: claim", **headers: str) -> EmailMessage:
    return written(sender, subject, f"{THEIR_WORDS}\n", **({"Message_ID": "<swift@mail.example>"} | headers))


class TestAnswers:
    def check(self, world: World, outcome: Outcome = Outcome.APPENDED) -> None:
        """The answer is an internal message, agents are notified, and the customer hears that there is one."""
        message = agents.message(world, Event.REFERRAL_ANSWER)
        assert (message.author, message.visibility, message.about) == (Author.THIRD_PARTY, Visibility.INTERNAL, "1")
        assert THEIR_WORDS in message.text
        ticket = world.store.only_ticket()
        assert ticket.state is State.OPEN
        assert ticket.referrals[0].answered_at == world.clock()
        clock = ticket.clock("referral-1")
        assert clock
        assert clock.met_at == world.clock()
        assert THEIR_WORDS in unwrapped(world.mailer.to(ADA)[-1].text)
        assert len(world.mailer.to(MIRA)) == 2
        assert "SwiftParcel" in world.mailer.to(MIRA)[1].text
        self.unread_by_the_customer(world)

    def unread_by_the_customer(self, world: World) -> None:
        assert "Murkwood" not in str(agents.customer_reads(world))
        assert all("Murkwood" not in all_said(mail) for mail in world.mailer.to(MIRA))

    def test_by_its_own_address(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(), mail.reply_to) == "appended"
        self.check(world)

    def test_by_references_only(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(References=str(mail.mail["References"]))) == "appended"
        self.check(world)

    def test_by_the_mail_services_id_only(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(In_Reply_To=f"<{mail.id}@eu-central-1.amazonses.com>")) == "appended"
        self.check(world)

    def test_by_the_reference_in_the_subject(self, world: World) -> None:
        refer(world)
        assert get(world, answer(subject=f"Re: claim [{samples.REF}]"), passed=DMARC) == "appended"
        self.check(world)

    def test_from_another_address_with_the_token(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer("Depot <depot7@swiftparcel.example>"), mail.reply_to) == "appended"
        self.check(world)

    def test_an_automatic_reply_is_no_answer_and_notifies_only_agents(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(Auto_Submitted="auto-replied"), mail.reply_to) == "automatic"
        ticket = world.store.only_ticket()
        assert ticket.state is State.REFERRED
        assert ticket.referrals[0].open
        (told,) = world.mailer.to(ADA)
        assert THEIR_WORDS in unwrapped(told.text)
        assert "looks like an automatic reply" in told.text
        assert "does not count as an answer" in str(told.mail["Subject"])
        assert len(world.mailer.to(MIRA)) == 1
        assert agents.message(world, Event.REFERRAL_ANSWER).visibility is Visibility.INTERNAL
        self.unread_by_the_customer(world)

    def test_a_forged_token_is_ignored(self, world: World) -> None:
        mail = refer(world)
        forged = re.sub(r"(.)@", lambda last: f"{'y' if last[1] == 'z' else 'z'}@", mail.reply_to)
        assert get(world, answer("Eve <eve@example.com>"), forged) == "opened"
        assert world.store.tickets[samples.REF].referrals[0].open
        assert len(world.store.tickets) == 2

    def test_a_token_for_another_referral_is_ignored(self, world: World) -> None:
        refer(world)
        other = samples.reply_token(world.store.tickets[samples.REF], Role.THIRD_PARTY, 1).replace("t01", "t02")
        assert get(world, answer("Eve <eve@example.com>"), plus_address(CARE, other)) == "opened"

    def test_an_unverified_sender_without_a_token_does_not_join(self, world: World) -> None:
        refer(world)
        subject = f"Re: claim [{samples.REF}]"
        assert get(world, answer(subject=subject), failed=DMARC) == "opened"
        assert world.store.tickets[samples.REF].referrals[0].open
        assert len(world.mailer.to(MIRA)) == 1

    def test_an_unverified_sender_with_the_token_joins_and_agents_are_warned(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(), mail.reply_to, failed=DMARC) == "appended"
        assert "Sender not verified" in world.mailer.to(ADA)[-1].text
        self.unread_by_the_customer(world)

    def test_the_same_answer_twice_is_stored_once(self, world: World) -> None:
        mail = refer(world)
        get(world, answer(), mail.reply_to)
        assert get(world, answer(), mail.reply_to) == "duplicate"
        self.check(world)

    def test_a_second_mail_notifies_only_agents(self, world: World) -> None:
        mail = refer(world)
        get(world, answer(), mail.reply_to)
        world.clock.advance(minutes=5)
        get(world, answer(Message_ID="<more@mail.example>", subject="One more thing"), mail.reply_to)
        assert len(world.mailer.to(ADA)) == 2
        assert len(world.mailer.to(MIRA)) == 2

    @pytest.mark.parametrize("days", [1, 80])
    def test_an_answer_after_closing_notifies_only_agents(self, world: World, days: int) -> None:
        mail = refer(world)
        acts(world, "close", outcome="settled", reason="By telephone.")
        world.clock.advance(days=days)
        assert get(world, answer(), mail.reply_to) == "appended"
        ticket = world.store.only_ticket()
        assert ticket.state is State.CLOSED
        assert len(world.mailer.to(ADA)) == 1
        assert len(world.mailer.to(MIRA)) == 1
        self.unread_by_the_customer(world)

    def test_an_answer_by_reference_long_after_closing_opens_no_ticket(self, world: World) -> None:
        refer(world)
        acts(world, "close", outcome="settled", reason="By telephone.")
        world.clock.advance(days=80)
        assert get(world, answer(subject=f"Re: claim [{samples.REF}]")) == "appended"
        assert len(world.mailer.to(SWIFT)) == 1  # and no acknowledgement, which a customer would get
        assert len(world.store.tickets) == 1

    def test_its_words_appear_in_no_later_mail_to_the_customer(self, world: World) -> None:
        mail = refer(world, "message")
        get(world, answer(), mail.reply_to)
        acts(world, "ask", text="Is the box still there?")
        acts(world, "remedy", remedy_kind="replacement", carried_out_by="courier")
        acts(world, "extend", by="5 days", reason="The shade has to be made.")
        agents.stream(world)
        acts(world, "remedy_done", text="It is on its way.")
        acts(world, "conclude", outcome="upheld", text="You are right.")
        agents.stream(world)
        assert len(world.mailer.to(MIRA)) == 6
        self.unread_by_the_customer(world)

    def test_an_agents_reply_to_the_notification_goes_to_the_customer(self, world: World) -> None:
        mail = refer(world)
        get(world, answer(), mail.reply_to)
        told = world.mailer.to(ADA)[-1]
        reply = written(f"Ada <{ADA}>", "Re: x", "A new one comes tomorrow.\n", Message_ID="<ada@x.example>")
        assert get(world, reply, told.reply_to, passed=DMARC) == "appended"
        assert "A new one comes tomorrow." in world.mailer.to(MIRA)[-1].text
        self.unread_by_the_customer(world)

    def test_a_customers_mail_to_that_address_stays_the_customers(self, world: World) -> None:
        mail = refer(world)
        theirs = written(f"Mira <{MIRA}>", "Re: x", "They never rang.\n", Message_ID="<m2@mail.example>")
        assert get(world, theirs, mail.reply_to) == "appended"
        assert list(world.store.messages.values())[-1].author is Author.CUSTOMER
        assert world.store.only_ticket().referrals[0].open

    def test_the_customers_promise_keeps_running(self, world: World) -> None:
        before = world.store.only_ticket().clock("resolve")
        mail = refer(world)
        world.clock.at += timedelta(days=1)
        get(world, answer(), mail.reply_to)
        assert world.store.only_ticket().clock("resolve") == before

    def test_a_customer_without_an_address_is_not_mailed(self, world: World) -> None:
        ticket = world.store.only_ticket()
        world.store.tickets[ticket.ref] = replace(ticket, requester=replace(ticket.requester, address=""))
        mail = refer(world)
        get(world, answer(), mail.reply_to)
        assert {mail.recipient for mail in world.mailer.sent} == {SWIFT, ADA}
