"""What only reports of mail systems are built of: the original mail or its headers, a dialogue of two servers, fields
of a report, an address with its error. People quote a code or a line of these in a sentence (decision 96)."""

from __future__ import annotations

import re

from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.automatic import bounce_phrases, delivery_reports
from chalicelib.patterns import pattern

REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status", "message/report")
ORIGINAL_TYPES = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/partial",
)
_TRACE = pattern(r"^[> \t]*(?:Received|Return-Path|Message-Id|DKIM-Signature|X-[\w-]+)[ \t]*:[ \t]*\S", re.I | re.M)
# An address and its error, as every report in prose lists them.
_RECIPIENT = pattern(r"^[ \t]*<[^<>\s@]{1,128}@[^<>\s]{1,255}>(?::| \([^)\n]*\)|[ \t]+\.\.\.)", re.I | re.M)
_CODE = pattern(r"(?<![\d.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.\d\.\d\b|<<< ?[45]\d\d", re.I)
_CODE_LINE = pattern(
    r"^[ \t]*(?:(?:error|reason|fehler|grund|erreur|errore?) ?:[ \t]*|<<< ?)?"
    r"[45]\d\d(?:[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|-| - )",
    re.I | re.M,
)
_COMMAND = pattern(r">>> ?(?:RCPT|DATA|MAIL)\b|\bRCPT TO:", re.I)
_COMMAND_LINE = pattern(r"^[ \t]*(?:>>> ?(?:RCPT|DATA|MAIL)\b|(?:RCPT TO|MAIL FROM):)", re.I | re.M)
_FIELD_LINE = pattern(
    r"^[ \t]*(?:Reporting-MTA|Remote-MTA|Final-Recipient|Original-Recipient|Diagnostic-Code|Last-Attempt-Date)[ \t]*:",
    re.I | re.M,
)
# Quoted lines, but not the ">>>" of a dialogue.
_QUOTED = pattern(r"^>(?!>> ?[A-Z]{4}\b)[^\n]*", re.M)


def complete(root: Part, text: str) -> bool:
    """Whether the mail is built like a report: by one part of it that people do not write, or by two different signs
    that begin a line."""
    if _has_original(root):
        return True
    said = _QUOTED.sub("", text)
    if _RECIPIENT.search(said) or _fields(said) or _headers(said):
        return True
    signs = (_CODE_LINE, _COMMAND_LINE, _FIELD_LINE, _TRACE)
    return sum(bool(sign.search(said)) for sign in signs) > 1


def begun(text: str) -> bool:
    """Whether a line begins with what a server answered."""
    return bool(_CODE_LINE.search(_QUOTED.sub("", text)))


def traces(root: Part, text: str) -> bool:
    """Whether the mail has any sign of a report, also within a sentence: enough for a mail that a daemon sent."""
    return (
        _has_original(root)
        or any(sign.search(text) for sign in (_RECIPIENT, _CODE, _COMMAND))
        or _fields(text)
        or _headers(text)
    )


def _has_original(root: Part) -> bool:
    return any(part.content_type in ORIGINAL_TYPES for part in root.walk() if part is not root)


def _fields(text: str) -> bool:
    return any(found.address and found.action for found in delivery_reports.parse(text))


def _headers(text: str) -> bool:
    return len(_TRACE.findall(text)) >= 2 or bool(bounce_phrases.ORIGINAL.search(text) and _TRACE.search(text))
