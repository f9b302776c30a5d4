"""A ticket's items: the form of each, and how it is read.

| item | pk | sk | indexes |
|---|---|---|---|
| ticket | TICKET#<ref> | TICKET | due_work while a step is to come; inbox until its purge begins; customer; calendar |
| message | TICKET#<ref> | MSG#<id> | due_work while mails are owed |
| log entry | TICKET#<ref> | LOG#<moment>#<version>.<n> or LOG#<moment>#<version>.<n>#<message> | none |
| draft | TICKET#<ref> | DRAFT#<agent> | none |
| raw mail about it | TICKET#<ref> | RAW#<key> | none |
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.aws.table.codec import ILL_FORMED, Attributes, attributes, decode, encode, instant
from chalicelib.aws.table.item_keys import due_work, expiry_at, inbox_order, key_of, message_key, ticket_key
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.privacy.hash_chain import Logged, as_read
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.inbox_keys import due_clock, due_in_inbox, place_in_inbox
from chalicelib.rules.tickets.outbox import Outbox, wakes_at
from chalicelib.rules.tickets.ticket import LogEntry, Message, Ticket, next_step
from chalicelib.services.ports.inbox import Cursor
from chalicelib.services.ports.tickets import Draft

# Values that a ticket and its opening message share, by the message's name and the ticket's: stored once if they are
# equal.
_SHARED_WITH_OPENING = {"ref": "ref", "at": "opened_at", "person": "requester", "channel": "channel"}
# Records on a ticket whose moment is left out if it is the ticket's opening, with the name of that moment.
_SINCE = {"clocks": "set_at", "log": "at"}


def ticket_item(ticket: Ticket) -> Attributes:
    item = attributes(ticket) | ticket_key(ticket.ref)
    opening = item["opening"]["M"]
    own = {name: part for name, part in opening.items() if part != item.get(_SHARED_WITH_OPENING.get(name, ""))}
    item["opening"] = {"M": own}
    item |= {name: _since_opening(item[name], at, item["opened_at"]) for name, at in _SINCE.items() if name in item}
    item |= _owing(ticket.outbox) | due_work(ticket.ref, *_next(ticket))
    if ticket.listed_by:
        item["customer"] = encode(f"{ticket.shop}#{canonical(ticket.listed_by)}")
    item["calendar"] = encode(f"{ticket.shop}#{ticket.opened_at:%Y-%m-%d}")
    if place := place_in_inbox(ticket):
        item["inbox"] = encode(f"{ticket.shop}#{place}")
        item["due"] = inbox_order(Cursor(due_in_inbox(ticket), ticket.opened_at, ticket.ref))
        item["requester_name"] = encode(ticket.requester.called)
        item |= {"due_clock": encode(due)} if (due := due_clock(ticket)) else {}
    return item


def is_written(ticket: Ticket, item: Mapping[str, Any]) -> bool:
    """Whether the item is what is written of this ticket. One without an address that was written before decision 323
    is in no customer's list."""
    written = ticket_item(ticket)
    if not ticket.requester.address and "customer" not in item:
        written.pop("customer", None)
    return written == item


def _next(ticket: Ticket) -> tuple[str, datetime | None]:
    """The ticket's next entry in the due-work index: its purpose and time. A purge has a purpose of its own, and is due
    only if nothing else is left to do and there is no legal hold."""
    retain = None if ticket.custody.legal_hold else ticket.clock(RETAIN)
    step = next_step(ticket)
    return ("purge", retain.due) if step is None and retain else ("step", step)


def _since_opening(records: Attributes, at: str, opened_at: Any) -> Attributes:
    """The records without their moment `at` where it equals the opening time."""
    return {
        "L": [
            {"M": {name: part for name, part in record["M"].items() if name != at or part != opened_at}}
            for record in records["L"]
        ]
    }


def message_item(message: Message) -> Attributes:
    item = attributes(message) | message_key(message.ref, message.id) | _owing(message.outbox)
    return item | due_work(message.ref, "step", wakes_at(message.outbox))


def log_items(item: Ticket | Message, entries: Iterable[LogEntry]) -> list[Attributes]:
    chain = item.id if isinstance(item, Message) else None
    return [logged_item(item.ref, Logged(entry, item.version, number, chain)) for number, entry in enumerate(entries)]


def logged_item(ref: str, logged: Logged) -> Attributes:
    """The key sorts entries of the same moment in the order in which they were written, by version and number. Entries
    in a message's own chain end with its id."""
    chain = f"#{logged.message}" if logged.message is not None else ""
    place = f"LOG#{instant(logged.entry.at)}#{logged.version:07}.{logged.number:03}{chain}"
    return attributes(logged.entry) | key_of(f"TICKET#{ref}", place)


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
    return key_of(f"TICKET#{ref}", f"DRAFT#{agent}")


def draft_item(draft: Draft, until: datetime) -> Attributes:
    return attributes(draft) | draft_key(draft.ref, draft.agent) | {"expires_at": expiry_at(until)}


def read_draft(item: Mapping[str, Any]) -> Draft:
    return decode(Draft, item)


def linked_raw_mail_item(ref: str, raw_key: str, until: datetime) -> Attributes:
    """Records that a raw mail concerns a ticket without being one of its messages: they are deleted together."""
    return {**key_of(f"TICKET#{ref}", f"RAW#{raw_key}"), "expires_at": expiry_at(until)}


def read_ticket(item: Mapping[str, Any]) -> Ticket:
    shared = {name: item[ticket_name] for name, ticket_name in _SHARED_WITH_OPENING.items() if ticket_name in item}
    since = {
        name: {"L": [{"M": {at: item["opened_at"]} | record["M"]} for record in item.get(name, {"L": []})["L"]]}
        for name, at in _SINCE.items()
    }
    return as_read(decode(Ticket, _unfolded(item) | {"opening": {"M": shared | item["opening"]["M"]}} | since))


def read_message(item: Mapping[str, Any]) -> Message:
    return as_read(decode(Message, _unfolded(item)))


def _owing(outbox: Outbox | None) -> Attributes:
    """The outbox's stage is a top-level text, because the stream's filter reads it; the mails are under `mails`."""
    return {"mails": encode(outbox), "outbox": encode(outbox.stage)} if outbox else {}


def _unfolded(item: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in item.items() if name != "outbox"}
    return rest | ({"outbox": item["mails"]} if "mails" in item else {})
