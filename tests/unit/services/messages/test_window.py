"""The window warns, says a last line, and closes, by the moved clock."""

from datetime import timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.tickets.clocks import WINDOW
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.sending import post
from chalicelib.services.messages import taking
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import links
from tests.support.store.fakes import World, world

AGENT = Person("Ada Lindqvist", "ada@northlight.example")


@pytest.fixture
def here() -> World:
    return world()


def writes(here: World, provider: Provider = Provider.WHATSAPP, id: str = "m1") -> Ticket:
    who = Handle(provider, "4915123456789")
    taking.take(here.deps, here.shop, Said(Kind.WORDS, who, "200", id, here.clock(), "Where is my lamp?", "Mira"))
    ticket = only(here)
    post(here.deps, ItemRef(ticket.ref, None))
    here.channels.sent.clear()
    here.mailer.sent.clear()
    return only(here)


def only(here: World) -> Ticket:
    (ticket,) = here.store.tickets.values()
    return ticket


def answers(here: World, text: str = "It comes tomorrow.") -> None:
    acting.act(here.deps, here.shop, only(here).ref, "answer", ActionInput({"text": text}, AGENT), text)


def runs(here: World) -> None:
    look_after_due(here.deps)
    for message in list(here.store.messages.values()):
        if message.outbox:
            post(here.deps, ItemRef(message.ref, message.id))


def warned(here: World) -> list[str]:
    return [str(mail.mail["Subject"]) for mail in here.mailer.sent if "messenger" in str(mail.mail["Subject"])]


def test_three_hours_before_somebody_is_told_and_then_the_customer_is(here: World) -> None:
    ticket = writes(here)
    here.clock.advance(hours=20, minutes=59)
    runs(here)
    assert warned(here) == []
    here.clock.advance(minutes=1)
    for _ in range(2):
        runs(here)
    (subject,) = warned(here)
    assert subject.startswith("Answer in the messenger due soon")
    assert here.channels.sent == []
    here.clock.advance(hours=2, minutes=40)
    for _ in range(2):
        runs(here)
    assert here.channels.said == [
        f"Northlight Lamps: you get an answer about {ticket.ref} by Thursday, 26 November 2026. Until "
        f"Thursday, 26 November 2026, 10:30 it can come here, and on your page it stands in any case. To get it by "
        f"email whatever happens, give us your address there: {links.status_url(here.deps, ticket)}#email"
    ]
    assert only(here).clock(WINDOW) is None


def test_who_was_answered_reads_no_last_line(here: World) -> None:
    writes(here)
    answers(here)
    here.clock.advance(hours=23, minutes=50)
    runs(here)
    assert here.channels.said == ["It comes tomorrow."]
    assert warned(here) == []
    assert only(here).clock(WINDOW) is None


def test_another_message_opens_the_window_again(here: World) -> None:
    writes(here)
    here.clock.advance(hours=22)
    runs(here)
    writes(here, id="m2")
    clock = only(here).clock(WINDOW)
    assert clock is not None
    here.clock.advance(hours=20)
    runs(here)
    assert here.channels.sent == []


def test_after_it_the_composer_refuses_with_a_reason(here: World) -> None:
    writes(here)
    here.clock.advance(hours=24)
    with pytest.raises(InvalidFields) as refused:
        answers(here)
    assert refused.value.codes == {"action": "window_closed"}
    assert only(here).state is State.OPEN
    acting.act(here.deps, here.shop, only(here).ref, "note", ActionInput({"text": "Called her."}, AGENT), "note")


@pytest.mark.parametrize("provider", [Provider.TELEGRAM, Provider.SMS])
def test_where_no_window_ends_there_is_no_clock(here: World, provider: Provider) -> None:
    assert writes(here, provider).clock(WINDOW) is None
    here.clock.advance(days=30)
    answers(here)


def test_a_message_that_comes_late_sets_no_step_that_is_over(here: World) -> None:
    who = Handle(Provider.WHATSAPP, "4915123456789")
    then = here.clock()
    here.clock.advance(hours=23, minutes=45)
    taking.take(here.deps, here.shop, Said(Kind.WORDS, who, "200", "m1", then, "Where is my lamp?", "Mira"))
    assert only(here).clock(WINDOW) is None


def test_one_conversation_from_the_warning_to_the_end_of_its_window(here: World) -> None:
    ticket, began = writes(here), here.clock()
    seen = list[tuple[str, int, int]]()
    for at in ("20:59:59", "21:00:00", "23:39:59", "23:40:00", "23:59:59"):
        hours, minutes, seconds = (int(each) for each in at.split(":"))
        here.clock.at = began + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        runs(here)
        seen.append((at, len(warned(here)), len(here.channels.said)))
    assert seen == [
        ("20:59:59", 0, 0),
        ("21:00:00", 1, 0),  # agents are warned
        ("23:39:59", 1, 0),
        ("23:40:00", 1, 1),  # the customer reads when and where the answer comes
        ("23:59:59", 1, 1),
    ]
    answers(here)
    (said,) = (message for message in here.store.messages.values() if message.text == "It comes tomorrow.")
    post(here.deps, ItemRef(ticket.ref, said.id))
    assert here.channels.said[1:] == ["It comes tomorrow."]
    here.clock.advance(seconds=1)
    with pytest.raises(InvalidFields) as refused:
        answers(here, "One more thing.")
    assert refused.value.codes == {"action": "window_closed"}
