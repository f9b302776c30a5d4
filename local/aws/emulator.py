"""The embedded AWS: starts ministack with its state in DATA, and makes clients for it.
It runs with the Python of its own virtual environment, because it pins another botocore."""

import json
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local import ports, processes

REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
START_SECONDS = 180
# Long enough to save a large table; the emulator is killed only after this time.
STOP_SECONDS = 60


class NotStarted(Exception):
    """The embedded AWS did not start."""


@dataclass(frozen=True, slots=True)
class Start:
    """How it is started: by which module, with which further environment variables, with `iam` so that functions have
    only the rights of their roles, and with `keeps` so that it saves its state at its end, for the next start. Saving
    takes about half a second for a thousand items."""

    module: str = "ministack"
    environment: Mapping[str, str] = field(default_factory=dict)
    iam: bool = False
    keeps: bool = True


USUAL = Start()


def start(
    python: Path,
    data: Path,
    port: int,
    ses_url: str,
    show: Callable[[str], None],
    *,
    how: Start = USUAL,
) -> processes.Child:
    """Start the embedded AWS on this port, without waiting for it. Its functions reach SES at `ses_url`."""
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
        PERSIST_STATE="1" if how.keeps else "0",
        S3_PERSIST="1" if how.keeps else "0",
        AUTH="true" if how.iam else "false",
        STATE_DIR=str(folders["state"]),
        S3_DATA_DIR=str(folders["s3"]),
        TMPDIR=str(folders["tmp"]),
        # The functions inherit this; they reach all other services at the emulator's address.
        AWS_ENDPOINT_URL_SES=ses_url,
        AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=ses_url,
        **how.environment,
    )
    return processes.start("aws", python, [how.module], environment, data / "logs" / "aws.log", show)


def wait(child: processes.Child, address: str) -> None:
    """Wait until it answers. Raises NotStarted if it ends or does not answer in time."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and not child.ended():
        try:
            with urllib.request.urlopen(f"{address}/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise NotStarted("The embedded AWS did not start; its last words are in DATA/logs/aws.log.")


def _clear(folder: Path) -> None:
    """Remove what the last run left, in the background: the functions' code, unpacked once per worker, hundreds of
    megabytes."""
    discarded = folder.with_name(f"old-{time.time_ns()}")
    with suppress(FileNotFoundError):
        folder.rename(discarded)
    for old in folder.parent.glob("old-*"):
        threading.Thread(target=shutil.rmtree, args=(old, True), daemon=True).start()


def _rewind_streams(saved: Path) -> None:
    """Let the functions that read a table's stream start at its beginning. Between runs the emulator keeps their
    position in the stream, but not the stream: they would wait until it is as long as before."""
    file = saved / "lambda.json"
    if not file.exists():
        return
    content = json.loads(file.read_text(encoding="utf-8"))
    places = content["payload"]["dynamodb_stream_positions"].get("data", {})
    places.update(dict.fromkeys(places, 0))
    file.write_text(json.dumps(content), encoding="utf-8")


def client(service: str, address: str, **settings: Any) -> Any:
    """A boto3 client for the embedded AWS. It ignores the developer's own AWS settings."""
    by_name: Callable[..., Any] = boto3.client
    return by_name(
        service,
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=2, max_pool_connections=32, s3={"addressing_style": "path"}, **settings),
    )
