"""Blueprints whose views raise domain errors and get them answered.

Chalice turns a view's exception into a bare 500 before middleware sees it, checks every request for
JSON, and leaves path parameters percent-encoded: `Routes` mends all three where views are registered.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote

from chalice.app import Blueprint, Request, Response

from chalicelib.errors import AftercareError
from chalicelib.telemetry import logger
from chalicelib.web import problems

View = Callable[..., Response]


class Routes(Blueprint):
    """A blueprint whose views get the request first, then the path's parameters, decoded."""

    def view(self, path: str, method: str) -> Callable[[View], View]:
        """Register a view for one method of a path."""

        def register(view: View) -> View:
            # Chalice registers by the function's name and counts its parameters: a wrapper of its own per method.
            @wraps(view)
            def answer(**params: str) -> Response:
                return _answer(self.current_request, view, {name: unquote(value) for name, value in params.items()})

            answer.__name__ = f"{view.__name__}_{method.lower()}"
            self.route(path, methods=[method], content_types=["*/*"])(answer)
            return view

        return register


def _answer(request: Request, view: View, params: dict[str, Any]) -> Response:
    try:
        return view(request, **params)
    except AftercareError as error:
        return problems.answer(request, error, params.get("shop"))
    except Exception:
        logger.exception("a request failed", extra={"view": view.__name__})
        return problems.failure(request, params.get("shop"))
