"""Reads secrets from Secrets Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.rules.identity import keys

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from chalicelib.rules.events.source_keys import AllKeys


def secret(client: SecretsManagerClient, secret_id: str) -> keys.Secret:
    """One of our own secrets, with all its versions."""
    return keys.read(client.get_secret_value(SecretId=secret_id)["SecretString"])


def plain(client: SecretsManagerClient, secret_id: str) -> bytes:
    """A secret that another party gave us."""
    return client.get_secret_value(SecretId=secret_id)["SecretString"].encode()


def of_sources(client: SecretsManagerClient, secret_id: str) -> AllKeys:
    """The secrets of all sources of events. What reads them is imported by the few functions that need them."""
    from chalicelib.rules.events import source_keys

    return source_keys.read(client.get_secret_value(SecretId=secret_id)["SecretString"])
