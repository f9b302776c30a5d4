"""The package, built once for these tests as `make package` builds it."""

import json
import zipfile

import pytest

from deploy import package
from tests.deploy.packages import Package
from tests.support import shops


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("package")
    template_file, code = package.build("prod", shops.FILE, folder, print)
    with zipfile.ZipFile(code) as archive:
        archive.extractall(folder / "unpacked")
    return Package(template_file, code, json.loads(template_file.read_text()), folder / "unpacked")
