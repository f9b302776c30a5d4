"""A call that nobody answered: one ticket and at most one text message, however often it is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import NotSent
from chalicelib.rules.calls import slots
from chalicelib.rules.calls import texting as lengths
from chalicelib.rules.calls.missed import CallNote
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.intake.limits import MISSED_CALLS
from chalicelib.rules.policy.promises import CallTerms
from chalicelib.rules.tickets.clocks import CALL_BACK, CLOSE, FIRST_ANSWER
from chalicelib.rules.tickets.log import DetailCode
from chalicelib.rules.tickets.messages import Event, Person
from chalicelib.rules.tickets.outbox import Delivery
from chalicelib.rules.tickets.procedure_facts import CallEnd
from chalicelib.rules.tickets.ticket import Channel, State, Ticket, Visibility
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.calls import booking, changing, links, missing, places
from chalicelib.services.calls.missing import Taken
from chalicelib.services.desk.calls import call_list
from tests.support.store.fakes import World, world

AGENT = Person("Ada Lindqvist", "ada@northlight.example")
MOBILE, HOUSE = "+4915123456789", "+4930901820"


@pytest.fixture
def here() -> World:
    return world()


def call(id: str = "call-1", number: str = MOBILE) -> MissedCall:
    return MissedCall(id, number, datetime(2026, 11, 25, 9, 29, tzinfo=UTC))


def miss(here: World, id: str = "call-1", number: str = MOBILE, source: str = "own") -> Taken:
    return missing.take(here.deps, here.shop, source, call(id, number))


def tickets(here: World) -> list[Ticket]:
    return list(here.store.tickets.values())


def only(here: World) -> Ticket:
    (ticket,) = tickets(here)
    return ticket


def said(ticket: Ticket, here: World) -> list[str]:
    entries = [logged.entry for logged in here.store.logged[ticket.ref]]
    return [detail.value for entry in entries for detail in entry.details if detail.code is DetailCode.CALL]


class TestOneTicket:
    def test_it_promises_a_call_as_soon_as_possible(self, here: World) -> None:
        assert miss(here) is Taken.APPLIED
        ticket = only(here)
        assert (ticket.channel, ticket.state) == (Channel.PHONE, State.OPEN)
        assert ticket.requester == Person("", "", MOBILE)
        clock = ticket.clock(CALL_BACK)
        assert clock is not None
        assert clock.due == datetime(2026, 11, 25, 10, tzinfo=UTC)
        assert [row.ticket.ref for row in call_list.listed(here.deps, [here.shop], {}, "en").rows] == [ticket.ref]

    @pytest.mark.parametrize("again", [1, 3])
    def test_told_again_it_is_the_same_ticket_and_the_same_text(self, here: World, again: int) -> None:
        assert [miss(here) for _ in range(1 + again)] == [Taken.APPLIED, *[Taken.DUPLICATE] * again]
        assert len(tickets(here)) == len(here.texts.sent) == 1

    def test_told_again_after_the_call_was_made_it_is_still_the_same(self, here: World) -> None:
        miss(here)
        changing.change(here.deps, only(here), changing.CANCEL, "", "press", "192.0.2.1")
        here.clock.advance(days=1)
        assert miss(here) is Taken.DUPLICATE
        here.store.places.clear()  # the store has forgotten its places
        assert miss(here) is Taken.DUPLICATE
        assert len(tickets(here)) == 1

    def test_the_same_number_joins_an_open_call_back_once_for_each_call(self, here: World) -> None:
        miss(here)
        here.clock.advance(minutes=5)
        before = only(here).clock(CALL_BACK)
        assert [miss(here, id) for id in ("call-2", "call-2", "call-3", "call-2")] == [
            Taken.APPLIED, Taken.DUPLICATE, Taken.APPLIED, Taken.DUPLICATE,
        ]  # fmt: skip
        notes = [each for each in here.store.messages.values() if each.event is Event.CALL]
        assert [each.about for each in notes] == [CallNote.CALLED_AGAIN] * 2
        assert all(each.visibility is Visibility.INTERNAL for each in notes)
        assert only(here).clock(CALL_BACK) == before, "what was promised stays"
        assert len(here.texts.sent) == 1

    def test_a_number_in_another_form_is_the_same_number(self, here: World) -> None:
        for id, number in enumerate((HOUSE, "030 901820", "0049 30 90 18 20", f"sip:{HOUSE}@provider.example")):
            assert miss(here, f"call-{id}", number) is Taken.APPLIED
        assert only(here).requester.phone == HOUSE

    def test_after_the_call_back_the_number_gets_another(self, here: World) -> None:
        miss(here)
        agent = Person("Ada Lindqvist", "ada@northlight.example")
        inputs = ActionInput({"result": "reached", "notes": "Spoke to her."}, agent)
        acting.act(here.deps, here.shop, only(here).ref, "call_result", inputs, "reached")
        assert miss(here, "call-2") is Taken.APPLIED
        assert len(tickets(here)) == 2
        assert [t.call.ended for t in tickets(here) if t.call] == [CallEnd.REACHED, None]
        assert miss(here, "call-3") is Taken.APPLIED
        assert len(tickets(here)) == 2

    def test_two_providers_may_use_the_same_id(self, here: World) -> None:
        assert miss(here, number=HOUSE) is Taken.APPLIED
        assert miss(here, number=MOBILE, source="twilio") is Taken.APPLIED
        assert len(tickets(here)) == 2

    def test_it_does_not_join_what_a_form_asked_for(self, here: World) -> None:
        """Nobody has proven that the form's number is its writer's: they could cancel the call."""
        asked = {"slot": "soon", "phone": MOBILE, "name": "Mira", "email": "mira@example.com", "submission_id": "1"}
        booking.book(here.deps, here.shop, asked, "192.0.2.1")
        miss(here)
        miss(here, "call-2", HOUSE)
        first, second, third = tickets(here)
        rows = {row.ticket.ref: row.also for row in call_list.listed(here.deps, [here.shop], {}, "en").rows}
        assert rows == {first.ref: (second.ref,), second.ref: (first.ref,), third.ref: ()}

    # The windows begin half an hour later; after twelve hours the call is overdue.
    @pytest.mark.parametrize(("hours", "ready"), [(0, False), (1, True), (12, True)])
    def test_agents_are_told_to_call_now_only_when_the_shop_calls_people(
        self, here: World, hours: int, ready: bool
    ) -> None:
        here.clock.at = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
        miss(here)
        here.clock.advance(hours=hours)
        (row,) = call_list.listed(here.deps, [here.shop], {}, "en").rows
        assert row.ready is ready

    @given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([MOBILE, HOUSE])), max_size=12))
    def test_whatever_comes_in_whatever_order(self, told: list[tuple[int, str]]) -> None:
        here = world()
        calls = {f"{number}/{id}": number for id, number in told}
        for id, number in told:
            miss(here, f"{number}/{id}", number)
        assert len(tickets(here)) == len(set(calls.values()))
        notes = [each for each in here.store.messages.values() if each.event is Event.CALL]
        assert len(notes) == len(calls) - len(tickets(here))
        assert len(here.texts.sent) == (MOBILE in calls.values())

    def test_who_is_not_reached_and_left_no_address_is_waited_for(self, here: World) -> None:
        miss(here)
        agent = Person("Ada Lindqvist", "ada@northlight.example")
        for number in range(3):
            acting.act(here.deps, here.shop, only(here).ref, "call_result",
                       ActionInput({"result": "not_reached"}, agent), f"try-{number}")  # fmt: skip
            here.clock.advance(minutes=20)
        ticket = only(here)
        assert ticket.call is not None
        assert (ticket.call.ended, ticket.state) == (CallEnd.GIVEN_UP, State.WAITING)
        assert ticket.clock(FIRST_ANSWER) is None
        assert ticket.clock(CLOSE) is not None
        assert not [mail for each in here.store.messages.values() if each.outbox for mail in each.outbox.deliveries]


class TestNoTicket:
    @pytest.mark.parametrize(
        "number",
        ["", "anonymous", "Restricted", "unknown", "+266696687", "+7378742833", "sip:anonymous@anonymous.invalid", "-"],
    )
    def test_a_number_that_is_not_shown(self, here: World, number: str) -> None:
        assert miss(here, number=number) is Taken.NUMBER_WITHHELD
        assert not tickets(here)

    @pytest.mark.parametrize("number", ["+12125550100", "+499001234567", "+88216123456", "117", "+49137123456"])
    def test_a_number_that_nobody_calls(self, here: World, number: str) -> None:
        assert miss(here, number=number) is Taken.NUMBER_REFUSED
        assert not tickets(here)

    def test_a_shop_that_calls_nobody_back(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, windows=()))
        assert miss(here) is Taken.REFUSED
        assert not tickets(here)


class TestLimits:
    def test_beyond_the_days_number_they_wait_in_quarantine_without_promise_and_text(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, missed_a_day=2, per_slot=50))
        for number in range(4):
            assert miss(here, f"call-{number}", f"+491512345670{number}") is Taken.APPLIED
        states = [ticket.state for ticket in tickets(here)]
        assert states == [State.OPEN] * 2 + [State.QUARANTINED] * 2
        assert [ticket.call is None for ticket in tickets(here)] == [False, False, True, True]
        assert len(here.texts.sent) == 2

    def test_a_number_opens_so_many_tickets_a_day(self, here: World) -> None:
        for number in range(MISSED_CALLS + 1):
            miss(here, f"call-{number}")
            last = tickets(here)[-1]
            if last.state is State.OPEN:
                changing.change(here.deps, last, changing.CANCEL, "", f"press-{number}", "192.0.2.1")
        assert [ticket.state for ticket in tickets(here)].count(State.QUARANTINED) == 1

    def test_a_number_that_calls_without_end_adds_so_much_an_hour(self, here: World) -> None:
        found = [miss(here, f"call-{number}") for number in range(here.shop.limits.replies_hour + 3)]
        assert found.count(Taken.REFUSED) == 2
        assert len(here.store.messages) == here.shop.limits.replies_hour

    def test_when_all_is_full_there_is_a_ticket_without_a_promise(
        self, here: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(slots, "_FURTHER_DAYS", 0)
        here.with_shop(calls=replace(here.shop.calls, per_slot=2, days=1))
        for number in range(10):
            assert miss(here, f"call-{number}", f"+491512345670{number}") is Taken.APPLIED
        promised = [ticket.call is not None for ticket in tickets(here)]
        assert promised == sorted(promised, reverse=True)
        assert not all(promised)
        assert len(here.texts.sent) == sum(promised)
        assert all(ticket.state is State.OPEN for ticket in tickets(here))
        assert miss(here, "call-9") is Taken.DUPLICATE


class TestThePlacesOfTheForm:
    @pytest.mark.parametrize("per_slot", [1, 2, 3])
    def test_forged_numbers_leave_a_place_of_each_half_hour(
        self, here: World, per_slot: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(slots, "_FURTHER_DAYS", 0)
        here.with_shop(calls=replace(here.shop.calls, per_slot=per_slot, days=1, missed_a_day=100))
        for number in range(12 * per_slot):
            miss(here, f"call-{number}", f"+49151234567{number:02}")
        context = here.deps.context(here.shop)
        taken = places.as_held(here.deps, here.shop, context)
        half_hours = slots.bookable(context)
        free = [sum(each.place(n) not in taken for n in range(per_slot)) for each in half_hours]
        assert min(free) == 1
        assert max(free[1:]) == 1, "and all the others are taken"
        assert slots.free(half_hours, taken, here.shop) == half_hours
        assert all(ticket.state is State.OPEN for ticket in tickets(here))
        assert any(ticket.call is None for ticket in tickets(here)), "with a promise of an answer, and none of a call"

    def test_a_place_that_the_form_has_taken_is_none_that_missed_calls_leave(self, here: World) -> None:
        asked = {"slot": "soon", "phone": HOUSE, "name": "Mira", "email": "mira@example.com", "submission_id": "1"}
        first, _ = booking.book(here.deps, here.shop, asked, "192.0.2.1")
        miss(here)
        second = tickets(here)[-1]
        assert first.call is not None
        assert second.call is not None
        assert second.call.until > first.call.until

    def test_a_day_has_more_places_than_missed_calls_become_calls(self, here: World) -> None:
        here.clock.at = datetime(2026, 11, 24, 20, tzinfo=UTC)
        here.with_shop(calls=replace(here.shop.calls, days=2))
        a_day = len(slots.bookable(here.deps.context(here.shop))) * here.shop.calls.per_slot  # today's are over
        assert CallTerms().missed_a_day == here.shop.calls.missed_a_day
        assert 0 < here.shop.calls.missed_a_day < a_day


class TestTwoCallsAtOnce:
    @pytest.mark.parametrize("merged", [False, True])
    def test_a_call_that_comes_as_the_agent_ends_the_first_is_called_back(
        self, here: World, merged: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        miss(here)
        ended, read = [only(here)], places.of_caller

        def as_it_ends(*asked: Any) -> tuple[Ticket | None, str]:
            found = read(*asked)
            if ended:
                ticket = ended.pop()
                inputs = ActionInput({"result": "reached", "notes": "Spoke to her."}, AGENT)
                acting.act(here.deps, here.shop, ticket.ref, "call_result", inputs, "reached")
                if merged:
                    miss(here, "call-of-another", HOUSE)
                    here.store.tickets[ticket.ref] = replace(
                        here.store.tickets[ticket.ref], merged_into=tickets(here)[-1].ref
                    )
            return found

        monkeypatch.setattr(places, "of_caller", as_it_ends)
        assert miss(here, "call-2") is Taken.APPLIED
        last = tickets(here)[-1]
        assert (last.requester.phone, last.state) == (MOBILE, State.OPEN)
        assert last.call is not None
        assert last.call.open
        assert miss(here, "call-2") is Taken.DUPLICATE


class TestTexts:
    def test_what_it_says(self, here: World) -> None:
        miss(here)
        (text,) = here.texts.sent
        assert text.number == MOBILE
        assert text.text.startswith("Northlight Lamps: We missed your call and ring you back by 11:00.")
        assert text.text.endswith(links.page_url(here.deps, only(here)))
        assert (text.identity, text.price, text.life) == ("NORTHLIGHT", 15, timedelta(minutes=30))
        assert lengths.parts(text.text) <= 2
        assert said(only(here), here) == [CallNote.TEXTED]

    def test_only_mobile_phones_get_one(self, here: World) -> None:
        miss(here, number=HOUSE)
        assert not here.texts.sent

    def test_none_without_a_sender(self, here: World) -> None:
        here.with_shop(calls=replace(here.shop.calls, texts=None))
        miss(here)
        assert tickets(here)
        assert not here.texts.sent

    def test_one_a_day_for_each_number_and_so_many_for_the_shop(self, here: World) -> None:
        terms = here.shop.calls.texts
        assert terms is not None
        here.with_shop(calls=replace(here.shop.calls, texts=replace(terms, a_day=2), per_slot=50))
        for number in range(3):
            miss(here, f"call-{number}", f"+491512345670{number}")
        assert len(here.texts.sent) == 2
        changing.change(here.deps, tickets(here)[0], changing.CANCEL, "", "press", "192.0.2.1")
        here.clock.advance(hours=23)
        miss(here, "call-9", "+4915123456700")
        assert len(here.texts.sent) == 2

    @pytest.mark.parametrize("unanswered", [True, False])
    def test_what_failed_is_not_sent_again(self, here: World, unanswered: bool) -> None:
        here.texts.failing.append(NotSent("ThrottlingException", passing=False, unanswered=unanswered))
        assert [miss(here) for _ in range(3)] == [Taken.APPLIED, Taken.DUPLICATE, Taken.DUPLICATE]
        assert not here.texts.sent
        assert said(only(here), here) == [CallNote.NOT_TEXTED]

    def test_a_run_that_dies_before_it_is_sent_has_sent_none(self, here: World) -> None:
        here.texts.failing.append(MemoryError())
        with pytest.raises(MemoryError):
            miss(here)
        assert miss(here) is Taken.DUPLICATE
        assert not here.texts.sent

    def test_its_link_opens_the_call_and_moves_it(self, here: World) -> None:
        miss(here)
        token = here.texts.sent[0].text.rpartition("/")[2]
        ticket = links.open_page(here.deps, token)
        after = changing.change(here.deps, ticket, changing.CANCEL, "", "press", "192.0.2.1")
        assert after.call is not None
        assert after.call.ended is CallEnd.CANCELLED
        assert not any(mail.to == "" for each in _boxes(here) for mail in each)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("ä" * 306, 2), ("€" * 80, 1), ("€" * 81, 2), ("ş" * 70, 1),
     ("ş" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2)],
)  # fmt: skip
def test_parts(text: str, parts: int) -> None:
    assert lengths.parts(text) == parts


def _boxes(here: World) -> Iterable[tuple[Delivery, ...]]:
    return [each.outbox.deliveries for each in here.store.messages.values() if each.outbox]
