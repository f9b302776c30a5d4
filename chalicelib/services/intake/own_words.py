"""The agent's own new text for the customer, without the words of our notification that they answer."""

import re

from chalicelib.mail.attachments import invitations
from chalicelib.mail.charsets import charsets
from chalicelib.mail.gateways import gateway_lines
from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.signatures import signatures
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.own_lines import without_ours
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.delivery.ours import our_words


def for_customer(shop: Shop, mail: InboundMail, ticket: Ticket | None) -> str:
    """An agent's text for the customer; "" if there is none."""
    new = submission.clean(mail.new)
    own = without_ours(new, our_words.of_ticket(shop, ticket), (shop.name, *shop.addresses))
    if own != new:
        # A signature or a phone's footer was above our words; only now it is at the end, where it is recognised.
        author = mail.sender.name if mail.sender else ""
        lines = gateway_lines.above_a_quotation(own.split("\n"))
        own = signatures.said("\n".join(signatures.without(lines, author)), author)
    return _with_proposals(own.strip(), mail, ticket.ref if ticket else "")


def _with_proposals(own: str, mail: InboundMail, ref: str) -> str:
    """Each invitation is said in a line, also if the reading of the mail put that line below what is cut off. A title
    with the ticket's reference is the subject of our mail, which says what is only for agents."""
    calendars = [each for each in mail.attachments if each.content_type == "text/calendar"] if own else []
    lines = [invitations.summary(charsets.decode(each.content, "utf-8", [])) for each in calendars]
    said = "\n".join([own, *dict.fromkeys(line for line in lines if line and line not in own)])
    return (
        re.sub(rf"^({invitations.EVENT}[^\w\n]{{0,9}})[^\n]*\[{re.escape(ref)}\]", r"\1–", said, flags=re.M)
        if ref
        else said
    )
