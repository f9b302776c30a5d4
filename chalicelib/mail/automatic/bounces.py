"""Reads bounces, that is reports of failed or delayed deliveries: the mail, its recipients, the reason, and whether it
is permanent.
Delivery reports come first (RFC 3464), then the free text of mail systems."""

from __future__ import annotations

import re

from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.automatic import (
    bounce_evidence,
    bounce_phrases,
    bounce_structure,
    delivery_reports,
    robots,
    ses_notifications,
)
from chalicelib.mail.automatic.delivery_reports import STATUS, Recipient
from chalicelib.mail.charsets import charsets
from chalicelib.mail.headers import addresses
from chalicelib.mail.headers.headers import Headers
from chalicelib.mail.inbound import Bounce
from chalicelib.patterns import pattern

MAX_TEXT = 60_000
MAX_RECIPIENTS = 100
_MESSAGE_ID = pattern(r"^[> \t]*Message-I[Dd][ \t]*:\s*<?([^<>\s]{3,300})>?", re.M | re.I)
_TO = pattern(r"^[> \t]*To[ \t]*:[ \t]*([^\r\n]{3,500})", re.M | re.I)
_ADDRESS = pattern(r"[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
_SMTP_CODE = pattern(r"(?<![\d./-])([45])\d\d(?=[ -](?:[^\d\s]|[245]\.\d)|[ -]\d\.\d|\Z|$|[:,;)])")
# Mail systems invent these when the other server gave no code of its own.
_VAGUE = ("5.0.0", "5.5.0")
_HEADER_LINE = pattern(
    r"^(?:Received|Return-Path|Message-Id|From|Date|Subject|X-[\w-]+|DKIM-Signature)[ \t]*:", re.I | re.M
)


def detect(root: Part, address: str, subject: str, text: str) -> Bounce | None:
    """The bounce that this mail reports, or None. `address` is the mail's sender."""
    fields = root.headers
    if notification := ses_notifications.parse(address, text):
        return notification
    report = _report(root)
    recipients = delivery_reports.parse(report) if report else []
    if recipients and all(recipient.action in ("delivered", "relayed", "expanded") for recipient in recipients):
        return None
    if not bounce_evidence.says_so(root, subject, text):
        return None
    words, original = _apart(root, text[:MAX_TEXT])
    if not recipients:
        found = delivery_reports.parse(words) or delivery_reports.parse(text[:MAX_TEXT])
        recipients = [recipient for recipient in found if recipient.address or recipient.status]
    named = _recipients(recipients, fields, words, original)
    status = _status(recipients, words)
    match = _MESSAGE_ID.search(original)
    reason = next((recipient.diagnostic for recipient in recipients if recipient.diagnostic), "")
    return Bounce(
        named,
        status,
        _permanent(recipients, status, subject, words),
        match.group(1) if match else None,
        (reason or _sentence(words))[:500],
    )


def _report(root: Part) -> str:
    """The text of the delivery reports in a mail."""
    pieces = [
        charsets.decode(part.content([]), None, [])
        for part in root.walk()
        if not part.children and part.content_type in bounce_structure.REPORT_TYPES
    ]
    return "\n\n".join(pieces)


def _apart(root: Part, text: str) -> tuple[str, str]:
    """(the mail system's words, the headers of the mail that was not delivered)."""
    originals = [
        part for part in root.walk() if part.content_type in bounce_structure.ORIGINAL_TYPES and part is not root
    ]
    match = bounce_phrases.ORIGINAL.search(text)
    words, below = (text[: match.start()], text[match.start() :]) if match else (text, "")
    if not match:
        block = _HEADER_LINE.search(text)
        if block and len(_HEADER_LINE.findall(text[block.start() : block.start() + 3_000])) >= 3:
            words, below = text[: block.start()], text[block.start() :]
    if originals:
        below = charsets.decode(originals[0].content([])[:MAX_TEXT], None, []) + "\n" + below
    return (words if words.strip() else text), below


def _recipients(reported: list[Recipient], fields: Headers, words: str, original: str) -> tuple[str, ...]:
    """The recipients not reached: from the report, else a header, else the text, else the original's To."""
    found = [recipient.address for recipient in reported if "@" in recipient.address]
    found = found or [address.address for address in addresses.parse(", ".join(fields.all("x-failed-recipients")), [])]
    if not found:
        mentioned = [address.rstrip(".") for address in _ADDRESS.findall(words)]
        robot = {
            address.address.lower()
            for name in ("from", "reply-to")
            for address in addresses.parse(fields.get(name), [])
        }
        mentioned = [
            address
            for address in mentioned
            if address.lower() not in robot and not robots.is_daemon(address) and not robots.is_postmaster(address)
        ]
        own = {address.address.lower() for address in addresses.parse(fields.get("to"), [])}
        found = [address for address in mentioned if address.lower() not in own] or _addressees(original) or mentioned
    by_key = {address.lower(): address for address in reversed(found)}
    return tuple(by_key[key] for key in dict.fromkeys(address.lower() for address in found))[:MAX_RECIPIENTS]


def _addressees(original: str) -> list[str]:
    match = _TO.search(original)
    return (
        [address.address for address in addresses.parse(match.group(1), []) if "@" in address.address] if match else []
    )


def _status(reported: list[Recipient], words: str) -> str | None:
    """The most precise status: "5.1.1" is better than "5.0.0"."""
    named = [recipient.status for recipient in reported if recipient.status]
    in_diagnostics = [status for recipient in reported for status in STATUS.findall(recipient.diagnostic)]
    candidates = named + in_diagnostics
    if not candidates:
        candidates = STATUS.findall(words)
    precise = [status for status in candidates if not status.endswith(".0.0") and status[0] != "2"]
    rest = [status for status in candidates if status[0] != "2"]
    return next(iter(precise or rest), None)


def _permanent(reported: list[Recipient], status: str | None, subject: str, words: str) -> bool:
    """Whether the failure is permanent: by the status's class, else the SMTP reply's, else the words. If none of these
    tells, it is."""
    if (
        reported
        and all(recipient.action == "delayed" for recipient in reported if recipient.action)
        and any(r.action for r in reported)
    ):
        return False
    if status:
        return status[0] == "5" and not (status in _VAGUE and _turned_away(reported))
    explanations = " ".join(recipient.diagnostic for recipient in reported) + "\n" + words
    codes = _SMTP_CODE.findall(explanations)
    if codes:
        return codes.count("5") >= codes.count("4")
    if bounce_phrases.DELAY.search(subject):
        return False
    flat = " ".join(words[:20_000].split())
    if any(recipient.action == "expired" for recipient in reported) or bounce_phrases.GIVEN_UP.search(flat):
        return True
    return bool(bounce_phrases.PERMANENT.search(flat)) or not bounce_phrases.TEMPORARY.search(flat)


def _turned_away(reported: list[Recipient]) -> bool:
    """Whether the host refused every mail at that time, which says nothing about the address."""
    return bool(reported) and all(bounce_phrases.TURNED_AWAY.search(recipient.diagnostic) for recipient in reported)


def _sentence(words: str) -> str:
    """The line with the reason, as the remote server wrote it."""
    for line in words.splitlines():
        if STATUS.search(line) or _SMTP_CODE.search(line):
            return " ".join(line.split())
    return ""
