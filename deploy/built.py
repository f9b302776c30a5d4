"""A package that was built before is used again while nothing that goes into it has changed: a stage that is deployed
twice, the code before an update, the local stack of a second folder."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from deploy import package, runtime
from deploy.package import ROOT, Wanted

CACHE = ROOT / ".cache/built"
# What goes into a package (vendor links to the templates), and the code and the tools that build it. The policy and
# what lies beside it come on top.
SOURCES = (
    "app.py", "chalicelib", "vendor", ".chalice", "resources.yaml", "requirements.txt",
    "requirements-dev.txt", "deploy",
)  # fmt: skip
_BESIDE = ("policies", "help", "catalogue")
FILES = ("template.json", "deployment.zip")
# Each takes 22 MB. A stage and the local stack take turns, each with the code before an update.
KEPT = 8


def provide(wanted: Wanted, out: Path, say: Callable[[str], None]) -> tuple[Path, Path]:
    """What `package.build` would write to `out`, from the cache if it was built before. Who asks for a package while
    another process builds it waits for that."""
    key = _key(wanted)
    with _alone(key):
        if (CACHE / key).exists():
            os.utime(CACHE / key)
            _copied(CACHE / key, out)
            package.say_what_dns_must(wanted, say)
            say("the package is up to date: nothing that goes into it has changed since it was built")
        else:
            package.build(wanted, out, say)
            if _key(wanted) == key:  # somebody may have changed a source meanwhile
                _keep(out, key)
    return out / FILES[0], out / FILES[1]


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """No other process is here with this key. Keys share sixteen locks, so that the files of locks do not add up."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"lock-{key[0]}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed, also by the end of the process
        yield


def _keep(built: Path, key: str) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        _copied(built, Path(scratch) / "made")
        (Path(scratch) / "made").rename(CACHE / key)
    complete = (path for path in CACHE.iterdir() if (path / FILES[1]).exists())
    for old in sorted(complete, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _copied(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        # Whoever reads the file that is there goes on reading it.
        shutil.copyfile(source / name, target / f"{name}.new")
        (target / f"{name}.new").replace(target / name)


def _key(wanted: Wanted) -> str:
    policy, target = wanted.policy, wanted.target
    # The package holds the holidays from last year on, and documents are published from a day on.
    version = (runtime.full_version(target.python), target.version, target.architecture)
    what = (wanted.stage, wanted.traced, date.today(), version)
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
