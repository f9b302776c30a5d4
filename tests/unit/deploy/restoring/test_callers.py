"""After a restore, whoever was erased by a telephone number is found again by it, and nobody who only shares it."""

from typing import Any, cast

import pytest

from chalicelib.rules.tickets.messages import Person
from chalicelib.services import console_events
from deploy.restoring import lost
from tests.support import agents
from tests.support.store.fakes import World, world

CALLER = "4930901820@tel.invalid"


@pytest.fixture
def here() -> World:
    made = world(limits_on=False)
    for letter, address, phone in (
        ("A", "", "030 901820"),
        ("B", "4930901820@sms.invalid", ""),
        ("C", "jo@example.org", "030 901820"),
        ("D", "", "030 901821"),
    ):
        agents.opened(made, f"NL-00000-0000{letter}", person=Person("Mira", address, phone))
    return made


def test_each_of_their_addresses_is_known_by_the_certificate(here: World) -> None:
    named = {console_events.subject(here.deps, "northlight", CALLER)}
    found = lost.erased_people(here.deps, sorted(here.store.tickets), named)
    assert found == {("northlight", "national.030901820@tel.invalid"), ("northlight", "4930901820@sms.invalid")}


def test_only_who_is_known_by_it_alone_is_erased_again(here: World) -> None:
    erased = {("northlight", "national.030901820@tel.invalid")}
    assert [lost.erased_again(here.deps, ref, erased) for ref in sorted(here.store.tickets)] == [1, 0, 0, 0]
    assert sorted(cast("dict[str, Any]", here.store.tickets)) == [f"NL-00000-0000{letter}" for letter in "BCD"]
