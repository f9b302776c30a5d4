"""What API Gateway says itself, before anything of ours runs: too much, too often, no such address. Written once, here,
for the stack's template and for local/web/gateway.py: a page in every language for people, problem+json for
programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.rendering import pages, words
from chalicelib.rules.policy.model import Policy

HTML, JSON, PROBLEM = "text/html", "application/json", "application/problem+json"
# Any site's scripts may read it: it says nothing of anybody. (No Content-Security-Policy is among these: the template
# writes a value between quotes and can put none into it. The page holds no script and nobody's words.)
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
# Stands for our address while the page is made: the stack's parameter, or this machine's.
_OURS = "https://ours.invalid"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its status (none: the gateway's own), a table of words under [gateway], a title for programs."""

    status: int | None
    what: str
    title: str


# By the gateway's own names for them.
SAID = {
    "MISSING_AUTHENTICATION_TOKEN": Said(404, "not_found", "There is nothing at this address."),
    "RESOURCE_NOT_FOUND": Said(404, "not_found", "There is nothing at this address."),
    "REQUEST_TOO_LARGE": Said(
        413, "too_large", "The request is larger than this endpoint takes. Send files by POST /shops/{shop}/uploads."
    ),
    "THROTTLED": Said(429, "too_many", "Too many requests; try again later."),
    "QUOTA_EXCEEDED": Said(429, "too_many", "Too many requests; try again later."),
    "INTEGRATION_TIMEOUT": Said(504, "error", "The answer took too long; try again."),
    "DEFAULT_4XX": Said(None, "not_accepted", "The request can't be accepted as it is."),
    "DEFAULT_5XX": Said(None, "error", "Something went wrong on our side."),
}


def bodies(policy: Policy, public_url: str, name: str) -> dict[str, str]:
    """What is said under this name, by media type. API Gateway puts in what begins with a dollar."""
    said = SAID[name]
    languages = [*sorted(words.languages(), key=lambda code: code != "en")]
    shown = pages.page(
        "gateway", languages[0], what=said.what, languages=languages, shops=list(policy.shops.values()), root=_OURS
    )
    problem: dict[str, Any] = {"type": "about:blank", "title": said.title}
    if said.status:
        problem["status"] = said.status
    text = json.dumps(problem)
    html = shown.replace("$", "&#36;").replace(_OURS, public_url.rstrip("/"))
    return {HTML: html, JSON: text, PROBLEM: text}


def chosen(offered: Mapping[str, str], accept: str) -> str:
    """The media type API Gateway answers with: the first that is asked for and offered, else JSON."""
    asked = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next((kind for kind in asked if kind in offered), JSON)


def resource(policy: Policy) -> dict[str, Any]:
    """The same as the template has it: `GatewayResponses` of the API."""
    return {name: _response(policy, name) for name in SAID}


def _response(policy: Policy, name: str) -> dict[str, Any]:
    offered = bodies(policy, "${PublicUrl}", name)
    response: dict[str, Any] = {
        "ResponseParameters": {"Headers": {header: f"'{value}'" for header, value in HEADERS.items()}},
        "ResponseTemplates": {kind: {"Fn::Sub": body} if kind == HTML else body for kind, body in offered.items()},
    }
    return response | ({"StatusCode": SAID[name].status} if SAID[name].status else {})
