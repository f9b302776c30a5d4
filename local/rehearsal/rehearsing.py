"""`make rehearse`: types every command of docs/deploying.md, in a copy of the project, with stand-ins for AWS and DNS.

A person would publish the DNS records that `make go-live` prints; so does the rehearsal. It reaches the API by the
address that the embedded AWS gives it, because its public one exists on AWS only.
"""

import re
import shutil
import tempfile
import time
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import boto3

from deploy.cloud import stacks, stage
from local import console
from local.aws import emulator
from local.rehearsal import beside, cloud, guide, shell

_ROOT = Path(__file__).resolve().parent.parent.parent
# What `make setup` has made is used, not made again.
_SHARED = (".venv", ".venv-aws", ".cache")
_LEFT_OUT = shutil.ignore_patterns(".git", ".local*", "__pycache__", "*.pyc", ".*_cache", ".hypothesis", *_SHARED)
_STAGE = re.compile(r"\bSTAGE=(\S+)")
_INHERITED = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "STAGE")


@dataclass(frozen=True, slots=True)
class Typed:
    """A step of the guide, and what its commands printed."""

    step: guide.Step
    printed: str


def main(book: Path, python: Path) -> int:
    """Rehearse the guide; 0 if every command did what it should."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch:
        try:
            done = rehearse(book, python, Path(scratch))
        except (shell.Failed, emulator.NotStarted, guide.Unreadable) as failed:
            console.line(f"\n{failed}")
            return 1
    console.line(f"\nrehearsed {len(done)} steps of {book} in {time.monotonic() - began:.0f} s")
    return 0


def rehearse(book: Path, python: Path, scratch: Path) -> list[Typed]:
    """Type the guide's commands, and those beside them. Raises shell.Failed at the first that does not end well."""
    project = _copied(scratch / "project")
    with ExitStack() as after:
        around = cloud.start(scratch / "data", python, after)
        done = []
        for step in beside.among(guide.steps(book)):
            console.line(f"\n## {step.heading}\n" + "\n".join(f"$ {line}" for line in step.commands.splitlines()))
            printed = shell.typed(step.commands, project, _environment(around, step, project), console.line)
            done.append(Typed(step, printed))
            if published := around.publish(printed):
                console.line(f"(the rehearsal publishes {published} DNS records)")
    return done


def _copied(project: Path) -> Path:
    shutil.copytree(_ROOT, project, ignore=_LEFT_OUT, symlinks=True)
    for name in _SHARED:
        if (_ROOT / name).exists():
            (project / name).symlink_to((_ROOT / name).resolve())
    return project


def _environment(around: cloud.Cloud, step: guide.Step, project: Path) -> dict[str, str]:
    clean = {name: value for name, value in around.environment().items() if name not in _INHERITED}
    named = _STAGE.search(step.commands)
    return clean | ({"SMOKE_URL": _reached(around, named[1], project)} if named else {})


def _reached(around: cloud.Cloud, name: str, project: Path) -> str:
    """Where the embedded AWS serves the stage's API; empty if there is none yet."""
    file = project / stage.FOLDER / f"{name}.toml"
    if not file.exists():
        return ""
    region = tomllib.loads(file.read_text(encoding="utf-8"))["region"]
    # The embedded AWS takes any credentials.
    client = boto3.client(
        "cloudformation", region, endpoint_url=around.address, aws_access_key_id="test", aws_secret_access_key="test"
    )
    api = stacks.outputs(stacks.find(client, f"aftercare-{name}") or {}).get("RestAPIId", "")
    return f"{around.address}/restapis/{api}/api/_user_request_" if api else ""
