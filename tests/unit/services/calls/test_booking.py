"""Calls booked, moved, cancelled and made: one ticket each, within the capacity, with its promise and its mails."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.errors import InvalidFields, InvalidLink, NotOpen
from chalicelib.rendering import words
from chalicelib.rules.calls.results import Result
from chalicelib.rules.intake.limits import CALLS
from chalicelib.rules.procedure import merging
from chalicelib.rules.tickets.clocks import CALL_BACK, ESCALATED, FIRST_ANSWER, Clock
from chalicelib.rules.tickets.messages import Event, Person
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import CallBack, CallEnd
from chalicelib.rules.tickets.ticket import Change, Channel, State, Ticket, Visibility
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.call_results import RESULTS
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.calls import booking, changing, links, places, told
from chalicelib.services.delivery.letters.letters import letter
from chalicelib.services.desk.calls import call_list
from tests.support.store.fakes import World, world

ADA = Person("Ada Lindqvist", "ada@northlight.example")
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
# 10:30 in Berlin, on a Wednesday with windows from 10 to 12 and from 14 to 16.
FIRST_SLOT = "2026-11-25T10:00Z"


def fields(number: int = 1, **changes: str) -> dict[str, str]:
    default = {
        "slot": "soon",
        "phone": f"+49 30 90182{number:03}",
        "name": "Mira Holm",
        "email": f"mira{number}@example.com",
        "note": "My lamp hums.",
        "language": "en",
        "submission_id": f"page-{number}",
    }
    return default | changes


def book(here: World, number: int = 1, address: str = HOME, **changes: str) -> Ticket:
    ticket, _ = booking.book(here.deps, here.shop, fields(number, **changes), address)
    return stored(here, ticket)


def stored(here: World, ticket: Ticket) -> Ticket:
    found = here.deps.tickets.ticket(ticket.ref)
    assert found is not None
    return found


def call_of(ticket: Ticket) -> CallBack:
    assert ticket.call is not None
    return ticket.call


def clock_of(ticket: Ticket) -> Clock:
    clock = ticket.clock(CALL_BACK)
    assert clock is not None
    return clock


def faults(doing: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(InvalidFields) as refused:
        doing()
    return dict(refused.value.codes)


def result(here: World, ticket: Ticket, name: str, key: str = "", **more: str) -> Ticket:
    inputs = ActionInput({"result": name, **more}, ADA)
    key = key or f"{name}-{here.clock.at.isoformat()}"
    after, _ = acting.act(here.deps, here.shop, ticket.ref, "call_result", inputs, key)
    return after


def owed(here: World, purpose: Purpose) -> int:
    boxes = [each.outbox for each in here.store.tickets.values()]
    boxes += [each.outbox for each in here.store.messages.values()]
    return sum(mail.purpose is purpose for box in boxes if box for mail in box.deliveries)


@pytest.fixture
def here() -> World:
    return world()


class TestBooking:
    def test_it_opens_a_ticket_by_phone_with_its_promise_and_confirms_it(self, here: World) -> None:
        ticket = book(here, order_number="NL-2026-1", topic=here.shop.topics[0].id)
        assert (ticket.channel, ticket.state) == (Channel.PHONE, State.OPEN)
        assert ticket.requester == Person("Mira Holm", "mira1@example.com", "+493090182001")
        assert not ticket.proven
        assert clock_of(ticket).due == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        assert call_of(ticket).starts_at is None
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == owed(here, Purpose.NOTIFICATION_NEW) == 1

    def test_a_half_hour_is_promised_by_its_end(self, here: World) -> None:
        ticket = book(here, slot=FIRST_SLOT)
        assert call_of(ticket).starts_at == datetime(2026, 11, 25, 10, tzinfo=UTC)
        assert clock_of(ticket).due == datetime(2026, 11, 25, 10, 30, tzinfo=UTC)

    def test_the_same_form_again_is_the_same_ticket_and_takes_no_second_place(self, here: World) -> None:
        first = book(here)
        held = dict(here.store.places)
        assert book(here).ref == first.ref
        assert here.store.places == held
        assert len(here.store.tickets) == 1

    def test_the_same_words_from_elsewhere_get_no_receipt(self, here: World) -> None:
        assert booking.book(here.deps, here.shop, fields(), HOME)[1]
        assert booking.book(here.deps, here.shop, fields(), HOME)[1]
        assert not booking.book(here.deps, here.shop, fields(), ELSEWHERE)[1]

    def test_a_machine_that_fills_the_hidden_field_gets_no_call(self, here: World) -> None:
        ticket = book(here, further_details="https://spam.example")
        assert ticket.state is State.QUARANTINED
        assert ticket.call is None
        assert not here.store.places
        assert not owed(here, Purpose.ACKNOWLEDGEMENT)

    def test_every_wrong_field_is_named_at_once(self, here: World) -> None:
        wrong: dict[str, str] = {
            "slot": "",
            "phone": "0900 1234567",
            "name": "",
            "email": "mira",
            "topic": "x",
            "note": "x" * 1_001,
        }
        assert faults(lambda: book(here, 1, HOME, **wrong)) == {
            "slot": "missing",
            "phone": "costly_number",
            "name": "missing",
            "email": "not_an_address",
            "topic": "unknown",
            "note": "too_long",
        }
        assert not here.store.tickets

    def test_a_time_that_is_over_or_invented_is_refused(self, here: World) -> None:
        for slot in ("2026-11-25T09:00Z", "2026-11-28T10:00Z", "2026-11-25T10:07Z", "tomorrow"):
            assert faults(lambda slot=slot: book(here, slot=slot)) == {"slot": "slot_unknown"}  # type: ignore[misc]

    def test_an_abroad_number_keeps_its_owners_time_zone(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, countries=("GB",)))
        assert call_of(book(here, phone="+44 20 7946 0182")).zone == "Europe/London"
        assert call_of(book(here, 2)).zone == ""


class TestCapacity:
    def test_twenty_at_one_moment_never_exceed_the_half_hour(self, here: World) -> None:
        """Each booking is overtaken by the next between reading the places and taking one."""
        here.with_shop(calls=replace(here.shop.calls, per_slot=3))
        waiting = list(range(2, 21))
        booked, refused = list[Ticket](), list[dict[str, str]]()

        def one(number: int) -> None:
            try:
                booked.append(book(here, number, f"192.0.{number}.1", slot=FIRST_SLOT))
            except InvalidFields as full:
                refused.append(dict(full.codes))

        def overtaken(change: Change) -> None:
            if change.holds and waiting:
                one(waiting.pop())

        here.store.before_commit = overtaken
        one(1)
        assert len(booked) == 3
        assert refused == [{"slot": "slot_full"}] * 17
        assert Counter(id.rpartition("#")[0] for _, id in here.store.places if id.startswith("SLOT#")) == {
            f"SLOT#{FIRST_SLOT}": 3
        }
        assert len(here.store.tickets) == 3

    def test_as_soon_as_possible_is_later_for_each_who_finds_it_full(self, here: World) -> None:
        until = [call_of(book(here, number, f"192.0.{number}.1")).until for number in range(1, 21)]
        assert until == sorted(until)
        assert max(Counter(until).values()) == here.shop.calls.per_slot

    @pytest.mark.parametrize("end", ["cancelled", "closed", "erased", "reached"])
    def test_a_place_whose_call_is_over_is_another_customers(self, here: World, end: str) -> None:
        here.with_shop(calls=replace(here.shop.calls, per_slot=1))
        first = book(here, slot=FIRST_SLOT)
        assert faults(lambda: book(here, 2, slot=FIRST_SLOT)) == {"slot": "slot_full"}
        if end == "cancelled":
            changing.change(here.deps, first, changing.CANCEL, "", "press", HOME)
        elif end == "closed":
            acting.act(
                here.deps,
                here.shop,
                first.ref,
                "close",
                ActionInput({"outcome": "settled", "reason": "Solved."}, ADA),
                "close",
            )
        elif end == "erased":
            del here.store.tickets[first.ref]
        else:
            result(here, first, "reached", notes="All is well.")
        assert call_of(book(here, 2, slot=FIRST_SLOT, submission_id="again")).open

    def test_a_place_of_a_merged_ticket_stays_taken(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, per_slot=1))
        first = book(here, slot=FIRST_SLOT)
        other = book(here, 3, slot="2026-11-26T09:00Z", email="mira1@example.com")
        into = merging.joined(other, first, here.deps.context(here.shop))
        here.store.tickets[into.ref] = into
        here.store.tickets[first.ref] = merging._ended(first, into.ref, here.deps.context(here.shop))
        assert call_of(into).until == call_of(first).until
        assert clock_of(into).due == clock_of(first).due
        assert faults(lambda: book(here, 2, slot=FIRST_SLOT)) == {"slot": "slot_full"}


class TestLimits:
    def test_two_open_calls_to_a_number_from_one_source(self, here: World) -> None:
        first = book(here, 1, phone="030 111111")
        book(here, 2, phone="+49 30 111111")
        third = {"phone": "0049 30 111111"}
        assert faults(lambda: book(here, 3, **third)) == {"phone": "calls_open_already"}
        changing.change(here.deps, first, changing.CANCEL, "", "press", HOME)
        assert call_of(book(here, 3, **third)).open

    def test_nobody_uses_up_the_calls_of_a_number_from_elsewhere(self, here: World) -> None:
        for number in (1, 2):
            book(here, number, ELSEWHERE, phone="030 111111")
        assert call_of(book(here, 3, HOME, phone="030 111111")).open

    def test_five_a_day_from_one_source_whatever_the_number(self, here: World) -> None:
        for number in range(CALLS):
            book(here, number)
        assert faults(lambda: book(here, 90)) == {"slot": "too_many_calls"}
        assert call_of(book(here, 91, ELSEWHERE)).open
        here.clock.advance(days=1)
        assert call_of(book(here, 90)).open

    def test_the_form_that_comes_again_is_not_counted(self, here: World) -> None:
        for _ in range(CALLS + 1):
            book(here)
        assert call_of(book(here, 2)).open


class TestChanging:
    def test_a_call_is_moved_to_another_place_and_its_old_one_is_free(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, per_slot=1))
        ticket = book(here, slot=FIRST_SLOT)
        after = changing.change(here.deps, ticket, "2026-11-26T09:00Z", "", "press", HOME)
        assert clock_of(after).due == datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
        assert owed(here, Purpose.CALL_CHANGED) == 1
        assert call_of(book(here, 2, slot=FIRST_SLOT)).open
        assert {ref for (_, id), ref in here.store.places.items() if id.startswith("DUE#")} == {
            each.ref for each in here.store.tickets.values()
        }

    def test_a_press_counts_once_whatever_it_says_the_second_time(self, here: World) -> None:
        ticket = book(here, slot=FIRST_SLOT)
        changing.change(here.deps, ticket, "2026-11-26T09:00Z", "", "press", HOME)
        moved = stored(here, ticket)
        for choice in ("2026-11-26T09:00Z", changing.CANCEL):
            changing.change(here.deps, stored(here, ticket), choice, "", "press", HOME)
        assert stored(here, ticket) == moved

    def test_a_cancelled_call_is_no_promise_and_can_be_booked_again(self, here: World) -> None:
        ticket = changing.change(here.deps, book(here), changing.CANCEL, "", "one", HOME)
        assert ticket.clock(CALL_BACK) is None
        assert call_of(ticket).ended is CallEnd.CANCELLED
        with pytest.raises(NotOpen):
            changing.change(here.deps, ticket, changing.CANCEL, "", "two", HOME)
        again = changing.change(here.deps, ticket, FIRST_SLOT, "", "three", HOME)
        assert call_of(again).open
        assert clock_of(again).due == datetime(2026, 11, 25, 10, 30, tzinfo=UTC)

    def test_a_full_half_hour_leaves_the_call_as_it_was(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, per_slot=1))
        book(here, 2, slot="2026-11-26T09:00Z")
        ticket = book(here, slot=FIRST_SLOT)
        changed = {"choice": "2026-11-26T09:00Z", "phone": "", "press": "p", "address": HOME}
        assert faults(lambda: changing.change(here.deps, ticket, **changed)) == {"slot": "slot_full"}
        assert stored(here, ticket) == ticket

    def test_a_link_is_the_tickets_until_its_links_are_withdrawn(self, here: World) -> None:
        ticket = book(here)
        token = links.page_url(here.deps, ticket).rpartition("/")[2]
        assert links.open_page(here.deps, token) == ticket
        with pytest.raises(InvalidLink):
            links.open_page(here.deps, links.receipt(here.deps, ticket))
        here.store.tickets[ticket.ref] = replace(ticket, link_version=2)
        with pytest.raises(InvalidLink):
            links.open_page(here.deps, token)


class TestResults:
    def test_the_results_of_the_form_are_those_of_the_rules(self) -> None:
        assert tuple(Result) == RESULTS

    def test_reached_in_time_is_a_promise_kept(self, here: World) -> None:
        after = result(here, book(here), "reached", notes="The driver is new.", answers="yes")
        assert clock_of(after).met_at == here.clock.at
        assert after.clocks.only(FIRST_ANSWER).met
        assert call_of(after).ended is CallEnd.REACHED
        assert list(here.store.sla_counts.values()) == [(2, 0)]
        (note,) = [each for each in here.store.messages.values() if each.text == "The driver is new."]
        assert note.visibility is Visibility.SHARED

    def test_reached_without_an_answer_leaves_the_answer_owed(self, here: World) -> None:
        after = result(here, book(here), "reached", notes="Calls back.")
        assert after.clocks.only(FIRST_ANSWER).running
        assert faults(lambda: result(here, book(here, 2), "reached")) == {"notes": "missing"}

    def test_three_tries_twenty_minutes_apart_keep_the_promise_and_bring_a_new_link(self, here: World) -> None:
        ticket = book(here)
        for number in (1, 2):
            ticket = result(here, ticket, "not_reached")
            assert len(call_of(ticket).tries) == number
            assert clock_of(ticket).met_at is None
            here.clock.advance(minutes=19)
            assert faults(lambda now=ticket: result(here, now, "not_reached")) == {"result": "called_just_now"}  # type: ignore[misc]
            here.clock.advance(minutes=1)
        assert not here.store.sla_counts
        ticket = result(here, ticket, "not_reached")
        assert call_of(ticket).ended is CallEnd.GIVEN_UP
        assert clock_of(ticket).met_at == here.clock.at
        assert list(here.store.sla_counts.values()) == [(1, 0)]
        assert owed(here, Purpose.CALL_FAILED) == 1
        assert call_of(changing.change(here.deps, ticket, "soon", "", "press", HOME)).tries == ()

    def test_a_press_that_comes_twice_is_one_try(self, here: World) -> None:
        ticket = book(here)
        for _ in range(2):
            ticket = result(here, ticket, "not_reached", key="same")
        assert len(call_of(ticket).tries) == 1

    def test_tries_that_begin_too_late_do_not_mend_the_promise(self, here: World) -> None:
        ticket = book(here)
        here.clock.advance(minutes=31)
        look_after_due(here.deps)
        for _ in range(3):
            ticket = result(here, stored(here, ticket), "not_reached")
            here.clock.advance(minutes=20)
        assert list(here.store.sla_counts.values()) == [(0, 1)]

    def test_nobody_called_escalates_and_is_a_promise_missed(self, here: World) -> None:
        ticket = book(here)
        here.clock.advance(minutes=29)
        look_after_due(here.deps)
        assert not owed(here, Purpose.ESCALATION)
        here.clock.advance(minutes=2)
        look_after_due(here.deps)
        assert owed(here, Purpose.ESCALATION)
        assert list(here.store.sla_counts.values()) == [(0, 1)]
        after = result(here, stored(here, ticket), "reached", notes="Sorry for that.")
        assert clock_of(after).met_at
        assert list(here.store.sla_counts.values()) == [(0, 1)]

    def test_a_wrong_number_ends_the_call_and_the_right_one_begins_it_again(self, here: World) -> None:
        ticket = result(here, book(here), "wrong_number")
        assert call_of(ticket).ended is CallEnd.WRONG_NUMBER
        assert owed(here, Purpose.CALL_FAILED) == 1
        assert not here.store.sla_counts
        change = changing.change
        assert faults(lambda: change(here.deps, ticket, "soon", "", "one", HOME)) == {"phone": "missing"}
        again = change(here.deps, ticket, "soon", "030 222222", "two", HOME)
        assert again.requester.phone == "+4930222222"
        assert call_of(again).open
        assert again.custody.former_words

    def test_an_agent_moves_it_to_a_time_that_is_free(self, here: World) -> None:
        ticket = book(here)
        assert faults(lambda: result(here, ticket, "moved")) == {"slot": "missing"}
        after = result(here, ticket, "moved", slot="2026-11-26T09:00Z")
        assert clock_of(after).due == datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
        assert owed(here, Purpose.CALL_CHANGED) == 1

    @pytest.mark.parametrize("name", RESULTS)
    def test_a_ticket_without_an_open_call_takes_no_result(self, here: World, name: str) -> None:
        ticket = changing.change(here.deps, book(here), changing.CANCEL, "", "press", HOME)
        more = {"notes": "x", "slot": "2026-11-26T09:00Z"}
        assert faults(lambda: result(here, ticket, name, **more)) == {"action": "no_call"}

    @pytest.mark.parametrize("outcome", ["settled", "spam"])
    def test_closing_ends_the_call_without_counting_it(self, here: World, outcome: str) -> None:
        ticket = book(here)
        inputs = ActionInput({"outcome": outcome, "reason": "Solved."}, ADA)
        after, _ = acting.act(here.deps, here.shop, ticket.ref, "close", inputs, "close")
        assert call_of(after).ended is CallEnd.CLOSED
        assert after.clock(CALL_BACK) is None


class TestList:
    def test_it_has_the_open_calls_due_first_and_gives_back_the_places_of_others(self, here: World) -> None:
        late, soon = book(here, 1, slot="2026-11-26T09:00Z"), book(here, 2)
        over = result(here, book(here, 3), "reached", notes="Done.")
        listed = call_list.listed(here.deps, [here.shop], {here.shop.id: "Ada"}, "en")
        assert [row.ticket.ref for row in listed.rows] == [soon.ref, late.ref]
        assert [row.ready for row in listed.rows] == [True, False]
        assert over.ref not in {ref for (_, id), ref in here.store.places.items() if id.startswith("DUE#")}

    def test_it_costs_the_same_for_each_call_that_is_open(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, per_slot=9))
        for number in range(5):
            book(here, number)
        here.store.requests.clear()
        call_list.listed(here.deps, [here.shop], {}, "en")
        assert len(here.store.requests) <= 4

    def test_it_says_when_there_are_more_than_it_shows(self, here: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(call_list, "MOST", 1)
        book(here, 1)
        assert not call_list.listed(here.deps, [here.shop], {}, "en").more
        book(here, 2)
        assert call_list.listed(here.deps, [here.shop], {}, "en").more


class TestTime:
    @pytest.mark.parametrize(
        ("phone", "said"),
        [
            ("+44 20 7946 0182", "11:00 to 11:30 (Germany; United Kingdom: 10:00–10:30)"),
            ("+43 1 5880123", "11:00 to 11:30"),
            ("030 901820", "11:00 to 11:30"),
        ],
    )
    def test_names_both_clocks_where_they_differ(self, here: World, phone: str, said: str) -> None:
        here.with_shop(calls=replace(here.shop.calls, countries=("AT", "GB")))
        call = call_of(book(here, slot=FIRST_SLOT, phone=phone))
        assert told.call_time(call, here.shop, "en") == f"Wednesday, 25 November 2026, {said}"

    @pytest.mark.parametrize(("day", "begins"), [((2026, 10, 24), 9), ((2026, 3, 28), 8)])
    def test_after_a_clock_change_the_first_half_hour_is_at_ten_by_the_shops_clock(
        self, here: World, day: tuple[int, int, int], begins: int
    ) -> None:
        here.clock.at = datetime(*day, 12, tzinfo=UTC)
        offered = told.times(here.deps, here.shop, "en").days[0].choices[0]
        assert offered.words == "10:00–10:30"
        ticket = book(here, slot=offered.value)
        starts = call_of(ticket).starts_at
        assert starts
        assert starts.hour == begins
        assert "10:00 to 10:30" in told.call_time(call_of(ticket), here.shop, "en")


class TestMails:
    def test_the_confirmation_says_when_from_which_number_and_how_to_move_it(self, here: World) -> None:
        ticket = book(here, slot=FIRST_SLOT)
        assert ticket.outbox is not None
        mail = next(each for each in ticket.outbox.deliveries if each.purpose is Purpose.ACKNOWLEDGEMENT)
        written = letter(here.deps, ticket, ticket.opening, mail, here.clock.at)
        for text in (written.text, written.html):
            assert "Wednesday, 25 November 2026, 11:00 to 11:30" in text
            assert "+49 30 23125 014" in text
            assert links.page_url(here.deps, ticket) in text.replace("&amp;", "&")
            assert ticket.ref in text
            assert ticket.requester.phone not in text

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_each_piece_of_news_has_its_mail(self, here: World, language: str) -> None:
        moved = changing.change(here.deps, book(here, 1, language=language), FIRST_SLOT, "", "a", HOME)
        cancelled = changing.change(here.deps, book(here, 2, language=language), changing.CANCEL, "", "b", HOME)
        wrong = result(here, book(here, 3, language=language), "wrong_number")
        subjects = set()
        for ticket in (moved, cancelled, wrong):
            (message,) = [each for (ref, _), each in here.store.messages.items() if ref == ticket.ref]
            assert message.outbox is not None
            (mail,) = message.outbox.deliveries
            written = letter(here.deps, ticket, message, mail, here.clock.at)
            subjects.add(written.subject)
            assert "/call/" in written.text
        assert len(subjects) == 3


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("clock", ESCALATED)
def test_every_promise_that_escalates_says_what_to_do(clock: str, language: str) -> None:
    for table in ("clock", "escalation.todo"):
        assert words.phrase(language, f"{table}.{clock}")


def test_the_escalation_of_a_call_can_be_written(here: World) -> None:
    ticket = book(here)
    here.clock.advance(minutes=31)
    look_after_due(here.deps)
    (message,) = [each for each in here.store.messages.values() if each.event is Event.ESCALATION]
    assert message.outbox is not None
    for mail in message.outbox.deliveries:
        written = letter(here.deps, stored(here, ticket), message, mail, here.clock.at)
        assert "Call the customer now" in written.text


def test_only_what_is_full_costs_a_look_at_its_tickets(here: World) -> None:
    book(here, 1, slot=FIRST_SLOT)
    context = here.deps.context(here.shop)
    here.store.requests.clear()
    places.of_slots(here.deps, here.shop, context)
    assert len(here.store.requests) == 1
    book(here, 2, slot=FIRST_SLOT)
    here.store.requests.clear()
    places.of_slots(here.deps, here.shop, context)
    assert len(here.store.requests) == 2, "the full place's tickets are read in one batch"
