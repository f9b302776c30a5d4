"""The items about mails, and those that count what was promised and told: the key and form of each.

| item | pk | sk | indexes |
|---|---|---|---|
| sent id | SENT#<id> | SENT | none |
| raw outcome | RAW#<key> | RAW | none |
| suppression | SUPPRESSED#<blinded key> | SUPPRESSED | none |
| objection | OBJECTION#<shop>#<blinded mailbox> | OBJECTION | none |
| reconciliation | RECONCILIATION#<yyyy-mm> | <yyyy-mm-dd> | none |
| undelivered mail | UNDELIVERED#<shop> | <moment>#<ref>#<purpose> | none |
| SLA counter | SLA#<shop> | <yyyy-mm-dd> | none |
| digest | DIGEST#<shop> | <yyyy-mm-dd>#<owner> | none |
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.aws.table.codec import Attributes, attributes, encode, instant
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.rules.tickets.ticket import SentId, SlaCount
from chalicelib.services.ports.mails import CountedHour, Reconciliation, UndeliveredMail

# How long a sent id leads to its ticket. Shops keep correspondence longer, but nobody answers a mail this old.
SENT_LIFE = timedelta(days=3 * 365)
OUTCOME_LIFE = timedelta(days=90)
SLA_LIFE = timedelta(days=400)
UNDELIVERED_LIFE = timedelta(days=90)


def sent_key(id: str) -> Attributes:
    return key_of(f"SENT#{id}", "SENT")


def sent_item(sent: SentId) -> Attributes:
    item = {**sent_key(sent.id), "ref": encode(sent.ref), "expires_at": expiry_at(sent.at + SENT_LIFE)}
    return item | ({"message": encode(sent.message)} if sent.message else {})


def outcome_item(raw_key: str, outcome: str, ref: str | None, now: datetime) -> Attributes:
    item = {**outcome_key(raw_key), "outcome": encode(outcome), "at": encode(now)}
    return item | {"expires_at": expiry_at(now + OUTCOME_LIFE)} | ({"ref": encode(ref)} if ref else {})


def outcome_key(raw_key: str) -> Attributes:
    return key_of(f"RAW#{raw_key}", "RAW")


def attempt_update(raw_key: str, now: datetime) -> Attributes:
    """The UpdateItem arguments that count an attempt in the item where the outcome will be stored."""
    return {
        "Key": outcome_key(raw_key),
        "UpdateExpression": "ADD attempts :one SET expires_at = :end",
        "ExpressionAttributeValues": {":one": encode(1), ":end": expiry_at(now + OUTCOME_LIFE)},
        "ReturnValues": "UPDATED_NEW",
    }


def no_attempts_update(raw_key: str) -> Attributes:
    """The UpdateItem arguments that begin the counting of attempts again."""
    return {"Key": outcome_key(raw_key), "UpdateExpression": "REMOVE attempts"}


def suppression_key(key: str) -> Attributes:
    return key_of(f"SUPPRESSED#{key}", "SUPPRESSED")


def suppression_item(key: str, why: str, until: datetime) -> Attributes:
    return {**suppression_key(key), "why": encode(why), "expires_at": expiry_at(until)}


def objection_key(shop: str, key: str) -> Attributes:
    return key_of(f"OBJECTION#{shop}#{key}", "OBJECTION")


def objection_item(shop: str, key: str, at: datetime) -> Attributes:
    """It has no end: whoever has objected gets no advert until they ask for it."""
    return {**objection_key(shop, key), "at": encode(at)}


def lifted_objection_item(shop: str, key: str, at: datetime, lifted_at: datetime, ref: str) -> Attributes:
    """`ref`: the ticket in which the customer asked for adverts again; its log says who noted it."""
    return {**objection_item(shop, key, at), "lifted_at": encode(lifted_at), "lifted_for": encode(ref)}


def reconciliation_item(reconciliation: Reconciliation) -> Attributes:
    day = reconciliation.day
    key = key_of(f"RECONCILIATION#{day:%Y-%m}", f"{day:%Y-%m-%d}")
    hours = {
        f"{hour:02}": {"M": {"outcomes": _counts(counted.outcomes), "pending": encode(counted.pending)}}
        for hour, counted in reconciliation.hours.items()
    }
    outcomes = _counts(reconciliation.outcomes)
    return key | {"received": encode(reconciliation.received), "outcomes": outcomes, "hours": {"M": hours}}


def read_reconciliation(item: Attributes) -> Reconciliation:
    """0.1.0 stored no hours."""
    hours = {int(hour): counted["M"] for hour, counted in item.get("hours", {"M": {}})["M"].items()}
    return Reconciliation(
        date.fromisoformat(item["sk"]["S"]),
        int(item["received"]["N"]),
        _read_counts(item["outcomes"]),
        {
            hour: CountedHour(_read_counts(counted["outcomes"]), tuple(key["S"] for key in counted["pending"]["L"]))
            for hour, counted in hours.items()
        },
    )


def _counts(outcomes: Mapping[str, int]) -> Attributes:
    return {"M": {outcome: encode(number) for outcome, number in outcomes.items()}}


def _read_counts(attribute: Attributes) -> dict[str, int]:
    return {outcome: int(number["N"]) for outcome, number in attribute["M"].items()}


def undelivered_list(shop: str) -> str:
    """The partition of a shop's undelivered mails."""
    return f"UNDELIVERED#{shop}"


def undelivered_item(shop: str, undelivered_mail: UndeliveredMail) -> Attributes:
    key = key_of(
        undelivered_list(shop), f"{instant(undelivered_mail.at)}#{undelivered_mail.ref}#{undelivered_mail.purpose}"
    )
    return attributes(undelivered_mail) | key | {"expires_at": expiry_at(undelivered_mail.at + UNDELIVERED_LIFE)}


def sla_key(shop: str, day: date) -> Attributes:
    return key_of(f"SLA#{shop}", f"{day:%Y-%m-%d}")


def sla_request(table: str, sla_counts: SlaCount) -> dict[str, Any]:
    """An update that adds to the SLA counters of the day."""
    added = {"kept": sla_counts.kept, "missed": sla_counts.missed}
    added |= {"orders": sla_counts.orders} if sla_counts.orders else {}
    for each in sla_counts.by:
        by_kind = {f"kept {each.kind}": each.kept, f"missed {each.kind}": each.missed}
        added |= {name: number for name, number in by_kind.items() if number}
    adding = ", ".join(f"#n{n} :n{n}" for n in range(len(added)))
    return {
        "TableName": table,
        "Key": sla_key(sla_counts.shop, sla_counts.at.date()),
        "UpdateExpression": f"ADD {adding} SET expires_at = :end",
        "ExpressionAttributeNames": {f"#n{n}": name for n, name in enumerate(added)},
        "ExpressionAttributeValues": {f":n{n}": encode(number) for n, number in enumerate(added.values())}
        | {":end": expiry_at(sla_counts.at + SLA_LIFE)},
    }


def digest_item(shop: str, owner: str, day: date, claimed_until: datetime, now: datetime) -> Attributes:
    claim = {"claimed_until": encode(claimed_until), "expires_at": expiry_at(now + SLA_LIFE)}
    return key_of(f"DIGEST#{shop}", f"{day:%Y-%m-%d}#{owner}") | claim
