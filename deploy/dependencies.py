"""The libraries that ship, built once per requirements.txt and cached: a zip to which the application is added.
It contains only wheels for Lambda's Linux, each checked against the hash in the list; files that no function uses are
left out."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy import archive

# AWS services to keep in botocore's data; the other 400 are 20 MB that nothing reads.
SERVICES = ("dynamodb", "lambda", "s3", "secretsmanager", "ses", "sns", "sqs", "sts")
# Files of botocore/data that belong to no service
SHARED_DATA = {"_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"}
# glibc's minor version in Lambda's Amazon Linux: version 2 up to Python 3.11, 2023 from 3.12 on.
GLIBC_MINOR = 26 if sys.version_info < (3, 12) else 34


class PackagingFailed(Exception):
    """The package cannot be built; the message tells the person who called make why."""


def provide(requirements: Path, cache: Path, say: Callable[[str], None]) -> Path:
    """A zip of everything in `requirements`, compiled and trimmed; from the cache if it was built before."""
    finished = cache / f"{_key(requirements)}.zip"
    if finished.exists():
        return finished
    say("libraries for the package: fetching and compiling them (once for each requirements.txt)")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        site = Path(scratch) / "site"
        _install(requirements, site)
        _trim(site)
        archive.compile_all(site)
        unfinished = Path(scratch) / "finished.zip"
        archive.write(unfinished, archive.entries(site))
        # Two builds at the same time both succeed: the later one replaces the file with the same content.
        unfinished.replace(finished)
    return finished


def _key(requirements: Path) -> str:
    """The cache key: covers the list, the Python version, the platform and the code of this module."""
    digest = hashlib.sha256(requirements.read_bytes())
    for part in (__file__, archive.__file__):
        digest.update(Path(part).read_bytes())
    digest.update(f"{sys.version} {' '.join(_platform_options())}".encode())
    return digest.hexdigest()[:24]


def _platform_options() -> list[str]:
    """pip's options for the platform.

    On Linux x86-64 the package holds Lambda's wheels, which also run locally. Other machines can't run them: there the
    package holds the machine's own wheels, only for trying it out.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return []
    tags = [f"manylinux_2_{minor}_x86_64" for minor in range(GLIBC_MINOR, 16, -1)]
    return [option for tag in (*tags, "manylinux2014_x86_64") for option in ("--platform", tag)]


def _install(requirements: Path, site: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "-qq", "--no-compile", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", *_platform_options(), "--target", str(site), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PIP_USER": "0"}, check=False)
    if done.returncode:
        raise PackagingFailed(f"The libraries in {requirements.name} could not be installed:\n{done.stderr.strip()}")


def _trim(site: Path) -> None:
    for unwanted in _unwanted(site):
        if unwanted.is_dir():
            shutil.rmtree(unwanted)
        else:
            unwanted.unlink()


def _unwanted(site: Path) -> Iterator[Path]:
    unused = ("bin", "boto3/data", "boto3/examples", "Crypto/SelfTest")
    yield from (site / name for name in unused if (site / name).exists())
    # An installation record is useless once files are removed; licences and names stay.
    yield from (path for path in site.glob("*.dist-info/*") if path.name in {"RECORD", "INSTALLER", "REQUESTED"})
    for path in sorted((site / "botocore/data").iterdir()):
        if path.name not in SERVICES and re.sub(r"\.gz$", "", path.name) not in SHARED_DATA:
            yield path
