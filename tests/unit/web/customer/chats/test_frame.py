"""In the frame of a shop's page nothing of the chat leads to a page that may not stand there: each link and form leads
to a page that may, to a file that is saved, or to a tab of its own."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.chats import present
from chalicelib.services.tickets import limiting
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import HTML, Answer, Browser, first, page
from tests.support.web.living import browser, world
from tests.unit.web.customer.chats.test_chats import CHATS, FORM, asked, begun, own

__all__ = ["browser", "world"]


@pytest.fixture(autouse=True)
def staffed(world: World) -> None:
    for kept in (world.store.tickets, world.store.messages, world.store.places, world.store.counts):
        kept.clear()
    present.note(world.deps, world.shop, world.shop.agents[0], takes=True)


def may_be_framed(answer: Answer, by: str = "https://www.northlight.example") -> bool:
    allowed = str(answer.headers.get("Content-Security-Policy", "")).split("frame-ancestors ")[-1].split(";")[0]
    return "X-Frame-Options" not in answer.headers and by in allowed.split()


def path_of(url: str) -> str:
    return url.removeprefix(PUBLIC_URL).removeprefix("/api")


def followed(browser: Browser, answer: Answer) -> Answer:
    while answer.status_code == 303:
        answer = browser.get(path_of(answer.headers["Location"]))
    return answer


def leading_nowhere(browser: Browser, answer: Answer) -> list[str]:
    """The links of the page that would leave an empty frame."""
    found = []
    for link in page(answer).css("a[href]"):
        href = str(link.attributes["href"])
        if link.attributes.get("target") == "_blank":
            assert link.attributes["rel"] == "noopener"
        elif not href.startswith("#"):
            assert not urlsplit(href).netloc, href
            led = browser.get(path_of(href.partition("#")[0]))
            if not (may_be_framed(led) or "attachment" in led.headers.get("Content-Disposition", "")):
                found.append(href)
    return found


def pages(browser: Browser, world: World) -> dict[str, Answer]:
    """What can be in the frame."""
    shown = {"form": browser.get(FORM), "in German": browser.get(f"{FORM}?lang=de&topic=late")}
    shown["faults"] = browser.form(asked(email="mira"), CHATS)
    shown["a body that nobody can read"] = browser.post(CHATS, b"--", "multipart/form-data; boundary=x", accept=HTML)
    open_chat = begun(browser, world)
    path = own(world, open_chat)
    shown["chat"] = browser.get(path)
    shown["refused words"] = browser.form({"text": ""}, f"{path}/say")
    shown["said"] = followed(
        browser, browser.form({"submission_id": "line-0001", "text": "The blue one."}, f"{path}/say")
    )
    world.store.commit(Change(evolve(replace(world.store.tickets[open_chat.ref], link_version=2))))
    shown["a link that ended"] = browser.get(path)
    again = begun(browser, world, submission_id="again", message="It hums.", email="again@example.com")
    world.store.commit(Change(evolve(replace(world.store.tickets[again.ref], link_version=2))))
    refused = asked(submission_id="again", message="It hums.", email="again@example.com")
    shown["a receipt that is refused"] = followed(browser, browser.form(refused, CHATS))
    assert first(page(shown["a receipt that is refused"]), "strong.reference").text() == again.ref
    over = begun(browser, world)
    shown["ended"] = followed(browser, browser.form({"choice": "end"}, f"{own(world, over)}/end"))
    world.store.present_until.clear()
    shown["nobody"] = browser.get(FORM)
    shown["a message"] = browser.get(own(world, begun(browser, world)))
    shown["quarantined"] = browser.get(own(world, begun(browser, world, further_details="x")))
    shown["no such link"] = browser.get("/chat/nonsense")
    shown["wrong method"] = browser.get(CHATS)
    shown["too large"] = browser.post(CHATS, b"x" * 4_500_001, "multipart/form-data; boundary=x", accept=HTML)
    shown["wrong type"] = browser.post(CHATS, b"x", "text/plain", accept=HTML)
    shown["no such shop"] = browser.get("/shops/nobody/chat")
    return shown


def test_every_page_that_the_frame_can_come_to_is_shown_there_and_leads_nowhere_else(
    browser: Browser, world: World
) -> None:
    for name, shown in pages(browser, world).items():
        assert may_be_framed(shown), (name, shown.status_code, dict(shown.headers))
        assert not may_be_framed(shown, "https://www.elsewhere.example"), name
        assert page(shown).css("a[target=_blank] .unseen"), f"{name}: it says that links open another tab"
        assert leading_nowhere(browser, shown) == [], name
        for form in page(shown).css("form"):
            assert path_of(str(form.attributes["action"])).startswith(("/shops/northlight/chats", "/chat/")), name


def test_a_refused_receipt_says_only_the_reference(browser: Browser, world: World) -> None:
    shown = browser.get(f"{FORM}?reference=NL-7K3F9-QXMT2")
    assert first(page(shown), ".reference").text() == "NL-7K3F9-QXMT2"
    assert page(browser.get(f"{FORM}?reference=nonsense")).css_first("form.form")


def test_too_many_requests_are_said_in_the_frame(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own(world, begun(browser, world))
    monkeypatch.setattr(limiting, "may_chat", lambda *_: False)
    shown = browser.form({"submission_id": "line-0002", "text": "Hello?"}, f"{path}/say")
    assert shown.status_code == 429
    assert may_be_framed(shown)


@pytest.mark.parametrize("where", ["contact", "thanks?reference=NL-7K3F9-QXMT2", "policy", "help", "call"])
def test_no_other_page_may_be_framed_and_its_links_stay_in_its_tab(browser: Browser, where: str) -> None:
    shown = browser.get(f"/shops/northlight/{where}")
    assert shown.headers["X-Frame-Options"] == "DENY"
    assert page(shown).css("footer a[target]") == []
