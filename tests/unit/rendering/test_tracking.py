"""Links to carriers' pages: the source's own first, each carrier's else, and nothing that is not safe."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering import tracking


@pytest.mark.parametrize("carrier", tracking.carriers(), ids=lambda carrier: carrier.id)
def test_every_carrier_has_a_link(carrier: tracking.Carrier) -> None:
    for name in carrier.names:
        url = tracking.link(" ".join(name), "JJD 0123/456", postcode="1012 JS", country="nl")
        assert tracking.safe(url), url
        assert "JJD0123%2F456" in url
        assert carrier.needs <= {"number", "postcode", "country"}


@pytest.mark.parametrize(
    ("said", "id"),
    [
        *(("DHL Paket", "dhl"), ("dhl", "dhl"), ("DHL Express 12:00", "dhl_express"), ("Hermes UK", "evri")),
        *(
            ("Royal Mail Tracked 24", "royal_mail"),
            ("UPS® Standard", "ups"),
            ("Österreichische Post AG", "austrian_post"),
        ),
        *(("PostNL", "postnl"), ("DPD UK Next Day", "dpd_uk"), ("Colissimo", "la_poste"), ("GLS Germany", "gls")),
    ],
)
def test_carriers_are_known_by_what_systems_call_them(said: str, id: str) -> None:
    found = tracking.carrier_of(said)
    assert found
    assert found.id == id


@pytest.mark.parametrize("carrier", tracking.carriers(), ids=lambda carrier: carrier.id)
def test_a_carrier_is_called_by_its_proper_name(carrier: tracking.Carrier) -> None:
    """However a system writes one of its names; a name that says more is the shop's own."""
    for name in carrier.names:
        for written in (" ".join(name), " ".join(name).upper(), "-".join(name), "_".join(name)):
            assert tracking.called(written) == carrier.called
        assert tracking.called(f"{' '.join(name)} Overnight 12:00") == f"{' '.join(name)} Overnight 12:00"
    assert tracking.called(carrier.called) == carrier.called


def test_what_is_no_carrier_we_know_stays() -> None:
    for said in ("", "Upstairs Couriers", "dhlish"):
        assert tracking.called(said) == said


def test_an_unknown_carrier_has_none() -> None:
    assert tracking.link("Upstairs Couriers", "12345678") == ""
    assert tracking.link("", "12345678") == ""


def test_a_carrier_that_needs_the_postcode_has_none_without() -> None:
    assert tracking.link("PostNL", "3STEST123") == ""


def test_the_sources_own_link_comes_first() -> None:
    own = "https://track.example/x?n=1"
    assert tracking.link("DHL", "12345678", own) == own


@pytest.mark.parametrize(
    "url",
    [
        *("http://track.example/1", "javascript:alert(1)", "https://", "https://localhost/x", "https://a.example/\n"),
        *(
            "https://user@a.example/",
            'https://a.example/"onx',
            "https://a.example/<b>",
            "https://a.example:x/",
            "//a.b/c",
        ),
        "https://a.example/" + "x" * 500,
    ],
)
def test_an_unsafe_link_is_none(url: str) -> None:
    assert not tracking.safe(url)
    assert tracking.link("Somebody", "12345678", url) == ""


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20), st.text(max_size=5))
def test_whatever_a_system_says_is_a_safe_link_or_none(carrier: str, number: str, postcode: str, country: str) -> None:
    for name in (carrier, "DHL", "PostNL"):
        url = tracking.link(name, number, carrier, postcode=postcode, country=country)
        assert url == "" or (tracking.safe(url) and urlsplit(url).scheme == "https")
