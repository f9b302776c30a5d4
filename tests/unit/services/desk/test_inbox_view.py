"""The desk's inbox: its lists, in order, over all shops of an agent, page by page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rules.policy.model import Agent
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, REMEDY, Clock, Clocks
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Person, Priority, State, Ticket
from chalicelib.services.desk import inbox_view
from chalicelib.services.desk.inbox_merging import ENTRIES, PAGES, ROWS
from chalicelib.services.desk.inbox_view import LISTS, Inbox, InboxQuery
from tests.support import samples
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world

ADA = Agent("ada@northlight.example", "Ada Lindqvist", "owner")
BOTH = {"northlight": ADA, "kettle": ADA}
ONE = {"northlight": ADA}
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return new_world()


def put(world: World, number: int, due: timedelta | None = HOUR, **changes: Any) -> str:
    """A ticket with one promise that is due after `due`; None: without a promise."""
    prefix = "KT" if changes.get("shop") == "kettle" else "NL"
    clocks = () if due is None else (Clock(FIRST_ANSWER, "2 working days", START, START + due),)
    opening = {name: changes.pop(name) for name in ("suspicions", "kind", "person") if name in changes}
    ticket = replace(samples.ticket(f"{prefix}-{number:05}-00000", **opening), clocks=Clocks(clocks))
    ticket = replace(ticket, **changes)
    world.store.commit(Change(ticket))
    return ticket.ref


def shown(world: World, agents: Mapping[str, Agent] = BOTH, **asked: Any) -> Inbox:
    return inbox_view.inbox(world.deps, agents, InboxQuery(**asked), "en")


def refs(seen: Inbox) -> list[str]:
    return [row.ref for row in seen.rows]


def test_tickets_of_all_shops_are_in_due_order(world: World) -> None:
    later, overdue, soon = put(world, 1, 3 * HOUR), put(world, 2, -HOUR, shop="kettle"), put(world, 3, 2 * HOUR)
    never = put(world, 4, None, state=State.WAITING)
    waiting = put(world, 5, 2.5 * HOUR, state=State.REFERRED, shop="kettle")
    assert refs(shown(world)) == [overdue, soon, waiting, later, never]
    assert [row.tone for row in shown(world).rows][:1] == ["late"]


def test_another_shops_tickets_are_never_shown(world: World) -> None:
    own = put(world, 1)
    put(world, 2, shop="kettle")
    for name in LISTS:
        day = START.date() if name == "closed" else None
        assert refs(shown(world, ONE, list=name, shop="kettle", day=day)) == (
            [own] if name in ("open", "unassigned") else []
        )


def test_of_several_shops_one_can_be_chosen(world: World) -> None:
    put(world, 1)
    other = put(world, 2, shop="kettle")
    seen = shown(world, shop="kettle")
    assert refs(seen) == [other]
    assert [id for id, _ in seen.shops] == ["northlight", "kettle"]


class TestTheLists:
    def test_mine_lists_my_tickets_in_any_active_state(self, world: World) -> None:
        put(world, 1, assignee="tom@northlight.example")
        put(world, 2)
        mine = [
            put(world, 3, assignee=ADA.address),
            put(world, 4, 2 * HOUR, assignee="Ada@Northlight.example", state=State.WAITING),
        ]
        assert refs(shown(world, list="mine")) == mine
        assert all(row.mine for row in shown(world, list="mine").rows)

    def test_unassigned_lists_tickets_without_an_assignee(self, world: World) -> None:
        put(world, 1, assignee="tom@northlight.example")
        nobodys = put(world, 2)
        assert refs(shown(world, list="unassigned")) == [nobodys]

    def test_overdue_lists_tickets_that_were_due_before_now(self, world: World) -> None:
        late = [put(world, 1, -3 * HOUR), put(world, 2, -timedelta(seconds=1), state=State.REFERRED, shop="kettle")]
        put(world, 3, HOUR)
        put(world, 4, timedelta(0))
        put(world, 5, None)
        assert refs(shown(world, list="overdue")) == late

    def test_waiting_and_referred_are_by_state(self, world: World) -> None:
        waiting, referred = put(world, 1, None, state=State.WAITING), put(world, 2, state=State.REFERRED)
        put(world, 3)
        assert refs(shown(world, list="waiting")) == [waiting]
        assert refs(shown(world, list="referred")) == [referred]

    def test_owed_lists_closed_tickets_with_an_open_remedy(self, world: World) -> None:
        remedy = Clock(REMEDY, "14 days", START, START + HOUR)
        closed: dict[str, Any] = {"state": State.CLOSED, "closed_at": START}
        owed = put(world, 1, **closed, clocks=Clocks([remedy]))
        put(world, 2, **closed, clocks=Clocks([replace(remedy, met_at=START)]))
        assert refs(shown(world, list="owed")) == [owed]
        assert owed in refs(shown(world))

    def test_suspicious_and_quarantined_are_two_lists_newest_first(self, world: World) -> None:
        odd = [
            put(world, n, suspicions=(Suspicion.HASTY,), opened_at=START - n * HOUR, clocks=Clocks()) for n in (1, 2)
        ]
        spam = put(world, 3, suspicions=(Suspicion.TAKEN_FOR_SPAM,))
        assert refs(shown(world, list="quarantine")) == odd
        assert refs(shown(world, list="condemned")) == [spam]
        assert refs(shown(world)) == []

    def test_a_kind_can_be_chosen_and_an_unknown_kind_is_ignored(self, world: World) -> None:
        complaint, question = put(world, 1), put(world, 2, kind="question")
        assert refs(shown(world, kind="question")) == [question]
        assert refs(shown(world, kind="nonsense")) == [complaint, question]
        assert dict(shown(world).kinds)["question"]

    def test_closed_tickets_are_listed_by_the_shops_day_latest_first(self, world: World) -> None:
        # Berlin is an hour ahead of UTC: two are of the 24th there, one of the 25th.
        times = [datetime(2026, 11, day, hour, 30, tzinfo=UTC) for day, hour in ((23, 23), (24, 22), (24, 23))]
        closed = [
            put(world, n, None, state=State.CLOSED, closed_at=at, outcome="settled") for n, at in enumerate(times)
        ]
        seen = shown(world, list="closed", day=date(2026, 11, 24))
        assert refs(seen) == [closed[1], closed[0]]
        assert (seen.earlier, seen.later) == (date(2026, 11, 23), date(2026, 11, 25))
        today = shown(world, list="closed", day=date(2026, 11, 25))
        assert refs(today) == [closed[2]]
        assert today.later is None
        assert {row.outcome for row in today.rows} == {"settled"}


class TestARow:
    def test_a_row_shows_subject_names_and_time_left(self, world: World) -> None:
        put(world, 1, timedelta(hours=3, minutes=10), assignee="tom@northlight.example", priority=Priority.HIGH)
        (row,) = shown(world).rows
        assert (row.subject, row.name) == ("Lamp arrived with a cracked shade", "Mira Holm")
        assert row.due == "Answer due in 3 h 10 m"
        assert (row.kind, row.channel, row.priority, row.assignee) == ("Complaint", "form", "high", "Tom Berger")

    def test_a_row_is_marked_soon_once_its_kind_warns(self, world: World) -> None:
        kind = world.shop.kinds["complaint"]
        assert kind.warn
        put(world, 1, timedelta(minutes=5))
        put(world, 2, timedelta(days=60))
        assert [row.tone for row in shown(world).rows] == ["soon", ""]

    def test_a_row_without_a_promise_shows_when_the_ticket_came(self, world: World) -> None:
        put(world, 1, suspicions=(Suspicion.HASTY,), clocks=Clocks())
        assert [row.due for row in shown(world, list="quarantine").rows] == ["Came 10:30"]

    def test_unknown_topic_and_assignee_are_shown_as_stored(self, world: World) -> None:
        put(world, 1, kind="complaint", topic="gone", assignee="left@northlight.example", person=Person("", ""))
        (row,) = shown(world).rows
        assert (row.topic, row.assignee, row.name) == ("gone", "left@northlight.example", "")


def walked(world: World, agents: Mapping[str, Agent] = BOTH, **asked: Any) -> list[list[str]]:
    """The pages, one after the other."""
    pages, after = [], ""
    while True:
        seen = shown(world, agents, after=after, **asked)
        pages.append(refs(seen))
        after = seen.next_cursor
        if not after:
            return pages
        assert len(pages) < 100


class TestPages:
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(-3, 3),
                st.sampled_from(("northlight", "kettle")),
                st.sampled_from((State.OPEN, State.WAITING, State.REFERRED)),
                st.sampled_from(("", ADA.address)),
            ),
            max_size=120,
        ),
        st.sampled_from(("open", "mine", "unassigned", "overdue")),
    )
    def test_pages_show_every_ticket_once_in_due_order(
        self, tickets: list[tuple[int, str, State, str]], name: str
    ) -> None:
        world = new_world()
        wanted = []
        for number, (hours, shop, state, assignee) in enumerate(tickets):
            ref = put(world, number, hours * HOUR, shop=shop, state=state, assignee=assignee or None)
            chosen = {"open": True, "mine": assignee, "unassigned": not assignee, "overdue": hours < 0}[name]
            if chosen:
                wanted.append((hours, ref))
        pages = walked(world, list=name)
        assert [ref for page in pages for ref in page] == [ref for _, ref in sorted(wanted)]
        assert all(len(page) == ROWS for page in pages[:-1])

    def test_the_first_page_costs_one_request_per_list(self, world: World) -> None:
        for number in range(3 * ROWS):
            put(world, number, number * HOUR)
        world.store.requests.clear()
        assert len(shown(world, ONE).rows) == ROWS
        assert len(world.store.requests) == len(inbox_view.ACTIVE)

    def test_a_list_that_was_read_to_its_end_is_not_read_again(self, world: World) -> None:
        put(world, 0, -HOUR, state=State.WAITING)
        for number in range(1, 2 * ROWS):
            put(world, number, number * HOUR)
        first = shown(world, ONE)
        world.store.requests.clear()
        assert len(shown(world, ONE, after=first.next_cursor).rows) == ROWS
        assert len(world.store.requests) == 1

    def test_the_next_page_works_after_the_last_shown_ticket_left_the_list(self, world: World) -> None:
        every = [put(world, number, number * HOUR) for number in range(ROWS + 5)]
        first = shown(world)
        for ref in every[: ROWS + 1]:
            ticket = world.store.tickets[ref]
            world.store.tickets[ref] = replace(ticket, state=State.CLOSED, closed_at=START, clocks=Clocks())
        assert refs(shown(world, after=first.next_cursor)) == every[ROWS + 1 :]

    @pytest.mark.parametrize("cursor", ["x", "W10.abc", "\x00", "é" * 9, "." * 2000])
    def test_a_forged_cursor_gives_the_first_page(self, world: World, cursor: str) -> None:
        every = [put(world, number, number * HOUR) for number in range(ROWS + 1)]
        assert refs(shown(world, after=cursor)) == every[:ROWS]

    def test_a_cursor_of_another_list_or_other_shops_gives_the_first_page(self, world: World) -> None:
        every = [put(world, number, number * HOUR) for number in range(ROWS + 1)]
        next_cursor = shown(world).next_cursor
        assert refs(shown(world, ONE, after=next_cursor)) == every[:ROWS]
        waiting = [put(world, 1000 + n, n * HOUR, state=State.WAITING) for n in range(3)]
        assert refs(shown(world, list="waiting", after=next_cursor)) == waiting

    def test_a_search_through_many_entries_stops_says_so_and_can_continue(self, world: World) -> None:
        for number in range(PAGES * ENTRIES + 50):
            put(world, number, number * timedelta(minutes=1))
        last = put(world, 90_000, 1000 * HOUR, assignee=ADA.address)
        world.store.requests.clear()
        first = shown(world, ONE, list="mine")
        assert (first.rows, first.cut, first.looked_at) == ((), True, PAGES * ENTRIES)
        assert len(world.store.requests) == PAGES + len(inbox_view.ACTIVE) - 1
        second = shown(world, ONE, list="mine", after=first.next_cursor)
        assert refs(second) == [last]
        assert not second.cut
        assert second.next_cursor == ""


class TestReading:
    TODAY = date(2026, 11, 25)

    def read(self, **query: str) -> InboxQuery:
        return inbox_view.read(query, BOTH, self.TODAY)

    def test_the_query_string_is_read(self) -> None:
        asked = self.read(list="mine", shop="kettle", kind="question", after="x")
        assert asked == InboxQuery("mine", "kettle", "question", None, "x")
        assert self.read(list="closed", day="2026-11-03").day == date(2026, 11, 3)

    def test_unknown_lists_and_shops_are_ignored(self) -> None:
        assert self.read(list="nonsense", shop="other", day="2026-11-03") == InboxQuery()

    @pytest.mark.parametrize("day", ["", "tomorrow", "2026-13-01", "2999-01-01", "20261103", "٢٠٢٦-١١-٠٣"])
    def test_an_invalid_or_future_day_becomes_today(self, day: str) -> None:
        assert self.read(list="closed", day=day).day == self.TODAY

    def test_the_earliest_day_is_in_2000(self) -> None:
        asked = self.read(list="closed", day="0001-01-01")
        assert asked.day == date(2000, 1, 1)
        world = new_world()
        assert inbox_view.inbox(world.deps, BOTH, asked, "en").earlier is None

    def test_today_is_in_the_first_shops_time_zone(self) -> None:
        world = new_world()
        world.clock.at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
        assert inbox_view.today(world.deps, ONE) == date(2026, 11, 26)


def test_a_ticket_that_moves_between_pages_hides_no_other() -> None:
    world = new_world()
    every = [put(world, number, number * HOUR) for number in range(2 * ROWS)]
    first = shown(world)
    moved: Ticket = world.store.tickets[every[0]]
    clock = replace(moved.clocks[0], due=START + 1000 * HOUR)
    world.store.tickets[moved.ref] = replace(moved, clocks=Clocks([clock]))
    assert refs(shown(world, after=first.next_cursor)) == every[ROWS:]
