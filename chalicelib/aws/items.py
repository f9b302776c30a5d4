"""The table's items: keys, index keys and form of each kind.

| item | pk | sk | indexes |
|---|---|---|---|
| ticket | TICKET#<ref> | TICKET | agenda while mails are owed; inbox while not closed; customer; calendar |
| message | TICKET#<ref> | MSG#<id> | agenda while mails are owed |
| log entry | TICKET#<ref> | LOG#<moment>#<version>.<n> | none |
| sent id | SENT#<id> | SENT | none |
| raw outcome | RAW#<key> | RAW | none |
| counter | COUNT#<key>#<window> | COUNT | none |
| flag | FLAG#<blinded address> | FLAG | none |
| balance | BALANCE#<yyyy-mm> | <yyyy-mm-dd> | none |
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.aws.codec import Attributes, attributes, decode, encode, instant
from chalicelib.rules.clocks import earliest_due
from chalicelib.rules.outbox import Outbox, Stage
from chalicelib.rules.tickets import LogEntry, Message, SentId, State, Ticket

# The agenda is split so that no one partition takes every write.
SHARDS = 4
# How long a sent id finds its ticket. Shops keep correspondence longer, but nobody answers a mail this old.
SENT_LIFE = timedelta(days=3 * 365)
OUTCOME_LIFE = timedelta(days=90)
# What a ticket and its opening message both say, by the message's name and the ticket's: kept once where it is equal.
_SAID_TWICE = {"ref": "ref", "at": "opened_at", "person": "requester", "channel": "channel"}


def ticket_key(ref: str) -> Attributes:
    return _key(f"TICKET#{ref}", "TICKET")


def message_key(ref: str, id: str) -> Attributes:
    return _key(f"TICKET#{ref}", f"MSG#{id}")


def sent_key(id: str) -> Attributes:
    return _key(f"SENT#{id}", "SENT")


def ticket_item(ticket: Ticket) -> Attributes:
    item = attributes(ticket) | ticket_key(ticket.ref)
    opening = item["opening"]["M"]
    own = {name: part for name, part in opening.items() if part != item.get(_SAID_TWICE.get(name, ""))}
    item["opening"] = {"M": own}
    item |= _owing(ticket.ref, ticket.outbox)
    item["customer"] = encode(f"{ticket.shop}#{ticket.requester.address.lower()}")
    item["calendar"] = encode(f"{ticket.shop}#{ticket.opened_at:%Y-%m-%d}")
    if ticket.state is not State.CLOSED:
        item["inbox"] = encode(f"{ticket.shop}#{ticket.state}")
        item["due"] = encode(earliest_due(ticket.clocks) or ticket.opened_at)
        item["requester_name"] = encode(ticket.requester.name or ticket.requester.address)
    return item


def message_item(message: Message) -> Attributes:
    return attributes(message) | message_key(message.ref, message.id) | _owing(message.ref, message.outbox)


def log_items(ref: str, version: int, entries: Iterable[LogEntry]) -> list[Attributes]:
    return [
        attributes(entry) | _key(f"TICKET#{ref}", f"LOG#{instant(entry.at)}#{version}.{number}")
        for number, entry in enumerate(entries)
    ]


def sent_item(sent: SentId) -> Attributes:
    item = {**sent_key(sent.id), "ref": encode(sent.ref), "expires_at": _expiry(sent.at + SENT_LIFE)}
    return item | ({"message": encode(sent.message)} if sent.message else {})


def outcome_item(raw_key: str, outcome: str, ref: str | None, now: datetime) -> Attributes:
    item = {**outcome_key(raw_key), "outcome": encode(outcome), "at": encode(now)}
    return item | {"expires_at": _expiry(now + OUTCOME_LIFE)} | ({"ref": encode(ref)} if ref else {})


def outcome_key(raw_key: str) -> Attributes:
    return _key(f"RAW#{raw_key}", "RAW")


def flag_key(key: str) -> Attributes:
    return _key(f"FLAG#{key}", "FLAG")


def flag_item(key: str, why: str, until: datetime) -> Attributes:
    return {**flag_key(key), "why": encode(why), "expires_at": _expiry(until)}


def balance_item(day: date, received: int, outcomes: Mapping[str, int]) -> Attributes:
    counts = {outcome: encode(number) for outcome, number in outcomes.items()}
    key = _key(f"BALANCE#{day:%Y-%m}", f"{day:%Y-%m-%d}")
    return key | {"received": encode(received), "outcomes": {"M": counts}}


def counter_key(key: str, window: int) -> Attributes:
    return _key(f"COUNT#{key}#{window}", "COUNT")


def read_ticket(item: Mapping[str, Any]) -> Ticket:
    said = {name: item[twice] for name, twice in _SAID_TWICE.items() if twice in item}
    return decode(Ticket, _unfolded(item) | {"opening": {"M": said | item["opening"]["M"]}})


def read_message(item: Mapping[str, Any]) -> Message:
    return decode(Message, _unfolded(item))


def agenda_shards() -> list[str]:
    return [f"step#{shard}" for shard in range(SHARDS)]


def _owing(ref: str, outbox: Outbox | None) -> Attributes:
    """The stage stands at the top as a word, where the stream's filter sees it; the mails stand under `mails`.
    What owes nothing leaves the agenda."""
    if outbox is None:
        return {}
    mails = {"mails": encode(outbox)}
    if outbox.stage is Stage.DONE:
        return mails | {"outbox": encode(outbox.stage)}
    shard = zlib.crc32(ref.encode()) % SHARDS
    return mails | {
        "outbox": encode(outbox.stage),
        "agenda": encode(f"step#{shard}"),
        "next_step": encode(outbox.wake_at),
    }


def _unfolded(item: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in item.items() if name != "outbox"}
    return rest | ({"outbox": item["mails"]} if "mails" in item else {})


def _key(pk: str, sk: str) -> Attributes:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _expiry(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}
