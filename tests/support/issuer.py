"""An OpenID Connect issuer on this machine: it confirms the identity that a test sets, signs its tokens, and checks the
requests it gets."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from local.web.serving import QuietHandler, serving

CLIENT_ID, CLIENT_SECRET = "aftercare", "s3cret/with+signs"


@cache
def private_key(name: str, bits: int = 2048) -> Any:
    """A private key. Named "ES256" or "EdDSA" it is for that algorithm; all other names are for RS256 and PS256. The
    same name always gives the same key."""
    if name == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate() if name == "EdDSA" else rsa.generate_private_key(65537, bits)


def public_key(name: str, bits: int = 2048, **more: Any) -> dict[str, Any]:
    """The public key as the issuer publishes it (RFC 7517)."""
    public = private_key(name, bits).public_key()
    if name == "EdDSA":
        made = {"kty": "OKP", "crv": "Ed25519", "x": written(public.public_bytes_raw())}
    elif name == "ES256":
        numbers = public.public_numbers()
        made = {"kty": "EC", "crv": "P-256", "x": number(numbers.x, 32), "y": number(numbers.y, 32)}
    else:
        made = {"kty": "RSA", "n": number(public.public_numbers().n), "e": number(public.public_numbers().e)}
    return made | {"kid": name, "use": "sig"} | more


def signed(
    claims: dict[str, Any], name: str = "first", algorithm: str = "RS256", bits: int = 2048, **header: Any
) -> str:
    """A token (RFC 7515) signed with the key of this name."""
    parts = ({"alg": algorithm, "kid": name} | header, claims)
    said = ".".join(written(json.dumps(part).encode()) for part in parts)
    return f"{said}.{written(_signature(said.encode(), private_key(name, bits), algorithm))}"


def _signature(said: bytes, key: Any, algorithm: str) -> bytes:
    if algorithm == "none":
        return b""
    if algorithm == "HS256":  # with a publicly known key
        return hmac.digest(key.public_key().public_numbers().n.to_bytes(256), said, "sha256")
    if algorithm == "EdDSA":
        return bytes(key.sign(said))
    if algorithm == "ES256":
        return b"".join(part.to_bytes(32) for part in utils.decode_dss_signature(key.sign(said, ec.ECDSA(SHA256()))))
    hashed = {"256": SHA256(), "384": SHA384(), "512": SHA512()}[algorithm[2:]]
    pss = padding.PSS(padding.MGF1(hashed), padding.PSS.DIGEST_LENGTH)
    return bytes(key.sign(said, pss if algorithm.startswith("PS") else padding.PKCS1v15(), hashed))


def number(value: int, length: int = 0) -> str:
    return written(value.to_bytes(length or (value.bit_length() + 7) // 8))


def written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@dataclass(slots=True)
class FakeIssuer:
    """The issuer's settings: `claims` and `published` change its answers, `keys` the published keys, `sign` the
    signing; `answer` replaces the token endpoint's answer. `asked` lists the token requests, `keys_asked` counts the
    requests for keys."""

    url: str = ""
    now: Callable[[], float] = lambda: 0.0
    claims: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] = signed
    keys: tuple[int, bytes] | list[dict[str, Any]] = field(default_factory=lambda: [public_key("first")])
    keys_asked: int = 0
    answer: tuple[int, bytes] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, url: str) -> dict[str, str]:
        """The query with which the issuer sends the browser back after a sign-in at this authorization request."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email"}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.url}

    def consent(self, url: str) -> str:
        """The page on which the user agrees to sign in."""
        back = dict(parse_qsl(urlsplit(url).query))["redirect_uri"]
        query = urlencode(self.sign_in(url)).replace("&", "&amp;")
        return f'<!doctype html><title>Issuer</title><a id="agree" href="{back}?{query}">Agree</a>'

    def configuration(self) -> dict[str, Any]:
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url} | {key: f"{self.url}/{name}" for key, name in endpoints.items()} | self.published

    def key_set(self) -> tuple[int, bytes]:
        self.keys_asked += 1
        return self.keys if isinstance(self.keys, tuple) else (200, json.dumps({"keys": self.keys}).encode())

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
        default = {"iss": self.url, "aud": CLIENT_ID, "exp": now + 300, "iat": now, "nonce": asked["nonce"]}
        default |= {"email": "ada@northlight.example", "email_verified": True}
        return 200, json.dumps({"id_token": self.sign(default | self.claims), "token_type": "Bearer"}).encode()


@contextmanager
def running(now: Callable[[], float]) -> Iterator[FakeIssuer]:
    """An issuer that serves on 127.0.0.1."""
    issuer = FakeIssuer(now=now)

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize?"):
                self._say(200, issuer.consent(self.path).encode(), "text/html")
            elif self.path == "/keys":
                self._say(*issuer.key_set())
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
