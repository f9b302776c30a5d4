"""Which records of the table's stream lead to counting, which to indexing."""

import json
from typing import Any

from chalicelib.aws.events import each_indexed
from chalicelib.aws.table import ticket_items
from chalicelib.rules.learning.counted import COUNTED
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.ticket import LogEntry
from deploy import package
from tests.support import samples
from tests.support.store.fakes import START


def records(*images: Any) -> dict[str, Any]:
    return {"Records": [{"dynamodb": {"NewImage": image}} for image in images]}


def logged(action: Action) -> Any:
    return ticket_items.log_items(samples.ticket(), [LogEntry(START, "customer", action)])[0]


def test_a_ticket_is_counted_once_for_all_its_records() -> None:
    noted, counted = list[Any](), list[str]()
    images = [ticket_items.ticket_item(samples.ticket()), *map(logged, Action)]
    each_indexed(records(*images, *images), noted.append, counted.append)
    assert counted == [samples.REF]
    assert len(noted) == 2 * (1 + sum(action.names_people for action in Action))


def test_what_says_nothing_is_not_counted() -> None:
    counted = list[str]()
    message = samples.reply(samples.ticket()).messages[0]
    silent = [logged(action) for action in Action if action not in COUNTED]
    each_indexed(records(ticket_items.message_item(message), *silent), lambda item: None, counted.append)
    assert counted == []


def test_packaging_lets_through_what_is_counted() -> None:
    (actions,) = package._corrections()["dynamodb"]["NewImage"]["action"].values()
    assert set(actions) >= {*COUNTED, *(action for action in Action if action.names_people)}
    assert json.dumps(actions)
