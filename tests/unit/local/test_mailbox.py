"""The mailbox stores, finds and shows sent mails."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from local import ports
from local.mailbox.box import Mailbox
from local.mailbox.server import Server, answer
from local.web.serving import serving


def mail(to: str = "Jo Lind <jo@example.com>", subject: str = "Your lamp", text: str = "It is on its way.") -> bytes:
    message = EmailMessage()
    message["From"] = "Northlight Lamps <care@help.northlight.example>"
    message["To"] = to
    message["Reply-To"] = "care+token@help.northlight.example"
    message["Subject"] = subject
    message["Message-ID"] = "<one@eu-central-1.amazonses.com>"
    message.set_content(text)
    return message.as_bytes()


def rich_mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "care@help.northlight.example",
        "jo@example.com",
        "Grüße: “Lampe”",
    )
    message.set_content("Guten Tag, Jürgen\n")
    message.add_alternative('<p>Guten <b>Tag</b> <img src="cid:lamp"><script>alert(1)</script></p>', subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<lamp>")  # type: ignore[union-attr, index]
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Beleg für Jo.pdf")
    return message.as_bytes()


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


def get(mailbox: Mailbox, path: str, **query: str) -> Any:
    given = answer(mailbox, path, query, since=0)
    assert given.status == 200
    return json.loads(given.content)


def test_the_list_is_newest_first_and_comes_in_pages(mailbox: Mailbox) -> None:
    for number in range(7):
        mailbox.add(mail(subject=f"Lamp {number}"), "care@help.northlight.example", ["jo@example.com"])
    listed = get(mailbox, "/api/v1/messages", start="2", limit="3")
    assert [entry["Subject"] for entry in listed["messages"]] == ["Lamp 4", "Lamp 3", "Lamp 2"]
    assert (listed["total"], listed["messages_count"], listed["start"]) == (7, 7, 2)


def test_a_summary_has_the_fields_of_mailpits(mailbox: Mailbox) -> None:
    mailbox.add(mail(), "care@help.northlight.example", ["jo@example.com", "copy@example.com"])
    (entry,) = get(mailbox, "/api/v1/messages")["messages"]
    assert entry["From"] == {"Name": "Northlight Lamps", "Address": "care@help.northlight.example"}
    assert entry["To"] == [{"Name": "Jo Lind", "Address": "jo@example.com"}]
    assert entry["Bcc"] == [{"Name": "", "Address": "copy@example.com"}]
    assert entry["ReplyTo"] == [{"Name": "", "Address": "care+token@help.northlight.example"}]
    assert entry["MessageID"] == "one@eu-central-1.amazonses.com"
    assert entry["Snippet"] == "It is on its way."
    assert entry["Created"].endswith("Z")
    assert {"ID", "Cc", "Subject", "Size", "Attachments", "Read", "Tags"} <= entry.keys()


def test_a_message_has_its_texts_parts_headers_and_raw_form(mailbox: Mailbox) -> None:
    sent = rich_mail()
    entry = mailbox.add(sent, "bounces@northlight.example", ["jo@example.com"])
    shown = get(mailbox, f"/api/v1/message/{entry.id}")
    assert shown["Subject"] == "Grüße: “Lampe”"
    assert shown["Text"] == "Guten Tag, Jürgen\n"
    assert "<b>Tag</b>" in shown["HTML"]
    assert shown["ReturnPath"] == "bounces@northlight.example"
    assert [part["FileName"] for part in shown["Attachments"]] == ["Beleg für Jo.pdf"]
    assert [part["ContentID"] for part in shown["Inline"]] == ["lamp"]
    assert get(mailbox, f"/api/v1/message/{entry.id}/headers")["Delivered-To"] == ["jo@example.com"]
    assert answer(mailbox, f"/api/v1/message/{entry.id}/raw", {}, 0).content.endswith(sent)
    part = shown["Attachments"][0]["PartID"]
    assert answer(mailbox, f"/api/v1/message/{entry.id}/part/{part}", {}, 0).content == b"%PDF-1.7"
    assert get(mailbox, "/api/v1/message/latest")["ID"] == entry.id


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("to:jo@example.com", ["Lamp for Jo"]),
        ("to:JO@", ["Lamp for Jo"]),
        ("from:care@help.northlight.example", ["Chair for Mo", "Lamp for Jo"]),
        ("subject:chair", ["Chair for Mo"]),
        ('subject:"for jo"', ["Lamp for Jo"]),
        ("wobbles", ["Chair for Mo"]),
        ("mo@example.com", ["Chair for Mo"]),
        ("to:jo@example.com wobbles", []),
        ("-wobbles", ["Lamp for Jo"]),
        ("", ["Chair for Mo", "Lamp for Jo"]),
    ],
)
def test_search(mailbox: Mailbox, query: str, found: list[str]) -> None:
    mailbox.add(mail(subject="Lamp for Jo"), "care@help.northlight.example", ["jo@example.com"])
    mailbox.add(
        mail("mo@example.com", "Chair for Mo", "It wobbles"), "care@help.northlight.example", ["mo@example.com"]
    )
    listed = get(mailbox, "/api/v1/search", query=query)
    assert [entry["Subject"] for entry in listed["messages"]] == found
    assert (listed["messages_count"], listed["total"]) == (len(found), 2)


def test_mails_survive_a_restart_in_their_order(mailbox: Mailbox, tmp_path: Path) -> None:
    for number in range(3):
        mailbox.add(mail(subject=f"Lamp {number}"), "care@help.northlight.example", ["jo@example.com"])
    again = Mailbox(tmp_path / "mailbox")
    assert again.newest_first() == mailbox.newest_first()


def test_deleting_some_and_all(mailbox: Mailbox, tmp_path: Path) -> None:
    first, second, third = (mailbox.add(mail(), "care@help.northlight.example", ["jo@example.com"]) for _ in range(3))
    mailbox.delete([second.id, "unknown"])
    assert [entry.id for entry in mailbox.newest_first()] == [third.id, first.id]
    mailbox.delete([])
    assert Mailbox(tmp_path / "mailbox").newest_first() == []


def test_bytes_that_are_no_mail_are_kept_and_shown(mailbox: Mailbox) -> None:
    entry = mailbox.add(b"\xff\xfe\x00 not a mail", "", [])
    assert answer(mailbox, f"/mail/{entry.id}", {}, 0).status == 200
    assert get(mailbox, f"/api/v1/message/{entry.id}")["Subject"] == ""


def test_a_mails_html_runs_no_scripts_and_shows_its_pictures(mailbox: Mailbox) -> None:
    entry = mailbox.add(rich_mail(), "care@help.northlight.example", ["jo@example.com"])
    page = answer(mailbox, f"/mail/{entry.id}", {}, 0)
    assert b'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.content
    assert b"<script>alert" not in page.content
    html = answer(mailbox, f"/mail/{entry.id}/html", {}, 0)
    assert "sandbox allow-popups" in html.policy
    assert "script" not in html.policy
    assert b'src="data:image/png;base64,iVBORw==' in html.content


def test_the_list_shows_what_was_typed_as_text(mailbox: Mailbox) -> None:
    mailbox.add(mail(subject="<b>bold</b>"), "care@help.northlight.example", ["jo@example.com"])
    assert b"&lt;b&gt;bold" in answer(mailbox, "/", {}, 0).content
    assert b"<i>" not in answer(mailbox, "/", {"query": "<i>"}, 0).content


@pytest.mark.parametrize("path", ["/nothing", "/mail/unknown", "/api/v1/message/unknown/raw", "/mail/../secret"])
def test_a_missing_mail_is_404(mailbox: Mailbox, path: str) -> None:
    assert answer(mailbox, path, {}, 0).status == 404


def test_a_thousand_mails_are_listed_and_searched_quickly(mailbox: Mailbox) -> None:
    for number in range(1000):
        mailbox.add(mail(f"m{number}@example.com"), "care@help.northlight.example", [f"m{number}@example.com"])
    began = time.process_time()
    assert get(mailbox, "/api/v1/search", query="to:m77@example.com")["messages_count"] == 1
    get(mailbox, "/api/v1/messages")
    assert time.process_time() - began < 0.5


@pytest.fixture
def served(mailbox: Mailbox) -> Iterator[tuple[str, list[float]]]:
    refused: list[float] = []
    with ports.take(0, "MAIL_PORT") as listening, serving(Server(listening, mailbox, refused.append), "mailbox"):
        yield f"http://127.0.0.1:{ports.number(listening)}", refused


def call(url: str, method: str, **headers: str) -> int:
    request = urllib.request.Request(url, method=method, headers=headers, data=b"{}" if method == "DELETE" else b"")
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_refusing_is_switched_over_http(served: tuple[str, list[float]]) -> None:
    url, refused = served
    assert call(f"{url}/local/refuse?seconds=20", "POST") == 200
    assert call(f"{url}/local/refuse?seconds=long", "POST") == 400
    assert refused == [20.0]


def test_another_sites_page_cannot_delete_mails(served: tuple[str, list[float]], mailbox: Mailbox) -> None:
    url, _ = served
    mailbox.add(mail(), "care@help.northlight.example", ["jo@example.com"])
    assert call(f"{url}/api/v1/messages", "DELETE", Origin="https://evil.example") == 404
    assert len(mailbox.newest_first()) == 1
    assert call(f"{url}/api/v1/messages", "DELETE") == 200
    assert mailbox.newest_first() == []
