"""Pages are let in by a pass, hear bells, and are forgotten when they are gone."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import InvalidLink, RateLimited, UnknownTicket
from chalicelib.rules.bells.connections import LIFE, OPENING, PASS_LIFE, TYPING_EVERY, Bell, Side
from chalicelib.rules.intake.limits import PASSES, PASSES_AN_HOUR
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.bells import admitting, connecting, ringing
from chalicelib.services.bells.admitting import Admission
from chalicelib.services.ports.bells.bells import BellDeps, Heard
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.agents import ADA, TOM
from tests.support.bells.fakes import FakeSockets
from tests.support.store.fakes import World, world

_readers = itertools.count(1)
LIVE, OURS = "wss://live.example/api", "https://care.example"


@pytest.fixture
def around() -> World:
    made = world()
    made.deps = replace(made.deps, live_url=LIVE)
    return made


@pytest.fixture
def ticket(around: World) -> Ticket:
    made = samples.ticket()
    around.deps.tickets.commit(Change(made))
    return made


@pytest.fixture
def sockets() -> FakeSockets:
    return FakeSockets()


@pytest.fixture
def deps(around: World, sockets: FakeSockets) -> BellDeps:
    policy = around.deps.policy
    return BellDeps(lambda: policy, OURS, around.store, around.ringing, sockets, around.clock)


def token_of(around: World, ticket: Ticket, side: Side = Side.CUSTOMER) -> str:
    found = admitting.admit(around.deps, ticket.shop, ticket.ref, side, f"reader-{next(_readers)}")
    assert found
    return found.token


def link(around: World, ticket: Ticket) -> str:
    return links.status_url(around.deps, ticket).rpartition("/")[2]


SECOND = timedelta(seconds=1)


class TestAdmitting:
    def test_the_page_of_a_customers_link_gets_a_pass(self, around: World, ticket: Ticket, deps: BellDeps) -> None:
        found = admitting.admit_customer(around.deps, link(around, ticket))
        assert isinstance(found, Admission)
        assert found.url == LIVE
        assert connecting.connect(deps, "c1", found.token, OURS)
        (made,) = around.store.connections(ticket.ref, around.clock.at)
        assert (made.side, made.ref) == (Side.CUSTOMER, ticket.ref)

    def test_the_table_does_not_know_the_token(self, around: World, ticket: Ticket) -> None:
        token = token_of(around, ticket)
        assert token not in str(around.store.passes)

    def test_a_receipt_rings_for_nobody(self, around: World, ticket: Ticket) -> None:
        """Its holder is not to learn when others write."""
        token = links.receipt_url(around.deps, ticket).rpartition("/")[2]
        assert admitting.admit_customer(around.deps, token) is None

    def test_a_forged_link_gets_none(self, around: World) -> None:
        with pytest.raises(InvalidLink):
            admitting.admit_customer(around.deps, "forged")

    def test_an_agent_gets_a_pass_for_the_shops_tickets_only(
        self, around: World, ticket: Ticket, deps: BellDeps
    ) -> None:
        found = admitting.admit_agent(around.deps, around.shop, ticket.ref, ADA)
        assert found and connecting.connect(deps, "c1", found.token, OURS)
        assert around.store.connections(ticket.ref, around.clock.at)[0].side is Side.DESK
        for shop, ref in ((around.shop, "NL-00000-00000"), (around.deps.policy.shop("kettle"), ticket.ref)):
            with pytest.raises(UnknownTicket):
                admitting.admit_agent(around.deps, shop, ref, ADA)

    def test_each_reader_takes_so_many_and_none_of_anothers(self, around: World, ticket: Ticket) -> None:
        token = link(around, ticket)
        assert all(admitting.admit_customer(around.deps, token) for _ in range(PASSES))
        for _ in range(3):
            with pytest.raises(RateLimited):
                admitting.admit_customer(around.deps, token)
        assert len(around.store.passes) == PASSES
        assert admitting.admit_chat(around.deps, ticket)
        for agent in (ADA, TOM):
            assert admitting.admit_agent(around.deps, around.shop, ticket.ref, agent)
        another = samples.ticket("NL-7K3F9-ANRTE")
        around.deps.tickets.commit(Change(another))
        assert admitting.admit_customer(around.deps, link(around, another))
        around.clock.advance(minutes=1, seconds=5)
        assert admitting.admit_customer(around.deps, token)

    def test_within_an_hour_there_is_an_end_too(self, around: World, ticket: Ticket) -> None:
        for number in range(PASSES_AN_HOUR):
            around.clock.advance(minutes=2 if number % PASSES == 0 else 0)
            assert admitting.admit_chat(around.deps, ticket)
        around.clock.advance(minutes=2)
        with pytest.raises(RateLimited):
            admitting.admit_chat(around.deps, ticket)

    def test_without_connections_nothing_is_counted(self, around: World, ticket: Ticket) -> None:
        off = replace(around.deps, live_url="")
        for _ in range(PASSES + 1):
            admitting.admit_chat(off, ticket)
        assert admitting.admit_chat(around.deps, ticket)

    def test_without_connections_there_is_no_pass(self, around: World, ticket: Ticket) -> None:
        off = replace(around.deps, live_url="")
        assert admitting.admit_customer(off, link(around, ticket)) is None
        assert admitting.admit_agent(off, around.shop, ticket.ref, ADA) is None
        assert admitting.admit(off, ticket.shop, ticket.ref, Side.DESK, ADA) is None
        assert around.store.passes == {}


class TestConnecting:
    @pytest.mark.parametrize("token", ["", "short", "x" * 43, "x" * 5000])
    def test_without_a_pass_nobody_is_let_in(self, deps: BellDeps, token: str) -> None:
        assert not connecting.connect(deps, "c1", token, OURS)

    def test_a_pass_lets_in_once(self, around: World, ticket: Ticket, deps: BellDeps) -> None:
        token = token_of(around, ticket)
        assert connecting.connect(deps, "c1", token, OURS)
        assert not connecting.connect(deps, "c2", token, OURS)

    def test_a_pass_ends_after_a_minute(self, around: World, ticket: Ticket, deps: BellDeps) -> None:
        token = token_of(around, ticket)
        around.clock.at += PASS_LIFE
        assert not connecting.connect(deps, "c1", token, OURS)

    def test_another_sites_page_does_not_use_the_pass_up(self, around: World, ticket: Ticket, deps: BellDeps) -> None:
        token = token_of(around, ticket)
        assert not connecting.connect(deps, "c1", token, "https://elsewhere.example")
        assert connecting.connect(deps, "c2", token, around.shop.origins[0])

    def test_five_at_most_and_a_customer_leaves_agents_their_places(
        self, around: World, ticket: Ticket, deps: BellDeps
    ) -> None:
        for number in range(2):
            assert connecting.connect(deps, f"d{number}", token_of(around, ticket, Side.DESK), OURS)
        for number in range(6):
            around.clock.at += SECOND
            assert connecting.connect(deps, f"c{number}", token_of(around, ticket), OURS)
        held = around.store.connections(ticket.ref, around.clock.at)
        assert sorted(each.id for each in held) == ["c3", "c4", "c5", "d0", "d1"]

    def test_a_page_that_is_loaded_again_and_again_is_rung_although_no_end_was_told(
        self, around: World, ticket: Ticket, deps: BellDeps, sockets: FakeSockets
    ) -> None:
        for number in range(20):
            around.clock.at += SECOND
            assert connecting.connect(deps, f"c{number}", token_of(around, ticket), OURS)
            sockets.heard.clear()
            ringing.ring(deps, Bell(ticket.ref))
            assert f"c{number}" in [id for id, _ in sockets.heard]
            assert len(sockets.heard) <= 3

    def test_who_gave_way_and_hangs_up_later_takes_no_place_away(
        self, around: World, ticket: Ticket, deps: BellDeps
    ) -> None:
        for number in range(4):
            around.clock.at += SECOND
            connecting.connect(deps, f"c{number}", token_of(around, ticket), OURS)
        ringing.hang_up(deps, "c0")
        held = around.store.connections(ticket.ref, around.clock.at)
        assert sorted(each.id for each in held) == ["c1", "c2", "c3"]

    def test_a_place_whose_connection_is_over_is_free(self, around: World, ticket: Ticket, deps: BellDeps) -> None:
        for number in range(3):
            connecting.connect(deps, f"c{number}", token_of(around, ticket), OURS)
        around.clock.at += LIFE
        assert connecting.connect(deps, "c9", token_of(around, ticket), OURS)


class TestRinging:
    def test_all_hear_that_something_is_new(
        self, around: World, ticket: Ticket, deps: BellDeps, sockets: FakeSockets
    ) -> None:
        connecting.connect(deps, "c1", token_of(around, ticket), OURS)
        connecting.connect(deps, "d1", token_of(around, ticket, Side.DESK), OURS)
        ringing.ring(deps, Bell(ticket.ref))
        assert sockets.heard == [("c1", b'{"ring": true}'), ("d1", b'{"ring": true}')]

    def test_who_is_gone_is_forgotten_and_who_does_not_answer_is_not(
        self, around: World, ticket: Ticket, deps: BellDeps, sockets: FakeSockets
    ) -> None:
        for number in range(3):
            connecting.connect(deps, f"c{number}", token_of(around, ticket), OURS)
        around.clock.at += OPENING
        sockets.becomes.update({"c0": Heard.GONE, "c1": Heard.FAILED})
        ringing.ring(deps, Bell(ticket.ref))
        assert [id for id, _ in sockets.heard] == ["c2"]
        assert [each.id for each in around.store.connections(ticket.ref, around.clock.at)] == ["c1", "c2"]

    def test_who_is_about_to_open_is_kept_though_nobody_knows_them_yet(
        self, around: World, ticket: Ticket, deps: BellDeps, sockets: FakeSockets
    ) -> None:
        connecting.connect(deps, "c1", token_of(around, ticket), OURS)
        around.clock.at += OPENING - timedelta(microseconds=1)
        sockets.becomes["c1"] = Heard.GONE
        ringing.ring(deps, Bell(ticket.ref))
        del sockets.becomes["c1"]
        ringing.ring(deps, Bell(ticket.ref))
        assert [id for id, _ in sockets.heard] == ["c1"]

    def test_a_ticket_without_connections_costs_one_read(self, around: World, deps: BellDeps) -> None:
        around.store.requests.clear()
        ringing.ring(deps, Bell("NL-00000-00000"))
        assert around.store.requests == ["read"]

    def test_typing_is_passed_on_once_in_a_while(self, around: World, ticket: Ticket, deps: BellDeps) -> None:
        connecting.connect(deps, "c1", token_of(around, ticket), OURS)
        for _ in range(5):
            ringing.listen(deps, "c1", '{"typing": true}')
        assert around.ringing.bells == [Bell(ticket.ref, Side.CUSTOMER)]
        around.clock.at += TYPING_EVERY
        ringing.listen(deps, "c1", '{"typing": true}')
        assert len(around.ringing.bells) == 2

    def test_nothing_else_that_a_client_says_costs_a_request(self, around: World, deps: BellDeps) -> None:
        around.store.requests.clear()
        for body in ("ping", "", '{"ring": true}', '{"typing": false}', "x" * 10_000):
            ringing.listen(deps, "c1", body)
        assert (around.store.requests, around.ringing.bells) == ([], [])

    def test_who_hangs_up_hears_nothing(
        self, around: World, ticket: Ticket, deps: BellDeps, sockets: FakeSockets
    ) -> None:
        connecting.connect(deps, "c1", token_of(around, ticket), OURS)
        ringing.hang_up(deps, "c1")
        ringing.hang_up(deps, "c1")
        ringing.ring(deps, Bell(ticket.ref))
        assert sockets.heard == []

    def test_what_is_committed_is_passed_on(self, around: World) -> None:
        ringing.pass_on(around.deps, "NL-1")
        assert around.ringing.bells == [Bell("NL-1")]
