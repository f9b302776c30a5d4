"""The declaration of each action: it reads exactly the fields that it names."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import RemedyKind
from chalicelib.services.actions.action_input import LONGEST, ActionInput
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import SEEN, UNSEEN, Field, Kind
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from tests.support import agents, samples
from tests.support.agents import ADA, TOM
from tests.support.store.fakes import World

SHOP = samples.northlight()
FIELDS = sorted(
    {field for action in ACTIONS.values() for field in action.fields}, key=lambda field: (field.name, field.kind.name)
)
# These fields make an action read everything it can: an unknown third party has a name and a language.
FULL = {
    "priority": "high", "by": "10 days", "address": "mill@example.com", "number": "1", "fault": "courier",
    "outcome": "settled", "text": "It comes tomorrow.", "reason": "A lawyer wrote.",
}  # fmt: skip
# Fields that are read for every action that has them, before it is applied (unseen_messages).
BEFORE = {field.name for field in UNSEEN} | {"beside"}


def said_of(action: str) -> dict[str, str]:
    return FULL | {"conclude": {"outcome": "upheld"}, "call_result": {"result": "reached"}}.get(action, {})


class Reads(Mapping[str, str]):
    """Fields that record which of them were read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_, self.asked = dict(values), set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def asked(deps: Deps, action: str, values: Mapping[str, str]) -> set[str]:
    """The fields that an action reads when it is prepared and applied once."""
    ticket = deps.tickets.ticket(samples.REF)
    assert ticket
    reads = Reads(values)
    with suppress(InvalidFields):
        rule = ACTIONS[action].prepare(deps, SHOP, ticket, ActionInput(reads, Person("Ada", ADA)))
        rule(ticket, "id", deps.context(SHOP))
    return reads.asked


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_reads_the_fields_it_names_and_no_others(world: World, action: str) -> None:
    agents.opened(world)
    fields = ACTIONS[action].fields
    read_before = BEFORE if SEEN in fields else set()
    assert asked(world.deps, action, said_of(action)) == {field.name for field in fields} - read_before


@pytest.mark.parametrize("action", ACTIONS)
def test_a_field_the_action_does_not_name_does_not_reach_it(action: str) -> None:
    everything = dict.fromkeys([field.name for field in FIELDS], "x") | {"untill": "x"}
    own = ACTIONS[action].own(ActionInput(everything, Person("Ada", ADA)))
    assert set(own.fields) == {field.name for field in ACTIONS[action].fields}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_registered_by_its_name_and_has_each_field_once(action: str) -> None:
    names = [field.name for field in ACTIONS[action].fields]
    assert ACTIONS[action].name == action
    assert len(names) == len(set(names))


def test_an_action_with_beside_also_has_seen() -> None:
    for action in ACTIONS.values():
        assert "beside" not in {field.name for field in action.fields} or SEEN in action.fields


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.name}-{field.kind.name}")
def test_a_fields_length_is_checked_when_it_is_read(field: Field) -> None:
    longest = field.longest
    assert longest == LONGEST.get(field.name, LONGEST_TEXT)
    said = ActionInput({field.name: "x" * longest}, Person("Ada", ADA))
    assert len(said.text(field.name)) == longest
    with pytest.raises(InvalidFields, match="too_long"):
        replace(said, fields={field.name: "x" * (longest + 1)}).text(field.name)


@pytest.mark.parametrize(
    ("action", "field", "some"),
    [
        ("assign", "to", {ADA, TOM}),
        ("refer", "to", {"swiftparcel", "lumenworks"}),
        ("link", "to", set()),
        ("change", "kind", {"question", "complaint"}),
        ("split", "kind", {"question", "complaint"}),
        ("change", "topic", {"missed_delivery"}),
        ("answer", "canned", {"missed_delivery"}),
        ("remedy", "remedy_kind", set(RemedyKind)),
        ("close", "outcome", {"spam", "settled"}),
        ("note", "text", set()),
        ("note", "remedy_kind", set()),
    ],
)
def test_the_values_a_field_accepts_in_a_shop(action: str, field: str, some: set[str]) -> None:
    accepted = ACTIONS[action].accepted(field, SHOP)
    assert set(accepted) >= some
    assert bool(accepted) == bool(some)


class Watched(ActionInput):
    """An ActionInput that records how each field was read."""

    how: dict[str, Kind]
    chosen: set[str]

    def day(self, name: str) -> Any:
        self.how[name] = Kind.DAY
        return ActionInput.day(self, name)

    def boolean(self, name: str, default: bool) -> bool:
        self.how[name] = Kind.BOOLEAN
        return ActionInput.boolean(self, name, default)

    def period(self, name: str) -> Any:
        self.how[name] = Kind.PERIOD
        return ActionInput.period(self, name)

    def choice(self, name: str, kind: type[Any], default: Any = None) -> Any:
        self.chosen.add(name)
        return ActionInput.choice(self, name, kind, default)


@pytest.mark.parametrize("action", ACTIONS)
def test_days_periods_and_choices_are_read_as_declared(world: World, action: str) -> None:
    ticket, said = agents.opened(world), Watched(said_of(action), Person("Ada", ADA))
    object.__setattr__(said, "how", {})
    object.__setattr__(said, "chosen", set())
    with suppress(InvalidFields):
        ACTIONS[action].prepare(world.deps, SHOP, ticket, said)
    fields = [field for field in ACTIONS[action].fields if field not in UNSEEN or SEEN not in ACTIONS[action].fields]
    read = (Kind.DAY, Kind.PERIOD, Kind.BOOLEAN)
    assert said.how == {field.name: field.kind for field in fields if field.kind in read}
    assert said.chosen <= {field.name for field in fields if field.one_of}
