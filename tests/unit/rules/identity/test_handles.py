"""A messenger's user is written as an address that never exists, and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity import handles
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.identity.handles import Handle, Provider


@given(st.sampled_from(Provider), st.text(st.sampled_from("0123456789abcXYZ._-"), max_size=160))
def test_what_is_kept_is_read_back(provider: Provider, id: str) -> None:
    kept = handles.handle(provider, id)
    if kept is None:
        return
    assert handles.of_address(kept.address) == kept == handles.asked(kept.address)
    assert handles.is_handle(kept.address)


@given(st.sampled_from(Provider), *[st.text(st.sampled_from("0123abcABC._-"), min_size=1, max_size=9)] * 2)
def test_ids_that_differ_only_in_case_are_two_people(provider: Provider, one: str, other: str) -> None:
    first, second = handles.handle(provider, one), handles.handle(provider, other)
    if first is None or second is None:
        return
    assert same(first.address, second.address) is (first == second)
    assert handles.of_address(canonical(first.address)) == first


def test_a_capital_is_written_with_an_underscore_except_in_whatsapps_country() -> None:
    assert Handle(Provider.WHATSAPP, "DE.77Ab_C2").address == "DE.77_ab___c2@whatsapp.invalid"
    assert handles.handle(Provider.WHATSAPP, "de.77Ab") == Handle(Provider.WHATSAPP, "DE.77Ab")
    assert Handle(Provider.TELEGRAM, "DE.7").address == "_d_e.7@telegram.invalid"
    assert handles.asked("DE.77AbC2@whatsapp.invalid") == Handle(Provider.WHATSAPP, "DE.77AbC2")


@pytest.mark.parametrize("local", ["a_1", "a___1", "a_", "_"])
def test_what_no_id_is_written_as_is_nobodys(local: str) -> None:
    assert handles.of_address(f"{local}@telegram.invalid") is None
    assert handles.is_handle(f"{local}@telegram.invalid")


@pytest.mark.parametrize("id", ["", "a b", "a@b", ".a", "a.", "a..b", "x" * 151, "ä"])
def test_other_ids_are_none(id: str) -> None:
    assert handles.handle(Provider.TELEGRAM, id) is None


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("4915@whatsapp.invalid", True),
        ("4915@WhatsApp.Invalid", True),
        ("@whatsapp.invalid", True),
        ("4915@\uff57hatsapp.invalid", True),
        ("4915@whatsapp\u3002invalid", True),
        ("4915@telegr\u2060am.invalid", True),
        ("mira@example.com", False),
        ("mira@whatsapp.com", False),
        ("mira@example.invalid", False),
        ("", False),
    ],
)
def test_mail_addresses_are_others(address: str, is_one: bool) -> None:
    assert handles.is_handle(address) is is_one
    assert (handles.of_address(address) is not None) is (is_one and not address.startswith("@"))


def test_numbers() -> None:
    assert Handle(Provider.SMS, "4915123456789").number == "+4915123456789"
    assert Handle(Provider.WHATSAPP, "DE.1349").number == ""
    assert Handle(Provider.TELEGRAM, "900").number == ""
    assert handles.asked("whatsapp:+49 151 234-56789") == Handle(Provider.WHATSAPP, "4915123456789")
    assert handles.asked("Telegram: 900") == Handle(Provider.TELEGRAM, "900")
    assert handles.asked("fax:1") is handles.asked("nobody") is None
