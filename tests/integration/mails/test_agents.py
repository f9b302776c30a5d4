"""What agents' and third parties' mail programs send, over the SMTP port: which words and files go to the customer."""

import base64
import re
import uuid
from email.message import EmailMessage

from tests.support.agents import ADA, SWIFT
from tests.support.stack.asked import CARE, InboxQuery, acted, seen_to, text_of, tickets_of
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until, written

# One white and one black pixel.
SCREENSHOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def html_answer(asked: InboxQuery, plain: str, html: str, **pictures: bytes) -> EmailMessage:
    """A webmail's answer to the notification, with pictures shown where the HTML names them."""
    mail = written(ADA, asked.told.reply_to, f"Re: {asked.told.subject}", plain)
    mail["In-Reply-To"] = mail["References"] = f"<{asked.told.message_id}>"
    mail.add_alternative(html, subtype="html")
    _, shown = mail.iter_parts()
    assert isinstance(shown, EmailMessage)
    for name, content in pictures.items():
        shown.add_related(content, "image", "png", cid=f"<ii_{name}>", filename=f"{name}.png", disposition="inline")
    return mail


def answer_of(outside: Outside, asked: InboxQuery) -> str:
    """What the customer is mailed."""
    return text_of(outside, asked.answered())


def files_of(asked: InboxQuery) -> list[str]:
    return re.findall(r'<a href="[^"]*/f/[^"]+">([^<]+)</a>', asked.shown())


def met(outside: Outside, asked: InboxQuery) -> bool:
    """Whether the promise of a first answer was kept."""
    (ticket,) = tickets_of(outside, asked.customer)
    (clock,) = [each["M"] for each in ticket["clocks"]["L"] if each["M"]["name"]["S"] == "first_answer"]
    return "met_at" in clock


def test_a_pasted_screenshot_is_the_whole_answer(outside: Outside) -> None:
    asked = InboxQuery(outside)
    html = '<div dir="ltr"><img src="cid:ii_screenshot" alt="screenshot.png" width="320" height="200"></div>'
    mail = html_answer(asked, "[image: screenshot.png]\n", html, screenshot=SCREENSHOT)
    outside.send(mail, ADA, asked.told.reply_to)
    said = answer_of(outside, asked)
    assert "screenshot.png" in said and "[image" not in said
    assert files_of(asked) == ["screenshot.png"]
    assert "[image" not in asked.shown()
    link = re.search(r'href="([^"]*/f/[^"]+)"', asked.shown())
    assert link
    place = outside.request("GET", link[1]).headers["Location"]
    assert outside.request("GET", place).data == SCREENSHOT
    assert met(outside, asked)


def test_a_screenshot_goes_with_the_words_and_the_logo_below_stays_here(outside: Outside) -> None:
    asked = InboxQuery(outside)
    html = (
        '<div dir="ltr">Press the marked button.<br><img src="cid:ii_screenshot" alt="screenshot.png"></div><br>'
        '<div class="gmail_quote"><div class="gmail_attr">On Sat, 28 Nov 2026 at 02:40, Northlight Lamps wrote:<br>'
        '</div><blockquote class="gmail_quote"><img src="cid:ii_logo" alt="logo.png">WHAT WE WROTE</blockquote></div>'
    )
    plain = (
        "Press the marked button.\n[image: screenshot.png]\n\nOn Sat, 28 Nov 2026 at 02:40, Northlight Lamps wrote:\n\n"
        "> [image: logo.png]\n> WHAT WE WROTE\n"
    )
    outside.send(html_answer(asked, plain, html, screenshot=SCREENSHOT, logo=LOGO), ADA, asked.told.reply_to)
    said = answer_of(outside, asked)
    assert "Press the marked button." in said and "screenshot.png" in said
    assert not re.search(r"logo\.png|WHAT WE WROTE|\[image", said + asked.shown())
    assert files_of(asked) == ["screenshot.png"]
    assert asked.told_again("logo.png")


def test_a_pdf_between_two_pieces_of_text_goes_with_both(outside: Outside) -> None:
    """Apple Mail cuts the text where the file was dropped into it."""
    asked = InboxQuery(outside)
    mail = written(ADA, asked.told.reply_to, f"Re: {asked.told.subject}", "How to fit it is in this leaflet:\n")
    mail["In-Reply-To"] = mail["References"] = f"<{asked.told.message_id}>"
    mail.add_attachment(b"%PDF-1.4\n%%EOF\n", "application", "pdf", filename="leaflet.pdf", disposition="inline")
    mail.add_attachment("\nPage two is the one you need.\n", disposition="inline")
    outside.send(mail, ADA, asked.told.reply_to)
    said = answer_of(outside, asked)
    assert "How to fit it is in this leaflet:" in said and "Page two is the one you need." in said
    assert "leaflet.pdf" in said
    assert files_of(asked) == ["leaflet.pdf"]
    assert met(outside, asked)


def test_an_answer_with_the_customer_in_copy_and_their_reply_to_all(outside: Outside) -> None:
    """The customer then has the address where agents answer; what they write there is theirs."""
    asked = InboxQuery(outside)
    notification = "".join(f"> {line}\n" for line in outside.message(asked.told)["Text"].splitlines())
    words = f"It went out this morning, Mira.\n\nOn 28 Nov 2026, at 02:40, Northlight Lamps wrote:\n\n{notification}"
    mail = written(ADA, asked.told.reply_to, f"Re: {asked.told.subject}", words, Cc=f"Mira Holm <{asked.customer}>")
    mail["In-Reply-To"] = mail["References"] = f"<{asked.told.message_id}>"
    outside.send(mail, ADA, asked.told.reply_to)
    said = answer_of(outside, asked)
    assert "It went out this morning, Mira." in said
    assert not re.search("How to answer|Answer by|28 Nov", said)
    assert ADA not in asked.shown() and met(outside, asked)
    reply = written(asked.customer, ADA, f"Re: {mail['Subject']}", "Nothing is here!", Cc=asked.told.reply_to)
    reply["In-Reply-To"] = reply["References"] = str(mail["Message-ID"])
    outside.send(reply, asked.customer, asked.told.reply_to)
    asked.told_again("Nothing is here!")
    assert "Nothing is here!" in asked.shown()
    (ticket,) = tickets_of(outside, asked.customer)
    assert ticket["state"]["S"] == "open"


def test_a_mail_that_an_agent_attaches_is_its_writers_ticket(outside: Outside) -> None:
    customer, subject = someone(), f"Kabel {uuid.uuid4().int % 10**9}"
    inner = written(f"Ute Mohn <{customer}>", ADA, subject, "Das Kabel ist zu kurz. Bestellung 7335.")
    mail = written(ADA, CARE, f"Fwd: {subject}", "Das lag in meinem Postfach.")
    mail.add_attachment(inner)
    outside.send(mail, ADA, CARE)
    assert subject in outside.mail_to(customer).subject
    page = outside.request("GET", outside.page_of(customer)).data.decode()
    assert "Das Kabel ist zu kurz. Bestellung 7335." in page and "Das lag in meinem" not in page
    (ticket,) = tickets_of(outside, customer)
    assert ticket["requester"]["M"]["name"]["S"] == "Ute Mohn"
    assert (ticket["state"]["S"], ticket["language"]["S"]) == ("open", "de")
    seen_to(outside)
    assert not [m for m in outside.mails(ADA) if subject in m.subject and "We have your" in m.subject]


def test_a_third_partys_help_desk_is_heard(outside: Outside) -> None:
    """It marks what people write as automatic. What it says is for agents; the customer hears that it came."""
    asked = InboxQuery(outside)
    acted(outside, asked.reference, "refer", to="swiftparcel", facts=[], text="Where is it?")
    request = until(
        lambda: [m for m in outside.mails(SWIFT) if asked.reference in outside.message(m)["Text"]], PATIENCE, "request"
    )[0]
    mail = written(f"SwiftParcel Claims <{SWIFT}>", request.reply_to, "[SwiftParcel] Re: case 4411", "WE PAY 55 EUR.")
    mail["X-Mailer"], mail["X-Auto-Response-Suppress"] = "Cloud Help Desk", "All"
    mail["Auto-Submitted"] = "auto-generated"
    known = len(outside.mails(SWIFT))
    outside.send(mail, SWIFT, request.reply_to)
    asked.told_again("WE PAY 55 EUR.")
    heard = until(
        lambda: [m for m in outside.mails(asked.customer) if "SwiftParcel has answered us" in m.subject],
        PATIENCE,
        "word to the customer",
    )[0]
    assert "WE PAY" not in text_of(outside, heard) + asked.shown()
    (ticket,) = tickets_of(outside, asked.customer)
    (referral,) = ticket["referrals"]["L"]
    assert "answered_at" in referral["M"]
    assert len(outside.mails(SWIFT)) == known
