"""Contrast as WCAG 2.2 computes it."""

import pytest

from chalicelib.contrast import contrast


@pytest.mark.parametrize(("colour", "ratio"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#777777", 4.48)])
def test_contrast_to_white(colour: str, ratio: float) -> None:
    assert contrast(colour, "#ffffff") == pytest.approx(ratio, abs=0.005)


def test_contrast_is_the_same_either_way() -> None:
    assert contrast("#1f5fa8", "#23211f") == contrast("#23211f", "#1f5fa8") == pytest.approx(2.49, abs=0.005)
