"""The inbox index: a shop's tickets by list, the most urgent first, in pages of limited size."""

from datetime import datetime
from typing import Any

from chalicelib.aws.table import item_keys, ticket_items
from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.table import Table
from chalicelib.rules.tickets.inbox_keys import CONDEMNED, read_due_clock
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.ports.inbox import COUNTED, MAX_TIME, MIN_TIME, Count, Cursor, InboxEntry

_IN_TIME = "inbox = :inbox AND due BETWEEN :since AND :last"


class InboxIndex:
    """Implements services.ports.inbox.InboxIndex."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def inbox(
        self,
        shop: str,
        state: str,
        limit: int,
        since: datetime = MIN_TIME,
        before: datetime = MAX_TIME,
        counted: int = COUNTED,
    ) -> tuple[list[InboxEntry], Count]:
        """One request for each megabyte of entries: one for `COUNTED` of usual size."""
        found, count, cursor = list[InboxEntry](), 0, dict[str, Any]()
        bounds = _bounds({"S": f"{shop}#{state}"}, since, before)
        while True:
            shown = {} if len(found) < limit else {"Select": "COUNT"}
            # One more than is counted shows whether there are more.
            answer = self._table.query(
                _IN_TIME, bounds, IndexName="inbox", Limit=counted + 1 - count, **shown, **cursor
            )
            found += map(_listed, answer.get("Items", ())[: limit - len(found)])
            count += answer["Count"]
            if count > counted or "LastEvaluatedKey" not in answer:
                return found, Count(min(count, counted), count > counted)
            cursor = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

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
        key = {"S": f"{shop}#{place}"}
        begin = {"ExclusiveStartKey": item_keys.inbox_place(key, after)} if after else {}
        answer = self._table.query(
            _IN_TIME,
            _bounds(key, since, before),
            IndexName="inbox",
            ScanIndexForward=not newest_first,
            Limit=limit,
            **begin,
        )
        found = [_listed(item) for item in answer["Items"]]
        goes_on = found and "LastEvaluatedKey" in answer
        return found, found[-1].at if goes_on else None

    def quarantined(self, shop: str, limit: int, after: Cursor | None = None) -> tuple[list[Ticket], Cursor | None]:
        # One more than `limit` shows whether the list continues.
        pages = [
            self.inbox_page(shop, place, limit + 1, after, newest_first=True)[0]
            for place in (State.QUARANTINED, CONDEMNED)
        ]
        found = sorted((entry for entries in pages for entry in entries), key=lambda entry: entry.at, reverse=True)
        # The index is updated a moment later: a ticket that was just released may still be in it.
        read = (self._table.get(item_keys.ticket_key(entry.ref)) for entry in found[:limit])
        tickets = (ticket_items.read_ticket(item) for item in read if item and "purging" not in item)
        left_off = found[limit - 1].at if len(found) > limit else None
        return [ticket for ticket in tickets if ticket.state is State.QUARANTINED], left_off


def _bounds(inbox: Attributes, since: datetime, before: datetime) -> Attributes:
    """BETWEEN includes its end. No entry is exactly there, because a moment on its own sorts before everything due
    then."""
    return {
        ":inbox": inbox,
        ":since": {"S": item_keys.inbox_moment(since)},
        ":last": {"S": item_keys.inbox_moment(before)},
    }


def _listed(item: Attributes) -> InboxEntry:
    texts = {name: part["S"] for name, part in item.items()}
    clock, unread = read_due_clock(texts.get("due_clock", ""))
    return InboxEntry(
        ref=texts["ref"],
        kind=texts["kind"],
        subject=texts.get("subject", ""),
        name=texts.get("requester_name", ""),
        opened_at=datetime.fromisoformat(texts["opened_at"]),
        due=item_keys.inbox_due(texts["due"]),
        clock=clock,
        assignee=texts.get("assignee", ""),
        channel=texts["channel"],
        topic=texts.get("topic", ""),
        priority=texts.get("priority", "normal"),
        outcome=texts.get("outcome", ""),
        unread=unread,
    )
