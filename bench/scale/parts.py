"""Every other part of Aftercare: how many tickets a second it bears as it is deployed, and what takes over there.

A rate is a quota or setting divided by what a ticket uses of it in its life (bench.tickets.life). Where a part is a
function that works one thing after the other, it is how often that fits into its time.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.scale.lives import Units
from bench.tickets import life, prices
from deploy.rights import FUNCTIONS

# Assumed: how long a request to DynamoDB takes, one to S3, and a mail in send_mail (decision 181), in seconds.
REQUEST, FILE_REQUEST, MAIL = 0.01, 0.05, 0.125
# Of AWS, in eu-central-1: quotas of a usual account, which AWS raises when asked; a new one may have less.
AT_ONCE = 1000
MAILS_A_SECOND = 14
TABLE_WRITES = 40_000
FILE_WRITES = 3500
"""A second, by each prefix of a bucket."""
FIRST_SHARDS = 4
"""Of the stream of a new on-demand table, which takes 4,000 writes a second."""
# Raw mails that a run of reconcile lists in its time (decision 184), and for how many days they stay in the list.
LISTED, LISTED_DAYS = 6_000_000, 4
# A purge's requests to S3: it lists and deletes a ticket's files, and its raw mails.
_PURGED_FILES = 4
DAY = 24 * 60 * 60
DUE, PURGE = "two days later the customer is asked how it went", "when its time is over, the ticket is deleted"
"""The steps that runs by schedule take, one ticket after the other."""
_ROOT = Path(__file__).parents[2]


class Part(NamedTuple):
    """What bends, at how many tickets a second, and what takes over there."""

    name: str
    rate: float
    then: str


def parts(whole: Units, requests: dict[str, float]) -> Iterator[Part]:
    """`whole`: what a ticket's life uses of the table and its indexes together. `requests`: those to the table of a
    ticket in the steps DUE and PURGE."""
    used = life.used()
    runs = {name: sum(step.runs.get(name, 0) for step in life.STEPS) for name in FUNCTIONS}
    yield Part(
        f"SES: {MAILS_A_SECOND} mails a second",
        MAILS_A_SECOND / used["mails sent"],
        "ask AWS for a higher sending rate. Mails wait meanwhile, and none is lost",
    )
    yield Part(
        f"Lambda: {AT_ONCE:,} functions at once",
        AT_ONCE / (sum(runs.values()) * prices.SECONDS),
        "ask AWS for more; `ReservedConcurrentExecutions` of the other functions leaves `api_handler` its share",
    )
    yield Part(
        f"API Gateway: `RequestsPerSecond`, {_default('RequestsPerSecond')}",
        _default("RequestsPerSecond") / used["pages"],
        "a higher parameter; above 10,000 ask AWS. CloudFront before it takes the static files",
    )
    queues = _default("QueueConcurrency") / prices.SECONDS
    yield Part(
        f"`receive_mail`: `QueueConcurrency`, {_default('QueueConcurrency')}",
        queues / runs["receive_mail"],
        "a higher parameter, up to 1,000. Mails wait in SQS meanwhile, which has no bound that matters",
    )
    yield Part(
        f"`note_delivery`: `QueueConcurrency`, {_default('QueueConcurrency')}, if each event were a run of its own",
        queues / runs["note_delivery"],
        "a higher parameter, up to 1,000. A run takes up to ten events, so it bends later than this",
    )
    batches = _setting(r"ParallelizationFactor: (\d+)") * FIRST_SHARDS
    yield Part(
        f"`send_mail` on the stream: {batches} batches at once on {FIRST_SHARDS} shards",
        batches / MAIL / used["mails sent"],
        "the stream has a shard for each partition, so it grows with the table",
    )
    yield Part(
        f"`index_words` on the stream: {batches} batches at once on {FIRST_SHARDS} shards",
        batches / prices.SECONDS / runs["index_words"],
        "the stream has a shard for each partition, so it grows with the table",
    )
    yield Part(
        "`escalate_overdue`: 4 minutes of every 5, one step after the other",
        FUNCTIONS["escalate_overdue"].timeout / (requests[DUE] * REQUEST) / (5 * 60),
        "a schedule for each shard: runs do each other no harm, and each could take one shard",
    )
    yield Part(
        "`purge_expired`: 15 minutes a day, one ticket after the other",
        FUNCTIONS["purge_expired"].timeout / (requests[PURGE] * REQUEST + _PURGED_FILES * FILE_REQUEST) / DAY,
        "runs that start the next one, as `erase_subject` does. (With the schedule `rate(1 hour)` it is 24 times as "
        "many at once; but each run that deletes a ticket also deletes all exports, decision 67.) What is left over is "
        "deleted by the next run, and `health` says so after two days",
    )
    yield Part(
        f"`reconcile`: {LISTED:,} raw mails in its list",
        LISTED / LISTED_DAYS / DAY / used["mails received"],
        "lists by the first characters of the keys, several at once (decision 184)",
    )
    yield Part(
        f"S3: {FILE_WRITES:,} writes a second in `raw/` and in `tickets/`",
        FILE_WRITES / used["file writes"],
        "nothing to do: S3 splits a prefix by itself when it stays busy",
    )
    yield Part(
        f"DynamoDB: {TABLE_WRITES:,} write units a second for a table and its indexes",
        TABLE_WRITES / whole.write_units,
        "ask AWS for more. Before a large sale, `WarmThroughput` prepares as many partitions as it needs",
    )


def _default(parameter: str) -> int:
    return _setting(rf"^  {parameter}:\n(?:    .*\n)*?    Default: (\d+)$")


def _setting(pattern: str) -> int:
    found = re.search(pattern, (_ROOT / "resources.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"resources.yaml has no {pattern}")
    return int(found[1])
