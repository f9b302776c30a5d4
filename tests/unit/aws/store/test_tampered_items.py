"""Every change of a ticket's items by an attacker who can write to the table, but has no secret, is reported."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.store.purges import Purges
from chalicelib.aws.table import ticket_items
from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.table import Table
from chalicelib.errors import InvalidEvent
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.services.privacy import auditing
from tests.support import agents, samples
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import on

REF, OTHER = samples.REF, "NL-7K3F9-00002"


class Partition:
    """A client that answers one query: the partition that it holds."""

    def __init__(self, held: list[Attributes]) -> None:
        self.held = held

    def get_paginator(self, _: str) -> "Partition":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Items": self.held}]


@cache
def life() -> World:
    """A ticket with much content: answers, a referral, a moved promise, a refused mail, a rating, a hold."""
    world = new_world(limits_on=False).with_shop(review_request=None)
    for ref in (REF, OTHER):
        agents.opened(world, ref)
    agents.acts(world, "assign", to=agents.TOM)
    agents.acts(world, "answer", text="We look into it.")
    agents.stream(world)
    agents.customer_writes(world, "Thank you.")
    agents.acts(world, "refer", to="swiftparcel", facts="order_number", text="Where is it?")
    agents.stream(world)
    agents.acts(world, "extend", until="2027-01-19", reason="The courier has not answered yet.")
    agents.stream(world)
    agents.acts(world, "note", text="Remember the shade.")
    agents.stream(world)
    return world


def partition(world: World, ref: str = REF) -> list[Attributes]:
    store = world.store
    found = [ticket_items.ticket_item(store.tickets[ref])]
    found += [ticket_items.message_item(message) for (of, _), message in store.messages.items() if of == ref]
    return found + [ticket_items.logged_item(ref, logged) for logged in store.logged[ref]]


def found_of(held: list[Attributes], ref: str = REF) -> str:
    """The findings of `verify_audit` about these items, verified by reference."""
    world = life()
    store = world.store
    fake = type(store)()
    fake.tickets, fake.messages, fake.logged = store.tickets, store.messages, store.logged
    client: Any = Partition(held)
    fake.ticket_partition = lambda ref: Purges(Table(client, "table")).ticket_partition(ref)  # type: ignore[method-assign]
    deps = on(world.deps, fake)
    answer = auditing.verify_audit(deps, {"shop": "northlight", "reference": ref}, FakeRun())
    return str(answer["tickets"][0]["log"]) if answer["wrong"] else "whole"


def test_an_untouched_ticket_verifies() -> None:
    held = partition(life())
    assert len(held) > 12
    assert found_of(held) == found_of(held[::-1]) == "whole"


def paths(value: Attributes, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every attribute at any depth, except for the partition's own name."""
    for name, attribute in value.items():
        if above or name != "pk":
            yield (*above, name)
        ((kind, held),) = attribute.items()
        if kind == "M":
            yield from paths(held, (*above, name, "M"))
        if kind == "L":
            for number, part in enumerate(held):
                ((inner, deep),) = part.items()
                yield (*above, name, "L", number)
                if inner == "M":
                    yield from paths(deep, (*above, name, "L", number, "M"))


def otherwise(attribute: dict[str, Any]) -> list[dict[str, Any]]:
    """The values to which an attacker could change the attribute."""
    ((kind, held),) = attribute.items()
    match kind:
        case "S":
            return [
                {"S": f"{held}x"},
                {"S": held[:-1]},
                {"S": held.swapcase()},
                {"S": ""},
                {"N": "7"},
                {"S": f" {held}"},
            ]
        case "N":
            return [{"N": str(int(held) + 1)}, {"N": "0"}, {"S": held}]
        case "BOOL":
            return [{"BOOL": not held}]
        case "L":
            return [{"L": held[:-1]}, {"L": [*held, *held[:1]]}, {"L": held[::-1]}, {"S": "x"}]
        case _:
            return [{"M": {}}, {"M": {**held, "more": {"S": "x"}}}, {"S": "x"}]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_change_of_any_attribute_of_any_item_is_reported(data: st.DataObject) -> None:
    held = deepcopy(partition(life()))
    item = data.draw(st.sampled_from(held))
    *above, name = data.draw(st.sampled_from(list(paths(item))))
    within: Any = item
    for step in above:
        within = within[step]
    was = within[name]
    others = [other for other in otherwise(was) if other != was and (name != "sk" or "S" in other)]
    becomes = data.draw(st.sampled_from([None, *others]))
    if becomes is None:
        del within[name]
    else:
        within[name] = becomes
    if "sk" not in item:
        held.remove(item)  # without its key it would be no item
    assert found_of(held) != "whole", (above, name, was, becomes)


@pytest.mark.parametrize("more", [{"expires_at": {"N": "1"}}, {"purging": {"S": "2026-11/x"}}, {"was": {"S": "x"}}])
def test_an_added_attribute_is_reported(more: Attributes) -> None:
    for number in range(len(partition(life()))):
        held = deepcopy(partition(life()))
        held[number] |= more
        assert found_of(held) != "whole", held[number]


def test_a_deleted_or_added_item_is_reported() -> None:
    held = partition(life())
    for number, item in enumerate(held):
        assert found_of(held[:number] + held[number + 1 :]) != "whole", item["sk"]
        if item["sk"]["S"] != "TICKET":
            again = item | {"sk": {"S": f"{item['sk']['S']}0"}}
            assert found_of([*held, again]) != "whole", item["sk"]
    assert found_of([*held, {"pk": held[0]["pk"], "sk": {"S": "NOTE#1"}}]) == "altered"


def test_another_tickets_whole_contents_are_reported() -> None:
    own, other = partition(life()), partition(life(), OTHER)
    assert found_of(other, OTHER) == "whole"
    assert found_of(other) == "altered"
    moved = [item | {"pk": own[0]["pk"]} for item in other]
    assert found_of(moved) == "altered"
    renamed = [item | ({"ref": {"S": REF}} if "ref" in item else {}) for item in moved]
    assert found_of(renamed) == "altered"


def test_drafts_and_items_about_the_ticket_are_not_in_the_chain() -> None:
    held = partition(life())
    beside = [{"pk": held[0]["pk"], "sk": {"S": sk}, "expires_at": {"N": "1"}} for sk in ("DRAFT#ada", "RAW#raw/1")]
    assert found_of([*held, *beside]) == "whole"


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(InvalidEvent):
        auditing.verify_audit(life().deps, {"shop": "northlight", "reference": "NL-00000-00000"}, FakeRun())


@pytest.mark.parametrize("place", ["MSG", "LOG", "TICKET"])
def test_malformed_items_are_reported_and_raise_nothing(place: str) -> None:
    ways: list[Attributes] = [{"at": {"S": "yesterday"}}, {"at": {"M": {}}}, {"at": {"NULL": True}}]
    for wrong in ways:
        held = deepcopy(partition(life()))
        next(item for item in held if item["sk"]["S"].startswith(place)).update(wrong | {"opened_at": wrong["at"]})
        assert found_of(held) == Verdict.ALTERED
