"""The page behind the link in an acknowledgement with articles: its button says that one of them was the answer."""

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.procedure.concluding import may_be_self_served
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.services.customer import self_serving
from chalicelib.services.tickets import links
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps


def show(request: Request, token: str) -> Response:
    """A page with one button. A GET closes nothing."""
    return _page(token, {})


def answered(request: Request, token: str) -> Response:
    form = bodies.read(request)
    try:
        press = pressed_by_hand.pressed(request, form, Button.ANSWERED, token)
        self_serving.answered(deps(), token, press)
    except NotOpen:
        return _page(token, {"form": "not_open"})
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _page(token, error.codes)
    return responses.redirect(f"{deps().public_url}/a/{token}")


def _page(token: str, codes: dict[str, str]) -> Response:
    shop, ticket = self_serving.opened(deps(), token)
    done, may = ticket.outcome is Outcome.SELF_SERVED, may_be_self_served(ticket)
    status = 409 if "not_open" in codes.values() else 422 if codes else 200
    shown = responses.page(
        "answered",
        status=status,
        shop=shop,
        language=ticket.language,
        reference=ticket.ref,
        done=done,
        may=may,
        reopen_days=shop.reopen_days,
        status_url=links.status_url(deps(), ticket),
        answered_url=f"{responses.root()}/a/{token}",
        nonce=pressed_by_hand.nonce(Button.ANSWERED, token) if may else "",
        errors={name: problems.sentence(name, code, ticket.language) for name, code in codes.items()} if may else {},
        kept=False,
    )
    return pressed_by_hand.ready(shown) if may else shown
