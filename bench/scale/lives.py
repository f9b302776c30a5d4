"""Many tickets of many customers live from their opening to their deletion (bench.tickets.life), with the shipped
services, rules and store: which partition keys their requests use, and how much of each."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.cost import FORM, Costs
from bench.tickets import life
from bench.tickets.metering import Placed
from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.services.intake import receiving, submitting
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets.reply_tokens import reply_token
from tests.support import samples
from tests.support.store import fakes, tables

LIVES = 10
_DAY, _MONTH = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d")
# Parts of keys that are written in the code; what else stands there is of one ticket, person, word or file.
_WORD = re.compile(r"[a-z_]{1,16}|[A-Z]{1,16}")
# What a due-work run says about itself does not depend on the number of tickets.
_OF_RUNS = "RUN"


class Name(NamedTuple):
    """A form of keys, such as `<shop>#open`, of the table or an index."""

    place: str
    form: str


class Units(NamedTuple):
    """What is used of a key. `transactions`: how many of them write an item there."""

    write_units: float = 0
    read_units: float = 0
    transactions: float = 0

    def plus(self, other: "Units") -> "Units":
        return Units(*map(sum, zip(self, other, strict=True)))

    def times(self, factor: float) -> "Units":
        return Units(*(factor * each for each in self))


@dataclass(slots=True)
class Key:
    """What all lives together used of one key, by the step of a life; in which lives it was used by itself."""

    steps: dict[str, Units] = field(default_factory=dict)
    lives: set[int] = field(default_factory=set)

    @property
    def units(self) -> Units:
        return Units(*map(sum, zip(*self.steps.values(), strict=True)))


@dataclass(frozen=True, slots=True)
class Lived:
    """`keys`: by their form. `requests`: those of a ticket in each step."""

    lives: int
    keys: Mapping[Name, Mapping[str, Key]]
    requests: Mapping[str, float]


def lived(lives: int = LIVES) -> Lived:
    keys: defaultdict[Name, dict[str, Key]] = defaultdict(dict)
    requests: defaultdict[str, float] = defaultdict(float)
    with tables.in_process():
        customers = Customers()
        for step, act in zip(life.STEPS, life.acts(customers), strict=True):
            # The runs by schedule take all tickets at once.
            for number in range(lives) if step.runs else (None,):
                customers.turn_to(number or 0)
                customers.meter.taken()
                act()
                for each in customers.meter.placed():
                    _add(keys, step.name, number, each, customers)
                requests[step.name] += customers.meter.taken().requests
    return Lived(lives, keys, {name: total / lives for name, total in requests.items()})


class Customers(Costs):
    """As many customers as are asked for, each at another place, all at one mail provider and of one shop."""

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[int, str] = {}
        self._number = 0

    def turn_to(self, number: int) -> None:
        self._number, self.source = number, self._sources.get(number, "")

    @property
    def today(self) -> str:
        return f"{self.world.clock.at:%Y-%m-%d}"

    def opens_by_form(self) -> dict[str, object]:
        caller = Caller(f"198.51.100.{self._number}", key=f"form {self._number}")
        about = {"email": self._address, "name": f"Customer{self._number}", "order_number": f"{self._number:06}"}
        self.source = submitting.submit(self.deps, self.world.shop, FORM | about, (), caller).ticket.source
        self._sources[self._number] = self.source
        return {}

    def replies_by_mail(self) -> dict[str, object]:
        token = reply_token(self.deps, self.ticket(self.source), Role.CUSTOMER)
        headers = {"From": self._address, "Message_ID": f"<{self._number}@mail.example>"}
        key = self.world.arrives(fakes.written(text=samples.WORDS, **headers))
        receiving.receive(self.deps, MailReceived(key, (plus_address(self.world.shop.support, token),)))
        return {}

    @property
    def _address(self) -> str:
        return f"customer{self._number}@provider.example"


def _add(keys: defaultdict[Name, dict[str, Key]], step: str, number: int | None, used: Placed, of: Customers) -> None:
    """Add what was used in the life of this number; None stands for all of them."""
    form = form_of(used.key, of.world.shop.id, of.today)
    if form == _OF_RUNS:
        return
    key = keys[Name(used.place, form)].setdefault(used.key, Key())
    key.lives |= set() if number is None else {number}
    more = Units(used.write_units, used.read_units, used.transactions)
    key.steps[step] = key.steps.get(step, Units()).plus(more)


def form_of(key: str, shop: str, today: str) -> str:
    """The key with a word in the place of each part that differs: a day or month, the shop, a shard; "…" for anything
    else."""

    def part_of(part: str) -> str:
        if part == shop:
            return "<shop>"
        if _DAY.fullmatch(part):
            return "<today>" if part == today else "<a day before>"
        if _MONTH.fullmatch(part):
            return "<month>"
        return "<shard>" if part.isdecimal() and len(part) < 3 else part if _WORD.fullmatch(part) else "…"

    return "#".join(map(part_of, key.split("#")))
