"""Twilio's reports about calls, as forms: the status of a call, and what became of a <Dial> (docs/connect).

Twilio reports each phone that rings as a call of its own, and one that somebody else has picked up as not answered. So
only the caller's own call counts: what was reported of its <Dial>, or else its own status.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from chalicelib.patterns import pattern
from chalicelib.rules.events.calls.missed_call import MissedCall
from chalicelib.rules.events.fields import LONGEST, NotReadable, one_line

_MOST_FIELDS = 200
_CALL = pattern("CA[0-9a-f]{32}")
_MISSED = ("busy", "canceled", "failed", "no-answer")


def form(body: bytes) -> Mapping[str, str]:
    """The fields of a form, each on one line. What Twilio signs has no signs between names and values. So whoever has
    a signed form could cut it elsewhere or say a name twice; but then it names no call. Raises NotReadable."""
    try:
        found = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise NotReadable("no form") from None
    fields = {name: one_line(value, LONGEST) for name, value in found}
    if len(fields) < len(found):
        raise NotReadable("a name is repeated")
    if not _CALL.fullmatch(dict(found).get("CallSid", "")):
        raise NotReadable("CallSid")
    return fields


def missed_calls(fields: Mapping[str, str], now: datetime) -> tuple[MissedCall, ...]:
    """The call that nobody answered; none for a call that was answered, still rings, or that the shop made."""
    status = fields.get("DialCallStatus") or fields.get("CallStatus", "")
    if status not in _MISSED or fields.get("Direction") != "inbound":
        return ()
    return (MissedCall(fields["CallSid"], fields.get("From", ""), now),)
