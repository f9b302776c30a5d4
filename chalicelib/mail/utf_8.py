"""Whether bytes are UTF-8 although their label says otherwise, or although some of them are not.
Hardly any text in another charset is valid UTF-8 by chance: only where each letter beyond ASCII has a sign after it,
as in "Spaß…" or "CAFÉ»". So the fewer the letters, the more each must say."""

from __future__ import annotations

import codecs
import re

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Letters and signs that Western Europe writes; in a one-byte charset their bytes make no sense beside each other.
_WESTERN_CHARACTERS = re.compile(r"[\xa1-\xff\u0152\u0153\u2010-\u2122]")
_STRAY_RUN = re.compile(r"[\udc80-\udcff]+")
# N'Ko is what "ß" before a sign looks like.
_NKO = re.compile(r"[\u07c0-\u07ff]")
# Signs that stand between two letters without a blank.
_JOINING = frozenset(b"\x85\x91\x92\x96\x97\xa0\xad\xb7")
# Accented letters and punctuation of Western Europe, by windows-1252.
WESTERN = frozenset("äöüßÄÖÜéèêëàâçùûîïôœÉÈÀÇñÑáíóúÁÍÓÚ¿¡åÅæÆøØãõÃÕ€„“”‘’‚–—…«»°§®©·\xa0".encode("cp1252"))
LATIN = tuple(bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in range(256))
_ENOUGH_OF_TWO_BYTES = 8


def wins(data: bytes, codec: str, *, one_byte: bool) -> str | None:
    """The text by UTF-8 where that is likelier than by the label's codec, which could read it, too."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = re.sub(r"[\0-\x7f]+|[\u07c0-\u07ff]+", "", text)
    if not found:
        return None
    if not one_byte:
        longer = sum(c > "\u07ff" for c in found)
        return text if longer > 1 or len(found) >= _ENOUGH_OF_TWO_BYTES else None
    western = LATIN[0xE4] == b"\xe4".decode(codec, "replace")
    if len(set(found)) > 2 or (western and any(c > "\uffff" or _WESTERN_CHARACTERS.match(c) for c in found)):
        return text
    if not western and len(found) > 1 and found.isalpha():
        return text
    return text if any(_telling(data, run, codec) for run in _HIGH_RUN.finditer(data)) else None


def _telling(data: bytes, run: re.Match[bytes], codec: str) -> bool:
    """Whether the label makes nonsense of these bytes: a capital after a small letter, or a sign within a word."""
    bytes_, before, after = run.group(), data[run.start() - 1 : run.start()], data[run.end() : run.end() + 1]
    if _NKO.match(bytes_.decode("utf-8")):
        return False
    if len(bytes_.decode("utf-8")) > 1 or (before.islower() and bytes_[:1].decode(codec, "replace").isupper()):
        return True
    return before.isalpha() and after.isalpha() and not _JOINING & set(bytes_[1:])


def nearly(data: bytes, *, labelled: bool) -> bool:
    """Whether invalid UTF-8 is UTF-8 all the same, by what of it is valid. A label makes it likelier."""
    text = data.decode("utf-8", "surrogateescape")
    strays = _STRAY_RUN.findall(text)
    good = re.sub(r"[\0-\x7f\udc80-\udcff]+", "", text)
    bad = sum(map(len, strays))
    if not good:
        return False
    if bad * (1 if labelled else 2) <= len(good):
        return True
    # A footer in a Western charset below words in UTF-8, or words in both: each letter is what it is.
    western = all(ord(c) - 0xDC00 in WESTERN for stray in strays for c in stray)
    return western and bad <= len(strays) * 1.5 and all(map(_WESTERN_CHARACTERS.match, good))


def _mixed(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: what follows a whole letter of UTF-8 is a letter that was cut; elsewhere, letters of Western
    Europe are read by windows-1252, other bytes replaced."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad, before = error.object[error.start : error.end], error.object[max(0, error.start - 4) : error.start]
    if before[-1:] >= b"\x80" and any(_is_letter(before[-length:]) for length in (2, 3, 4)):
        return "\ufffd", error.end
    return "".join(LATIN[byte] if byte in WESTERN else "\ufffd" for byte in bad), error.end


def _is_letter(data: bytes) -> bool:
    try:
        return len(data.decode("utf-8")) == 1
    except UnicodeDecodeError:
        return False


codecs.register_error("mixed-bytes", _mixed)
