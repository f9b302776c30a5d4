"""What the composer says about a messenger: until when it takes an answer, by the moved clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rendering import words
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.desk import ticket_view
from chalicelib.services.desk.answers.reach import Reach
from chalicelib.services.messages import taking
from tests.support import agents
from tests.support.store.fakes import World, world


def reached(here: World, provider: Provider) -> Reach | None:
    if not here.store.tickets:
        who = Handle(provider, "4915123456789")
        taking.take(here.deps, here.shop, Said(Kind.WORDS, who, "200", "m1", here.clock(), "Where is my lamp?", "Mira"))
    (ticket,) = here.store.tickets.values()
    loaded = ticket_view.load(here.deps, ticket.ref, ["northlight"])
    return ticket_view.view(here.deps, loaded, Person("Ada", agents.ADA), "en", "/api").reach


@pytest.mark.parametrize(
    ("provider", "days"), [(Provider.WHATSAPP, 1), (Provider.MESSENGER, 7), (Provider.INSTAGRAM, 7)]
)
def test_an_answer_goes_there_until_the_window_closes(provider: Provider, days: int) -> None:
    here = world()
    until = here.clock() + timedelta(days=days)
    said = reached(here, provider)
    assert said == Reach(provider, False, words.moment(until, here.shop.hours.timezone, "en"))
    here.clock.advance(days=days, minutes=-1)
    assert reached(here, provider) == said
    here.clock.advance(minutes=1)
    over = reached(here, provider)
    assert over
    assert replace(over, templates=()) == Reach(provider, True, said.until)
    assert bool(over.templates) is (provider is Provider.WHATSAPP)


@pytest.mark.parametrize("provider", [Provider.TELEGRAM, Provider.SMS])
def test_where_no_window_closes_an_answer_goes_at_any_time(provider: Provider) -> None:
    here = world()
    assert reached(here, provider) == Reach(provider, False, "")
    here.clock.advance(days=30)
    assert reached(here, provider) == Reach(provider, False, "")


def test_a_customer_by_mail_has_no_such_end() -> None:
    here = world()
    ticket = agents.opened(here)
    loaded = ticket_view.load(here.deps, ticket.ref if ticket else "", ["northlight"])
    assert ticket_view.view(here.deps, loaded, Person("Ada", agents.ADA), "en", "/api").reach is None
