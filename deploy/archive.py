"""Writes zips that are byte for byte the same for the same sources, with compiled modules that Lambda uses directly.
Compiling at packaging time halves a cold start: the functions' disk is read-only, so Lambda could never keep compiled
modules."""

import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

# Where Lambda unpacks a function; tracebacks show this path.
TASK_ROOT = "/var/task"
# The earliest time that a zip can store
EPOCH = (1980, 1, 1, 0, 0, 0)


def compile_all(folder: Path, python: Path) -> None:
    """Let `python` compile every module below `folder` for its version. With unchecked hashes Python compares neither
    the source's time nor its content."""
    # Some libraries ship modules that this Python can't compile (templates, other versions): they stay sources.
    command = [str(python), "-I", "-S", "-m", "compileall", "-qq", "-f", "-s", str(folder), "-p", TASK_ROOT]
    subprocess.run([*command, "--invalidation-mode", "unchecked-hash", str(folder)], check=False)


def entries(folder: Path) -> list[tuple[str, Path]]:
    """Every file below `folder` with its name in the zip, in a fixed order."""
    return sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())


def write(target: Path, files: Iterable[tuple[str, Path]], base: Path | None = None) -> None:
    """Write a zip of `files`, added to a copy of `base` if given. The sources' times and modes are not stored."""
    if base:
        shutil.copyfile(base, target)
    with zipfile.ZipFile(target, "a" if base else "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            archive.writestr(entry, path.read_bytes())


def sizes(archive: Path) -> tuple[int, int]:
    """(bytes zipped, bytes unzipped)."""
    with zipfile.ZipFile(archive) as opened:
        return archive.stat().st_size, sum(entry.file_size for entry in opened.infolist())
