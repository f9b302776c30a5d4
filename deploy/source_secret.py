"""Puts the secret of a source of events: `python -m deploy.source_secret --secret ARN SHOP SOURCE`, which reads it from
standard input. The secret before stays accepted for an hour.

`--api URL` reads a read-only key of the shop's API instead (docs/connect/README.md).
"""

import argparse
import getpass
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.rules.events import source_keys
from chalicelib.rules.events.source_keys import AllKeys, Api, SourceKeys
from chalicelib.rules.events.sources import Source


class Refused(Exception):
    """Nothing was changed; the message is a sentence."""


def put(client: Any, secret: str, shop: str, source: str, value: str, now: datetime) -> SourceKeys:
    """Make this the source's secret. Raises Refused."""
    if not source_keys.is_secret(value):
        raise Refused(f"A secret has at least {source_keys.LEAST} plain characters.")
    keys = _read(client, secret)
    before = keys.get((shop, source))
    after = before.rotated(value, now) if before else SourceKeys(value)
    _write(client, secret, {**keys, (shop, source): after})
    return after


def put_api(client: Any, secret: str, shop: str, source: str, api: Api) -> None:
    """Let missed events be read there by this key. Raises Refused."""
    if urlsplit(api.url).scheme != "https":
        raise Refused("The address of the API begins with https://.")
    keys = _read(client, secret)
    before = None if source == source_keys.OUT else keys.get((shop, source))
    if before is None:
        raise Refused(f"First put the secret by which {source} signs.")
    _write(client, secret, {**keys, (shop, source): replace(before, api=api)})


def take_away(client: Any, secret: str, shop: str, source: str) -> None:
    """Forget the source's secrets: from then on its events are answered 404."""
    _write(client, secret, {each: keys for each, keys in _read(client, secret).items() if each != (shop, source)})


def _read(client: Any, secret: str) -> AllKeys:
    return source_keys.read(client.get_secret_value(SecretId=secret)["SecretString"])


def _write(client: Any, secret: str, keys: AllKeys) -> None:
    client.put_secret_value(SecretId=secret, SecretString=source_keys.written(keys))


def _typed() -> str:
    return (getpass.getpass("secret: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.source_secret", description="Put a source's secret.")
    parser.add_argument("--secret", required=True, help="the stack's output SourcesSecretId")
    parser.add_argument("--api", default="", help="the shop's address; then standard input has the key of its API")
    parser.add_argument("--remove", action="store_true", help="forget the source's secrets")
    parser.add_argument("shop", help="its id in the policy")
    parser.add_argument("source", choices=[*Source, source_keys.OUT], help="out: what we sign and send to the shop")
    wanted = parser.parse_args(arguments)
    client, source = boto3.client("secretsmanager"), wanted.source
    try:
        if wanted.remove:
            take_away(client, wanted.secret, wanted.shop, source)
            print(f"{source} of {wanted.shop} has no secret any more.")
        elif wanted.api:
            put_api(client, wanted.secret, wanted.shop, source, Api(wanted.api, _typed()))
            print(f"What {source} of {wanted.shop} does not send is read from {wanted.api}.")
        else:
            after = put(client, wanted.secret, wanted.shop, source, _typed(), datetime.now(UTC))
            until = f", and the one before until {after.previous_until:%H:%M} UTC" if after.previous_until else ""
            print(f"{source} of {wanted.shop} is signed by this secret in five minutes{until}.")
    except (Refused, ValueError, ClientError, BotoCoreError) as error:
        print(f"The secret was not changed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
