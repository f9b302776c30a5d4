"""Reads secrets from Secrets Manager."""

from typing import Any

from chalicelib.rules.identity import keys


def secret(client: Any, secret_id: str) -> keys.Secret:
    """One of our own secrets, with all its versions."""
    return keys.read(client.get_secret_value(SecretId=secret_id)["SecretString"])


def plain(client: Any, secret_id: str) -> bytes:
    """A secret that another party gave us."""
    value: str = client.get_secret_value(SecretId=secret_id)["SecretString"]
    return value.encode()
