"""Looking after a chat when its time has come: by the due-work run, and sooner by whoever reads the chat then."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.rules.chats import ending
from chalicelib.rules.intake.limits import Cause
from chalicelib.rules.tickets.clocks import CHAT
from chalicelib.rules.tickets.procedure_facts import ChatEnd
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, Ticket
from chalicelib.services.chats import present, telling, untaken
from chalicelib.services.ports.conflicts import MessageExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.commits import commit_unless_done

STALE = (VersionConflict, MessageExists)
"""What says that somebody else wrote at the same moment. A number that is taken is such a sign, too."""


def due(deps: Deps, ticket: Ticket) -> bool:
    clock = ticket.clock(CHAT)
    return clock is not None and clock.due <= deps.now()


def look(deps: Deps, ticket: Ticket) -> Ticket:
    """The ticket after what the moment asks for; agents are rung if it asks for that. Several at once do no harm."""
    shop = deps.policy.shop(ticket.shop)
    there: Collection[str] = present.agents(deps, shop)

    def decide(current: Ticket) -> Change | None:
        context = deps.context(shop)
        say, mailed = telling.lines(deps, current), may_mail(deps, current)
        return ending.looked(current, there, say, context, mailed=mailed)

    def reload() -> Ticket:
        return deps.tickets.ticket(ticket.ref) or ticket

    change = commit_unless_done(deps, ticket, decide, reload, stale=STALE)
    after = change.ticket or ticket if change else ticket
    if change and _rung_at(after) not in (None, _rung_at(ticket)):
        untaken.ring(deps, shop)
    return after


def _rung_at(ticket: Ticket) -> datetime | None:
    """When agents were last rung about the chat, as long as it runs."""
    return ticket.chat.rung_at if ticket.chat and ticket.chat.open else None


def end(deps: Deps, ticket: Ticket, how: ChatEnd, actor: str = AFTERCARE) -> Ticket:
    """The ticket after one side has ended the chat; unchanged if it was over."""

    def decide(current: Ticket) -> Change | None:
        if current.chat is None or not current.chat.open:
            return None
        context = deps.context(deps.policy.shop(current.shop))
        return ending.ended(current, how, actor, telling.lines(deps, current), context, mailed=may_mail(deps, current))

    def reload() -> Ticket:
        return deps.tickets.ticket(ticket.ref) or ticket

    change = commit_unless_done(deps, ticket, decide, reload, stale=STALE)
    return change.ticket or ticket if change else reload()


def may_mail(deps: Deps, ticket: Ticket) -> bool:
    """Whether the mail at the end of the chat may be sent: it counts once for each chat, and whoever began it may have
    named somebody else's address."""
    address = ticket.requester.address
    cause = Cause.READER if ticket.proven else Cause.NAMED
    return bool(address) and limiting.may_mail(
        deps, deps.policy.shop(ticket.shop), address, f"chat/{ticket.ref}", cause
    )
