"""Purge, erasure and exports on the real adapters: a run is killed at each AWS request, before or after its effect, and
the next runs end with the same table and the same buckets, including all versions."""

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.aws.files import Files
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.exports import export_growth, subject_exports, ticket_exports
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy import erasing, retention
from tests.support import records, scenarios
from tests.support.scenarios import JON, WILMA
from tests.support.store import tables
from tests.support.store.fakes import START, Clock, FakeRun
from tests.support.store.fakes import world as new_world
from tests.support.store.faults import Died, Fault, every_death
from tests.support.store.whole import WholeStore, on
from tests.unit.aws.store.test_purging import Both, MirroredWorld

AUDIT_EVENTS = (("mail", JON, 1), ("reply", WILMA, 0), ("mail", WILMA, 0), ("answer", WILMA, 1), ("bounce", WILMA, 1))
ERASE = {
    "shop": "northlight", "email": WILMA.address, "confirm": WILMA.address, "reason": "Asked for by letter",
}  # fmt: skip
TICKETS = {"shop": "northlight", "from": "2026-11-25", "to": "2026-11-26", "format": "csv", "messages": True}
SUBJECT = {"shop": "northlight", "email": JON.address}
LATER = START + timedelta(days=12 * 366)
DELETING = {
    "Query", "GetItem", "TransactWriteItems", "BatchWriteItem", "ListObjectsV2", "ListObjectVersions", "DeleteObjects",
    "ListMultipartUploads", "AbortMultipartUpload",
}  # fmt: skip
EXPORTING = {
    "GetItem", "PutItem", "Query", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload",
    "AbortMultipartUpload", "GetObject",
}  # fmt: skip
READING = ("Query", "Scan", "Get", "BatchGet", "List", "Head")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """A table, two buckets, and clients whose requests go through a fault."""

    dynamodb: Any
    s3: Any
    clock: Clock
    deps: Deps
    table: str
    mail: str
    files: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything in a stack: items, and files with their bytes by bucket ("mail" or "files")."""

    items: list[dict[str, Any]]
    files: list[tuple[str, str, bytes]]


@pytest.fixture(scope="module")
def clients(in_process: None) -> tuple[Any, Any]:
    dynamodb, s3 = (boto3.client(name, region_name=tables.REGION) for name in ("dynamodb", "s3"))
    return dynamodb, s3


def stack(clients: tuple[Any, Any], at: Clock) -> Stack:
    dynamodb, s3 = clients
    name = uuid.uuid4().hex
    tables.create(dynamodb, name)
    mail, files = f"mail-{name}", f"files-{name}"
    for bucket in (mail, files):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    clock = Clock(at.at)
    store, stored = WholeStore(dynamodb, name), Files(lambda: s3, mail, files)
    return Stack(dynamodb, s3, clock, on(new_world().deps, store, now=clock, files=stored), name, mail, files)


def filled(clients: tuple[Any, Any], at: Clock, stored: Stored) -> Stack:
    """A stack with this content."""
    made = stack(clients, at)
    for start in range(0, len(stored.items), 25):
        requests = [{"PutRequest": {"Item": item}} for item in stored.items[start : start + 25]]
        made.dynamodb.batch_write_item(RequestItems={made.table: requests})
    for kind, key, content in stored.files:
        made.s3.put_object(Bucket=getattr(made, kind), Key=key, Body=content)
    return made


def everything(of: Stack) -> Stored:
    items = sorted(of.dynamodb.scan(TableName=of.table)["Items"], key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    files = []
    for kind in ("mail", "files"):
        bucket = getattr(of, kind)
        listed = of.s3.list_object_versions(Bucket=bucket)
        assert not listed["IsTruncated"]
        assert not listed.get("DeleteMarkers")
        for version in listed.get("Versions", ()):
            asked = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
            files.append((kind, version["Key"], of.s3.get_object(**asked)["Body"].read()))
    return Stored(items, sorted(files))


def left_in_parts(of: Stack) -> list[str]:
    """The files with uploaded parts that were never joined."""
    begun = of.s3.list_multipart_uploads(Bucket=of.files).get("Uploads", ())
    parts = {
        each["Key"]: of.s3.list_parts(Bucket=of.files, Key=each["Key"], UploadId=each["UploadId"]) for each in begun
    }
    return [key for key, listed in parts.items() if listed.get("Parts")]


@pytest.fixture(scope="module")
def alive(clients: tuple[Any, Any]) -> tuple[Clock, Stored]:
    """The closed life of two customers: its clock, and the table and buckets after it."""
    made = new_world(limits_on=False)
    real = stack(clients, made.clock)
    world = MirroredWorld(made.deps, made.store, made.files, made.mailer, made.queue, made.clock, made.shop)
    world.s3, world.bucket = real.s3, real.mail
    files = Both(real.deps.files, made.files)
    # Words take moto long; indexing once, at the end, is enough.
    world.deps = on(made.deps, Both(real.deps.tickets, made.store, suppressed=("index_words",)), files=files)
    life = scenarios.Life(world)
    for step, who, number in AUDIT_EVENTS:
        life.do(step, who, number, 0)
    life.closes_all()
    world.clock.advance(days=2)  # all possible review requests were sent; no step is left
    look_after_due(world.deps)
    life.flows()
    world.deps = on(world.deps, Both(real.deps.tickets, made.store))
    records.indexed(world)
    return world.clock, everything(real)


class Dying:
    """All requests of the clients go through the fault inside this block."""

    def __init__(self, of: Stack, fault: Fault) -> None:
        self._clients, self._fault = (of.dynamodb, of.s3), fault

    def __enter__(self) -> list[str]:
        names: list[str] = []
        for client in self._clients:
            call = self._fault.around(client._make_api_call)

            def asked(name: str, said: Any, call: Callable[..., Any] = call) -> Any:
                names.append(name)
                return call(name, said)

            client._make_api_call = asked
        return names

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            del client._make_api_call


def requests_of_every_death(
    make: Callable[[], Stack],
    run: Callable[[Stack], Answer],
    again: Callable[[Stack], Answer],
    told: Callable[[Stack, Answer], Any],
) -> list[str]:
    """Kill a run at its requests; another run must then end with the same result. Return the names of the requests.

    A run killed before a request leaves the same as one killed after the request before it; and after a request that
    only reads, the same as before that. So it is enough to kill after each writing request, and before the first
    request."""
    whole = make()
    with Dying(whole, undisturbed := Fault()) as names:
        expected = run(whole)
    expected = told(whole, expected)
    writing = [
        death for death in every_death(len(names)) if death.after and not names[death.at - 1].startswith(READING)
    ]
    assert undisturbed.seen == len(names)
    for fault in (Fault(1), *writing):
        of = make()
        with Dying(of, fault), pytest.raises(Died):
            run(of)
        assert told(of, again(of)) == expected, (fault, names[fault.at - 1])
    return names


class TestDeletions:
    @pytest.fixture
    def make(self, clients: tuple[Any, Any], alive: tuple[Clock, Stored]) -> Callable[[], Stack]:
        """With a finished and an unfinished export: both are deleted with the tickets they may contain. Jon's ticket
        has no due-work entry, like one on hold."""
        clock, stored = alive
        items = [
            without(item, "due_work") if JON.address in str(item.get("customer")) else item for item in stored.items
        ]
        export = ("files", "exports/1/tickets.csv", b"all")

        def make() -> Stack:
            made = filled(clients, clock, Stored(items, [*stored.files, export]))
            upload = made.deps.files.begin_parts("exports/2/tickets.csv", "text/csv")
            made.deps.files.put_part("exports/2/tickets.csv", upload, 1, b"half")
            return made

        return make

    def test_purge_expired(self, make: Callable[[], Stack]) -> None:
        def run(of: Stack) -> Answer:
            of.clock.at = LATER
            return retention.purge_expired(of.deps, {}, FakeRun())

        names = requests_of_every_death(make, run, run, everything_after)
        assert set(names) >= DELETING

    def test_erase_subject(self, make: Callable[[], Stack]) -> None:
        def run(of: Stack) -> Answer:
            return erasing.erase_subject(of.deps, ERASE, FakeRun())

        names = requests_of_every_death(make, run, run, everything_after)
        assert set(names) >= DELETING


def without(item: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in item.items() if each != name}


def everything_after(of: Stack, answer: Answer) -> Stored:
    assert answer["complete"]
    assert not of.s3.list_multipart_uploads(Bucket=of.files).get("Uploads")
    return everything(of)


class TestExports:
    @pytest.fixture(autouse=True)
    def small_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
        monkeypatch.setattr(export_growth, "PART", 700)

    @pytest.fixture
    def make(self, clients: tuple[Any, Any], alive: tuple[Clock, Stored]) -> Callable[[], Stack]:
        return lambda: filled(clients, *alive)

    def test_export_tickets(self, make: Callable[[], Stack]) -> None:
        def run(of: Stack, steps: int = 1) -> Answer:
            return pressed(of, lambda: ticket_exports.export_tickets(of.deps, TICKETS, FakeRun(steps)))

        names = requests_of_every_death(make, run, lambda of: run(of, 1000), file)
        assert set(names) >= EXPORTING

    def test_export_subject(self, make: Callable[[], Stack]) -> None:
        def run(of: Stack, steps: int = 2) -> Answer:
            return pressed(of, lambda: subject_exports.export_subject(of.deps, SUBJECT, FakeRun(steps)))

        names = requests_of_every_death(make, run, lambda of: run(of, 1000), file)
        assert set(names) >= EXPORTING


def pressed(of: Stack, test: Callable[[], Answer]) -> Answer:
    """The answer after pressing Test again until it is finished."""
    while not (answer := test())["finished"]:
        of.clock.at += timedelta(minutes=4)
    return answer


def file(of: Stack, answer: Answer) -> Any:
    """The export's content. Of a ZIP, the files in it without the time of their creation, because the packing depends
    on where a run paused."""
    assert not left_in_parts(of)
    content = of.deps.files.read(answer["key"])
    if not content.startswith(b"PK"):
        return content, answer["tickets"], answer["messages"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        held = {name: re.sub(rb"\d\d:\d\d(:\d\d)?", b"", archive.read(name)) for name in archive.namelist()}
    return held, answer["tickets"], answer["messages"]
