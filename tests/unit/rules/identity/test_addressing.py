"""Two spellings are one address only if mail to both goes to the same mailbox."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.mail.composing import deliverable
from chalicelib.rules.identity.addressing import canonical, domain_of, plus_part, same, without_plus
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.privacy.address_matching import addresses, readings

LETTERS, RIGHT_TO_LEFT = "abzABZ019üÜßéÉøÿжЖλσςΣıçķ한글中文ไทย", "عبد"


def labels(ends: str, between: str) -> st.SearchStrategy[str]:
    """Labels of a domain that begin and end with one of `ends`."""
    longer = st.tuples(st.sampled_from(ends), st.text(between, max_size=10), st.sampled_from(ends)).map("".join)
    return st.sampled_from(ends) | longer


# No label has letters of both directions (RFC 3454, section 6). What no address can be is hardly generated, because
# Hypothesis gives up where it must leave out too many.
LABELS = labels(LETTERS, LETTERS + "-") | labels(RIGHT_TO_LEFT, RIGHT_TO_LEFT + "019-")
ADDRESSES = st.builds(
    lambda local, one, two: f"{local}@{one}.{two}.example", st.sampled_from(["mira", "Mira"]), LABELS, LABELS
)


@given(ADDRESSES)
def test_spellings_for_the_mail_service_are_one_address(address: str) -> None:
    assume(is_address(address))
    assert canonical(deliverable(address)) == canonical(address)
    assert canonical(canonical(address)) == canonical(address)
    assert same(address, deliverable(address).upper())


@pytest.mark.parametrize("label", ["00--ς", "00--ΑΣ", "ab--ü", "ab--straße", "ab--ẞ", "ab--ᴬ", "ab--xჼ", "ab--x⒈y"])
def test_a_name_that_only_idna_2003_allows_is_mapped_as_every_other(label: str) -> None:
    address = f"mira@{label}.example"
    assert is_address(address)
    assert deliverable(address).isascii()
    assert canonical(deliverable(address)) == canonical(address)


@given(ADDRESSES, ADDRESSES)
def test_different_mailboxes_are_different_addresses(one: str, other: str) -> None:
    assume(is_address(one) and is_address(other))
    assert same(one, other) is (deliverable(one).lower() == deliverable(other).lower())


@given(st.text(max_size=60))
def test_the_canonical_form_of_a_canonical_form_is_itself(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bodo@BÜCHER.example", "bodo@xn--bcher-kva.example"),
        ("bodo@XN--BCHER-KVA.Example", "bodo@bücher.example"),
        (" a@b.example", "A@B.example "),
        ("a@ＳＨＯＰ.example", "a@shop.example"),
        ("a@shop。example", "a@shop.example"),
        ("a@sho\u00adp.example", "a@shop.example"),
        ("a@ΟΔΟΣ.example", "a@οδοσ.example"),
        ("a@mail.xn--jrg-sna.xn--wei-7ka.example", "a@Mail.jörg.weiß.example"),
        ("jörg@b.example", "JÖRG@b.example"),
    ],
)
def test_one_address(one: str, other: str) -> None:
    assert same(one, other)
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@straße.example", "a@strasse.example"),
        ("a@b.example", "a+b@b.example"),
        ("a@b.example", "ab.example"),
        ("", ""),
        ("a@xn--gmail-.example", "a@gmail.example"),
        ("\u212aim@b.example", "kim@b.example"),
        ("a@xn--xn--a-9ua.example", "a@xn--a.example"),
    ],
)
def test_two_addresses(one: str, other: str) -> None:
    assert not same(one, other)


def test_the_parts_of_an_address() -> None:
    assert without_plus("Care+Token@XN--BCHER-KVA.example") == "care@bücher.example"
    assert plus_part("Care+Token@shop.example") == "token"
    assert plus_part("care@shop.example") == ""
    assert domain_of("Care@SHOP.example") == "shop.example"
    assert without_plus("nobody") == "nobody"


def test_an_address_is_found_in_both_spellings_of_its_domain() -> None:
    text = "Write to bodo@xn--bcher-kva.example, or Bodo@Bücher.example."
    (first, *_), (second, *_) = addresses(text)
    assert first[2] == second[2] == "bodo@bücher.example"
    assert [text[begin:end] for begin, end in readings(text, "bodo@bücher.example")] == [
        "bodo@xn--bcher-kva.example",
        "Bodo@Bücher.example",
    ]
