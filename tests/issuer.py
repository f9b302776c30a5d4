"""An OpenID Connect issuer on this machine, which vouches for whom a test says and checks what it is sent."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from local.serving import QuietHandler, serving

CLIENT_ID, CLIENT_SECRET = "aftercare", "s3cret/with+signs"


@dataclass(slots=True)
class FakeIssuer:
    """`claims` and `published` change what it says; `answer` replaces what the token endpoint gives; `asked` lists
    the token requests."""

    url: str = ""
    now: Callable[[], float] = lambda: 0.0
    claims: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    answer: tuple[int, bytes] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, url: str) -> dict[str, str]:
        """What the browser is sent back with when somebody has signed in at this authorization request."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email"}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.url}

    def consent(self, url: str) -> str:
        """The page on which somebody agrees to sign in."""
        back = dict(parse_qsl(urlsplit(url).query))["redirect_uri"]
        query = urlencode(self.sign_in(url)).replace("&", "&amp;")
        return f'<!doctype html><title>Issuer</title><a id="agree" href="{back}?{query}">Agree</a>'

    def configuration(self) -> dict[str, Any]:
        endpoints = {"authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token"}
        return {"issuer": self.url} | endpoints | self.published

    def token(self, form: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not asked or asked["code_challenge"] != challenge.rstrip(b"=").decode():
            return 400, b'{"error": "invalid_grant"}'
        assert form["redirect_uri"] == asked["redirect_uri"]
        if self.answer:
            return self.answer
        now = int(self.now())
        usual = {"iss": self.url, "aud": CLIENT_ID, "exp": now + 300, "iat": now, "nonce": asked["nonce"]}
        usual |= {"email": "ada@northlight.example", "email_verified": True}
        parts = ({"alg": "RS256"}, usual | self.claims)
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        return 200, json.dumps({"id_token": ".".join([*encoded, "unchecked"]), "token_type": "Bearer"}).encode()


@contextmanager
def running(now: Callable[[], float]) -> Iterator[FakeIssuer]:
    """An issuer that answers on 127.0.0.1."""
    issuer = FakeIssuer(now=now)

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize?"):
                self._say(200, issuer.consent(self.path).encode(), "text/html")
            else:
                self._say(200, json.dumps(issuer.configuration()).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            issuer.proofs.append(self.headers.get("Authorization", ""))
            assert all(len(values) == 1 for values in parse_qs(body).values())
            self._say(*issuer.token(dict(parse_qsl(body))))

        def _say(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{issuer.url}/elsewhere")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        with serving(server, "issuer"):
            yield issuer
