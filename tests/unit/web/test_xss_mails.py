"""Two hundred XSS payloads through every part of a mail: none is active on any page or in any of our mails about it."""

import base64
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets import links
from tests.support.agents import stream
from tests.support.payloads import PAYLOADS
from tests.support.store.fakes import World
from tests.support.web.browsing import Browser
from tests.support.web.living import ada, browser, dead, elements, safe, world
from tests.support.web.visitors import Visitor

__all__ = ["ada", "browser", "world"]

CARE = "care@help.northlight.example"


def encoded(text: str) -> bytes:
    """A header's text with arbitrary characters (RFC 2047)."""
    return b"=?utf-8?b?%b?=" % base64.b64encode(text.encode())


def of_a_robot(raw: bytes) -> list[bytes]:
    return [b"Auto-Submitted: auto-generated; %b" % raw, b"Precedence: %b" % raw, b"X-Autoreply: %b" % raw]


def mail(payload: str, number: int, *, robot: bool) -> bytes:
    """A mail in which every part is this payload."""
    raw = payload.replace("\r", " ").replace("\n", " ").encode()
    headers = [
        b"From: %b <mail%d@example.com>" % (encoded(payload), number),
        b"Reply-To: %b <reply%d@example.com>" % (encoded(payload), number),
        b"To: %b, %b <to@example.com>" % (CARE.encode(), encoded(payload)),
        b"Cc: %b <cc@example.com>, %b" % (encoded(payload), raw),
        b"Subject: %b" % encoded(payload),
        b"Date: %b" % raw,
        b"Message-ID: <xss-%d-%d@mail.example>" % (number, robot),
        *(of_a_robot(raw) if robot else ()),
        b"MIME-Version: 1.0",
        b"Content-Type: multipart/mixed; boundary=m",
    ]
    words = [b"--m", b"Content-Type: multipart/alternative; boundary=a", b"", *bodies(payload)]
    return b"\r\n".join([*headers, b"", *words, *files(payload, raw), b"--m--", b""])


def bodies(payload: str) -> list[bytes]:
    picture = f'<img src="cid:{quote(payload, safe="")}" alt="{payload}"> <img src="cid:plain" alt="Shade">'
    return [
        b"--a", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: base64", b"",
        base64.b64encode(payload.encode()),
        b"--a", b"Content-Type: text/html; charset=utf-8", b"Content-Transfer-Encoding: base64", b"",
        base64.b64encode(f'<p><img src="cid:plain" alt="First"></p>{payload}<p>{picture}</p>'.encode()), b"--a--",
    ]  # fmt: skip


def files(payload: str, raw: bytes) -> list[bytes]:
    name = quote(payload, safe="").encode()
    return [
        b"--m", b"Content-Type: image/png; name*=utf-8''%b" % name, b"Content-ID: <%b>" % raw,
        b"Content-Disposition: inline; filename*=utf-8''%b" % name, b"", b"one",
        b"--m", b"Content-Type: image/png", b"Content-ID: <plain>", b"Content-Disposition: inline", b"", b"two",
        b"--m", b"Content-Type: application/%b" % raw,
        b'Content-Disposition: attachment; filename="%b"' % raw, b"", b"three",
        b"--m", b"Content-Type: text/html; name=x.html", b"Content-Disposition: attachment", b"", payload.encode(),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail with one payload, and the ticket that it opened."""

    payload: str
    ref: str


def arrives(world: World, payload: str, number: int, *, robot: bool) -> Mailed:
    before = set(world.store.tickets)
    receive(world.deps, MailReceived(world.arrives(mail(payload, number, robot=robot)), (CARE,)))
    (ref,) = set(world.store.tickets) - before
    return Mailed(payload, ref)


@pytest.fixture(scope="module")
def mailed(world: World) -> list[Mailed]:
    """Mails by people first, then automatic mails."""
    came = [arrives(world, p, number, robot=robot) for robot in (False, True) for number, p in enumerate(PAYLOADS)]
    stream(world)
    return came


def test_a_tickets_page_shows_only_text_and_its_files_are_downloads(ada: Visitor, mailed: list[Mailed]) -> None:
    for one in mailed:
        answer = ada.get(f"/desk/t/{one.ref}")
        dead(answer)
        addresses = [node.attributes["href"] or "" for node in LexborHTMLParser(answer.body).css(".files a")]
        assert addresses
        for address in addresses:
            assert ada.get(address.removeprefix("/api")).headers["Location"].startswith("https://files.example/")


def test_the_original_shows_text_and_the_sanitisers_allowed_tags(ada: Visitor, mailed: list[Mailed]) -> None:
    for one in mailed:
        answer = ada.get(f"/desk/t/{one.ref}?original=opening")
        assert answer.status_code == 200
        dead(answer)
        shown = LexborHTMLParser(answer.body).css(".sheet img")
        assert shown, "the mail's own picture"


def test_the_customers_page_shows_only_text(browser: Browser, world: World, mailed: list[Mailed]) -> None:
    for one in mailed:
        token = links.status_url(world.deps, world.store.tickets[one.ref]).rpartition("/")[2]
        dead(browser.get(f"/t/{token}"))


def test_the_lists_show_only_text(ada: Visitor, mailed: list[Mailed]) -> None:
    paths, listed = ["/desk?list=open", "/desk?list=quarantine"], 0
    while paths:
        answer = ada.get(paths.pop())
        dead(answer)
        tree = LexborHTMLParser(answer.body)
        listed += len(tree.css(".row"))
        paths += [(node.attributes["href"] or "").removeprefix("/api") for node in tree.css("a[rel=next]")]
    assert listed == len(mailed)


def test_our_mails_about_them_contain_only_text(world: World, mailed: list[Mailed]) -> None:
    assert len(world.mailer.sent) >= len(mailed)
    for sent in world.mailer.sent:
        html = sent.mail.get_body(("html",))
        assert html
        tree = LexborHTMLParser(html.get_content())
        assert not tree.css("script, svg, math, img, iframe, form, base, object, link, [srcdoc]")
        assert not any(name.startswith("on") for node in elements(tree) for name in node.attributes)
        assert all(safe(node.attributes["href"] or "", "href", ()) for node in tree.css("[href]"))
        assert sent.mail["From"].addresses[0].addr_spec == CARE
