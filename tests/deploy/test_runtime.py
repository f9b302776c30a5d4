"""The Python on Lambda: one for all functions, wheels that fit it, and years before AWS ends it."""

import importlib.resources
import json
import re
from datetime import date, timedelta
from pathlib import Path

from deploy import runtime
from tests import needs
from tests.deploy.packages import Package

# e_machine in an ELF file's head, by Lambda's names of the processors
MACHINES = {"arm64": 183, "x86_64": 62}
# Files that wheels have for each processor, beside the libraries: the licences' tool lists, the wheels' own tags
PER_WHEEL = re.compile(r"\.so$|\.dist-info/|\.libs/|__mypyc")


def libraries(package: Package) -> list[Path]:
    return sorted(package.unpacked.rglob("*.so"))


def test_aws_supports_it_for_another_year() -> None:
    """Red a year before the end: time to move to the next one (deploy/runtime.py says what to change)."""
    table = importlib.resources.files("cfnlint") / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json"
    ends = date.fromisoformat(json.loads(table.read_text(encoding="utf-8"))[runtime.RUNTIME]["deprecated"])
    assert ends - timedelta(days=365) > date.today(), f"{runtime.RUNTIME} ends on {ends}"


class TestShipped:
    """The package for Lambda, of which the other tests run one for this machine's processor."""

    __test__ = needs.LAMBDAS_PYTHON.met()

    def test_every_function_names_it(self, shipped: Package) -> None:
        functions = shipped.of_type("AWS::Serverless::Function").values()
        named = {(function["Runtime"], *function["Architectures"]) for function in functions}
        assert named == {(runtime.RUNTIME, runtime.ARCHITECTURE)}

    def test_every_library_is_for_it(self, shipped: Package) -> None:
        """The right processor, this version of Python or its stable interface, and no newer glibc than Lambda's."""
        tag = f"cpython-{''.join(map(str, runtime.PYTHON))}-{runtime.WHEELS[runtime.ARCHITECTURE]}-linux-gnu"
        assert len(libraries(shipped)) > 10
        for library in libraries(shipped):
            content = library.read_bytes()
            assert int.from_bytes(content[18:20], "little") == MACHINES[runtime.ARCHITECTURE], library.name
            assert library.name.endswith((f".{tag}.so", ".abi3.so")), library.name
            needed = {int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", content)}
            assert max(needed) <= runtime.GLIBC_MINOR, library.name

    def test_processors_differ_only_in_libraries(self, packaged: Package, shipped: Package) -> None:
        """So what the tests show of the package that runs here is true of the one that ships."""
        assert packaged.target.version == shipped.target.version
        ours, theirs = (
            {
                path.relative_to(package.unpacked).as_posix(): path.read_bytes()
                for path in package.unpacked.rglob("*")
                if path.is_file() and not PER_WHEEL.search(path.as_posix())
            }
            for package in (packaged, shipped)
        )
        assert {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)} == set()
        assert {str(path.parent) for path in _named(packaged)} == {str(path.parent) for path in _named(shipped)}


def _named(package: Package) -> list[Path]:
    return [path.relative_to(package.unpacked) for path in libraries(package)]
