"""What a mail's sending, or its final failure, changes on the ticket: a promise is moved, a ticket is closed.

Both are committed together with the record of the sending itself, so that neither exists without the other (decision
36).
"""

from dataclasses import replace

from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.intake.opening import notifications
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import concluding, extending
from chalicelib.rules.tickets.clocks import ANSWERS, RESOLVE, RuleContext
from chalicelib.rules.tickets.messages import Message, Visibility
from chalicelib.rules.tickets.outbox import Audience, Delivery, Purpose, claimed_at
from chalicelib.rules.tickets.ticket import Change, Ticket, evolve, kept

# The purposes of mails that change the ticket when they are sent.
TELLING = (Purpose.EXTENSION, Purpose.FINAL_ANSWER)


def has_effect(item: OutboxItem, purpose: str) -> bool:
    """Whether the mail's sending, or its failure, changes the item's ticket."""
    return not isinstance(item, Ticket) and (purpose in TELLING or item.visibility is Visibility.HELD)


def with_effect(noted: Change, ticket: Ticket, message: Message, purpose: Purpose, context: RuleContext) -> Change:
    """The change that records the mail as sent, with the effect on its ticket."""
    if message.visibility is Visibility.HELD:
        from chalicelib.rules.procedure.answers import holding  # few answers are held

        log, counts = holding.left(ticket, message, context)
        said = replace(noted.messages[0], visibility=Visibility.SHARED)
        after = holding.as_left(ticket, message, context)
        noted = replace(noted, ticket=evolve(after), messages=(said,), log=(*noted.log, *log), sla_counts=counts)
        ticket = after
    if purpose is Purpose.EXTENSION:
        after, log = extending.extension_sent(ticket, message.id, context)
        return replace(noted, ticket=evolve(after), log=(*noted.log, *log))
    if purpose is Purpose.FINAL_ANSWER:
        after, log = concluding.final_answer_sent(
            ticket, message.id, context, claimed_at(noted.messages[0].outbox, context.at)
        )
        # If the sending is recorded twice, by the sender and by the mail service's event, the promises count once. What
        # was promised for newer words is still to be kept.
        written = message.at if concluding.turned(ticket, message.at) else None
        sla_counts = kept(ticket, (*ANSWERS, RESOLVE), context.at, written) if log else ()
        return replace(noted, ticket=evolve(after), log=(*noted.log, *log), sla_counts=sla_counts)
    return noted


def without_effect(noted: Change, ticket: Ticket, message: Message, purpose: Purpose, context: RuleContext) -> Change:
    """The change that records the mail as refused for good. The message becomes internal, so that the customer's page
    does not show it either."""
    if purpose is Purpose.EXTENSION:
        after = extending.failed(ticket, message.id, context.at)
    elif message.visibility is Visibility.HELD:
        from chalicelib.rules.procedure.answers import holding  # few answers are held

        after = holding.without(ticket, message, context)
    elif purpose is Purpose.FINAL_ANSWER:
        after = concluding.failed(ticket, message.id)
    else:
        return noted
    unsaid = replace(noted.messages[0], visibility=Visibility.INTERNAL)
    return replace(noted, ticket=evolve(after), messages=(unsaid,))


def warning(item: OutboxItem, refused: Delivery, ticket: Ticket, shop: Shop) -> tuple[Delivery, ...]:
    """The mails that notify agents of a mail to somebody else that was refused for good. Agents who still have to be
    notified of the new ticket read there that the acknowledgement was not sent."""
    if refused.purpose.audience is Audience.AGENTS:
        return ()
    owed = item.outbox.owed() if isinstance(item, Ticket) and item.outbox else ()
    expecting = [mail for mail in owed if mail.purpose.audience is Audience.AGENTS]
    mails = notifications(shop, Purpose.UNDELIVERED, ticket.assignee)
    return tuple(mail for mail in mails if not any(other.meant_for(mail.to) for other in expecting))
