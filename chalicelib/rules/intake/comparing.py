"""Which words of a quotation are known: those that stand in a text in the same order, and our mails' own phrases. Only
letters and numbers count, so it does not matter how a program wraps and marks what it quotes."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.patterns import pattern

LONGEST = 40_000
_RUN = 3
"""So many words in a row are known if a text has them in a row: words put between hide none of them."""
_FILLED = 12
"""At most so many words stand in one place of our phrases."""
_WRAPPED = 50
"""Programs wrap lines no shorter than so many characters."""
_ANY = "*"
_BEGIN = "^"
_ENDS = (".", ":", "!", "?")
# In scripts without blanks each character counts as a word, and so does a sign that people answer with.
_SIGN = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = pattern(rf"[{_SIGN}]|[^\W_{_SIGN}]+|[\u2190-\u2bff\U0001f000-\U0001faff]")
_NUMBER = pattern(r"\d+[^\W\d_]{0,2}")
_PLACE = pattern(r"\{\w+\}")
_PICTURE = pattern(r"\[(?:cid|image|bild|inline[ -]?image)[ :][^\]\n]{0,200}\]", re.I)
Word = tuple[str, int]
"""A word and the number of its line; -1 for a mark where a quotation begins."""
_Place = tuple[str, int, int]
"""A word, or a value of one or more words; the words where it begins and ends."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Of our phrases: the runs of words, the short ones whole, and the words around what is filled in."""

    runs: frozenset[tuple[str, ...]]
    short: frozenset[tuple[str, ...]]
    around: frozenset[tuple[str, ...]]


def words_of(lines: Sequence[str], programs: Collection[int], ours: tuple[str, ...]) -> Iterator[Word]:
    """The words, each with its line; where a quotation begins, marks of line -1."""
    yield from [(_BEGIN, -1)] * (_RUN - 1)
    for at, line in enumerate(lines):
        if at in programs:
            yield from [(_BEGIN, -1)] * (_RUN - 1)
            continue
        yield from ((word, at) for word in _said(line, ours))


def _said(text: str, ours: tuple[str, ...] = ()) -> list[str]:
    folded = _PICTURE.sub("", text).casefold()
    kept = [piece for piece in folded.split() if not any(part in piece for part in ours)] if ours else [folded]
    return _WORD.findall(" ".join(kept))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def in_texts(words: Sequence[Word], texts: Iterable[str]) -> tuple[list[bool], frozenset[int]]:
    """For each word, whether it stands within a run of words of a text; and the lines with such a run. The few words of
    a short text could be anybody's, but not where a quotation begins."""
    known: set[tuple[str, ...]] = set()
    for text in texts:
        known.update(_runs([_BEGIN] * (_RUN - 1) + _said(text[:LONGEST])))
    marked, cited = [False] * len(words), set[int]()
    for at, run in enumerate(_runs([word for word, _ in words])):
        if run in known:
            marked[at : at + _RUN] = [True] * _RUN
            cited.update(line for _, line in words[at : at + _RUN] if _BEGIN not in run)
    return marked, frozenset(cited)


def mark_phrases(
    words: Sequence[Word],
    lines: Sequence[str],
    marked: list[bool],
    phrases: tuple[str, ...],
    days: tuple[str, ...],
    names: tuple[str, ...],
) -> None:
    """Mark the words that are our phrases'. Values stand in them: numbers, `days` and `names`."""
    breaks = _breaks(words, lines)
    for values in (days, (*days, *names)):  # a name may be a word of a phrase too
        places = _places([word for word, _ in words], _values(values), breaks)
        _mark_phrases([line for _, line in words], places, marked, _phrases_of(phrases, days))


def _mark_phrases(lines: Sequence[int], places: Sequence[_Place], marked: list[bool], phrases: _Phrases) -> None:
    """`lines`: the line of each word."""
    folded = [word for word, _, _ in places]
    for at, run in enumerate(_runs(folded)):
        if run in phrases.runs:
            _mark(marked, places[at][1], places[at + _RUN - 1][2])
    members: dict[int, list[_Place]] = {}
    for place in places:
        members.setdefault(lines[place[1]], []).append(place)
    for line, its in members.items():
        whole = tuple(word for word, _, _ in its)
        if line >= 0 and (whole in phrases.short or (whole[-1] == _ANY and whole[:-1] in phrases.short)):
            _mark(marked, its[0][1], its[-1][2])
    _mark_filled(places, marked, phrases.around)


def is_date(line: str, days: tuple[str, ...]) -> bool:
    """Whether only a date or a time stands on the line, with a day or a month by its name."""
    values = _values(days)
    said = _said(line)
    dated = all(word in values or _NUMBER.fullmatch(word) for word in said)
    return dated and len(said) >= _RUN and any(word in values for word in said)


def mark_names(words: Sequence[Word], marked: list[bool], names: tuple[str, ...]) -> None:
    """Mark the lines on which only names stand, as below a letter."""
    known = {tuple(_said(name)) for name in names}
    known |= {name[:1] for name in known}
    longest = max(map(len, known), default=0)
    members: dict[int, list[int]] = {}
    for at, (_, line) in enumerate(words):
        members.setdefault(line, []).append(at)
    for line, its in members.items():
        said, at = [words[each][0] for each in its], 0
        while at < len(said) and line >= 0:
            lengths = range(min(longest, len(said) - at), 0, -1)
            length = next((n for n in lengths if tuple(said[at : at + n]) in known), 0)
            if not length:
                break
            at += length
        if at == len(said) > 0:
            _mark(marked, its[0], its[-1] + 1)


def _mark_filled(places: Sequence[_Place], marked: list[bool], around: Collection[tuple[str, ...]]) -> None:
    """Mark what stands between two words of a phrase and the two behind its place."""
    unknown = [not marked[begin] for _, begin, _ in places]
    at = 0
    while at < len(places):
        end = at
        while end < len(places) and unknown[end]:
            end += 1
        if 2 <= at < end <= len(places) - 2 and end - at <= _FILLED:
            sides = tuple(word for word, _, _ in (*places[at - 2 : at], *places[end : end + 2]))
            if sides in around:
                _mark(marked, places[at][1], places[end - 1][2])
        at = end + 1


def _mark(marked: list[bool], begin: int, end: int) -> None:
    marked[begin:end] = [True] * (end - begin)


def _places(words: Sequence[str], values: frozenset[str], breaks: Collection[int] = ()) -> list[_Place]:
    """The words with where each begins and ends, values in a row as one. `breaks`: where no row goes on."""
    found: list[_Place] = []
    for at, word in enumerate(words):
        value = word == _ANY or word in values or _NUMBER.fullmatch(word) is not None
        if value and found and found[-1][0] == _ANY and at not in breaks:
            found[-1] = (_ANY, found[-1][1], at + 1)
        else:
            found.append((_ANY if value else word, at, at + 1))
    return found


def _breaks(words: Sequence[Word], lines: Sequence[str]) -> frozenset[int]:
    """The words that do not go on with the line above: it is blank, ends a sentence, or is too short to be wrapped."""

    def ends(line: str) -> bool:
        return len(line) < _WRAPPED or line.endswith(_ENDS)

    return frozenset(
        at
        for at in range(1, len(words))
        if words[at - 1][1] != words[at][1] and (words[at][1] - words[at - 1][1] > 1 or ends(lines[words[at - 1][1]]))
    )


@lru_cache(maxsize=32)
def _values(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for value in values for word in _said(value))


@lru_cache(maxsize=32)
def _phrases_of(phrases: tuple[str, ...], values: tuple[str, ...]) -> _Phrases:
    runs: set[tuple[str, ...]] = set()
    short: set[tuple[str, ...]] = set()
    around: set[tuple[str, ...]] = set()
    folded_values = _values(values)
    for phrase in phrases:
        pieces = (piece for text in _PLACE.split(phrase) for piece in ([_ANY], _said(text)))
        words = [word for piece in list(pieces)[1:] for word in piece]
        folded = tuple(word for word, _, _ in _places(words, folded_values))
        runs.update(_runs(folded))
        if len(folded) < _RUN and folded != (_ANY,):
            short.add(folded)
        around.update(
            folded[at - 2 : at] + folded[at + 1 : at + 3] for at in range(2, len(folded) - 2) if folded[at] == _ANY
        )
    return _Phrases(frozenset(runs), frozenset(short), frozenset(around))
