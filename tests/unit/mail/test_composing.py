"""Where a mail is sent: addresses as mail services take them."""

import pytest

from chalicelib.mail.composing import deliverable


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mira@shop.example", "mira@shop.example"),
        ("mira@müller.example", "mira@xn--mller-kva.example"),
        ("mira@MÜLLER.example", "mira@xn--mller-kva.example"),
        ("mira@straße.example", "mira@xn--strae-oqa.example"),
        ("mira@例子。公司", "mira@xn--fsqu00a.xn--55qx5d"),
        ("mira@☃.example", "mira@xn--n3h.example"),
    ],
)
def test_a_domain_is_written_in_ascii_and_stays_the_same_domain(address: str, expected: str) -> None:
    assert deliverable(address) == expected


@pytest.mark.parametrize("domain", ["ä..example", "ä" * 70 + ".example"])
def test_what_is_no_domain_fails(domain: str) -> None:
    with pytest.raises(UnicodeError):
        deliverable(f"mira@{domain}")
