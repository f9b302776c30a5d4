"""Cross-origin requests (the Fetch standard's CORS protocol): only each shop's own storefronts are allowed.
Every site's scripts may read that a shop does not exist; API Gateway's own answers are readable for them too."""

from chalice.app import Request, Response

from chalicelib.wiring import policy


def headers(request: Request, shop: str | None) -> dict[str, str]:
    """The headers that let the request's origin read the answer; only Vary if the origin is not one of the shop's."""
    origin = request.headers.get("origin", "")
    known = policy().shops.get(shop or "")
    if shop and origin and not known:
        # A developer who mistyped the shop's id should see this answer, not a failed request. It contains no personal
        # data.
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
