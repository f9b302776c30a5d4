"""bell.js in Chromium, beside a server and connections that the test plays, with a clock that it moves."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute

SCRIPT = Path(__file__).parents[3] / "templates/static/bell.js"
PAGE = """<!doctype html><div id="chat" data-ring="/ring" data-csrf="token"></div><script>
const heard = [], box = document.getElementById("chat");
for (const name of ["ring", "typing"]) box.addEventListener(name, () => heard.push(name));
</script><script src="/bell.js"></script>"""
LIVE = "ws://bell.test/live"
MINUTE = 60_000


@dataclass
class Played:
    """The server's part: `answers` with a pass, and accepts what connects with it."""

    page: Page
    answers: dict[str, Any] = field(default_factory=lambda: {"url": LIVE, "ticket": "a+b"})
    status: int = 200
    asked: list[str] = field(default_factory=list)
    connections: list[WebSocketRoute] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        match route.request.url.rpartition("/")[2]:
            case "ring":
                self.asked.append(route.request.post_data or "")
                route.fulfill(status=self.status, content_type="application/json", body=json.dumps(self.answers))
            case "bell.js":
                route.fulfill(content_type="text/javascript", body=SCRIPT.read_text(encoding="utf-8"))
            case _:
                route.fulfill(content_type="text/html", body=PAGE)

    def accept(self, made: WebSocketRoute) -> None:
        self.connections.append(made)
        made.on_message(lambda message: self.said.append(str(message)))

    def passes(self, minutes: float) -> None:
        self.page.clock.run_for(int(minutes * MINUTE))

    def asks(self, number: int) -> None:
        """Let time pass until the page has asked so often. Nothing else lets it pass: when it asks again is chance."""

        def asked() -> bool:
            if len(self.asked) < number:
                self.passes(0.1)
            return len(self.asked) >= number

        self.until(asked)

    def heard(self, *sounds: str) -> None:
        """Wait until exactly this was heard."""
        self.until(lambda: self.page.evaluate("heard") == list(sounds))

    def connected(self, number: int) -> None:
        """Wait until the page has connected so often: it looks each time."""
        self.until(lambda: self.page.evaluate("heard").count("ring") >= number)

    def until(self, fits: Callable[[], object]) -> None:
        """The page's own clock stands still, so it is asked from here."""
        for _ in range(2000):
            if fits():
                return
            self.page.wait_for_timeout(10)
        pytest.fail(f"asked {len(self.asked)} times, connected {len(self.connections)} times, said {self.said}")


@pytest.fixture
def played(page: Page) -> Iterator[Played]:
    made = Played(page)
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.route("http://bell.test/**", made.answer)
    page.route_web_socket(lambda url: url.startswith(LIVE), made.accept)
    yield made


def test_a_page_connects_by_a_pass_and_hears_what_rings(page: Page, played: Played) -> None:
    page.goto("http://bell.test/")
    played.heard("ring")  # what came before it was connected
    assert (played.asked, [each.url for each in played.connections]) == (["csrf=token"], [f"{LIVE}?t=a%2Bb"])
    for sound in ('{"ring": true}', '{"typing": true}', "no JSON", '{"other": true}'):
        played.connections[0].send(sound)
    played.heard("ring", "ring", "typing")


def test_it_keeps_the_connection_open_and_renews_it_before_it_ends(page: Page, played: Played) -> None:
    page.goto("http://bell.test/")
    played.connected(1)
    played.passes(25)
    played.until(lambda: len(played.said) >= 3)
    assert played.said == ["{}"] * 3
    played.passes(86)
    played.asks(2)
    played.connected(2)
    assert len(played.connections) == 2


def test_it_connects_again_after_a_break(page: Page, played: Played) -> None:
    page.goto("http://bell.test/")
    for number in (1, 2, 3):
        played.connected(number)
        assert len(played.connections) == len(played.asked) == number
        played.connections[-1].close()
        played.asks(number + 1)


@pytest.mark.parametrize("status", [429, 503])
def test_it_asks_again_later_where_it_may_not_connect_now(page: Page, played: Played, status: int) -> None:
    played.status, played.answers = status, {"code": "rate_limited"}
    page.goto("http://bell.test/")
    played.until(lambda: played.asked)
    assert (len(played.asked), played.connections) == (1, [])
    played.status, played.answers = 200, {"url": LIVE, "ticket": "a+b"}
    played.asks(2)
    played.connected(1)
    assert len(played.asked) == 2


def test_its_element_says_whether_it_can_be_rung(page: Page, played: Played) -> None:
    page.goto("http://bell.test/")
    played.connected(1)
    assert page.evaluate("'connected' in box.dataset")
    page.evaluate("box.addEventListener('lost', () => heard.push('lost'))")
    played.connections[0].close()
    played.heard("ring", "lost")
    assert not page.evaluate("'connected' in box.dataset")


def test_that_somebody_types_is_told_once_in_three_seconds(page: Page, played: Played) -> None:
    page.goto("http://bell.test/")
    played.connected(1)
    for _ in range(3):
        page.evaluate("box.dispatchEvent(new CustomEvent('typed'))")
    played.passes(0.06)
    page.evaluate("box.dispatchEvent(new CustomEvent('typed'))")
    played.until(lambda: len(played.said) >= 2)
    assert played.said == ['{"typing": true}'] * 2


@pytest.mark.parametrize(("answers", "status"), [({"url": None}, 200), ({}, 403), ({}, 404)])
def test_without_connections_it_is_silent(page: Page, played: Played, answers: dict[str, Any], status: int) -> None:
    played.answers, played.status = answers, status
    page.goto("http://bell.test/")
    played.until(lambda: played.asked)
    played.passes(30)
    assert (len(played.asked), played.connections) == (1, [])
    page.evaluate("box.dispatchEvent(new CustomEvent('typed'))")
    assert page.evaluate("heard") == []
