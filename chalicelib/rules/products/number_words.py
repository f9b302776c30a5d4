"""Numbers that are written as words, in English and German, as digits: "two thousand and forty-one",
"zweitausendeinundvierzig", "zwo null vier eins"."""

from collections.abc import Iterator, Sequence

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "null": 0, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwolf": 12, "dreizehn": 13, "vierzehn": 14, "funfzehn": 15, "sechzehn": 16,
    "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "zwanzig": 20, "dreissig": 30, "vierzig": 40, "funfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80,
    "neunzig": 90,
}  # fmt: skip
_TIMES = {"hundred": 100, "thousand": 1_000, "hundert": 100, "tausend": 1_000}
_JOINS = ("und", "and")
# "ein" and "eine" alone are articles.
_ALL = {**_ONES, **_TENS, **_TIMES, "ein": 1, "und": 0, "and": 0}
_LONGEST = 120
"""Letters; no word for a number is longer."""


def in_digits(pieces: Sequence[str]) -> Iterator[str]:
    """The folded pieces of a text, with numbers in digits instead of their words."""
    run = list[str]()
    for piece in (*pieces, ""):
        parts = _parts(piece)
        if parts and (run or parts[0] not in _JOINS):
            run.extend(parts)
            continue
        yield from _numbers(run)
        run = []
        if piece:
            yield piece


def _parts(piece: str) -> list[str]:
    """The words for numbers of which a piece is made; none if it is made of anything else. The longest first:
    "siebzehn" is no "sieb"."""
    parts, at = list[str](), 0
    while at < len(piece) <= _LONGEST:
        found = max((each for each in _ALL if piece.startswith(each, at)), key=len, default="")
        if not found:
            return []
        parts.append(found)
        at += len(found)
    return parts


def _numbers(run: list[str]) -> Iterator[str]:
    """The numbers that these words say one after the other. Words that stood alone stay as they are."""
    if not run or run == ["ein"]:
        yield from run
        return
    whole, part, last = 0, 0, ""
    for word in run:
        if word in _JOINS:
            continue
        if last and not _goes_on(part, last, word):
            yield str(whole + part)
            whole, part = 0, 0
        if word in _TIMES:
            whole, part = (whole + (part or 1) * 1_000, 0) if _TIMES[word] == 1_000 else (whole, (part or 1) * 100)
        else:
            part += _ALL[word]
        last = word
    yield str(whole + part)


def _goes_on(part: int, last: str, word: str) -> bool:
    """Whether a word is of the same number as the word before: "forty one", "einund-vierzig", "zwei-hundert"."""
    if last in _TIMES:
        return True
    if word in _TIMES:
        return 0 < part < 1_000
    if word in _TENS:
        return last not in _TENS and 0 < _ALL[last] < 10 and word.endswith("ig")
    return last in _TENS and last.endswith("y") and 0 < _ALL[word] < 10
