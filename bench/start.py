"""The time of a cold start up to the handler: a new Python process imports app.py. From the package's compiled tree if
`make package` made one, with nothing else to import from; otherwise from the checkout."""

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
    """The name of what is imported from, and a function that makes code runnable there."""
    with tempfile.TemporaryDirectory() as scratch:
        if not PACKAGE.exists():
            # Compiled on the first run and stored separately, even if the developer's settings forbid compiled files.
            compiled = {"PYTHONPYCACHEPREFIX": scratch, "PYTHONDONTWRITEBYTECODE": ""}
            yield "checkout", partial(_runner, [sys.executable], ROOT, compiled)
            return
        with zipfile.ZipFile(PACKAGE) as package:
            package.extractall(scratch)
        # Without `site`, the virtual environment's libraries cannot be imported, as on Lambda.
        yield "package", partial(_runner, [sys.executable, "-S"], Path(scratch), {"PYTHONPYCACHEPREFIX": ""})


def _runner(command: list[str], folder: Path, settings: dict[str, str], code: str) -> Callable[[], object]:
    environment = clean_environment(**CREDENTIALS, **settings)
    return lambda: subprocess.run([*command, "-c", code], cwd=folder, env=environment, check=True)
