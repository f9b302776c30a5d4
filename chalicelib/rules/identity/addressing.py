"""One address, one person: the form in which mail addresses are compared and used as keys, however they were spelled.

They are shown as they were written. Two spellings are one address if mail to both arrives at the same place: case does
not matter, nor whether a domain is written in its own script or in ASCII (RFC 5891). The form uses the domain's own
script: the standard library can decode the ASCII form, but lacks UTS 46's tables for the other direction (decision 85).
"""

import unicodedata
from functools import lru_cache

from chalicelib.patterns import pattern

_PREFIX = "xn--"
_PARTS = pattern(r"[.@\s]")
# UTS 46 maps these to the dot between labels, and removes invisible characters.
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_UNSEEN = dict.fromkeys(
    (0x00AD, 0x034F, 0x180B, 0x180C, 0x180D, 0x200B, 0x2060, 0x2064, 0xFEFF, *range(0xFE00, 0xFE10))
)


def canonical(address: str) -> str:
    """The address in the form used for comparison. Text that is no address gives text that equals only similar text."""
    plain = address.strip()
    if plain.isascii() and _PREFIX not in plain.lower():
        return plain.lower()
    return _canonical(plain)


def same(one: str, other: str) -> bool:
    """Whether these are the same address. An empty address is never the same as another."""
    return bool(one) and canonical(one) == canonical(other)


def without_plus(address: str) -> str:
    """The mailbox: care+<token>@shop.example is care@shop.example (RFC 5233)."""
    local, at, domain = canonical(address).rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def plus_part(address: str) -> str:
    """The part after the plus in the local part; "" without one."""
    return canonical(address).rpartition("@")[0].partition("+")[2]


def domain_of(address: str) -> str:
    return canonical(address).rpartition("@")[2]


@lru_cache(maxsize=4096)
def _canonical(plain: str) -> str:
    local, at, domain = plain.rpartition("@")
    labels = _mapped(domain).split(".")
    return ("".join(map(_local, local)) + at + ".".join(map(_label, labels))).strip()


def _local(letter: str) -> str:
    """Lower case, but no letter becomes an ASCII letter: a mailbox with the Kelvin sign is not one with a k."""
    small = letter.lower()
    return small if letter.isascii() or not small.isascii() else letter


def _label(label: str) -> str:
    """One label of a domain in its own script. A label that only looks like an ASCII form stays unchanged, so that it
    cannot become another domain."""
    if not label.startswith(_PREFIX):
        return label
    try:
        own = label.removeprefix(_PREFIX).encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    return own if not own.isascii() and _mapped(own) == own and not _PARTS.search(own) else label


def _mapped(domain: str) -> str:
    """The domain as UTS 46 maps it, nontransitional: "straße" is not "strasse"."""
    seen = unicodedata.normalize("NFKC", domain.translate(_UNSEEN | _DOTS))
    return unicodedata.normalize("NFKC", _lower(seen)).translate(_DOTS)


def _lower(text: str) -> str:
    """Lower case letter by letter, because Python treats the last sigma of a whole Greek word differently."""
    return "".join(map(str.lower, text))
