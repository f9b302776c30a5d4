"""The published ratings: a page, JSON for programs of everybody, and a badge that shows the mean."""

from typing import Any
from xml.sax.saxutils import escape

from chalice.app import Request, Response

from chalicelib.rendering import words
from chalicelib.rules.feedback.published import FROM, Published, Score
from chalicelib.services.feedback import ratings
from chalicelib.services.feedback.ratings import RatingsView
from chalicelib.web import bodies, responses
from chalicelib.wiring import deps, policy

_CACHED = "public, max-age=300"
# It is the same for everybody, and no cookie counts.
_OPEN = {"Cache-Control": _CACHED, "Access-Control-Allow-Origin": "*", "Vary": "Accept, Accept-Language"}
_BADGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="28" role="img" aria-label="{label}">'
    '<title>{label}</title><rect width="{width}" height="28" rx="4" fill="#1d2733"/>'
    '<text x="{middle}" y="19" fill="#ffffff" font-family="system-ui,sans-serif" font-size="14" '
    'text-anchor="middle" textLength="{text}" lengthAdjust="spacingAndGlyphs">{label}</text></svg>'
)
# Pixels for each letter of the badge.
_LETTER, _MARGIN = 7, 12


def show(request: Request, shop: str) -> Response:
    known, language = policy().shop(shop), responses.language(request, shop)
    view = ratings.view(deps(), known, language)
    if bodies.wants_json(request):
        return responses.json_answer(_as_json(shop, view), 200, _OPEN)
    page = responses.page("ratings", shop=known, language=language, caching=_CACHED, indexed=True, view=view)
    page.headers.pop("X-Robots-Tag")
    page.headers["Vary"] = _OPEN["Vary"]
    return page


def badge(request: Request, shop: str) -> Response:
    """A picture for the shop's own pages; it loads nothing and sets no cookie."""
    counted = ratings.of_year(deps(), policy().shop(shop))
    label = escape(_label(counted, responses.language(request, shop)), {'"': "&quot;"})
    text = _LETTER * len(label)
    width = text + 2 * _MARGIN
    drawn = _BADGE.format(width=width, middle=width / 2, text=text, label=label)
    headers = {"Content-Type": "image/svg+xml", "Content-Security-Policy": "default-src 'none'"}
    return responses.answer(drawn, 200, _OPEN | headers | {"X-Content-Type-Options": "nosniff"})


def _label(counted: Published, language: str) -> str:
    if not counted.shown:
        return words.phrase(language, "ratings.badge_few").format(least=FROM)
    mean = words.money(counted.all.mean, language)
    return words.phrase(language, "ratings.badge").format(mean=mean, count=counted.all.count)


def _as_json(shop: str, view: RatingsView) -> dict[str, Any]:
    of = view.published
    told: dict[str, Any] = {
        "shop": shop,
        "from": of.since.isoformat(),
        "to": of.until.isoformat(),
        "published_from": FROM,
        "count": of.all.count,
        "promises": {"kept": of.all.kept, "missed": of.all.missed, "kept_percent": of.kept_percent},
        "first_answers": dict(of.answers),
    }
    if not of.shown:
        return told
    return told | {
        "mean": float(of.all.mean),
        "by_score": {str(score): count for score, count in of.by_score.items()},
        "rated_percent": of.rated_percent,
        "closed": of.closed,
        "by_month": [_row(row) for row in of.by_month],
        "by_kind": [_row(row) for row in of.by_kind],
        "comments_removed": dict(of.removed),
        "comments": [
            {"score": each.score, "text": each.text, "day": each.day.isoformat(), "kind": each.kind}
            for each in view.comments
        ],
    }


def _row(row: Score) -> dict[str, Any]:
    mean = float(row.mean) if row.mean else None
    return {"name": row.name, "count": row.count, "mean": mean, "kept": row.kept, "missed": row.missed}
