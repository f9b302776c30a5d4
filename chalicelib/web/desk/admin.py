"""The desk's page for admins and owners."""

import secrets

from chalice.app import Request, Response

from chalicelib.services.desk import admin_view
from chalicelib.web import responses
from chalicelib.web.access import auth
from chalicelib.web.routing import Routes
from chalicelib.wiring import deps, policy

routes = Routes(__name__)


@routes.view("/desk/admin", "GET")
def admin(request: Request) -> Response:
    signed = auth.agent(request)
    signed.admin()
    shops = [policy().shop(id) for id in signed.admin_of]
    return responses.page(
        "desk/admin",
        shop=shops[0] if len(signed.shops) == 1 else None,
        language=signed.language,
        signed=signed,
        csrf=signed.csrf,
        active="admin",
        idempotency_key=secrets.token_hex(8),
        view=admin_view.view(deps(), shops, signed.language),
    )
