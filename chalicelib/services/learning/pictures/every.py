"""Every picture of the reports, in the order in which people read them, and each as a file."""

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping

from chalicelib.rendering.amounts import Amount
from chalicelib.rules.exports.spreadsheets import cell as safe
from chalicelib.rules.tickets.money import written
from chalicelib.services.learning.pictures import calls, causes, channels, chats, contacts, opinions, phone, promises
from chalicelib.services.learning.pictures.picture import Cell, Picture
from chalicelib.services.learning.pictures.reading import Data

PICTURES: Mapping[str, Callable[[Data], Picture]] = {
    "promises": promises.by_week,
    "kinds": promises.by_kind,
    "first": promises.first_answers,
    "channels": channels.by_number,
    "calls": calls.by_hour,
    "phone": phone.by_hour,
    "chats": chats.by_hour,
    "causes": causes.by_number,
    "money": causes.by_money,
    "expenses": causes.expenses,
    "remedies": causes.remedies,
    "couriers": causes.couriers,
    "ratings": opinions.ratings,
    "contacts": contacts.per_order,
    "hours": contacts.hours,
    "orders": promises.of_orders,
    "help": opinions.help_centre,
    "gaps": opinions.gaps,
    "ages": contacts.ages,
}


def pictures(data: Data) -> list[Picture]:
    return [draw(data) for draw in PICTURES.values()]


def as_csv(picture: Picture) -> bytes:
    """The picture's table as a file for spreadsheets, with plain numbers."""
    from chalicelib.rules.exports.formats import csv_lines

    rows = [tuple(map(_plain, row)) for row in (picture.heads, *picture.cells)]
    return BOM_UTF8 + csv_lines(rows, csv.QUOTE_MINIMAL)


def _plain(cell: Cell) -> object:
    if isinstance(cell, Amount):
        return written(cell.units, cell.currency)
    if isinstance(cell, float):
        return round(cell, 2)
    return "" if cell is None else safe(cell) if isinstance(cell, str) else cell
