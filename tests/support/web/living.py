"""Finds what is active on a page, that is everything that runs, loads or restyles; and the application with its world
in memory, where hundreds of tickets cost nothing."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from chalice.test import Client
from selectolax.lexbor import LexborHTMLParser, LexborNode

import app
from chalicelib import wiring
from chalicelib.mail.bodies import html_safe
from tests.support.agents import ADA
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.store.fakes import world as new_world
from tests.support.web.browsing import Answer, Browser
from tests.support.web.visitors import Visitor, signed_in
from tests.unit.web.conftest import SETTINGS

SCHEMES = {"", "http", "https", "mailto", "tel"}
ADDRESSED = {"href", "src", "action", "formaction", "xlink:href", "cite", "background", "data", "poster", "ping"}
# Elements and attributes that run, load, submit or restyle; none of our pages has them.
NEVER = (
    "style, iframe, frame, object, embed, applet, svg, math, base, template, noscript, audio, video, source, marquee,"
    " dialog, portal, keygen, isindex, xmp, plaintext, map, area, [srcdoc], [style], [popover], [ping], [background],"
    " meta[http-equiv], [is], [contenteditable]"
)
# The number of these depends on the lines and addresses of a text.
OF_TEXT = {"p", "br", "a"}
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'",
    "font-src": "'self'", "frame-ancestors": "'none'",
}  # fmt: skip

# The policy names it: it has the notice on guarantees.
SHOPS_SITE = "https://www.northlight.example"


def alive(tree: LexborHTMLParser, *, ours: tuple[str, ...]) -> list[str]:
    """Everything in this document that runs, loads, or leads people elsewhere. `ours`: prefixes of our own URLs."""
    found = [str(node.tag) for node in tree.css(NEVER)]
    for node in elements(tree):
        for name, value in node.attributes.items():
            if name.startswith("on") or (name in ADDRESSED and not safe(value or "", name, ours)):
                found.append(f"<{node.tag} {name}={value}>")
    for node in tree.css("script"):
        if node.text(deep=True).strip() or not (node.attributes.get("src") or "").startswith(ours):
            found.append(str(node.html))
    return found


def elements(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    return iter(tree.css("*"))


def safe(address: str, name: str, ours: tuple[str, ...]) -> bool:
    """Whether a URL can't run anything. A URL that loads or submits automatically must also be ours."""
    bare = "".join(letter for letter in address if letter > " ")
    if name != "href":
        return bare.startswith(ours) and not bare.startswith("//")
    scheme = urlsplit(bare).scheme if ":" in bare.partition("/")[0] else ""
    return scheme.lower() in SCHEMES


def shape(tree: LexborHTMLParser) -> Counter[str]:
    """The number of each element and attribute, except those that depend on the text."""
    counted = Counter(str(node.tag) for node in elements(tree) if node.tag not in OF_TEXT)
    for node in elements(tree):
        if node.tag not in OF_TEXT:
            counted.update(f"{node.tag} {name}" for name in node.attributes)
    return counted


def dead(answer: Answer, *, like: Counter[str] | None = None) -> Counter[str]:
    """Assert that the page has nothing active and that its security policy would allow nothing active. Returns its
    shape, which must be that of the harmless page."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", answer.headers
    assert_strict(answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    tree = LexborHTMLParser(answer.body)
    assert alive(tree, ours=("/api/", PUBLIC_URL, SHOPS_SITE)) == []
    assert tree.css("html[lang] > body > main"), "nothing broke the page's frame"
    for sheet in tree.css(".sheet"):
        assert_allowed(sheet)
        sheet.decompose()
    found = shape(tree)
    if like is not None:
        assert found == like, found - like or like - found
    return found


def assert_strict(policy: str) -> None:
    stated = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert {name: stated[name] for name in POLICY} == POLICY
    ours = ("'self'", "https://files.s3.", SHOPS_SITE)  # the bucket has a mail's own pictures
    assert all(source.startswith(ours) for source in stated["img-src"].split())
    assert "unsafe" not in policy
    assert "*" not in policy


def assert_allowed(sheet: LexborNode) -> None:
    """Assert that a mail's own HTML has only what the sanitiser allows, and that its pictures are files of ours."""
    for node in sheet.css("*"):
        if node is sheet or node.attributes.get("class") == "sheet":
            continue
        listed = html_safe._ATTRIBUTES.get(str(node.tag), set()) | html_safe._ATTRIBUTES["*"] | {"rel", "loading"}
        assert node.tag in html_safe._TAGS
        assert set(node.attributes) <= listed, node.html
        if node.tag == "img":
            assert (node.attributes["src"] or "").startswith("/api/desk/t/")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = new_world(limits_on=False)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in SETTINGS.items():
            patched.setenv(name, value)
        patched.setattr(wiring, "client", lambda *_: None)
        patched.setattr(wiring, "secret", lambda *_: made.deps.secret)
        patched.setattr(wiring, "Deps", lambda **_: made.deps)
        wiring.deps.cache_clear()
        yield made
    wiring.deps.cache_clear()


@pytest.fixture(scope="module")
def browser(world: World) -> Iterator[Browser]:
    with Client(app.app) as client:
        yield Browser(client)


@pytest.fixture(scope="module")
def ada(browser: Browser) -> Visitor:
    return signed_in(browser, ADA)
