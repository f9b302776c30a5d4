"""Each raw event has one outcome, whatever happens to its runs."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import NotYetKnown, TryAgainLater
from chalicelib.rules.events.source_keys import SourceKeys
from chalicelib.rules.events.sources import TALK, Source
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.services.calls import missing
from chalicelib.services.events import door, receiving
from chalicelib.services.events.receiving import TRIES, Outcome, receive
from chalicelib.services.operations.reconciling import PATIENCE, reconcile
from chalicelib.services.orders.recording import Recorded
from chalicelib.services.ports.events.hooks import HookReceived, RawHook
from chalicelib.services.ports.events.source_log import DataRequest
from tests.support.events.bodies import Hook, hook, hooks
from tests.support.events.delivered import ended
from tests.support.store.fakes import World

SHOP = "northlight"
OF_ANOTHER_ORDER = replace(
    hook(Source.SHOPIFY, "refunds_create"),
    body=hook(Source.SHOPIFY, "refunds_create").body.replace(b"450789469", b"450789999"),
)


class Orders:
    """What a store of orders does with events, as far as a receiver can tell: the first event with an id stays."""

    def __init__(self) -> None:
        self.kept: dict[str, OrderEvent] = {}
        self.asked: list[list[OrderEvent]] = []
        self.fails: list[Exception] = []

    def record(self, deps: Any, shop: str, source: str, events: Sequence[OrderEvent]) -> Recorded:
        self.asked.append(list(events))
        if self.fails:
            raise self.fails.pop()
        assert len({event.number for event in events}) == 1
        new = [event for event in events if event.id not in self.kept]
        self.kept |= {event.id: event for event in new}
        return Recorded.APPLIED if new else Recorded.DUPLICATE


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> Orders:
    made = Orders()
    monkeypatch.setattr(receiving, "record", made.record)
    return made


@pytest.fixture
def shop(world: World) -> World:
    world.clock.advance(days=10)  # the bodies in tests/hooks are of these days
    return world


def stored(world: World, each: Hook) -> str:
    key = door.key_of(world.deps, SHOP, each.source, each.delivery.id, each.body)
    world.hooks.keep_hook(key, RawHook(each.body, each.delivery.topic, each.delivery.id))
    world.hooks.came.setdefault(key, world.clock.at)
    return key


def of(world: World, key: str) -> str:
    return world.store.outcomes[key][0]


@pytest.mark.parametrize("source", Source)
def test_each_body_has_one_outcome_and_the_second_time_it_is_a_duplicate(
    shop: World, orders: Orders, source: Source
) -> None:
    for each in sorted(hooks(source), key=lambda each: "refund" in each.name):
        key = stored(shop, each)
        outcome = ended(shop, key)
        assert of(shop, key) == f"event_{outcome}"
        assert key in shop.hooks.settled
        again = ended(shop, key)
        assert again is (Outcome.DUPLICATE if outcome is Outcome.APPLIED else outcome)
        assert of(shop, key) == f"event_{outcome}", "the first outcome stays"
    kinds = {event.kind for event in orders.kept.values()}
    assert kinds >= ({EventKind.PLACED, EventKind.PAID, EventKind.REFUNDED} if source not in TALK else set())


def test_a_missed_call_has_the_outcome_of_what_became_of_it(shop: World, orders: Orders) -> None:
    of_calls = (each for each in hooks(Source.TWILIO) if b"CallSid" in each.body)
    found = {each.name: receive(shop.deps, HookReceived(stored(shop, each))) for each in of_calls}
    assert found == {
        "dial_no_answer": Outcome.APPLIED,
        "queue_bridged": Outcome.APPLIED,
        "queue_hangup": Outcome.APPLIED,
        "status_busy": Outcome.APPLIED,
        "status_completed": Outcome.IGNORED_TOPIC,
        "status_of_a_phone_that_rang": Outcome.IGNORED_TOPIC,
        "status_withheld": Outcome.NUMBER_WITHHELD,
    }
    assert len(shop.store.tickets) == len(shop.texts.sent) == 3
    own = hook(Source.OWN, "call_missed")
    costly = replace(own, name="costly", body=own.body.replace(b"+49 151 23456789", b"+49 900 1234567"))
    later = replace(own, name="later", body=own.body.replace(b"2026", b"2027"))
    assert receive(shop.deps, HookReceived(stored(shop, costly))) is Outcome.NUMBER_REFUSED
    assert receive(shop.deps, HookReceived(stored(shop, later))) is Outcome.UNREADABLE
    assert len(shop.store.tickets) == 3


# What no message of ours or theirs is found for, and what says nothing to us.
_UNKNOWN = {
    "whatsapp_statuses", "messenger_delivery", "instagram_seen", "message_delivered", "message_undelivered",
    "text_delivered", "text_unreachable",
}  # fmt: skip
_SILENT = {
    "messenger_own_echo", "messenger_read", "started", "started_by_link", "of_a_group", "channel_post", "blocked",
    "pinned", "location_moves", "whatsapp_system", "sms_stop", "message_sent",
}  # fmt: skip


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("source", [Source.META, Source.TELEGRAM, Source.TWILIO, Source.AWS])
def test_every_body_of_a_messenger_comes_to_what_it_says_in_whatever_order(
    shop: World, orders: Orders, source: Source, reverse: bool
) -> None:
    shop.clock.at = datetime(2026, 11, 25, 9, 45, tzinfo=UTC)
    waiting = [each for each in hooks(source) if b"CallSid" not in each.body]
    names, found = {each.name for each in waiting}, dict[str, Outcome]()
    for received in range(1, TRIES + 1):
        for each in sorted(waiting, key=lambda each: each.name, reverse=reverse):
            with suppress(NotYetKnown):
                found[each.name] = receive(shop.deps, HookReceived(stored(shop, each), received))
        waiting = [each for each in waiting if each.name not in found]
    said = dict.fromkeys(names - _UNKNOWN - _SILENT, Outcome.APPLIED)
    unknown = dict.fromkeys(names & _UNKNOWN, Outcome.UNKNOWN_MESSAGE)
    assert found == said | unknown | dict.fromkeys(names & _SILENT, Outcome.IGNORED_TOPIC)


def body(*names: str, **clocks: str) -> Hook:
    """One body that tells of all this. `clocks`: other times of these events, by their names."""
    many = [json.loads(hook(Source.OWN, name).body) for name in names]
    for each, name in zip(many, names, strict=True):
        each["timestamp"] = clocks.get(name, each["timestamp"])
    return Hook(Source.OWN, "_".join(names), json.dumps({"events": many}).encode())


@pytest.mark.parametrize("first", range(3))
def test_a_body_that_tells_of_several_things_loses_none(shop: World, orders: Orders, first: int) -> None:
    names = ["customer_redacted", "order_placed", "call_missed"]
    key = stored(shop, body(*names[first:], *names[:first]))
    assert receive(shop.deps, HookReceived(key)) is Outcome.DATA_REQUEST
    assert [request.key for request in shop.store.data_requests(SHOP)] == [key]
    assert [event.kind for event in orders.kept.values()] == [EventKind.PLACED]
    assert len(shop.store.tickets) == 1


@pytest.mark.parametrize("wrong", ["order_placed", "order_paid", "call_missed"])
def test_a_wrong_clock_costs_no_more_than_what_it_tells(shop: World, orders: Orders, wrong: str) -> None:
    names = ["order_placed", "order_paid", "call_missed"]
    key = stored(shop, body(*names, **{wrong: f"{shop.clock.at + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"}))
    assert receive(shop.deps, HookReceived(key)) is Outcome.UNREADABLE
    assert len(orders.kept) + len(shop.store.tickets) == 2
    assert bool(shop.store.tickets) is (wrong != "call_missed")


def test_what_lacks_something_costs_no_more_than_itself(shop: World, orders: Orders) -> None:
    broken = b'{"type": "call.answered", "timestamp": "2026-11-23T10:00:00Z", "data": {"waited": -1}}'
    each = body("order_placed", "call_missed", "call_answered")
    key = stored(shop, replace(each, body=each.body.replace(b"[", b"[" + broken + b",", 1)))
    assert receive(shop.deps, HookReceived(key)) is Outcome.UNREADABLE
    assert len(orders.kept) == len(shop.store.tickets) == 1
    assert sum(shop.store.ticket_days["northlight", date(2026, 11, 23)].values()) == 1, "the answered call"


@pytest.mark.parametrize(("days", "outcome"), [(365, Outcome.APPLIED), (367, Outcome.UNREADABLE)])
def test_a_call_of_a_year_ago_is_nobodys_any_more(shop: World, orders: Orders, days: int, outcome: Outcome) -> None:
    at = f"{shop.clock.at - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    assert receive(shop.deps, HookReceived(stored(shop, body("call_missed", call_missed=at)))) is outcome


def test_what_keeps_failing_keeps_nothing_else_of_its_body(
    shop: World, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    took: list[str] = []

    def take(deps: Any, shop: Any, source: str, call: Any) -> missing.Taken:
        if not took:
            took.append(call.id)
            raise RuntimeError("this call fails")
        took.append(call.id)
        return missing.Taken.APPLIED

    monkeypatch.setattr(missing, "take", take)
    key = stored(shop, body("call_missed", "call_missed", "order_placed"))
    with pytest.raises(RuntimeError):
        receive(shop.deps, HookReceived(key))
    assert len(orders.kept) == 1
    assert len(took) == 2, "the other call was taken"
    orders.fails, took[:] = [RuntimeError("this order fails")], ["before"]
    with pytest.raises(RuntimeError):
        receive(shop.deps, HookReceived(key, 2))
    assert len(took) == 3
    assert receive(shop.deps, HookReceived(key, 3)) is Outcome.APPLIED


def test_a_store_that_is_away_is_not_asked_for_each_part(shop: World, orders: Orders) -> None:
    key = stored(shop, body("order_placed", "order_cancelled", "call_missed"))
    orders.fails = [RuntimeError("away")] * 9
    with pytest.raises(RuntimeError):
        receive(shop.deps, HookReceived(key))
    assert len(orders.asked) == 2, "two orders"
    assert not shop.store.tickets


def test_a_refund_without_number_finds_its_order(shop: World, orders: Orders) -> None:
    refund, other = stored(shop, hook(Source.SHOPIFY, "refunds_create")), stored(shop, OF_ANOTHER_ORDER)
    for received in range(1, TRIES):  # its order may come in a moment
        with pytest.raises(NotYetKnown):
            receive(shop.deps, HookReceived(refund, received))
    assert receive(shop.deps, HookReceived(other, TRIES)) is Outcome.UNKNOWN_ORDER
    assert orders.asked == []
    receive(shop.deps, HookReceived(stored(shop, hook(Source.SHOPIFY, "orders_create"))))
    assert receive(shop.deps, HookReceived(refund)) is Outcome.APPLIED
    assert orders.asked[-1][0].number == "1001"


def test_a_request_about_data_is_listed_and_nothing_else_happens(shop: World, orders: Orders) -> None:
    key = stored(shop, hook(Source.SHOPIFY, "customers_redact"))
    assert receive(shop.deps, HookReceived(key)) is Outcome.DATA_REQUEST
    assert shop.store.data_requests(SHOP) == [DataRequest("shopify", key, shop.clock.at)]
    assert orders.asked == []


def test_an_event_of_another_time_is_unreadable(world: World, orders: Orders) -> None:
    world.clock.advance(days=-30)
    key = stored(world, hook(Source.OWN, "order_placed"))
    assert receive(world.deps, HookReceived(key)) is Outcome.UNREADABLE
    assert orders.asked == []


@pytest.mark.parametrize(("days", "outcome"), [(399, Outcome.APPLIED), (401, Outcome.UNREADABLE)])
def test_a_messengers_body_that_is_older_than_its_mark_would_be_is_not_taken(
    shop: World, orders: Orders, days: int, outcome: Outcome
) -> None:
    """Somebody may have captured it, and its signature has no moment."""
    captured = hook(Source.META, "whatsapp_text")
    shop.clock.at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC) + timedelta(days=days)
    assert receive(shop.deps, HookReceived(stored(shop, captured))) is outcome
    assert len(shop.store.tickets) == (outcome is Outcome.APPLIED)


def test_a_body_that_is_gone_has_an_outcome_too(shop: World, orders: Orders) -> None:
    key = f"hooks/{SHOP}/own/gone"
    assert receive(shop.deps, HookReceived(key)) is Outcome.GONE
    assert of(shop, key) == "event_gone"
    assert key not in shop.hooks.settled


def test_what_was_recorded_before_its_run_died_is_not_read_again(shop: World, orders: Orders) -> None:
    key = stored(shop, hook(Source.OWN, "order_placed"))
    receive(shop.deps, HookReceived(key))
    shop.hooks.settled.clear()
    assert receive(shop.deps, HookReceived(key, received=2)) is Outcome.APPLIED
    assert len(orders.asked) == 1
    assert key in shop.hooks.settled


def test_words_are_taken_without_files_before_what_is_about_them_is_given_up(shop: World, orders: Orders) -> None:
    key = stored(shop, hook(Source.META, "whatsapp_image"))
    shop.channels.unfetched = [TryAgainLater("status 503")] * TRIES
    for received in range(1, TRIES - 1):
        with pytest.raises(TryAgainLater):
            receive(shop.deps, HookReceived(key, received=received))
    assert receive(shop.deps, HookReceived(key, received=TRIES - 1)) is Outcome.APPLIED
    (ticket,) = shop.store.tickets.values()
    assert Remark.FILES_LOST in ticket.opening.remarks


class Killed(BaseException):
    """A run that is ended from outside leaves no exception of ours."""


def test_an_event_that_ends_its_runs_is_left_unread(
    shop: World, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> Recorded:
        raise Killed

    monkeypatch.setattr(receiving, "record", dies)
    key, runs = stored(shop, hook(Source.OWN, "order_placed")), 0
    with pytest.raises(Killed):
        receive(shop.deps, HookReceived(key))
    for received in range(2, 20):
        try:
            outcome = receive(shop.deps, HookReceived(key, received))
        except Killed:
            runs += 1
        else:
            assert outcome is Outcome.UNREADABLE
            break
    assert runs == TRIES - 1
    assert of(shop, key) == "event_unreadable"


def test_an_event_whose_runs_only_fail_is_never_given_up(shop: World, orders: Orders) -> None:
    key = stored(shop, hook(Source.OWN, "order_placed"))
    for received in range(1, 20):
        orders.fails = [RuntimeError("the store is not there")]
        with pytest.raises(RuntimeError):
            receive(shop.deps, HookReceived(key, received))
    assert receive(shop.deps, HookReceived(key, 20)) is Outcome.APPLIED


def test_the_balance_closes_and_what_has_no_outcome_is_put_back(shop: World, orders: Orders) -> None:
    keys = [stored(shop, each) for each in hooks(Source.SHOPIFY) if each.name != "refunds_create"]
    for key in keys[:-2]:
        receive(shop.deps, HookReceived(key))
    shop.clock.advance(seconds=PATIENCE.total_seconds())
    told = reconcile(shop.deps, {})
    assert told["put_back"] == 2
    assert shop.hook_queue.waiting == keys[-2:]
    assert shop.queue.waiting == []
    for key in shop.hook_queue.waiting:
        receive(shop.deps, HookReceived(key))
    reconcile(shop.deps, {})
    day = shop.store.reconciled[shop.clock.at.date()]
    assert day.pending == 0
    assert day.received == len(keys) == sum(day.outcomes.values())
    assert day.outcomes["event_applied"] >= 5


def test_dead_letters_of_events_are_put_back(shop: World, orders: Orders) -> None:
    shop.hook_queue.dead = ['{"key": "hooks/northlight/own/1"}']
    assert reconcile(shop.deps, {})["redriven"] == 1


def test_a_source_is_heard_of(shop: World, orders: Orders) -> None:
    shop.source_keys[SHOP, Source.OWN] = SourceKeys("a-secret-of-tests")
    receive(shop.deps, HookReceived(stored(shop, hook(Source.OWN, "order_placed"))))
    (moment,) = shop.store.contact(SHOP, "own").moments
    assert shop.clock.at - moment < timedelta(minutes=1)
