"""What the docs draw and count is what the program has."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.rules.delivery.bouncing import DeliveryEvent
from chalicelib.rules.tickets import clocks
from chalicelib.services.events import receiving
from chalicelib.services.intake import arrivals
from deploy.rights import FUNCTIONS

ROOT = Path(__file__).parent.parent
DOCS = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md")}
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
FREE_METRICS, METRIC_COSTS = 10, 0.30


def drawn_rooms() -> dict[str, list[str]]:
    """The rooms of each layer, line by line, from the columns of the drawing. A line after "·" goes on."""
    first, *lines = DOCS["architecture.md"].partition("```\nrules  ")[2].partition("```")[0].splitlines()
    head = f"rules  {first}"
    starts = [found.start() for found in re.finditer(r"\w+", head)]
    drawn = {}
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        column = " ".join(line[start:end].strip() + "\n" for line in lines if line[start:end].strip())
        drawn[head[start:end].strip()] = column.replace("·\n", "· ").split("\n")[:-1]
    return {layer: [" ".join(rooms.split()) for rooms in column] for layer, column in drawn.items()}


@pytest.mark.parametrize("layer", ["rules", "services", "mail", "web"])
def test_the_rooms_are_drawn_as_they_are_checked(layer: str) -> None:
    checked = next(each["layers"] for each in CONTRACTS if each["name"] == f"rooms of {layer}")
    assert drawn_rooms()[layer] == [rooms.replace(" | ", " · ") for rooms in checked]


def test_the_architecture_names_every_clock_and_every_outcome_of_an_event() -> None:
    named = {name for name, value in vars(clocks).items() if name.isupper() and isinstance(value, str)}
    idea, outcomes = re.findall(
        r"carries its clocks \((.*?)\), each|same ledger \((.*?)\)", DOCS["architecture.md"], re.S
    )
    for name in named - {"REFERRAL"}:
        assert f"`{getattr(clocks, name)}`" in idea[0]
    assert set(re.findall(r"`(\w+)`", outcomes[1].partition(", with")[0])) == set(receiving.Outcome)


def test_every_count_is_in_the_table_of_metrics_and_in_what_they_cost() -> None:
    table = DOCS["watching.md"].partition("For the whole stack:\n")[2].partition("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"\w+", row)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    assert set(re.findall(r'(?<![.\w])count\("(\w+)"\)', source)) <= named
    assert {f"Event{outcome.title().replace('_', '')}" for outcome in receiving.Outcome} <= named
    assert {f"Mail{outcome.title()}" for outcome in (*arrivals.Outcome, *DeliveryEvent)} <= named
    pairs, others, dollars = 5 * 12, len(named), re.search(r"at most (\d+) USD", DOCS["watching.md"])
    assert f"(5 metrics × 12 pairs, and {others}\nothers)" in DOCS["watching.md"]
    assert dollars is not None
    assert int(dollars[1]) == round((pairs + others - FREE_METRICS) * METRIC_COSTS)


def test_a_deployment_shows_as_many_functions_as_there_are() -> None:
    assert f"{len(FUNCTIONS)} × Lambda Function" in DOCS["deploying.md"]


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/connect").glob("*.md")]
)
def test_commands_for_operators_are_run_by_the_environment_that_was_set_up(page: Path) -> None:
    commands = re.findall(r"(\S*)python -m (?:deploy|bench)\b", page.read_text(encoding="utf-8"))
    assert {way.lstrip("`(") for way in commands} <= {".venv/bin/"}
