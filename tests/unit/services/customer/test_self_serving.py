"""A customer says that an article answered their ticket: it closes, once, and a mail says so. Nothing else counts as
answered by oneself."""

import re
from typing import Any

import pytest

from chalicelib.errors import InvalidFields, InvalidLink, NotOpen
from chalicelib.rules.policy.promises import KINDS, NO_ARTICLES
from chalicelib.rules.procedure import concluding
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, RESOLVE, RETAIN, REVIEW
from chalicelib.rules.tickets.messages import NOBODY
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Event, State, Ticket, evolve
from chalicelib.services.customer import self_serving
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import MIRA, acts, customer_writes
from tests.support.store.fakes import World


def token(world: World, ticket: Ticket) -> str:
    return links.answered_url(world.deps, ticket).rpartition("/")[2]


def asked(world: World, **changes: Any) -> Ticket:
    return agents.opened(world, **({"kind": "question"} | changes))


def now(world: World) -> Ticket:
    return world.store.tickets[samples.REF]


class TestClosing:
    def test_it_closes_once_with_one_mail(self, world: World) -> None:
        link = token(world, asked(world))
        for press in ("first", "first", "second"):
            self_serving.answered(world.deps, link, press)
        closed = now(world)
        assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.SELF_SERVED)
        assert closed.clock(RETAIN)
        assert agents.log(world)[-1][:2] == ("customer", "closed")
        assert agents.owed(agents.message(world, Event.SELF_SERVED)) == [("self_served", MIRA)]
        agents.stream(world)
        (mail,) = [mail for mail in world.mailer.to(MIRA) if "article" in mail.text]
        assert re.search(r"reply to this email by .* 2026", " ".join(mail.text.split()))

    def test_no_promise_counts_as_kept_and_a_late_one_as_missed(self, world: World) -> None:
        early = asked(world)
        change = concluding.self_served(early, "1", world.deps.context(world.shop))
        assert change
        assert change.sla_counts == ()
        assert change.ticket
        assert not change.ticket.clocks.only(FIRST_ANSWER, RESOLVE).names
        world.clock.advance(days=60)
        late = concluding.self_served(early, "1", world.deps.context(world.shop))
        assert late
        assert sum(count.missed for count in late.sla_counts) >= 1
        assert not sum(count.kept for count in late.sla_counts)

    def test_the_promises_run_until_then(self, world: World) -> None:
        ticket = asked(world)
        token(world, ticket)
        assert now(world).clocks == ticket.clocks
        assert now(world).clocks.only(FIRST_ANSWER).running

    def test_a_reply_opens_it_again_and_the_old_button_does_nothing(self, world: World) -> None:
        link = token(world, asked(world))
        self_serving.answered(world.deps, link, "pressed")
        customer_writes(world, "It did not help after all.")
        assert (now(world).state, now(world).outcome) == (State.OPEN, None)
        self_serving.answered(world.deps, link, "pressed")
        assert now(world).state is State.OPEN
        self_serving.answered(world.deps, link, "pressed anew")
        assert now(world).outcome is Outcome.SELF_SERVED

    def test_nobody_is_asked_how_it_went(self, world: World) -> None:
        self_serving.answered(world.deps, token(world, asked(world)), "pressed")
        assert now(world).clock(REVIEW) is None


class TestNotNow:
    @pytest.mark.parametrize("kind", sorted(NO_ARTICLES))
    def test_what_gets_no_articles_is_never_closed_so(self, world: World, kind: str) -> None:
        ticket = samples.ticket(now=world.clock(), kind=kind)
        world.deps.tickets.commit(Change(ticket))
        with pytest.raises(NotOpen):
            self_serving.answered(world.deps, token(world, ticket), "pressed")
        assert now(world).state is State.OPEN

    def test_every_other_kind_may(self) -> None:
        for kind in KINDS:
            assert concluding.may_be_self_served(samples.ticket(kind=kind)) is (kind not in NO_ARTICLES)

    def test_after_the_shop_has_answered_it_is_the_shops_answer(self, world: World) -> None:
        link = token(world, asked(world))
        acts(world, "answer", text="It comes tomorrow.")
        with pytest.raises(NotOpen):
            self_serving.answered(world.deps, link, "pressed")
        assert now(world).outcome is None

    @pytest.mark.parametrize("state", [State.QUARANTINED, State.WAITING, State.REFERRED, State.CLOSED])
    def test_only_an_open_ticket(self, state: State) -> None:
        ticket = evolve(samples.ticket(kind="question"), state=state)
        with pytest.raises(NotOpen):
            concluding.self_served(ticket, "1", samples.context())

    def test_agents_cannot_say_so(self, world: World) -> None:
        with pytest.raises(InvalidFields):
            concluding.close(asked(world), Outcome.SELF_SERVED, "So", NOBODY, samples.context())


class TestLinks:
    def test_another_link_opens_nothing(self, world: World) -> None:
        ticket = asked(world)
        for other in (links.status_url, links.receipt_url):
            with pytest.raises(InvalidLink):
                self_serving.opened(world.deps, other(world.deps, ticket).rpartition("/")[2])

    def test_it_ends_with_the_tickets_links(self, world: World) -> None:
        ticket = asked(world)
        link = token(world, ticket)
        world.deps.tickets.commit(Change(evolve(ticket, link_version=2)))
        with pytest.raises(InvalidLink):
            self_serving.opened(world.deps, link)
        other = token(world, evolve(ticket, link_version=2))
        world.clock.advance(days=world.shop.link_days + 1)
        with pytest.raises(InvalidLink):
            self_serving.opened(world.deps, other)
