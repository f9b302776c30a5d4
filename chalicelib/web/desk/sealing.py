"""Encrypts words in a URL so that only we can read them, and only for the person they were sealed for. URLs remain in
browser histories, and in the logs of proxies before us.

The same words of the same person give the same URL, so that going back, reloading and bookmarks work (decisions 123 and
146).
"""

import base64

from chalicelib.patterns import pattern
from chalicelib.rules.identity.keys import Secret, Use

_TEXT = pattern(r"[A-Za-z0-9_-]{23,4000}")
_TAG = 16


def seal(secret: Secret, use: Use, owner: str, words: str) -> str:
    """The words as AES-SIV (RFC 5297), after the letter of the key's version. `owner` is the person. SIV authenticates
    the words and needs no nonce."""
    from Crypto.Cipher import AES

    by = secret.now(use)
    cipher = AES.new(by.key, AES.MODE_SIV)
    cipher.update(_bytes(owner))
    made, tag = cipher.encrypt_and_digest(_bytes(words))
    return by.version + base64.urlsafe_b64encode(tag + made).rstrip(b"=").decode()


def unseal(secret: Secret, use: Use, owner: str, text: str) -> str:
    """The sealed words; "" for anything that we have not sealed for this use and person."""
    from Crypto.Cipher import AES

    key = secret.of(text[:1], use)
    if key is None or not _TEXT.fullmatch(text):
        return ""
    try:
        sealed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        cipher = AES.new(key, AES.MODE_SIV)
        cipher.update(_bytes(owner))
        opened = cipher.decrypt_and_verify(sealed[_TAG:], sealed[:_TAG])
    except ValueError:
        return ""
    return opened.decode("utf-8", "replace")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
