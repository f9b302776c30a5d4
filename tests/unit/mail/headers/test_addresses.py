"""Addresses as people and programs write them: brackets around names, comments, quotes, encoded words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.headers import address_words, addresses
from chalicelib.mail.inbound import Address
from chalicelib.mail.reading import read

MIRA = Address("Mira Holm", "mira@example.com")
BARE = Address("", "mira@example.com")


@pytest.mark.parametrize(
    "written",
    [
        "<Mira Holm> mira@example.com",
        "<mira@example.com> Mira Holm",
        "Mira Holm [mailto:mira@example.com]",
        "Mira Holm [mira@example.com]",
        "Mira Holm <mailto:mira@example.com>",
        "Mira Holm mailto:mira@example.com",
        "Mira Holm mira@example.com",
        "Mira Holm <mira@example.com",
        "Mira Holm < mira@example.com >",
        "Mira Holm <mira @ example . com>",
        "Mira Holm <mira@example.com on behalf of Office>",
        "Mira Holm(mira@example.com)",
        "Mira Holm &lt;mira@example.com&gt;",
        '"Mira Holm <mira@example.com>',
        '"Mira Holm" mira@example.com',
        '"Mira Holm" <"mira@example.com">',
        "Mira (Holm <mira@example.com>",
        "mira@example.com (Mira Holm)",
        "mira(at work)@example.com (Mira Holm)",
        "=?utf-8?Q?Mira_Holm_<mira@example.com>?=",
        "=?utf-8?B?TWlyYSBIb2xtIDxtaXJhQGV4YW1wbGUuY29tPg==?=",
        "=?utf-8?Q?Mira?= =?utf-8?Q?_Holm?= <mira@example.com>",
        "Mira Holm <\u200bmira@example.com\u200b>",
        "Mira Holm\t<mira@example.com>",
    ],
)
def test_one_name_and_one_address(written: str) -> None:
    assert addresses.parse(written, []) == (MIRA,)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("=?utf-8?Q?Mira_(Holm)?= <mira@example.com>", "Mira (Holm)"),
        ("=?utf-8?Q?Holm)?= <mira@example.com>", "Holm)"),
        ("=?utf-8?Q?Holm,_Mira:_x?= <mira@example.com>", "Holm, Mira: x"),
        ("=?utf-8?Q?Mira;_Holm?= <mira@example.com>", "Mira; Holm"),
        ("=?utf-8?Q?Mira?? Holm?= <mira@example.com>", "Mira?? Holm"),
        ("Shop: Mira Holm <mira@example.com>", "Shop: Mira Holm"),
        ("Mira :) <mira@example.com>", "Mira :)"),
        ("[EXT] Mira <mira@example.com>", "[EXT] Mira"),
        ('Mira "Mimi" Holm <mira@example.com>', "Mira Mimi Holm"),
        (r'"Holm \"M\", Mira" <mira@example.com>', 'Holm "M", Mira'),
        ('"other@x.example" <mira@example.com>', "other@x.example"),
        ('"Mira via Care" <mira@example.com> (list)', "Mira via Care"),
    ],
)
def test_characters_allowed_in_a_name(written: str, name: str) -> None:
    assert addresses.parse(written, []) == (Address(name, "mira@example.com"),)


@pytest.mark.parametrize(
    "written",
    [
        "mira@example.com",
        "<mira@example.com>",
        "[mira@example.com]",
        "mira@example.com>",
        "mira@example.com.",
        "mira@example.com:",
        "'mira@example.com'",
        '"mira@example.com"',
        "mailto:mira@example.com",
        "\u200emira@example.com\u200f",
        "mira @example.com",
        "<>, mira@example.com",
        '"" <mira@example.com>',
        "undisclosed-recipients:; mira@example.com",
    ],
)
def test_an_address_without_a_name(written: str) -> None:
    assert addresses.parse(written, []) == (BARE,)


@pytest.mark.parametrize(
    "address",
    [
        "o'brien@example.com",
        '"mira,holm"@example.com',
        r'"mi\"ra"@example.com',
        '"mi ra"@example.com',
        "mira+lamp=x@example.com",
        "mira.@example.com",
        "mira@[192.0.2.1]",
        "mira@[IPv6:2001:db8::1]".replace(":", "."),
        "míra@exämple.com",
        f"{'m' * 200}@example.com",
    ],
)
def test_rare_local_parts_and_domains(address: str) -> None:
    assert addresses.parse(f"Mira Holm <{address}>", []) == (Address("Mira Holm", address),)
    assert addresses.parse(address, []) == (Address("", address),)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A <a@x.example>; B <b@x.example>", ["a@x.example", "b@x.example"]),
        ("Ann <a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ('A "B <a@x.example>, b@x.example', ["a@x.example", "b@x.example"]),
        ("Team: a@x.example, b@x.example; c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("Holm, Mira <mira@example.com>, b@x.example", ["mira@example.com", "b@x.example"]),
        ("Holm, Mira mira@example.com, b@x.example", ["mira@example.com", "b@x.example"]),
        ("Mira Holm", [""]),
        ("@example.com", [""]),
        ("x" * 300 + "@example.com", [""]),
    ],
)
def test_several_addresses_are_separated(written: str, expected: list[str]) -> None:
    assert [one.address for one in addresses.parse(written, [])] == expected


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("From : Mira Holm <mira@example.com>\nSubject: Lamp", "mira@example.com"),
        (">From mira@old.example Mon Mar  2 10:00:00 2026\nFrom: mira@example.com", "mira@example.com"),
        ("From: [??????]\nFrom: Mira Holm <mira@example.com>", "mira@example.com"),
        ("From: <>\nFrom: mira@example.com", "mira@example.com"),
        ("From:\n Mira Holm\n <mira@example.com>", "mira@example.com"),
        ("From: =?utf-8?Q?Mira?=\n =?utf-8?Q?_(Holm)?=\n\t<mira@example.com>", "mira@example.com"),
    ],
)
def test_the_sender_of_a_mail(head: str, address: str) -> None:
    sender = read(head.encode() + b"\nMessage-ID: <x@x.example>\n\nHello").sender
    assert sender is not None
    assert sender.address == address


@settings(deadline=None, max_examples=200, derandomize=True, database=None)
@given(st.text(st.sampled_from("Mira ,;:()\"'<>[]=?_.\\é"), max_size=25))
def test_the_address_in_brackets_is_found_after_any_name(name: str) -> None:
    found = addresses.parse(f"{name} <mira@example.com>", [])
    assert "mira@example.com" in [one.address for one in found]


def test_a_header_is_read_up_to_a_limit() -> None:
    defects: list[str] = []
    assert len(addresses.parse("Mira Holm <mira@example.com>, " * 1_000, defects)) < 400
    assert defects == ["address header longer than 10 KB: the rest not read"]


def test_an_address_is_searched_back_from_its_at_sign_for_a_local_parts_length() -> None:
    letters = "a" * 100_000
    assert address_words.find(letters) is None
    assert address_words.find(f"{letters} mira@example.com") == (100_001, 100_017)
    assert address_words.find(f"{letters}@example.com") is None
