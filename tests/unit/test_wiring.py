"""Long-lived processes read the secrets again regularly, so that every process knows an added version."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib import wiring
from chalicelib.rules.identity import keys
from chalicelib.rules.identity.keys import Use
from tests.support import shops
from tests.support.store.fakes import secret_of
from tests.unit.web.conftest import SETTINGS


@pytest.fixture
def manager(in_process: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("secretsmanager")
    for name in ("secret", "audit-secret"):
        client.create_secret(Name=name, SecretString=keys.written(secret_of(f"{name:_>64}")))
    wiring.deps.cache_clear()
    wiring._read_at.cache_clear()
    yield client
    wiring.deps.cache_clear()
    wiring._read_at.cache_clear()
    for name in ("secret", "audit-secret"):
        client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_secrets_are_read_again_after_some_time_and_not_before(manager: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = wiring.deps().secret
    more = keys.with_version(before, "x" * 64)
    manager.put_secret_value(SecretId="secret", SecretString=keys.written(more))
    assert wiring.afresh("event", lambda event: (event, wiring.deps().secret)) == ("event", before)
    made = wiring.deps()
    assert wiring.afresh("event", lambda _: wiring.deps()) is made
    monkeypatch.setattr(wiring, "SECRETS_READ_EVERY", -1)
    assert wiring.afresh("event", lambda event: (event, wiring.deps().secret)) == ("event", more)


def test_the_audit_secret_is_read_only_if_needed_and_once(manager: Any) -> None:
    manager.delete_secret(SecretId="audit-secret", ForceDeleteWithoutRecovery=True)
    deps = wiring.deps()
    with pytest.raises(manager.exceptions.ResourceNotFoundException):
        deps.audit()
    manager.create_secret(Name="audit-secret", SecretString=keys.written(secret_of("_" * 64)))
    assert deps.audit() is deps.audit()
    assert deps.audit().now(Use.AUDIT_EVENTS) != deps.secret.now(Use.AUDIT_EVENTS)


def test_the_policy_is_the_packages_unless_a_setting_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shops.FILE.read_text(encoding="utf-8").replace("Northlight Lamps", "Of the package")
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(wiring, "TEMPLATES", tmp_path)
    assert named(monkeypatch, str(shops.FILE)) == "Northlight Lamps"
    assert named(monkeypatch, "") == "Of the package"
    assert named(monkeypatch, None) == "Of the package"


def named(setting: pytest.MonkeyPatch, file: str | None) -> str:
    """The shop in the policy that is read with this setting."""
    setting.delenv("POLICY_FILE")
    if file is not None:
        setting.setenv("POLICY_FILE", file)
    wiring.policy.cache_clear()
    try:
        return wiring.policy().shop("northlight").name
    finally:
        wiring.policy.cache_clear()
