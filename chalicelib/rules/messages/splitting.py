"""How long one message may be at each provider, and where a longer text is parted."""

from collections.abc import Iterator

from chalicelib.patterns import pattern
from chalicelib.rules.identity.handles import Provider

LONGEST = {
    Provider.WHATSAPP: 4096, Provider.MESSENGER: 2000, Provider.INSTAGRAM: 1000, Provider.TELEGRAM: 4096,
    Provider.SMS: 1530,
}  # fmt: skip
"""In UTF-16 units, which no provider counts more of than these; a text message's ten parts have 1,530 signs."""
# A paragraph, then a sentence, then a word: the last such end within the limit is taken.
_ENDS = (pattern(r"\n\s*\n"), pattern(r"\n|(?<=[.!?…。！？])\s+"), pattern(r"\s+"))


def parts(text: str, provider: Provider) -> tuple[str, ...]:
    """The text in messages as long as the provider takes, each ending with a paragraph, a sentence or a word. Only
    white space between them is lost."""
    return tuple(_parts(text.strip(), LONGEST[provider]))


def _parts(text: str, most: int) -> Iterator[str]:
    while text:
        within = _within(text, most)
        if within == len(text):
            yield text
            return
        end, goes_on = _end(text, within)
        yield text[:end]
        text = text[goes_on:].lstrip()


def _within(text: str, most: int) -> int:
    """How many signs of the text are at most so many units: a sign beyond Unicode's first plane is two."""
    if len(text.encode("utf-16-le")) // 2 <= most:
        return len(text)
    units = 0
    for number, sign in enumerate(text):
        units += 2 if ord(sign) > 0xFFFF else 1
        if units > most:
            return number
    return len(text)


def _end(text: str, within: int) -> tuple[int, int]:
    """Where the first part ends, and where the next begins. A paragraph's end counts if it leaves half a message."""
    for least, kind in zip((within // 2, within // 4, 1), _ENDS, strict=True):
        found = [each for each in kind.finditer(text, 0, within + 1) if least <= each.start() <= within]
        if found:
            return found[-1].start(), found[-1].end()
    return within, within
