"""The outbox's sender: claim, hand over, note. At most once per claim, and never silently not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import NotSent, Stale, UnknownTicket, Unwritable
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rules import sending
from chalicelib.rules.outbox import Delivery, Purpose, Stage, holds
from chalicelib.rules.sending import Owing
from chalicelib.rules.tickets import Change, Message, Ticket
from chalicelib.services.bouncing import spared
from chalicelib.services.commits import commit_or_retry, commit_unless_done
from chalicelib.services.letters import letter
from chalicelib.services.ports import Deps, Due
from chalicelib.telemetry import logger


@dataclass(frozen=True, slots=True)
class Proof:
    """The mail service's word that it took a mail: whose, which, to whom, and its id."""

    due: Due
    purpose: str
    to: str
    ses_id: str


def post(deps: Deps, due: Due, seen: Owing | None = None) -> bool:
    """Send what the item owes. `seen` is the item as the stream showed it, which saves reading it.

    Returns False when another sender holds the item: come again later. Raises NotSent when the mail
    service will not take mails now, Unwritable when we can't write one; the item is then released, to be
    tried again.
    """
    held = _claim(deps, due, seen)
    if held is None:
        item = _load(deps, due)
        return item.outbox is None or item.outbox.stage is Stage.DONE
    ticket = held if isinstance(held, Ticket) else _ticket(deps, held.ref)
    claim = held.outbox.attempts if held.outbox else 0
    while held.outbox and (owed := held.outbox.owed()):
        if not holds(held.outbox, claim):
            return False  # we took longer than the lease, and another sender has taken over
        held = _hand_over(deps, due, held, claim, ticket, owed[0])
    return True


def note_sent(deps: Deps, proof: Proof) -> None:
    """Note a mail that its sender could not note any more, so that it is not sent again when the claim runs out."""
    commit_unless_done(
        deps,
        _load(deps, proof.due),
        lambda item: sending.proven(item, proof.purpose, proof.to, proof.ses_id, deps.now()),
        lambda: _load(deps, proof.due),
    )


def _claim(deps: Deps, due: Due, seen: Owing | None) -> Owing | None:
    """The item as claimed by us, or None when nothing is owed or another sender is at it."""
    item = seen or _load(deps, due)
    try:
        change = commit_unless_done(deps, item, lambda item: sending.claim(item, deps.now()), lambda: _load(deps, due))
    except Stale:
        return None
    return _changed(change) if change else None


def _hand_over(deps: Deps, due: Due, held: Owing, claim: int, ticket: Ticket, delivery: Delivery) -> Owing:
    """Send one mail and note what came of it. Raises NotSent when it is to be tried again, once released."""

    def note(rule: Callable[[Owing], Change]) -> Owing:
        return _changed(commit_or_retry(deps, held, rule, lambda: _load(deps, due)))

    try:
        ses_id = _send(deps, held, ticket, delivery)
    except NotSent as error:
        if error.unanswered:
            raise  # the mail service may have taken it: the claim is kept until its event or the lease tells
        if error.passing:
            note(lambda item: sending.put_off(item, claim, deps.now()))
            raise
        reason = str(error)
        return note(lambda item: sending.refused(item, claim, delivery, reason, deps.now()))
    return note(lambda item: sending.sent(item, claim, delivery, ses_id, deps.now()))


def _send(deps: Deps, held: Owing, ticket: Ticket, delivery: Delivery) -> str:
    message = held if isinstance(held, Message) else held.opening
    if delivery.purpose is Purpose.ACKNOWLEDGEMENT and spared(deps, delivery.to):
        raise NotSent("mail to this address bounced before, or its owner asked for none", passing=False)
    try:
        raw = compose(letter(deps, ticket, message, delivery, deps.now()))
    except Exception as error:
        # A fault of ours in one mail: it waits for the mended program and must not hold up the others meanwhile.
        logger.exception("a mail could not be written", extra={"ref": ticket.ref, "purpose": delivery.purpose})
        raise Unwritable(type(error).__name__) from error
    tags = {"ref": held.ref, "purpose": delivery.purpose} | ({"message": held.id} if isinstance(held, Message) else {})
    return deps.mailer.send(deps.policy.shop(ticket.shop).support, deliverable(delivery.to), raw, tags)


def _changed(change: Change) -> Owing:
    return change.ticket or change.messages[0]


def _load(deps: Deps, due: Due) -> Owing:
    item = deps.store.message(due.ref, due.message) if due.message else deps.store.ticket(due.ref)
    if item is None:
        raise UnknownTicket(due.ref)
    return item


def _ticket(deps: Deps, ref: str) -> Ticket:
    ticket = deps.store.ticket(ref)
    if ticket is None:
        raise UnknownTicket(ref)
    return ticket
