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
        amount = _amount(price, currency) if sku and line <= MOST_ROWS else None
        if amount is None:
            wrong.append(f"{file.name}, line {line}: write {','.join(COLUMNS)} such as LAMP-1,Lamp Ada,49.00,EUR.")
        else:
            prices.setdefault(currency, {})[sku] = amount
    return prices, tuple(wrong)


def _amount(text: str, currency: str) -> int | None:
    """In the currency's smallest unit; None for what is no price."""
    try:
        return minor_units(text, currency) if currency in CURRENCIES else None
    except InvalidFields:
        return None


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    if not file.exists():
        return
    import csv  # few functions read a catalogue

    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from enumerate(csv.DictReader(opened), 2)
