"""Bytes to text, even if the charset label is an alias, wrong or missing; ISO-2022-JP with vendor rows.
Never fails; each guess is noted in `defects`."""

from __future__ import annotations

import codecs

from chalicelib.mail.charsets import alphabets, double_byte, guessing, iso_2022_jp, utf_8
from chalicelib.mail.charsets.names import codec_for, codec_name
from chalicelib.patterns import pattern

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ISO_2022_JP = pattern(rb"\x1b(?:\$[@B]|\(J|\(I|\$\([DOPQ])")
_EAST_ASIAN = ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs")
# Signs between non-ASCII letters, as no Western European word has them.
_HIGH_SIGNS = pattern(rb"[\x80-\xff][\xa1-\xbf\x80-\x89\x95\x98-\x99][\x80-\xff]")
_PRIVATE = pattern("[\ue000-\uf8ff]")
# Charsets that use ASCII's bytes, or zeros, for other letters.
_OF_ASCII = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")


def decode(data: bytes, label: str | None, defects: list[str]) -> str:
    """The text of `data`: decoded by its label if that fits, else by what the bytes suggest."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace").removeprefix("\ufeff")
    codec = codec_for(label) if label else ""
    if label and codec is None:
        _note(defects, f"unknown charset {label[:40]!r}: guessed")
    if not codec or (codec == "cp1252" and label and codec_name(label) == "ascii"):
        return unlabelled(data, defects)
    if by := _overruling(data, codec):
        _note(defects, f"charset {(label or '')[:40]} does not fit: read as {by}")
        return iso_2022_jp.decode(data) if by == "iso2022_jp" else data.decode(by, "replace")
    if codec == "iso2022_jp":
        return iso_2022_jp.decode(data)
    strict = _strictly(data, codec)
    if strict is None:
        return _mislabelled(data, codec, label or "", defects)
    if codec == "utf-8":
        return utf_8.read(data)
    return _paired(strict) if codec == "utf-7" else strict


def _overruling(data: bytes, codec: str) -> str | None:
    """The codec to use instead of the label's, which could decode the bytes but would make nonsense of them; else
    None."""
    if codec.startswith(_OF_ASCII) and codec != "iso2022_jp":
        return None
    if _ISO_2022_JP.search(data):
        return "iso2022_jp" if data.isascii() and codec != "iso2022_jp" else None
    if data.isascii() or codec == "utf-8":
        return None
    if codec == "iso2022_jp":
        return "utf-8" if _strictly(data, "utf-8") is not None else double_byte.guess(data, ("euc_jp", "cp932"))
    if utf_8.wins(data, codec, one_byte=codec not in _EAST_ASIAN):
        return "utf-8"
    if by := alphabets.overruling(data, codec):
        return by
    if codec == "cp1252" and _HIGH_SIGNS.search(data):
        return double_byte.guess(data)
    if codec == "gb18030" and _PRIVATE.search(_strictly(data, codec) or ""):
        # This codec decodes unassigned byte pairs as private-use letters: the text is Big5.
        return "big5hkscs" if double_byte.guess(data, ("gb18030", "big5hkscs")) == "big5hkscs" else None
    if codec in ("cp932", "euc_jp"):
        likely = double_byte.guess(data, ("euc_jp", "cp932"))
        return likely if likely != codec else None
    return None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, AssertionError):
        return None


def unlabelled(data: bytes, defects: list[str], beside: str = "") -> str:
    """The text of bytes without a label. `beside` is the label of the text they came with, the best guess if it
    fits."""
    if _ISO_2022_JP.search(data):
        return iso_2022_jp.decode(data)
    if data.isascii():
        return data.decode("ascii")
    if _strictly(data, "utf-8") is not None:
        return utf_8.read(data)
    if utf_8.nearly(data):
        _note(defects, "8-bit text without a charset: read as utf-8, in which some bytes are wrong")
        return utf_8.read(data)
    codec = _fitting(data, beside) or guessing.guess(data)
    _note(defects, f"8-bit text without a charset: read as {codec}")
    return _forced(data, codec)


def _fitting(data: bytes, label: str) -> str:
    """The label's codec if the bytes are valid in it, else "". A Western label is ignored: wrong labels are mostly
    Western."""
    codec = codec_for(label) if label else ""
    if not codec or codec in ("cp1252", "utf-7"):
        return ""
    if "a".encode(codec) != b"a":
        return ""  # no header is written in this charset, even if the text is
    try:
        data.decode(codec)
    except (UnicodeError, ValueError, AssertionError):
        return ""
    return codec


def _mislabelled(data: bytes, codec: str, label: str, defects: list[str]) -> str:
    if codec == "cp1252":
        # windows-1252 leaves five bytes undefined; in ISO 8859-1 they are control characters.
        return data.decode("cp1252", "latin-1-bytes")
    if (text := _strictly(data, "utf-8")) is not None:
        _note(defects, f"charset {label[:40]} does not fit: read as utf-8")
        return text
    if codec != "utf-8":
        return _spoilt(data, codec, label, defects)
    if not utf_8.nearly(data):
        guessed = guessing.guess(data)
        _note(defects, f"charset {label[:40]} does not fit: read as {guessed}")
        return _forced(data, guessed)
    _note(defects, f"some bytes are not {label[:40]}: read as windows-1252 where they can be")
    return utf_8.read(data)


def _spoilt(data: bytes, codec: str, label: str, defects: list[str]) -> str:
    """Decode by the label, unless it has so many invalid bytes that another charset is likelier."""
    text = _paired(data.decode(codec, "replace"))
    wrong, foreign = text.count("\ufffd"), sum(c > "\x7f" for c in text)
    if utf_8.nearly(data):
        _note(defects, f"charset {label[:40]} does not fit: read as utf-8")
        return utf_8.read(data)
    other = double_byte.guess(data) if codec in _EAST_ASIAN and wrong * 5 > foreign else None
    if other and other != codec:
        _note(defects, f"charset {label[:40]} does not fit: read as {other}")
        return data.decode(other, "replace")
    _note(defects, f"some bytes are not {label[:40]}: replaced")
    return text


def _paired(text: str) -> str:
    """The text with surrogates joined to pairs (UTF-7 may contain them). A lone surrogate is replaced: it cannot be
    stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _forced(data: bytes, codec: str) -> str:
    return data.decode(codec, "latin-1-bytes" if codec in ("utf-8", "cp1252") else "replace")


def _latin_1_bytes(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: decodes the invalid bytes one by one as windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(utf_8.LATIN[byte] for byte in bad), error.end


codecs.register_error("latin-1-bytes", _latin_1_bytes)


def _note(defects: list[str], text: str) -> None:
    if text not in defects:
        defects.append(text)
