"""Zips that come out the same byte for byte from the same sources, with compiled modules that Lambda takes as they are.
Compiling at packaging time halves a cold start: the functions' disk is read-only, so Lambda could never keep it."""

import compileall
import py_compile
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

# Where Lambda unpacks a function: what tracebacks name.
TASK_ROOT = "/var/task"
# The earliest moment a zip can tell
EPOCH = (1980, 1, 1, 0, 0, 0)


def compile_all(folder: Path) -> None:
    """Compile every module below `folder`. Unchecked hashes: neither the source's time nor its content is looked at."""
    # A library may ship a module that no Python here can compile (templates, other versions): it stays a source.
    compileall.compile_dir(
        folder,
        quiet=2,
        force=True,
        stripdir=str(folder),
        prependdir=TASK_ROOT,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def entries(folder: Path) -> list[tuple[str, Path]]:
    """Every file below `folder` under its name in the zip, in a fixed order."""
    return sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())


def write(target: Path, files: Iterable[tuple[str, Path]], base: Path | None = None) -> None:
    """A zip of `files`, added to a copy of `base` if one is given. Times and modes of the sources leave no trace."""
    if base:
        shutil.copyfile(base, target)
    with zipfile.ZipFile(target, "a" if base else "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            archive.writestr(entry, path.read_bytes())


def sizes(archive: Path) -> tuple[int, int]:
    """Bytes zipped and unzipped."""
    with zipfile.ZipFile(archive) as opened:
        return archive.stat().st_size, sum(entry.file_size for entry in opened.infolist())
