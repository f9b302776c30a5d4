"""What a release stored, as text: every item of the table, every object of both buckets, and what is needed to read
them.

A folder of tests/fixtures holds `items.jsonl` and `objects.jsonl` (one per line, in order), `policy.toml` and
`meta.json`. The release in the folder's name writes it once; it is never written again.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"
_BATCH = 25  # the most items of one request
_NEVER = {"N": "inf"}


@dataclass(frozen=True, slots=True)
class Places:
    """The names of the table and the buckets, and their clients."""

    dynamodb: Any
    s3: Any
    table: str = "aftercare"
    mail_bucket: str = "mail"
    files_bucket: str = "files"

    @property
    def buckets(self) -> tuple[str, str]:
        return self.mail_bucket, self.files_bucket


def releases() -> list[Path]:
    return sorted(path for path in FIXTURES.iterdir() if path.is_dir())


def items(folder: Path) -> list[dict[str, Any]]:
    return list(_lines(folder / "items.jsonl"))


def objects(folder: Path) -> list[dict[str, Any]]:
    return list(_lines(folder / "objects.jsonl"))


def meta(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return said


def write(folder: Path, places: Places, policy: str, meta: dict[str, Any], now: datetime) -> None:
    """Write the fixture. Items that have expired by `now` are left out: DynamoDB deletes them by TTL."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    (folder / "meta.json").write_text(json.dumps(meta, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    lasting = (item for item in in_table(places) if float(item.get("expires_at", _NEVER)["N"]) > now.timestamp())
    kept = sorted(lasting, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    _put_lines(folder / "items.jsonl", kept)
    _put_lines(folder / "objects.jsonl", list(in_buckets(places)))


def load(folder: Path, places: Places) -> None:
    """Load a fixture into a new table and new buckets."""
    kept = items(folder)
    for first in range(0, len(kept), _BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in kept[first : first + _BATCH]]
        assert not places.dynamodb.batch_write_item(RequestItems={places.table: puts})["UnprocessedItems"]
    for found in objects(folder):
        body = found["text"].encode() if "text" in found else base64.b64decode(found["base64"])
        more = {"Tagging": found["tags"]} if found["tags"] else {}
        places.s3.put_object(
            Bucket=found["bucket"], Key=found["key"], Body=body, ContentType=found["content_type"], **more
        )


def in_table(places: Places) -> Iterator[dict[str, Any]]:
    for page in places.dynamodb.get_paginator("scan").paginate(TableName=places.table):
        yield from page["Items"]


def in_buckets(places: Places) -> Iterator[dict[str, Any]]:
    """The objects by bucket and key. Texts are stored as text, so that people can read them."""
    for bucket in places.buckets:
        for page in places.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for listed in page.get("Contents", ()):
                yield _object(places.s3, bucket, listed["Key"])


def _object(s3: Any, bucket: str, key: str) -> dict[str, Any]:
    got = s3.get_object(Bucket=bucket, Key=key)
    tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    assert not got["Metadata"], "no adapter states any"
    entry = {"bucket": bucket, "key": key, "content_type": got["ContentType"]}
    entry["tags"] = "&".join(f"{tag['Key']}={tag['Value']}" for tag in tags)
    body = got["Body"].read()
    try:
        return entry | {"text": body.decode()}
    except UnicodeDecodeError:
        return entry | {"base64": base64.b64encode(body).decode()}


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line)


def _put_lines(file: Path, each: list[dict[str, Any]]) -> None:
    lines = (json.dumps(one, ensure_ascii=False, sort_keys=True) for one in each)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
