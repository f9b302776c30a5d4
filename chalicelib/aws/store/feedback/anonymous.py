"""Feedback without an address: an item for each, by its day, that expires."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table.codec import attributes, decode
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.aws.table.table import NEW, Table

if TYPE_CHECKING:
    from chalicelib.rules.feedback.said import KeptFeedback


class AnonymousFeedback:
    """Implements services.ports.feedback.anonymous.AnonymousFeedback."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep_feedback(self, shop: str, id: str, feedback: "KeptFeedback") -> None:
        from chalicelib.rules.feedback.said import KEPT

        until = datetime.combine(feedback.day, time(), UTC) + KEPT
        key = key_of(f"FEEDBACK#{shop}", f"{feedback.day:%Y-%m-%d}#{id}")
        self._table.put_if(attributes(feedback) | key | {"expires_at": expiry_at(until)}, NEW)

    def latest_feedback(self, shop: str, limit: int) -> Sequence["KeptFeedback"]:
        from chalicelib.rules.feedback.said import KeptFeedback

        values: Any = {":pk": {"S": f"FEEDBACK#{shop}"}}
        found = self._table.query("pk = :pk", values, ScanIndexForward=False, Limit=limit)["Items"]
        return [decode(KeptFeedback, item) for item in found]
