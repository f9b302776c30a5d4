"""What customers are told by a messenger, and that nothing is written there after its time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import NotSent, NotYetKnown
from chalicelib.rules.events.messages.said import Kind, Progress, Said, Told
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.messages.splitting import parts
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose, Stage, Unsent
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.delivery.sending import post
from chalicelib.services.events import statuses
from chalicelib.services.messages import speaking, taking, tokens
from chalicelib.services.ports.events.source_log import TokenRefusal
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import links
from chalicelib.services.tickets.filing import shown_text
from tests.support.store.fakes import START, World, world

AGENT = Person("Ada Lindqvist", "ada@northlight.example")
WHO = Handle(Provider.WHATSAPP, "4915123456789")


@pytest.fixture
def here() -> World:
    return world()


def written(here: World, who: Handle = WHO, text: str = "Where is my lamp?") -> Ticket:
    taking.take(here.deps, here.shop, Said(Kind.WORDS, who, "200", f"in-{here.clock()}", here.clock(), text, "Mira"))
    (ticket,) = here.store.tickets.values()
    return ticket


def answer(here: World, text: str = "It comes tomorrow.", action: str = "answer") -> Message:
    (ticket,) = here.store.tickets.values()
    before = set(here.store.messages)
    acting.act(
        here.deps, here.shop, ticket.ref, action, ActionInput({"text": text}, AGENT), f"{text[:20]}{here.clock()}"
    )
    (new,) = set(here.store.messages) - before
    return here.store.messages[new]


def delivery(here: World, message: Message) -> Delivery:
    found = here.deps.tickets.message(message.ref, message.id)
    assert found is not None
    assert found.outbox is not None
    return found.outbox.deliveries[0]


def test_the_acknowledgement_is_one_line_with_reference_promise_and_link(here: World) -> None:
    ticket = written(here)
    assert post(here.deps, ItemRef(ticket.ref, None))
    (sent,) = here.channels.sent
    assert (sent.to, sent.account, sent.tagged) == (WHO, "200", False)
    assert sent.text == (
        f"Northlight Lamps: we have your message ({ticket.ref}). You get an answer by Thursday, 26 November 2026. "
        f"Everything about it, files too: {links.status_url(here.deps, ticket)}"
    )
    (ticket,) = here.store.tickets.values()
    clock = ticket.clock(ACKNOWLEDGE)
    assert clock is not None
    assert clock.met_at == START
    assert not [mail for mail in here.mailer.sent if "invalid" in mail.recipient]
    assert here.mailer.sent, "agents are told by mail"


def test_an_answer_goes_whole_and_once(here: World) -> None:
    written(here)
    message = answer(here)
    for _ in range(2):
        post(here.deps, ItemRef(message.ref, message.id))
    assert here.channels.said == ["It comes tomorrow."]
    assert delivery(here, message).status is DeliveryStatus.SENT


def test_a_long_answer_goes_in_parts_and_goes_on_where_it_stopped(here: World) -> None:
    written(here, Handle(Provider.INSTAGRAM, "77"))
    message = answer(here, "It has left our house this morning. " * 70)
    here.channels.failing = [None, None, NotSent("Status503", passing=True)]
    with pytest.raises(NotSent):
        post(here.deps, ItemRef(message.ref, message.id))
    assert len(here.channels.sent) == 2
    assert delivery(here, message).parts == 2
    here.clock.advance(minutes=5)
    assert post(here.deps, ItemRef(message.ref, message.id))
    assert len(here.channels.sent) == 3
    assert " ".join(here.channels.said) == ("It has left our house this morning. " * 70).strip()


def test_a_refusal_is_told_to_agents(here: World) -> None:
    written(here)
    message = answer(here)
    here.channels.failing = [NotSent("131026: refused", passing=False)]
    post(here.deps, ItemRef(message.ref, message.id))
    assert delivery(here, message).status is DeliveryStatus.REFUSED
    stored = here.deps.tickets.message(message.ref, message.id)
    assert stored is not None
    assert stored.outbox is not None
    assert any(each.purpose is Purpose.UNDELIVERED for each in stored.outbox.deliveries)


@pytest.mark.parametrize(
    ("provider", "hours", "sent", "tagged"),
    [
        (Provider.WHATSAPP, 23.9, True, False),
        (Provider.WHATSAPP, 24, False, False),
        (Provider.MESSENGER, 25, True, True),
        (Provider.MESSENGER, 168, False, False),
        (Provider.TELEGRAM, 900, True, False),
    ],
)
def test_nothing_is_written_after_the_window(
    here: World, provider: Provider, hours: float, sent: bool, tagged: bool
) -> None:
    written(here, Handle(provider, "4915123456789"))
    message = answer(here)
    here.clock.at += timedelta(hours=hours)
    post(here.deps, ItemRef(message.ref, message.id))
    assert [each.tagged for each in here.channels.sent] == ([tagged] if sent else [])
    if not sent:
        assert delivery(here, message).unsent is Unsent.WINDOW_CLOSED
        stored = here.deps.tickets.message(message.ref, message.id)
        assert stored is not None
        assert stored.outbox is not None
        assert any(each.purpose is Purpose.UNDELIVERED for each in stored.outbox.deliveries)


def test_a_line_that_no_person_wrote_is_not_tagged_as_one(here: World) -> None:
    ticket = written(here, Handle(Provider.MESSENGER, "77"))
    here.clock.advance(hours=25)
    post(here.deps, ItemRef(ticket.ref, None))
    assert here.channels.sent == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1)])
def test_statuses_go_forward_only(here: World, order: tuple[int, ...]) -> None:
    written(here)
    message = answer(here)
    post(here.deps, ItemRef(message.ref, message.id))
    for each in order:
        statuses.take(here.deps, Told("out-1", (Progress.DELIVERED, Progress.READ)[each], here.clock()), first=True)
    assert delivery(here, message).status is DeliveryStatus.READ
    for progress in (Progress.SENT, Progress.DELIVERED, Progress.READ):
        assert statuses.take(here.deps, Told("out-1", progress, here.clock()), first=True) is taking.Taken.IGNORED
    others = Told("of-others", Progress.READ, here.clock())
    with pytest.raises(NotYetKnown):
        statuses.take(here.deps, others, first=True)
    assert statuses.take(here.deps, others, first=False) is taking.Taken.UNKNOWN


def test_a_failure_ends_it_and_agents_are_told(here: World) -> None:
    written(here)
    message = answer(here)
    post(here.deps, ItemRef(message.ref, message.id))
    failed = Told("out-1", Progress.FAILED, here.clock(), "131047 Re-engagement message")
    assert statuses.take(here.deps, failed, first=True) is taking.Taken.APPLIED
    assert delivery(here, message).status is DeliveryStatus.FAILED
    read = Told("out-1", Progress.READ, here.clock())
    assert statuses.take(here.deps, read, first=True) is taking.Taken.IGNORED
    stored = here.deps.tickets.message(message.ref, message.id)
    assert stored is not None
    assert stored.outbox is not None
    assert stored.outbox.stage is Stage.QUEUED


def test_an_echo_of_ours_is_no_second_answer(here: World) -> None:
    written(here)
    message = answer(here)
    post(here.deps, ItemRef(message.ref, message.id))
    echo = Said(Kind.ECHO, WHO, "200", "out-1", here.clock(), "It comes tomorrow.")
    assert taking.take(here.deps, here.shop, echo) is taking.Taken.DUPLICATE
    assert taking.take(here.deps, here.shop, replace(echo, id="theirs", text="On Friday.")) is taking.Taken.APPLIED


def test_a_question_of_ours_goes_there_too(here: World) -> None:
    written(here)
    message = answer(here, "Which colour is it?", "ask")
    post(here.deps, ItemRef(message.ref, message.id))
    assert here.channels.said == ["Which colour is it?"]


def test_a_refused_token_is_a_state_until_a_message_is_sent(here: World) -> None:
    ticket = written(here)
    here.channels.failing = [NotSent("TokenRefused", passing=True, token=True), NotSent("Status500", passing=True)]
    for _ in range(2):
        with pytest.raises(NotSent):
            post(here.deps, ItemRef(ticket.ref, None))
        assert tokens.standing(here.deps, here.shop, Provider.WHATSAPP) == (TokenRefusal("200", START, START),)
        here.clock.advance(minutes=3)
    post(here.deps, ItemRef(ticket.ref, None))
    assert tokens.standing(here.deps, here.shop, Provider.WHATSAPP) == ()


class TestEchoes:
    """An echo of what we sent ourselves is no second answer, however early it comes."""

    def echo(self, here: World, id: str, text: str) -> taking.Taken:
        return taking.take(here.deps, here.shop, Said(Kind.ECHO, WHO, "200", id, here.clock(), text))

    def test_one_that_comes_before_our_record_is_ours(self, here: World) -> None:
        ticket = written(here)
        answer(here)
        assert self.echo(here, "not-recorded", "It comes tomorrow.") is taking.Taken.DUPLICATE
        (said,) = here.store.messages.values()
        post(here.deps, ItemRef(ticket.ref, said.id))
        assert self.echo(here, "nor-this", "It comes tomorrow.") is taking.Taken.DUPLICATE

    def test_each_part_of_a_long_answer_is_ours(self, here: World) -> None:
        written(here)
        answer(here, "One sentence of many. " * 220)
        (said,) = here.store.messages.values()
        for number, part in enumerate(parts(shown_text(here.deps, said), WHO.provider)):
            assert self.echo(here, f"part-{number}", part) is taking.Taken.DUPLICATE

    def test_a_line_with_the_link_to_the_customers_page_is_ours(self, here: World) -> None:
        ticket = written(here)
        text = f"We have it. {links.status_url(here.deps, ticket)}"
        assert self.echo(here, "acknowledged", text) is taking.Taken.DUPLICATE

    def test_other_words_and_the_same_words_a_day_later_are_the_shops_own(self, here: World) -> None:
        ticket = written(here)
        answer(here)
        (said,) = here.store.messages.values()
        post(here.deps, ItemRef(ticket.ref, said.id))
        assert self.echo(here, "e1", "It comes on Friday.") is taking.Taken.APPLIED
        here.clock.advance(hours=2)
        assert self.echo(here, "e2", "It comes tomorrow.") is taking.Taken.APPLIED


def test_the_acknowledgement_says_which_days_move_the_promise(here: World) -> None:
    here.clock.at = datetime(2026, 12, 23, 9, 30, tzinfo=UTC)
    ticket = written(here)
    assert ticket.outbox is not None
    (mail,) = [each for each in ticket.outbox.deliveries if each.purpose is Purpose.ACKNOWLEDGEMENT]
    said = speaking.said(here.deps, here.shop, ticket, ticket.opening, mail)
    assert "We are closed on 24 December and 25 December." in said
