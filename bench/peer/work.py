"""What both do: the shop, and the words of each ticket."""

from dataclasses import dataclass

from tests.support import samples, shops
from tests.support.store import fakes

SHOP = shops.policy().shop("northlight")
AGENT, OWNER = "ada@northlight.example", "tom@northlight.example"
SUBJECT = "Lamp arrived with a cracked shade"
WAITING = tuple(f"Lamp {number} arrived with a cracked shade" for number in range(1, 101))
# How many tickets a page of the list shows, of both by default.
ROWS = 25


@dataclass(frozen=True, slots=True)
class Ticket:
    """One customer writes this; the number makes the address and the Message-ID."""

    number: int
    subject: str = SUBJECT
    words: str = samples.WORDS

    @property
    def sender(self) -> str:
        return f"mira{self.number}@example.com"

    @property
    def raw(self) -> str:
        """The mail."""
        id = f"<{self.number}@mail.example>"
        return fakes.written(f"Mira Holm <{self.sender}>", self.subject, self.words, Message_ID=id).as_string()


@dataclass(frozen=True, slots=True)
class Done:
    """The seconds of the processor; how many mails were sent, and the subjects that were shown."""

    seconds: float
    mails: int = 0
    shown: tuple[str, ...] = ()
