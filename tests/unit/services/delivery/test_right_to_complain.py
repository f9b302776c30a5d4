"""Mails about personal data name where people may complain: the authority, and in the United Kingdom the shop too."""

from dataclasses import replace

import pytest

from chalicelib.rules.tickets.ticket import Change
from tests.support import agents, samples
from tests.support.agents import MIRA, acts
from tests.support.store.fakes import World

RIGHT, FORM = "Your right to complain", "kind=privacy_complaint"
AUTHORITY = "You can also complain to this data protection authority:"


def says(world: World) -> str:
    """The latest mail to the customer, as text and page, with its lines joined."""
    agents.stream(world)
    mail = world.mailer.to(MIRA)[-1]
    return " ".join(mail.text.split())


def opened(world: World, kind: str, country: str | None = None) -> None:
    ticket = replace(samples.ticket(samples.REF, world.clock(), kind=kind), country=country)
    world.store.commit(Change(ticket))
    agents.stream(world)
    world.mailer.sent.clear()


@pytest.mark.parametrize("country", ["GB", None])
def test_an_answer_to_a_data_request_names_the_right_where_somebody_is_in_the_uk(
    world: World, country: str | None
) -> None:
    opened(world, "data_request", country)
    acts(world, "answer", text="Here is your data.")
    said = says(world)
    assert (RIGHT in said, FORM in said) == ((True, True) if country == "GB" else (False, False))


def test_nobody_takes_part_with_an_authority_or_does_not(world: World) -> None:
    """An authority decides by law. Only the procedure of another body is something that one takes part in."""
    for authority in (True, False):
        body = replace(world.shop.bodies[-1], countries=("DE",), kinds=("data_request",) if authority else ())
        world.with_shop(bodies=(body,))
        opened(world, "data_request", "DE")
        acts(world, "conclude", outcome="upheld", text="Here is your data.", settled=False)
        said = says(world)
        assert body.name in said
        assert ("part in its procedure" in said) is not authority
        assert body.authority is authority
        world.store.tickets.clear()
        world.store.messages.clear()


def test_a_final_answer_to_a_data_request_names_it_and_the_authority_once(world: World) -> None:
    authority = replace(world.shop.bodies[-1], countries=("GB",))
    world.with_shop(bodies=(authority,))
    for settled in (True, False):
        opened(world, "data_request", "GB")
        acts(world, "conclude", outcome="upheld", text="Here is your data.", settled=settled)
        said = says(world)
        assert RIGHT in said
        assert said.count(AUTHORITY) == said.count(authority.name) == 1
        world.store.tickets.clear()
        world.store.messages.clear()


def test_a_final_answer_to_a_privacy_complaint_names_the_authority_even_if_settled(world: World) -> None:
    opened(world, "privacy_complaint")
    acts(world, "conclude", outcome="upheld", text="We stopped it.", settled=True)
    said = says(world)
    assert AUTHORITY in said
    assert "Berliner Beauftragte" in said
    assert "take part in its procedure" not in said
    assert RIGHT not in said
