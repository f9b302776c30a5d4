"""Decodes forms, in the charset of the page they were on: UTF-8 if they are valid, else the named charset, else
windows-1252 (decision 88)."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.mail.charsets.names import codec_for
from chalicelib.patterns import pattern

UTF_8, DEFAULT_CODEC = "utf-8", "cp1252"
# A short word in these charsets may also be valid UTF-8, so the whole form decides.
_SEVERAL_BYTES = {"gb18030", "big5hkscs", "cp932", "shift_jis_2004", "euc_jp", "cp949"}
_ESCAPING = {"iso2022_jp", "iso2022_kr"}
_ESCAPES = (b"\x1b", b"\x0e")
# Browsers write a character so if the page's charset lacks it.
_REFERENCE = pattern(r"&#(\d{2,7});")


@dataclass(frozen=True, slots=True)
class FormDecoder:
    """How to decode the values of one form. `named`: the codec of the charset it names, "" if none is usable; `broken`:
    some value is not UTF-8."""

    named: str
    broken: bool

    def read(self, raw: bytes, own: str = "") -> str:
        """The text of a value; `own` is the charset that the value itself names."""
        named = _codec(own) or self.named
        page = named if named not in ("", UTF_8) else DEFAULT_CODEC if self.broken else ""
        text = _decoded(raw, named, self.broken)
        return _REFERENCE.sub(lambda found: _character(found, page), text) if page and "&#" in text else text


def of(values: Iterable[bytes], named: str) -> FormDecoder:
    """How to decode a form with these values; `named` is its charset or ""."""
    return FormDecoder(_codec(named), any(_strictly(value, UTF_8) is None for value in values))


def _codec(label: str) -> str:
    """Python's codec for a charset that a page can be written in; "" for any other label."""
    codec = codec_for(label) if label else ""
    if not codec or codec == "utf-7" or "a".encode(codec) != b"a":
        return ""
    return codec


def _decoded(raw: bytes, named: str, broken: bool) -> str:
    escapes = named in _ESCAPING and any(escape in raw for escape in _ESCAPES)
    first = [named] if escapes or (broken and named in _SEVERAL_BYTES) else []
    for codec in (*first, UTF_8, *([named] if named else [])):
        text = _strictly(raw, codec)
        if text is not None:
            return text
    return raw.decode(UTF_8 if _nearly_utf_8(raw) else DEFAULT_CODEC, "replace")


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _nearly_utf_8(raw: bytes) -> bool:
    """Whether at least as much of it is valid UTF-8 as not, so that one cut letter does not spoil the others."""
    kept = raw.decode(UTF_8, "ignore")
    good = sum(not character.isascii() for character in kept)
    return good > 0 and good >= len(raw) - len(kept.encode())


def _character(found: re.Match[str], page: str) -> str:
    """The character if the page's charset lacks it; else the reference, which somebody typed."""
    number = int(found[1])
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        return found[0]
    try:
        codecs.lookup(page).encode(chr(number))
    except UnicodeError:
        return chr(number)
    return found[0]
