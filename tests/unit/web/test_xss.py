"""Two hundred XSS payloads through every field: none is active on any page or in any of our mails."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.rules.intake import submission
from chalicelib.rules.procedure.ticket_admin import LONGEST_TAG
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.actions.action_input import LONGEST
from chalicelib.services.tickets import links
from tests.support import agents, records
from tests.support.agents import stream
from tests.support.payloads import PAYLOADS
from tests.support.store.fakes import PUBLIC_URL, World
from tests.support.web.browsing import Answer, Browser
from tests.support.web.living import ada, alive, browser, dead, elements, safe, world
from tests.support.web.visitors import Visitor, press, signed_in

__all__ = ["ada", "browser", "world"]

TOM = "tom@northlight.example"
HARMLESS = "A word"
SUBMITTED = (
    "name", "subject", "order_number", "message", "product", "serial_number", "kind", "topic", "email", "country",
    "language", "submission_id", "return_url", "purchase_date", "form_token", "uploads",
)  # fmt: skip
CONTACTED = (
    "channel", "direction", "answered", "reference", "name", "address", "phone", "when", "notes", "subject", "kind",
    "topic", "order_number", "language", "country", "idempotency_key",
)  # fmt: skip
ACTED = (
    "text", "address", "name", "until", "reason", "due", "purchased", "outcome", "seen", "idempotency_key", "ready",
    "mode", "message", "into", "number", "fault", "remedy_kind", "kind", "country", "language", "to",
)  # fmt: skip


def test_the_check_recognises_active_payloads() -> None:
    """The check itself: most payloads are active when put into a page unescaped; the others need another context."""
    found = [payload for payload in PAYLOADS if alive(LexborHTMLParser(f"<body>{payload}</body>"), ours=("/api/",))]
    assert len(found) > 140
    tame = '<a href="https://x.example">x</a><a href="/x?a=b:c">x</a><script src="/api/x.js"></script>'
    assert not alive(LexborHTMLParser(tame), ours=("/api/",))


# Fields ---------------------------------------------------------------------------------------------------------------


def cut(payload: str, name: str) -> str:
    return payload[: submission.LONGEST.get(name, LONGEST.get(name, 20_000))]


@dataclass(frozen=True, slots=True)
class Written:
    """A form filled in with one payload, and the ticket that it opened."""

    payload: str
    ref: str
    url: str
    answer: Answer = field(repr=False)


def submits(browser: Browser, world: World, payload: str, number: int) -> Written:
    lines = {name: cut(payload, name) for name in ("name", "subject", "order_number", "product", "serial_number")}
    values = lines | {
        "email": f"mira{number}@example.com", "kind": "complaint", "topic": "damaged_in_transit", "message": payload,
        "submission_id": f"xss-{number}",
    }  # fmt: skip
    name = payload.replace("\r", "").replace("\n", "").replace('"', "%22").encode()
    before = set(world.store.tickets)
    answer = multipart(browser, values, name)
    assert answer.status_code == 303, answer.body
    (ref,) = set(world.store.tickets) - before
    token = answer.headers["Location"].partition("?t=")[2]
    return Written(payload, ref, f"/t/{token}", answer)


def multipart(browser: Browser, values: dict[str, str], filename: bytes) -> Answer:
    fields = [
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b' % (k.encode(), v.encode())
        for k, v in values.items()
    ]
    file = b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="%b"\r\nContent-Type: %b\r\n\r\nx' % (
        filename,
        b"image/png",
    )
    body = b"\r\n".join([*fields, file, b"--x--", b""])
    return browser.post("/shops/northlight/tickets", body, "multipart/form-data; boundary=x", accept="text/html")


@pytest.fixture(scope="module")
def harmless(browser: Browser, world: World) -> Written:
    return submits(browser, world, HARMLESS, 9999)


@pytest.fixture(scope="module")
def written(browser: Browser, world: World, harmless: Written) -> list[Written]:
    made = [submits(browser, world, payload, number) for number, payload in enumerate(PAYLOADS)]
    stream(world)
    return made


def shown(text: str) -> str:
    """A payload as a line of a page shows it."""
    return " ".join(submission.one_line(text).split())


class TestCustomersPages:
    def test_a_refused_form_shows_only_text(self, browser: Browser) -> None:
        def refused(payload: str) -> Answer:
            answer = browser.form(dict.fromkeys(SUBMITTED, payload))
            assert answer.status_code == 422
            return answer

        # As long as the payload: the error for too long texts appears as well.
        lengths = {len(payload) for payload in PAYLOADS}
        like = {length: dead(refused(HARMLESS.ljust(length, "x"))) for length in lengths}
        for payload in PAYLOADS:
            dead(refused(payload), like=like[len(payload)])

    def test_a_form_filled_in_by_a_link_shows_only_text(self, browser: Browser) -> None:
        def linked(payload: str) -> Answer:
            query = urlencode(
                dict.fromkeys(("kind", "topic", "subject", "order_number", "return_url", "lang"), payload)
            )
            return browser.get(f"/shops/northlight/contact?{query}")

        like = dead(linked(HARMLESS))
        for payload in PAYLOADS:
            dead(linked(payload), like=like)

    def test_the_thanks_page_shows_only_text(self, browser: Browser, written: list[Written], harmless: Written) -> None:
        like = dead(browser.get(harmless.answer.headers["Location"]))
        for one in written:
            dead(browser.get(one.answer.headers["Location"]), like=like)

    def test_a_rating_shows_only_text(self, browser: Browser, world: World, ada: Visitor) -> None:
        """Refused, given, and as agents see it."""
        ticket = records.closed(world, agents.opened(world, ref="NL-7R4T3-00000").ref)
        url = links.status_url(world.deps, ticket)

        def rated(payload: str) -> list[Answer]:
            taken_back = evolve(world.store.tickets[ticket.ref], rating=None)
            world.store.commit(Change(taken_back))
            refused = press(browser, url, {"score": payload, "rating_text": payload}, f"{url}/rating")
            given = press(browser, url, {"score": "3", "rating_text": payload}, f"{url}/rating")
            assert (refused.status_code, given.status_code) == (422, 303)
            return [refused, browser.get(url), ada.get(f"/desk/t/{ticket.ref}")]

        like = [dead(answer) for answer in rated(HARMLESS)][:2]
        for payload in PAYLOADS:
            refused, given, at_the_desk = rated(payload)
            dead(refused, like=like[0])
            dead(given, like=like[1])
            dead(at_the_desk)  # its log grows with each

    def test_the_tickets_page_shows_only_text(
        self, browser: Browser, written: list[Written], harmless: Written
    ) -> None:
        """Also with the customer's replies."""

        def replied(one: Written) -> Answer:
            assert browser.form({"message": one.payload, "submission_id": one.payload}, one.url).status_code == 303
            return browser.get(one.url)

        like = dead(replied(harmless))
        for one in written:
            answer = replied(one)
            dead(answer, like=like)
            heading = LexborHTMLParser(answer.body).css_first("h1")
            assert heading
            assert heading.text() == shown(cut(one.payload, "subject"))

    def test_a_refused_reply_shows_only_text(self, browser: Browser, written: list[Written]) -> None:
        for one in written:
            refused = browser.form({"message": one.payload, "uploads": one.payload}, one.url)
            assert refused.status_code == 422
            dead(refused)


ECHOES = (
    "/t/{}", "/f/{}", "/static/{}", "/shops/{}/contact", "/shops/{}/policy", "/shops/northlight/thanks?t={}",
    "/shops/northlight/policy?lang={}", "/t/x?sent={}", "/desk/login?next={}", "/desk/login?lang={}", "/desk/in?t={}",
    "/desk/oidc/back?state={}&code={}&error={}", "/desk/search?q={}", "/desk?list={}&shop={}&kind={}&day={}&after={}",
    "/desk?list=closed&day={}", "/desk/contact?ticket={}", "/desk/contact?shop={}", "/desk/t/{}", "/desk/t/{}/raw/{}",
    "/desk/t/{}/f/{}/{}", "/t/{}/rating",
)  # fmt: skip


@pytest.mark.parametrize("path", ECHOES)
def test_text_from_a_url_is_shown_only_as_text(ada: Visitor, path: str) -> None:
    nobody = Visitor(ada.browser)
    for payload in PAYLOADS:
        for visitor in (nobody, ada):
            answer = visitor.get(path.replace("{}", quote(payload, safe="")))
            if answer.status_code == 303:
                assert answer.headers["Location"].startswith(PUBLIC_URL)
                assert not answer.body
            else:
                dead(answer)


# The desk -------------------------------------------------------------------------------------------------------------


def said_by_an_agent(payload: str) -> list[tuple[str, dict[str, str]]]:
    """Every action that stores an agent's words, with words that it accepts."""
    tag, other = re.sub(r"[\s,;]+", "_", payload), "parts@example.org"
    return [
        ("note", {"text": payload}),
        ("tag", {"tags": tag[:LONGEST_TAG]}),
        ("change", {"order_number": f"no. {payload}"}),
        ("claim", {"purchased": "2026-01-05", "product": payload, "serial": payload}),
        ("find", {"fault": "courier", "reason": payload}),
        ("remedy", {"remedy_kind": "replacement", "owed_by": "seller", "note": payload}),
        (
            "refer",
            {"to": "", "address": other, "name": payload, "text": payload, "fact-name": "yes", "fact-message": "yes"},
        ),
        ("end_referral", {"number": "1", "reason": payload}),
        ("extend", {"by": "1 day", "reason": payload}),
        ("place_legal_hold", {"reason": payload}),
        ("answer", {"text": payload}),
        ("ask", {"text": payload}),
        ("remedy_done", {"text": payload}),
        ("close", {"outcome": "settled", "reason": payload}),
        ("reopen", {"reason": payload}),
        ("conclude", {"outcome": "upheld", "text": payload}),
    ]


def acts(ada: Visitor, one: Written) -> None:
    """An agent does all of these on the ticket."""
    for action, fields in said_by_an_agent(one.payload):
        answer = ada.post(f"/desk/t/{one.ref}/{action}", {"idempotency_key": "1"} | fields)
        assert answer.status_code == 303, action


class TestDesk:
    def test_a_tickets_page_shows_only_text(
        self, ada: Visitor, world: World, written: list[Written], harmless: Written
    ) -> None:
        for one in (harmless, *written):
            acts(ada, one)
        stream(world)
        like = dead(ada.get(f"/desk/t/{harmless.ref}"))
        for one in written:
            answer = ada.get(f"/desk/t/{one.ref}")
            dead(answer, like=like)
            heading = LexborHTMLParser(answer.body).css_first("h1")
            assert heading
            assert heading.text() == shown(cut(one.payload, "subject"))

    def test_drafts_and_refused_forms_show_only_text(self, ada: Visitor, written: list[Written]) -> None:
        for number, one in enumerate(written):
            assert ada.post(f"/desk/t/{one.ref}/draft", {"text": one.payload}).status_code == 200
            dead(ada.get(f"/desk/t/{one.ref}?done={quote(one.payload)}"))
            action = ("refer", "extend", "use", "conclude", "merge", "split", "claim", "answer")[number % 8]
            answer = ada.post(f"/desk/t/{one.ref}/{action}", dict.fromkeys(ACTED, one.payload))
            assert answer.status_code in (200, 422, 303)
            if answer.status_code != 303:
                dead(answer)

    def test_lists_and_search_show_only_text(self, ada: Visitor, world: World, written: list[Written]) -> None:
        for list_ in ("open", "waiting", "closed", "owed", "unassigned"):
            path: str | None = f"/desk?list={list_}"
            seen = 0
            while path:
                answer = ada.get(path)
                dead(answer)
                return_to = LexborHTMLParser(answer.body).css_first("a[rel=next]")
                path = (return_to.attributes["href"] or "").removeprefix("/api") if return_to else None
                seen += 1
        for number in range(0, 200, 20):
            dead(ada.get(f"/desk/search?q=mira{number}%40example.com"))

    def test_a_contacts_form_shows_only_text(self, ada: Visitor) -> None:
        def refused(payload: str) -> Answer:
            answer = ada.post(
                "/desk/contact", {name: cut(payload, name) for name in CONTACTED} | {"shop": "northlight"}
            )
            assert answer.status_code == 422
            return answer

        like = dead(refused(HARMLESS))
        for payload in PAYLOADS:
            dead(refused(payload), like=like)

    def test_a_logged_contact_shows_only_text(self, ada: Visitor, browser: Browser) -> None:
        for number, payload in enumerate(PAYLOADS):
            said = {
                "channel": "phone",
                "direction": "in",
                "notes": payload,
                "idempotency_key": f"call-{number}",
                "shop": "northlight",
            }
            lines = {name: cut(payload, name) for name in ("name", "subject", "order_number", "phone")}
            answer = ada.post("/desk/contact", said | lines | {"address": f"caller{number}@example.com"})
            assert answer.status_code == 303, answer.body
            dead(ada.get(answer.headers["Location"]))

    def test_admin_pages_show_only_text(
        self, browser: Browser, world: World, written: list[Written], ada: Visitor
    ) -> None:
        for number, payload in enumerate(PAYLOADS):
            who = {"name": cut(payload, "name"), "email": f"robot{number}@example.com", "submission_id": f"t-{number}"}
            values = who | {"kind": "complaint", "subject": payload, "message": payload, "further_details": "x"}
            assert browser.form(values).status_code == 303
        tom = signed_in(browser, TOM)
        dead(tom.get("/desk/admin"))
        for list_ in ("quarantine", "condemned"):
            dead(ada.get(f"/desk?list={list_}"))


def test_our_mails_contain_only_text(world: World, written: list[Written], harmless: Written, ada: Visitor) -> None:
    """Runs after the desk's tests: the words written there were sent by mail."""
    stream(world)
    assert len(world.mailer.sent) > 3 * len(PAYLOADS)
    known: set[str] = set()
    names: set[str] = set()
    hostile = []
    for sent in world.mailer.sent:
        mail = sent.mail  # parsed once: there are more than the mailer keeps parsed
        html = mail.get_body(("html",))
        assert html
        tree = LexborHTMLParser(html.get_content())
        parts = {f"{node.tag} {name}" for node in elements(tree) for name in (*node.attributes, "")}
        if f"<{harmless.ref}>" in sent.raw.decode("ascii", "replace") or harmless.ref in str(mail["Subject"]):
            known |= parts
            names |= set(mail.keys())
        else:
            hostile.append((set(mail.keys()), tree, parts))
    known.add("a rel")  # a link for an address in a customer's text
    for headers, tree, parts in hostile:
        assert not tree.css("script, svg, math, img, iframe, form, base, object, [onerror], [onload]")
        assert all(safe(node.attributes["href"] or "", "href", ()) for node in tree.css("[href]"))
        assert not any(name.startswith("on") for node in elements(tree) for name in node.attributes)
        assert parts <= known, parts - known
        assert headers <= names, headers - names
