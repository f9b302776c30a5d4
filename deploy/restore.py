"""Restores the stack's table as it was at a moment, into a new table: `python -m deploy.restore --stack NAME
--at MOMENT --table NAME`. docs/restoring.md says what to do before and after.

The new table gets the settings that DynamoDB does not restore, and what no restore may undo is done again in it. The
same command again changes nothing, and adds what was done in the old table meanwhile.
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.table.table import Table
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy.recording import recorded
from chalicelib.wiring import deps as wired
from deploy.restoring import files, since, tables
from deploy.restoring.redoing import Redone, redo

# The functions' settings, by the stack's outputs.
_SETTINGS = {
    "MAIL_BUCKET": "MailBucketName", "FILES_BUCKET": "FilesBucketName", "MAIL_QUEUE_URL": "MailQueueUrl",
    "DEAD_LETTERS_URL": "MailDeadLettersUrl", "SECRET_ID": "SecretId", "AUDIT_SECRET_ID": "AuditSecretId",
    "CONFIGURATION_SET": "ConfigurationSetName", "PUBLIC_URL": "PublicAddress",
}  # fmt: skip
# As RestoredTable in resources.yaml: AWS Backup's selection has the table's name too, and takes no longer one.
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,50}")


class Restored(Redone):
    """`without_files`: tickets that name files that are gone."""

    without_files: list[str]


def restore(deps: Deps, old: Table, new: Table, at: datetime) -> Restored:
    """Make the restored table `new`, with which `deps` works, one that the stack may use. Its audit trail goes on where
    the old one's ends, with an audit event of the restore."""
    done = since.read(old, at)
    redone = redo(deps, old, new, done)
    lacking = files.note_missing(deps, sorted(_refs(new)))
    answer: Restored = {**redone, "without_files": lacking}
    now = deps.now()
    asked = {"from": at.isoformat()}
    return recorded(deps, "restore", asked, f"restore-{now:%Y%m%dT%H%M%S}", lambda: answer)


def _refs(new: Table) -> set[str]:
    return {item["pk"]["S"].removeprefix("TICKET#") for item in tables.items(new) if item["sk"]["S"] == "TICKET"}


def environment(described: Mapping[str, Any], table: str) -> dict[str, str]:
    """The settings of the stack's functions, but with this table."""
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    found = {setting: outputs[output] for setting, output in _SETTINGS.items()}
    return found | {"TABLE_NAME": table}


def moment(text: str) -> datetime:
    """A moment with its time zone, such as 2026-11-28T10:00Z. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return found.astimezone(UTC)


def name(text: str) -> str:
    """A table's name that the stack's parameter RestoredTable takes. Raises ValueError."""
    if not _NAME.fullmatch(text):
        raise ValueError("a table's name has 3 to 50 letters, digits, dots, hyphens and underscores")
    return text


def _run(stack: str, at: datetime, target: str) -> str:
    (described,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", ())}
    source = outputs["TableName"]
    if source == target:
        raise tables.Failed(f"The stack works with {target} already.")
    client = boto3.client("dynamodb")
    tables.begin(client, source, target, at)
    os.environ.update(environment(described, target))
    restored = restore(wired(), Table(client, source), Table(client, target), at)
    stream = tables.complete(client, source, target)
    counts = "\n".join(f"{name}: {value}" for name, value in restored.items())
    return f"{counts}\n\nGive the stack these parameters:\nRestoredTable={target}\nRestoredStream={stream}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.restore", description="Restore the stack's table.")
    parser.add_argument("--stack", required=True, help="the stack's name")
    parser.add_argument("--at", required=True, type=moment, help="such as 2026-11-28T10:00Z")
    parser.add_argument("--table", required=True, type=name, help="the new table's name, of 3 to 50 characters")
    wanted = parser.parse_args(arguments)
    try:
        print(_run(wanted.stack, wanted.at, wanted.table))
    except (tables.Failed, ClientError, BotoCoreError) as error:
        print(f"The table was not restored: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
