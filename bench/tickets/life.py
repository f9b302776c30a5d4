"""A ticket from its opening to its deletion, as most go: what each step asks of DynamoDB, metered, and what else it
uses. It is a complaint by form. The agent answers, the customer replies by mail, the agent answers again and closes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from bench.cost import Costs
from bench.tickets.metering import Counts
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery import sending
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.privacy import retention
from tests.support import agents, samples
from tests.support.store import fakes, tables

# What DynamoDB charges for each item beside its content.
_PER_ITEM = 100


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to a ticket. `runs`: how often each function runs for it. `uses`: what else it uses, by the names in
    `prices.PRICES`."""

    name: str
    runs: Mapping[str, int]
    uses: Mapping[str, int]


# Each mail brings an event from SES (by a topic and a queue) which note_delivery takes: sent by the topic, received and
# deleted. A mail that comes in takes the same way, and is put by SES, read, copied to its ticket and marked as settled.
_SENT = {"mails sent": 1, "topic messages": 1, "queue requests": 3}
_RECEIVED = {"mails received": 1, "topic messages": 1, "queue requests": 3, "file writes": 3, "file reads": 1}
_ONE_MAIL = {"send_mail": 1, "note_delivery": 1}
_TWO_MAILS = {"send_mail": 1, "note_delivery": 2}
_PAGES = {"api_handler": 3}  # the inbox, the ticket, the answer
# An advert: most shops send none.
ASKED = ("two days later the customer is asked how it went", "that question is mailed")
STEPS = (
    Step("the customer opens the form and sends it", {"api_handler": 2}, {"pages": 2}),
    Step("it is confirmed, and the agent is told", _TWO_MAILS, {name: 2 * n for name, n in _SENT.items()}),
    Step("its words become findable", {"index_words": 1}, {}),
    Step("the agent answers at the desk", _PAGES, {"pages": 3}),
    Step("the answer is mailed", _ONE_MAIL, _SENT),
    Step("the answer's words become findable", {"index_words": 1}, {}),
    Step("the customer replies by mail", {"receive_mail": 1}, _RECEIVED),
    Step("the agent is told of the reply", _ONE_MAIL, _SENT),
    Step("the reply's words become findable", {"index_words": 1}, {}),
    Step("the agent answers again", _PAGES, {"pages": 3}),
    Step("that answer is mailed", _ONE_MAIL, _SENT),
    Step("that answer's words become findable", {"index_words": 1}, {}),
    Step("the agent closes the ticket", {"api_handler": 1}, {"pages": 1}),
    Step(ASKED[0], {}, {}),
    Step(ASKED[1], _ONE_MAIL, _SENT),
    Step("when its time is over, the ticket is deleted", {}, {"file writes": 2}),
)
IDLE = "a due-work run that finds nothing due"


def used() -> Counter[str]:
    """What a whole life uses besides the table and runs of functions."""
    return sum((Counter(step.uses) for step in STEPS), Counter())


def metered() -> tuple[dict[str, Counts], int]:
    """What each step costs, and a due-work run with nothing due; and the bytes that the table keeps of the ticket
    before it is deleted, copies in indexes included."""
    with tables.in_process():
        costs = Costs()
        look_after_due(costs.deps)
        found = {IDLE: costs.meter.taken()}
        kept = 0
        for step, act in zip(STEPS, acts(costs), strict=True):
            kept = max(kept, _kept())
            costs.meter.taken()
            act()
            found[step.name] = costs.meter.taken()
    return found, kept


def acts(costs: Costs) -> Iterator[Callable[[], object]]:
    yield costs.opens_by_form
    yield costs.sends
    yield costs.indexes_ticket
    for number in range(2):
        yield lambda number=number: _agent(costs, "answer", f"answer {number}", text=samples.WORDS)  # type: ignore[misc]
        yield lambda: _send(costs)
        yield costs.indexes_reply
        if not number:
            yield costs.replies_by_mail
            yield lambda: _send(costs)
            yield costs.indexes_reply
    yield lambda: _agent(costs, "close", "close", outcome="settled", reason="Done.")
    costs.world.clock.advance(days=2, hours=1)
    yield lambda: look_after_due(costs.deps)
    yield lambda: _send(costs)
    costs.world.clock.advance(days=5 * 366)
    yield lambda: retention.purge_expired(costs.deps, {}, fakes.FakeRun())


def _agent(costs: Costs, action: str, key: str, **fields: str) -> None:
    inputs = ActionInput(fields, Person("Ada", agents.ADA))
    acting.act(costs.deps, costs.world.shop, costs.ticket(costs.source).ref, action, inputs, key)


def _send(costs: Costs) -> None:
    owing = costs.beside.conversation(costs.ticket(costs.source).ref)[1][-1]
    sending.post(costs.deps, ItemRef(owing.ref, owing.id), owing)


def _kept() -> int:
    definition: Any = tables.definition()
    indexed = [{key["AttributeName"] for key in index["KeySchema"]} for index in definition["GlobalSecondaryIndexes"]]
    items = boto3.client("dynamodb").scan(TableName="aftercare")["Items"]
    copies = sum(keys <= item.keys() for item in items for keys in indexed)
    return sum(map(tables.size, items)) + _PER_ITEM * (len(items) + copies)
