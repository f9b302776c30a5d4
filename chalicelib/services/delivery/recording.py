"""What a sender knows of the item whose mails it sends, and how it records what became of them."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from chalicelib.errors import UnknownTicket
from chalicelib.rules.delivery import effects, sending
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import Delivery, Purpose, holds, in_time
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.commits import commit_or_retry

_Effect = Callable[[Change, Ticket, Message, Purpose, RuleContext], Change]


@dataclass(slots=True)
class Sender:
    """Who sends an item's mails, and then records all that were `accepted` in one write. If it dies between, they are
    sent again. So after a death the next sender is `careful`, and records each mail at once (decision 10). `claimed`:
    the item as stored now."""

    deps: Deps
    due: ItemRef
    claim: int
    ticket: Ticket
    claimed: OutboxItem
    careful: bool
    accepted: list[sending.Accepted] = field(default_factory=list)

    def owed(self, faults: Container[Delivery]) -> list[Delivery]:
        """What is left to send, except `faults`. Recording the last mail may show that more is owed."""
        if not (left := self._unsent(faults)) and self.accepted:
            self.note_accepted()
            left = self._unsent(faults)
        return left

    def _unsent(self, faults: Container[Delivery]) -> list[Delivery]:
        box, gone = self.claimed.outbox, {mail.delivery for mail in self.accepted}
        return [mail for mail in box.own() if mail not in gone and mail not in faults] if box else []

    def may_go_on(self) -> bool:
        """Whether the claim is ours and leaves time for one more mail."""
        box = self.claimed.outbox
        if box and self.accepted and not in_time(box, self.deps.now()):
            self.note_accepted()
            box = self.claimed.outbox
        return box is not None and holds(box, self.claim) and in_time(box, self.deps.now())

    def accept(self, mail: Delivery, ses_id: str) -> None:
        self.accepted.append(sending.Accepted(mail, ses_id, self.deps.now()))
        if self.careful:
            self.note_accepted()

    def note_accepted(self) -> None:
        if accepted := tuple(self.accepted):
            self.accepted.clear()
            self.note(lambda item: _sent(self, item, accepted))
            measure(Measure.SENT, self.ticket.shop, self.ticket.kind, len(accepted))

    def note(self, rule: Callable[[OutboxItem], Change]) -> None:
        self.note_accepted()
        reload = partial(load, self.deps, self.due)
        self.claimed = changed(commit_or_retry(self.deps, self.claimed, rule, reload))
        if isinstance(self.claimed, Ticket):
            self.ticket = self.claimed


def with_ticket_effect(deps: Deps, noted: Change, item: OutboxItem, purpose: str, effect: _Effect) -> Change:
    """The change that records a mail's sending, with its effect on the ticket as stored now."""
    if isinstance(item, Ticket) or not effects.has_effect(item, purpose):
        return noted
    ticket = ticket_of(deps, item.ref)
    return effect(noted, ticket, item, Purpose(purpose), deps.context(deps.policy.shop(ticket.shop)))


def _sent(sender: Sender, item: OutboxItem, mails: Sequence[sending.Accepted]) -> Change:
    noted = sending.sent(item, sender.claim, mails)
    for mail in mails:
        noted = with_ticket_effect(sender.deps, noted, item, mail.delivery.purpose, effects.with_effect)
    return noted


def changed(change: Change) -> OutboxItem:
    """The item that owed the mail: the message, even if its ticket was changed with it."""
    return change.messages[0] if change.messages else cast(Ticket, change.ticket)


def load(deps: Deps, due: ItemRef) -> OutboxItem:
    item = deps.tickets.message(due.ref, due.message) if due.message else deps.tickets.ticket(due.ref)
    if item is None:
        raise UnknownTicket(due.ref)
    return item


def ticket_of(deps: Deps, ref: str) -> Ticket:
    ticket = deps.tickets.ticket(ref)
    if ticket is None:
        raise UnknownTicket(ref)
    return ticket
