"""Whose addresses stand in a mail as it came and in nothing that the table keeps of it: in quotes, signatures, headers
and attached mails. They are noted as blinded words, so that `erase_subject` finds the mail by them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

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

# Addresses beyond these, and what comes after so many characters of one mail, are not looked for.
_LIMIT = 100
_MAX_CHARACTERS = 2_000_000
# How a picture in a mail is called in its HTML looks like an address.
_PICTURE = re.compile(r"cid:[^\s\"'<>()]+", re.I)


def noted(deps: Deps, shop: Shop, raw: bytes, arrival: Inbound, ticket: Ticket | None = None) -> Inbound:
    """The arrival with the words of whom its mail names besides: besides its sender, us, and who stands in its text or
    in the ticket it joins. Whatever goes wrong, the mail is not lost by it."""
    try:
        joined = (ticket.requester.address, *ticket.participants) if ticket else arrival.participants
        said = islice(_addresses([arrival.text[:FIRST_WORDS]]), _LIMIT)
        known = set(map(canonical, (arrival.person.address, arrival.writer.address, *joined, *said)))
        others = (found for found in _in_mail(raw) if found not in known and not _is_ours(deps, shop, found))
        named = list(islice(_each(others), _LIMIT))
        return replace(arrival, named=tuple(blinded(deps, shop.id, map(participants.as_named, named))))
    except (Exception, RecursionError, MemoryError):
        logger.exception("whom a mail names could not be noted")
        return arrival


def _in_mail(raw: bytes) -> Iterator[str]:
    # Which the functions that receive no mail need not spend the time to import.
    from chalicelib.mail.bodies import all_text

    room = _MAX_CHARACTERS
    for text in all_text.readable(raw):
        yield from _addresses(text[:room].splitlines())
        room -= len(text)
        if room <= 0:
            return


def _addresses(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for every in addresses(_PICTURE.sub("", text)):
            yield from (address for _, _, address in every)


def _each(found: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for address in found:
        if address not in seen:
            seen.add(address)
            yield address


def _is_ours(deps: Deps, shop: Shop, address: str) -> bool:
    """Whether nobody can ask to erase it; an agent of another shop may be this one's customer."""
    return shop.agent(without_plus(address)) is not None or deps.policy.shop_of(address) is not None
