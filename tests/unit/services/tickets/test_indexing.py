"""Which words of a ticket go into the search index, and that they cannot be read there."""

from dataclasses import replace

import pytest

from chalicelib.rules.privacy.search_terms import own_words, words_of
from chalicelib.rules.tickets.log import Action, reason_detail
from chalicelib.rules.tickets.ticket import Change, Channel, LogEntry, Person, Ticket, evolve
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.tickets import indexing
from chalicelib.services.tickets.commits import commit
from tests.support import samples
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world


@pytest.fixture
def world() -> World:
    return new_world()


def kept(world: World, **changes: object) -> Ticket:
    ticket = samples.ticket(**changes)  # type: ignore[arg-type]
    world.store.commit(Change(ticket))
    return ticket


def indexed(world: World, word: str, shop: str = "northlight") -> set[SearchHit]:
    (blinded,) = indexing.blinded(world.deps, shop, [word])
    return world.store.words.get((shop, blinded), set())


def test_a_new_ticket_is_indexed_under_each_of_its_words(world: World) -> None:
    ticket = kept(world)
    world.store.requests.clear()
    indexing.index(world.deps, ticket)
    for word in own_words(ticket):
        assert indexed(world, word) == {SearchHit(START, ticket.ref)}
    assert set(world.store.requests) == {"write"}


def test_indexing_twice_changes_nothing(world: World) -> None:
    ticket = kept(world)
    indexing.index(world.deps, ticket)
    before = {key: set(found) for key, found in world.store.words.items()}
    indexing.index(world.deps, ticket)
    assert world.store.words == before


def test_a_messages_hit_has_the_opening_time_of_its_ticket(world: World) -> None:
    ticket = kept(world)
    later = replace(samples.message_of(samples.reply(ticket, text="A photograph")), at=START.replace(year=2027))
    indexing.index(world.deps, later)
    assert indexed(world, "photograph") == {SearchHit(START, ticket.ref)}


def test_a_message_without_words_or_without_its_ticket_raises_nothing(world: World) -> None:
    said = samples.message_of(samples.reply(samples.ticket(), text="…"))
    silent = replace(said, person=Person("", ""), outbox=None)
    indexing.index(world.deps, silent)
    assert world.store.requests == []
    indexing.index(world.deps, samples.message_of(samples.reply(samples.ticket(), text="photograph")))
    indexing.index(world.deps, "NL-00000-00000")
    assert world.store.words == {}


def test_a_corrected_order_number_is_found(world: World) -> None:
    ticket = kept(world, order_number="OLD-1")
    indexing.index(world.deps, ticket)
    world.store.commit(Change(evolve(ticket, order_number="NEW-2")))
    indexing.index(world.deps, ticket.ref)
    assert indexed(world, "new2") == {SearchHit(START, ticket.ref)}


def test_index_words_are_blinded_and_differ_by_shop(world: World) -> None:
    ticket = kept(world)
    indexing.index(world.deps, ticket)
    indexing.index(world.deps, replace(ticket, shop="kettle"))
    kept_words = {word for _, word in world.store.words}
    assert not kept_words & set(own_words(ticket))
    ours, theirs = ({word for of, word in world.store.words if of == shop} for shop in ("northlight", "kettle"))
    assert len(ours) == len(theirs)
    assert not ours & theirs


def test_deletion_knows_every_word_the_ticket_is_indexed_under(world: World) -> None:
    ticket = kept(world)
    change = samples.reply(ticket, text="A photograph from above")
    message = samples.message_of(change)
    for said in (ticket, message):
        indexing.index(world.deps, said)
    every = indexing.blinded(world.deps, "northlight", words_of(ticket, [message]))
    assert {word for _, word in world.store.words} <= set(every)


def test_a_long_correspondence_leaves_no_former_words(world: World) -> None:
    id = "<AM0PR01MB1234ABCD5678EF@AM0PR01MB1234.eurprd01.prod.exchangelabs.com>"
    mail = samples.ticket(channel=Channel.MAIL, message_id=id)
    ticket = commit(world.deps, Change(mail)).ticket
    for number in range(3):
        assert ticket
        reply = samples.reply(ticket, f"reply{number}", channel=Channel.MAIL, message_id=f"{number}{id}")
        ticket = commit(world.deps, reply).ticket
    assert ticket
    assert ticket.last_message_id == f"2{id}"
    assert ticket.custody.former_words == ()


def test_an_address_in_a_note_is_kept_as_a_former_word(world: World) -> None:
    noted = evolve(kept(world), tags=("ask wilma%40quaste.example",))
    ticket = commit(world.deps, Change(noted)).ticket
    assert ticket
    named = indexing.blinded(world.deps, "northlight", ["@@wilma@quaste.example"])
    assert set(named) <= set(ticket.custody.former_words)


def test_an_address_in_a_link_is_masked_in_the_log(world: World) -> None:
    ticket = kept(world)
    entry = LogEntry(
        START, "ada@northlight.example", Action.NOTED, (reason_detail("see x.example/?u=wilma%40quaste.example"),)
    )
    change = commit(world.deps, Change(evolve(ticket), log=(entry,)))
    assert [entry.details for entry in change.log] == [(reason_detail("see […@…]"),)]
