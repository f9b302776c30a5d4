"""The secrets of the sources: written, read, changed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.rules.events import source_keys
from chalicelib.rules.events.source_keys import Api, SourceKeys
from chalicelib.rules.events.sources import Source

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
KEYS = SourceKeys("current-one", api=Api("https://northlight.example", "read-only"))


def test_what_is_written_is_read() -> None:
    all_keys: source_keys.AllKeys = {
        ("nl", Source.SHOPIFY): KEYS.rotated("the-next-one", NOW),
        ("sl", Source.OWN): KEYS,
        ("sl", source_keys.OUT): KEYS,
        ("sl", Source.META): SourceKeys("current-one", verify="a word", tokens={"500": "of a page", "*": "of all"}),
    }
    assert source_keys.read(source_keys.written(all_keys)) == all_keys


def test_a_number_without_a_token_of_its_own_has_that_of_all() -> None:
    keys = SourceKeys("current-one", tokens={"500": "of a page", "*": "of all"})
    assert [keys.token(account) for account in ("500", "501")] == ["of a page", "of all"]
    assert KEYS.token("500") == ""
    assert "of a page" not in repr(keys)


def test_no_secrets_yet() -> None:
    assert source_keys.read("{}") == {}


def test_the_previous_one_counts_for_an_hour() -> None:
    rotated = KEYS.rotated("the-next-one", NOW)
    assert rotated.accepted(NOW) == ("the-next-one", "current-one")
    assert rotated.accepted(NOW + timedelta(minutes=59)) == ("the-next-one", "current-one")
    assert rotated.accepted(NOW + timedelta(hours=1)) == ("the-next-one",)
    assert rotated.api == KEYS.api


def test_the_same_secret_again_changes_nothing() -> None:
    rotated = KEYS.rotated("the-next-one", NOW)
    assert rotated.rotated("the-next-one", NOW + timedelta(minutes=30)) == rotated


def test_a_previous_one_without_an_end_is_not_accepted() -> None:
    assert replace(KEYS, previous="older-one").accepted(NOW) == ("current-one",)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"nl": []}',
        '{"nl": {"ebay": {"current": "long-enough"}}}',
        '{"nl": {"own": {}}}',
        '{"nl": {"own": {"current": "short"}}}',
        '{"nl": {"own": {"current": 12345678}}}',
        json.dumps({"nl": {"own": {"current": "long-enough", "previous": "hush-hush"}}}),
        json.dumps(
            {"nl": {"own": {"current": "long-enough", "previous": "hush-hush", "previous_until": "2026-11-29T12:00"}}}
        ),
    ],
)
def test_a_faulty_secret_is_refused_without_its_content(text: str) -> None:
    with pytest.raises(ValueError, match="not as docs/connect") as refused:
        source_keys.read(text)
    assert "hush" not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    assert "current-one" not in repr(KEYS)
    assert "read-only" not in repr(KEYS)
