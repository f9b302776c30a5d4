"""The zip: exactly the pinned libraries, compiled, small, reproducible, and importable without anything else."""

import re
import subprocess
import zipfile
from pathlib import Path

import botocore
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from deploy import archive, package
from deploy.dependencies import SERVICES
from tests.deploy.packages import Package
from tests.support import shops
from tests.support.web import help_centre

TEMPLATES = Path("templates")
# PEP 552: compiled from a hash, and the hash is not checked
UNCHECKED_HASH = 0b01


def names(packaged: Package) -> list[str]:
    with zipfile.ZipFile(packaged.code) as opened:
        return opened.namelist()


def alone(packaged: Package, code: str) -> str:
    """Run code that can import only the unpacked zip and the standard library."""
    command = [
        str(packaged.target.python),
        "-I",
        "-S",
        "-B",
        "-c",
        f"import sys; sys.path.insert(0, sys.argv[1]); {code}",
    ]
    done = subprocess.run([*command, str(packaged.unpacked)], capture_output=True, text=True, env={}, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_holds_the_pinned_libraries_and_no_other(packaged: Package) -> None:
    lines = Path("requirements.txt").read_text().splitlines()
    pinned = {line.split()[0].replace("==", "-") for line in lines if re.match(r"[a-z]", line)}
    found = {name.split(".dist-info/")[0] for name in names(packaged) if ".dist-info/" in name}
    assert {name.replace("_", "-").lower() for name in found} == pinned


def test_only_chalices_runtime_ships(packaged: Package) -> None:
    sources = [name for name in names(packaged) if name.startswith("chalice/") and name.endswith(".py")]
    assert sorted(sources) == ["chalice/__init__.py", "chalice/app.py"]


def test_every_template_ships_unchanged(packaged: Package) -> None:
    for path in TEMPLATES.rglob("*"):
        of_shops = path.name == shops.FILE.name or any(
            path.is_relative_to(TEMPLATES / each) for each in ("policies", "help", "catalogue")
        )
        if path.is_file() and not path.name.startswith(".") and not of_shops:
            assert (packaged.unpacked / path).read_bytes() == path.read_bytes()


def test_the_named_policys_documents_ship_as_they_were_published(packaged: Package) -> None:
    folder, shipped = shops.FILE.parent / "policies", packaged.unpacked / TEMPLATES / "policies"
    published = [path for path in folder.rglob("*") if "published" in str(path.relative_to(folder)) and path.is_file()]
    for path in published:
        assert (shipped / path.relative_to(folder)).read_bytes() == path.read_bytes()
    assert len(published) == sum(path.is_file() for path in shipped.rglob("*")) > 0


def test_the_named_policys_help_ships_as_it_is_packed(packaged: Package) -> None:
    built, shipped = help_centre.built(), packaged.unpacked / TEMPLATES / "help"
    files = [path.relative_to(built) for path in built.rglob("*.*")]
    assert files
    assert sorted(files) == sorted(path.relative_to(shipped) for path in shipped.rglob("*.*"))
    for file in files:
        assert (shipped / file).read_bytes() == (built / file).read_bytes()


def test_the_named_policy_is_in_the_package(packaged: Package) -> None:
    assert (packaged.unpacked / "templates" / shops.FILE.name).read_bytes() == shops.FILE.read_bytes()


def test_every_module_is_compiled_without_hash_checks(packaged: Package) -> None:
    there = set(names(packaged))
    sources = [name for name in there if name.endswith(".py")]
    assert [name for name in sources if packaged.code_of(name) not in there] == []
    for name in ("app.py", "chalicelib/wiring.py", "chalice/app.py", "jinja2/environment.py"):
        compiled = (packaged.unpacked / packaged.code_of(name)).read_bytes()
        assert int.from_bytes(compiled[4:8], "little") == UNCHECKED_HASH


def test_it_contains_nothing_of_this_machine(packaged: Package) -> None:
    strays = [name for name in names(packaged) if re.search(r"(^|/)(tests?|\.git|\.venv|local|deploy)/", name)]
    assert [name for name in strays if name.split("/")[0] in {"tests", "test", "local", "deploy", ".git"}] == []
    assert not [name for name in names(packaged) if name.startswith(("/", "..")) or name.endswith("~")]
    for module in ("app", "chalicelib/wiring"):
        compiled = packaged.unpacked / packaged.code_of(f"{module}.py")
        assert str(Path.cwd()).encode() not in compiled.read_bytes()


def test_no_entry_is_a_duplicate_or_a_link(packaged: Package) -> None:
    with zipfile.ZipFile(packaged.code) as opened:
        entries = opened.infolist()
    assert len({entry.filename for entry in entries}) == len(entries)
    assert not [entry.filename for entry in entries if (entry.external_attr >> 16) & 0o170000 == 0o120000]


def test_it_is_well_below_lambdas_size_limit(packaged: Package) -> None:
    zipped, unzipped = archive.sizes(packaged.code)
    assert zipped < 24_000_000
    assert unzipped < 72_000_000


def test_the_application_imports_from_only_the_zip(packaged: Package) -> None:
    functions = alone(packaged, "import app; print(*(n for n in dir(app) if callable(getattr(app, n))))").split()
    assert {"app", "receive_mail", "send_mail", "escalate_overdue", "list_quarantine"} <= set(functions)


def test_clients_of_all_used_services_can_be_created(packaged: Package) -> None:
    made = "; ".join(f"boto3.client({service!r}, region_name='eu-central-1')" for service in SERVICES)
    alone(packaged, f"import boto3; {made}")


def test_what_botocore_reads_of_the_services_is_whole_but_for_descriptions(packaged: Package) -> None:
    shipped, full = (packaged.unpacked / "botocore/data", Path(botocore.__file__).parent / "data")
    loaders = [Loader([str(folder)], include_default_search_paths=False) for folder in (shipped, full)]
    for service in SERVICES:
        ours, theirs = (ServiceModel(loader.load_service_model(service, "service-2"), service) for loader in loaders)
        assert ours.operation_names == theirs.operation_names
        assert ours.metadata == theirs.metadata
        for name in ours.shape_names:
            assert _stated(ours.shape_for(name)) == _stated(theirs.shape_for(name))
    found, known = (loader.load_data("endpoints")["partitions"] for loader in loaders)
    for one, other in zip(found, known, strict=True):
        assert one["services"] == {name: each for name, each in other["services"].items() if name in SERVICES}
        assert {**one, "services": 0} == {**other, "services": 0}


def _stated(shape: Shape) -> tuple[object, ...]:
    members = {name: member.name for name, member in getattr(shape, "members", {}).items()}
    return shape.type_name, shape.serialization, shape.metadata, members


def test_the_same_sources_give_the_same_zip(packaged: Package, tmp_path: Path) -> None:
    template, code = package.build(package.Wanted("prod", shops.FILE, given=packaged.target), tmp_path, print)
    assert code.read_bytes() == packaged.code.read_bytes()
    assert template.read_bytes() == packaged.template_file.read_bytes()
