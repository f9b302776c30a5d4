"""Whether a plain alternative says what the HTML beside it says (RFC 2046, 5.1.4). Some programs write a placeholder
there, or the first lines only. Then the HTML is read, which mail programs show and the writer saw (decision 340)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate

from chalicelib.mail.bodies import html_text
from chalicelib.patterns import pattern

MAX_COMPARED = 200_000
# Links and the names of pictures, which only one of the two may write out.
_ASIDE = pattern(r"<?\(?\b(?:https?://|mailto:|tel:|www\.)[^\s<>]{1,2000}\)?>?|\[[^\[\]\n]{1,400}\]", re.I)
_WORD = pattern(r"[^\W_]+")
# Letters in a row that two texts rarely have in common by chance, also where no blanks stand between words.
_RUN = 8
_ALL, _NEARLY, _MORE, _MOST = 0.98, 0.9, 0.75, 0.5
# What programs say in place of words that they do not give, in any language.
_OF_PROGRAMS = pattern(r"html|browser|\bmime\b|webmail|mail.?(?:program|client|viewer)|https?://", re.I)
_LONGEST_PLACEHOLDER = 500
_CODE = pattern(r"</[a-z]|<br\b|&(?:[a-z]{2,8}|#\d{1,6});", re.I)
_CUT_WORDS = "clipped|truncated|gekürzt|abgeschnitten|tronqué|coupé|recortado"
_CUT = pattern(rf"(?:…|\.{{3}}|[\[(<]\s?[\w ]{{0,30}}(?:{_CUT_WORDS})\s?[\])>]){{1,3}}\Z", re.I)
_LONGEST_CUT = 200


def said(plain: str, html: str, new: Callable[[str], str]) -> list[str] | None:
    """The texts to read in place of the plain alternative; None if it says what the HTML says. `new` gives the new
    words of a document, without history and signature."""
    shown, plain = html_text.to_text(html), plain.rstrip()
    if _is_source(plain, shown):
        return [shown]
    if _letters(shown) and _share(shown, plain) >= _ALL:
        return None
    own = new(html).strip()
    words = own or shown
    in_html = _share(plain, shown) >= _MOST
    is_instead = not in_html and bool(own) and _is_placeholder(plain)
    if not is_instead and (not _letters(words) or not _lacks(plain, words)):
        return None
    is_as_long = len(_letters(plain)) >= len(_letters(words))
    return [shown, plain] if is_as_long and not in_html and not is_instead else [shown]


def _is_source(plain: str, shown: str) -> bool:
    """Whether the plain text is HTML itself, or has its entities, and says what the HTML shows."""
    if not _CODE.search(plain):
        return False
    return _letters(plain) != _letters(shown) == _letters(html_text.to_text(plain))


def _lacks(plain: str, words: str) -> bool:
    """Whether most of the words are missing in the plain text, or what comes below the place where a program cut it."""
    share, cut = _share(words, plain), _CUT.search(plain, max(0, len(plain) - _LONGEST_CUT))
    if share < _MOST:
        return True
    beginning = _letters(plain[: cut.start()] if cut else plain)
    begins = share < (_ALL if cut else _MORE) and _letters(words).startswith(beginning)
    return begins and (cut is not None or _ends_within_a_line(beginning, words))


def _ends_within_a_line(beginning: str, words: str) -> bool:
    """Whether words that begin so go on in the same line. A line of its own may be a program's addition to the HTML."""
    lengths = accumulate(len(_letters(line)) for line in words.split("\n"))
    return len(beginning) not in lengths


def _is_placeholder(plain: str) -> bool:
    return len(plain) <= _LONGEST_PLACEHOLDER and _OF_PROGRAMS.search(plain) is not None


def _share(words: str, text: str) -> float:
    """How much of the words, by letters, a text has: as words in any order (tables), or as runs of letters (broken
    lines, scripts without blanks)."""
    wanted = _WORD.findall(_bare(words))
    letters = sum(map(len, wanted))
    if not letters:
        return 1.0
    known = frozenset(_WORD.findall(_bare(text)))
    share = sum(len(word) for word in wanted if word in known) / letters
    return share if share >= _NEARLY else max(share, _runs("".join(wanted), _letters(text)))


def _runs(wanted: str, letters: str) -> float:
    size = min(_RUN, len(wanted))
    known = {letters[at : at + size] for at in range(len(letters) - size + 1)}
    count = len(wanted) - size + 1
    return sum(wanted[at : at + size] in known for at in range(count)) / count


def _letters(text: str) -> str:
    return "".join(_WORD.findall(_bare(text)))


def _bare(text: str) -> str:
    return _ASIDE.sub(" ", text[:MAX_COMPARED]).lower()
