"""The senders in a mail's headers: every mailbox of the From fields, the one that counts, and the original author if a
group or relay put its own address there."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.headers import addresses
from chalicelib.mail.headers.headers import Headers
from chalicelib.mail.inbound import Address

MAX_FIELDS = 20
# Headers of relays that hide an address on purpose are not listed: an answer must go to the relay.
_ORIGINAL = ("x-original-from", "original-from", "author", "x-google-original-from", "x-original-sender")


def all_of(fields: Headers, defects: list[str]) -> tuple[Address, ...]:
    """Every mailbox of every From field, in order."""
    found = [one for value in fields.all("from")[:MAX_FIELDS] for one in addresses.parse(value, defects)]
    return tuple(found[: addresses.MAX_ADDRESSES])


def counting(senders: Sequence[Address]) -> Address | None:
    """The sender that counts: the first with a usable address; else the first with at least a name."""
    return addresses.answerable(senders) or (senders[0] if senders else None)


def original(fields: Headers, defects: list[str]) -> Address | None:
    """The author of a mail that a group or relay passed on under its own address, or None."""
    found = (addresses.answerable(addresses.parse(fields.get(name), defects)) for name in _ORIGINAL)
    return next((one for one in found if one is not None), None)
