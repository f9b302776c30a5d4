"""The same life in fakes and on a real table and buckets, on moto: after an erasure, a scan of everything with all
versions finds nothing of the person; after a purge, nothing of anybody."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import boto3
import pytest

from chalicelib.aws.files import Files
from chalicelib.services.privacy import erasing, retention
from tests.support import records, scenarios
from tests.support.scenarios import AGENTS_WORD, JON, WILMA
from tests.support.store import tables
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import WholeStore, on

TABLE = "purging"
# Each for both customers. They are slow: every step needs some forty requests to moto.
AUDIT_EVENTS = (
    "mail", "form", "call", "book", "reply", "answer", "bounce", "refer", "split", "merge", "draft", "quarantine",
)  # fmt: skip


class Both:
    """Two stores or buckets that get the same calls: the first one's answer counts, and the second must fail whenever
    the first does."""

    def __init__(self, real: Any, fake: Any, suppressed: tuple[str, ...] = ()) -> None:
        self._real, self._fake, self._suppressed = real, fake, suppressed

    def __getattr__(self, name: str) -> Any:
        def asked(*args: Any, **named: Any) -> Any:
            if name in self._suppressed:
                return getattr(self._fake, name)(*args, **named)
            try:
                answer = getattr(self._real, name)(*args, **named)
            except Exception as error:
                with pytest.raises(type(error)):
                    getattr(self._fake, name)(*args, **named)
                raise
            getattr(self._fake, name)(*args, **named)
            return answer

        return asked


class MirroredWorld(World):
    """A world of fakes whose raw mails also go to the real bucket."""

    s3: Any
    bucket: str

    def arrives(self, raw: bytes | EmailMessage) -> str:
        key = World.arrives(self, raw)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=self.files.raw[key])
        return key


@pytest.fixture
def stored(in_process: None) -> Iterator[tuple[Any, Any, str, str]]:
    """Clients, with a new table and two new versioned buckets."""
    dynamodb = boto3.client("dynamodb", region_name=tables.REGION)
    s3 = boto3.client("s3", region_name=tables.REGION)
    tables.create(dynamodb, TABLE)
    mail, files = (f"{kind}-{uuid.uuid4().hex}" for kind in ("mail", "files"))
    for name in (mail, files):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    yield dynamodb, s3, mail, files
    dynamodb.delete_table(TableName=TABLE)


def everything(stored: tuple[Any, Any, str, str]) -> str:
    """The whole table and all versions of all files, as one text."""
    dynamodb, s3, *buckets = stored
    texts = [str(dynamodb.scan(TableName=TABLE)["Items"])]
    for bucket in buckets:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in page.get("Versions", ()):
                asked = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
                texts.append(version["Key"] + s3.get_object(**asked)["Body"].read().decode("utf-8", "replace"))
            texts += [marker["Key"] for marker in page.get("DeleteMarkers", ())]
    return "\n".join(texts).lower()


def _expired_place(item: dict[str, Any], now: datetime) -> bool:
    return item["pk"]["S"].startswith("CALLS#") and int(item["expires_at"]["N"]) < now.timestamp()


def test_nothing_is_left_in_the_table_and_the_buckets(stored: tuple[Any, Any, str, str]) -> None:
    dynamodb, s3, mail, files = stored
    made = new_world(limits_on=False)
    world = MirroredWorld(made.deps, made.store, made.files, made.mailer, made.queue, made.clock, made.shop)
    world.s3, world.bucket = s3, mail
    # Words are put one by one; indexing once, at the end, is enough.
    store = Both(WholeStore(dynamodb, TABLE), made.store, suppressed=("index_words",))
    real_files = Files(lambda: s3, mail, files)
    fake = made.deps
    world.deps = on(fake, store, files=Both(real_files, made.files))
    life = scenarios.Life(world)
    for number, step in enumerate(AUDIT_EVENTS):
        life.do(step, WILMA, number, 0)
        life.do(step, JON, number + 1, 1)
    life.closes_all()
    world.deps = on(world.deps, Both(WholeStore(dynamodb, TABLE), made.store))
    records.indexed(world)
    s3.delete_object(Bucket=mail, Key=next(iter(made.files.raw)))  # by its lifecycle rule, which keeps a version
    # Not in both: each bucket gives its own name to an upload.
    both, world.deps = world.deps, on(fake, WholeStore(dynamodb, TABLE), files=real_files)
    records.exported(world, WILMA.address)
    world.deps = both
    assert s3.list_multipart_uploads(Bucket=files)["Uploads"]
    before = everything(stored)
    pointers = ("word#northlight#", "sent#", "undelivered#northlight", "draft#")
    for trace in (*WILMA.traces, *JON.traces, AGENTS_WORD, *pointers):
        assert trace.lower() in before, trace
    erased = erasing.erase_subject(
        world.deps,
        {"shop": "northlight", "email": WILMA.address, "confirm": WILMA.address, "reason": "By letter"},
        FakeRun(),
    )
    assert (erased["kept"], erased["complete"]) == ([], True)
    assert not s3.list_multipart_uploads(Bucket=files).get("Uploads")
    between = everything(stored)
    assert [trace for trace in WILMA.traces if trace.lower() in between] == []
    assert JON.word in between
    records.years_later(world)
    answer = retention.purge_expired(world.deps, {}, FakeRun())
    assert (answer["kept"], answer["complete"]) == ({}, True)
    after = everything(stored)
    for trace in (*WILMA.traces, *JON.traces, AGENTS_WORD):
        assert trace.lower() not in after, trace
    # moto does not delete what has expired, and a call's place ends by that only.
    items = [item for item in dynamodb.scan(TableName=TABLE)["Items"] if not _expired_place(item, world.clock())]
    kinds = {item["pk"]["S"].partition("#")[0] for item in items}
    assert kinds <= {"PURGE", "SUPPRESSED", "SLA", "AUDIT", "EXPORT", "RUN"}
    for bucket in (mail, files):
        listed = s3.list_object_versions(Bucket=bucket)
        assert not listed.get("Versions")
        assert not listed.get("DeleteMarkers")
