"""Puts the secret of a source of events: `python -m deploy.source_secret --secret ARN SHOP SOURCE`, which reads it from
standard input. The secret before stays accepted for an hour.

Instead, `--api URL` reads a read-only key of the shop's API, `--token ACCOUNT` a token by which we send messages from
this number, page or bot, and `--verify` the word by which Meta knows us (docs/connect/README.md).
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
from chalicelib.rules.events.sources import POSTED, TALK, Source


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
    keys, before = _signed(client, secret, shop, source)
    _write(client, secret, {**keys, (shop, source): replace(before, api=api)})


def put_token(client: Any, secret: str, shop: str, source: str, account: str, token: str) -> None:
    """Send messages from this account by this token. `account`: a number, page or bot, or `EVERY`. Raises Refused."""
    if source not in TALK or source not in POSTED:
        raise Refused(f"No token is needed for {source}.")
    if not source_keys.is_token(token):
        raise Refused(f"A token has 1 to {source_keys.LONGEST_TOKEN} plain characters.")
    keys, before = _signed(client, secret, shop, source)
    _write(client, secret, {**keys, (shop, source): replace(before, tokens={**before.tokens, account: token})})


def put_verify(client: Any, secret: str, shop: str, source: str, word: str) -> None:
    """Make this the word that Meta sends when a webhook is saved. Raises Refused."""
    if source != Source.META:
        raise Refused("Only Meta sends a word.")
    if not source_keys.is_secret(word):
        raise Refused(f"The word has at least {source_keys.LEAST} plain characters.")
    keys, before = _signed(client, secret, shop, source)
    _write(client, secret, {**keys, (shop, source): replace(before, verify=word)})


def take_away(client: Any, secret: str, shop: str, source: str) -> None:
    """Forget the source's secrets: from then on its events are answered 404."""
    _write(client, secret, {each: keys for each, keys in _read(client, secret).items() if each != (shop, source)})


def _signed(client: Any, secret: str, shop: str, source: str) -> tuple[AllKeys, SourceKeys]:
    keys = _read(client, secret)
    before = None if source == source_keys.OUT else keys.get((shop, source))
    if before is None:
        raise Refused(f"First put the secret by which {source} signs.")
    return keys, before


def _read(client: Any, secret: str) -> AllKeys:
    return source_keys.read(client.get_secret_value(SecretId=secret)["SecretString"])


def _write(client: Any, secret: str, keys: AllKeys) -> None:
    client.put_secret_value(SecretId=secret, SecretString=source_keys.written(keys))


def _typed() -> str:
    return (getpass.getpass("secret: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def _done(client: Any, wanted: argparse.Namespace) -> str:
    """Do what is asked for; return what was done, as a sentence. Raises Refused, ValueError, ClientError."""
    secret, shop, source = wanted.secret, wanted.shop, wanted.source
    if wanted.remove:
        take_away(client, secret, shop, source)
        return f"{source} of {shop} has no secret any more."
    if wanted.api:
        put_api(client, secret, shop, source, Api(wanted.api, _typed()))
        return f"What {source} of {shop} does not send is read from {wanted.api}."
    if wanted.token:
        put_token(client, secret, shop, source, wanted.token, _typed())
        account = "each account without a token of its own" if wanted.token == source_keys.EVERY else wanted.token
        return f"{source} of {shop} sends from {account} by this token in five minutes."
    if wanted.verify:
        put_verify(client, secret, shop, source, _typed())
        return f"{source} of {shop} is known by this word in five minutes."
    after = put(client, secret, shop, source, _typed(), datetime.now(UTC))
    until = f", and the one before until {after.previous_until:%H:%M} UTC" if after.previous_until else ""
    return f"{source} of {shop} is signed by this secret in five minutes{until}."


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.source_secret", description="Put a source's secret.")
    parser.add_argument("--secret", required=True, help="the stack's output SourcesSecretId")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--api", default="", help="the shop's address; then standard input has the key of its API")
    instead.add_argument(
        "--token",
        default="",
        metavar="ACCOUNT",
        help="a number, page or bot, * for all; then standard input has the token by which we send from there",
    )
    instead.add_argument("--verify", action="store_true", help="standard input has the word by which Meta knows us")
    instead.add_argument("--remove", action="store_true", help="forget the source's secrets")
    parser.add_argument("shop", help="its id in the policy")
    parser.add_argument("source", choices=[*Source, source_keys.OUT], help="out: what we sign and send to the shop")
    wanted = parser.parse_args(arguments)
    try:
        print(_done(boto3.client("secretsmanager"), wanted))
    except (Refused, ValueError, ClientError, BotoCoreError) as error:
        print(f"The secret was not changed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
