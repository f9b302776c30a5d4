"""Where the policy asks for it, a second agent reads an answer before it leaves (decision 269).

The promises' clocks run on meanwhile: the customer has no answer yet.
"""

from dataclasses import replace

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.answers.holding import kept_back, leaves_at, mail_of, waiting
from chalicelib.rules.tickets.clock_steps import stepped
from chalicelib.rules.tickets.clocks import READ, Clock, RuleContext
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Message, Person, internal_message, system_message
from chalicelib.rules.tickets.money import currency_of
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue, queue_for
from chalicelib.rules.tickets.ticket import Change, LogEntry, Ticket, evolve


def asked_for(ticket: Ticket, shop: Shop) -> bool:
    """Whether the policy asks for a second reader of what is written to this ticket's customer now, by the ticket
    alone. Heat is in the conversation (rules.procedure.answers.heat)."""
    terms = shop.desk.second_reader
    return ticket.kind in terms.kinds or ticket.topic in terms.topics or _costly(ticket, shop)


def _costly(ticket: Ticket, shop: Shop) -> bool:
    """The policy's amount is in the shop's currency. What another currency is worth we do not know, so an amount in one
    is always read."""
    least, remedy = shop.desk.second_reader.amount, ticket.remedy
    if least is None or remedy is None or remedy.amount is None:
        return False
    return remedy.currency != currency_of(shop.country) or remedy.amount >= least


def readers(shop: Shop, writer: str) -> tuple[str, ...]:
    """The addresses of those who are told that an answer waits for them: the other agents who are notified of new
    tickets, or all the others if none is."""
    others = [agent for agent in shop.agents if not same(agent.address, writer)]
    return tuple(agent.address for agent in others if agent.notify) or tuple(agent.address for agent in others)


def remind(ticket: Ticket, clock: Clock, context: RuleContext, id: str) -> tuple[Ticket, Message | None, None]:
    """The ticket after a step of its READ clock, and the message that mails the readers. Nothing of it is logged: no
    promise was broken."""
    after, answer = replace(ticket, clocks=ticket.clocks.update(stepped(clock, context.at))), ticket.held_answer
    if answer is None:
        return after, None, None
    stage = clock.stage(context.at)
    mails = queue((Delivery(Purpose.ANSWER_TO_READ, to) for to in readers(context.shop, answer.by)), context.at)
    message: Message = system_message(id, ticket.ref, context.at, Event.ESCALATION, f"{clock.name} {stage}")
    return after, replace(message, outbox=mails) if mails else None, None


def approve(ticket: Ticket, message: Message | None, reader: Person, context: RuleContext) -> Change | None:
    """Another agent has read the held answer: it leaves as if it had been written now. None if somebody has approved it
    before. Raises InvalidFields, also for the agent who wrote it, and if the ticket has another customer by now: it was
    written for somebody else."""
    answer = ticket.held_answer
    if answer and message and answer.id == message.id and answer.leaves_at:
        return None
    read = _by_another(ticket, message, reader)
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if answer is None or not same(answer.to, ticket.requester.address):
        raise InvalidFields({"action": "answer_for_another"})
    leaves = leaves_at(ticket, context)
    mails = (mail_of(ticket, read),)
    outbox = queue(mails, context.at) if leaves == context.at else queue_for(mails, leaves)
    after = evolve(ticket, held_answer=replace(answer, leaves_at=leaves), clocks=ticket.clocks.without(READ))
    entry = LogEntry(context.at, reader.address, Action.ANSWER_APPROVED)
    return Change(after, (evolve(read, outbox=outbox),), (entry,))


def send_back(
    ticket: Ticket, message: Message | None, id: str, note: str, reader: Person, context: RuleContext
) -> Change | None:
    """Another agent returns the held answer to its writer with a note, which is the message `id`. None if the answer
    was taken back or returned before. Raises InvalidFields."""
    if message and message.event is Event.TAKEN_BACK:
        return None
    read = _by_another(ticket, message, reader)
    if not note.strip():
        raise InvalidFields({"text": "missing"})
    change = kept_back(ticket, read, Action.ANSWER_RETURNED, reader, context)
    return replace(
        change, messages=(*change.messages, internal_message(id, ticket.ref, context.at, reader, note.strip()))
    )


def _by_another(ticket: Ticket, message: Message | None, reader: Person) -> Message:
    read = waiting(ticket, message)
    if ticket.held_answer and ticket.held_answer.leaves_at:
        raise InvalidFields({"action": "answer_approved"})
    if same(read.person.address, reader.address):
        raise InvalidFields({"action": "own_answer"})
    return read
