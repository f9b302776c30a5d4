"""Values are converted to DynamoDB attributes and back unchanged."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws.table import ticket_items
from chalicelib.aws.table.codec import attributes, decode, encode, instant
from chalicelib.rules.tickets.clocks import Clock, Clocks, SetBy
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.messages import AutomaticMark
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Outbox, Purpose, Stage, Unsent
from chalicelib.rules.tickets.procedure_facts import (
    CallBack,
    CallEnd,
    Claim,
    Extension,
    Fault,
    FinalAnswer,
    Finding,
    HeldAnswer,
    HiddenFor,
    Outcome,
    OwedBy,
    Rating,
    Referral,
    Remedy,
    RemedyKind,
    WithdrawnRating,
)
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import (
    Author,
    Channel,
    Event,
    File,
    LogEntry,
    Message,
    Person,
    Priority,
    State,
    Surface,
    Ticket,
    Visibility,
)
from tests.support import samples
from tests.support.store import tables
from tests.support.store.fakes import START

texts = st.text(st.characters(codec="utf-8"), max_size=20)
# An optional text is a non-empty text or None: the store does not distinguish an empty one from None.
optional = st.none() | texts.filter(bool)
several = st.lists(texts, max_size=3).map(tuple)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
numbers = st.integers(1, 10**9)
people = st.builds(Person, texts, texts)
files = st.lists(st.builds(File, texts, texts, texts, numbers, texts), max_size=2).map(tuple)
deliveries = st.builds(
    Delivery,
    st.sampled_from(Purpose),
    texts,
    st.sampled_from(DeliveryStatus),
    optional,
    st.none() | moments,
    optional,
    unsent=st.none() | st.sampled_from(Unsent),
)
outboxes = st.none() | st.builds(
    Outbox, st.lists(deliveries, max_size=3).map(tuple), st.sampled_from(Stage), moments, st.integers(0, 99)
)
messages = st.builds(
    Message,
    id=texts, ref=texts.filter(bool), at=moments, author=st.sampled_from(Author), person=people,
    channel=st.sampled_from((*Channel, *Surface)),
    text=texts, visibility=st.sampled_from(Visibility), event=st.sampled_from(Event), about=texts,
    fingerprint=texts, text_key=optional, files=files,
    message_id=optional, raw_key=optional,
    automatic=st.lists(st.builds(AutomaticMark, texts, texts), max_size=2).map(tuple),
    remarks=st.lists(st.sampled_from(Remark), max_size=3).map(tuple), outbox=outboxes, version=numbers,
)  # fmt: skip
perhaps = st.none() | moments
clocks = st.lists(
    st.builds(Clock, texts, texts, moments, moments, perhaps, perhaps, perhaps, perhaps, st.sampled_from(SetBy)),
    max_size=3,
).map(Clocks)
custodies = st.builds(Custody, optional, several, several, texts, texts)
extensions = st.lists(
    st.builds(Extension, texts, moments, texts, texts, moments, moments, perhaps, perhaps), max_size=2
).map(tuple)
referrals = st.lists(
    st.builds(
        Referral, numbers, texts, texts, texts, moments, texts, several, optional, texts, numbers, perhaps, perhaps
    ),
    max_size=2,
).map(tuple)
findings = st.none() | st.builds(Finding, st.sampled_from(Fault), texts, moments, texts)
remedies = st.none() | st.builds(
    Remedy, st.sampled_from(RemedyKind), st.sampled_from(OwedBy), moments, texts, perhaps, texts, perhaps, optional
)
claims = st.none() | st.builds(Claim, st.none() | st.dates(), texts, texts)
calls = st.none() | st.builds(
    CallBack, moments, perhaps, texts, st.lists(moments, max_size=3).map(tuple),
    st.none() | st.sampled_from(CallEnd), perhaps, several,
)  # fmt: skip
hidden = st.none() | st.sampled_from(HiddenFor)
ratings = st.none() | st.builds(
    Rating, st.integers(1, 5), texts, moments, st.integers(0, 10), several, texts, hidden=hidden
)
taken_back = st.none() | st.builds(WithdrawnRating, moments, st.integers(0, 10), several, texts, hidden)
endings = st.none() | st.builds(FinalAnswer, texts, st.sampled_from(Outcome), moments, texts, st.booleans(), perhaps)
held = st.none() | st.builds(HeldAnswer, texts, texts, moments, perhaps, texts)
suspicions = st.lists(st.sampled_from(Suspicion), max_size=2).map(tuple)
details = st.lists(st.builds(Detail, st.sampled_from(DetailCode), texts, texts), max_size=2).map(tuple)
tickets = st.builds(
    Ticket,
    ref=texts, shop=texts, kind=texts, state=st.sampled_from(State), channel=st.sampled_from((*Channel, *Surface)),
    subject=texts,
    requester=people, language=texts, opened_at=moments, source=texts, opening=messages, clocks=clocks,
    log=st.lists(st.builds(LogEntry, moments, texts, st.sampled_from(Action), details), max_size=2).map(tuple),
    topic=optional, order_number=optional, suspicions=suspicions, related=several,
    participants=several, terms_accepted=st.booleans(),
    last_message_id=optional, link_version=numbers, country=optional, assignee=optional,
    priority=st.sampled_from(Priority), claim=claims, extensions=extensions, referrals=referrals, finding=findings,
    remedy=remedies, final_answer=endings, outcome=st.none() | st.sampled_from(Outcome), outbox=outboxes,
    held_answer=held, written_since=perhaps, rating=ratings, rating_withdrawn=taken_back, call=calls,
    expenses_claimed_at=perhaps, custody=custodies, version=numbers,
)  # fmt: skip
unhurried = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@unhurried
@given(messages)
def test_a_message_comes_back_from_its_item(message: Message) -> None:
    assert ticket_items.read_message(ticket_items.message_item(message)) == message


@unhurried
@given(tickets)
def test_a_ticket_comes_back_from_its_item(ticket: Ticket) -> None:
    read = ticket_items.read_ticket(ticket_items.ticket_item(ticket))
    assert read == ticket
    assert isinstance(read.clocks, Clocks)  # equals any tuple of the same clocks


@unhurried
@given(tickets)
def test_no_item_holds_an_empty_key(ticket: Ticket) -> None:
    """DynamoDB refuses an item with an index key that is empty or no text."""
    item = ticket_items.ticket_item(ticket)
    keys = {
        key["AttributeName"] for index in tables.definition()["GlobalSecondaryIndexes"] for key in index["KeySchema"]
    }
    assert all(item[key].get("S") for key in (keys - {"ref"}) & item.keys())


@given(moments, moments)
def test_the_order_of_instants_is_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (instant(one) < instant(other)) == (one < other)


def test_an_instant_is_stored_in_utc_from_any_time_zone() -> None:
    there = START.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert instant(there) == instant(START) == "2026-11-25T09:30:00.000000Z"


def test_none_empty_and_default_values_are_left_out_except_the_version() -> None:
    kept = attributes(samples.message_of(samples.reply(samples.ticket())))
    assert "remarks" not in kept
    assert "raw_key" not in kept
    assert "visibility" not in kept
    assert kept["version"] == {"N": "1"}


@dataclass(frozen=True)
class Odd:
    weight: Any


def test_a_value_of_an_unknown_type_is_an_error() -> None:
    with pytest.raises(TypeError, match="float"):
        encode(1.5)
    with pytest.raises(TypeError, match="attribute type B"):
        decode(Odd, {"weight": {"B": b"x"}})


def test_an_attribute_of_a_later_version_is_ignored() -> None:
    item = ticket_items.ticket_item(samples.ticket()) | {"satisfaction": {"N": "5"}}
    assert ticket_items.read_ticket(item) == samples.ticket()


def test_a_tickets_custody_is_stored_in_its_own_attributes() -> None:
    """The purge's conditions refer to these attributes."""
    custody = Custody("A court asked for it.", ("word",), ("mark",), "head", "2026-11/x")
    item = ticket_items.ticket_item(replace(samples.ticket(), custody=custody))
    assert item["legal_hold"] == {"S": "A court asked for it."}
    assert (item["log_head"], item["purging"]) == ({"S": "head"}, {"S": "2026-11/x"})
    assert item["former_words"], item["leaving"]
    assert "custody" not in item
    assert {each.name for each in fields(Custody)}.isdisjoint(each.name for each in fields(Ticket))


def test_fields_that_ticket_and_opening_share_are_stored_once() -> None:
    opening = ticket_items.ticket_item(samples.ticket())["opening"]["M"]
    assert not {"ref", "at", "person", "channel"} & opening.keys()
    assert opening["text"] == {"S": samples.WORDS}
