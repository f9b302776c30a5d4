"""Whether bytes are UTF-8 although their label says otherwise, or although some of them are not.
Hardly any text in another charset is valid UTF-8 by chance: only where each letter beyond ASCII has a sign after it,
as in "Spaß…" or "CAFÉ»". So the fewer the letters, the more each must say (decision 97)."""

from __future__ import annotations

import re
from itertools import islice

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Letters and signs that Western Europe writes; in a one-byte charset their bytes make no sense beside each other.
_WESTERN_CHARACTERS = re.compile(r"[\xa1-\xff\u0152\u0153\u2010-\u2122]")
_STRAY_RUN = re.compile(r"[\udc80-\udcff]+")
_CUT = re.compile(r"(?<=[^\x00-\x7f\udc80-\udcff])[\udc80-\udcff]+")
# A letter of N'Ko is what "ß" before a sign looks like.
_NKO = re.compile(r"[\u07c0-\u07ff]")
# Signs that stand between two letters without a blank.
_JOINING = frozenset(b"\x85\x91\x92\x96\x97\xa0\xad\xb7")
# Accented letters and punctuation of Western Europe, by windows-1252.
WESTERN = frozenset("äöüßÄÖÜéèêëàâçùûîïôœÉÈÀÇñÑáíóúÁÍÓÚ¿¡åÅæÆøØãõÃÕ€„“”‘’‚–—…«»°§®©·\xa0".encode("cp1252"))
LATIN = tuple(bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in range(256))
_STRAYS = {0xDC00 + byte: LATIN[byte] if byte in WESTERN else "\ufffd" for byte in range(0x80, 0x100)}
_LATIN_WORD = re.compile(r"[a-z][\xc0-\u024f]|[\xc0-\u024f][a-z]")
_ENOUGH_OF_TWO_BYTES = 4
_SHARP_S = re.compile(r"(?<=[A-Za-z])[\u07c0-\u07ff]")


def wins(data: bytes, codec: str, *, one_byte: bool) -> bool:
    """Whether the bytes are likelier UTF-8 than of the label's codec, which could read them, too."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    found = re.sub(r"[\0-\x7f]+|[\u07c0-\u07ff]+", "", text)
    if not one_byte:
        longer = sum(c > "\u07ff" for c in found)
        return longer > 1 or len(found) >= _ENOUGH_OF_TWO_BYTES or bool(_LATIN_WORD.search(text))
    western = LATIN[0xE4] == b"\xe4".decode(codec, "replace")
    if len(set(found)) > 2 or any(c > "\uffff" or (western and _WESTERN_CHARACTERS.match(c)) for c in found):
        return True
    if not western and len(found) > 1 and found.isalpha():
        return True
    return any(_telling(data, run, codec) for run in islice(_HIGH_RUN.finditer(data), 1_000))


def read(data: bytes) -> str:
    """Text that is taken for UTF-8. Of what is none, a letter that was cut below a whole one is replaced; elsewhere,
    letters of Western Europe are read by windows-1252. And no word of Latin letters goes on in N'Ko."""
    text = data.decode("utf-8", "surrogateescape")
    if text.isascii():
        return text
    text = _CUT.sub("\ufffd", text)
    if _STRAY_RUN.search(text):
        text = text.translate(_STRAYS)
    return _SHARP_S.sub(lambda found: found.group().encode().decode("cp1252"), text)


def _telling(data: bytes, run: re.Match[bytes], codec: str) -> bool:
    """Whether the label makes nonsense of these bytes: a capital after a small letter, or a sign before one."""
    bytes_, before, after = run.group(), data[run.start() - 1 : run.start()], data[run.end() : run.end() + 1]
    if _NKO.match(bytes_.decode("utf-8")):
        return False
    if len(bytes_.decode("utf-8")) > 1 or (before.islower() and bytes_[:1].decode(codec, "replace").isupper()):
        return True
    return after.islower() and not _JOINING & set(bytes_[1:])


def nearly(data: bytes) -> bool:
    """Whether invalid UTF-8 is UTF-8 all the same, by what of it is valid."""
    text = data.decode("utf-8", "surrogateescape")
    strays = _STRAY_RUN.findall(text)
    good = re.sub(r"[\0-\x7f\udc80-\udcff]+", "", text)
    bad = sum(map(len, strays))
    if not good:
        return False
    if bad * 2 <= len(good):
        return True
    # A footer in a Western charset below words in UTF-8, or words in both: each letter is what it is.
    western = all(ord(c) - 0xDC00 in WESTERN for stray in strays for c in stray)
    return western and bad <= len(strays) * 1.5 and all(map(_WESTERN_CHARACTERS.match, good))
