"""Which published answers are found and shown: fair to every product, and only what somebody can open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.help import searching
from chalicelib.rules.help.articles import Article
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from chalicelib.services.products import answers
from tests.support.store.fakes import START, World

DIMS = "Does this bulb dim?"


class Known:
    """A catalogue of these products, in the place of the file."""

    def __init__(self, *skus: str) -> None:
        self._skus = {sku.lower(): sku for sku in skus}

    def product(self, shop: str, sku: str) -> object:
        return Named(f"Bulb {self._skus[sku.lower()]}") if sku.lower() in self._skus else None


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


def publish(world: World, sku: str, id: str, minutes: int = 0, answer: str = "Yes, it dims.") -> AnswerKey:
    key = AnswerKey("northlight", sku, "en", id)
    world.deps.answers.publish(PublishedAnswer(key, DIMS, answer, START + timedelta(minutes=minutes)))
    return key


def sold(world: World, *skus: str) -> World:
    world.deps = replace(world.deps, catalogue=Known(*skus))  # type: ignore[arg-type]
    return world


def compared(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a search compares with the question."""
    seen: list[str] = []

    def among(*given: object) -> tuple[int, ...]:
        texts = given[3]
        assert isinstance(texts, list)
        seen.extend(texts)
        return ()

    monkeypatch.setattr(searching, "among", among)
    answers.found(world.deps, world.shop, "en", DIMS)
    return seen


def article(*skus: str) -> Article:
    (first, *_) = samples()
    return replace(first, skus=skus)


def samples() -> Sequence[Article]:
    from tests.support.store import fakes

    return fakes.world().deps.help.articles("northlight", "en")


def test_a_product_late_in_the_alphabet_and_one_with_few_questions_are_compared(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold(world, "AAA", "MMM", "ZZZ")
    for number in range(300):
        publish(world, "AAA", f"a{number}", 1000 + number)
    publish(world, "MMM", "m", 1)
    publish(world, "ZZZ", "z", 0)
    texts = compared(world, monkeypatch)
    assert len(texts) == answers._COMPARED
    assert {text.split()[1] for text in texts[:3]} == {"AAA", "MMM", "ZZZ"}


def test_only_the_beginning_of_a_long_answer_is_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sold(world, "AAA")
    publish(world, "AAA", "a", answer="x" * 5000)
    (text,) = compared(world, monkeypatch)
    assert text.count("x") == 600
    assert text.startswith(f"Bulb AAA {DIMS} ")


def test_products_that_left_the_catalogue_are_shown_nowhere(world: World) -> None:
    sold(world, "LAMP-1")
    for sku in ("LAMP-1", "LAMP-2"):
        publish(world, sku, "a")
    assert [
        each.url.partition("?")[0].rpartition("/")[2] for each in answers.found(world.deps, world.shop, "en", DIMS)
    ] == ["LAMP-1"]
    assert [each.key.sku for each in answers.about(world.deps, world.shop, "en", article("LAMP-*"))] == ["LAMP-1"]


@pytest.mark.parametrize(
    ("patterns", "read"),
    [
        (("LAMP-*",), ["lamp-"]),
        (("LAMP-1",), ["lamp-1"]),
        (("LAMP-1", "AUR-?"), ["aur-", "lamp-1"]),
        (("LAMP-*", "LAMP-1", "LAMP-[12]"), ["lamp-"]),
        (("*", "LAMP-1"), [""]),
    ],
)
def test_an_article_reads_only_what_begins_as_its_products_do(
    world: World, monkeypatch: pytest.MonkeyPatch, patterns: tuple[str, ...], read: list[str]
) -> None:
    sold(world, "LAMP-1", "LAMP-12", "AUR-1")
    for minutes, sku in enumerate(("LAMP-1", "LAMP-12", "AUR-1")):
        publish(world, sku, "a", -minutes)
    asked, real = list[str](), world.deps.answers.all_published

    def noted(shop: str, language: str, begins: str = "") -> Sequence[PublishedAnswer]:
        asked.append(begins)
        return real(shop, language, begins)

    monkeypatch.setattr(type(world.deps.answers), "all_published", lambda _, *given: noted(*given))
    about = article(*patterns)
    found = answers.about(world.deps, world.shop, "en", about)
    assert asked == read
    assert [each.key.sku for each in found] == [sku for sku in ("AUR-1", "LAMP-12", "LAMP-1") if about.about(sku)], (
        "the oldest first, each once"
    )
