"""The counters of limits in the table: what they refuse is what the model says, and their items stay small."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.store import limits
from chalicelib.rules.intake.limits import DAY, HOUR, SIGN_INS_WITHIN, Bound, Limit
from tests.support.store import tables
from tests.support.store.fakes import START
from tests.support.store.memory.whole import FakeStore
from tests.support.store.whole import WholeStore

_examples = itertools.count(1)
FIRM = (
    Limit(Bound.SENDER_HOUR, "vera at home", 2, HOUR),
    Limit(Bound.SENDER_DAY, "vera at home", 4, DAY),
    Limit(Bound.SOURCE_HOUR, "home", 3, HOUR),
    Limit(Bound.SOURCE_DAY, "home", 5, DAY),
)
SOFT = (
    Limit(Bound.RECIPIENT_HOUR, "vera", 2, HOUR),
    Limit(Bound.RECIPIENT_DAY, "vera", 3, DAY),
    Limit(Bound.DOMAIN_DAY, "x.example", 4, DAY),
    Limit(Bound.SIGN_INS_BY_ADDRESS, "vera", 2, SIGN_INS_WITHIN),
)
SUBJECTS = sorted({limit.bound.subject for limit in (*FIRM, *SOFT)})
# What is counted: after which time, against which subjects' limits, by which mark.
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([timedelta(0), *(timedelta(minutes=m) for m in (1, 2, 7, 59, 60, 61, 300, 1439, 3000))]),
        st.sets(st.sampled_from(SUBJECTS), min_size=1),
        st.sampled_from(["", "a", "b", "c", "d"]),
    ),
    min_size=6,
    max_size=14,
)


def counters(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.scan(TableName="aftercare")["Items"]
    return [item for item in found if item["sk"]["S"] == "COUNT"]


@settings(max_examples=12, deadline=None)
@given(EVENTS)
def test_the_table_answers_as_the_model_that_counts_each_limit_by_itself(
    shared: WholeStore, events: list[tuple[timedelta, set[str], str]]
) -> None:
    model, now, example = FakeStore(), START, next(_examples)
    for pause, subjects, mark in events:
        now += pause
        firm, soft = (
            [replace(limit, key=f"{limit.key}/{example}") for limit in of if limit.bound.subject in subjects]
            for of in (FIRM, SOFT)
        )
        key = f"{mark}/{example}" if mark else ""
        answer, expected = (each.count(firm, now, soft=soft, idempotency_key=key) for each in (shared, model))
        assert answer == expected


@pytest.mark.parametrize("minutes", [1, 70, 200, 1500])
def test_a_counter_stays_within_one_write_unit(client: Any, store: WholeStore, minutes: int) -> None:
    many = [Limit(limit.bound, limit.key, 100_000, limit.window) for limit in FIRM]
    for number in range(20):
        assert not store.count(many, START + number * timedelta(minutes=minutes))
        assert max(tables.size(item) for item in counters(client)) <= 1024
    assert len(counters(client)) == 2


def test_what_is_over_is_removed_and_a_clock_one_slot_behind_still_counts(client: Any, store: WholeStore) -> None:
    limit = [Limit(Bound.SENDER_HOUR, "a", 2, HOUR)]
    assert not store.count(limit, START)
    later = START + timedelta(minutes=34)
    assert not store.count(limit, later)
    (item,) = counters(client)
    assert len([name for name in item if name.startswith("h")]) == 30 + 1
    assert store.count([replace(limit[0], maximum=1)], later - timedelta(minutes=2)) == {Bound.SENDER_HOUR}


class Behind:
    """A client whose eventually consistent reads know nothing yet."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, RequestItems: Any) -> Any:
        if all(asked["ConsistentRead"] for asked in RequestItems.values()):
            return self._client.batch_get_item(RequestItems=RequestItems)
        return {"Responses": {}}


def test_limits_hold_when_a_read_knows_nothing_of_the_latest_writes(client: Any, store: WholeStore) -> None:
    behind: Any = Behind(client)
    store = WholeStore(behind, "aftercare")
    said = [store.count(FIRM, START, soft=SOFT[:2], idempotency_key=str(number)) for number in range(3)]
    assert said[:2] == [frozenset()] * 2
    assert said[2] >= {Bound.SENDER_HOUR}
    assert store.count((), START, soft=SOFT[:2]) == {Bound.RECIPIENT_HOUR}
    assert store.count(FIRM, START, soft=SOFT[:2], idempotency_key="0") == frozenset()


def test_what_is_refused_writes_nothing(client: Any, store: WholeStore) -> None:
    assert not any(store.count(FIRM, START, idempotency_key=str(number)) for number in range(2))
    requests = tables.Requests(client)
    assert store.count(FIRM, START, idempotency_key="2") == {Bound.SENDER_HOUR}
    assert requests.names == ["BatchGetItem", "GetItem"]


class Contended:
    """A client whose every transaction meets another's."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **_: Any) -> Any:
        reasons: Any = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
        refused: Any = {"Error": {"Code": "TransactionCanceledException"}, **reasons}
        raise ClientError(refused, "TransactWriteItems")


@pytest.mark.parametrize("bound", Bound)
@pytest.mark.parametrize("firm", [True, False])
def test_what_cannot_be_counted_costs_nobody_a_mail_and_the_shop_no_money(
    store: WholeStore, client: Any, monkeypatch: pytest.MonkeyPatch, bound: Bound, firm: bool
) -> None:
    monkeypatch.setattr(limits, "_PAUSES", (0.0,))
    contended: Any = Contended(client)
    limit = [Limit(bound, "a", 5, DAY)]
    said = WholeStore(contended, "aftercare").count(limit if firm else (), START, soft=() if firm else limit)
    costly = {Bound.MISSED_NUMBER_DAY, Bound.MISSED_DAY, Bound.TEXTS_NUMBER_DAY, Bound.TEXTS_DAY}
    assert said == ({bound} & costly)
