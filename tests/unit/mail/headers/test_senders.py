"""The sender of a mail: several From fields, several mailboxes, and groups and relays that put in their own address."""

import pytest

from chalicelib.mail.inbound import Address
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail


def headed(head: str) -> bytes:
    """A mail with exactly these From fields."""
    return head.encode() + b"\n" + mail(**{"from": None})


@pytest.mark.parametrize(
    ("head", "senders", "sender"),
    [
        ("From: Mira <mira@example.com>", ["mira@example.com"], "mira@example.com"),
        ("From: a@x.example, b@x.example", ["a@x.example", "b@x.example"], "a@x.example"),
        ("From: a@x.example\nFrom: B <b@x.example>", ["a@x.example", "b@x.example"], "a@x.example"),
        ("From: Nobody\nFrom: b@x.example, c@x.example", ["Nobody", "b@x.example", "c@x.example"], "b@x.example"),
        ("From: root\nFrom: system", ["root", "system"], "root"),
        ("From: <>, Mira <mira@example.com>", ["mira@example.com"], "mira@example.com"),
        ("Subject: Lamp", [], None),
    ],
)
def test_every_mailbox_of_every_from_field_is_listed_in_order(
    head: str, senders: list[str], sender: str | None
) -> None:
    found = read(headed(head))
    assert [one.address for one in found.senders] == senders
    assert (found.sender and found.sender.address) == sender


@pytest.mark.parametrize(
    ("head", "original"),
    [
        ("X-Original-From: Mira Holm <mira@example.com>", Address("Mira Holm", "mira@example.com")),
        ("X-Original-Sender: mira@example.com", Address("", "mira@example.com")),
        (
            "X-Original-Sender: mira@example.com\nX-Original-From: =?utf-8?Q?M=C3=ADra?= <mira@example.com>",
            Address("Míra", "mira@example.com"),
        ),
        ("X-Google-Original-From: Mira <mira@own.example>", Address("Mira", "mira@own.example")),
        ("Original-From: mira@example.com", Address("", "mira@example.com")),
        ("Author: Mira <mira@example.com>", Address("Mira", "mira@example.com")),
        ("X-Original-From: Mira Holm\nX-Original-Sender: mira@example.com", Address("", "mira@example.com")),
        ("Author: Mira Holm", None),
        ("X-Original-To: care@x.example", None),
    ],
)
def test_the_original_sender_of_a_group_or_relay_is_found(head: str, original: Address | None) -> None:
    assert read(headed("From: Care via Group <care@groups.example>\n" + head)).original_sender == original
