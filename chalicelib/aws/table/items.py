"""The table's items: keys, index keys and form of each kind.

| item | pk | sk | indexes |
|---|---|---|---|
| ticket | TICKET#<ref> | TICKET | due_work while a step is to come; inbox until its purge begins; customer; calendar |
| message | TICKET#<ref> | MSG#<id> | due_work while mails are owed |
| log entry | TICKET#<ref> | LOG#<moment>#<version>.<n> or LOG#<moment>#<version>.<n>#<message> | none |
| draft | TICKET#<ref> | DRAFT#<agent> | none |
| sent id | SENT#<id> | SENT | none |
| raw outcome | RAW#<key> | RAW | none |
| counter | COUNT#<bound>#<key>#<number> | COUNT | none |
| counted | COUNTED#<key> | COUNTED | none |
| suppression | SUPPRESSED#<blinded key> | SUPPRESSED | none |
| reconciliation | RECONCILIATION#<yyyy-mm> | <yyyy-mm-dd> | none |
| SLA counter | SLA#<shop> | <yyyy-mm-dd> | none |
| digest | DIGEST#<shop> | <yyyy-mm-dd>#<owner> | none |
| word | WORD#<shop>#<blinded word> | <opened_at>#<ref> | none |
| undelivered mail | UNDELIVERED#<shop> | <moment>#<ref>#<purpose> | none |
| sign-in link | SIGNIN#<digest of its token> | SIGNIN | none |
| session | SESSION#<digest of its id> | SESSION | none |
| agent | AGENT#<address> | AGENT | none |
| due-work run | RUN | DUE_WORK | none |
| single sign-on attempt | SIGNIN#oidc#<id> | SIGNIN | none |
| export | EXPORT#<id> | EXPORT | none |
| raw mail about it | TICKET#<ref> | RAW#<key> | none |
| certificate | PURGE#<yyyy-mm> | <id> | none |
| audit event | AUDIT#<yyyy-mm> | <moment>#<id> | none |
| latest audit event | AUDIT#LATEST | LATEST | none |
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.aws.table.codec import ILL_FORMED, Attributes, attributes, decode, encode, instant
from chalicelib.rules.access.sessions import LIFE, Session, SignIn
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.privacy.hash_chain import Logged, as_read
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.inbox_keys import clock_in_inbox, due_in_inbox, place_in_inbox
from chalicelib.rules.tickets.outbox import Outbox, wakes_at
from chalicelib.rules.tickets.ticket import (
    LogEntry,
    Message,
    SentId,
    SlaCount,
    Ticket,
    next_step,
)
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.inbox import Cursor
from chalicelib.services.ports.mails import UndeliveredMail
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.ports.tickets import Draft
from chalicelib.services.ports.work import RunMark

# The due-work index is split so that no one partition takes every write.
SHARDS = 4
# How long a sent id leads to its ticket. Shops keep correspondence longer, but nobody answers a mail this old.
SENT_LIFE = timedelta(days=3 * 365)
OUTCOME_LIFE = timedelta(days=90)
SLA_LIFE = timedelta(days=400)
UNDELIVERED_LIFE = timedelta(days=90)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# This many hexadecimal digits of microseconds reach to the year 4253; one digit less, to 2112.
_MOMENT = 14
# Longer than the bucket's lifecycle keeps the file.
EXPORT_LIFE = timedelta(days=5)
# Values that a ticket and its opening message share, by the message's name and the ticket's: stored once if they are
# equal.
_SHARED_WITH_OPENING = {"ref": "ref", "at": "opened_at", "person": "requester", "channel": "channel"}


def ticket_partition(ref: str) -> Attributes:
    """The key of the partition with everything about a ticket."""
    return {"S": f"TICKET#{ref}"}


def ref_of(item: Mapping[str, Any]) -> str:
    """The ticket of the partition in which the item is."""
    return str(item["pk"]["S"]).removeprefix("TICKET#")


def ticket_key(ref: str) -> Attributes:
    return _key(f"TICKET#{ref}", "TICKET")


def message_key(ref: str, id: str) -> Attributes:
    return _key(f"TICKET#{ref}", f"MSG#{id}")


def sent_key(id: str) -> Attributes:
    return _key(f"SENT#{id}", "SENT")


def ticket_item(ticket: Ticket) -> Attributes:
    item = attributes(ticket) | ticket_key(ticket.ref)
    opening = item["opening"]["M"]
    own = {name: part for name, part in opening.items() if part != item.get(_SHARED_WITH_OPENING.get(name, ""))}
    item["opening"] = {"M": own}
    item |= {"clocks": _since_opening(item["clocks"], item["opened_at"])} if ticket.clocks else {}
    item |= _owing(ticket.outbox) | _due_work(ticket.ref, *_next(ticket))
    if ticket.requester.address:
        item["customer"] = encode(f"{ticket.shop}#{canonical(ticket.requester.address)}")
    item["calendar"] = encode(f"{ticket.shop}#{ticket.opened_at:%Y-%m-%d}")
    if place := place_in_inbox(ticket):
        due = clock_in_inbox(ticket)
        item["inbox"] = encode(f"{ticket.shop}#{place}")
        item["due"] = inbox_order(Cursor(due_in_inbox(ticket), ticket.opened_at, ticket.ref))
        item["requester_name"] = encode(ticket.requester.called)
        item |= {"due_clock": encode(due.name)} if due else {}
    return item


def _next(ticket: Ticket) -> tuple[str, datetime | None]:
    """The ticket's next entry in the due-work index: its purpose and time. A purge has a purpose of its own, and is due
    only if nothing else is left to do and there is no legal hold."""
    retain = None if ticket.custody.hold else ticket.clock(RETAIN)
    step = next_step(ticket)
    return ("purge", retain.due) if step is None and retain else ("step", step)


def _since_opening(clocks: Attributes, opened_at: Any) -> Attributes:
    """The clocks without `set_at` where it equals the opening time."""
    return {
        "L": [
            {"M": {name: part for name, part in clock["M"].items() if name != "set_at" or part != opened_at}}
            for clock in clocks["L"]
        ]
    }


def message_item(message: Message) -> Attributes:
    item = attributes(message) | message_key(message.ref, message.id) | _owing(message.outbox)
    return item | _due_work(message.ref, "step", wakes_at(message.outbox))


def log_items(item: Ticket | Message, entries: Iterable[LogEntry]) -> list[Attributes]:
    chain = item.id if isinstance(item, Message) else None
    return [logged_item(item.ref, Logged(entry, item.version, number, chain)) for number, entry in enumerate(entries)]


def logged_item(ref: str, logged: Logged) -> Attributes:
    """The key sorts entries of the same moment in the order in which they were written, by version and number. Entries
    in a message's own chain end with its id."""
    chain = f"#{logged.message}" if logged.message is not None else ""
    place = f"LOG#{instant(logged.entry.at)}#{logged.version:07}.{logged.number:03}{chain}"
    return attributes(logged.entry) | _key(f"TICKET#{ref}", place)


def read_logged(item: Mapping[str, Any]) -> Logged:
    _, _, place, *message = item["sk"]["S"].split("#", 3)
    version, _, number = place.partition(".")
    return Logged(decode(LogEntry, item), int(version), int(number), message[0] if message else None)


def readable(item: Mapping[str, Any]) -> Logged | None:
    """The log entry; None if it was altered so that it is not one. So the other entries can still be read and
    purged."""
    try:
        return read_logged(item)
    except ILL_FORMED:
        return None


def draft_key(ref: str, agent: str) -> Attributes:
    return _key(f"TICKET#{ref}", f"DRAFT#{agent}")


def draft_item(draft: Draft, until: datetime) -> Attributes:
    return attributes(draft) | draft_key(draft.ref, draft.agent) | {"expires_at": _expiry(until)}


def read_draft(item: Mapping[str, Any]) -> Draft:
    return decode(Draft, item)


def sent_item(sent: SentId) -> Attributes:
    item = {**sent_key(sent.id), "ref": encode(sent.ref), "expires_at": _expiry(sent.at + SENT_LIFE)}
    return item | ({"message": encode(sent.message)} if sent.message else {})


def outcome_item(raw_key: str, outcome: str, ref: str | None, now: datetime) -> Attributes:
    item = {**outcome_key(raw_key), "outcome": encode(outcome), "at": encode(now)}
    return item | {"expires_at": _expiry(now + OUTCOME_LIFE)} | ({"ref": encode(ref)} if ref else {})


def outcome_key(raw_key: str) -> Attributes:
    return _key(f"RAW#{raw_key}", "RAW")


def attempt_update(raw_key: str, now: datetime) -> Attributes:
    """The UpdateItem arguments that count an attempt in the item where the outcome will be stored."""
    return {
        "Key": outcome_key(raw_key),
        "UpdateExpression": "ADD attempts :one SET expires_at = :end",
        "ExpressionAttributeValues": {":one": encode(1), ":end": _expiry(now + OUTCOME_LIFE)},
        "ReturnValues": "UPDATED_NEW",
    }


def linked_raw_mail_item(ref: str, raw_key: str, until: datetime) -> Attributes:
    """Records that a raw mail concerns a ticket without being one of its messages: they are deleted together."""
    return {**_key(f"TICKET#{ref}", f"RAW#{raw_key}"), "expires_at": _expiry(until)}


def suppression_key(key: str) -> Attributes:
    return _key(f"SUPPRESSED#{key}", "SUPPRESSED")


def suppression_item(key: str, why: str, until: datetime) -> Attributes:
    return {**suppression_key(key), "why": encode(why), "expires_at": _expiry(until)}


def months(since: date, until: date) -> Iterator[str]:
    """The months of this range of days, as "2026-11": the partitions of items stored per day."""
    month = since.replace(day=1)
    while month <= until:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=31)).replace(day=1)


def reconciliation_item(day: date, received: int, outcomes: Mapping[str, int]) -> Attributes:
    counts = {outcome: encode(number) for outcome, number in outcomes.items()}
    key = _key(f"RECONCILIATION#{day:%Y-%m}", f"{day:%Y-%m-%d}")
    return key | {"received": encode(received), "outcomes": {"M": counts}}


def sla_key(shop: str, day: date) -> Attributes:
    return _key(f"SLA#{shop}", f"{day:%Y-%m-%d}")


def sla_request(table: str, sla_counts: SlaCount) -> dict[str, Any]:
    """An update that adds to the SLA counters of the day."""
    return {
        "TableName": table,
        "Key": sla_key(sla_counts.shop, sla_counts.at.date()),
        "UpdateExpression": "ADD kept :kept, missed :missed SET expires_at = :end",
        "ExpressionAttributeValues": {
            ":kept": encode(sla_counts.kept),
            ":missed": encode(sla_counts.missed),
            ":end": _expiry(sla_counts.at + SLA_LIFE),
        },
    }


def digest_item(shop: str, owner: str, day: date, claimed_until: datetime, now: datetime) -> Attributes:
    claim = {"claimed_until": encode(claimed_until), "expires_at": _expiry(now + SLA_LIFE)}
    return _key(f"DIGEST#{shop}", f"{day:%Y-%m-%d}#{owner}") | claim


def undelivered_list(shop: str) -> str:
    """The partition of a shop's undelivered mails."""
    return f"UNDELIVERED#{shop}"


def run_key() -> Attributes:
    """The item in which the latest due-work run records its progress."""
    return _key("RUN", "DUE_WORK")


def run_item(mark: RunMark) -> Attributes:
    return attributes(mark) | run_key()


def undelivered_item(shop: str, lost: UndeliveredMail) -> Attributes:
    key = _key(undelivered_list(shop), f"{instant(lost.at)}#{lost.ref}#{lost.purpose}")
    return attributes(lost) | key | {"expires_at": _expiry(lost.at + UNDELIVERED_LIFE)}


def word_list(shop: str, word: str) -> str:
    """The partition of a (blinded) word."""
    return f"WORD#{shop}#{word}"


def word_key(shop: str, word: str, mention: SearchHit) -> Attributes:
    """An index entry: it has no attributes other than its key."""
    return _key(word_list(shop, word), f"{instant(mention.opened_at)}#{mention.ref}")


def counter_key(bound: Bound, key: str, number: int) -> Attributes:
    return _key(f"COUNT#{bound}#{key}#{number}", "COUNT")


def counted_item(key: str, until: datetime, used_up: Iterable[Bound]) -> Attributes:
    budgets = {"used_up": encode(tuple(sorted(used_up)))} if used_up else {}
    return {**_key(f"COUNTED#{key}", "COUNTED"), "expires_at": _expiry(until), **budgets}


def used_up(counted: Attributes) -> frozenset[Bound]:
    """The budgets that were used up when this was counted."""
    return frozenset(Bound(each["S"]) for each in counted.get("used_up", {}).get("L", ()))


def sign_in_key(id: str) -> Attributes:
    return _key(f"SIGNIN#{id}", "SIGNIN")


def attempt_item(id: str, ends_at: datetime) -> Attributes:
    return sign_in_key(f"oidc#{id}") | {"used_at": encode(ends_at), "expires_at": _expiry(ends_at)}


def sign_in_item(sign_in: SignIn) -> Attributes:
    return attributes(sign_in) | sign_in_key(sign_in.id) | {"expires_at": _expiry(sign_in.ends_at)}


def session_key(id: str) -> Attributes:
    return _key(f"SESSION#{id}", "SESSION")


def session_item(session: Session) -> Attributes:
    return attributes(session) | session_key(session.id) | {"expires_at": _expiry(session.ends_at)}


def agent_key(address: str) -> Attributes:
    return _key(f"AGENT#{address}", "AGENT")


def agent_item(address: str, signed_out_at: datetime) -> Attributes:
    """It expires when the last session it could concern has ended, with a margin because clocks differ."""
    expiry = _expiry(signed_out_at + 2 * LIFE)
    return agent_key(address) | {"signed_out_at": encode(signed_out_at), "expires_at": expiry}


def export_key(id: str) -> Attributes:
    return _key(f"EXPORT#{id}", "EXPORT")


def export_item(export: Export) -> Attributes:
    expiry = _expiry(export.begun_at + EXPORT_LIFE)
    return attributes(export) | export_key(export.id) | {"expires_at": expiry}


def audit_event_item(audit_event: AuditEvent) -> Attributes:
    """No expiry: the audit trail outlives the data it is about."""
    return attributes(audit_event) | _key(
        f"AUDIT#{audit_event.at:%Y-%m}", f"{instant(audit_event.at)}#{audit_event.id}"
    )


def latest_audit_event_key() -> Attributes:
    """The item with the place of the latest audit event."""
    return _key("AUDIT#LATEST", "LATEST")


def latest_audit_event_item(place: ChainPlace) -> Attributes:
    return attributes(place) | latest_audit_event_key()


def inbox_place(inbox: Attributes, place: Cursor) -> Attributes:
    """The start key for a query of the inbox index, whether or not the entry still exists."""
    return ticket_key(place.ref) | {"inbox": inbox, "due": inbox_order(place)}


def inbox_order(place: Cursor) -> dict[str, str]:
    """The index's range key. Tickets due at the same time, as after every weekend, are sorted by age."""
    return {"S": inbox_moment(place.due) + inbox_moment(place.opened_at)[1:]}


def inbox_moment(moment: datetime) -> str:
    """A moment as the beginning of that key: in microseconds, fixed width, and short, because each byte adds to the
    cost of opening a ticket. On its own it sorts before everything due at that moment."""
    microseconds = (moment - _EPOCH) // _MICROSECOND
    return f"{min(max(microseconds, 0), 16**_MOMENT - 1):0{_MOMENT}x}"


def inbox_due(key: str) -> datetime:
    """The due moment at the beginning of that key."""
    return _EPOCH + int(key[:_MOMENT], 16) * _MICROSECOND


def read_ticket(item: Mapping[str, Any]) -> Ticket:
    shared = {name: item[ticket_name] for name, ticket_name in _SHARED_WITH_OPENING.items() if ticket_name in item}
    set_at = {"set_at": item["opened_at"]}
    clocks = {"L": [{"M": set_at | clock["M"]} for clock in item.get("clocks", {"L": []})["L"]]}
    return as_read(
        decode(Ticket, _unfolded(item) | {"opening": {"M": shared | item["opening"]["M"]}, "clocks": clocks})
    )


def read_message(item: Mapping[str, Any]) -> Message:
    return as_read(decode(Message, _unfolded(item)))


def purge_shard(ref: str) -> str:
    """The shard of the due-work index for a ticket's purge."""
    return f"purge#{zlib.crc32(ref.encode()) % SHARDS}"


def due_work_shards(purpose: str = "step") -> list[str]:
    return [f"{purpose}#{shard}" for shard in range(SHARDS)]


def _owing(outbox: Outbox | None) -> Attributes:
    """The outbox's stage is a top-level text, because the stream's filter reads it; the mails are under `mails`."""
    return {"mails": encode(outbox), "outbox": encode(outbox.stage)} if outbox else {}


def _due_work(ref: str, purpose: str, step: datetime | None) -> Attributes:
    """The item's keys in the due-work index; an item without a next step is not in it."""
    if step is None:
        return {}
    shard = zlib.crc32(ref.encode()) % SHARDS
    return {"due_work": encode(f"{purpose}#{shard}"), "next_step": encode(step)}


def _unfolded(item: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in item.items() if name != "outbox"}
    return rest | ({"outbox": item["mails"]} if "mails" in item else {})


def _key(pk: str, sk: str) -> Attributes:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _expiry(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}
