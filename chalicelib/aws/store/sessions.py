"""Signing in and sessions in the table: what may happen once is a condition."""

from datetime import datetime
from typing import Any

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import Attributes, decode, encode
from chalicelib.aws.store.commits import NEW
from chalicelib.rules.access.sessions import Session, SignIn


def usable(item: Attributes | None, now: datetime) -> SignIn | None:
    """The link this item holds, unless it was used or its time is over: DynamoDB deletes what has expired in days."""
    if item is None or "used_at" in item:
        return None
    sign_in = decode(SignIn, item)
    return sign_in if now < sign_in.ends_at else None


def use(client: Any, table: str, id: str, now: datetime) -> SignIn | None:
    """As services.ports.deps.Store.use_sign_in says."""
    try:
        answer = client.update_item(
            TableName=table,
            Key=items.sign_in_key(id),
            UpdateExpression="SET used_at = :now",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(used_at) AND ends_at > :now",
            ExpressionAttributeValues={":now": encode(now)},
            ReturnValues="ALL_NEW",
        )
    except client.exceptions.ConditionalCheckFailedException:
        return None
    return decode(SignIn, answer["Attributes"])


def claim(client: Any, table: str, id: str, ends_at: datetime) -> bool:
    """As services.ports.deps.Store.claim_attempt says. It stands where a used link stands, and is none."""
    try:
        client.put_item(TableName=table, Item=items.attempt_item(id, ends_at), ConditionExpression=NEW)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def put(client: Any, table: str, session: Session) -> bool:
    """As services.ports.deps.Store.put_session says."""
    condition: dict[str, Any] = {"ConditionExpression": NEW}
    if session.version > 1:
        values = {":before": encode(session.version - 1)}
        condition = {"ConditionExpression": "version = :before", "ExpressionAttributeValues": values}
    try:
        client.put_item(TableName=table, Item=items.session_item(session), **condition)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
