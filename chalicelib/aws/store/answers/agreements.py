"""Contact agreements: an item for each customer who has one, which expires at its end."""

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.aws.table.codec import Attributes, attributes, decode
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.aws.table.table import Table

if TYPE_CHECKING:
    from chalicelib.rules.procedure.answers.agreement import Agreement


class Agreements:
    """Implements services.ports.answers.agreements.Agreements."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep_agreement(self, shop: str, key: str, agreement: "Agreement") -> None:
        self._table.put(attributes(agreement) | _key(shop, key) | {"expires_at": expiry_at(agreement.until)})

    def end_agreement(self, shop: str, key: str, now: datetime) -> None:
        """The function that serves agents may delete nothing: the item is emptied, and expires now."""
        self._table.put_if({**_key(shop, key), "expires_at": expiry_at(now)}, "attribute_exists(pk)")

    def agreement(self, shop: str, key: str) -> "Agreement | None":
        from chalicelib.rules.procedure.answers.agreement import Agreement

        item = self._table.get(_key(shop, key))
        return decode(Agreement, item) if item and "until" in item else None


def _key(shop: str, key: str) -> Attributes:
    return key_of(f"AGREEMENT#{shop}#{key}", "AGREEMENT")
