"""Pages that are rung: the real package's WebSocket API on the embedded AWS, by its own protocol."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib.aws.table import ticket_items
from chalicelib.rules.bells.connections import OPENING
from local.aws import emulator
from tests.support import samples
from tests.support.stack.local_stack import PATIENCE, Outside, form, someone, until
from tests.support.stack.websocket import WebSocket

RING, TYPING = {"ring": True}, {"typing": True}


@pytest.fixture(scope="module")
def ticket(outside: Outside) -> tuple[str, str]:
    """A ticket's reference and the path of its customer's link."""
    address = someone()
    reference = outside.post_json("/shops/northlight/tickets", form(address)).json()["reference"]
    text = outside.message(outside.mail_to(address, reference))["Text"]
    link = next(word for word in text.split() if "/t/" in word)
    return reference, urlsplit(link).path


@contextmanager
def connected(outside: Outside, link: str, origin: str | None = None, token: str = "") -> Iterator[WebSocket]:
    """A connection of the page behind this link."""
    asked = outside.post_json(f"{link}/ring", {}).json()
    socket = WebSocket(f"{asked['url']}?t={token or asked['ticket']}", outside.url if origin is None else origin)
    try:
        yield socket
    finally:
        socket.close()


def connections(outside: Outside, reference: str) -> list[dict[str, Any]]:
    return list(outside.items(f"CONN#{reference}", "PLACE#"))


def nobody(outside: Outside, reference: str) -> None:
    until(lambda: not connections(outside, reference), PATIENCE, "connections that are forgotten")


def says(outside: Outside, reference: str, number: int) -> None:
    """Commit a line of the conversation."""
    said = samples.message_of(samples.reply(samples.ticket(reference), id=f"~{number:06}"))
    line = replace(said, outbox=None)
    outside.table().put_item(TableName=outside.started.stack.resources["Table"], Item=ticket_items.message_item(line))


def heard(socket: WebSocket) -> Any:
    said = socket.hear()
    return None if said is None else json.loads(said)


def test_a_committed_line_rings_at_each_page(outside: Outside, ticket: tuple[str, str]) -> None:
    reference, link = ticket
    with connected(outside, link) as first, connected(outside, link) as second:
        assert (first.status, second.status) == (101, 101)
        says(outside, reference, 2)
        assert (heard(first), heard(second)) == (RING, RING)
    nobody(outside, reference)


def test_a_pass_lets_in_once_and_only_our_pages(outside: Outside, ticket: tuple[str, str]) -> None:
    reference, link = ticket
    asked = outside.post_json(f"{link}/ring", {}).json()
    url = f"{asked['url']}?t={asked['ticket']}"
    origins = ("https://elsewhere.example", "", outside.url, outside.url)
    sockets = [WebSocket(url, origin) for origin in origins]
    assert [socket.status for socket in sockets] == [403, 403, 101, 403]
    for socket in sockets:
        socket.close()
    with connected(outside, link, token="x" * 43) as refused:
        assert refused.status == 403
    nobody(outside, reference)


def test_of_four_pages_of_a_customer_the_three_newest_are_rung(outside: Outside, ticket: tuple[str, str]) -> None:
    reference, link = ticket
    with ExitStack() as held:
        sockets = [held.enter_context(connected(outside, link)) for _ in range(4)]
        assert [socket.status for socket in sockets] == [101, 101, 101, 101]
        assert len(connections(outside, reference)) == 3
        says(outside, reference, 9)
        assert [heard(socket) for socket in sockets[1:]] == [RING, RING, RING]
    nobody(outside, reference)


def test_a_connection_that_is_gone_is_forgotten_when_it_is_rung(outside: Outside, ticket: tuple[str, str]) -> None:
    reference, link = ticket
    with connected(outside, link) as cut, connected(outside, link) as other:
        assert (cut.status, other.status) == (101, 101)
        first = min(connections(outside, reference), key=lambda item: str(item["sk"]["S"]))
        _cut(outside, link, first["id"]["S"])
        assert heard(cut) is None
        until(lambda: len(connections(outside, reference)) == 1, PATIENCE, "a connection that is forgotten")
        # As if API Gateway had never told us, of one that was open long before.
        opened = datetime.fromisoformat(first["ends_at"]["S"]) - OPENING
        first["ends_at"]["S"] = opened.isoformat().replace("+00:00", "Z")
        outside.table().put_item(TableName=outside.started.stack.resources["Table"], Item=first)
        says(outside, reference, 3)
        assert heard(other) == RING
        until(lambda: len(connections(outside, reference)) == 1, PATIENCE, "a connection that is forgotten")
    nobody(outside, reference)


def _cut(outside: Outside, link: str, id: str) -> None:
    """API Gateway ends the connection."""
    url = outside.post_json(f"{link}/ring", {}).json()["url"]
    by_name: Any = boto3.client
    api = by_name(
        "apigatewaymanagementapi",
        endpoint_url=url.replace("ws://", "http://"),
        region_name=emulator.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    api.delete_connection(ConnectionId=id)
