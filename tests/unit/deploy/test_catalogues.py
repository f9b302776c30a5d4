"""Catalogues of prices ship with the policy beside which they are, and one with a mistake does not."""

from pathlib import Path

import pytest

from deploy.package import _copy_catalogues

ROW = "sku,name,unit_price,currency\nLAMP-1,Lamp Ada,49.00,EUR\n"


def test_the_policys_catalogues_ship_in_the_place_of_others(tmp_path: Path) -> None:
    beside, target = tmp_path / "catalogue", tmp_path / "shipped"
    target.mkdir()
    (target / "kettle.csv").write_text(ROW)
    beside.mkdir()
    (beside / "northlight.csv").write_text(ROW)
    _copy_catalogues(beside, target)
    assert [(file.name, file.read_text()) for file in target.iterdir()] == [("northlight.csv", ROW)]


def test_without_catalogues_nothing_ships(tmp_path: Path) -> None:
    _copy_catalogues(tmp_path / "none", tmp_path / "shipped")
    assert not (tmp_path / "shipped").exists()


def test_a_catalogue_with_a_mistake_fails_packaging_and_the_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "northlight.csv").write_text(f"{ROW}LAMP-2,Lamp Bea,cheap,EUR\n")
    with pytest.raises(ValueError, match=r"northlight\.csv, line 3"):
        _copy_catalogues(tmp_path, tmp_path / "shipped")
