"""The author of a mail on a referred ticket: customer, third party or unverified, no matter what its From says."""

from email.message import EmailMessage

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from chalicelib.services.intake.arrivals import DMARC, SPAM, VIRUS
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, acts
from tests.support.referrals import refer, unwrapped
from tests.support.store.fakes import World, written
from tests.unit.services.actions.test_referral_answers import CARE, THEIR_WORDS, answer, get

PARTICIPANT, DEPOT = "partner@example.com", "depot7@swiftparcel.example"


@pytest.fixture(autouse=True)
def opened(world: World) -> None:
    agents.opened(world, participants=(SWIFT, PARTICIPANT, DEPOT))


def kept(world: World) -> Message:
    return list(world.store.messages.values())[-1]


def ticket(world: World) -> Ticket:
    return world.store.tickets[samples.REF]


def by_subject(**headers: str) -> EmailMessage:
    return answer(subject=f"Re: claim [{samples.REF}]", **headers)


def check_answered(world: World) -> None:
    message = kept(world)
    assert (message.author, message.visibility) == (Author.THIRD_PARTY, Visibility.INTERNAL)
    assert ticket(world).referrals[0].answered_at == world.clock()
    assert len(world.mailer.to(MIRA)) == 2
    unread_by_the_customer(world)


def check_not_counted(world: World, why: str) -> None:
    """The mail is kept for the agents, who read why it is no answer. The referral stays open, and the customer hears
    nothing."""
    message = kept(world)
    assert (message.author, message.visibility) == (Author.THIRD_PARTY, Visibility.INTERNAL)
    assert {why, Remark.UNCOUNTED} <= set(message.remarks)
    after = ticket(world)
    clock = after.clock("referral-1")
    assert clock
    assert (after.state, after.referrals[0].open, clock.met_at) == (State.REFERRED, True, None)
    told = world.mailer.to(ADA)[-1]
    assert "does not count as an answer" in str(told.mail["Subject"])
    assert "They know that an answer has come" not in unwrapped(told.text)
    assert len(world.mailer.to(MIRA)) == 1
    unread_by_the_customer(world)


def unread_by_the_customer(world: World) -> None:
    assert "Murkwood" not in str(agents.customer_reads(world))


class TestParticipant:
    """A person to whom the customer also wrote is a participant; once the shop asks them, they are a third party."""

    def test_a_third_party_answers_by_its_token(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(), mail.reply_to) == "appended"
        check_answered(world)

    def test_a_third_party_answers_without_it(self, world: World) -> None:
        refer(world)
        assert get(world, by_subject(), passed=DMARC) == "appended"
        check_answered(world)

    def test_its_later_mail_is_not_the_customers_either(self, world: World) -> None:
        mail = refer(world)
        get(world, answer(), mail.reply_to)
        assert get(world, by_subject(Message_ID="<more@mail.example>"), passed=DMARC) == "appended"
        assert kept(world).visibility is Visibility.INTERNAL
        unread_by_the_customer(world)

    def test_before_the_referral_it_writes_as_a_participant(self, world: World) -> None:
        assert get(world, by_subject()) == "appended"
        assert (kept(world).author, kept(world).visibility) == (Author.CUSTOMER, Visibility.SHARED)

    def test_its_colleague_in_copy_with_its_token_writes_as_the_third_party(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(DEPOT), mail.reply_to) == "appended"
        check_answered(world)

    def test_another_participant_with_its_token_is_not_its_answer(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(PARTICIPANT), mail.reply_to) == "appended"
        check_not_counted(world, Remark.UNCOUNTED)


class TestForged:
    @pytest.mark.parametrize("passed", ["", "spam virus"])
    def test_its_address_without_dmarc_does_not_count(self, world: World, passed: str) -> None:
        refer(world)
        assert get(world, by_subject(), passed=passed) == "appended"
        check_not_counted(world, Remark.UNVERIFIED)
        assert "Sender not verified" in world.mailer.to(ADA)[-1].text

    def test_an_authentication_header_in_the_mail_does_not_count(self, world: World) -> None:
        refer(world)
        get(world, by_subject(Authentication_Results="amazonses.com; dmarc=pass header.from=swiftparcel.example"))
        check_not_counted(world, Remark.UNVERIFIED)

    def test_its_address_with_the_customers_token_does_not_count(self, world: World) -> None:
        refer(world)
        theirs = plus_address(CARE, samples.reply_token(world.store.tickets[samples.REF], Role.CUSTOMER))
        assert get(world, answer(), theirs) == "appended"
        check_not_counted(world, Remark.UNVERIFIED)

    def test_its_address_with_the_id_of_a_mail_to_the_customer_does_not_count(self, world: World) -> None:
        refer(world)
        told = world.mailer.to(MIRA)[0]
        assert get(world, answer(In_Reply_To=f"<{told.id}@eu-central-1.amazonses.com>")) == "appended"
        check_not_counted(world, Remark.UNVERIFIED)

    def test_the_id_of_our_mail_to_it_counts_as_proof(self, world: World) -> None:
        mail = refer(world)
        theirs = answer("Depot <depot7@swiftparcel.example>", In_Reply_To=f"<{mail.id}@eu-central-1.amazonses.com>")
        assert get(world, theirs) == "appended"
        check_answered(world)

    def test_its_token_with_a_forged_customers_address_does_not_count(self, world: World) -> None:
        mail = refer(world, "email")
        assert get(world, answer(f"Mira <{MIRA}>"), mail.reply_to, failed=DMARC) == "appended"
        check_not_counted(world, Remark.UNVERIFIED)

    def test_its_token_with_the_customers_own_address_is_the_customers(self, world: World) -> None:
        mail = refer(world)
        assert get(world, answer(f"Mira <{MIRA.upper()}>"), mail.reply_to) == "appended"
        assert (kept(world).author, kept(world).visibility) == (Author.CUSTOMER, Visibility.SHARED)
        assert ticket(world).referrals[0].open

    def test_after_a_merge_its_answer_counts_on_the_target(self, world: World) -> None:
        mail = refer(world)
        world.store.commit(Change(samples.ticket("NL-22222-22222", world.clock())))
        acts(world, "merge", into="NL-22222-22222", anyway=True)
        theirs = answer("depot7@swiftparcel.example", In_Reply_To=f"<{mail.id}@eu-central-1.amazonses.com>")
        assert get(world, theirs) == "appended"
        assert world.store.tickets["NL-22222-22222"].referrals[0].answered_at == world.clock()


class TestSuspicious:
    @pytest.mark.parametrize("failed", [SPAM, VIRUS])
    def test_a_suspicious_third_partys_mail_does_not_count_and_is_appended(self, world: World, failed: str) -> None:
        mail = refer(world)
        assert get(world, answer(), mail.reply_to, failed=failed, passed=DMARC) == "appended"
        check_not_counted(world, Remark.SUSPICIOUS)
        assert "took this email for spam or found a virus in it" in unwrapped(world.mailer.to(ADA)[-1].text)

    def test_a_suspicious_customers_mail_is_on_the_ticket_with_a_remark(self, world: World) -> None:
        theirs = written(f"Mira <{MIRA}>", f"Re: [{samples.REF}]", "Cheap pills\n", Message_ID="<m@mail.example>")
        assert get(world, theirs, failed=SPAM) == "appended"
        assert (kept(world).author, kept(world).remarks) == (Author.CUSTOMER, (Remark.SUSPICIOUS,))
        assert "took this email for spam" in unwrapped(world.mailer.to(ADA)[-1].text)
        assert {outcome for outcome, _ in world.store.outcomes.values()} == {"appended"}

    def test_a_suspicious_agents_mail_does_not_go_to_the_customer(self, world: World) -> None:
        reply = plus_address(CARE, samples.reply_token(world.store.tickets[samples.REF], Role.AGENT))
        mail = written(f"Ada <{ADA}>", "Re: x", f"{THEIR_WORDS}\n", Message_ID="<a@mail.example>")
        assert get(world, mail, reply, failed=SPAM) == "appended"
        assert kept(world).visibility is Visibility.INTERNAL
        assert world.mailer.to(MIRA) == []
