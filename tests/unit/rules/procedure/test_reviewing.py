"""Review requests: which customers get one, when, and only once; tested on the rules."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.rules.policy.model import Adverts
from chalicelib.rules.privacy.retention import RetentionReason, kept_for
from chalicelib.rules.procedure import concluding, escalating, merging, rating
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import REVIEW, RuleContext
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome, OwedBy, Rating, RemedyKind
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Person, State, Ticket, Visibility
from tests.support import samples
from tests.support.samples import TOLD, advertising
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
DUE = START + 2 * DAY


def context(at: datetime = START) -> RuleContext:
    """The present of a shop that asks its customers how it went."""
    shops = samples.context(at)
    return replace(shops, shop=advertising(shops.shop))


def sample(ref: str = samples.REF, **changes: Any) -> Ticket:
    """The ticket of a customer with an order who was told that they may object."""
    return samples.ticket(ref, **({"adverts": TOLD} | changes))


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def closed(ticket: Ticket | None = None, outcome: Outcome = Outcome.SETTLED, at: datetime = START) -> Ticket:
    return changed(concluding.close(ticket or sample(), outcome, "Done.", ADA, context(at)))


def step(ticket: Ticket, at: datetime = DUE, **shop: Any) -> Change | None:
    usual = context(at)
    return escalating.step(ticket, replace(usual, shop=replace(usual.shop, **shop)), str)


def asked(ticket: Ticket, at: datetime = DUE) -> bool:
    change = step(ticket, at)
    return bool(change and change.messages)


def with_review_clock(ticket: Ticket) -> bool:
    clock = ticket.clock(REVIEW)
    return clock is not None and clock.running


class TestRequest:
    def test_the_request_is_sent_at_the_policys_time_after_closing(self) -> None:
        ticket = closed()
        assert step(ticket, DUE - SECOND) is None
        change = step(ticket)
        assert change
        (message,) = change.messages
        assert message.visibility is Visibility.INTERNAL
        assert message.outbox
        assert [(mail.purpose, mail.to) for mail in message.outbox.deliveries] == [
            (Purpose.REVIEW_REQUEST, ticket.requester.address)
        ]
        assert [(entry.actor, entry.action) for entry in change.log] == [("aftercare", Action.ASKED_HOW_IT_WENT)]
        assert not change.sla_counts

    def test_a_ticket_gets_one_request_even_if_reopened(self) -> None:
        ticket = changed(step(closed()))
        assert step(ticket, DUE + 20 * DAY) is None
        opened = changed(concluding.reopen(ticket, "More", ADA, context(DUE + DAY)))
        again = closed(opened, at=DUE + 2 * DAY)
        assert not with_review_clock(again)
        assert not asked(again, DUE + 9 * DAY)

    def test_a_ticket_reopened_before_its_request_gets_it_after_the_next_closing(self) -> None:
        opened = changed(concluding.reopen(closed(), "More", ADA, context(START + DAY)))
        assert not with_review_clock(opened)
        again = closed(opened, at=START + 5 * DAY)
        assert not asked(again, START + 7 * DAY - SECOND)
        assert asked(again, START + 7 * DAY)

    @pytest.mark.parametrize(
        "changes",
        [
            {"rating": Rating(5, "", START)},
            {"requester": Person("Mira Holm", "")},
            {"requester": Person("Mira Holm", "mira at home")},
            {"kind": "data_request"},
            {"outcome": Outcome.SPAM},
            {"merged_into": "NL-00000-00001"},
        ],
        ids=str,
    )
    def test_a_ticket_that_cannot_be_rated_or_mailed_just_loses_its_clock(self, changes: dict[str, Any]) -> None:
        change = step(replace(closed(), **changes))
        assert change
        assert (change.messages, change.log) == ((), ())
        assert changed(change).clock(REVIEW) is None

    @pytest.mark.parametrize("policy", [{"review_request": None}, {"adverts": Adverts("none")}], ids=str)
    def test_a_shop_that_stopped_asking_sends_no_request(self, policy: dict[str, Any]) -> None:
        change = step(closed(), **policy)
        assert change
        assert not change.messages
        assert changed(change).clock(REVIEW) is None

    def test_no_request_is_sent_once_the_rating_period_is_over(self) -> None:
        assert not asked(closed(), START + rating.LIFE + SECOND)


class TestPlanning:
    def test_spam_quarantined_tickets_and_data_requests_get_no_review_clock(self) -> None:
        assert not with_review_clock(closed(outcome=Outcome.SPAM))
        assert not with_review_clock(closed(sample(suspicions=(Suspicion.TRAP,))))
        assert not with_review_clock(closed(sample(kind="data_request")))

    def test_a_final_answer_starts_the_review_clock_too(self) -> None:
        written = concluding.conclude(sample(), "f", Outcome.UPHELD, "Yes", ADA, context(), settled=True)
        ticket, _ = concluding.final_answer_sent(changed(written), "f", context())
        assert with_review_clock(ticket)

    def test_a_shop_without_the_period_gets_no_review_clock(self) -> None:
        silent = replace(context(), shop=replace(context().shop, review_request=None))
        assert not with_review_clock(changed(concluding.close(sample(), Outcome.SETTLED, "Done.", ADA, silent)))

    def test_a_customer_who_may_not_be_sent_adverts_gets_no_review_clock(self) -> None:
        assert not with_review_clock(closed(sample(adverts=None)))
        assert not with_review_clock(closed(sample(order_number=None)))


class TestOwedRemedy:
    def test_the_request_waits_the_full_period_after_the_remedy_is_done(self) -> None:
        owing = remedying.set_remedy(sample(), remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER), ADA, context())
        ticket = closed(changed(owing))
        for days in (2, 4, 6):
            change = step(ticket, START + days * DAY)
            assert change
            assert not change.messages
            ticket = changed(change)
        done_at = START + 7 * DAY
        ticket = changed(remedying.done(ticket, "d", "", ADA, context(done_at), tell=True))
        assert not asked(ticket, START + 8 * DAY)
        ticket = changed(step(ticket, START + 8 * DAY))
        assert not asked(ticket, done_at + 2 * DAY - SECOND)
        assert asked(ticket, done_at + 2 * DAY)


class TestMergingAndDeletion:
    def test_a_closed_ticket_loses_its_review_clock_when_an_open_one_is_merged_in(self) -> None:
        into, other = closed(), sample("NL-00000-00001")
        change = merging.merge(other, into, ADA, context(START + DAY))
        assert change
        (joined,) = change.also
        assert joined.state is State.OPEN
        assert joined.clock(REVIEW) is None

    def test_a_target_gets_no_request_if_a_merged_ticket_had_one(self) -> None:
        ticket = changed(step(closed()))
        change = merging.merge(ticket, sample("NL-00000-00001"), ADA, context(DUE))
        assert change
        (joined,) = change.also
        assert not with_review_clock(closed(joined, at=DUE))

    def test_a_running_review_clock_does_not_delay_deletion(self) -> None:
        ticket = replace(closed(), outbox=None)
        assert with_review_clock(ticket)
        assert kept_for([ticket], (), START) is RetentionReason.NOT_YET
        assert kept_for([ticket], (), START, early=True) is None
