"""API Gateway's own answers before any of our code runs: too large, too many requests, no such address. Written here
once, for the stack's template and for local/web/gateway.py: a page in all languages for people, problem+json for
programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.rendering import pages, words
from chalicelib.rules.policy.model import Policy

HTML, JSON, PROBLEM = "text/html", "application/json", "application/problem+json"
# Every site's scripts may read these answers, and every site may frame them, as a shop's page does with the chat: they
# contain no personal data, no script and no form. (No Content-Security-Policy: the template puts each value in quotes
# and a policy contains quotes.)
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
# As in resources.yaml
PUBLIC_URL = {"Fn::If": ["HasDomain", {"Fn::Sub": "https://${DomainName}"}, {"Ref": "PublicUrl"}]}
# Placeholder for our address while the page is made; replaced by the stack's parameter or the local address.
_OURS = "https://ours.invalid"


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """One answer: its status (None: the gateway's own), its table of words under [gateway], a title for programs."""

    status: int | None
    what: str
    title: str


# By API Gateway's names for its answers.
ANSWERS = {
    "MISSING_AUTHENTICATION_TOKEN": GatewayAnswer(404, "not_found", "There is nothing at this address."),
    "RESOURCE_NOT_FOUND": GatewayAnswer(404, "not_found", "There is nothing at this address."),
    "REQUEST_TOO_LARGE": GatewayAnswer(
        413, "too_large", "The request is larger than this endpoint takes. Send files by POST /shops/{shop}/uploads."
    ),
    "THROTTLED": GatewayAnswer(429, "too_many", "Too many requests; try again later."),
    "QUOTA_EXCEEDED": GatewayAnswer(429, "too_many", "Too many requests; try again later."),
    "INTEGRATION_TIMEOUT": GatewayAnswer(504, "error", "The answer took too long; try again."),
    "DEFAULT_4XX": GatewayAnswer(None, "not_accepted", "The request can't be accepted as it is."),
    "DEFAULT_5XX": GatewayAnswer(None, "error", "Something went wrong on our side."),
}


def bodies(policy: Policy, public_url: str, name: str) -> dict[str, str]:
    """The bodies of this answer by media type. API Gateway replaces names that begin with a dollar."""
    answer = ANSWERS[name]
    languages = [*sorted(words.languages(), key=lambda code: code != "en")]
    shown = pages.page(
        "gateway", languages[0], what=answer.what, languages=languages, shops=list(policy.shops.values()), root=_OURS
    )
    problem: dict[str, Any] = {"type": "about:blank", "title": answer.title}
    if answer.status:
        problem["status"] = answer.status
    text = json.dumps(problem)
    html = shown.replace("$", "&#36;").replace(_OURS, public_url.rstrip("/"))
    return {HTML: html, JSON: text, PROBLEM: text}


def chosen(offered: Mapping[str, str], accept: str) -> str:
    """The media type that API Gateway answers with: the first in `accept` that is offered, else JSON."""
    asked = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next((kind for kind in asked if kind in offered), JSON)


def resource(policy: Policy) -> dict[str, Any]:
    """The answers as the template's `GatewayResponses` property of the API."""
    return {name: _response(policy, name) for name in ANSWERS}


def _response(policy: Policy, name: str) -> dict[str, Any]:
    offered = bodies(policy, "${PublicUrl}", name)
    response: dict[str, Any] = {
        "ResponseParameters": {"Headers": {header: f"'{value}'" for header, value in HEADERS.items()}},
        "ResponseTemplates": {
            kind: {"Fn::Sub": [body, {"PublicUrl": PUBLIC_URL}]} if kind == HTML else body
            for kind, body in offered.items()
        },
    }
    return response | ({"StatusCode": ANSWERS[name].status} if ANSWERS[name].status else {})
