"""After a withdrawal: the refund's clock, when it waits, and what agents note."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import withdrawing
from chalicelib.rules.intake.opening import open_ticket
from chalicelib.rules.intake.withdrawing import InTime
from chalicelib.rules.policy.promises import WithdrawalTerms
from chalicelib.rules.procedure import concluding, escalating, merging, replying, triage
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import REFUND, REMEDY, SEND_BACK, Clock, RuleContext, SetBy
from chalicelib.rules.tickets.due_dates import due_date
from chalicelib.rules.tickets.inbox_keys import place_in_inbox
from chalicelib.rules.tickets.procedure_facts import Claim, Outcome, OwedBy, RemedyKind, Withdrawal
from chalicelib.rules.tickets.ticket import OWED, Change, Person, SlaCount, State, Ticket, promises
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY = timedelta(days=1)
WAITING = WithdrawalTerms(wait_for_goods=True)
STATEMENT = Withdrawal(START, "Mira Holm", "NL-2041", "mira.holm@example.com")


def context(at: datetime = START, terms: WithdrawalTerms | None = None) -> RuleContext:
    found = samples.context(at)
    return replace(found, shop=replace(found.shop, withdrawal=terms or found.shop.withdrawal))


def withdrawn(terms: WithdrawalTerms | None = None, **changes: Any) -> Ticket:
    at = context(START, terms)
    inbound = samples.inbound(kind="withdrawal", withdrawal=STATEMENT, topic=None, **changes)
    return open_ticket(samples.REF, inbound, at.shop, START, at.holidays)


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def refund(ticket: Ticket) -> Clock:
    found = ticket.clock(REFUND)
    assert found
    return found


class TestOpening:
    def test_the_refund_is_owed_from_the_statement_on(self) -> None:
        ticket = withdrawn()
        assert (refund(ticket).set_at, refund(ticket).due) == (START, START + 14 * DAY)
        assert refund(ticket) in promises(ticket)
        assert ticket.remedy
        assert (ticket.remedy.remedy_kind, ticket.remedy.owed_by, ticket.remedy.due) == (
            RemedyKind.REFUND, OwedBy.SELLER, START + 14 * DAY,
        )  # fmt: skip
        assert ticket.clock(REMEDY) is None

    def test_the_time_to_send_back_is_the_customers(self) -> None:
        ticket = withdrawn()
        clock = ticket.clock(SEND_BACK)
        assert clock
        assert due_date(clock).by_day
        assert clock not in promises(ticket)
        assert clock.next_step is None

    def test_the_statement_counts_from_the_opening(self) -> None:
        ticket = withdrawn()
        assert ticket.withdrawal == STATEMENT


class TestEscalation:
    def test_a_refund_that_is_not_made_escalates(self) -> None:
        ticket = withdrawn()
        change = escalating.step(ticket, context(START + 15 * DAY), str)
        assert change
        assert [entry.detail for entry in change.log if "refund" in entry.detail] == ["clock=refund"]
        assert change.sla_counts[0].missed >= 1

    def test_it_waits_only_where_the_policy_says_so(self) -> None:
        assert refund(withdrawn()).running
        waiting = withdrawn(WAITING)
        assert not refund(waiting).running
        change = escalating.step(waiting, context(START + 15 * DAY, WAITING), str)
        assert change
        assert not [entry for entry in change.log if "refund" in entry.detail]

    @pytest.mark.parametrize("note", [withdrawing.goods_back, withdrawing.goods_sent])
    def test_goods_or_proof_end_the_wait(self, note: Any) -> None:
        after = changed(note(withdrawn(WAITING), ADA, context(START + 3 * DAY, WAITING)))
        assert refund(after).running
        assert refund(after).due == START + 14 * DAY, "the wait has not moved the law's date"
        assert after.clocks.named(SEND_BACK).met_at == START + 3 * DAY  # type: ignore[union-attr]
        change = escalating.step(after, context(START + 15 * DAY, WAITING), str)
        assert change
        assert "clock=refund" in [entry.detail for entry in change.log]

    def test_after_the_date_is_over_the_refund_follows_the_goods_at_once(self) -> None:
        at = context(START + 20 * DAY, WAITING)
        after = changed(withdrawing.goods_back(withdrawn(WAITING), ADA, at))
        assert refund(after).due == at.after(WAITING.after_goods)
        assert refund(after).set_by is SetBy.GOODS
        assert after.remedy
        assert after.remedy.due == refund(after).due

    def test_the_customers_words_do_not_end_the_wait(self) -> None:
        waiting = withdrawn(WAITING)
        replied = changed(
            replying.customer_adds(waiting, "r", samples.inbound(text="When?"), context(START + DAY, WAITING))
        )
        assert not refund(replied).running

    @given(st.integers(0, 60), st.booleans())
    def test_the_wait_never_gives_the_shop_more_than_its_period_after_the_goods(self, days: int, proof: bool) -> None:
        at = context(START + days * DAY, WAITING)
        note = withdrawing.goods_sent if proof else withdrawing.goods_back
        after = changed(note(withdrawn(WAITING), ADA, at))
        assert refund(after).due == max(START + 14 * DAY, at.after(WAITING.after_goods))


class TestRemedy:
    def test_noting_the_refund_as_done_meets_the_clock_and_tells_the_customer(self) -> None:
        change = remedying.done(withdrawn(), "d", "", ADA, context(START + 5 * DAY), tell=True)
        assert refund(changed(change)).met_at == START + 5 * DAY
        assert change.messages[0].outbox
        assert change.sla_counts == (SlaCount("northlight", START + 5 * DAY, kept=1),)

    def test_another_remedy_ends_with_the_same_clock(self) -> None:
        terms = remedying.Terms(RemedyKind.REPLACEMENT, OwedBy.SELLER)
        after = changed(remedying.set_remedy(withdrawn(), terms, ADA, context(START + 10 * DAY)))
        assert refund(after).due == START + 14 * DAY
        assert after.clock(REMEDY) is None

    def test_an_earlier_day_may_be_agreed_and_a_later_one_may_not(self) -> None:
        sooner = remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER, START + 3 * DAY)
        assert refund(changed(remedying.set_remedy(withdrawn(), sooner, ADA, context()))).due == START + 3 * DAY
        with pytest.raises(InvalidFields) as refused:
            remedying.set_remedy(withdrawn(), replace(sooner, until=START + 15 * DAY), ADA, context())
        assert refused.value.codes == {"due": "after_refund"}

    def test_the_customer_owes_no_refund(self) -> None:
        with pytest.raises(InvalidFields):
            remedying.set_remedy(withdrawn(), remedying.Terms(RemedyKind.RETURN, OwedBy.CUSTOMER), ADA, context())

    def test_people_may_find_that_nothing_is_owed(self) -> None:
        after = changed(
            remedying.set_remedy(withdrawn(), remedying.Terms(RemedyKind.NONE, OwedBy.SELLER), ADA, context())
        )
        assert after.clocks.only(REFUND, SEND_BACK) == ()

    def test_a_closed_ticket_still_owes_it(self) -> None:
        closed = changed(
            concluding.close(withdrawn(), Outcome.SETTLED, "Told by telephone.", ADA, context(START + DAY))
        )
        assert closed.state is State.CLOSED
        assert refund(closed).running
        assert place_in_inbox(closed) == OWED
        paid = changed(remedying.done(closed, "d", "", ADA, context(START + 2 * DAY), tell=False))
        assert place_in_inbox(paid) != OWED


class TestKind:
    def test_a_ticket_that_becomes_a_withdrawal_counts_from_its_opening(self) -> None:
        question = samples.ticket(kind="question")
        after = changed(triage.change(question, {"kind": "withdrawal"}, ADA, context(START + 3 * DAY)))
        assert refund(after).due == START + 14 * DAY
        assert after.withdrawal == Withdrawal(START)
        assert after.clock("resolve") == question.clock("resolve"), "what was promised stays"

    def test_one_that_was_none_loses_the_refund_that_nobody_decided_on(self) -> None:
        after = changed(triage.change(withdrawn(), {"kind": "question"}, ADA, context(START + DAY)))
        assert after.clocks.only(REFUND, SEND_BACK) == ()
        assert after.remedy is None
        assert after.withdrawal == STATEMENT, "the customer's words stay"

    def test_a_remedy_that_is_owed_already_becomes_the_refund(self) -> None:
        terms = remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER, START + 2 * DAY)
        owes = changed(remedying.set_remedy(samples.ticket(kind="return"), terms, ADA, context()))
        after = changed(triage.change(owes, {"kind": "withdrawal"}, ADA, context(START + DAY)))
        assert refund(after).due == START + 2 * DAY
        assert after.clock(REMEDY) is None


class TestMerging:
    def test_two_refunds_are_not_merged(self) -> None:
        other = replace(withdrawn(), ref="NL-7K3F9-00001")
        with pytest.raises(InvalidFields) as refused:
            merging.merge(withdrawn(), other, ADA, context())
        assert refused.value.codes == {"action": "two_remedies"}

    def test_the_refund_goes_along(self) -> None:
        into = samples.ticket("NL-7K3F9-00001")
        change = merging.merge(withdrawn(), into, ADA, context(START + DAY))
        assert change
        (joined,) = change.also
        assert refund(joined).due == START + 14 * DAY
        assert joined.clock(SEND_BACK)
        assert joined.withdrawal == STATEMENT
        assert joined.remedy


class TestInTime:
    # 30 November 2026 is a Monday.
    @pytest.mark.parametrize(
        ("delivered", "last"),
        [
            (date(2026, 11, 2), date(2026, 11, 16)),
            (date(2026, 11, 14), date(2026, 11, 30)),  # the 28th is a Saturday
            (date(2026, 12, 11), date(2026, 12, 28)),  # the 25th and 26th are holidays, the 27th is a Sunday
        ],
    )
    def test_the_last_day_is_a_working_day(self, delivered: date, last: date) -> None:
        assert withdrawing.last_day(delivered, context()) == last

    def test_it_is_computed_only_when_the_delivery_is_known(self) -> None:
        today = START.date()
        ticket = withdrawn()
        assert withdrawing.in_time(ticket, context()) is InTime.UNKNOWN
        for days, found in ((-3, InTime.IN_TIME), (3, InTime.IN_TIME), (-30, InTime.LATE)):
            known = replace(ticket, claim=Claim(delivered=today + days * DAY))
            assert withdrawing.in_time(known, context()) is found

    def test_being_late_changes_no_promise(self) -> None:
        late = changed(withdrawing.delivered(withdrawn(), START.date() - 90 * DAY, ADA, context()))
        assert late.clocks == withdrawn().clocks


class TestNotes:
    def test_each_is_noted_once(self) -> None:
        ticket, at = withdrawn(), context(START + DAY)
        for note in (withdrawing.goods_back, withdrawing.goods_sent):
            assert note(changed(note(ticket, ADA, at)), ADA, at) is None
        day = START.date()
        noted = changed(withdrawing.delivered(ticket, day, ADA, at))
        assert withdrawing.delivered(noted, day, ADA, at) is None
        assert changed(withdrawing.delivered(noted, None, ADA, at)).claim is None

    def test_only_a_withdrawal_has_them(self) -> None:
        with pytest.raises(InvalidFields) as refused:
            withdrawing.goods_back(samples.ticket(), ADA, context())
        assert refused.value.codes == {"action": "no_withdrawal"}

    def test_a_day_to_come_is_refused(self) -> None:
        with pytest.raises(InvalidFields):
            withdrawing.delivered(withdrawn(), START.date() + 2 * DAY, ADA, context())

    def test_goods_after_the_refund_change_no_promise(self) -> None:
        paid = changed(remedying.done(withdrawn(WAITING), "d", "", ADA, context(START + DAY, WAITING), tell=False))
        after = changed(withdrawing.goods_back(paid, ADA, context(START + 20 * DAY, WAITING)))
        assert refund(after) == refund(paid)
