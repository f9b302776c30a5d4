"""Owing letters about an order: to its customer, and tasks to the shop's people. The order's outbox has the mails, its
`letters` what each says.

From every letter to the customer a clock runs until the next word (`silence`); the order's page and status letters name
its day.
"""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.orders.duties.promising import CONFIRM, SILENCE, TELL_STOCK, clock, finished
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.order import LetterRef, Order
from chalicelib.rules.orders.state import OrderState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.due_dates import day_of, due_date
from chalicelib.rules.tickets.log import Action, Detail
from chalicelib.rules.tickets.outbox import Audience, Delivery, Outbox, Purpose, Stage
from chalicelib.rules.tickets.ticket import AFTERCARE, LogEntry

RECEIVED = "received"
"""What a confirmation is about that accepts nothing, because the order is held. Otherwise it is about ""."""
NO_ADDRESS = "no_address"
SILENT = "silence"
MOST_LETTERS, MOST_MAILS, MOST_LOGGED = 80, 60, 100
OWNER, TEAM = ("owner",), ("team",)


def owe(order: Order, purpose: Purpose, context: RuleContext, about: str = "") -> Order:
    """The order with a letter owed to its customer. Without an address that takes mail, the shop is told instead."""
    state = state_of(order.events)
    to = state.basket.buyer.address if state.basket else ""
    if not is_address(to):
        return _untellable(order, context)
    spoken = _speaking(order, state, context)
    silence = spoken.clocks.named(SILENCE)
    next_word = day_of(due_date(silence), context.shop.hours.zone) if silence and silence.running else None
    letter = LetterRef(purpose, about, context.at, next_word)
    return _queued(spoken, letter, [Delivery(purpose, to, about=about)], context)


def _untellable(order: Order, context: RuleContext) -> Order:
    """The order of a buyer whom no letter reaches: the shop is told, once, and no promise to tell them runs."""
    unmet = (each.name for each in order.clocks.unmet.only(CONFIRM, SILENCE, TELL_STOCK))
    after = replace(order, clocks=order.clocks.without(*unmet))
    return after if was_owed(order, Purpose.ORDER_TASK, NO_ADDRESS) else task(after, NO_ADDRESS, TEAM, context)


def task(order: Order, about: str, roles: Iterable[str], context: RuleContext) -> Order:
    """The order with a mail owed to these people of the shop: something about it waits for them."""
    mails = [Delivery(Purpose.ORDER_TASK, to, about=about) for to in people(context.shop, roles)]
    return _queued(order, LetterRef(Purpose.ORDER_TASK, about, context.at), mails, context) if mails else order


def people(shop: Shop, roles: Iterable[str]) -> tuple[str, ...]:
    """The addresses of these roles, each once. An order has no assignee: all agents who are notified stand in, or the
    owners."""
    owners = [agent.address for agent in shop.agents if agent.role == "owner"]
    team = [agent.address for agent in shop.agents if agent.notify] or owners
    return tuple(dict.fromkeys(address for role in roles for address in (owners if role == "owner" else team)))


def was_owed(order: Order, purpose: Purpose, about: str = "") -> bool:
    return any((letter.purpose, letter.about) == (purpose, about) for letter in order.letters)


def letter_of(order: Order, delivery: Delivery) -> LetterRef | None:
    """What a mail of the order's outbox says."""
    said = (delivery.purpose.value, delivery.about)
    return next((each for each in reversed(order.letters) if (each.purpose, each.about) == said), None)


def unsaid(order: Order, purpose: Purpose, about: str = "") -> Order:
    """The order without a letter that has become pointless, unless its mail may be on its way or was sent."""
    box = order.outbox
    if box is None or box.stage is Stage.CLAIMED or not waits(order, purpose, about):
        return order
    gone = [mail for mail in box.owed() if (mail.purpose, mail.about) == (purpose, about)]
    left = replace(box, deliveries=tuple(mail for mail in box.deliveries if mail not in gone))
    newest = max(index for index, each in enumerate(order.letters) if (each.purpose, each.about) == (purpose, about))
    letters = order.letters[:newest] + order.letters[newest + 1 :]
    return replace(order, letters=letters, outbox=left if left.owed() else replace(left, stage=Stage.DONE))


def waits(order: Order, purpose: Purpose, about: str = "") -> bool:
    """Whether such a mail is owed and nobody is sending it: it will say how things stand when it is sent."""
    box = order.outbox
    if box is None or box.stage is Stage.CLAIMED:
        return False
    return any((mail.purpose, mail.about) == (purpose, about) for mail in box.owed())


def noted(order: Order, context: RuleContext, action: Action, *details: Detail, actor: str = AFTERCARE) -> Order:
    """The order with an entry in its log, which keeps the newest. No entry has an address of a customer."""
    entry = LogEntry(context.at, actor, action, details)
    return replace(order, log=(*order.log, entry)[-MOST_LOGGED:])


def _speaking(order: Order, state: OrderState, context: RuleContext) -> Order:
    """The order whose customer hears from us now, so that the next word is due later."""
    if finished(order, state) or state.basket is None:
        return order
    return replace(order, clocks=order.clocks.put(clock(SILENCE, context.shop.orders.silence, context.at, context)))


def _queued(order: Order, letter: LetterRef, mails: list[Delivery], context: RuleContext) -> Order:
    box = order.outbox
    queued = boxes.add(_pruned(box), mails, context.at) if box else boxes.queue(mails, context.at)
    return replace(order, letters=_remembered((*order.letters, letter)), outbox=queued)


def _pruned(box: Outbox) -> Outbox:
    """Without the oldest mails that are settled, so that the outbox stays small."""
    settled = [mail for mail in box.deliveries if mail not in box.owed()]
    gone = set(settled[: max(len(settled) - MOST_MAILS, 0)])
    return replace(box, deliveries=tuple(mail for mail in box.deliveries if mail not in gone))


def _remembered(letters: tuple[LetterRef, ...]) -> tuple[LetterRef, ...]:
    """The newest letters. Those to the customer are remembered longest: most of them are owed once only."""
    for forgettable in ((Purpose.ORDER_TASK,), (Purpose.ORDER_STATUS,), tuple(Purpose)):
        surplus = max(len(letters) - MOST_LETTERS, 0)
        old = [index for index, each in enumerate(letters) if Purpose(each.purpose) in forgettable][:surplus]
        letters = tuple(each for index, each in enumerate(letters) if index not in old)
    return letters


def told_customer(order: Order) -> LetterRef | None:
    """The latest letter to the customer."""
    letters = (each for each in reversed(order.letters) if Purpose(each.purpose).audience is Audience.CUSTOMER)
    return next(letters, None)
