"""What was built before is used again, and only while nothing that goes into it has changed."""

import fcntl
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest

from deploy import built, package
from deploy.package import Wanted
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

    def build(wanted: Wanted, out: Path, _: object) -> None:
        made.append(f"{wanted.stage} {len(made)}")
        out.mkdir(exist_ok=True)
        for name in built.FILES:
            (out / name).write_text(made[-1])

    monkeypatch.setattr(package, "build", build)
    monkeypatch.setattr(built, "ROOT", root)
    monkeypatch.setattr(built, "CACHE", root / ".cache")
    return root


def wanted(project: Path, stage: str, traced: bool = False) -> Wanted:
    return Wanted(stage, project / "shop/policy.toml", traced, TARGET)


def provide(project: Path, out: str = "out", stage: str = "local", traced: bool = False) -> str:
    """What the package holds that is provided."""
    files = built.provide(wanted(project, stage, traced), project / out, lambda _: None)
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
        built.provide(wanted(project, "prod"), project / "out", said.append)
    assert any("DMARC" in line for line in said)


def test_the_oldest_are_forgotten(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "KEPT", 2)
    for number in range(5):
        (project / "app.py").write_text(str(number))
        provide(project)
    assert len(list((project / ".cache").glob("*/deployment.zip"))) == 2
    assert provide(project) == "local 4"


def test_two_at_once_build_once(project: Path, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    working, lock, asked = package.build, fcntl.flock, Semaphore(0)

    def locked(*held: Any) -> None:
        asked.release()
        lock(*held)

    def build(wanted: Wanted, out: Path, say: Callable[[str], None]) -> None:
        asked.acquire()
        second.append(pool.submit(provide, project, "elsewhere"))
        assert asked.acquire(timeout=60), "the second does not wait for the first"
        working(wanted, out, say)

    second: list[Future[str]] = []
    monkeypatch.setattr(fcntl, "flock", locked)
    monkeypatch.setattr(package, "build", build)
    with ThreadPoolExecutor() as pool:
        assert provide(project) == "local 0"
        assert second[0].result() == "local 0"
    assert len(made) == 1


def test_a_build_that_failed_leaves_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise PackagingFailed("no")

    working = package.build
    monkeypatch.setattr(package, "build", fails)
    with pytest.raises(PackagingFailed):
        provide(project)
    monkeypatch.setattr(package, "build", working)
    assert provide(project) == "local 0"


def test_what_was_built_while_a_source_changed_is_not_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    working = package.build

    def disturbed(wanted: Wanted, out: Path, say: Callable[[str], None]) -> None:
        (project / "app.py").write_text("2")
        working(wanted, out, say)

    monkeypatch.setattr(package, "build", disturbed)
    assert provide(project) == "local 0"
    monkeypatch.setattr(package, "build", working)
    (project / "app.py").write_text("1")
    assert provide(project) == "local 1"
