"""The mailbox's API, in the shape of Mailpit's (https://mailpit.axllent.org/docs/api-v1/), so that its clients work."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from local.mailbox.box import Entry, Mailbox
from local.mailbox.reading import Mail, Part, Person

PAGE = 50


def listing(mailbox: Mailbox, found: Sequence[Entry], start: int, limit: int) -> dict[str, Any]:
    """A page of the list. `total` counts the whole mailbox, `messages_count` the mails found."""
    page = found[start : start + limit]
    total = len(mailbox.newest_first())
    return {
        "total": total,
        "unread": total,
        "count": len(page),
        "messages_count": len(found),
        "messages_unread": len(found),
        "start": start,
        "tags": [],
        "messages": [summary(entry) for entry in page],
    }


def summary(entry: Entry) -> dict[str, Any]:
    """A mail as an entry of the list."""
    return {
        "ID": entry.id,
        "MessageID": entry.message_id,
        "Read": False,
        "From": _person(entry.sender),
        "To": _people(entry.to),
        "Cc": _people(entry.cc),
        "Bcc": _people(entry.bcc),
        "ReplyTo": _people(entry.reply_to),
        "Subject": entry.subject,
        "Created": _iso(entry.at),
        "Username": "",
        "Tags": [],
        "Size": entry.size,
        "Attachments": entry.attachments,
        "Snippet": entry.snippet,
    }


def message(entry: Entry, mail: Mail) -> dict[str, Any]:
    """A mail with its texts and a list of its parts."""
    headers = headers_of(mail)
    return {
        "ID": entry.id,
        "MessageID": entry.message_id,
        "From": _person(entry.sender),
        "To": _people(entry.to),
        "Cc": _people(entry.cc),
        "Bcc": _people(entry.bcc),
        "ReplyTo": _people(entry.reply_to),
        "ReturnPath": headers.get("Return-Path", [""])[0].strip("<> "),
        "Subject": entry.subject,
        "ListUnsubscribe": {"Header": "", "Links": [], "Errors": "", "HeaderPost": ""},
        "Date": _iso(entry.at),
        "Tags": [],
        "Username": "",
        "Text": mail.text,
        "HTML": mail.html,
        "Size": entry.size,
        "Inline": [_part(part) for part in mail.parts if part.inline],
        "Attachments": [_part(part) for part in mail.parts if not part.inline],
    }


def headers_of(mail: Mail) -> dict[str, list[str]]:
    """Every header with its values."""
    headers: dict[str, list[str]] = {}
    for name, value in mail.headers:
        headers.setdefault(name, []).append(value)
    return headers


def info(mailbox: Mailbox, since: float, now: float) -> dict[str, Any]:
    """What Mailpit says about itself, as far as it applies here."""
    entries = mailbox.newest_first()
    return {
        "Version": "aftercare-local",
        "LatestVersion": "",
        "Database": "",
        "DatabaseSize": sum(entry.size for entry in entries),
        "Messages": len(entries),
        "Unread": len(entries),
        "Tags": {},
        "RuntimeStats": {"Uptime": int(now - since), "MessagesDeleted": mailbox.deleted},
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "PartID": part.id,
        "FileName": part.filename,
        "ContentType": part.content_type,
        "ContentID": part.content_id,
        "Size": len(part.content),
        "Checksums": {"SHA256": hashlib.sha256(part.content).hexdigest()},
    }


def _people(people: Iterable[Person]) -> list[dict[str, str]]:
    return [_person(person) for person in people]


def _person(person: Person) -> dict[str, str]:
    return {"Name": person.name, "Address": person.address}


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
