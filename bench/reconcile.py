"""The processor time of a run of `reconcile` on an S3 and a table that are played in this process. S3's time to answer
is not in it.

`python -m bench.reconcile MAILS` plays a shop with this many mails a day at full size, and prints what a run takes.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from bench.figures import Figure
from chalicelib.aws import clients
from chalicelib.aws.files import Files
from chalicelib.aws.table.mail_items import outcome_item, reconciliation_item
from chalicelib.services.operations.reconciling import reconcile
from chalicelib.services.ports.mails import CountedHour, Reconciliation
from local.aws import emulator
from tests.support.exports_at_scale import peak
from tests.support.store import fakes
from tests.support.store.whole import WholeStore, on

FLOOR = "a list of the same raw mails by a plain boto3 client"
NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
# In days: the lifecycle deletes copied mails after three, at midnight.
KEPT = 4
PAGE = 1000
MAILS = 10_000
ROUNDS = 5
# Ours reads times faster than botocore does; asking for outcomes comes on top.
BOUND = 0.8


class Body(BytesIO):
    """What botocore reads an answer from."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


@dataclass(slots=True)
class Played:
    """S3 and the table of a shop with `mails` a day; `seconds`: the processor time that playing them took. Names say
    nothing about times, as with SES."""

    mails: int
    seconds: float = 0
    listed: int = 0
    asked: int = 0

    def answer(self, respond: Callable[[Any], str], request: Any, **_: Any) -> AWSResponse:
        begun = time.process_time()
        body = Body(respond(request).encode())
        self.seconds += time.process_time() - begun
        return AWSResponse(request.url, 200, {}, body)  # type: ignore[arg-type]

    def page(self, request: Any) -> str:
        """A page of the bucket's list."""
        begins = int(parse_qs(urlsplit(request.url).query).get("continuation-token", ["0"])[0])
        ends = min(begins + PAGE, KEPT * self.mails)
        self.listed += ends - begins
        more = f"<NextContinuationToken>{ends}</NextContinuationToken>" if ends < KEPT * self.mails else ""
        mails = "".join(map(self._mail, range(begins, ends)))
        truncated = "true" if more else "false"
        return f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{more}{mails}</ListBucketResult>"

    def _mail(self, number: int) -> str:
        every = KEPT * self.mails
        came = NOW - timedelta(days=KEPT * (number * 7919 % every) / every)
        return (
            f"<Contents><Key>raw/{number:040x}</Key><LastModified>{came:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
            f'<ETag>"{number:032x}"</ETag><Size>20000</Size><StorageClass>STANDARD</StorageClass></Contents>'
        )

    def table(self, request: Any) -> str:
        operation = request.headers["X-Amz-Target"]
        operation = operation if isinstance(operation, str) else operation.decode()
        asked = json.loads(request.body)
        match operation.rpartition(".")[2]:
            case "BatchGetItem":
                return self._outcomes(asked)
            case "Query":
                days = [(NOW - timedelta(days=ago)).date() for ago in range(KEPT + 1)]
                return json.dumps({"Items": list(map(self._counted, days))})
            case "PutItem":
                return "{}"
        raise NotImplementedError(operation)

    def _outcomes(self, asked: Any) -> str:
        ((table, wanted),) = asked["RequestItems"].items()
        keys = [key["pk"]["S"].removeprefix("RAW#") for key in wanted["Keys"]]
        self.asked += len(keys)
        items = [outcome_item(key, "opened", "NL-7K3F9-QXMT2", NOW) for key in keys]
        return json.dumps({"Responses": {table: items}, "UnprocessedKeys": {}})

    def _counted(self, day: date) -> dict[str, Any]:
        """As the run an hour ago counted it."""
        today = day == NOW.date()
        hours = {hour: CountedHour({"opened": self.mails // 24}) for hour in range(NOW.hour - 2 if today else 24)}
        received = sum(hour.outcomes["opened"] for hour in hours.values())
        return reconciliation_item(Reconciliation(day, received, {"opened": received}, hours))


def figures() -> Iterator[Figure]:
    with _played(MAILS) as (played, plain):
        rounds = [(_taken(played, partial(_run, played)), _taken(played, partial(_list, plain))) for _ in range(ROUNDS)]
    value, floor = (1000 * min(seconds) / (KEPT * MAILS / 1000) for seconds in zip(*rounds, strict=True))
    yield Figure("reconcile, for each thousand raw mails", value, floor, "ms", BOUND)


def _taken(played: Played, run: Callable[[], None]) -> float:
    begun, played.seconds = time.process_time(), 0
    run()
    return time.process_time() - begun - played.seconds


def _run(played: Played) -> None:
    world = fakes.world()
    world.clock.at = NOW
    files = Files(partial(clients.client, "s3"), "mail", "files")
    answer = reconcile(on(world.deps, WholeStore(clients.client("dynamodb"), "aftercare"), files=files), {})
    assert answer["put_back"] == 0, answer


def _list(plain: Any) -> None:
    for page in plain.get_paginator("list_objects_v2").paginate(Bucket="mail", Prefix="raw/"):
        assert page["Contents"]


@contextmanager
def _played(mails: int) -> Iterator[tuple[Played, Any]]:
    """What plays S3 and the table for the functions' clients, and for a plain client of S3."""
    played = Played(mails)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in emulator.CREDENTIALS.items():
            patched.setenv(name, value)
        patched.setattr(boto3, "DEFAULT_SESSION", None)
        clients.client.cache_clear()
        plain: Any = boto3.session.Session().client("s3")
        for client in (plain, clients.client("s3")):
            client.meta.events.register_first("before-send.s3", partial(played.answer, played.page))
        table = clients.client("dynamodb")
        table.meta.events.register_first("before-send.dynamodb", partial(played.answer, played.table))
        yield played, plain
    clients.client.cache_clear()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description="What a run of reconcile takes.")
    parser.add_argument("mails", type=int, help="how many mails a day")
    with _played(parser.parse_args().mails) as (played, _):
        seconds = _taken(played, partial(_run, played))
    megabytes = peak() / 1024
    print(
        f"listed {played.listed}, asked for {played.asked} outcomes; {seconds:.0f} s of processor, {megabytes:.0f} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
