"""Twilio's reports about calls, as forms: the status of a call, and what became of a <Dial>; and text messages
(docs/connect).

Twilio reports each phone that rings as a call of its own, and one that somebody else has picked up as not answered. So
only the caller's own call counts: what was reported of its <Dial>, or else its own status.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from chalicelib.patterns import pattern
from chalicelib.rules.events.calls.missed_call import MissedCall
from chalicelib.rules.events.fields import LONGEST_URL, NotReadable, one_line
from chalicelib.rules.events.messages import texts
from chalicelib.rules.events.messages.said import Heard

_MOST_FIELDS = 200
_CALL = pattern("CA[0-9a-f]{32}")
_MESSAGE = pattern("(?:SM|MM)[0-9a-f]{32}")
_MISSED = ("busy", "canceled", "failed", "no-answer")


def form(body: bytes) -> Mapping[str, str]:
    """The fields of a form, each on one line. What Twilio signs has no signs between names and values. So whoever has
    a signed form could cut it elsewhere or say a name twice; but then it names no call. Raises NotReadable."""
    found = _fields(body)
    if not (_CALL.fullmatch(found.get("CallSid", "")) or _MESSAGE.fullmatch(found.get("MessageSid", ""))):
        raise NotReadable("CallSid")
    return {name: one_line(value, LONGEST_URL) for name, value in found.items()}


def heard(body: bytes, now: datetime) -> Heard:
    """What a form says of a text message; nothing if it is about a call. Raises NotReadable."""
    fields = form(body)
    return texts.of_twilio(fields, _fields(body).get("Body", ""), now) if "MessageSid" in fields else Heard()


def _fields(body: bytes) -> dict[str, str]:
    try:
        found = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise NotReadable("no form") from None
    if len(dict(found)) < len(found):
        raise NotReadable("a name is repeated")
    return dict(found)


def missed_calls(fields: Mapping[str, str], now: datetime) -> tuple[MissedCall, ...]:
    """The call that nobody answered; none for a call that was answered, still rings, or that the shop made."""
    status = fields.get("DialCallStatus") or fields.get("CallStatus", "")
    if "CallSid" not in fields or status not in _MISSED or fields.get("Direction") != "inbound":
        return ()
    return (MissedCall(fields["CallSid"], fields.get("From", ""), now),)
