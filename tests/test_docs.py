"""The docs are complete: each route, function, setting, item and index is named in the place where people look for
it."""

import re
from pathlib import Path

import yaml

from app import app
from chalicelib.rules.exports import columns
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import Field, Kind
from deploy.rights import FUNCTIONS
from tests.support.exports_at_scale import FEW, LIMIT, MANY

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
CITING = [
    ROOT / "app.py",
    *PAGES,
    *(p for top in ("chalicelib", "deploy", "local") for p in (ROOT / top).rglob("*.py")),
]
DECIDED = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "docs/decisions").glob("[a-z]*.md")}
DECISION = re.compile(r"^## (\d+)\. (.+)\n\*(\d{4}-\d\d-\d\d)\*\n\n(?=\S)", re.MULTILINE)
NAMED = re.compile(r"`((?:[\w.]+/)+\w+\.[a-z]{2,4}|(?:chalicelib|templates|tests|docs|deploy|local)/[\w/]*)`")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def test_the_operations_describe_every_function() -> None:
    table = OPERATIONS.partition("\n## Functions\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(FUNCTIONS)


def test_the_operations_name_every_setting() -> None:
    source = (ROOT / "chalicelib/settings.py").read_text(encoding="utf-8")
    for setting in re.findall(r'environ(?:\.get\(|\[)"(?!AWS_)(\w+)"', source):
        assert f"`{setting}`" in OPERATIONS, setting


def test_the_architecture_names_every_index_and_item() -> None:
    text = re.sub(r"!\w+", "", (ROOT / "resources.yaml").read_text(encoding="utf-8"))
    table = yaml.safe_load(text)["Resources"]["Table"]["Properties"]
    for index in table["GlobalSecondaryIndexes"]:
        assert f"| `{index['IndexName']}` |" in ARCHITECTURE
    files = sorted((ROOT / "chalicelib/aws/table").glob("*.py"))
    prefixes = {each for file in files for each in re.findall(r'f"([A-Z]+)#\{', file.read_text(encoding="utf-8"))}
    assert {"TICKET", "SENT", "SESSION"} <= prefixes
    for prefix in prefixes:
        assert f"`{prefix}#" in ARCHITECTURE, prefix


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in PAGES:
        for target, place in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text(encoding="utf-8")):
            found = page.parent / target if target else page
            assert found.exists(), f"{page.name}: {target}"
            assert not place or place in places(found), f"{page.name}: {target}#{place}"


def places(page: Path) -> list[str]:
    """The anchors of a page's headings, derived from their words."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_every_file_that_the_docs_name_exists() -> None:
    """Relative to the root, to chalicelib, or to the page."""
    missing = []
    for page in PAGES:
        named = NAMED.findall(page.read_text(encoding="utf-8"))
        around = (ROOT, ROOT / "chalicelib", page.parent)
        missing += [f"{page.name}: {path}" for path in named if not any((place / path).exists() for place in around)]
    assert not missing


def test_changing_names_existing_files() -> None:
    text = (ROOT / "docs/changing.md").read_text(encoding="utf-8")
    assert len(re.findall(r"`(?:[\w.]+/)+[\w.]*`", text)) > 60


class TestDecisions:
    """docs/decisions has a file for each capability; its README.md lists them all."""

    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    written = sorted(
        (int(number), title, page, date)
        for page, text in DECIDED.items()
        for number, title, date in DECISION.findall(text)
    )

    def test_each_has_a_number_a_title_and_a_date(self) -> None:
        headings = sum(len(re.findall("^## ", text, re.MULTILINE)) for text in DECIDED.values())
        assert headings == len(self.written)

    def test_the_index_has_each_with_its_title_file_and_date(self) -> None:
        row = re.compile(r"^\| (\d+) \| (.+) \| \[([\w-]+)\]\(([\w-]+\.md)\) \| (\S+) \|$", re.MULTILINE)
        rows = row.findall(self.index)
        assert all(f"{name}.md" == page for _, _, name, page, _ in rows)
        assert [(int(number), title, page, date) for number, title, _, page, date in rows] == self.written

    def test_each_has_its_own_number(self) -> None:
        assert sorted(number for number, *_ in self.written) == list(range(1, len(self.written) + 1))

    def test_cited_decisions_exist(self) -> None:
        numbers = {number for number, *_ in self.written}
        cited = {(path, int(n)) for path in CITING for n in cited_in(path.read_text(encoding="utf-8"))}
        assert [f"{path}: {number}" for path, number in cited if number not in numbers] == []
        assert len({number for path, number in cited if path.suffix == ".py"}) >= 25


def cited_in(text: str) -> list[str]:
    """The numbers in "decision 57", "decisions 57 and 58", "decisions 57, 58"."""
    numbers = re.findall(r"\b[Dd]ecisions?\s+(\d+(?:(?:,| and)\s+\d+)*)", text)
    return [number for each in numbers for number in re.findall(r"\d+", each)]


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
    """Row by row, so that an additional action, field or value is not missed."""
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


def test_the_operations_name_the_number_of_tickets_an_export_is_tested_with() -> None:
    assert f"{MANY:,} with their messages" in OPERATIONS
    assert f"at most {LIMIT} times the memory of {FEW:,}" in " ".join(OPERATIONS.split())
    assert "`make bench ARGS=exports`" in OPERATIONS
