"""What a release's fixture must contain: every member of every stored enumeration, and every kind of item."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

from chalicelib.rules.access.sessions import Session
from chalicelib.rules.policy.model import KINDS
from chalicelib.rules.tickets.clocks import SetBy
from chalicelib.rules.tickets.log import Action, DetailCode
from chalicelib.rules.tickets.messages import Author, Channel, Event, Surface, Visibility
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose, Stage, Unsent
from chalicelib.rules.tickets.procedure_facts import Fault, Outcome, OwedBy, Performer, RemedyKind
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import LogEntry, Message, Priority, State, Ticket
from chalicelib.services.intake.arrivals import Outcome as MailOutcome
from chalicelib.services.ports.tickets import Draft

ARCHITECTURE = Path(__file__).parents[3] / "docs" / "architecture.md"
# By attribute, at any depth: a word such as "closed" belongs to more than one enumeration.
STORED: Mapping[str, tuple[type[StrEnum], ...]] = {
    "state": (State,),
    "outcome": (Outcome, MailOutcome),
    "action": (Action,),
    "code": (DetailCode,),
    "unsent": (Unsent,),
    "author": (Author,),
    "channel": (Channel, Surface),
    "event": (Event,),
    "visibility": (Visibility,),
    "purpose": (Purpose,),
    "status": (DeliveryStatus,),
    "outbox": (Stage,),
    "priority": (Priority,),
    "remarks": (Remark,),
    "suspicions": (Suspicion,),
    "set_by": (SetBy,),
    "fault": (Fault,),
    "remedy_kind": (RemedyKind,),
    "owed_by": (OwedBy,),
    "carried_out_by": (Performer,),
}
_ROW = re.compile(r"^\| ([A-Za-z -]+) \| `([^`<]*)[^`]*` \| `([^`<]*)[^`]*`", re.M)


def members() -> dict[str, list[str]]:
    """The current members: the possible values of each attribute, and the kinds of ticket."""
    found = {name: sorted({each.value for kind in kinds for each in kind}) for name, kinds in STORED.items()}
    return found | {"kind": sorted(KINDS)}


def stored_fields() -> dict[str, list[str]]:
    """The current fields of everything that is stored in a ticket's items and of sessions, by dataclass."""
    found: dict[str, list[str]] = {}

    def add(each: Any) -> None:
        for inner in get_args(each):
            add(inner)
        if is_dataclass(each) and isinstance(each, type) and each.__name__ not in found:
            found[each.__name__] = [one.name for one in fields(each)]
            for hint in get_type_hints(each).values():
                add(hint)

    for kind in (Ticket, Message, LogEntry, Draft, Session):
        add(kind)
    return found


def kinds_of_items() -> dict[str, list[str]]:
    """The kinds of items and the prefixes of their keys, from docs/architecture.md."""
    table = ARCHITECTURE.read_text(encoding="utf-8").partition("## The table")[2].partition("| index |")[0]
    return {name: [pk, sk] for name, pk, sk in _ROW.findall(table)}


def attributes(items: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of all attributes in these items, at any depth."""
    return {name for item in items for name, _ in _each(item)}


def held(items: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """The texts of each attribute in these items, at any depth."""
    found: dict[str, set[str]] = {}
    for name, attribute in (each for item in items for each in _each(item)):
        if "S" in attribute:
            found.setdefault(name, set()).add(attribute["S"])
    return found


def _each(attributes: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each attribute at any depth. The parts of a list have the list's name."""
    for name, attribute in attributes.items():
        yield name, attribute
        for part in attribute.get("L", ()):
            yield from _each({name: part})
        yield from _each(attribute.get("M", {}))
