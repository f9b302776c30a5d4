"""The mail about a month and the page of what was improved, with sample data."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.learning.improvements import Improvement, Reason, Said, Stage
from chalicelib.rules.policy.model import Shop
from local.previews.examples import Sample, at

_SITE = "https://care.northlight.example/desk"
OVERDUE = [{"cause": "It arrived damaged", "due": at(20, 9), "url": f"{_SITE}/improvements/northlight/1b2c3d4e5f60"}]
_PICTURES: list[dict[str, Any]] = [
    {
        "id": "kinds",
        "title": "97 per cent of 913 promises on tickets were kept; of the 31 missed, most (24) were on: Complaint.",
        "heads": ("Kind", "Kept", "Missed", "Kept, of all"),
        "rows": [(("Complaint", "396", "24", "94 %"), 0.86), (("Question", "486", "7", "99 %"), 1.0)],
    },
    {
        "id": "money",
        "title": "It arrived damaged cost €1,047.90 of €1,197.90 (87 per cent).",
        "heads": ("Cause", "Money", "Share"),
        "rows": [
            (("It arrived damaged", "€1,047.90", "87 %"), 0.87),
            (("It is faulty", "€150.00", "13 %"), 0.13),
            (("In another currency", "£20.00", "–"), None),
        ],
    },
    {"id": "help", "title": "Nobody said whether an article helped.", "heads": ("Article", "Helped"), "rows": []},
]


def mail_samples(shop: Shop) -> Iterator[Sample]:
    url = f"{_SITE}/reports?shop={shop.id}&from=2026-10-01&to=2026-10-31"
    full = {"shop": shop, "month": "October 2026", "pictures": _PICTURES, "url": url}
    yield "monthly_report", "monthly_report", full
    yield "monthly_report-bare", "monthly_report", full | {"pictures": _PICTURES[2:]}


def page_samples(shop: Shop, language: str) -> Iterator[Sample]:
    told = [(_improvement(shop), said) for said in _said(language)]
    yield "improved", "improved", {"shop": shop, "told": told}
    yield "improved-nothing", "improved", {"shop": shop, "told": []}


def _said(language: str) -> Iterator[Said]:
    yield Said(language, "Our shades came broken.", "Each shade now travels in a box of its own.")
    yield Said("en", "The tracking told us nothing.", "We changed the courier.")


def _improvement(shop: Shop) -> Improvement:
    return Improvement(
        shop=shop.id, id="1b2c3d4e5f60", cause=Cause("damaged_in_transit", "courier"), reason=Reason.FIVE, signals=5,
        proposed_at=at(2, 9), owner="ada@northlight.example", due=at(30, 9), stage=Stage.CHANGED,
        change="A thicker box.", changed_on=date(2026, 11, 9),
    )  # fmt: skip
