"""Errors as answers: problem+json (RFC 9457) for programs, a page with advice for people."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import (
    AftercareError,
    Forbidden,
    InvalidFields,
    InvalidLink,
    NotFound,
    NotSignedIn,
    OidcProviderError,
    PolicyMistakes,
    RateLimited,
    TooLarge,
    WrongMethod,
    WrongType,
)
from chalicelib.rendering import words
from chalicelib.rules.intake.submission import LONGEST, MAX_FILES, UPLOAD_SAID
from chalicelib.services.ports.conflicts import StoreConflict
from chalicelib.web import cors, responses
from chalicelib.web.bodies import wants_json

_STATUS: dict[type[AftercareError], tuple[int, str]] = {
    InvalidFields: (422, "The submission can't be accepted as it is."),
    NotFound: (404, "There is nothing at this address."),
    InvalidLink: (403, "This link is not valid."),
    NotSignedIn: (401, "Sign in first."),
    Forbidden: (403, "This is not allowed."),
    OidcProviderError: (502, "The sign-in service does not answer."),
    TooLarge: (413, "The request is larger than this endpoint takes. Send files by POST /shops/{shop}/uploads."),
    WrongMethod: (405, "This address does not take this method."),
    WrongType: (415, "Send JSON, a urlencoded form or a multipart form."),
    RateLimited: (429, "Too many requests; try again later."),
    StoreConflict: (409, "Somebody else changed this at the same time; try again."),
    PolicyMistakes: (500, "The shop's policy can't be read."),
}
_FAULT = (500, "Something went wrong on our side.")
_DESK_PAGES = ("not_found", "too_large", "too_many", "forbidden", "error", "wrong_method", "only_shown", "unreadable")
_PAGES = {
    403: "not_found", 404: "not_found", 405: "wrong_method", 410: "link_expired", 413: "too_large", 415: "unreadable",
    422: "unreadable", 429: "too_many",
}  # fmt: skip


def answer(request: Request, error: AftercareError, shop: str | None) -> Response:
    """The answer to an error that was raised on purpose."""
    status, title = next((found for kind, found in _STATUS.items() if isinstance(error, kind)), _FAULT)
    status = 410 if isinstance(error, InvalidLink) and error.expired else status
    if wants_json(request):
        answered = problem(request, status, title, shop, **_more(request, error, shop))
    else:
        answered = _page(request, status, _page_name(error, status), shop)
    if isinstance(error, WrongMethod):
        answered.headers["Allow"] = ", ".join(error.allowed)
    return answered


def _page_name(error: AftercareError, status: int) -> str:
    if isinstance(error, Forbidden) and status == 403:
        return "forbidden"
    if isinstance(error, WrongMethod) and "GET" in error.allowed:
        return "only_shown"
    return _PAGES.get(status, "error")


def _more(request: Request, error: AftercareError, shop: str | None) -> dict[str, Any]:
    if not isinstance(error, InvalidFields):
        return {}
    return {"errors": field_errors(error.codes, responses.language(request, shop), error.near)}


def failure(request: Request, shop: str | None) -> Response:
    """The answer to an unexpected error of ours."""
    if wants_json(request):
        return problem(request, *_FAULT, shop)
    return _page(request, 500, "error", shop)


def _page(request: Request, status: int, what: str, shop: str | None) -> Response:
    """A page about the error; a signed-in agent gets it within the desk."""
    from chalicelib.web.access import auth  # few pages are about an error

    signed = auth.seen(request)
    if signed is None:
        return responses.message(request, status, what, shop)
    known = what if what in _DESK_PAGES else "not_found"
    return auth.page(signed, "desk/message", status=status, what=known)


def problem(request: Request, status: int, title: str, shop: str | None, **extra: Any) -> Response:
    body = {"type": "about:blank", "title": title, "status": status} | extra
    return responses.json_answer(body, status, cors.headers(request, shop), "application/problem+json")


def field_errors(
    problems: Mapping[str, str], language: str, near: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """One entry per field: its name, a code for programs, a sentence for people."""
    meant = near or {}
    return [
        {"field": name, "code": code, "detail": sentence(name, code, language, meant.get(name, ""))}
        for name, code in problems.items()
    ]


def sentence(field: str, code: str, language: str, near: str = "", longest: int | None = None) -> str:
    """What to correct, as a sentence. `longest`: the field's limit in characters, if it is not a form's."""
    limit = LONGEST.get(field, 0) if longest is None else longest
    values = {"longest": limit, "count": MAX_FILES, "size": words.size(UPLOAD_SAID, language)}
    return words.problem(field, code, language, near=near, **values)
