"""The items about sources of events: the key and form of each.

| item | pk | sk | indexes |
|---|---|---|---|
| contact | SOURCE#<shop>#<source> | CONTACT | none |
| read until | SOURCE#<shop>#<source> | READ_UNTIL | none |
| token | SOURCE#<shop>#<messenger> | TOKEN | none |
| order's id | SOURCE#<shop>#<source>#<id> | ORDER_ID | none |
| data request | SOURCE#<shop> | <moment>#<digest of the raw key> | none |
| late order | SOURCE#<shop>#LATE | <moment>#<ref> | none |
| outgoing event | OUT#<shop> | <digest of order and line> | none |
"""

import hashlib
from datetime import UTC, datetime, timedelta

from chalicelib.aws.table.codec import Attributes, attributes, encode, instant
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.rules.orders.duties.telling import OutgoingEvent
from chalicelib.services.ports.events.source_log import Contact, DataRequest, LateOrder, TokenState

# A refund may come long after the order.
ORDER_ID_LIFE = timedelta(days=2 * 365)
# As long as the raw event that says who asked.
DATA_REQUEST_LIFE = timedelta(days=30)
# As long as `health` names it, and a day more.
LATE_ORDER_LIFE = timedelta(days=4)
# Tried for three days, then named by `health` until it goes.
OUTGOING_LIFE = timedelta(days=30)
_MINUTE = 60


def contact_key(shop: str, source: str) -> Attributes:
    return key_of(f"SOURCE#{shop}#{source}", "CONTACT")


def contact_item(shop: str, source: str, contact: Contact) -> Attributes:
    """Moments are stored as minutes since 1970, so that the item stays small."""
    minutes = tuple(int(moment.timestamp()) // _MINUTE for moment in contact.moments)
    return contact_key(shop, source) | {"minutes": encode(minutes)}


def read_contact(item: Attributes) -> Contact:
    return Contact(tuple(datetime.fromtimestamp(int(each["N"]) * _MINUTE, UTC) for each in item["minutes"]["L"]))


def read_until_key(shop: str, source: str) -> Attributes:
    return key_of(f"SOURCE#{shop}#{source}", "READ_UNTIL")


def read_until_item(shop: str, source: str, at: datetime) -> Attributes:
    return read_until_key(shop, source) | {"at": encode(at)}


def token_key(shop: str, provider: str) -> Attributes:
    return key_of(f"SOURCE#{shop}#{provider}", "TOKEN")


def token_item(shop: str, provider: str, state: TokenState) -> Attributes:
    """Without refusals the messenger takes every token again."""
    return token_key(shop, provider) | attributes(state)


def order_id_key(shop: str, source: str, id: str) -> Attributes:
    return key_of(f"SOURCE#{shop}#{source}#{id}", "ORDER_ID")


def order_id_item(shop: str, source: str, id: str, number: str, now: datetime) -> Attributes:
    return order_id_key(shop, source, id) | {"number": encode(number), "expires_at": expiry_at(now + ORDER_ID_LIFE)}


def data_request_list(shop: str) -> str:
    """The partition of a shop's requests about personal data."""
    return f"SOURCE#{shop}"


def data_request_item(shop: str, request: DataRequest) -> Attributes:
    digest = hashlib.sha256(request.key.encode()).hexdigest()[:16]
    key = key_of(data_request_list(shop), f"{instant(request.at)}#{digest}")
    return attributes(request) | key | {"expires_at": expiry_at(request.at + DATA_REQUEST_LIFE)}


def late_order_list(shop: str) -> str:
    """The partition of the orders of which we heard late. No source has this name."""
    return f"SOURCE#{shop}#LATE"


def late_order_item(shop: str, late: LateOrder) -> Attributes:
    key = key_of(late_order_list(shop), f"{instant(late.at)}#{late.ref}")
    return attributes(late) | key | {"expires_at": expiry_at(late.at + LATE_ORDER_LIFE)}


def outgoing_list(shop: str) -> str:
    """The partition of what a shop's system was not told yet."""
    return f"OUT#{shop}"


def outgoing_item(event: OutgoingEvent) -> Attributes:
    key = key_of(outgoing_list(event.shop), event.place)
    return attributes(event) | key | {"expires_at": expiry_at(event.at + OUTGOING_LIFE)}
