"""What it changes on a ticket that a mail was really sent, or never will be: a promise moved, a matter closed.

Both are committed with the note of the sending itself, so that neither stands without the other.
"""

from dataclasses import replace

from chalicelib.rules import concluding, extending
from chalicelib.rules.clocks import ANSWERS, RESOLVE, Moment
from chalicelib.rules.messages import Message, Visibility
from chalicelib.rules.opening import notifications
from chalicelib.rules.outbox import Purpose, add
from chalicelib.rules.tickets import Change, Ticket, evolve, kept

# The mails whose sending changes the ticket.
TELLING = (Purpose.EXTENSION, Purpose.FINAL_ANSWER)


def with_effect(noted: Change, ticket: Ticket, message: Message, purpose: Purpose, moment: Moment) -> Change:
    """The change that notes the mail as sent, and what that does to its ticket."""
    if purpose is Purpose.EXTENSION:
        after, log = extending.told(ticket, message.id, moment)
        return replace(noted, ticket=evolve(after), log=(*noted.log, *log))
    if purpose is Purpose.FINAL_ANSWER:
        after, log = concluding.told(ticket, message.id, moment)
        # Noted twice, by its sender and by the mail service's event, it keeps the promises once.
        tally = kept(ticket, (*ANSWERS, RESOLVE), moment.at) if log else ()
        return replace(noted, ticket=evolve(after), log=(*noted.log, *log), tally=tally)
    return noted


def without_effect(noted: Change, ticket: Ticket, message: Message, purpose: Purpose, moment: Moment) -> Change:
    """The change that notes the mail as refused for good: what it was to tell is as if never said, on the customer's
    page too, and the agents hear of it."""
    if purpose is Purpose.EXTENSION:
        after = extending.failed(ticket, message.id, moment.at)
    elif purpose is Purpose.FINAL_ANSWER:
        after = concluding.failed(ticket, message.id)
    else:
        return noted
    unsaid = replace(noted.messages[0], visibility=Visibility.INTERNAL)
    if unsaid.outbox:
        told = add(unsaid.outbox, notifications(moment.shop, Purpose.UNDELIVERED, ticket.assignee), moment.at)
        unsaid = replace(unsaid, outbox=told)
    return replace(noted, ticket=evolve(after), messages=(unsaid,))
