"""Mails as people, programs and agents really send them, received from start to end: who is the author, which ticket
they reach, and who is notified."""

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
    """Have the reader return these values for every mail."""
    real = reading.read

    def changed(**values: Any) -> None:
        monkeypatch.setattr(reading, "read", lambda raw: replace(real(raw), **values))

    return changed


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket opened by mail; all its mails were sent."""
    get(world, written())
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


def address(ticket: Ticket, role: Role) -> str:
    return plus_address(CARE, samples.reply_token(ticket, role))


def only(world: World, ticket: Ticket | None = None) -> Ticket:
    """The only ticket, or the one other than this."""
    (found,) = [each for each in world.store.tickets.values() if ticket is None or each.ref != ticket.ref]
    return found


def kept(world: World) -> Message:
    return list(world.store.messages.values())[-1]


class TestOnBehalfOfACustomer:
    """Form plugins, shop platforms, groups and marketplaces: the Reply-To is the customer."""

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
    def test_the_reply_to_is_the_customer_and_the_from_is_recorded(
        self, world: World, sender: str, headers: dict[str, str]
    ) -> None:
        get(world, written(sender, Reply_To="Ines Roth <Ines@example.com>", Message_ID="<f@x>", **headers))
        found = only(world)
        assert found.requester == Person("Ines Roth", "Ines@example.com")
        assert found.opening.sender == sender.rpartition("<")[2].rstrip(">")
        assert found.participants == ()
        assert found.state is State.OPEN
        assert purposes(found) == [(ACK, "Ines@example.com"), (NEW, ADA)]

    @pytest.mark.parametrize(
        "sender",
        [
            "form-submission@squarespace.example",
            "submissions@formspree.example",
            "formresponses@netlify.example",
            "hello@builder.example",
            "hello@bücher.example",
            "hello@northlight.example",
        ],
    )
    def test_a_forms_auto_generated_mail_is_confirmed_and_the_form_takes_no_part(
        self, world: World, sender: str
    ) -> None:
        world.with_shop(url="https://shop.xn--bcher-kva.example", aliases=("care@bücher.example",))
        mail = written(f"Website <{sender}>", Reply_To="kim@example.com", Auto_Submitted="auto-generated")
        get(world, mail.as_bytes(policy=policy.SMTPUTF8))
        found = only(world)
        assert (found.requester.address, found.participants, found.opening.sender) == ("kim@example.com", (), sender)
        assert purposes(found) == [(ACK, "kim@example.com"), (NEW, ADA)]

    def test_a_lists_generated_mail_is_no_forms(self, world: World) -> None:
        headers = {"Auto_Submitted": "auto-generated", "List_Unsubscribe": "<https://x.example>"}
        get(world, written("News <hello@builder.example>", Reply_To="kim@example.com", **headers))
        assert only(world).participants == ("hello@builder.example",)
        assert purposes(only(world)) == [(NEW, ADA)]

    @pytest.mark.parametrize(
        ("checks", "asked"),
        [({"passed": DMARC}, [TOM]), ({}, [TOM]), ({"failed": "dmarc"}, []), ({"failed": "dmarc spf dkim"}, [])],
    )
    def test_a_form_from_an_agents_address_asks_whose_it_is(
        self, world: World, checks: dict[str, str], asked: list[str]
    ) -> None:
        get(world, written(f"Northlight <{TOM}>", "New message", Reply_To="Kim <kim@example.com>"), **checks)
        found = only(world)
        assert "whose" in found.opening.remarks
        assert purposes(found) == [(NEW, to) for to in (ADA, *asked)]
        agents.acts(world, "readdress", ref=found.ref, address="kim@example.com", name="Kim")
        assert (ACK, "kim@example.com") in purposes(only(world))

    def test_an_agents_own_other_address_is_the_agents(self, world: World) -> None:
        get(world, written(ADAS, Reply_To="ada@home.example"), passed=DMARC)
        assert (only(world).requester.address, only(world).opening.remarks) == (ADA, ())

    def test_a_groups_original_from_is_the_customer(self, world: World, reads: Reads) -> None:
        get(
            world,
            written(
                f"'Ines Roth' via Care <{CARE}>", X_Original_From="Ines Roth <ines@example.com>", Message_ID="<g@x>"
            ),
        )
        assert only(world).requester == Person("Ines Roth", "ines@example.com")

    def test_a_trusted_senders_reply_to_is_the_customer(self, world: World) -> None:
        world.with_shop(trusted_senders=("crm@tools.example",))
        get(world, written("CRM <crm@tools.example>", Reply_To="kim@example.com", Auto_Submitted="auto-generated"))
        found = only(world)
        assert (found.requester.address, found.state) == ("kim@example.com", State.OPEN)
        assert purposes(found) == [(ACK, "kim@example.com"), (NEW, ADA)]

    def test_a_persons_other_reply_to_gets_the_ticket_and_the_from_participates(self, world: World) -> None:
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
    def test_the_name_is_taken_for_the_reply_to_only_if_the_addresses_fit(
        self, world: World, sender: str, reply_to: str, name: str
    ) -> None:
        get(world, written(sender, Reply_To=reply_to))
        assert only(world).requester.name == name

    @pytest.mark.parametrize("reply_to", [CARE, CARE.upper(), HELP, ADA, "no-reply@market.example", "nonsense", MIRA])
    def test_a_useless_reply_to_is_ignored(self, world: World, reply_to: str) -> None:
        get(world, written("Kim <kim@work.example>", Reply_To="Mira Holm <kim@work.example>"))
        get(world, written("Mira Holm <mira@example.com>", Reply_To=reply_to, Message_ID="<2@x>"))
        assert [each.requester.address for each in world.store.tickets.values()] == ["kim@work.example", MIRA]

    def test_a_mailing_lists_reply_to_is_no_customer(self, world: World) -> None:
        mail = written(
            Reply_To="lamps@lists.example", To="lamps@lists.example", List_Post="<mailto:lamps@lists.example>"
        )
        get(world, mail)
        assert only(world).requester.address == MIRA

    @pytest.mark.parametrize(
        "replies",
        [f"{CARE}, Ines <ines@example.com>", f"no-reply@x.example, {ADA}, ines@example.com, jo@example.org"],
    )
    def test_of_several_reply_tos_the_first_possible_customer_counts(self, world: World, replies: str) -> None:
        get(world, written("Website <form@northlight.example>", Reply_To=replies))
        assert only(world).requester.address == "ines@example.com"
        assert purposes(only(world)) == [(ACK, "ines@example.com"), (NEW, ADA)]

    def test_a_second_reply_to_field_counts_too(self, world: World) -> None:
        raw = f"Reply-To: {CARE}\r\n".encode() + written("form@northlight.example", Reply_To="k@example.com").as_bytes()
        get(world, raw)
        assert only(world).requester.address == "k@example.com"

    def test_without_a_reply_to_the_from_is_the_customer(self, world: World) -> None:
        get(world, written("Website <wordpress@northlight.example>"))
        assert only(world).requester.address == "wordpress@northlight.example"
        # The shop's own program reads no confirmation.
        assert purposes(only(world)) == [(NEW, ADA)]
        get(world, written("Jo <jo@northlight.example>", Message_ID="<jo@x>"))
        assert (ACK, "jo@northlight.example") in purposes(list(world.store.tickets.values())[-1])

    def test_a_reply_to_gives_no_access_to_another_persons_ticket(self, world: World, ticket: Ticket) -> None:
        claim = written("no-reply@evil.example", f"Re: [{ticket.ref}]", "Hello", Reply_To=MIRA, Message_ID="<e@x>")
        assert get(world, claim) == "opened"
        assert world.store.messages == {}
        for role in (Role.AGENT, Role.THIRD_PARTY):
            claim = written("no-reply@evil.example", "Re:", "Hello", Reply_To=MIRA, Message_ID=f"<{role}@x>")
            get(world, claim, address(ticket, role))
            assert kept(world).visibility is Visibility.INTERNAL

    def test_a_relay_with_the_customers_token_writes_as_the_customer(self, world: World) -> None:
        sender, relay = "Bigmarket <no-reply@market.example>", "r-7@reply.market.example"
        get(world, written(sender, Reply_To=f"marlene <{relay}>"))
        found = only(world)
        again = written(sender, "Re:", "110 V?", Reply_To=relay, Message_ID="<2@x>")
        assert get(world, again, address(found, Role.CUSTOMER)) == "appended"
        message = kept(world)
        assert (message.person.address, message.sender, message.remarks) == (relay, "no-reply@market.example", ())
        assert only(world).participants == ()


FORM = "Name: Kim\nE-Mail: kim@example.com\nMessage: My lamp is broken.\n"


class TestFromAnAddressOfOurs:
    """A form, a group or an agent at the shared mailbox writes from an address of the shop and names nobody."""

    SENDERS = (
        f"Northlight Website <{CARE}>",
        f"'Ines Roth' via Care <{CARE}>",
        "Ada <care@northlight.example>",
        f"Kettle <{HELP}>",
        CARE.upper(),
    )

    @pytest.mark.parametrize("sender", SENDERS)
    @pytest.mark.parametrize("headers", [{}, {"Reply_To": CARE}, {"Precedence": "list", "List_Id": "<a.b>"}])
    def test_it_is_open_and_agents_are_asked_whose_it_is(
        self, world: World, sender: str, headers: dict[str, str]
    ) -> None:
        assert get(world, written(sender, "New message", FORM, Cc="kim@example.com", **headers)) == "opened"
        found = only(world)
        assert (found.state, found.requester.address, found.participants) == (State.OPEN, "", ())
        assert found.opening.sender.lower() in sender.lower()
        assert "My lamp is broken." in found.opening.text
        assert purposes(found) == [(NEW, ADA)]
        post(world.deps, ItemRef(found.ref, None))
        assert "whose ticket this is" in " ".join(world.mailer.to(ADA)[-1].text.split())
        agents.acts(world, "readdress", ref=found.ref, address="kim@example.com", name="Kim")
        after = only(world)
        assert (after.requester, after.opening.person) == (Person("Kim", "kim@example.com"),) * 2
        assert after.opening.remarks == ()
        assert (ACK, "kim@example.com") in purposes(after)

    def test_a_groups_name_is_kept(self, world: World) -> None:
        get(world, written(self.SENDERS[1]))
        assert only(world).requester == Person("Ines Roth", "")

    @pytest.mark.parametrize("role", Role)
    def test_on_a_ticket_it_is_internal_agents_are_told_and_it_stays_open(
        self, world: World, ticket: Ticket, role: Role
    ) -> None:
        get(world, written(ADAS, text="Yes.\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC)
        before = only(world)
        get(world, written(self.SENDERS[0], "Re:", "It is broken.\n", Message_ID="<f@x>"), address(ticket, role))
        message = kept(world)
        assert (message.visibility, message.remarks) == (Visibility.INTERNAL, ("own_address",))
        assert purposes(message) == [(REPLY, ADA)]
        assert (before.clock("close") is not None, only(world).clock("close")) == (True, None)

    def test_it_is_limited_by_its_source_alone(self, world: World) -> None:
        received = "from web.example (web.example [203.0.113.9]) by inbound-smtp.eu-central-1.amazonaws.com with SMTP"
        limits = world.shop.limits
        for number in range(limits.per_source_hour + 2):
            mail = written(self.SENDERS[0], "New", f"{FORM}{number}", Message_ID=f"<{number}@x>", Received=received)
            get(world, mail)
        told = [found for found in world.store.tickets.values() if found.outbox]
        assert limits.per_address_hour < len(told) == limits.per_source_hour
        assert len(world.store.tickets) == limits.per_source_hour + 2


GROUP = "team@groups.example"
VIA = f"'Ines Roth' via Care <{GROUP}>"


class TestFromAGroup:
    """What is sent to a group goes to all its members, so it is nobody's address."""

    @pytest.mark.parametrize(
        ("sender", "headers", "name"),
        [
            (VIA, {}, "Ines Roth"),
            (VIA, {"Reply_To": GROUP}, "Ines Roth"),
            (VIA, {"Reply_To": GROUP.upper(), "List_Id": "<x.y>", "To": GROUP}, "Ines Roth"),
            (
                VIA,
                {"Reply_To": f"Ada <{ADA}>", "X_Original_From": ADAS, "List_Id": "<team.groups.example>"},
                "Ines Roth",
            ),
            (f"'Ada Lindqvist' via Care <{GROUP}>", {"Reply_To": ADAS, "X_Original_From": ADAS}, "Ada Lindqvist"),
            (f"Ada <{GROUP}>", {"List_Id": "<x.y>", "X_Original_From": ADAS}, "Ada Lindqvist"),
            (f"Care team <{GROUP}>", {"List_Id": "The team <team.groups.example>"}, ""),
            (f"Care team <{GROUP}>", {"List_Post": f"<mailto:{GROUP}>"}, ""),
            (f"Care team <{GROUP}>", {"Mailing_List": f"list {GROUP}; contact x@groups.example"}, ""),
        ],
    )
    def test_without_a_person_agents_are_asked_and_the_group_gets_nothing(
        self, world: World, sender: str, headers: dict[str, str], name: str
    ) -> None:
        assert get(world, written(sender, Cc="kim@example.com", **headers), passed=DMARC) == "opened"
        found = only(world)
        assert (found.state, found.requester, found.participants) == (State.OPEN, Person(name, ""), ())
        assert found.opening.sender == GROUP
        assert (found.opening.remarks, purposes(found)) == (("own_address",), [(NEW, ADA)])
        agents.stream(world)
        assert {mail.recipient for mail in world.mailer.sent} == {ADA}

    @pytest.mark.parametrize("name", ["Reply_To", "X_Original_From"])
    @pytest.mark.parametrize("sender", [VIA, f"Care team <{GROUP}>"])
    def test_the_person_it_names_is_the_customer(self, world: World, sender: str, name: str) -> None:
        headers = {name: "Ines Roth <ines@example.com>", "List_Id": "<team.groups.example>"}
        get(world, written(sender, **headers))
        found = only(world)
        assert (found.requester, found.participants) == (Person("Ines Roth", "ines@example.com"), ())
        assert purposes(found) == [(ACK, "ines@example.com"), (NEW, ADA)]

    @pytest.mark.parametrize("to", [GROUP, f"{GROUP}, {MIRA}"])
    def test_a_person_who_writes_to_a_list_is_the_customer(self, world: World, to: str) -> None:
        get(world, written(To=to, List_Id="<team.groups.example>", List_Post=f"<mailto:{GROUP}>"))
        assert only(world).requester == Person("Mira Holm", MIRA)

    @pytest.mark.parametrize("name", ["Kim Via Adler", "Kim (via iPhone)", "Via Adler"])
    def test_a_person_of_such_a_name_is_the_customer(self, world: World, name: str) -> None:
        get(world, written(f"{name} <kim@example.com>"))
        assert only(world).requester.address == "kim@example.com"
        assert purposes(only(world)) == [(ACK, "kim@example.com"), (NEW, ADA)]

    def test_a_person_with_another_envelope_address_is_the_customer(self, world: World) -> None:
        get(world, written(List_Id="<team.groups.example>", X_Original_Sender="bounce-7@mail.example"))
        assert only(world).requester.address == MIRA

    def test_with_the_customers_token_it_is_internal(self, world: World, ticket: Ticket) -> None:
        get(world, written(VIA, "Re:", "It is broken.", Message_ID="<v@x>"), address(ticket, Role.CUSTOMER))
        message = kept(world)
        assert (message.visibility, message.remarks) == (Visibility.INTERNAL, ("own_address",))
        assert only(world).participants == ()

    def test_a_group_that_takes_part_writes_like_others(self, world: World) -> None:
        get(world, written(Cc=GROUP))
        found = only(world)
        for key in (CARE, address(found, Role.CUSTOMER)):
            mail = written(VIA, f"Re: [{found.ref}]", f"To {key}", Message_ID=f"<{len(key)}@x>")
            assert get(world, mail, key) == "appended"
            assert (kept(world).visibility, kept(world).remarks) == (Visibility.SHARED, ())

    def test_a_third_partys_group_answers_by_its_token(self, world: World) -> None:
        agents.opened(world)
        mail = refer(world)
        get(world, written(f"'Sam' via Claims <{GROUP}>", "Re:", "It is lost.", Message_ID="<tp@x>"), mail.reply_to)
        assert only(world).referrals[0].answered_at

    def test_a_forwarded_mail_of_a_group_names_nobody(self, world: World) -> None:
        forward = (
            f"FYI\n\n---------- Forwarded message ---------\nFrom: {VIA}\nDate: x\nSubject: Lamp\nTo: a@b.example\n"
        )
        get(world, written(ADAS, "Fwd: Lamp", f"{forward}\nIt hums.\n"), passed=DMARC)
        assert (only(world).requester.address, only(world).opening.remarks) == ("", ("whose",))


FORWARD = (
    "FYI\n\n---------- Forwarded message ---------\nFrom: Ole <ole@example.com>\n"
    "Date: Fri, 27 Nov 2026 10:12:00 +0100\nSubject: Lamp\nTo: Warehouse <warehouse@northlight.example>\n\nIt hums.\n"
)
WAREHOUSE = "Warehouse <warehouse@northlight.example>"


class TestFromAColleague:
    """At the shop's own domain, but no agent."""

    @pytest.mark.parametrize("headers", [{}, {"Reply_To": "boss@northlight.example"}])
    def test_what_they_forward_is_somebody_elses_and_agents_are_asked(
        self, world: World, headers: dict[str, str]
    ) -> None:
        get(world, written(WAREHOUSE, "Fwd: Lamp", FORWARD, **headers), passed=DMARC)
        found = only(world)
        assert (found.requester, found.opening.sender) == (Person("", ""), "warehouse@northlight.example")
        assert (found.opening.remarks, purposes(found)) == (("own_address",), [(NEW, ADA)])
        assert "It hums." in found.opening.text
        agents.acts(world, "readdress", ref=found.ref, address="ole@example.com", name="Ole")
        assert (ACK, "ole@example.com") in purposes(only(world))

    def test_what_they_write_is_theirs(self, world: World) -> None:
        get(world, written(WAREHOUSE), passed=DMARC)
        assert purposes(only(world)) == [(ACK, "warehouse@northlight.example"), (NEW, ADA)]

    def test_what_they_forward_to_a_ticket_is_theirs(self, world: World, ticket: Ticket) -> None:
        get(world, written(WAREHOUSE, "Fwd: Lamp", FORWARD, Message_ID="<w@x>"), address(ticket, Role.CUSTOMER))
        assert kept(world).person.address == "warehouse@northlight.example"

    def test_what_a_customer_forwards_is_the_customers(self, world: World) -> None:
        get(world, written(subject="Fwd: Lamp", text=FORWARD))
        assert only(world).requester.address == MIRA


def test_what_an_agent_asks_of_somebody_else_is_no_matter_of_law(world: World) -> None:
    words = "Bitte löschen Sie alle meine personenbezogenen Daten."
    get(world, written(ADAS, "Konto", words, To="sam@supplier.example", Cc=CARE), passed=DMARC)
    assert (only(world).kind, only(world).opening.remarks) == ("question", ("new_copy",))
    get(world, written(subject="Konto", text=words, Message_ID="<2@x>"))
    assert list(world.store.tickets.values())[-1].kind == "data_request"


@pytest.mark.parametrize("sender", [f"Mira <\u200b{MIRA}>", f"\ufeff{MIRA}", f"Mira <\u2068{MIRA}\u2069>"])
def test_invisible_marks_around_an_address_keep_no_reply_from_its_ticket(
    world: World, ticket: Ticket, sender: str
) -> None:
    raw = f"From: {sender}\r\nTo: {CARE}\r\nSubject: Re: [{ticket.ref}]\r\nMessage-ID: <m@x>\r\n\r\nAny news?\r\n"
    assert get(world, raw.encode()) == "appended"
    assert (kept(world).person.address, kept(world).remarks) == (MIRA, ())


class TestNoAutomaticAnswer:
    """From mailing lists, redirects, exchange servers: a person wrote it, but no automatic answer is allowed."""

    def test_a_new_ticket_is_open_and_notified_but_not_acknowledged(self, world: World, reads: Reads) -> None:
        reads(no_auto_reply=(header("Precedence: list"),), automatic=())
        assert get(world, written()) == "opened"
        found = only(world)
        assert (found.state, purposes(found)) == (State.OPEN, [(NEW, ADA)])
        assert "no_confirmation" in found.opening.remarks
        assert found.clock("acknowledge") is None
        assert found.clock("first_answer")
        post(world.deps, ItemRef(found.ref, None))
        assert "no confirmation" in " ".join(world.mailer.to(ADA)[-1].text.split())

    def test_a_customers_reply_joins_as_theirs(self, world: World, ticket: Ticket, reads: Reads) -> None:
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

    def test_an_agents_answer_is_sent(self, world: World, ticket: Ticket, reads: Reads) -> None:
        reads(no_auto_reply=(header("X-Auto-Response-Suppress"),), automatic=())
        get(
            world,
            written(ADAS, text="A new one comes.\n", Message_ID="<a@x>"),
            address(ticket, Role.AGENT),
            passed=DMARC,
        )
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]

    def test_a_third_partys_help_desk_can_answer(self, world: World, reads: Reads) -> None:
        agents.opened(world)
        mail = refer(world)
        reads(no_auto_reply=(header("Auto-Submitted: auto-generated"),), automatic=())
        get(world, written(f"Claims <{SWIFT}>", "Re: 8812", "It is lost.", Message_ID="<tp@x>"), mail.reply_to)
        assert only(world).referrals[0].answered_at

    def test_a_released_ticket_is_still_not_acknowledged(self, world: World, reads: Reads) -> None:
        reads(no_auto_reply=(header("Precedence: list"),), automatic=())
        get(world, written(), failed="spam")
        found = only(world)
        agents.acts(world, "release_from_quarantine", ref=found.ref)
        assert ACK not in [purpose for purpose, _ in purposes(only(world))]


class TestReports:
    BOUNCE = Bounce((MIRA,), "5.1.1", True, None)

    def test_a_report_from_the_customers_address_is_the_customers_message(
        self, world: World, ticket: Ticket, reads: Reads
    ) -> None:
        reads(bounce=self.BOUNCE, automatic=(Mark(MarkCode.REPORT),), new="It could not be delivered again!")
        mail = written(text="It could not be delivered again!", Message_ID="<b@x>")
        assert get(world, mail, address(ticket, Role.CUSTOMER)) == "automatic"
        assert purposes(kept(world)) == [(REPLY, ADA)]
        assert world.store.flags == {}
        assert Purpose.UNDELIVERED not in [purpose for purpose, _ in purposes(only(world))]

    def test_a_report_from_an_agents_address_is_no_bounce(self, world: World, ticket: Ticket, reads: Reads) -> None:
        reads(bounce=self.BOUNCE, automatic=())
        assert get(world, written(ADAS, text="x\n", Message_ID="<b@x>"), address(ticket, Role.AGENT)) != "bounce"
        assert kept(world).visibility is Visibility.INTERNAL
        assert world.store.flags == {}

    def test_a_mail_systems_report_is_noted(self, world: World, ticket: Ticket, reads: Reads) -> None:
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
        "\n\nOn Saturday Northlight Lamps wrote:\n> INTERNAL: do not tell.\n",
        PHONE,
        "\n-- \nAda Lindqvist\n+49 30 1\n",
    )

    @pytest.mark.parametrize("text", NOTHING)
    def test_a_mail_without_new_words_is_not_sent_and_its_agent_is_mailed(
        self, world: World, ticket: Ticket, text: str
    ) -> None:
        mail = written(ADAS, "Re: x", text, Message_ID="<a@x>", In_Reply_To="<ours@x>")
        get(world, mail, address(ticket, Role.AGENT), passed=DMARC)
        message = kept(world)
        assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, "empty")
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]
        after = only(world)
        assert (after.state, after.clocks) == (ticket.state, ticket.clocks)
        assert world.store.sla_counts == {}

    @pytest.mark.parametrize("text", NOTHING)
    def test_a_file_without_words_is_sent(self, world: World, ticket: Ticket, text: str) -> None:
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

    def test_a_quoted_notification_below_the_words_is_not_sent(
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

    def test_pictures_in_the_words_are_sent_and_those_in_the_quote_are_not(
        self, world: World, ticket: Ticket, reads: Reads
    ) -> None:
        pictures = (self.picture("photo.png", "new"), self.picture("logo.png", "old"), self.picture("plan.png", None))
        message = self.answered(world, ticket, reads, "<1@x>", *pictures)
        assert [file.filename for file in message.files] == ["photo.png", "plan.png"]
        assert message.left_out == ("logo.png",)
        assert purposes(message) == [(Purpose.ANSWER, MIRA), (Purpose.LEFT_OUT, ADA)]
        post(world.deps, ItemRef(ticket.ref, message.id))
        assert "logo.png" in world.mailer.to(ADA)[-1].text
        again = self.answered(world, ticket, reads, "<2@x>", *pictures)
        assert (again.left_out, purposes(again)) == (("logo.png",), [(Purpose.ANSWER, MIRA)])

    def test_only_a_logo_is_no_answer(self, world: World, ticket: Ticket, reads: Reads) -> None:
        message = self.answered(world, ticket, reads, "<1@x>", self.picture("logo.png", "old"))
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]


class TestReplyToAll:
    """A person whom an agent put in copy replies to all, also to the address for agents' answers."""

    def test_the_customers_reply_to_all_is_the_customers(self, world: World, ticket: Ticket) -> None:
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

    def test_a_reply_to_all_that_fails_dmarc_is_internal(self, world: World, ticket: Ticket) -> None:
        mail = written(text="It has not come!\n", Message_ID="<2@x>")
        get(world, mail, address(ticket, Role.AGENT), failed=DMARC)
        assert kept(world).visibility is Visibility.INTERNAL
        assert purposes(kept(world)) == [(REPLY, ADA)]

    def test_a_strangers_reply_to_all_is_internal_and_stops_automatic_closing(
        self, world: World, ticket: Ticket
    ) -> None:
        get(
            world, written(ADAS, text="It left today.\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC
        )
        get(world, written("Jo <jo@example.org>", text="Where?\n", Message_ID="<2@x>"), address(ticket, Role.AGENT))
        assert kept(world).visibility is Visibility.INTERNAL
        assert only(world).clock("close") is None
        world.clock.advance(days=30)
        agents.stream(world)
        assert only(world).state is State.OPEN

    def test_a_third_partys_reply_to_all_is_its_answer(self, world: World) -> None:
        found = agents.opened(world)
        refer(world)
        mail = written(f"Swift <{SWIFT}>", text="Lost.\n", Message_ID="<tp@x>")
        get(world, mail, address(found, Role.AGENT), passed=DMARC)
        assert kept(world).author is Author.THIRD_PARTY
        assert only(world).referrals[0].answered_at

    def test_an_agents_reply_to_all_to_both_addresses_is_sent(self, world: World, ticket: Ticket) -> None:
        both = (address(ticket, Role.CUSTOMER), address(ticket, Role.AGENT))
        get(world, written(ADAS, text="Yes.\n", Message_ID="<a@x>"), *both, passed=DMARC)
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]


QUOTED = (
    "Hallo Herr Brandt,\n\nwir tauschen die Lampe um.\n\nAda\n\nVon: Ole Brandt <ole@example.com>\n"
    "Gesendet: Freitag, 27. November 2026 10:12\nAn: Ada Lindqvist <{to}>\nBetreff: Lampe summt\n\n"
    "Meine Lampe summt. Bestellung 5533.\n"
)


class TestAnsweredOrForwarded:
    def answers(self, to: str = "Ole Brandt <ole@example.com>", **headers: str) -> EmailMessage:
        said = {"To": to, "Cc": CARE, "Message_ID": "<ada@x>", "In_Reply_To": "<ole-1@x>"} | headers
        return written(ADAS, "AW: Lampe summt", QUOTED.format(to=ADA), **said)

    def test_an_agents_answer_with_us_in_copy_opens_an_answered_ticket(self, world: World) -> None:
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
    def test_an_answer_that_quotes_below_an_attribution_opens_one_too(self, world: World, attribution: str) -> None:
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
    def test_a_mail_to_others_than_it_quotes_is_no_answer(self, world: World, attribution: str, to: str) -> None:
        get(world, self.below(attribution, to, Cc="" if to == CARE else CARE), passed=DMARC)
        assert (only(world).requester.address, only(world).opening.sender) == ("", ADA)
        assert ACK not in [purpose for purpose, _ in purposes(only(world))]
        assert not world.store.messages

    def test_a_third_party_that_an_agent_answers_is_no_customer(self, world: World) -> None:
        said = f"When?\n\nFrom: SwiftParcel <{SWIFT}>\nSent: Friday\nTo: Ada <{ADA}>\nSubject: Parcel\n\nTomorrow.\n"
        mail = written(ADAS, "RE: Parcel", said, To=f"SwiftParcel <{SWIFT}>", Cc=CARE, Message_ID="<a@x>")
        get(world, mail, passed=DMARC)
        assert (only(world).requester.address, only(world).opening.sender) == ("", ADA)
        assert purposes(only(world)) == [(NEW, ADA)]

    def test_the_customers_next_mail_joins_the_answered_ticket(self, world: World) -> None:
        get(world, self.answers(), passed=DMARC)
        mail = written(
            "ole@example.com", "AW: Lampe summt", "Danke!", Message_ID="<ole-2@x>", In_Reply_To="<ada@x>",
            References="<ole-1@x> <ada@x>",
        )  # fmt: skip
        assert get(world, mail) == "appended"

    def test_on_an_existing_ticket_it_is_the_answer(self, world: World, ticket: Ticket) -> None:
        mail = written(
            ADAS, f"Re: [{ticket.ref}]", "It left today.\n", To=f"Mira <{MIRA}>", Cc=CARE, Message_ID="<a@x>"
        )
        assert get(world, mail, passed=DMARC) == "appended"
        after, answer = only(world), kept(world)
        assert (after.state, answer.outbox, answer.visibility) == (State.WAITING, None, Visibility.SHARED)

    def test_an_unproven_answer_with_us_in_copy_is_internal(self, world: World, ticket: Ticket) -> None:
        mail = written(ADAS, f"Re: [{ticket.ref}]", "You get nothing.\n", To=MIRA, Cc=CARE, Message_ID="<a@x>")
        get(world, mail)
        assert kept(world).visibility is Visibility.INTERNAL
        assert only(world).state is ticket.state
        assert purposes(kept(world)) == [(Purpose.NOT_DELIVERED, ADA)]

    @pytest.mark.parametrize("to", ["sales@supplier.example", "Tom <tom@northlight.example>", f"x@y.example, {CARE}"])
    def test_a_copy_of_a_mail_to_others_acknowledges_nobody(self, world: World, to: str) -> None:
        get(world, self.answers(to))
        found = only(world)
        assert (found.requester.address, found.opening.sender) == ("", ADA)
        assert purposes(found) == [(NEW, ADA)]
        assert "Bestellung 5533" in found.opening.text

    def test_a_mail_to_us_only_is_a_forward(self, world: World) -> None:
        get(world, self.answers(CARE, Cc=""))
        assert only(world).requester.address == "ole@example.com"
        assert (ACK, "ole@example.com") in purposes(only(world))

    def test_a_copy_of_a_mail_to_a_supplier_does_not_go_to_the_customer(self, world: World, ticket: Ticket) -> None:
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
    def test_the_agent_is_asked_for_the_customer_of_an_unclear_forward(self, world: World, sender: str) -> None:
        mail = written(f"Tom <{TOM}>", "Fwd: Lamp", self.FORWARD.format(sender=sender))
        assert get(world, mail) == "opened"
        found = only(world)
        assert (found.requester, found.opening.sender) == (Person("Tom", ""), TOM)
        assert purposes(found) == [(NEW, ADA), (NEW, TOM)]
        assert "It hums." in found.opening.text
        post(world.deps, ItemRef(found.ref, None))
        assert "whose ticket this is" in " ".join(world.mailer.to(TOM)[-1].text.split())
        agents.acts(world, "readdress", ref=found.ref, address="kim@example.com", name="Kim")
        after = only(world)
        assert after.requester == Person("Kim", "kim@example.com")
        assert (ACK, "kim@example.com") in purposes(after)

    UNREAD = (
        ("VB: Lampa", "Avsänt av: Kim <kim@example.com>\nDag: x\nMottagare: third@x.example\nRubrik: L\n\nIt hums.\n"),
        ("Fwd: Lampa", "Please see below\n\nIt hums. Kim kim@example.com\n"),
        ("WG: Lampe", "It hums.\n"),
        ("TR: Lampe", "Kim a dit :\nIt hums.\n"),
        ("[Fwd: Lampe]", "It hums.\n"),
        ("Kim's lamp", "Please\n\n-------- Weitergeleitete Nachricht --------\nKim <kim@example.com>\n\nIt hums.\n"),
        ("Kim's lamp", "Begin forwarded message:\n\nIt hums.\n"),
    )

    @pytest.mark.parametrize(("subject", "text"), UNREAD)
    @pytest.mark.parametrize("to", [CARE, f"{CARE}, Ada <{ADA}>"])
    def test_the_agent_is_asked_for_the_customer_of_a_forward_that_cannot_be_read(
        self, world: World, subject: str, text: str, to: str
    ) -> None:
        assert get(world, written(f"Tom <{TOM}>", subject, text, To=to), passed=DMARC) == "opened"
        found = only(world)
        assert (found.requester.address, found.opening.sender) == ("", TOM)
        assert "whose" in found.opening.remarks
        assert purposes(found) == [(NEW, ADA), (NEW, TOM)]
        assert "It hums." in found.opening.text

    @pytest.mark.parametrize("name", ["mail.eml", "Lampe.msg"])
    def test_the_agent_is_asked_about_a_mail_among_the_files_that_cannot_be_read(self, world: World, name: str) -> None:
        mail = written(f"Tom <{TOM}>", "Kim's lamp", "See the file.\n")
        mail.add_attachment(b"From nobody", maintype="application", subtype="octet-stream", filename=name)
        get(world, mail, passed=DMARC)
        assert purposes(only(world)) == [(NEW, ADA), (NEW, TOM)]

    @pytest.mark.parametrize("subject", ["Lampe", "Forward planning", "Re: Fwd: Lampe", "Where is the FW: list?"])
    def test_an_agents_own_matter_is_the_agents(self, world: World, subject: str) -> None:
        get(world, written(f"Tom <{TOM}>", subject, "I bought a lamp and it hums. The message was forwarded.\n"))
        assert purposes(only(world)) == [(ACK, TOM), (NEW, ADA)]

    @pytest.mark.parametrize("attached", [True, False])
    def test_a_forwarded_form_mail_has_its_reply_to_as_customer(self, world: World, attached: bool) -> None:
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

    def test_a_customer_who_forwards_a_mail_is_the_customer(self, world: World) -> None:
        get(world, written(subject="Fwd: Lamp", text=self.FORWARD.format(sender="SwiftParcel <info@swift.example>")))
        assert only(world).requester.address == MIRA


class TestServiceAddresses:
    @pytest.mark.parametrize("box", ["digest", "signin", "Digest"])
    def test_an_agents_answer_to_a_digest_opens_no_ticket_and_gets_one_notice(self, world: World, box: str) -> None:
        key, to = world.arrives(written(f"Tom <{TOM}>", "Re: due", "Ada, please take two.\n")), plus_address(CARE, box)
        for _ in range(2):
            assert receive(world.deps, MailReceived(key, (to,))) == "no_tickets"
        assert world.store.tickets == {}
        assert world.store.outcomes[key] == ("no_tickets", None)
        (told,) = world.mailer.to(TOM)
        assert "Ada, please take two." in told.text
        assert told.mail["Auto-Submitted"] == "auto-replied"

    def test_an_agents_absence_note_gets_no_notice(self, world: World) -> None:
        mail = written(f"Tom <{TOM}>", "Away", "I am away.\n", Auto_Submitted="auto-replied")
        get(world, mail, plus_address(CARE, "digest"))
        assert world.mailer.sent == []
        assert all(ticket.outbox is None for ticket in world.store.tickets.values())

    def test_another_persons_mail_there_opens_a_ticket(self, world: World) -> None:
        assert get(world, written(), plus_address(CARE, "digest")) == "opened"


def reaction(name: str, sender: str, line: str) -> EmailMessage:
    """A reaction as Outlook sends it to other systems."""
    mail = written(f"{name} <{sender}>", "Re: Lamp", Message_ID="<reaction@x>", In_Reply_To="<ours@ses.example>")
    mail.set_content(
        f"<div><span>{name}</span> <span>{line}</span></div><hr><div id='divRplyFwdMsg'><b>From:</b> Northlight "
        "&lt;care@help.northlight.example&gt;<br><b>Sent:</b> Friday, November 27, 2026 10:12 AM<br><b>To:</b> "
        "x@y.example<br><b>Subject:</b> Lamp</div><div>A new one comes.</div>",
        subtype="html",
    )
    return mail


class TestMachines:
    @pytest.mark.parametrize("reason", [MarkCode.REACTION, MarkCode.CALENDAR_ANSWER])
    def test_a_reaction_or_calendar_answer_is_shared_and_changes_nothing(
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

    @pytest.mark.parametrize("line", ["reacted to your message:", "reacted via Gmail"])
    def test_an_agents_reaction_is_not_sent_as_the_answer(self, world: World, ticket: Ticket, line: str) -> None:
        before = only(world)
        world.mailer.sent.clear()
        get(world, reaction("Ada Lindqvist", ADA, line), address(ticket, Role.AGENT), passed=DMARC)
        assert (only(world).state, only(world).clocks) == (before.state, before.clocks)
        assert kept(world).visibility is Visibility.INTERNAL
        agents.stream(world)
        assert world.mailer.sent == []

    def test_a_customers_reaction_changes_no_clock(self, world: World, ticket: Ticket) -> None:
        get(world, written(ADAS, text="Yes.\n", Message_ID="<a@x>"), address(ticket, Role.AGENT), passed=DMARC)
        before = only(world)
        get(world, reaction("Mira Holm", MIRA, "reacted to your message:"), address(ticket, Role.CUSTOMER))
        after = only(world)
        assert (after.state, after.clocks) == (before.state, before.clocks)
        assert [str(mark) for mark in kept(world).automatic] == ["reaction"]

    def test_notifications_of_quarantined_tickets_are_limited(self, world: World, reads: Reads) -> None:
        reads(automatic=(header("Auto-Submitted: auto-replied"),))
        limit = world.shop.limits.per_address_hour
        for number in range(limit + 3):
            get(world, written(Message_ID=f"<{number}@x>", text=f"{number}\n"))
        told = [ticket for ticket in world.store.tickets.values() if ticket.outbox]
        assert (len(told), len(world.store.tickets)) == (limit, limit + 3)


def test_another_spelling_of_the_customers_domain_is_the_customer(world: World) -> None:
    get(world, written("Bodo <bodo@bücher.example>"))
    found = only(world)
    by_subject = written("bodo@xn--bcher-kva.example", f"Re: [{found.ref}]", "Order 5509.", Message_ID="<2@x>")
    assert get(world, by_subject) == "appended"
    assert kept(world).remarks == ()
    assert only(world).participants == ()


def test_without_an_envelope_the_mail_services_received_header_counts(world: World) -> None:
    received = f"from mx.example by inbound-smtp.eu-central-1.amazonaws.com with SMTP id x for {CARE}; Sat, 28 Nov 2026"
    raw = b"Received: " + received.encode() + b"\r\n" + written(To="office@example.com").as_bytes()
    assert receive(world.deps, MailReceived(world.arrives(raw), ())) == "opened"


def test_a_photo_without_words_opens_a_ticket(world: World) -> None:
    mail = written(subject="", text="\n")
    mail.add_attachment(b"heic", maintype="image", subtype="heic", filename="IMG.HEIC", disposition="inline")
    assert get(world, mail) == "opened"
    found = only(world)
    assert [file.filename for file in found.opening.files] == ["IMG.HEIC"]
    assert found.opening.remarks == ()


@pytest.mark.parametrize("mail", [InboundMail(), InboundMail(new="x")])
def test_an_empty_mail_is_kept(world: World, monkeypatch: pytest.MonkeyPatch, mail: InboundMail) -> None:
    monkeypatch.setattr(reading, "read", lambda raw: mail)
    assert get(world, b"x") == "opened"
    assert samples.shipped().id == only(world).shop
