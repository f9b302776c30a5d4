"""Which module may import which, how many modules a folder may have, and that app.py stays a table of contents."""

import ast
import sys
import tomllib
from operator import itemgetter
from pathlib import Path
from typing import Any

import grimp
import pytest
from grimp import ImportGraph
from importlinter import configuration
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).parent.parent

LONGEST_APP = 175
MAX_STATEMENTS = 3
SOURCES = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def crowded(source: str) -> list[str]:
    """The functions with more statements than a table of contents needs; a docstring does not count."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return [function.name for function in functions if statements(function) > MAX_STATEMENTS]


def statements(function: ast.FunctionDef) -> int:
    every = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return every - (ast.get_docstring(function) is not None)


def imported_types(source: str) -> list[str]:
    """The types of boto3's clients that are imported when the module runs."""
    tree = ast.parse(source)
    checking = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    unseen = {inner for node in checking for each in node.body for inner in ast.walk(each)}
    seen = [node for node in ast.walk(tree) if node not in unseen]
    names = [node.module or "" for node in seen if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in seen if isinstance(node, ast.Import) for alias in node.names]
    return [name for name in names if name.startswith("mypy_boto3_")]


@pytest.mark.parametrize("path", [path for path in SOURCES if path.read_text().strip()], ids=module_of)
class TestEveryModule:
    def test_says_what_it_is_for(self, path: Path) -> None:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


class TestApp:
    source = (ROOT / "app.py").read_text(encoding="utf-8")

    def test_is_a_table_of_contents(self) -> None:
        assert len(self.source.splitlines()) < LONGEST_APP
        assert crowded(self.source) == []

    def test_crowded_functions_are_recognised(self) -> None:
        body = 'def f():\n    """One."""\n    if x:\n        a()\n    b()\n'
        assert crowded(body) == []
        assert crowded(body + "    c()\n") == ["f"]


# Its command line would also set up logging, and with that disable our logger for the tests that follow.
configuration.configure()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
OURS = ("bench", "chalicelib", "deploy", "local", "tests")
FOLDERS = sorted({path.parent for name in OURS for path in (ROOT / name).rglob("*.py")})
MAX_MODULES = 14


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return grimp.build_graph("chalicelib", include_external_packages=True, cache_dir=None)


class TestImports:
    """Layers and rooms are declared in pyproject.toml, as contracts of import-linter."""

    def test_the_contracts_are_kept(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert lint_imports(str(ROOT / "pyproject.toml"), cache_dir=None), capsys.readouterr().out

    @pytest.mark.parametrize(
        "contract", [each for each in CONTRACTS if each["type"] == "layers"], ids=itemgetter("name")
    )
    def test_reversed_contracts_are_broken(self, tmp_path: Path, contract: dict[str, Any]) -> None:
        upside_down = contract | {"layers": contract["layers"][::-1], "id": "upside-down"}
        assert not lint_imports(_config(tmp_path, upside_down), cache_dir=None)

    def test_every_library_is_restricted_by_a_contract(self, graph: ImportGraph) -> None:
        named = {library for each in CONTRACTS if each["type"] == "forbidden" for library in each["forbidden_modules"]}
        strangers = {name for name in graph.modules if not name.startswith("chalicelib")}
        assert {name.partition(".")[0] for name in strangers} - sys.stdlib_module_names <= named

    @pytest.mark.parametrize("path", SOURCES, ids=module_of)
    def test_types_of_clients_are_imported_for_checking_only(self, path: Path) -> None:
        """The package does not hold them."""
        assert imported_types(path.read_text(encoding="utf-8")) == []

    def test_types_that_are_imported_are_seen(self) -> None:
        named = "from mypy_boto3_s3 import S3Client\n"
        assert imported_types(f"if TYPE_CHECKING:\n    {named}") == []
        assert imported_types(named) == imported_types(f"def f():\n    {named}") == ["mypy_boto3_s3"]
        assert imported_types("import types_s3\nimport mypy_boto3_s3.client") == ["mypy_boto3_s3.client"]

    def test_app_imports_no_library_but_chalice(self) -> None:
        tree = ast.parse(TestApp.source)
        found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        found |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        own = {name.partition(".")[0] for name in found} - sys.stdlib_module_names
        assert own == {"chalice", "chalicelib"}

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
    def test_no_folder_is_crowded(self, folder: Path) -> None:
        assert len([path for path in folder.glob("*.py") if not path.name.startswith("__")]) <= MAX_MODULES


def _config(folder: Path, contract: dict[str, Any]) -> str:
    """A configuration of import-linter with only this contract."""
    lists = {key: value for key, value in contract.items() if isinstance(value, list)}
    lines = [f"{key} =\n" + "".join(f"    {each}\n" for each in value) for key, value in lists.items()]
    file = folder / "contracts.ini"
    file.write_text(
        "[importlinter]\nroot_packages =\n    chalicelib\n\n[importlinter:contract:one]\n"
        f"name = {contract['name']}\ntype = {contract['type']}\n" + "".join(lines),
        encoding="utf-8",
    )
    return str(file)
