"""Connections that ring. Conditions ensure that a pass is used once and that a place has one connection."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.aws.table import connection_items
from chalicelib.aws.table.codec import Attributes, decode, encode
from chalicelib.aws.table.table import Table
from chalicelib.rules.bells.connections import TYPING_EVERY, Connection, Pass


class Connections:
    """Implements services.ports.bells.bells.Connections. DynamoDB deletes expired items only within days, so the expiry
    is checked here."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_pass(self, given: Pass) -> None:
        self._table.put(connection_items.pass_item(given))

    def find_pass(self, id: str, now: datetime) -> Pass | None:
        item = self._table.get(connection_items.pass_key(id))
        found = decode(Pass, item) if item else None
        return found if found and now < found.ends_at else None

    def connect(self, used: Pass, connection: Connection, now: datetime, instead_of: str = "") -> bool:
        name, values = self._table.name, {":now": encode(now)}
        taking: dict[str, Any] = {
            "ConditionExpression": "attribute_not_exists(pk) OR ends_at <= :now OR id = :old",
            "ExpressionAttributeValues": values | {":old": encode(instead_of)},
        }
        using = {"ConditionExpression": "ends_at > :now", "ExpressionAttributeValues": values}
        item = connection_items.place_item(connection)
        try:
            self._table.transact(
                (
                    {"Delete": {"TableName": name, "Key": connection_items.pass_key(used.id)} | using},
                    {"Put": {"TableName": name, "Item": item} | taking},
                    {"Put": {"TableName": name, "Item": connection_items.connection_item(connection)}},
                )
            )
        except self._table.client.exceptions.TransactionCanceledException:
            return False
        return True

    def connections(self, ref: str, now: datetime) -> list[Connection]:
        values = {":pk": connection_items.places_partition(ref)}
        answer = self._table.query("pk = :pk", values, ConsistentRead=True)
        found = (decode(Connection, item) for item in answer["Items"])
        return [connection for connection in found if now < connection.ends_at]

    def note_typing(self, id: str, now: datetime) -> Connection | None:
        client = self._table.client
        try:
            answer = client.update_item(
                TableName=self._table.name,
                Key=connection_items.connection_key(id),
                UpdateExpression="SET typing_at = :now",
                ConditionExpression="ends_at > :now AND (attribute_not_exists(typing_at) OR typing_at <= :before)",
                ExpressionAttributeValues={":now": encode(now), ":before": encode(now - TYPING_EVERY)},
                ReturnValues="ALL_NEW",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return None
        return decode(Connection, answer["Attributes"])

    def disconnect(self, id: str) -> None:
        gone = self._forget(id, ReturnValues="ALL_OLD")
        if gone:
            self._free(decode(Connection, gone))

    def forget_connection(self, connection: Connection) -> None:
        self._free(connection)
        self._forget(connection.id)

    def _forget(self, id: str, **asked: Any) -> Attributes | None:
        key = connection_items.connection_key(id)
        gone: Attributes | None = self._table.client.delete_item(TableName=self._table.name, Key=key, **asked).get(
            "Attributes"
        )
        return gone

    def _free(self, held: Connection) -> None:
        client = self._table.client
        with suppress(client.exceptions.ConditionalCheckFailedException):  # another has the place by now
            client.delete_item(
                TableName=self._table.name,
                Key=connection_items.place_key(held.ref, held.place),
                ConditionExpression="id = :id",
                ExpressionAttributeValues={":id": encode(held.id)},
            )
