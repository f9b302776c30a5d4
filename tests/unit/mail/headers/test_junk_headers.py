"""Lines among the headers that are no headers: they neither end the headers nor change the fields around them."""

import pytest

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.reading import read
from tests.unit.mail.mails import encoded, joined

TAIL = "Subject: Lamp\nMessage-ID: <one@example.com>\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"


def of(head: str, body: str = "It broke.\n") -> InboundMail:
    return read(f"{head}\n{body}".encode())


@pytest.mark.parametrize(
    "junk",
    [
        "by b.example with ESMTP\nid 7B/03 for <care@shop.example>; Mon, 2 Mar 2026 10:00:00 +0000",
        "\\tby b.example with ESMTP\n\\tid 7B/03",
        "one line\nanother line\na third line\nand a fourth",
        "***** SPAM? *****\n=================",
        "X" * 300,
        "Some Words: value",
        "(no header)\n\x01\x02",
    ],
)
@pytest.mark.parametrize("above", ["Received: from a.example (a.example)", "X-Gateway: scanned", "MIME-Version: 1.0"])
def test_junk_does_not_end_the_headers_if_known_ones_follow(above: str, junk: str) -> None:
    found = of(f"{above}\n{junk}\nFrom: Mira Holm <mira@example.com>\nTo: care@shop.example\n{TAIL}")
    assert found.sender is not None
    assert (found.sender.name, found.sender.address) == ("Mira Holm", "mira@example.com")
    assert (found.subject, found.text, found.message_id) == ("Lamp", "It broke.\n", "one@example.com")


@pytest.mark.parametrize(
    ("head", "sender", "subject"),
    [
        (f"From: Mira Holm\n<mira@example.com>\n{TAIL}", "Mira Holm mira@example.com", "Lamp"),
        (f"From: mira@example.com\nMailing address: b@x.example\n{TAIL}", " mira@example.com", "Lamp"),
        (f"From: mira@example.com\nscanned by gateway\n{TAIL}", " mira@example.com", "Lamp"),
        ("Subject: My lamp is\nbroken\nFrom: mira@example.com\n", " mira@example.com", "My lamp is broken"),
        ("junk before all\nFrom: mira@example.com\nSubject: Lamp\n", " mira@example.com", "Lamp"),
        ("\ufeffFrom: mira@example.com\nSubject: Lamp\n", " mira@example.com", "Lamp"),
    ],
)
def test_a_badly_folded_line_continues_its_field_and_junk_is_ignored(head: str, sender: str, subject: str) -> None:
    found = of(head)
    assert found.sender is not None
    assert (f"{found.sender.name} {found.sender.address}", found.subject) == (sender, subject)


@pytest.mark.parametrize(
    "head",
    [
        "From: mira@example.com\nSubject: Lamp\nTo: A <a@x.example>, B <b@\nx.example>\n",
        "From: mira@example.com\nSubject: Lamp\nTo: a@x.example,\nb@x.example\n",
        "From: mira@example.com\nSubject: Lamp\nReceived: from a.example\nby b.example with ESMTP\n",
        "From: mira@example.com\nSubject: Lamp\nContent-Type: text/plain;\ncharset=utf-8\n",
    ],
)
def test_the_last_field_may_be_badly_folded_too(head: str) -> None:
    found = of(head)
    assert (found.subject, found.text) == ("Lamp", "It broke.\n")


@pytest.mark.parametrize(
    "text",
    [
        "Hello there\nmore\n",
        "Hello,\nmy lamp broke: see photo\n\nMira\n",
        "Hello,\n\nSubject: is what I wrote above\nFrom: me\n",
        "by the way it broke\n",
        "Hello\nFrom: Ann <a@x.example>\nSubject: old\n",
    ],
)
def test_a_missing_blank_line_loses_no_words(text: str) -> None:
    found = read(f"From: mira@example.com\nSubject: Lamp\n{text}".encode())
    assert (found.subject, found.text) == ("Lamp", text)


@pytest.mark.parametrize("length", [119, 121, 500, 900])
def test_long_field_names_do_not_damage_a_file(length: int) -> None:
    photo = bytes(range(256)) * 3
    name = "X-" + "Very-Long-" * (length // 10)
    head = f"Content-Type: image/jpeg; name=lamp.jpg\n{name}A: 1\n{name}B: 1\nContent-Transfer-Encoding: base64\n\n"
    file = (head + encoded(photo)).encode()
    raw = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n" + joined(file, boundary="b")
    assert [one.content for one in read(raw).attachments] == [photo]
