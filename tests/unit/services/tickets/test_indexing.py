"""What puts words into the index, and that nothing of them can be read there."""

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


def test_a_new_ticket_is_named_under_each_of_its_words(world: World) -> None:
    ticket = kept(world)
    world.store.requests.clear()
    indexing.index(world.deps, ticket)
    for word in own_words(ticket):
        assert indexed(world, word) == {SearchHit(START, ticket.ref)}
    assert set(world.store.requests) == {"write"}


def test_again_changes_nothing(world: World) -> None:
    ticket = kept(world)
    indexing.index(world.deps, ticket)
    before = {key: set(found) for key, found in world.store.words.items()}
    indexing.index(world.deps, ticket)
    assert world.store.words == before


def test_a_message_names_its_ticket_by_the_tickets_own_opening(world: World) -> None:
    ticket = kept(world)
    later = replace(samples.message_of(samples.reply(ticket, text="A photograph")), at=START.replace(year=2027))
    indexing.index(world.deps, later)
    assert indexed(world, "photograph") == {SearchHit(START, ticket.ref)}


def test_one_without_words_or_whose_ticket_is_gone_costs_no_fault(world: World) -> None:
    said = samples.message_of(samples.reply(samples.ticket(), text="…"))
    silent = replace(said, person=Person("", ""), outbox=None)
    indexing.index(world.deps, silent)
    assert world.store.requests == []
    indexing.index(world.deps, samples.message_of(samples.reply(samples.ticket(), text="photograph")))
    indexing.index(world.deps, "NL-00000-00000")
    assert world.store.words == {}


def test_a_corrected_order_number_is_found_as_it_is_now(world: World) -> None:
    ticket = kept(world, order_number="OLD-1")
    indexing.index(world.deps, ticket)
    world.store.commit(Change(evolve(ticket, order_number="NEW-2")))
    indexing.index(world.deps, ticket.ref)
    assert indexed(world, "new2") == {SearchHit(START, ticket.ref)}


def test_the_index_holds_no_word_that_could_be_read_and_no_two_shops_alike(world: World) -> None:
    ticket = kept(world)
    indexing.index(world.deps, ticket)
    indexing.index(world.deps, replace(ticket, shop="kettle"))
    kept_words = {word for _, word in world.store.words}
    assert not kept_words & set(own_words(ticket))
    ours, theirs = ({word for of, word in world.store.words if of == shop} for shop in ("northlight", "kettle"))
    assert len(ours) == len(theirs)
    assert not ours & theirs


def test_who_deletes_a_ticket_knows_everything_it_stands_under(world: World) -> None:
    ticket = kept(world)
    change = samples.reply(ticket, text="A photograph from above")
    message = samples.message_of(change)
    for said in (ticket, message):
        indexing.index(world.deps, said)
    every = indexing.blinded(world.deps, "northlight", words_of(ticket, [message]))
    assert {word for _, word in world.store.words} <= set(every)


def test_correspondence_by_mail_leaves_no_former_words_however_long_it_goes_on(world: World) -> None:
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


def test_an_address_noted_leaves_its_word_so_that_it_is_found_when_the_note_has_changed(world: World) -> None:
    noted = evolve(kept(world), tags=("ask wilma%40quaste.example",))
    ticket = commit(world.deps, Change(noted)).ticket
    assert ticket
    named = indexing.blinded(world.deps, "northlight", ["@@wilma@quaste.example"])
    assert set(named) <= set(ticket.custody.former_words)


def test_nobody_stays_in_a_log_by_their_address_in_a_link(world: World) -> None:
    ticket = kept(world)
    entry = LogEntry(
        START, "ada@northlight.example", Action.NOTED, (reason_detail("see x.example/?u=wilma%40quaste.example"),)
    )
    change = commit(world.deps, Change(evolve(ticket), log=(entry,)))
    assert [entry.details for entry in change.log] == [(reason_detail("see […@…]"),)]
