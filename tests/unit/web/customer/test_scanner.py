"""A program that scans mails: it follows every link and sends every form it finds, and changes nothing."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, State, evolve
from chalicelib.services.delivery import objections
from chalicelib.services.tickets import links
from tests.support import agents
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor

__all__ = ["browser", "world"]

# A form there opens a ticket on purpose, also for a program; its own signs and limits judge it (decisions 6 and 125).
ON_PURPOSE = "/shops/"
SCANNERS: dict[str, dict[str, Any]] = {
    "without cookies": {},
    "with cookies": {"keeps": True},
    "with cookies, as a typed address": {"keeps": True, "site": "none"},
    "with cookies, from another site": {"keeps": True, "site": "cross-site"},
}


@dataclass(slots=True)
class Scanner:
    """Follows links and sends forms, each with its fields as they stand and with each option picked."""

    browser: Browser
    keeps: bool = False
    site: str = ""
    seen: set[str] = field(default_factory=set)
    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def walks(self, url: str) -> None:
        """Everything that can be reached from this URL."""
        waiting = [url]
        while waiting:
            path = _path(waiting.pop())
            if path in self.seen or path.startswith((ON_PURPOSE, "/static/", "/desk")) or path == "/":
                continue
            self.seen.add(path)
            visitor = Visitor(self.browser)
            answer = visitor.get(path)
            waiting += self._found(answer, path)
            for target, values in _forms(answer, path):
                if _path(target).startswith((ON_PURPOSE, "/u/")):
                    continue
                self.sent.append((_path(target), values))
                sender = visitor if self.keeps else Visitor(self.browser)
                sender.post(target, values, sec_fetch_site=self.site)

    def _found(self, answer: Answer, path: str) -> Iterator[str]:
        if location := answer.headers.get("Location"):
            yield from _ours([str(location)])
        if str(answer.headers.get("Content-Type", "")).startswith("text/html"):
            yield from _ours(urljoin(_whole(path), href) for href in _values(answer, "a[href]", "href"))


def _forms(answer: Answer, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    if not str(answer.headers.get("Content-Type", "")).startswith("text/html"):
        return
    for form in LexborHTMLParser(answer.body).css("form[method=post]"):
        target = urljoin(_whole(path), form.attributes["action"] or "")
        standing = dict(_standing(form))
        yield target, standing
        for option in form.css("input[type=radio], input[type=checkbox], option"):
            name = option.attributes.get("name") or _name_of(option)
            yield target, standing | {name: option.attributes.get("value") or "on"}


def _standing(form: LexborNode) -> Iterator[tuple[str, str]]:
    """The fields of a form as they stand, as a browser would send them."""
    for node in form.css("input, textarea"):
        kind, name = node.attributes.get("type") or "", node.attributes.get("name")
        if name and kind != "file" and (kind not in ("radio", "checkbox") or "checked" in node.attributes):
            yield name, (node.text() if node.tag == "textarea" else node.attributes.get("value") or "")


def _name_of(option: LexborNode) -> str:
    parent = option.parent
    while parent is not None and parent.tag != "select":
        parent = parent.parent
    return (parent.attributes.get("name") or "") if parent is not None else ""


def _values(answer: Answer, selector: str, name: str) -> Iterator[str]:
    return (node.attributes[name] or "" for node in LexborHTMLParser(answer.body).css(selector))


def _ours(urls: Any) -> Iterator[str]:
    return (url for url in urls if url.startswith(PUBLIC_URL))


def _whole(path: str) -> str:
    return f"{PUBLIC_URL}{path}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.removeprefix(urlsplit(PUBLIC_URL).path)
    return f"{path}?{parts.query}" if parts.query else path


def state(world: World) -> Any:
    """Everything stored, apart from how often something was counted."""
    store = world.store
    return deepcopy((store.tickets, store.messages, store.logged, store.objected, store.flags, world.files.kept))


@pytest.fixture
def pages(world: World) -> list[str]:
    """The links of a customer's mails: to an open, a rateable and a rated ticket, to confirm a data request, to end
    adverts; and the receipt of one whose address is not confirmed."""
    number = len(world.store.tickets)
    refs = (f"NL-7SC4N-{number + each:05}" for each in range(5))
    opened, closed, rated, request, unproven = (
        agents.opened(world, ref, kind=kind, confirmed=ref_number != 4)
        for ref_number, (ref, kind) in enumerate(
            zip(refs, ("complaint", "complaint", "complaint", "data_request", "question"), strict=True)
        )
    )
    for ticket in (closed, rated):
        rating = Rating(2, "Slow.", world.clock()) if ticket is rated else None
        over = evolve(ticket, state=State.CLOSED, closed_at=world.clock(), outcome=Outcome.SETTLED, rating=rating)
        world.store.commit(Change(over))
    return [
        *(links.status_url(world.deps, each) for each in (opened, closed, rated, request, unproven)),
        links.receipt_url(world.deps, opened),
        links.confirmation_url(world.deps, request, world.clock()),
        objections.url(world.deps, world.shop, agents.MIRA, "en"),
    ]


@pytest.mark.parametrize("how", SCANNERS)
def test_it_changes_nothing_on_any_page_of_a_customer(
    browser: Browser, world: World, pages: list[str], how: str
) -> None:
    before = state(world)
    scanner = Scanner(browser, **SCANNERS[how])
    for url in pages:
        scanner.walks(url)
    assert state(world) == before
    # It has been everywhere, and has sent what would rate and confirm.
    assert {path.split("/")[1] for path in scanner.seen} >= {"t", "c", "u"}
    scores = {values["score"] for path, values in scanner.sent if path.endswith("/rating") and "score" in values}
    assert scores == {"1", "2", "3", "4", "5"}
    assert any(path.startswith("/c/") for path, _ in scanner.sent)
    assert any(path.endswith("/rating/withdraw") for path, _ in scanner.sent)


def test_a_person_does_all_that_it_could_not(browser: Browser, world: World, pages: list[str]) -> None:
    """The same pages, with a browser: else the test above would pass on pages that do nothing for anybody."""
    _, closed, rated, *_, confirmation, objection = pages
    reader = Visitor(browser)
    assert reader.press(closed, {"score": "4"}, f"{closed}/rating").status_code == 303
    assert reader.press(rated, {}, f"{rated}/rating/withdraw").status_code == 303
    assert reader.press(confirmation).status_code == 303
    assert reader.post(objection).status_code == 200
    assert [ticket.rating.score for ticket in world.store.tickets.values() if ticket.rating][-1] == 4
    assert [ticket.rating for ticket in world.store.tickets.values() if ticket.rating_withdrawn] == [None]


def test_at_the_objection_link_it_ends_adverts_and_nothing_else(
    browser: Browser, world: World, pages: list[str]
) -> None:
    before = deepcopy((world.store.tickets, world.store.messages))
    ((target, values),) = _forms(browser.get(pages[-1]), _path(pages[-1]))
    assert browser.form(values, target).status_code == 200
    assert (world.store.tickets, world.store.messages) == before
    assert objections.objected_at(world.deps, world.shop.id, agents.MIRA)
