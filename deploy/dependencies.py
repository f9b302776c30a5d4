"""The libraries that ship, built once per requirements.txt and cached: a zip to which the application is added.
It contains only wheels for its target (deploy.runtime), each checked against the hash in the list; files that no
function uses are left out."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deploy import archive, runtime
from deploy.runtime import PackagingFailed, Target

# AWS services to keep in botocore's data; the other 400 are 20 MB that nothing reads.
SERVICES = (
    "apigatewaymanagementapi", "dynamodb", "lambda", "pinpoint-sms-voice-v2", "s3", "secretsmanager", "ses", "sesv2",
    "sns", "sqs", "sts",
)  # fmt: skip
# Files of botocore/data that belong to no service
SHARED_DATA = {"_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"}


def provide(requirements: Path, cache: Path, target: Target, say: Callable[[str], None]) -> Path:
    """A zip of everything in `requirements` for `target`, compiled and trimmed; from the cache if it was built
    before."""
    finished = cache / f"{_key(requirements, target)}.zip"
    if finished.exists():
        return finished
    say("libraries for the package: fetching and compiling them (once for each requirements.txt)")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        site = Path(scratch) / "site"
        _install(requirements, target, site)
        _trim(site)
        _lighten(site / "botocore/data")
        archive.compile_all(site, target.python)
        unfinished = Path(scratch) / "finished.zip"
        archive.write(unfinished, archive.entries(site))
        # Two builds at the same time both succeed: the later one replaces the file with the same content.
        unfinished.replace(finished)
    return finished


def _key(requirements: Path, target: Target) -> str:
    """The cache key: covers the list, the target, the Python that compiles and the code of these modules."""
    digest = hashlib.sha256(requirements.read_bytes())
    for part in (__file__, archive.__file__, runtime.__file__):
        digest.update(Path(part).read_bytes())
    digest.update(f"{runtime.full_version(target.python)} {' '.join(target.wheels())}".encode())
    return digest.hexdigest()[:24]


def _install(requirements: Path, target: Target, site: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "-qq", "--no-compile", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", *target.wheels(), "--target", str(site), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PIP_USER": "0"}, check=False)
    if done.returncode:
        raise PackagingFailed(f"The libraries in {requirements.name} could not be installed:\n{done.stderr.strip()}")


def _trim(site: Path) -> None:
    for unwanted in list(_unwanted(site)):
        if unwanted.is_dir():
            shutil.rmtree(unwanted)
        else:
            unwanted.unlink(missing_ok=True)  # some lie in a folder that is gone already


def _unwanted(site: Path) -> Iterator[Path]:
    unused = ("bin", "boto3/data", "boto3/examples", "Crypto/SelfTest", "aws_lambda_powertools/event_handler")
    yield from (site / name for name in unused if (site / name).exists())
    # An installation record is useless once files are removed; licences and names stay.
    yield from (path for path in site.glob("*.dist-info/*") if path.name in {"RECORD", "INSTALLER", "REQUESTED"})
    # What compilers and type checkers read
    yield from (path for path in site.rglob("*") if path.suffix in (".c", ".h", ".pxd", ".pyi", ".pyx"))
    yield from (site / "botocore/data").rglob("examples-1.json*")
    for path in sorted((site / "botocore/data").iterdir()):
        if path.name not in SERVICES and re.sub(r"\.gz$", "", path.name) not in SHARED_DATA:
            yield path


def _lighten(data: Path) -> None:
    """Take out of botocore's data what no call needs: every first client reads these files whole. The descriptions are
    half of each service's file, and endpoints.json names those of 400 services."""
    for path in sorted(data.rglob("*.json*")):
        if not path.name.startswith(("service-2.", "endpoints.")):
            continue
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
        for partition in content.get("partitions", ()):
            services = partition["services"].items()
            partition["services"] = {name: service for name, service in services if name in SERVICES}
        path.unlink()
        text = json.dumps(_undescribed(content), separators=(",", ":"))
        path.with_name(path.name.removesuffix(".gz")).write_text(text, encoding="utf-8")


def _undescribed(node: Any) -> Any:
    if isinstance(node, list):
        return [_undescribed(each) for each in node]
    if not isinstance(node, dict):
        return node
    # Some readers want the key. What is no text under this name is a field of a request.
    return {
        key: "" if key == "documentation" and isinstance(value, str) else _undescribed(value)
        for key, value in node.items()
    }
