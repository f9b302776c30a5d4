"""Makes the names of attached files safe: no paths, no control or bidi characters, no names that Windows reserves.
Everything else stays as the sender wrote it."""

from __future__ import annotations

import re
import unicodedata

from chalicelib.patterns import pattern

MAX_BYTES = 180
_RESERVED = pattern(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.I)
_FORBIDDEN = pattern(r'[<>:"|?*\\/]')
_EXTENSIONS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/csv": "csv", "text/rtf": "rtf",
    "text/vcard": "vcf", "text/x-vcard": "vcf", "text/xml": "xml", "image/jpeg": "jpg", "image/jpg": "jpg",
    "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic", "image/svg+xml": "svg",
    "image/tiff": "tif", "image/bmp": "bmp", "application/pdf": "pdf", "application/zip": "zip",
    "application/json": "json", "application/rtf": "rtf", "application/msword": "doc",
    "application/ms-tnef": "dat", "application/pgp-signature": "asc", "application/pgp-encrypted": "asc",
    "application/pkcs7-signature": "p7s", "application/x-pkcs7-signature": "p7s", "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/wav": "wav",
    "audio/x-wav": "wav", "video/mp4": "mp4", "video/quicktime": "mov", "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel": "xls",
}  # fmt: skip


def safe(name: str, content_type: str, number: int) -> str:
    """The last path component of `name` without dangerous characters; "attachment-<number>.<ext>" if nothing is
    left."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    last = [piece for piece in name.split("/") if piece.strip(" .")][-1:] or [""]
    kept = "".join(ch for ch in last[0] if unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    kept = _FORBIDDEN.sub("_", " ".join(kept.split())).strip(" .")
    if not kept:
        extension = _EXTENSIONS.get(content_type, "bin")
        return f"attachment-{number}.{extension}"
    if _RESERVED.match(kept):
        kept = "_" + kept
    return _shortened(kept)


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        stem, extension = name, ""
    tail = f".{extension}" if extension else ""
    room = MAX_BYTES - len(tail.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") + tail
