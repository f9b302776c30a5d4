"""How surely a mail names its sender. Programs read a non-standard From in different ways, and the receiving server may
have checked (DMARC) another domain than the one we read: such a From proves nothing.
Linear in the length of the header; never fails (decision 119)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from chalicelib.mail.headers import address_words, addresses, encoded_words
from chalicelib.mail.headers.headers import MAX_BLOCK, Headers
from chalicelib.mail.inbound import Address, Naming
from chalicelib.patterns import pattern

# Only fields up to the empty line. Programs disagree on any other line: some skip it, others end the headers there.
_HEAD = pattern(rb"(?:[!-9;-~]{1,998}+:[^\r\n]*+\r?\n(?:[ \t]++[^\s][^\r\n]*+\r?\n)*+)++\r?\n")
_CONTROL = pattern(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Names in which no program looks for addresses. A quoted local part is not such a name.
_NAMES = pattern(r"\"(?:[^\"\\]|\\.){0,998}+\"(?!@)|=\?[^\s?@<>]{1,60}+\?[bBqQ]\?[^\s?@<>]*+\?=", re.S)
_GROUP = pattern(r"[^<@;]*:[^;]*;\s*")
_AT = pattern("[@\ufe6b\uff20]")

# RFC 5322 3.4 with non-ASCII letters (RFC 6532). Of its obsolete forms only the dot in a name, since everybody uses it.
_ATOM = r"[^\s\x00-\x20\x7f\"(),.:;<>@\[\\\]]++"
_QUOTED = r"\"(?:[^\"\\\x00-\x08\x0a-\x1f\x7f]|\\[\x20-\x7e])*+\""
_COMMENT = r"\((?:[^()\\\x00-\x08\x0a-\x1f\x7f]|\\[\x20-\x7e])*+\)"
_DOTTED = rf"{_ATOM}(?:\.{_ATOM})*+"
_ADDRESS = rf"{_DOTTED}@{_DOTTED}"
_AROUND = rf"(?:[ \t]|{_COMMENT})*+"
_PHRASE = rf"(?:{_ATOM}|\.|[ \t]|{_QUOTED}|{_COMMENT})*+"
_MAILBOX = pattern(rf"{_AROUND}(?:({_ADDRESS})|({_PHRASE})<({_ADDRESS})>){_AROUND}")


def naming(raw: bytes, fields: Headers, senders: Sequence[Address]) -> Naming:
    """How surely the mail names its sender. `senders`: every mailbox of its From fields."""
    values = fields.all("from")
    if len(values) != 1 or len(senders) != 1 or not _nobody_else(values[0], senders[0].address):
        return Naming.UNCLEAR
    if not _HEAD.match(raw, 0, MAX_BLOCK) or _written(values[0]) != senders[0].address:
        return Naming.LOOSE
    return Naming.SOLE if _agrees(fields.all("sender"), senders[0].address) else Naming.SENT_FOR


def _nobody_else(value: str, address: str) -> bool:
    """Whether every program finds only this address in the field; it may occur twice, and invisible marks may stand
    around it, as text that was copied has them. Inside it they are part of it."""
    if len(value) > addresses.MAX_LENGTH or _CONTROL.search(value):
        return False
    seen = _NAMES.sub(" ", value)
    if seen.count("<") != seen.count(">") or _GROUP.fullmatch(seen):
        return False
    found = [_unmarked(one) for one in _addresses(seen)]
    return bool(found) and len(_AT.findall(seen)) == len(found) and all(_alike(one, address) for one in found)


def _written(value: str) -> str:
    """The address of a field that holds one standard mailbox, with no other address in the name; else ""."""
    found = _MAILBOX.fullmatch(value.replace("\n", ""))
    if not found:
        return ""
    address = str(found[1] or found[3])
    named = unicodedata.normalize("NFKC", encoded_words.decode((found[2] or "").replace('"', " "), []))
    others = any(not _alike(one, address) for one in _addresses(named))
    return "" if others or not _is_plain(address) else address


def _is_plain(address: str) -> bool:
    """Whether programs that look up the domain would change nothing in this address."""
    domain = address.rpartition("@")[2]
    letters = all(letter.isalnum() or letter in ".-" for letter in domain)
    return letters and address.isprintable() and _alike(unicodedata.normalize("NFKC", address), address)


def _agrees(senders: Sequence[str], address: str) -> bool:
    """Whether the mail has no Sender, or one in the From's domain or a subdomain."""
    if not senders:
        return True
    sender, domain = (one.rpartition("@")[2].lower() for one in (_written(senders[0]), address))
    return len(senders) == 1 and (sender == domain or sender.endswith(f".{domain}"))


def _addresses(text: str) -> Iterator[str]:
    text = address_words.closed_up(text)
    while span := address_words.find(text):
        yield text[slice(*span)].rstrip(".")
        text = text[span[1] :]


def _unmarked(address: str) -> str:
    """The address without unprintable characters around it, as it is read (headers.addresses)."""
    seen = [index for index, letter in enumerate(address) if letter.isprintable()]
    return address[seen[0] : seen[-1] + 1].rstrip(".") if seen else ""


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
