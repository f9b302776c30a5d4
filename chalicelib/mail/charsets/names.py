"""Maps charset labels to Python's codecs, by common aliases and supersets. Labels come from mails, so only text
encodings that are safe for any bytes are known."""

from __future__ import annotations

import codecs
from functools import lru_cache

from chalicelib.patterns import pattern

# In practice a label means its superset (browsers read it so); without this, curly quotes and euro signs would be lost.
_SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
}  # fmt: skip
_ALIASES = {
    "ansi": "cp1252", "unicode": "utf-16", "utf8mb4": "utf-8", "uft-8": "utf-8", "utf": "utf-8",
    "utf-8n": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "x-unknown": "",
    "unknown-8bit": "", "unknown": "", "default": "", "none": "", "binary": "", "8bit": "", "x-user-defined": "",
    "_autodetect": "", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-6-i": "iso8859-6",
    "x-sjis": "cp932", "sjis": "cp932", "x-ms-cp932": "cp932", "x-euc-jp": "euc_jp", "x-euc-cn": "gb18030",
    "x-gbk": "gb18030", "x-x-big5": "big5hkscs", "x-euc-tw": "big5hkscs", "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949", "ksc5601": "cp949", "korean": "cp949", "iso-ir-149": "cp949",
    "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2", "koi8": "koi8-r", "cp-850": "cp850", "iso-2022-jp-ms": "iso2022_jp",
    "cp50220": "iso2022_jp", "cp50221": "iso2022_jp", "iso-2022-jp-3": "iso2022_jp",
    "iso-2022-jp-2004": "iso2022_jp", "latin-9": "iso8859-15", "windows-874": "cp874", "windows-949": "cp949",
    "windows-936": "gb18030", "windows-950": "big5hkscs", "windows-932": "cp932", "windows-31j": "cp932",
    "dos-874": "cp874",
}  # fmt: skip
_TEXT_CODEC = pattern(r"[a-z0-9_.:()+-]{1,40}\Z")
_UNSAFE = frozenset({
    "charmap", "idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "raw_unicode_escape", "undefined",
    "unicode-escape", "unicode_escape",
})  # fmt: skip


def codec_name(label: str) -> str | None:
    """Python's name for a charset label. None if there is no such text encoding, "" if the label names no charset."""
    name = label.strip(" \t\r\n'\"<>;=").lower()
    name = _ALIASES.get(name, name)
    if not name:
        return ""
    for candidate in (
        name,
        name.replace("_", "-"),
        name.removeprefix("x-"),
        name.split(";")[0].split()[0] if name.split() else "",
    ):
        if not _TEXT_CODEC.match(candidate):
            continue
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        if getattr(info, "_is_text_encoding", True) and info.name not in _UNSAFE:
            return info.name
    return None


@lru_cache(maxsize=256)
def codec_for(label: str) -> str | None:
    """The codec for a label: its usual superset. None if unknown, "" if the label names no charset."""
    name = codec_name(label)
    return _SUPERSETS.get(name, name) if name else name
