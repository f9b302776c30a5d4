"""A shop's catalogue of prices."""

from pathlib import Path

import pytest

from chalicelib.external.catalogue_files import COLUMNS, CatalogueFiles, mistakes

HEAD = ",".join(COLUMNS) + "\n"


def written(folder: Path, rows: str, shop: str = "northlight") -> Path:
    file = folder / f"{shop}.csv"
    file.write_text(HEAD + rows, encoding="utf-8-sig")
    return file


def test_prices_are_read_by_currency_in_its_smallest_unit(tmp_path: Path) -> None:
    file = written(tmp_path, 'LAMP-1,"Lamp Ada, green",49.00,EUR\nLAMP-1,Lamp Ada,"45,50",GBP\nBOWL,Bowl,1200,JPY\n')
    catalogue = CatalogueFiles(tmp_path)
    assert catalogue.prices("northlight", "EUR") == {"LAMP-1": 4_900}
    assert catalogue.prices("northlight", "GBP") == {"LAMP-1": 4_550}
    assert catalogue.prices("northlight", "JPY") == {"BOWL": 1_200}
    assert catalogue.prices("northlight", "USD") == {}
    assert mistakes(file) == ()


def test_a_shop_without_a_catalogue_has_no_prices(tmp_path: Path) -> None:
    assert CatalogueFiles(tmp_path).prices("kettle", "EUR") == {}


@pytest.mark.parametrize("row", ["LAMP-1,Lamp,cheap,EUR", ",Lamp,49.00,EUR", "LAMP-1,Lamp,49.00,XXX", "LAMP-1"])
def test_a_mistake_is_named_by_its_line_and_the_other_rows_count(tmp_path: Path, row: str) -> None:
    file = written(tmp_path, f"BULB-1,Bulb,9.00,EUR\n{row}\n")
    assert CatalogueFiles(tmp_path).prices("northlight", "EUR") == {"BULB-1": 900}
    (mistake,) = mistakes(file)
    assert mistake.startswith("northlight.csv, line 3: ")
