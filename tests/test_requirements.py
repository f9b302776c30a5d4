"""The package lists: each package is named, pinned and has its hashes, as `make lock` writes them. No others are
used."""

import ast
import hashlib
import importlib.metadata
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from deploy import dependencies, runtime

ROOT = Path(__file__).parent.parent
CHOSEN = sorted(path.stem for path in ROOT.glob("requirements*.in"))
_ENTRY = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[0-9][\w.]*)(?: ; [\w ='\"<>.()!]+)?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n(?P<notes>(?:    #.*\n)+)"
)
_CHOICE = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)(?:\[[a-z0-9,]+\])?(?:==(?P<version>[\w.]+))?")


def entries(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Each package's version and hashes. The list contains only comments and packages with hashes."""
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    rest = _ENTRY.sub("", text)
    assert all(line.startswith("#") for line in rest.splitlines()), rest
    found = list(_ENTRY.finditer(text))
    return {one["name"]: (one["version"], frozenset(re.findall(r"[0-9a-f]{64}", one["hashes"]))) for one in found}


def chosen(name: str) -> list[tuple[str, str | None]]:
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    named = [_CHOICE.fullmatch(line) for line in lines if line and not line.startswith(("#", "-r ", "-c "))]
    assert all(named)
    return [(one["name"], one["version"]) for one in named if one]


def test_each_choice_has_a_list() -> None:
    assert sorted(path.stem for path in ROOT.glob("requirements*.txt")) == CHOSEN
    made = re.search(r"^LISTS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert made
    assert sorted(made[1].split()) == CHOSEN


@pytest.mark.parametrize("name", CHOSEN)
def test_each_package_is_pinned_with_hashes(name: str) -> None:
    listed = entries(name)
    assert listed
    for package, version in chosen(name):
        assert package in listed
        assert version in (None, listed[package][0])


def test_each_package_chosen_to_ship_is_imported() -> None:
    """Except the time zones, which Python itself reads."""
    sources = [ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported = {name.partition(".")[0] for name in named}
    packages = importlib.metadata.packages_distributions()
    used = {re.sub(r"[._-]+", "-", package).lower() for module in imported for package in packages.get(module, [])}
    assert {name for name, _ in chosen("requirements")} - used == {"tzdata"}


def test_shipped_versions_are_the_tested_ones() -> None:
    shipped = entries("requirements")
    for other in ("requirements-dev", "requirements-fuzz"):
        listed = entries(other)
        assert {name: listed[name] for name in shipped if name in listed} == {
            name: entry for name, entry in shipped.items() if name in listed
        }
    assert set(shipped) <= set(entries("requirements-dev"))


def test_nothing_else_is_vendored() -> None:
    """vendor/ contains files that ship without being in a list: only the link to our own templates."""
    assert [path.name for path in (ROOT / "vendor").iterdir()] == ["templates"]
    assert (ROOT / "vendor/templates").resolve() == ROOT / "templates"


class TestInstalling:
    """With a folder as package index. Its only package, `lamp`, is not the file that others know by that name."""

    @pytest.fixture(autouse=True)
    def index(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        wheel = tmp_path / "index/lamp-1.0-py3-none-any.whl"
        wheel.parent.mkdir()
        with zipfile.ZipFile(wheel, "w") as opened:
            opened.writestr("lamp.py", "LIT = True")
            opened.writestr("botocore/data/s3/x.json", "{}")
            about = "lamp-1.0.dist-info"
            opened.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: lamp\nVersion: 1.0\n")
            opened.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            opened.writestr(f"{about}/RECORD", "")
        for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(wheel.parent), "CONFIG_FILE": "/dev/null"}.items():
            monkeypatch.setenv(f"PIP_{name}", value)
        return hashlib.sha256(wheel.read_bytes()).hexdigest()

    def provided(self, folder: Path, line: str) -> Path:
        (folder / "list.txt").write_text(f"{line}\n", encoding="utf-8")
        return dependencies.provide(folder / "list.txt", folder / "cache", runtime.here(), lambda said: None)

    def test_accepts_the_file_with_the_hash(self, tmp_path: Path, index: str) -> None:
        made = self.provided(tmp_path, f"lamp==1.0 --hash=sha256:{index}")
        with zipfile.ZipFile(made) as opened:
            assert "lamp.py" in opened.namelist()

    @pytest.mark.parametrize("line", ["lamp==1.0 --hash=sha256:" + "0" * 64, "lamp==1.0"])
    def test_refuses_another_hash_or_none(self, tmp_path: Path, line: str) -> None:
        with pytest.raises(runtime.PackagingFailed, match=r"(?i)hash"):
            self.provided(tmp_path, line)
        assert not list((tmp_path / "cache").glob("*.zip"))


def test_environments_are_installed_by_hashes_too(tmp_path: Path) -> None:
    made = tmp_path / "made"
    pip = f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\n'
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\n[ \"$2\" = venv ] || exit 0\nmkdir -p {made}/bin\ncat > {made}/bin/python <<'EOF'\n{pip}EOF\n"
        f"chmod +x {made}/bin/python\n",
        encoding="utf-8",
    )
    python.chmod(0o755)
    command = ["sh", str(ROOT / "deploy/venv.sh"), str(made), "some-list.txt"]
    subprocess.run(command, env={"PYTHON": str(python), "PATH": "/usr/bin:/bin"}, check=True, capture_output=True)
    asked = (tmp_path / "asked").read_text(encoding="utf-8").split()
    assert asked[:3] == ["-m", "pip", "install"]
    assert "--require-hashes" in asked
    assert asked[-2:] == ["--requirement", "some-list.txt"]
