"""Combines everything that one due-work run reports to an agent into one mail; rules.delivery.coalescing has the
rules."""

from collections.abc import Set
from datetime import datetime

from chalicelib.rules.delivery import coalescing
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import Delivery, Stage
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.telemetry import logger

KeptBack = dict[ItemRef, tuple[str, Set[str]]]
"""The messages with mails that a run holds back: each one's shop and recipients."""


def join(deps: Deps, kept_back: KeptBack, shop: str, change: Change, now: datetime) -> Change:
    """The change; its steps are added to the held-back mails to the same recipients, as long as these have room."""
    recipients = set(coalescing.recipients(change))
    wanted = [due for due, (of, to) in kept_back.items() if of == shop and to & recipients]
    messages = (deps.tickets.message(due.ref, due.message) for due in wanted if due.message)
    return coalescing.joined(change, [message for message in messages if message], now)


def keep_back(kept_back: KeptBack, shop: str, change: Change) -> None:
    """Record which mails of a committed change wait for more steps; drop those that are full or being sent."""
    for message in change.messages:
        to = {mail.to for mail in coalescing.taking_on(message)}
        if message.outbox and message.outbox.stage is Stage.HELD and message.outbox.own():
            kept_back[ItemRef(message.ref, message.id)] = (shop, to)


def make_due(deps: Deps, kept_back: KeptBack) -> None:
    """Make the held-back mails due for sending, with all their steps. If one can't be changed now, the due-work index
    finds it later."""
    for due in kept_back:
        try:
            _make_due(deps, due)
        except Exception:
            logger.exception("a held-back mail could not be made due", extra={"ref": due.ref})


def _make_due(deps: Deps, due: ItemRef) -> None:
    def load() -> Message | None:
        return deps.tickets.message(due.ref, due.message or "")

    def decide(message: Message | None) -> Change | None:
        return coalescing.made_due(message, deps.now()) if message else None

    commit_unless_done(deps, load(), decide, load)


def outcomes(deps: Deps, item: OutboxItem, carrier: OutboxItem | None = None) -> dict[Delivery, Delivery | None]:
    """The outcomes of the item's steps that other mails carry; steps that are still pending are left out. `carrier` is
    one of the carrying messages as it was just committed, which saves reading it."""
    riding = [mail for mail in item.outbox.owed() if mail.carried_by] if item.outbox else []
    become = {mail: coalescing.outcome(mail, _carrier(deps, mail, carrier), item) for mail in riding}
    return {mail: outcome for mail, outcome in become.items() if outcome != mail}


def _carrier(deps: Deps, mail: Delivery, known: OutboxItem | None) -> Message | None:
    by = mail.carried_by
    if by and isinstance(known, Message) and (known.ref, known.id) == (by.ref, by.message):
        return known
    return deps.tickets.message(by.ref, by.message) if by else None


def note_carried(deps: Deps, sent: Delivery, carrier: OutboxItem) -> None:
    """Record on each step that a sent mail of `carrier` carried that it was sent. If one can't be recorded now, the
    due-work index repeats it later."""
    for step in sent.carries:
        try:
            _note_carried(deps, ItemRef(step.ref, step.message), carrier)
        except Exception:
            logger.exception("a step in a combined mail could not be recorded as sent", extra={"ref": step.ref})


def _note_carried(deps: Deps, due: ItemRef, carrier: OutboxItem) -> None:
    def load() -> Message | None:
        return deps.tickets.message(due.ref, due.message or "")

    def decide(message: Message | None) -> Change | None:
        if message is None or message.outbox is None or message.outbox.stage is not Stage.HELD:
            return None  # it has sent other mails itself; the due-work index will check it
        become = outcomes(deps, message, carrier)
        return coalescing.resolved(message, become, deps.now()) if become else None

    commit_unless_done(deps, load(), decide, load)
