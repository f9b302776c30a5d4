"""The page on which a customer says that an article was the answer, over HTTP."""

from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import Visitor


def asked(ref: str, language: str = "en") -> tuple[Ticket, str]:
    """A question, and the URL of its page."""
    deps = wiring.deps()
    made = samples.ticket(ref, deps.now(), kind="question", language=language)
    deps.tickets.commit(Change(made))
    return made, links.answered_url(deps, made)


def kept(ref: str) -> Ticket:
    found = wiring.deps().tickets.ticket(ref)
    assert found
    return found


@pytest.mark.parametrize(("language", "done"), [("en", "answered"), ("de", "beantwortet")])
def test_one_button_closes_and_the_page_then_says_so(browser: Browser, language: str, done: str) -> None:
    ref = {"en": "NL-7K3F9-ANS01", "de": "NL-7K3F9-ANS02"}[language]
    ticket, url = asked(ref, language)
    reader = Visitor(browser)
    shown = reader.get(url)
    assert len(page(shown).css("form button")) == 1
    assert first(shown, "form").attributes["action"] == urlsplit(url).path
    assert ticket.subject not in page(shown).text()
    assert kept(ref).state is State.OPEN
    nonce = first(shown, "form [name=nonce]").attributes["value"]
    for _ in range(2):
        answer = reader.post(url, {"nonce": nonce})
        assert (answer.status_code, answer.headers["Location"]) == (303, url)
    assert kept(ref).outcome is Outcome.SELF_SERVED
    after = page(browser.get(url))
    assert not after.css_matches("form")
    assert done in first(after, "h1").text()


@pytest.mark.parametrize("site", ["cross-site", "none"])
def test_only_a_persons_press_on_our_page_closes(browser: Browser, site: str) -> None:
    ref = {"cross-site": "NL-7K3F9-ANS03", "none": "NL-7K3F9-ANS04"}[site]
    _, url = asked(ref)
    reader = Visitor(browser)
    nonce = first(reader.get(url), "form [name=nonce]").attributes["value"]
    assert reader.post(url, {"nonce": nonce}, sec_fetch_site=site).status_code == 422
    assert Visitor(browser).post(url, {"nonce": nonce}).status_code == 422
    assert reader.post(url, {}).status_code == 422
    assert kept(ref).state is State.OPEN


def test_when_it_has_gone_on_the_page_says_so(browser: Browser) -> None:
    ref = "NL-7K3F9-ANS05"
    ticket, url = asked(ref)
    reader = Visitor(browser)
    nonce = first(reader.get(url), "form [name=nonce]").attributes["value"]
    wiring.deps().tickets.commit(Change(evolve(ticket, state=State.WAITING)))
    assert reader.post(url, {"nonce": nonce}).status_code == 409
    shown = reader.get(url)
    assert shown.status_code == 200
    assert not page(shown).css_matches("form")
    assert kept(ref).state is State.WAITING


def test_forged_and_withdrawn_links_are_refused(browser: Browser) -> None:
    ref = "NL-7K3F9-ANS06"
    ticket, url = asked(ref)
    confirmation = links.confirmation_url(wiring.deps(), ticket, ticket.opened_at).rpartition("/")[2]
    for forged in (f"{url[:-3]}xxx", f"{url.rpartition('/')[0]}/{confirmation}"):
        assert browser.get(forged).status_code == 403
        assert browser.form({}, forged).status_code == 403
    wiring.deps().tickets.commit(Change(evolve(ticket, link_version=2)))
    assert browser.get(url).status_code == 410
    assert browser.form({}, url).status_code == 410


def test_the_thank_you_page_names_articles_and_closes_nothing(browser: Browser) -> None:
    deps = wiring.deps()
    made = samples.ticket("NL-7K3F9-ANS07", deps.now(), kind="question", subject="", text="My parcel is late")
    deps.tickets.commit(Change(made))
    token = links.receipt_url(deps, made).rpartition("/")[2]
    shown = browser.get(f"/shops/northlight/thanks?t={token}")
    assert [node.text() for node in page(shown).css(".help-list a")] == ["My parcel is late"]
    assert "/a/" not in shown.body.decode()
