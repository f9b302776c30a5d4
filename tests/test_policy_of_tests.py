"""Tests use their own policy, so a shop that edits the shipped one breaks no test. Code that starts a stack or builds a
package must be given a policy; code that reads one in this process reads that of tests."""

import ast
import re
from pathlib import Path

import pytest

from chalicelib import wiring
from tests.support import shops

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).relative_to(ROOT).as_posix()
NAMED = re.compile(r"""templates["']?\s*[/,]\s*["']?policy\.toml""", re.IGNORECASE)
READS_IT = "tests/support/shipped.py"
LOOKS_AT_ITS_FORM = {
    "tests/needs.py",
    "tests/support/web/help_centre.py",
    "tests/unit/deploy/help/test_packing.py",
    "tests/unit/behaviour/test_no_contradiction.py",
    "tests/unit/rules/policy/test_shipped_policy.py",
    "tests/unit/rules/policy/test_whole_policy.py",
}
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("bench", "tests")
    for path in (ROOT / folder).rglob("*.py")
}


def imports(source: str, module: str) -> bool:
    """Whether `from a import b` or `import a.b` imports the module, anywhere in the source."""
    package, _, name = module.rpartition(".")
    return name in source and any(
        (isinstance(node, ast.ImportFrom) and node.module == package and name in {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module == module)
        or (isinstance(node, ast.Import) and module in {alias.name for alias in node.names})
        for node in ast.walk(ast.parse(source))
    )


def test_no_other_file_names_the_shipped_policy() -> None:
    assert {path for path, source in SOURCES.items() if NAMED.search(source)} == {READS_IT, HERE}


def test_only_the_tests_of_its_form_read_it() -> None:
    looking = {path for path, source in SOURCES.items() if imports(source, "tests.support.shipped")}
    assert looking == LOOKS_AT_ITS_FORM


def test_code_in_this_process_uses_the_shops_of_tests() -> None:
    assert wiring.policy() == shops.policy()


@pytest.mark.parametrize(
    "source",
    ['Path("templates/policy.toml")', 'ROOT / "templates" / "policy.toml"', 'pages.TEMPLATES / "policy.toml"'],
)
def test_the_shipped_policys_path_is_recognised(source: str) -> None:
    assert NAMED.search(source)


@pytest.mark.parametrize(
    "source",
    [
        "from tests.support import (\n    a,\n    shipped,\n)",
        "import tests.support.shipped",
        "if x:\n    from tests.support.shipped import text",
    ],
)
def test_the_shipped_policys_import_is_recognised(source: str) -> None:
    assert imports(source, "tests.support.shipped")
    assert not imports("from tests.support import shops, policies", "tests.support.shipped")
