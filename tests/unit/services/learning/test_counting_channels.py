"""Contacts by channel: how each began, whether its first answer came in time, and who waited for a person."""

from collections import Counter

import pytest

from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.learning.channels import WAYS
from chalicelib.rules.procedure.contacting import CHANNELS
from chalicelib.rules.tickets.messages import Channel
from chalicelib.services.actions import chatting as desk
from chalicelib.services.actions import contacts, due_work
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.calls import missing
from chalicelib.services.customer import chatting
from chalicelib.services.messages import taking
from tests.support.agents import acts, opened
from tests.support.learning.streamed import counted
from tests.support.store.fakes import START, FakeRun, World, world
from tests.unit.services.chats.test_chats import answers, begin, later, take, there, token
from tests.unit.services.learning.test_counting_calls import ADA, asked, missed, says


@pytest.fixture
def here() -> World:
    return world()


def counts(here: World, first: str = "channel") -> dict[str, int]:
    counted(here)
    days, found = here.store.ticket_days.values(), Counter[str]()
    for day in days:
        found.update({name.partition(" ")[2]: n for name, n in day.items() if name.startswith(f"{first} ") and n})
    return dict(found)


def waits(here: World) -> dict[str, int]:
    return counts(here, "wait")


def test_each_channel_by_which_customers_write_themselves(here: World) -> None:
    opened(here)
    opened(here, "NL-7K3F9-QXMT3", channel=Channel.MAIL)
    assert counts(here) == {"form open": 1, "mail open": 1}


@pytest.mark.parametrize("provider", Provider)
def test_a_messenger(here: World, provider: Provider) -> None:
    words = Said(Kind.WORDS, Handle(provider, "4915123456789"), "200", "id-1", START, "Where is my lamp?", "Mira Höfer")
    taking.take(here.deps, here.shop, words)
    assert counts(here) == {f"{provider} open": 1}


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_an_agent_notes_is_by_its_channel_and_never_a_call_in_vain(here: World, channel: Channel) -> None:
    said = {"channel": channel.value, "direction": "in", "notes": "Where is my lamp?", "name": "Jo"}
    contacts.log_contact(here.deps, here.shop, ActionInput(said, ADA), "one")
    assert counts(here) == {f"{channel} open": 1}
    assert waits(here) == {}


def test_calls_that_were_asked_for_and_calls_in_vain_are_one_channel(here: World) -> None:
    kept, late = asked(here), asked(here, 2)
    missing.take(here.deps, here.shop, "own", MissedCall("call-1", "+4915123456789", here.clock.at))
    assert counts(here) == {"call open": 3}
    here.clock.advance(minutes=5)
    says(here, kept, "reached")
    here.clock.advance(hours=3)
    says(here, late, "reached")
    assert counts(here) == {"call open": 1, "call in_time": 1, "call late": 1}


@pytest.mark.parametrize(("minutes", "prompt"), [(3, 1), (4, 0)])
def test_who_called_in_vain_waits_for_a_person(here: World, minutes: int, prompt: int) -> None:
    ref = missed(here)
    assert waits(here) == {"call waited": 1}
    here.clock.advance(minutes=minutes)
    says(here, ref, "reached")
    assert waits(here) == {"call waited": 1} | ({"call prompt": 1} if prompt else {})


@pytest.mark.parametrize(("minutes", "prompt", "became"), [(1.5, 1, "in_time"), (2.9, 1, "late"), (3.1, 0, "late")])
def test_a_chat_may_be_answered_within_three_minutes_and_yet_late(
    here: World, minutes: float, prompt: int, became: str
) -> None:
    there(here)
    ticket = begin(here)
    take(here, ticket)
    assert counts(here) == {"chat open": 1}
    later(here, minutes, 0)
    answers(here, ticket, "Here I am.")
    assert counts(here) == {f"chat {became}": 1}
    assert waits(here) == {"chat waited": 1} | ({"chat prompt": 1} if prompt else {})


def test_with_nobody_there_nobody_waits_and_the_first_answer_counts(here: World) -> None:
    ticket = begin(here)
    assert (counts(here), waits(here)) == ({"chat open": 1}, {})
    acts(here, "answer", ticket.ref, text="It comes tomorrow.")
    assert counts(here) == {"chat in_time": 1}


def test_who_was_kept_waiting_until_the_chat_became_a_message_waited(here: World) -> None:
    there(here)
    begin(here)
    later(here, 5)
    assert (counts(here), waits(here)) == ({"chat open": 1}, {"chat waited": 1})


@pytest.mark.parametrize(("minutes", "waited"), [(2, {}), (3.5, {"chat waited": 1})])
def test_who_leaves_soon_by_themselves_did_not_wait(here: World, minutes: float, waited: dict[str, int]) -> None:
    there(here)
    ticket = begin(here)
    later(here, minutes, 0)
    chatting.end(here.deps, token(here, ticket), "end")
    assert waits(here) == waited


def test_a_chat_that_an_agent_ends_without_a_word_kept_its_customer_waiting(here: World) -> None:
    there(here)
    ticket = begin(here)
    take(here, ticket)
    later(here, 1, 0)
    desk.end(here.deps, here.shop, ticket.ref, here.shop.agents[0])
    assert waits(here) == {"chat waited": 1}


def test_a_first_answer_in_time_late_or_missed(here: World) -> None:
    opened(here)
    acts(here, "answer", text="It comes tomorrow.")
    opened(here, "NL-7K3F9-QXMT3")
    here.clock.advance(days=30)
    due_work.escalate_overdue(here.deps, {}, FakeRun())
    assert counts(here) == {"form in_time": 1, "form late": 1}
    acts(here, "answer", "NL-7K3F9-QXMT3", text="We are sorry.")
    assert counts(here) == {"form in_time": 1, "form late": 1}


def test_every_channel_there_is_has_its_place() -> None:
    assert {str(way) for way in WAYS} == {*Channel, "call"}
    assert len(WAYS) == len(set(WAYS))
