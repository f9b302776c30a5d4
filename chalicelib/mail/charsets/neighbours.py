"""Polish and Thai under the label of Western Europe, which fits any bytes. Polish letters stand there as signs within
words ("dosta³em"), and Thai spells each syllable in an order that other bytes do not keep (decision 97)."""

from __future__ import annotations

from chalicelib.patterns import pattern

_SAMPLE = 16_384
_POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
# What a Polish text has beyond its letters.
_SIGNS = frozenset("„”“‚‘’–—…«»§°€·•™©®\xa0")
_TELLING = {"cp1250": "łą", "iso8859-2": "łąśź"}
"""Letters that are signs in Western charsets. Not ż: Spanish may have "¿" within words whose blank is missing."""
# In windows-1250 a capital "Ÿ" behind a small letter; but so is a Mac's "ü".
_NEARLY = pattern(r"[a-ząćęłńóśźż]ź")
_WORD = pattern(r"(?<![^\W_])[^\W\d_]{3,40}(?![^\W_])")
_UNITS = ("m", "cm", "mm", "dm", "km")
_ENOUGH, _FOREIGN, _LONG = 2, 10, 4
_TAG = pattern(rb"<[^<>]{0,2000}>|&#?\w{1,10};|[\w.+-]{1,64}@[\w.-]{1,100}|https?://[^\s<>]{1,500}")
# A mark without a letter below it, a vowel that is written before a letter without one, letters that nobody uses.
_MISSPELT = pattern(r"(?<![ก-ฮะ-ฺ็-๎])[ัิ-ฺ็-๎]|[เ-ไ](?![ก-ฮ])|[A-Za-z][ก-๎]|[ก-๎][A-Za-z]|[ฃฅฺ๎]")
_ENOUGH_THAI = 4


def polish(data: bytes) -> str | None:
    """The codec of the Polish text that these bytes are; None if they may be a Western text."""
    sample = _lines(data)
    return next((codec for codec in _TELLING if _is_polish(sample.decode(codec, "replace"), codec)), None)


def is_thai(data: bytes) -> bool:
    """Whether these bytes, whose words consist of nothing but letters beyond ASCII, are Thai (windows-874)."""
    text = _lines(data).decode("cp874", "replace")
    beyond = [c for c in text if c > "\x7f"]
    if any(not "ก" <= c <= "๛" and c not in _SIGNS for c in beyond) or _MISSPELT.search(text):
        return False
    return len({c for c in beyond if "ก" <= c <= "ฮ"}) >= _ENOUGH_THAI


def _lines(data: bytes) -> bytes:
    return _TAG.sub(b" ", b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE])


def _is_polish(text: str, codec: str) -> bool:
    """Whether two words have Polish letters, one of them a telling one inside, and nothing is beyond them."""
    others = [c for c in text if c > "\x7f" and c not in _POLISH]
    if any(not c.isalpha() and c not in _SIGNS for c in others):
        return False
    if sum(map(str.isalpha, others)) * _FOREIGN > sum(c in _POLISH for c in text):
        return False
    words = {word for word in _WORD.findall(text) if any(c in _POLISH for c in word)}
    sure = {word for word in words if _tells(word, codec)}
    likely = {word for word in words if any(c in "ćęńóś" for c in word)}
    nearly = {word for word in words if codec == "cp1250" and _NEARLY.search(word)}
    return bool(sure and len(sure | likely) >= _ENOUGH) or bool(nearly and likely - nearly)


def _tells(word: str, codec: str) -> bool:
    """Whether no Western word has what this one has: a sign inside, no exponent of a unit ("m³"); or "œæ"."""
    if codec == "cp1250" and "ść" in word:
        return True
    inside = (at for at in range(1, len(word) - 1) if word[at] in _TELLING[codec])
    return any(word[at + 1 :].islower() and word[:at].lower() not in _UNITS for at in inside if len(word) >= _LONG)
