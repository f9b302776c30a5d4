"""The secrets of the local stack's sources: made once for each shop and source, so that events can be posted."""

import secrets
from collections.abc import Iterable
from typing import Any

from chalicelib.rules.events import source_keys
from chalicelib.rules.events.source_keys import AllKeys, SourceKeys
from chalicelib.rules.events.sources import Source
from local.aws import emulator

RESOURCE = "SourcesSecret"


def read(address: str, secret: str) -> AllKeys:
    """The secrets of the stack whose embedded AWS is at this address. `secret`: its name or ARN."""
    client: Any = emulator.client("secretsmanager", address)
    return source_keys.read(client.get_secret_value(SecretId=secret)["SecretString"])


def provide(address: str, secret: str, shops: Iterable[str]) -> None:
    """Give each of the shops a secret for each source, where it has none."""
    known = dict(read(address, secret))
    lacking = [(shop, source) for shop in shops for source in Source if (shop, source) not in known]
    if lacking:
        known |= {each: SourceKeys(secrets.token_urlsafe(32)) for each in lacking}
        client: Any = emulator.client("secretsmanager", address)
        client.put_secret_value(SecretId=secret, SecretString=source_keys.written(known))
