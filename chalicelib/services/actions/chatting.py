"""What agents do in a chat: take it, say something, end it. What a second reader has to read is not said in a chat
(decision 288)."""

from collections.abc import Mapping, Sequence
from functools import partial

from chalicelib.errors import InvalidFields, NotOpen, UnknownTicket
from chalicelib.rules.chats import lines
from chalicelib.rules.chats.request import words
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.people import Agent
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import Author, Person
from chalicelib.rules.tickets.procedure_facts import ChatEnd
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.chats import looking, places, saying, telling
from chalicelib.services.chats.saying import Said
from chalicelib.services.delivery.ours import own_mails
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers import second_reading
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.filing import IncomingFile


def take(deps: Deps, shop: Shop, ref: str, agent: Agent) -> Ticket:
    """The chat is this agent's, if they have not as many as one may have; of two who take it at one moment one has it.
    Raises InvalidFields, UnknownTicket."""
    ticket = _ticket(deps, shop, ref)
    place = partial(places.of_agent, deps, shop, agent)

    def decide(current: Ticket) -> Change | None:
        try:
            told = telling.taken(current, shop, agent)
            return lines.taken(current, Person.of(agent), place, told, deps.context(shop))
        except NotOpen:
            raise InvalidFields({"action": "chat_over"}) from None

    change = commit_unless_done(deps, ticket, decide, lambda: _ticket(deps, shop, ref), stale=looking.STALE)
    return change.ticket or ticket if change else ticket


def say(
    deps: Deps, shop: Shop, ref: str, fields: Mapping[str, str], agent: Agent, files: Sequence[IncomingFile] = ()
) -> Said:
    """Add the agent's line, once even if it is sent again. Raises InvalidFields, UnknownTicket."""
    ticket, said = _ticket(deps, shop, ref), words(fields, len(files))
    own_mails.refuse(deps, files, "attachments")

    def rule(current: Ticket, inbound: Inbound, mark: str, context: RuleContext) -> Change:
        if second_reading.asked_for(deps, shop, current):  # also if the customer has just written
            raise InvalidFields({"text": "chat_second_reader"})
        return lines.agent_says(current, inbound, mark, context)

    try:
        return saying.say(deps, ticket, Person.of(agent), Author.AGENT, said, rule, files)
    except (NotOpen, InvalidFields) as fault:
        if before := saying.said_before(deps, ticket, Author.AGENT, said, files):
            return before
        raise InvalidFields({"text": "chat_over"} if isinstance(fault, NotOpen) else fault.codes) from None


def end(deps: Deps, shop: Shop, ref: str, agent: Agent, *, by_mail: bool = False) -> Ticket:
    """The agent ends the chat; `by_mail`: before anybody has answered, because the answer goes by mail. Raises
    InvalidFields if it is another agent's, UnknownTicket."""
    ticket = _ticket(deps, shop, ref)
    if ticket.chat and ticket.chat.agent and not same(ticket.chat.agent, agent.address):
        raise InvalidFields({"action": "chat_of_other"})
    answered = ticket.chat is not None and ticket.chat.answered_at is not None
    how = ChatEnd.AS_MESSAGE if by_mail or not answered else ChatEnd.AGENT
    return looking.end(deps, ticket, how, agent.address)


def _ticket(deps: Deps, shop: Shop, ref: str) -> Ticket:
    ticket = deps.tickets.ticket(ref)
    if ticket is None or ticket.shop != shop.id or ticket.chat is None:
        raise UnknownTicket(ref)
    return ticket
