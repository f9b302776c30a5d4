"""Child processes end with their parent and are stopped in order; functions' names; and when the package is built
again."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from local import processes, stack

PATIENT = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def gone(pid: int) -> bool:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return True
        time.sleep(0.02)
    return False


def start(tmp_path: Path, module: str, source: str, lines: list[str]) -> processes.Child:
    (tmp_path / f"{module}.py").write_text(source)
    environment = processes.clean_environment(PYTHONPATH=str(tmp_path))
    log = tmp_path / "child.log"
    return processes.start("child", Path(sys.executable), [module], environment, log, lines.append)


def test_a_childs_output_is_shown_and_kept(tmp_path: Path) -> None:
    lines: list[str] = []
    child = start(tmp_path, "says", "print('grüße')", lines)
    while not child.ended():
        time.sleep(0.01)
    assert child.stop(10)
    assert lines == ["grüße"]
    assert (tmp_path / "child.log").read_text(encoding="utf-8") == "grüße\n"


# Found by a search for garbage only; nothing but the end of Python searches for it.
GARBAGE = """
import gc, os
gc.disable()
class Garbage:
    def __init__(self):
        self.itself = self
    def __del__(self, write=os.write):
        write(1, b"searched")
Garbage()
print("at the end", flush=True)
"""


def test_a_child_does_not_search_its_memory_for_garbage_before_it_ends(tmp_path: Path) -> None:
    lines: list[str] = []
    child = start(tmp_path, "garbage", GARBAGE, lines)
    while not child.ended():
        time.sleep(0.01)
    assert child.stop(10)
    assert lines == ["at the end"]
    # Without the watchdog, Python searches.
    alone = subprocess.run([sys.executable, tmp_path / "garbage.py"], capture_output=True, text=True, check=True)
    assert alone.stdout == "at the end\nsearched"


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    lines: list[str] = []
    child = start(tmp_path, "patient", PATIENT, lines)
    while not lines:
        time.sleep(0.01)
    assert not child.stop(0.1)
    assert child.ended()


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("import time; time.sleep(60)")
    parent = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from local import processes
        environment = processes.clean_environment(PYTHONPATH={str(tmp_path)!r})
        child = processes.start("c", Path(sys.executable), ["waits"], environment, Path({os.devnull!r}), print)
        print(child.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    assert gone(child)


def test_a_child_has_its_packages_policy_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_FILE", "/nowhere")
    assert "POLICY_FILE" not in processes.clean_environment()
    assert processes.clean_environment(POLICY_FILE="own.toml")["POLICY_FILE"] == "own.toml"


def test_no_setting_of_the_developers_aws_account_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    environment = processes.clean_environment(AWS_REGION="eu-central-1")
    assert "AWS_PROFILE" not in environment
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert environment["AWS_CONFIG_FILE"] == os.devnull


@pytest.mark.parametrize(
    ("logical_id", "name"),
    [("APIHandler", "api_handler"), ("ListQuarantine", "list_quarantine"), ("ReceiveMail", "receive_mail")],
)
def test_functions_have_the_names_given_in_app_py(logical_id: str, name: str) -> None:
    assert stack.function_name(logical_id) == name
