"""The letter of a rendered mail from a shop."""

from datetime import datetime

from chalicelib.mail.composing import Letter
from chalicelib.rendering.pages import RenderedMail
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Person


def service_letter(shop: Shop, to: Person, rendered: RenderedMail, token: str, serial: str, now: datetime) -> Letter:
    """The letter from the shop's support address to this person: automatic, and answering no mail."""
    return Letter(
        sender_name=shop.name,
        sender=shop.support,
        recipient_name=to.name,
        recipient=to.address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        token=token,
        serial=serial,
        date=now,
        automatic="auto-generated",
    )
