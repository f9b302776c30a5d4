"""The issuer of single sign-on over HTTP: its published configuration and keys, and its token endpoint (OpenID
Connect)."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import urllib3

from chalicelib.errors import OidcProviderError
from chalicelib.external.oidc_keys import IssuerKeys

# The page must answer within API Gateway's 29 seconds, no matter how slow the issuer is.
_TIMEOUT = urllib3.Timeout(connect=3, read=5)
_MAX_BYTES = 65_536
# An issuer's configuration changes rarely.
_FRESH_SECONDS = 3600.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class OpenIdIssuer:
    """Implements services.ports.access.Issuer. `client_secret` is loaded when first needed; empty: a public client."""

    def __init__(self, url: str, client_id: str, client_secret: Callable[[], bytes]) -> None:
        self.url = url
        self.client_id = client_id
        self._secret = client_secret
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
        self._published: Mapping[str, Any] = {}
        self._asked_at = 0.0
        self._keys = IssuerKeys(lambda: self._ask("GET", self._endpoint("jwks_uri"), {}, None))

    def authorization_endpoint(self) -> str:
        return self._endpoint("authorization_endpoint")

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.client_id,
            "code_verifier": verifier,
        }
        endpoint = self._endpoint("token_endpoint")
        headers, more = self._proof()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._ask("POST", endpoint, headers, form | more)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise OidcProviderError("no ID token")
        return token

    def check_signature(self, token: str) -> None:
        self._keys.check(token)

    def _proof(self) -> tuple[dict[str, str], dict[str, str]]:
        """Our client authentication: headers and fields (RFC 6749, 2.3.1). Basic, unless the issuer does not offer
        it."""
        secret = self._secret().decode()
        if not secret:
            return {}, {}
        methods = self._configuration().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" not in methods:
            return {}, {"client_secret": secret}
        pair = f"{quote(self.client_id, safe='')}:{quote(secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {}

    def _endpoint(self, name: str) -> str:
        address = self._configuration().get(name)
        if not isinstance(address, str):
            raise OidcProviderError(f"no {name}")
        return _safe(address)

    def _configuration(self) -> Mapping[str, Any]:
        if not self._published or time.monotonic() - self._asked_at > _FRESH_SECONDS:
            address = _safe(f"{self.url.rstrip('/')}/.well-known/openid-configuration")
            found = self._ask("GET", address, {}, None)
            # Otherwise another issuer could pose as this one (OpenID Connect Discovery 1.0, 4.3).
            if found.get("issuer") != self.url:
                raise OidcProviderError("the configuration is another issuer's")
            self._published, self._asked_at = found, time.monotonic()
        return self._published

    def _ask(self, method: str, url: str, headers: dict[str, str], form: dict[str, str] | None) -> dict[str, Any]:
        all_headers = {"Accept": "application/json"} | headers
        try:
            content = urlencode(form).encode() if form is not None else None
            answer = self._http.request(
                method, url, body=content, headers=all_headers, redirect=False, preload_content=False
            )
            with answer:
                body = answer.read(_MAX_BYTES + 1, decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise OidcProviderError(type(error).__name__) from error
        if answer.status != 200 or len(body) > _MAX_BYTES:
            raise OidcProviderError(f"status {answer.status}, {len(body)} bytes")
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            raise OidcProviderError("not JSON") from None
        if not isinstance(value, dict):
            raise OidcProviderError("not an object")
        return value


def _safe(url: str) -> str:
    """The address, if nobody on the way can read or change the traffic: it uses TLS, or stays on this machine. Raises
    OidcProviderError."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise OidcProviderError("an address without TLS")
    return url
