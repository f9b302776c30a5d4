"""Mails: the ticket that one of our mails belongs to, the outcomes of received mails, suppressed addresses, and
objections to adverts."""

from collections.abc import Iterable
from datetime import date, datetime

from chalicelib.aws.table import item_keys, mail_items
from chalicelib.aws.table.codec import decode
from chalicelib.aws.table.table import MAX_KEYS, Table
from chalicelib.services.ports.mails import Reconciliation, UndeliveredMail
from chalicelib.services.ports.tickets import ItemRef


class Threads:
    """Implements services.ports.mails.Threads."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        wanted = list(dict.fromkeys(ids))[:MAX_KEYS]
        brought = self._table.get_all([mail_items.sent_key(id) for id in wanted])
        found = {item["pk"]["S"]: item["ref"]["S"] for item in brought}
        return next((found[pk] for id in wanted if (pk := f"SENT#{id}") in found), None)

    def item_of_sent(self, id: str) -> ItemRef | None:
        item = self._table.get(mail_items.sent_key(id))
        return ItemRef(item["ref"]["S"], item["message"]["S"] if "message" in item else None) if item else None


class Suppressions:
    """Implements services.ports.mails.Suppressions."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def suppress(self, key: str, why: str, until: datetime) -> None:
        self._table.put(mail_items.suppression_item(key, why, until))

    def is_suppressed(self, key: str, now: datetime) -> bool:
        """DynamoDB deletes expired items only within days, so the expiry is checked here."""
        item = self._table.get(mail_items.suppression_key(key))
        return item is not None and int(item["expires_at"]["N"]) > now.timestamp()


class Objections:
    """Implements services.ports.mails.Objections."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note_objection(self, shop: str, key: str, at: datetime) -> None:
        anew = "attribute_not_exists(pk) OR attribute_exists(lifted_at)"
        self._table.put_if(mail_items.objection_item(shop, key, at), anew)

    def lift_objection(self, shop: str, key: str, at: datetime, ref: str) -> None:
        if (objected_at := self.objected_at(shop, key)) is not None:
            lifted = mail_items.lifted_objection_item(shop, key, objected_at, at, ref)
            self._table.put_if(lifted, "attribute_exists(pk) AND attribute_not_exists(lifted_at)")

    def objected_at(self, shop: str, key: str) -> datetime | None:
        item = self._table.get(mail_items.objection_key(shop, key))
        return datetime.fromisoformat(item["at"]["S"]) if item and "lifted_at" not in item else None


class Undeliverable:
    """Implements services.ports.mails.Undeliverable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note_undeliverable(self, shop: str, undelivered: UndeliveredMail) -> None:
        self._table.put(mail_items.undelivered_item(shop, undelivered))

    def undelivered(self, shop: str, limit: int) -> list[UndeliveredMail]:
        values = {":list": {"S": mail_items.undelivered_list(shop)}}
        answer = self._table.query("pk = :list", values, ScanIndexForward=False, Limit=limit)
        return [decode(UndeliveredMail, item) for item in answer["Items"]]


class MailLog:
    """Implements services.ports.mails.MailLog."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        # An earlier run for the same mail may have recorded it.
        self._table.put_if(mail_items.outcome_item(raw_key, outcome, ref, now), "attribute_not_exists(outcome)")

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        update = mail_items.attempt_update(raw_key, now)
        found = self._table.client.update_item(TableName=self._table.name, **update)
        return int(found["Attributes"]["attempts"]["N"])

    def forget_attempts(self, raw_key: str) -> None:
        self._table.client.update_item(TableName=self._table.name, **mail_items.no_attempts_update(raw_key))

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        found = self._table.get_all([mail_items.outcome_key(key) for key in dict.fromkeys(raw_keys)])
        return {item["pk"]["S"].removeprefix("RAW#"): item["outcome"]["S"] for item in found if "outcome" in item}

    def note_reconciliation(self, reconciliation: Reconciliation) -> None:
        self._table.put(mail_items.reconciliation_item(reconciliation))

    def reconciliations(self, since: date, until: date) -> list[Reconciliation]:
        """One request per month, or two: a day has up to 150 KB where many mails are pending."""
        found: list[Reconciliation] = []
        for month in item_keys.months(since, until):
            days = {":since": {"S": since.isoformat()}, ":until": {"S": until.isoformat()}}
            values = {":month": {"S": f"RECONCILIATION#{month}"}} | days
            items = self._table.query_all("pk = :month AND sk BETWEEN :since AND :until", values)
            found += map(mail_items.read_reconciliation, items)
        return found
