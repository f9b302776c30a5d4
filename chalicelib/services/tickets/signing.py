"""Signs values that we hand out and get back unchanged. The current version of the secret signs them; the first letter
names that version, and the value stays valid as long as the version exists."""

import hashlib
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.errors import InvalidLink
from chalicelib.patterns import pattern
from chalicelib.rules.identity.keys import Key, Use
from chalicelib.services.ports.deps import Deps

_WRITTEN = pattern(r"[A-Za-z0-9_.-]+")


def written(deps: Deps, purpose: str, value: list[Any], use: Use = Use.LINKS) -> str:
    return _text(deps.secret.now(use), purpose, value)


def read(deps: Deps, purpose: str, token: str, use: Use = Use.LINKS) -> Any:
    """The signed value. Raises InvalidLink unless it is exactly as we wrote it for this purpose."""
    key = deps.secret.of(token[:1], use)
    if key is None or not _WRITTEN.fullmatch(token):
        raise InvalidLink(expired=False)
    try:
        content = _signer(key, purpose).loads(token[1:])
    except BadData:
        raise InvalidLink(expired=False) from None
    if _text(Key(token[0], key), purpose, content) != token:
        raise InvalidLink(expired=False)  # decoding accepts more than one spelling of the same value
    return content


def _text(key: Key, purpose: str, value: Any) -> str:
    token = _signer(key.key, purpose).dumps(value)
    return key.version + (token if isinstance(token, str) else token.decode())


def _signer(key: bytes, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"aftercare/{purpose}", signer_kwargs={"digest_method": hashlib.sha256})
