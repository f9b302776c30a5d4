"""Desk pages that take nothing from their address: each is a template and, where it shows figures, a view.

A page appears in the navigation (base.html) by its words in `desk.base.nav`, or `desk.base.nav_admins` if for admins.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Request, Response

from chalicelib.rules.policy.model import Shop
from chalicelib.services.desk import admin_view
from chalicelib.services.feedback import desk_view as feedback_view
from chalicelib.services.ports.deps import Deps
from chalicelib.web.access import auth
from chalicelib.web.routing import View
from chalicelib.wiring import deps, policy


@dataclass(frozen=True, slots=True)
class Page:
    """`view` computes what the template shows (its variable `view`) from the agent's shops, or for `admins_only` from
    the shops that the agent is an admin of, in the agent's language. Without it, all agents see the same page."""

    view: Callable[[Deps, Sequence[Shop], str], Any] | None = None
    admins_only: bool = False


PAGES = {
    "help": Page(),
    "feedback": Page(feedback_view.view),
    "admin": Page(admin_view.view, admins_only=True),
}


def _show(name: str, page: Page) -> View:
    def show(request: Request) -> Response:
        signed = auth.agent(request)
        shops = signed.shops
        if page.admins_only:
            signed.admin()
            shops = tuple(policy().shop(id) for id in signed.admin_of)
        return auth.page(
            signed,
            f"desk/{name}",
            active=name,
            idempotency_key=secrets.token_hex(8),
            view=page.view(deps(), shops, signed.language) if page.view else None,
        )

    return show


show_help = _show("help", PAGES["help"])
show_admin = _show("admin", PAGES["admin"])
show_feedback = _show("feedback", PAGES["feedback"])
