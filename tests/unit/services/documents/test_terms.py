"""Which terms a form accepts: the version it showed, else the one in force, and what is stored of it."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.aws.table.codec import attributes, decode
from chalicelib.rules.documents.accepted import AcceptedTerms, How
from chalicelib.services.documents import terms
from chalicelib.services.intake.submitting import Caller, submit
from tests.support.store.fakes import START, World, world

EARLIER, CURRENT = date(2026, 2, 1), date(2026, 11, 1)
FORM = {"email": "mira@example.com", "message": "The shade is cracked.", "language": "de", "terms_accepted": "yes"}


def accepted(world: World, **fields: str) -> AcceptedTerms | None:
    return submit(world.deps, world.shop, FORM | fields, (), Caller("192.0.2.1")).ticket.terms


def test_the_version_that_the_form_showed_is_stored_with_its_digest(world: World) -> None:
    found = accepted(world, terms_version="2026-11-01")
    (_, version, *_) = world.deps.documents.versions("northlight")
    assert found == AcceptedTerms("terms", START, How.CHECKBOX, CURRENT, "de", version.editions["de"].sha256)


def test_a_form_that_was_opened_before_a_change_accepts_what_it_showed(world: World) -> None:
    found = accepted(world, terms_version="2026-02-01")
    assert found
    assert (found.day, found.how) == (EARLIER, How.CHECKBOX)


@pytest.mark.parametrize("said", ["", "2026-11-02", "nonsense"])
def test_a_form_that_names_no_version_accepts_the_one_in_force_and_that_is_said(world: World, said: str) -> None:
    found = accepted(world, terms_version=said)
    assert found
    assert (found.day, found.how) == (CURRENT, How.IN_FORCE)


def test_a_version_to_come_can_not_be_accepted(world: World) -> None:
    world.clock.at = datetime(2026, 10, 31, 9, tzinfo=UTC)
    found = terms.accepted(world.deps, world.shop, "2026-11-01", "en")
    assert found
    assert (found.day, found.how) == (EARLIER, How.IN_FORCE)


def test_the_version_changes_with_the_shops_day(world: World) -> None:
    """Midnight in Berlin is 23:00 in UTC."""
    for hour, expected in ((22, EARLIER), (23, CURRENT)):
        world.clock.at = datetime(2026, 10, 31, hour, tzinfo=UTC)
        shown = terms.shown(world.deps, world.shop)
        assert shown
        assert shown.version == expected


def test_a_box_that_is_not_ticked_accepts_nothing(world: World) -> None:
    assert accepted(world, terms_accepted="") is None


def test_a_shop_with_its_own_page_of_terms_keeps_its_address() -> None:
    kettle = world("kettle").with_shop(terms_url="https://www.kettle.example/terms")
    found = accepted(kettle, language="en")
    assert found == AcceptedTerms("https://www.kettle.example/terms", START, How.CHECKBOX)


def test_a_shop_without_terms_stores_none() -> None:
    assert accepted(world("kettle"), language="en") is None


@pytest.mark.parametrize(
    "stored",
    [
        AcceptedTerms("terms", START, How.CHECKBOX, CURRENT, "de", "0" * 64),
        AcceptedTerms("https://www.kettle.example/terms", START, How.IN_FORCE),
    ],
)
def test_what_is_stored_is_read_again(stored: AcceptedTerms) -> None:
    assert decode(AcceptedTerms, attributes(stored)) == stored
