"""Blueprints that answer the domain errors of their views.

Chalice turns a view's exception into a bare 500 before middleware sees it, checks every request for JSON, and leaves
path parameters percent-encoded: `Routes` corrects all three where views are registered (decision 92).
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, cast
from urllib.parse import unquote

from chalice.app import Blueprint, Chalice, Request, Response

from chalicelib import cold_start
from chalicelib.errors import AftercareError, NotSignedIn, WrongMethod
from chalicelib.telemetry import logger
from chalicelib.web import bodies, problems

View = Callable[..., Response]
# The names of routes added by `complete`, and not by a view, begin with this.
FILLED_IN = "filled_in_"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Routes(Blueprint):
    """A blueprint that calls its views with the request first, then the decoded path parameters."""

    def view(self, path: str, method: str, *, desk: bool | None = None) -> Callable[[View], View]:
        """Register a view for one method of a path. `desk`: whether only signed-in agents may call it; by default true
        for all paths below /desk, so that no page is open by mistake."""
        guarded = _of_the_desk(path) if desk is None else desk

        def register(view: View) -> View:
            # Chalice registers by function name and counts parameters, so each method needs a wrapper of its own.
            @wraps(view)
            def answer(**params: str) -> Response:
                decoded = {name: unquote(value) for name, value in params.items()}
                return _answer(self.current_request, view, decoded, guarded)

            answer.__name__ = f"{view.__name__}_{method.lower()}"
            self.route(path, methods=[method], content_types=["*/*"])(answer)
            return view

        return register

    def at(self, method: str, path: str, view: str, *, desk: bool | None = None) -> None:
        """Register the view of this name, "room.module.function" of `chalicelib.web`, as `view` does. Where only one
        function runs its module is imported with the first request; elsewhere at once, so that a wrong name fails."""

        def later(request: Request, **params: str) -> Response:
            return named(view)(request, **params)

        if not cold_start.alone():
            named(view)
        later.__name__ = view
        self.view(path, method, desk=desk)(later)


def named(view: str) -> View:
    """The view of this name in its module, which is imported if this is the first time."""
    module, _, name = view.rpartition(".")
    return cast(View, getattr(import_module(f"chalicelib.web.{module}"), name))


def complete(app: Chalice) -> None:
    """Make every path answer every method; call this after all views are registered. HEAD is added where GET exists;
    other methods are refused with the list of allowed ones. Without this, API Gateway would answer as if the path did
    not exist."""
    for path, entries in list(app.routes.items()):
        offered = [method for method in METHODS if method in entries or (method == "HEAD" and "GET" in entries)]
        for method in METHODS:
            if method in entries:
                continue
            answer = _head(entries["GET"].view_function) if method in offered else _refused(app, offered)
            app.route(path, methods=[method], content_types=["*/*"], name=f"{FILLED_IN}{method} {path}")(answer)


def _head(get: View) -> View:
    """The same as GET without the body."""

    def answer(**params: str) -> Response:
        answered = get(**params)
        answered.body = b"" if isinstance(answered.body, bytes) else ""
        return answered

    return answer


def _refused(app: Chalice, offered: list[str]) -> View:
    def answer(**params: str) -> Response:
        return problems.answer(cast(Request, app.current_request), WrongMethod(offered), params.get("shop"))

    return answer


def _answer(request: Request, view: View, params: dict[str, Any], guarded: bool) -> Response:
    answer = _answered(request, view, params, guarded)
    if not _of_the_desk(request.path):
        return answer
    from chalicelib.web.access import auth

    return auth.finished(request, answer)


def _answered(request: Request, view: View, params: dict[str, Any], guarded: bool) -> Response:
    try:
        _check(request, guarded)
        return view(request, **params)
    except NotSignedIn as error:
        if bodies.wants_json(request):
            return problems.answer(request, error, None)
        from chalicelib.web.access import signed_out

        return signed_out.answer(request)
    except AftercareError as error:
        return problems.answer(request, error, params.get("shop"))
    except Exception:
        logger.exception("a request failed", extra={"view": view.__name__})
        return problems.failure(request, params.get("shop"))


def _check(request: Request, guarded: bool) -> None:
    """Raises NotSignedIn and Forbidden. What knows agents is imported for them only: customers' first page is sooner
    there without it."""
    if not guarded and not _of_the_desk(request.path):
        return
    from chalicelib.web.access import auth

    if guarded:
        auth.agent(request)
    if request.method == "POST" and _of_the_desk(request.path):
        auth.from_our_page(request)


def _of_the_desk(path: str) -> bool:
    return path == "/desk" or path.startswith("/desk/")
