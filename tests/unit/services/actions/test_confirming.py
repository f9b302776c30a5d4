"""A customer confirms a data request: asked by mail to the address on file, confirmed once by the link, shown in an
export."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent, InvalidLink
from chalicelib.rules.privacy.rectifying import rectify
from chalicelib.rules.tickets.ticket import Change, Event, Person, State, Ticket, evolve
from chalicelib.services.actions import confirming
from chalicelib.services.customer import customer_page
from chalicelib.services.exports import subject_exports
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, acts
from tests.support.store.fakes import FakeRun, World

OTHER = "NL-7K3F9-QXMT3"


@pytest.fixture
def asked(world: World) -> Ticket:
    ticket = agents.opened(world, kind="data_request")
    acts(world, "confirm_identity")
    agents.stream(world)
    return ticket


def token(world: World) -> str:
    """The token in the link of the latest mail."""
    (found,) = set(re.findall(r"/c/([\w.-]+)", world.mailer.to(MIRA)[-1].text))
    return str(found)


def ticket(world: World, ref: str = samples.REF) -> Ticket:
    return world.store.tickets[ref]


def exported(world: World) -> list[dict[str, Any]]:
    event = {"shop": "northlight", "email": MIRA}
    found: list[dict[str, Any]] = subject_exports.export_subject(world.deps, event, FakeRun())["identity"]
    return found


class TestRequestingConfirmation:
    def test_only_the_customer_gets_a_link_and_no_promise_changes(self, world: World, asked: Ticket) -> None:
        assert agents.owed(agents.message(world, Event.CONFIRM_IDENTITY)) == [("confirm_identity", MIRA)]
        assert [mail.recipient for mail in world.mailer.sent] == [MIRA]
        assert token(world)
        after = ticket(world)
        assert (after.state, after.clocks, after.identity_confirmed_at) == (asked.state, asked.clocks, None)
        assert agents.log(world)[-1] == (ADA, "asked to confirm identity", "")

    def test_the_request_is_not_on_the_customers_page(self, world: World, asked: Ticket) -> None:
        page = links.status_url(world.deps, asked).rpartition("/")[2]
        assert len(customer_page.view(world.deps, page).entries) == 1

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"kind": "complaint"}, "change the kind first"),
            ({"requester": Person("Mira", "")}, "no email address"),
            ({"state": State.CLOSED}, ""),
            ({"state": State.QUARANTINED}, ""),
        ],
    )
    def test_a_request_without_anything_to_confirm_is_refused(
        self, world: World, changes: dict[str, Any], code: str
    ) -> None:
        opened = agents.opened(world, kind="data_request")
        world.store.commit(Change(evolve(opened, **changes)))
        with pytest.raises(InvalidEvent) as refused:
            acts(world, "confirm_identity")
        assert code in refused.value.sentences["action"]
        assert world.store.messages == {}

    def test_the_request_can_be_repeated_until_it_is_confirmed(self, world: World, asked: Ticket) -> None:
        world.clock.advance(days=8)
        assert acts(world, "confirm_identity")["done"]
        agents.stream(world)
        confirming.confirm(world.deps, token(world))
        world.clock.advance(days=1)
        assert not acts(world, "confirm_identity")["done"]


class TestConfirming:
    def test_the_link_confirms_once(self, world: World, asked: Ticket) -> None:
        at = world.clock.advance(hours=2)
        confirming.confirm(world.deps, token(world))
        world.clock.advance(hours=2)
        confirming.confirm(world.deps, token(world))
        assert ticket(world).identity_confirmed_at == at
        assert [entry for entry in agents.log(world) if entry[1] == "identity confirmed"] == [
            ("customer", "identity confirmed", "")
        ]

    def test_a_mail_says_so_and_how_to_undo_it(self, world: World, asked: Ticket) -> None:
        link = token(world)
        for _ in range(2):
            confirming.confirm(world.deps, link)
            agents.stream(world)
        _, mail = world.mailer.to(MIRA)
        assert "confirmed" in mail.mail["Subject"]
        assert "Was it not you" in mail.text
        assert "/c/" not in mail.text
        page = links.status_url(world.deps, asked).rpartition("/")[2]
        assert len(customer_page.view(world.deps, page).entries) == 1

    def test_a_get_request_confirms_nothing(self, world: World, asked: Ticket) -> None:
        _, seen = confirming.opened(world.deps, token(world))
        assert (seen.ref, ticket(world).identity_confirmed_at) == (samples.REF, None)

    def test_the_link_works_for_seven_days(self, world: World, asked: Ticket) -> None:
        world.clock.at += timedelta(days=7)
        confirming.opened(world.deps, token(world))
        world.clock.at += timedelta(seconds=1)
        with pytest.raises(InvalidLink) as refused:
            confirming.confirm(world.deps, token(world))
        assert refused.value.expired
        assert ticket(world).identity_confirmed_at is None

    def test_links_for_other_purposes_confirm_nothing(self, world: World, asked: Ticket) -> None:
        page = links.status_url(world.deps, asked).rpartition("/")[2]
        for forged in (page, token(world)[:-1], "x", ""):
            with pytest.raises(InvalidLink) as refused:
                confirming.confirm(world.deps, forged)
            assert not refused.value.expired
        with pytest.raises(InvalidLink):
            links.open_status(world.deps, token(world))

    @pytest.mark.parametrize("changes", [{"link_version": 2}, {"requester": Person("Mira", "new@example.com")}])
    def test_a_withdrawn_link_or_a_changed_address_is_refused(
        self, world: World, asked: Ticket, changes: dict[str, Any]
    ) -> None:
        link = token(world)
        world.store.commit(Change(evolve(ticket(world), **changes)))
        with pytest.raises(InvalidLink) as refused:
            confirming.confirm(world.deps, link)
        assert refused.value.expired

    def test_it_counts_for_the_ticket_it_was_merged_into(self, world: World, asked: Ticket) -> None:
        agents.opened(world, OTHER)
        world.store.commit(Change(evolve(ticket(world), merged_into=OTHER)))
        world.store.commit(Change(evolve(ticket(world, OTHER), merged_from=(samples.REF,))))
        link = links.confirmation_url(world.deps, asked, world.clock()).rpartition("/")[2]
        confirming.confirm(world.deps, link)
        assert ticket(world, OTHER).identity_confirmed_at == world.clock()
        assert [told["confirmed"] for told in exported(world)] == [True]

    def test_it_confirms_nothing_on_another_customers_ticket(self, world: World, asked: Ticket) -> None:
        agents.opened(world, OTHER, person=Person("Jon", "jon@example.com"))
        world.store.commit(Change(evolve(ticket(world), merged_into=OTHER)))
        link = links.confirmation_url(world.deps, asked, world.clock()).rpartition("/")[2]
        with pytest.raises(InvalidLink):
            confirming.confirm(world.deps, link)
        assert ticket(world, OTHER).identity_confirmed_at is None


class TestInExports:
    def test_an_export_shows_for_each_data_request_whether_it_was_confirmed(self, world: World, asked: Ticket) -> None:
        world.store.commit(Change(samples.ticket(OTHER, world.clock())))
        assert exported(world) == [{"reference": samples.REF, "confirmed": False, "confirmed_at": None}]
        confirming.confirm(world.deps, token(world))
        at = world.clock().isoformat(timespec="seconds")
        assert exported(world) == [{"reference": samples.REF, "confirmed": True, "confirmed_at": at}]

    def test_a_corrected_address_must_be_confirmed_again(self, world: World, asked: Ticket) -> None:
        confirming.confirm(world.deps, token(world))
        for becomes, stays in ((Person("Mira B.", ""), True), (Person("", "new@example.com"), False)):
            change = rectify(ticket(world), (), MIRA, becomes, (), world.clock())
            assert change
            assert change.ticket
            assert (change.ticket.identity_confirmed_at is not None) is stays


class TestTakingItBack:
    """The mail about the confirmation says: was it not you, just reply, and it does not count."""

    def test_it_does_not_count_any_more_and_no_link_given_out_works(self, world: World, asked: Ticket) -> None:
        link, page = token(world), links.status_url(world.deps, asked).rpartition("/")[2]
        confirming.confirm(world.deps, link)
        assert exported(world)[0]["confirmed"]
        assert acts(world, "unconfirm_identity", reason="She wrote that it was not she.")["done"]
        assert not exported(world)[0]["confirmed"]
        for use in (lambda: confirming.confirm(world.deps, link), lambda: customer_page.view(world.deps, page)):
            with pytest.raises(InvalidLink):
                use()
        assert agents.log(world)[-1] == (ADA, "identity not confirmed", 'reason="She wrote that it was not she."')
        assert not acts(world, "unconfirm_identity", reason="Again.")["done"]

    def test_afterwards_it_can_be_asked_for_and_given_anew(self, world: World, asked: Ticket) -> None:
        confirming.confirm(world.deps, token(world))
        acts(world, "unconfirm_identity", reason="It was not she.")
        world.clock.advance(minutes=1)
        assert acts(world, "confirm_identity", agent=agents.TOM)["done"]
        agents.stream(world)
        confirming.confirm(world.deps, token(world))
        assert ticket(world).identity_confirmed_at == world.clock()

    @pytest.mark.parametrize(
        ("changes", "reason", "field"), [({}, " ", "reason"), ({"kind": "complaint"}, "It was not she.", "action")]
    )
    def test_without_a_reason_or_a_data_request_it_is_refused(
        self, world: World, asked: Ticket, changes: dict[str, Any], reason: str, field: str
    ) -> None:
        world.store.commit(Change(evolve(ticket(world), identity_confirmed_at=world.clock(), **changes)))
        with pytest.raises(InvalidEvent, match=field if field == "reason" else "data"):
            acts(world, "unconfirm_identity", reason=reason)
        assert ticket(world).identity_confirmed_at
