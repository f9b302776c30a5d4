"""A shop's catalogue, if it has one: catalogue/<shop>.csv beside the policy, with a row for each product and currency.
The first four columns are required. What differs between rows of one product is taken from the first.

sku,name,unit_price,currency,stock,url,manual
LAMP-1,Lamp Ada,49.00,EUR,12,https://www.northlight.example/ada,https://www.northlight.example/ada.pdf
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from chalicelib.errors import InvalidFields
from chalicelib.rules.products.product import Product
from chalicelib.rules.tickets.money import CURRENCIES, minor_units

COLUMNS = ("sku", "name", "unit_price", "currency")
MORE_COLUMNS = ("stock", "url", "manual")
MOST_ROWS = 100_000
_LONGEST = {"sku": 100, "name": 200, "stock": 9, "url": 500, "manual": 500}


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What a file says: prices by currency and SKU, products by SKU in small letters, mistakes."""

    prices: Mapping[str, Mapping[str, int]]
    products: Mapping[str, Product]
    mistakes: tuple[str, ...]


class CatalogueFiles:
    """Reads the catalogues in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prices(self, shop: str, currency: str) -> Mapping[str, int]:
        return self._of(shop).prices.get(currency, {})

    def product(self, shop: str, sku: str) -> Product | None:
        return self._of(shop).products.get(sku.strip().lower())

    def _of(self, shop: str) -> _Catalogue:
        return _read(self._folder / f"{shop}.csv")


def mistakes(file: Path) -> tuple[str, ...]:
    """What is wrong in the file, one sentence each. Packaging refuses it."""
    return _read(file).mistakes


@cache
def _read(file: Path) -> _Catalogue:
    """Rows with a mistake are left out."""
    prices, products, wrong = dict[str, dict[str, int]](), dict[str, Product](), list[str]()
    for line, row in _rows(file):
        amount = _amount(row["unit_price"], row["currency"]) if row["sku"] and line <= MOST_ROWS else None
        if amount is None:
            wrong.append(f"{file.name}, line {line}: write {','.join(COLUMNS)} such as LAMP-1,Lamp Ada,49.00,EUR.")
        elif fault := _fault(row):
            wrong.append(f"{file.name}, line {line}: {fault}")
        else:
            prices.setdefault(row["currency"], {})[row["sku"]] = amount
            key = row["sku"].lower()
            known = products.get(key) or _product(row)
            products[key] = replace(known, prices=(*known.prices, (row["currency"], amount)))
    return _Catalogue(prices, products, tuple(wrong))


def _fault(row: Mapping[str, str]) -> str:
    """What is wrong with a product's facts; "" if nothing is."""
    if any(len(row[name]) > longest for name, longest in _LONGEST.items()):
        return f"a value is too long ({', '.join(f'{name}: {most}' for name, most in _LONGEST.items())} characters)."
    if row["stock"] and not (row["stock"].isascii() and row["stock"].isdigit()):
        return "write stock as a number of pieces, such as 12, or leave it empty."
    if any(row[name] and not row[name].startswith("https://") for name in ("url", "manual")):
        return "url and manual begin with https://."
    return ""


def _product(row: Mapping[str, str]) -> Product:
    stock = int(row["stock"]) if row["stock"] else None
    return Product(row["sku"], row["name"] or row["sku"], stock=stock, url=row["url"], manual=row["manual"])


def _amount(text: str, currency: str) -> int | None:
    """In the currency's smallest unit; None for what is no price."""
    try:
        return minor_units(text, currency) if currency in CURRENCIES else None
    except InvalidFields:
        return None


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if not file.exists():
        return
    import csv  # few functions read a catalogue

    with file.open(encoding="utf-8-sig", newline="") as opened:
        for line, row in enumerate(csv.DictReader(opened), 2):
            yield line, {name: (row.get(name) or "").strip() for name in (*COLUMNS, *MORE_COLUMNS)}
