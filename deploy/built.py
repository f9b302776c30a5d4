"""A package that was built before is used again while nothing that goes into it has changed: a stage that is deployed
twice, the code before an update, the local stack of a second folder."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from deploy import package, runtime
from deploy.package import ROOT
from deploy.runtime import Target

CACHE = ROOT / ".cache/built"
# What goes into a package, and the code and the tools that build it. The policy and what lies beside it come on top.
SOURCES = (
    "app.py", "chalicelib", "templates", "vendor", ".chalice", "resources.yaml", "requirements.txt",
    "requirements-dev.txt", "deploy",
)  # fmt: skip
_BESIDE = ("policies", "help", "catalogue")
FILES = ("template.json", "deployment.zip")
# Each takes 22 MB. A stage and the local stack take turns, each with the code before an update.
KEPT = 8


def provide(
    stage: str,
    policy: Path,
    out: Path,
    say: Callable[[str], None],
    traced: bool = False,
    target: Target | None = None,
) -> tuple[Path, Path]:
    """What `package.build` would write to `out`, from the cache if it was built before."""
    target = target or package.target_of(stage)
    kept = CACHE / _key(stage, policy, target, traced)
    if kept.exists():
        os.utime(kept)
        package.say_what_dns_must(stage, policy, say)
        say("the package is up to date: nothing that goes into it has changed since it was built")
    else:
        _build(kept, lambda folder: package.build(stage, policy, folder, say, traced, target))
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        # Whoever reads the file that is there goes on reading it.
        shutil.copyfile(kept / name, out / f"{name}.new")
        (out / f"{name}.new").replace(out / name)
    return out / FILES[0], out / FILES[1]


def _build(kept: Path, build: Callable[[Path], object]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        build(Path(scratch) / "made")
        if not kept.exists():  # another run may have built the same meanwhile
            (Path(scratch) / "made").rename(kept)
    complete = sorted(
        (path for path in CACHE.iterdir() if (path / FILES[1]).exists()), key=lambda path: path.stat().st_mtime
    )
    for old in complete[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _key(stage: str, policy: Path, target: Target, traced: bool) -> str:
    # The package holds the holidays from last year on, and documents are published from a day on.
    what = (stage, traced, date.today(), runtime.full_version(target.python), target.version, target.architecture)
    digest = hashlib.sha256(repr(what).encode())
    beside = [policy, *(policy.parent / name for name in _BESIDE)]
    for source in [*(ROOT / name for name in SOURCES), *beside]:
        for path in _files(source):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(source)}\0{content}\0".encode())
        digest.update(b"\0")
    return digest.hexdigest()[:24]


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    for folder, folders, names in os.walk(source, followlinks=True):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(folder) / name for name in sorted(names) if not name.endswith(".pyc"))
