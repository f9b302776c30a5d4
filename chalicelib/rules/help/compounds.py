"""Compounds such as "Rücksendekosten", divided into words that the articles have by themselves."""

from collections.abc import Container, Iterator

LANGUAGES = ("de",)
"""The languages that write compounds as one word."""
_SHORTEST = 4
"""Letters of a part. Shorter ones are mostly endings."""
_SHORTEST_ALONE = 5
# What may stand between the parts: "Rechnung-s-adresse", "Lampe-n-schirm". And what the first part may lack, or the
# last part may have more: "Liefer(n)-zeit", "Rücksend(ung)-e-kosten".
_JOINTS = ("", "s", "n", "e", "es", "en", "er")
_LACKING = ("", "n", "en", "e", "ung")


def parts(word: str, known: Container[str], language: str) -> tuple[str, ...]:
    """The two or three known words of which this one is made; none if it is no compound."""
    if language not in LANGUAGES or len(word) < 2 * _SHORTEST:
        return ()
    found = next(_divisions(word, known), None)
    if found is None:
        return ()
    first, rest, whole = found
    return (first, rest) if whole else (first, *(parts(rest, known, language) or (rest,)))


def one_known_part(word: str, known: Container[str], language: str) -> tuple[str, ...]:
    """The longest known word with which this one ends or begins, if it may be a compound of that and of something
    unknown: "Stehlampe" is a lamp. The end goes first: it says what the thing is."""
    if language not in LANGUAGES:
        return ()
    starts = range(1, len(word) - _SHORTEST_ALONE + 1)
    found = next((last for at in starts if (last := _last(word[at:], known)) and len(last) >= _SHORTEST_ALONE), None)
    if found is None:
        ends = range(len(word) - 1, _SHORTEST_ALONE - 1, -1)
        tried = (_first(word[:at], known) for at in ends)
        found = next((first for first in tried if first and len(first) >= _SHORTEST_ALONE), None)
    return (found,) if found else ()


def _divisions(word: str, known: Container[str]) -> Iterator[tuple[str, str, bool]]:
    """The ways to divide a word, the one with the longest last part first: the last part says what it is."""
    for at in range(_SHORTEST, len(word) - _SHORTEST + 1):
        first = _first(word[:at], known)
        last = _last(word[at:], known) if first else None
        if first and last:
            yield first, last, True
    for at in range(_SHORTEST, len(word) - 2 * _SHORTEST + 1):
        first = _first(word[:at], known)
        if first and next(_divisions(word[at:], known), None):
            yield first, word[at:], False


def _first(part: str, known: Container[str]) -> str | None:
    without = (part.removesuffix(joint) for joint in _JOINTS if part.endswith(joint))
    tried = [bare + more for bare in without if len(bare) >= _SHORTEST - 1 for more in _LACKING]
    return next((each for each in tried if len(each) >= _SHORTEST and each in known), None)


def _last(part: str, known: Container[str]) -> str | None:
    without = (part.removesuffix(joint) for joint in _JOINTS if part.endswith(joint))
    return next((each for each in without if len(each) >= _SHORTEST and each in known), None)
