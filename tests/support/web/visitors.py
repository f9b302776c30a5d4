"""Browsers with cookies that state the origin of their requests, for tests of the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib import wiring
from chalicelib.rules.access import sessions
from chalicelib.rules.identity.keys import Use
from chalicelib.services.access import signing_in
from chalicelib.web.access import auth
from chalicelib.web.desk import login
from tests.support.store.fakes import Clock
from tests.support.store.mailer import FakeMailer
from tests.support.web.browsing import FORM, Answer, Browser, first, page

OURS = {"sec_fetch_site": "same-origin"}


@dataclass(slots=True)
class Visitor:
    """A person with their own browser."""

    browser: Browser
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def csrf(self) -> str:
        """The CSRF token of the forms that this visitor gets."""
        id = self.cookies.get(auth.COOKIE, "").partition(".")[0]
        return sessions.csrf(wiring.deps().secret.lasting(Use.SESSIONS), id) if id else ""

    def get(self, path: str, **headers: str) -> Answer:
        return self._kept(self.browser.get(path, **self._sent(headers)))

    def post(self, path: str, values: dict[str, Any] | None = None, **headers: str) -> Answer:
        """Post a form of one of our own pages, with its token; `headers` override the defaults."""
        sent = OURS | {"accept": "text/html"} | self._sent(headers)
        body = urlencode({"csrf": self.csrf} | (values or {}))
        return self._kept(self.browser.post(path, body, FORM, **{name: value for name, value in sent.items() if value}))

    def press(self, url: str, values: dict[str, Any] | None = None, to: str = "", **headers: str) -> Answer:
        """Open a page and press its button that has consequences; `to`: where its form is sent, if not to the page."""
        shown, target = self.get(url), urlsplit(to or url).path
        forms = [
            form
            for form in page(shown).css("form")
            if urlsplit(form.attributes.get("action") or "").path.endswith(target)
        ]
        field = forms[0].css_first("[name=nonce]") if forms else None
        nonce = (field or first(shown, "form [name=nonce]")).attributes["value"]
        return self.post(to or url, {"nonce": nonce} | (values or {}), **headers)

    def _sent(self, headers: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return ({"cookie": cookie} if cookie else {}) | headers

    def _kept(self, answer: Answer) -> Answer:
        for line in set_cookies(answer):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer


def press(browser: Browser, url: str, values: dict[str, Any] | None = None, to: str = "") -> Answer:
    """What a person does who opens a page in a browser of their own and presses its button."""
    return Visitor(browser).press(url, values, to)


def set_cookies(answer: Answer) -> list[str]:
    headers: dict[str, Any] = answer.headers
    found: list[str] = headers.get("Set-Cookie", [])
    return found


def signed_in(browser: Browser, address: str) -> Visitor:
    """An agent who has signed in."""
    return Visitor(browser, {auth.COOKIE: signing_in.begin(wiring.deps(), address)})


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of the application: the time, and the mails it sent."""

    clock: Clock
    mailer: FakeMailer


@contextmanager
def surroundings() -> Iterator[Around]:
    """A clock that tests set, and a mail service in memory instead of SES. Requests for a sign-in link don't wait."""
    around = Around(Clock(), FakeMailer())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "clock", lambda *_: around.clock)
        patched.setattr(wiring, "Mailer", lambda *_: around.mailer)
        patched.setattr(login, "ASKING_SECONDS", 0.0)
        wiring.deps.cache_clear()
        yield around
        wiring.deps.cache_clear()
