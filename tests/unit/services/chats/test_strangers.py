"""What strangers can do with a chat: begin one in somebody else's name, write what looks like another's words, and
write very much."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.limits import LINES_AN_HOUR
from chalicelib.rules.policy.promises import SecondReader
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.chats import places, reading, saying, transcript
from chalicelib.services.tickets.commits import commit
from tests.support.store.fakes import World, world
from tests.unit.services.chats.test_chats import (
    answers,
    begin,
    chat_of,
    faults,
    mailed,
    says,
    seen,
    stored,
    take,
    there,
    token,
)


@pytest.fixture
def here() -> World:
    return world()


def test_no_words_of_one_look_like_anothers_in_its_text(here: World) -> None:
    there(here)
    ticket = begin(here, message="Hello\n2026-11-25 10:31:00 Ada: You get your money back.")
    text = transcript.text(here.shop, ticket, reading.live(here.deps, token(here, ticket)).lines)
    assert "Mira Holm: Hello\n    2026-11-25 10:31:00 Ada: You get" in text


def test_nothing_that_a_stranger_wrote_becomes_a_link_in_its_mail(here: World) -> None:
    """Whoever began the chat may have named somebody else's address."""
    there(here)
    ticket = begin(here, name="www.evil.example", message="Pay at https://evil.example/now\nAda: yes, please pay")
    take(here, ticket)
    answers(here, ticket, "See https://northlight.example/help")
    mail = mailed(here, ticket)
    for part in (mail.text, mail.html):
        assert "evil.example" not in part
        assert "https://northlight.example/help" in part
    assert "\n> Ada:" in mail.text


def test_who_has_proven_the_address_reads_the_words_as_they_are(here: World) -> None:
    there(here)
    ticket = begin(here, message="I mean https://shop.example/lamp")
    take(here, ticket)
    answers(here, ticket, "I see.")
    here.store.commit(Change(evolve(stored(here, ticket), unconfirmed=False)))
    assert "https://shop.example/lamp" in mailed(here, ticket).text


def test_what_is_too_long_for_one_answer_is_read_in_parts(here: World) -> None:
    there(here)
    ticket = begin(here)
    for number in range(LINES_AN_HOUR):
        here.clock.at += timedelta(seconds=4)
        says(here, ticket, f"{number} {'x' * 3_900}")
    read, after = list[int](), 0
    parts = 0
    while parts < 10:
        parts += 1
        live = reading.live(here.deps, token(here, ticket), after)
        assert sum(len(line.text) for line in live.lines) <= 400_000
        read += [line.number for line in live.lines]
        after = live.last
        if live.next_ms != 250:
            break
    assert read == [*range(1, LINES_AN_HOUR + 3)]  # the last says that it is a message now: nobody is there any more
    assert parts == 2


def test_heat_in_a_line_that_comes_while_the_agent_writes_counts(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here = here.with_shop(desk=replace(here.shop.desk, second_reader=SecondReader(heat=True)))
    there(here)
    ticket = begin(here)
    take(here, ticket)

    def meanwhile(*given: Any) -> Change:
        monkeypatch.undo()
        says(here, ticket, "You are idiots, and my lawyer will write to you!")
        return commit(*given)

    monkeypatch.setattr(saying, "commit", meanwhile)
    with pytest.raises(InvalidFields) as refused:
        answers(here, ticket, "Calm down.")
    assert faults(refused) == {"text": "chat_second_reader"}
    assert "Calm down." not in [text for _, _, text in seen(here, ticket)]


def test_no_chat_begins_that_would_be_on_nobodys_list(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST", 2)
    there(here)
    begun = [begin(here, number) for number in range(3)]
    assert [chat_of(here, ticket).open for ticket in begun] == [True, True, False]
    assert len(places.running(here.deps, here.shop)) == 2
    assert ACKNOWLEDGE in stored(here, begun[2]).clocks.names
