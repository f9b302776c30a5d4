"""Who waits for a product, and which products are back.

| item | pk | sk | indexes |
|---|---|---|---|
| somebody waits | WAIT#<shop>#<sku> | <blinded mailbox> | customer: <shop>#waiting#<address> |
| a product is back | BACK#<shop>#<sku> | BACK | due_work until all are told |

Who is forgotten is overwritten by an item that holds nothing and expires at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table.codec import attributes, decode, encode
from chalicelib.aws.table.item_keys import due_work, expiry_at, key_of
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.identity.addressing import canonical

if TYPE_CHECKING:
    from chalicelib.services.ports.products.waiting import Back, Waiting

_BACK = "BACK#"
_MOST = 100


class WaitingList:
    """Implements services.ports.products.waiting.WaitingList."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def ask(self, waiting: "Waiting") -> None:
        over = f"{NEW} OR attribute_not_exists(confirmed_at) OR #until < :now"
        named: Any = {"ExpressionAttributeNames": {"#until": "until"}}
        values = {":now": encode(waiting.asked_at)}
        self._table.put_if(_item(waiting), over, **named, ExpressionAttributeValues=values)

    def confirm(self, waiting: "Waiting") -> bool:
        return self._table.put_if(_item(waiting), "attribute_exists(address)")

    def waits(self, shop: str, sku: str, key: str) -> "Waiting | None":
        item = self._table.get(_key(shop, sku, key))
        return _read(item) if item and "address" in item else None

    def confirmed(self, shop: str, sku: str, limit: int) -> "Sequence[Waiting]":
        values: Any = {":pk": {"S": _partition(shop, sku)}}
        found = self._table.query_all("pk = :pk", values, FilterExpression="attribute_exists(confirmed_at)")
        return [_read(item) for item, _ in zip(found, range(limit), strict=False)]

    def claim(self, waiting: "Waiting", now: datetime, until: datetime) -> bool:
        item = _item(waiting) | {"claimed_until": encode(until)}
        free = "attribute_exists(address) AND (attribute_not_exists(claimed_until) OR claimed_until < :now)"
        return self._table.put_if(item, free, ExpressionAttributeValues={":now": encode(now)})

    def forget(self, waiting: "Waiting", now: datetime) -> None:
        self._table.put(_key(waiting.shop, waiting.sku, waiting.key) | {"expires_at": expiry_at(now)})

    def waiting_of(self, shop: str, address: str) -> "Sequence[Waiting]":
        values: Any = {":person": {"S": _person(shop, address)}}
        found = self._table.query("customer = :person", values, IndexName="customer", Limit=_MOST)["Items"]
        return [_read(item) for item in self._table.get_all([key_of(i["pk"]["S"], i["sk"]["S"]) for i in found])]

    def note_back(self, back: "Back") -> None:
        self._table.put(_back_item(back) | due_work(back.sku, "step", back.at))

    def back(self, ref: str) -> "Back | None":
        from chalicelib.services.ports.products.waiting import Back

        item = self._table.get(key_of(ref, "BACK"))
        return decode(Back, item) if item and "due_work" in item else None

    def all_told(self, back: "Back") -> None:
        item = _back_item(back) | {"expires_at": expiry_at(back.at)}
        same: Any = {"ExpressionAttributeNames": {"#at": "at"}, "ExpressionAttributeValues": {":at": encode(back.at)}}
        self._table.put_if(item, "#at = :at", **same)


def _item(waiting: "Waiting") -> Any:
    keys = {"customer": encode(_person(waiting.shop, waiting.address)), "opened_at": encode(waiting.asked_at)}
    key = _key(waiting.shop, waiting.sku, waiting.key)
    return attributes(waiting) | key | keys | {"expires_at": expiry_at(waiting.until)}


def _read(item: Any) -> "Waiting":
    from chalicelib.services.ports.products.waiting import Waiting

    return decode(Waiting, item)


def _back_item(back: "Back") -> Any:
    return attributes(back) | key_of(f"{_BACK}{back.shop}#{back.sku.lower()}", "BACK")


def _partition(shop: str, sku: str) -> str:
    return f"WAIT#{shop}#{sku.lower()}"


def _key(shop: str, sku: str, key: str) -> Any:
    return key_of(_partition(shop, sku), key)


def _person(shop: str, address: str) -> str:
    return f"{shop}#waiting#{canonical(address)}"
