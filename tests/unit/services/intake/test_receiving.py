"""Receiving mail: each opens or continues the right ticket once, and no customer gets what is not for them."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.errors import UnknownFile
from chalicelib.mail import reading
from chalicelib.mail.composing import plus_address
from chalicelib.mail.inbound import LOOP_HEADER
from chalicelib.rendering import words
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.policy.promises import DeskTerms
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.procedure_facts import Withdrawal
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, Message, Person, State, Ticket, Visibility
from chalicelib.services.delivery.letters.letters import letter
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC, SPAM, SPF
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.store.fakes import World, written

CARE, HELP = (wiring.policy().shop(shop).support for shop in ("northlight", "kettle"))
MIRA, ADA = "mira@example.com", "ada@northlight.example"


def get(world: World, mail: EmailMessage | bytes, *recipients: str, passed: str = "") -> Outcome:
    """Receive a mail sent to these addresses (by default the shop's), which passed these checks; return its outcome."""
    return receive(
        world.deps, MailReceived(world.arrives(mail), recipients or (CARE,), passed=frozenset(passed.split()))
    )


def purposes(item: Ticket | Message) -> list[tuple[Purpose, str]]:
    return [(delivery.purpose, delivery.to) for delivery in item.outbox.deliveries] if item.outbox else []


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket opened by mail; all its mails were sent."""
    get(world, written())
    ticket = world.store.only_ticket()
    post(world.deps, ItemRef(ticket.ref, None))
    world.store.requests.clear()
    return world.store.only_ticket()


def agents_address(ticket: Ticket) -> str:
    return plus_address(CARE, samples.reply_token(ticket, Role.AGENT))


def customers_address(ticket: Ticket) -> str:
    return plus_address(CARE, samples.reply_token(ticket, Role.CUSTOMER))


class TestOpening:
    def test_a_mail_opens_a_ticket_that_owes_an_acknowledgement_and_tells_agents(self, world: World) -> None:
        assert get(world, written()) == "opened"
        ticket = world.store.only_ticket()
        assert ticket.requester == Person("Mira Holm", MIRA)
        assert ticket.subject == "The shade is cracked"
        assert "cracked shade" in ticket.opening.text
        assert ticket.state is State.OPEN
        assert purposes(ticket) == [(Purpose.ACKNOWLEDGEMENT, MIRA), (Purpose.NOTIFICATION_NEW, ADA)]

    def test_a_first_mail_costs_three_writes_for_ticket_limits_and_outcome(self, world: World) -> None:
        world.with_shop(desk=DeskTerms())  # one that may have agreements reads whether there is one
        get(world, written())
        assert world.store.requests == ["write"] * 3

    def test_a_data_request_is_due_a_month_after_its_arrival(self, world: World) -> None:
        get(world, written(subject="Auskunft nach Art. 15 DSGVO"))
        ticket = world.store.only_ticket()
        assert ticket.kind == "data_request"
        resolve = ticket.clock("resolve")
        assert resolve
        assert (resolve.period, resolve.set_at) == ("1 month", world.clock())

    def test_a_complaint_about_data_has_its_own_kind_and_is_confirmed(self, world: World) -> None:
        get(world, written(subject="Advertising", text="You passed on my address to an insurance company."))
        ticket = world.store.only_ticket()
        assert ticket.kind == "privacy_complaint"
        assert (Purpose.ACKNOWLEDGEMENT, MIRA) in purposes(ticket)

    def test_where_it_is_not_offered_it_is_a_mail_like_others(self, world: World) -> None:
        kind = world.shop.kinds["privacy_complaint"]
        world.with_shop(kinds={**world.shop.kinds, kind.id: replace(kind, offered=False)})
        get(world, written(subject="Advertising", text="You passed on my address to an insurance company."))
        assert world.store.only_ticket().kind == world.shop.mail_kind

    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            ("The search finds nothing.", "feedback"),
            ("Please send me a copy of my personal data.", "data_request"),
            ("I hereby withdraw from my contract of sale, order NL-2041.", "withdrawal"),
        ],
    )
    def test_a_mail_to_the_feedback_address_is_feedback_unless_the_law_says_more(
        self, world: World, said: str, kind: str
    ) -> None:
        get(world, written(subject="Your site", text=said), plus_address(CARE, "feedback"))
        assert world.store.only_ticket().kind == kind

    def test_a_withdrawal_is_acknowledged_with_its_words_and_the_moment_it_came(self, world: World) -> None:
        get(world, written(subject="Lamp", text="I hereby withdraw from my contract of sale, order NL-2041."))
        ticket = world.store.only_ticket()
        assert ticket.kind == "withdrawal"
        assert ticket.withdrawal == Withdrawal(world.clock())
        refund = ticket.clock("refund")
        assert refund
        assert (refund.period, refund.set_at) == ("14 days", world.clock())
        mail = Delivery(Purpose.ACKNOWLEDGEMENT, MIRA)
        text = " ".join(letter(world.deps, ticket, ticket.opening, mail, world.clock()).text.split())
        assert "I hereby withdraw from my contract of sale, order NL-2041." in text
        assert words.to_the_minute(world.clock(), "Europe/Berlin", "en") in text

    def test_a_withdrawal_beside_a_placeholder_is_read(self, world: World) -> None:
        mail = written(subject="Anfrage", text="Your mail program does not support HTML.")
        mail.add_alternative("<p>Hiermit widerrufe ich den Kaufvertrag 4711.</p>", subtype="html")
        get(world, mail)
        ticket = world.store.only_ticket()
        assert (ticket.kind, ticket.withdrawal) == ("withdrawal", Withdrawal(world.clock()))
        assert ticket.opening.text == "Hiermit widerrufe ich den Kaufvertrag 4711."

    def test_a_withdrawal_within_another_matter_is_pointed_out(self, world: World) -> None:
        get(world, written())
        (ticket,) = world.store.tickets.values()
        said = "I hereby withdraw from my contract of sale."
        get(world, written(Message_ID="<2@mail.example>", text=said), customers_address(ticket))
        assert world.store.only_ticket().kind == "question"
        assert world.store.only_message().remarks == (Remark.WITHDRAWS,)

    @pytest.mark.parametrize(
        "said",
        ["You passed on my address to an insurance company.", "Please send me a copy of my personal data."],
        ids=["complaint", "request"],
    )
    def test_what_a_mail_says_about_data_within_another_matter_is_pointed_out(self, world: World, said: str) -> None:
        get(world, written())
        (ticket,) = world.store.tickets.values()
        get(world, written(Message_ID="<2@mail.example>", text=said), customers_address(ticket))
        assert world.store.only_ticket().kind == "question"
        assert world.store.only_message().remarks == (Remark.ABOUT_DATA,)
        text = letter(
            world.deps, ticket, world.store.only_message(), Delivery(Purpose.NOTIFICATION_REPLY, ADA), world.clock()
        ).text
        assert words.phrase("en", "notification.flag.about_data") in " ".join(text.split())

    def test_of_a_mail_about_several_matters_of_law_the_others_are_pointed_out(self, world: World) -> None:
        said = "I hereby withdraw from my contract of sale. You passed on my address to an insurance company."
        get(world, written(text=said))
        ticket = world.store.only_ticket()
        assert ticket.kind == "withdrawal"
        assert ticket.opening.remarks == (Remark.ABOUT_DATA,)

    def test_a_subject_that_the_thread_repeats_says_nothing_new(self, world: World) -> None:
        get(world, written(subject="Auskunft nach Art. 15 DSGVO"))
        ticket = world.store.only_ticket()
        world.store.tickets[ticket.ref] = replace(ticket, kind="question")
        again = written(Message_ID="<2@mail.example>", subject="Re: Auskunft nach Art. 15 DSGVO", text="Thank you.")
        get(world, again, customers_address(ticket))
        assert world.store.only_message().remarks == ()

    def test_the_same_mail_again_changes_nothing(self, world: World) -> None:
        get(world, written())
        before = world.store.only_ticket()
        assert get(world, written()) == "duplicate"
        assert world.store.only_ticket() == before
        assert world.store.messages == {}

    def test_each_raw_mail_keeps_its_first_outcome(self, world: World) -> None:
        key = world.arrives(written())
        for _ in range(2):
            receive(world.deps, MailReceived(key, (CARE,)))
        assert world.store.outcomes == {key: ("opened", world.store.only_ticket().ref)}

    def test_a_mail_to_two_shops_opens_a_ticket_in_each_once(self, world: World) -> None:
        for _ in range(2):
            get(world, written(), CARE, HELP)
        assert {ticket.shop for ticket in world.store.tickets.values()} == {"northlight", "kettle"}
        assert len(world.store.tickets) == 2

    def test_a_mail_to_none_of_our_shops_only_gets_an_outcome(self, world: World) -> None:
        assert get(world, written(), "sales@elsewhere.example") == "misdirected"
        assert world.store.tickets == {}
        assert list(world.store.outcomes.values()) == [("misdirected", None)]

    @pytest.mark.parametrize(
        ("mail", "to", "outcome", "copied"),
        [
            (written(), "sales@elsewhere.example", "misdirected", False),
            (written(), CARE, "opened", True),
            (written(Auto_Submitted="auto-replied"), CARE, "automatic", True),
            (b"\x00\xff", CARE, None, True),
        ],
    )
    def test_every_outcome_marks_the_raw_mail_for_expiry(
        self, world: World, mail: Any, to: str, outcome: str | None, copied: bool
    ) -> None:
        became = get(world, mail, to)
        assert outcome in (None, became)
        assert world.files.settled == dict.fromkeys(world.files.raw, copied)

    def test_a_mail_counts_as_copied_only_if_each_of_its_shops_has_a_copy(self, world: World) -> None:
        get(world, written(), HELP)
        get(world, written(), CARE, HELP)  # a duplicate to one of them
        assert list(world.files.settled.values()) == [True, False]

    def test_a_mail_that_came_twice_is_kept_with_each_of_its_tickets(self, world: World) -> None:
        get(world, written(), CARE, HELP)
        assert get(world, written(), CARE, HELP) == "duplicate"
        _, again = world.files.raw
        for ref in world.store.tickets:
            ticket_partition = world.store.ticket_partition(ref)
            assert ticket_partition
            assert again in ticket_partition.raw_keys

    @pytest.mark.parametrize("local", ["Info", "ada", "care.old", "care-x", "xcare", "postmaster"])
    def test_a_mail_to_another_address_of_the_domain_opens_no_ticket(self, world: World, local: str) -> None:
        assert get(world, written(), f"{local}@{world.shop.domain}") == "misdirected"
        assert world.store.tickets == {}

    @pytest.mark.parametrize("spell", [str, str.upper, str.title])
    @pytest.mark.parametrize("plus", ["", "+web", "+a+b"])
    def test_the_support_address_is_recognised_in_every_spelling(
        self, world: World, spell: Callable[[str], str], plus: str
    ) -> None:
        assert get(world, written(), spell(world.shop.support.replace("@", f"{plus}@"))) == "opened"

    def test_without_a_message_id_the_bytes_identify_the_mail(self, world: World) -> None:
        raw = written(Message_ID="").as_bytes()
        assert get(world, raw) == "opened"
        assert get(world, raw) == "duplicate"
        assert get(world, raw.replace(b"cracked", b"broken")) == "opened"
        assert len(world.store.tickets) == 2

    def test_the_same_id_with_other_words_of_the_same_sender_is_appended(self, world: World) -> None:
        get(world, written())
        assert get(world, written(text="Another thing.\n")) == "appended"
        assert len(world.store.tickets) == 1
        assert get(world, written(text="Another thing.\n")) == "duplicate"

    def test_the_same_id_by_another_sender_never_shows_one_customers_mail_to_another(self, world: World) -> None:
        """Programs that use one id for all their mails are common; two customers' mails must not share a ticket."""
        get(world, written())
        other = written("Jon Ash <jon@example.org>", "My order", "My address is 5 High Street.\n")
        assert get(world, other) == "opened"
        assert get(world, other) == "duplicate"
        assert {ticket.requester.address for ticket in world.store.tickets.values()} == {MIRA, "jon@example.org"}
        assert world.store.messages == {}

    @pytest.mark.parametrize("marks", [{DMARC}, {DMARC, SPF}, {DMARC, SPAM}])
    def test_the_same_id_in_a_mail_that_may_not_join_opens_a_ticket(self, world: World, marks: set[str]) -> None:
        """A sender who knows or reuses the id of a mail must not create one that is retried forever."""
        get(world, written())
        notice = MailReceived(world.arrives(written(text="Another thing.\n")), (CARE,), frozenset(marks))
        assert receive(world.deps, notice) == ("quarantined" if SPAM in marks else "opened")
        assert receive(world.deps, notice) == ("quarantined" if SPAM in marks else "opened")
        again = MailReceived(world.arrives(written(text="Another thing.\n")), (CARE,), frozenset(marks))
        assert receive(world.deps, again) == "duplicate"
        assert sorted(ticket.opening.text for ticket in world.store.tickets.values())[0] == "Another thing."
        assert (len(world.store.tickets), world.store.messages) == (2, {})

    def test_the_same_id_with_an_ambiguous_from_opens_a_ticket(self, world: World) -> None:
        get(world, written())
        mail = written(text="Another thing.\n")
        del mail["From"]
        raw = b"From: mira@example.com, eve@evil.example\r\n" + mail.as_bytes()
        assert (get(world, raw), get(world, raw)) == ("opened", "duplicate")
        assert (len(world.store.tickets), world.store.messages) == (2, {})

    def test_the_same_id_long_after_its_ticket_was_closed_opens_another(self, world: World) -> None:
        get(world, written())
        first = world.store.only_ticket()
        world.store.tickets[first.ref] = replace(first, state=State.CLOSED, closed_at=world.clock())
        world.clock.advance(days=world.shop.reopen_days + 1)
        assert get(world, written(text="Another thing.\n")) == "opened"
        assert (len(world.store.tickets), world.store.messages) == (2, {})

    def test_attachments_are_kept_under_the_ticket(self, world: World) -> None:
        mail = written()
        mail.add_attachment(b"picture", maintype="image", subtype="jpeg", filename="../../shade.jpg")
        get(world, mail)
        ticket = world.store.only_ticket()
        (file,) = ticket.opening.files
        assert (file.filename, file.content_type, file.size) == ("shade.jpg", "image/jpeg", 7)
        assert file.key.startswith(f"tickets/{ticket.ref}/")
        assert world.files.kept[file.key] == (b"picture", "image/jpeg")

    def test_people_in_copy_become_participants_but_not_our_own_addresses(self, world: World) -> None:
        get(world, written(Cc=f"Friend <Friend@Example.com>, {CARE}, {ADA}, friend@example.com"))
        assert world.store.only_ticket().participants == ("friend@example.com",)

    def test_a_german_mail_opens_a_german_ticket(self, world: World) -> None:
        get(world, written(text="Guten Tag, die Lampe ist nicht angekommen. Können Sie mir bitte sagen, wo sie ist?"))
        assert world.store.only_ticket().language == "de"

    def test_a_missing_raw_mail_raises_and_is_retried(self, world: World) -> None:
        with pytest.raises(UnknownFile):
            receive(world.deps, MailReceived("raw/missing", (CARE,)))
        assert world.store.outcomes == {}

    def test_a_very_long_mail_is_kept_whole_beside_its_ticket(self, world: World) -> None:
        get(world, written(text=("Zeile ä " * 40 + "\n") * 1000))
        opening = world.store.only_ticket().opening
        assert opening.text_key
        assert len(world.files.read(opening.text_key).decode().split()) == 80_000
        assert len(opening.text) <= 2000


class TestOddMail:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\x00\xff\xfe\x80" * 100,
            b"Message-ID: <\xe4\xf6@x>\r\nFrom: \xff\xfe <a@b.example>\r\nSubject: \xc3\x28\r\n\r\nwords \xff",
            b"Message-ID: <" + b"x" * 3000 + b"@x>\r\nFrom: a@b.example\r\n\r\nhello",
            b"In-Reply-To: <@>\r\nReferences: <\xf0\x9f\x98\x80@x> <" + b"\xc3\xa4" * 900 + b"@x>\r\n\r\nhello",
            b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80 lone surrogate",
            b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
            b"Content-Type: \xffweird/\r\nContent-Disposition: attachment; filename*=utf-8''%ED%A0%80\r\n"
            b"\r\nfile\r\n--x--",
            b"From: a@b.example\r\nSubject: =?utf-8?B?AAECA/Y=?= \x00\r\n\r\nhi\x00\x01",
        ],
    )
    def test_any_odd_mail_opens_a_ticket_that_can_be_stored(self, world: World, raw: bytes) -> None:
        assert get(world, raw) in ("opened", "automatic")
        post(world.deps, ItemRef(world.store.only_ticket().ref, None))

    def test_an_unreadable_mail_is_remarked_and_attached_unchanged(self, world: World) -> None:
        raw = b"From: Mira <mira@example.com>\r\nMessage-ID: <odd@x>\r\n\r\n"
        assert get(world, raw) == "opened"
        opening = world.store.only_ticket().opening
        assert Remark.UNREADABLE in opening.remarks
        (file,) = opening.files
        assert file.filename == "original.eml"
        assert world.files.read(file.key) == raw

    def test_a_mail_that_raises_on_reading_is_still_kept(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(raw: bytes) -> Any:
            raise RecursionError

        monkeypatch.setattr(reading, "read", broken)
        assert get(world, written()) == "opened"
        ticket = world.store.only_ticket()
        assert Remark.UNREADABLE in ticket.opening.remarks
        assert purposes(ticket) == [(Purpose.NOTIFICATION_NEW, ADA)]

    @pytest.mark.parametrize("address", ["root@host", "müller@example.com", "ann@[192.0.2.1]"])
    def test_an_undeliverable_address_is_shown_to_agents_as_written(self, world: World, address: str) -> None:
        assert get(world, f"From: Cron <{address}>\r\nSubject: Disk full\r\n\r\nIt is.".encode()) == "opened"
        ticket = world.store.only_ticket()
        assert ticket.requester == Person("Cron", address)
        assert Remark.UNANSWERABLE in ticket.opening.remarks
        assert purposes(ticket) == [(Purpose.NOTIFICATION_NEW, ADA)]
        post(world.deps, ItemRef(ticket.ref, None))
        (told,) = world.mailer.sent
        assert f"Cron <{address}>" in told.text
        assert "No mail can be sent to the address below" in told.text
        assert "Reply to this email" not in told.text

    @pytest.mark.parametrize("address", ["mira@example.com" + "x" * 300, "mira\u200b@example.com"])
    def test_cleaning_does_not_turn_other_text_into_an_address(self, world: World, address: str) -> None:
        get(world, f"From: {address}\r\nSubject: Hello\r\n\r\nHelp me".encode())
        ticket = world.store.only_ticket()
        assert purposes(ticket) == [(Purpose.NOTIFICATION_NEW, ADA)]
        assert len(ticket.requester.address) <= 254
        assert ticket.requester.address.isprintable()

    @pytest.mark.parametrize("sender", ["", "undisclosed", "Mira", "mira@", '"a b"@example.com, <>'])
    def test_a_mail_without_a_usable_sender_notifies_agents_and_is_not_acknowledged(
        self, world: World, sender: str
    ) -> None:
        raw = b"From: " + sender.encode() + b"\r\nSubject: Hello\r\n\r\nHelp me"
        assert get(world, raw) == "opened"
        assert purposes(world.store.only_ticket()) == [(Purpose.NOTIFICATION_NEW, ADA)]


class TestAutomaticMail:
    @pytest.mark.parametrize(
        ("sender", "headers", "told"),
        [
            ("Mira Holm <mira@example.com>", {"Auto_Submitted": "auto-replied"}, True),
            ("Mira Holm <mira@example.com>", {LOOP_HEADER.replace("-", "_"): "anything"}, True),
            (f"Ada <{ADA}>", {"Auto_Submitted": "auto-replied"}, False),
        ],
    )
    def test_it_is_quarantined_and_agents_are_notified_if_no_loop_can_follow(
        self, world: World, sender: str, headers: dict[str, str], told: bool
    ) -> None:
        assert get(world, written(sender, **headers)) == "automatic"
        ticket = world.store.only_ticket()
        assert ticket.state is State.QUARANTINED
        assert purposes(ticket) == [(Purpose.NOTIFICATION_NEW, ADA)] * told
        assert ticket.suspicions

    @pytest.mark.parametrize(
        ("sender", "shown"),
        [
            (MIRA, "token"),
            *[
                (sender, shown)
                for sender in (CARE, HELP, "care@northlight.example")
                for shown in ("token", "header", "id", "reply")
            ],
        ],
    )
    def test_our_own_returned_mail_is_not_answered(self, world: World, ticket: Ticket, sender: str, shown: str) -> None:
        (sent,) = world.mailer.to(MIRA)
        headers = {
            "token": {"X_Aftercare_Loop": customers_address(ticket).split("+")[1].split("@")[0]},
            "header": {"X_Aftercare_Loop": "nlab12"},  # as of a letter about an order
            "id": {"Message_ID": f"<{sent.id}@eu-central-1.amazonses.com>"},
            "reply": {"Reply_To": sent.reply_to},
        }[shown]
        mail = written(f"Northlight <{sender}>", **({"Message_ID": "<back@x>"} | headers))
        assert get(world, mail) == "automatic"
        assert list(world.store.tickets.values())[-1].outbox is None

    def test_our_own_returned_acknowledgement_starts_no_loop(self, world: World, ticket: Ticket) -> None:
        (acknowledgement,) = world.mailer.to(MIRA)
        assert get(world, acknowledgement.raw, acknowledgement.reply_to) == "automatic"
        message = world.store.only_message()
        assert message.outbox is None
        assert len(world.store.tickets) == 1

    def test_on_a_ticket_it_is_kept_moves_nothing_and_notifies_agents(self, world: World, ticket: Ticket) -> None:
        answered = written(text="I am away.\n", Message_ID="<away@x>", Auto_Submitted="auto-replied")
        assert get(world, answered, customers_address(ticket)) == "automatic"
        message, after = world.store.only_message(), world.store.only_ticket()
        assert message.automatic
        assert purposes(message) == [(Purpose.NOTIFICATION_REPLY, ADA)]
        assert (after.state, after.clocks, after.last_message_id) == (
            ticket.state,
            ticket.clocks,
            ticket.last_message_id,
        )

    def test_an_agents_absence_note_does_not_go_to_the_customer(self, world: World, ticket: Ticket) -> None:
        away = written(f"Ada <{ADA}>", text="I am away.\n", Message_ID="<away@x>", Auto_Submitted="auto-replied")
        get(world, away, agents_address(ticket))
        message = world.store.only_message()
        assert message.visibility is Visibility.INTERNAL
        assert message.outbox is None


class TestThreading:
    def add(self, world: World, *recipients: str, sender: str = "Mira Holm <mira@example.com>", **more: str) -> Message:
        words = {"Message_ID": "<second@mail.example>", "text": "Any news?\n", "subject": "Question"} | more
        get(world, written(sender, **words), *recipients)
        return world.store.only_message()

    def test_by_the_token_in_the_address(self, world: World, ticket: Ticket) -> None:
        world.with_shop(desk=DeskTerms())  # one that may have agreements reads whether there is one
        message = self.add(world, customers_address(ticket))
        assert message.ref == ticket.ref
        assert message.author is Author.CUSTOMER
        assert purposes(message) == [(Purpose.NOTIFICATION_REPLY, ADA)]
        assert world.store.requests == ["read", *["write"] * 3]  # the limit, the message, the outcome

    def test_by_the_token_in_any_case(self, world: World, ticket: Ticket) -> None:
        assert self.add(world, customers_address(ticket).upper()).ref == ticket.ref

    def test_by_the_token_in_an_id_of_ours(self, world: World, ticket: Ticket) -> None:
        token = samples.reply_token(ticket, Role.CUSTOMER)
        assert self.add(world, References=f"<x@y> <{token}@northlight.example>").ref == ticket.ref

    def test_by_the_mail_services_id(self, world: World, ticket: Ticket) -> None:
        (acknowledgement,) = world.mailer.to(MIRA)
        reply = self.add(world, In_Reply_To=f"<{acknowledgement.id}@eu-central-1.amazonses.com>")
        assert reply.ref == ticket.ref

    def test_by_the_customers_own_first_id(self, world: World, ticket: Ticket) -> None:
        assert self.add(world, In_Reply_To="<first@mail.example>").ref == ticket.ref

    def test_by_the_first_id_of_a_very_long_conversation(self, world: World, ticket: Ticket) -> None:
        between = " ".join(f"<{n}@elsewhere.example>" for n in range(40))
        reply = self.add(world, References=f"<first@mail.example> {between}", In_Reply_To="<39@elsewhere.example>")
        assert reply.ref == ticket.ref

    def test_by_the_reference_in_the_subject_from_a_participant(self, world: World, ticket: Ticket) -> None:
        assert self.add(world, subject=f"Re: my lamp [{ticket.ref.lower()}]").ref == ticket.ref

    def test_the_reference_in_the_subject_from_a_stranger_opens_a_linked_ticket(
        self, world: World, ticket: Ticket
    ) -> None:
        stranger = written("Eve <eve@example.org>", f"Re: [{ticket.ref}]", "Send it to me.\n", Message_ID="<eve@x>")
        assert get(world, stranger) == "opened"
        (other,) = [t for t in world.store.tickets.values() if t.ref != ticket.ref]
        assert other.related == (ticket.ref,)
        assert world.store.messages == {}
        assert world.store.tickets[ticket.ref] == ticket

    @pytest.mark.parametrize(
        "spoil", [lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"), lambda t: t.replace("c", "a")]
    )
    def test_a_forged_token_opens_a_new_ticket(self, world: World, ticket: Ticket, spoil: Callable[[str], str]) -> None:
        forged = spoil(samples.reply_token(ticket, Role.CUSTOMER))
        stranger = written("Eve <eve@example.org>", "Hello", "Hello\n", Message_ID=f"<{forged}@northlight.example>")
        get(world, stranger, plus_address(CARE, forged))
        assert len(world.store.tickets) == 2
        assert world.store.messages == {}

    def test_a_token_of_another_shop_does_not_thread(self, world: World, ticket: Ticket) -> None:
        token = samples.reply_token(ticket, Role.CUSTOMER)
        get(world, written(Message_ID="<second@x>"), plus_address(HELP, token))
        assert sorted(t.shop for t in world.store.tickets.values()) == ["kettle", "northlight"]
        assert world.store.messages == {}

    def test_a_new_person_with_the_customers_token_is_marked_and_becomes_participant(
        self, world: World, ticket: Ticket
    ) -> None:
        message = self.add(world, customers_address(ticket), sender="Friend <friend@example.org>")
        assert Remark.STRANGER in message.remarks
        assert world.store.only_ticket().participants == ("friend@example.org",)

    def test_the_same_reply_twice_is_stored_once(self, world: World, ticket: Ticket) -> None:
        reply = written(text="Any news?\n", Message_ID="<second@x>")
        assert get(world, reply, customers_address(ticket)) == "appended"
        assert get(world, reply, customers_address(ticket)) == "duplicate"
        assert len(world.store.messages) == 1

    def test_a_reply_to_an_answered_ticket_reopens_it(self, world: World, ticket: Ticket) -> None:
        get(
            world, written(f"Ada <{ADA}>", text="Yes.\n", Message_ID="<answer@x>"), agents_address(ticket), passed=DMARC
        )
        assert world.store.only_ticket().state is State.WAITING
        get(world, written(text="And when?\n", Message_ID="<second@x>"), customers_address(ticket))
        assert world.store.only_ticket().state is State.OPEN

    def test_a_reply_that_loses_a_race_is_added_to_the_new_version(self, world: World, ticket: Ticket) -> None:
        def another_reply(change: Any) -> None:
            world.store.before_commit = lambda change: None
            get(world, written(text="First!\n", Message_ID="<quick@x>"), customers_address(ticket))

        world.store.before_commit = another_reply
        get(world, written(text="Second!\n", Message_ID="<slow@x>"), customers_address(ticket))
        assert {message.text for message in world.store.messages.values()} == {"First!", "Second!"}
        assert world.store.only_ticket().version == ticket.version + 2

    def test_the_quote_is_cut_and_the_customers_words_are_kept(self, world: World, ticket: Ticket) -> None:
        text = "Yes please.\n\nOn Wed, 25 Nov 2026, Northlight Lamps wrote:\n> Shall we send a new one?\n"
        assert self.add(world, customers_address(ticket), text=text).text == "Yes please."


class TestAgentsByMail:
    def answer(self, world: World, ticket: Ticket, sender: str = f"Ada Lindqvist <{ADA}>", **more: str) -> Message:
        words = {"text": "We send you a new shade.\n", "Message_ID": "<answer@x>"} | more
        get(world, written(sender, **words), agents_address(ticket), passed=DMARC)
        return world.store.only_message()

    def test_an_answer_goes_to_the_customer_as_the_shop(self, world: World, ticket: Ticket) -> None:
        message = self.answer(world, ticket)
        assert message.author is Author.AGENT
        assert purposes(message) == [(Purpose.ANSWER, MIRA)]
        post(world.deps, ItemRef(ticket.ref, message.id))
        sent = world.mailer.to(MIRA)[-1]
        assert sent.sender == CARE
        assert "We send you a new shade." in sent.text
        assert ADA not in sent.raw.decode()
        assert "Lindqvist" not in sent.raw.decode()

    def test_an_answer_meets_the_first_answer_promise_once(self, world: World, ticket: Ticket) -> None:
        self.answer(world, ticket)
        first = world.store.only_ticket().clock("first_answer")
        assert first
        assert first.met_at == world.clock()
        world.clock.advance(hours=1)
        get(world, written(f"<{ADA}>", text="And more.\n", Message_ID="<more@x>"), agents_address(ticket), passed=DMARC)
        assert world.store.only_ticket().clock("first_answer") == first

    def test_quote_and_signature_are_cut_from_an_answer(self, world: World, ticket: Ticket) -> None:
        text = (
            "A new one is on its way.\n\n-- \nAda\n+49 30 1\n\nOn Wed, 25 Nov 2026, Northlight wrote:\n> secret note\n"
        )
        assert self.answer(world, ticket, text=text).text == "A new one is on its way."

    def test_the_customers_reply_to_an_answer_threads(self, world: World, ticket: Ticket) -> None:
        post(world.deps, ItemRef(ticket.ref, self.answer(world, ticket).id))
        sent = world.mailer.to(MIRA)[-1]
        get(world, written(text="Thank you\n", Message_ID="<thanks@x>"), sent.reply_to)
        assert len(world.store.tickets) == 1
        assert len(world.store.messages) == 2

    def test_another_persons_mail_to_that_address_is_internal_and_notifies_agents(
        self, world: World, ticket: Ticket
    ) -> None:
        message = self.answer(world, ticket, "Eve <eve@example.org>")
        assert message.visibility is Visibility.INTERNAL
        assert message.author is Author.OTHER
        assert "unknown_sender" in message.remarks
        assert purposes(message) == [(Purpose.NOTIFICATION_REPLY, ADA)]
        assert world.store.only_ticket().state is ticket.state

    def test_the_customers_mail_to_that_address_is_no_answer(self, world: World, ticket: Ticket) -> None:
        message = self.answer(world, ticket, f"Mira <{MIRA}>")
        assert (Purpose.ANSWER, MIRA) not in purposes(message)

    def test_an_empty_answer_is_not_sent_and_its_agent_is_mailed(self, world: World, ticket: Ticket) -> None:
        message = self.answer(world, ticket, text="\n")
        assert message.visibility is Visibility.INTERNAL
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]
        assert post(world.deps, ItemRef(ticket.ref, message.id))
        assert world.mailer.to(ADA)[-1].mail["Auto-Submitted"]

    def test_an_agents_mail_with_a_customers_token_is_not_sent(self, world: World, ticket: Ticket) -> None:
        get(world, written(f"Ada <{ADA}>", text="Sure\n", Message_ID="<answer@x>"), customers_address(ticket))
        message = world.store.only_message()
        assert message.visibility is Visibility.INTERNAL
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]

    def test_an_agents_mail_without_a_token_reaches_no_customer(self, world: World, ticket: Ticket) -> None:
        """A sender who puts an agent's address into From must not speak for the shop."""
        get(world, written(f"Ada <{ADA}>", f"Re: [{ticket.ref}]", "Sure\n", Message_ID="<answer@x>"))
        mails = [mail for t in world.store.tickets.values() for mail in purposes(t)]
        mails += [mail for m in world.store.messages.values() for mail in purposes(m)]
        assert Purpose.ANSWER not in [purpose for purpose, _ in mails]
        assert all(m.visibility is Visibility.INTERNAL for m in world.store.messages.values())

    @pytest.mark.parametrize("sender", [b"", b"From: root@host\r\n"])
    def test_an_answer_to_a_customer_without_an_address_is_reported_as_not_sent(
        self, world: World, sender: bytes
    ) -> None:
        get(world, sender + b"Message-ID: <nobody@x>\r\nSubject: Hello\r\n\r\nHelp")
        message = self.answer(world, world.store.only_ticket())
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]

    def test_an_answer_releases_a_quarantined_ticket(self, world: World) -> None:
        get(world, written(Auto_Submitted="auto-replied"))
        ticket = world.store.only_ticket()
        assert ticket.state is State.QUARANTINED
        self.answer(world, ticket)
        assert world.store.only_ticket().state is State.WAITING

    def test_the_same_answer_twice_is_sent_once(self, world: World, ticket: Ticket) -> None:
        for _ in range(2):
            message = self.answer(world, ticket)
            post(world.deps, ItemRef(ticket.ref, message.id))
        assert len(world.mailer.to(MIRA)) == 2  # the acknowledgement and the answer
