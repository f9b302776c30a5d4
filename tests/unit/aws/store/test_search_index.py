"""How words are put into the index: many in one request, none overwritten, none lost."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.store import search_index
from chalicelib.aws.store.search_index import SearchIndex
from chalicelib.aws.table import items
from chalicelib.aws.table.table import Table
from chalicelib.services.ports.search import SearchHit
from tests.support.store import tables
from tests.support.store.fakes import START

NAME, SHOP, HIT = "aftercare", "northlight", SearchHit(START, "NL-00000-00000")
Answer = dict[str, Any]


@pytest.fixture
def client(in_process: None) -> Iterator[Any]:
    client = boto3.client("dynamodb", region_name=tables.REGION)
    tables.create(client, NAME)
    yield client
    client.delete_table(TableName=NAME)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; none takes time."""
    made: list[float] = []
    monkeypatch.setattr("chalicelib.aws.store.search_index.time.sleep", made.append)
    return made


class Busy:
    """A client whose statements are refused with these codes, one list for each request; None lets a statement pass."""

    def __init__(self, client: Any, *refused: list[str | None]) -> None:
        self._client, self._refused = client, iter(refused)
        self.asked: list[list[str]] = []

    def batch_execute_statement(self, Statements: list[Answer]) -> Answer:
        self.asked.append([each["Parameters"][0]["S"].rpartition("#")[2] for each in Statements])
        codes = next(self._refused, [None] * len(Statements))
        passing = [each for each, code in zip(Statements, codes, strict=True) if code is None]
        done = iter(self._client.batch_execute_statement(Statements=passing)["Responses"] if passing else ())
        return {"Responses": [{"Error": {"Code": c, "Message": "x"}} if c else next(done) for c in codes]}


def index(client: Any) -> SearchIndex:
    return SearchIndex(Table(client, NAME))


def found(client: Any, words: list[str]) -> list[str]:
    return [word for word in words if index(client).hits(SHOP, word, 5) == ([HIT], False)]


@pytest.mark.parametrize(("count", "requests"), [(0, 0), (1, 1), (25, 1), (26, 2), (50, 2)])
def test_twenty_five_words_are_one_request(client: Any, count: int, requests: int) -> None:
    words = [f"word{number}" for number in range(count)]
    heard = tables.Requests(client)
    index(client).index_words(SHOP, words, HIT)
    assert heard.names == ["BatchExecuteStatement"] * requests
    assert found(client, words) == words


def test_a_word_that_is_there_already_hinders_no_other_and_is_not_overwritten(client: Any) -> None:
    there = items.word_key(SHOP, "lamp", HIT) | {"mark": {"S": "put before"}}
    client.put_item(TableName=NAME, Item=there)
    index(client).index_words(SHOP, ["shade", "lamp", "socket"], HIT)
    assert found(client, ["shade", "lamp", "socket"]) == ["shade", "lamp", "socket"]
    assert client.get_item(TableName=NAME, Key=items.word_key(SHOP, "lamp", HIT))["Item"] == there


@pytest.mark.parametrize("code", sorted(search_index._BUSY))
def test_only_what_the_table_was_too_busy_for_is_put_again(client: Any, pauses: list[float], code: str) -> None:
    busy = Busy(client, [None, code, code], [code, None])
    index(busy).index_words(SHOP, ["lamp", "shade", "socket"], HIT)
    assert busy.asked == [["lamp", "shade", "socket"], ["shade", "socket"], ["shade"]]
    assert found(client, ["lamp", "shade", "socket"]) == ["lamp", "shade", "socket"]
    assert len(pauses) == 2
    assert all(0 <= made <= most for made, most in zip(pauses, search_index._PAUSES, strict=False))


def test_a_table_that_stays_too_busy_is_an_error_so_that_the_stream_delivers_again(client: Any) -> None:
    tries = 1 + len(search_index._PAUSES)
    again: list[list[str | None]] = [["ThrottlingError"]] * (tries - 1)
    busy = Busy(client, ["ThrottlingError", None], *again)
    with pytest.raises(ClientError) as raised:
        index(busy).index_words(SHOP, ["lamp", "shade"], HIT)
    assert raised.value.response["Error"]["Code"] == "ThrottlingError"
    assert len(busy.asked) == tries
    assert found(client, ["lamp", "shade"]) == ["shade"]


@pytest.mark.parametrize("code", ["AccessDenied", "ValidationError", "ResourceNotFound", "Unheard"])
def test_any_other_error_of_a_statement_is_raised_at_once(client: Any, code: str) -> None:
    busy = Busy(client, ["ThrottlingError", code, None])
    with pytest.raises(ClientError) as raised:
        index(busy).index_words(SHOP, ["lamp", "shade", "socket"], HIT)
    assert raised.value.response["Error"]["Code"] == code
    assert len(busy.asked) == 1


def test_a_table_that_is_not_there_is_an_error(client: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFound"):
        SearchIndex(Table(client, "another")).index_words(SHOP, ["lamp"], HIT)
