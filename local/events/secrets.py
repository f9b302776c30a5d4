"""The secrets of the local stack's sources: made once for each shop and source, so that events can be posted; and those
by which it signs what goes out."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib.rules.events import signatures, source_keys
from chalicelib.rules.events.source_keys import AllKeys, Api, SourceKeys
from chalicelib.rules.events.sources import TALK, Source
from local.aws import channels, emulator

RESOURCE = "SourcesSecret"


def read(address: str, secret: str) -> AllKeys:
    """The secrets of the stack whose embedded AWS is at this address. `secret`: its name or ARN."""
    client: Any = emulator.client("secretsmanager", address)
    return source_keys.read(client.get_secret_value(SecretId=secret)["SecretString"])


def provide(address: str, secret: str, shops: Iterable[str], gate: str = "") -> None:
    """Give each of the shops a secret for each source, where it has none. `gate`: what plays the messengers' APIs."""
    before = read(address, secret)
    known = dict(before)
    wanted = [(shop, source) for shop in shops for source in (*Source, source_keys.OUT)]
    lacking = [each for each in wanted if each not in known]
    known |= {each: SourceKeys(_made(each[1])) for each in lacking}
    if gate:
        talk = {each: keys for each, keys in known.items() if each[1] in TALK}
        known |= {each: _played(keys, f"{gate}{channels.PREFIX}{each[1]}") for each, keys in talk.items()}
    if known != before:
        client: Any = emulator.client("secretsmanager", address)
        client.put_secret_value(SecretId=secret, SecretString=source_keys.written(known))


def _played(keys: SourceKeys, url: str) -> SourceKeys:
    """With the API that is played on this machine, and a token for it."""
    return replace(keys, api=Api(url, "none"), verify="local", tokens={source_keys.EVERY: "local:token"})


def _made(source: str) -> str:
    """A new secret. Receivers of what goes out decode it as Standard Webhooks says."""
    if source == source_keys.OUT:
        return f"{signatures.STANDARD_PREFIX}{base64.b64encode(secrets.token_bytes(32)).decode()}"
    return secrets.token_urlsafe(32)
