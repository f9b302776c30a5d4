"""Whether bytes are UTF-8 although their label is another, or although some of them are invalid.
Text in another charset is hardly ever valid UTF-8 by chance: only if a sign follows each non-ASCII letter, as in
"Spaß…" or "CAFÉ»". So the fewer such letters, the stronger each one's evidence must be (decision 97)."""

from __future__ import annotations

import re
from itertools import islice

from chalicelib.patterns import pattern

_HIGH_RUN = pattern(rb"[\x80-\xff]+")
# Western European letters and signs; read in a one-byte charset, their UTF-8 bytes make no sense beside each other.
_WESTERN_CHARACTERS = pattern(r"[\xa1-\xff\u0152\u0153\u2010-\u2122]")
_STRAY_RUN = pattern(r"[\udc80-\udcff]+")
_CUT = pattern(r"(?<=[^\x00-\x7f\udc80-\udcff])[\udc80-\udcff]+")
# "ß" before a sign looks like a letter of N'Ko in UTF-8.
_NKO = pattern(r"[\u07c0-\u07ff]")
# Signs that may stand between two letters without a blank.
_JOINING = frozenset(b"\x85\x91\x92\x96\x97\xa0\xad\xb7")
# Western European accented letters and punctuation in windows-1252.
WESTERN = frozenset("äöüßÄÖÜéèêëàâçùûîïôœÉÈÀÇñÑáíóúÁÍÓÚ¿¡åÅæÆøØãõÃÕ€„“”‘’‚–—…«»°§®©·\xa0".encode("cp1252"))
LATIN = tuple(bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in range(256))
_STRAYS = {0xDC00 + byte: LATIN[byte] if byte in WESTERN else "\ufffd" for byte in range(0x80, 0x100)}
_LATIN_WORD = pattern(r"[a-z][\xc0-\u024f]|[\xc0-\u024f][a-z]")
_ENOUGH_OF_TWO_BYTES = 4
_SHARP_S = pattern(r"(?<=[A-Za-z])[\u07c0-\u07ff]")


def wins(data: bytes, codec: str, *, one_byte: bool) -> bool:
    """Whether the bytes are more likely UTF-8 than the label's codec, which could decode them too. `one_byte`: it is a
    one-byte charset."""
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
    """Decode text that counts as UTF-8. Invalid bytes directly after a letter are a cut letter and are replaced; others
    are decoded as windows-1252 if they are Western European. N'Ko directly after a Latin letter is a misread "ß"."""
    text = data.decode("utf-8", "surrogateescape")
    if text.isascii():
        return text
    text = _CUT.sub("\ufffd", text)
    if _STRAY_RUN.search(text):
        text = text.translate(_STRAYS)
    return _SHARP_S.sub(lambda found: found.group().encode().decode("cp1252"), text)


def _telling(data: bytes, run: re.Match[bytes], codec: str) -> bool:
    """Whether the label's codec makes nonsense of these bytes: a capital after a small letter, or a sign before one."""
    bytes_, before, after = run.group(), data[run.start() - 1 : run.start()], data[run.end() : run.end() + 1]
    if _NKO.match(bytes_.decode("utf-8")):
        return False
    if len(bytes_.decode("utf-8")) > 1 or (before.islower() and bytes_[:1].decode(codec, "replace").isupper()):
        return True
    return after.islower() and not _JOINING & set(bytes_[1:])


def nearly(data: bytes) -> bool:
    """Whether mostly valid bytes count as UTF-8 although some are invalid."""
    text = data.decode("utf-8", "surrogateescape")
    strays = _STRAY_RUN.findall(text)
    good = re.sub(r"[\0-\x7f\udc80-\udcff]+", "", text)
    bad = sum(map(len, strays))
    if not good:
        return False
    if bad * 2 <= len(good):
        return True
    # A Western footer below UTF-8 words, or words in both: decode each letter in its own charset.
    western = all(ord(c) - 0xDC00 in WESTERN for stray in strays for c in stray)
    return western and bad <= len(strays) * 1.5 and all(map(_WESTERN_CHARACTERS.match, good))
