"""A referral: what the third party is told, how it is reminded, and which side must write next after its answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, escalating, referring, replying
from chalicelib.rules.procedure.referring import FACTS, Party, other_party, party_of
from chalicelib.rules.tickets.clocks import Clock, Clocks
from chalicelib.rules.tickets.messages import Author
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Channel, Event, Message, Person, State, Ticket, Visibility
from chalicelib.rules.timing.periods import parse
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
MIRA = "mira.holm@example.com"
AGENTS = ["ada@northlight.example", "tom@northlight.example"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHOP = samples.northlight()
PARCEL = "claims@swiftparcel.example"
# Three working days from START end on that Monday in Berlin. The party is told that day.
ASKED_UNTIL = datetime.fromisoformat("2026-11-30T22:59:00+00:00")


def party(id: str = "swiftparcel", language: str = "en") -> Party:
    found = party_of(SHOP, id, language)
    assert found
    return found


def refer(
    ticket: Ticket, to: Party | None = None, facts: Sequence[str] = ("order_number",), at: datetime = START
) -> Change:
    return referring.refer(
        ticket, "r", to or party(), referring.Question(" Where is it? ", facts), ADA, samples.context(at)
    )


def referred(ticket: Ticket | None = None, to: Party | None = None, at: datetime = START) -> Ticket:
    return changed(refer(ticket or samples.ticket(), to, at=at))


def answer(ticket: Ticket, number: int = 1, at: datetime = START + HOUR, **inbound: Any) -> Change:
    words: dict[str, Any] = {"channel": Channel.MAIL, "text": "Lost at the depot", "person": Person("", PARCEL)}
    return referring.answered(ticket, "x", samples.inbound(**words | inbound), number, samples.context(at))


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def clock(ticket: Ticket, name: str = "referral-1") -> Clock:
    found = ticket.clock(name)
    assert found
    return found


def mails(message: Message) -> list[tuple[Purpose, str]]:
    return [(mail.purpose, mail.to) for mail in message.outbox.deliveries] if message.outbox else []


def refused(problem: str, ticket: Ticket, to: Party | None = None, facts: Sequence[str] = ()) -> bool:
    with pytest.raises(InvalidFields) as caught:
        refer(ticket, to, facts)
    return problem in caught.value.codes.values()


class TestParty:
    @pytest.mark.parametrize(
        ("id", "language", "spoken"),
        [("swiftparcel", "de", "de"), ("lumenworks", "de", "en"), ("glow_repairs", "en", "de")],
    )
    def test_a_party_is_mailed_in_a_language_it_reads(self, id: str, language: str, spoken: str) -> None:
        assert party(id, language).language == spoken

    def test_an_unknown_id_is_no_party(self) -> None:
        assert party_of(SHOP, "nobody", "en") is None

    def test_a_party_has_its_own_period_and_others_the_default(self) -> None:
        assert clock(referred()).period == "3 working days"
        door = other_party(SHOP, "Neighbour", "door@next.example", "de")
        assert clock(referred(to=door)).period == "5 working days"
        (referral,) = referred(to=door).referrals
        assert (referral.party, referral.language) == (None, "de")


class TestReferring:
    def test_the_party_is_asked_and_the_customer_is_informed(self) -> None:
        change = refer(samples.ticket())
        message = samples.message_of(change)
        assert mails(message) == [(Purpose.REFERRAL, PARCEL), (Purpose.REFERRED, MIRA)]
        assert (message.visibility, message.event, message.about) == (Visibility.INTERNAL, Event.REFERRAL, "1")
        assert message.text == "Where is it?"
        assert changed(change).state is State.REFERRED
        assert not any("Where" in entry.detail for entry in change.log)

    def test_the_customers_promises_keep_running(self) -> None:
        assert referred().clocks[:3] == samples.ticket().clocks

    def test_the_party_is_not_warned_of_its_date(self) -> None:
        asked = clock(referred())
        assert (asked.due, asked.next_step) == (ASKED_UNTIL, ASKED_UNTIL)

    def test_the_party_gets_only_the_ticked_facts(self) -> None:
        (referral,) = changed(refer(samples.ticket(), facts=["topic", "order_number", "topic"])).referrals
        assert referral.facts == ("order_number", "topic")
        assert changed(refer(samples.ticket(), facts=())).referrals[0].facts == ()
        assert changed(refer(samples.ticket(), facts=FACTS[::-1])).referrals[0].facts == FACTS

    @pytest.mark.parametrize("fact", ["telephone", "Name", "", "name "])
    def test_facts_outside_the_list_are_refused(self, fact: str) -> None:
        assert refused("unknown", samples.ticket(), facts=["name", fact])

    def test_text_is_required(self) -> None:
        with pytest.raises(InvalidFields, match="missing"):
            referring.refer(samples.ticket(), "r", party(), referring.Question(" \n"), ADA, samples.context())

    def test_a_customer_without_an_address_is_not_informed(self) -> None:
        nobody = samples.ticket(person=Person("", ""))
        assert mails(samples.message_of(refer(nobody))) == [(Purpose.REFERRAL, PARCEL)]

    def test_one_address_in_any_spelling_is_not_asked_twice_at_once(self) -> None:
        assert refused("referral_open", referred())
        assert refused("referral_open", referred(), replace(party(), address="Claims@SwiftParcel.example"))
        assert referred(changed(answer(referred())))

    def test_a_closed_ticket_must_be_reopened_first(self) -> None:
        closed = concluding.close(samples.ticket(), Outcome.SETTLED, "So", ADA, samples.context())
        assert refused("closed", changed(closed))

    def test_the_hundredth_referral_is_refused(self) -> None:
        (one,) = changed(answer(referred())).referrals
        many = tuple(replace(one, number=number) for number in range(1, 99))
        full = referred(replace(samples.ticket(), referrals=many))
        assert full.referrals[-1].number == 99
        assert refused("referrals_too_many", full, party("lumenworks"))

    def test_a_referral_starts_a_new_promise_on_a_resolved_ticket(self) -> None:
        inbound = samples.inbound(person=ADA)
        settled = changed(replying.agent_answers(samples.ticket(kind="question"), "a", inbound, samples.context()))
        again = referred(settled, at=START + DAY)
        assert again.clock("close") is None
        assert (clock(again, "resolve").set_by, clock(again, "resolve").due) == ("referral", START + 15 * DAY)


class TestReminders:
    def reminded(self, ticket: Ticket, at: datetime) -> tuple[Ticket, Message]:
        change = escalating.step(replace(ticket, clocks=Clocks([clock(ticket)])), samples.context(at), str)
        assert change
        return changed(change), samples.message_of(change)

    def test_the_party_is_reminded_at_its_own_intervals(self) -> None:
        once, message = self.reminded(referred(), ASKED_UNTIL)
        assert (message.event, message.about, message.author) == (Event.REMINDER, "1", Author.SYSTEM)
        assert mails(message) == [(Purpose.REMINDER, PARCEL)]
        assert once.referrals[0].reminded == 1
        assert clock(once).next_step == datetime.fromisoformat("2026-12-02T16:30:00+00:00")  # two working days
        assert clock(once).due == ASKED_UNTIL
        assert once.state is State.REFERRED

    def test_from_the_second_reminder_on_agents_are_mailed_too(self) -> None:
        once, _ = self.reminded(referred(), ASKED_UNTIL)
        twice, message = self.reminded(once, START + 8 * DAY)
        assert mails(message) == [(Purpose.REMINDER, PARCEL), *((Purpose.ESCALATION, agent) for agent in AGENTS)]
        assert twice.referrals[0].reminded == 2

    def test_after_an_outage_the_party_is_reminded_once(self) -> None:
        once, _ = self.reminded(referred(), START + 20 * DAY)
        assert once.referrals[0].reminded == 1
        due = clock(once).next_step
        assert due
        assert START + 20 * DAY < due <= START + 22 * DAY

    def test_the_reminder_period_is_the_partys_own(self) -> None:
        slow = replace(SHOP.third_parties[0], reminder=parse("1 month"))
        context = samples.context(ASKED_UNTIL)
        context = replace(context, shop=replace(SHOP, third_parties=(slow,)))
        change = escalating.step(replace(referred(), clocks=Clocks([clock(referred())])), context, str)
        assert clock(changed(change)).next_step == datetime.fromisoformat("2026-12-30T22:59:00+00:00")

    def test_a_party_that_has_answered_is_not_reminded(self) -> None:
        done = changed(answer(referred()))
        alone = replace(done, clocks=Clocks([clock(done)]))
        assert escalating.step(alone, samples.context(START + 9 * DAY), str) is None
