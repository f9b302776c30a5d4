"""axe-core, run on the current page: its findings against WCAG 2.2 AA, in a few words each."""

from functools import cache
from importlib import resources
from typing import Any

from playwright.sync_api import Page

_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Off by default because it is new: WCAG 2.2, 2.5.8.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


@cache
def _script() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """Each violation with its rule and place, for these rules or for all. The script is injected by the browser itself,
    because the pages' CSP allows no foreign scripts."""
    page.evaluate(_script())
    options = _OPTIONS | {"runOnly": list(rules)} if rules else _OPTIONS
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{fault['id']} at {node['target'][0]}: {' '.join(node['failureSummary'].split())}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
