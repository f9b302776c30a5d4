"""How long a cold start takes up to the handler: a new Python that imports app.py, in a process of its own.
From the package's compiled tree where `make package` made one, with nothing else to import from; else the checkout."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.figures import Figure, timed
from local.aws.emulator import CREDENTIALS
from local.processes import clean_environment

FLOOR = "importing boto3 and making a client"
ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / ".local/package/deployment.zip"
BOTO3 = "import boto3; boto3.client('dynamodb')"
APP = "import app"
CLIENT = "from chalicelib.aws.clients import client; client('dynamodb')"


def figures() -> Iterator[Figure]:
    with _tree() as (where, run):
        yield timed(f"import app, {where}", run(APP), run(BOTO3))
        yield timed(f"import app and make its client, {where}", run(f"{APP}; {CLIENT}"), run(BOTO3))


@contextmanager
def _tree() -> Iterator[tuple[str, Callable[[str], Callable[[], object]]]]:
    """What is imported from, and what makes code something to run there."""
    with tempfile.TemporaryDirectory() as scratch:
        if not PACKAGE.exists():
            # Compiled on the first run and kept apart, even where the developer's settings keep nothing compiled.
            compiled = {"PYTHONPYCACHEPREFIX": scratch, "PYTHONDONTWRITEBYTECODE": ""}
            yield "checkout", partial(_runner, [sys.executable], ROOT, compiled)
            return
        with zipfile.ZipFile(PACKAGE) as package:
            package.extractall(scratch)
        # Without `site` the virtual environment's libraries are out of reach, as they are on Lambda.
        yield "package", partial(_runner, [sys.executable, "-S"], Path(scratch), {"PYTHONPYCACHEPREFIX": ""})


def _runner(command: list[str], folder: Path, settings: dict[str, str], code: str) -> Callable[[], object]:
    environment = clean_environment(**CREDENTIALS, **settings)
    return lambda: subprocess.run([*command, "-c", code], cwd=folder, env=environment, check=True)
