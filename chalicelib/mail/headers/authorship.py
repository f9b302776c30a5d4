"""How surely a mail names whom it is from. Programs read a From that the standard does not know in different ways, and
the one that asks the sender's domain may have asked another than the one we read: such a From is nobody's proof.
Linear in the length of the header; never fails (decision 119)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from chalicelib.mail.headers import address_words, addresses, encoded_words
from chalicelib.mail.headers.headers import MAX_BLOCK, Headers
from chalicelib.mail.inbound import Address, Naming

# Fields and nothing else, up to the empty line. What a program skips, another takes for the headers' end.
_HEAD = re.compile(rb"(?:[!-9;-~]{1,998}+:[^\r\n]*+\r?\n(?:[ \t]++[^\s][^\r\n]*+\r?\n)*+)++\r?\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Names that no program looks for addresses in: a quoted local part is none.
_NAMES = re.compile(r"\"(?:[^\"\\]|\\.){0,998}+\"(?!@)|=\?[^\s?@<>]{1,60}+\?[bBqQ]\?[^\s?@<>]*+\?=", re.S)
_GROUP = re.compile(r"[^<@;]*:[^;]*;\s*")
_AT = re.compile("[@\ufe6b\uff20]")

# RFC 5322 3.4, letters beyond ASCII by RFC 6532; of what it calls obsolete only the dot in a name, which all write.
_ATOM = r"[^\s\x00-\x20\x7f\"(),.:;<>@\[\\\]]++"
_QUOTED = r"\"(?:[^\"\\\x00-\x08\x0a-\x1f\x7f]|\\[\x20-\x7e])*+\""
_COMMENT = r"\((?:[^()\\\x00-\x08\x0a-\x1f\x7f]|\\[\x20-\x7e])*+\)"
_DOTTED = rf"{_ATOM}(?:\.{_ATOM})*+"
_ADDRESS = rf"{_DOTTED}@{_DOTTED}"
_AROUND = rf"(?:[ \t]|{_COMMENT})*+"
_PHRASE = rf"(?:{_ATOM}|\.|[ \t]|{_QUOTED}|{_COMMENT})*+"
_MAILBOX = re.compile(rf"{_AROUND}(?:({_ADDRESS})|({_PHRASE})<({_ADDRESS})>){_AROUND}")


def naming(raw: bytes, fields: Headers, senders: Sequence[Address]) -> Naming:
    """`senders`: every mailbox of its From fields, as they were read."""
    values = fields.all("from")
    if len(values) != 1 or len(senders) != 1 or not _nobody_else(values[0], senders[0].address):
        return Naming.UNCLEAR
    if not _HEAD.match(raw, 0, MAX_BLOCK) or _written(values[0]) != senders[0].address:
        return Naming.LOOSE
    return Naming.SOLE if _agrees(fields.all("sender"), senders[0].address) else Naming.SENT_FOR


def _nobody_else(value: str, address: str) -> bool:
    """Whether this is the one address in the field, whoever reads it; it may be written twice."""
    if len(value) > addresses.MAX_LENGTH or _CONTROL.search(value):
        return False
    seen = _NAMES.sub(" ", value)
    if seen.count("<") != seen.count(">") or _GROUP.fullmatch(seen):
        return False
    found = list(_addresses(seen))
    return bool(found) and len(_AT.findall(seen)) == len(found) and all(_alike(one, address) for one in found)


def _written(value: str) -> str:
    """The address of a field that holds one mailbox as the standard writes it, and in no name another; else ""."""
    found = _MAILBOX.fullmatch(value.replace("\n", ""))
    if not found:
        return ""
    address = str(found[1] or found[3])
    named = unicodedata.normalize("NFKC", encoded_words.decode((found[2] or "").replace('"', " "), []))
    others = any(not _alike(one, address) for one in _addresses(named))
    return "" if others or not _is_plain(address) else address


def _is_plain(address: str) -> bool:
    """Whether nothing in it is left out or written otherwise by those who look up its domain."""
    domain = address.rpartition("@")[2]
    letters = all(letter.isalnum() or letter in ".-" for letter in domain)
    return letters and address.isprintable() and _alike(unicodedata.normalize("NFKC", address), address)


def _agrees(senders: Sequence[str], address: str) -> bool:
    """Whether a Sender, if there is one, is of the same domain or of one below it."""
    if not senders:
        return True
    sender, domain = (one.rpartition("@")[2].lower() for one in (_written(senders[0]), address))
    return len(senders) == 1 and (sender == domain or sender.endswith(f".{domain}"))


def _addresses(text: str) -> Iterator[str]:
    text = address_words.closed_up(text)
    while span := address_words.find(text):
        yield text[slice(*span)].rstrip(".")
        text = text[span[1] :]


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
