"""A raw event becomes what happened to an order. Each ends in exactly one recorded outcome, in the same ledger as raw
mails (decision 217)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from chalicelib.errors import NotYetKnown, UnknownFile
from chalicelib.rules.events import mapping
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.services.events.door import shop_and_source
from chalicelib.services.orders.recording import Recorded, record
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.hooks import HookReceived, RawHook
from chalicelib.services.ports.events.source_log import DataRequest
from chalicelib.telemetry import logger

TRIES = 4
"""An event that ended so many runs is not read again."""
# A clock may be wrong. An event of next year would overrule everything until then.
_AHEAD = timedelta(days=1)


class Outcome(StrEnum):
    """What became of a raw event. In the ledger the word "event" is before it, because mails have outcomes too."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    UNKNOWN_ORDER = "unknown_order"
    REFUSED = "refused"
    IGNORED_TOPIC = "ignored_topic"
    UNREADABLE = "unreadable"
    DATA_REQUEST = "data_request"
    NUMBER_WITHHELD = "number_withheld"
    NUMBER_REFUSED = "number_refused"
    GONE = "gone"


LEDGER = "event_"
# Of events about several orders, the first of these that happened is the outcome.
_FOREMOST = (
    Recorded.APPLIED, Recorded.OUT_OF_ORDER, Recorded.DUPLICATE, Recorded.UNKNOWN_ORDER, Recorded.REFUSED,
)  # fmt: skip


def receive(deps: Deps, notice: HookReceived) -> Outcome:
    """Read the raw event, and record what it says happened. An event that is left without an outcome is delivered
    again."""
    if notice.received > 1 and (outcome := _of_earlier_run(deps, notice.key)):
        return outcome
    try:
        outcome = _received(deps, notice)
    except Exception:
        if notice.received > 1:
            deps.mail_log.forget_attempts(notice.key)
        raise
    return _settled(deps, notice.key, outcome)


def _of_earlier_run(deps: Deps, key: str) -> Outcome | None:
    """The outcome, if there is one, or if the event has ended too many runs: counted is each run that began with it and
    left no sign of life."""
    if recorded := deps.mail_log.outcomes_of([key]).get(key):
        return _settled(deps, key, Outcome(recorded.removeprefix(LEDGER)))
    if deps.mail_log.note_attempt(key, deps.now()) < TRIES:
        return None
    logger.error("an event ended run after run and is left unread", extra={"key": key})
    return _settled(deps, key, Outcome.UNREADABLE)


def _settled(deps: Deps, key: str, outcome: Outcome) -> Outcome:
    deps.mail_log.note_outcome(key, f"{LEDGER}{outcome}", None, deps.now())
    if outcome is not Outcome.GONE:
        deps.raw_hooks.settle_hook(key)
    logger.info("an event was received", extra={"outcome": outcome, "key": key})
    return outcome


def _received(deps: Deps, notice: HookReceived) -> Outcome:
    key = notice.key
    shop, source = shop_and_source(key)
    try:
        raw = deps.raw_hooks.hook(key)
    except UnknownFile:
        return Outcome.GONE
    deps.source_log.note_contact(shop, source, deps.now())
    found = mapping.events_of(source, Delivery(raw.topic, raw.delivery), raw.body)
    if found is Unmapped.DATA_REQUEST:
        deps.source_log.note_data_request(shop, DataRequest(source, key, deps.now()))
    # One body may tell of orders, of products and of calls.
    known = found is Unmapped.IGNORED_TOPIC or not isinstance(found, Unmapped)
    besides = _besides(deps, shop, source, raw) if known else None
    if isinstance(found, Unmapped):
        return besides or Outcome(found)
    if any(event.occurred_at > deps.now() + _AHEAD for event in found):
        return Outcome.UNREADABLE
    events = _numbered(deps, shop, source, raw, found)
    if notice.received < TRIES and not all(event.number for event in events):
        raise NotYetKnown(key)
    return applied(deps, shop, source, events)


def _besides(deps: Deps, shop: str, source: Source, raw: RawHook) -> Outcome | None:
    """What became of what a body says of products and of calls; None if it says nothing of them that we keep."""
    restocked = _restocked(deps, shop, source, raw)
    calls = mapping.missed_calls(source, Delivery(raw.topic, raw.delivery), raw.body, deps.now())
    if not calls:
        return Outcome.APPLIED if restocked else None
    if any(call.at > deps.now() + _AHEAD for call in calls):
        return Outcome.UNREADABLE
    from chalicelib.services.calls import missing  # few events are about a call

    found = {missing.take(deps, deps.policy.shop(shop), source, call) for call in calls}
    return Outcome(next(taken for taken in missing.Taken if taken in found))


def _restocked(deps: Deps, shop: str, source: Source, raw: RawHook) -> bool:
    """Whether the event says that products of the catalogue are back in stock; those who wait for them will be told."""
    skus = mapping.restocked(source, raw.body)
    if not skus:
        return False
    from chalicelib.services.waiting.telling import note_back  # few events are about a product

    noted = tuple(note_back(deps, shop, sku) for sku in skus)
    return any(noted)


def applied(deps: Deps, shop: str, source: Source, events: Sequence[OrderEvent]) -> Outcome:
    """Record the events, each order's together. An event without a number is about an order that we do not know."""
    numbers = dict.fromkeys(event.number for event in events)
    outcomes = {
        record(deps, shop, source, [event for event in events if event.number == number])
        if number
        else Recorded.UNKNOWN_ORDER
        for number in numbers
    }
    return Outcome(next(outcome for outcome in _FOREMOST if outcome in outcomes))


def _numbered(
    deps: Deps, shop: str, source: Source, raw: RawHook, events: tuple[OrderEvent, ...]
) -> tuple[OrderEvent, ...]:
    """The events with the numbers of their orders. Where a source names some orders by an id only, it is remembered
    when the order is placed."""
    id = mapping.order_id(source, raw.body)
    if not id:
        return events
    for event in events:
        if event.kind is EventKind.PLACED:
            deps.source_log.note_order_id(shop, source, id, event.number, deps.now())
    if all(event.number for event in events):
        return events
    number = deps.source_log.number_of(shop, source, id)
    return tuple(event if event.number else replace(event, number=number) for event in events)
