"""By merging, no promise to a customer gets later or vanishes, whatever the tickets are and what happened to them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.documents.accepted import AcceptedTerms, How
from chalicelib.rules.intake import withdrawing
from chalicelib.rules.intake.opening import open_ticket
from chalicelib.rules.policy.promises import ABOUT_DATA, KINDS, WithdrawalTerms
from chalicelib.rules.procedure import concluding, merging, replying
from chalicelib.rules.tickets.clock_steps import resumed
from chalicelib.rules.tickets.clocks import (
    ANSWERS,
    PROGRESS,
    PROMISES,
    REFUND,
    REMEDIES,
    SEND_BACK,
    Clock,
    Clocks,
    RuleContext,
)
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import AdvertFacts, Outcome, Withdrawal
from chalicelib.rules.tickets.ticket import Change, State, Ticket, owed
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY = timedelta(days=1)
REFS = (samples.REF, "NL-7K3F9-QXMT3")
ACTS = ("answer", "ask", "customer", "close", "goods")
TERMS = AcceptedTerms("terms", START, How.CHECKBOX, date(2026, 11, 1), "en", "a" * 64)


def context(day: int, waits: bool = False) -> RuleContext:
    found = samples.context(START + day * DAY)
    return replace(found, shop=replace(found.shop, withdrawal=WithdrawalTerms(wait_for_goods=waits)))


def opened(ref: str, kind: str, at: RuleContext) -> Ticket:
    statement = Withdrawal(at.at, contract=ref) if kind == "withdrawal" else None
    inbound = samples.inbound(kind=kind, withdrawal=statement, topic=None)
    return open_ticket(ref, inbound, at.shop, at.at, at.holidays)


def after(ticket: Ticket, act: str, day: int, at: RuleContext) -> Ticket:
    """The ticket after something happened to it, unless it cannot."""
    change: Change | None
    id, words = f"{ticket.ref}-{day}", samples.inbound(text="Words.")
    try:
        match act:
            case "answer":
                change = replying.agent_answers(ticket, id, replace(words, person=ADA), at)
            case "ask":
                change = replying.asks(ticket, id, "Which?", ADA, at)
            case "customer":
                change = replying.customer_adds(ticket, id, words, at)
            case "close":
                change = concluding.close(ticket, Outcome.SETTLED, "", ADA, at)
            case _:
                change = withdrawing.goods_back(ticket, ADA, at)
    except InvalidFields:
        return ticket
    return change.ticket if change and change.ticket else ticket


@st.composite
def lives(draw: st.DrawFn, ref: str) -> Ticket:
    """A ticket of any kind, opened on any day, with what happened to it since."""
    waits = draw(st.booleans())
    ticket = opened(ref, draw(st.sampled_from(KINDS)), context(draw(st.integers(0, 5)), waits))
    for day, act in enumerate(draw(st.lists(st.sampled_from(ACTS), max_size=4)), 6):
        ticket = after(ticket, act, day, context(day, waits))
    return ticket


def open_promises(ticket: Ticket) -> Clocks:
    """What the shop still owes. A closed ticket owes only its remedy."""
    names = REMEDIES if ticket.state is State.CLOSED else (*PROMISES, PROGRESS)
    return ticket.clocks.unmet.only(*names).without("acknowledge")


def merge(ticket: Ticket, into: Ticket, day: int = 12, *, anyway: bool = False) -> Ticket:
    change = merging.merge(ticket, into, ADA, context(day), anyway=anyway)
    assert change
    return change.also[0]


def due(clock: Clock, at: RuleContext) -> datetime:
    return resumed(clock, at.shop.kinds["complaint"], at).due


@given(lives(REFS[0]), lives(REFS[1]))
def test_no_promise_gets_later_or_vanishes(ticket: Ticket, into: Ticket) -> None:
    assume(not (owed(ticket) and owed(into)))  # refused: two remedies
    at, there = context(12), merge(ticket, into)
    for each in (ticket, into):
        for clock in open_promises(each):
            same = ANSWERS if clock.name in ANSWERS else (clock.name,)
            kept = there.clocks.unmet.only(*same)
            assert kept, clock.name
            assert min(due(other, at) for other in kept) <= due(clock, at), clock.name
            assert clock.paused_at or clock.name == REFUND or all(other.running for other in kept)


@pytest.mark.parametrize("into", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_of_two_kinds_the_stricter_remains(kind: str, into: str) -> None:
    both = {kind, into}
    if both == {"withdrawal"}:
        return  # refused: two remedies
    there = merge(opened(REFS[0], kind, context(0)), opened(REFS[1], into, context(1)))
    strictest = next((each for each in ("privacy_complaint", "data_request") if each in both), None)
    assert not strictest or there.kind == strictest
    assert "complaint" not in both or there.kind not in ("question", "feedback", "return", "withdrawal")
    assert there.kind in both


@given(lives(REFS[0]), lives(REFS[1]))
def test_the_stricter_law_goes_on(ticket: Ticket, into: Ticket) -> None:
    """Also after the next answer, which asks the kind what it still owes."""
    assume(not (owed(ticket) and owed(into)))
    there, unfinished = merge(ticket, into), [each for each in (ticket, into) if each.state is not State.CLOSED]
    kinds = {each.kind for each in unfinished}
    if "privacy_complaint" in kinds:
        assert there.kind == "privacy_complaint"
        assert after(there, "answer", 13, context(13)).clocks.unmet.only(PROGRESS)
    elif "data_request" in kinds:
        assert there.kind in ABOUT_DATA
    lasting = [each for each in unfinished if not context(0).shop.kinds[each.kind].close_after]
    if lasting:
        assert not context(0).shop.kinds[there.kind].close_after


@given(lives(REFS[0]), lives(REFS[1]))
def test_what_a_withdrawal_began_goes_on(ticket: Ticket, into: Ticket) -> None:
    assume(not (owed(ticket) and owed(into)))
    there = merge(ticket, into)
    for each in (ticket, into):
        if each.clocks.unmet.only(REFUND):
            assert there.withdrawal == each.withdrawal
            assert there.clocks.only(REFUND) == each.clocks.only(REFUND)
            assert there.remedy == each.remedy
        for clock in each.clocks.unmet.only(SEND_BACK):
            (theirs,) = there.clocks.only(SEND_BACK)
            assert theirs.due >= clock.due


@pytest.mark.parametrize("order", [0, 1])
def test_the_time_to_send_goods_back_is_the_longer_one(order: int) -> None:
    paid = after(opened(REFS[0], "withdrawal", context(0)), "customer", 6, context(6))
    paid = replace(paid, clocks=paid.clocks.meet(REFUND, at=START + DAY))
    pair = [paid, opened(REFS[1], "withdrawal", context(5))]
    there = merge(pair[order], pair[1 - order])
    clock = there.clock(SEND_BACK)
    assert clock
    assert clock.due >= START + 19 * DAY
    assert there.withdrawal
    assert there.withdrawal.contract == REFS[1]  # its refund is still owed


class TestFactsAboutThePerson:
    ONE, TWO = samples.ticket(), samples.ticket(REFS[1])

    def test_accepted_terms_and_a_confirmed_identity_come_along(self) -> None:
        one = replace(self.ONE, terms=TERMS, terms_accepted=True, identity_confirmed_at=START)
        there = merge(one, self.TWO)
        assert (there.terms, there.terms_accepted, there.identity_confirmed_at) == (TERMS, True, START)

    def test_those_of_the_remaining_ticket_stay(self) -> None:
        other = replace(TERMS, sha256="b" * 64)
        there = merge(replace(self.ONE, terms=TERMS), replace(self.TWO, terms=other, terms_accepted=True))
        assert there.terms == other

    def test_another_customers_do_not(self) -> None:
        jo = samples.ticket(person=Person("Jo Lund", "jo@example.com"))
        jo = replace(jo, terms=TERMS, terms_accepted=True, identity_confirmed_at=START)
        there = merge(jo, self.TWO, anyway=True)
        assert (there.terms, there.terms_accepted, there.identity_confirmed_at) == (None, False, None)

    @pytest.mark.parametrize("facts", [None, AdvertFacts(noticed_at=START), AdvertFacts(consented_at=START)])
    def test_merging_gives_no_new_permission_for_adverts_and_takes_none(self, facts: AdvertFacts | None) -> None:
        both = AdvertFacts(START, START)
        assert merge(replace(self.ONE, adverts=both), replace(self.TWO, adverts=facts)).adverts == facts
