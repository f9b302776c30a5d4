"""The chat in the frame of a shop's page, in a browser: every link that stands there is pressed, and the frame is never
empty."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, expect

from chalicelib.services.chats import present
from tests.browser.chats import live
from tests.support.store.fakes import World
from tests.support.web.served import served

SHOP = "https://www.northlight.example/lamps"
_LINKS = "links => links.map(link => [link.getAttribute('href'), link.target, link.textContent])"


@pytest.fixture(scope="module")
def here() -> Iterator[tuple[World, str]]:
    with served() as found:
        world, _ = found
        present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
        yield found


@pytest.fixture
def storefront(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=live.PHONE, locale="en-GB")
    context.set_default_timeout(30_000)
    # Chromium asks its user before a page of the internet loads something from their own machine.
    context.grant_permissions(["local-network-access"])
    context.route("https://*.example/**", lambda route: route.fulfill(content_type="text/html", body="<h1>Lamps</h1>"))
    yield context
    context.close()


def framing(storefront: BrowserContext, url: str) -> tuple[Page, Frame]:
    """A page of the shop with this address in a frame."""
    body = f'<!doctype html><title>Lamps</title><iframe src="{url}" style="width:360px;height:800px"></iframe>'

    def with_frame(route: Route) -> None:
        route.fulfill(content_type="text/html", body=body)

    storefront.route(SHOP, with_frame)
    page = storefront.new_page()
    page.goto(SHOP)
    frame = page.frames[1]
    expect(frame.locator("main h1")).to_be_visible()
    return page, frame


def press_all(page: Page, frame: Frame) -> list[str]:
    """Press each link of the page in the frame; what was pressed. After each the frame shows a page of ours."""
    where, pressed = frame.url, list[str]()
    for href, target, words in frame.locator("a[href]").evaluate_all(_LINKS):
        link = frame.locator(f'a[href="{href}"]').first
        if target == "_blank":
            assert "opens in a new tab" in words or href.startswith(("mailto:", "tel:")), words
            if href.startswith(("http", "/")) and link.is_visible():
                with page.context.expect_page() as opened:
                    link.click()
                opened.value.wait_for_load_state()
                opened.value.close()
        elif href.endswith("/transcript.txt"):
            with page.expect_download():
                link.click()
        else:
            link.evaluate("link => link.click()")  # one that is seen by keyboard only, too
            expect(frame.locator("main h1")).to_be_visible()
            frame.goto(where)
        expect(frame.locator("main h1")).to_be_visible()
        pressed.append(href)
    return pressed


def test_each_link_in_the_frame_leads_to_a_page_that_is_shown(
    storefront: BrowserContext, here: tuple[World, str]
) -> None:
    _, root = here
    form = f"{root}/shops/northlight/chat?lang=en"
    page, frame = framing(storefront, form)
    pressed = press_all(page, frame)
    assert {href.partition(":")[0] for href in pressed} >= {"tel", "mailto", "https", "#content"}
    assert len([href for href in pressed if "/shops/northlight/" in href]) > 8
    frame.get_by_role("button", name="Begin the chat").click()
    expect(frame.locator(".summary")).to_be_visible()
    faults = frame.locator(".summary a").all()
    assert len(faults) == 3
    for fault in faults:
        fault.click()
    live.fill(frame, "frame@example.com", "My parcel is delayed")  # type: ignore[arg-type]
    beside = frame.locator(".suggestions a").first
    with page.context.expect_page() as opened:
        beside.click()
    opened.value.wait_for_load_state()
    opened.value.close()
    frame.get_by_role("button", name="Begin the chat").click()
    expect(frame.locator("#lines")).to_contain_text("My parcel is delayed")
    assert any(href.endswith("/transcript.txt") for href in press_all(page, frame))
    frame.get_by_role("button", name="End the chat").click()
    expect(frame.locator("#state")).to_contain_text("You get an answer by email.")


@pytest.mark.parametrize("where", ["shops/northlight/chat?reference=NL-7K3F9-QXMT2", "chat/ended", "shops/none/chat"])
def test_pages_about_the_chat_are_shown_there_too(
    storefront: BrowserContext, here: tuple[World, str], where: str
) -> None:
    _, root = here
    page, frame = framing(storefront, f"{root}/{where}")
    assert press_all(page, frame)
