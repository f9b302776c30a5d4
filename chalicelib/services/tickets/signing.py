"""What is handed out and comes back unchanged: signed by the present version of the secret, which its first letter
names, and good as long as that version is there."""

import hashlib
import re
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.errors import InvalidLink
from chalicelib.rules.identity.keys import Key, Use
from chalicelib.services.ports.deps import Deps

_WRITTEN = re.compile(r"[A-Za-z0-9_.-]+")


def written(deps: Deps, purpose: str, said: list[Any]) -> str:
    return _text(deps.secret.now(Use.LINKS), purpose, said)


def read(deps: Deps, purpose: str, token: str) -> Any:
    """What was said. Raises InvalidLink when it is not as we wrote it for this purpose."""
    key = deps.secret.of(token[:1], Use.LINKS)
    if key is None or not _WRITTEN.fullmatch(token):
        raise InvalidLink(expired=False)
    try:
        said = _signer(key, purpose).loads(token[1:])
    except BadData:
        raise InvalidLink(expired=False) from None
    if _text(Key(token[0], key), purpose, said) != token:
        raise InvalidLink(expired=False)  # decoding read some other letters as ours
    return said


def _text(key: Key, purpose: str, said: Any) -> str:
    token = _signer(key.key, purpose).dumps(said)
    return key.version + (token if isinstance(token, str) else token.decode())


def _signer(key: bytes, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"aftercare/{purpose}", signer_kwargs={"digest_method": hashlib.sha256})
