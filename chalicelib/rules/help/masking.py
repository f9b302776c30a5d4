"""Cuts out of a question what could tell who asked: before anything of it is counted or logged. The time is in
proportion to the text, whatever strangers write: each expression begins in few places, or is bounded."""

import re

from chalicelib.patterns import pattern

_ROADS = "street|st|road|rd|lane|avenue|ave|drive|close|way|square"
_WORD = pattern(r"\S+")
_SIGNS = pattern(r"[@＠\d]")
"""A word with one of these is a mail address, or an order number, reference, telephone number, date or size."""
_PERSONAL = (
    pattern(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    # A street with its number, and a post code with its town: "Lichtweg 7", "7 Light Lane", "10115 Berlin".
    pattern(rf"\b\d{{1,4}}[a-z]?,? +[^\W\d_]\w* +(?:{_ROADS})\b", re.IGNORECASE),
    pattern(
        r"(?<![\w.-])(?=[\d_.-]{0,40}[^\W\d_])[\w.-]+ +\d{1,4}[a-z]?\b(?:,? *\d{4,5} +[^\W\d_][\w-]*)?", re.IGNORECASE
    ),
    pattern(r"\b\d{4,5},? +[^\W\d_][\w-]*"),
    pattern(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE),  # a British post code
    # A name that somebody says is theirs.
    pattern(
        r"\b(?:my name is|i am called|this is|regards,?|mein name ist|ich heisse|ich heiße|mit freundlichen grüßen|"
        r"viele grüße|gruß,?|mfg,?)\s+[^\W\d_]\S*(?:\s+[^\W\d_]\S*)?",
        re.IGNORECASE,
    ),
)


def masked(text: str, instead: str = " ") -> str:
    """The text without mail addresses, links, streets, towns, names that somebody says are theirs, and everything
    with a digit. Rather too much is cut than too little: nobody misses it in a count."""
    text = _WORD.sub(lambda found: instead if "@" in found[0] or "＠" in found[0] else found[0], text)
    for personal in _PERSONAL:
        text = personal.sub(instead, text)
    return _WORD.sub(lambda found: instead if _SIGNS.search(found[0]) else found[0], text)


def beginning(text: str, longest: int) -> str:
    """At most so many characters, without the word in which it would end: a part of an address is not known as one."""
    return text if len(text) <= longest else text[: longest + 1].rpartition(" ")[0][:longest]
