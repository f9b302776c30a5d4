"""Two tickets become one: no promise and no fact of either is lost."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import extending, merging, referring
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import ANSWERS, RESOLVE, RETAIN
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import Outcome, OwedBy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Priority, State, Ticket
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
OTHER, THIRD = "NL-7K3F9-QXMT3", "NL-7K3F9-QXMT4"
DAY = timedelta(days=1)
NOW = START + DAY


def merge(ticket: Ticket, into: Ticket, **how: bool) -> tuple[Ticket, Ticket]:
    """The ticket that was merged, and the one it was merged into."""
    change = merging.merge(ticket, into, ADA, samples.context(NOW), **how)
    assert change
    assert change.ticket
    (joined,) = change.also
    assert [entry.action for entry in change.log] == ["merged"]
    return change.ticket, joined


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def referred(ticket: Ticket, party: str = "swiftparcel") -> Ticket:
    asked = referring.party_of(samples.northlight(), party, "en")
    assert asked
    return changed(referring.refer(ticket, "r", asked, referring.Question("Where is it?"), ADA, samples.context(NOW)))


def closed(ticket: Ticket) -> Ticket:
    return replace(ticket, state=State.CLOSED, outcome=Outcome.SETTLED, closed_at=NOW)


ONE, TWO = samples.ticket(), samples.ticket(OTHER)


class TestMergedTicket:
    def test_it_is_closed_and_names_the_target(self) -> None:
        gone, _ = merge(ONE, TWO)
        assert (gone.state, gone.merged_into, gone.outcome) == (State.CLOSED, OTHER, None)
        assert gone.opening == ONE.opening
        assert gone.version == ONE.version + 1
        assert not [clock for clock in gone.clocks if clock.running and clock.name != "acknowledge"]

    def test_a_second_merge_changes_nothing(self) -> None:
        gone, there = merge(ONE, TWO)
        assert merging.merge(gone, there, ADA, samples.context(NOW)) is None

    def test_its_open_referrals_move_to_the_target(self) -> None:
        gone, there = merge(referred(ONE), referred(TWO, "lumenworks"))
        assert [(r.number, r.party, r.open) for r in there.referrals] == [
            (1, "lumenworks", True), (2, "swiftparcel", True),
        ]  # fmt: skip
        assert not any(referral.open for referral in gone.referrals)
        assert there.referrals[1].origins == (f"{samples.REF}/1",)
        assert {clock.name for clock in there.clocks if clock.running} >= {"referral-1", "referral-2"}
        assert there.state is State.REFERRED


class TestTarget:
    def test_the_sooner_of_two_promises_is_kept(self) -> None:
        earlier = samples.ticket(now=START - 2 * DAY)
        for ticket, into in permutations((earlier, samples.ticket(OTHER))):
            _, there = merge(ticket, into)
            for name in ("first_answer", RESOLVE):
                due = {clock.due for each in (ticket, into) if (clock := each.clock(name))}
                kept = there.clock(name)
                assert kept
                assert kept.due == min(due)

    def test_the_targets_answer_does_not_answer_the_merged_ticket(self) -> None:
        answered = replace(
            TWO,
            state=State.WAITING,
            clocks=TWO.clocks.meet("first_answer", at=START),
        )
        _, there = merge(ONE, answered)
        open_answers = [clock for clock in there.clocks if clock.name in ANSWERS and clock.met_at is None]
        assert len(open_answers) == 1
        assert there.state is State.OPEN

    def test_facts_known_of_either_ticket_are_kept(self) -> None:
        one = replace(ONE, topic=None, order_number="NL-1", country="AT", tags=("a", "b"),
                      custody=Custody(legal_hold="A lawyer wrote."), assignee="tom@northlight.example",
                      priority=Priority.URGENT, related=(THIRD, OTHER))  # fmt: skip
        held = Custody(legal_hold="So did another.")
        two = replace(TWO, order_number=None, tags=("b", "c"), custody=held, related=(samples.REF,))
        _, there = merge(one, two)
        assert (there.topic, there.order_number, there.country) == (TWO.topic, "NL-1", "AT")
        assert there.tags == ("b", "c", "a")
        assert there.custody.legal_hold == "So did another.; A lawyer wrote."
        assert (there.assignee, there.priority) == ("tom@northlight.example", Priority.URGENT)
        assert there.related == (THIRD,)
        assert there.merged_from == (samples.REF,)

    def test_the_targets_own_facts_stay(self) -> None:
        there = merge(ONE, replace(TWO, order_number="NL-9", assignee=ADA.address))[1]
        assert (there.order_number, there.assignee, there.subject) == ("NL-9", ADA.address, TWO.subject)

    def test_tickets_merged_earlier_come_along(self) -> None:
        _, second = merge(samples.ticket(THIRD), ONE)
        _, there = merge(second, TWO)
        assert there.merged_from == (samples.REF, THIRD)

    def test_an_owed_remedy_moves_to_the_target(self) -> None:
        owing = changed(
            remedying.set_remedy(ONE, remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER), ADA, samples.context(NOW))
        )
        _, there = merge(owing, TWO)
        clock = there.clock("remedy")
        assert there.remedy == owing.remedy
        assert clock
        assert clock.running

    def test_merging_two_closed_tickets_reopens_nothing(self) -> None:
        _, there = merge(closed(ONE), closed(TWO))
        assert (there.state, there.outcome) == (State.CLOSED, Outcome.SETTLED)

    def test_merging_an_open_ticket_opens_a_closed_target(self) -> None:
        _, there = merge(ONE, closed(TWO))
        assert (there.state, there.outcome, there.closed_at) == (State.OPEN, None, None)
        assert there.clock(RETAIN) is None

    def test_the_other_customer_becomes_a_participant(self) -> None:
        jo = samples.ticket(person=Person("Jo Lund", "Jo@example.com"))
        _, there = merge(jo, TWO, anyway=True)
        assert there.requester == TWO.requester
        assert there.participants == ("jo@example.com",)

    @given(st.permutations(range(3)))
    def test_no_ticket_is_lost_in_any_order_of_merging(self, order: list[int]) -> None:
        refs = (samples.REF, OTHER, THIRD)
        first, second, third = (samples.ticket(refs[place]) for place in order)
        _, both = merge(first, second)
        _, every = merge(both, third)
        assert {*every.merged_from, every.ref} == set(refs)


class TestRefused:
    @pytest.mark.parametrize(
        ("ticket", "into", "code"),
        [
            (ONE, ONE, "itself"),
            (ONE, replace(TWO, shop="kettle"), "no_ticket"),
            (replace(ONE, merged_into=THIRD), TWO, "merged"),
            (ONE, replace(TWO, merged_into=THIRD), "merged_away"),
            (ONE, replace(TWO, state=State.QUARANTINED), "quarantine"),
            (ONE, replace(TWO, merged_from=tuple(map(str, range(20)))), "merged_too_often"),
            (ONE, samples.ticket(OTHER, person=Person("Jo", "jo@example.com")), "other_customer"),
        ],
    )
    def test_impossible_merges_are_refused(self, ticket: Ticket, into: Ticket, code: str) -> None:
        with pytest.raises(InvalidFields) as refused:
            merge(ticket, into)
        assert code in refused.value.codes.values()

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_merge_while_a_promise_changing_mail_is_owed_is_refused(self, which: int) -> None:
        until = samples.context(NOW)
        clock, furthest = extending.extensible(ONE, until)
        pair: list[Any] = [ONE, TWO]
        pair[which] = changed(extending.extend(pair[which], "e", furthest, "So", ADA, until))
        assert clock
        with pytest.raises(InvalidFields, match="merge_under_way"):
            merge(*pair)

    def test_a_merge_of_two_owed_remedies_is_refused(self) -> None:
        owing = [
            changed(
                remedying.set_remedy(each, remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER), ADA, samples.context(NOW))
            )
            for each in (ONE, TWO)
        ]
        with pytest.raises(InvalidFields, match="two_remedies"):
            merge(*owing)

    def test_a_ticket_without_an_address_merges_with_any_customers(self) -> None:
        nobody = samples.ticket(person=Person("", "", "030 1234"))
        _, there = merge(nobody, TWO)
        assert there.requester == TWO.requester
        _, there = merge(TWO, nobody)
        assert there.requester == TWO.requester
