"""The Python that runs the functions on Lambda, stated once, and the interpreter here that compiles for it.
A package is for one minor version of Python: its compiled modules and some of its libraries work with no other."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Supported by AWS until 2029-06-30; a test fails a year before (tests/deploy/test_runtime.py, decision 186).
PYTHON = (3, 13)
RUNTIME = f"python{PYTHON[0]}.{PYTHON[1]}"
# Lambda's names of the processors, and those of wheels
WHEELS = {"arm64": "aarch64", "x86_64": "x86_64"}
ARCHITECTURE = "arm64"
# glibc's minor version in Amazon Linux 2023, on which this runtime stands
GLIBC_MINOR = 34
# Names the interpreter that compiles, where it is not found by itself
SETTING = "LAMBDA_PYTHON"

_ASKED = "import sys; print(sys.implementation.name, *sys.version_info[:2])"


class PackagingFailed(Exception):
    """The package cannot be built; the message tells the person who called make why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a package is for. `version`: of Python; `python`: an interpreter of that version on this machine, which
    compiles; `architecture`: Lambda's name of the processor, or None where the package is only tried out, here."""

    python: Path
    version: tuple[int, int]
    architecture: str | None = None

    def wheels(self) -> list[str]:
        """pip's options for this target's libraries; without any, pip takes those for the Python it runs in."""
        if not self.architecture and self.version == sys.version_info[:2]:
            return []
        options = ["--implementation", "cp", "--python-version", ".".join(map(str, self.version))]
        if not self.architecture:
            return options
        machine = WHEELS[self.architecture]
        tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC_MINOR, 16, -1)]
        return options + [option for tag in (*tags, f"manylinux2014_{machine}") for option in ("--platform", tag)]

    def properties(self) -> dict[str, object]:
        """What each function of the template says of it; nothing where it is only tried out."""
        return {"Runtime": RUNTIME, "Architectures": [self.architecture]} if self.architecture else {}


def here() -> Target:
    """This Python on this machine: what `make run` and tests use."""
    return Target(Path(sys.executable), sys.version_info[:2])


def on_lambda(architecture: str = ARCHITECTURE) -> Target:
    """Lambda's Python. Raises PackagingFailed if no interpreter of its version is here."""
    return Target(interpreter(), PYTHON, architecture)


def this_machine() -> str | None:
    """Lambda's name of this machine's processor, where Lambda's libraries run on this machine too."""
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return None
    return next((name for name, wheels in WHEELS.items() if wheels == platform.machine()), None)


def interpreter() -> Path:
    """A Python of Lambda's version on this machine. Raises PackagingFailed if there is none."""
    if named := os.environ.get(SETTING):
        if _is_lambdas(named):
            return Path(named)
        raise PackagingFailed(f"{SETTING}={named} is not CPython {_written()}, which Lambda runs.")
    found = next(filter(_is_lambdas, _candidates()), None)
    if found:
        return Path(found)
    raise PackagingFailed(
        f"The package is for Lambda's {RUNTIME}, and only Python {_written()} can compile for it; none was found. "
        f"Install it beside yours (such as: apt-get install {RUNTIME}; brew install python@{_written()}; "
        f"pyenv install {_written()}; uv python install {_written()}), or name it: "
        f"make package {SETTING}=/path/to/{RUNTIME}"
    )


def full_version(python: Path) -> str:
    """All that `python` says of its version, down to its build."""
    asked = [str(python), "-I", "-S", "-c", "import sys; print(sys.version)"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def _candidates() -> Iterator[str]:
    yield sys.executable
    if on_path := shutil.which(RUNTIME):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    uv = Path("~/.local/share/uv/python").expanduser()
    for folder, names in ((pyenv, f"{_written()}.*"), (uv, f"cpython-{_written()}.*")):
        yield from sorted(str(path) for path in folder.glob(f"{names}/bin/{RUNTIME}"))


def _is_lambdas(python: str) -> bool:
    try:
        asked = subprocess.run([python, "-I", "-S", "-c", _ASKED], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return asked.stdout.split() == ["cpython", *map(str, PYTHON)]


def _written() -> str:
    return ".".join(map(str, PYTHON))
