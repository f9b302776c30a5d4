"""The help centres of tests as packaging writes them: of the shops of tests, and of those that ship."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from chalicelib.rules.policy import reading
from deploy.help import packing
from tests.support import shipped, shops


@cache
def built() -> Path:
    """The help of the shops of tests."""
    return _packed(shops.HELP, shops.FILE)


@cache
def as_it_ships() -> Path:
    """The help that ships."""
    return _packed(shipped.HELP, shipped.FILE)


def _packed(sources: Path, policy: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="help-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    packing.pack(sources, folder, reading.read(policy.read_text(encoding="utf-8")))
    return folder
