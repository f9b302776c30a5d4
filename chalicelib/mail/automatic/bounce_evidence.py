"""Whether a mail system reports that a mail was not delivered. Customers and couriers use the same words for parcels
every day, so words count only together with something that only mail systems send (decision 96)."""

from __future__ import annotations

import re

from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.automatic import bounce_phrases, bounce_structure, robots
from chalicelib.mail.headers import addresses
from chalicelib.mail.headers.headers import Headers
from chalicelib.mail.inbound import Address
from chalicelib.patterns import pattern

_DELIVERY = "delivery-status"
_REPLY = pattern(r"\s*(?:re|aw|antw|sv|vs)\s*:", re.I)
_FORWARD = pattern(r"\s*(?:fwd?|wg|tr|rv|enc|i|vb|vl|pd|doorst)\s*:", re.I)
_ADDRESS = pattern(r"[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
# A word of mail may stand this many letters before or behind the phrase: "Your message / To: … / did not reach".
_BEFORE, _BEHIND = 240, 120
_MAX_TEXT = 60_000
_MAX_WORDS = 8_000


def says_so(root: Part, subject: str, text: str) -> bool:
    """Whether a mail system reports here that a mail was not delivered, or not yet."""
    kinds = [part.parameters.get("report-type", "").lower() for part in root.walk() if _is_report(part, root)]
    if root.headers.get("x-failed-recipients") or _DELIVERY in kinds:
        return not bounce_phrases.DELIVERED.search(subject)
    if any(kinds):
        return False  # a report on something else: a read receipt, a spam complaint
    typed = any(part.content_type in bounce_structure.REPORT_TYPES for part in root.walk())
    words, text = text[:_MAX_WORDS], text[:_MAX_TEXT]
    has_phrase = bool(bounce_phrases.SUBJECT.search(subject) or bounce_phrases.BODY.search(words))
    # A mail with the structure of a report needs only one of the two, a sender or a phrase: its words may be in an
    # unlisted language.
    if _is_by_daemon(root.headers):
        return typed or has_phrase or bounce_structure.traces(root, text)
    hints = _hints(root.headers, untyped=bool(kinds))
    if not hints or _FORWARD.match(subject):
        return False
    if typed:
        return True
    named = _is_named(root.headers)
    answers = bool(_REPLY.match(subject))
    if bounce_structure.complete(root, text):
        return has_phrase or (hints + named > 1 and not answers)
    hints += named and _has_programs_address(root.headers)
    return hints > 1 and not answers and (bounce_structure.begun(text) or _is_of_mail(root.headers, subject, words))


def _is_report(part: Part, root: Part) -> bool:
    return part.content_type == "multipart/report" or (part is root and "report-type" in part.parameters)


def _senders(fields: Headers) -> list[Address]:
    return [sender for name in ("from", "sender") for sender in addresses.parse(fields.get(name), [])]


def _is_by_daemon(fields: Headers) -> bool:
    """Whether only a mail system can have sent this. A mail distributed by the list program fml keeps its author's
    message id; fml's own mails have a ".FML" id."""
    listserver = bool(fields.get("x-mlserver")) and ".FML" in fields.get("message-id")
    return listserver or any(robots.is_daemon(sender.address or sender.name) for sender in _senders(fields))


def _hints(fields: Headers, *, untyped: bool) -> int:
    """How many hints tell that a mail system sent this. A redirect or an odd address can give a person's mail one hint,
    but hardly two."""
    paths = [value.replace(" ", "").strip("<>") for value in fields.all("return-path")]
    return sum((
        untyped,
        any(not path or robots.is_daemon(path) for path in paths),
        any(robots.is_postmaster(sender.address) for sender in _senders(fields)),
    ))  # fmt: skip


def _is_named(fields: Headers) -> bool:
    """Whether the sender is named like a mail system. People choose their names freely, and some are administrators."""
    names = [sender.name for sender in _senders(fields)]
    return any(bounce_phrases.SYSTEM_NAME.search(n) and not bounce_phrases.CARRIER_NAME.search(n) for n in names)


def _has_programs_address(fields: Headers) -> bool:
    return any(
        robots.is_unanswered(sender.address) or bounce_phrases.SYSTEM_ADDRESS.match(sender.address)
        for sender in _senders(fields)
    )


def _is_of_mail(fields: Headers, subject: str, text: str) -> bool:
    """Whether the words tell of a mail and its recipient, not of a parcel: a phrase near a word of mail or a subject
    that only mail systems write, and an address that is neither the sender's nor the one to which this was sent. A
    whole such subject needs no address: some reports name none."""
    system = None if bounce_phrases.PERSONAL.search(text) else bounce_phrases.SYSTEM_SUBJECT.match(subject)
    if system and system["whole"]:
        return True
    flat = " ".join(text.split())
    near = [subject] if bounce_phrases.SUBJECT.search(subject) else []
    near += [flat[max(0, at.start() - _BEFORE) : at.end() + _BEHIND] for at in bounce_phrases.BODY.finditer(flat)]
    if not system and not any(bounce_phrases.MAIL.search(words) for words in near):
        return False
    known = {
        one.address.lower()
        for name in ("from", "sender", "reply-to", "to")
        for one in addresses.parse(fields.get(name), [])
    }
    return any(found.rstrip(".").lower() not in known for found in _ADDRESS.findall(subject + "\n" + text))
