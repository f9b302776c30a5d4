"""One person's records do not contain other people's data."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.privacy.redaction import Redactor
from chalicelib.rules.tickets.messages import Author, Message, Person
from tests.support import samples

MIRA = "mira.holm@example.com"
REDACTOR = Redactor(samples.northlight(), MIRA, ("[agent]", "[other]"))
JO = Person("Jo Bystander", "jo@example.org")


def wrote(author: Author, person: Person) -> Message:
    return replace(samples.ticket().opening, author=author, person=person)


class TestTexts:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Write to jo@example.org.", "Write to [other]."),
            ("Ada is ada@northlight.example", "Ada is [agent]"),
            ("I am MIRA.holm@example.com!", "I am MIRA.holm@example.com!"),
            ("care+nl7k3@help.northlight.example", "care+nl7k3@help.northlight.example"),
            ("care+x@example.org", "[other]"),
            ("care@help.northlight.example helps", "care@help.northlight.example helps"),
            ("claims@swiftparcel.example has it", "claims@swiftparcel.example has it"),
            ("<jo@example.org>, (jo@example.org)", "<[other]>, ([other])"),
            ("5 @ 3 €, or @home", "5 @ 3 €, or @home"),
        ],
    )
    def test_addresses_of_other_private_people_are_hidden(self, text: str, shown: str) -> None:
        assert REDACTOR.text(text) == shown

    def test_participants_names_are_hidden_as_whole_words(self) -> None:
        redactor = REDACTOR.of_ticket(samples.ticket(), [wrote(Author.OTHER, JO)])
        assert (
            redactor.text("Jo Bystander and Jo Bystanders, says Ada Lindqvist")
            == "[other] and Jo Bystanders, says [agent]"
        )

    def test_the_persons_own_name_stays_even_if_another_has_it(self) -> None:
        namesake = Person("Mira Holm", "other.mira@example.org")
        redactor = REDACTOR.of_ticket(samples.ticket(), [wrote(Author.OTHER, namesake)])
        assert redactor.text("Mira Holm <other.mira@example.org>") == "Mira Holm <[other]>"

    @given(
        st.lists(
            st.sampled_from(["jo@example.org", "Jo Bystander", MIRA, " ", "words", "\n", "ada@northlight.example"])
        )
    )
    def test_no_address_of_another_person_is_left(self, parts: list[str]) -> None:
        redactor = REDACTOR.of_ticket(samples.ticket(), [wrote(Author.OTHER, JO)])
        shown = redactor.text(" ".join(parts))
        assert not re.search("jo@|Bystander|ada@", shown)
        assert shown.count(MIRA) == parts.count(MIRA)


class TestAuthors:
    @pytest.mark.parametrize(
        ("author", "person", "shown"),
        [
            (Author.CUSTOMER, Person("Mira Holm", MIRA), "Mira Holm"),
            (Author.CUSTOMER, Person("", MIRA.upper()), MIRA.upper()),
            (Author.CUSTOMER, JO, "[other]"),
            (Author.OTHER, JO, "[other]"),
            (Author.AGENT, Person("Ada Lindqvist", "ada@northlight.example"), "[agent]"),
            (Author.SYSTEM, Person("", ""), "Northlight Lamps"),
            (Author.THIRD_PARTY, Person("SwiftParcel", "claims@swiftparcel.example"), "SwiftParcel"),
            (Author.THIRD_PARTY, Person("Kim Courier", "kim@swiftparcel.example"), "[other]"),
        ],
    )
    def test_only_the_person_and_companies_are_named_as_authors(
        self, author: Author, person: Person, shown: str
    ) -> None:
        assert REDACTOR.author(wrote(author, person)) == shown
