"""An agent corrects the customer of a ticket: a form, a marketplace or a forward had named somebody else.

Links sent to the wrong person must no longer open the ticket, and mails still owed go to the right one.
"""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import ANSWERS, RuleContext
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Author, Message, Person
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose, Stage, add
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve


def readdress(
    ticket: Ticket,
    messages: Iterable[Message],
    becomes: Person,
    former: tuple[str, ...],
    agent: Person,
    context: RuleContext,
    merged: Iterable[Ticket] = (),
) -> Change | None:
    """The ticket with `becomes` as its customer. `messages`: those that may still owe mails. `former`: the (blinded)
    words under which the ticket was found as somebody else's. `merged`: the tickets merged into it; old links to these
    end too. None if it is already so. The log entry names nobody, because the log outlives the customer. Raises
    InvalidFields."""
    was = ticket.requester
    _refuse(becomes.address, context.shop)
    if becomes == was or (same(becomes.address, was.address) and not becomes.name):
        return None
    another = not same(becomes.address, was.address)
    if another and ticket.held_answer:
        raise InvalidFields({"action": "answer_waiting"})  # it was written for somebody else, perhaps read for them
    right = _right(was, becomes, another=another)
    after = evolve(
        ticket,
        requester=right,
        opening=opening_of(ticket.opening, was, right),
        participants=tuple(each for each in ticket.participants if not same(each, right.address)),
        link_version=ticket.link_version + another,
        # A confirmation by one address does not hold for another.
        identity_confirmed_at=None if another else ticket.identity_confirmed_at,
        unconfirmed=ticket.unconfirmed or another,
        adverts=None if another else ticket.adverts,
        # A messenger's address is the former customer's.
        reached=replace(ticket.reached, by="", also="") if another and ticket.reached else ticket.reached,
        outbox=owed_to(ticket, was.address, right.address, context) if another else ticket.outbox,
        custody=ticket.custody.with_former_words(former),
    )
    return Change(
        after,
        moved(messages, was.address, right.address),
        (LogEntry(context.at, agent.address, Action.READDRESSED),),
        also=tuple(evolve(each, link_version=each.link_version + 1) for each in merged if another),
    )


def _refuse(address: str, shop: Shop) -> None:
    if not is_address(address):
        raise InvalidFields({"address": "not_an_address" if address else "missing"})
    if shop.is_ours(address) or shop.agent(address):
        raise InvalidFields({"address": "address_ours"})


def _right(was: Person, becomes: Person, *, another: bool) -> Person:
    """The corrected customer. A person who gave a phone number without an address stays the same when an address is
    added."""
    somebody_else = another and was.address != ""
    name, phone = ("", "") if somebody_else else (was.name, was.phone)
    return Person(becomes.name or name, becomes.address, phone)


def moved(messages: Iterable[Message], was: str, to: str) -> tuple[Message, ...]:
    """The messages that owe the former address something, owing it to the right one."""
    boxes = [(each, each.outbox.redirect(was, to)) for each in messages if each.outbox]
    return tuple(evolve(each, outbox=box) for each, box in boxes if box != each.outbox)


def opening_of(opening: Message, was: Person, right: Person) -> Message:
    """The opening message becomes the right customer's if it was taken for the former customer's. An agent's stays as
    it is."""
    one = same(opening.person.address, was.address) or (opening.person == was and not was.address)
    taken_for_customers = opening.author is Author.CUSTOMER and one
    remarks = tuple(
        remark for remark in opening.remarks if remark not in (Remark.WHOSE, Remark.ASTRAY, Remark.OWN_ADDRESS)
    )
    return replace(opening, person=right if taken_for_customers else opening.person, remarks=remarks)


def owed_to(ticket: Ticket, was: str, to: str, context: RuleContext) -> Outbox | None:
    """Owed mails go to the right person. That person also gets an acknowledgement, unless the ticket was answered
    before, is closed or is quarantined."""
    box = ticket.outbox.redirect(was, to) if ticket.outbox else Outbox((), Stage.DONE, context.at)
    answered = ticket.clocks.only(*ANSWERS).met
    if answered or box.owes(Purpose.ACKNOWLEDGEMENT) or ticket.state in (State.CLOSED, State.QUARANTINED):
        return box if box.deliveries else ticket.outbox
    return add(box, [Delivery(Purpose.ACKNOWLEDGEMENT, to)], context.at)
