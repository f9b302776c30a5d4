"""The page that confirms a data request, over HTTP, and how the desk shows it."""

from urllib.parse import urlsplit

from chalicelib import wiring
from chalicelib.rules.tickets.ticket import Change, Ticket, evolve
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import Visitor, press, signed_in, surroundings


def requested(ref: str) -> tuple[Ticket, str]:
    """A data request, and the URL of the page that confirms it."""
    deps = wiring.deps()
    made = samples.ticket(ref, deps.now(), kind="data_request")
    deps.tickets.commit(Change(made))
    return made, links.confirmation_url(deps, made, deps.now())


def kept(ref: str) -> Ticket:
    found = wiring.deps().tickets.ticket(ref)
    assert found
    return found


def test_one_button_confirms_and_the_page_then_says_so(browser: Browser) -> None:
    ref = "NL-7K3F9-C0NF1"
    ticket, url = requested(ref)
    shown = page(browser.get(url))
    assert len(shown.css("form button")) == 1
    assert first(shown, "form").attributes["action"] == urlsplit(url).path
    assert ref in first(shown, ".lead").text()
    assert ticket.subject not in shown.text()
    assert kept(ref).identity_confirmed_at is None
    reader = Visitor(browser)
    nonce = first(reader.get(url), "form [name=nonce]").attributes["value"]
    for _ in range(2):
        answer = reader.post(url, {"nonce": nonce})
        assert (answer.status_code, answer.headers["Location"]) == (303, url)
    at = kept(ref).identity_confirmed_at
    assert at
    after = page(browser.get(url))
    assert not after.css_matches("form")
    assert "confirmed" in first(after, "h1").text()


def test_forged_and_withdrawn_links_are_refused(browser: Browser) -> None:
    ref = "NL-7K3F9-C0NF2"
    ticket, url = requested(ref)
    status = links.status_url(wiring.deps(), ticket).rpartition("/")[2]
    for forged in (f"{url[:-3]}xxx", f"{url.rpartition('/')[0]}/{status}"):
        assert browser.get(forged).status_code == 403
        assert browser.form({}, forged).status_code == 403
    wiring.deps().tickets.commit(Change(evolve(ticket, link_version=2)))
    assert browser.get(url).status_code == 410
    assert browser.form({}, url).status_code == 410
    assert kept(ref).identity_confirmed_at is None


def test_a_form_that_nobody_pressed_by_hand_shows_the_page_again(browser: Browser) -> None:
    ref = "NL-7K3F9-C0NF5"
    _, url = requested(ref)
    answer = browser.form({}, url)
    assert answer.status_code == 422
    assert "once more" in first(answer, ".summary").text()
    assert not page(answer).css_matches(".summary a")
    assert kept(ref).identity_confirmed_at is None
    assert press(browser, url).status_code == 303
    assert kept(ref).identity_confirmed_at


def test_the_desk_requests_and_shows_the_confirmation(browser: Browser) -> None:
    with surroundings() as around:
        ticket = samples.ticket("NL-7K3F9-C0NF3", around.clock(), kind="data_request")
        wiring.deps().tickets.commit(Change(ticket))
        agent = signed_in(browser, "ada@northlight.example")
        where = f"/desk/t/{ticket.ref}"
        assert "not confirmed" in first(page(agent.get(where)), "#confirm_identity summary").text()
        assert agent.post(f"{where}/confirm_identity", {"idempotency_key": "1"}).status_code == 303
        _, messages = wiring.deps().tickets.conversation(ticket.ref)
        assert [message.event.value for message in messages] == ["confirm_identity"]
        asked = kept(ticket.ref)
        wiring.deps().tickets.commit(Change(evolve(asked, identity_confirmed_at=around.clock())))
        shown = first(page(agent.get(where)), "#confirm_identity summary").text()
        assert "not confirmed" not in shown
        assert "confirmed" in shown


def test_other_tickets_have_nothing_to_confirm(browser: Browser) -> None:
    with surroundings() as around:
        ticket = samples.ticket("NL-7K3F9-C0NF4", around.clock())
        wiring.deps().tickets.commit(Change(ticket))
        agent = signed_in(browser, "ada@northlight.example")
        assert not page(agent.get(f"/desk/t/{ticket.ref}")).css_matches("#confirm_identity")
