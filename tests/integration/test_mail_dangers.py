"""Difficult mails that other help desks lose, sent over the SMTP port: each reaches the right ticket, once."""

import io
import re
import uuid
import zipfile

import pytest

from tests.support.stack.local_stack import PATIENCE, Outside, form, someone, until, written

CARE, HELP, ADA = "care@help.northlight.example", "help@care.kettle.example", "ada@northlight.example"


@pytest.fixture
def ticket(outside: Outside) -> dict[str, str]:
    """A ticket opened by mail: its customer, reference, page, Message-ID, and the acknowledgement's ids."""
    customer, opening = someone(), f"<{uuid.uuid4().hex}@mail.example.com>"
    mail = written(customer, CARE, "Broken lamp", "It does not shine.")
    mail.replace_header("Message-ID", opening)
    outside.send(mail, customer, CARE)
    got = outside.mail_to(customer)
    raw = outside.raw(got).decode()
    text = outside.message(got)["Text"]
    found = {"customer": customer, "opening": opening, "reply_to": got.reply_to, "subject": got.subject}
    thread = re.search(r"<nl\w{34}@help\.northlight\.example>", raw.replace("\r\n ", " "))
    page = re.search(r"http://\S+/t/\S+", text)
    reference = re.search(r"NL-\w{5}-\w{5}", got.subject)
    assert thread and page and reference
    return found | {"ours": got.message_id, "thread": thread[0], "page": page[0], "reference": reference[0]}


@pytest.mark.parametrize("by", ["in_reply_to", "references", "own_message_id", "plus_address", "subject"])
def test_a_reply_is_threaded_by_any_of_its_marks(outside: Outside, ticket: dict[str, str], by: str) -> None:
    words = f"It still does not shine, {by}."
    headers = {
        "in_reply_to": {"In_Reply_To": f"<{ticket['ours']}>"},
        "references": {"References": ticket["thread"]},
        "own_message_id": {"References": ticket["opening"]},
    }.get(by, {})
    subject = f"[{ticket['reference']}]" if by == "subject" else "the lamp"
    to = ticket["reply_to"] if by == "plus_address" else CARE
    outside.send(written(ticket["customer"], to, subject, words, **headers), ticket["customer"], to)
    until(lambda: words in _page(outside, ticket), PATIENCE, "message")
    assert len(outside.mails(ticket["customer"])) == 1


def test_a_forged_token_does_not_join_the_ticket(outside: Outside, ticket: dict[str, str]) -> None:
    letters, _, domain = ticket["reply_to"].partition("@")
    forged = letters[:-1] + ("0" if letters[-1] != "0" else "1") + f"@{domain}"
    stranger = someone()
    outside.send(written(stranger, forged, "Hello", "Let me in."), stranger, forged)
    opened = outside.mail_to(stranger)
    assert ticket["reference"] not in opened.subject
    assert "Let me in." not in _page(outside, ticket)


def test_a_stranger_who_names_the_reference_gets_a_linked_ticket(outside: Outside, ticket: dict[str, str]) -> None:
    stranger = someone()
    outside.send(written(stranger, CARE, f"Re: [{ticket['reference']}]", "What is in it?"), stranger, CARE)
    opened = outside.mail_to(stranger)
    ours = re.findall(r"NL-\w{5}-\w{5}", opened.subject)[-1]
    assert ours != ticket["reference"]
    assert _item(outside, ours)["related"]["L"] == [{"S": ticket["reference"]}]


def test_the_same_message_id_to_two_shops_is_a_ticket_in_each(outside: Outside) -> None:
    customer = someone()
    mail = written(customer, f"{CARE}, {HELP}", "For both", "A question to both of you.")
    outside.send(mail, customer, CARE, HELP)
    until(lambda: len(outside.mails(customer)) == 2, PATIENCE, "two acknowledgements")
    outside.send(mail, customer, CARE)
    outside.send(mail, customer, HELP)
    _seen_to(outside)
    assert sorted(re.findall(r"\[(..)-", " ".join(m.subject for m in outside.mails(customer)))) == ["KC", "NL"]


def test_two_desks_that_acknowledge_each_other_stop(outside: Outside) -> None:
    """The other desk marks nothing as automatic, and answers each of our mails with a new one."""
    desk = someone()
    outside.send(written(desk, CARE, "Ticket 1 opened", "We have received your mail."), desk, CARE)
    outside.mail_to(desk)
    answered = 0
    while answered < 30:
        try:
            until(lambda seen=answered: len(outside.mails(desk)) > seen, 5, "acknowledgement")  # type: ignore[misc]
        except AssertionError:
            break
        answered = len(outside.mails(desk))
        reply_to = outside.mails(desk)[-1].reply_to
        text = f"We have received your mail number {answered}."
        outside.send(written(desk, reply_to, f"Ticket {answered + 1} opened", text), desk, reply_to)
    assert answered == 1


def test_our_own_returned_mail_is_never_answered(outside: Outside, ticket: dict[str, str]) -> None:
    before = len(outside.mails(CARE))
    ours = outside.raw(outside.mails(ticket["customer"])[0])
    outside.send(ours, CARE, CARE)
    _seen_to(outside)
    assert len(outside.mails(CARE)) == before
    assert len(outside.mails(ticket["customer"])) == 1


def test_mail_from_a_mailing_list_notifies_agents_and_is_not_acknowledged(outside: Outside) -> None:
    """It can be a newsletter, or a customer who wrote to a list that the shop reads; an agent decides."""
    sender, subject = someone(), f"Offers {uuid.uuid4().hex[:8]}"
    news = written(sender, CARE, subject, "Buy now.", List_Unsubscribe="<https://news.example/out>")
    news["Precedence"] = "bulk"
    outside.send(news, sender, CARE)
    assert outside.mail_to(ADA, subject)
    _seen_to(outside)
    assert outside.mails(sender) == []
    assert sender not in outside.invoke("list_quarantine", '{"shop": "northlight"}').stdout


def test_automatic_mail_is_quarantined_and_notifies_agents(outside: Outside) -> None:
    sender, subject = someone(), f"Away {uuid.uuid4().hex[:8]}"
    away = written(sender, CARE, subject, "I am away.", Auto_Submitted="auto-replied")
    outside.send(away, sender, CARE)
    assert outside.mail_to(ADA, subject)
    _seen_to(outside)
    assert outside.mails(sender) == []
    assert sender in outside.invoke("list_quarantine", '{"shop": "northlight"}').stdout


def test_a_bounce_of_our_acknowledgement_notifies_the_agent(outside: Outside, ticket: dict[str, str]) -> None:
    report = (
        f"From: MAILER-DAEMON@mx.example.com\r\nTo: {ticket['reply_to']}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <{uuid.uuid4().hex}@mx.example.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nThe address does not exist.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {ticket['customer']}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{ticket['ours']}>\r\n"
        f"From: {CARE}\r\nTo: {ticket['customer']}\r\nSubject: {ticket['reference']}\r\n\r\nHello\r\n--b--\r\n"
    )
    outside.send(report.encode(), "", ticket["reply_to"])
    told = until(
        lambda: [m for m in outside.mails(ADA) if ticket["reference"] in m.subject and "not" in m.subject],
        PATIENCE,
        "word",
    )[0]
    assert "User unknown" in outside.message(told)["Text"]
    assert ticket["customer"] in outside.message(told)["Text"]
    # The next ticket from this address is not acknowledged.
    outside.post_json("/shops/northlight/tickets", form(ticket["customer"], message="Another matter altogether."))
    _seen_to(outside)
    assert len(outside.mails(ticket["customer"])) == 1


def test_a_mail_without_from_or_message_id_is_kept_and_notifies_agents(outside: Outside) -> None:
    mark = uuid.uuid4().hex
    outside.send(f"To: {CARE}\r\nSubject: nameless {mark}\r\n\r\nWho am I?\r\n".encode(), someone(), CARE)
    told = outside.mail_to(ADA, mark)
    assert "Who am I?" in outside.message(told)["Text"]
    outside.send(f"To: {CARE}\r\nSubject: nameless {mark}\r\n\r\nWho am I?\r\n".encode(), someone(), CARE)
    _seen_to(outside)
    assert len([m for m in outside.mails(ADA) if mark in m.subject]) == 1


def test_an_unknown_charset_is_read_as_well_as_possible(outside: Outside) -> None:
    customer = someone()
    mail = (
        f"From: {customer}\r\nTo: {CARE}\r\nSubject: Zeichen\r\nMessage-ID: <{customer}>\r\n"
        "Content-Type: text/plain; charset=x-klingon\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + "Die Größe stimmt nicht.\r\n".encode()
    outside.send(mail, customer, CARE)
    assert "Größe" in _shown(outside, customer)


def test_an_empty_body_and_a_body_of_only_html(outside: Outside) -> None:
    empty, rich = someone(), someone()
    outside.send(written(empty, CARE, "Please call me", ""), empty, CARE)
    assert "Please call me" in outside.mail_to(empty).subject
    html = written(rich, CARE, "Rich", "")
    html.set_content("<p>Where is <b>my lamp</b>?</p><script>alert(1)</script>", subtype="html")
    outside.send(html, rich, CARE)
    shown = _shown(outside, rich)
    assert "Where is my lamp?" in shown and "alert(1)" not in shown


def test_thirty_megabytes_arrive_complete(outside: Outside) -> None:
    customer, film = someone(), bytes(range(250)) * 120_000
    mail = written(customer, CARE, "A film", "See attached.")
    mail.add_attachment(film, maintype="video", subtype="mp4", filename="film.mp4")
    outside.send(mail, customer, CARE)
    page = _shown(outside, customer)
    link = re.search(r'href="([^"]*/f/[^"]+)"', page)
    assert link and "film.mp4" in page
    redirect = outside.request("GET", link[1])
    assert outside.request("GET", redirect.headers["Location"]).data == film


def test_a_zip_bomb_is_only_an_attachment(outside: Outside) -> None:
    customer, bomb = someone(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(300_000_000))
    mail = written(customer, CARE, "Documents", "See attached.")
    mail.add_attachment(bomb.getvalue(), maintype="application", subtype="zip", filename="documents.zip")
    outside.send(mail, customer, CARE)
    assert "documents.zip" in _shown(outside, customer)


def test_ten_thousand_parts_and_five_hundred_levels(outside: Outside) -> None:
    many, deep = someone(), someone()
    parts = "".join(f"--b\r\nContent-Type: text/plain\r\n\r\npart {n}\r\n" for n in range(10_000))
    head = "To: care@help.northlight.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="
    mail = f"From: {many}\r\nSubject: many\r\nMessage-ID: <{many}>\r\n{head}b\r\n\r\n{parts}--b--\r\n"
    outside.send(mail.encode(), many, CARE)
    nested = "".join(f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(500))
    ends = "".join(f"--b{n}--\r\n" for n in range(500, -1, -1))
    inner = "--b500\r\nContent-Type: text/plain\r\n\r\nat the bottom\r\n"
    mail = f"From: {deep}\r\nSubject: deep\r\nMessage-ID: <{deep}>\r\n{head}b0\r\n\r\n{nested}{inner}{ends}"
    outside.send(mail.encode(), deep, CARE)
    assert "part 0" in _shown(outside, many)
    assert outside.mail_to(deep)


def test_a_mail_forwarded_by_an_agent_is_the_customers(outside: Outside) -> None:
    customer = someone()
    words = (
        "This came to my own address.\n\n---------- Forwarded message ---------\n"
        f"From: Mira Holm <{customer}>\nDate: Mon, 16 Nov 2026 at 10:12\nSubject: My lamp hums\nTo: <{ADA}>\n\n"
        "Dear Northlight,\n\nmy lamp hums all night.\n\nMira\n"
    )
    outside.send(written(ADA, CARE, "Fwd: My lamp hums", words), ADA, CARE)
    page = _shown(outside, customer)
    assert "my lamp hums all night." in page
    assert "This came to my own address." not in page


def _shown(outside: Outside, customer: str) -> str:
    """The page of the ticket that a customer's mail opened."""
    text = outside.message(outside.mail_to(customer))["Text"]
    link = re.search(r"http://\S+/t/\S+", text)
    assert link
    return outside.request("GET", link[0]).data.decode()


def _page(outside: Outside, ticket: dict[str, str]) -> str:
    return outside.request("GET", ticket["page"]).data.decode()


def _item(outside: Outside, ref: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    key = {"pk": {"S": f"TICKET#{ref}"}, "sk": {"S": "TICKET"}}
    item: dict[str, dict[str, list[dict[str, str]]]] = outside.table().get_item(
        TableName=outside.started.stack.resources["Table"], Key=key
    )["Item"]
    return item


def _seen_to(outside: Outside) -> None:
    """Earlier mails have been received once a later one has been acknowledged."""
    for _ in range(2):
        later = someone()
        outside.send(written(later, CARE, "Hello", "A question."), later, CARE)
        outside.mail_to(later)
