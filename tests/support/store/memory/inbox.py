"""A shop's tickets by where they stand, the most urgent first."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.rules.tickets.inbox_keys import place_in_inbox
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.ports.inbox import COUNTED, MAX_TIME, MIN_TIME, Count, Cursor, InboxEntry
from tests.support.store.memory.memory import Port


class InboxIndex(Port):
    """Implements services.ports.inbox.InboxIndex."""

    def inbox(
        self,
        shop: str,
        state: str,
        limit: int,
        since: datetime = MIN_TIME,
        before: datetime = MAX_TIME,
        counted: int = COUNTED,
    ) -> tuple[list[InboxEntry], Count]:
        self._asked("read")
        found = sorted(self._listed(shop, state, since, before), key=lambda entry: entry.at)
        return found[:limit], Count(min(len(found), counted), len(found) > counted)

    def inbox_page(
        self,
        shop: str,
        place: str,
        limit: int,
        after: Cursor | None = None,
        since: datetime = MIN_TIME,
        before: datetime = MAX_TIME,
        newest_first: bool = False,
    ) -> tuple[list[InboxEntry], Cursor | None]:
        self._asked("read")
        within = sorted(self._listed(shop, place, since, before), key=lambda entry: entry.at, reverse=newest_first)
        if after:
            within = [e for e in within if (e.at < after if newest_first else e.at > after)]
        found = within[:limit]
        return found, found[-1].at if len(within) > limit else None

    def quarantined(self, shop: str, limit: int, after: Cursor | None = None) -> tuple[list[Ticket], Cursor | None]:
        self._asked("read")
        kept = {
            InboxEntry.of(ticket).at: ticket
            for ticket in self._memory.tickets.values()
            if ticket.shop == shop and ticket.state is State.QUARANTINED
        }
        places = [place for place in sorted(kept, reverse=True) if after is None or place < after]
        left_off = places[limit - 1] if len(places) > limit else None
        return [kept[place] for place in places[:limit]], left_off

    def _listed(self, shop: str, place: str, since: datetime, before: datetime) -> Iterator[InboxEntry]:
        of_shop = (ticket for ticket in self._memory.tickets.values() if ticket.shop == shop)
        entries = (InboxEntry.of(ticket) for ticket in of_shop if place_in_inbox(ticket) == place)
        return (entry for entry in entries if since <= entry.due < before)
