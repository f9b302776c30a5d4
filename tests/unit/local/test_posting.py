"""Events posted from a terminal: signed as their source signs them, with the topic that the file's name says."""

from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.rules.events import signatures
from chalicelib.rules.events.mapping import events_of
from chalicelib.rules.events.sources import Source, Unmapped, delivery
from local import clock, state
from local.events import moments, posting, secrets
from local.events.posting import Options
from tests.support.events.bodies import ALL, FOLDER, Hook
from tests.support.store import tables
from tests.support.store.fakes import START


@pytest.mark.parametrize(
    ("source", "name", "topic"),
    [
        (Source.SHOPIFY, "orders_create", "orders/create"),
        (Source.SHOPIFY, "customers_data_request", "customers/data_request"),
        (Source.WOOCOMMERCE, "order_updated_tracking", "order.updated"),
        (Source.SHOPWARE, "transaction_paid", ""),
        (Source.OWN, "order_placed", ""),
    ],
)
def test_the_topic_by_the_files_name(source: Source, name: str, topic: str) -> None:
    assert posting.topic_of(source, name) == topic
    headers = {name.lower(): value for name, value in posting.described(source, topic, "id-1").items()}
    assert delivery(source, headers).topic == topic


@pytest.mark.parametrize(
    ("source", "file", "said"),
    [
        ("ebay", FOLDER / "own" / "order_paid.json", "There is no source 'ebay'. There are: own, shopify"),
        ("own", FOLDER / "own" / "none.json", "can't be read: No such file"),
        ("own", FOLDER / "own" / "order_paid.json", "Nothing is running"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    source: str, file: Path, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert posting.main(Options(source, file, tmp_path)) == 1
    assert said in capsys.readouterr().err


def test_secrets_are_made_once_and_signed_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: list[tuple[str, bytes, dict[str, str]]] = []

    class Http:
        def __init__(self, **_: object) -> None: ...
        def __enter__(self) -> "Http":
            return self

        def __exit__(self, *_: object) -> None: ...
        def request(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> object:
            sent.append((f"{method} {url}", body, headers))
            return type("Answer", (), {"status": 200, "data": b"{}"})

    with tables.in_process():
        import boto3

        client = boto3.client("secretsmanager", region_name=tables.REGION)
        client.create_secret(Name="sources", SecretString="{}")
        monkeypatch.setattr("local.aws.emulator.client", lambda *_: client)
        for _ in range(2):
            secrets.provide("http://127.0.0.1:1", "sources", ["northlight", "kettle"])
            known = secrets.read("http://127.0.0.1:1", "sources")
            assert len({keys.current for keys in known.values()}) == 2 * (len(Source) + 1)  # and one for what goes out
        stack = state.Stack(1, 1, "http://127.0.0.1:1", "http://here", "", {}, {}, {secrets.RESOURCE: "sources"}, {})
        monkeypatch.setattr(state, "running", lambda _: stack)
        monkeypatch.setattr(clock, "moved", lambda *_: START)
        monkeypatch.setattr("urllib3.PoolManager", Http)
        file = FOLDER / "own" / "order_paid.json"
        assert posting.posted(Options("own", file, tmp_path, shop="kettle")) == (200, "{}")
        assert posting.posted(Options("own", file, tmp_path, secret="of somebody else")) == (200, "{}")
    (where, body, headers), (first, _, forged) = sent
    assert (where, first) == ("POST http://here/in/kettle/own", "POST http://here/in/northlight/own")
    assert body == moments.moved(file.read_bytes(), START)
    assert signatures.authentic(Source.OWN, headers, body, [known["kettle", Source.OWN].current], START)
    assert not signatures.authentic(Source.OWN, forged, body, [known["northlight", Source.OWN].current], START)


@pytest.mark.parametrize("each", ALL, ids=lambda each: f"{each.source}-{each.name}")
def test_moments_are_moved_together(each: Hook) -> None:
    found = events_of(each.source, each.delivery, each.body)
    moved = events_of(each.source, each.delivery, moments.moved(each.body, START))
    if isinstance(found, Unmapped) or isinstance(moved, Unmapped):
        assert found is moved
        return
    assert moments.moved(moments.moved(each.body, START), START) == moments.moved(each.body, START)
    by = {after.occurred_at - before.occurred_at for before, after in zip(found, moved, strict=True)}
    assert len(by) == 1
    assert START - timedelta(days=1) <= max(event.occurred_at for event in moved) <= START
