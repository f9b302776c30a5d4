"""A bench fails above a stated bound."""

import json
import sys
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.figures import Figure, medians


@pytest.mark.parametrize(
    ("figure", "above"),
    [
        (Figure("x", 14, 10, "ms", 1.4), False),
        (Figure("x", 15, 10, "ms", 1.4), True),
        (Figure("x", 15, 0, "ms", 1.4), True),
    ],
)
def test_above_its_bound_the_exit_status_says_so(
    figure: Figure, above: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "SUBJECTS", {"one": ("nothing", lambda: [figure])})
    monkeypatch.setattr(bench, "OUT", tmp_path / "bench.json")
    monkeypatch.setattr(sys, "argv", ["bench"])
    assert bench.main() == above
    assert ("above its bound: x" in capsys.readouterr().out) == above
    (written,) = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["subjects"]["one"]
    assert (written["bound"], written["above_bound"]) == (figure.bound, above)


def test_the_first_round_does_not_count_and_all_take_turns() -> None:
    asked = list[str]()
    values = iter([9.0, 9.0, 1.0, 4.0, 3.0, 5.0, 2.0, 6.0])

    def run(name: str) -> float:
        asked.append(name)
        return next(values)

    assert medians([lambda: run("a"), lambda: run("b")], 3) == [2.0, 5.0]
    assert asked == ["a", "b"] * 4
