"""What becomes of feedback: a ticket, a complaint of nobody, or words that name nobody."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chalicelib.errors import RateLimited
from chalicelib.rules.feedback.said import Feedback, Felt, KeptFeedback, Managed
from chalicelib.rules.intake.limits import FEEDBACK
from chalicelib.rules.learning.causes import PAGES, Cause
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, RESOLVE
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.feedback import giving
from chalicelib.services.feedback.desk_view import MOST, view
from chalicelib.services.intake.submitting import Caller
from tests.support.store.fakes import World

SAID = Feedback(
    Managed.NO, Felt.BAD, "en", wanted="Pay as Anna Petrova", text="The button did nothing.", page="/checkout"
)
HERE = Caller("203.0.113.7", submission_id="form-1")


def purposes(world: World) -> set[Purpose]:
    outbox = world.store.only_ticket().outbox
    return {mail.purpose for mail in outbox.deliveries} if outbox else set()


class TestWithoutAnAddress:
    def test_it_is_kept_by_its_day_and_names_nobody(self, world: World) -> None:
        assert giving.give(world.deps, world.shop, SAID, HERE) is None
        assert not world.store.tickets
        assert list(world.store.feedback.values()) == [
            KeptFeedback(
                world.clock().date(), "en", Managed.NO, Felt.BAD, "Pay as […]", "The button did nothing.", "/checkout"
            )
        ]

    def test_the_same_form_twice_is_kept_once(self, world: World) -> None:
        for _ in range(2):
            giving.give(world.deps, world.shop, SAID, HERE)
        giving.give(world.deps, world.shop, SAID, replace(HERE, submission_id="form-2"))
        assert len(world.store.feedback) == 2

    def test_a_program_without_an_id_may_repeat_itself(self, world: World) -> None:
        for _ in range(2):
            giving.give(world.deps, world.shop, SAID, Caller("203.0.113.7"))
        assert len(world.store.feedback) == 1

    def test_a_barrier_is_a_complaint_of_nobody_with_its_clocks(self, world: World) -> None:
        for _ in range(2):
            assert giving.give(world.deps, world.shop, replace(SAID, barrier=True), HERE) is None
        ticket = world.store.only_ticket()
        assert (ticket.kind, ticket.topic, ticket.poster) == ("complaint", "accessibility", "")
        assert ticket.clocks.names == (FIRST_ANSWER, RESOLVE)
        assert (ticket.requester.name, ticket.requester.address) == ("", "")
        assert "Petrova" not in ticket.opening.text
        assert purposes(world) == {Purpose.NOTIFICATION_NEW}


class TestWhoFailed:
    def counts(self, world: World) -> Mapping[str, int]:
        today = world.clock().date()
        return world.store.days(world.shop.id, today, today).get(today, {})

    def test_five_who_did_not_manage_propose_an_improvement(self, world: World) -> None:
        for number in range(5):
            assert not world.store.improved
            for _ in range(2):  # the same form twice is one signal
                giving.give(world.deps, world.shop, SAID, replace(HERE, submission_id=f"form-{number}"))
        (improvement,) = world.store.improvements(world.shop.id)
        assert (improvement.cause, improvement.signals) == (Cause(PAGES), 5)

    @pytest.mark.parametrize("email", ["", "mira@example.com"])
    @pytest.mark.parametrize("barrier", [False, True])
    def test_what_a_robot_filled_in_is_no_signal_and_no_mail(self, world: World, email: str, barrier: bool) -> None:
        giving.give(
            world.deps,
            world.shop,
            replace(SAID, email=email, barrier=barrier),
            replace(HERE, trap="https://spam.example"),
        )
        assert self.counts(world) == {}
        assert all(ticket.state is State.QUARANTINED for ticket in world.store.tickets.values())
        assert not world.mailer.sent

    def test_who_managed_is_no_signal(self, world: World) -> None:
        for managed in (Managed.YES, Managed.PARTLY):
            giving.give(world.deps, world.shop, replace(SAID, managed=managed), replace(HERE, submission_id=managed))
        assert self.counts(world) == {}


class TestWithAnAddress:
    def test_it_is_a_ticket_with_all_that_was_said(self, world: World) -> None:
        done = giving.give(world.deps, world.shop, replace(SAID, email="mira@example.com"), HERE)
        ticket = world.store.only_ticket()
        assert done is not None
        assert done.ticket.ref == ticket.ref
        assert (ticket.kind, ticket.requester.address) == ("feedback", "mira@example.com")
        assert "Anna Petrova" in ticket.opening.text
        assert "Did you manage? No" in ticket.opening.text
        assert purposes(world) == {Purpose.ACKNOWLEDGEMENT, Purpose.NOTIFICATION_NEW}
        assert not world.store.feedback

    def test_a_barrier_has_a_complaints_clocks(self, world: World) -> None:
        giving.give(world.deps, world.shop, replace(SAID, email="mira@example.com", barrier=True), HERE)
        assert world.store.only_ticket().kind == "complaint"

    def test_it_is_in_the_language_of_the_form(self, world: World) -> None:
        giving.give(world.deps, world.shop, replace(SAID, email="mira@example.com", language="de"), HERE)
        assert "Hat es geklappt? Nein" in world.store.only_ticket().opening.text


def test_one_source_may_say_so_much_and_others_still_may(world: World) -> None:
    for number in range(FEEDBACK):
        giving.give(world.deps, world.shop, SAID, Caller("203.0.113.7", submission_id=str(number)))
    with pytest.raises(RateLimited):
        giving.give(world.deps, world.shop, SAID, Caller("203.0.113.7", submission_id="one more"))
    assert giving.give(world.deps, world.shop, SAID, Caller("198.51.100.9", submission_id="another")) is None
    assert "203.0.113.7" not in repr(world.store.counts)


def test_the_desk_shows_the_newest_and_counts_them(world: World) -> None:
    managed = [Managed.YES, Managed.NO, Managed.NO]
    for number, each in enumerate(managed):
        world.deps.feedback.keep_feedback(
            "northlight", str(number), KeptFeedback(world.clock().date(), "en", each, Felt.GOOD)
        )
    world.clock.advance(days=1)
    giving.give(world.deps, world.shop, SAID, HERE)
    (shown,) = view(world.deps, [world.shop], "en").shops
    assert shown.newest[0].wanted == "Pay as […]"
    assert shown.managed == {Managed.YES: 1, Managed.PARTLY: 0, Managed.NO: 3}
    assert not shown.more
    for number in range(MOST):
        world.deps.feedback.keep_feedback(
            "northlight", f"more {number}", KeptFeedback(world.clock().date(), "en", Managed.YES, Felt.FAIR)
        )
    (shown,) = view(world.deps, [world.shop], "en").shops
    assert (len(shown.newest), shown.more) == (MOST, True)
