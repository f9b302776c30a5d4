"""For limits, the spellings of one mailbox and the addresses of one network count as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity.mailboxes import mailbox, network


@pytest.mark.parametrize(
    ("one", "others"),
    [
        (
            "vera@gmail.com",
            [
                "Vera@Gmail.com",
                "v.e.r.a@gmail.com",
                "vera+1@gmail.com",
                "V.era+x+y@googlemail.com",
                " vera@gmail.com. ",
            ],
        ),
        ("vera@shop.example", ["VERA@SHOP.example", "vera+lamp@shop.example", "vera+@shop.example"]),
        ("vera@bücher.example", ["vera@xn--bcher-kva.example", "vera+1@BÜCHER.example"]),
        ("vera@yahoo.com", ["vera-one@yahoo.com", "vera-two@yahoo.com", "vera+3@yahoo.com"]),
        ("vera@icloud.com", ["vera@me.com", "vera@mac.com", "vera+1@icloud.com"]),
        ("vera.s@proton.me", ["veras@protonmail.com", "ve-ra_s@pm.me", "vera.s+x@proton.me"]),
        ("vera@fastmail.com", ["lamp@vera.fastmail.com", "any.thing@vera.fastmail.com", "vera+1@fastmail.com"]),
        ("vera.s@yandex.ru", ["vera-s@ya.ru", "vera.s+1@yandex.com"]),
    ],
)
def test_spellings_of_one_mailbox_are_one(one: str, others: list[str]) -> None:
    assert {mailbox(address) for address in [one, *others]} == {mailbox(one)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vera@gmail.com", "vera@gmail.example"),
        ("v.era@shop.example", "vera@shop.example"),
        ("vera-s@shop.example", "vera@shop.example"),
        ("vera@outlook.com", "vera@hotmail.com"),
        ("+x@shop.example", "+y@shop.example"),
        ("...@gmail.com", "..@gmail.com"),
        ("vera@fastmail.com", "vera@mira.fastmail.com"),
    ],
)
def test_different_mailboxes_stay_different(one: str, other: str) -> None:
    assert mailbox(one) != mailbox(other)


@given(st.text(max_size=40))
def test_a_mailbox_is_its_own_name(text: str) -> None:
    assert mailbox(mailbox(text)) == mailbox(text)


def test_the_addresses_of_one_network_are_one_source() -> None:
    of_one = {network(f"2001:db8:1:2::{number:x}") for number in range(200)}
    assert of_one == {"2001:db8:1:2::/64"}
    assert network("2001:DB8:1:2:ffff:ffff:ffff:ffff%eth0") in of_one
    assert network("2001:db8:1:3::1") not in of_one


@pytest.mark.parametrize(
    "carrying",
    ["192.0.2.7", " 192.0.2.7 ", "::ffff:192.0.2.7", "2002:c000:207::1", "2002:c000:207:9::9", "64:ff9b::c000:207"],
)
def test_an_ipv6_form_of_an_ipv4_address_counts_as_that_address(carrying: str) -> None:
    assert network(carrying) == "192.0.2.7"


def test_each_ipv4_address_and_any_other_text_is_its_own_source() -> None:
    assert len({network(f"192.0.2.{number}") for number in range(256)}) == 256
    assert (network(""), network("Unknown")) == ("", "unknown")
