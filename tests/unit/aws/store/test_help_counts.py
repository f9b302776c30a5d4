"""Counts of the help in DynamoDB: what is read does not grow with what strangers search for."""

from typing import Any

import pytest

from chalicelib.aws.store.help_counts import HelpCounts
from chalicelib.aws.table.table import Table
from chalicelib.rules.help import gaps
from chalicelib.rules.help.gaps import ENOUGH_VISITORS, Gap
from tests.support.store.fakes import START
from tests.support.store.whole import WholeStore


@pytest.fixture
def counts(store: WholeStore, client: Any) -> HelpCounts:
    return HelpCounts(Table(client, "aftercare"))


def items(client: Any) -> list[Any]:
    return list(client.scan(TableName="aftercare")["Items"])


def everybody(counts: HelpCounts, *stems: str) -> None:
    for visitor in range(ENOUGH_VISITORS):
        counts.in_vain("northlight", "en", {f"blind {stem}": stem for stem in stems}, visitor, START)


def test_words_of_few_visitors_are_neither_written_in_letters_nor_read(counts: HelpCounts, client: Any) -> None:
    for number in range(40):
        for _ in range(ENOUGH_VISITORS):
            counts.in_vain("northlight", "en", {f"blind{number}": f"rare{number}"}, 1, START)
    everybody(counts, "showroom")
    assert counts.gaps("northlight", "en") == [Gap("en", "showroom", ENOUGH_VISITORS)]
    assert "rare" not in repr(items(client))
    read = list[int]()
    client.meta.events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"]))
    counts.gaps("northlight", "en")
    assert read == [1]


def test_no_more_words_are_read_than_agreed(counts: HelpCounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "MOST_NAMED", 3)
    everybody(counts, *"abcdef")
    assert len(counts.gaps("northlight", "en")) == 3


def test_later_searches_count_in_what_is_read(counts: HelpCounts) -> None:
    everybody(counts, "showroom")
    counts.in_vain("northlight", "en", {"blind showroom": "showroom"}, 1, START)
    counts.followed("northlight", "en", {"blind showroom": "showroom"}, 1, START)
    assert counts.gaps("northlight", "en") == [Gap("en", "showroom", ENOUGH_VISITORS + 1, 1)]


def test_a_day_brings_no_more_new_words_than_agreed(
    counts: HelpCounts, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many sources a flood has."""
    monkeypatch.setattr(gaps, "MOST_A_DAY", 3)
    for number in range(10):
        counts.in_vain("northlight", "en", {f"blind{number}": f"word{number}"}, number, START)
    (day,) = (item for item in items(client) if "in_vain" in item)
    assert day["in_vain"]["N"] == "10"
    assert len(items(client)) == 1 + 3
