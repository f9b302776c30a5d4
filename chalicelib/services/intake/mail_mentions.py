"""Finds the addresses that are only in the original mail and in nothing that the table keeps of it: in quotes,
signatures, headers and attached mails. They are stored as blinded words, so that `erase_subject` finds the mail by
them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, without_plus
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.address_matching import addresses
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.filing import FIRST_WORDS
from chalicelib.services.tickets.indexing import blinded
from chalicelib.telemetry import logger

# Limits per mail: the number of addresses, and the number of characters searched.
_LIMIT = 100
_MAX_CHARACTERS = 2_000_000
# The name of an embedded picture in a mail's HTML looks like an address.
_PICTURE = pattern(r"cid:[^\s\"'<>()]+", re.I)


def noted(deps: Deps, shop: Shop, raw: bytes, inbound: Inbound, ticket: Ticket | None = None) -> Inbound:
    """The arrival with the blinded words of other people that its mail names: not its sender, not us, and not the
    people in its text or in the ticket it joins. An error here must not lose the mail."""
    try:
        joined = (ticket.requester.address, *ticket.participants) if ticket else inbound.participants
        said = islice(_addresses([inbound.text[:FIRST_WORDS]]), _LIMIT)
        known = set(map(canonical, (inbound.person.address, inbound.writer.address, *joined, *said)))
        others = (found for found in _in_mail(raw) if found not in known and not _is_ours(deps, shop, found))
        named = list(islice(_each(others), _LIMIT))
        return replace(inbound, named=tuple(blinded(deps, shop.id, map(participants.as_named, named))))
    except (Exception, RecursionError, MemoryError):
        logger.exception("the people named in a mail could not be recorded")
        return inbound


def _in_mail(raw: bytes) -> Iterator[str]:
    # Imported here, because functions that receive no mail should not spend the time.
    from chalicelib.mail.bodies import all_text

    room = _MAX_CHARACTERS
    for text in all_text.readable(raw):
        yield from _addresses(text[:room].splitlines())
        room -= len(text)
        if room <= 0:
            return


def _addresses(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for found in addresses(_PICTURE.sub("", text)):
            yield from (address for _, _, address in found)


def _each(found: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for address in found:
        if address not in seen:
            seen.add(address)
            yield address


def _is_ours(deps: Deps, shop: Shop, address: str) -> bool:
    """Whether nobody can request its erasure. An agent of another shop may be a customer of this one."""
    return shop.agent(without_plus(address)) is not None or deps.policy.shop_of(address) is not None
