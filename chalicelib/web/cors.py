"""Cross-origin requests: each shop's own storefronts, and nobody else (the Fetch standard's CORS protocol).
That there is no such shop may be read by anybody's scripts, as what the gateway says itself."""

from chalice.app import Request, Response

from chalicelib.wiring import policy


def headers(request: Request, shop: str | None) -> dict[str, str]:
    """The headers that let this request's origin read the answer; none when it is not the shop's."""
    origin = request.headers.get("origin", "")
    known = policy().shops.get(shop or "")
    if shop and origin and not known:
        # Who mistyped a shop's id is to read so, not that something failed. It says nothing of anybody.
        return {"Access-Control-Allow-Origin": "*"}
    if not known or origin not in known.origins:
        return {"Vary": "Origin"}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def preflight(request: Request, shop: str) -> Response:
    allowed = headers(request, shop)
    if "Access-Control-Allow-Origin" in allowed:
        allowed |= {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Content-Type, Accept, Idempotency-Key",
            "Access-Control-Max-Age": "86400",
        }
    return Response("", status_code=204, headers=dict(allowed))
