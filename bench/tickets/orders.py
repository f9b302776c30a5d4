"""An order from the event that it was placed to its delivery: what each event asks of DynamoDB, metered, and that this
does not grow with the orders that are stored."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bench.cost import Costs
from bench.figures import Figure
from bench.tickets.life import Step
from bench.tickets.metering import Counts
from chalicelib.rules.events.sources import Source
from chalicelib.services.events import receiving
from chalicelib.services.orders import posting
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.ports.events.hooks import HookReceived, RawHook
from tests.support.events.bodies import hook
from tests.support.orders import made
from tests.support.store import tables

# The door puts the body and a message; the event is received and deleted, its body read and marked as settled.
_EVENT = {"pages": 1, "queue requests": 3, "file writes": 2, "file reads": 1}
_BY_THE_DOOR = {"api_handler": 1, "receive_event": 1}
_MAIL = {"mails sent": 1, "topic messages": 1, "queue requests": 3}
_POSTED = {"send_mail": 1, "note_delivery": 1}
STEPS = (
    Step("an order is placed", _BY_THE_DOOR, _EVENT),
    Step("it is confirmed by mail", _POSTED, _MAIL),
    Step("it is paid", _BY_THE_DOOR, _EVENT),
    Step("its parcel is sent", _BY_THE_DOOR, _EVENT),
    Step("the tracking link is mailed", _POSTED, _MAIL),
    Step("the parcel is delivered", _BY_THE_DOOR, _EVENT),
    Step("that is mailed", _POSTED, _MAIL),
    Step("an event comes a second time", _BY_THE_DOOR, _EVENT),
)
_FEW, _MANY = 5, 500
NUMBER = "2001"


def used() -> Counter[str]:
    """What a whole order uses besides the table and runs of functions. A second delivery is the exception."""
    return sum((Counter(step.uses) for step in STEPS[:-1]), Counter())


def metered(stored: int = 0) -> dict[str, Counts]:
    """What each step costs while so many other orders are stored."""
    with tables.in_process():
        costs = Costs()
        _others(costs, stored)
        costs.deps.source_log.note_contact("northlight", Source.OWN, costs.deps.now())
        costs.meter.taken()
        found = dict[str, Counts]()
        acts = _acts(costs)
        for step in STEPS:
            next(acts)
            found[step.name] = costs.meter.taken()
    return found


def flat() -> Iterator[Figure]:
    """Requests and units of each step with many stored orders, beside those with few: the same."""
    few, many = metered(_FEW), metered(_MANY)
    for step in STEPS:
        for unit, value, least in zip(Counts._fields, many[step.name], few[step.name], strict=True):
            if least:
                yield Figure(f"{step.name}, of {_MANY} stored", value, least, unit.replace("_", " "), 1.0)


def _acts(costs: Costs) -> Iterator[None]:
    for name in ("order_placed", "order_paid", "shipment_sent", "shipment_delivered"):
        _receives(costs, name)
        yield
        if name != "order_paid":
            posting.send_owed(costs.deps, ref_of(costs.deps, "northlight", NUMBER))
            yield
        costs.world.clock.advance(hours=1)
    _receives(costs, "shipment_delivered", again=True)
    yield


def _receives(costs: Costs, name: str, *, again: bool = False) -> None:
    key = f"hooks/northlight/own/{name}{'-again' if again else ''}"
    costs.world.hooks.kept[key] = RawHook(_body(costs, name, again=again))
    receiving.receive(costs.deps, HookReceived(key))


def _body(costs: Costs, name: str, *, again: bool) -> bytes:
    """The event as it happens now; a parcel holds everything."""
    body: dict[str, Any] = json.loads(hook(Source.OWN, name).body)
    at = costs.deps.now() - timedelta(hours=1 if again else 0)
    body["timestamp"] = at.replace(microsecond=0, second=0).isoformat()
    if name == "order_placed":
        body["data"] |= {"placed_at": body["timestamp"], "deliver_by": f"{at + timedelta(days=5):%Y-%m-%d}"}
    if "parcel" in body["data"]:
        body["data"]["parcel"] |= {"lines": [], "expected": f"{at + timedelta(days=2):%Y-%m-%d}"}
    return json.dumps(body).encode()


def _others(costs: Costs, stored: int) -> None:
    for number in range(stored):
        at = costs.world.clock.at
        order = made.taken(made.placed(at), at=at)
        costs.beside.commit_order(replace(order, ref=f"O-{number:05}-00000", number=str(number), version=1))
