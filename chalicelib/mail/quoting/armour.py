"""PGP armour inside a text: signed words are read without it, encrypted ones only recognised.
Signatures can be verified only from the raw mail."""

from __future__ import annotations

import re

from chalicelib.mail.inbound import Protection
from chalicelib.patterns import pattern

_BEGIN_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END_SIGNATURE = "-----END PGP SIGNATURE-----"
_MESSAGE = pattern(r"^-----BEGIN PGP (SIGNED )?MESSAGE-----[ \t]*$", re.M)


def protection(text: str) -> Protection | None:
    """The inline protection of the text or of a part of it: "signed", "encrypted", or None."""
    match = _MESSAGE.search(text) if "-----BEGIN PGP " in text else None
    return None if match is None else "signed" if match.group(1) else "encrypted"


def removed(lines: list[str]) -> list[str]:
    """The lines that the person wrote, without the armour's header, dash escapes and signature (RFC 9580, section
    7)."""
    if not any(line.startswith(_BEGIN_SIGNED) for line in lines):
        return lines
    out: list[str] = []
    state = "text"
    for line in lines:
        if line.startswith(_BEGIN_SIGNED):
            state = "header"
        elif state == "header":
            state = "header" if line.strip() else "signed"
        elif state == "signed" and line.startswith(_BEGIN_SIGNATURE):
            state = "signature"
        elif state == "signature":
            state = "text" if line.startswith(_END_SIGNATURE) else state
        else:
            out.append(line.removeprefix("- ") if state == "signed" else line)
    return out
