"""The desk's search by reference, address, phone number, order number and words; and what indexing makes findable."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.rules.policy.model import Agent
from chalicelib.rules.tickets.ticket import Change, Channel, Person, Ticket, evolve
from chalicelib.services.desk import searching
from chalicelib.services.desk.searching import LIMIT, Found
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.tickets import indexing, references
from tests.support import samples
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world

ADA = Agent("ada@northlight.example", "Ada Lindqvist", "owner")
ONE, BOTH = {"northlight": ADA}, {"northlight": ADA, "kettle": ADA}
REF = "NL-7K3F9-QXMT2"


@pytest.fixture
def world() -> World:
    return new_world()


def put(world: World, ref: str = REF, minutes: int = 0, **changes: Any) -> Ticket:
    """Store and index a ticket."""
    shop = changes.pop("shop", "northlight")
    ticket = replace(samples.ticket(ref, START + timedelta(minutes=minutes), **changes), shop=shop)
    world.store.commit(Change(ticket))
    indexing.index(world.deps, ticket)
    return ticket


def found(world: World, query: str, agents: Mapping[str, Agent] = ONE) -> Found:
    return searching.search(world.deps, agents, query, "en")


def refs(world: World, query: str, agents: Mapping[str, Agent] = ONE) -> list[str]:
    return [row.ref for row in found(world, query, agents).rows]


class TestByReference:
    @pytest.mark.parametrize(
        "written",
        [
            "NL-7K3F9-QXMT2", "nl-7k3f9-qxmt2", "nl7k3f9qxmt2", " NL 7K3F9 QXMT2 ", "NL–7K3F9–QXMT2", "NL.7K3F9.QXMT2",
            "NL-7K3F9QXMT2",
        ],
    )  # fmt: skip
    def test_finds_it_in_every_way_of_writing_it(self, world: World, written: str) -> None:
        put(world)
        seen = found(world, written)
        assert ([row.ref for row in seen.rows], seen.by) == ([REF], "reference")

    def test_a_reference_with_letters_that_look_like_digits(self, world: World) -> None:
        put(world, "NL-10103-QXMT2")
        assert refs(world, "nl-IolO3-qxmt2") == ["NL-10103-QXMT2"]

    def test_another_shops_reference_is_not_found(self, world: World) -> None:
        put(world)
        assert refs(world, REF, {"kettle": ADA}) == []
        put(world, "NL-00000-00009", shop="kettle")  # the prefix belonged to the other shop before
        assert refs(world, "NL-00000-00009") == []

    def test_an_unknown_reference_is_searched_for_as_words(self, world: World) -> None:
        put(world, "NL-00000-00001", text="See also NL-7K3F9-QXMT2")
        assert found(world, REF).by == "words"
        assert refs(world, REF) == ["NL-00000-00001"]


class TestByAddress:
    def test_finds_a_customers_tickets_in_any_case_newest_first(self, world: World) -> None:
        put(world, "NL-00000-00001")
        put(world, "NL-00000-00002", 5, person=Person("M", "Mira.Holm@example.com"))
        put(world, "NL-00000-00003", person=Person("Jo", "jo@example.com"))
        assert refs(world, "MIRA.holm@example.com") == ["NL-00000-00002", "NL-00000-00001"]
        assert found(world, "nobody@example.com") == Found("nobody@example.com", "address")

    def test_finds_only_tickets_of_the_agents_shops(self, world: World) -> None:
        put(world, "NL-00000-00001")
        put(world, "KT-00000-00001", 1, shop="kettle")
        assert refs(world, "mira.holm@example.com") == ["NL-00000-00001"]
        assert refs(world, "mira.holm@example.com", BOTH) == ["KT-00000-00001", "NL-00000-00001"]

    def test_says_when_there_are_more(self, world: World) -> None:
        for number in range(LIMIT + 1):
            put(world, f"NL-00000-{number:05}", number)
        seen = found(world, "mira.holm@example.com")
        assert (len(seen.rows), seen.more) == (LIMIT, True)
        assert seen.rows[0].ref == f"NL-00000-{LIMIT:05}"


class TestByWords:
    @pytest.mark.parametrize("query", ["NL-2026-204117", "nl2026204117", "204117", "NL/2026/204117"])
    def test_finds_an_order_number_and_its_parts(self, world: World, query: str) -> None:
        put(world)
        assert refs(world, query) == [REF]

    def test_finds_words_of_subject_name_and_first_message(self, world: World) -> None:
        put(world, subject="Broken lamp", text="The glass has a crack", person=Person("Mira Holm", "m@x.example"))
        for query in ("BROKEN", "glass", "holm", "crack lamp mira"):
            assert refs(world, query) == [REF], query
        assert refs(world, "glas") == []

    def test_finds_words_of_later_messages(self, world: World) -> None:
        ticket = put(world)
        assert refs(world, "photograph from above") == []
        change = samples.reply(ticket, text="Here is a photograph from above")
        world.store.commit(change)
        indexing.index(world.deps, samples.message_of(change))
        assert refs(world, "photograph from above") == [REF]

    def test_finds_only_tickets_that_contain_all_words_anywhere(self, world: World) -> None:
        put(world, "NL-00000-00001", subject="Red kettle", text="It whistles")
        put(world, "NL-00000-00002", 1, subject="Red lamp", text="It whistles")
        put(world, "NL-00000-00003", 2, subject="Green kettle", text="It whistles")
        assert refs(world, "kettle whistles") == ["NL-00000-00003", "NL-00000-00001"]
        assert refs(world, "whistles red kettle") == ["NL-00000-00001"]
        assert refs(world, "red green") == []

    def test_finds_no_tickets_of_other_shops(self, world: World) -> None:
        put(world, "KT-00000-00001", shop="kettle", text="whistles")
        assert refs(world, "whistles") == []
        assert refs(world, "whistles", BOTH) == ["KT-00000-00001"]

    def test_a_rare_word_finds_an_old_ticket_among_many_with_a_common_word(self, world: World) -> None:
        put(world, "NL-00000-99999", -1, subject="unicorn", text="whistles")
        for number in range(600):
            ticket = replace(samples.ticket(f"NL-00000-{number:05}", START + timedelta(minutes=number)))
            words = indexing.blinded(world.deps, "northlight", ["whistles"])
            world.store.index_words("northlight", words, SearchHit(ticket.opened_at, ticket.ref))
        world.store.requests.clear()
        assert refs(world, "whistles unicorn") == ["NL-00000-99999"]
        assert len(world.store.requests) <= 4

    def test_says_when_there_may_be_more_and_reads_a_limited_number(self, world: World) -> None:
        for number in range(LIMIT + 1):
            put(world, f"NL-00000-{number:05}", number, text="whistles")
        seen = found(world, "whistles")
        assert (len(seen.rows), seen.more) == (LIMIT, True)
        assert seen.rows[0].ref == f"NL-00000-{LIMIT:05}"

    def test_two_common_words_without_a_match_cost_a_limited_number_of_requests(self, world: World) -> None:
        for word, odd in (("whistles", 0), ("kettle", 1)):
            blinded = indexing.blinded(world.deps, "northlight", [word])
            for number in range(1000):
                at = START + timedelta(minutes=2 * number + odd)
                mention = SearchHit(at, f"NL-{odd:05}-{number:05}")
                world.store.index_words("northlight", blinded, mention)
        world.store.requests.clear()
        seen = found(world, "whistles kettle")
        assert (seen.rows, seen.more) == ((), True)
        assert len(world.store.requests) <= 10

    def test_a_deleted_ticket_is_not_found(self, world: World) -> None:
        put(world)
        del world.store.tickets[REF]
        assert refs(world, "shade") == []


@pytest.mark.parametrize(
    "query", ["", "   ", "!", "a", "the", "x" * 10_000, "\x00\ud800", "%_*", "a" * 300 + "@x.example"]
)
def test_any_query_is_answered(world: World, query: str) -> None:
    put(world)
    seen = found(world, query)
    assert seen.rows == ()
    assert len(seen.query) <= 200


def test_a_search_for_nothing_reads_nothing(world: World) -> None:
    assert found(world, "  the ").by == ""
    assert world.store.requests == []


class TestReferences:
    def test_references_are_recognised_by_the_shops_prefixes(self, world: World) -> None:
        shops = [world.deps.policy.shop(id) for id in BOTH]
        own = shops[1].prefix
        assert references.reference(shops, f"{own.lower()} 7k3f9 qxmt2") == f"{own}-7K3F9-QXMT2"
        assert references.reference(shops[:1], f"{own}-7K3F9-QXMT2") == ""

    @pytest.mark.parametrize("query", ["NL", "NL-7K3F9", "NL-7K3F9-QXMT23", "7K3F9-QXMT2", "NL-7K3F9-QXM!2", ""])
    def test_text_that_is_no_reference_is_ignored(self, world: World, query: str) -> None:
        assert references.reference([world.shop], query) == ""


def test_a_result_shows_the_current_ticket(world: World) -> None:
    ticket = put(world)
    world.store.commit(Change(evolve(ticket, subject="Another subject")))
    assert [row.subject for row in found(world, "shade").rows] == ["Another subject"]


class TestByPhone:
    def put(self, world: World, phone: str, ref: str = REF) -> None:
        put(world, ref, person=Person("Karla", "", phone), text="A lamp")

    @pytest.mark.parametrize("query", ["030 901820", "+49 30 901820", "0049 (0)30/901820", "030901820", "901820"])
    @pytest.mark.parametrize("phone", ["030 901820", "+49 30 901820"])
    def test_finds_it_in_every_way_of_writing_it(self, world: World, query: str, phone: str) -> None:
        self.put(world, phone)
        assert refs(world, query) == [REF]
        assert found(world, query).rows[0].name == "Karla"

    def test_finds_the_number_as_phone_and_as_word(self, world: World) -> None:
        self.put(world, "030 204117", "NL-00000-00001")
        put(world, "NL-00000-00002", minutes=1, order_number="030204117")
        assert refs(world, "030204117") == ["NL-00000-00002", "NL-00000-00001"]

    def test_finds_the_number_of_any_caller(self, world: World) -> None:
        ticket = put(world)
        sister = Person("Her sister", "", "0171 5550199")
        change = samples.reply(ticket, "call", START, person=sister, channel=Channel.PHONE)
        world.store.commit(change)
        indexing.index(world.deps, samples.message_of(change))
        assert refs(world, "+49 171 5550199") == [REF]

    def test_a_customer_without_a_name_is_shown_by_the_number(self, world: World) -> None:
        put(world, person=Person("", "", "030 901820"))
        assert found(world, "030901820").rows[0].name == "030 901820"

    def test_another_number_finds_nothing(self, world: World) -> None:
        self.put(world, "030 901820")
        assert refs(world, "030 901821") == []
