"""Parses message/delivery-status (RFC 3464): the fields of each recipient, in any part of a mail. Also the loose forms
that some systems write into plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.mail.headers import addresses

MAX_RECIPIENTS = 100
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_FIELD = re.compile(
    r"^(Original-Recipient|Final-Recipient|Action|Status|Diagnostic-Code|X-Actual-Recipient|Remote-MTA"
    r"|X-SPAM-Result|X-Supplementary-Info|X-Original-Message-ID|X-Display-Name|Last-Attempt-Date"
    r"|Will-Retry-Until)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t]+(?=\S))*)",
    re.I | re.M,
)


@dataclass(slots=True)
class Recipient:
    """What a report says about one recipient; an empty string for a missing field."""

    address: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""


def parse(text: str) -> list[Recipient]:
    """The recipients of a delivery report, in order."""
    found: list[Recipient] = []
    current: Recipient | None = None
    for match in _FIELD.finditer(text[:200_000]):
        name, value = match.group(1).lower(), " ".join(match.group(2).split())
        if name in ("final-recipient", "original-recipient", "x-actual-recipient"):
            address = _address(value)
            if (
                name == "final-recipient"
                and current is not None
                and current.address
                and (current.status or current.action)
            ):
                current = None
            if current is None or (
                current.address
                and address
                and name == "final-recipient"
                and current.address != address
                and current.action
            ):
                current = Recipient()
                found.append(current)
            if name == "final-recipient" or not current.address:
                current.address = address or current.address
            continue
        if current is None:
            current = Recipient()
            found.append(current)
        if name == "action":
            if current.action and current.address:
                current = Recipient(current.address)
                found.append(current)
            current.action = value.split()[0].lower().strip(",;.") if value else ""
        elif name == "status":
            match_status = STATUS.search(value)
            current.status = match_status.group(1) if match_status else current.status
        elif name == "diagnostic-code":
            current.diagnostic = value
        if len(found) >= MAX_RECIPIENTS:
            break
    return [
        recipient
        for recipient in found
        if recipient.address or recipient.action or recipient.status or recipient.diagnostic
    ]


def _address(value: str) -> str:
    _, semicolon, rest = value.partition(";")
    return addresses.bare((rest if semicolon else value).strip().strip("<>").strip())
