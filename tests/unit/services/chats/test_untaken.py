"""What agents are told of the chats that nobody has taken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.services.chats import untaken
from chalicelib.services.chats.untaken import Untaken
from tests.support.store.fakes import World, world
from tests.unit.services.chats.test_chats import begin, take, there

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
