"""Counting how often something happened: every limit on what strangers can do is checked here."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.errors import RateLimited
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.intake import limits
from chalicelib.rules.intake.limits import Bound, Cause, Limit, Source
from chalicelib.rules.intake.opening import Inbound, bounded, confirms
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import ACKNOWLEDGED_BY_LAW
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import count as measure
from chalicelib.telemetry import logger

# The metrics' names: what a limit stopped was a ticket, an automatic mail, a reply or rating (a page refuses it; by
# mail the writer is not informed), or an upload or sign-in link.
KEPT_QUARANTINE, LEFT_OUT, REPLIES, REFUSED = (
    "QuarantinedByLimits", "AutomaticMailLeftOut", "RepliesBeyondLimits", "RefusedByLimits",
)  # fmt: skip


def caller(address: str) -> Source:
    """The caller from this internet address, as a source."""
    return Source(network(address))


def opened(
    deps: Deps,
    shop: Shop,
    inbound: Inbound,
    source: Source | None,
    idempotency_key: str,
    *,
    trusted: bool = False,
    proof: str = "",
) -> Inbound:
    """The arrival after the limits: what they leave of its acknowledgement and notification. The same `idempotency_key`
    counts only once. `source`: None if the caller has counted it towards a limit of its own. `trusted`: nobody else can
    have sent it, so only the mails it causes are counted. `proof`: the ticket or order whose signed link it was sent
    with; it counts towards what comes by that link, and not towards what others did in its sender's name."""
    address = inbound.person.address
    if not (address or inbound.sender) or not (inbound.acknowledge or inbound.notify):
        return inbound
    firm = () if trusted or source is None else _openings(shop, address, source, proof)
    cause = Cause.READER if trusted or inbound.confirmed else Cause.NAMED
    # What the law has us acknowledge is bounded by its source alone.
    confirmed = confirms(inbound) and inbound.kind not in ACKNOWLEDGED_BY_LAW
    soft = limits.automatic_mails(shop.limits.mails, shop.id, address, cause) if confirmed else ()
    used_up = _count(deps, firm, soft, derived.source_of("opening", shop.id, idempotency_key))
    _count_and_log(used_up, KEPT_QUARANTINE if _firm(used_up) else LEFT_OUT, shop)
    return bounded(inbound, used_up)


def _openings(shop: Shop, address: str, source: Source, proof: str) -> Sequence[Limit]:
    if proof:
        return limits.replies(shop.limits, proof, source)
    return limits.openings(shop.limits, shop.id, address, source)


def may_mail(deps: Deps, shop: Shop, address: str, idempotency_key: str, cause: Cause = Cause.SHOP) -> bool:
    """Whether one more automatic mail may go to the address; counts it."""
    return _within(deps, shop, limits.automatic_mails(shop.limits.mails, shop.id, address, cause), idempotency_key)


def may_advertise(deps: Deps, shop: Shop, address: str, idempotency_key: str) -> bool:
    """Whether an advert may go to the address, which is an automatic mail too; counts it."""
    mails = limits.automatic_mails(shop.limits.mails, shop.id, address, Cause.SHOP)
    return _within(deps, shop, (*limits.adverts(shop.id, address), *mails), idempotency_key)


def _within(deps: Deps, shop: Shop, soft: Sequence[Limit], idempotency_key: str) -> bool:
    used_up = _count(deps, (), soft, derived.source_of("mail", shop.id, idempotency_key))
    _count_and_log(used_up, LEFT_OUT, shop)
    return not used_up


def may_say(
    deps: Deps, shop: Shop, ticket: Ticket, source: Source, idempotency_key: str, *, by_receipt: bool = False
) -> bool:
    """Whether one more reply or rating from this source may be added to the ticket; counts it."""
    firm = limits.replies(shop.limits, ticket.ref, source, by_receipt=by_receipt)
    used_up = _count(deps, firm, (), derived.source_of(ticket.ref, idempotency_key))
    _count_and_log(used_up, REPLIES, shop)
    return not used_up


def upload(deps: Deps, shop: Shop, address: str) -> None:
    """Count a file that is about to be uploaded. Raises RateLimited."""
    if used_up := _count(deps, limits.uploads(shop.limits, shop.id, caller(address)), ()):
        _count_and_log(used_up, REFUSED, shop)
        raise RateLimited("uploads")


def searches(deps: Deps, shop: Shop, address: str) -> None:
    """Count several searches of the help at once (services.help.pacing). Raises RateLimited."""
    if used_up := _count(deps, limits.searches(shop.id, caller(address)), ()):
        _count_and_log(used_up, REFUSED, shop)
        raise RateLimited("searches")


def counts_vain_search(deps: Deps, shop: Shop, address: str) -> bool:
    """Whether the words of one more search in vain from this internet address are counted; counts it."""
    return not _count(deps, limits.vain_searches(shop.id, caller(address)), ())


def feedback(deps: Deps, shop: Shop, address: str) -> None:
    """Count feedback from this internet address. Raises RateLimited."""
    if used_up := _count(deps, limits.feedback(shop.id, caller(address)), ()):
        _count_and_log(used_up, REFUSED, shop)
        raise RateLimited("feedback")


def calls(deps: Deps, shop: Shop, address: str, idempotency_key: str) -> None:
    """Count a request for a call. Raises RateLimited."""
    if used_up := _count(deps, limits.calls(shop.id, caller(address)), (), derived.source_of("call", idempotency_key)):
        _count_and_log(used_up, REFUSED, shop)
        raise RateLimited("calls")


def chats(deps: Deps, shop: Shop, mail_address: str, address: str, idempotency_key: str) -> None:
    """Count a chat that is begun. Raises RateLimited."""
    firm = limits.chats(shop.id, mail_address, caller(address))
    if used_up := _count(deps, firm, (), derived.source_of("chats", shop.id, idempotency_key)):
        _count_and_log(used_up, REFUSED, shop)
        raise RateLimited("chats")


def may_chat(deps: Deps, shop: Shop, ticket: Ticket, idempotency_key: str) -> bool:
    """Whether the customer may say one more line; counts it."""
    used_up = _count(deps, limits.lines(ticket.ref), (), idempotency_key)
    _count_and_log(used_up, REFUSED, shop)
    return not used_up


def passes(deps: Deps, shop: str, ref: str, reader: str) -> None:
    """Count a pass for this reader of the ticket to be rung. Raises RateLimited."""
    if used_up := _count(deps, limits.passes(ref, reader), ()):
        _count_and_log(used_up, REFUSED, deps.policy.shop(shop))
        raise RateLimited("passes")


def missed_call(deps: Deps, shop: Shop, number: str, idempotency_key: str) -> bool:
    """Whether a missed call of this number may become a call back; counts it."""
    firm = limits.missed_calls(shop.id, number, shop.calls.missed_a_day)
    used_up = _count(deps, firm, (), derived.source_of("missed", idempotency_key))
    _count_and_log(used_up, KEPT_QUARANTINE, shop)
    return not used_up


def may_text(deps: Deps, shop: Shop, number: str, a_day: int, idempotency_key: str) -> bool:
    """Whether a text message may go to this number; counts it."""
    used_up = _count(deps, (), limits.texts(shop.id, number, a_day), derived.source_of("text", idempotency_key))
    _count_and_log(used_up, LEFT_OUT, shop)
    return not used_up


def message(deps: Deps, shop: Shop, address: str, idempotency_key: str, *, new_at: str | None = None) -> bool:
    """Whether one more message of this messenger's user is within the limits; counts it. `new_at`: the account at which
    it opens a ticket of somebody who had none that anybody found genuine."""
    firm = limits.messages(shop.id, address)
    if new_at is not None:
        firm = (*firm, *limits.newcomers(shop.id, new_at, shop.messages.new_an_hour))
    used_up = _count(deps, firm, (), derived.source_of("message", idempotency_key))
    _count_and_log(used_up, KEPT_QUARANTINE, shop)
    return not used_up


def sign_in(deps: Deps, mail_address: str, address: str) -> bool:
    """Count a request for a sign-in link; returns whether to mail one. It is not mailed while links of the last minutes
    still work. Raises RateLimited if too many were requested from there."""
    firm, soft = limits.sign_ins(mail_address, caller(address)), limits.sign_in_mails(mail_address)
    used_up = _count(deps, firm, soft)
    _count_and_log(used_up, REFUSED if _firm(used_up) else LEFT_OUT)
    if _firm(used_up):
        raise RateLimited("sign-in links")
    return not used_up


def order_link(deps: Deps, shop: Shop, order: str, mail_address: str, address: str) -> bool:
    """Count a search for an order, by its reference; returns whether a link may be mailed to the address. Raises
    RateLimited if too many orders were looked for from there."""
    firm, soft = limits.order_finds(shop.id, caller(address)), limits.order_links(shop.id, mail_address, order)
    used_up = _count(deps, firm, soft)
    _count_and_log(used_up, REFUSED if _firm(used_up) else LEFT_OUT, shop)
    if _firm(used_up):
        raise RateLimited("links to orders")
    return not used_up


def waiting(deps: Deps, shop: Shop, sku: str, mail_address: str, address: str) -> bool:
    """Count a request to be told when a product is back; returns whether the mail that asks for the confirmation may be
    sent. Raises RateLimited if too many were made from there."""
    soft = (
        *limits.waiting_mails(shop.id, sku, mail_address),
        *limits.automatic_mails(shop.limits.mails, shop.id, mail_address, Cause.NAMED),
    )
    used_up = _count(deps, limits.waitings(shop.id, caller(address)), soft)
    _count_and_log(used_up, REFUSED if _firm(used_up) else LEFT_OUT, shop)
    if _firm(used_up):
        raise RateLimited("requests to be told")
    return not used_up


def given_address(deps: Deps, shop: Shop, ref: str, mail_address: str) -> None:
    """Count a mail address given on a messenger's user's ticket, and the mail that asks whether it is theirs. Raises
    RateLimited."""
    mails = limits.automatic_mails(shop.limits.mails, shop.id, mail_address, Cause.NAMED)
    if used_up := _count(deps, limits.addresses(ref), (*limits.address_mails(mail_address), *mails)):
        _count_and_log(used_up, REFUSED, shop)
        raise RateLimited("addresses")


def order_link_missed(deps: Deps, shop: Shop, order: str, mail_address: str) -> None:
    """Write as much as if a link were owed, so that the time of the answer does not say whether there is such an
    order."""
    _count(deps, (), limits.order_links(f"{shop.id}/missed", mail_address, order))


def _count(deps: Deps, firm: Sequence[Limit], soft: Sequence[Limit], idempotency_key: str = "") -> frozenset[Bound]:
    """The limits that are used up. The table learns no address: keys are blinded, separately for each subject."""
    if not deps.limits_on or not (firm or soft):
        return frozenset()

    def blinded(limit: Limit) -> Limit:
        return replace(limit, key=derived.blind(deps.secret, f"limit/{limit.bound.subject}", limit.key))

    # A repeated request gets its first answer, even if the secret has changed since. Counters may restart then.
    mark = derived.name(deps.secret, "counted", idempotency_key) if idempotency_key else ""
    return deps.limits.count([*map(blinded, firm)], deps.now(), soft=[*map(blinded, soft)], idempotency_key=mark)


def _firm(used_up: frozenset[Bound]) -> bool:
    return any(bound.firm for bound in used_up)


def _count_and_log(used_up: frozenset[Bound], metric: str, shop: Shop | None = None) -> None:
    """Count in a metric and log which limit took effect, but never who reached it."""
    if used_up:
        measure(metric)
        where = shop.id if shop else ""
        logger.warning("too many", extra={"limited": metric, "shop": where, "bounds": sorted(used_up)})
