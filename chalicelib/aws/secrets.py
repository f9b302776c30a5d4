"""The one secret everything signed or derived hangs on, from Secrets Manager, read once per process."""

from typing import Any


def secret(client: Any, secret_id: str) -> bytes:
    value: str = client.get_secret_value(SecretId=secret_id)["SecretString"]
    return value.encode()
