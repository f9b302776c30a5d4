"""The help's search over 500 articles of 250 words, each with 20 questions that it answers: how large the index is, how
long it takes to load it, and a search. The articles are made of the words of those that ship, the questions are those
of the golden set."""

import json
import random
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import quantiles

from bench.figures import Figure, timed
from chalicelib.external.help_files import HelpFiles
from chalicelib.external.stemming import stemmer
from chalicelib.rules.help import building, index
from chalicelib.rules.help.building import Text
from chalicelib.rules.help.index import Index
from chalicelib.rules.help.searching import search
from chalicelib.rules.help.words import words
from deploy.help.sources import vocabulary
from tests.support.web import help_centre

FLOOR = "the articles' text; json.loads of the index; looking up the question's stems and adding up what they say"
GOLDEN = Path(__file__).parents[2] / "tests/unit/rules/help/golden.toml"
SYNONYMS = Path(__file__).parents[2] / "templates/help"
ARTICLES, WORDS, TITLE, KEYWORDS, ASKED, ASKED_WORDS = 500, 250, 6, 8, 20, 8
SIZE, LOAD, SEARCH = 2.6, 2.5, 50
ALLOWED_MS = 15.0


def figures() -> Iterator[Figure]:
    for language in ("en", "de"):
        yield from _figures(language)


def _figures(language: str) -> Iterator[Figure]:
    texts = list(_texts(language))
    stem = stemmer(language)
    made = building.build(texts, language, stem, vocabulary(SYNONYMS, language))
    written = index.written(made)
    size = len(written.encode()) / 1000
    whole = sum(len(part.encode()) for text in texts for part in (text.body, *text.asked)) / 1000
    yield Figure(f"size of the index, {language}", size, whole, "KB", SIZE)
    yield timed(f"loading it, {language}", partial(index.read, written), partial(json.loads, written), LOAD)
    asked = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))[language]
    questions = [question for question, _ in asked["asked"]] + asked["none"]
    search_all = partial(_each, questions, lambda question: search(made, stem, question, 3))
    look_up = partial(_each, questions, partial(_looked_up, made))
    yield timed(f"searching {len(questions)} times, {language}", search_all, look_up, SEARCH)
    yield Figure(
        f"95 of 100 searches within, {language}, of what is allowed",
        _p95(questions, lambda question: search(made, stem, question, 3)),
        ALLOWED_MS,
        "ms",
        1.0,
    )


def _texts(language: str) -> Iterator[Text]:
    files = HelpFiles(help_centre.as_it_ships())
    listed = files.articles("northlight", language)
    said = " ".join(files.text("northlight", language, each.slug) for each in listed).split()
    chance = random.Random(7)
    for number in range(ARTICLES):
        title, keywords, body = (chance.choices(said, k=length) for length in (TITLE, KEYWORDS, WORDS))
        asked = [" ".join(chance.choices(said, k=ASKED_WORDS)) for _ in range(ASKED)]
        yield Text(f"article-{number:03}", " ".join(title), keywords, (), " ".join(body), asked)


def _each(questions: Sequence[str], do: Callable[[str], object]) -> None:
    for question in questions:
        do(question)


def _looked_up(made: Index, question: str) -> list[tuple[float, int]]:
    said: dict[int, float] = {}
    for word in words(question, made.language):
        for place, impact in made.postings.get(made.words.get(word, ""), ()):
            said[place] = said.get(place, 0.0) + impact
    return sorted(((score, place) for place, score in said.items()), reverse=True)[:3]


def _p95(questions: Sequence[str], do: Callable[[str], object]) -> float:
    _each(questions, do)  # fills caches
    times = []
    for question in [*questions] * 5:
        began = time.perf_counter()
        do(question)
        times.append(1000 * (time.perf_counter() - began))
    return quantiles(times, n=20)[-1]
