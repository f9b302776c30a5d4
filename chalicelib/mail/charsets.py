"""Bytes to text, whatever the label says: aliases, wrong and missing labels, ISO-2022-JP with its vendor rows.
Never fails; what had to be guessed is noted in `defects`."""

from __future__ import annotations

import codecs
import re

from chalicelib.mail import iso_2022_jp
from chalicelib.mail.charset_names import codec_for, codec_name

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\(J|\(I|\$\([DOPQ])")
_GUESSABLE = re.compile(
    r"windows-125\d|iso-8859-\d+|koi8-[ru]|cp932|shift_jis|euc-(?:jp|kr)|cp949|gb18030|big5.*|utf-8"
    r"|iso-2022-.*|utf-16.*|tis-620|cp874|windows-874",
    re.I,
)
# Accented letters and punctuation of Western Europe standing alone among ASCII letters: windows-1252, no need to guess.
_WESTERN = set("äöüßÄÖÜéèêëàâçùûîïôœÉÈÀÇñÑáíóúÁÍÓÚ¿¡åÅæÆøØãõÃÕ€„“”‘’‚–—…«»°§®©·\xa0".encode("cp1252"))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 16_384


def decode(data: bytes, label: str | None, defects: list[str]) -> str:
    """The text of `data`, read by its label where that holds, else by what the bytes say."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace").removeprefix("\ufeff")
    codec = codec_for(label) if label else ""
    if label and codec is None:
        _note(defects, f"unknown charset {label[:40]!r}: guessed")
    if codec == "iso2022_jp":
        return iso_2022_jp.decode(data)
    if not codec or (codec == "cp1252" and label and codec_name(label) == "ascii"):
        return unlabelled(data, defects)
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError, AssertionError):
        return _mislabelled(data, codec, label or "", defects)
    return _paired(text) if codec == "utf-7" else text


def guess(data: bytes) -> str:
    """The likeliest codec of unlabelled 8-bit bytes that are not UTF-8."""
    sample = data[:_SAMPLE]
    runs = _HIGH_RUN.findall(sample)
    if not runs:
        return "utf-8"
    high = sum(map(len, runs))
    if high < 3:
        return "cp1252"
    if high <= len(runs) * 1.5 and high * 3 < len(sample) and set(b"".join(runs)) <= _WESTERN:
        return "cp1252"
    return _ask_chardet(sample) or "cp1252"


def _ask_chardet(sample: bytes) -> str | None:
    import chardet  # takes 90 ms and few mails need it

    try:
        found = chardet.detect(sample).get("encoding")
    except Exception:
        return None
    if not found or not _GUESSABLE.fullmatch(found):
        return None
    return codec_for(found)


def unlabelled(data: bytes, defects: list[str], beside: str = "") -> str:
    """Bytes that carry no label. `beside` is the label of the text they came with: a likelier guess than any."""
    if _ISO_2022_JP.search(data):
        return iso_2022_jp.decode(data)
    if data.isascii():
        return data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        codec = _fitting(data, beside) or guess(data)
        _note(defects, f"8-bit text without a charset: read as {codec}")
        return _forced(data, codec)


def _fitting(data: bytes, label: str) -> str:
    """The label's codec if the bytes are written in it; that they are Western says many a label that is wrong."""
    codec = codec_for(label) if label else ""
    if not codec or codec in ("cp1252", "utf-7"):
        return ""
    if "a".encode(codec) != b"a":
        return ""  # no header is written in it, whatever the text is
    try:
        data.decode(codec)
    except (UnicodeError, ValueError, AssertionError):
        return ""
    return codec


def _mislabelled(data: bytes, codec: str, label: str, defects: list[str]) -> str:
    if codec == "cp1252":
        # The five bytes windows-1252 leaves undefined are control characters in ISO 8859-1.
        return data.decode("cp1252", "latin-1-bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        _note(defects, f"charset {label[:40]} does not fit: read as utf-8")
        return text
    if codec != "utf-8":
        _note(defects, f"some bytes are not {label[:40]}: replaced")
        return _paired(data.decode(codec, "replace"))
    if data.decode("utf-8", "ignore").isascii():
        # Not one letter of it is UTF-8: the label is wrong for the whole text.
        guessed = guess(data)
        _note(defects, f"charset {label[:40]} does not fit: read as {guessed}")
        return _forced(data, guessed)
    _note(defects, f"some bytes are not {label[:40]}: read as windows-1252 where they can be")
    return data.decode("utf-8", "western-bytes")


def _paired(text: str) -> str:
    """Surrogates (UTF-7 may hold them) put together in pairs; one alone is no character and cannot be stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _forced(data: bytes, codec: str) -> str:
    return data.decode(codec, "latin-1-bytes" if codec in ("utf-8", "cp1252") else "replace")


def _latin_1_bytes(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: the offending bytes one by one as windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_LATIN[byte] for byte in bad), error.end


def _western_bytes(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: letters of Western Europe as windows-1252, other bytes as a replacement character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_LATIN[byte] if byte in _WESTERN else "\ufffd" for byte in bad), error.end


_LATIN = tuple(bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in range(256))
codecs.register_error("latin-1-bytes", _latin_1_bytes)
codecs.register_error("western-bytes", _western_bytes)


def _note(defects: list[str], text: str) -> None:
    if text not in defects:
        defects.append(text)
