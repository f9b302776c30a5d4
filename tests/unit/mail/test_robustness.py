"""Any bytes can be read: random bytes, cut, shuffled and mutated mails, and texts designed to be slow."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.mail.reading import read
from tests.unit.mail.mails import HEADERS, encoded, mail, multipart, nested, part
from tests.unit.mail.sound import check, took

SEED = multipart(
    nested(
        part("Grüße\n\nOn Mon, 2 Mar 2026 at 10:00, A <a@b.example> wrote:\n> x\n-- \nA"),
        part("<p>x<blockquote type=cite>y", "text/html"),
        subtype="alternative",
        boundary="inner",
    ),
    part(encoded(b"x" * 100), "application/octet-stream; name*=utf-8''%C3%A4", content_transfer_encoding="base64"),
    part("From: a@b.example\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\n\nx", "message/rfc822"),
    part("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n", "message/delivery-status"),
    part(encoded(b"\x78\x9f\x3e\x22" + b"\x00" * 40), "application/ms-tnef", content_transfer_encoding="base64"),
    part("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", "text/calendar"),
    auto_submitted="auto-replied",
)
NAMES = [
    *HEADERS,
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
    "References",
    "In-Reply-To",
    "Return-Path",
    "List-Id",
    "X-Failed-Recipients",
]
VALUES = [
    "text/plain",
    "multipart/mixed; boundary=a",
    'multipart/alternative; boundary="a"',
    "message/rfc822",
    "base64",
    "quoted-printable",
    "utf-7",
    "text/plain; charset=utf-7",
    "text/plain; charset=utf-16",
    "text/html; charset=idna",
    "<>",
    "<a@b",
    "=?utf-8?B?////?=",
    "=?x?Q?=?=",
    "attachment; filename*0*=x''%",
    '"',
    "(((((",
    ",,,;;;:::",
    "Mon, 99 Foo 99999 99:99:99 +9999",
]
PIECES = [
    "--a",
    "--a--",
    "> x",
    "From: a@b.example",
    "Subject: x",
    "To: y",
    "-- ",
    "On 2 Mar 2026 at 10:00, A <a@b.example> wrote:",
    "<div><blockquote>",
    "begin 644 a",
    "end",
    "```",
    "Sent from my iPhone",
    "_" * 30,
    '<div class="gmail_quote"><div class="gmail_attr">',
    '<blockquote style="margin:0 0 0 40px">',
    '<img src="cid:a" alt="b">[image: b]',
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "\ue000",
    "\x1b$B!!",
    "+2AA-",
    "&#xD800;<br>",
    "550 5.1.1 a@b.example",
    "",
    " ",
    "\t",
]
bounded = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)


@bounded
@given(st.binary(max_size=2_000))
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n--")
def test_random_bytes(raw: bytes) -> None:
    check(raw)


@bounded
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), st.text(max_size=30))), max_size=12),
    st.lists(st.sampled_from(PIECES), max_size=30),
)
def test_header_soup(headers: list[tuple[str, str]], lines: list[str]) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    check((head + "\n" + "\n".join(lines)).encode("utf-8", "surrogatepass"))


@bounded
@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 30), st.binary(max_size=12)), max_size=10))
def test_mutated_mails(edits: list[tuple[int, int, bytes]]) -> None:
    raw = bytearray(SEED)
    for at, length, put in edits:
        raw[at : at + length] = put
    check(bytes(raw))


@bounded
@given(
    st.lists(st.sampled_from(PIECES), max_size=40),
    st.sampled_from(["text/plain", "text/html", "text/plain; format=flowed", "text/enriched"]),
)
def test_texts_of_quotes_and_separators(lines: list[str], kind: str) -> None:
    check(mail("\r\n".join(lines), content_type=kind))


def test_every_prefix_of_a_mail() -> None:
    for end in range(0, len(SEED), 7):
        check(SEED[:end])


def html(body: str) -> bytes:
    return mail(body, content_type="text/html", in_reply_to="<a@b>")


SLOW: dict[str, Callable[[int], bytes]] = {
    "attributions": lambda n: mail("On Mon, 2 Mar 2026 at 10:00, A <a@b.example> wrote:\n" * n),
    "unfinished attributions": lambda n: mail("On Mon, 2 Mar 2026 at 10:00, A <a@b.example\n" * n),
    "attributions and words": lambda n: mail("On Mon, 2 Mar 2026 at 10:00, A <a@b.example> wrote:\n> x\ny\n" * n),
    "header blocks": lambda n: mail("From: a <a@b.example>\nTo: b\nSubject: c\n\n" * n),
    "from lines": lambda n: mail("From: a\n" * n),
    "phone lines": lambda n: mail("Sent from my iPhone\n\n" * n),
    "delimiters": lambda n: mail("--\nx\n" * n),
    "closings": lambda n: mail("Regards,\nA\nb@c.example\n" * n),
    "fences": lambda n: mail("```\n" * n),
    "quote marks": lambda n: mail(">" * n * 20),
    "one line": lambda n: mail("a" * n * 40),
    "spaces": lambda n: mail(" " * n * 40 + "x"),
    "dashes": lambda n: mail("-" * n * 20 + "\n" + "- " * n * 10),
    "flowed": lambda n: mail("a \n" * n, content_type="text/plain; format=flowed"),
    "uuencode": lambda n: mail("begin 644 a\n" * n),
    "encoded words": lambda n: mail(subject="=?utf-8?q?a?= " * n),
    "broken words": lambda n: mail(subject="=?utf-8?q?" * n),
    "addresses": lambda n: mail(to="a@b.example, " * n),
    "brackets": lambda n: mail(to="<" * n + "(" * n + '"' * (n + 1)),
    "parameters": lambda n: mail(content_type="text/plain" + '; a="' * n),
    "references": lambda n: mail(references="<" * n + "<a@b> " * n),
    "delimiter lookalikes": lambda n: mail("--ax\n" * n, content_type="multipart/mixed; boundary=a"),
    "empty parts": lambda n: mail("--a\n" * n, content_type="multipart/mixed; boundary=a"),
    "bounce words": lambda n: mail(
        "550 5.1.1 a@b.example <a@b.example> " * n, subject="failure notice", **{"from": "MAILER-DAEMON@x.example"}
    ),
    "bounce dots": lambda n: mail(
        "a." * n + "@" + "a." * n, subject="failure notice", **{"from": "MAILER-DAEMON@x.example"}
    ),
    "bounce blanks": lambda n: mail(" " * n * 4 + "x", **{"from": "MAILER-DAEMON@x.example"}),
    "bounce hints": lambda n: mail("message not delivered a@" * n, **{"from": "postmaster@x.example"}),
    "report folds": lambda n: multipart(
        part("Final-Recipient: rfc822; a@b.example\n" + " \n x" * n, "message/delivery-status")
    ),
    "calendar": lambda n: mail("BEGIN:VEVENT\n" + "A;B=C\n" * n, content_type="text/calendar"),
    "escapes": lambda n: mail("\x1b$B" * n, content_type="text/plain; charset=iso-2022-jp"),
    "digits in a date": lambda n: mail(date="1 " * n),
    "app lines": lambda n: mail("Get Outlook for a thing and more of it, and then some\n\n" * n, in_reply_to="<a@b>"),
    "rulers": lambda n: mail("____\nA: b@c.example\n" * n, in_reply_to="<a@b>"),
    "framed lines": lambda n: mail("---- a b ----\n\n\n" * n, in_reply_to="<a@b>"),
    "history on one line": lambda n: mail("On 2 Mar 2026 at 10:00 <a@b.example> wrote: x " * n, in_reply_to="<a@b>"),
    "cited paragraphs": lambda n: mail('On 2 Mar 2026 at 10:00 <a@b.example> wrote:\n"x\n' * n, in_reply_to="<a@b>"),
    "bracketed pictures": lambda n: mail("[image: a" * n + "<" * n, in_reply_to="<a@b>"),
    "quoted lines": lambda n: mail("> x\ny\n" * n, in_reply_to="<a@b>"),
    "indents": lambda n: html('<blockquote style="margin:0 0 0 40px">a</blockquote>' * n),
    "quotations": lambda n: html('<div class="gmail_quote"><blockquote class="gmail_quote">a</blockquote></div>' * n),
    "signatures": lambda n: html('<div class="gmail_signature">a</div>' * n),
    "ruled boxes": lambda n: html('<div style="border-top:solid 1px">a: b: c: d</div>' * n),
    "pictures": lambda n: html('<img src="cid:a" alt="b">' * n),
    "subject prefixes": lambda n: mail(subject="Re: " * n),
    "sender without a sign": lambda n: mail(**{"from": "a" * n * 6}),
    "encoded sender without a sign": lambda n: mail(
        **{"from": "\n ".join(["=?utf-8?q?aaaaaaaaaaaaaaaaaaaa?="] * (n // 5))}
    ),
    "senders": lambda n: mail(**{"from": "a@b.example\r\nFrom: c" * n}),
    "unclosed words of a sender": lambda n: mail(**{"from": '"(<[' * n}),
    "signs of a sender": lambda n: mail(**{"from": "a:@" * n}),
    "original senders": lambda n: mail(x_original_from="a" * n * 6 + "(" * n),
    "junk among headers": lambda n: b"From: a@b.example\n" + b"junk\n" * n + b"Subject: x\n\nwords",
    "junk with a colon": lambda n: b"From: a@b.example\n" + b"a b: junk\n" * n + b"Subject: x\n\nwords",
    "unfolded fields": lambda n: b"From: a@b.example\n" + b"X-A: x\njunk\n" * n + b"Subject: x\n\nwords",
    "long names of fields": lambda n: b"X" * n * 20 + b": x\nFrom: a@b.example\n\nwords",
    "labels": lambda n: mail("From: a@b.example\n" + "Xq: y\n" * n + "Subject: c\n"),
    "labels on one line": lambda n: mail("----- Forwarded Message ----- " + "From: a@b.example To: x Sent: y " * n),
    "lines of labels": lambda n: mail("From: a@b.example To: x Sent: y Subject: z\n" * n),
    "dashes and labels": lambda n: mail("-- From: a@b.example" * n),
    "attributed forwards": lambda n: mail("On 2 Mar 2026, 10:00, A <a@b.example>\n" * n, subject="Fwd: x"),
    "quoted forwards": lambda n: mail(
        "On 2 Mar 2026, 10:00, A <a@b.example> wrote:\n" * n
        + "> ----- Forwarded Message -----\n> From: a@b.example\n> To: b\n> Subject: c\n"
    ),
    "base64 noise": lambda n: mail("=\n!" * n, content_transfer_encoding="base64"),
    "base64 footers": lambda n: mail("YWJj=\n-- \nx y.\n" * n, content_transfer_encoding="base64"),
    "base64 blanks": lambda n: mail("YWJj \n\n" * n + "-- \n", content_transfer_encoding="base64"),
    "base64 words": lambda n: mail("-a" * n + "+", content_transfer_encoding="base64"),
    "unlabelled escapes": lambda n: mail('"=C3=B6' * n, content_type="text/plain"),
    "another alphabet": lambda n: mail(b"\xe0\xe1\xe2\xe3 " * n, content_type="text/plain; charset=iso-8859-1"),
    "closing delimiters": lambda n: mail("--a--\n" * n, content_type="multipart/mixed; boundary=a"),
    "damaged uuencode": lambda n: mail("begin 644 a\n" + "M\x81\n" * n + "`\nend\n"),
    "enriched": lambda n: mail("<param><<" * n, content_type="text/enriched"),
    "ampersands": lambda n: mail("&" * n * 10, content_type="text/html"),
    "links": lambda n: mail("<a href='mailto:%40'>x" * n, content_type="text/html"),
}


@pytest.mark.parametrize("make", SLOW.values(), ids=SLOW.keys())
def test_time_grows_no_faster_than_the_text(make: Callable[[int], bytes]) -> None:
    """Ten times the text in at most some fifty times the time; quadratic work would take a hundred times."""
    read(make(50))
    small, large = took(make(1_000)), took(make(10_000))
    assert large < 0.4 or large < 50 * small
