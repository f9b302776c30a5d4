"""Over HTTP, every altered, expired, used or foreign token is refused, wherever it is sent.

That no other text is a token is also tested where tokens are made: test_links, test_sessions, test_signing_in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from itsdangerous import URLSafeSerializer
from selectolax.lexbor import LexborNode

from chalicelib import wiring
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import Role, Token, life_of
from chalicelib.rules.identity.keys import Use
from chalicelib.rules.tickets.messages import File
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.access import signing_in
from chalicelib.services.tickets import links
from chalicelib.web.access import auth
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL, secret_of
from tests.support.web.browsing import Answer, Browser, fields, page, said
from tests.support.web.visitors import Around, Visitor, signed_in, surroundings

ADA, TOM, ROBIN = "ada@northlight.example", "tom@northlight.example", "robin@kettle.example"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
FILE = File("1-abc", "shade.jpg", "image/jpeg", 7, "tickets/x/abc")


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@dataclass(frozen=True, slots=True)
class Tokens:
    """A ticket of each shop, and the tokens of the first."""

    ticket: Ticket
    page: str
    file: str
    form: str
    upload: str


@pytest.fixture(scope="module")
def tokens(around: Around) -> Tokens:
    deps = wiring.deps()
    ticket = samples.ticket(now=around.clock(), files=(FILE,))
    deps.tickets.commit(Change(ticket))
    return Tokens(
        ticket,
        links.status_url(deps, ticket).rpartition("/")[2],
        links.file_url(deps, ticket, ticket.opening, FILE).rpartition("/")[2],
        links.form_token(deps, deps.policy.shop("northlight")),
        links.upload_token(deps, "uploads/northlight/x", "x.jpg"),
    )


def altered(token: str) -> Iterator[str]:
    """The token with another letter at each place that differs in a bit that counts, cut off at each place, and
    lengthened."""
    for place, letter in enumerate(token):
        if letter in BASE64:
            # The highest bit: a last letter's lowest bits are padding, which no decoder reads.
            yield token[:place] + BASE64[BASE64.index(letter) ^ 32] + token[place + 1 :]
        else:
            yield token[:place] + token[place + 1 :]
        yield token[:place]
    yield from (token + more for more in ("A", "=", ".", " ", "\x00", "\n"))
    yield token.swapcase()


def resigned(value: object, *, key: bytes, salt: str) -> str:
    signer = URLSafeSerializer(key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
    written = signer.dumps(value)
    return "1" + (written if isinstance(written, str) else written.decode())


def own_key() -> bytes:
    return wiring.deps().secret.now(Use.LINKS).key


class TestCustomersLinks:
    def test_page_and_file_open_with_their_tokens(self, browser: Browser, tokens: Tokens) -> None:
        assert browser.get(f"/t/{tokens.page}").status_code == 200
        assert browser.get(f"/f/{tokens.file}").status_code == 303

    @pytest.mark.parametrize("path", ["/t/", "/f/", "/shops/northlight/thanks?t="])
    def test_altered_tokens_open_nothing(self, browser: Browser, tokens: Tokens, path: str) -> None:
        good = tokens.file if path == "/f/" else tokens.page
        for forged in altered(good):
            answer = browser.get(path + quote(forged, safe=""))
            assert answer.status_code in (403, 404), forged
            assert tokens.ticket.subject not in answer.body.decode()

    def test_altered_tokens_accept_no_reply(self, browser: Browser, tokens: Tokens) -> None:
        before = wiring.deps().tickets.conversation(tokens.ticket.ref)
        for forged in list(altered(tokens.page))[::7]:
            answer = browser.form({"message": "x"}, f"/t/{quote(forged, safe='')}")
            assert answer.status_code in (403, 404, 405), forged
        assert wiring.deps().tickets.conversation(tokens.ticket.ref) == before

    def test_a_token_for_one_purpose_is_refused_for_others(self, browser: Browser, tokens: Tokens) -> None:
        for wrong in (tokens.file, tokens.form, tokens.upload):
            assert browser.get(f"/t/{wrong}").status_code == 403
        for wrong in (tokens.page, tokens.form, tokens.upload):
            assert browser.get(f"/f/{wrong}").status_code == 403

    @pytest.mark.parametrize(
        ("key", "salt"),
        [
            (None, "aftercare/file"),
            (None, "aftercare"),
            (None, ""),
            (b"another", "aftercare/ticket"),
            (b"", "aftercare/ticket"),
        ],
    )
    def test_tokens_with_another_salt_or_secret_open_nothing(
        self, browser: Browser, tokens: Tokens, key: bytes | None, salt: str
    ) -> None:
        said = [tokens.ticket.ref, 1, life_of(tokens.ticket.opened_at)]
        forged = resigned(said, key=own_key() if key is None else key, salt=salt)
        assert browser.get(f"/t/{forged}").status_code == 403
        good = resigned(said, key=own_key(), salt="aftercare/ticket")
        assert browser.get(f"/t/{good}").status_code == 200

    def test_a_link_of_another_version_is_refused(self, browser: Browser, tokens: Tokens) -> None:
        for version in (0, 2):
            said = [tokens.ticket.ref, version, life_of(tokens.ticket.opened_at)]
            old = resigned(said, key=own_key(), salt="aftercare/ticket")
            assert browser.get(f"/t/{old}").status_code == 410


class TestUploads:
    @pytest.mark.parametrize("which", ["page", "file", "form"])
    def test_a_token_for_another_purpose_is_no_upload(self, browser: Browser, tokens: Tokens, which: str) -> None:
        answer = browser.json(fields(attachments=[{"upload": getattr(tokens, which)}]))
        assert answer.status_code == 422

    def test_altered_upload_tokens_are_refused(self, browser: Browser, tokens: Tokens) -> None:
        for forged in list(altered(tokens.upload))[::5]:
            assert browser.json(fields(attachments=[{"upload": forged}])).status_code == 422

    def test_another_shops_upload_token_is_refused(self, browser: Browser, around: Around) -> None:
        begun = said(
            browser.json({"filename": "a.png", "content_type": "image/png", "size": 1}, "/shops/kettle/uploads")
        )
        deps = wiring.deps()
        deps.files.keep(begun["fields"]["key"], b"x", "image/png")
        taken = fields(attachments=[{"upload": begun["upload"]}])
        assert browser.json(taken).status_code == 422
        assert browser.json(taken, "/shops/kettle/tickets").status_code == 201


class TestSessions:
    def test_an_altered_cookie_is_refused(self, browser: Browser, around: Around) -> None:
        cookie = signing_in.begin(wiring.deps(), ADA)
        for forged in altered(cookie):
            if not set(forged) & set("\x00\n"):  # no server accepts this in a header
                refused = browser.get("/desk/help", cookie=f"{auth.COOKIE}={forged}")
                wanted = 200 if forged.strip() == cookie else 303  # blanks around the value belong to the header
                assert refused.status_code == wanted, forged
        assert browser.get("/desk/help", cookie=f"{auth.COOKIE}={cookie}").status_code == 200

    def test_halves_of_two_sessions_make_no_session(self, browser: Browser, around: Around) -> None:
        one, two = (signing_in.begin(wiring.deps(), address).partition(".") for address in (ADA, TOM))
        for forged in (f"{one[0]}.{two[2]}", f"{two[0]}.{one[2]}", f"{one[2]}.{one[0]}"):
            assert browser.get("/desk/help", cookie=f"{auth.COOKIE}={forged}").status_code == 303

    @pytest.mark.parametrize("name", ["desk", "__Secure-desk", "__host-desk", "__Host-desk-oidc", " __Host-desk2"])
    def test_a_cookie_of_another_name_is_ignored(self, browser: Browser, around: Around, name: str) -> None:
        cookie = signing_in.begin(wiring.deps(), ADA)
        assert browser.get("/desk/help", cookie=f"{name}={cookie}").status_code == 303

    def test_a_reused_old_key_ends_the_session(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        stolen = Visitor(browser, dict(ada.cookies))
        around.clock.advance(minutes=31)
        assert [ada.get("/desk/help").status_code for _ in "ab"] == [200, 200]
        around.clock.advance(minutes=2)
        assert stolen.get("/desk/help").status_code == 303
        assert ada.get("/desk/help").status_code == 303

    def test_values_read_from_the_table_sign_nobody_in(self, browser: Browser, around: Around) -> None:
        """The attacker can read the table, but not the secret."""
        cookie = signing_in.begin(wiring.deps(), ADA)
        held = signing_in.authenticate(wiring.deps(), cookie).session
        for forged in (f"{held.id}.{held.key}", f"{held.id[:43]}.{held.key[:43]}"):
            assert browser.get("/desk/help", cookie=f"{auth.COOKIE}={forged}").status_code == 303


class TestCsrfTokens:
    def test_a_form_with_an_altered_token_is_refused(self, browser: Browser, tokens: Tokens) -> None:
        ada = signed_in(browser, ADA)
        before = wiring.deps().tickets.conversation(tokens.ticket.ref)
        good = ada.csrf
        for place in range(len(good)):
            forged = good[:place] + format(int(good[place], 16) ^ 1, "x") + good[place + 1 :]
            assert ada.post(f"/desk/t/{tokens.ticket.ref}/note", {"text": "x", "csrf": forged}).status_code == 403
            assert ada.post(f"/desk/t/{tokens.ticket.ref}/note", {"text": "x", "csrf": good[:place]}).status_code == 403
        assert ada.post(f"/desk/t/{tokens.ticket.ref}/note", {"text": "x", "csrf": good.upper()}).status_code == 403
        assert wiring.deps().tickets.conversation(tokens.ticket.ref) == before

    def test_another_sessions_token_is_refused_even_of_the_same_agent(self, browser: Browser, tokens: Tokens) -> None:
        one, two, robin = (signed_in(browser, address) for address in (ADA, ADA, ROBIN))
        for other in (two, robin):
            answer = one.post(f"/desk/t/{tokens.ticket.ref}/note", {"text": "x", "csrf": other.csrf})
            assert answer.status_code == 403


class TestSignInLinks:
    def test_an_altered_link_signs_nobody_in_and_is_not_used_up(self, browser: Browser, around: Around) -> None:
        visitor = Visitor(browser)
        visitor.post("/desk/login", {"email": ADA})
        good = around.mailer.sent[-1].text.partition("/desk/in?t=")[2].split()[0]
        for forged in altered(good):
            answer = visitor.post("/desk/in", {"t": forged})
            assert answer.status_code == 410, forged
            assert not visitor.cookies
        assert visitor.post("/desk/in", {"t": good}).status_code == 303
        assert Visitor(browser).post("/desk/in", {"t": good}).status_code == 410


class TestCursors:
    def test_an_altered_cursor_gives_the_first_page(self, browser: Browser, tokens: Tokens) -> None:
        deps, ada = wiring.deps(), signed_in(browser, ADA)
        for number in range(26):
            deps.tickets.commit(
                Change(samples.ticket(f"NL-7K3F9-CVR{number:02}", deps.now(), subject=f"Lamp {number}"))
            )
        first = ada.get("/desk?list=open")
        (return_to,) = [a.attributes["href"] or "" for a in _links(first)]
        cursor = return_to.partition("after=")[2]
        assert ada.get(return_to.removeprefix("/api")).body != first.body
        expected = _rows(first)
        robins = signed_in(browser, ROBIN)
        for forged in [*list(altered(cursor))[::31], tokens.page]:
            shown = ada.get(f"/desk?{urlencode({'list': 'open', 'after': forged})}")
            assert shown.status_code == 200
            assert _rows(shown) == expected, forged
        assert not any(ref.startswith("NL-") for ref in _rows(robins.get(f"/desk?list=open&after={cursor}")))


def _links(answer: Answer) -> list[LexborNode]:
    return page(answer).css("a[rel=next]")


def _rows(answer: Answer) -> list[str]:
    from tests.support.web.browsing import page

    return [node.text() for node in page(answer).css(".row .reference")]


class TestPlusAddresses:
    @pytest.mark.parametrize("role", list(Role))
    def test_altered_reply_addresses_lead_to_no_ticket(self, role: Role) -> None:
        secret = secret_of("secret")
        token = derived.token(secret, Token(samples.REF, role, 1 if role is Role.THIRD_PARTY else 0, 1, "0123"))
        assert derived.read_token(secret, f"care+{token}@help.northlight.example")
        letters = "0123456789abcdefghjkmnpqrstvwxyz"
        for place, letter in enumerate(token):
            for other in letters:
                forged = f"care+{token[:place]}{other}{token[place + 1 :]}@northlight.example"
                read = derived.read_token(secret, forged)
                assert (read is not None) is (other == letter), forged
            assert derived.read_token(secret, f"care+{token[:place]}@help.northlight.example") is None

    def test_a_token_of_one_role_is_refused_as_another(self) -> None:
        secret = secret_of("secret")
        token = derived.token(secret, Token(samples.REF, Role.CUSTOMER, 0, 1, "0123"))
        assert derived.read_token(secret, token[:12] + "a" + token[13:]) is None
        assert derived.read_token(secret_of("another"), token) is None


def test_no_redirect_leads_to_another_site(browser: Browser, around: Around) -> None:
    """With any tampering, we send browsers to no other site."""
    for path in ("/desk/login?next=https://evil.example", "/desk/login?next=//evil.example", "/desk/out"):
        answer = signed_in(browser, ADA).get(path)
        assert not answer.headers.get("Location", PUBLIC_URL).partition(PUBLIC_URL)[0]
