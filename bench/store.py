"""The time that the store adds to a request: its commit and conversation beside bare requests for the same items. On
the embedded AWS over HTTP if .venv-aws is set up, otherwise on moto in this process."""

import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from bench.figures import Figure, timed
from chalicelib.aws.table.item_keys import ticket_key
from chalicelib.aws.table.items import word_key
from chalicelib.aws.table.ticket_items import ticket_item
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.ports.search import SearchHit
from local import ports
from local.aws import emulator
from tests.support import samples
from tests.support.store import tables
from tests.support.store.whole import WholeStore

FLOOR = "the bare request of the same items"
PYTHON = Path(__file__).resolve().parent.parent / ".venv-aws/bin/python"
NAME = "aftercare"
REPLIES = 20
OPENED = datetime(2026, 11, 25, tzinfo=UTC)
# What a commit and a conversation may take beside their bare requests.
COMMIT, READ = 1.6, 1.6
# So many words to index, and the most PutItems of one word that this may take: of time, and of processor time.
WORDS = {14: (3.5, 2.5), 50: (11, 5)}


def figures() -> Iterator[Figure]:
    with dynamodb() as (where, client):
        store = tables.create(client, NAME)
        ticket = samples.ticket()
        item = ticket_item(ticket)
        refs = (f"NL-{number:05d}-00000" for number in itertools.count())

        def commit() -> None:
            ref = next(refs)
            store.commit(Change(replace(ticket, ref=ref, opening=replace(ticket.opening, ref=ref))))

        def put() -> None:
            ref = next(refs)
            client.put_item(TableName=NAME, Item={**item, **ticket_key(ref), "ref": {"S": ref}})

        yield timed(f"open a ticket, {where}", commit, put, COMMIT)

        store.commit(Change(ticket))
        replied = ticket
        for number in range(REPLIES):
            change = samples.reply(replied, f"reply{number}", text=samples.WORDS)
            store.commit(change)
            replied = change.ticket or replied

        def query() -> None:
            client.query(
                TableName=NAME,
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk AND sk >= :first",
                ExpressionAttributeValues={":pk": {"S": f"TICKET#{ticket.ref}"}, ":first": {"S": "MSG#"}},
            )

        yield from _words(where, client, store, refs)

        yield timed(f"conversation of {REPLIES} replies, {where}", lambda: store.conversation(ticket.ref), query, READ)


def _words(where: str, client: Any, store: WholeStore, refs: Iterator[str]) -> Iterator[Figure]:
    for count, bounds in WORDS.items():
        words = [f"{number:043d}" for number in range(count)]  # as long as a blinded word

        def index(words: list[str] = words) -> None:
            store.index_words("northlight", words, SearchHit(OPENED, next(refs)))

        def put(word: str = words[0]) -> None:
            client.put_item(TableName=NAME, Item=word_key("northlight", word, SearchHit(OPENED, next(refs))))

        yield timed(f"index {count} words, {where}", index, put, bounds[0])
        yield timed(f"index {count} words, processor, {where}", index, put, bounds[1], time.process_time)


@contextmanager
def dynamodb() -> Iterator[tuple[str, Any]]:
    """The name of the DynamoDB in use, and a client for it."""
    if not PYTHON.exists():
        with tables.in_process():
            yield "moto", boto3.client("dynamodb")
        return
    with embedded() as address:
        client = emulator.client("dynamodb", address)
        yield "ministack", client
        client.close()


@contextmanager
def embedded() -> Iterator[str]:
    """The embedded AWS without anything in it: its address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "logs").mkdir()
        port = ports.free()
        address = f"http://{ports.HOST}:{port}"
        child = emulator.start(PYTHON, Path(folder), port, address, lambda line: None)
        try:
            emulator.wait(child, address)
            yield address
        finally:
            child.stop(emulator.STOP_SECONDS)
