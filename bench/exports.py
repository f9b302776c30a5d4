"""What an export adds to reading its tickets: all of a day's tickets with their messages, in each format.
On the embedded AWS over HTTP where .venv-aws is set up, else on moto; the bucket is played."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from bench.figures import Figure, timed
from bench.store import NAME, dynamodb
from chalicelib.rules.tickets import Change
from chalicelib.services.ticket_exports import export_tickets
from tests import fakes, samples, tables

FLOOR = "a bare paginated query of the same items"
TICKETS, REPLIES = 60, 3
DAY = fakes.START.date().isoformat()
EVENT = {"shop": "northlight", "from": DAY, "to": DAY, "messages": True}


def figures() -> Iterator[Figure]:
    with dynamodb() as (where, client):
        world = fakes.world()
        # The same event is answered by the same file for an hour.
        now = partial(world.clock.advance, seconds=1)
        deps = replace(world.deps, store=tables.create(client, NAME), now=now)
        for number in range(TICKETS):
            _fill(deps.store, f"NL-{number:05d}-00000")

        def export(format: str) -> None:
            world.clock.advance(hours=2)
            world.files.kept.clear()
            answer = export_tickets(deps, EVENT | {"format": format}, fakes.FakeRun())
            assert answer["messages"] == TICKETS * (1 + REPLIES), answer

        for format in ("csv", "xlsx", "jsonl"):
            name = f"{TICKETS} tickets of {REPLIES} replies as {format}, {where}"
            yield timed(name, partial(export, format), partial(_query, client))


def _fill(store: Any, ref: str) -> None:
    ticket = samples.ticket(ref)
    store.commit(Change(ticket))
    for number in range(REPLIES):
        change = samples.reply(ticket, f"reply{number}", text=samples.WORDS)
        store.commit(change)
        ticket = change.ticket or ticket


def _query(client: Any) -> None:
    pages = client.get_paginator("query").paginate(
        TableName=NAME,
        IndexName="calendar",
        KeyConditionExpression="calendar = :day",
        ExpressionAttributeValues={":day": {"S": f"northlight#{DAY}"}},
    )
    for item in (item for page in pages for item in page["Items"]):
        partition = client.get_paginator("query").paginate(
            TableName=NAME,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND sk >= :first",
            ExpressionAttributeValues={":pk": item["pk"], ":first": {"S": "MSG#"}},
        )
        for _ in partition:
            pass
