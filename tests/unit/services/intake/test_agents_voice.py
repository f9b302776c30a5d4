"""A mail speaks for the shop only if it is surely the agent's, and for the customer only if its From can be read in one
way only. Any other mail is kept, and agents are notified."""

from collections.abc import Iterator

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, Message, State, Ticket, Visibility
from chalicelib.services.intake.arrivals import DMARC, SPAM
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT
from tests.support.referrals import refer
from tests.support.store.fakes import World

CARE = "care@help.northlight.example"
EVE = "eve@evil.example"
WORDS = "Pay the rest to this account instead."
# Some programs read each of these as Ada's, others as Eve's or nobody's.
NOT_SURELY_ADAS = (
    f"From: Ada <{ADA}>, {EVE}",
    f"From: {ADA} {EVE}",
    f"From: <{ADA}",
    f"From: Ada <{ADA}>\r\nFrom: Eve <{EVE}>",
    f"From: {ADA} ({EVE})",
    f"From: {ADA}@evil.example",
    f"From: =?utf-8?q?{ADA.replace('@', '=40')}?=",
    f"From: =?utf-8?q?Ada_<{ADA}>,?= <{EVE}>",
    f"From: undisclosed: {ADA};",
    f"From: {ADA}\0",
    f"From: Lindqvist, Ada <{ADA}>",
    f'From: "{EVE}" <{ADA}>',
    f"From: Ada <{ADA}>\r\nSender: {EVE}",
    f"no field\r\nFrom: Ada <{ADA}>",
)
# No careful reader takes these for hers.
SOMEBODY_ELSES = (
    f'From: "{ADA}"@evil.example',
    f'From: Ada <"{ADA}"@evil.example>',
    f'From: "Ada <{ADA}>" <{EVE}>',
    f"From: Ada, {EVE}",
    f"From: {ADA}\0.evil.example",
    "From: Ada <\u0430da@northlight.example>",  # the "а" is Cyrillic
    f"From: {ADA.replace('@', '＠')}",
    "From: undisclosed:;",
    "From: Ada <ada@northlight.example.evil.example>",
)


@pytest.fixture(autouse=True)
def ticket(world: World) -> Ticket:
    return agents.opened(world)


def arrives(
    world: World, head: str, to: str, text: str = WORDS, subject: str = "Re: Lamp", passed: tuple[str, ...] = (DMARC,)
) -> Outcome:
    more = f"To: {to}\r\nSubject: {subject}\r\nMessage-ID: <{world.mails}@x>\r\n"
    key = world.arrives(f"{head}\r\n{more}\r\n{text}\r\n".encode())
    outcome = receive(world.deps, MailReceived(key, (to,), passed=frozenset(passed)))
    agents.stream(world)
    return outcome


def address(world: World, role: Role) -> str:
    return plus_address(CARE, samples.reply_token(world.store.tickets[samples.REF], role))


def kept(world: World) -> Message:
    return list(world.store.messages.values())[-1]


def everything(world: World) -> Iterator[str]:
    yield from (mail.text for mail in world.mailer.to(MIRA))
    yield str(agents.customer_reads(world))


def check_inside(world: World, reason: str) -> None:
    message, after = kept(world), world.store.tickets[samples.REF]
    assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, reason)
    assert WORDS in message.text
    assert not any(WORDS in text for text in everything(world))
    first = after.clock("first_answer")
    assert first
    assert (after.state, first.met_at) == (State.OPEN, None)


class TestAgentsMail:
    def test_a_mail_that_passes_dmarc_goes_to_the_customer(self, world: World) -> None:
        arrives(world, f"From: Ada Lindqvist <{ADA}>\r\nSender: office@northlight.example", address(world, Role.AGENT))
        assert WORDS in world.mailer.to(MIRA)[-1].text

    @pytest.mark.parametrize("head", NOT_SURELY_ADAS)
    def test_an_ambiguous_from_is_kept_and_the_agent_is_mailed(self, world: World, head: str) -> None:
        assert arrives(world, head, address(world, Role.AGENT)) == "appended"
        check_inside(world, "unclear_sender")
        told = world.mailer.to(ADA)[-1].text
        assert "more than one way" in " ".join(told.split())
        assert f"/desk/t/{samples.REF}" in told
        assert WORDS in told

    @pytest.mark.parametrize("head", SOMEBODY_ELSES)
    def test_another_persons_mail_is_a_strangers_and_notifies_agents(self, world: World, head: str) -> None:
        arrives(world, head, address(world, Role.AGENT))
        check_inside(world, "unknown_sender")
        assert kept(world).author is Author.OTHER
        assert WORDS in world.mailer.to(ADA)[-1].text

    @pytest.mark.parametrize("role", [Role.AGENT, Role.CUSTOMER])
    def test_a_mail_without_dmarc_is_kept_and_the_agent_is_told_what_to_do(self, world: World, role: Role) -> None:
        arrives(world, f"From: Ada <{ADA}>", address(world, role), passed=())
        check_inside(world, "unproven" if role is Role.AGENT else "bad_token")
        told = " ".join(world.mailer.to(ADA)[-1].text.split())
        assert "Your reply below was not sent" in told
        assert ("DMARC" in told) is (role is Role.AGENT)

    @pytest.mark.parametrize("head", NOT_SURELY_ADAS)
    def test_an_ambiguous_from_is_no_answer_sent_directly(self, world: World, head: str) -> None:
        """The subject has the reference, the mail is to the customer, and we are in copy."""
        more = f"To: {MIRA}\r\nCc: {CARE}\r\nSubject: Re: [{samples.REF}]\r\nMessage-ID: <1@x>\r\n"
        key = world.arrives(f"{head}\r\n{more}\r\n{WORDS}\r\n".encode())
        receive(world.deps, MailReceived(key, (CARE,), passed=frozenset({DMARC})))
        agents.stream(world)
        check_inside(world, "unclear_sender")

    @pytest.mark.parametrize(
        ("head", "passed", "answered"),
        [(f"From: Ada <{ADA}>", (DMARC,), True)]
        + [(f"From: Ada <{ADA}>", (), False)]
        + [(head, (DMARC,), False) for head in NOT_SURELY_ADAS],
    )
    def test_only_a_proven_mail_opens_a_ticket_as_answered(
        self, world: World, head: str, passed: tuple[str, ...], answered: bool
    ) -> None:
        quoted = (
            f"{WORDS}\r\n\r\n-----Original Message-----\r\nFrom: Ole Brandt <ole@example.com>\r\n"
            "Sent: Friday, 27 November 2026 10:12\r\nTo: Ada\r\nSubject: Lamp hums\r\n\r\nMy lamp hums.\r\n"
        )
        more = f"To: Ole <ole@example.com>\r\nCc: {CARE}\r\nSubject: Re: Lamp hums\r\nMessage-ID: <1@x>\r\n"
        key = world.arrives(f"{head}\r\n{more}In-Reply-To: <ole@x>\r\n\r\n{quoted}".encode())
        receive(world.deps, MailReceived(key, (CARE,), passed=frozenset(passed)))
        (found,) = [ticket for ticket in world.store.tickets.values() if ticket.ref != samples.REF]
        first = found.clock("first_answer")
        assert bool(first and first.met_at) is answered
        assert (found.requester.address == "ole@example.com") is answered
        if not answered:
            assert Remark.UNVERIFIED in found.opening.remarks
            assert found.outbox
            assert ADA in [mail.to for mail in found.outbox.deliveries]

    def test_a_proven_mail_marked_as_spam_is_not_sent(self, world: World) -> None:
        key = world.arrives(f"From: {ADA}\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\n{WORDS}".encode())
        receive(
            world.deps, MailReceived(key, (address(world, Role.AGENT),), frozenset({SPAM}), passed=frozenset({DMARC}))
        )
        check_inside(world, "unverified")

    def test_the_reason_is_remarked_once(self, world: World) -> None:
        key = world.arrives(f"From: {ADA}\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\n{WORDS}".encode())
        receive(world.deps, MailReceived(key, (address(world, Role.AGENT),), frozenset({DMARC})))
        (message,) = world.store.messages.values()
        assert message.remarks == ("unverified",)


NOT_SURELY_MIRAS = (
    f"From: Mira <{MIRA}>, {EVE}",
    f"From: {MIRA} {EVE}",
    f"From: <{MIRA}",
    f"From: {MIRA}\r\nFrom: {EVE}",
    f"From: {MIRA} ({EVE})",
    f"From: {MIRA}@evil.example",
    f"From: =?utf-8?q?{MIRA.replace('@', '=40')}?=",
    f"From: friends: {MIRA};",
    f"From: {MIRA}\0",
)


class TestCustomersMail:
    @pytest.mark.parametrize("head", [f"From: Mira <{MIRA}>", f"From: Holm, Mira <{MIRA}>", f"From: {MIRA} <{MIRA}>"])
    def test_a_loosely_written_name_is_still_the_customers(self, world: World, head: str) -> None:
        assert arrives(world, head, address(world, Role.CUSTOMER), passed=()) == "appended"
        message = kept(world)
        assert (message.author, message.remarks) == (Author.CUSTOMER, ())

    @pytest.mark.parametrize("head", NOT_SURELY_MIRAS)
    def test_with_the_customers_token_an_ambiguous_from_is_kept_and_marked(self, world: World, head: str) -> None:
        assert arrives(world, head, address(world, Role.CUSTOMER)) == "appended"
        message = kept(world)
        assert {Remark.STRANGER, Remark.UNVERIFIED} <= set(message.remarks)
        told = world.mailer.to(ADA)[-1].text
        assert WORDS in told
        assert "Sender not verified" in told
        assert world.store.tickets[samples.REF].unconfirmed == samples.ticket().unconfirmed

    @pytest.mark.parametrize("head", NOT_SURELY_MIRAS)
    def test_with_the_agents_token_an_ambiguous_from_is_internal(self, world: World, head: str) -> None:
        arrives(world, head, address(world, Role.AGENT))
        check_inside(world, "unknown_sender")

    @pytest.mark.parametrize("head", NOT_SURELY_MIRAS)
    def test_with_only_the_subject_an_ambiguous_from_opens_a_new_ticket(self, world: World, head: str) -> None:
        assert arrives(world, head, CARE, subject=f"Re: [{samples.REF}]") == "opened"
        (other,) = [ticket for ticket in world.store.tickets.values() if ticket.ref != samples.REF]
        assert other.related == (samples.REF,)
        assert Remark.UNVERIFIED in other.opening.remarks
        assert other.unconfirmed
        assert not other.proven
        assert WORDS in world.mailer.to(ADA)[-1].text

    @pytest.mark.parametrize(
        ("head", "proven"), [(f"From: Mira <{MIRA}>", True), *((head, False) for head in NOT_SURELY_MIRAS)]
    )
    def test_dmarc_proves_no_address_of_an_ambiguous_from(self, world: World, head: str, proven: bool) -> None:
        arrives(world, head, CARE, subject="A new matter")
        (other,) = [ticket for ticket in world.store.tickets.values() if ticket.ref != samples.REF]
        assert other.proven is proven


class TestThirdPartysMail:
    @pytest.mark.parametrize(
        ("head", "counts"),
        [
            (f"From: Claims <{SWIFT}>", True),
            (f"From: Parcel, Swift <{SWIFT}>", True),
            (f"From: {SWIFT}, {MIRA}", False),
            (f"From: {MIRA}, {SWIFT}", False),
            (f"From: {SWIFT}\r\nFrom: {MIRA}", False),
            (f"From: <{SWIFT}", False),
            (f"From: {SWIFT} ({MIRA})", False),
        ],
    )
    def test_with_its_token_an_ambiguous_from_does_not_count_as_answer(
        self, world: World, head: str, counts: bool
    ) -> None:
        mail = refer(world)
        assert arrives(world, head, mail.reply_to, passed=()) == "appended"
        assert kept(world).visibility is Visibility.INTERNAL
        assert WORDS not in str(agents.customer_reads(world))
        assert WORDS in world.mailer.to(ADA)[-1].text
        assert bool(world.store.tickets[samples.REF].referrals[0].answered_at) is counts

    @pytest.mark.parametrize(
        ("head", "outcome"),
        [
            (f"From: Claims <{SWIFT}>", "appended"),
            (f"From: Claims <{SWIFT}>\r\nSender: desk@helpdesk.example", "appended"),
            (f"From: {SWIFT} {EVE}", "opened"),
        ],
    )
    def test_with_only_the_subject_a_clear_from_counts_as_answer(self, world: World, head: str, outcome: str) -> None:
        refer(world)
        assert arrives(world, head, CARE, subject=f"Re: [{samples.REF}]") == outcome
        assert bool(world.store.tickets[samples.REF].referrals[0].answered_at) is (outcome == "appended")
