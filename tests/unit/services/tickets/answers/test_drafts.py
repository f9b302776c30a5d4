"""Drafts of agents: kept for their writer, shown to others as "is writing", and gone once the text is sent."""

from datetime import timedelta

import pytest

from chalicelib.errors import InvalidFields, UnknownTicket
from chalicelib.services.tickets.answers.drafts import (
    DRAFT_LIFE,
    LONGEST_TEXT,
    Drafts,
    drafts_of,
    others_at,
    save_draft,
)
from tests.support import agents, samples
from tests.support.agents import ADA, TOM, acts
from tests.support.store.fakes import World

OTHER = "NL-7K3F9-QXMT3"


def saves(world: World, text: str, agent: str = ADA, ref: str = samples.REF) -> None:
    save_draft(world.deps, world.shop, ref, agent, text)


def seen(world: World, agent: str = ADA, ref: str = samples.REF) -> Drafts:
    ticket, messages = world.store.conversation(ref)
    assert ticket
    return drafts_of(world.deps, world.shop, ticket, messages, agent)


@pytest.fixture(autouse=True)
def _opened(world: World) -> None:
    agents.opened(world)


class TestKeeping:
    def test_only_the_writer_sees_the_draft_and_others_see_who_writes(self, world: World) -> None:
        saves(world, "Dear Mira,")
        assert (seen(world).text, seen(world).at, seen(world).others) == ("Dear Mira,", world.clock(), ())
        toms = seen(world, TOM)
        assert toms.text == ""
        assert [(writer.address, writer.at) for writer in toms.others] == [(ADA, world.clock())]

    def test_saving_costs_one_request(self, world: World) -> None:
        world.store.requests.clear()
        saves(world, "Dear Mira,")
        assert world.store.requests == ["write"]

    def test_the_latest_text_is_kept(self, world: World) -> None:
        for text in ("Dear", "Dear Mira,"):
            world.clock.advance(seconds=2)
            saves(world, text, ADA.upper())
        assert seen(world).text == "Dear Mira,"

    def test_an_empty_text_deletes_the_draft(self, world: World) -> None:
        saves(world, "Dear Mira,")
        world.clock.advance(seconds=2)
        saves(world, " \n ")
        assert seen(world).text == ""
        assert seen(world, TOM).others == ()

    def test_a_draft_expires(self, world: World) -> None:
        saves(world, "Dear Mira,")
        world.clock.at += DRAFT_LIFE - timedelta(seconds=1)
        assert seen(world).text
        world.clock.advance(seconds=1)
        assert not seen(world).text

    def test_a_text_too_long_to_send_is_refused_and_the_old_draft_stays(self, world: World) -> None:
        saves(world, "x" * LONGEST_TEXT)
        with pytest.raises(InvalidFields) as fault:
            saves(world, "y" * (LONGEST_TEXT + 1))
        assert fault.value.codes == {"text": "too_long"}
        assert seen(world).text == "x" * LONGEST_TEXT

    def test_a_writer_learns_who_else_writes_with_one_request(self, world: World) -> None:
        saves(world, "Dear Mira,", TOM)
        saves(world, "Dear Mira,", "gone@northlight.example")
        saves(world, "Dear Mira,")
        world.store.requests.clear()
        assert [writer.address for writer in others_at(world.deps, world.shop, samples.REF, ADA.upper())] == [TOM]
        assert len(world.store.requests) == 1
        saves(world, "", TOM)
        assert others_at(world.deps, world.shop, samples.REF, ADA) == ()

    @pytest.mark.parametrize("ref", ["KC-7K3F9-QXMT2", "NL-1", "", f"{samples.REF} {OTHER}", samples.REF.lower()])
    def test_a_draft_on_an_unknown_ticket_is_refused(self, world: World, ref: str) -> None:
        with pytest.raises(UnknownTicket):
            saves(world, "Dear Mira,", ref=ref)
        assert world.store.saved == {}

    def test_a_former_agent_is_not_shown_as_writing(self, world: World) -> None:
        saves(world, "Dear Mira,", "gone@northlight.example")
        assert seen(world).others == ()

    def test_the_latest_writer_is_listed_first(self, world: World) -> None:
        saves(world, "Dear Mira,", TOM)
        world.clock.advance(minutes=1)
        saves(world, "Dear Mira,")
        watcher = seen(world, "watcher@northlight.example")
        assert [writer.address for writer in watcher.others] == [ADA, TOM]


class TestSent:
    @pytest.mark.parametrize("action", ["answer", "ask", "note"])
    def test_sending_deletes_the_draft(self, world: World, action: str) -> None:
        saves(world, "Dear Mira,")
        world.clock.advance(seconds=1)
        acts(world, action, text="Dear Mira, all is well.")
        assert seen(world).text == ""
        assert seen(world, TOM).others == ()

    def test_text_begun_after_sending_is_a_new_draft(self, world: World) -> None:
        acts(world, "answer", text="Dear Mira, all is well.")
        world.clock.advance(seconds=1)
        saves(world, "And another thing")
        assert seen(world).text == "And another thing"

    @pytest.mark.parametrize(
        ("action", "fields"),
        [
            ("refer", {"to": "swiftparcel", "text": "Where is it?"}),
            ("extend", {"by": "10 days", "reason": "The shade has to be made."}),
            ("instruct", {"text": "Put it in its box."}),
            ("assign", {"to": TOM}),
        ],
    )
    def test_other_actions_on_the_page_keep_the_draft(self, world: World, action: str, fields: dict[str, str]) -> None:
        saves(world, "Dear Mira,")
        world.clock.advance(seconds=1)
        acts(world, action, **fields)
        assert seen(world).text == "Dear Mira,"

    def test_messages_of_others_keep_the_draft(self, world: World) -> None:
        saves(world, "Dear Mira,")
        world.clock.advance(seconds=1)
        acts(world, "answer", agent=TOM, text="It comes tomorrow.")
        agents.customer_writes(world)
        assert seen(world).text == "Dear Mira,"


class TestMerged:
    def test_a_draft_moves_to_the_merged_ticket(self, world: World) -> None:
        agents.opened(world, OTHER)
        saves(world, "Dear Mira,")
        acts(world, "merge", into=OTHER)
        assert seen(world, ref=OTHER).text == "Dear Mira,"
        assert [writer.address for writer in seen(world, TOM, OTHER).others] == [ADA]

    def test_the_later_of_two_drafts_is_kept(self, world: World) -> None:
        agents.opened(world, OTHER)
        saves(world, "There", ref=OTHER)
        world.clock.advance(seconds=1)
        saves(world, "Here")
        acts(world, "merge", into=OTHER)
        assert seen(world, ref=OTHER).text == "Here"
