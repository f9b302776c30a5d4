"""The embedded AWS: starting ministack so that it keeps its state in DATA, and clients for it.
It runs with the Python of its own virtual environment, because it pins a botocore of its own."""

import json
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local import ports, processes

REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
START_SECONDS = 180
# Long enough to write out a large table; it is killed only after that.
STOP_SECONDS = 60


class NotStarted(Exception):
    """The embedded AWS did not come up."""


def start(
    python: Path, data: Path, port: int, ses_url: str, show: Callable[[str], None], *, iam: bool = False
) -> processes.Child:
    """Starts the embedded AWS on this port, without waiting for it. The functions it runs reach SES at `ses_url`; with
    `iam` they have the rights of their roles and no others."""
    if not python.exists():
        raise NotStarted(f"There is no {python}. `make setup` installs the embedded AWS.")
    folders = {name: data / "aws" / name for name in ("state", "s3", "tmp")}
    _clear(folders["tmp"])
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    _rewind_streams(folders["state"])
    environment = processes.clean_environment(
        GATEWAY_PORT=str(port),
        BIND_HOST=ports.HOST,
        MINISTACK_HOST=ports.HOST,
        MINISTACK_REGION=REGION,
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        PERSIST_STATE="1",
        S3_PERSIST="1",
        AUTH="true" if iam else "false",
        STATE_DIR=str(folders["state"]),
        S3_DATA_DIR=str(folders["s3"]),
        TMPDIR=str(folders["tmp"]),
        # Inherited by the functions, whose other services are the emulator's own address.
        AWS_ENDPOINT_URL_SES=ses_url,
    )
    return processes.start("aws", python, ["ministack"], environment, data / "logs" / "aws.log", show)


def wait(child: processes.Child, address: str) -> None:
    """Waits until it answers. Raises NotStarted when it ends or stays silent."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and not child.ended():
        try:
            with urllib.request.urlopen(f"{address}/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise NotStarted("The embedded AWS did not start; its last words are in DATA/logs/aws.log.")


def _clear(folder: Path) -> None:
    """Removes what the run before left: the functions' code, unpacked once for each worker, hundreds of megabytes.
    Meanwhile the run goes on."""
    doomed = folder.with_name(f"old-{time.time_ns()}")
    with suppress(FileNotFoundError):
        folder.rename(doomed)
    for old in folder.parent.glob("old-*"):
        threading.Thread(target=shutil.rmtree, args=(old, True), daemon=True).start()


def _rewind_streams(saved: Path) -> None:
    """Lets the functions that read a table's stream start at its beginning. The emulator keeps the place they had
    reached between runs, but not the stream: they would wait until it is as long again as it was."""
    file = saved / "lambda.json"
    if not file.exists():
        return
    content = json.loads(file.read_text(encoding="utf-8"))
    places = content["payload"]["dynamodb_stream_positions"].get("data", {})
    places.update(dict.fromkeys(places, 0))
    file.write_text(json.dumps(content), encoding="utf-8")


def client(service: str, address: str, **settings: Any) -> Any:
    """A boto3 client of the embedded AWS, whatever the developer's own AWS settings are."""
    by_name: Callable[..., Any] = boto3.client
    return by_name(
        service,
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=2, max_pool_connections=32, s3={"addressing_style": "path"}, **settings),
    )
