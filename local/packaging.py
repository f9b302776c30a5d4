"""The package for the run: made again only when something that goes into it has changed since."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy import package

STAGE = "local"
# What the package is made of, and what makes it.
SOURCES = ("app.py", "chalicelib", "templates", "vendor", ".chalice", "resources.yaml", "requirements.txt", "deploy")


def provide(folder: Path, project: Path, policy: Path, say: Callable[[str], None]) -> tuple[Path, Path]:
    """The template and the zip in this folder, up to date with the project, with this policy."""
    template, code = folder / "template.json", folder / "deployment.zip"
    if template.exists() and code.exists() and _written(template, code) > newest(project) and _holds(code, policy):
        say("the package is up to date")
        return template, code
    return package.build(STAGE, policy, folder, say)


def newest(project: Path) -> float:
    """When anything of the package's sources was last written, added or removed (a folder's own time tells)."""
    return max(path.stat().st_mtime for name in SOURCES for path in _all(project / name))


def _written(*files: Path) -> float:
    return min(file.stat().st_mtime for file in files)


def _holds(code: Path, policy: Path) -> bool:
    with zipfile.ZipFile(code) as archive:
        return archive.read("templates/policy.toml") == policy.read_bytes()


def _all(path: Path) -> Iterator[Path]:
    if path.name == "__pycache__":
        return
    yield path
    if path.is_dir():
        for inner in path.iterdir():
            yield from _all(inner)
