"""The package for the run; built again only if one of its sources has changed."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy import package
from deploy.runtime import Target

STAGE = "local"
# The package's sources, and the code that builds it.
SOURCES = ("app.py", "chalicelib", "templates", "vendor", ".chalice", "resources.yaml", "requirements.txt", "deploy")


def provide(
    folder: Path, project: Path, policy: Path, say: Callable[[str], None], target: Target | None = None
) -> tuple[Path, Path]:
    """The paths of the template and the zip in this folder, up to date with the project and this policy. `target`: the
    same for one folder at all times; by default this Python."""
    template, code = folder / "template.json", folder / "deployment.zip"
    changed = max(newest(project), *(path.stat().st_mtime for path in _documents(policy)))
    if template.exists() and code.exists() and _written(template, code) > changed and _holds(code, policy):
        say("the package is up to date")
        return template, code
    return package.build(STAGE, policy, folder, say, target=target)


def newest(project: Path) -> float:
    """The time of the last change to the package's sources, including added and removed files (a folder's own time
    shows these)."""
    return max(path.stat().st_mtime for name in SOURCES for path in _all(project / name))


def _documents(policy: Path) -> Iterator[Path]:
    """The policy, and its documents and help, which are beside it."""
    yield policy
    for folder in (policy.parent / "policies", policy.parent / "help"):
        yield from _all(folder) if folder.exists() else ()


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
