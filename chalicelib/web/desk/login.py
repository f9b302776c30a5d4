"""Signs agents in by a mailed link, and out again."""

import time

from chalice.app import Request, Response

from chalicelib.errors import Forbidden, InvalidFields, InvalidLink, NotSignedIn
from chalicelib.services.access import signing_in
from chalicelib.web import bodies, problems, responses
from chalicelib.web.access import auth
from chalicelib.wiring import deps

# Seconds that asking for a link takes, with or without a mail: otherwise the time would reveal who is an agent.
ASKING_SECONDS = 1.5


def login(request: Request) -> Response:
    return_to = auth.return_to(request)
    if _signed_in(request):
        return to(return_to)
    return login_page(request, return_to=return_to, sent="sent" in responses.query(request))


def ask(request: Request) -> Response:
    form = bodies.read(request)
    address, return_to = form.fields.get("email", ""), auth.return_to(request, form)
    began = time.monotonic()
    try:
        signing_in.ask(deps(), address, responses.source_address(request), return_to, auth.language(request))
    except InvalidFields as fault:
        return login_page(request, status=422, return_to=return_to, address=address, fault=fault)
    time.sleep(max(0.0, ASKING_SECONDS - (time.monotonic() - began)))
    return responses.redirect(f"{deps().public_url}/desk/login?sent=1")


def show_link(request: Request) -> Response:
    """A page with one button: programs that scan mails follow links, but don't press buttons."""
    token = responses.query(request).get("t", "")
    return _link_page(request, token, usable=signing_in.usable(deps(), token))


def use_link(request: Request) -> Response:
    token = bodies.read(request).fields.get("t", "") or responses.query(request).get("t", "")
    try:
        cookie, return_to = signing_in.redeem(deps(), token)
    except (InvalidLink, Forbidden):
        # The button was pressed twice: the first press signed in.
        return to("/desk") if _signed_in(request) else _link_page(request, token, usable=False)
    return to(return_to, auth.session_cookie(cookie))


def sign_out(request: Request) -> Response:
    signed = auth.agent(request)
    form = bodies.read(request)
    auth.check(request, form, signed)
    everywhere = "everywhere" in responses.query(request) or "everywhere" in form.fields
    signing_in.sign_out(deps(), signed.authenticated, everywhere=everywhere)
    return to("/desk/login", auth.session_cookie(""))


def login_page(
    request: Request,
    *,
    status: int = 200,
    return_to: str = "/desk",
    address: str = "",
    sent: bool = False,
    fault: InvalidFields | None = None,
    refused: str = "",
) -> Response:
    """The form that asks for a link. `refused`: why single sign-on failed, a key of [desk.login.refused]."""
    language = auth.language(request)
    faults = fault.codes if fault else {}
    return responses.page(
        "desk/login",
        status=status,
        shop=None,
        language=language,
        values={"email": address},
        errors={name: problems.sentence(name, code, language) for name, code in faults.items()},
        return_to=return_to,
        sent=sent,
        refused=refused,
        single_sign_on=deps().issuer is not None,
    )


def to(path: str, *cookies: str) -> Response:
    """Redirect to a page of ours, and set these cookies."""
    answer = responses.redirect(f"{deps().public_url}{path}")
    if cookies:
        headers: dict[str, str | list[str]] = answer.headers
        headers["Set-Cookie"] = list(cookies)
    return answer


def _link_page(request: Request, token: str, *, usable: bool) -> Response:
    language = auth.language(request)
    return responses.page(
        "desk/in", status=200 if usable else 410, shop=None, language=language, token=token, usable=usable
    )


def _signed_in(request: Request) -> bool:
    try:
        auth.agent(request)
    except NotSignedIn:
        return False
    return True
