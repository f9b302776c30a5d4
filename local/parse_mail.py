"""Explains how mails are read: file paths on standard input, one JSON object per line on standard output.
For people who ask why a mail was read in a certain way."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from chalicelib.mail.inbound import Address, Attachment, InboundMail
from chalicelib.mail.reading import read


def main() -> int:
    """Read every given path. A file that cannot be opened gives an object with an `error`, and exit status 1."""
    status = 0
    for line in sys.stdin:
        path = line.rstrip("\r\n")
        if not path:
            continue
        try:
            explained = {"file": path, **explain(read(Path(path).read_bytes()))}
        except OSError as error:
            explained, status = {"file": path, "error": str(error)}, 1
        sys.stdout.write(json.dumps(explained, ensure_ascii=True) + "\n")
    return status


def explain(mail: InboundMail) -> Mapping[str, object]:
    """The mail as plain values for JSON."""
    bounce, forwarded = mail.bounce, mail.forwarded
    return {
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date else None,
        "from": _address(mail.sender),
        "senders": [_address(address) for address in mail.senders],
        "reply_to": _address(mail.reply_to),
        "original_sender": _address(mail.original_sender),
        "to": [_address(address) for address in mail.to],
        "cc": [_address(address) for address in mail.cc],
        "recipients": list(mail.recipients),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "safe_html": mail.safe_html,
        "reply": mail.reply,
        "new": mail.new,
        "quoted": mail.quoted,
        "signature": mail.signature,
        "attachments": [_attachment(attachment) for attachment in mail.attachments],
        "automatic": [str(mark) for mark in (*mail.automatic, *mail.no_auto_reply)] or None,
        "machine": [str(mark) for mark in mail.automatic] or None,
        "no_auto_reply": [str(mark) for mark in mail.no_auto_reply] or None,
        "bounce": bounce
        and {
            "recipients": list(bounce.recipients),
            "status": bounce.status,
            "permanent": bounce.permanent,
            "original_message_id": bounce.original_message_id,
            "reason": bounce.reason,
        },
        "forwarded": forwarded
        and {
            "from": _address(forwarded.sender),
            "subject": forwarded.subject,
            "date": forwarded.date.isoformat() if forwarded.date else None,
            "text": forwarded.text,
            "note": forwarded.note,
            "certain": forwarded.certain,
            "reply_to": _address(forwarded.reply_to),
            "original_sender": _address(forwarded.original_sender),
        },
        "protection": mail.protection,
        "defects": list(mail.defects),
    }


def _address(address: Address | None) -> dict[str, str] | None:
    return None if address is None else {"name": address.name, "address": address.address}


def _attachment(attachment: Attachment) -> dict[str, object]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "content_id": attachment.content_id,
        "inline": attachment.inline,
        "shown": attachment.shown,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }


if __name__ == "__main__":
    sys.exit(main())
