"""What customers' programs and phones send, over the SMTP port: whose ticket it is, what they hear, and what stays of
their words and files."""

import re
import uuid
from email.message import EmailMessage
from email.policy import SMTPUTF8
from html import unescape

import pytest

from tests.support.agents import ADA
from tests.support.stack.asked import CARE, InboxQuery, acted, seen_to, text_of, tickets_of
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until, written

RINGS = "Accepted: Fitting of the chandelier"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:fitting\r\nDTSTART:20270112T090000Z\r\n"
    "SUMMARY:Fitting of the chandelier\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:kim@example.com\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)


def unique(subject: str) -> str:
    """The subject with a number of its own, by which an agent's mail about it is found."""
    return f"{subject} {uuid.uuid4().int % 10**9}"


def files_on(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'<a href="[^"]*/f/[^"]+">([^<]+)</a>', page)]


def page_of(outside: Outside, customer: str) -> str:
    return unescape(outside.request("GET", outside.page_of(customer)).data.decode())


def accepted(sender: str, to: str, subject: str) -> EmailMessage:
    """A calendar's answer to an invitation."""
    mail = written(sender, to, subject, "Kim has accepted this invitation.")
    mail.add_alternative(CALENDAR.encode(), "text", "calendar", params={"method": "REPLY"})
    return mail


@pytest.mark.parametrize(
    ("sender", "subject", "words"),
    [
        ("example.com", "Undelivered parcel", "My parcel was not delivered, the driver drove past. Where is it now?"),
        (
            "example.com",
            "Undeliverable: my lamp",
            "It went back as undeliverable, user unknown. My name is on the door.",
        ),
        ("example.com", "Auto response of the hall light", "Its automatic response takes ten seconds. Can I set that?"),
        ("ndr.example", "Lieferung nicht zugestellt", "Die Lieferung wurde nicht zugestellt. Wann kommt sie?"),
        ("mta.example", "Returned mail", "You sent the lamp to my old flat, and the post returned it. Please resend."),
    ],
)
def test_words_of_postmen_and_machines_are_a_customers_question(
    outside: Outside, sender: str, subject: str, words: str
) -> None:
    customer, subject = someone().replace("example.com", sender), unique(subject)
    outside.send(written(customer, CARE, subject, words), customer, CARE)
    assert subject in outside.mail_to(customer).subject
    told = text_of(outside, outside.mail_to(ADA, subject))
    assert "Answer by:" in told and words in told
    (ticket,) = tickets_of(outside, customer)
    assert (ticket["state"]["S"], ticket["kind"]["S"]) == ("open", "question")


def test_a_distribution_list_of_exchange_notifies_agents_and_is_not_acknowledged(outside: Outside) -> None:
    """The list forbids automatic answers in the name of whoever wrote to it."""
    customer, subject = someone(), unique("No screws")
    mail = written(customer, "office@lamps.example", subject, "The bag of screws was empty.")
    mail["X-Auto-Response-Suppress"] = "DR, OOF, AutoReply"
    mail["X-MS-Exchange-Parent-Message-Id"] = str(mail["Message-ID"])
    outside.send(mail, customer, CARE)
    told = text_of(outside, outside.mail_to(ADA, subject))
    assert "no confirmation" in told and "Answer by:" in told
    seen_to(outside)
    assert outside.mails(customer) == []
    (ticket,) = tickets_of(outside, customer)
    assert ticket["state"]["S"] == "open"


def test_a_calendars_answer_to_nobody_waits_in_quarantine(outside: Outside) -> None:
    customer, subject = someone(), unique(RINGS)
    outside.send(accepted(customer, CARE, subject), customer, CARE)
    assert "Fitting of the chandelier, 2027-01-12" in text_of(outside, outside.mail_to(ADA, subject))
    seen_to(outside)
    assert outside.mails(customer) == []
    (ticket,) = tickets_of(outside, customer)
    assert ticket["state"]["S"] == "quarantine"
    (file,) = ticket["opening"]["M"]["files"]["L"]
    assert file["M"]["filename"]["S"].endswith(".ics")


def test_a_calendars_answer_on_a_ticket_is_shown_and_moves_nothing(outside: Outside) -> None:
    asked = InboxQuery(outside)
    acted(outside, asked.reference, "answer", text="We come on Tuesday.")
    asked.answered()
    until(lambda: outside.owes_nothing(f"TICKET#{asked.reference}"), PATIENCE, "the end of all mails")
    (before,) = tickets_of(outside, asked.customer)
    assert before["state"]["S"] == "waiting"
    to = asked.confirmation.reply_to
    outside.send(accepted(asked.customer, to, RINGS), asked.customer, to)
    until(lambda: "Kim has accepted this invitation." in asked.shown(), PATIENCE, "the calendar's answer")
    (after,) = tickets_of(outside, asked.customer)
    assert (after["state"], after["clocks"]) == (before["state"], before["clocks"])
    assert len(outside.mails(asked.customer)) == 2


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("👩‍👩‍👦 نمی‌خواهم چراغ ❤️‍🔥", "👩‍👩‍👦 نمی‌خواهم چراغ ❤️‍🔥"),
        ("\u200fהנברשת (order 7301) התנפצה", "הנברשת (order 7301) התנפצה"),
    ],
    ids=["joiners", "right to left"],
)
def test_every_script_stays_in_the_subject_and_the_words(outside: Outside, subject: str, kept: str) -> None:
    customer, words = someone(), f"{kept} – {kept}"
    mail = written(customer, CARE, "", words)
    del mail["Subject"]
    head = f"Subject: {subject}\r\n".encode()
    outside.send(head + mail.as_bytes(policy=SMTPUTF8), customer, CARE)
    assert outside.mail_to(customer).subject.rpartition(" [")[0].endswith(f": {kept}")
    page = page_of(outside, customer)
    assert page.count(kept) >= 3 and words in page


def test_a_customer_who_attaches_anothers_mail_is_the_customer(outside: Outside) -> None:
    customer, courier = someone(), someone()
    inner = written(courier, customer, "Consignment 7719", "It is missing since Monday.")
    mail = written(customer, CARE, "Fwd: Consignment 7719", "Look what they write to me.")
    mail.add_attachment(inner)
    outside.send(mail, customer, CARE)
    page = page_of(outside, customer)
    assert "Look what they write to me." in page
    assert "missing since" not in page
    assert files_on(page) == ["Consignment 7719.eml"]
    seen_to(outside)
    assert outside.mails(courier) == []


def test_an_address_that_only_few_servers_take_is_shown_as_written(outside: Outside) -> None:
    """Nothing can be sent to it: SES takes letters of ASCII alone before the @."""
    customer, subject = someone().replace("customer", "zoë"), unique("Lampe brummt")
    mail = written(f"Zoë Groß <{customer}>", CARE, subject, "Sie brummt.")
    outside.send_utf8(mail, customer, CARE)
    told = text_of(outside, outside.mail_to(ADA, subject))
    assert customer in told and "Sie brummt." in told
    assert "No mail can be sent to the address below" in told
    (ticket,) = tickets_of(outside, customer)
    assert ticket["state"]["S"] == "open"
    seen_to(outside)
    assert outside.mails(customer) == []


def test_a_photo_without_a_word_is_a_question(outside: Outside) -> None:
    customer = someone()
    mail = written(customer, CARE, "", "\n")
    mail.add_attachment(b"\0\0\0\x18ftypheic", "image", "heic", filename="IMG_4711.HEIC", disposition="inline")
    outside.send(mail, customer, CARE)
    assert files_on(page_of(outside, customer)) == ["IMG_4711.HEIC"]
    (ticket,) = tickets_of(outside, customer)
    assert ticket["state"]["S"] == "open"
    assert "text" not in ticket["opening"]["M"]
    assert "IMG_4711.HEIC" in text_of(outside, outside.mail_to(ADA, ticket["ref"]["S"]))


def test_thanks_after_the_end_open_the_ticket_again(outside: Outside) -> None:
    """Nothing tells thanks from a further wish: a person reads them and closes."""
    asked = InboxQuery(outside)
    acted(outside, asked.reference, "answer", text="It has an E27 socket.")
    asked.answered()
    acted(outside, asked.reference, "close", outcome="settled", reason="It was all they asked.")
    (closed,) = tickets_of(outside, asked.customer)
    assert closed["state"]["S"] == "closed"
    to = asked.confirmation.reply_to
    outside.send(written(asked.customer, to, "Re: Socket", "Great, many thanks!"), asked.customer, to)
    assert "Answer by:" in asked.told_again("Great, many thanks!")
    (again,) = tickets_of(outside, asked.customer)
    assert (again["ref"], again["state"]["S"]) == (closed["ref"], "open")
    assert "Great, many thanks!" in asked.shown()


def test_the_same_words_in_two_mails_are_two_tickets(outside: Outside) -> None:
    """A phone that heard no answer sends again, with an id of its own: nobody can tell that from a second wish
    (decision 321). Each is confirmed with its own reference, so the customer sees it too."""
    customer = someone()
    for _ in range(2):
        outside.send(written(customer, CARE, "Order 7350", "Where is the lamp of order 7350?"), customer, CARE)
    until(lambda: len(outside.mails(customer)) == 2, PATIENCE, "two confirmations")
    tickets = tickets_of(outside, customer)
    confirmed = " ".join(mail.subject for mail in outside.mails(customer))
    assert len(tickets) == 2
    assert all(ticket["ref"]["S"] in confirmed for ticket in tickets)


def test_whoever_is_in_copy_takes_part_and_hears_nothing_automatic(outside: Outside) -> None:
    customer, partner, subject = someone(), someone(), unique("One of two")
    mail = written(customer, CARE, subject, "Two were ordered, one came.", Cc=f"Bo Halm <{partner}>")
    outside.send(mail, customer, CARE)
    confirmation = outside.mail_to(customer)
    (opened,) = tickets_of(outside, customer)
    assert opened["participants"]["L"] == [{"S": partner}]
    reply = written(partner, CARE, f"Re: {subject}", "The second has come now.", In_Reply_To=str(mail["Message-ID"]))
    outside.send(reply, partner, CARE)
    page = outside.page_of(customer)
    until(lambda: "The second has come now." in outside.request("GET", page).data.decode(), PATIENCE, "their words")
    assert opened["ref"]["S"] in confirmation.subject
    assert tickets_of(outside, partner) == []
    seen_to(outside)
    assert outside.mails(partner) == []
    assert len(outside.mails(customer)) == 1


def test_a_footer_about_data_below_a_separator_is_no_data_request(outside: Outside) -> None:
    customer, subject = someone(), unique("Dimmer")
    words = (
        "Hello, the dimmer hums. Please send another one.\n\n-- \nHilde Aal, Aal Ltd\n"
        "You have the right of access and to erasure (Articles 15 and 17 GDPR): https://aal.example/privacy\n"
    )
    outside.send(written(customer, CARE, subject, words), customer, CARE)
    told = text_of(outside, outside.mail_to(ADA, subject))
    assert "Kind: Question" in told
    (ticket,) = tickets_of(outside, customer)
    assert ticket["opening"]["M"]["text"]["S"] == "Hello, the dimmer hums. Please send another one."
