"""The embedded AWS's DynamoDB, for the store's tests over HTTP."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import ports
from local.aws import emulator


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A DynamoDB client for this session's own embedded AWS."""
    port = ports.free()
    folder = tmp_path_factory.mktemp("aws")
    (folder / "logs").mkdir()
    python = Path(os.environ.get("EMULATOR_PYTHON", ".venv-aws/bin/python"))
    address = f"http://{ports.HOST}:{port}"
    child = emulator.start(python, folder, port, address, lambda line: None, how=emulator.Start(keeps=False))
    try:
        emulator.wait(child, address)
        client = emulator.client("dynamodb", address)
        yield client
        client.close()
    finally:
        assert child.stop(emulator.STOP_SECONDS)
