"""In which list of the desk's inbox a ticket stands, and how it is sorted there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, FIRST_ANSWER, PROGRESS, REMEDY, RESOLVE, Clock, Clocks
from chalicelib.rules.tickets.inbox_keys import (
    CONDEMNED,
    clock_in_inbox,
    closed_on,
    due_in_inbox,
    place_in_inbox,
)
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import OWED, State, Ticket
from tests.support import samples
from tests.support.store.fakes import START

CLOSED_AT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


def remedy(**changes: object) -> Clock:
    default = Clock(REMEDY, "14 days", START, START + timedelta(days=20))
    return replace(default, **changes)  # type: ignore[arg-type]


def closed(*clocks: Clock) -> Ticket:
    return replace(samples.ticket(), state=State.CLOSED, closed_at=CLOSED_AT, clocks=Clocks(clocks))


@pytest.mark.parametrize("state", [State.OPEN, State.WAITING, State.REFERRED])
def test_an_unclosed_ticket_is_in_the_list_of_its_state(state: State) -> None:
    assert place_in_inbox(replace(samples.ticket(), state=state)) == state.value


@pytest.mark.parametrize("verdict", [Suspicion.TAKEN_FOR_SPAM, Suspicion.HOLDS_VIRUS])
def test_mail_the_mail_service_condemned_has_a_list_apart_from_quarantine(verdict: str) -> None:
    assert place_in_inbox(samples.ticket(suspicions=(Suspicion.HASTY, verdict))) == CONDEMNED
    assert place_in_inbox(samples.ticket(suspicions=(Suspicion.HASTY,))) == State.QUARANTINED


def test_a_released_ticket_is_no_longer_quarantined() -> None:
    condemned = samples.ticket(suspicions=(Suspicion.TAKEN_FOR_SPAM,))
    assert place_in_inbox(replace(condemned, state=State.OPEN)) == State.OPEN


def test_a_closed_ticket_is_listed_under_its_closing_day_in_utc() -> None:
    for at in (CLOSED_AT, CLOSED_AT.astimezone(timezone(timedelta(hours=14)))):
        ticket = replace(closed(), closed_at=at)
        assert place_in_inbox(ticket) == closed_on(date(2026, 11, 30)) == "closed#2026-11-30"
    assert due_in_inbox(ticket) == CLOSED_AT


def test_a_ticket_is_listed_by_the_word_of_its_progress_if_that_is_due_first() -> None:
    """Two answers to a complaint about data: the second word of the progress is due before the final answer."""
    soon = Clock(PROGRESS, "30 days", START, START + timedelta(days=30))
    later = Clock(RESOLVE, "30 days", START, START + timedelta(days=60))
    for clocks in ([soon, later], [later, soon]):
        ticket = replace(samples.ticket(), clocks=Clocks(clocks))
        assert clock_in_inbox(ticket) == soon
        assert due_in_inbox(ticket) == soon.due
    assert clock_in_inbox(replace(ticket, clocks=Clocks([replace(soon, met_at=START), later]))) == later
    assert clock_in_inbox(replace(closed(soon), state=State.QUARANTINED)) is None


def test_a_closed_ticket_with_an_owed_remedy_is_in_the_owed_list() -> None:
    owing = closed(remedy())
    assert place_in_inbox(owing) == OWED
    assert due_in_inbox(owing) == remedy().due
    done = closed(remedy(met_at=START))
    assert place_in_inbox(done) == closed_on(CLOSED_AT.date())
    assert clock_in_inbox(done) is None


def test_a_closed_ticket_has_no_due_date_from_an_unmet_promise() -> None:
    ticket = replace(samples.ticket(), state=State.CLOSED, closed_at=CLOSED_AT)
    assert clock_in_inbox(ticket) is None
    assert due_in_inbox(ticket) == CLOSED_AT


def test_the_earliest_open_promise_counts() -> None:
    ticket = samples.ticket()
    first = clock_in_inbox(ticket)
    assert first
    assert first.name == ACKNOWLEDGE
    met = ticket.clocks.meet(ACKNOWLEDGE, at=START)
    second = clock_in_inbox(replace(ticket, clocks=met))
    assert second
    assert second.name == FIRST_ANSWER
    assert due_in_inbox(replace(ticket, clocks=met)) == second.due


def test_tickets_without_a_promise_come_last_and_the_oldest_first() -> None:
    old, new = (replace(samples.ticket(now=START + timedelta(days=n)), clocks=Clocks()) for n in (0, 1))
    far = replace(samples.ticket(), clocks=Clocks([remedy(due=START + timedelta(days=3650))]))
    assert due_in_inbox(far) < due_in_inbox(old) < due_in_inbox(new)
