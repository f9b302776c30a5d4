"""Who may import whom, read from the sources; and that app.py stays a table of contents.

Each layer's row names every package its modules may import besides the standard library: a name stands for itself
and everything beneath it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ALLOWED: dict[str, set[str]] = {
    "chalicelib.errors": set(),
    "chalicelib.rules": {"chalicelib.rules", "chalicelib.errors"},
    "chalicelib.mail": {"chalicelib.mail", "chalicelib.errors", "nh3", "selectolax", "chardet", "idna"},
    "chalicelib.rendering.words": set(),
    "chalicelib.rendering.replies": set(),
    "chalicelib.rendering.pages": {"chalicelib.rendering.words", "jinja2", "markupsafe"},
    "chalicelib.external.holidays_calendar": {"chalicelib.rules", "holidays"},
    "chalicelib.external.oidc": {"chalicelib.errors", "chalicelib.external.oidc_keys", "urllib3"},
    "chalicelib.external.oidc_keys": {"chalicelib.rules.access.id_tokens", "Crypto"},
    "chalicelib.web.desk.sealing": {"chalicelib.rules.identity.keys", "Crypto"},
    "chalicelib.rendering": set(),
    "chalicelib.external": set(),
    "chalicelib.telemetry": {"aws_lambda_powertools"},
    "chalicelib.settings": set(),
    "chalicelib.services": {
        "chalicelib.services",
        "chalicelib.rules",
        "chalicelib.mail",
        "chalicelib.errors",
        "chalicelib.rendering.pages",
        "chalicelib.rendering.replies",
        "chalicelib.telemetry",
        "chalicelib.rendering.words",
        "itsdangerous",
        "markupsafe",
    },
    "chalicelib.aws": {
        "chalicelib.aws",
        "chalicelib.rules",
        "chalicelib.errors",
        "chalicelib.telemetry",
        "chalicelib.services.ports.deps",
        "chalicelib.services.ports.records",
        "chalicelib.services.ports.conflicts",
        "chalicelib.services.intake.arrivals",  # Notice: what an event says has arrived
        "chalicelib.services.delivery.sending",  # Proof: what an event says was sent
        "chalicelib.services.tickets.indexing",  # Said: what an event says was said
        "boto3",
        "botocore",
        "aws_lambda_powertools",
    },
    "chalicelib.web": {
        "chalicelib.web",
        "chalicelib.services",
        "chalicelib.rules",
        "chalicelib.mail.charsets.names",
        "chalicelib.mail.attachments.filenames",
        "chalicelib.errors",
        "chalicelib.rendering.pages",
        "chalicelib.rendering.words",
        "chalicelib.settings",
        "chalicelib.telemetry",
        "chalicelib.wiring",
        "chalice",
        "multipart",
    },
    "chalicelib.wiring": {
        "chalicelib.aws",
        "chalicelib.external.oidc",
        "chalicelib.services.ports.deps",
        "chalicelib.rules",
        "chalicelib.settings",
        "chalicelib.external.holidays_calendar",
    },
    "app": {
        "chalicelib.aws.events",
        "chalicelib.aws.running",
        "chalicelib.services",
        "chalicelib.telemetry",
        "chalicelib.web",
        "chalicelib.wiring",
        "chalice",
    },
}
LONGEST_APP = 150
MOST_STATEMENTS = 3
SOURCES = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str | None:
    return next((layer for layer in ALLOWED if within(module, layer)), None)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def imported(module: str, source: str) -> Iterator[str]:
    """Every module an import names, in functions and `if` blocks too; for `from a import b`, "a.b"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.rsplit(".", node.level)[0] if node.level else ""
            base = ".".join(part for part in (package, node.module) if part)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def violations(module: str, source: str) -> list[str]:
    """What this module imports and its layer may not."""
    layer = layer_of(module)
    if layer is None:
        return [f"{module} belongs to no layer"]
    return [
        f"{module} imports {name}"
        for name in imported(module, source)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(within(name, allowed) for allowed in ALLOWED[layer])
    ]


def crowded(source: str) -> list[str]:
    """The functions of more statements than a table of contents needs; a docstring is none."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return [function.name for function in functions if statements(function) > MOST_STATEMENTS]


def statements(function: ast.FunctionDef) -> int:
    every = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return every - (ast.get_docstring(function) is not None)


@pytest.mark.parametrize("path", [path for path in SOURCES if path.read_text().strip()], ids=module_of)
class TestEveryModule:
    def test_imports_only_what_its_layer_may(self, path: Path) -> None:
        assert violations(module_of(path), path.read_text(encoding="utf-8")) == []

    def test_says_what_it_is_for(self, path: Path) -> None:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


class TestApp:
    source = (ROOT / "app.py").read_text(encoding="utf-8")

    def test_is_a_table_of_contents(self) -> None:
        assert len(self.source.splitlines()) < LONGEST_APP
        assert crowded(self.source) == []

    def test_crowded_functions_are_seen(self) -> None:
        body = 'def f():\n    """One."""\n    if x:\n        a()\n    b()\n'
        assert crowded(body) == []
        assert crowded(body + "    c()\n") == ["f"]


class TestTheCheckItself:
    @pytest.mark.parametrize(
        ("module", "source"),
        [
            ("chalicelib.rules.tickets.ticket", "import boto3"),
            ("chalicelib.rules.tickets.ticket", "def f():\n    from botocore.config import Config"),
            ("chalicelib.rules.tickets.ticket", "if TYPE_CHECKING:\n    import jinja2"),
            ("chalicelib.rules.tickets.ticket", "from chalicelib.services import ports"),
            ("chalicelib.rules.tickets.ticket", "from ...services import ports"),
            ("chalicelib.rules.tickets.ticket", "from chalicelib import wiring"),
            ("chalicelib.mail.reading", "from chalicelib.rules import identity"),
            ("chalicelib.services.delivery.sending", "import boto3.session"),
            ("chalicelib.services.delivery.sending", "from chalice import Chalice"),
            ("chalicelib.services.delivery.sending", "from chalicelib.aws.store.table import Table"),
            ("chalicelib.services.delivery.sending", "from chalicelib.wiring import deps"),
            ("chalicelib.aws.store.table", "from chalicelib.web import cors"),
            ("chalicelib.aws.store.table", "from chalicelib.services import submitting"),
            ("chalicelib.web.customer.intake", "from chalicelib.aws import files"),
            ("chalicelib.web.customer.intake", "import boto3"),
            ("chalicelib.wiring", "from chalicelib.services import submitting"),
            ("app", "import boto3"),
            ("app", "from local import clock"),
            ("chalicelib.telemetry", "from tests import fakes"),
            ("chalicelib.newcomer", ""),
        ],
    )
    def test_sees_what_is_not_allowed(self, module: str, source: str) -> None:
        assert violations(module, source)

    @pytest.mark.parametrize(
        ("module", "source"),
        [
            (
                "chalicelib.rules.tickets.ticket",
                "import json, email.message\nfrom chalicelib.rules.tickets.clocks import Clock",
            ),
            ("chalicelib.aws.store.table", "import boto3\nfrom chalicelib.services.ports.deps import Due"),
            ("chalicelib.services.delivery.sending", "from chalicelib.rendering import pages"),
            ("chalicelib.web.customer.intake", "from chalice.app import Request"),
        ],
    )
    def test_lets_pass_what_is(self, module: str, source: str) -> None:
        assert violations(module, source) == []

    @pytest.mark.parametrize("stranger", ["local", "deploy", "bench", "tests"])
    def test_no_layer_may_import_what_is_never_deployed(self, stranger: str) -> None:
        assert not any(within(name, stranger) for names in ALLOWED.values() for name in names)

    @pytest.mark.parametrize(
        ("library", "layers"),
        [
            ("boto3", {"chalicelib.aws"}),
            ("botocore", {"chalicelib.aws"}),
            ("chalice", {"chalicelib.web", "app"}),
        ],
    )
    def test_few_layers_know_the_outer_world(self, library: str, layers: set[str]) -> None:
        assert {layer for layer, names in ALLOWED.items() if library in names} == layers

    def test_only_wiring_joins_aws_and_services(self) -> None:
        knows_both = {
            layer
            for layer, names in ALLOWED.items()
            if "chalicelib.aws" in names and any(within(name, "chalicelib.services") for name in names)
        }
        assert knows_both == {"chalicelib.aws", "chalicelib.wiring"}
