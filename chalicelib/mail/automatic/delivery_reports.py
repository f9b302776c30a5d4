"""Parses message/delivery-status (RFC 3464): the fields of each recipient, in any part of a mail. Also the loose forms
that some systems write into plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.mail.headers import addresses
from chalicelib.patterns import pattern

MAX_RECIPIENTS = 100
STATUS = pattern(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_FIELD = pattern(
    r"^(Original-Recipient|Final-Recipient|Action|Status|Diagnostic-Code|X-Actual-Recipient|Remote-MTA"
    r"|X-SPAM-Result|X-Supplementary-Info|X-Original-Message-ID|X-Display-Name|Last-Attempt-Date"
    r"|Will-Retry-Until)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t]+(?=\S))*)",
    re.I | re.M,
)
_ADDRESSES = ("final-recipient", "original-recipient", "x-actual-recipient")


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
    for match in _FIELD.finditer(text[:200_000]):
        name, value = match.group(1).lower(), " ".join(match.group(2).split())
        if name in _ADDRESSES:
            _note_address(found, name, value)
            continue
        _note_outcome(found, name, value)
        if len(found) >= MAX_RECIPIENTS:
            break
    return [each for each in found if each.address or each.action or each.status or each.diagnostic]


def _note_address(found: list[Recipient], name: str, value: str) -> None:
    """A Final-Recipient below a recipient whose outcome is known begins another one."""
    final = name == "final-recipient"
    if not found or (final and found[-1].address and (found[-1].status or found[-1].action)):
        found.append(Recipient())
    if final or not found[-1].address:
        found[-1].address = _address(value) or found[-1].address


def _note_outcome(found: list[Recipient], name: str, value: str) -> None:
    """A second action of the same address is one of another attempt."""
    if not found:
        found.append(Recipient())
    current = found[-1]
    if name == "action":
        if current.action and current.address:
            current = Recipient(current.address)
            found.append(current)
        current.action = value.split()[0].lower().strip(",;.") if value else ""
    elif name == "status":
        status = STATUS.search(value)
        current.status = status.group(1) if status else current.status
    elif name == "diagnostic-code":
        current.diagnostic = value


def _address(value: str) -> str:
    _, semicolon, rest = value.partition(";")
    return addresses.bare((rest if semicolon else value).strip().strip("<>").strip())
