"""SES bounce notifications (JSON) that SNS delivered as a mail: as they are, or as a string inside an SNS envelope,
with line breaks anywhere."""

from __future__ import annotations

import re

from chalicelib.mail.inbound import Bounce
from chalicelib.patterns import pattern

_MAX_TEXT = 60_000
_SENDER = pattern(r"@(?:[\w-]{1,63}\.){0,4}amazonaws\.com(?:\.cn)?\Z", re.I)
_BOUNCE = pattern(r'"(?:notificationType|eventType)"\s*:\s*"Bounce"')


def parse(address: str, text: str) -> Bounce | None:
    """The bounce in the notification, or None. `address` is the sender's: the same text pasted by somebody else does
    not count."""
    if not _SENDER.search(address) or not text.lstrip().startswith("{"):
        return None
    flat = re.sub(r"!?\r?\n ?", "", text[:_MAX_TEXT]).replace('\\"', '"')
    if not _BOUNCE.search(flat):
        return None
    found = {
        name: re.findall(rf'"{name}"\s*:\s*"([^"]{{1,500}})"', flat)
        for name in ("emailAddress", "status", "bounceType", "messageId", "diagnosticCode")
    }
    status = next(iter(found["status"]), None)
    permanent = "Permanent" in found["bounceType"] or (
        "Transient" not in found["bounceType"] and not (status or "5").startswith("4")
    )
    return Bounce(
        tuple(dict.fromkeys(found["emailAddress"])),
        status,
        permanent,
        next(iter(found["messageId"]), None),
        next(iter(found["diagnosticCode"]), ""),
    )
