"""How many chats wait until somebody takes them, as agents who are in another one are told (decision 324)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.rendering import words
from chalicelib.rules.bells.connections import Bell
from chalicelib.rules.chats.untaken import rings_at
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.chats import places
from chalicelib.services.ports.deps import Deps

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Untaken:
    """`count`: how many wait; `rung`: how many of them so long that all who are there are rung; `next_ms`: in how many
    milliseconds there is one more of these, 0 if none of those that wait now becomes one."""

    count: int = 0
    rung: int = 0
    next_ms: int = 0

    def said(self, language: str) -> str:
        """The sentence for agents; "" if nobody waits."""
        if not self.count:
            return ""
        key = "desk.chats.unanswered" if self.rung else "desk.chats.untaken"
        return words.phrase(language, key, self.count).format(count=self.count)


def seen(deps: Deps, shops: Iterable[Shop], but: str = "") -> Untaken:
    """Those of these shops. `but`: the reference of the chat that is shown, which is not counted."""
    running = ((shop, each) for shop in shops if shop.chat.offered for each in places.running(deps, shop))
    return counted(deps, ((shop, ticket) for shop, ticket in running if ticket.ref != but))


def counted(deps: Deps, running: Iterable[tuple[Shop, Ticket]]) -> Untaken:
    """Those of these running chats."""
    now, rings = deps.now(), list[datetime]()
    for shop, ticket in running:
        if ticket.chat and (at := rings_at(ticket.chat, deps.context(shop))):
            rings.append(at)
    to_come = [at for at in rings if at > now]
    # Never a moment too early: who asks again then finds it rung.
    next_ms = -((now - min(to_come)) // _MS) if to_come else 0
    return Untaken(len(rings), len(rings) - len(to_come), next_ms)


def ring(deps: Deps, shop: Shop) -> None:
    """Ring at the pages of agents who have a chat of this shop: another waits for long. Their pages would see it by
    themselves, but browsers slow down those that are hidden."""
    if not deps.live_url:
        return
    for ticket in places.read(deps, shop):
        if ticket.chat and ticket.chat.agent:
            deps.ringing.pass_on(Bell(ticket.ref, waits=True))
