"""Reads what an admin typed as a console function's event: each wrong field is answered with a sentence on what to
type."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from chalicelib.errors import InvalidEvent
from chalicelib.patterns import pattern
from chalicelib.rules.identity import callers, derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.identity.handles import asked
from chalicelib.rules.intake import submission
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing import typed
from chalicelib.services.ports.deps import Deps

_REFERENCE = pattern(r"[A-Z0-9-]{3,40}")
LONGEST_REASON = 500
_MAX_YEARS = 20
_MOST_REFERENCES = 100
# An error names so many fields that are none.
_MOST_NAMED = 10
_Read = TypeVar("_Read")


def fields(event: Any, *names: str) -> dict[str, Any]:
    """The event's fields. Others than these are refused, so that no typing mistake ("dryrun") is ignored. A schedule's
    own event has no fields."""
    given = with_values(event)
    if wrong := others(event, *names):
        raise InvalidEvent(wrong)
    return given


def with_values(event: Any) -> dict[str, Any]:
    """The event's fields, whatever their names, without those that are null."""
    if not isinstance(event, Mapping):
        raise InvalidEvent({"event": 'write a JSON object, for example {"shop": "northlight"}, or {} for no fields'})
    return {} if scheduled(event) else {name: value for name, value in event.items() if value is not None}


def others(event: Mapping[str, Any], *names: str) -> dict[str, str]:
    """A sentence for each field of the event, null or not, that the function does not have."""
    if scheduled(event):
        return {}
    known = ", ".join(names) or "none"
    wrong = [submission.one_line(str(name))[:80] or '""' for name in event if name not in names]
    return dict.fromkeys(wrong[:_MOST_NAMED], f"leave this out or mend its name: the fields here are {known}")


def tried(wrong: dict[str, str], read: Callable[..., _Read], *arguments: Any) -> _Read | None:
    """What `read` returns; if it refuses a field, None, and its sentence is added to `wrong`. So the other fields are
    read too."""
    try:
        return read(*arguments)
    except InvalidEvent as refused:
        wrong |= refused.sentences
        return None


def scheduled(event: Any) -> bool:
    """Whether this is a schedule's own event."""
    return isinstance(event, Mapping) and event.get("detail-type") == "Scheduled Event"


def shop(deps: Deps, values: Mapping[str, Any]) -> Shop:
    id = values.get("shop")
    if not isinstance(id, str) or id not in deps.policy.shops:
        known = ", ".join(f'{{"shop": "{shop}"}}' for shop in deps.policy.shops)
        raise InvalidEvent({"shop": f"name one of the shops, for example {known}"})
    return deps.policy.shops[id]


def text(values: Mapping[str, Any], name: str, example: str, longest: int = LONGEST_REASON) -> str:
    """A required text; `example` is for the error message."""
    found = values.get(name)
    words = submission.one_line(found).strip() if isinstance(found, str) else ""
    if not words:
        raise InvalidEvent({name: f'write it in words, for example {{"{name}": "{example}"}}'})
    if len(words) > longest:
        raise InvalidEvent({name: f"shorten it to {longest} characters at most; it has {len(words)}"})
    return words


def address(values: Mapping[str, Any], name: str = "email") -> str:
    """A mail address, or a messenger's user as "whatsapp:+4915112345678", in lower case as in the index."""
    found = values.get(name)
    if isinstance(found, str) and (theirs := asked(found)):
        return canonical(theirs.address)
    plain = submission.address(found) if isinstance(found, str) else ""
    if not submission.is_address(plain):
        number = f'{{"{name}": "+49 30 901820"}}'
        sentence = f'write one mail address, for example {{"{name}": "mira.holm@example.com"}}'
        whom = f"; for who is known by a number only, that number, for example {number}"
        raise InvalidEvent({name: sentence if name == "new_email" else sentence + whom})
    return canonical(plain)


def person(shop: Shop, values: Mapping[str, Any], name: str = "email") -> str:
    """As `address`; or the address of a telephone number as people write it, of the shop's country unless it says of
    which."""
    found = values.get(name)
    number = callers.asked(found, shop.country) if isinstance(found, str) else ""
    return number or address(values, name)


def references(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of tickets' references; none if the field is missing."""
    found = values.get(name, [])
    if not isinstance(found, list) or len(found) > _MOST_REFERENCES:
        few = f"{_MOST_REFERENCES} references of tickets at most"
        raise InvalidEvent({name: f'write a list of {few}, for example {{"{name}": ["NL-7K3F9-QXMT2"]}}'})
    return tuple(reference({name: each}, name) for each in found)


def subject(deps: Deps, shop: str, address: str) -> str:
    """A pseudonym of a person for certificates and the audit trail: it can't be turned back into the address."""
    return derived.name(deps.secret, "erasure", f"{shop}/{canonical(address)}")


def day(values: Mapping[str, Any], name: str) -> date:
    """A date, with four digits for the year."""
    try:
        return typed.day(values.get(name, ""))
    except (TypeError, ValueError):
        raise InvalidEvent(
            {name: f'write a day there is, as year-month-day, for example {{"{name}": "2026-11-30"}}'}
        ) from None


def month(values: Mapping[str, Any]) -> date:
    """The first day of a month, given as year-month."""
    found = values.get("month")
    try:
        return day({"month": f"{found}-01"}, "month")
    except InvalidEvent:
        raise InvalidEvent(
            {"month": 'write a month there is, as year-month, for example {"month": "2026-11"}'}
        ) from None


def days(values: Mapping[str, Any]) -> tuple[date, date]:
    """The days from `from` to `to`, both included."""
    since, until = day(values, "from"), day(values, "to")
    if until < since:
        raise InvalidEvent({"to": f"write a day that is not before {since.isoformat()}, the one you gave as from"})
    if until.year - since.year > _MAX_YEARS:
        raise InvalidEvent({"to": f"write a day that is {_MAX_YEARS} years after {since.isoformat()} at most"})
    return since, until


def choice(values: Mapping[str, Any], name: str, options: Iterable[str], default: str | None = None) -> str:
    """One of several words; `default` if the field is missing."""
    known, found = list(options), values.get(name, default)
    if not isinstance(found, str) or found not in known:
        raise InvalidEvent({name: f'write one of {", ".join(known)}, for example {{"{name}": "{known[0]}"}}'})
    return found


def choices(values: Mapping[str, Any], name: str, options: Iterable[str]) -> tuple[str, ...]:
    """Some of several words, as a list; all of them if the field is missing."""
    known, found = list(options), values.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one in known for one in found):
        raise InvalidEvent({name: f'write a list of {", ".join(known)}, for example {{"{name}": ["{known[0]}"]}}'})
    return tuple(found) or tuple(known)


def boolean(values: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    found = values.get(name, default)
    if not isinstance(found, bool):
        raise InvalidEvent({name: f'write true or false without quotes, for example {{"{name}": true}}'})
    return found


def reference(values: Mapping[str, Any], name: str = "reference") -> str:
    """A ticket's reference; upper and lower case do not matter."""
    found = values.get(name)
    ref = found.strip().upper() if isinstance(found, str) else ""
    if not _REFERENCE.fullmatch(ref):
        raise InvalidEvent({name: f'write the reference of a ticket, for example {{"{name}": "NL-7K3F9-QXMT2"}}'})
    return ref


def ticket(deps: Deps, of: Shop, values: Mapping[str, Any]) -> Ticket:
    """The ticket of this shop with this `reference`."""
    found = deps.tickets.ticket(reference(values))
    if found is None or found.shop != of.id:
        raise InvalidEvent({"reference": f"name a ticket of {of.id} that is there, for example NL-7K3F9-QXMT2"})
    return found
