"""The help's search where a shop has published answers: the whole route of the warm function, processor time, the best
of five for each question. AWS's answers are those of moto, given before: what is measured is ours and boto3's."""

import random
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from statistics import mean, quantiles
from typing import Any

import pytest

import app
from bench.cold import SHOP, TABLE, request
from bench.figures import Figure
from bench.handlers import CONTEXT, Functions, Moto, on_moto
from bench.help.searching import ALLOWED_MS, GOLDEN
from chalicelib import wiring
from chalicelib.external.help_files import HelpFiles
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from chalicelib.services.products import compared
from tests.support.web import help_centre

FLOOR = "of searches with published answers: bare requests of what is shown, or of all answers"
PUBLISHED = (0, 200, 2_000)
LETTERS, QUESTIONS, REPEATED = 600, 40, 5
SKUS = ("LAMP-1", "LAMP-2", "LAMP-3")
SINCE = datetime(2026, 11, 25, tzinfo=UTC)
# Beside two bare requests, and beside the bare request of all answers.
SEARCH, FIRST = 3, 7


def figures() -> Iterator[Figure]:
    measured = list[Figure]()  # what is printed meanwhile is lost
    asked = [question for question, _ in tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["en"]["asked"]]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HELP_FOLDER", str(help_centre.as_it_ships()))
        with on_moto() as (functions, moto):
            answers, sources, known = _answers(), count(1), 0
            for number in PUBLISHED:
                for answer in islice(answers, number - known):
                    wiring.deps().answers.publish(answer)
                known = number
                measured += _figures(functions, moto, number, asked[:QUESTIONS], sources)
    yield from measured


def _figures(
    functions: Functions, moto: Moto, number: int, asked: list[str], sources: Iterator[int]
) -> Iterator[Figure]:
    if number:
        floor, _ = moto.apart(lambda: _all(functions), REPEATED)
        first, _ = moto.apart(_search(asked[0], next(sources), compared._read.clear), REPEATED)
        yield Figure(f"the first search with {number} answers", 1000 * first, 1000 * floor, "ms", FIRST)
    _search(asked[0], next(sources))()  # reads the answers
    bare, _ = moto.apart(lambda: _shown(functions), REPEATED)
    times = [1000 * moto.apart(_search(question, next(sources)), REPEATED)[0] for question in asked]
    yield Figure(f"a search with {number} answers", mean(times), 1000 * bare, "ms", SEARCH)
    yield Figure(
        f"95 of 100 with {number} answers within, of what is allowed", quantiles(times, n=20)[-1], ALLOWED_MS, "ms", 1.0
    )


def _search(question: str, source: int, before: Callable[[], object] = lambda: None) -> Callable[[], Any]:
    event = request("GET", "help/search", {"accept": "application/json"}, None, source)
    event["queryStringParameters"] = {"lang": "en", "q": question}
    event["multiValueQueryStringParameters"] = {"lang": ["en"], "q": [question]}

    def handle() -> Any:
        before()
        answer = app.app(event, CONTEXT)
        assert answer["statusCode"] == 200, answer
        return answer

    return handle


def _answers() -> Iterator[PublishedAnswer]:
    """Made of the words of the articles that ship."""
    files, chance = HelpFiles(help_centre.as_it_ships()), random.Random(7)
    said = " ".join(files.text(SHOP, "en", each.slug) for each in files.articles(SHOP, "en")).split()
    for place in range(PUBLISHED[-1]):
        key = AnswerKey(SHOP, SKUS[place % len(SKUS)], "en", f"{place:05d}")
        question, answer = (" ".join(chance.choices(said, k=words)) for words in (10, LETTERS // 5))
        yield PublishedAnswer(key, question, answer[:LETTERS], SINCE + timedelta(minutes=place))


def _keys() -> list[dict[str, dict[str, str]]]:
    return [{"pk": {"S": f"QA#{SHOP}#en"}, "sk": {"S": f"{SKUS[at % 3].lower()}#{at:05d}"}} for at in range(6)]


def _shown(functions: Functions) -> object:
    """The least that a search asks: has anything changed, and what is shown."""
    functions.plain["dynamodb"].get_item(TableName=TABLE, Key={"pk": {"S": f"QA#{SHOP}#en"}, "sk": {"S": "#"}})
    return functions.plain["dynamodb"].batch_get_item(RequestItems={TABLE: {"Keys": _keys()}})


def _all(functions: Functions) -> object:
    pages = (
        functions.plain["dynamodb"]
        .get_paginator("query")
        .paginate(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"QA#{SHOP}#en"}},
        )
    )
    return [item for page in pages for item in page["Items"]]
