"""A customer's data is corrected in all their tickets. The log does not contain the old data; search and deletion use
the new data."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.privacy import auditing, rectifying
from chalicelib.services.tickets import indexing
from tests.support import agents, records, samples
from tests.support.records import found, state
from tests.support.scenarios import JON, WILMA, Life
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world

EVENT = {"shop": "northlight", "email": WILMA.address}
NEW = "wilma@neu.example"


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


@pytest.fixture
def life(world: World) -> Life:
    life = Life(world)
    for step in ("form", "form", "page", "call", "answer", "reply"):
        life.do(step, WILMA, 0, 0)
    life.do("form", JON, 0, 0)
    return life


def rectify(world: World, run: FakeRun | None = None, **fields: Any) -> dict[str, Any]:
    answer = rectifying.rectify_subject(world.deps, EVENT | fields, run or FakeRun())
    for ref in world.store.tickets:  # the stream delivers the corrections
        indexing.index(world.deps, ref)
    return answer


def test_a_name_is_corrected_on_the_ticket_and_on_messages(world: World, life: Life) -> None:
    answer = rectify(world, name="Wilma Sperlich", phone="+49 30 5550000")
    assert (answer["corrected"], answer["as_it_was"], answer["complete"]) == (3, 0, True)
    hers = [t for t in world.store.tickets.values() if t.requester.address == WILMA.address]
    assert {t.requester for t in hers} == {Person("Wilma Sperlich", WILMA.address, "+49 30 5550000")}
    said = [m for t in hers for m in (t.opening, *records.messages_of(world, t.ref)) if m.author == "customer"]
    assert len(said) > 3
    assert {message.person.name for message in said} == {"Wilma Sperlich"}
    assert JON.name in {t.requester.name for t in world.store.tickets.values()}


def test_the_log_names_the_corrected_field_and_verifies(world: World, life: Life) -> None:
    rectify(world, name="Wilma Sperlich", new_email=NEW)
    logged = [entry for entry in agents.log(world) if entry[1] == "rectified"]
    assert set(logged) == {("console", "rectified", "part=name part=address")}
    for ref in world.store.tickets:
        ticket_partition = world.store.ticket_partition(ref)
        assert ticket_partition
        assert set(auditing.verdicts(world.deps, ref, ticket_partition).values()) == {Verdict.WHOLE}


def test_the_same_correction_twice_changes_nothing(world: World, life: Life) -> None:
    rectify(world, name="Wilma Sperlich")
    before = copy.deepcopy(state(world))
    assert rectify(world, name="Wilma Sperlich")["corrected"] == 0
    assert state(world) == before


def test_new_and_owed_mails_go_to_the_new_address(world: World) -> None:
    life = Life(world)
    life.do("form", WILMA, 0, 0)
    (ref,) = world.store.tickets
    agents.acts(world, "answer", ref, text="It is on its way.")
    world.mailer.sent.clear()
    rectify(world, new_email=NEW)
    agents.stream(world)
    assert {mail.recipient for mail in world.mailer.sent} == {NEW}
    assert [s.ref for s in world.store.tickets_of("northlight", NEW, 9)] == [ref]
    assert world.store.tickets_of("northlight", WILMA.address, 9) == []


def test_after_a_purge_the_former_name_is_not_in_the_index(world: World, life: Life) -> None:
    rectify(world, name="Wilma Sperlich", new_email=NEW)
    assert any(world.store.words.values())
    life.closes_all()
    records.years_later(world)
    records.purge(world)
    assert not any(world.store.words.values())
    assert found(world, *WILMA.traces, "Sperlich", NEW) == []


def test_very_many_messages_take_more_than_one_change(world: World) -> None:
    life = Life(world)
    life.do("form", WILMA, 0, 0)
    (ref,) = world.store.tickets
    for number in range(120):
        life.number = number
        life.do("page", WILMA, 0, 0)
    assert rectify(world, name="Wilma Sperlich")["corrected"] == 1
    assert {m.person.name for m in records.messages_of(world, ref)} == {"Wilma Sperlich"}


def test_long_messages_take_more_than_one_change(world: World) -> None:
    Life(world).do("form", WILMA, 0, 0)
    (ticket,) = world.store.tickets.values()
    hers = Person(WILMA.name, WILMA.address)
    for number in range(80):  # larger than a request may be, though not too many items for one
        message = samples.message_of(samples.reply(ticket, text="y" * 64_000, person=hers))
        world.store.commit(Change(messages=(replace(message, id=f"m{number}"),)))
    rectify(world, name="Wilma Sperlich")
    assert {m.person.name for m in records.messages_of(world, ticket.ref)} == {"Wilma Sperlich"}


def test_a_run_out_of_time_invokes_itself_again(world: World, life: Life) -> None:
    run = FakeRun(steps=1)
    answer = rectify(world, run, name="Wilma Sperlich")
    assert (answer["corrected"], answer["complete"], answer["goes_on"]) == (1, False, True)
    assert run.asked == [EVENT | {"name": "Wilma Sperlich"}]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({}, "name", "write what is right"),
        ({"new_email": "wilma"}, "new_email", "write one mail address"),
        ({"new_email": "ada@northlight.example"}, "new_email", "an agent's"),
        ({"name": " "}, "name", "write it in words"),
        ({"phone": "1" * 41}, "phone", "shorten it to 40"),
        ({"mail": "x"}, "mail", "the fields here are shop, email, name, new_email, phone"),
    ],
)
def test_a_wrong_event_is_answered_with_what_to_type(
    world: World, fields: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidEvent) as wrong:
        rectify(world, **fields)
    assert sentence in wrong.value.sentences[field]


def test_after_a_purge_the_former_number_is_not_in_the_index(world: World, life: Life) -> None:
    life.do("call", WILMA, 1, 0)
    life.do("call", WILMA, 0, 1)
    rectify(world, phone="+49 30 5550000")
    hers = [ref for ref, ticket in world.store.tickets.items() if ticket.requester.address == WILMA.address]
    assert WILMA.phone not in {world.store.tickets[ref].requester.phone for ref in hers}
    life.closes_all()
    records.years_later(world)
    records.purge(world)
    assert not world.store.words or not any(world.store.words.values())
