"""Articles beside the composer: those that may answer what the customer wrote last, in their language."""

from typing import Any

import pytest

from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.help.fitting import fitting
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL, World


def asking(text: str, **changes: Any) -> Ticket:
    return samples.ticket(subject="", text=text, **changes)


@pytest.mark.parametrize("kind", ["question", "complaint", "data_request"])
def test_they_answer_what_was_asked(world: World, kind: str) -> None:
    found = fitting(world.deps, world.shop, asking("My parcel is delayed.", kind=kind, language="en"), ())
    assert [each.title for each in found] == ["My parcel is late"]
    assert found[0].url == f"{PUBLIC_URL}/shops/northlight/help/late-parcel?lang=en"
    assert found[0].text.startswith("Tell us, and we ask the courier.")


def test_they_are_in_the_customers_language(world: World) -> None:
    (found,) = fitting(world.deps, world.shop, asking("Mein Paket ist verspätet", language="de"), ())
    assert found.title == "Mein Paket verspätet sich"


def test_what_no_article_answers_has_none(world: World) -> None:
    assert fitting(world.deps, world.shop, asking("Do you like tulips?", language="en"), ()) == ()
