"""Whether a mail system reports that a mail was not delivered. Customers and couriers use the same words for parcels
every day, so words count only together with something that only mail systems send (decision 96)."""

from __future__ import annotations

import re

from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.automatic import bounce_phrases, delivery_reports, robots
from chalicelib.mail.headers import addresses
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
_DELIVERY = "delivery-status"
_TRACE = pattern(r"^[> \t]*(?:Received|Return-Path|Message-Id|DKIM-Signature|X-[\w-]+)[ \t]*:[ \t]*\S", re.I | re.M)
# A dialogue between two mail servers, or a line with an address and its error.
_TRANSCRIPT = pattern(
    r"(?<![\d.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.\d\.\d\b|<<< ?[45]\d\d"
    r"|>>> ?(?:RCPT|DATA|MAIL)\b|\bRCPT TO:|^[ \t]*<[^<>\s@]{1,128}@[^<>\s]{1,255}>(?::| \([^)\n]*\)|[ \t]+\.\.\.)",
    re.I | re.M,
)
_REPLY = pattern(r"\s*(?:re|aw|antw|sv|vs)\s*:", re.I)
_MAX_TEXT = 60_000


def says_so(root: Part, subject: str, text: str) -> bool:
    """Whether a mail system reports here that a mail was not delivered, or not yet."""
    kinds = [part.parameters.get("report-type", "").lower() for part in root.walk() if _is_report(part, root)]
    if root.headers.get("x-failed-recipients") or _DELIVERY in kinds:
        return not bounce_phrases.DELIVERED.search(subject)
    if any(kinds):
        return False  # a report on something else: a read receipt, a spam complaint
    daemon, hints = _senders(root, untyped=bool(kinds))
    if not daemon and not hints:
        return False
    if any(part.content_type in REPORT_TYPES for part in root.walk()):
        return True
    has_phrase = bool(bounce_phrases.SUBJECT.search(subject) or bounce_phrases.BODY.search(text[:8_000]))
    from_system = daemon or (hints > 1 and not _REPLY.match(subject))
    # A mail with the structure of a report needs only one of the two: its words may be in an unlisted language.
    return (has_phrase and from_system) or ((has_phrase or from_system) and _has_structure(root, text[:_MAX_TEXT]))


def _is_report(part: Part, root: Part) -> bool:
    return part.content_type == "multipart/report" or (part is root and "report-type" in part.parameters)


def _senders(root: Part, *, untyped: bool) -> tuple[bool, int]:
    """(whether a mail system sent this, number of hints that one did). A redirect or an odd address can give a person's
    mail one hint, but hardly two."""
    fields = root.headers
    senders = [sender for name in ("from", "sender") for sender in addresses.parse(fields.get(name), [])]
    paths = [value.replace(" ", "").strip("<>") for value in fields.all("return-path")]
    # A mail distributed by the list program fml keeps its author's message id; fml's own mails have a ".FML" id.
    listserver = bool(fields.get("x-mlserver")) and ".FML" in fields.get("message-id")
    daemon = listserver or any(robots.is_daemon(sender.address or sender.name) for sender in senders)
    hints = [
        untyped,
        any(not path or robots.is_daemon(path) for path in paths),
        any(robots.is_postmaster(sender.address) for sender in senders),
    ]
    # A name is not a hint without another one: people choose their names freely.
    named = any(bounce_phrases.SYSTEM_NAME.search(sender.name) for sender in senders)
    return daemon, sum(hints) + (named and any(hints))


def _has_structure(root: Part, text: str) -> bool:
    """Whether the mail has the structure of a report: the original mail or its headers, an SMTP dialogue, report
    fields."""
    if any(part.content_type in ORIGINAL_TYPES for part in root.walk() if part is not root):
        return True
    if _TRANSCRIPT.search(text) or any(found.address and found.action for found in delivery_reports.parse(text)):
        return True
    return len(_TRACE.findall(text)) >= 2 or bool(bounce_phrases.ORIGINAL.search(text) and _TRACE.search(text))
