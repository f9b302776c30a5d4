"""What somebody says about the shop's electronic services: read from a form, within limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.errors import InvalidFields
from chalicelib.patterns import pattern
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.submission import LONGEST, YES
from chalicelib.rules.policy.model import Shop

FIELDS = (
    "wanted", "managed", "felt", "feedback_text", "barrier", "email", "page", "language", "submission_id",
    "further_details",
)  # fmt: skip
KEPT = timedelta(days=400)
"""How long feedback without an address is kept."""
_PAGE = pattern(r"[A-Za-z_-]{1,40}")
_MOST_PARTS = 4


class Managed(StrEnum):
    """Whether somebody managed what they wanted to do."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Felt(StrEnum):
    """How it was, in five words from bad to good."""

    BAD = "bad"
    POOR = "poor"
    FAIR = "fair"
    GOOD = "good"
    VERY_GOOD = "very_good"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A form's fields, checked. `barrier`: a disability made something hard to use. `page`: the path of the page that
    it is about, as far as it can name nobody."""

    managed: Managed
    felt: Felt
    language: str
    wanted: str = ""
    text: str = ""
    barrier: bool = False
    email: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """Feedback without an address, as it is kept: by its day, and with what could name a person cut out."""

    day: date
    language: str
    managed: Managed
    felt: Felt
    wanted: str = ""
    text: str = ""
    page: str = ""


def read(fields: Mapping[str, str], shop: Shop) -> Feedback:
    """The feedback in these fields. Raises InvalidFields with a code for each wrong field."""
    wanted, text = submission.one_line(fields.get("wanted", "")), submission.clean(fields.get("feedback_text", ""))
    managed, felt = fields.get("managed", "").strip(), fields.get("felt", "").strip()
    email = submission.address(fields.get("email", ""))
    problems: dict[str, str] = {}
    if managed not in tuple(Managed):
        problems["managed"] = "unknown" if managed else "missing"
    if felt not in tuple(Felt):
        problems["felt"] = "unknown" if felt else "missing"
    for name, said in (("wanted", wanted), ("feedback_text", text.strip())):
        if len(said) > LONGEST[name]:
            problems[name] = "too_long"
    if email and not submission.is_address(email):
        problems["email"] = "not_an_address"
    if problems:
        raise InvalidFields({name: problems[name] for name in FIELDS if name in problems})
    return Feedback(
        managed=Managed(managed),
        felt=Felt(felt),
        language=shop.spoken(fields.get("language", "")),
        wanted=wanted,
        text=text.strip(),
        barrier=fields.get("barrier", "").strip().lower() in YES,
        email=email,
        page=page_of(fields.get("page", "")),
    )


def page_of(path: str) -> str:
    """The path of a page of the shop, up to the first part that could name a person or an order: "/account/orders" of
    "/account/orders/1001?t=abc"; "" if nothing is left."""
    parts = path.split("?")[0].split("#")[0].strip().split("/")
    if parts[0]:
        return ""
    safe: list[str] = []
    for part in parts[1 : _MOST_PARTS + 1]:
        if not _PAGE.fullmatch(part):
            break
        safe.append(part.lower())
    return f"/{'/'.join(safe)}" if safe else ""
