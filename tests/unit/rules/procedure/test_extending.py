"""An extension: within the policy's limits, before the promise is broken, and in force only once its notice was
sent."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, extending, merging
from chalicelib.rules.tickets.clocks import Clock, SetBy
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.procedure_facts import Extension as Given
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Event, Person, Ticket, Visibility
from chalicelib.rules.timing.periods import Period, Unit
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY = timedelta(days=1)
DUE = START + 30 * DAY
LATER = START + 20 * DAY


def extended(ticket: Ticket, until: datetime | Period = DUE + 10 * DAY, at: datetime = LATER, id: str = "e1") -> Change:
    return extending.extend(ticket, id, until, "A part is late", ADA, samples.context(at))


def changed(change: Change) -> Ticket:
    assert change.ticket
    return change.ticket


def told(ticket: Ticket, id: str = "e1", at: datetime = LATER) -> Ticket:
    return extending.extension_sent(ticket, id, samples.context(at))[0]


def resolve(ticket: Ticket) -> Clock:
    clock = ticket.clock("resolve")
    assert clock
    return clock


def why_not(ticket: Ticket, until: datetime | Period = DUE + 10 * DAY, at: datetime = LATER) -> str:
    with pytest.raises(InvalidFields) as caught:
        extended(ticket, until, at, "e9")
    return caught.value.codes["until"]


def reopened(ticket: Ticket, at: datetime) -> Ticket:
    closed = changed(concluding.close(ticket, Outcome.SETTLED, "By telephone", ADA, samples.context(at)))
    return changed(concluding.reopen(closed, "More", ADA, samples.context(at + DAY)))


class TestRequesting:
    def test_the_notice_with_the_reason_is_owed_and_the_promise_stays(self) -> None:
        change = extended(samples.ticket())
        message = samples.message_of(change)
        assert (message.text, message.event, message.visibility) == (
            "A part is late",
            Event.EXTENSION,
            Visibility.SHARED,
        )
        assert message.outbox
        assert message.outbox.deliveries == (Delivery(Purpose.EXTENSION, "mira.holm@example.com"),)
        assert resolve(changed(change)) == resolve(samples.ticket())
        (given,) = changed(change).extensions
        assert given == Given("e1", LATER, ADA.address, "A part is late", DUE, DUE + 10 * DAY)

    def test_it_may_be_requested_as_a_period(self) -> None:
        (given,) = changed(extended(samples.ticket(), Period(2, Unit.WORKING_DAYS))).extensions
        assert given.until == datetime.fromisoformat("2026-12-29T16:30:00+00:00")  # Christmas is in between

    def test_the_whole_limit_may_be_used(self) -> None:
        assert extended(samples.ticket(), DUE + 30 * DAY)

    def test_a_reason_is_required(self) -> None:
        with pytest.raises(InvalidFields) as caught:
            extending.extend(samples.ticket(), "e1", DUE + DAY, "  ", ADA, samples.context(LATER))
        assert caught.value.codes == {"reason": "missing"}


class TestLimits:
    @pytest.mark.parametrize("kind", ["question", "feedback", "return"])
    def test_a_kind_without_extension_is_refused(self, kind: str) -> None:
        assert why_not(samples.ticket(kind=kind), at=START) == "extension_never"

    def test_a_broken_promise_is_refused(self) -> None:
        assert why_not(samples.ticket(), DUE + 10 * DAY, at=DUE) == "extension_too_late"
        assert extended(samples.ticket(), DUE + 10 * DAY, at=DUE - timedelta(seconds=1))

    def test_a_resolved_ticket_is_refused(self) -> None:
        closed = concluding.close(samples.ticket(), Outcome.SETTLED, "By telephone", ADA, samples.context())
        assert why_not(changed(closed)) == "extension_resolved"

    def test_a_second_extension_under_way_is_refused(self) -> None:
        assert why_not(changed(extended(samples.ticket()))) == "extension_under_way"

    def test_more_extensions_than_the_policy_allows_are_refused(self) -> None:
        assert why_not(told(changed(extended(samples.ticket()))), DUE + 20 * DAY) == "extension_used_up"

    def test_a_longer_extension_than_the_policy_allows_is_refused(self) -> None:
        assert why_not(samples.ticket(), DUE + 30 * DAY + timedelta(seconds=1)) == "extension_too_long"
        assert why_not(samples.ticket(), Period(31, Unit.DAYS)) == "extension_too_long"

    @pytest.mark.parametrize("until", [DUE, DUE - DAY, START - DAY])
    def test_the_same_day_or_an_earlier_one_is_refused(self, until: datetime) -> None:
        assert why_not(samples.ticket(), until) == "extension_not_later"

    def test_a_customer_without_an_address_is_refused(self) -> None:
        assert why_not(samples.ticket(person=Person("", ""))) == "extension_no_address"

    def test_all_extensions_together_keep_to_the_limit(self) -> None:
        context = samples.context(LATER)
        kind = context.shop.kinds["complaint"]
        assert kind.extension
        often = replace(kind, extension=replace(kind.extension, times=2))
        context = replace(context, shop=replace(context.shop, kinds={**context.shop.kinds, "complaint": often}))
        once = told(changed(extended(samples.ticket(), DUE + 20 * DAY)))
        assert extending.extensible(once, context)[1] == DUE + 30 * DAY
        with pytest.raises(InvalidFields, match="too_long"):
            extending.extend(once, "e2", DUE + 31 * DAY, "Again", ADA, context)
        assert extending.extend(once, "e2", DUE + 30 * DAY, "Again", ADA, context)


class TestNoticeSent:
    def test_the_clock_moves_and_has_its_steps_before_it(self) -> None:
        before = changed(extended(samples.ticket()))
        clock = resolve(told(before))
        assert (clock.due, clock.set_at, clock.next_at) == (DUE + 10 * DAY, START, None)
        assert clock.warn_at
        assert DUE < clock.warn_at < clock.due
        assert explained(clock, samples.shipped(), lambda day: None).decided == SetBy.EXTENSION
        assert told(before).clock("first_answer") == before.clock("first_answer")

    def test_the_notice_takes_effect_once(self) -> None:
        once = told(changed(extended(samples.ticket())))
        again, log = extending.extension_sent(once, "e1", samples.context(LATER + DAY))
        assert (again, log) == (once, ())
        assert told(once, "unknown") == once

    def test_a_failed_notice_moves_nothing_and_allows_another(self) -> None:
        failed = extending.failed(changed(extended(samples.ticket())), "e1", LATER)
        assert resolve(failed).due == DUE
        again = changed(extended(failed, DUE + 5 * DAY, id="e2"))
        assert resolve(told(again, "e2")).due == DUE + 5 * DAY

    def test_an_older_notice_sent_late_does_not_shorten_the_promise(self) -> None:
        failed = extending.failed(changed(extended(samples.ticket())), "e1", LATER)
        moved = told(changed(extended(failed, DUE + 20 * DAY, id="e2")), "e2")
        assert resolve(told(moved, "e1")).due == DUE + 20 * DAY

    def test_a_notice_from_before_the_reopening_changes_nothing(self) -> None:
        again = reopened(changed(extended(samples.ticket(), DUE + 5 * DAY)), LATER)
        assert resolve(told(again, "e1", LATER + 2 * DAY)).due == LATER + DAY + 30 * DAY

    def test_a_ticket_resolved_before_the_notice_was_sent_stays_resolved(self) -> None:
        asked = changed(extended(samples.ticket()))
        closed = changed(concluding.close(asked, Outcome.SETTLED, "Done", ADA, samples.context(LATER)))
        assert told(closed).clocks == closed.clocks

    def test_a_reopened_ticket_has_a_new_promise_to_extend(self) -> None:
        again = reopened(told(changed(extended(samples.ticket()))), LATER)
        due = resolve(again).due
        assert due == LATER + DAY + 30 * DAY
        assert extended(again, due + 30 * DAY, LATER + 2 * DAY, "e2")


class TestMerged:
    """When two tickets are merged, the earlier extension still counts."""

    def both(self) -> Ticket:
        """A newer ticket, opened five days later, into which an extended one was merged."""
        older = told(changed(extended(samples.ticket())))
        newer = samples.ticket("NL-22222-22222", START + 5 * DAY)
        change = merging.merge(older, newer, ADA, samples.context(LATER + DAY))
        assert change
        return change.also[0]

    def test_an_extension_of_either_ticket_counts(self) -> None:
        assert resolve(self.both()).due == START + 35 * DAY  # sooner than the extended one
        assert why_not(self.both(), START + 36 * DAY, LATER + 2 * DAY) == "extension_used_up"
        assert not extending.left(self.both(), samples.context(LATER + 2 * DAY))

    def test_the_limit_counts_from_the_first_promise(self) -> None:
        context = samples.context(LATER + 2 * DAY)
        kind = context.shop.kinds["complaint"]
        assert kind.extension
        often = replace(kind, extension=replace(kind.extension, times=2))
        context = replace(context, shop=replace(context.shop, kinds={**context.shop.kinds, "complaint": often}))
        assert extending.extensible(self.both(), context)[1] == DUE + 30 * DAY

    def test_a_reopened_ticket_can_be_extended_again(self) -> None:
        again = reopened(self.both(), LATER + 3 * DAY)
        assert extending.left(again, samples.context(LATER + 5 * DAY))


class TestExtensionsLeft:
    def test_an_extension_is_left_until_one_is_used_or_the_promise_is_broken(self) -> None:
        context = samples.context(LATER)
        assert extending.left(samples.ticket(), context)
        assert extending.left(changed(extended(samples.ticket())), context)  # its notice is being sent
        assert not extending.left(told(changed(extended(samples.ticket()))), context)
        assert not extending.left(samples.ticket(kind="question"), context)
        assert not extending.left(samples.ticket(), samples.context(DUE + DAY))

    def test_a_notice_is_too_late_once_the_promise_is_broken(self) -> None:
        asked = changed(extended(samples.ticket()))
        assert not extending.overtaken(asked, "e1", DUE)
        assert extending.overtaken(asked, "e1", DUE + timedelta(seconds=1))
        assert not extending.overtaken(told(asked), "e1", DUE + timedelta(seconds=1))
