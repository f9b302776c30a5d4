"""The door of events. What is posted is kept as it came, whatever its type, and answered before it is read; Meta tries
the address before it posts there.

Programs post here, so every answer is JSON. There is no limit by number: a shop's busiest hour must not lose an event,
and what nobody signed costs nothing (services.events.door).
"""

from collections.abc import Mapping

from chalice.app import Request, Response

from chalicelib.errors import NotFound, NotSigned, TooLarge, TryAgainLater
from chalicelib.rules.events.sources import Source
from chalicelib.services.events import door
from chalicelib.web import problems, responses
from chalicelib.wiring import deps

_ANSWERS: tuple[tuple[type[Exception], int, str], ...] = (
    (NotFound, 404, "There is no such source of events."),
    (TooLarge, 413, "An event has at most 1 MB."),
    (NotSigned, 401, "The signature is missing, too old or wrong."),
    (TryAgainLater, 503, "The event could not be kept; send it again."),
)
_AGAIN_SECONDS = "60"
# Twilio reads the answer as what to do next with the call: nothing more.
_NO_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def take(request: Request, shop: str, source: str) -> Response:
    body = request.raw_body
    content = body.encode() if isinstance(body, str) else body
    try:
        door.take(deps(), shop, source, request.headers, content)
    except (NotFound, TooLarge, NotSigned, TryAgainLater) as error:
        return _refused(request, error)
    if source == Source.TWILIO:
        return Response(_NO_TWIML, {"Content-Type": "text/xml; charset=utf-8"}, 200)
    return responses.json_answer({}, 200, {})


def shake_hands(request: Request, shop: str, source: str) -> Response:
    """Meta's try of the address: its challenge, as text."""
    said: Mapping[str, str] = request.query_params or {}
    try:
        challenge = door.shake_hands(
            deps(), shop, source, said.get("hub.verify_token", ""), said.get("hub.challenge", "")
        )
    except (NotFound, NotSigned) as error:
        return _refused(request, error)
    return Response(challenge, {"Content-Type": "text/plain; charset=utf-8"}, 200)


def _refused(request: Request, error: Exception) -> Response:
    status, title = next((status, title) for kind, status, title in _ANSWERS if isinstance(error, kind))
    answer = problems.problem(request, status, title, None)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Signature"
    if status == 503:
        answer.headers["Retry-After"] = _AGAIN_SECONDS
    return answer
