"""The search over the articles that ship, asked as people ask. The sets say how they were made."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.external.help_files import HelpFiles
from chalicelib.rules.help.searching import search
from chalicelib.rules.help.words import words
from deploy.help.sources import vocabulary
from tests import needs
from tests.support.web import help_centre

HERE = Path(__file__).parent
SHOWN = 3
HELD_OUT = sorted(file.stem for file in HERE.glob("*hold_out.toml"))
OF_SECOND = {
    "twentieth_hold_out": (0.9, 1),
    "twenty_first_hold_out": (0.9, 2),
    "twenty_second_hold_out": (0.9, 5),
    "twenty_third_hold_out": (0.9, 3),
    "twenty_fourth_hold_out": (0.8, 1),
}
"""The sets that ask the second shop, too: the share that is found, and how many are shown what does not answer."""
UNTUNED = "twenty_first_hold_out"
# What was reached: a change that shows more where no article answers, or finds less of the last set, is seen.
FIRST_LOOK = {"en": 0.85, "de": 0.95}
SHOWN_FOR_NOTHING = {"en": 17, "de": 14}
COPIED = 4
HELP = Path(__file__).parents[4] / "templates/help"


FIRST, SECOND = "northlight", "kettle"


def asked_of(name: str, part: str) -> dict[str, Any]:
    read: dict[str, dict[str, Any]] = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    return read[part]


def found(part: str, question: str) -> set[str]:
    """What the shop's search shows first. `part`: of a set: the first shop's language, or the second shop."""
    shop, language = (SECOND, "en") if part == SECOND else (FIRST, part)
    files = HelpFiles(help_centre.as_it_ships())
    index = files.index(shop, language)
    assert index
    return {hit.slug for hit in search(index, files.stem(language), question, SHOWN)}


def share(name: str, part: str) -> float:
    asked = asked_of(name, part)["asked"]
    answered = [question for question, slugs in asked if found(part, question) & set(slugs.split("|"))]
    return len(answered) / len(asked)


def shown_for_nothing(name: str, part: str) -> list[str]:
    return [question for question in asked_of(name, part)["none"] if found(part, question)]


def said(text: str, language: str) -> tuple[str, ...]:
    return tuple(words(text, language))


def compared(language: str) -> list[tuple[str, ...]]:
    """The words of each question that the articles and the language's list have."""
    heads = [file.read_text(encoding="utf-8").split("+++")[1] for file in sorted(HELP.glob(f"*/{language}/*.md"))]
    known = [*vocabulary(HELP, language).elsewhere, *(each for head in heads for each in tomllib.loads(head)["asked"])]
    return [said(each, language) for each in known]


@pytest.mark.parametrize("language", ["en", "de"])
class TestAsked:
    __test__ = needs.FICTIONAL_SHOP.met()

    def test_the_golden_set_is_large_enough(self, language: str) -> None:
        golden = asked_of("golden", language)
        assert len(golden["asked"]) >= 30
        assert len(golden["none"]) >= 10

    def test_the_article_is_among_the_first_three(self, language: str) -> None:
        assert share("golden", language) >= 0.9

    def test_nothing_is_shown_where_no_article_answers(self, language: str) -> None:
        assert shown_for_nothing("golden", language) == []

    @pytest.mark.parametrize("name", HELD_OUT)
    def test_what_others_ask_is_found(self, language: str, name: str) -> None:
        """What a set found at first sight stands in docs/decisions/help.md; this holds what was reached since."""
        assert share(name, language) >= (FIRST_LOOK[language] if name == UNTUNED else 0.85)

    def test_others_are_seldom_shown_what_does_not_answer(self, language: str) -> None:
        shown = [question for name in HELD_OUT for question in shown_for_nothing(name, language)]
        assert len(shown) <= SHOWN_FOR_NOTHING[language]

    def test_nothing_that_is_compared_is_a_literal_copy_of_a_question(self, language: str) -> None:
        """Short fragments such as "cancel my order" are what everybody writes."""
        sets = [asked_of(name, language) for name in ("golden", *HELD_OUT)]
        asked = {said(each, language) for one in sets for each in (*(first for first, _ in one["asked"]), *one["none"])}
        assert sorted(each for each in compared(language) if len(each) >= COPIED and each in asked) == []


class TestSecondShop:
    """Five articles: a word in one or two of them is no rarer than any other."""

    __test__ = needs.FICTIONAL_SHOP.met()

    @pytest.mark.parametrize("name", OF_SECOND)
    def test_what_others_ask_is_found(self, name: str) -> None:
        assert share(name, SECOND) >= OF_SECOND[name][0]

    @pytest.mark.parametrize("name", OF_SECOND)
    def test_others_are_seldom_shown_what_does_not_answer(self, name: str) -> None:
        assert len(shown_for_nothing(name, SECOND)) <= OF_SECOND[name][1]
