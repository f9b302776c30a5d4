"""A shop's catalogue of prices."""

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.external.catalogue_files import COLUMNS, MORE_COLUMNS, CatalogueFiles, mistakes
from chalicelib.rules.products.product import Product

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


def test_what_a_product_is_stands_in_its_first_row_and_its_sku_may_be_written_in_any_case(tmp_path: Path) -> None:
    whole = ",".join((*COLUMNS, *MORE_COLUMNS))
    (tmp_path / "northlight.csv").write_text(
        f"{whole}\nLAMP-1,Lamp Ada,49.00,EUR,3,https://shop.example/ada,https://shop.example/ada.pdf\n"
        "LAMP-1,Ada,45.00,GBP,9,,\nBULB,,9.00,EUR,,,\n"
    )
    catalogue, lamp = CatalogueFiles(tmp_path), Product("LAMP-1", "Lamp Ada", (("EUR", 4_900), ("GBP", 4_500)), 3)
    lamp = replace(lamp, url="https://shop.example/ada", manual="https://shop.example/ada.pdf")
    assert catalogue.product("northlight", " lamp-1 ") == lamp
    assert catalogue.product("northlight", "BULB") == Product("BULB", "BULB", (("EUR", 900),))
    assert catalogue.product("northlight", "LAMP") is None
    assert catalogue.product("kettle", "LAMP-1") is None


@pytest.mark.parametrize(
    "more", ["some,,", "-1,,", "1.5,,", "1,javascript:alert(1),", "1,,http://shop.example", f"1,https://{'x' * 500},"]
)
def test_a_wrong_fact_is_a_mistake(tmp_path: Path, more: str) -> None:
    file = tmp_path / "northlight.csv"
    file.write_text(f"{','.join((*COLUMNS, *MORE_COLUMNS))}\nLAMP-1,Lamp Ada,49.00,EUR,{more}\n")
    assert CatalogueFiles(tmp_path).product("northlight", "LAMP-1") is None
    assert mistakes(file)[0].startswith("northlight.csv, line 2: ")
