"""A secret is rotated in two steps: a version is added, and later made present, not before every process knows it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.rules.identity import keys
from deploy import rotate
from tests.support.store import tables


@pytest.fixture
def client(in_process: None) -> Iterator[Any]:
    made = boto3.client("secretsmanager", region_name=tables.REGION)
    made.create_secret(Name="s", SecretString='{"present": "1", "1": "%s"}' % ("a" * 64))
    yield made
    made.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)


def held(client: Any) -> keys.Secret:
    return keys.read(client.get_secret_value(SecretId="s")["SecretString"])


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=21)


def test_a_version_is_first_added_and_then_made_present(client: Any) -> None:
    before = held(client)
    assert rotate.add(client, "s") == "2"
    beside = held(client)
    assert (beside.present, list(beside.versions)) == ("1", ["1", "2"])
    assert beside.versions["1"] == before.versions["1"] != beside.versions["2"]
    assert len(beside.versions["2"]) == 64
    assert rotate.use(client, "s", later()) == "2"
    assert held(client) == keys.Secret(beside.versions, "2")
    assert rotate.add(client, "s") == "3"
    assert held(client).present == "2"


def test_a_version_is_not_made_present_before_every_process_knows_it(client: Any) -> None:
    rotate.add(client, "s")
    with pytest.raises(rotate.TooSoon, match="wait 20 minutes"):
        rotate.use(client, "s", datetime.now(UTC))
    assert held(client).present == "1"


def test_rotate_runs_from_a_terminal(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert rotate.main(["--secret", "s", "add"]) == 0
    assert rotate.main(["--secret", "s", "use"]) == 1
    assert rotate.main(["--secret", "none", "add"]) == 1
    said = capsys.readouterr()
    assert "Version 2 stands beside the others" in said.out
    assert said.err.count("The secret was not changed: ") == 2
    assert not any(key.decode() in said.out + said.err for key in held(client).versions.values())
