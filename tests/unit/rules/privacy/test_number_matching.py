"""A number is found in a text in each way in which people write it, and another number is not."""

import pytest

from chalicelib.rules.identity.callers import addresses
from chalicelib.rules.privacy.anonymising import masked, names

(BERLIN,) = addresses("+49 30 901820")
(INLAND,) = addresses("030 901820")
(PRAGUE,) = addresses("+420 601 123 456")


@pytest.mark.parametrize("address", [BERLIN, INLAND])
@pytest.mark.parametrize(
    "written", ["+49 30 901820", "+4930901820", "0049 30/90 18 20", "030 901820", "030-90.18.20", "+49 (0)30 901820"]
)
def test_it_is_found_and_taken_out(address: str, written: str) -> None:
    assert masked(f"Call {written}, or write. 2026-11-30", address) == "Call [erased], or write. 2026-11-30"


@pytest.mark.parametrize("written", ["601 123 456", "+420601123456", "00420 601-123-456"])
def test_where_no_zero_is_dialled_it_is_found_without_one(written: str) -> None:
    assert masked(written, PRAGUE) == "[erased]"


@pytest.mark.parametrize(
    "written", ["+49 30 9018201", "+43 30 901820", "1030 901820", "30901820", "+49 30 901821", "tel@invalid", ""]
)
def test_another_number_stays(written: str) -> None:
    assert not names(written, BERLIN)
