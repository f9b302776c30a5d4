"""Bytes to text, whatever the label says: aliases, wrong and missing labels, ISO-2022-JP with its vendor rows.
Never fails; what had to be guessed is noted in `defects`."""

from __future__ import annotations

import codecs
import re
import unicodedata

from chalicelib.mail import double_byte, iso_2022_jp, utf_8
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
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_EAST_ASIAN = ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs")
# Signs amid letters beyond ASCII, as no word of Western Europe has them.
_HIGH_SIGNS = re.compile(rb"[\x80-\xff][\xa1-\xbf\x80-\x89\x95\x98-\x99][\x80-\xff]")
_TORN_WORD = re.compile(r"aA")
_SAMPLE = 16_384


def decode(data: bytes, label: str | None, defects: list[str]) -> str:
    """The text of `data`, read by its label where that holds, else by what the bytes say."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace").removeprefix("\ufeff")
    codec = codec_for(label) if label else ""
    if label and codec is None:
        _note(defects, f"unknown charset {label[:40]!r}: guessed")
    if not codec or (codec == "cp1252" and label and codec_name(label) == "ascii"):
        return unlabelled(data, defects)
    if not data.isascii() and (found := _overruled(data, codec)) is not None:
        text, by = found
        _note(defects, f"charset {(label or '')[:40]} does not fit: read as {by}")
        return text
    if codec == "iso2022_jp":
        return iso_2022_jp.decode(data)
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError, AssertionError):
        return _mislabelled(data, codec, label or "", defects)
    return _paired(text) if codec == "utf-7" else text


def _overruled(data: bytes, codec: str) -> tuple[str, str] | None:
    """What the bytes are, and by which codec, where the label's could read them too but makes no sense of them."""
    if codec.startswith(("utf", "hz")):
        return None
    if codec == "iso2022_jp":
        if _ISO_2022_JP.search(data):
            return None
        text = _strictly(data, "utf-8")
        found = None if text is not None else double_byte.guess(data, ("euc_jp", "cp932"))
        return (text, "utf-8") if text is not None else (data.decode(found, "replace"), found) if found else None
    double = codec in _EAST_ASIAN
    text = utf_8.wins(data, codec, one_byte=not double)
    if text is not None:
        return text, "utf-8"
    if codec == "cp1252" and _HIGH_SIGNS.search(data) and (found := double_byte.guess(data)):
        return data.decode(found, "replace"), found
    if codec in ("cp932", "euc_jp") and (found := double_byte.guess(data, ("euc_jp", "cp932"))) not in (None, codec):
        return data.decode(str(found), "replace"), str(found)
    return None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, AssertionError):
        return None


def guess(data: bytes) -> str:
    """The likeliest codec of unlabelled 8-bit bytes that are not UTF-8."""
    # Lines of ASCII say nothing, and would hide a few letters among them.
    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    runs = _HIGH_RUN.findall(sample)
    if not runs:
        return "utf-8"
    high = sum(map(len, runs))
    if high < 3:
        return "cp1252"
    if high <= len(runs) * 1.5 and high * 3 < len(sample) and set(b"".join(runs)) <= utf_8.WESTERN:
        return "cp1252"
    asked = _ask_chardet(sample)
    if asked and asked not in _EAST_ASIAN and asked != "cp1252" and _is_sane(sample.decode(asked, "replace")):
        return asked
    return double_byte.guess(sample) or asked or "cp1252"


def _is_sane(text: str) -> bool:
    """Whether a text is words of letters, none a capital after a small one: double-byte text read otherwise is not."""
    letters = [c for c in text if c > "\x7f"]
    return all(unicodedata.category(c)[0] in "LM" for c in letters) and not _TORN_WORD.search(
        "".join("A" if c.isupper() else "a" if c.islower() else c for c in text)
    )


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
        if utf_8.nearly(data, labelled=False):
            _note(defects, "8-bit text without a charset: read as utf-8, in which some bytes are wrong")
            return data.decode("utf-8", "mixed-bytes")
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
    if (text := _strictly(data, "utf-8")) is not None:
        _note(defects, f"charset {label[:40]} does not fit: read as utf-8")
        return text
    if codec != "utf-8":
        return _spoilt(data, codec, label, defects)
    if not utf_8.nearly(data, labelled=True):
        guessed = guess(data)
        _note(defects, f"charset {label[:40]} does not fit: read as {guessed}")
        return _forced(data, guessed)
    _note(defects, f"some bytes are not {label[:40]}: read as windows-1252 where they can be")
    return data.decode("utf-8", "mixed-bytes")


def _spoilt(data: bytes, codec: str, label: str, defects: list[str]) -> str:
    """By the label, unless so many bytes are wrong in it that another charset is likelier."""
    text = _paired(data.decode(codec, "replace"))
    wrong, foreign = text.count("\ufffd"), sum(c > "\x7f" for c in text)
    if utf_8.nearly(data, labelled=False):
        _note(defects, f"charset {label[:40]} does not fit: read as utf-8")
        return data.decode("utf-8", "mixed-bytes")
    other = double_byte.guess(data) if codec in _EAST_ASIAN and wrong * 5 > foreign else None
    if other and other != codec:
        _note(defects, f"charset {label[:40]} does not fit: read as {other}")
        return data.decode(other, "replace")
    _note(defects, f"some bytes are not {label[:40]}: replaced")
    return text


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
    return "".join(utf_8.LATIN[byte] for byte in bad), error.end


codecs.register_error("latin-1-bytes", _latin_1_bytes)


def _note(defects: list[str], text: str) -> None:
    if text not in defects:
        defects.append(text)
