"""Whatever the order in which what happened comes to us, a conversation is in the end as if it had come in order."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import NotYetKnown, TryAgainLater
from chalicelib.rules.events.sources import Source
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, NEXT_ANSWER
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.delivery.sending import post
from chalicelib.services.events import door
from chalicelib.services.events.receiving import TRIES, Outcome, receive
from chalicelib.services.ports.events.hooks import HookReceived, RawHook
from chalicelib.services.ports.messages.channels import Fetched
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.fakes import START, World, world

MIRA, SOMEBODY = "4915123456789", "4915999999999"


def value(field: str, **parts: Any) -> dict[str, Any]:
    whole = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "200"}} | parts
    return {"field": field, "value": whole}


def did(id: str, minute: int, type: str, part: dict[str, Any], who: str = MIRA) -> dict[str, Any]:
    """What a person did so many minutes after the start."""
    at = str(int((START + timedelta(minutes=minute)).timestamp()))
    message = {"id": id, "from": who, "timestamp": at, "type": type, type: part}
    return value("messages", contacts=[{"profile": {"name": "Mira"}, "wa_id": who}], messages=[message])


def words(id: str, minute: int, text: str, who: str = MIRA) -> dict[str, Any]:
    return did(id, minute, "text", {"body": text}, who)


def echo(id: str, minute: int, text: str, to: str = MIRA) -> dict[str, Any]:
    at = str(int((START + timedelta(minutes=minute)).timestamp()))
    message = {"id": id, "from": "493023125014", "to": to, "timestamp": at, "type": "text", "text": {"body": text}}
    return value("smb_message_echoes", message_echoes=[message])


def status(word: str, id: str = "out-1") -> dict[str, Any]:
    at = str(int(START.timestamp()))
    return value("messages", statuses=[{"id": id, "status": word, "timestamp": at, "recipient_id": MIRA}])


def body(*changes: dict[str, Any]) -> bytes:
    entry = {"id": "300", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


PICTURE = did("w1", 0, "image", {"id": "400", "mime_type": "image/jpeg", "caption": "Where is my lamp?"})
MORE = words("w2", 1, "It is number 1001.")
EDITED = did("x1", 2, "edit", {"original_message_id": "w1", "message": {"type": "text", "text": {"body": "My chair?"}}})
DELETED = did("x2", 3, "revoke", {"original_message_id": "w2"})
REACTION = did("x3", 4, "reaction", {"message_id": "w1", "emoji": "👍"})
ECHO = echo("e1", 5, "It comes tomorrow.")
STICKER = did("x4", 6, "sticker", {"id": "4001", "mime_type": "image/webp"})
AGAIN = words("w3", 7, "Thank you. At what time?")
TWICE = echo("e2", 8, "At nine.")
IN_ORDER = [PICTURE, MORE, EDITED, DELETED, REACTION, ECHO, STICKER, AGAIN, TWICE, status("delivered"), status("read")]


@dataclass
class Queue:
    """Delivers what is on it until it has an outcome, as often as SQS would."""

    here: World
    outcomes: dict[bytes, Outcome] = field(default_factory=dict)
    tries: dict[bytes, int] = field(default_factory=dict)

    def deliver(self, bodies: Iterable[bytes]) -> None:
        waiting = list(bodies)
        while waiting:
            waiting = [each for each in waiting if not self._received(each)]
            self.here.clock.advance(minutes=3)

    def _received(self, each: bytes) -> bool:
        key = door.key_of(self.here.deps, self.here.shop.id, Source.META, "", each)
        self.here.hooks.keep_hook(key, RawHook(each))
        self.tries[each] = self.tries.get(each, 0) + 1
        assert self.tries[each] <= TRIES, "it ends"
        try:
            self.outcomes[each] = receive(self.here.deps, HookReceived(key, self.tries[each]))
        except (NotYetKnown, TryAgainLater):
            return False
        finally:
            for ref in list(self.here.store.tickets):
                post(self.here.deps, ItemRef(ref, None))
        return True


def only(here: World) -> Ticket:
    (ticket,) = here.store.tickets.values()
    return ticket


def end(here: World) -> dict[str, Any]:
    """What the ticket has come to."""
    ticket = only(here)
    box = ticket.outbox
    assert box is not None
    said = [ticket.opening, *here.store.messages.values()]
    return {
        "state": ticket.state,
        "owed": set(ticket.clocks.unmet.names),
        "answered": any(clock.met_at for clock in ticket.clocks.only(FIRST_ANSWER)),
        "said": sorted((each.author, each.event, each.text) for each in said),
        "files": sum(len(each.files) for each in said),
        "reached": ticket.reached,
        "acknowledged": [each.status for each in box.deliveries if each.purpose is Purpose.ACKNOWLEDGEMENT],
    }


def told(order: Iterable[dict[str, Any]], failing: int = 0) -> World:
    here = world()
    here.clock.advance(minutes=15)
    here.channels.files["400"] = Fetched(b"a picture", "image/jpeg")
    here.channels.unfetched = [TryAgainLater("status 503")] * failing
    Queue(here).deliver(body(each) for each in order)
    return here


@settings(max_examples=60, deadline=None)
@given(st.permutations(IN_ORDER), st.sets(st.sampled_from(range(2, len(IN_ORDER)))), st.integers(0, TRIES))
def test_whatever_the_order_the_end_is_the_same(order: list[dict[str, Any]], without: set[int], failing: int) -> None:
    """Some of it may not have happened, and the file of the first words may not be given out for a while."""
    left_out = [IN_ORDER[number] for number in without]
    happened = [each for each in IN_ORDER if each not in left_out]
    here = told((each for each in order if each in happened), failing)
    assert end(here) == end(told(happened, failing))


def test_the_end_is_what_happened() -> None:
    found = end(told(IN_ORDER[-1::-1], failing=1))
    assert (found["state"], found["files"], found["acknowledged"]) == (State.WAITING, 1, [DeliveryStatus.READ])
    assert found["answered"]
    notes = [text for _, event, text in found["said"] if event is Event.NOTED]
    assert len(notes) == 4
    assert sum(author == "agent" for author, _, _ in found["said"]) == 2


def test_a_deletion_and_an_answer_before_the_first_words_are_kept() -> None:
    here, deleted = world(), did("x1", 2, "revoke", {"original_message_id": "w1"})
    answer, first = echo("e1", 1, "It comes tomorrow."), words("w1", 0, "Where is my lamp?")
    here.clock.advance(minutes=3)
    queue = Queue(here)
    queue.deliver([body(answer), body(deleted), body(first)])
    assert set(queue.outcomes.values()) == {Outcome.APPLIED}
    met = only(here).clock(FIRST_ANSWER)
    assert met is not None
    assert met.met_at == only(here).opened_at, "it had been given by then"
    assert sorted(each.event for each in here.store.messages.values()) == [Event.NOTED, Event.WORDS]


def test_an_answer_counts_from_when_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The promise would have been broken when we learned of it."""
    here = world()
    Queue(here).deliver([body(words("w1", 0, "Where is my lamp?"))])
    promise = only(here).clock(FIRST_ANSWER)
    assert promise is not None
    here.clock.at = promise.due + timedelta(minutes=6)
    before = int((promise.due - timedelta(minutes=1) - START).total_seconds() // 60)
    Queue(here).deliver([body(echo("e1", before, "It comes tomorrow."))])
    met = only(here).clock(FIRST_ANSWER)
    assert met is not None
    assert met.met_at == promise.due - timedelta(minutes=1)
    assert not met.late(here.clock())


def test_words_after_an_answer_that_comes_late_are_owed_one() -> None:
    here = told([MORE, AGAIN, ECHO])
    ticket = only(here)
    assert ticket.state is State.OPEN
    assert {clock.name: clock.met_at is not None for clock in ticket.clocks.only(FIRST_ANSWER, NEXT_ANSWER)} == {
        FIRST_ANSWER: True, NEXT_ANSWER: False,
    }  # fmt: skip


def test_an_answer_to_somebody_who_never_wrote_ends_with_an_outcome() -> None:
    here = world()
    queue = Queue(here)
    queue.deliver([body(ECHO)])
    assert queue.outcomes == {body(ECHO): Outcome.UNKNOWN_MESSAGE}
    assert queue.tries == {body(ECHO): TRIES}
    assert not here.store.tickets
    assert not here.store.messages


def test_a_status_waits_once_for_its_message() -> None:
    here = world()
    queue = Queue(here)
    queue.deliver([body(status("delivered", "out-9")), body(status("sent", "out-9"))])
    assert queue.outcomes[body(status("delivered", "out-9"))] is Outcome.UNKNOWN_MESSAGE
    assert queue.tries == {body(status("delivered", "out-9")): 2, body(status("sent", "out-9")): 1}


@pytest.mark.parametrize("word", ["delivered", "failed"])
def test_a_status_that_comes_before_its_sender_has_recorded_the_message_counts(word: str) -> None:
    here = told([status(word), MORE])
    expected = DeliveryStatus.DELIVERED if word == "delivered" else DeliveryStatus.FAILED
    assert end(here)["acknowledged"] == [expected]


def test_what_waits_keeps_nothing_else_of_its_body_from_being_done() -> None:
    strangers = [echo(f"e{number}", number, "Hello", f"49151999999{number:02}") for number in range(3)]
    here, first = world(), words("w1", 4, "Where is my lamp?")
    here.clock.advance(minutes=10)
    whole = body(*strangers, first)
    key = door.key_of(here.deps, here.shop.id, Source.META, "", whole)
    here.hooks.keep_hook(key, RawHook(whole))
    with pytest.raises(NotYetKnown):
        receive(here.deps, HookReceived(key, 1))
    assert only(here).opening.text == "Where is my lamp?"


def test_an_edit_of_a_message_that_never_comes_is_noted_in_the_end() -> None:
    """Such as one from before the shop used Aftercare."""
    edited = did("x1", 2, "revoke", {"original_message_id": "w-before"})
    here = world()
    queue = Queue(here)
    queue.deliver([body(MORE), body(edited)])
    assert queue.tries[body(edited)] == TRIES
    (note,) = here.store.messages.values()
    assert note.event is Event.NOTED


def test_words_whose_file_is_not_given_out_come_before_what_is_about_them_is_given_up() -> None:
    here = told([DELETED, EDITED, did("w2", 1, "image", {"id": "400", "mime_type": "image/jpeg"})], failing=TRIES)
    ticket = only(here)
    assert Remark.FILES_LOST in ticket.opening.remarks
    assert sum(each.event is Event.NOTED for each in here.store.messages.values()) == 2
