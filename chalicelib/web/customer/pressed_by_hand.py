"""Buttons that have consequences, on pages to which a mail leads: only a person's press counts (decision 196).

A page with such a button, in four steps:
1. its view passes `nonce=pressed_by_hand.nonce(Button.X, subject)` to the template, whose form has the field
   `<input type="hidden" name="nonce" value="{{ nonce }}">`. `subject` is what the page is about, as it can be read from
   a POST too: the token of its link, or the shop's id. Each rendering gets its own nonce; two tabs work beside each
   other;
2. it returns `pressed_by_hand.ready(page)`, which sets the cookie;
3. the view of the POST calls `pressed_by_hand.pressed(request, form, Button.X, subject)` before it changes anything, or
   `refusal` where the page has nothing but the button. On
   InvalidFields it shows the page again (422), with `errors` and what was typed: the page's new nonce works;
4. the service stores the id that `pressed` returns with what it does, or derives its idempotency key from it: a second
   POST of the same nonce must change nothing, and be answered as the first.
Nothing on the page is chosen beforehand, and `bodies.read` reads the form. No script is needed.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.rules.access import by_hand
from chalicelib.rules.access.by_hand import Button, Press
from chalicelib.rules.identity import derived
from chalicelib.services.tickets import signing
from chalicelib.telemetry import logger
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.web.bodies import Form
from chalicelib.wiring import deps

FIELD = "nonce"
# It says only that this browser keeps cookies for our pages. It is the same for everybody, so it identifies nobody.
COOKIE, _VALUE = "__Host-by-hand", "1"


def nonce(button: Button, subject: str) -> str:
    """What the form of this button sends back: made with the page, signed, and used once."""
    written_at = int(deps().now().timestamp())
    return signing.written(deps(), _purpose(button), [_about(subject), secrets.token_urlsafe(12), written_at])


def ready(page: Response) -> Response:
    """The page with the cookie without which its button does nothing. Other sites' pages cannot make a browser send it
    (SameSite=Strict)."""
    headers: dict[str, Any] = page.headers
    life = int(by_hand.LIFE.total_seconds())
    cookie = f"{COOKIE}={_VALUE}; Path=/; Max-Age={life}; Secure; HttpOnly; SameSite=Strict"
    headers["Set-Cookie"] = [*headers.get("Set-Cookie", ()), cookie]
    # "no-referrer" would make browsers send "Origin: null" with our own form (Fetch standard). Other sites still get
    # no referrer.
    headers["Referrer-Policy"] = "same-origin"
    return page


def pressed(request: Request, form: Form, button: Button, subject: str) -> str:
    """The id of the nonce with which a person pressed this button of this page. Raises InvalidFields (`nonce`) if the
    request does not show that; the page is then shown again."""
    id, made_at = _read(form.fields.get(FIELD, ""), button, subject)
    press = Press(
        request.headers.get("sec-fetch-site"),
        request.headers.get("origin"),
        auth.cookie(request, COOKIE) == _VALUE,
        made_at,
    )
    if doubt := by_hand.doubt(press, responses.origin(), deps().now()):
        logger.info("a button was not pressed by hand", extra={"button": button, "doubt": doubt})
        raise InvalidFields({FIELD: "press_again"})
    return id


def refusal(request: Request, button: Button, subject: str) -> Mapping[str, str] | None:
    """For a page with nothing but this button: the codes with which it is shown again; None if a person pressed.
    Programs get them as InvalidFields."""
    try:
        pressed(request, bodies.read(request), button, subject)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return error.codes
    return None


def opened(request: Request) -> bool:
    """Whether a browser opened the page for somebody to see it (Sec-Fetch-Mode): most programs that follow links do not
    say so."""
    return request.headers.get("sec-fetch-mode") == "navigate"


def _read(text: str, button: Button, subject: str) -> tuple[str, datetime | None]:
    """The nonce's id and when it was made; ("", None) if it is none of this button and subject."""
    try:
        about, id, written_at = signing.read(deps(), _purpose(button), text)
    except InvalidLink:
        return "", None
    return (id, datetime.fromtimestamp(written_at, UTC)) if about == _about(subject) else ("", None)


def _purpose(button: Button) -> str:
    return f"button/{button}"


def _about(subject: str) -> str:
    return derived.source_of("button", subject)[:16]
