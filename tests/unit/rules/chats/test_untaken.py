"""When agents are rung about a chat, whatever the policy and the clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.chats.lines import next_look
from chalicelib.rules.chats.untaken import rings_at, rung
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.procedure_facts import Chat, ChatEnd
from chalicelib.rules.tickets.ticket import Ticket
from tests.support import samples
from tests.support.store.fakes import START, world

_SHOP = world().shop
_CONTEXT = world().deps.context(_SHOP)


def at(moment: datetime, ring_after: int = 45) -> RuleContext:
    return replace(_CONTEXT, at=moment, shop=replace(_SHOP, chat=replace(_SHOP.chat, ring_after=ring_after)))


def chatting(**changes: object) -> Ticket:
    return replace(samples.ticket(), chat=replace(Chat(START, unheard_since=START), **changes))  # type: ignore[arg-type]


@given(st.integers(10, 600), st.integers(0, 2_000))
def test_all_are_rung_once_and_from_its_moment_on(ring_after: int, passed: int) -> None:
    ticket, now = chatting(), START + timedelta(seconds=passed)
    after = rung(ticket, at(now, ring_after))
    assert after.chat
    assert after.chat.rung_at == (now if passed >= ring_after else None)
    assert rung(after, at(now + timedelta(hours=1), ring_after)).chat == (
        after.chat if passed >= ring_after else replace(after.chat, rung_at=now + timedelta(hours=1))
    )


@given(st.integers(10, 600), st.integers(0, 2_000))
def test_a_look_comes_no_later_than_that_moment_and_then_for_what_is_next(ring_after: int, passed: int) -> None:
    now = START + timedelta(seconds=passed)
    context = at(now, ring_after)
    assert next_look(chatting(), context) <= START + timedelta(seconds=ring_after)
    assert next_look(rung(chatting(), context), context) > now or passed < ring_after


@pytest.mark.parametrize(
    "changes",
    [{"agent": "ada@northlight.example"}, {"unheard_since": None}, {"ended": ChatEnd.CUSTOMER}],
)
def test_about_one_in_which_nobody_waits_for_an_agent_nobody_is_rung(changes: dict[str, object]) -> None:
    ticket, context = chatting(**changes), at(START + timedelta(hours=1))
    assert ticket.chat
    assert rings_at(ticket.chat, context) is None
    assert rung(ticket, context) is ticket


def test_a_ticket_without_a_chat_stays() -> None:
    assert rung(samples.ticket(), at(START)).chat is None
