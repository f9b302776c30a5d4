"""Lists undelivered mails per shop, so that admins see them without searching."""

from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import UndeliveredMail
from chalicelib.telemetry import count, logger

SHORTENED = "shortened"
"""The status of a mail that made its senders crash: only its short form was sent."""


def note_undeliverable(deps: Deps, shop: str, ref: str, mail: Delivery, status: DeliveryStatus) -> None:
    """Put a mail on the list. A mail to an agent harms only that agent, so it is listed only if the address is
    suppressed and the next mail would not arrive either. The list contains no address and no words: the details are on
    the ticket."""
    if mail.purpose.audience is not Audience.AGENTS or status is DeliveryStatus.SUPPRESSED:
        deps.undeliverable.note_undeliverable(shop, UndeliveredMail(ref, mail.purpose.value, status.value, deps.now()))


def note_shortened(deps: Deps, shop: str, ref: str, mail: Delivery) -> None:
    """Put on the list a mail that was sent without its words. Mails to agents too: something in them is faulty."""
    logger.error(
        "sending this mail crashed its senders; it went in short form", extra={"ref": ref, "purpose": mail.purpose}
    )
    count("MailShortened")
    deps.undeliverable.note_undeliverable(shop, UndeliveredMail(ref, mail.purpose.value, SHORTENED, deps.now()))
