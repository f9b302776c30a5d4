"""Forms as shops' pages, programs and people's own scripts really send them, over HTTP to the running stack."""

import base64
import re
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest

from tests.support.stack.local_stack import Outside, form, someone

TICKETS = "/shops/northlight/tickets"
URLENCODED = "application/x-www-form-urlencoded"
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


def post(outside: Outside, body: bytes, kind: str = URLENCODED, path: str = TICKETS, **headers: str) -> Any:
    sent = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
    return outside.request("POST", path, body=body, headers=sent)


def page_of(outside: Outside, answer: Any) -> str:
    """The receipt of the ticket that an answered form opened; it shows the sent words."""
    assert answer.status == 303, answer.data
    thanks = outside.request("GET", answer.headers["Location"]).data.decode()
    link = re.search(r'href="([^"]*/t/[^"]+)"', thanks)
    assert link
    return str(outside.request("GET", link[1]).data.decode())


def encoded(values: dict[str, str], codec: str) -> bytes:
    return "&".join(f"{name}={quote_from_bytes(value.encode(codec))}" for name, value in values.items()).encode()


@pytest.mark.parametrize("kind", [URLENCODED, f"{URLENCODED}; charset=ISO-8859-15"])
def test_a_form_that_is_not_utf_8_keeps_its_characters(outside: Outside, kind: str) -> None:
    customer, codec = someone(), "iso8859-15" if "15" in kind else "cp1252"
    words = {"name": "Käthe Weiß", "email": customer, "message": "Der Schirm für 39,50 € ist zu groß."}
    page = page_of(outside, post(outside, encoded(words, codec), kind))
    assert "Der Schirm für 39,50 € ist zu groß." in page
    text = outside.message(outside.mail_to(customer))["Text"]
    assert "Käthe Weiß" in text and "39,50 €" in text


@pytest.mark.parametrize(
    ("before", "after"), [("\u202a", "\u202c"), ("", "\u200b"), ("\ufeff", ""), ("\u00a0\u2066", "\u2069\u3000\u00ad")]
)
def test_invisible_marks_around_an_address_do_no_harm(outside: Outside, before: str, after: str) -> None:
    customer = someone()
    body = urlencode({"email": f"{before}{customer}{after}", "message": "Where is my lamp?"}).encode()
    assert post(outside, body).status == 303
    outside.mail_to(customer)


def test_an_internationalised_address_gets_its_acknowledgement(outside: Outside) -> None:
    local = someone().partition("@")[0]
    body = urlencode({"email": f"{local}@lämpchen.example", "message": "Mein Licht flackert."}).encode()
    assert post(outside, body).status == 303
    assert outside.mail_to(f"{local}@xn--lmpchen-5wa.example")


def test_a_form_without_enctype_is_asked_for_its_file_and_keeps_its_words(outside: Outside) -> None:
    words = {"email": someone(), "message": "The picture shows it.", "attachments": "crack.jpg"}
    answer = post(outside, urlencode(words).encode(), Accept=HTML)
    shown = answer.data.decode()
    assert answer.status == 422
    assert "The picture shows it." in shown and "crack.jpg" in shown
    assert 'enctype="multipart/form-data"' in shown


def test_files_with_equal_names_empty_files_and_files_without_type_arrive(outside: Outside) -> None:
    files = [
        (b'filename="photo.png"', b"Content-Type: image/png", b"one"),
        (b'filename="photo.png"', b"Content-Type: image/png", b"two"),
        (b'filename="photo.png"', b"Content-Type: image/png", b"one"),
        (b'filename="nothing.heic"', b"Content-Type: image/heic", b""),
        (b'filename="DSC_1"', b"Content-Type: application/octet-stream", b"abc"),
        ('filename="Quittung Köln.pdf"'.encode(), b"Content-Type: application/pdf", b"%PDF"),
        ('filename="Quittung Köln.doc"'.encode("cp1252"), b"Content-Type: application/msword", b"doc"),
        (b'filename="b.HEIC"', b"X-Nothing: 1", b"heic"),
    ]
    customer = someone()
    fields = {"name": "Uwe", "email": customer, "message": "Eight files."}
    lines = [
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b' % (name.encode(), value.encode())
        for name, value in fields.items()
    ]
    lines += [b'--x\r\nContent-Disposition: form-data; name="attachments"; %b\r\n%b\r\n\r\n%b' % file for file in files]
    body = b"\r\n".join(lines) + b"\r\n--x--\r\n"
    assert post(outside, body, "multipart/form-data; boundary=x").status == 303
    page = outside.request("GET", outside.page_of(customer)).data.decode()
    names = re.findall(r'<a href="[^"]*/f/[^"]+">([^<]+)</a>', page)
    assert names == [
        "photo.png", "photo.png", "photo.png", "nothing.heic", "DSC_1", "Quittung Köln.pdf", "Quittung Köln.doc",
        "b.HEIC",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [4_550_000, 6_000_000, 11_000_000])
@pytest.mark.parametrize("path", [TICKETS, "/t/x"])
def test_a_too_large_form_is_answered_for_people_and_for_programs(outside: Outside, size: int, path: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="a.jpg"\r\n\r\n'
    body = part + bytes(size) + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    person = post(outside, body, kind, path, Accept=HTML)
    assert person.status == 413
    shown = person.data.decode()
    assert "That was too much at once" in shown and "still there" in shown
    assert person.headers["Content-Type"].startswith("text/html")
    program = post(outside, body, kind, path, Accept="*/*", Origin="https://www.northlight.example")
    assert program.status == 413
    assert "json" in program.headers["Content-Type"]
    assert program.json()["title"].startswith("The request is larger")
    if path == TICKETS:
        allowed = program.headers["Access-Control-Allow-Origin"]
        assert allowed in ("*", "https://www.northlight.example")


def test_unknown_urls_methods_and_the_start_page(outside: Outside) -> None:
    for path in ("/nothing", "/favicon.ico", "/shops/northlight"):
        person, program = (outside.request("GET", path, headers={"Accept": accept}) for accept in (HTML, "*/*"))
        assert (person.status, program.status) == (404, 404)
        assert "<h1>We cannot find this page</h1>" in person.data.decode()
        assert program.json()["status"] == 404
        assert outside.request("HEAD", path).status == 404
    wrong = outside.request("DELETE", TICKETS)
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST, OPTIONS")
    head = outside.request("HEAD", "/shops/northlight/contact")
    assert (head.status, head.data) == (200, b"")
    start = outside.request("GET", "/", headers={"Accept": HTML})
    assert start.status == 200
    assert "/shops/kettle/contact" in start.data.decode()


def test_every_mistake_in_a_programs_json_is_named_at_once(outside: Outside) -> None:
    photo = {"filename": "a.png", "content": base64.b64encode(b"x").decode()}
    wrong = form(someone(), subject=[1], order="7", attachments=[photo, photo | {"content": "?"}, {"upload": "x"}])
    answer = outside.post_json(TICKETS, wrong)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [(entry["field"], entry["code"]) for entry in answer.json()["errors"]] == [
        ("subject", "not_text"),
        ("attachments[1].content", "not_base64"),
        ("attachments[2].upload", "upload_not_ours"),
        ("order", "unknown_field"),
    ]
