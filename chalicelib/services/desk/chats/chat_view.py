"""One chat at the desk: its lines, and beside them what the agent needs to answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.errors import UnknownTicket
from chalicelib.rendering.replies import CannedReply
from chalicelib.rules.chats.lines import id_of
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.messages import Author, Message, Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.chats import looking, reading
from chalicelib.services.chats.reading import Line, Live, Who
from chalicelib.services.desk import offers
from chalicelib.services.desk.orders import beside
from chalicelib.services.desk.orders.beside import Beside
from chalicelib.services.help.fitting import Fitting, fitting
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers import second_reading


@dataclass(frozen=True, slots=True)
class ChatView:
    """`mine`: the agent has the chat; `untaken`: nobody has; `unread`: a second agent has to read what is written.
    `order`: the order that the chat names, whole only if the customer's address is proven: what is said here goes to
    whoever began the chat, and not to that address."""

    live: Live
    mine: bool
    untaken: bool
    unread: bool
    replies: tuple[CannedReply, ...]
    articles: tuple[Fitting, ...]
    order: Beside | None


def live(deps: Deps, shop: Shop, ref: str, agent: Agent, after: int = 0) -> Live:
    """What is new after this line, as this agent sees it: YOU are the agent. Raises UnknownTicket."""
    ticket, messages = _read(deps, shop, ref, after)
    return _shown(deps, shop, ticket, messages, agent, after)


def view(deps: Deps, shop: Shop, ref: str, agent: Agent, language: str) -> ChatView:
    """The whole chat, with what is beside it in this language. Raises UnknownTicket."""
    ticket, messages = _read(deps, shop, ref, 0)
    chat = ticket.chat
    hot = second_reading.heat_of(ticket, messages).hot
    return ChatView(
        live=_shown(deps, shop, ticket, messages, agent, 0),
        mine=bool(chat and chat.open and same(chat.agent, agent.address)),
        untaken=bool(chat and chat.open and not chat.agent),
        unread=second_reading.asked_for(deps, shop, ticket),
        replies=offers.ready_replies(deps, shop, ticket, Person.of(agent), hot=hot),
        articles=fitting(deps, shop, ticket, messages),
        order=_order(deps, ticket, language),
    )


def _order(deps: Deps, ticket: Ticket, language: str) -> Beside | None:
    order = beside.of_ticket(deps, ticket, language)
    return order if order is None or ticket.proven else Beside(order.number, order.ref, order.status, verified=False)


def _read(deps: Deps, shop: Shop, ref: str, after: int) -> tuple[Ticket, Sequence[Message]]:
    """A chat whose time has come is looked after first."""
    found = deps.tickets.lines_after(ref, id_of(max(after, 1)))
    if found[0] and looking.due(deps, found[0]):
        looking.look(deps, found[0])
        found = deps.tickets.lines_after(ref, id_of(max(after, 1)))
    ticket, messages = found
    if ticket is None or ticket.shop != shop.id or ticket.chat is None:
        raise UnknownTicket(ref)
    return ticket, messages


def _shown(deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message], agent: Agent, after: int) -> Live:
    own = {message.fingerprint for message in messages if _is_own(message, agent)}
    seen = reading.shown(deps, shop, ticket, (*(() if after else (ticket.opening,)), *messages))
    return replace(seen, lines=tuple(_turned(line, ticket, own) for line in seen.lines))


def _turned(line: Line, ticket: Ticket, own: set[str]) -> Line:
    if line.who is Who.YOU:
        return replace(line, who=Who.SHOP, name=ticket.requester.called, id="")
    if line.who is Who.SHOP and line.id in own:
        return replace(line, who=Who.YOU)
    return replace(line, id="")


def _is_own(message: Message, agent: Agent) -> bool:
    return message.author is Author.AGENT and same(message.person.address, agent.address)
