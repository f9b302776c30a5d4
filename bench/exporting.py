"""One export, or its floor, in its own process over HTTP: `python -m bench.exporting ADDRESS TICKETS FORMAT ROUND`
prints the seconds it took, the processor's seconds, and the process's peak memory in kilobytes. The export reads with
the functions' clients, the floor with a plain one. `fill` creates the tickets."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from chalicelib.aws import clients
from chalicelib.aws.files import Files
from chalicelib.aws.table.ticket_items import message_item, ticket_item
from chalicelib.services.exports.ticket_exports import export_tickets
from local.aws import emulator
from tests.support import samples
from tests.support.exports_at_scale import peak
from tests.support.store import fakes, tables
from tests.support.store.whole import WholeStore, on

DAYS, REPLIES = 10, 3
FLOOR = "floor"
BUCKET = "files"
# The most items that one request can write.
_BATCH = 25
_DATES = [(fakes.START + timedelta(days=day)).date().isoformat() for day in range(DAYS)]


def fill(client: Any, tickets: int) -> None:
    """Create a table with this many tickets, over ten days."""
    tables.create(client, _name(tickets))
    puts = ({"PutRequest": {"Item": item}} for item in _items(tickets))
    while batch := list(islice(puts, _BATCH)):
        answer = client.batch_write_item(RequestItems={_name(tickets): batch})
        assert not answer.get("UnprocessedItems"), answer


def _items(tickets: int) -> Iterator[dict[str, Any]]:
    ticket = samples.ticket()
    opened = ticket_item(ticket)
    reply = message_item(samples.message_of(samples.reply(ticket, text=samples.WORDS)))
    for number in range(tickets):
        ref = f"NL-{number % DAYS:05d}-{number:05d}"
        own = {"pk": {"S": f"TICKET#{ref}"}, "ref": {"S": ref}}
        yield opened | own | {"calendar": {"S": f"northlight#{_DATES[number % DAYS]}"}}
        for message in range(REPLIES):
            yield reply | own | {"sk": {"S": f"MSG#reply{message}"}}


def _export(tickets: int, format: str, round: int) -> None:
    world = fakes.world()
    # Within an hour, the same event is answered with the same file.
    world.clock.advance(hours=2 * round)
    files = Files(partial(clients.client, "s3"), "mail", BUCKET)
    deps = on(world.deps, WholeStore(clients.client("dynamodb"), _name(tickets)), files=files)
    event = {"shop": "northlight", "from": _DATES[0], "to": _DATES[-1], "format": format, "messages": True}
    answer = export_tickets(deps, event, fakes.FakeRun())
    assert answer["finished"], answer
    assert (answer["tickets"], answer["messages"]) == (tickets, tickets * (1 + REPLIES)), answer


def _query(client: Any, tickets: int) -> None:
    every = client.get_paginator("query")
    found = 0
    for day in _DATES:
        pages = every.paginate(
            TableName=_name(tickets),
            IndexName="calendar",
            KeyConditionExpression="calendar = :day",
            ExpressionAttributeValues={":day": {"S": f"northlight#{day}"}},
        )
        for item in (item for page in pages for item in page["Items"]):
            partition = every.paginate(
                TableName=_name(tickets),
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk AND sk >= :first",
                ExpressionAttributeValues={":pk": item["pk"], ":first": {"S": "MSG#"}},
            )
            found += sum(len(page["Items"]) for page in partition)
    assert found == tickets * (1 + REPLIES), found


def _name(tickets: int) -> str:
    return f"aftercare-{tickets}"


if __name__ == "__main__":
    address, tickets, format, round = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    os.environ |= {**emulator.CREDENTIALS, "AWS_ENDPOINT_URL": address}
    # Making a client is part of a start, which has a bench of its own (bench.start).
    if format == FLOOR:
        run = partial(_query, emulator.client("dynamodb", address), tickets)
    else:
        clients.client("dynamodb"), clients.client("s3")
        run = partial(_export, tickets, format, round)
    begun, used = time.perf_counter(), time.process_time()
    run()
    print(time.perf_counter() - begun, time.process_time() - used, peak())
