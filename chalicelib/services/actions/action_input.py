"""What an agent enters: an action's fields as text, read and limited in length. Errors name the field and a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import submission
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.timing import periods
from chalicelib.rules.timing.periods import Period
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from chalicelib.services.tickets.filing import IncomingFile

# In characters. Values that are stored in the ticket item, where long texts do not fit, and names have short limits.
LONGEST = {
    "reason": 2000, "note": 2000, "to": 320, "address": 320, "facts": 300, "product": 200, "serial": 100, "name": 100,
    "kind": 100, "topic": 100, "order_number": 100, "country": 100, "canned": 60, "language": 10, "number": 3,
    "tags": 1000, "into": 40, "message": 80, "subject": 200, "seen": 1300, "phone": 40, "when": 40, "reference": 40,
    "sku": 100, "question": 500, "files": 4000, "slot": 20, "every_days": 2, "amount": 20, "currency": 3,
    "template": 530,
}  # fmt: skip
# A year outside these is a typing mistake, and calculating with it could leave the calendar.
_YEARS = (1900, 2199)
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ActionInput:
    """What an agent entered: the fields of an action, the agent, and the files that go with it."""

    fields: Mapping[str, str]
    agent: Person
    incoming_files: tuple[IncomingFile, ...] = ()

    def text(self, name: str) -> str:
        value = submission.clean(self.fields.get(name, "")).strip()
        if len(value) > LONGEST.get(name, LONGEST_TEXT):
            raise InvalidFields({name: "too_long"})
        return value

    def choice(self, name: str, kind: type[_Choice], default: _Choice | None = None) -> _Choice:
        text = self.text(name)
        if not text and default is not None:
            return default
        if text not in {choice.value for choice in kind}:
            raise InvalidFields({name: "unknown" if text else "missing"})
        return kind(text)

    def day(self, name: str) -> date | None:
        value = self.text(name)
        try:
            day = date.fromisoformat(value) if value else None
        except ValueError:
            raise InvalidFields({name: "no_date"}) from None
        if day and not _YEARS[0] <= day.year <= _YEARS[1]:
            raise InvalidFields({name: "no_date"})
        return day

    def boolean(self, name: str, default: bool) -> bool:
        value = self.text(name).lower()
        return value in ("true", "yes", "on", "1") if value else default

    def period(self, name: str) -> Period:
        try:
            return periods.parse(self.text(name))
        except ValueError:
            raise InvalidFields({name: "no_period" if self.text(name) else "missing"}) from None
