"""The items of connections that ring.

| item | pk | sk | indexes |
|---|---|---|---|
| pass | CONN#<digest of its token> | PASS | none |
| connection | CONN#<ref> | PLACE#<place> | none |
| connection by its id | CONN#<connection id> | CONN | none |
"""

from datetime import timedelta

from chalicelib.aws.table.codec import Attributes, attributes
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.rules.bells.connections import Connection, Pass

# DynamoDB reads an expiry as whole seconds.
_MARGIN = timedelta(seconds=1)


def pass_key(id: str) -> Attributes:
    return key_of(f"CONN#{id}", "PASS")


def pass_item(given: Pass) -> Attributes:
    return attributes(given) | pass_key(given.id) | {"expires_at": expiry_at(given.ends_at + _MARGIN)}


def places_partition(ref: str) -> Attributes:
    """The key of the partition with a conversation's connections."""
    return {"S": f"CONN#{ref}"}


def place_key(ref: str, place: str) -> Attributes:
    return key_of(f"CONN#{ref}", f"PLACE#{place}")


def place_item(connection: Connection) -> Attributes:
    return _item(connection) | place_key(connection.ref, connection.place)


def connection_key(id: str) -> Attributes:
    return key_of(f"CONN#{id}", "CONN")


def connection_item(connection: Connection) -> Attributes:
    return _item(connection) | connection_key(connection.id)


def _item(connection: Connection) -> Attributes:
    return attributes(connection) | {"expires_at": expiry_at(connection.ends_at + _MARGIN)}
