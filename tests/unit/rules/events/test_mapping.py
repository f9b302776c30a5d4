"""Bodies in the vendors' shapes become the same events whatever way and however often they come."""

import json
import random
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rules.events.mapping import events_of, order_id
from chalicelib.rules.events.sources import TALK, Delivery, Source, Unmapped
from chalicelib.rules.orders.events import EventKind, OrderEvent
from tests.support.events.bodies import ALL, Hook, hook, hooks

IGNORED = {"carts_update", "product_written", "order_created", "call_answered", "call_missed"}
DATA_REQUESTS = {"customers_redact", "customer_redacted"}


def _events(each: Hook) -> tuple[OrderEvent, ...]:
    found = events_of(each.source, each.delivery, each.body)
    assert not isinstance(found, Unmapped), (each.name, found)
    return found


def _of_orders(source: Source) -> list[Hook]:
    if source in TALK:
        return []
    return [each for each in hooks(source) if each.name not in IGNORED | DATA_REQUESTS]


def _together(bodies: Iterable[Hook]) -> dict[str, OrderEvent]:
    """What is kept when the first event with an id stays."""
    kept: dict[str, OrderEvent] = {}
    for each in bodies:
        for event in _events(each):
            kept.setdefault(event.id, event)
    return kept


@pytest.mark.parametrize("source", Source)
def test_twice_and_in_a_hundred_orders_it_is_the_same(source: Source) -> None:
    bodies = _of_orders(source)
    once = _together(bodies)
    assert _together([*bodies, *bodies]) == once
    for seed in range(100):
        mixed = random.Random(seed).sample([*bodies, *bodies], 2 * len(bodies))
        got = _together(mixed)
        assert got.keys() == once.keys()
        assert got == once


@pytest.mark.parametrize("source", Source)
def test_different_facts_have_different_ids(source: Source) -> None:
    facts = {
        (e.kind, e.number, e.occurred_at, str(e.parcel), str(e.refund)) for e in _together(_of_orders(source)).values()
    }
    assert len(facts) == len(_together(_of_orders(source)))


@pytest.mark.parametrize("each", ALL, ids=lambda each: f"{each.source}-{each.name}")
def test_every_body_is_what_its_name_says(each: Hook) -> None:
    found = events_of(each.source, each.delivery, each.body)
    if each.name in DATA_REQUESTS:
        assert found is Unmapped.DATA_REQUEST
    elif each.name in IGNORED or each.source in TALK:
        assert found is Unmapped.IGNORED_TOPIC
    else:
        assert not isinstance(found, Unmapped)
        assert len({event.id for event in found}) == len(found)


@pytest.mark.parametrize("each", ALL, ids=lambda each: f"{each.source}-{each.name}")
def test_sums_are_right_to_the_cent(each: Hook) -> None:
    found = events_of(each.source, each.delivery, each.body)
    for basket in (e.basket for e in found if isinstance(e, OrderEvent) and e.basket):
        added = 0 if basket.tax_within_prices else basket.tax
        assert (
            sum(line.total for line in basket.lines) + sum(cost.amount for cost in basket.costs) + added == basket.total
        )
        assert all(cost.label for cost in basket.costs), "the fixtures have no unnamed rest"


EXPECTED_KINDS: dict[Source, set[EventKind]] = {
    Source.AWS: set(),
    Source.TWILIO: set(),
    Source.META: set(),
    Source.TELEGRAM: set(),
    Source.OWN: set(EventKind),
    Source.SHOPIFY: {
        EventKind.PLACED, EventKind.PAID, EventKind.CHANGED, EventKind.CANCELLED, EventKind.SENT, EventKind.DELIVERED,
        EventKind.REFUNDED,
    },
    Source.WOOCOMMERCE: {
        EventKind.PLACED, EventKind.PAID, EventKind.CHANGED, EventKind.CANCELLED, EventKind.SENT, EventKind.REFUNDED,
    },
    Source.SHOPWARE: {
        EventKind.PLACED, EventKind.PAID, EventKind.CANCELLED, EventKind.SENT, EventKind.REFUNDED,
    },
}  # fmt: skip


@pytest.mark.parametrize("source", Source)
def test_all_kinds_of_a_source_are_read(source: Source) -> None:
    assert {event.kind for event in _together(_of_orders(source)).values()} == EXPECTED_KINDS[source]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source.OWN, "order_placed"),
        (Source.SHOPIFY, "orders_create"),
        (Source.WOOCOMMERCE, "order_updated_processing"),
        (Source.SHOPWARE, "checkout_order_placed"),
    ],
)
def test_an_order_is_read_whole(source: Source, name: str) -> None:
    placed = _events(hook(source, name))[0]
    assert placed.kind is EventKind.PLACED
    assert placed.basket is not None
    assert placed.basket.currency == "EUR"
    assert placed.basket.buyer.name == "Jana Weiß"
    assert placed.basket.buyer.address == "jana.weiss@example.com"
    assert placed.basket.delivery_to is not None
    assert (placed.basket.delivery_to.street, placed.basket.delivery_to.country) == ("Lindenstraße 12", "DE")
    assert placed.basket.lines[0].unit_price == 18900
    assert placed.basket.lines[0].sku == "LUNA-BR"


def test_a_refund_of_shopify_names_its_order_by_id() -> None:
    body = hook(Source.SHOPIFY, "refunds_create").body
    (refund,) = _events(hook(Source.SHOPIFY, "refunds_create"))
    assert refund.number == ""
    assert refund.refund is not None
    assert refund.refund.amount == 795
    assert order_id(Source.SHOPIFY, body) == order_id(Source.SHOPIFY, hook(Source.SHOPIFY, "orders_create").body)


def test_refund_and_parcel_are_the_same_fact_within_their_order() -> None:
    order = json.loads(hook(Source.SHOPIFY, "orders_updated").body)
    order["refunds"] = [json.loads(hook(Source.SHOPIFY, "refunds_create").body)]
    order["fulfillments"] = [json.loads(hook(Source.SHOPIFY, "fulfillments_update").body)]
    within = events_of(Source.SHOPIFY, Delivery("orders/updated"), json.dumps(order).encode())
    assert not isinstance(within, Unmapped)
    alone = [*_events(hook(Source.SHOPIFY, "refunds_create")), *_events(hook(Source.SHOPIFY, "fulfillments_update"))]
    assert {event.id for event in alone} <= {event.id for event in within}
    assert {event.number for event in within} == {"1001"}


def test_a_tracking_number_that_is_added_later_is_news() -> None:
    body = json.loads(hook(Source.SHOPIFY, "fulfillments_create").body)
    body["updated_at"] = "2026-11-23T10:00:00+01:00"
    found = events_of(Source.SHOPIFY, Delivery("fulfillments/update"), json.dumps(body).encode())
    assert not isinstance(found, Unmapped)
    assert [event.kind for event in found] == [EventKind.SENT, EventKind.MOVED]
    assert found[1].parcel is not None
    assert found[1].parcel.tracking_number == "00340434161094000001"


def test_a_link_that_runs_something_is_left_out() -> None:
    body = json.loads(hook(Source.OWN, "shipment_sent").body)
    body["data"]["parcel"]["tracking_url"] = "javascript:alert(1)"
    found = events_of(Source.OWN, Delivery(), json.dumps(body).encode())
    assert not isinstance(found, Unmapped)
    assert found[0].parcel is not None
    assert found[0].parcel.tracking_url == ""


@pytest.mark.parametrize("as_it_came", [None, "", ...], ids=["null", "empty", "absent"])
@pytest.mark.parametrize(
    ("source", "name", "path"),
    [
        (Source.OWN, "order_placed", ("data", "total")),
        (Source.SHOPIFY, "orders_create", ("total_price",)),
        (Source.WOOCOMMERCE, "order_updated_processing", ("total",)),
        (Source.SHOPWARE, "checkout_order_placed", ("data", "payload", "order", "price", "totalPrice")),
    ],
)
def test_an_order_without_its_total_is_not_taken_for_a_free_one(
    source: Source, name: str, path: tuple[str, ...], as_it_came: Any
) -> None:
    each = hook(source, name)
    body = json.loads(each.body)
    *way, last = path
    within = body
    for key in way:
        within = within[key]
    if as_it_came is ...:
        del within[last]
    else:
        within[last] = as_it_came
    assert events_of(source, each.delivery, json.dumps(body).encode()) is Unmapped.UNREADABLE


@pytest.mark.parametrize("many", [300, 10_000])
def test_many_lines_are_counted_and_cut(many: int) -> None:
    body = json.loads(hook(Source.OWN, "order_placed").body)
    body["data"]["lines"] = [dict(body["data"]["lines"][1], id=str(number)) for number in range(many)]
    found = events_of(Source.OWN, Delivery(), json.dumps(body).encode())
    assert not isinstance(found, Unmapped)
    assert found[0].basket is not None
    assert (len(found[0].basket.lines), found[0].basket.left_out) == (250, many - 250)


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"id": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"id": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_what_nobody_can_read_is_unreadable(source: Source, body: bytes) -> None:
    topic = {Source.SHOPIFY: "orders/create", Source.WOOCOMMERCE: "order.updated"}.get(source, "")
    assert events_of(source, Delivery(topic), body) is Unmapped.UNREADABLE
    assert order_id(source, body) == ""


BAD: list[Any] = [
    None, True, -1, 10**30, "9e99", "1e-99", "12,50", "", "x" * 5000, [], {}, [1], [[]], {"a": 1}, "2026-13-45",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "#", "\u202e\u0000",
]  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(part, (*path, key))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_read_or_unreadable(data: st.DataObject) -> None:
    each = data.draw(st.sampled_from([one for one in ALL if one.source not in TALK]))
    body = json.loads(each.body)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(_paths(body))))
        parent = body
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = deepcopy(data.draw(st.sampled_from(BAD)))
    found = events_of(each.source, each.delivery, json.dumps(body).encode())
    if not isinstance(found, Unmapped):
        for event in found:
            assert len(str(event)) < 30_000
            assert event.occurred_at.tzinfo is not None
            assert str(event).encode("utf-8")


@given(st.sampled_from(Source), st.text(max_size=30), st.binary(max_size=200))
def test_any_bytes_are_no_exception(source: Source, topic: str, body: bytes) -> None:
    assert isinstance(events_of(source, Delivery(topic), body), Unmapped)
