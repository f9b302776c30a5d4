"""Words in an address that only we can read: addresses stand in histories, and in the logs of what is put before us.

The same words make the same address, so that going back, reloading and bookmarks lead to what they led to."""

import base64
import hmac
import re

_TEXT = re.compile(r"[A-Za-z0-9_-]{22,4000}")
_TAG = 16


def seal(secret: bytes, purpose: str, words: str) -> str:
    """AES-SIV (RFC 5297): the words come with their proof, and need no number used once."""
    from Crypto.Cipher import AES

    made, tag = AES.new(_key(secret, purpose), AES.MODE_SIV).encrypt_and_digest(words.encode("utf-8", "replace"))
    return base64.urlsafe_b64encode(tag + made).rstrip(b"=").decode()


def unseal(secret: bytes, purpose: str, text: str) -> str:
    """What was sealed; "" for what we have not sealed for this purpose."""
    from Crypto.Cipher import AES

    if not _TEXT.fullmatch(text):
        return ""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = AES.new(_key(secret, purpose), AES.MODE_SIV).decrypt_and_verify(sealed[_TAG:], sealed[:_TAG])
    except ValueError:
        return ""
    return opened.decode("utf-8", "replace")


def _key(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"aftercare/sealed/{purpose}".encode(), "sha256")
