"""Mails that did not arrive are kept on a list of their shop, so that admins see them without looking for them."""

from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import UndeliveredMail
from chalicelib.telemetry import count, logger

SHORTENED = "shortened"
"""What became of a mail that ended its senders: only its short form was sent."""


def note_undeliverable(deps: Deps, shop: str, ref: str, mail: Delivery, status: DeliveryStatus) -> None:
    """Put a mail on the list; those to agents are nobody's loss but theirs, unless no other would arrive either. The
    list holds no address and no words: what became of the mail stands on its ticket."""
    if mail.purpose.audience is not Audience.AGENTS or status is DeliveryStatus.SUPPRESSED:
        deps.undeliverable.note_undeliverable(shop, UndeliveredMail(ref, mail.purpose.value, status.value, deps.now()))


def note_shortened(deps: Deps, shop: str, ref: str, mail: Delivery) -> None:
    """Put a mail on the list whose words nobody got by mail. Of those to agents too: something in them is at fault."""
    logger.error("a mail ended its senders and went in short form", extra={"ref": ref, "purpose": mail.purpose})
    count("MailShortened")
    deps.undeliverable.note_undeliverable(shop, UndeliveredMail(ref, mail.purpose.value, SHORTENED, deps.now()))
