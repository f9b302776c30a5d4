"""Which interpreter compiles for Lambda."""

import os
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from deploy import runtime

Make = Callable[..., Path]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any other Python, whose own is not Lambda's."""
    monkeypatch.delenv(runtime.SETTING, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A program that says it is this Python."""

    def made(place: str, said: str = f"cpython {runtime.PYTHON[0]} {runtime.PYTHON[1]}") -> Path:
        program = tmp_path / place / runtime.RUNTIME
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho {said}\n")
        program.chmod(0o755)
        return program

    return made


@pytest.mark.parametrize("place", ["bin", "pyenv/versions/3.13.9/bin", ".local/share/uv/python/cpython-3.13.9-x/bin"])
def test_it_is_found(make: Make, place: str) -> None:
    there = make(place)
    assert runtime.interpreter() == there


def test_this_python_does_where_it_is_lambdas(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make("bin")
    own = make("own")
    monkeypatch.setattr(sys, "executable", str(own))
    assert runtime.interpreter() == own


def test_one_of_another_version_is_passed_over(make: Make) -> None:
    """pyenv's programs on PATH are of whatever version the folder asks for."""
    make("bin", "cpython 3 11")
    right = make("pyenv/versions/3.13.9/bin")
    assert runtime.interpreter() == right


def test_the_named_one_is_taken_or_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make("bin")
    monkeypatch.setenv(runtime.SETTING, str(make("named")))
    assert runtime.interpreter().parent.name == "named"
    for other in (str(make("pypy", "pypy 3 13")), os.devnull, "/no/such/file"):
        monkeypatch.setenv(runtime.SETTING, other)
        with pytest.raises(runtime.PackagingFailed, match=other):
            runtime.interpreter()


def test_without_one_the_message_says_what_to_do() -> None:
    with pytest.raises(runtime.PackagingFailed, match=rf"none was found.* {runtime.SETTING}="):
        runtime.on_lambda()


def test_wheels_are_never_for_a_newer_system_than_lambdas(make: Make) -> None:
    make("bin")
    for architecture, machine in runtime.WHEELS.items():
        options = runtime.on_lambda(architecture).wheels()
        platforms = [value for name, value in pairwise(options) if name == "--platform"]
        assert platforms[0] == f"manylinux_2_{runtime.GLIBC_MINOR}_{machine}"
        assert platforms[-1] == f"manylinux2014_{machine}"
        assert options[:4] == ["--implementation", "cp", "--python-version", "3.13"]


def test_on_this_python_pip_chooses() -> None:
    assert runtime.here().wheels() == []
    assert runtime.here().properties() == {}
