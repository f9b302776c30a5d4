"""Mails of the kinds that people, programs and agents really send, through the whole of receiving: whose words they
are, where they go, and who hears of it."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.mail import reading
from chalicelib.mail.composing import plus_address
from chalicelib.mail.inbound import Attachment, Bounce, InboundMail, Mark, MarkCode
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Author, Message, Person, State, Ticket, Visibility
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents, samples
from tests.support.agents import SWIFT
from tests.support.referrals import refer
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_receiving import ADA, CARE, HELP, MIRA, purposes

TOM = "tom@northlight.example"
ADAS = f"Ada Lindqvist <{ADA}>"
ACK, NEW, REPLY = Purpose.ACKNOWLEDGEMENT, Purpose.NOTIFICATION_NEW, Purpose.NOTIFICATION_REPLY


def header(value: str) -> Mark:
    return Mark(MarkCode.HEADER, value)


Reads = Callable[..., None]


def get(world: World, mail: EmailMessage | bytes, *to: str, failed: str = "", passed: str = "") -> Outcome:
    checks = [frozenset(names.split()) for names in (failed, passed)]
    return receive(world.deps, MailReceived(world.arrives(mail), to or (CARE,), checks[0], passed=checks[1]))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Have mails read with these values, whatever the reader finds."""
    real = reading.read

    def changed(**values: Any) -> None:
        monkeypatch.setattr(reading, "read", lambda raw: replace(real(raw), **values))

    return changed


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket opened by mail, all its mails sent."""
    get(world, written())
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


def address(ticket: Ticket, role: Role) -> str:
    return plus_address(CARE, samples.reply_token(ticket, role))


def only(world: World, ticket: Ticket | None = None) -> Ticket:
    """The ticket, or the other than this."""
    (found,) = [each for each in world.store.tickets.values() if ticket is None or each.ref != ticket.ref]
    return found


def kept(world: World) -> Message:
    return list(world.store.messages.values())[-1]


class TestInSomebodysName:
    """Form plugins, shop platforms, groups and marketplaces: Reply-To is the customer."""

    @pytest.mark.parametrize(
        ("sender", "headers"),
        [
            ("Website <wordpress@northlight.example>", {}),
            ("Website <shop@www.northlight.example>", {}),
            ("Northlight Lamps <hello@platform.example>", {}),
            ("Contact form <webform@hosting.example>", {}),
            ("Messages <orders-noreply@market.example>", {}),
            ("Markt <keine-antwort@markt.example>", {}),
            ("'Ines Roth' via Care <team@groups.example>", {}),
            ("Ines über Kleinmarkt <post@kleinmarkt.example>", {}),
            (f"'Ines Roth' via Care <{CARE}>", {"Precedence": "list", "List_Id": "<care.northlight.example>"}),
        ],
    )
    def test_the_ticket_is_whose_reply_to_it_is_and_the_from_stands_beside(
        self, world: World, sender: str, headers: dict[str, str]
    ) -> None:
        get(world, written(sender, Reply_To="Ines Roth <Ines@example.com>", Message_ID="<f@x>", **headers))
        found = only(world)
        assert found.requester == Person("Ines Roth", "Ines@example.com")
        assert found.opening.sender == sender.rpartition("<")[2].rstrip(">")
        assert found.participants == ()
        assert found.state is State.OPEN
        assert purposes(found) == [(ACK, "Ines@example.com"), (NEW, ADA)]

    def test_a_group_says_who_wrote_even_without_a_reply_to(self, world: World, reads: Reads) -> None:
        get(
            world,
            written(
                f"'Ines Roth' via Care <{CARE}>", X_Original_From="Ines Roth <ines@example.com>", Message_ID="<g@x>"
            ),
        )
        assert only(world).requester == Person("Ines Roth", "ines@example.com")

    def test_systems_the_policy_trusts_write_for_others(self, world: World) -> None:
        world.with_shop(trusted_senders=("crm@tools.example",))
        get(world, written("CRM <crm@tools.example>", Reply_To="kim@example.com", Auto_Submitted="auto-generated"))
        found = only(world)
        assert (found.requester.address, found.state) == ("kim@example.com", State.OPEN)
        assert purposes(found) == [(ACK, "kim@example.com"), (NEW, ADA)]

    def test_a_person_who_wants_answers_elsewhere_gets_them_there_and_both_take_part(self, world: World) -> None:
        get(world, written("Kim Adler <kim@work.example>", Reply_To="kim@home.example"))
        found = only(world)
        assert found.requester == Person("Kim Adler", "kim@home.example")
        assert found.participants == ("kim@work.example",)
        assert found.opening.sender == ""
        assert purposes(found)[0] == (ACK, "kim@home.example")
        reply = written("kim@work.example", f"Re: [{found.ref}]", "Any news?", Message_ID="<2@x>")
        assert get(world, reply) == "appended"

    @pytest.mark.parametrize(
        ("sender", "reply_to", "name"),
        [
            ("Kim Adler <k.adler@work.example>", "kim@home.example", "Kim Adler"),
            ("Kim Adler <post@work.example>", "adler.77@home.example", "Kim Adler"),
            ("K. A. <ka@work.example>", "KA@home.example", "K. A."),
            ("Kim Adler <kim@work.example>", "Jo Berg <jo@home.example>", "Jo Berg"),
            ("Kim Adler <kim@work.example>", "jo@home.example", ""),
            ("Kim Adler <kim@work.example>", "office@work.example", ""),
            ("Jo Ng <jo@work.example>", "joanna@home.example", ""),
            ("<kim@work.example>", "jo@home.example", ""),
            ("Жанна Адлер <zh@work.example>", "adler@home.example", ""),
        ],
    )
    def test_their_name_is_the_others_only_where_that_address_bears_it(
        self, world: World, sender: str, reply_to: str, name: str
    ) -> None:
        get(world, written(sender, Reply_To=reply_to))
        assert only(world).requester.name == name

    @pytest.mark.parametrize("reply_to", [CARE, CARE.upper(), HELP, ADA, "no-reply@market.example", "nonsense", MIRA])
    def test_a_reply_to_that_is_nobodys_counts_for_nothing(self, world: World, reply_to: str) -> None:
        get(world, written("Kim <kim@work.example>", Reply_To="Mira Holm <kim@work.example>"))
        get(world, written("Mira Holm <mira@example.com>", Reply_To=reply_to, Message_ID="<2@x>"))
        assert [each.requester.address for each in world.store.tickets.values()] == ["kim@work.example", MIRA]

    def test_a_list_that_puts_itself_into_reply_to_is_no_customer(self, world: World) -> None:
        mail = written(
            Reply_To="lamps@lists.example", To="lamps@lists.example", List_Post="<mailto:lamps@lists.example>"
        )
        get(world, mail)
        assert only(world).requester.address == MIRA

    def test_without_a_reply_to_it_is_the_froms(self, world: World) -> None:
        get(world, written("Website <wordpress@northlight.example>"))
        assert only(world).requester.address == "wordpress@northlight.example"

    def test_by_a_reply_to_alone_nobody_writes_into_anothers_ticket(self, world: World, ticket: Ticket) -> None:
        claim = written("no-reply@evil.example", f"Re: [{ticket.ref}]", "Hello", Reply_To=MIRA, Message_ID="<e@x>")
        assert get(world, claim) == "opened"
        assert world.store.messages == {}
        for role in (Role.AGENT, Role.THIRD_PARTY):
            claim = written("no-reply@evil.example", "Re:", "Hello", Reply_To=MIRA, Message_ID=f"<{role}@x>")
            get(world, claim, address(ticket, role))
            assert kept(world).visibility is Visibility.INTERNAL

    def test_a_relay_with_the_customers_token_is_the_customer(self, world: World) -> None:
        sender, relay = "Bigmarket <no-reply@market.example>", "r-7@reply.market.example"
        get(world, written(sender, Reply_To=f"marlene <{relay}>"))
        found = only(world)
        again = written(sender, "Re:", "110 V?", Reply_To=relay, Message_ID="<2@x>")
        assert get(world, again, address(found, Role.CUSTOMER)) == "appended"
        message = kept(world)
        assert (message.person.address, message.sender, message.remarks) == (relay, "no-reply@market.example", ())
        assert only(world).participants == ()


class TestNotAutomatically:
    """A list's, a redirect's, an exchange server's: a person wrote it, and no robot may answer."""

    def test_a_new_one_is_open_and_told_but_not_confirmed(self, world: World, reads: Reads) -> None:
        reads(no_auto_reply=(header("Precedence: list"),), automatic=())
        assert get(world, written()) == "opened"
        found = only(world)
        assert (found.state, purposes(found)) == (State.OPEN, [(NEW, ADA)])
        assert "no_confirmation" in found.opening.remarks
        assert found.clock("acknowledge") is None
        assert found.clock("first_answer")
        post(world.deps, ItemRef(found.ref, None))
        assert "no confirmation" in " ".join(world.mailer.to(ADA)[-1].text.split())

    def test_a_customers_reply_is_theirs(self, world: World, ticket: Ticket, reads: Reads) -> None:
        answer = written(ADAS, text="Yes.\n", Message_ID="<a@x>")
        get(world, answer, address(ticket, Role.AGENT), passed=DMARC)
        assert only(world).clock("close")
        reads(no_auto_reply=(header("List-Unsubscribe"),), automatic=())
        assert (
            get(world, written(text="Broken, too!", Message_ID="<2@x>"), address(ticket, Role.CUSTOMER)) == "appended"
        )
        assert purposes(kept(world)) == [(REPLY, ADA)]
        assert only(world).state is State.OPEN
        assert only(world).clock("close") is None

    def test_an_agents_answer_goes_out(self, world: World, ticket: Ticket, reads: Reads) -> None:
        reads(no_auto_reply=(header("X-Auto-Response-Suppress"),), automatic=())
        get(
            world,
            written(ADAS, text="A new one comes.\n", Message_ID="<a@x>"),
            address(ticket, Role.AGENT),
            passed=DMARC,
        )
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]

    def test_a_third_partys_own_helpdesk_answers(self, world: World, reads: Reads) -> None:
        agents.opened(world)
        mail = refer(world)
        reads(no_auto_reply=(header("Auto-Submitted: auto-generated"),), automatic=())
        get(world, written(f"Claims <{SWIFT}>", "Re: 8812", "It is lost.", Message_ID="<tp@x>"), mail.reply_to)
        assert only(world).referrals[0].answered_at

    def test_released_by_an_agent_it_is_still_not_answered_automatically(self, world: World, reads: Reads) -> None:
        reads(no_auto_reply=(header("Precedence: list"),), automatic=())
        get(world, written(), failed="spam")
        found = only(world)
        agents.acts(world, "release_from_quarantine", ref=found.ref)
        assert ACK not in [purpose for purpose, _ in purposes(only(world))]


class TestReports:
    BOUNCE = Bounce((MIRA,), "5.1.1", True, None)

    def test_from_the_customers_own_address_it_is_their_words(self, world: World, ticket: Ticket, reads: Reads) -> None:
        reads(bounce=self.BOUNCE, automatic=(Mark(MarkCode.REPORT),), new="It could not be delivered again!")
        mail = written(text="It could not be delivered again!", Message_ID="<b@x>")
        assert get(world, mail, address(ticket, Role.CUSTOMER)) == "automatic"
        assert purposes(kept(world)) == [(REPLY, ADA)]
        assert world.store.flags == {}
        assert Purpose.UNDELIVERED not in [purpose for purpose, _ in purposes(only(world))]

    def test_from_an_agents_it_eats_no_answer(self, world: World, ticket: Ticket, reads: Reads) -> None:
        reads(bounce=self.BOUNCE, automatic=())
        assert get(world, written(ADAS, text="x\n", Message_ID="<b@x>"), address(ticket, Role.AGENT)) != "bounce"
        assert kept(world).visibility is Visibility.INTERNAL
        assert world.store.flags == {}

    def test_a_systems_is_noted(self, world: World, ticket: Ticket, reads: Reads) -> None:
        reads(bounce=self.BOUNCE, automatic=(Mark(MarkCode.REPORT),))
        mail = written("Mailer-Daemon <mailer-daemon@mx.example>", "Undelivered", Message_ID="<b@x>")
        assert get(world, mail, address(ticket, Role.CUSTOMER)) == "bounce"
        assert world.store.messages == {}
        assert len(world.store.flags) == 1


PHONE = "\n\nSent from my iPhone\n\n> On 28 Nov 2026, at 02:40, Northlight Lamps wrote:\n> \n> From: Mira Holm\n"


class TestAgentsWithoutWords:
    NOTHING = (
        "\n\nOn 28 Nov 2026, at 02:40, Northlight Lamps <care@x.example> wrote:\n\n> INTERNAL: do not tell.\n",
        "\n\n-----Original Message-----\nFrom: Northlight Lamps <care@x.example>\nSent: Saturday\nTo: Ada\n"
        "Subject: x\n\nINTERNAL: do not tell.\n",
        PHONE,
        "\n-- \nAda Lindqvist\n+49 30 1\n",
    )

    @pytest.mark.parametrize("text", NOTHING)
    def test_nothing_new_goes_nowhere_and_its_agent_is_told(self, world: World, ticket: Ticket, text: str) -> None:
        mail = written(ADAS, "Re: x", text, Message_ID="<a@x>", In_Reply_To="<ours@x>")
        get(world, mail, address(ticket, Role.AGENT), passed=DMARC)
        message = kept(world)
        assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, "empty")
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]
        after = only(world)
        assert (after.state, after.clocks) == (ticket.state, ticket.clocks)
        assert world.store.sla_counts == {}

    @pytest.mark.parametrize("text", NOTHING)
    def test_a_file_alone_goes_alone(self, world: World, ticket: Ticket, text: str) -> None:
        mail = written(ADAS, "Re: x", text, Message_ID="<a@x>", In_Reply_To="<ours@x>")
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="label.pdf")
        get(world, mail, address(ticket, Role.AGENT), passed=DMARC)
        message = kept(world)
        assert (message.text, [file.filename for file in message.files]) == ("", ["label.pdf"])
        assert purposes(message) == [(Purpose.ANSWER, MIRA)]
        post(world.deps, ItemRef(ticket.ref, message.id))
        said = world.mailer.to(MIRA)[-1].text
        assert "INTERNAL" not in said
        assert "label.pdf" in said

    def test_what_is_left_of_our_notification_below_real_words_stays(
        self, world: World, ticket: Ticket, reads: Reads
    ) -> None:
        notification = world.mailer.to(ADA)[-1].text
        reads(new=f"We send a new one.\n\nNorthlight Lamps skrev:\n{notification}")
        get(world, written(ADAS, "Re: x", "x\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC)
        assert kept(world).text == "We send a new one."


class TestPictures:
    @staticmethod
    def picture(name: str, shown: Any) -> Attachment:
        return Attachment(name, "image/png", name, True, name.encode(), shown)

    def answered(self, world: World, ticket: Ticket, reads: Reads, id: str, *pictures: Attachment) -> Message:
        reads(attachments=pictures, new="")
        get(world, written(ADAS, "Re: x", "[image: a.png]\n", Message_ID=id), address(ticket, Role.AGENT), passed=DMARC)
        return kept(world)

    def test_those_in_the_words_go_and_those_below_stay(self, world: World, ticket: Ticket, reads: Reads) -> None:
        pictures = (self.picture("photo.png", "new"), self.picture("logo.png", "old"), self.picture("plan.png", None))
        message = self.answered(world, ticket, reads, "<1@x>", *pictures)
        assert [file.filename for file in message.files] == ["photo.png", "plan.png"]
        assert message.left_out == ("logo.png",)
        assert purposes(message) == [(Purpose.ANSWER, MIRA), (Purpose.LEFT_OUT, ADA)]
        post(world.deps, ItemRef(ticket.ref, message.id))
        assert "logo.png" in world.mailer.to(ADA)[-1].text
        again = self.answered(world, ticket, reads, "<2@x>", *pictures)
        assert (again.left_out, purposes(again)) == (("logo.png",), [(Purpose.ANSWER, MIRA)])

    def test_a_logo_alone_is_no_answer(self, world: World, ticket: Ticket, reads: Reads) -> None:
        message = self.answered(world, ticket, reads, "<1@x>", self.picture("logo.png", "old"))
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]


class TestToAll:
    """Whoever an agent put in copy answers to all, at the address where agents answer."""

    def test_the_customer_is_the_customer(self, world: World, ticket: Ticket) -> None:
        get(
            world, written(ADAS, text="It left today.\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC
        )
        mail = written(text="It has not come!\n", Message_ID="<2@x>", To=ADA, Cc=address(ticket, Role.AGENT))
        assert get(world, mail, address(ticket, Role.AGENT)) == "appended"
        message = kept(world)
        assert (message.author, message.visibility, message.remarks) == (Author.CUSTOMER, Visibility.SHARED, ())
        assert purposes(message) == [(REPLY, ADA)]
        assert only(world).state is State.OPEN
        assert only(world).clock("next_answer")

    def test_where_dmarc_fails_they_may_be_anybody(self, world: World, ticket: Ticket) -> None:
        mail = written(text="It has not come!\n", Message_ID="<2@x>")
        get(world, mail, address(ticket, Role.AGENT), failed=DMARC)
        assert kept(world).visibility is Visibility.INTERNAL
        assert purposes(kept(world)) == [(REPLY, ADA)]

    def test_a_stranger_stays_inside_and_the_ticket_does_not_close(self, world: World, ticket: Ticket) -> None:
        get(
            world, written(ADAS, text="It left today.\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC
        )
        get(world, written("Jo <jo@example.org>", text="Where?\n", Message_ID="<2@x>"), address(ticket, Role.AGENT))
        assert kept(world).visibility is Visibility.INTERNAL
        assert only(world).clock("close") is None
        world.clock.advance(days=30)
        agents.stream(world)
        assert only(world).state is State.OPEN

    def test_a_third_party_is_the_third_party(self, world: World) -> None:
        found = agents.opened(world)
        refer(world)
        mail = written(f"Swift <{SWIFT}>", text="Lost.\n", Message_ID="<tp@x>")
        get(world, mail, address(found, Role.AGENT), passed=DMARC)
        assert kept(world).author is Author.THIRD_PARTY
        assert only(world).referrals[0].answered_at

    def test_an_agent_who_answers_to_all_at_both_addresses_is_heard(self, world: World, ticket: Ticket) -> None:
        both = (address(ticket, Role.CUSTOMER), address(ticket, Role.AGENT))
        get(world, written(ADAS, text="Yes.\n", Message_ID="<a@x>"), *both, passed=DMARC)
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]


QUOTED = (
    "Hallo Herr Brandt,\n\nwir tauschen die Lampe um.\n\nAda\n\nVon: Ole Brandt <ole@example.com>\n"
    "Gesendet: Freitag, 27. November 2026 10:12\nAn: Ada Lindqvist <{to}>\nBetreff: Lampe summt\n\n"
    "Meine Lampe summt. Bestellung 5533.\n"
)


class TestAnsweredOrPassedOn:
    def answers(self, to: str = "Ole Brandt <ole@example.com>", **headers: str) -> EmailMessage:
        said = {"To": to, "Cc": CARE, "Message_ID": "<ada@x>", "In_Reply_To": "<ole-1@x>"} | headers
        return written(ADAS, "AW: Lampe summt", QUOTED.format(to=ADA), **said)

    def test_an_answer_with_us_in_copy_opens_the_customers_ticket_as_answered(self, world: World) -> None:
        assert get(world, self.answers(), passed=DMARC) == "opened"
        found, answer = only(world), kept(world)
        assert found.requester == Person("Ole Brandt", "ole@example.com")
        assert found.opening.text == "Meine Lampe summt. Bestellung 5533."
        assert (found.state, found.outbox, found.assignee) == (State.WAITING, None, ADA)
        assert "wir tauschen die Lampe um." in answer.text
        assert "summt" not in answer.text
        assert (answer.author, answer.visibility, answer.outbox) == (Author.AGENT, Visibility.SHARED, None)
        clock = found.clock("first_answer")
        assert clock and clock.met_at
        assert get(world, self.answers(), passed=DMARC) == "duplicate"
        assert len(world.store.messages) == 1

    ATTRIBUTIONS = (
        "On Fri, 27 Nov 2026 at 10:12, Ole Brandt <ole@example.com> wrote:",
        "Le ven. 27 nov. 2026 à 10:12, Ole Brandt <ole@example.com> a écrit :",
        "W dniu 27.11.2026 o 10:12, Ole Brandt pisze:",
        "Am 27.11.26 um 10:12 schrieb Ole Brandt:",
    )

    def below(self, attribution: str, to: str = "Ole Brandt <ole@example.com>", **more: str) -> EmailMessage:
        said = f"Wir tauschen die Lampe um.\n\n{attribution}\n> Meine Lampe summt.\n> Bestellung 5533.\n"
        headers = {"To": to, "Cc": CARE, "Message_ID": "<ada@x>", "In_Reply_To": "<ole-1@x>"} | more
        return written(ADAS, "Re: Lampe summt", said, **headers)

    @pytest.mark.parametrize("attribution", ATTRIBUTIONS)
    def test_so_does_one_that_quotes_below_an_attribution(self, world: World, attribution: str) -> None:
        assert get(world, self.below(attribution), passed=DMARC) == "opened"
        found, answer = only(world), kept(world)
        assert found.requester == Person("Ole Brandt", "ole@example.com")
        assert (found.subject, found.opening.text) == ("Lampe summt", "Meine Lampe summt.\nBestellung 5533.")
        assert (found.state, found.outbox, answer.text) == (State.WAITING, None, "Wir tauschen die Lampe um.")

    @pytest.mark.parametrize(
        ("attribution", "to"),
        [
            (ATTRIBUTIONS[0], "sales@supplier.example"),
            *[(each, to) for each in (ATTRIBUTIONS[0], ATTRIBUTIONS[-1])
              for to in (CARE, "a@example.com, b@example.com", SWIFT)],
        ],
    )  # fmt: skip
    def test_to_others_than_it_quotes_it_is_nobodys_answer(self, world: World, attribution: str, to: str) -> None:
        get(world, self.below(attribution, to, Cc="" if to == CARE else CARE), passed=DMARC)
        assert only(world).requester.address == ADA
        assert not world.store.messages

    def test_whom_we_ask_is_no_customer(self, world: World) -> None:
        said = f"When?\n\nFrom: SwiftParcel <{SWIFT}>\nSent: Friday\nTo: Ada <{ADA}>\nSubject: Parcel\n\nTomorrow.\n"
        mail = written(ADAS, "RE: Parcel", said, To=f"SwiftParcel <{SWIFT}>", Cc=CARE, Message_ID="<a@x>")
        get(world, mail, passed=DMARC)
        assert only(world).requester.address == ADA
        assert purposes(only(world)) == [(NEW, ADA)]

    def test_their_next_mail_joins_it(self, world: World) -> None:
        get(world, self.answers(), passed=DMARC)
        mail = written(
            "ole@example.com", "AW: Lampe summt", "Danke!", Message_ID="<ole-2@x>", In_Reply_To="<ada@x>",
            References="<ole-1@x> <ada@x>",
        )  # fmt: skip
        assert get(world, mail) == "appended"

    def test_on_a_ticket_that_is_there_it_is_its_answer(self, world: World, ticket: Ticket) -> None:
        mail = written(
            ADAS, f"Re: [{ticket.ref}]", "It left today.\n", To=f"Mira <{MIRA}>", Cc=CARE, Message_ID="<a@x>"
        )
        assert get(world, mail, passed=DMARC) == "appended"
        after, answer = only(world), kept(world)
        assert (after.state, answer.outbox, answer.visibility) == (State.WAITING, None, Visibility.SHARED)

    def test_where_nothing_vouches_for_it_it_answers_nothing(self, world: World, ticket: Ticket) -> None:
        mail = written(ADAS, f"Re: [{ticket.ref}]", "You get nothing.\n", To=MIRA, Cc=CARE, Message_ID="<a@x>")
        get(world, mail)
        assert kept(world).visibility is Visibility.INTERNAL
        assert only(world).state is ticket.state
        assert purposes(kept(world)) == [(Purpose.NOT_DELIVERED, ADA)]

    @pytest.mark.parametrize("to", ["sales@supplier.example", "Tom <tom@northlight.example>", f"x@y.example, {CARE}"])
    def test_a_copy_of_a_mail_to_others_confirms_nothing_to_anybody(self, world: World, to: str) -> None:
        get(world, self.answers(to))
        found = only(world)
        assert found.requester.address == ADA
        assert purposes(found) == [(NEW, ADA)]
        assert "Bestellung 5533" in found.opening.text

    def test_to_us_alone_it_is_passed_on(self, world: World) -> None:
        get(world, self.answers(CARE, Cc=""))
        assert only(world).requester.address == "ole@example.com"
        assert (ACK, "ole@example.com") in purposes(only(world))

    def test_at_the_agents_token_words_for_a_supplier_do_not_go_to_the_customer(
        self, world: World, ticket: Ticket
    ) -> None:
        mail = written(ADAS, "Re:", "What does it cost you?\n", To="sales@supplier.example", Message_ID="<a@x>")
        get(world, mail, address(ticket, Role.AGENT))
        assert purposes(kept(world)) == [(Purpose.NOT_DELIVERED, ADA)]
        assert kept(world).remarks[-1] == "copy"
        post(world.deps, ItemRef(ticket.ref, kept(world).id))
        assert "somebody else" in world.mailer.to(ADA)[-1].text

    FORWARD = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: {sender}\nDate: x\nSubject: Lamp\nTo: a@b.example\n\n"
        "It hums.\n"
    )

    @pytest.mark.parametrize(
        "sender",
        [f"Tom <{TOM}>", f"Northlight <{CARE}>", "Shop <noreply@shop.example>", "Site <wordpress@northlight.example>"],
    )
    def test_passed_on_from_nobody_who_can_be_the_customer_its_agent_is_asked(self, world: World, sender: str) -> None:
        mail = written(f"Tom <{TOM}>", "Fwd: Lamp", self.FORWARD.format(sender=sender))
        assert get(world, mail) == "opened"
        found = only(world)
        assert found.requester.address == TOM
        assert purposes(found) == [(NEW, ADA), (NEW, TOM)]
        assert "It hums." in found.opening.text
        post(world.deps, ItemRef(found.ref, None))
        assert "whose ticket this is" in " ".join(world.mailer.to(TOM)[-1].text.split())
        agents.acts(world, "readdress", ref=found.ref, address="kim@example.com", name="Kim")
        after = only(world)
        assert after.requester == Person("Kim", "kim@example.com")
        assert (ACK, "kim@example.com") in purposes(after)

    @pytest.mark.parametrize("attached", [True, False])
    def test_passed_on_from_a_form_it_is_whose_reply_to_it_is(self, world: World, attached: bool) -> None:
        head = "From: Site <wordpress@northlight.example>\nReply-To: Kim Adler <kim@example.com>\nSubject: Lamp\n"
        if attached:
            mail = written(ADAS, "Fwd: Lamp", "See below.\n")
            inner = head + "Date: Fri, 27 Nov 2026 10:12:00 +0100\nMessage-ID: <in@x>\n\nIt hums.\n"
            mail.add_attachment(message_from_string(inner, policy=policy.default))
        else:
            mail = written(
                ADAS, "Fwd: Lamp", f"See below.\n\n---------- Forwarded message ---------\n{head}\nIt hums.\n"
            )
        assert get(world, mail) == "opened"
        found = only(world)
        assert found.requester == Person("Kim Adler", "kim@example.com")
        assert found.opening.sender == "wordpress@northlight.example"
        assert "It hums." in found.opening.text
        assert (ACK, "kim@example.com") in purposes(found)

    def test_a_customer_who_passes_a_mail_on_is_the_customer(self, world: World) -> None:
        get(world, written(subject="Fwd: Lamp", text=self.FORWARD.format(sender="SwiftParcel <info@swift.example>")))
        assert only(world).requester.address == MIRA


class TestService:
    @pytest.mark.parametrize("box", ["digest", "signin", "Digest"])
    def test_an_agents_answer_to_a_digest_is_no_ticket_and_they_are_told_once(self, world: World, box: str) -> None:
        key, to = world.arrives(written(f"Tom <{TOM}>", "Re: due", "Ada, please take two.\n")), plus_address(CARE, box)
        for _ in range(2):
            assert receive(world.deps, MailReceived(key, (to,))) == "no_tickets"
        assert world.store.tickets == {}
        assert world.store.outcomes[key] == ("no_tickets", None)
        (told,) = world.mailer.to(TOM)
        assert "Ada, please take two." in told.text
        assert told.mail["Auto-Submitted"] == "auto-replied"

    def test_their_absence_note_is_told_nothing(self, world: World) -> None:
        mail = written(f"Tom <{TOM}>", "Away", "I am away.\n", Auto_Submitted="auto-replied")
        get(world, mail, plus_address(CARE, "digest"))
        assert world.mailer.sent == []
        assert all(ticket.outbox is None for ticket in world.store.tickets.values())

    def test_nobodys_else_words_are_lost_there(self, world: World) -> None:
        assert get(world, written(), plus_address(CARE, "digest")) == "opened"


class TestMachines:
    @pytest.mark.parametrize("reason", [MarkCode.REACTION, MarkCode.CALENDAR_ANSWER])
    def test_a_reaction_or_a_calendar_answer_is_shown_and_moves_nothing(
        self, world: World, ticket: Ticket, reads: Reads, reason: MarkCode
    ) -> None:
        get(world, written(ADAS, text="Yes.\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC)
        before = only(world)
        reads(automatic=(Mark(reason),), new="")
        get(world, written(text="Accepted", Message_ID="<r@x>"), address(ticket, Role.CUSTOMER))
        after = only(world)
        assert (after.state, after.clocks) == (before.state, before.clocks)
        assert kept(world).visibility is Visibility.SHARED
        assert kept(world).outbox is None

    def test_what_is_quarantined_is_told_within_limits(self, world: World, reads: Reads) -> None:
        reads(automatic=(header("Auto-Submitted: auto-replied"),))
        limit = world.shop.limits.per_address_hour
        for number in range(limit + 3):
            get(world, written(Message_ID=f"<{number}@x>", text=f"{number}\n"))
        told = [ticket for ticket in world.store.tickets.values() if ticket.outbox]
        assert (len(told), len(world.store.tickets)) == (limit, limit + 3)


def test_a_customer_whose_domain_is_spelled_otherwise_is_the_customer(world: World) -> None:
    get(world, written("Bodo <bodo@bücher.example>"))
    found = only(world)
    by_subject = written("bodo@xn--bcher-kva.example", f"Re: [{found.ref}]", "Order 5509.", Message_ID="<2@x>")
    assert get(world, by_subject) == "appended"
    assert kept(world).remarks == ()
    assert only(world).participants == ()


def test_without_an_envelope_it_is_for_whom_the_mail_service_took_it(world: World) -> None:
    received = f"from mx.example by inbound-smtp.eu-central-1.amazonaws.com with SMTP id x for {CARE}; Sat, 28 Nov 2026"
    raw = b"Received: " + received.encode() + b"\r\n" + written(To="office@example.com").as_bytes()
    assert receive(world.deps, MailReceived(world.arrives(raw), ())) == "opened"


def test_a_photo_alone_opens_a_ticket_with_it(world: World) -> None:
    mail = written(subject="", text="\n")
    mail.add_attachment(b"heic", maintype="image", subtype="heic", filename="IMG.HEIC", disposition="inline")
    assert get(world, mail) == "opened"
    found = only(world)
    assert [file.filename for file in found.opening.files] == ["IMG.HEIC"]
    assert found.opening.remarks == ()


@pytest.mark.parametrize("mail", [InboundMail(), InboundMail(new="x")])
def test_a_mail_of_nothing_is_kept(world: World, monkeypatch: pytest.MonkeyPatch, mail: InboundMail) -> None:
    monkeypatch.setattr(reading, "read", lambda raw: mail)
    assert get(world, b"x") == "opened"
    assert samples.shipped().id == only(world).shop
