"""Mails before goods are repaired or replaced tell a consumer in the EU that the choice is theirs."""

from dataclasses import replace

import pytest

from chalicelib.rules.tickets.ticket import Change
from tests.support import agents, samples
from tests.support.agents import MIRA, acts
from tests.support.store.fakes import World

YOURS = {
    "en": "You have the choice between a repair and a replacement",
    "de": "Sie haben die Wahl zwischen Reparatur und Ersatz",
}
LONGER = {
    "en": "the legal guarantee lasts 12 months longer",
    "de": "gilt die gesetzliche Gewährleistung 12 Monate länger",
}


def opened(world: World, language: str, country: str) -> None:
    ticket = samples.ticket(samples.REF, world.clock(), kind="warranty", topic="faulty", language=language)
    world.store.commit(Change(replace(ticket, country=country)))
    agents.stream(world)
    acts(world, "remedy", remedy_kind="repair")
    world.mailer.sent.clear()


def said(world: World) -> list[str]:
    """The latest mail to the customer: as text and as page, each with its lines joined."""
    agents.stream(world)
    mail = world.mailer.to(MIRA)[-1].mail
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [" ".join(part.get_content().split()) for part in parts if part]


@pytest.mark.parametrize("language", YOURS)
@pytest.mark.parametrize("country", ["DE", "GB"])
@pytest.mark.parametrize(
    ("action", "fields"), [("conclude", {"outcome": "upheld", "text": "So it is."}), ("instruct", {"text": "Send it."})]
)
def test_mails_before_the_remedy_say_so_by_country(
    world: World, language: str, country: str, action: str, fields: dict[str, str]
) -> None:
    opened(world, language, country)
    acts(world, action, **fields)
    for part in said(world):
        assert (YOURS[language] in part, LONGER[language] in part) == ((country == "DE"),) * 2


@pytest.mark.parametrize("country", ["DE", "GB"])
def test_a_final_answer_after_the_remedy_says_nothing_of_it(world: World, country: str) -> None:
    opened(world, "en", country)
    acts(world, "remedy_done", text="Done.", tell=False)
    acts(world, "conclude", outcome="upheld", text="So it is.")
    assert not any(YOURS["en"] in part for part in said(world))
