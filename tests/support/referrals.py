"""A referral to a third party by mail, and the complete text of a mail."""

import base64
import quopri
import re

from tests.support import agents
from tests.support.agents import ADA, MIRA, acts
from tests.support.store.fakes import World
from tests.support.store.mailer import SentMail


def refer(world: World, *facts: str, to: str = "swiftparcel") -> SentMail:
    """Make the referral; return the mail to the third party."""
    acts(world, "refer", to=to, facts=list(facts), text="Where is this parcel?")
    agents.stream(world)
    return next(mail for mail in world.mailer.sent if mail.recipient not in (MIRA, ADA))


def all_said(mail: SentMail) -> str:
    """A mail's raw bytes and all its decoded texts, as one text."""
    raw = mail.raw.decode()
    parts = [part.get_payload(decode=True) for part in mail.mail.walk() if not part.is_multipart()]
    decoded = [part.decode() for part in parts if isinstance(part, bytes)]
    tokens = re.findall(r"/[tf]/([\w-]+)", "".join(decoded))
    opened = [base64.urlsafe_b64decode(token[1:] + "==").decode(errors="replace") for token in tokens]
    headers = [f"{name}: {value}" for name, value in mail.mail.items()]
    return "\n".join((raw, quopri.decodestring(mail.raw).decode(errors="replace"), *decoded, *headers, *opened))


def unwrapped(text: str) -> str:
    return " ".join(text.replace("\n> ", " ").split())
