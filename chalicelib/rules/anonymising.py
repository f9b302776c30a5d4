"""A ticket without one person who took part in it: what they said goes, what others said stays, and the ticket goes on.

Its log stays as it is: it never named anybody but agents.
"""

import re
from dataclasses import replace

from chalicelib.rules import people
from chalicelib.rules.messages import Author, Message, Person
from chalicelib.rules.outbox import Delivery, Outbox, Posting
from chalicelib.rules.tickets import Ticket, evolve

ERASED = "erased"
"""What stands where their address stood; no mail can be sent to it."""
_NOBODY = Person("", "")


def involved(ticket: Ticket, messages: tuple[Message, ...], address: str) -> bool:
    """Whether anything of theirs is left in it."""
    named = (*people.of_ticket(ticket), *(each for message in messages for each in people.of_message(message)))
    texts = (ticket.subject, ticket.opening.text, *(message.text for message in messages))
    return address in named or any(address in text.lower() for text in texts)


def ticket_without(ticket: Ticket, address: str) -> Ticket:
    """The ticket's next version, without them. Where they were its customer, nobody is."""
    theirs, customer = _wrote(ticket.opening, address), ticket.requester.address.lower() == address
    referrals = tuple(
        replace(asked, name=ERASED, address=ERASED) if asked.address.lower() == address else asked
        for asked in ticket.referrals
    )
    return evolve(
        ticket,
        opening=_said_nothing(ticket.opening) if theirs else _unmentioned(ticket.opening, address),
        requester=_NOBODY if customer else ticket.requester,
        subject="" if theirs or customer else masked(ticket.subject, address),
        order_number=None if theirs or customer else ticket.order_number,
        claim=None if theirs or customer else ticket.claim,
        last_message_id=None,
        participants=tuple(each for each in ticket.participants if each.lower() != address),
        referrals=referrals,
        outbox=_unsent(ticket.outbox, address),
    )


def message_without(message: Message, address: str) -> Message | None:
    """The message's next version, None if it is none of theirs and does not mention them."""
    kept = _said_nothing(message) if _wrote(message, address) else _unmentioned(message, address)
    after = replace(kept, outbox=_unsent(message.outbox, address))
    return evolve(after) if after != message else None


def _wrote(message: Message, address: str) -> bool:
    return message.author not in (Author.AGENT, Author.SYSTEM) and message.person.address.lower() == address


def _said_nothing(message: Message) -> Message:
    return replace(
        message,
        person=_NOBODY,
        text="",
        text_key=None,
        files=(),
        raw_key=None,
        message_id=None,
        fingerprint="",
        remarks=(*message.remarks, ERASED),
    )


def _unmentioned(message: Message, address: str) -> Message:
    return replace(message, text=masked(message.text, address))


def masked(text: str, address: str) -> str:
    """The text without the address."""
    return re.sub(re.escape(address), f"[{ERASED}]", text, flags=re.IGNORECASE)


def _unsent(outbox: Outbox | None, address: str) -> Outbox | None:
    """The mails as they were, but for whom those to them went to, and what was said of that."""
    if outbox is None:
        return None
    return replace(outbox, deliveries=tuple(_to_nobody(mail, address) for mail in outbox.deliveries))


def _to_nobody(mail: Delivery, address: str) -> Delivery:
    if mail.to.lower() != address:
        return replace(mail, error=masked(mail.error, address)) if mail.error else mail
    posting = Posting.REFUSED if mail.posting is Posting.OWED else mail.posting
    return replace(mail, to=ERASED, posting=posting, error=None)
