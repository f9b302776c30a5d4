"""What telephone systems say about calls: which nobody answered, how long the others waited, and which are no
customer's."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.events import signatures, sources
from chalicelib.rules.events.calls.call import LONGEST_WAIT, AnsweredCall, Call, MissedCall
from chalicelib.rules.events.mapping import calls, events_of, left_out
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from tests.support.events.bodies import hook, hooks

SID = f"CA{'0123456789abcdef' * 2}"
NOW = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)


def found(source: Source, body: bytes) -> tuple[Call, ...]:
    return calls(source, Delivery(id="delivery-1"), body, NOW)


def of_twilio(**changes: str) -> tuple[Call, ...]:
    told = {"CallSid": SID, "Direction": "inbound", "From": "+4915123456789", "CallStatus": "completed"} | changes
    return found(Source.TWILIO, urlencode({name: value for name, value in told.items() if value}).encode())


def test_our_own_event() -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found(Source.OWN, hook(Source.OWN, "call_missed").body) == (MissedCall("call-7f3a", "+49 151 23456789", at),)
    assert found(Source.OWN, hook(Source.OWN, "call_answered").body) == (AnsweredCall("call-7f3b", 45, at),)


def test_several_in_one_message_without_ids_of_their_own() -> None:
    one = {"type": "call.missed", "timestamp": "2026-11-23T10:00:00Z", "data": {"from": "+4930901820"}}
    both = found(Source.OWN, json.dumps({"events": [one, one, {"type": "other"}]}).encode())
    assert [call.id for call in both] == ["delivery-1/0", "delivery-1/1"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("dial_no_answer", "+4915123456790"),
        ("status_busy", "+4915123456791"),
        ("status_withheld", "+266696687"),
        ("status_completed", None),
        ("status_of_a_phone_that_rang", None),
        ("queue_hangup", "+4915123456792"),
        ("queue_bridged", None),
    ],
)
def test_twilios_reports(name: str, number: str | None) -> None:
    told = found(Source.TWILIO, hook(Source.TWILIO, name).body)
    assert [call.number for call in told if isinstance(call, MissedCall)] == ([number] if number else [])


def test_twilio_says_how_long_somebody_waited_in_a_queue() -> None:
    told = found(Source.TWILIO, hook(Source.TWILIO, "queue_bridged").body)
    assert told == (AnsweredCall("CA00000000000000000000000000000023", 41, NOW),)
    assert of_twilio(QueueResult="redirected-from-bridged", QueueTime="0") == (AnsweredCall(SID, 0, NOW),)


@pytest.mark.parametrize("result", ["hangup", "leave", "queue-full", "error", "system-error"])
def test_who_leaves_a_queue_has_reached_nobody(result: str) -> None:
    for status in ("completed", "in-progress", "busy"):
        assert of_twilio(QueueResult=result, CallStatus=status) == (MissedCall(SID, "+4915123456789", NOW, 0),)
    assert of_twilio(QueueResult=result, QueueTime="95") == (MissedCall(SID, "+4915123456789", NOW, 95),)


def test_without_a_queue_nothing_says_how_long_a_caller_waited() -> None:
    (call,) = of_twilio(CallStatus="no-answer")
    assert call.waited is None


@pytest.mark.parametrize("result", ["redirected", "bridging-in-process", "something new"])
def test_what_is_still_going_on_in_a_queue_is_neither(result: str) -> None:
    assert not of_twilio(QueueResult=result, QueueTime="41", CallStatus="busy")


@pytest.mark.parametrize("waited", ["", "-1", "4.5", "x", "86401", "1234567", "٣"])
def test_a_wait_that_is_no_number_of_seconds_is_not_counted(waited: str) -> None:
    assert not of_twilio(QueueResult="bridged", QueueTime=waited)
    assert of_twilio(QueueResult="bridged", QueueTime=str(LONGEST_WAIT))


def own(type: str = "call.answered", **data: object) -> bytes:
    told = {"type": type, "timestamp": "2026-11-23T10:00:00Z", "data": {"id": "call-1"} | data}
    return json.dumps(told).encode()


@pytest.mark.parametrize(("written", "waited"), [(0, 0), (45, 45), ("45", 45), (12.6, 13), (86_400, 86_400)])
def test_our_own_event_of_an_answered_call(written: object, waited: int) -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found(Source.OWN, own(waited=written)) == (AnsweredCall("call-1", waited, at),)


NO_WAITS: list[object] = [None, "", -1, LONGEST_WAIT + 1, "soon", True, [45], {}]


@pytest.mark.parametrize("written", NO_WAITS)
def test_an_answered_call_without_a_wait_is_left_out_and_said(written: object) -> None:
    assert not found(Source.OWN, own(waited=written))
    assert left_out(Source.OWN, own(waited=written))


@pytest.mark.parametrize("written", NO_WAITS)
def test_a_missed_call_without_a_wait_is_a_missed_call(written: object) -> None:
    body = own("call.missed", waited=written, **{"from": "+4930901820"})
    assert found(Source.OWN, body) == (MissedCall("call-1", "+4930901820", datetime(2026, 11, 23, 10, tzinfo=UTC)),)
    assert not left_out(Source.OWN, body)


def test_a_missed_call_may_say_how_long_the_caller_waited() -> None:
    (call,) = found(Source.OWN, own("call.missed", waited=95))
    assert call.waited == 95


BROKEN = [
    {"type": "call.answered", "timestamp": "2026-11-23T10:00:00Z", "data": {"waited": -1}},
    {"type": "call.answered", "timestamp": "2026-11-23T10:00:00Z"},
    {"type": "call.missed", "timestamp": "yesterday", "data": {"from": "+4930901820"}},
    {"type": "call.missed", "data": {"from": "+4930901820"}},
    {"type": "product.back_in_stock", "timestamp": "2026-11-23T10:00:00Z", "data": {}},
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each["type"])
def test_what_lacks_something_takes_nothing_else_of_its_body_with_it(broken: dict[str, object]) -> None:
    order = json.loads(hook(Source.OWN, "order_cancelled").body)
    call = json.loads(hook(Source.OWN, "call_missed").body)
    body = json.dumps({"events": [order, broken, call]}).encode()
    assert left_out(Source.OWN, body)
    assert len(found(Source.OWN, body)) == 1
    events = events_of(Source.OWN, Delivery(), body)
    assert not isinstance(events, Unmapped)
    assert len(events) == 1


@pytest.mark.parametrize("status", ["busy", "canceled", "failed", "no-answer"])
def test_what_became_of_the_dial_counts_before_the_callers_own_status(status: str) -> None:
    assert of_twilio(CallStatus=status)
    assert of_twilio(DialCallStatus=status, CallStatus="in-progress")
    assert not of_twilio(DialCallStatus="completed", CallStatus=status)
    assert not of_twilio(DialCallStatus="answered", CallStatus=status)


@pytest.mark.parametrize("direction", ["outbound-api", "outbound-dial", "", "trunking-terminating"])
def test_only_calls_to_the_shop_count(direction: str) -> None:
    assert not of_twilio(CallStatus="no-answer", Direction=direction)


def test_the_same_call_in_two_reports_has_one_id() -> None:
    assert of_twilio(CallStatus="no-answer") == of_twilio(DialCallStatus="busy")


@given(st.binary(max_size=200), st.sampled_from(Source))
def test_no_body_raises(body: bytes, source: Source) -> None:
    found(source, body)
    events_of(source, Delivery(), body)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=300), max_size=8))
def test_any_form_is_read_or_unreadable(fields: dict[str, str]) -> None:
    body = urlencode(fields, errors="replace").encode()
    assert events_of(Source.TWILIO, Delivery(), body) in (Unmapped.IGNORED_TOPIC, Unmapped.UNREADABLE)
    for call in found(Source.TWILIO, body):
        assert len(call.id) <= 200
        assert len(call.number if isinstance(call, MissedCall) else "") <= 200


@pytest.mark.parametrize("source", [Source.SHOPIFY, Source.WOOCOMMERCE, Source.SHOPWARE])
def test_shops_know_no_calls(source: Source) -> None:
    assert not [call for each in hooks(source) for call in found(source, each.body)]


def test_a_form_without_a_call_or_with_too_many_fields_is_unreadable() -> None:
    many = urlencode({f"f{number}": "x" for number in range(300)} | {"CallSid": SID})
    for body in (b"From=%2B49301", many.encode(), b"CallSid=%ff", b"\xff"):
        assert events_of(Source.TWILIO, Delivery(), body) is Unmapped.UNREADABLE


@pytest.mark.parametrize(
    "sid", ["", "CA1", f"AC{SID[2:]}", SID.upper(), SID[:-1], f"{SID}0", f"{SID}CallStatusbusy", f" {SID}", f"{SID}\n"]
)
def test_a_form_that_names_no_call_is_unreadable(sid: str) -> None:
    """Whoever has a signed form can cut it elsewhere, so that a name becomes part of the value before it."""
    body = urlencode({"CallSid": sid, "Direction": "inbound", "CallStatus": "busy", "From": "+4930901820"}).encode()
    assert events_of(Source.TWILIO, Delivery(), body) is Unmapped.UNREADABLE
    assert not found(Source.TWILIO, body)


@pytest.mark.parametrize("again", ["CallSid", "From", "CallStatus", "Other"])
def test_a_form_that_says_a_name_twice_is_unreadable_and_not_signed(again: str) -> None:
    fields = {"CallSid": SID, "Direction": "inbound", "CallStatus": "busy", "From": "+4930901820", "Other": ""}
    body = urlencode(fields).encode()
    twice = body + b"&" + urlencode({again: fields[again]}).encode()
    assert found(Source.TWILIO, body)
    assert events_of(Source.TWILIO, Delivery(), twice) is Unmapped.UNREADABLE
    headers = signatures.sign(Source.TWILIO, "secret", body, "", NOW, "https://care.example/in")
    assert signatures.authentic(Source.TWILIO, headers, body, ["secret"], NOW, "https://care.example/in")
    assert not signatures.authentic(Source.TWILIO, headers, twice, ["secret"], NOW, "https://care.example/in")


def test_the_header_that_twilio_does_not_sign_makes_no_other_delivery() -> None:
    given = [sources.delivery(Source.TWILIO, {"i-twilio-idempotency-token": token}) for token in ("one", "two")]
    assert given == [Delivery()] * 2
