"""Which addresses are one mailbox, and which internet addresses one place: for counting, and for nothing else.

Mail to mira+lamp@ and to m.i.r.a@gmail.com ends up with Mira, so whoever counts by spelling can be made to send her any
number of mails. Whose ticket something is does not ask this: there an address is what was written
(rules.identity.addressing) (decision 129).
"""

from collections.abc import Container
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from chalicelib.rules.identity.addressing import canonical

# Providers' names for one and the same mailbox.
_ALIASES = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    **dict.fromkeys(("yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru"), "yandex.ru"),
}
# Letters that a provider does not look at.
_IGNORED = {"gmail.com": ".", "proton.me": ".-_"}
# Where what stands after a hyphen only sorts the mail. Everywhere it does so after a plus.
_HYPHENS = ("yahoo.com", "ymail.com", "rocketmail.com", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es", "yahoo.co.uk")
# Where the mailbox may stand in the domain: anything@mira.fastmail.com.
_BELOW = ("fastmail.com", "fastmail.fm")
_TRANSLATED = ip_network("64:ff9b::/96")  # IPv4 behind NAT64 (RFC 6052)
_SITE_BITS = 64


def mailbox(address: str) -> str:
    """The one name of the mailbox where mail to the address ends up, as far as is known from outside."""
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
    """Whether a mail domain is a provider's, whose customers do not know each other, by any of its names."""
    plain = domain.rstrip(".")
    return plain in providers or _ALIASES.get(plain, plain) in providers


def network(address: str) -> str:
    """The place an internet address belongs to: an IPv4 address is one; of IPv6 everybody has 2^64 addresses, which are
    one. What only carries an IPv4 address is that address. Of what is no address, itself."""
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
    """What stands before the mark; all of it where nothing does."""
    return text.partition(mark)[0] or text
