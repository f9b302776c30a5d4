"""Sign-in links and sessions in the table. A condition ensures that something happens only once."""

from datetime import datetime

from chalicelib.aws.table import items
from chalicelib.aws.table.codec import decode, encode
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.access.sessions import Session, SignIn


class Sessions:
    """Implements services.ports.access.Sessions."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_sign_in(self, sign_in: SignIn) -> None:
        self._table.put(items.sign_in_item(sign_in))

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        """DynamoDB deletes expired items only within days, so the expiry is checked here."""
        item = self._table.get(items.sign_in_key(id))
        if item is None or "used_at" in item:
            return None
        sign_in = decode(SignIn, item)
        return sign_in if now < sign_in.ends_at else None

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        client = self._table.client
        try:
            answer = client.update_item(
                TableName=self._table.name,
                Key=items.sign_in_key(id),
                UpdateExpression="SET used_at = :now",
                ConditionExpression="attribute_exists(pk) AND attribute_not_exists(used_at) AND ends_at > :now",
                ExpressionAttributeValues={":now": encode(now)},
                ReturnValues="ALL_NEW",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return None
        return decode(SignIn, answer["Attributes"])

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        """The attempt is stored like a used link, under a key that no link has."""
        return self._table.put_if(items.attempt_item(id, ends_at), NEW)

    def put_session(self, session: Session) -> bool:
        return self._table.put_version(items.session_item(session), session.version)

    def session(self, id: str) -> Session | None:
        item = self._table.get(items.session_key(id))
        return decode(Session, item) if item else None

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        self._table.put(items.agent_item(address, at))

    def signed_out_at(self, address: str) -> datetime | None:
        item = self._table.get(items.agent_key(address))
        return datetime.fromisoformat(item["signed_out_at"]["S"]) if item else None
