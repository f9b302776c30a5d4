"""An operator puts, changes and takes away the secret of a source."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from chalicelib.rules.events import source_keys
from chalicelib.rules.events.source_keys import PREVIOUS_LIFE, Api
from chalicelib.rules.events.sources import Source
from deploy import source_secret
from tests.support.store import tables

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def client(in_process: None) -> Iterator[Any]:
    made = boto3.client("secretsmanager", region_name=tables.REGION)
    made.create_secret(Name="sources", SecretString="{}")
    yield made
    made.delete_secret(SecretId="sources", ForceDeleteWithoutRecovery=True)


def known(client: Any) -> source_keys.AllKeys:
    return source_keys.read(client.get_secret_value(SecretId="sources")["SecretString"])


def typed(monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))
    return source_secret.main(["--secret", "sources", *arguments])


def test_the_first_secret_and_the_next(client: Any) -> None:
    source_secret.put(client, "sources", "northlight", Source.SHOPIFY, "the-first-one", NOW)
    source_secret.put(client, "sources", "kettle", Source.OWN, "of-another", NOW)
    after = source_secret.put(client, "sources", "northlight", Source.SHOPIFY, "the-second-one", NOW)
    assert known(client)["northlight", Source.SHOPIFY] == after
    assert after.accepted(NOW) == ("the-second-one", "the-first-one")
    assert after.accepted(NOW + PREVIOUS_LIFE) == ("the-second-one",)
    assert known(client)["kettle", Source.OWN].current == "of-another"


def test_an_api_is_put_beside_the_secret(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed(monkeypatch, "a-key", "--api", "https://x.example", "northlight", "shopify") == 1
    assert typed(monkeypatch, "the-first-one", "northlight", "shopify") == 0
    assert typed(monkeypatch, "a-key", "--api", "http://x.example", "northlight", "shopify") == 1
    assert typed(monkeypatch, "a-key", "--api", "https://x.example", "northlight", "shopify") == 0
    assert known(client)["northlight", Source.SHOPIFY].api == Api("https://x.example", "a-key")
    assert typed(monkeypatch, "", "--remove", "northlight", "shopify") == 0
    assert known(client) == {}


def test_a_messengers_word_and_tokens_are_put_beside_the_secret(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    meta = ("northlight", "meta")
    assert typed(monkeypatch, "a-token", "--token", "4401", *meta) == 1  # there is no secret yet
    assert typed(monkeypatch, "the-app-secret", *meta) == 0
    assert typed(monkeypatch, "a-token", "--token", "4401", *meta) == 0
    assert typed(monkeypatch, "another", "--token", "*", *meta) == 0
    assert typed(monkeypatch, "words-we-know", "--verify", *meta) == 0
    assert typed(monkeypatch, "a-new-token", "--token", "4401", *meta) == 0
    assert typed(monkeypatch, "the-second-one", *meta) == 0  # a rotation keeps them
    keys = known(client)["northlight", Source.META]
    assert (keys.token("4401"), keys.token("4402"), keys.verify) == ("a-new-token", "another", "words-we-know")
    assert keys.current == "the-second-one"


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("", ("--token", "*", "northlight", "meta")),
        ("x" * 2001, ("--token", "*", "northlight", "meta")),
        ("öäü", ("--token", "*", "northlight", "meta")),
        ("short", ("--verify", "northlight", "meta")),
        ("a-token", ("--token", "*", "northlight", "shopify")),
        ("a-token", ("--token", "*", "northlight", "out")),
        ("a-token", ("--token", "*", "northlight", "aws")),
        ("words-we-know", ("--verify", "northlight", "twilio")),
    ],
)
def test_what_is_no_token_or_word_changes_nothing(
    client: Any, monkeypatch: pytest.MonkeyPatch, text: str, arguments: tuple[str, ...]
) -> None:
    for source in (Source.META, Source.SHOPIFY, Source.TWILIO, "out"):
        assert typed(monkeypatch, "the-first-one", "northlight", source) == 0
    before = known(client)
    assert typed(monkeypatch, text, *arguments) == 1
    assert known(client) == before


def test_what_is_no_secret_is_refused_and_not_shown(
    client: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, "short", "northlight", "shopify") == 1
    assert typed(monkeypatch, "long enough, and öäü", "northlight", "shopify") == 1
    assert typed(monkeypatch, "long enough and plain", "northlight", "shopify") == 0
    said = capsys.readouterr()
    assert "long enough" not in said.out + said.err
    assert known(client)["northlight", Source.SHOPIFY].current == "long enough and plain"
