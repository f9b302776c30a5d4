"""An agent's mail that holds somebody else's mail, received from start to end: only the outermost mail names the
customer, and nobody gets a confirmation of words that an agent sent elsewhere."""

from email import message_from_string, policy
from email.message import EmailMessage

import pytest

from chalicelib.rules.tickets.ticket import Author, Person, State, Ticket, Visibility
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import links
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_mail_kinds import ACK, ADAS, NEW, TOM, get, kept, only
from tests.unit.services.intake.test_receiving import ADA, CARE, purposes

OLE, SUPPLIER, COURIER = "Ole Brandt <ole@example.com>", "Sam <sam@supplier.example>", "Courier <info@courier.example>"
COPY = {"To": OLE, "Cc": CARE}
WROTE = f"On Fri, 27 Nov 2026 at 10:12, {OLE} wrote:\n"
BLOCK = "From: {}\nDate: Thu, 26 Nov 2026 09:00\nSubject: Parcel\nTo: {}\n\n{}\n"
MARKERS = ("---------- Forwarded message ---------", "-----Original Message-----", "Begin forwarded message:")
LOST = BLOCK.format(COURIER, "ole@example.com", "Your parcel is lost.")


def below(text: str) -> str:
    """Ole's words and what they hold, as a program quotes them."""
    return WROTE + "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))


def with_mail(mail: EmailMessage, sender: str, words: str) -> EmailMessage:
    head = f"From: {sender}\nSubject: Parcel\nDate: Fri, 27 Nov 2026 10:12:00 +0100\n"
    inner = f"{head}Message-ID: <in-{len(sender)}@x>\n\n{words}\n"
    mail.add_attachment(message_from_string(inner, policy=policy.default))
    return mail


def is_asked(ticket: Ticket) -> bool:
    """Whether the ticket is in Ada's name and asks whose it is, and nobody else hears of it."""
    return (
        (ticket.requester.address, ticket.opening.sender) == ("", ADA)
        and "whose" in ticket.opening.remarks
        and purposes(ticket) == [(NEW, ADA)]
    )


def is_copy(ticket: Ticket) -> bool:
    return (
        (ticket.requester.address, ticket.opening.sender) == ("", ADA)
        and "new_copy" in ticket.opening.remarks
        and purposes(ticket) == [(NEW, ADA)]
    )


class TestAnswered:
    """An agent answers Ole with us in copy: the ticket is Ole's, and he has his answer."""

    def is_answered(self, world: World) -> None:
        found, answer = only(world), kept(world)
        assert found.requester == Person("Ole Brandt", "ole@example.com")
        assert (found.state, found.outbox) == (State.WAITING, None)
        assert "See the file." in answer.text
        assert "Where is it?" in found.opening.text
        clock = found.clock("first_answer")
        assert clock and clock.met_at

    @pytest.mark.parametrize(
        "quoted", [below("Where is it?"), f"From: {OLE}\nSent: Friday\nTo: Ada\nSubject: Parcel\n\nWhere is it?\n"]
    )
    @pytest.mark.parametrize("more", [{}, {"In_Reply_To": "<ole-1@x>"}])
    def test_with_the_couriers_mail_attached(self, world: World, quoted: str, more: dict[str, str]) -> None:
        mail = written(ADAS, "Re: Parcel", f"Hello Ole,\n\nSee the file.\n\n{quoted}", **COPY, **more)
        get(world, with_mail(mail, COURIER, "Lost."), passed=DMARC)
        self.is_answered(world)

    @pytest.mark.parametrize("marker", MARKERS)
    @pytest.mark.parametrize("subject", ["Re: Parcel", "Re: Fwd: Parcel", "Fwd: Re: Parcel"])
    def test_whose_mail_was_itself_a_forward(self, world: World, marker: str, subject: str) -> None:
        text = f"See the file.\n\n{below(f'Where is it?{chr(10) * 2}{marker}{chr(10)}{LOST}')}"
        get(world, written(ADAS, subject, text, **COPY), passed=DMARC)
        self.is_answered(world)
        assert "Your parcel is lost." in only(world).opening.text


class TestSentElsewhere:
    """What an agent sends to people outside the shop is not forwarded to us."""

    @pytest.mark.parametrize("passed", [DMARC, ""])
    @pytest.mark.parametrize("to", [OLE, SUPPLIER, f"{OLE}, {CARE}", f"{SUPPLIER}, {ADA}", f"{SUPPLIER}, {TOM}"])
    @pytest.mark.parametrize(("subject", "marker"), [("Fwd: P", MARKERS[0]), ("Parcel", MARKERS[2]), ("WG: P", "")])
    def test_somebodys_mail_in_the_text(self, world: World, to: str, subject: str, marker: str, passed: str) -> None:
        mail = written(ADAS, subject, f"Dear all, see what they say.\n\n{marker}\n{LOST}", To=to, Cc=CARE)
        get(world, mail, passed=passed)
        assert is_copy(only(world))
        assert not world.store.messages

    @pytest.mark.parametrize("to", [OLE, SUPPLIER])
    def test_somebodys_mail_attached(self, world: World, to: str) -> None:
        mail = written(ADAS, "Fwd: Parcel", "See what they say.\n", To=to, Cc=CARE)
        get(world, with_mail(mail, COURIER, "Lost."), passed=DMARC)
        assert is_copy(only(world))

    def test_a_forward_that_cannot_be_read(self, world: World) -> None:
        get(world, written(ADAS, "Fwd: Parcel", "Please see to it.\n", To=SUPPLIER, Cc=CARE), passed=DMARC)
        assert is_copy(only(world))

    def test_a_forward_to_a_colleague_with_us_in_copy_is_the_customers(self, world: World) -> None:
        mail = written(ADAS, "Fwd: Parcel", f"For you.\n\n{MARKERS[0]}\n{LOST}", To=TOM, Cc=CARE)
        get(world, mail, passed=DMARC)
        assert purposes(only(world))[0] == (ACK, "info@courier.example")


class TestToUs:
    @pytest.mark.parametrize("marker", MARKERS)
    @pytest.mark.parametrize("subject", ["Re: Fwd: Parcel", "Re: Parcel", "Parcel"])
    def test_the_agent_is_asked_about_a_quoted_mail_that_holds_another(
        self, world: World, subject: str, marker: str
    ) -> None:
        text = f"Please take this.\n\n{below(f'See below.{chr(10) * 2}{marker}{chr(10)}{LOST}')}"
        get(world, written(ADAS, subject, text), passed=DMARC)
        assert is_asked(only(world))

    @pytest.mark.parametrize("who", [OLE, "Ole Brandt", f"Tom <{TOM}>"])
    def test_the_agent_is_asked_about_a_quoted_mail(self, world: World, who: str) -> None:
        quote = below("Where is it?").replace(OLE, who)
        get(world, written(ADAS, "Re: Parcel", f"I take it.\n\n{quote}"), passed=DMARC)
        assert is_asked(only(world))

    def test_a_quoted_mail_of_ours_is_the_agents_own_matter(self, world: World) -> None:
        text = f"My own lamp hums.\n\n{below('We wish you a nice Sunday.').replace(OLE, f'Northlight <{CARE}>')}"
        get(world, written(ADAS, "Re: News", text), passed=DMARC)
        assert purposes(only(world)) == [(ACK, ADA), (NEW, ADA)]

    @pytest.mark.parametrize("marker", MARKERS)
    def test_under_a_forwarding_subject_the_outermost_is_passed_on(self, world: World, marker: str) -> None:
        text = f"Please take this.\n\n{below(f'See below.{chr(10) * 2}{marker}{chr(10)}{LOST}')}"
        get(world, written(ADAS, "Fwd: Re: Fwd: Parcel", text), passed=DMARC)
        assert purposes(only(world)) == [(ACK, "ole@example.com"), (NEW, ADA)]

    @pytest.mark.parametrize("subject", ["WG: WG: Parcel", "AW: WG: Parcel"])
    def test_the_agent_is_asked_if_the_outermost_has_no_address(self, world: World, subject: str) -> None:
        outer = "Von: Ole Brandt\nGesendet: Freitag, 27. November 2026\nAn: Ada\nBetreff: WG: Parcel\n\nSiehe unten."
        get(world, written(ADAS, subject, f"Bitte.\n\n{outer}\n\n{LOST}"), passed=DMARC)
        assert is_asked(only(world))

    def test_an_attached_mail_is_passed_on(self, world: World) -> None:
        get(world, with_mail(written(ADAS, "Fwd: Lamp", "Please.\n"), OLE, "It hums."), passed=DMARC)
        assert purposes(only(world)) == [(ACK, "ole@example.com"), (NEW, ADA)]

    def test_the_agent_is_asked_about_an_attached_mail_beside_a_quoted_one(self, world: World) -> None:
        mail = written(ADAS, "Re: Lamp", f"See the file.\n\n{below('Where is it?').replace(OLE, f'Tom <{TOM}>')}")
        get(world, with_mail(mail, OLE, "It hums."), passed=DMARC)
        assert is_asked(only(world))


KIM = "Kim Adler <kim@example.org>"
TO_ADA = BLOCK.format(OLE, f"Ada <{ADA}>", "Ole's lamp hums.")
KIMS = BLOCK.format(KIM, f"Ada <{ADA}>", "Kim's lamp hums.")


def with_pdf(mail: EmailMessage) -> EmailMessage:
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="margin.pdf")
    return mail


def page(world: World) -> str:
    """What the customer's page shows of the only ticket."""
    token = links.status_url(world.deps, only(world)).rpartition("/")[2]
    entries = customer_page.view(world.deps, token).entries
    return "\n".join(f"{each['text']} {[file['name'] for file in each['attachments']]}" for each in entries)


class TestSeveral:
    """No customer reads another's mail: of several mails beside each other the agent says whose the ticket is."""

    @pytest.mark.parametrize("subject", ["Fwd: two", "Two mails", "Re: two"])
    def test_two_attached_mails(self, world: World, subject: str) -> None:
        mail = with_mail(with_mail(written(ADAS, subject, "See both.\n"), OLE, "Ole's."), KIM, "Kim's.")
        get(world, mail, passed=DMARC)
        assert is_asked(only(world))

    @pytest.mark.parametrize("name", ["Kim.eml", "Kim.MSG"])
    @pytest.mark.parametrize("attached", [True, False])
    @pytest.mark.parametrize("marker", [MARKERS[0], ""])
    def test_a_saved_mail_beside_a_forwarded_one(self, world: World, name: str, attached: bool, marker: str) -> None:
        mail = written(ADAS, "Re: Lamp", "See both.\n" if attached else f"See both.\n\n{marker}\n{TO_ADA}")
        if attached:
            with_mail(mail, OLE, "Ole's.")
        mail.add_attachment(b"From: Kim", maintype="application", subtype="octet-stream", filename=name)
        get(world, mail, passed=DMARC)
        assert is_asked(only(world))

    @pytest.mark.parametrize("subject", ["Fwd: Lamp", "Lamp", "Re: Lamp"])
    def test_two_blocks_beside_each_other(self, world: World, subject: str) -> None:
        text = f"Two of them.\n\n{MARKERS[0]}\n{TO_ADA}\n{MARKERS[0]}\n{KIMS}"
        get(world, written(ADAS, subject, text), passed=DMARC)
        assert is_asked(only(world))

    def test_a_customers_own_forward_inside_is_the_customers(self, world: World) -> None:
        get(world, written(ADAS, "Fwd: Fwd: P", f"Hi\n\n{MARKERS[0]}\n{TO_ADA}\n{MARKERS[0]}\n{LOST}"), passed=DMARC)
        assert purposes(only(world)) == [(ACK, "ole@example.com"), (NEW, ADA)]
        assert "Your parcel is lost." in only(world).opening.text

    def test_a_form_beside_another_mail(self, world: World) -> None:
        form = "From: Site <wordpress@northlight.example>\nReply-To: Kim <kim@example.org>\nSubject: Lamp\n\nIt hums.\n"
        mail = with_mail(written(ADAS, "Fwd: Lamp", f"Both.\n\n{MARKERS[0]}\n{form}"), OLE, "Ole's.")
        get(world, mail, passed=DMARC)
        assert is_asked(only(world))

    def test_the_agent_is_told_who_would_read_it(self, world: World) -> None:
        mail = with_mail(with_mail(written(f"Tom <{TOM}>", "Fwd: two", "See both.\n"), OLE, "Ole's."), KIM, "Kim's.")
        get(world, mail, passed=DMARC)
        assert purposes(only(world)) == [(NEW, ADA), (NEW, TOM)]
        post(world.deps, ItemRef(only(world).ref, None))
        told = " ".join(world.mailer.to(TOM)[-1].text.split())
        assert "mails of several people" in told


class TestFilesBesideAnAttachedMail:
    @pytest.mark.parametrize("words", ["Our margin is in the file.\n", "\n"])
    def test_they_are_the_agents_and_stand_on_the_note(self, world: World, words: str) -> None:
        mail = with_pdf(with_mail(written(ADAS, "Fwd: Lamp", words), OLE, "It hums."))
        for outcome in ("opened", "duplicate"):
            assert get(world, mail, passed=DMARC) == outcome
        found, (note,) = only(world), world.store.messages.values()
        assert (note.author, note.visibility, note.text) == (Author.AGENT, Visibility.INTERNAL, words.strip())
        assert [file.filename for file in note.files] == ["margin.pdf"]
        assert world.deps.files.read(note.files[0].key) == b"%PDF"
        assert [file.filename for file in found.opening.files] == ["Parcel.eml"]
        assert found.requester.address == "ole@example.com"
        shown = page(world)
        assert ("It hums." in shown, "Parcel.eml" in shown) == (True, True)
        assert ("margin" in shown) is False

    def test_without_words_and_files_there_is_no_note(self, world: World) -> None:
        get(world, with_mail(written(ADAS, "Fwd: Lamp", "\n"), OLE, "It hums."), passed=DMARC)
        assert not world.store.messages

    def test_files_beside_a_mail_in_the_text_are_the_customers(self, world: World) -> None:
        get(world, with_pdf(written(ADAS, "Fwd: P", f"Please.\n\n{MARKERS[0]}\n{TO_ADA}")), passed=DMARC)
        assert [file.filename for file in only(world).opening.files] == ["margin.pdf"]

    @pytest.mark.parametrize(
        ("kind", "name"), [("pkcs7-mime", "smime.p7m"), ("ms-tnef", "winmail.dat"), ("pgp-keys", "key.asc")]
    )
    def test_what_the_agents_program_attached_is_the_agents(self, world: World, kind: str, name: str) -> None:
        mail = written(ADAS, "Fwd: P", f"Our margin is small.\n\n{MARKERS[0]}\n{TO_ADA}")
        mail.add_attachment(b"Our margin", maintype="application", subtype=kind, filename=name)
        get(world, with_pdf(mail), passed=DMARC)
        (note,) = world.store.messages.values()
        assert name in [file.filename for file in note.files]
        assert [file.filename for file in only(world).opening.files] == ["margin.pdf"]

    def test_of_an_answer_they_stand_on_the_answer(self, world: World) -> None:
        mail = with_pdf(with_mail(written(ADAS, "Fwd: P", "Here is your label.\n", **COPY), OLE, "It hums."))
        get(world, mail, passed=DMARC)
        assert [file.filename for file in only(world).opening.files] == ["Parcel.eml"]
        assert [file.filename for file in kept(world).files] == ["Parcel.eml", "margin.pdf"]

    def test_with_a_message_id_that_was_used_before_the_note_is_kept(self, world: World) -> None:
        get(world, written(KIM, "Lamp", "It hums.\n", Message_ID="<same@x>"))
        mail = with_pdf(with_mail(written(ADAS, "Fwd: Lamp", "Look.\n", Message_ID="<same@x>"), OLE, "It hums."))
        get(world, mail, passed=DMARC)
        assert len(world.store.tickets) == 2
        (note,) = world.store.messages.values()
        assert (note.text, [file.filename for file in note.files]) == ("Look.", ["margin.pdf"])
