"""Who a mail says it is from: every mailbox of its From fields, the one that counts, and who wrote to the group
or relay that put its own address there."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.headers import addresses
from chalicelib.mail.headers.headers import Headers
from chalicelib.mail.inbound import Address

MAX_FIELDS = 20
# Relays that hide an address on purpose keep it in headers of their own: these are not here, for they must be answered.
_ORIGINAL = ("x-original-from", "original-from", "author", "x-google-original-from", "x-original-sender")


def all_of(fields: Headers, defects: list[str]) -> tuple[Address, ...]:
    """Every mailbox of every From field, in order."""
    found = [one for value in fields.all("from")[:MAX_FIELDS] for one in addresses.parse(value, defects)]
    return tuple(found[: addresses.MAX_ADDRESSES])


def counting(senders: Sequence[Address]) -> Address | None:
    """The first that can be answered; else the first that is named at all."""
    return addresses.answerable(senders) or (senders[0] if senders else None)


def original(fields: Headers, defects: list[str]) -> Address | None:
    """Who wrote what a group or relay passed on under its own address."""
    found = (addresses.answerable(addresses.parse(fields.get(name), defects)) for name in _ORIGINAL)
    return next((one for one in found if one is not None), None)
