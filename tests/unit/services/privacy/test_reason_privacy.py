"""The reason for an erasure is kept after it, so it must not name the person."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidEvent
from chalicelib.rules.tickets.messages import Author, Person
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.privacy import reason_privacy, retention
from tests.support import agents, samples
from tests.support.store.fakes import World

MIRA = Person("Mira Holm-Sander", "mira.holm@example.com", "+49 30 901820")
JO = Person("Jo Abendroth", "jo@example.net")
EXAMPLE = "Asked for by letter of 3 November"


def read(reason: str, *people: Person) -> str:
    return reason_privacy.reason({"reason": reason}, EXAMPLE, people or (MIRA,))


@pytest.mark.parametrize(
    "reason",
    [
        "Mira asked for it",
        "MIRA's letter",
        "Miras Brief vom 3. November",
        "Frau Holm bat darum",
        "for Holm-Sander",
        "asked for by mira.holm@example.com",
        "asked for by Mira.Holm@Example.com",
        "asked for by another@example.org",
        "called from 030/90 18 20",
        "called from +4930901820",
    ],
)
def test_a_reason_that_names_the_person_is_refused(reason: str) -> None:
    with pytest.raises(InvalidEvent) as told:
        read(reason)
    sentence = told.value.sentences["reason"]
    assert sentence.startswith("name nobody in it")
    assert EXAMPLE in sentence
    assert "holm" not in sentence.lower()


@pytest.mark.parametrize("reason", [EXAMPLE, "Gebeten am 3. November 2026", "Order of court 12 C 345/26", "admiral"])
def test_a_reason_that_names_nobody_is_accepted(reason: str) -> None:
    assert read(reason) == reason


@pytest.mark.parametrize("reason", ["Li Wu asked by letter", "LI's letter", "Brief von Wu", "Lis Brief", "from Li-Wu"])
def test_a_name_of_two_letters_is_found_too(reason: str) -> None:
    with pytest.raises(InvalidEvent):
        read(reason, Person("Li Wu", "li@example.com"))
    assert read("Light wurde verlangt", Person("Li Wu", "li@example.com"))


def test_a_person_without_name_and_phone_is_never_found() -> None:
    assert read(EXAMPLE, Person("", "x@example.com"), Person("A B", "", "12")) == EXAMPLE


@given(st.sampled_from([*MIRA.name.split(), MIRA.address, MIRA.phone]), st.text(max_size=20), st.text(max_size=20))
def test_a_name_is_found_in_any_surroundings(named: str, before: str, after: str) -> None:
    with pytest.raises(InvalidEvent):
        read(f"{before} {named} {after}")


def test_a_person_is_found_by_every_name_on_their_tickets(world: World) -> None:
    agents.opened(world)
    own = world.store.only_ticket()
    world.store.tickets[own.ref] = replace(own, requester=replace(own.requester, address="Mira.Holm@example.com"))
    other = samples.ticket("NL-JJJJJ-00000", person=JO)
    world.store.commit(Change(other))
    change = samples.reply(other, "wrote", text="Hello")
    message = replace(samples.message_of(change), person=replace(MIRA, name="Mimi"), author=Author.OTHER)
    world.store.commit(replace(change, messages=(message,)))
    refs = [own.ref, other.ref, own.ref, "NL-00000-GONE0"]
    known = reason_privacy.known_as(world.deps, refs, "mira.holm@example.com")
    assert {person.name for person in known} == {own.requester.name, "Mimi"}


@pytest.mark.parametrize("serve", [retention.place_legal_hold, retention.lift_legal_hold])
def test_a_holds_reason_must_not_name_the_tickets_customer(world: World, serve: object) -> None:
    assert callable(serve)
    agents.opened(world)
    event = {"shop": "northlight", "reference": samples.REF}
    name = world.store.only_ticket().requester.name
    with pytest.raises(InvalidEvent) as told:
        serve(world.deps, event | {"reason": f"The case of {name}"})
    assert "name nobody" in told.value.sentences["reason"]
    assert world.store.log == []
