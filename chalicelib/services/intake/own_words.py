"""The agent's own new text for the customer, without the words of our notification that they answer."""

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
    return own.strip()
