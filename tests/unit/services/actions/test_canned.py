"""The values of ready replies: no reply promises a day that is over, and none is offered that lacks a value."""

from datetime import timedelta

import pytest

from chalicelib.rendering import replies
from chalicelib.rules.procedure import concluding
from chalicelib.rules.tickets.clocks import ANSWERS, RESOLVE
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import canned
from tests.support import agents, samples
from tests.support.agents import ADA
from tests.support.store.fakes import World

AGENT = Person("Ada", ADA)
LANGUAGES = replies.languages()


@pytest.mark.parametrize("kind", samples.northlight().kinds)
@pytest.mark.parametrize("late", [False, True])
def test_no_reply_promises_a_day_that_is_over(world: World, kind: str, late: bool) -> None:
    ticket = agents.opened(world, kind=kind)
    for name, value in ((RESOLVE, "resolve_by"), (ANSWERS[0], "answer_by")):
        clock = ticket.clock(name)
        world.clock.at = clock.due + timedelta(days=1 if late else -1) if clock else world.clock.at
        assert (value in canned.values(world.deps, world.shop, ticket, AGENT)) is (clock is not None and not late)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", samples.northlight().kinds)
def test_heat_is_calmed_on_every_ticket_whatever_is_late(world: World, kind: str, language: str) -> None:
    ticket = agents.opened(world, kind=kind, language=language)
    world.clock.advance(days=400)
    known = canned.values(world.deps, world.shop, ticket, AGENT).keys()
    calming = [reply for reply in replies.offered(language, kind, ticket.topic, hot=True) if reply.calm]
    assert any(set(reply.variables) <= known for reply in calming)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reply_to_a_lawyers_threat_names_who_else_decides_and_the_next_step(world: World, language: str) -> None:
    ticket = agents.opened(world, language=language)
    (body, *_) = concluding.bodies(ticket, world.deps.context(world.shop))
    text = canned.text(world.deps, world.shop, ticket, AGENT, "calm_lawyer")
    assert body.name in text
    assert canned.values(world.deps, world.shop, ticket, AGENT)["resolve_by"] in text
