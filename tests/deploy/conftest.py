"""The package, built once for these tests as `make package` builds it: for this machine's processor, to be run."""

import json
import zipfile
from pathlib import Path

import pytest

from deploy import built, runtime
from deploy.runtime import Target
from tests.deploy.packages import Package, runs_here
from tests.support import shops


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return _built(runs_here(), tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The package for Lambda's own processor, whose libraries may not run here."""
    return _built(runtime.on_lambda(), tmp_path_factory.mktemp("shipped"))


def _built(target: Target, folder: Path) -> Package:
    template_file, code = built.provide("prod", shops.FILE, folder, print, target=target)
    with zipfile.ZipFile(code) as archive:
        archive.extractall(folder / "unpacked")
    return Package(target, template_file, code, json.loads(template_file.read_text()), folder / "unpacked")
