"""The rows and lines of an export, by value: a ticket with two messages in each format."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from chalicelib.rules.exports import columns, formats
from chalicelib.rules.exports.columns import Exported
from chalicelib.rules.tickets.procedure_facts import Claim, Rating
from chalicelib.rules.tickets.ticket import Author, File, Person, Surface
from tests.support import samples
from tests.support.store.fakes import START

# Everything that is not empty, by its column. SHARED stands in the ticket's row and in those of its messages.
SHARED = {"reference": "NL-7K3F9-QXMT2", "shop": "northlight", "kind": "complaint"}
TICKET = {
    "state": "open", "channel": "form", "topic": "damaged_in_transit", "subject": "=1+1", "name": '@Mira "M", Holm',
    "email": "mira@example.com", "language": "en", "order_number": "-1", "product": "Lamp\r\n<tall> & blue",
    "serial": "_x000D_", "purchased": "2026-03-01", "opened_at": "2026-11-25T09:30:00Z",
    "opened_local": "2026-11-25 10:30:00", "first_answer_due": "2026-11-27T09:30:00Z",
    "resolve_due": "2026-12-25T09:30:00Z", "priority": "normal", "tags": "one two", "rating": 5,
    "rating_text": "\u200b+good", "rated_at": "2026-11-25T10:30:00Z", "extensions": 0,
}  # fmt: skip
MESSAGES: list[dict[str, Any]] = [
    {
        "message": "opening", "at": "2026-11-25T09:30:00Z", "at_local": "2026-11-25 10:30:00", "author": "customer",
        "author_name": '@Mira "M", Holm', "author_email": "mira@example.com", "by": "form", "visibility": "shared",
        "event": "words", "text": "The shade\nis\x07 cracked.", "files": "a.jpg; =b.pdf",
    },
    {
        "message": "second", "at": "2026-11-25T11:30:00Z", "at_local": "2026-11-25 12:30:00", "author": "agent",
        "author_name": "Ada", "author_email": "ada@northlight.example", "by": "desk", "visibility": "shared",
        "event": "words", "text": "'tis on its way",
    },
]  # fmt: skip
# How a spreadsheet has the texts that are not kept as they are.
IN_A_CELL = {
    "=1+1": "'=1+1", '@Mira "M", Holm': "'@Mira \"M\", Holm", "-1": "'-1", "\u200b+good": "'\u200b+good",
    "Lamp\r\n<tall> & blue": "Lamp\n<tall> & blue", "The shade\nis\x07 cracked.": "The shade\nis cracked.",
    "'tis on its way": "''tis on its way",
}  # fmt: skip


def shown() -> list[Exported]:
    """The ticket and its messages."""
    mira, ada = Person('@Mira "M", Holm', "mira@example.com"), Person("Ada", "ada@northlight.example")
    opened = samples.ticket(person=mira, subject="=1+1", order_number="-1")
    files = (File("1", "a.jpg", "image/jpeg", 1, "k1"), File("2", "=b.pdf", "application/pdf", 1, "k2"))
    opening = replace(opened.opening, files=files)
    second = replace(
        opening, id="second", at=START + timedelta(hours=2), author=Author.AGENT, person=ada, files=(),
        channel=Surface.DESK,
    )  # fmt: skip
    ticket = replace(
        opened,
        claim=Claim(date(2026, 3, 1), "Lamp\r\n<tall> & blue", "_x000D_"),
        rating=Rating(5, "\u200b+good", START + timedelta(hours=1)),
        tags=("one", "two"),
    )
    zone, texts = ZoneInfo("Europe/Berlin"), [each["text"] for each in MESSAGES]
    messages = zip((opening, second), texts, strict=True)
    return [Exported(ticket, zone), *(Exported(ticket, zone, message, text) for message, text in messages)]


def written(name: str, exported: list[Exported]) -> bytes:
    file = formats.make(name, len(exported) > 1, "")
    return file.ticket(exported) + file.close(())


def rows(messages: bool) -> list[list[Any]]:
    """The rows as a spreadsheet has them."""
    names = columns.names(messages)
    told: list[dict[str, Any]] = [{"record": "ticket"} | SHARED | TICKET]
    told += [{"record": "message"} | SHARED | each for each in MESSAGES] if messages else []
    return [
        list(names),
        *([IN_A_CELL.get(cell, cell) for cell in (row.get(name, "") for name in names)] for row in told),
    ]


def as_csv(rows: list[list[Any]]) -> bytes:
    """Every cell quoted, with a byte order mark in front."""
    lines = [",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows]
    return b"\xef\xbb\xbf" + "".join(lines).encode()


def test_csv_by_its_bytes() -> None:
    exported = shown()
    assert written("csv", exported) == as_csv(rows(messages=True))
    assert written("csv", exported[:1]) == as_csv(rows(messages=False))


def test_csv_has_four_cells_of_the_ticket_in_a_messages_row() -> None:
    _, _, first, second = csv.reader(io.StringIO(written("csv", shown()).decode("utf-8-sig"), newline=""))
    assert first[:4] == second[:4] == ["message", *SHARED.values()]
    assert set(first[4:-12]) == set(second[4:-12]) == {""}


def test_xlsx_by_its_cells() -> None:
    for exported in (shown(), shown()[:1]):
        book = openpyxl.load_workbook(io.BytesIO(written("xlsx", exported)))
        found = [["" if cell is None else cell for cell in row] for row in book.active.values]
        # The library leaves the format's own escape sequences as they stand in the file.
        escaped = {"_x000D_": "_x005F_x000D_"}
        assert found == [[escaped.get(cell, cell) for cell in row] for row in rows(len(exported) > 1)]


def test_jsonl_by_its_values_and_their_order() -> None:
    (line,) = written("jsonl", shown()).decode().splitlines()
    told = json.loads(line)
    messages = told.pop("messages")
    ticket, message = columns.names(messages=False)[1:], tuple(column.name for column in columns.MESSAGE)
    assert list(told.items()) == [(name, (SHARED | TICKET).get(name, "")) for name in ticket]
    assert [list(each.items()) for each in messages] == [
        [(name, each.get(name, "")) for name in message] for each in MESSAGES
    ]
    assert "messages" not in json.loads(written("jsonl", shown()[:1]))
