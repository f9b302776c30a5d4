"""Every route answers every role as docs/threat-model.md says; a route missing there fails."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

import app
from chalicelib import wiring
from chalicelib.rules.calls import booking
from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.learning.improvements import Improvement, Reason
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.messages import Channel, File, Person, Reached
from chalicelib.rules.tickets.procedure_facts import Chat, Outcome, Publication, Rating
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.calls import links as call_links
from chalicelib.services.chats import links as chat_links
from chalicelib.services.delivery import objections
from chalicelib.services.messages import own_address
from chalicelib.services.orders import order_links
from chalicelib.services.ports.products.waiting import Waiting
from chalicelib.services.tickets import links
from chalicelib.services.waiting import asking
from chalicelib.web.desk import pages
from chalicelib.web.routing import FILLED_IN
from tests.support import samples
from tests.support.orders.made import out_of_stock, placed, taken
from tests.support.store.fakes import PUBLIC_URL, START
from tests.support.web.browsing import FORM, STORE, Answer, Browser, fields, page
from tests.support.web.visitors import OURS, Around, Visitor, signed_in, surroundings

DOC = Path(__file__).parents[3] / "docs" / "threat-model.md"
ROW = re.compile(r"\| (GET|POST|OPTIONS) (/\S*) \| (.+) \|")
WORDS = "A shade called Quietude"
AGENTS = {
    "agent of another shop": "robin@kettle.example",
    "agent": "ada@northlight.example",
    "admin": "tom@northlight.example",
}
ROLES = ("anonymous", "customer link", *AGENTS)
LEADS_TO = {
    "sign in": "/desk/login", "signed out": "/desk/login", "link asked for": "/desk/login?sent=1", "desk": "/desk",
    "its page": "/desk/t/{ref}", "thanks": "/shops/northlight/thanks?t=", "policy": "/shops/northlight/policy",
    "reply taken": "/t/{token}?sent=", "rating taken": "/t/{token}?rated=1",
    "taken back": "/t/{token}?taken_back=1", "back": "/t/", "confirmed": "/c/",
    "link mailed": "/t/", "address confirmed": "/e/",
    "found": "/desk/search?s=", "orders found": "/desk/orders?s=", "its order": "/desk/orders/O-",
    "its improvement": "/desk/improvements/northlight/", "chosen": "/o/",
    "looked for": "/shops/northlight/orders/find?lang=en&sent=1", "withdrawn": "/shops/northlight/withdrawn?t=",
    "answered": "/a/", "booked": "/shops/northlight/call?t=", "call changed": "/call/", "calls": "/desk/calls",
    "chat": "/chat/", "chats": "/desk/chats", "its chat": "/desk/chats/",
    "helped": "/shops/northlight/help/bulbs?lang=en&helped=yes", "noted": "/g/", "decided": "/q/", "waits": "/w/",
    "asked": "/shops/northlight/products/LAMP-1/back?lang=en&sent=1", "stock noted": "/desk/stock?done=1",
    "absence noted": "/desk/away?done=announced",
}  # fmt: skip
RATING = ("/t/{token}/rating", "/t/{token}/rating/withdraw")
BY_HAND = (
    *RATING,
    "/c/{token}",
    "/e/{token}",
    "/a/{token}",
    "/o/{token}/choice/{line}",
    "/o/{token}/address",
    "/call/{token}",
    "/g/{token}/serial",
    "/g/{token}/claim",
    "/q/{token}",
    "/q/{token}/take-back",
    "/w/{token}",
    "/w/{token}/forget",
)
# What a page of one button each sends its form to.
_PARTS = ("/rating/withdraw", "/rating", "/serial", "/claim", "/take-back", "/forget")
_numbers = itertools.count(1)


def table(columns: tuple[str, ...]) -> dict[tuple[str, str], dict[str, str]]:
    """The document's table that ends with these columns: the answer of each route, by column."""
    text = DOC.read_text(encoding="utf-8")
    lines = iter(text[text.index(f" | {' | '.join(columns)} |\n") :].splitlines()[1:])
    found: dict[tuple[str, str], dict[str, str]] = {}
    for line in itertools.takewhile(lambda line: line.startswith("|"), lines):
        if row := ROW.fullmatch(line):
            found[row[1], row[2]] = dict(zip(columns, row[3].split(" | ")[-len(columns) :], strict=True))
    return found


def with_pages(rows: dict[tuple[str, str], dict[str, str]]) -> dict[tuple[str, str], dict[str, str]]:
    """The rows, with one for each page of the desk in place of the two that stand for all of them."""
    everybodys, admins = rows.pop(("GET", "/desk/{page}")), rows.pop(("GET", "/desk/{admin_page}"))
    for name, each in pages.PAGES.items():
        rows["GET", f"/desk/{name}"] = admins if each.admins_only else everybodys
    return rows


MATRIX = with_pages(table(ROLES))
FORMS = table(("without its token", "from another site"))


@dataclass(frozen=True, slots=True)
class Thing:
    """A ticket of the shop with a file and a raw mail, and the tokens of its page, file and confirmation; and an order
    with a line that is out of stock."""

    ticket: Ticket
    page: str
    file: str
    confirmation: str
    order: Order
    publication: str


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def thing(browser: Browser, around: Around) -> Thing:
    deps = wiring.deps()
    number = next(_numbers)
    ref = f"NL-7K3F9-{number:05}"
    file = File("1-abc", "shade.jpg", "image/jpeg", 7, f"tickets/{ref}/abc")
    made = samples.ticket(ref, around.clock(), subject=WORDS, text=WORDS, files=(file,), raw_key=f"tickets/{ref}/raw")
    offered = Publication(f"offer{number}", "LAMP-1", "en", "Does it dim?", "Yes.", around.clock(), AGENTS["agent"])
    made = replace(made, publication=offered)
    context = deps.context(deps.policy.shop("northlight"))
    time = booking.Wanted(around.clock() + timedelta(minutes=number), None, f"SLOT#{number}#000")
    made = booking.booked(replace(made, requester=replace(made.requester, phone="+4930901820")), time, (), context)
    made = replace(made, chat=Chat(made.opened_at))
    deps.tickets.commit(Change(made, holds=booking.holds(made, made.call.places if made.call else ())))
    confirmation = links.confirmation_url(deps, made, made.opened_at).rpartition("/")[2]
    page_token = links.status_url(deps, made).rpartition("/")[2]
    publication = links.publication_url(deps, made, offered).rpartition("/")[2]
    return Thing(made, page_token, _file_token(made, file), confirmation, _order(number, around), publication)


def _order(number: int, around: Around) -> Order:
    now = around.clock()
    made = taken(placed(now), out_of_stock(now, "l1"), at=now)
    order = replace(made, ref=f"O-7K3F9-{number:05}", number=str(number), version=1)
    wiring.deps().orders.commit_order(order)
    return order


def _improvement() -> str:
    """The id of a new improvement."""
    id = f"matrix{next(_numbers)}"
    made = Improvement("northlight", id, Cause("late"), Reason.FIVE, 5, START, AGENTS["agent"], START)
    wiring.deps().improvements.put_improvement(made)
    return id


def _file_token(ticket: Ticket, file: File) -> str:
    return links.file_url(wiring.deps(), ticket, ticket.opening, file).rpartition("/")[2]


def _waits(thing: Thing) -> str:
    """The token by which somebody confirms that they wait for a product."""
    deps, now = wiring.deps(), thing.ticket.opened_at
    waiting = Waiting("northlight", "LAMP-2", thing.ticket.ref, "mira@example.com", "en", now, now + timedelta(days=2))
    deps.waiting.ask(waiting)
    return asking.url(deps, waiting).rpartition("/")[2]


def _messengers() -> tuple[str, str]:
    """The token of the page of a messenger's user, and the one by which the address given there is confirmed."""
    deps, number = wiring.deps(), next(_numbers)
    who = Person("Mira Holm", f"4915100{number:05}@whatsapp.invalid")
    made = samples.ticket(f"NL-7K3F9-M{number:04}", deps.now(), channel=Channel.WHATSAPP, person=who)
    made = replace(made, reached=Reached("200", made.opened_at))
    deps.tickets.commit(Change(made))
    page_token = links.status_url(deps, made).rpartition("/")[2]
    own_address.ask(deps, page_token, f"mira{number}@example.com")
    _, (asked,) = deps.tickets.conversation(made.ref)
    return page_token, own_address.url(deps, made, asked).rpartition("/")[2]


def visitor(browser: Browser, role: str, thing: Thing) -> Visitor:
    """A visitor of this role; the holder of a customer's link also tries its token as a cookie."""
    if role in AGENTS:
        return signed_in(browser, AGENTS[role])
    return Visitor(browser, {"__Host-desk": thing.page} if role == "customer link" else {})


# What is requested ----------------------------------------------------------------------------------------------------


def address(path: str, role: str, thing: Thing) -> str:
    """The route's URL for this ticket, with the tokens that this role has."""
    holds = role == "customer link"
    deps = wiring.deps()
    objection = objections.url(deps, deps.policy.shop("northlight"), thing.ticket.requester.address, "en")
    tokens = {
        "/f/{token}": thing.file, "/c/{token}": thing.confirmation,
        "/a/{token}": links.answered_url(deps, thing.ticket).rpartition("/")[2],
        "/u/{token}": objection.rpartition("/")[2].partition("?")[0],
    }  # fmt: skip
    of_order = order_links.order_url(deps, thing.order).rpartition("/")[2]
    held = of_order if path.startswith("/o/") else tokens.get(path, thing.page)
    if path.startswith("/g/"):
        held = order_links.passport_url(deps, thing.order, "l1").rpartition("/")[2]
    held = thing.publication if path.startswith("/q/") else held
    if path.startswith("/call/"):
        held = call_links.page_url(deps, thing.ticket).rpartition("/")[2]
    if path.startswith("/chat/"):
        held = chat_links.token(deps, thing.ticket)
    if path.startswith("/w/"):
        held = _waits(thing)
    if path in ("/t/{token}/email", "/e/{token}"):
        held = _messengers()[path == "/e/{token}"]
    token = held if holds else "forged.token"
    orders = path.startswith("/desk/orders")
    action = "send_word" if orders else "end" if "/chats/" in path else "note"
    names = {
        "/static/{name}": "aftercare.css", "/static/shops/{name}": "northlight.css",
    }  # fmt: skip
    filled = path.format(
        shop="northlight", document="terms", version="2026-11-01", article="bulbs", day="2026-01-01", sku="LAMP-1",
        ref=thing.order.ref if orders else thing.ticket.ref, action=action,
        line=order_links.line_key("l1"), message="opening", file="1-abc", source="own", token=token,
        name=names.get(path, ""), picture="causes", id=_improvement() if "improvements" in path else "",
    )  # fmt: skip
    queries = {
        "/desk/search": {"q": thing.ticket.ref}, "/desk/in": {"t": token},
        "/shops/{shop}/thanks": {"t": token}, "/shops/{shop}/withdrawn": {"t": token},
        "/desk/oidc/back": {"code": token, "state": token}, "/desk/contact": {"ticket": thing.ticket.ref},
    }  # fmt: skip
    return f"{filled}?{urlencode(queries[path])}" if path in queries else filled


def body(path: str, thing: Thing) -> dict[str, str]:
    """A form of the route that is accepted from a visitor who may send it."""
    number = next(_numbers)
    bodies: dict[str, dict[str, str]] = {
        "/shops/{shop}/tickets": fields(),
        "/shops/{shop}/withdraw": {"name": "Mira Holm", "contract": f"NL-{number}", "email": "mira@example.com"},
        "/shops/{shop}/withdrawals": {"name": "Mira Holm", "contract": f"NL-{number}", "email": "mira@example.com"},
        "/shops/{shop}/uploads": {"filename": "a.jpg", "content_type": "image/jpeg", "size": "7"},
        "/t/{token}": {"message": "Any news?", "submission_id": f"matrix-{number}"},
        "/shops/{shop}/help/{article}/helped": {"helped": "yes"},
        "/shops/{shop}/feedback": {
            "managed": "no", "felt": "bad", "email": "mira@example.com", "submission_id": f"said-{number}",
        },
        "/t/{token}/rating": {"score": "4"},
        "/t/{token}/rating/withdraw": {},
        "/t/{token}/expenses": {"call_minutes": "5", "submission_id": f"expenses-{number}"},
        "/c/{token}": {},
        "/e/{token}": {},
        "/t/{token}/email": {"email": f"mira{number}@example.com"},
        "/a/{token}": {},
        "/u/{token}": {"List-Unsubscribe": "One-Click"},
        "/in/{shop}/{source}": {"type": "order.paid"},
        "/desk/login": {"email": "nobody@example.com"},
        "/desk/in": {"t": thing.page},
        "/desk/out": {},
        "/desk/search": {"q": thing.ticket.ref},
        "/desk/orders": {"q": "1001"},
        "/desk/orders/{ref}/{action}": {},
        "/g/{token}/serial": {"serial_number": f"SN-{number}"},
        "/g/{token}/claim": {"message": "It broke."},
        "/q/{token}": {"answer": "agree"},
        "/q/{token}/take-back": {},
        "/w/{token}": {},
        "/w/{token}/forget": {},
        "/shops/{shop}/products/{sku}/back": {"email": "mira@example.com", "language": "en"},
        "/desk/stock": {"shop": "northlight", "sku": "LAMP-1"},
        "/desk/away": {"shop": "northlight", "since": "2026-12-24", "until": "2026-12-31"},
        "/desk/improvements/{shop}/{id}": {"act": "accept"},
        "/o/{token}/choice/{line}": {"choice": "wait"},
        "/o/{token}/address": {
            "name": "Mira Holm", "street": "Weg 2", "postcode": "10115", "city": "Berlin", "country": "DE",
        },
        "/shops/{shop}/call": {
            "slot": "soon", "phone": f"030 9018{number:03}", "name": "Mira Holm", "email": "mira@example.com",
            "submission_id": f"call-{number}",
        },
        "/call/{token}": {"slot": "cancel"},
        "/shops/{shop}/chats": {
            "name": "Mira Holm", "email": "mira@example.com", "message": "Hello?", "submission_id": f"chat-{number}",
        },
        "/chat/{token}/say": {"text": "Hello?", "submission_id": f"line-of-{number}"},
        "/chat/{token}/ring": {},
        "/chat/{token}/end": {"choice": "end"},
        "/desk/chats": {"takes": "no"},
        "/desk/chats/{ref}/{action}": {"choice": "email"},
        "/desk/calls/{ref}": {"result": "wrong_number", "idempotency_key": str(number)},
        "/shops/{shop}/orders/find": {"number": "1001", "email": "mira@example.com"},
        "/t/{token}/ring": {},
        "/desk/chats/{ref}/ring": {},
        "/desk/contact": {
            "shop": "northlight", "channel": "phone", "notes": "They called.", "reference": thing.ticket.ref,
            "idempotency_key": str(number),
        },
        "/desk/t/{ref}/{action}": {"text": "A regular.", "idempotency_key": str(number)},
    }  # fmt: skip
    return bodies[path]


def asked(who: Visitor, method: str, path: str, role: str, thing: Thing) -> Answer:
    where = address(path, role, thing)
    if method == "OPTIONS":
        return who.browser.options(where, origin=STORE)
    if method == "POST" and path in BY_HAND and role == "customer link":
        if path == "/w/{token}/forget":
            who.press(where.removesuffix("/forget"))
        if path == "/q/{token}/take-back":
            who.press(where.removesuffix("/take-back"), {"answer": "agree"})
        page_of = next((where.removesuffix(end) for end in _PARTS if where.endswith(end)), where)
        return who.press(page_of, body(path, thing), where)
    return who.get(where) if method == "GET" else who.post(where.partition("?")[0], body(path, thing))


def closed(thing: Thing, path: str) -> None:
    """The ticket closed, and rated if the route takes a rating back."""
    rating = Rating(2, "", thing.ticket.opened_at) if path.endswith("/withdraw") else None
    over = evolve(thing.ticket, state=State.CLOSED, closed_at=thing.ticket.opened_at, outcome=Outcome.SETTLED)
    wiring.deps().tickets.commit(Change(replace(over, rating=rating)))


# What is answered -----------------------------------------------------------------------------------------------------


def test_the_document_lists_exactly_the_existing_routes() -> None:
    routes = {
        (method, path)
        for path, methods in app.app.routes.items()
        for method, entry in methods.items()
        if not entry.view_name.startswith(FILLED_IN)
    }
    assert set(MATRIX) == {route for route in routes if route[1] != "/desk/session"}  # which another test covers
    assert set(FORMS) == {route for route in MATRIX if route[0] == "POST"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", MATRIX, ids=" ".join)
def test_each_route_answers_each_role_as_the_document_says(
    browser: Browser, thing: Thing, route: tuple[str, str], role: str
) -> None:
    method, path = route
    if path in RATING:
        closed(thing, path)
    if path == "/a/{token}":
        wiring.deps().tickets.commit(Change(evolve(thing.ticket, kind="question")))
    answer = asked(visitor(browser, role, thing), method, path, role, thing)
    status, _, what = MATRIX[route][role].partition(" ")
    assert answer.status_code == int(status), answer.body
    location = answer.headers.get("Location", "")
    if what in LEADS_TO:
        leads = LEADS_TO[what].format(ref=thing.ticket.ref, token=thing.page)
        assert location.startswith(PUBLIC_URL + leads)
    elif what == "the file":
        assert thing.ticket.ref in location
        assert "response-content-disposition=attachment" in location
    elif what == "own words":
        assert {"A regular.", "They called."} & {node.text().strip() for node in page(answer).css("textarea[readonly]")}
        assert not answer.headers.get("Set-Cookie")
    else:
        assert what in ("", "the ticket")
    assert (WORDS in answer.body.decode("utf-8", "replace")) is (what == "the ticket")


@pytest.mark.parametrize("role", ["anonymous", "customer link", "agent of another shop"])
@pytest.mark.parametrize("action", [*ACTIONS, "draft", "use", "earlier", "nothing"])
def test_no_action_is_done_for_a_visitor_who_is_no_agent_of_the_shop(
    browser: Browser, thing: Thing, action: str, role: str
) -> None:
    before = wiring.deps().tickets.conversation(thing.ticket.ref)
    who = visitor(browser, role, thing)
    said = dict.fromkeys(("text", "tags", "reason", "to", "subject"), "x") | {"priority": "high", "outcome": "spam"}
    answer = who.post(f"/desk/t/{thing.ticket.ref}/{action}", said)
    assert answer.status_code == (404 if role in AGENTS else 401)
    assert WORDS not in answer.body.decode()
    assert wiring.deps().tickets.conversation(thing.ticket.ref) == before


@pytest.mark.parametrize("how", ["without its token", "from another site"])
@pytest.mark.parametrize("route", FORMS, ids=" ".join)
def test_a_forged_form_is_answered_as_the_document_says(
    browser: Browser, thing: Thing, route: tuple[str, str], how: str
) -> None:
    _, path = route
    if path in RATING:
        closed(thing, path)
    if path == "/a/{token}":
        wiring.deps().tickets.commit(Change(evolve(thing.ticket, kind="question")))
    who = visitor(browser, "admin", thing)
    holds = "customer link" if how == "from another site" else "admin"
    where = address(path, holds, thing).partition("?")[0]
    before = wiring.deps().tickets.conversation(thing.ticket.ref)
    if how == "without its token":
        answer = who.post(where, body(path, thing) | {"csrf": ""})
    else:
        answer = who.post(where, body(path, thing), sec_fetch_site="cross-site", origin="https://evil.example")
    assert answer.status_code == int(FORMS[route][how])
    if answer.status_code in (403, 422):
        assert wiring.deps().tickets.conversation(thing.ticket.ref) == before
        assert who.get("/desk/help").status_code == 200, "still signed in"


def test_no_form_accepts_cookies_without_proof_of_its_origin(browser: Browser, thing: Thing) -> None:
    """Another site's form, if the browser sent the cookie along and no header about the origin."""
    who = visitor(browser, "admin", thing)
    cookie = "; ".join(f"{name}={value}" for name, value in who.cookies.items())
    form = urlencode({"text": "x", "csrf": who.csrf})
    assert browser.post(f"/desk/t/{thing.ticket.ref}/note", form, FORM, cookie=cookie).status_code == 403
    said = browser.post(f"/desk/t/{thing.ticket.ref}/note", form, FORM, cookie=cookie, **OURS)
    assert said.status_code == 303


def test_another_tickets_link_never_opens_this_one(browser: Browser, thing: Thing, around: Around) -> None:
    other = samples.ticket("NL-7K3F9-ZZZZZ", around.clock())
    token = links.status_url(wiring.deps(), replace(other, ref="NL-7K3F9-ZZZZZ")).rpartition("/")[2]
    for path in (f"/t/{token}", f"/f/{token}", f"/shops/northlight/thanks?t={token}"):
        answer = browser.get(path)
        assert answer.status_code in (403, 410)
        assert WORDS not in answer.body.decode()
