"""A run says plainly what stops it from starting, and its state file says where it is running."""

import fcntl
from pathlib import Path

import pytest

from local import invoke, ports, run, state
from tests.support import shops

STACK = state.Stack(
    pid=1, emulator_pid=2, endpoint="http://127.0.0.1:4566", url="http://127.0.0.1:8000",
    mailbox="http://127.0.0.1:8025", ports={"http": 8000, "smtp": 2525, "mail": 8025, "aws": 4566},
    outputs={}, resources={"Table": "table-1"}, functions={"list_quarantine": "stack-ListQuarantine-1"},
)  # fmt: skip


def test_a_taken_port_is_reported_with_the_setting_to_change() -> None:
    with ports.take(0, "PORT") as holder, pytest.raises(ports.PortTaken) as caught:
        ports.take(ports.number(holder), "SMTP_PORT")
    assert str(caught.value) == f"Port {caught.value.args[0].split()[1]} is taken; choose another with SMTP_PORT=…"


def test_an_impossible_port_counts_as_taken() -> None:
    with pytest.raises(ports.PortTaken, match="Port 70000 is taken"):
        ports.take(70000, "PORT")


def test_the_preferred_port_is_used_if_it_is_free() -> None:
    first = ports.free()
    assert ports.free(first) == first
    with ports.take(first, "PORT"):
        assert ports.free(first) != first


def test_a_run_with_a_taken_port_ends_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_on_signals", lambda _handler: None)
    data = tmp_path / "data"
    with ports.take(0, "PORT") as holder:
        taken = ports.number(holder)
        status = run.main(run.Options(data, 0, taken, 0, "on", False, tmp_path / "python", shops.FILE))
    assert status == 1
    assert capsys.readouterr().err == f"Port {taken} is taken; choose another with SMTP_PORT=…\n"
    assert not data.exists()


def test_two_runs_on_the_same_data_are_refused(tmp_path: Path) -> None:
    refused = pytest.raises(state.InUse, match=r"in use by another run \(process \d+\).*DATA=…")
    with state.lock(tmp_path), refused, state.lock(tmp_path):
        pass
    with state.lock(tmp_path):
        pass


def test_the_state_file_says_where_the_stack_is_while_it_runs(tmp_path: Path) -> None:
    with state.lock(tmp_path):
        state.write(tmp_path, STACK)
        with (tmp_path / state.LOCK_FILE).open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert state.running(tmp_path) == STACK
    assert state.last(tmp_path) == STACK
    with pytest.raises(state.NotRunning, match="Nothing is running on"):
        state.running(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"unknown": 1}'])
def test_a_state_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / state.STACK_FILE).write_text(content)
    assert state.last(tmp_path) is None


def test_invoke_says_that_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke.main("list_quarantine", "{}", tmp_path) == 1
    assert capsys.readouterr().err.startswith("Nothing is running on")


def test_invoke_lists_the_existing_functions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with state.lock(tmp_path):
        state.write(tmp_path, STACK)
        assert invoke.main("list_quarantin", "{}", tmp_path) == 1
    assert capsys.readouterr().err == "There is no function 'list_quarantin'. There are: list_quarantine.\n"


def test_invoke_refuses_text_that_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke.main("list_quarantine", "{shop: 1}", tmp_path) == 1
    assert capsys.readouterr().err.startswith("The event is not JSON")
