"""Twilio's reports about calls, as forms: the status of a call, what became of a <Dial>, and of an <Enqueue>; and text
messages (docs/connect).

Twilio reports each phone that rings as a call of its own, and one that somebody else has picked up as not answered. So
only the caller's own call counts: what was reported of its <Dial> or <Enqueue>, or else its own status. How long
somebody waited is said of a queue only.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from chalicelib.patterns import pattern
from chalicelib.rules.events.calls.call import LONGEST_WAIT, AnsweredCall, Call, MissedCall
from chalicelib.rules.events.fields import LONGEST_URL, NotReadable, one_line
from chalicelib.rules.events.messages import texts
from chalicelib.rules.events.messages.said import Heard

_MOST_FIELDS = 200
_CALL = pattern("CA[0-9a-f]{32}")
_SECONDS = pattern("[0-9]{1,6}")
_MESSAGE = pattern("(?:SM|MM)[0-9a-f]{32}")
_MISSED = ("busy", "canceled", "failed", "no-answer")
# Of <Enqueue>'s QueueResult. Who leaves the queue, as by a key that asks for a call back, has reached nobody.
_MISSED_IN_QUEUE = ("hangup", "leave", "queue-full", "error", "system-error")
_PICKED_UP = ("bridged", "redirected-from-bridged")


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


def calls(fields: Mapping[str, str], now: datetime) -> tuple[Call, ...]:
    """The call that nobody answered, or that a person picked up in a queue; none for a call that still rings, that the
    shop made, or of which nothing says how long the caller waited. Twilio tells of it when the call ends."""
    if "CallSid" not in fields or fields.get("Direction") != "inbound":
        return ()
    id, caller, queued = fields["CallSid"], fields.get("From", ""), fields.get("QueueResult")
    if queued is None:
        missed = (fields.get("DialCallStatus") or fields.get("CallStatus", "")) in _MISSED
        return (MissedCall(id, caller, now),) if missed else ()
    waited = _seconds(fields.get("QueueTime", ""))
    if queued in _MISSED_IN_QUEUE:
        return (MissedCall(id, caller, now, waited or 0),)  # a full queue has let nobody wait
    return (AnsweredCall(id, waited, now),) if queued in _PICKED_UP and waited is not None else ()


def _seconds(text: str) -> int | None:
    return int(text) if _SECONDS.fullmatch(text) and int(text) <= LONGEST_WAIT else None
