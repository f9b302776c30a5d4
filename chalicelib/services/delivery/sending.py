"""The outbox's sender: claim, send, record. Each claim sends at most once, and no mail is dropped silently (decisions
9, 10 and 17)."""

from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from functools import partial

from chalicelib.errors import ComposeFailed, NotSent, UnknownTicket
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rules.delivery import coalescing, effects, sending
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.identity.handles import of_address
from chalicelib.rules.procedure import extending, reviewing
from chalicelib.rules.tickets import advertising
from chalicelib.rules.tickets.advertising import NoAdvert
from chalicelib.rules.tickets.messages import Visibility, as_tag
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Nature, Purpose, Stage, Unsent, claimable, holds
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.delivery import coalescing as together
from chalicelib.services.delivery import objections, standing_in
from chalicelib.services.delivery.bouncing import suppressed
from chalicelib.services.delivery.letters.letters import letter, short_form
from chalicelib.services.delivery.recording import Sender, changed, load, ticket_of, with_ticket_effect
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.messages import speaking
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.undeliverable import note_shortened, note_undeliverable
from chalicelib.telemetry import correlated, logger

# Mails to customers that no person wrote.
_AUTOMATIC = (
    Purpose.ACKNOWLEDGEMENT, Purpose.REFERRED, Purpose.REFERRAL_ANSWERED, Purpose.REVIEW_REQUEST,
    Purpose.IDENTITY_CONFIRMED, Purpose.RATED, Purpose.SELF_SERVED, Purpose.PUBLISHED, Purpose.CONFIRM_ADDRESS,
)  # fmt: skip


class Progress(Enum):
    """How far a sender has come with what an item owes."""

    SETTLED = auto()
    """Nothing is left to send now."""
    ELSEWHERE = auto()
    """Another living sender holds the item."""
    UNFINISHED = auto()
    """Something is left, and perhaps nobody is sending it: try again later."""


def post(deps: Deps, due: ItemRef, seen: OutboxItem | None = None) -> bool:
    """Like `send_owed`; whether nothing is left to send now."""
    return send_owed(deps, due, seen) is Progress.SETTLED


def send_owed(deps: Deps, due: ItemRef, seen: OutboxItem | None = None) -> Progress:
    """Send what the item owes. `seen` is the item as the caller knows it (from the stream, or as it was just
    committed), which saves reading it. A stale one is harmless: its claim fails, and the item is read.

    Raises NotSent if the mail service does not accept mails now, ComposeFailed if a mail can't be composed; the item is
    then released, to be tried again. A mail that can't be composed does not hold up the item's other mails.
    """
    known = seen or load(deps, due)
    if _is_settled(known, deps.now()):
        return Progress.SETTLED
    claimed = _claim(deps, due, known)
    if claimed is None:
        return _progress(load(deps, due), 0, deps.now())
    with correlated(claimed.outbox.cause if claimed.outbox else ""):
        return _send_claimed(deps, due, claimed)


def _send_claimed(deps: Deps, due: ItemRef, claimed: OutboxItem) -> Progress:
    ticket = claimed if isinstance(claimed, Ticket) else ticket_of(deps, claimed.ref)
    claim, died = (claimed.outbox.attempts, claimed.outbox.lapsed > 0) if claimed.outbox else (0, False)
    sender = Sender(deps, due, claim, ticket, claimed, careful=died)
    _note_what_rides(sender)
    carrying = [mail for mail in sender.owed(()) if mail.carries]
    faults: dict[Delivery, ComposeFailed] = {}
    try:
        while owed := sender.owed(faults):
            if not sender.may_go_on():
                # We took longer than the lease: another sender has taken over, or may do so at any moment.
                return _progress(sender.claimed, sender.claim, deps.now())
            try:
                _hand_over(sender, owed[0])
            except ComposeFailed as fault:
                faults[owed[0]] = fault
    finally:
        sender.note_accepted()
    for mail in carrying:
        together.note_carried(deps, mail, sender.claimed)
    for unwritten in faults.values():
        sender.note(lambda item: sending.defer(item, sender.claim, deps.now()))
        raise unwritten
    return Progress.SETTLED


def _is_settled(item: OutboxItem, now: datetime) -> bool:
    """Whether it owes nothing, or waits until its step is gathered or told by another item's mail."""
    box = item.outbox
    return box is None or box.stage is Stage.DONE or (box.stage in (Stage.HELD, Stage.WAITING) and now < box.wake_at)


def _progress(item: OutboxItem, claim: int, now: datetime) -> Progress:
    """How far an item has come with which the sender with this claim can't go on; 0 if it got none."""
    if item.outbox is None or _is_settled(item, now):
        return Progress.SETTLED
    ours_or_nobodys = holds(item.outbox, claim) or claimable(item.outbox, now)
    return Progress.UNFINISHED if ours_or_nobodys else Progress.ELSEWHERE


def _note_what_rides(sender: Sender) -> None:
    """Record the outcomes of those steps that other items' mails carry."""
    box = sender.claimed.outbox
    if box and any(mail.carried_by for mail in box.owed()):
        become = together.outcomes(sender.deps, sender.claimed)
        sender.note(lambda item: coalescing.resolved(item, become, sender.deps.now()))


def note_sent(deps: Deps, proof: SendConfirmation) -> None:
    """Record a sent mail from the mail service's event, if its sender crashed before recording it or has not recorded
    it yet. This prevents a second send when the claim runs out, and lets later events find the mail."""
    try:
        item = load(deps, proof.due)
    except UnknownTicket:
        logger.warning("SES reported on a mail whose ticket was deleted", extra={"ref": proof.due.ref})
        return
    commit_unless_done(deps, item, lambda item: _confirmed(deps, item, proof), lambda: load(deps, proof.due))


def _confirmed(deps: Deps, item: OutboxItem, proof: SendConfirmation) -> Change | None:
    """The mail service names recipients in the form we gave it: with the domain in ASCII."""
    owed = item.outbox.own() if item.outbox else ()
    to = next((mail.to for mail in owed if deliverable(mail.to) == proof.to), proof.to)
    change = sending.proven(item, proof.purpose, to, proof.ses_id, deps.now())
    return with_ticket_effect(deps, change, item, proof.purpose, effects.with_effect) if change else None


def _claim(deps: Deps, due: ItemRef, item: OutboxItem) -> OutboxItem | None:
    """The item as we have claimed it, or None if nothing is owed or another sender is working on it."""
    try:
        change = commit_unless_done(deps, item, lambda item: _claiming(deps, item), lambda: load(deps, due))
    except VersionConflict:
        return None
    return changed(change) if change else None


def _claiming(deps: Deps, item: OutboxItem) -> Change | None:
    """The claim; in the same write, mails to agents who are away become those of whoever stands in."""
    change = sending.claim(item, deps.now())
    taken = changed(change) if change else None
    if taken is None or taken.outbox is None:
        return change
    box = standing_in.claimed(deps, taken, taken.outbox)
    return sending.with_outbox(item, box) if box is not taken.outbox else change


def _hand_over(sender: Sender, mail: Delivery) -> None:
    """Send one mail and record the result. Raises NotSent if it must be tried again, after releasing the claim, and
    ComposeFailed with the claim still held."""
    claimed, ticket = sender.claimed, sender.ticket
    if mail.carries and claimed.outbox and claimed.outbox.shortened:
        return _split_up(sender, mail)
    # The short form of an advert would have no link to object by.
    if claimed.outbox and (
        claimed.outbox.hopeless or (claimed.outbox.shortened and mail.purpose.nature is Nature.ADVERT)
    ):
        logger.error("sending this mail crashed every sender", extra={"ref": ticket.ref})
        return _refused(sender, mail, Unsent.ENDED_ITS_SENDERS, warns=True)
    if unwanted := _unwanted(sender.deps, ticket, claimed, mail):
        # Agents rely on an extension, and on what they say by a messenger, so they are warned. The other mails are not
        # missed, or agents know already.
        missed = mail.purpose is Purpose.EXTENSION or unwanted is Unsent.WINDOW_CLOSED
        return _refused(sender, mail, unwanted, warns=missed)
    try:
        ses_id = _send(sender.deps, claimed, ticket, mail)
    except ComposeFailed:
        if mail.carries:
            return _split_up(sender, mail)
        raise
    except NotSent as error:
        if error.unanswered or error.passing:
            sender.note(partial(_later, sender, mail, error))
            raise
        return _refused(sender, mail, str(error), warns=True)
    if claimed.outbox and claimed.outbox.shortened:
        note_shortened(sender.deps, ticket.shop, ticket.ref, mail)
    return sender.accept(mail, ses_id)


def _split_up(sender: Sender, mail: Delivery) -> None:
    """If a mail about many tickets can't be sent, each of its tickets gets a mail of its own instead."""
    sender.note(lambda item: coalescing.let_go(item, mail))


def _refused(sender: Sender, mail: Delivery, why: Unsent | str, *, warns: bool) -> None:
    deps, ticket = sender.deps, sender.ticket

    def rule(item: OutboxItem) -> Change:
        warning = effects.warning(item, mail, ticket, deps.policy.shop(ticket.shop)) if warns else ()
        noted = sending.refused(item, sender.claim, mail, why, deps.now(), warning)
        return with_ticket_effect(deps, noted, item, mail.purpose, effects.without_effect)

    if mail.purpose.nature is not Nature.ADVERT:  # nobody misses it
        note_undeliverable(deps, ticket.shop, ticket.ref, mail, DeliveryStatus.REFUSED)
    sender.note(rule)
    reason = why if isinstance(why, Unsent) else sending.code_of(why)
    logger.warning("a mail is not sent", extra={"ref": ticket.ref, "purpose": mail.purpose, "reason": reason})
    measure(Measure.REFUSED, ticket.shop, ticket.kind)


def _later(sender: Sender, mail: Delivery, error: NotSent, item: OutboxItem) -> Change:
    if error.parts and item.outbox:  # a messenger has some parts of the text already
        item = replace(item, outbox=item.outbox.instead({mail: replace(mail, parts=error.parts)}))
    if error.unanswered:
        # The mail service may have accepted it: keep the claim until its event arrives or the lease runs out.
        return sending.unanswered(item, sender.claim)
    return sending.defer(item, sender.claim, sender.deps.now())


def _unwanted(deps: Deps, ticket: Ticket, claimed: OutboxItem, delivery: Delivery) -> Unsent | None:
    """The reason why the mail is not tried at all, or None."""
    purpose = delivery.purpose
    if (who := of_address(delivery.to)) and (why := speaking.unwanted(deps, ticket, delivery, who)):
        return why
    if purpose in _AUTOMATIC and suppressed(deps, delivery.to):
        return Unsent.SUPPRESSED
    if purpose is Purpose.EXTENSION and extending.overtaken(ticket, _message_id(claimed), deps.now()):
        return Unsent.OVERTAKEN
    if purpose is Purpose.REVIEW_REQUEST and not reviewing.askable(ticket, deps.now()):
        return Unsent.NOTHING_TO_ASK
    return _unwanted_advert(deps, ticket, claimed, delivery) if purpose.nature is Nature.ADVERT else None


def _unwanted_advert(deps: Deps, ticket: Ticket, claimed: OutboxItem, delivery: Delivery) -> Unsent | None:
    """Asked as the advert is sent, because the policy may have changed and the customer objected since it was owed."""
    objected = objections.objected_at(deps, ticket.shop, delivery.to) is not None
    if why := advertising.refusal(ticket, deps.policy.shop(ticket.shop), objected=objected):
        return Unsent.OBJECTED if why is NoAdvert.OBJECTED else Unsent.NOT_ALLOWED
    return None if _within_budget(deps, ticket, claimed, delivery) else Unsent.BEYOND_BUDGET


def _within_budget(deps: Deps, ticket: Ticket, claimed: OutboxItem, delivery: Delivery) -> bool:
    """Whether one more advert may go to the address. Repeated calls get the same result."""
    idempotency_key = f"{claimed.ref}/{_message_id(claimed)}/{delivery.purpose}"
    return limiting.may_advertise(deps, deps.policy.shop(ticket.shop), delivery.to, idempotency_key)


def _message_id(claimed: OutboxItem) -> str:
    return claimed.id if isinstance(claimed, Message) else claimed.opening.id


def _send(deps: Deps, claimed: OutboxItem, ticket: Ticket, delivery: Delivery) -> str:
    message = claimed if isinstance(claimed, Message) else claimed.opening
    if message.visibility is Visibility.HELD:  # its mail says how the matter stands once it has left
        from chalicelib.rules.procedure.answers import holding  # few answers are held

        ticket = holding.as_left(ticket, message, deps.context(deps.policy.shop(ticket.shop)))
    shortened = claimed.outbox is not None and claimed.outbox.shortened
    if who := of_address(delivery.to):
        shop = deps.policy.shop(ticket.shop)
        return speaking.say(deps, shop, ticket, message, delivery, who, short=shortened)
    write = short_form if shortened else letter
    try:
        raw = compose(write(deps, ticket, message, delivery, deps.now()))
    except Exception as error:
        # A fault of ours in one mail: the mail waits for a corrected program, and the others go on.
        logger.exception("a mail could not be written", extra={"ref": ticket.ref, "purpose": delivery.purpose})
        raise ComposeFailed(type(error).__name__) from error
    tags = {"ref": claimed.ref, "purpose": delivery.purpose} | (
        {"message": as_tag(claimed.id)} if isinstance(claimed, Message) else {}
    )
    if claimed.outbox and claimed.outbox.cause:
        tags["cause"] = claimed.outbox.cause  # the mail service's events about the mail bring it back
    return deps.mailer.send(deps.policy.shop(ticket.shop).support, deliverable(delivery.to), raw, tags)
