"""Which published answers are found and shown: fair to every product, and only what somebody can open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.help.articles import Article
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from chalicelib.services.products import answers
from chalicelib.services.products import compared as comparing
from chalicelib.services.products.compared import COMPARED, Compared
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


def compared(world: World) -> list[Compared]:
    """What a search compares with the question."""
    index = world.deps.help.index("northlight", "en")
    assert index
    return list(comparing.compared(world.deps, world.shop, "en", index))


def found(world: World) -> list[str]:
    """The SKUs of what a search finds."""
    shown = answers.found(world.deps, world.shop, "en", DIMS)
    return [each.url.partition("?")[0].rpartition("/")[2] for each in shown]


def article(*skus: str) -> Article:
    (first, *_) = samples()
    return replace(first, skus=skus)


def samples() -> Sequence[Article]:
    from tests.support.store import fakes

    return fakes.world().deps.help.articles("northlight", "en")


def test_a_product_late_in_the_alphabet_and_one_with_few_questions_are_compared(world: World) -> None:
    sold(world, "AAA", "MMM", "ZZZ")
    for number in range(300):
        publish(world, "AAA", f"a{number}", 1000 + number)
    publish(world, "MMM", "m", 1)
    publish(world, "ZZZ", "z", 0)
    known = compared(world)
    assert len(known) == COMPARED
    assert {each.key.sku for each in known[:3]} == {"AAA", "MMM", "ZZZ"}


def test_only_the_beginning_of_a_long_answer_is_compared(world: World) -> None:
    sold(world, "AAA")
    publish(world, "AAA", "a", answer=f"begin {'x ' * 300} behind")
    (known,) = compared(world)
    assert "aaa" in known.stems
    assert "dim" in known.stems
    assert "begin" in known.stems
    assert "behind" not in known.stems


def test_answers_are_read_again_only_when_they_changed_and_what_is_shown_each_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, real = list[str](), world.deps.answers.all_published

    def noted(shop: str, language: str) -> Sequence[PublishedAnswer]:
        read.append(language)
        return real(shop, language)

    sold(world, "LAMP-1", "LAMP-2")
    key = publish(world, "LAMP-1", "a")
    with monkeypatch.context() as patched:
        patched.setattr(type(world.deps.answers), "changed", lambda *_: "a mark that was not written")
        assert found(world) == ["LAMP-1"]
        publish(world, "LAMP-2", "b")
        patched.setattr(type(world.deps.answers), "all_published", lambda _, *given: noted(*given))
        assert found(world) == ["LAMP-1"], "nothing says that there is another"
        world.deps.answers.unpublish(key, START)
        assert found(world) == [], "what was taken back is gone at once"
        assert read == []
        world.clock.at += comparing.KEPT
        assert found(world) == ["LAMP-2"]
        assert read == ["en"]


def test_what_is_published_is_found_at_once(world: World) -> None:
    sold(world, "LAMP-1", "LAMP-2")
    publish(world, "LAMP-1", "a")
    assert found(world) == ["LAMP-1"]
    publish(world, "LAMP-2", "b", 1)
    assert found(world) == ["LAMP-2", "LAMP-1"]


def test_what_was_taken_back_since_hides_nothing_behind_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.deps.answers), "changed", lambda *_: "a mark that was not written")
    sold(world, "LAMP-1")
    keys = [publish(world, "LAMP-1", f"{number}", number) for number in range(6)]
    assert len(found(world)) == 3
    for key in keys[3:]:
        world.deps.answers.unpublish(key, START)
    assert len(found(world)) == 3


def test_products_that_left_the_catalogue_are_shown_nowhere(world: World) -> None:
    sold(world, "LAMP-1")
    for sku in ("LAMP-1", "LAMP-2"):
        publish(world, sku, "a")
    assert found(world) == ["LAMP-1"]
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
    near = answers.about(world.deps, world.shop, "en", about)
    assert asked == read
    assert [each.key.sku for each in near] == [sku for sku in ("AUR-1", "LAMP-12", "LAMP-1") if about.about(sku)], (
        "the oldest first, each once"
    )
