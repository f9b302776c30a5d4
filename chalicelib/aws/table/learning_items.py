"""The items of counts by day, of what was counted of a subject, and of improvements.

| item | pk | sk |
|---|---|---|
| tally | TALLIED#<subject> | TALLIED |
| counts of a day | STAT#<shop> | TICKETS#<yyyy-mm-dd> |
| improvement | IMPROVE#<shop> | <id> |
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table.codec import Attributes, attributes, decode, encode
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.services.ports.learning.tallies import Kept, Tallied

if TYPE_CHECKING:
    from chalicelib.rules.learning.improvements import Improvement

KEPT = timedelta(days=3 * 366)
"""How long counts are kept after their day."""
_OWN = ("pk", "sk", "expires_at")


def tally_key(subject: str) -> Attributes:
    return key_of(f"TALLIED#{subject}", "TALLIED")


def tally_item(tallied: Tallied) -> Attributes:
    counts = {"counts": {"M": {name: _number(n) for name, n in tallied.counts.items()}}}
    about = {"shop": encode(tallied.shop), "day": encode(tallied.day), "version": encode(tallied.version)}
    return tally_key(tallied.subject) | about | counts | {"expires_at": _end(tallied.day)}


def read_tally(subject: str, item: Mapping[str, Any]) -> Tallied:
    counts = {name: int(n["N"]) for name, n in item["counts"]["M"].items()}
    day = date.fromisoformat(item["day"]["S"])
    return Tallied(subject, item["shop"]["S"], day, int(item["version"]["N"]), counts)


def day_key(shop: str, day: date) -> Attributes:
    return key_of(f"STAT#{shop}", f"TICKETS#{day:%Y-%m-%d}")


def day_of(item: Mapping[str, Any]) -> date:
    return date.fromisoformat(item["sk"]["S"].rpartition("#")[2])


def day_request(table: str, tallied: Tallied, added: Mapping[str, int]) -> dict[str, Any]:
    """An update that adds to the counts of the day."""
    names = {f"#n{n}": name for n, name in enumerate(added)}
    values: dict[str, Any] = {f":n{n}": _number(number) for n, number in enumerate(added.values())}
    adding = ", ".join(f"#n{n} :n{n}" for n in range(len(added)))
    return {
        "TableName": table,
        "Key": day_key(tallied.shop, tallied.day),
        "UpdateExpression": f"ADD {adding} SET expires_at = :end",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values | {":end": _end(tallied.day)},
    }


def read_day(item: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(n["N"]) for name, n in item.items() if name not in _OWN and n["N"] != "0"}


def read_promises(item: Mapping[str, Any]) -> Kept:
    found = {name: int(n["N"]) for name, n in item.items() if name not in _OWN}
    kinds = {name.partition(" ")[2] for name in found if name.startswith(("kept ", "missed "))}
    by = {kind: (found.get(f"kept {kind}", 0), found.get(f"missed {kind}", 0)) for kind in sorted(kinds)}
    return Kept(found.get("kept", 0), found.get("missed", 0), found.get("orders", 0), by)


def improvement_list(shop: str) -> str:
    return f"IMPROVE#{shop}"


def improvement_key(shop: str, id: str) -> Attributes:
    return key_of(improvement_list(shop), id)


def improvement_item(improvement: "Improvement") -> Attributes:
    """It is kept for as long as counts are, after it was closed."""
    ends = {"expires_at": expiry_at(improvement.closed_at + KEPT)} if improvement.closed_at else {}
    return attributes(improvement) | improvement_key(improvement.shop, improvement.id) | ends


def read_improvement(item: Mapping[str, Any]) -> "Improvement":
    from chalicelib.rules.learning.improvements import Improvement

    return decode(Improvement, item)


def _number(number: int) -> dict[str, str]:
    return {"N": str(number)}


def _end(day: date) -> dict[str, str]:
    return expiry_at(datetime.combine(day, time(), UTC) + KEPT)
