"""`python -m local clock`: forward by a period, to a moment, back to the real time; and its answer to other input."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.aws import clients
from chalicelib.aws.clock import KEY, clock
from local import clock as moving
from local import state
from local.aws import emulator
from tests.support.store import tables

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("move", "before", "after"),
    [
        ("+30m", 0, 30 * 60),
        ("+4h", 30 * 60, 30 * 60 + 4 * 60 * 60),
        ("+3d", -DAY, 2 * DAY),
        ("+0m", 17, 17),
        ("reset", 3 * DAY, 0),
        ("2026-11-24T09:00Z", 0, DAY),
        ("2026-11-24T09:00Z", 40 * DAY, DAY),
        ("2026-11-24T10:00+01:00", 0, DAY),
        ("2026-11-22T09:00:00+00:00", 0, -DAY),
    ],
)
def test_the_offset_of_the_clock_after_a_move(move: str, before: int, after: int) -> None:
    assert moving.offset(move, before, NOW) == after


def test_the_clock_is_never_before_the_requested_moment() -> None:
    now = NOW + timedelta(milliseconds=300)
    seconds = moving.offset("2026-11-24T09:00Z", 0, now)
    assert now + timedelta(seconds=seconds) >= datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("move", ["3d", "+3w", "-1d", "+", "tomorrow", "+3d +4h", "+123456d", "2027-13-01T09:12Z"])
def test_an_invalid_move_is_answered_with_a_sentence(move: str) -> None:
    with pytest.raises(ValueError, match="is no move: write"):
        moving.offset(move, 0, NOW)


@pytest.mark.parametrize("move", ["2027-03-01T09:12", "2027-03-01"])
def test_a_moment_needs_its_utc_offset(move: str) -> None:
    with pytest.raises(ValueError, match="with its offset"):
        moving.offset(move, 0, NOW)


def test_it_moves_the_clock_that_the_stack_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tables.in_process():
        client = clients.client("dynamodb")
        tables.create(client, "tickets")
        _running(tmp_path, monkeypatch, client)
        shown = moving.moved("2027-03-15T09:12+01:00", tmp_path)
        assert timedelta(0) <= shown - datetime(2027, 3, 15, 8, 12, tzinfo=UTC) < timedelta(seconds=30)
        goes_by = clock(client, "tickets", "local")
        assert timedelta(0) <= goes_by() - shown < timedelta(seconds=30)
        assert moving.moved("+4h", tmp_path) - shown >= timedelta(hours=4)
        assert moving.moved("", tmp_path) - shown >= timedelta(hours=4)
        moving.moved("reset", tmp_path)
        assert client.get_item(TableName="tickets", Key=KEY)["Item"]["offset_seconds"] == {"N": "0"}


def test_the_command_prints_the_time_and_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moving.main("", tmp_path) == 1
    assert "Nothing is running" in capsys.readouterr().err
    with tables.in_process():
        client = clients.client("dynamodb")
        tables.create(client, "tickets")
        _running(tmp_path, monkeypatch, client)
        assert moving.main("2027-03-15T09:12Z", tmp_path) == 0
        assert capsys.readouterr().out.startswith("Monday 2027-03-15 09:1")
        assert moving.main("soon", tmp_path) == 1
        assert "'soon' is no move" in capsys.readouterr().err


def _running(data: Path, monkeypatch: pytest.MonkeyPatch, client: object) -> None:
    """Make it find a running stack on this DATA, with the client's table."""
    stack = state.Stack(1, 1, "http://127.0.0.1:1", "", "", {}, {}, {"Table": "tickets"}, {})
    monkeypatch.setattr(state, "running", lambda wanted: stack if wanted == data else None)
    monkeypatch.setattr(emulator, "client", lambda service, address: client)
