"""Whoever is named in what an action writes is found by an erasure: each field of each action, and each other way in
which somebody writes on a ticket. The table's stream passes new tickets, new messages, and the log entries of actions
that name people (Action.names_people); nothing else is indexed."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent, InvalidFields
from chalicelib.rules.privacy import anonymising, participants
from chalicelib.rules.procedure import referring, replying
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import Kind
from chalicelib.services.actions.contacts import FIELDS, log_contact
from chalicelib.services.customer import rating
from chalicelib.services.privacy import rectifying, subjects
from chalicelib.services.tickets import indexing, links
from tests.support import agents, samples
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.unit.services.actions.test_acting import EVERY, prepared

MARK = "wilma@quaste.example"
HERS = f"Ask {MARK}"
AGREED = {"agent": agents.TOM, "every_days": "7", "until": "2027-02-28", "reason": "Thirty mails a day."}
# Actions that need another one before, and their fields.
AFTER: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "remedy_done": ("remedy", {"remedy_kind": "refund"}, {"text": "It is paid.", "tell": "false"}),
    "end_referral": ("refer", EVERY["refer"], {"number": "1", "reason": "They called."}),
    "reopen": ("close", EVERY["close"], {"reason": "It goes on."}),
    "end_agreement": ("agree_contact", AGREED, {"agent": agents.TOM, "reason": "They write less."}),
}
# Others that test_acting does not try, and their fields.
ALSO: dict[str, dict[str, Any]] = {"agree_contact": AGREED, "return_answer": {"text": "Too short."}}
TYPED = [
    (name, field.name) for name, action in ACTIONS.items() for field in action.fields
    if field.kind is Kind.TEXT and not field.one_of
]  # fmt: skip


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def written(world: World) -> bool:
    """Whether the person stands on the ticket or in its messages. Plays the stream; whoever stands there is found."""
    for ticket in (each for each in world.store.tickets.values() if each.version == 1):
        indexing.index(world.deps, ticket)
    for message in (each for each in world.store.messages.values() if each.version == 1):
        indexing.index(world.deps, message)
    for ref, entry in world.store.log:
        assert not any(MARK in detail.value + detail.was for detail in entry.details)
        if entry.action.names_people:
            indexing.index(world.deps, ref)
    ticket = world.store.tickets[samples.REF]
    messages = tuple(each for each in world.store.messages.values() if each.ref == samples.REF)
    there = anonymising.involved(ticket, messages, MARK)
    assert there <= (samples.REF in set(subjects.mentions(world.deps, world.shop, MARK)))
    return there


def test_every_action_is_tried() -> None:
    assert EVERY.keys() | AFTER.keys() | ALSO.keys() == ACTIONS.keys()


@pytest.mark.parametrize(("action", "field"), TYPED, ids=lambda each: each)
def test_whoever_an_agent_names_is_found(world: World, action: str, field: str) -> None:
    agents.opened(world)
    if action in AFTER:
        before, given, fields = AFTER[action]
        agents.acts(world, before, **given)
        world.store.log.clear()
    else:
        prepared(world, action)
        fields = (EVERY | ALSO)[action]
    with suppress(InvalidEvent):  # a field in which no words are accepted
        agents.acts(world, action, **_typed(fields, action, field))
    ticket = world.store.tickets[samples.REF]
    noted = any(anonymising.names(text, MARK) for text in participants.texts(ticket, frozenset({"log", "outbox"})))
    said = any(MARK in message.text for message in world.store.messages.values())
    if noted and not said:  # no message leads to it
        assert [entry.action for _, entry in world.store.log if entry.action.names_people], (action, field)
    written(world)


def _typed(fields: dict[str, Any], action: str, field: str) -> dict[str, Any]:
    if (action, field) == ("refer", "name"):
        return {"address": "depot@haul.example", "name": HERS, "text": "Where is it?"}
    if field == "address":
        return fields | {"address": MARK, "to": ""}
    if field == "tags":
        return {"tags": f"sister,{MARK}"}
    return fields | {field: MARK if field == "order_number" else HERS}


TYPED_ON_TICKETS = {
    ("refer", "name"), ("refer", "address"), ("claim", "product"), ("claim", "serial"), ("find", "reason"),
    ("remedy", "note"), ("tag", "tags"), ("place_legal_hold", "reason"), ("change", "order_number"),
    ("readdress", "name"), ("readdress", "address"), ("answer", "text"), ("note", "text"), ("extend", "reason"),
}  # fmt: skip


@pytest.mark.parametrize(("action", "field"), sorted(TYPED_ON_TICKETS), ids=lambda each: each)
def test_these_fields_are_really_written(world: World, action: str, field: str) -> None:
    """Else the test above would hold of nothing."""
    assert (action, field) in TYPED
    agents.opened(world)
    agents.acts(world, action, **_typed(EVERY[action], action, field))
    assert written(world)


def rates(world: World) -> None:
    agents.acts(world, "close", outcome="settled", reason="Done.")
    link = links.status_url(world.deps, world.store.tickets[samples.REF]).rpartition("/")[2]
    rating.rate(world.deps, link, {"score": "4", "rating_text": HERS}, "192.0.2.9")


def writes(world: World) -> None:
    agents.customer_writes(world, HERS)


def is_put_right(world: World) -> None:
    asked = {"shop": "northlight", "email": agents.MIRA, "name": HERS}
    indexing.index(world.deps, world.store.tickets[samples.REF])
    assert rectifying.rectify_subject(world.deps, asked, FakeRun())["corrected"]


def writes_as_a_third_party(world: World) -> None:
    agents.acts(world, "refer", **EVERY["refer"])
    ticket = world.store.tickets[samples.REF]
    inbound = samples.inbound(person=Person(HERS, agents.SWIFT), text=HERS)
    world.store.commit(referring.answered(ticket, "theirs", inbound, 1, samples.context(world.clock())))


def is_kept_internal(world: World) -> None:
    inbound = samples.inbound(person=Person("Jo", "jo@tann.example"), text=HERS)
    ticket = world.store.tickets[samples.REF]
    world.store.commit(replying.kept_internal(ticket, "it", inbound, samples.context(world.clock()), Remark.STRANGER))


@pytest.mark.parametrize("does", [rates, writes, is_put_right, writes_as_a_third_party, is_kept_internal])
def test_whoever_others_name_is_found(world: World, does: Callable[[World], None]) -> None:
    agents.opened(world)
    does(world)
    assert written(world)


@pytest.mark.parametrize("field", FIELDS)
def test_whoever_is_named_when_a_contact_is_logged_is_found(world: World, field: str) -> None:
    ticket = agents.opened(world)
    world.store.commit(Change(evolve(ticket)))
    fields = {"channel": "phone", "notes": "They called.", "reference": samples.REF, field: HERS}
    with suppress(InvalidFields):
        log_contact(world.deps, world.shop, ActionInput(fields, Person("Ada", agents.ADA)), "one")
    assert written(world) or field != "notes"
