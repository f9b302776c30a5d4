"""The help centre: its start, articles, search, what stands beside the form, and whether an article helped."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields
from chalicelib.rules.help.articles import Article
from chalicelib.rules.help.masking import beginning
from chalicelib.rules.help.wanting import LONGEST_QUESTION
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.opening_times import SAID_FOR
from chalicelib.services.calls import right_now
from chalicelib.services.help import counting, finding, reading
from chalicelib.services.help.pacing import Pacer
from chalicelib.services.products import answers
from chalicelib.services.products.answers import FoundAnswer
from chalicelib.web import bodies, cors, responses
from chalicelib.wiring import deps, policy

_CACHED = "public, max-age=300"
# With the line about telephoning right now, which holds for so long.
_BRIEFLY = f"public, max-age={SAID_FOR.seconds}"
# What was asked is the visitor's own.
_UNCACHED = "no-store"
_VARY = "Accept, Accept-Language, Origin"
_HELPED = {"yes": True, "no": False}
_pacer = Pacer()


def show_all(request: Request, shop: str) -> Response:
    known, language = policy().shop(shop), responses.language(request, shop)
    return _page(
        "help",
        known,
        language,
        "help",
        caching=_CACHED,
        indexed=True,
        sections=reading.sections(deps(), known, language),
    )


def search(request: Request, shop: str) -> Response:
    """What answers `q`: a page, or JSON for a program."""
    known, language, question = policy().shop(shop), responses.language(request, shop), _question(request)
    caller = responses.source_address(request)
    if question.strip():
        _pacer.pass_on(deps(), known, caller)
    found = finding.found(deps(), known, language, question)
    answered = answers.found(deps(), known, language, question)
    if question.strip() and not found and not answered:
        counting.in_vain(deps(), known, language, question, caller)
    if bodies.wants_json(request):
        return _listed(request, known, language, found, answered)
    return _page(
        "help_search",
        known,
        language,
        "help/search",
        caching=_UNCACHED,
        question=question,
        searched=counting.searched(deps(), known, language, question),
        found=found,
        answered=answered,
        sections=() if found or answered else reading.sections(deps(), known, language),
    )


def suggest(request: Request, shop: str) -> Response:
    """What may answer a message while it is written, for the form's script."""
    known, language, asked = policy().shop(shop), responses.language(request, shop), responses.query(request)
    _pacer.pass_on(deps(), known, responses.source_address(request))
    kind, topic = asked.get("kind", ""), asked.get("topic", "")
    return _listed(
        request, known, language, finding.suggested(deps(), known, language, kind, topic, _question(request))
    )


def show(request: Request, shop: str, article: str) -> Response:
    known, language = policy().shop(shop), responses.language(request, shop)
    view = reading.view(deps(), known, article, language, responses.root())
    said = responses.query(request).get("helped", "")
    return _page(
        "help_article",
        known,
        language,
        f"help/{article}",
        # What is taken back is gone at once, so no copy of a page that may show it is kept.
        caching=_UNCACHED if view.article.skus else _CACHED,
        indexed=True,
        view=view,
        answers=answers.about(deps(), known, language, view.article),
        said=said if said in _HELPED else "",
    )


def helped(request: Request, shop: str, article: str) -> Response:
    """Count the answer. It needs no cookie, and nothing says whose it was."""
    known, language = policy().shop(shop), responses.language(request, shop)
    reading.view(deps(), known, article, language, responses.root())
    _pacer.pass_on(deps(), known, responses.source_address(request))
    said = bodies.read(request).fields.get("helped", "")
    if said not in _HELPED:
        raise InvalidFields({"helped": "unknown"})
    counting.helped(deps(), known, language, article, yes=_HELPED[said])
    return responses.redirect(f"{reading.url(deps(), known, article, language)}&helped={said}")


def _question(request: Request) -> str:
    return beginning(responses.query(request).get("q", ""), LONGEST_QUESTION)


def _page(
    name: str, shop: Shop, language: str, path: str, *, caching: str, indexed: bool = False, **context: Any
) -> Response:
    """A page of the help. Search engines may list those that are the same for everybody."""
    address = f"{deps().public_url}/shops/{shop.id}/{path}"
    line = right_now.said(deps(), shop, language) if indexed else ""
    if line:
        caching, context = _BRIEFLY if caching == _CACHED else caching, context | {"right_now": [line]}
    page = responses.page(name, shop=shop, language=language, caching=caching, indexed=indexed, path=address, **context)
    if indexed:
        page.headers.pop("X-Robots-Tag")
    page.headers["Vary"] = _VARY
    return page


def _listed(
    request: Request,
    shop: Shop,
    language: str,
    found: Sequence[Article],
    answered: Sequence[FoundAnswer] = (),
) -> Response:
    """The articles and published questions as JSON, which scripts on the shop's own sites may read."""
    results = [
        {"title": each.title, "url": reading.url(deps(), shop, each.slug, language), "snippet": each.lead}
        for each in found
    ]
    results += [{"title": each.question, "url": each.url, "snippet": each.snippet} for each in answered]
    headers: Mapping[str, str] = {"Cache-Control": _UNCACHED, "Content-Language": language}
    return responses.json_answer(
        {"results": results}, 200, {**headers, **cors.headers(request, shop.id), "Vary": _VARY}
    )
