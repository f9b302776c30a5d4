"""docs/operations.md explains every parameter of the stack."""

import re
from pathlib import Path

from deploy import package
from tests.support import shops

OPERATIONS = Path("docs/operations.md")


def test_each_parameter_has_a_row_with_its_default() -> None:
    section = OPERATIONS.read_text(encoding="utf-8").partition("### Parameters\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (\S+) \|", section, re.MULTILINE)
    told = {name: default.strip("`") for names, default in rows for name in re.findall(r"\w+", names)}
    parameters = package.resources("prod", shops.FILE)["Parameters"]
    assert told == {name: str(each["Default"]) or "none" for name, each in parameters.items()}
