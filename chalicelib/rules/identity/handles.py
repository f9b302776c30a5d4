"""How a messenger's user is written: as an address of a domain that never exists, such as
`4915112345678@whatsapp.invalid` (RFC 2606, section 2; decision 291).

So whatever knows people by an address knows these people too: tickets, searches, exports, corrections and erasures. No
mail goes there, none that says it comes from there is believed, and no form takes one.

Addresses are compared without regard to case, and providers' ids may differ in nothing else. So a capital letter is
written as an underscore and the small letter, and an underscore as two. The country with which WhatsApp's ids begin
(`DE.1349…`) is written as it is, because it comes in capitals only.
"""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import domain_of

_NEVER = ".invalid"
CALLER = f"tel{_NEVER}"
"""The domain of who is known by a telephone number only (rules.identity.callers)."""
_ID = pattern("[0-9A-Za-z._-]{1,150}")
_COUNTRY = pattern(r"[A-Za-z]{2}\.")
_CAPITAL, _PAIR, _PAIRED = pattern("[A-Z_]"), pattern("_([a-z_])"), pattern("(?:[^_]|_[a-z_])*")


class Provider(StrEnum):
    """A messenger, or text messages."""

    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SMS = "sms"


_NUMBERED = (Provider.WHATSAPP, Provider.SMS)


@dataclass(frozen=True, slots=True)
class Handle:
    """Somebody at a provider. `id`: the provider's own for them, as it wrote it; a telephone number has no plus."""

    provider: Provider
    id: str

    @property
    def address(self) -> str:
        country, rest = _parted(self.provider, self.id)
        plain = _CAPITAL.sub(lambda found: f"_{found[0].lower()}", rest)
        return f"{country}{plain}@{self.provider}{_NEVER}"

    @property
    def number(self) -> str:
        """The telephone number that the id is, as E.164 writes it; "" if it is none."""
        return f"+{self.id}" if self.provider in _NUMBERED and self.id.isascii() and self.id.isdigit() else ""

    @property
    def shown(self) -> str:
        """What people read in its place."""
        return self.number or self.id


def handle(provider: Provider, id: str) -> Handle | None:
    """The handle with this id; None if the id is none that we could keep."""
    if not _ID.fullmatch(id) or ".." in id or id[0] == "." or id[-1] == ".":
        return None
    country, rest = _parted(provider, id)
    return Handle(provider, f"{country.upper()}{rest}")


def of_address(address: str) -> Handle | None:
    """The handle that this address stands for; None if it is another address."""
    provider = _provider(address)
    if provider is None:
        return None
    country, written = _parted(provider, address.strip().rpartition("@")[0])
    rest = _PAIR.sub(lambda found: found[1].upper(), written)
    return handle(provider, f"{country}{rest}") if _PAIRED.fullmatch(written) else None


def shown(address: str) -> str:
    """The address as people read it: of a messenger's user, their number or id there."""
    who = of_address(address)
    return f"{who.shown} ({who.provider})" if who else address


def is_handle(address: str) -> bool:
    """Whether this address stands for somebody at a provider, or is written as if it did, in whatever signs: whoever
    compares addresses takes these for one. So is whoever is known by a telephone number only."""
    return _provider(address) is not None or domain_of(address) == CALLER


def asked(text: str) -> Handle | None:
    """The handle that a person wrote, as `whatsapp:+49 151 12345678` or as its address; None if it is none."""
    name, colon, id = text.strip().partition(":")
    if not colon:
        return of_address(text)
    if name.strip().lower() not in set(Provider):
        return None
    provider, plain = Provider(name.strip().lower()), id.strip()
    if provider in _NUMBERED and plain.startswith("+"):
        plain = "".join(sign for sign in plain if sign.isdigit())
    return handle(provider, plain)


def _parted(provider: Provider, id: str) -> tuple[str, str]:
    """The country with which an id of WhatsApp begins, and the rest."""
    found = _COUNTRY.match(id) if provider is Provider.WHATSAPP else None
    return (found[0], id[found.end() :]) if found else ("", id)


def _provider(address: str) -> Provider | None:
    domain = domain_of(address)
    name = domain.removesuffix(_NEVER)
    return Provider(name) if domain.endswith(_NEVER) and name in set(Provider) else None
