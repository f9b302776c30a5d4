"""Which addresses are one mailbox, and which internet addresses are one network: only for counting.

Mail to mira+lamp@ and to m.i.r.a@gmail.com arrives at the same mailbox. If limits counted by spelling, they would let
somebody send Mira any number of mails. Ownership of a ticket does not use this: there an address is compared as it was
written (rules.identity.addressing) (decision 129).
"""

from collections.abc import Container
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from chalicelib.rules.identity.addressing import canonical

# Providers' names for the same mailbox.
_ALIASES = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    **dict.fromkeys(("yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru"), "yandex.ru"),
}
# Characters that a provider ignores.
_IGNORED = {"gmail.com": ".", "proton.me": ".-_"}
# Providers at which the part after a hyphen only sorts the mail. The part after a plus does so everywhere.
_HYPHENS = ("yahoo.com", "ymail.com", "rocketmail.com", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es", "yahoo.co.uk")
# Providers at which the mailbox may be in the domain: anything@mira.fastmail.com.
_BELOW = ("fastmail.com", "fastmail.fm")
_TRANSLATED = ip_network("64:ff9b::/96")  # IPv4 behind NAT64 (RFC 6052)
_SITE_BITS = 64


def mailbox(address: str) -> str:
    """The one name of the mailbox that gets mail to the address, as far as outsiders can know."""
    local, at, domain = canonical(address).rpartition("@")
    domain = domain.rstrip(".")
    domain = _ALIASES.get(domain, domain)
    for provider in _BELOW:
        if domain.endswith(f".{provider}"):
            local, domain = domain.removesuffix(f".{provider}").rpartition(".")[2], provider
    local = _before(local, "+")
    if domain in _HYPHENS:
        local = _before(local, "-")
    if domain == "yandex.ru":
        local = local.replace("-", ".")
    kept = "".join(letter for letter in local if letter not in _IGNORED.get(domain, ""))
    return f"{kept or local}{at}{domain}"


def shared(domain: str, providers: Container[str]) -> bool:
    """Whether a mail domain belongs to a provider, by any of the provider's names. Its customers do not know each
    other."""
    plain = domain.rstrip(".")
    return plain in providers or _ALIASES.get(plain, plain) in providers


def network(address: str) -> str:
    """The network of an internet address. An IPv4 address stands for itself. In IPv6 everybody has 2^64 addresses,
    which count as one. An IPv6 address that only carries an IPv4 address counts as that. Text that is no address is
    returned as it is."""
    try:
        found = ip_address(address.strip().partition("%")[0].strip("[]"))
    except ValueError:
        return address.strip().lower()
    if isinstance(found, IPv4Address):
        return str(found)
    carried = _carried(found)
    return str(carried) if carried else str(ip_network((int(found) >> _SITE_BITS << _SITE_BITS, _SITE_BITS)))


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _before(text: str, mark: str) -> str:
    """The text before the mark; the whole text if nothing is before it."""
    return text.partition(mark)[0] or text
