"""An export of tickets: what it contains, how it continues after a killed run, and what admins are answered."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.exports import columns
from chalicelib.rules.tickets.ticket import Change, Person
from chalicelib.services.exports import export_growth
from chalicelib.services.exports.export_growth import LEASE
from chalicelib.services.exports.ticket_exports import export_tickets
from tests.support import samples
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.support.store.faults import Died, Fault, every_death, fragile

DAY = START.date()
EVENT = {"shop": "northlight", "from": "2026-11-25", "to": "2026-11-26", "format": "csv", "messages": True}
# Text that compresses to almost nothing would not fill a part.
LONG = 200


def fill(world: World, tickets: int = 6, replies: int = 2) -> None:
    """Tickets of three days, each with at least one reply; the third day is not requested."""
    for number in range(tickets):
        at = START + timedelta(days=number % 3)
        ticket = samples.ticket(f"NL-{number:05d}-00000", at, person=Person("Mira", f"mira{number}@example.com"))
        world.store.commit(Change(ticket))
        for reply in range(replies):
            change = samples.reply(ticket, f"reply{reply}", at, text=f"Any news {number}/{reply}? {'=' * LONG}")
            world.store.commit(change)
            ticket = change.ticket or ticket


@pytest.fixture
def filled(world: World) -> World:
    fill(world)
    return world


def export(world: World, run: FakeRun | None = None, **changes: Any) -> dict[str, Any]:
    return export_tickets(world.deps, EVENT | changes, run or FakeRun())


def content(world: World, answer: dict[str, Any]) -> bytes:
    return world.files.kept[answer["key"]][0]


def rows(world: World, answer: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(world, answer).decode("utf-8-sig"), newline="")))


class TestContents:
    def test_it_contains_the_tickets_of_the_days_with_their_messages(self, filled: World) -> None:
        answer = export(filled)
        assert (answer["finished"], answer["tickets"], answer["messages"]) == (True, 4, 12)
        found = rows(filled, answer)
        assert [row["reference"] for row in found if row["record"] == "ticket"] == [
            f"NL-{number:05d}-00000" for number in (0, 3, 1, 4)
        ]
        messages = [row for row in found if row["reference"] == "NL-00003-00000" and row["record"] == "message"]
        assert [row["text"][:12] for row in messages] == [samples.WORDS[:12], "Any news 3/0", "Any news 3/1"]

    def test_only_the_requested_days_are_read(self, filled: World) -> None:
        filled.store.requests.clear()
        export(filled)
        days = {request for request in filled.store.requests if request.startswith("read 2")}
        assert days == {"read 2026-11-25", "read 2026-11-26"}

    def test_the_columns_are_the_documented_ones_in_order(self, filled: World) -> None:
        for messages in (True, False):
            answer = export(filled, messages=messages)
            assert tuple(rows(filled, answer)[0]) == columns.names(messages)

    def test_without_messages_there_is_a_row_for_each_ticket(self, filled: World) -> None:
        answer = export(filled, messages=False)
        assert (answer["tickets"], answer["messages"], len(rows(filled, answer))) == (4, 0, 4)

    def test_only_the_requested_kinds_and_states(self, filled: World) -> None:
        assert export(filled, kinds=["question"])["tickets"] == 0
        assert export(filled, states=["closed"])["tickets"] == 0
        assert export(filled, kinds=["complaint"], states=["open"])["tickets"] == 4

    def test_times_are_in_utc_and_in_the_shops_time_zone(self, filled: World) -> None:
        row = rows(filled, export(filled))[0]
        assert (row["opened_at"], row["opened_local"]) == ("2026-11-25T09:30:00Z", "2026-11-25 10:30:00")

    def test_a_text_too_long_for_the_table_is_exported_whole(self, world: World) -> None:
        ticket = samples.ticket()
        world.files.keep("tickets/long", ("word " * 20_000).encode(), "text/plain")
        opening = replace(ticket.opening, text="word", text_key="tickets/long")
        world.store.tickets[ticket.ref] = replace(ticket, opening=opening)
        assert len(rows(world, export(world))[1]["text"]) == 100_000

    def test_a_lost_long_text_is_exported_by_its_beginning(self, world: World) -> None:
        ticket = samples.ticket()
        opening = replace(ticket.opening, text="The beginning", text_key="tickets/gone")
        world.store.tickets[ticket.ref] = replace(ticket, opening=opening)
        assert rows(world, export(world))[1]["text"] == "The beginning"

    def test_the_last_moment_of_a_day_belongs_to_that_day(self, world: World) -> None:
        for number, second in enumerate((-1, 0)):
            at = datetime(2026, 11, 26, tzinfo=UTC) + timedelta(seconds=second)
            world.store.commit(Change(samples.ticket(f"NL-{number:05d}-00000", at)))
        assert export_tickets(world.deps, EVENT | {"from": "2026-11-26"}, FakeRun())["tickets"] == 1

    def test_an_empty_export_has_only_the_header_row(self, world: World) -> None:
        answer = export(world)
        assert (answer["finished"], answer["tickets"]) == (True, 0)
        assert content(world, answer).decode("utf-8-sig").count("\r\n") == 1
        assert content(world, export(world, format="jsonl")) == b""

    def test_formulas_are_exported_as_text(self, world: World) -> None:
        ticket = samples.ticket(subject='=HYPERLINK("https://evil.example")')
        world.store.commit(Change(ticket))
        (row, _) = rows(world, export(world))
        assert row["subject"] == "'" + ticket.subject
        assert row["subject"].removeprefix("'") == ticket.subject


class TestFormats:
    def test_json_has_a_ticket_in_each_line_with_its_messages_in_it(self, filled: World) -> None:
        lines = content(filled, export(filled, format="jsonl")).decode().splitlines()
        told = [json.loads(line) for line in lines]
        assert [len(ticket["messages"]) for ticket in told] == [3, 3, 3, 3]
        assert told[0]["subject"] == "Lamp arrived with a cracked shade"

    def test_a_spreadsheet_has_the_same_content_as_the_csv(self, filled: World) -> None:
        book = openpyxl.load_workbook(io.BytesIO(content(filled, export(filled, format="xlsx"))))
        found = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]
        told = csv.reader(io.StringIO(content(filled, export(filled)).decode("utf-8-sig"), newline=""))
        assert found == list(told)


class TestContinuing:
    @pytest.fixture(autouse=True)
    def small_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tests.support.store.files.LEAST_PART", 1)
        monkeypatch.setattr(export_growth, "PART", 700)

    @pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
    def test_a_run_out_of_time_invokes_the_function_again_until_it_is_done(self, filled: World, format: str) -> None:
        once = new_world()
        fill(once)
        whole = content(once, export(once, format=format))
        runs = 0
        while not (answer := export(filled, run := FakeRun(steps=0), format=format))["finished"]:
            assert run.asked == [EVENT | {"format": format}]
            assert "Press Test again" in answer["next"]
            runs += 1
        assert runs >= 4
        assert _same(content(filled, answer), whole)
        assert (answer["tickets"], answer["messages"]) == (4, 12)

    @pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
    def test_a_run_killed_anywhere_is_completed_by_the_next(self, format: str) -> None:
        def begin(fault: Fault, world: World, steps: int = 1_000_000) -> dict[str, Any]:
            return export_tickets(fragile(world.deps, fault), EVENT | {"format": format}, FakeRun(steps))

        reference = new_world()
        fill(reference)
        whole = content(reference, begin(Fault(), reference))
        for steps in (2, 1_000_000):
            begin(undisturbed := Fault(), _filled(), steps)
            for death in every_death(undisturbed.seen):
                world = _filled()
                with pytest.raises(Died):
                    begin(death, world, steps)
                world.clock.advance(seconds=LEASE.total_seconds() + 1)
                while not (answer := export(world, format=format))["finished"]:
                    pass
                assert _same(content(world, answer), whole)
                assert (answer["tickets"], answer["messages"]) == (4, 12)
                # If it dies between the audit event and the first part, it is begun again.
                assert 1 <= len(world.store.audited) <= 2

    def test_a_second_run_stops_while_the_first_works(self, filled: World) -> None:
        meanwhile: list[dict[str, Any]] = []
        real = filled.files.put_part

        def put_part(key: str, upload: str, number: int, content: bytes) -> str:
            meanwhile.append(export(filled))
            return real(key, upload, number, content)

        filled.files.put_part = put_part  # type: ignore[method-assign]
        assert export(filled)["finished"]
        assert meanwhile
        assert not any(answer["finished"] for answer in meanwhile)

    def test_a_slow_run_leaves_the_work_to_its_successor(self, filled: World) -> None:
        real, again = filled.files.put_part, [True]

        def put_part(key: str, upload: str, number: int, content: bytes) -> str:
            if again.pop() if again else False:
                filled.clock.advance(seconds=LEASE.total_seconds() + 1)
                assert export(filled)["finished"]
            return real(key, upload, number, content) if upload in filled.files.begun else ""

        filled.files.put_part = put_part  # type: ignore[method-assign]
        answer = export(filled)
        assert answer["finished"]
        assert len(rows(filled, answer)) == 16
        assert len(filled.store.audited) == 1

    def test_parts_that_s3_has_deleted_are_made_again(self, filled: World) -> None:
        export(filled, FakeRun(steps=2))
        filled.files.begun.clear()
        filled.clock.advance(days=2)
        answer = export(filled)
        assert answer["finished"]
        assert len(rows(filled, answer)) == 16

    def test_without_permission_to_invoke_itself_a_second_run_completes_it(self, filled: World) -> None:
        assert not export(filled, FakeRun(steps=0, invokes=False))["finished"]
        assert export(filled)["finished"]


class TestSameEventAgain:
    def test_within_the_hour_the_same_file_is_given_again(self, filled: World) -> None:
        first = export(filled)
        filled.clock.advance(minutes=59)
        again = export(filled, kinds=list(filled.shop.kinds))
        assert again["key"] == first["key"]
        assert again["url_expires_at"] == "2026-11-25T11:29:00+00:00" != first["url_expires_at"]
        assert len(filled.store.audited) == 1

    def test_after_the_hour_it_is_exported_again(self, filled: World) -> None:
        first = export(filled)
        filled.clock.advance(minutes=60)
        again = export(filled)
        assert again["key"] != first["key"]
        assert len(filled.store.audited) == 2

    def test_it_is_exported_again_if_its_file_was_deleted(self, filled: World) -> None:
        first = export(filled)
        filled.files.kept.clear()
        filled.clock.advance(minutes=1)
        again = export(filled)
        assert again["key"] != first["key"]
        assert len(rows(filled, again)) == 16
        assert len(filled.store.audited) == 2

    def test_another_event_is_another_export(self, filled: World) -> None:
        assert export(filled)["key"] != export(filled, messages=False)["key"]


class TestAuditTrail:
    def test_the_request_is_audited_before_anything_is_read(self, filled: World) -> None:
        filled.store.opened_on = None  # type: ignore[assignment]
        with pytest.raises(TypeError):
            export(filled)
        (audit_event,) = filled.store.audited.values()
        assert (audit_event.actor, audit_event.action) == ("console", "export_tickets")
        asked = "shop=northlight from=2026-11-25 to=2026-11-26 format=csv messages=true"
        assert audit_event.detail == f"begun=true {asked} request=run"

    def test_nothing_personal_is_in_a_key(self, filled: World) -> None:
        export(filled)
        assert not any("mira" in key.lower() for key in filled.files.kept)
        assert all(key.startswith("exports/") for key in filled.files.kept)


@pytest.mark.parametrize(
    ("event", "field", "sentence"),
    [
        ([], "event", "write a JSON object"),
        ({"shop": "nowhere"}, "shop", "name one of the shops"),
        ({"from": "1 November"}, "from", "2026-11-30"),
        ({"to": "2026-11-01"}, "to", "not before 2026-11-25"),
        ({"kinds": ["praise"]}, "kinds", "question, complaint"),
        ({"kinds": "complaint"}, "kinds", "write a list"),
        ({"states": ["new"]}, "states", "open, waiting"),
        ({"format": "pdf"}, "format", "csv, xlsx, jsonl"),
        ({"messages": "yes"}, "messages", "true or false without quotes"),
        ({"message": True}, "message", "the fields here are shop, from"),
    ],
)
def test_every_wrong_event_is_answered_with_what_to_type(world: World, event: Any, field: str, sentence: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        export_tickets(world.deps, EVENT | event if isinstance(event, dict) else event, FakeRun())
    assert sentence in refused.value.sentences[field]


def _filled() -> World:
    world = new_world()
    fill(world)
    return world


def _same(one: bytes, other: bytes) -> bool:
    """Where a run paused changes how a zip is packed, but not its content."""
    if not one.startswith(b"PK"):
        return one == other
    return _unpacked(one) == _unpacked(other)


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
