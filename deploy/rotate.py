"""Rotates a secret of the stack in two steps: `python -m deploy.rotate --secret ARN add`, and later `… use`.

`add` puts the new version beside the others, so that every process learns it. `use` then makes it current: from the
first moment every process can check what it signs. Older versions stay, for what they signed.
"""

import argparse
import secrets
import string
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.rules.identity import keys

# Covers the longest run of a function and the interval after which long-lived processes read the secrets again.
KNOWN_AFTER = timedelta(minutes=20)
_LETTERS = string.ascii_letters + string.digits
_LENGTH = 64


class TooSoon(Exception):
    """Not every process knows the newest version yet; the message is a sentence."""


def add(client: Any, secret: str) -> str:
    """Add a new version beside the others; return its letter."""
    value = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    more = keys.with_version(_read(client, secret)[0], value)
    client.put_secret_value(SecretId=secret, SecretString=keys.written(more))
    return next(reversed(more.versions))


def use(client: Any, secret: str, now: datetime) -> str:
    """Make the newest version the current one; return its letter. Raises TooSoon."""
    found, written_at = _read(client, secret)
    if now - written_at < KNOWN_AFTER:
        minutes = KNOWN_AFTER // timedelta(minutes=1)
        raise TooSoon(f"The secret was changed at {written_at:%H:%M}: wait {minutes} minutes from then.")
    newest = keys.with_newest_present(found)
    client.put_secret_value(SecretId=secret, SecretString=keys.written(newest))
    return newest.present


def _read(client: Any, secret: str) -> tuple[keys.Secret, datetime]:
    found = client.get_secret_value(SecretId=secret)
    return keys.read(found["SecretString"]), found["CreatedDate"].astimezone(UTC)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.rotate", description="Change a secret of the stack.")
    parser.add_argument("--secret", required=True, help="the stack's output SecretId or AuditSecretId")
    parser.add_argument("step", choices=("add", "use"), help="first add; then, twenty minutes later, use")
    wanted = parser.parse_args(arguments)
    client = boto3.client("secretsmanager")
    try:
        if wanted.step == "add":
            print(f"Version {add(client, wanted.secret)} stands beside the others. In twenty minutes: use")
        else:
            print(f"Version {use(client, wanted.secret, datetime.now(UTC))} is the present one.")
    except (TooSoon, ValueError, ClientError, BotoCoreError) as error:
        print(f"The secret was not changed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
