"""A mail of ours in a mail that came: nobody sees of ours what was not written to them, whatever the mail becomes."""

import io
import zipfile
from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.mail.inbound import LOOP_HEADER
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import File, Message, Ticket, Visibility
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents, samples
from tests.support.agents import SWIFT
from tests.support.store.fakes import World, written
from tests.support.store.mailer import SentMail
from tests.unit.mail.attachments.test_tnef import attribute, container
from tests.unit.services.intake.test_receiving import ADA, CARE, MIRA, purposes

SECRET = "INTERNAL: the driver was drunk."
ADAS = f"Ada Lindqvist <{ADA}>"


def get(world: World, mail: EmailMessage | bytes, *to: str, passed: str = DMARC) -> str:
    return receive(world.deps, MailReceived(world.arrives(mail), to or (CARE,), passed=frozenset(passed.split())))


@pytest.fixture
def ticket(world: World) -> Ticket:
    get(world, written(), passed="")
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


@pytest.fixture
def notification(world: World, ticket: Ticket) -> SentMail:
    """The mail to an agent with a courier's internal letter."""
    agents.acts(world, "refer", ref=ticket.ref, to="swiftparcel", facts=[], text="Where?")
    agents.stream(world)
    (asked,) = world.mailer.to(SWIFT)
    get(world, written(f"Claims <{SWIFT}>", "Re: x", f"{SECRET}\n", Message_ID="<tp@x>"), asked.reply_to, passed="")
    agents.stream(world)
    told = world.mailer.to(ADA)[-1]
    assert SECRET in told.text
    return told


def bare(sent: SentMail) -> EmailMessage:
    """The mail as programs store it that drop headers they do not know."""
    mail = message_from_bytes(sent.raw, policy=policy.default)
    del mail[LOOP_HEADER]
    return mail


def only_its(name: str, sent: SentMail) -> EmailMessage:
    mail = written("Northlight <care@elsewhere.example>", "x", "Nothing that we say.\n", Message_ID="<in@x>")
    mail[name] = sent.mail["Reply-To"]
    return mail


def by_id(sent: SentMail) -> EmailMessage:
    return written("Northlight <a@elsewhere.example>", Message_ID=f"<{sent.id}@eu-central-1.amazonses.com>")


def attached(inner: bytes | EmailMessage, words: str = "", name: str = "mail.eml", kind: str = "") -> EmailMessage:
    mail = written(ADAS, "Re: x", f"{words}\n", Message_ID=f"<a{len(words)}@x>")
    if isinstance(inner, bytes):
        main, _, sub = (kind or "application/octet-stream").partition("/")
        mail.add_attachment(inner, maintype=main, subtype=sub, filename=name)
    else:
        mail.add_attachment(inner)
    return mail


def wide(text: bytes) -> bytes:
    """An Outlook item's beginning, with a text as Windows writes it."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\1\2\3" + text.decode("latin-1").encode("utf-16-le")


def packed(raw: bytes) -> bytes:
    """A file as Outlook packs it into winmail.dat."""
    return container(attribute(0x9002, b"\0" * 14), attribute(0x8010, b"mail.eml\0"), attribute(0x800F, raw))


def page(sent: SentMail) -> bytes:
    body = sent.mail.get_body(("html",))
    assert body
    return str(body.get_content()).encode()


def folded(line: str) -> str:
    """A line of a calendar or card, folded at 75 octets (RFC 5545, 3.1)."""
    octets = line.encode()
    pieces: list[bytes] = []
    while len(octets) > 74:
        cut = next(at for at in range(74, 0, -1) if octets[at] & 0xC0 != 0x80)
        pieces, octets = [*pieces, octets[:cut]], octets[cut:]
    return b"\r\n ".join([*pieces, octets]).decode()


def calendar(*lines: str, method: str = "METHOD:REQUEST") -> bytes:
    event = ("BEGIN:VEVENT", "UID:1", "SUMMARY:Call", "DTSTART:20261127T100000Z", *lines, "END:VEVENT")
    whole = ("BEGIN:VCALENDAR", "VERSION:2.0", method, *event, "END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in whole if line).encode()


def invited(attendee: str) -> Any:
    """An invitation as a program writes it for its user's answer to our mail, TOK its reply address. As a file of this
    type it is not summarised."""
    return lambda sent: attached(invitation(attendee, sent.reply_to), name="invite.ics", kind="application/ics")


def invitation(attendee: str, address: str) -> bytes:
    return calendar("ORGANIZER;CN=Ada:mailto:ada@elsewhere.example", attendee.replace("TOK", address))


def card(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in ("BEGIN:VCARD", "VERSION:2.1", *lines, "END:VCARD")).encode()


def rich(text: str) -> bytes:
    """As a text program saves it: 60 characters a line, and the sign in an address as an escape."""
    body = text.replace("@", "\\'40").replace("\n", "\\par ")
    return ("{\\rtf1\\ansi " + "\n".join(body[at : at + 60] for at in range(0, len(body), 60)) + "}").encode()


INVITATIONS = {
    "Outlook's": 'ATTENDEE;CN="Northlight Lamps";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:TOK',
    "Exchange's": "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=TOK:mailto:TOK",
    "Google's": "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;RSVP=TRUE;CN=TOK;X-NUM-GUESTS=0:mailto:TOK",
    "Apple's": "ATTENDEE;CN=Northlight Lamps;CUTYPE=INDIVIDUAL;EMAIL=TOK;PARTSTAT=NEEDS-ACTION:mailto:TOK",
    "Thunderbird's": "ATTENDEE;RSVP=TRUE;CN=Northlight Lamps;PARTSTAT=NEEDS-ACTION:mailto:TOK",
}
WAYS: dict[str, Any] = {
    **{name: invited(attendee) for name, attendee in INVITATIONS.items()},
    "an invitation that repeats our text": lambda sent: attached(
        calendar("DESCRIPTION:" + sent.text.replace(",", "\\,").replace("\n", "\\n")), name="a", kind="application/ics"
    ),
    "an invitation of another type": lambda sent: attached(calendar(f"X-ALT-DESC:{sent.reply_to}"), name="a.bin"),
    "a calendar with the mail in it": lambda sent: attached(
        calendar(f"ATTACH;ENCODING=BASE64;VALUE=BINARY:{b64encode(bare(sent).as_bytes()).decode()}"),
        name="a.ics",
        kind="application/ics",
    ),
    "a card folded in the address": lambda sent: attached(
        card(f"EMAIL:{sent.reply_to[:20]}\r\n {sent.reply_to[20:-9]}\r\n\t{sent.reply_to[-9:]}"), name="a.vcf"
    ),
    "an old card": lambda sent: attached(
        card(f"NOTE;QUOTED-PRINTABLE:{sent.reply_to[:20].replace('+', '=2B')}=\r\n{sent.reply_to[20:]}"), name="a.vcf"
    ),
    "rich text": lambda sent: attached(rich(f"Write to {sent.reply_to} then."), name="a.rtf", kind="application/rtf"),
    "XML": lambda sent: attached(
        f"<to>{sent.reply_to.replace('@', '&#64;').replace('.', '&#x2e;')}</to>".encode(), name="a.xml"
    ),
    "a page in a page": lambda sent: attached(
        b'<object data="data:text/html;base64,' + b64encode(sent.reply_to.encode()) + b'">', name="a.html"
    ),
    "rfc822": lambda sent: attached(message_from_bytes(sent.raw, policy=policy.default)),
    "saved": lambda sent: attached(sent.raw),
    "without a name": lambda sent: attached(sent.raw, name="file"),
    "with an odd type": lambda sent: attached(sent.raw, name="x.dat", kind="image/png"),
    "without our header": lambda sent: attached(bare(sent)),
    "its text": lambda sent: attached(sent.text.encode(), name="mail.txt", kind="text/plain"),
    "its page": lambda sent: attached(page(sent), name="ATT00001.htm", kind="text/html"),
    "an Outlook item": lambda sent: attached(wide(bare(sent).as_bytes()), name="mail.msg"),
    "an Outlook item with our header": lambda sent: attached(wide(sent.raw), name="x", kind="application/x-y"),
    "in a forwarded mail": lambda sent: attached(attached(message_from_bytes(sent.raw, policy=policy.default))),
    "in one that is saved": lambda sent: attached(attached(bare(sent)).as_bytes()),
    "in winmail.dat": lambda sent: attached(packed(sent.raw), name="winmail.dat"),
    "its From": lambda sent: attached(only_its("Sender", sent)),
    "its Reply-To": lambda sent: attached(only_its("Reply-To", sent)),
    "its Cc": lambda sent: attached(only_its("Cc", sent)),
    "an address of ours alone": lambda sent: attached(written(f"Northlight <{CARE}>", "x", Message_ID="<in@x>")),
    "its id": lambda sent: attached(by_id(sent)),
}


def shared(world: World) -> list[tuple[Ticket | Message, File]]:
    """Every file that a customer may see."""
    openings = [(each, file) for each in world.store.tickets.values() for file in each.opening.files]
    said = [
        (each, file)
        for each in world.store.messages.values() if each.visibility is Visibility.SHARED for file in each.files
    ]  # fmt: skip
    return [*openings, *said]


@pytest.mark.parametrize("way", WAYS)
class TestAgentsReply:
    def replied(self, world: World, ticket: Ticket, mail: EmailMessage, words: str) -> Message:
        body = mail.get_body(("plain",))
        assert body
        body.set_content(f"{words}\n")
        get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.AGENT)))
        return list(world.store.messages.values())[-1]

    def test_without_words_it_is_kept_internal_and_the_agent_is_told(
        self, world: World, ticket: Ticket, notification: SentMail, way: str
    ) -> None:
        before = world.store.tickets[ticket.ref]
        message = self.replied(world, ticket, WAYS[way](notification), "")
        assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, "empty")
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]
        assert world.store.tickets[ticket.ref].clocks == before.clocks
        assert shared(world) == []

    def test_with_words_only_the_words_go_and_the_agent_is_told(
        self, world: World, ticket: Ticket, notification: SentMail, way: str
    ) -> None:
        message = self.replied(world, ticket, WAYS[way](notification), "We look into it.")
        assert (message.text, message.visibility, message.files) == ("We look into it.", Visibility.SHARED, ())
        assert shared(world) == []
        assert purposes(message) == [(Purpose.ANSWER, MIRA), (Purpose.LEFT_OUT, ADA)]
        agents.stream(world)
        to_customer = world.mailer.to(MIRA)[-1]
        assert (SECRET in to_customer.text, "eml" in to_customer.text) == (False, False)
        assert message.left_out[0] in world.mailer.to(ADA)[-1].text


@pytest.mark.parametrize("way", WAYS)
def test_an_agents_forward_with_it_opens_a_ticket_without_it(
    world: World, ticket: Ticket, notification: SentMail, way: str
) -> None:
    mail = WAYS[way](notification)
    del mail["Subject"]
    mail["Subject"] = "For you"
    get(world, mail)
    opened = list(world.store.tickets.values())[-1]
    assert opened.ref != ticket.ref
    assert shared(world) == []
    assert (Purpose.LEFT_OUT, ADA) in purposes(opened)
    assert SECRET not in opened.opening.text


@pytest.mark.parametrize(
    ("name", "kind"),
    [("winmail.dat", "application/octet-stream"), ("x.dat", "application/ms-tnef"), ("smime.p7m", "application/x-y")],
)
def test_a_container_that_may_hold_the_whole_mail_is_no_answer(
    world: World, ticket: Ticket, name: str, kind: str
) -> None:
    get(world, attached(b"x", name=name, kind=kind), plus_address(CARE, samples.reply_token(ticket, Role.AGENT)))
    (message,) = world.store.messages.values()
    assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, "empty")


def test_other_files_are_sent(world: World, ticket: Ticket) -> None:
    customers = written("Kim <kim@example.com>", "Lamp", "Our terms.\n", Message_ID="<k@x>")
    mail = attached(customers, "See below.")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="label.pdf")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "x")
    mail.add_attachment(zipped.getvalue(), maintype="application", subtype="zip", filename="all.zip")
    mail.add_attachment("Name: Kim\nReference: 17\n", filename="form.txt")
    get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.AGENT)))
    (message,) = world.store.messages.values()
    assert [file.filename for file in message.files] == ["Lamp.eml", "label.pdf", "all.zip", "form.txt"]
    assert purposes(message) == [(Purpose.ANSWER, MIRA)]


@pytest.mark.parametrize("attendee", INVITATIONS.values())
@pytest.mark.parametrize("kind", ["text/calendar", "application/octet-stream"])
def test_an_agents_invitation_to_our_reply_address_is_not_sent(
    world: World, ticket: Ticket, attendee: str, kind: str
) -> None:
    """Who has the agents' reply address can write as an agent."""
    address = plus_address(CARE, samples.reply_token(ticket, Role.AGENT))
    get(world, attached(invitation(attendee, address), "Friday at ten?", name="invite.ics", kind=kind), address)
    (message,) = world.store.messages.values()
    assert (message.text.split("\n")[0], message.files) == ("Friday at ten?", ())
    assert (message.left_out, purposes(message)) == (
        ("invite.ics",), [(Purpose.ANSWER, MIRA), (Purpose.LEFT_OUT, ADA)]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("named", "method"),
    [
        (f"ORGANIZER;CN=Ada:mailto:{ADA}", "METHOD:REQUEST"),
        (f"ORGANIZER;CN=Ada:MAILTO:{ADA.upper()}", "METHOD:PUBLISH"),
        (f'ATTENDEE;CN="Ada, who is at {"x" * 30}":mailto:{ADA}', ""),
        ("ORGANIZER:mailto:tom@northlight.example", "METHOD:CANCEL"),
        ("ORGANIZER:mailto:ada.lindqvist@northlight.example", "METHOD:REQUEST"),
    ],
)
@pytest.mark.parametrize("words", ["", "Friday at ten?"])
def test_an_agents_calendar_keeps_their_address_private(
    world: World, ticket: Ticket, named: str, method: str, words: str
) -> None:
    """The agent's address stays private, as their notification says; they are told what was left out."""
    mail = attached(calendar(named, method=method), words, name="invite.ics", kind="text/calendar")
    mail.replace_header("Subject", "Friday")
    get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.AGENT)))
    (message,) = world.store.messages.values()
    assert (message.visibility, message.files) == (Visibility.SHARED, ())
    # What is proposed reaches the customer: the summary of the calendar, with the agent's words above it.
    cancelled = "❌ " if method.endswith("CANCEL") else ""
    proposed = f"📅 {cancelled}Call, 2026-11-27 10:00 (UTC)"
    assert [line for line in message.text.split("\n") if line] == [each for each in (words, proposed) if each]
    assert purposes(message) == [(Purpose.ANSWER, MIRA), (Purpose.LEFT_OUT, ADA)]
    assert message.left_out == ("invite.ics",)


@pytest.mark.parametrize(
    "below", ["", "\n\nVon: Northlight Lamps <care@x.example>\nGesendet: Mittwoch, 25. November 2026 10:30\n"]
)
def test_what_an_invitation_proposes_is_said_without_our_own_subject(
    world: World, ticket: Ticket, notification: SentMail, below: str
) -> None:
    """Who answers a reminder with a meeting has its subject as the title: it says that a promise was not kept."""
    invites = calendar(f"ORGANIZER:mailto:{ADA}").replace(
        b"SUMMARY:Call", f"SUMMARY:Re: Overdue [{ticket.ref}]".encode()
    )
    words = f"Friday at ten?{below}\n\n{notification.text}" if below else "Friday at ten?"
    mail = attached(invites, words, name="invite.ics", kind="text/calendar")
    get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.AGENT)))
    message = list(world.store.messages.values())[-1]
    said = [line for line in message.text.split("\n") if line]
    assert said == ["Friday at ten?", "📅 –, 2026-11-27 10:00 (UTC)"]


@pytest.mark.parametrize(
    "content",
    [
        calendar(method="METHOD:PUBLISH"),
        calendar(method=""),
        calendar("ORGANIZER:mailto:dispatch@swiftparcel.example", f"ATTENDEE:mailto:{MIRA}"),
        calendar(f"ORGANIZER;CN=Northlight Lamps:mailto:{CARE}"),
        calendar("ORGANIZER:mailto:events@northlight.example", method="METHOD:PUBLISH"),
        calendar(
            f"DESCRIPTION:{'We come by with the lamp, ' * 9}", "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 9
        ),
    ],
)
def test_other_calendars_are_sent(world: World, ticket: Ticket, content: bytes) -> None:
    mail = attached(content, "See the file.", name="delivery.ics", kind="text/calendar")
    get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.AGENT)))
    (message,) = world.store.messages.values()
    assert [file.filename for file in message.files] == ["delivery.ics"]
    assert purposes(message) == [(Purpose.ANSWER, MIRA)]


def test_a_customers_calendar_stays(world: World, ticket: Ticket) -> None:
    mail = written(text="Friday?\n", Message_ID="<2@x>")
    to_us = plus_address(CARE, samples.reply_token(ticket, Role.CUSTOMER))
    theirs = calendar(f"ORGANIZER:mailto:{MIRA}", f"ATTENDEE:mailto:{to_us}", f"ATTENDEE:mailto:{ADA}")
    mail.add_attachment(theirs, maintype="text", subtype="calendar", filename="invite.ics")
    get(world, mail, to_us, passed="")
    (message,) = world.store.messages.values()
    assert ([file.filename for file in message.files], message.left_out) == (["invite.ics"], ())


class TestOthersMails:
    def test_a_customer_may_attach_what_we_wrote_to_them(self, world: World, ticket: Ticket) -> None:
        (acknowledgement,) = world.mailer.to(MIRA)
        mail = written(text="What is this?\n", Message_ID="<2@x>")
        mail.add_attachment(message_from_bytes(acknowledgement.raw, policy=policy.default))
        get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.CUSTOMER)), passed="")
        (message,) = world.store.messages.values()
        assert (len(message.files), message.left_out) == (1, ())

    @pytest.mark.parametrize("kind", ["agents", "courier's"])
    def test_what_we_wrote_to_another_is_not_shown_to_the_customer(
        self, world: World, ticket: Ticket, notification: SentMail, kind: str
    ) -> None:
        sent = notification if kind == "agents" else world.mailer.to(SWIFT)[0]
        mail = written("Zoe <zoe@example.com>", text="Look at this.\n", Message_ID="<2@x>")
        mail.add_attachment(message_from_bytes(sent.raw, policy=policy.default))
        get(world, mail, plus_address(CARE, samples.reply_token(ticket, Role.CUSTOMER)), passed="")
        message = list(world.store.messages.values())[-1]
        assert (message.visibility, message.text, message.files) == (Visibility.SHARED, "Look at this.", ())
        assert len(message.left_out) == 1

    def test_a_third_partys_letter_keeps_it_for_agents(
        self, world: World, ticket: Ticket, notification: SentMail
    ) -> None:
        (asked,) = world.mailer.to(SWIFT)
        mail = written(f"Claims <{SWIFT}>", "Re: x", "Lost.\n", Message_ID="<tp2@x>")
        mail.add_attachment(message_from_bytes(asked.raw, policy=policy.default))
        get(world, mail, asked.reply_to, passed="")
        message = list(world.store.messages.values())[-1]
        assert (message.visibility, len(message.files)) == (Visibility.INTERNAL, 1)
        assert shared(world) == []
