"""The docs say everything there is: each route, function, setting, item and index is named where people look for it."""

import re
from pathlib import Path

import yaml

from app import app
from chalicelib.rules.exports import columns
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import Field, Kind
from chalicelib.web.routing import FILLED_IN
from deploy.rights import FUNCTIONS
from tests.support.exports_at_scale import FEW, MANY, MOST

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def test_the_readme_names_every_route() -> None:
    for path, methods in app.routes.items():
        for method in (name for name, entry in methods.items() if not entry.view_name.startswith(FILLED_IN)):
            shown = re.compile(rf"`[A-Z`, ]*{method}[A-Z`, ]* ?`?[^\n|]*{re.escape(path)}`")
            assert method == "OPTIONS" or shown.search(README), f"{method} {path}"


def test_the_readme_names_every_function() -> None:
    for function in FUNCTIONS:
        assert f"| `{function}` |" in README, function


def test_the_readme_names_every_setting() -> None:
    source = (ROOT / "chalicelib/settings.py").read_text(encoding="utf-8")
    for setting in re.findall(r'environ(?:\.get\(|\[)"(?!AWS_)(\w+)"', source):
        assert f"`{setting}`" in README, setting


def test_the_architecture_names_every_index_and_item() -> None:
    text = re.sub(r"!\w+", "", (ROOT / "resources.yaml").read_text(encoding="utf-8"))
    table = yaml.safe_load(text)["Resources"]["Table"]["Properties"]
    for index in table["GlobalSecondaryIndexes"]:
        assert f"| `{index['IndexName']}` |" in ARCHITECTURE
    items = (ROOT / "chalicelib/aws/table/items.py").read_text(encoding="utf-8")
    for prefix in re.findall(r'f"([A-Z]+)#\{', items):
        assert f"`{prefix}#" in ARCHITECTURE, prefix


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_what_is_to_be_changed_is_there() -> None:
    """Every file and folder that docs/changing.md names, from the root or within chalicelib."""
    text = (ROOT / "docs/changing.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", text)
    assert len(named) > 60
    missing = [path for path in named if not any((place / path).exists() for place in (ROOT, ROOT / "chalicelib"))]
    assert not missing


def test_the_glossary_is_in_order_and_names_nothing_twice() -> None:
    words = re.findall(r"^\| ([a-z][^|]*) \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert words.pop(0) == "word"
    assert len(words) >= 40
    assert words == sorted(set(words))


def test_the_operations_name_every_column_of_an_export_in_order() -> None:
    shown = re.findall(r"^\| `(\w+)` \| (.*) \|$", OPERATIONS, re.MULTILINE)
    wanted = [(column.name, column.about) for column in columns.columns(messages=True)]
    first = shown.index(wanted[0])
    assert shown[first : first + len(wanted)] == wanted


def test_the_operations_name_every_action_with_its_fields_in_order() -> None:
    """Row by row: an action or a field more, or a value that it can be, is not passed over."""
    table = OPERATIONS.partition("| action | fields | what it does |\n|---|---|---|\n")[2].partition("\n\n")[0]
    shown = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table.splitlines()]
    assert [(name, fields) for name, fields, _ in shown] == [
        (f"`{action.name}`", ", ".join(map(_described, action.fields))) for action in ACTIONS.values()
    ]
    assert all(about for *_, about in shown)


def _described(field: Field) -> str:
    said = ", ".join(f"`{one}`" for one in field.one_of) or ("" if field.kind is Kind.TEXT else field.kind.value)
    return f"`{field.name}` ({said})" if said else f"`{field.name}`"


def test_the_operations_show_every_function_that_people_run() -> None:
    for function in app.pure_lambda_functions:
        assert f"`{function.name}`" in OPERATIONS, function.name


def test_the_operations_say_how_many_tickets_an_export_is_tried_with() -> None:
    assert f"{MANY:,} with their messages" in OPERATIONS
    assert f"at most {MOST} times the memory of {FEW:,}" in " ".join(OPERATIONS.split())
    assert "`make bench ARGS=exports`" in OPERATIONS
