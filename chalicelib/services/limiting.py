"""Asking the store how often something has been: every place that bounds what strangers can do asks here."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.errors import TooMany
from chalicelib.rules import identity, limits
from chalicelib.rules.limits import Bound, Limit, Source
from chalicelib.rules.mailboxes import network
from chalicelib.rules.opening import Arrival, bounded, confirms
from chalicelib.rules.policy import Shop
from chalicelib.rules.tickets import Ticket
from chalicelib.services.ports import Deps
from chalicelib.telemetry import count as measure
from chalicelib.telemetry import logger


def caller(address: str) -> Source:
    """Whoever calls from this internet address."""
    return Source(network(address))


def opened(deps: Deps, shop: Shop, arrival: Arrival, source: Source, once: str, *, trusted: bool = False) -> Arrival:
    """The arrival as the limits leave it. `once` names it: coming again, it does not use them up. `trusted`: nobody
    else can have sent it, and only the mails it gives rise to are counted."""
    address = arrival.person.address
    if not address or not (arrival.acknowledge or arrival.notify):
        return arrival
    firm = () if trusted else limits.openings(shop.limits, shop.id, address, source)
    soft = limits.automatic_mails(shop.limits.mails, shop.id, address) if confirms(arrival) else ()
    used_up = _count(deps, firm, soft, identity.source_of("opening", shop.id, once))
    _tell(shop, used_up)
    return bounded(arrival, used_up)


def may_mail(deps: Deps, shop: Shop, address: str, once: str) -> bool:
    """Whether one more automatic mail may go to the address; it is counted."""
    soft = limits.automatic_mails(shop.limits.mails, shop.id, address)
    used_up = _count(deps, (), soft, identity.source_of("mail", shop.id, once))
    _tell(shop, used_up)
    return not used_up


def may_say(deps: Deps, shop: Shop, ticket: Ticket, source: Source, once: str, *, by_receipt: bool = False) -> bool:
    """Whether one more reply or rating may come to the ticket from there; it is counted."""
    firm = limits.replies(shop.limits, ticket.ref, source, by_receipt=by_receipt)
    return not _count(deps, firm, (), identity.source_of(ticket.ref, once))


def upload(deps: Deps, shop: Shop, address: str) -> None:
    """Count a file that is to be uploaded. Raises TooMany."""
    if _count(deps, limits.uploads(shop.limits, shop.id, caller(address)), ()):
        raise TooMany("uploads")


def sign_in(deps: Deps, mail_address: str, address: str) -> None:
    """Count a sign-in link that is asked for. Raises TooMany."""
    if _count(deps, limits.sign_ins(mail_address, caller(address)), ()):
        raise TooMany("sign-in links")


def _count(deps: Deps, firm: Sequence[Limit], soft: Sequence[Limit], once: str = "") -> frozenset[Bound]:
    """What is used up. The table learns no address: keys are blinded, each under the name of its bound."""
    if not deps.limits_on or not (firm or soft):
        return frozenset()

    def blinded(limit: Limit) -> Limit:
        return replace(limit, key=identity.blind(deps.secret, f"limit/{limit.bound}", limit.key))

    mark = identity.blind(deps.secret, "counted", once) if once else ""
    return deps.store.count([*map(blinded, firm)], deps.now(), soft=[*map(blinded, soft)], once=mark)


def _tell(shop: Shop, used_up: frozenset[Bound]) -> None:
    if not used_up:
        return
    firm = any(bound.firm for bound in used_up)
    measure("KeptAsideByLimits" if firm else "AutomaticMailLeftOut")
    said = "a ticket is kept aside" if firm else "an automatic mail is left out"
    logger.warning(f"{said}: too many", extra={"shop": shop.id, "bounds": sorted(used_up)})
