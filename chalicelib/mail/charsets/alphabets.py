"""Text in Cyrillic, Greek, Hebrew, Arabic or Thai letters under the label of another one-byte charset, which fits any
bytes. In the languages of Western Europe a word has a few letters beyond ASCII; in the others each letter is (decision
97). `neighbours` tells Polish apart."""

from __future__ import annotations

import unicodedata

from chalicelib.mail.charsets import double_byte, guessing, neighbours
from chalicelib.patterns import pattern

WESTERN = ("cp1252", "iso8859-15")
_CYRILLIC = {"cp1251": "koi8-r", "koi8-r": "cp1251", "koi8-u": "cp1251"}
_SCRIPTS = ("CYRILLIC", "GREEK", "HEBREW", "ARABIC")
_SAMPLE = 16_384
_TAG = pattern(rb"<[^<>]{0,2000}>|&#?\w{1,10};|[\w.+-]{1,64}@[\w.-]{1,100}|https?://[^\s<>]{1,500}")
# Below 0xC0 stand signs in Western charsets, and a few letters in the others (ё, і, ї, ґ).
_WORD = pattern(rb"[A-Za-z\xa1-\xa3\xa5\xa8\xaa\xaf\xb2-\xb4\xb8\xba\xbc-\xff]{2,}")
_FOREIGN = pattern(rb"[\x80-\xff]+")
# "þú", "æð" and "ÄÖ" are western; nearly every sentence in another alphabet has a word as long as this.
_LONG, _DIFFERENT = 4, 3
# Letters that no list of accents or umlauts has: not the accented vowels, ñ, ç or ß.
_NO_ACCENTS = pattern(rb"[\xd0\xd7\xdd\xde\xf0\xf7\xfd\xfe\xff]")
_LETTERS = pattern(r"[^\W\d_]{2,}")
# By frequency in Russian; what is read in the wrong charset has rare letters.
_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_RANKS = {letter: rank for rank, letter in enumerate(_BY_FREQUENCY)}
# Where no capitals tell: the average rank of right words, how far misread ones are above it, how many letters tell.
_COMMON, _RARER, _ENOUGH = 10.6, 2.5, 9
_ENOUGH_TORN = 6


def overruling(data: bytes, codec: str) -> str | None:
    """The codec of the alphabet that these bytes are written in, if the label's gives words that nobody writes; else
    None."""
    if codec in _CYRILLIC:
        other = _CYRILLIC[codec]
        return other if _is_swapped(data, codec, other) else None
    if codec not in WESTERN:
        return None
    if not _is_foreign(data):
        return neighbours.polish(data)
    guessed = guessing.guess(data)
    if guessed in _CYRILLIC and _is_swapped(data, guessed, _CYRILLIC[guessed]):
        guessed = _CYRILLIC[guessed]
    if _are_words(data[:_SAMPLE].decode(guessed, "replace")):
        return guessed
    return "cp874" if guessed == "cp874" and not double_byte.guess(data) and neighbours.is_thai(data) else None


def _is_foreign(data: bytes) -> bool:
    """Whether words consist of letters beyond ASCII only, and none or few of some of both. Words in ASCII are names and
    articles, lines in ASCII are history, signatures or data."""
    lines = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    words = _WORD.findall(_TAG.sub(b" ", lines))
    foreign = [word for word in words if _FOREIGN.fullmatch(word)]
    mixed = sum(not word.isascii() for word in words) - len(foreign)
    if len(foreign) * 4 < len(words) or mixed * 4 > len(foreign):
        return False
    return not _are_accents({word for word in foreign if len(word) >= _LONG and len(set(word)) >= _DIFFERENT})


def _are_accents(words: set[bytes]) -> bool:
    """Whether these are at most a list of accented letters ("áéíóú ÁÉÍÓÚ"): small or capital, and each comes once."""
    letters = b"".join(words)
    listed = [word.decode("latin-1").replace("ß", "") for word in words]
    even = all(word in (word.lower(), word.upper()) for word in listed)
    return even and len(set(letters)) == len(letters) and not _NO_ACCENTS.search(letters)


def _are_words(text: str) -> bool:
    """Whether the letters beyond ASCII are of one such alphabet and make words."""
    letters = [c for c in text if c > "\x7f" and c.isalpha()]
    names = [unicodedata.name(c, "").split(" ")[0] for c in letters]
    if not letters or max(map(names.count, _SCRIPTS)) * 10 < len(letters) * 9:
        return False
    torn = [_is_torn(word) for word in _words(text)]
    return sum(torn) * 4 <= len(torn)


def _is_swapped(data: bytes, codec: str, other: str) -> bool:
    """Whether these Cyrillic bytes are of the other charset: its capitals are this one's small letters. So words begin
    small and go on in capitals, and their letters are rare; where all words are of one case, only the letters tell."""
    here, there = (_words(data[:_SAMPLE].decode(each, "replace")) for each in (codec, other))
    rank, rank_there = _rank(here), _rank(there)
    torn, usual = sum(map(_is_torn, here)), sum(word[1:].islower() and not _is_torn(word) for word in here)
    different = len(set("".join(there)))
    if torn:
        likely = rank_there < rank and different >= _ENOUGH_TORN
        return likely and usual * 3 <= len(here) and torn > sum(map(_is_torn, there))
    if usual not in (0, len(here)) or any(word.istitle() for word in here):
        return False
    return different >= _ENOUGH and rank_there <= _COMMON and rank - rank_there >= _RARER


def _words(text: str) -> list[str]:
    """The different words that are not ASCII."""
    return [word for word in dict.fromkeys(_LETTERS.findall(text)) if not word.isascii()]


def _rank(words: list[str]) -> float:
    """How rare the letters are in Russian, on average."""
    letters = "".join(words).lower()
    return sum(_RANKS.get(c, len(_RANKS)) for c in letters) / max(1, len(letters))


def _is_torn(word: str) -> bool:
    return word not in (word.lower(), word.upper(), word.capitalize())
