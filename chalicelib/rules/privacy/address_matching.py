"""Finds mail addresses in texts. One grammar serves both the search for a person and the removal, so that every address
that is found can be removed, and the other way round."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, domain_of

Reading = tuple[int, int, str]
"""Begin and end in the text, and the address in lower case."""
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 255
# How many characters before a local part are looked at as well.
_AROUND = 32
# At most so many beginnings and so many ends of one address are tried, so that endless signs cannot fill the index.
_LIMIT = 4
_AT = pattern(r'"?(?:@|%(?:25)*40)(?=[^\W_][\w-]{0,62}\.[^\W_])', re.I)
_BACKWARDS = pattern(r"[\w.!#$%&'*+/=?^`{|}~-]*")
_DOMAIN = pattern(r"[^\W_][\w-]*(?:\.[^\W_][\w-]*)+")
_JOINTS = "._+%-"
_LATIN = "0-9A-Za-z\u00aa-\u024f\u1e00-\u1eff"
# Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean have no space between an address and the words around it.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_BESIDE = "|".join(rf"(?<=[{one}])(?=[^\W\d_{one}])|(?<=[^\W\d_{one}])(?=[{one}])" for one in (_LATIN, _UNSPACED))
_BEGINS = pattern(rf"%(?:25)*[0-9a-f]{{2}}|[{_JOINTS}]{{2,}}|[!#$&'*/=?^`{{|}}~]+|{_BESIDE}", re.I)
_FILES = "eml|msg|pdf|txt|csv|html?|docx?|xlsx?|od[ts]|rtf|jpe?g|png|gif|heic|webp|tiff?|zip|vcf|ics|xml|json"
# What ends an address: emphasis, a dash, the next sentence without a space before it, a file extension, another script.
_ENDS = pattern(rf"_|[.-]{{2,}}|\.(?P<sentence>[A-Z][^\W_]*)|\.(?i:{_FILES})(?![^\W_])|{_BESIDE}")


def holds_any(text: str) -> bool:
    """Whether the text may contain a mail address, even a truncated one."""
    return "@" in text or "%40" in text or ("%25" in text and "40" in text)


def addresses(text: str) -> Iterator[list[Reading]]:
    """Each address in a text, with all ways to read it, because its beginning and end are not always clear."""
    yield from _addresses(text, "")


def readings(text: str, address: str) -> Iterator[tuple[int, int]]:
    """The positions of this address in a text."""
    if not _can_hold(text, address):
        return
    over = 0
    for each in _addresses(text, address.rpartition("@")[2]):
        for begin, end, read in each:
            if read == address and begin >= over:
                yield begin, end
                over = end
                break


def _addresses(text: str, begun_by: str) -> Iterator[list[Reading]]:
    """The addresses whose domain begins with `begun_by`."""
    before, last = 0, ""
    for at in _AT.finditer(text):
        found = _DOMAIN.match(text[at.end() : at.end() + _LONGEST_DOMAIN])
        if found is None:
            continue
        domain = found[0]
        if domain_of(f"@{domain}").startswith(begun_by):
            yield _read(text, at, domain, [before + end for end in _ends(last)])
        before, last = at.end(), domain


def _read(text: str, at: re.Match[str], domain: str, before: list[int]) -> list[Reading]:
    begins, ends = _begins(text, at.start(), before), _ends(domain)
    names = [(at.end() + end, domain[:end]) for end in ends]
    return [(begin, end, canonical(f"{text[begin : at.start()]}@{name}")) for begin in begins for end, name in names]


def _can_hold(text: str, address: str) -> bool:
    if not address.isascii():
        return holds_any(text)
    folded = text.lower()
    return all(part in folded for part in address.split("@"))


def _begins(text: str, at: int, before: list[int]) -> list[int]:
    """The possible beginnings of the local part that ends at `at`: with the characters joined to it, and without.
    `before`: the possible ends of the address before it."""
    window = text[max(at - _LONGEST_LOCAL - _AROUND, 0) : at]
    run = _BACKWARDS.match(window[::-1])
    first = at - len(run[0]) if run else at
    if run and run[0].isascii() and run[0].isalnum() and len(run[0]) <= _LONGEST_LOCAL:
        return [first]
    inner = [first + found.end() for found in _BEGINS.finditer(text[first:at])]
    near = sorted({*inner, *(end for end in before if first < end < at)}, reverse=True)[:_LIMIT]
    plain = (begin + _led(text[begin:at]) for begin in (first, *near))
    return [begin for begin in dict.fromkeys((*plain, first)) if at - _LONGEST_LOCAL <= begin < at]


def _led(local: str) -> int:
    """How many leading signs do not belong to it."""
    return len(local) - len(local.lstrip(f"{_JOINTS}'"))


@lru_cache(maxsize=256)
def _ends(domain: str) -> tuple[int, ...]:
    """The possible ends of a domain: with the characters joined to it, and without."""
    cuts = (found.start() for found in _ENDS.finditer(domain) if not _in_capitals(domain, found))
    possible = (len(domain[:cut].rstrip("_.-")) for cut in cuts)
    whole = len(domain.rstrip("_.-"))
    return tuple(dict.fromkeys((whole, *islice((end for end in possible if "." in domain[:end]), _LIMIT))))


def _in_capitals(domain: str, found: re.Match[str]) -> bool:
    """Whether the apparent next sentence belongs to the domain, because all of the domain is in capitals."""
    sentence = found["sentence"]
    return bool(sentence) and sentence.isupper() and domain[: found.start()].isupper()
