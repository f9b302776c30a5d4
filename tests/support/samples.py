"""Complete, plausible tickets and messages for tests, made by the real rules."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.intake.opening import Inbound, open_ticket
from chalicelib.rules.policy.model import Adverts, Shop
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import AutomaticMark, Surface
from chalicelib.rules.tickets.procedure_facts import AdvertFacts
from chalicelib.rules.tickets.ticket import Change, Channel, Message, Person, Ticket
from chalicelib.rules.timing.periods import Period, Unit
from tests.support import shops
from tests.support.store.fakes import SECRET, START, all_notified

REF = "NL-7K3F9-QXMT2"
WORDS = (
    "The lamp I ordered on 3 November arrived today. The outer box was intact, but the glass shade inside is cracked "
    "from the rim down to the socket, and two of the brass screws for the base are missing. I have attached two "
    "photographs, one of the shade and one of the parts bag. I would like a new shade and the screws, not my money "
    "back, because the lamp is a present for my sister's birthday on 12 December. Could you tell me whether the shade "
    "can be here by then? If not, is there a shop in Berlin where I could collect one? You can also reach me by "
    "telephone after six. Thanks, Mira Holm from Berlin."
)

AUTOMATIC = AutomaticMark("header", "Auto-Submitted: auto-replied")


PERIOD = timedelta(days=2)
"""When, after closing, a shop asks how it went."""
TOLD = AdvertFacts(noticed_at=START)
"""What a ticket says of a customer who was told, in the form, that they may object to adverts."""
ADVERTISES: dict[str, Any] = {"adverts": Adverts("existing_customer"), "review_request": Period(2, Unit.DAYS)}
"""The policy of a shop that asks its customers how it went. Northlight does not."""


def shipped() -> Shop:
    """The shop as in its policy: one of its two agents is notified of new tickets."""
    return shops.policy().shop("northlight")


def northlight() -> Shop:
    """The same shop, with both agents notified of new tickets."""
    return all_notified(shipped())


def advertising(shop: Shop) -> Shop:
    """The shop as it asks its customers how it went."""
    return replace(shop, **ADVERTISES)


def inbound(**changes: Any) -> Inbound:
    """A customer's complaint as the hosted form passes it on."""
    default = Inbound(
        channel=Channel.FORM,
        person=Person("Mira Holm", "mira.holm@example.com"),
        subject="Lamp arrived with a cracked shade",
        text=WORDS,
        source="5c3f0e6c0f5a4d3b9a6f2d1e8b7c4a5d6e7f8091",
        fingerprint="0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        kind="complaint",
        language="en",
        topic="damaged_in_transit",
        order_number="NL-2026-204117",
        confirmed=True,
    )
    return replace(default, **changes)


def context(at: datetime = START) -> RuleContext:
    """A RuleContext at this time, in the shop with all agents notified."""
    shop = northlight()
    return RuleContext(at, shop, holidays_of(shop))


def ticket(ref: str = REF, now: datetime = START, **changes: Any) -> Ticket:
    """The ticket that `inbound` opens."""
    shop = northlight()
    return open_ticket(ref, inbound(**changes), shop, now, holidays_of(shop))


def reply(of: Ticket, id: str = "reply", now: datetime = START, **changes: Any) -> Change:
    """The change for the customer's next message."""
    words: dict[str, Any] = {"text": "Any news?", "channel": Surface.PAGE} | changes
    return replying.customer_adds(of, id, inbound(**words), context(now))


def reply_token(ticket: Ticket, role: Role, referral: int = 0) -> str:
    """The token that assigns a reply to the ticket, in the fake world."""
    life = derived.life_of(ticket.opened_at)
    return derived.token(SECRET, Token(ticket.ref, role, referral, ticket.link_version, life))


def message_of(change: Change) -> Message:
    (message,) = change.messages
    return message
