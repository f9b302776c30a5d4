"""A raw event becomes what happened to an order. Each ends in exactly one recorded outcome, in the same ledger as raw
mails (decision 217)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial

from chalicelib.errors import NotYetKnown, UnknownFile
from chalicelib.rules.events import mapping
from chalicelib.rules.events.calls.call import Call, MissedCall
from chalicelib.rules.events.messages.said import Heard, Said, Told
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.services.events.door import shop_and_source
from chalicelib.services.orders.recording import record
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.hooks import HookReceived, RawHook
from chalicelib.services.ports.events.source_log import DataRequest
from chalicelib.telemetry import logger

TRIES = 4
"""An event that ended so many runs is not read again, and what came so often waits for nothing any more."""
_BARE = TRIES - 1
"""Words that came so often are taken without their files: what is about them waits one try longer (decision 326)."""
# A clock may be wrong. An event of next year would overrule everything until then.
_AHEAD = timedelta(days=1)
# Nobody waits for a call back for so long, and the mark of a call that was counted does not outlast its day's counts.
_BEHIND = timedelta(days=366)


class Outcome(StrEnum):
    """What became of a raw event. In the ledger the word "event" is before it, because mails have outcomes too."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_MESSAGE = "unknown_message"
    REFUSED = "refused"
    IGNORED_TOPIC = "ignored_topic"
    UNREADABLE = "unreadable"
    DATA_REQUEST = "data_request"
    NUMBER_WITHHELD = "number_withheld"
    NUMBER_REFUSED = "number_refused"
    GONE = "gone"


LEDGER = "event_"
# Of a body that tells of several things, the first of these that happened is the outcome: what asks for people first.
_FOREMOST = (
    Outcome.DATA_REQUEST, Outcome.UNREADABLE, Outcome.APPLIED, Outcome.OUT_OF_ORDER, Outcome.DUPLICATE,
    Outcome.UNKNOWN_ORDER, Outcome.UNKNOWN_MESSAGE, Outcome.REFUSED, Outcome.NUMBER_WITHHELD, Outcome.NUMBER_REFUSED,
    Outcome.IGNORED_TOPIC,
)  # fmt: skip
_Part = Callable[[], Outcome]
"""One thing of a body, to be done."""


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
    outcomes = set[Outcome]()
    if found is Unmapped.DATA_REQUEST or mapping.asks_for_data(source, raw.body):
        deps.source_log.note_data_request(shop, DataRequest(source, key, deps.now()))
        outcomes.add(Outcome.DATA_REQUEST)
    if isinstance(found, Unmapped):
        outcomes.add(Outcome(found))
        events: tuple[OrderEvent, ...] = ()
    else:
        events = _numbered(deps, shop, source, raw, found)
    if notice.received < TRIES and not all(event.number for event in events):
        raise NotYetKnown(key)
    timely = tuple(event for event in events if event.occurred_at <= deps.now() + _AHEAD)
    parts = list(_of_orders(deps, shop, source, timely))
    if found is not Unmapped.UNREADABLE:
        calls = mapping.calls(source, Delivery(raw.topic, raw.delivery), raw.body, deps.now())
        heard = tuple(call for call in calls if deps.now() - _BEHIND < call.at <= deps.now() + _AHEAD)
        parts += [partial(_restocked, deps, shop, source, raw), *_of_calls(deps, shop, source, heard)]
        heard_said = mapping.heard(source, raw.body, deps.now())
        parts += _of_messages(deps, shop, heard_said, notice.received)
        outcomes |= {Outcome.UNREADABLE} if heard_said.left_out else set()
        if len(timely) < len(events) or len(heard) < len(calls) or mapping.left_out(source, raw.body):
            logger.warning("what is incomplete, too old or of the future is left out", extra={"key": key})
            outcomes.add(Outcome.UNREADABLE)
    return _foremost(outcomes | _done(parts))


def _done(parts: Iterable[_Part]) -> set[Outcome]:
    """What became of each. One that fails or waits keeps no other from being done: the event is delivered again
    afterwards. A second failure is the store's, and ends the run, which else would last too long."""
    outcomes, failed, waiting = set[Outcome](), list[Exception](), list[Exception]()
    for part in parts:
        try:
            outcomes.add(part())
        except NotYetKnown as error:
            waiting.append(error)
        except Exception as error:
            if failed:
                raise
            failed.append(error)
    if failed or waiting:
        raise (*failed, *waiting)[0]
    return outcomes


def _foremost(outcomes: set[Outcome]) -> Outcome:
    return next(outcome for outcome in _FOREMOST if outcome in outcomes)


def _of_calls(deps: Deps, shop: str, source: Source, calls: Sequence[Call]) -> Iterator[_Part]:
    if not calls:
        return
    # Few events are about a call.
    from chalicelib.services.calls import missing
    from chalicelib.services.learning.phoning import note_call

    def take(call: MissedCall) -> Outcome:
        return Outcome(missing.take(deps, deps.policy.shop(shop), source, call))

    def note(call: Call) -> Outcome:
        new = note_call(deps, shop, source, call)
        if isinstance(call, MissedCall):
            return Outcome.IGNORED_TOPIC  # what was taken is its outcome
        return Outcome.APPLIED if new else Outcome.DUPLICATE

    yield from (partial(note, call) for call in calls if call.waited is not None)
    yield from (partial(take, call) for call in calls if isinstance(call, MissedCall))


def _of_messages(deps: Deps, shop: str, heard: Heard, received: int) -> Iterator[_Part]:
    """What people wrote, the earliest first, and what became of what we wrote. `received`: as in HookReceived."""
    if not (heard.said or heard.told):
        return
    # Shops' systems tell none of it.
    from chalicelib.services.events import statuses
    from chalicelib.services.messages import places, taking

    def take(said: Said) -> Outcome:
        if not deps.now() - places.MARKED < said.at <= deps.now() + _AHEAD:
            return Outcome.UNREADABLE
        bare, last = received >= _BARE, received >= TRIES
        return Outcome(taking.take(deps, deps.policy.shop(shop), said, bare=bare, last=last))

    def note(told: Told) -> Outcome:
        return Outcome(statuses.take(deps, told, first=received == 1))

    yield from (partial(take, said) for said in sorted(heard.said, key=lambda each: each.at))
    yield from (partial(note, told) for told in heard.told)


def _restocked(deps: Deps, shop: str, source: Source, raw: RawHook) -> Outcome:
    """Those who wait for products of the catalogue that the event says are back in stock will be told."""
    skus = mapping.restocked(source, raw.body)
    if not skus:
        return Outcome.IGNORED_TOPIC
    from chalicelib.services.waiting.telling import note_back  # few events are about a product

    noted = tuple(note_back(deps, shop, sku) for sku in skus)
    return Outcome.APPLIED if any(noted) else Outcome.IGNORED_TOPIC


def applied(deps: Deps, shop: str, source: Source, events: Sequence[OrderEvent]) -> Outcome:
    """Record the events, each order's together. An event without a number is about an order that we do not know."""
    return _foremost(_done(_of_orders(deps, shop, source, events)))


def _of_orders(deps: Deps, shop: str, source: Source, events: Sequence[OrderEvent]) -> Iterator[_Part]:
    def kept(number: str) -> Outcome:
        if not number:
            return Outcome.UNKNOWN_ORDER
        return Outcome(record(deps, shop, source, [event for event in events if event.number == number]))

    for number in dict.fromkeys(event.number for event in events):
        yield partial(kept, number)


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
