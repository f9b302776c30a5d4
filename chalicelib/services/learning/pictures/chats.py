"""Chats: how many a person answered as soon as promised, by the hour in which they were begun."""

from collections import Counter

from chalicelib.rules.learning.live import CHAT_ENDED, CHAT_KEPT, CHAT_MESSAGE, CHAT_MISSED, CHAT_OPEN
from chalicelib.services.learning.pictures.calls import by_the_shops_clock, hours, share
from chalicelib.services.learning.pictures.picture import Picture, Words, made, percent, two
from chalicelib.services.learning.pictures.reading import Data

_Row = tuple[str, int, int, int, str, int]
_ALL = (CHAT_KEPT, CHAT_MISSED, CHAT_MESSAGE, CHAT_OPEN, CHAT_ENDED)


def by_hour(data: Data) -> Picture:
    """By the shop's clock, from the first hour in which a chat was begun to the last."""
    say, counted = Words(data), by_the_shops_clock(data, "chat")
    rows = [_row(hour, counted) for hour in hours(counted)]
    kept, missed = [row[2] for row in rows], [row[3] for row in rows]
    heads = say.heads("hour", "chats", "in_time", "late", "share_in_time", "messages")
    said = [row[4] if row[2] + row[3] else "" for row in rows]
    names = [row[0] for row in rows]
    bars = two("chats", names, (say("part.in_time"), kept), (say("part.late"), missed), said)
    return made(say, "chats", _title(say, rows), heads, rows, bars if rows else None, upright=True)


def _row(hour: int, counted: Counter[tuple[str, int]]) -> _Row:
    of = {what: counted[what, hour] for what in _ALL}
    kept, missed = of[CHAT_KEPT], of[CHAT_MISSED]
    return f"{hour:02}", sum(of.values()), kept, missed, share(kept, missed), of[CHAT_MESSAGE]


def _title(say: Words, rows: list[_Row]) -> str:
    begun, kept = sum(row[1] for row in rows), sum(row[2] for row in rows)
    late, messages = sum(row[3] for row in rows), sum(row[5] for row in rows)
    if not begun:
        return say("title.chats.none")
    if not kept + late:
        title = say("title.chats.open", begun)
    else:
        title = say("title.chats.some", kept, all=kept + late, percent=percent(kept, kept + late))
    return f"{title} {say('title.chats.messages', messages, all=begun)}" if messages else title
