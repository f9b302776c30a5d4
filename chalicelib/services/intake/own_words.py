"""The agent's own new text for the customer, without the words of our notification that they answer."""

from chalicelib.mail.gateways import gateway_lines
from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.signatures import signatures
from chalicelib.rendering import words
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.own_lines import OurWords, without_ours
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.delivery.ours import our_words


def for_customer(shop: Shop, mail: InboundMail, ticket: Ticket | None) -> str:
    """An agent's text for the customer; "" if there is none."""
    new = submission.clean(mail.new)
    own = without_ours(new, _our_words(ticket.ref if ticket else ""), (shop.name, *shop.addresses))
    if own != new:
        # A signature or a phone's footer was above our words; only now it is at the end, where it is recognised.
        author = mail.sender.name if mail.sender else ""
        lines = gateway_lines.above_a_quotation(own.split("\n"))
        own = signatures.said("\n".join(signatures.without(lines, author)), author)
    return own.strip()


def _our_words(ref: str) -> OurWords:
    always = our_words.always()
    marks = [f"{words.phrase(language, 'notification.reference')}: {ref}" for language in words.languages() if ref]
    return OurWords(always.sentences, (*always.marks, *marks), always.lines)
