"""An agent's mail is the customer's answer only if it is written to the customer. Otherwise nobody gets it, no promise
is met, and the agent hears so."""

import pytest

from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, Person, State, Ticket, Visibility, evolve
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents
from tests.support.agents import SWIFT
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_mail_kinds import ACK, ADAS, NEW, TOM, address, get, kept, only
from tests.unit.services.intake.test_receiving import ADA, CARE, MIRA, purposes

INSTITUTE, SAM = "inst@wire.example", "Sam <sam@supplier.example>"
WORDS = "What does it cost you? She is a nuisance.\n"
NOT_DELIVERED = [(Purpose.NOT_DELIVERED, ADA)]


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket whose customer had put an institute in copy."""
    get(world, written(Cc=INSTITUTE))
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


def is_not_the_answer(world: World, ticket: Ticket, why: Remark) -> None:
    message, now = kept(world), only(world)
    assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, why)
    assert purposes(message) == NOT_DELIVERED
    assert now.clocks == ticket.clocks
    assert now.state is State.OPEN


class TestToSomebodyElse:
    OTHERS = (INSTITUTE, SWIFT, SAM, f"Tom <{TOM}>")

    @pytest.mark.parametrize("to", OTHERS)
    def test_with_the_reference_in_the_subject(self, world: World, ticket: Ticket, to: str) -> None:
        get(world, written(ADAS, f"Re: [{ticket.ref}]", WORDS, To=to, Cc=CARE, Message_ID="<a@x>"), passed=DMARC)
        is_not_the_answer(world, ticket, Remark.BAD_TOKEN)

    @pytest.mark.parametrize("to", OTHERS)
    def test_beside_the_reply_address(self, world: World, ticket: Ticket, to: str) -> None:
        """Who answers a notification and adds a name there writes to that name."""
        token = address(ticket, Role.AGENT)
        get(world, written(ADAS, "Re:", WORDS, To=f"{to}, {token}", Message_ID="<a@x>"), token, passed=DMARC)
        is_not_the_answer(world, ticket, Remark.COPY)

    @pytest.mark.parametrize("cc", [CARE, None])
    def test_who_is_quoted_in_it(self, world: World, ticket: Ticket, cc: str | None) -> None:
        token = address(ticket, Role.AGENT)
        text = f"{WORDS}\nOn Fri, 27 Nov 2026 at 10:12, {SAM} wrote:\n> We want 5 for it.\n"
        mail = written(ADAS, f"Re: Fwd: [{ticket.ref}]", text, To=SAM, Cc=cc or token, Message_ID="<a@x>")
        get(world, mail, cc or token, passed=DMARC)
        is_not_the_answer(world, ticket, Remark.BAD_TOKEN if cc else Remark.COPY)

    def test_the_agents_own_address_is_nobody_else(self, world: World, ticket: Ticket) -> None:
        token = address(ticket, Role.AGENT)
        get(world, written(ADAS, "Re:", "It comes.\n", To=f"{token}, {ADAS}", Message_ID="<a@x>"), token, passed=DMARC)
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]


class TestToTheCustomer:
    @pytest.mark.parametrize(("to", "cc"), [(MIRA, CARE), (CARE, MIRA), (f"{MIRA}, {{token}}", CARE)])
    def test_who_has_it_does_not_get_it_twice(self, world: World, ticket: Ticket, to: str, cc: str) -> None:
        token = address(ticket, Role.AGENT)
        mail = written(ADAS, f"Re: [{ticket.ref}]", "It comes.\n", To=to.format(token=token), Cc=cc, Message_ID="<a@x>")
        get(world, mail, token if "{token}" in to else CARE, passed=DMARC)
        message, now = kept(world), only(world)
        assert (message.visibility, message.outbox) == (Visibility.SHARED, None)
        assert (message.remarks, now.state) == ((Remark.ANSWERED_DIRECTLY,), State.WAITING)

    def test_who_is_in_copy_beside_the_reply_address_gets_it_from_us(self, world: World, ticket: Ticket) -> None:
        token = address(ticket, Role.AGENT)
        mail = written(ADAS, "Re: Lamp", "It comes.\n", To=token, Cc=MIRA, Message_ID="<a@x>")
        get(world, mail, token, passed=DMARC)
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]

    def test_the_address_they_wrote_from_is_theirs(self, world: World) -> None:
        get(world, written(f"Mira <{MIRA}>", Reply_To="mira@home.example"))
        found = only(world)
        assert (found.requester.address, found.opening.writer.address) == ("mira@home.example", MIRA)
        mail = written(ADAS, f"Re: [{found.ref}]", "It comes.\n", To=MIRA, Cc=CARE, Message_ID="<a@x>")
        get(world, mail, passed=DMARC)
        assert (kept(world).visibility, only(world).state) == (Visibility.SHARED, State.WAITING)


class TestForwardedToTheTicket:
    FORWARD = (
        "For the file: she is a liar.\n\n---------- Forwarded message ---------\nFrom: {sender}\n"
        "Date: Fri, 27 Nov 2026 10:12\nSubject: Parcel\nTo: <ada@northlight.example>\n\nShe signed for it.\n"
    )

    @pytest.mark.parametrize("sender", ["Ole <ole@example.com>", f"SwiftParcel <{SWIFT}>", SAM, f"Tom <{TOM}>"])
    def test_it_is_filed_and_not_sent(self, world: World, ticket: Ticket, sender: str) -> None:
        token, text = address(ticket, Role.AGENT), self.FORWARD.format(sender=sender)
        get(world, written(ADAS, "Fwd: Parcel", text, To=token, Message_ID="<a@x>"), token, passed=DMARC)
        is_not_the_answer(world, ticket, Remark.FORWARD)
        post(world.deps, ItemRef(ticket.ref, kept(world).id))
        assert "forwards another mail" in " ".join(world.mailer.to(ADA)[-1].text.split())

    def test_so_is_a_mail_that_is_forwarded_as_a_file(self, world: World, ticket: Ticket) -> None:
        token = address(ticket, Role.AGENT)
        mail = written(ADAS, "Fwd: Price", "For the file.\n", To=token, Message_ID="<a@x>")
        mail.add_attachment(written(SAM, "Price", "Our price for you: 5\n"), filename="price.eml")
        get(world, mail, token, passed=DMARC)
        is_not_the_answer(world, ticket, Remark.FORWARD)


class TestWithoutACustomer:
    """A ticket in an agent's name is nobody's: an answer to it would go to the agent and meet the promises."""

    UNREAD = "Please see below\n\nIt hums. Kim\n"

    def test_an_answer_goes_to_nobody_and_the_agent_is_told(self, world: World) -> None:
        get(world, written(f"Tom <{TOM}>", "Fwd: Lampa", self.UNREAD))
        found = only(world)
        assert (found.requester, found.opening.sender) == (Person("Tom", ""), TOM)
        assert purposes(found) == [(NEW, ADA), (NEW, TOM)]
        token = address(found, Role.AGENT)
        mail = written(f"Tom <{TOM}>", "Re:", "It is Kim, kim@example.com\n", To=token, Message_ID="<a@x>")
        get(world, mail, token, passed=DMARC)
        message, now = kept(world), only(world)
        assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, Remark.NO_ADDRESS)
        assert purposes(message) == [(Purpose.NOT_DELIVERED, TOM)]
        assert (now.state, now.clocks) == (State.OPEN, found.clocks)

    def test_the_persons_own_mail_joins_and_is_answered_once_the_ticket_is_theirs(self, world: World) -> None:
        get(world, written(ADAS, "Lamp", "Dear Ole, what hums?\n", To="ole@example.com", Cc=CARE, Message_ID="<a@x>"))
        mail = written("ole@example.com", "Re: Lamp", "All of it.\n", Message_ID="<o@x>", In_Reply_To="<a@x>")
        assert get(world, mail) == "appended"
        agents.acts(world, "readdress", ref=only(world).ref, address="ole@example.com", name="Ole")
        token = address(only(world), Role.AGENT)
        get(world, written(ADAS, "Re:", "Send it back.\n", To=token, Message_ID="<b@x>"), token, passed=DMARC)
        assert purposes(kept(world)) == [(Purpose.ANSWER, "ole@example.com")]


class TestAstray:
    """An agent's answer whose ticket is not there: no customer's ticket, no confirmation, and the agent is told."""

    def is_told(self, found: Ticket) -> None:
        assert (found.requester.address, found.opening.sender) == ("", ADA)
        assert Remark.ASTRAY in found.opening.remarks
        assert set(purposes(found)) == {(NEW, ADA)}
        assert "It comes." in found.opening.text

    def test_a_deleted_ticket(self, world: World, ticket: Ticket) -> None:
        token = address(ticket, Role.AGENT)
        world.store.tickets.clear()
        get(
            world,
            written(ADAS, "Re: Lamp", "Dear Mira, It comes.\n", To=token, Message_ID="<a@x>"),
            token,
            passed=DMARC,
        )
        self.is_told(only(world))
        post(world.deps, ItemRef(only(world).ref, None))
        assert "Nobody was sent the answer" in " ".join(world.mailer.to(ADA)[-1].text.split())

    def test_another_shops_ticket(self, world: World, ticket: Ticket) -> None:
        world.store.commit(Change(evolve(ticket, shop="kettle")))
        token = address(ticket, Role.AGENT)
        get(world, written(ADAS, "Re: Lamp", "It comes.\n", To=token, Message_ID="<a@x>"), token, passed=DMARC)
        self.is_told(only(world, ticket))


class TestAnsweredToUsAlone:
    """An agent who answers a customer's mail and sends the answer to us: who the customer is, is asked."""

    @pytest.mark.parametrize("cc", ["", "ole@example.com"])
    @pytest.mark.parametrize(
        "attribution",
        ["On Fri, 27 Nov 2026 at 10:12, Ole Brandt <ole@example.com> wrote:", "Am 27.11.26 um 10:12 schrieb Ole:"],
    )
    def test_it_is_nobodys_until_the_agent_says_whose(self, world: World, attribution: str, cc: str) -> None:
        text = f"It comes.\n\n{attribution}\n> Where is it?\n"
        get(
            world,
            written(ADAS, "Re: Lamp", text, To=CARE, Message_ID="<a@x>", **({"Cc": cc} if cc else {})),
            passed=DMARC,
        )
        found = only(world)
        assert (found.requester.address, found.opening.remarks) == ("", (Remark.WHOSE,))
        assert ACK not in [purpose for purpose, _ in purposes(found)]

    def test_a_mail_to_somebody_and_us_is_no_customers(self, world: World) -> None:
        get(
            world, written(ADAS, "Lamp", "It comes.\n", To=f"ole@example.com, {CARE}", Message_ID="<a@x>"), passed=DMARC
        )
        assert (only(world).requester.address, purposes(only(world))) == ("", [(NEW, ADA)])

    def test_an_agents_answer_to_us_is_the_agents(self, world: World) -> None:
        text = f"I bought a lamp.\n\nOn Fri, 27 Nov 2026 at 10:12, Northlight Lamps <{CARE}> wrote:\n> Welcome.\n"
        get(world, written(ADAS, "Re: Welcome", text, Message_ID="<a@x>"), passed=DMARC)
        assert only(world).requester.address == ADA


class TestByTheIdOfANotification:
    def test_a_strangers_mail_that_answers_a_notification_is_only_for_agents(
        self, world: World, ticket: Ticket
    ) -> None:
        """A supplier to whom an agent passed it, and whose program names only that mail."""
        sent = next(d.ses_id for d in ticket.outbox.deliveries if d.purpose is NEW)  # type: ignore[union-attr]
        mail = written(
            SAM,
            "Re: Lamp",
            "Between us: that batch is faulty.\n",
            Message_ID="<s@x>",
            In_Reply_To=f"<{sent}@eu-central-1.amazonses.com>",
        )
        assert get(world, mail) == "appended"
        assert (kept(world).visibility, kept(world).remarks[-1]) == (Visibility.INTERNAL, Remark.UNKNOWN_SENDER)
        assert only(world).participants == ticket.participants

    def test_a_customers_answer_to_their_confirmation_is_shared(self, world: World, ticket: Ticket) -> None:
        sent = next(d.ses_id for d in ticket.outbox.deliveries if d.purpose is ACK)  # type: ignore[union-attr]
        for writer in (MIRA, "jo@example.com"):
            mail = written(
                writer,
                "Re: Lamp",
                f"Thanks, {writer}\n",
                Message_ID=f"<{writer}>",
                In_Reply_To=f"<{sent}@eu-central-1.amazonses.com>",
            )
            get(world, mail)
            assert kept(world).visibility is Visibility.SHARED
