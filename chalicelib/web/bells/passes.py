"""Pages that show a conversation ask how to be rung: behind the customer's link or that of a chat, and at the desk."""

from chalice.app import Request, Response

from chalicelib.errors import UnknownTicket
from chalicelib.services.bells import admitting
from chalicelib.services.bells.admitting import Admission
from chalicelib.services.chats import links as chat_links
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.wiring import deps


def for_customer(request: Request, token: str) -> Response:
    return _answer(admitting.admit_customer(deps(), token))


def for_chat(request: Request, token: str) -> Response:
    ticket, _ = chat_links.opened(deps(), token)
    return _answer(admitting.admit_chat(deps(), ticket))


def for_agent(request: Request, ref: str) -> Response:
    signed = auth.agent(request)
    auth.check(request, bodies.read(request), signed)
    shop = next((shop for shop in signed.shops if ref.startswith(f"{shop.prefix}-")), None)
    if shop is None:
        raise UnknownTicket(ref)
    return _answer(admitting.admit_agent(deps(), shop, ref, signed.address))


def _answer(admission: Admission | None) -> Response:
    """Without an address the page goes on looking by itself."""
    told = {"url": admission.url, "ticket": admission.token} if admission else {"url": None}
    return responses.json_answer(told, 200, {})
