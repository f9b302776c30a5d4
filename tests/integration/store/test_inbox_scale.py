"""The inbox's first page costs the same for any number of open tickets: the same requests, and the same number of items
read. The digest has a bounded cost, too."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.table import item_keys, ticket_items
from chalicelib.rules.policy.model import Agent
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, Clock, Clocks
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.delivery import digesting
from chalicelib.services.desk import inbox_view
from chalicelib.services.desk.inbox_merging import ENTRIES, PAGES, ROWS
from chalicelib.services.desk.inbox_view import ACTIVE, InboxQuery
from chalicelib.services.ports.inbox import COUNTED, Count, Cursor
from tests.support import samples
from tests.support.store import tables
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import on

FEW, MANY, BATCH = 1_000, 20_000, 25
# A quarter of them are overdue.
OVERDUE = 4
ADA = {"northlight": Agent("ada@northlight.example", "Ada Lindqvist", "agent")}
OVERDUE_COUNTS = {FEW: Count(FEW // OVERDUE), MANY: Count(3 * COUNTED, more=True)}
STATES = (State.OPEN, State.WAITING, State.REFERRED)
DIGEST = 26
"""Five of them for answers that wait for a second reader: this shop's policy asks for some."""


def filled(client: Any, name: str, tickets: int) -> World:
    """A world with a table of this many open tickets, each with a different due moment."""
    world = new_world()
    world.deps = on(world.deps, tables.create(client, name))
    clock = Clock(FIRST_ANSWER, "2 working days", START, START)
    bare = replace(samples.ticket("NL-00000-00000"), clocks=Clocks([clock]), outbox=None)
    likes = [ticket_items.ticket_item(replace(bare, state=state)) for state in STATES]
    requests = []
    for number in range(tickets):
        ref, due = f"NL-00000-{number:05}", START + timedelta(seconds=number - tickets // OVERDUE)
        own = item_keys.ticket_key(ref) | {"ref": {"S": ref}, "due": item_keys.inbox_order(Cursor(due, START, ref))}
        requests.append({"PutRequest": {"Item": likes[number % len(STATES)] | own}})
    for start in range(0, tickets, BATCH):
        answer = client.batch_write_item(RequestItems={name: requests[start : start + BATCH]})
        assert not answer["UnprocessedItems"]
    return world


@dataclass(frozen=True, slots=True)
class Cost:
    requests: int
    read: int


class Reads:
    """The requests from now on, and how much was read for them according to the answers."""

    def __init__(self, client: Any) -> None:
        self.requests = tables.Requests(client)
        self.read = 0
        client.meta.events.register("after-call.dynamodb.Query", self._answered)

    def _answered(self, parsed: Mapping[str, Any], **_: Any) -> None:
        self.read += parsed["ScannedCount"]

    def taken(self) -> Cost:
        """The cost of the queries since the last call; nothing else may have been asked but tickets by their keys."""
        assert set(self.requests.names) <= {"Query", "BatchGetItem"}
        cost = Cost(self.requests.names.count("Query"), self.read)
        self.requests.names.clear()
        self.read = 0
        return cost


@pytest.fixture(scope="module")
def costs(emulated: Any) -> dict[int, dict[str, Cost]]:
    """The cost of each list's first page, and the inbox's second, with few and with many tickets."""
    found: dict[int, dict[str, Cost]] = {}
    for tickets in (FEW, MANY):
        name = f"inbox-{tickets}"
        world = filled(emulated, name, tickets)
        reads = Reads(emulated)
        found[tickets] = {}
        for place in ("open", "overdue", "waiting", "referred", "mine", "unassigned"):
            seen = inbox_view.inbox(world.deps, ADA, InboxQuery(list=place), "en")
            assert len(seen.rows) == (0 if place == "mine" else ROWS)
            found[tickets][place] = reads.taken()
            if place == "open":
                assert [row.ref for row in seen.rows] == [f"NL-00000-{number:05}" for number in range(ROWS)]
                second = inbox_view.inbox(world.deps, ADA, InboxQuery(after=seen.next_cursor), "en")
                assert second.rows[0].ref == f"NL-00000-{ROWS:05}"
                found[tickets]["open, second page"] = reads.taken()
        assert digesting.contents(world.deps, world.shop)["overdue_count"] == OVERDUE_COUNTS[tickets]
        found[tickets]["digest"] = reads.taken()
        emulated.delete_table(TableName=name)
    print(found)
    return found


def test_the_first_page_costs_the_same_at_a_thousand_tickets_and_at_twenty_thousand(
    costs: dict[int, dict[str, Cost]],
) -> None:
    assert costs[FEW]["open"] == costs[MANY]["open"]
    assert costs[MANY]["open"].requests == len(ACTIVE)
    assert costs[MANY]["open"].read <= len(ACTIVE) * ROWS


def test_every_other_page_costs_the_same_too(costs: dict[int, dict[str, Cost]]) -> None:
    assert costs[FEW] == costs[MANY] | {name: costs[FEW][name] for name in ("mine", "digest")}


def test_a_list_without_its_own_index_has_a_bounded_cost(costs: dict[int, dict[str, Cost]]) -> None:
    for tickets in (FEW, MANY):
        assert costs[tickets]["mine"].requests <= PAGES * len(ACTIVE)
        assert costs[tickets]["mine"].read <= PAGES * len(ACTIVE) * ENTRIES


def test_the_digest_makes_the_same_few_queries_for_any_number_of_tickets(costs: dict[int, dict[str, Cost]]) -> None:
    assert costs[FEW]["digest"].requests == costs[MANY]["digest"].requests == DIGEST
    assert costs[MANY]["digest"].read <= DIGEST * (COUNTED + 1)
