"""Sends the mails that orders owe: claim, send, record. Each claim sends at most once, and no mail is dropped silently,
as for tickets (services.delivery.sending, decisions 9, 10 and 17)."""

from functools import partial

from chalicelib.errors import ComposeFailed, NotSent, UnknownOrder
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rules.delivery.sending import Accepted, code_of
from chalicelib.rules.identity import derived
from chalicelib.rules.orders.duties import sending
from chalicelib.rules.orders.duties.promising import finished
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.holds import PRICE_CHECK
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import (
    Audience,
    Delivery,
    DeliveryStatus,
    Nature,
    Purpose,
    Stage,
    Unsent,
    claimable,
    holds,
    in_time,
)
from chalicelib.rules.tickets.ticket import SentId
from chalicelib.services.delivery import standing_in
from chalicelib.services.delivery.bouncing import suppressed
from chalicelib.services.delivery.sending import Progress
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.orders import kindness
from chalicelib.services.orders.commits import TRIES, change, commit, load
from chalicelib.services.orders.letters import letter, short_form
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.undeliverable import note_shortened, note_undeliverable
from chalicelib.telemetry import correlated, logger

_KIND = "order"
"""In metrics by kind, where it counts among "other"."""


def send_owed(deps: Deps, ref: str, seen: Order | None = None) -> Progress:
    """Send what the order owes. `seen` is the order as the caller knows it; a stale one is harmless.

    Raises UnknownOrder. Raises NotSent if the mail service does not accept mails now, ComposeFailed if a mail can't be
    composed; the order is then released, to be tried again. Such a mail does not hold up the others.
    """
    order = seen or load(deps, ref)
    if _is_settled(order):
        return Progress.SETTLED
    claimed = _claimed(deps, order)
    if claimed is None or claimed.outbox is None:
        return _progress(deps, load(deps, ref), 0)
    with correlated(claimed.outbox.cause):
        return _send_claimed(deps, claimed, claimed.outbox.attempts)


def note_sent(deps: Deps, proof: SendConfirmation) -> None:
    """Record a sent mail from the mail service's event, if its sender died before it could."""

    def decide(order: Order, context: RuleContext) -> Order | None:
        mail = next((each for each in _owed(order) if _is_named(each, proof)), None)
        if mail is None or order.outbox is None:
            return None
        return sending.sent(order, order.outbox.attempts, [Accepted(mail, proof.ses_id, context.at)])

    try:
        order = load(deps, proof.due.ref)
    except UnknownOrder:
        logger.warning("SES reported on a mail whose order was deleted", extra={"ref": proof.due.ref})
        return
    change(deps, order, decide, [SentId(proof.ses_id, order.ref, deps.now())])


def mark_of(mail: Delivery) -> str:
    """What a mail is about, as a tag of the mail service: letters and digits; "" for the whole order."""
    return derived.source_of("about", mail.about)[:20] if mail.about else ""


def _is_named(mail: Delivery, proof: SendConfirmation) -> bool:
    said = (proof.purpose, proof.due.message or "")
    return (mail.purpose.value, mark_of(mail)) == said and proof.to in (mail.to, deliverable(mail.to))


def _owed(order: Order) -> tuple[Delivery, ...]:
    return order.outbox.own() if order.outbox else ()


def _is_settled(order: Order) -> bool:
    return order.outbox is None or order.outbox.stage is Stage.DONE


def _progress(deps: Deps, order: Order, claim: int) -> Progress:
    if order.outbox is None or _is_settled(order):
        return Progress.SETTLED
    ours_or_nobodys = holds(order.outbox, claim) or claimable(order.outbox, deps.now())
    return Progress.UNFINISHED if ours_or_nobodys else Progress.ELSEWHERE


def _claimed(deps: Deps, order: Order) -> Order | None:
    """The order as we have claimed it; None if nothing is owed or another sender is working on it."""
    for _ in range(TRIES):
        claimed = sending.claim(order, deps.now())
        if claimed is None or claimed.outbox is None:
            return None
        box = standing_in.of_orders(deps, deps.policy.shop(order.shop), claimed.outbox)
        claimed = sending.with_outbox(order, box)
        try:
            return commit(deps, order, claimed)
        except VersionConflict:
            order = load(deps, order.ref)
    return None


def _send_claimed(deps: Deps, order: Order, claim: int) -> Progress:
    faults = dict[Delivery, ComposeFailed]()
    while owed := [mail for mail in _owed(order) if mail not in faults]:
        if order.outbox is None or not (holds(order.outbox, claim) and in_time(order.outbox, deps.now())):
            return _progress(deps, order, claim)
        try:
            order = _hand_over(deps, order, claim, owed[0])
        except ComposeFailed as fault:
            faults[owed[0]] = fault
    for unwritten in faults.values():
        change(deps, order, lambda order, context: sending.defer(order, claim, context.at))
        raise unwritten
    return Progress.SETTLED


def _hand_over(deps: Deps, order: Order, claim: int, mail: Delivery) -> Order:
    """Send one mail and record the result. Raises NotSent if it must be tried again, after releasing the claim, and
    ComposeFailed with the claim still held."""
    box, shortened = order.outbox, order.outbox is not None and order.outbox.shortened
    # The short form of an advert would have no link to object by.
    if box and (box.hopeless or (shortened and mail.purpose.nature is Nature.ADVERT)):
        logger.error("sending this mail crashed every sender", extra={"ref": order.ref, "purpose": mail.purpose})
        return _refused(deps, order, claim, mail, Unsent.ENDED_ITS_SENDERS)
    if unwanted := _unwanted(deps, order, mail):
        return _refused(deps, order, claim, mail, unwanted)
    try:
        ses_id = _send(deps, order, mail)
    except ComposeFailed:
        raise
    except NotSent as error:
        if not (error.unanswered or error.passing):
            return _refused(deps, order, claim, mail, str(error))
        change(deps, order, partial(_later, claim, error))
        raise
    measure(Measure.SENT, order.shop, _KIND)
    if shortened:
        note_shortened(deps, order.shop, order.ref, mail)
    accepted = Accepted(mail, ses_id, deps.now())
    return change(deps, order, partial(_sent, claim, accepted), [SentId(ses_id, order.ref, accepted.at)])


def _sent(claim: int, accepted: Accepted, order: Order, context: RuleContext) -> Order | None:
    return sending.sent(order, claim, [accepted]) if accepted.delivery in _owed(order) else None


def _later(claim: int, error: NotSent, order: Order, context: RuleContext) -> Order:
    """The mail service may have accepted a mail that it did not answer: the claim is kept until its event arrives or
    the lease runs out."""
    return sending.unanswered(order, claim) if error.unanswered else sending.defer(order, claim, context.at)


def _refused(deps: Deps, order: Order, claim: int, mail: Delivery, why: Unsent | str) -> Order:
    if sending.is_missed(mail, why):
        note_undeliverable(deps, order.shop, order.ref, mail, DeliveryStatus.REFUSED)
    reason = why if isinstance(why, Unsent) else code_of(why)
    logger.warning("a mail is not sent", extra={"ref": order.ref, "purpose": mail.purpose, "reason": reason})
    measure(Measure.REFUSED, order.shop, _KIND)
    return change(deps, order, lambda order, context: sending.refused(order, claim, mail, why, context))


def _unwanted(deps: Deps, order: Order, mail: Delivery) -> Unsent | None:
    """The reason why the mail is not tried at all, or None."""
    if mail.purpose.audience is Audience.CUSTOMER and suppressed(deps, mail.to):
        return Unsent.SUPPRESSED
    if mail.purpose is Purpose.ORDER_STATUS and finished(order, state(order.events)):
        return Unsent.OVERTAKEN
    if unkind := kindness.unwanted(deps, order, mail):
        return unkind
    # A bad day makes many orders late at once; the desk lists them all.
    if mail.purpose is Purpose.ORDER_TASK and mail.about != PRICE_CHECK:
        key = f"{order.ref}/{mail.about}/{sum(letter.about == mail.about for letter in order.letters)}"
        shop = deps.policy.shop(order.shop)
        return None if limiting.may_mail(deps, shop, mail.to, f"{key}/{mail.to}") else Unsent.BEYOND_BUDGET
    return None


def _send(deps: Deps, order: Order, mail: Delivery) -> str:
    try:
        write = short_form if order.outbox and order.outbox.shortened else letter
        raw = compose(write(deps, order, mail, deps.now()))
    except Exception as error:
        # A fault of ours in one mail: the mail waits for a corrected program, and the others go on.
        logger.exception("a mail could not be written", extra={"ref": order.ref, "purpose": mail.purpose})
        raise ComposeFailed(type(error).__name__) from error
    tags = {"ref": order.ref, "purpose": mail.purpose.value} | ({"message": mark_of(mail)} if mail.about else {})
    if order.outbox and order.outbox.cause:
        tags["cause"] = order.outbox.cause
    return deps.mailer.send(deps.policy.shop(order.shop).support, deliverable(mail.to), raw, tags)
