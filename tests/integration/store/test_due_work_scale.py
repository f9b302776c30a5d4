"""A run of due work reads only what is due, for any number of open tickets."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.aws.table import item_keys, ticket_items
from chalicelib.rules.tickets.ticket import Event
from chalicelib.services.actions.due_work import look_after_due
from tests.support import samples
from tests.support.store import tables
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import on

DUE, PAGE, BATCH = 100, 25, 25
NOW = START + timedelta(hours=1)
# Its first answer was due half an hour ago.
LATE = START - timedelta(days=2, minutes=-30)


def filled(client: Any, name: str, tickets: int) -> World:
    """A world with a table of this many open tickets. Their mails were sent, and 100 have a step due."""
    world = new_world()
    world.deps = on(world.deps, tables.create(client, name))
    world.clock.at = NOW
    due = [ticket_item(f"NL-D0E00-{number:05}", late=True) for number in range(DUE)]
    other = ticket_item("NL-00000-00000", late=False)
    shards = item_keys.due_work_shards()
    others = [
        other | item_keys.ticket_key(ref) | {"ref": {"S": ref}, "due_work": {"S": shards[number % len(shards)]}}
        for number in range(tickets - DUE)
        if (ref := f"NL-00000-{number:05}")
    ]
    requests = [{"PutRequest": {"Item": item}} for item in (*due, *others)]
    for start in range(0, len(requests), BATCH):
        answer = client.batch_write_item(RequestItems={name: requests[start : start + BATCH]})
        assert not answer["UnprocessedItems"]
    return world


def ticket_item(ref: str, *, late: bool) -> dict[str, Any]:
    ticket = samples.ticket(ref, LATE if late else START)
    return ticket_items.ticket_item(replace(ticket, outbox=None))


class Reads:
    """What the due-work index's queries read from now on, according to their answers."""

    def __init__(self, client: Any) -> None:
        self.scanned: list[int] = []
        self._on_due_work = False
        client.meta.events.register("provide-client-params.dynamodb.Query", self._asked)
        client.meta.events.register("after-call.dynamodb.Query", self._answered)

    def _asked(self, params: Mapping[str, Any], **_: Any) -> None:
        self._on_due_work = params.get("IndexName") == "due_work"

    def _answered(self, parsed: Mapping[str, Any], **_: Any) -> None:
        if self._on_due_work:
            self.scanned.append(parsed["ScannedCount"])


def run(client: Any, tickets: int) -> int:
    """The number of entries that one run reads; it takes every due step."""
    world = filled(client, f"with-{tickets}", tickets)
    reads = Reads(client)
    assert look_after_due(world.deps) == {"due": DUE, "done": DUE, "left": 0}
    for number in (0, DUE - 1):
        _, messages = world.deps.tickets.conversation(f"NL-D0E00-{number:05}")
        assert [(message.event, message.about) for message in messages] == [(Event.ESCALATION, "first_answer due")]
    assert world.mailer.sent == []  # left to the stream
    read = sum(reads.scanned)
    assert look_after_due(world.deps)["due"] == 0
    assert sum(reads.scanned) == read
    client.delete_table(TableName=f"with-{tickets}")
    return read


def test_a_run_reads_no_more_with_ten_times_the_tickets(emulated: Any) -> None:
    few, many = run(emulated, 2_000), run(emulated, 20_000)
    assert many <= 2 * DUE + PAGE * item_keys.SHARDS
    assert many == few, (few, many)
    print(f"{few} entries read of 2,000 tickets, {many} of 20,000")
