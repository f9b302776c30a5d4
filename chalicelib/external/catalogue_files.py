"""A shop's catalogue of prices, if it has one: catalogue/<shop>.csv beside the policy, with a row for each product.

sku,name,unit_price,currency
LAMP-1,Lamp Ada,49.00,EUR
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from chalicelib.errors import InvalidFields
from chalicelib.rules.tickets.money import CURRENCIES, minor_units

COLUMNS = ("sku", "name", "unit_price", "currency")
MOST_ROWS = 100_000


class CatalogueFiles:
    """Reads the catalogues in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prices(self, shop: str, currency: str) -> Mapping[str, int]:
        return _read(self._folder / f"{shop}.csv")[0].get(currency, {})


def mistakes(file: Path) -> tuple[str, ...]:
    """What is wrong in the file, one sentence each. Packaging refuses it."""
    return _read(file)[1]


@cache
def _read(file: Path) -> tuple[Mapping[str, Mapping[str, int]], tuple[str, ...]]:
    """The prices by currency and SKU, and the mistakes; rows with one are left out."""
    prices, wrong = dict[str, dict[str, int]](), list[str]()
    for line, row in _rows(file):
        currency = (row.get("currency") or "").strip()
        sku, price = (row.get("sku") or "").strip(), (row.get("unit_price") or "").strip()
        try:
            if not sku or currency not in CURRENCIES or line > MOST_ROWS:
                raise InvalidFields({"row": "unreadable"})
            prices.setdefault(currency, {})[sku] = minor_units(price, currency)
        except InvalidFields:
            wrong.append(f"{file.name}, line {line}: write {','.join(COLUMNS)} such as LAMP-1,Lamp Ada,49.00,EUR.")
    return prices, tuple(wrong)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    if not file.exists():
        return
    import csv  # few functions read a catalogue

    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from enumerate(csv.DictReader(opened), 2)
