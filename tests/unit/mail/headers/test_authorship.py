"""How surely a From names its author: if another program could read it as another person, it proves nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.mail.inbound import Naming
from chalicelib.mail.quoting import first_lines
from chalicelib.mail.reading import read
from tests.unit.mail.sound import took

ADA, EVE = "ada@shop.example", "eve@evil.example"
REST = "Subject: Lamp\r\n\r\nHello"


def named(value: str) -> Naming:
    return headed(f"From: {value}\r\n")


def headed(head: str) -> Naming:
    return read((head + REST).encode()).naming


@pytest.mark.parametrize(
    "value",
    [
        ADA,
        f"<{ADA}>",
        f"Ada <{ADA}>",
        f"Ada M. Lindqvist <{ADA}>",
        f"Ada\r\n Lindqvist\r\n\t<{ADA}>",
        f'"Lindqvist, Ada" <{ADA}>',
        rf'"Ada \"the lamp\" Lindqvist" <{ADA}>',
        f'"{ADA}" <{ADA}>',
        f"{ADA} (Ada Lindqvist)",
        f"Ada (Northlight) <{ADA}>",
        f"Åda Lindqvist <{ADA}>",
        f"阿达 <{ADA}>",
        f"=?utf-8?q?=C3=85da?= <{ADA}>",
        f"=?utf-8?b?w4VkYQ==?= =?iso-8859-1?q?_M=FCller?= <{ADA}>",
        "Åda <åda@länk.example>",
        "Ada <ada+lamps@shop.example>",
        "ADA@Shop.Example",
    ],
)
def test_one_mailbox_in_standard_form_is_sure(value: str) -> None:
    assert named(value) is Naming.SOLE


@pytest.mark.parametrize(
    "value",
    [
        f"Lindqvist, Ada <{ADA}>",
        f"{ADA} <{ADA}>",
        f"<<{ADA}>>",
        f"Ada <mailto:{ADA}>",
        f"Ada: <{ADA}>",
        f"[Shop] Ada <{ADA}>",
        f"{ADA}.",
        f"{ADA},",
        "ada @ shop . example",
        "ada@shop\u200b.example",
        # Invisible marks around the address: SES may have looked up another domain.
        f"<\u200b{ADA}>",
        f"Ada <{ADA}\u200b>",
        f"\ufeff{ADA}",
        f"Ada <\u2068{ADA}\u2069>",
        f"\u202a{ADA}\u202c",
        f"<\xad{ADA}\xad>",
        f"<\u2060{ADA}>\u200b",
        "ad\u200ba@shop.example",
        "ada\u200b@shop.example",
        "ada@shop\ufe0f.example",
        "ada@ｓhop.example",
        "ada@[192.0.2.1]",
        f'"{EVE}" <{ADA}>',
        f"'{EVE}' via Group <{ADA}>".replace("'", '"'),
        f"=?utf-8?q?{EVE.replace('@', '=40')}?= <{ADA}>",
        f'"eve＠evil.example" <{ADA}>',
    ],
)
def test_one_address_in_loose_form_is_loose(value: str) -> None:
    assert named(value) is Naming.LOOSE


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Ada",
        "<>",
        "undisclosed:;",
        f"undisclosed: {ADA};",
        f"Team: Ada <{ADA}>, {EVE};",
        f"Ada, {EVE}",
        f"Ada <{ADA}>, {EVE}",
        f"{EVE}, {ADA}",
        f"{ADA}; {EVE}",
        f"{ADA} {EVE}",
        f"<{ADA}> <{EVE}>",
        f"<{ADA}>{EVE}",
        f"<{ADA}",
        f"Ada <{ADA}, {EVE}",
        f"{ADA}>",
        f"{ADA} ({EVE})",
        f"{EVE} (Ada <{ADA}>)",
        f"{ADA}@evil.example",
        f"<@evil.example:{ADA}>",
        f'"{ADA}"@evil.example',
        f'<"{ADA}"@evil.example>',
        f'Ada "{ADA}" eve@evil.example, x',
        f'"{ADA}"',
        f'"a\\"@evil.example <{ADA}>',
        f"=?utf-8?q?{ADA.replace('@', '=40')}?=",
        f"=?utf-8?b?QWRhIDxhZGFAc2hvcC5leGFtcGxlPg==?= <{EVE}> x <{ADA}>",
        f"=?utf-8?q?Ada_<{ADA}>,?= <{EVE}>",
        "ada＠shop.example",
        f"ada＠shop.example <{EVE}>",
        "ada\x00@shop.example",
        f"{ADA}\x00.evil.example",
        f"\u200b{EVE} <{ADA}>",
        f"<\u200b{ADA}> (\u200b{EVE})",
        f"{ADA}\u200b@evil.example",
        f"<\u200b{ADA}> <\u200b{EVE}>",
        f"<{ADA}\u200b{EVE}>",
        f"{ADA}\r{EVE}",
        f"Ada\x1b <{ADA}>",
        f"{ADA}\u2028{EVE}",
        "Ada " * 4000 + f"<{ADA}>",
    ],
)
def test_no_address_or_an_ambiguous_one_is_unclear(value: str) -> None:
    assert named(value) is Naming.UNCLEAR


@pytest.mark.parametrize(
    ("head", "naming"),
    [
        (f"Sender: Ada <{ADA}>\r\nFrom: {ADA}\r\n", Naming.SOLE),
        (f"From: {ADA}\r\nSender: <office@SHOP.example>\r\n", Naming.SOLE),
        (f"From: {ADA}\r\nSender: bounces@mail.shop.example\r\n", Naming.SOLE),
        (f"From: {ADA}\r\nSender: {EVE}\r\n", Naming.SENT_FOR),
        (f"From: {ADA}\r\nSender: ada@notshop.example\r\n", Naming.SENT_FOR),
        (f"From: {ADA}\r\nSender: {ADA}, {EVE}\r\n", Naming.SENT_FOR),
        (f"From: {ADA}\r\nSender: {ADA}\r\nSender: {EVE}\r\n", Naming.SENT_FOR),
        (f"From: {ADA}\r\nSender:\r\n", Naming.SENT_FOR),
        (f"From: {ADA}\r\nFrom: {EVE}\r\n", Naming.UNCLEAR),
        (f"From: {ADA}\r\nFROM: {ADA}\r\n", Naming.UNCLEAR),
        (f"From: {ADA}\r\nfrom :{EVE}\r\n", Naming.UNCLEAR),
        (f"From: {ADA}\r\n \r\nFrom: {EVE}\r\n", Naming.UNCLEAR),
        (f"From : {ADA}\r\n", Naming.LOOSE),
        (f"a line that is no field\r\nFrom: {ADA}\r\n", Naming.LOOSE),
        (f"From nobody Sat Nov 28\r\nFrom: {ADA}\r\n", Naming.LOOSE),
        (f"X-A: b\rFrom: {EVE}\r\nFrom: {ADA}\r\n", Naming.LOOSE),
        (f"X-A: b\r\n\r\r\nFrom: {ADA}\r\n", Naming.LOOSE),
        (f"From: {ADA}\r\n \r\n", Naming.LOOSE),
    ],
)
def test_the_surrounding_headers_count(head: str, naming: Naming) -> None:
    assert headed(head) is naming


def test_a_quoted_local_part_is_not_the_address_it_holds() -> None:
    for value in (f'"{ADA}"@evil.example', f'Ada <"{ADA}"@evil.example>', f'"<{ADA}>"@evil.example'):
        sender = read(f"From: {value}\r\n{REST}".encode()).sender
        assert sender
        assert sender.address.endswith('"@evil.example')


PIECES = st.sampled_from(
    [ADA, EVE, ADA, EVE, *'",<>();:\\ \r\x00=?@.', "Ada", "=?utf-8?q?", "?=", "=40", "\r\n ", "\r\nFrom: "]
)


@settings(max_examples=400)
@given(st.lists(PIECES, min_size=1, max_size=8))
@example(["Ada", "@", "Ada"])
def test_a_sure_author_is_the_only_address(pieces: list[str]) -> None:
    value = "".join(pieces)
    found = read(f"From: {value}\r\n{REST}".encode())
    if found.naming is Naming.SOLE:
        assert found.sender
        domains = {domain for domain in ("shop.example", "evil.example", "Ada") if f"@{domain}" in value}
        assert len(domains) == 1
        assert domains.pop() in found.sender.address


@pytest.mark.parametrize("unit", ['"a@', '"a"@b ', '""@', '"\\a@', "(a@", "<a@", "a@b,", "@", '"@"@"', "=?utf-8?q?a"])
@pytest.mark.parametrize("tail", ["", '"@x', "<m@x>"])
def test_the_author_is_found_in_linear_time(unit: str, tail: str) -> None:
    """Four times the header in at most some ten times the time; quadratic work would take sixteen times."""
    small, large = (took(f"From: {(unit * 6000)[:long]}{tail}\r\n{REST}".encode()) for long in (2_550, 10_200))
    assert large < 0.4 or large < 10 * small


@pytest.mark.parametrize(
    ("head", "naming"),
    [
        (f"From: Ada <{ADA}>\r\n", Naming.LOOSE),
        (f"From: {ADA}, {EVE}\r\n", Naming.UNCLEAR),
        (f"From: {ADA}\r\nFrom: {EVE}\r\n", Naming.UNCLEAR),
        ("", Naming.UNCLEAR),
    ],
)
def test_the_first_lines_alone_never_give_a_sure_author(head: str, naming: Naming) -> None:
    assert first_lines.read((head + REST).encode()).naming is naming
