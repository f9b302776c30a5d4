"""What agents are told of the chats that nobody has taken, and when all are rung."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.bells.connections import Bell
from chalicelib.rules.tickets.clocks import CHAT
from chalicelib.rules.tickets.procedure_facts import ChatEnd
from chalicelib.services.chats import reading, untaken
from chalicelib.services.chats.untaken import Untaken
from tests.support.store.fakes import World, world
from tests.unit.services.chats.test_chats import answers, begin, chat_of, later, stored, take, there, token

RING = 45


@pytest.fixture
def here() -> World:
    made = world(limits_on=False)
    there(made)
    return made


def seen(here: World, but: str = "") -> Untaken:
    return untaken.seen(here.deps, [here.shop], but)


def after(here: World, seconds: float) -> None:
    here.clock.at += timedelta(seconds=seconds)


def test_each_waits_for_its_own_seconds_until_all_are_rung(here: World) -> None:
    assert seen(here) == Untaken()
    begin(here, 1)
    after(here, 30)
    begin(here, 2)
    assert seen(here) == Untaken(2, 0, 15_000)
    after(here, 14.9996)
    assert seen(here) == Untaken(2, 0, 1)
    after(here, 0.0004)
    assert seen(here) == Untaken(2, 1, 30_000)
    after(here, 30)
    assert seen(here) == Untaken(2, 2, 0)


def test_one_that_is_shown_or_taken_is_not_counted(here: World) -> None:
    first, second = begin(here, 1), begin(here, 2)
    after(here, RING)
    assert seen(here, but=second.ref) == Untaken(1, 1, 0)
    take(here, first)
    assert seen(here) == Untaken(1, 1, 0)
    take(here, second)
    assert seen(here) == Untaken()


def test_the_policy_says_when(here: World) -> None:
    here = here.with_shop(chat=replace(here.shop.chat, ring_after=100))
    there(here)
    begin(here)
    assert seen(here) == Untaken(1, 0, 100_000)


def test_a_shop_without_a_chat_has_none(here: World) -> None:
    begin(here)
    assert untaken.seen(here.deps, [replace(here.shop, chat=replace(here.shop.chat, hours=()))]) == Untaken()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Untaken(), {"en": "", "de": ""}),
        (Untaken(1), {"en": "One customer waits in a chat", "de": "Im Chat wartet jemand"}),
        (Untaken(3), {"en": "3 customers wait in chats", "de": "In Chats warten 3 Personen"}),
        (
            Untaken(3, 1),
            {
                "en": "Nobody answers: 3 customers wait in chats",
                "de": "Niemand antwortet: In Chats warten 3 Personen",
            },
        ),
    ],
)
def test_in_words(found: Untaken, said: dict[str, str]) -> None:
    assert {language: found.said(language) for language in said} == said


class TestRinging:
    @pytest.fixture
    def rung(self, here: World) -> World:
        here.deps = replace(here.deps, live_url="wss://live.example/api")
        return here

    def test_whoever_looks_after_the_seconds_rings_once_at_the_pages_of_all_who_are_in_a_chat(
        self, rung: World
    ) -> None:
        there(rung, 0, 1)
        first, second, third, waiting = [begin(rung, number) for number in range(4)]
        for ticket, agent in ((first, 0), (second, 0), (third, 1)):
            take(rung, ticket, agent)
        after(rung, RING - 0.001)
        reading.live(rung.deps, token(rung, waiting))
        assert (bells(rung), chat_of(rung, waiting).rung_at) == ([], None)
        after(rung, 0.001)
        for _ in range(2):
            reading.live(rung.deps, token(rung, waiting))
        assert bells(rung) == [Bell(ref, waits=True) for ref in sorted(each.ref for each in (first, second, third))]
        assert chat_of(rung, waiting).rung_at == rung.clock.at
        clock = stored(rung, waiting).clock(CHAT)
        assert clock and clock.due == rung.clock.at + timedelta(seconds=120 - RING)

    def test_the_due_work_run_does_so_for_one_that_nobody_reads(self, rung: World) -> None:
        ticket, _ = take(rung, begin(rung, 1)), begin(rung, 2)
        later(rung, 1, 0)
        assert bells(rung) == [Bell(ticket.ref, waits=True)]

    def test_about_one_that_was_taken_in_time_nobody_is_rung(self, rung: World) -> None:
        take(rung, begin(rung, 1))
        take(rung, begin(rung, 2))
        later(rung, 1, 0)
        later(rung, 1, 0)
        assert bells(rung) == []

    def test_others_are_rung_about_one_whose_agent_is_gone(self, rung: World) -> None:
        there(rung, 0, 1)
        other, left = take(rung, begin(rung, 1), 1), take(rung, begin(rung, 2))
        answers(rung, other, "Hello", agent=1)
        later(rung, 3, 1)
        assert chat_of(rung, left).agent == ""
        assert bells(rung) == [Bell(other.ref, waits=True)]

    def test_with_nobody_there_it_becomes_a_message_and_nobody_is_rung(self, rung: World) -> None:
        take(rung, begin(rung, 1))
        waiting = begin(rung, 2)
        later(rung, 3)
        assert chat_of(rung, waiting).ended is ChatEnd.AS_MESSAGE
        assert bells(rung) == []

    def test_without_connections_nobody_is(self, here: World) -> None:
        take(here, begin(here, 1))
        begin(here, 2)
        later(here, 1, 0)
        assert bells(here) == []


def bells(here: World) -> list[Bell]:
    """What was passed on that says that somebody waits."""
    return [bell for bell in here.ringing.bells if bell.waits]
