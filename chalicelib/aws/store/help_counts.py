"""Counts of the help centre.

| item | pk | sk |
|---|---|---|
| a day in a language | STAT#<shop> | <day>#<language> |
| a stem that was searched for in vain, or before somebody wrote | STAT#<shop> | WORD#<language>#<blinded stem> |
| the same in letters, with its counts | STAT#<shop> | NAMED#<language>#<blinded stem> |

A stem's item has the numbers of its visitors, and no letters. The item in letters is written by the search with which
enough visitors have used the stem, and never before (decision 227). Only these are read, and not the many others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.aws.table.table import Table

if TYPE_CHECKING:
    from chalicelib.rules.help.gaps import Gap, Helped

_YES, _NO = "yes ", "no "


class _Counter(NamedTuple):
    """The attributes in which a sort of search is counted."""

    of_day: str
    of_word: str


_IN_VAIN, _FOLLOWED = _Counter("in_vain", "times"), _Counter("followed", "followed")
_OF_WORD = (_IN_VAIN.of_word, _FOLLOWED.of_word)


class HelpCounts:
    """Implements services.ports.search.HelpCounts."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def in_vain(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        self._count(shop, language, words, visitor, now, _IN_VAIN)

    def followed(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        self._count(shop, language, words, visitor, now, _FOLLOWED)

    def _count(
        self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime, counter: "_Counter"
    ) -> None:
        from chalicelib.rules.help.gaps import ENOUGH_VISITORS, KEPT, MOST_A_DAY

        if self._add(_day_key(shop, language, now.date()), counter.of_day, now) > MOST_A_DAY:
            return
        for blinded, stem in words.items():
            item = self._table.client.update_item(
                TableName=self._table.name,
                Key=_word_key(shop, language, blinded),
                UpdateExpression=f"ADD {counter.of_word} :one, visitors :visitor SET expires_at = :end",
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":visitor": {"NS": [str(visitor)]},
                    ":end": expiry_at(now + KEPT),
                },
                ReturnValues="ALL_NEW",
            )["Attributes"]
            if len(item["visitors"]["NS"]) >= ENOUGH_VISITORS:
                counts = {name: item[name] for name in (*_OF_WORD, "expires_at") if name in item}
                self._table.put(_named_key(shop, language, blinded) | {"word": {"S": stem}} | counts)

    def gaps(self, shop: str, language: str) -> "Sequence[Gap]":
        from chalicelib.rules.help.gaps import MOST_NAMED, Gap

        values: Any = {":pk": {"S": _partition(shop)}, ":sk": {"S": f"NAMED#{language}#"}}
        found = self._table.query_all("pk = :pk AND begins_with(sk, :sk)", values)
        gaps = (
            Gap(language, item["word"]["S"], _number(item, _IN_VAIN), _number(item, _FOLLOWED))
            for item in islice(found, MOST_NAMED)
        )
        return sorted(gaps, key=lambda gap: gap.word)

    def helped(self, shop: str, language: str, slug: str, *, yes: bool, now: datetime) -> None:
        self._add(_day_key(shop, language, now.date()), f"{_YES if yes else _NO}{slug}", now)

    def answers(self, shop: str, language: str, since: date, until: date) -> "Sequence[Helped]":
        from chalicelib.rules.help.gaps import Helped

        ends = [f"{day:%Y-%m-%d}" for day in (since, until)]
        values: Any = {":pk": {"S": _partition(shop)}, ":since": {"S": ends[0]}, ":until": {"S": f"{ends[1]}#~"}}
        counted: Counter[str] = Counter()
        for item in self._table.query_all("pk = :pk AND sk BETWEEN :since AND :until", values):
            if item["sk"]["S"].endswith(f"#{language}"):
                counted.update({name: int(value["N"]) for name, value in item.items() if name.startswith((_YES, _NO))})
        slugs = sorted({name.removeprefix(_YES).removeprefix(_NO) for name in counted})
        return [Helped(slug, counted[f"{_YES}{slug}"], counted[f"{_NO}{slug}"]) for slug in slugs]

    def _add(self, key: Any, name: str, now: datetime) -> int:
        """One more of the day; returns how many these are."""
        from chalicelib.rules.help.gaps import DAYS_KEPT

        item = self._table.client.update_item(
            TableName=self._table.name,
            Key=key,
            UpdateExpression="ADD #name :one SET expires_at = :end",
            ExpressionAttributeValues={":one": {"N": "1"}, ":end": expiry_at(now + DAYS_KEPT)},
            ExpressionAttributeNames={"#name": name},
            ReturnValues="UPDATED_NEW",
        )["Attributes"]
        return int(item[name]["N"])


def _number(item: Mapping[str, Any], counter: _Counter) -> int:
    return int(item[counter.of_word]["N"]) if counter.of_word in item else 0


def _partition(shop: str) -> str:
    return f"STAT#{shop}"


def _day_key(shop: str, language: str, day: date) -> Any:
    return key_of(_partition(shop), f"{day:%Y-%m-%d}#{language}")


def _word_key(shop: str, language: str, blinded: str) -> Any:
    return key_of(_partition(shop), f"WORD#{language}#{blinded}")


def _named_key(shop: str, language: str, blinded: str) -> Any:
    return key_of(_partition(shop), f"NAMED#{language}#{blinded}")
