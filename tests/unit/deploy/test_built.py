"""What was built before is used again, and only while nothing that goes into it has changed."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import built, package
from deploy.runtime import PackagingFailed, Target
from tests.support import shops

TARGET = Target(Path(sys.executable), sys.version_info[:2])
Provide = Callable[..., str]


@pytest.fixture
def made() -> list[str]:
    """What was built, in order."""
    return []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]) -> Path:
    """A project of one file in each place, whose package says which build it is of."""
    root = tmp_path / "project"
    for name in built.SOURCES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if "." in name.lstrip("."):
            (root / name).write_text("1")
        else:
            (root / name).mkdir()
            (root / name / "one.py").write_text("1")
    (root / "shop/help").mkdir(parents=True)
    shutil.copyfile(shops.FILE, root / "shop/policy.toml")

    def build(stage: str, policy: Path, out: Path, *_: object) -> None:
        made.append(f"{stage} {len(made)}")
        out.mkdir()
        for name in built.FILES:
            (out / name).write_text(made[-1])

    monkeypatch.setattr(package, "build", build)
    monkeypatch.setattr(built, "ROOT", root)
    monkeypatch.setattr(built, "CACHE", root / ".cache")
    return root


def provide(project: Path, out: str = "out", stage: str = "local", traced: bool = False) -> str:
    """What the package holds that is provided."""
    files = built.provide(stage, project / "shop/policy.toml", project / out, lambda _: None, traced, TARGET)
    one, other = (path.read_text() for path in files)
    assert one == other
    return one


def test_nothing_changed(project: Path, made: list[str]) -> None:
    assert {provide(project), provide(project), provide(project, "elsewhere")} == {"local 0"}
    (project / "chalicelib/__pycache__").mkdir()
    (project / "chalicelib/__pycache__/one.pyc").write_text("2")
    assert provide(project) == "local 0"
    assert len(made) == 1


CHANGES: list[Callable[[Path], object]] = [
    lambda project: (project / "chalicelib/one.py").write_text("2"),
    lambda project: (project / "chalicelib/one.py").unlink(),
    lambda project: (project / "chalicelib/one.py").rename(project / "chalicelib/two.py"),
    lambda project: (project / "app.py").write_text("2"),
    lambda project: (project / "requirements-dev.txt").write_text("2"),
    lambda project: (project / "shop/policy.toml").write_text("2"),
    lambda project: (project / "shop/help/article.md").write_text("2"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_goes_into_it_changed(project: Path, change: Callable[[Path], object]) -> None:
    assert provide(project) == "local 0"
    change(project)
    assert provide(project) == "local 1"


def test_back_to_what_it_was(project: Path) -> None:
    provide(project)
    (project / "app.py").write_text("2")
    assert provide(project) == "local 1"
    (project / "app.py").write_text("1")
    assert provide(project) == "local 0"


def test_each_kind_of_package_is_its_own(project: Path) -> None:
    assert [provide(project), provide(project, stage="prod"), provide(project, stage="prod", traced=True)] == [
        "local 0",
        "prod 1",
        "prod 2",
    ]


def test_what_dns_must_have_is_said_each_time(project: Path) -> None:
    for _ in range(2):
        said: list[str] = []
        built.provide("prod", project / "shop/policy.toml", project / "out", said.append, False, TARGET)
    assert any("DMARC" in line for line in said)


def test_the_oldest_are_forgotten(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "KEPT", 2)
    for number in range(5):
        (project / "app.py").write_text(str(number))
        provide(project)
    assert len(list((project / ".cache").iterdir())) == 2
    assert provide(project) == "local 4"


def test_a_build_that_failed_leaves_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise PackagingFailed("no")

    working = package.build
    monkeypatch.setattr(package, "build", fails)
    with pytest.raises(PackagingFailed):
        provide(project)
    monkeypatch.setattr(package, "build", working)
    assert provide(project) == "local 0"
