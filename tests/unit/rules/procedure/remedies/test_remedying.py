"""A remedy: what the form suggests, what is owed and until when, and how its completion is recorded."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, escalating
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import Clock, Clocks, SetBy
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.procedure_facts import Fault, Finding, Outcome, OwedBy, Performer, Remedy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Event, Person, SlaCount, Ticket, Visibility, promises
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
NOBODY = Person("", "")
SHOP = samples.shipped()
DAY = timedelta(days=1)
REMEDY_KINDS = {
    "missed_delivery": (Fault.COURIER, RemedyKind.REDELIVERY),
    "late": (Fault.COURIER, RemedyKind.APOLOGY),
    "not_received": (Fault.COURIER, RemedyKind.REPLACEMENT),
    "damaged_in_transit": (Fault.COURIER, RemedyKind.REPLACEMENT),
    "faulty": (Fault.MANUFACTURER, RemedyKind.REPAIR),
    "wrong_item": (Fault.SELLER, RemedyKind.REPLACEMENT),
    "not_as_described": (Fault.SELLER, RemedyKind.REFUND),
    "wrong_size_ordered": (Fault.CUSTOMER, RemedyKind.RETURN),
    "incomplete_address": (Fault.CUSTOMER, RemedyKind.REDELIVERY),
    "price_error": (Fault.SELLER, RemedyKind.REFUND),
    "out_of_stock": (Fault.SELLER, RemedyKind.REFUND),
    "quality": (Fault.MANUFACTURER, RemedyKind.REPLACEMENT),
    "performance": (Fault.MANUFACTURER, RemedyKind.REPAIR),
    "not_useful": (Fault.UNCLEAR, RemedyKind.NONE),
    "accessibility": (Fault.SELLER, RemedyKind.NONE),
    "before_buying": (Fault.UNCLEAR, RemedyKind.NONE),
    "product": (Fault.UNCLEAR, RemedyKind.NONE),
    "service": (Fault.UNCLEAR, RemedyKind.APOLOGY),
    "other": (Fault.UNCLEAR, RemedyKind.NONE),
}


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def owes(
    ticket: Ticket,
    remedy_kind: RemedyKind = RemedyKind.REFUND,
    until: datetime | None = None,
    at: datetime = START,
    note: str = "",
) -> Ticket:
    return changed(
        remedying.set_remedy(ticket, remedying.Terms(remedy_kind, OwedBy.SELLER, until, note), ADA, samples.context(at))
    )


def done(ticket: Ticket, text: str = "", *, tell: bool = True, at: datetime = START + DAY) -> Change:
    return remedying.done(ticket, "d", text, ADA, samples.context(at), tell=tell)


def remedy(ticket: Ticket) -> tuple[Remedy, Clock | None]:
    assert ticket.remedy
    return ticket.remedy, ticket.clock("remedy")


class TestSuggestion:
    @pytest.mark.parametrize("topic", [topic.id for topic in SHOP.topics])
    def test_every_topic_of_the_policy_has_a_suggestion(self, topic: str) -> None:
        fault, remedy_kind = REMEDY_KINDS[topic]
        found = remedying.suggestion(SHOP, topic)
        assert (found.fault, found.remedy_kind) == (fault, remedy_kind)
        assert found.owed_by is (OwedBy.CUSTOMER if remedy_kind is RemedyKind.RETURN else OwedBy.SELLER)

    @pytest.mark.parametrize("topic", [None, "unheard_of", *REMEDY_KINDS])
    @pytest.mark.parametrize("fault", Fault)
    def test_the_seller_owes_every_remedy_except_a_return(self, topic: str | None, fault: Fault) -> None:
        found = remedying.suggestion(SHOP, topic, fault)
        assert found.fault is fault
        theirs = fault is Fault.CUSTOMER and found.remedy_kind is RemedyKind.RETURN
        assert found.owed_by is (OwedBy.CUSTOMER if theirs else OwedBy.SELLER)
        sent_again = topic in ("missed_delivery", "incomplete_address")
        assert found.instructions == (fault is Fault.CUSTOMER and not sent_again)
        if fault is Fault.CUSTOMER:
            assert found.remedy_kind is (RemedyKind.REDELIVERY if sent_again else RemedyKind.RETURN)

    def test_without_a_topic_the_fault_is_unclear_and_the_seller_owes(self) -> None:
        found = remedying.suggestion(SHOP, None)
        assert (found.fault, found.remedy_kind, found.owed_by) == (Fault.UNCLEAR, RemedyKind.NONE, OwedBy.SELLER)

    @pytest.mark.parametrize(
        ("topic", "fault", "asked"),
        [
            ("missed_delivery", Fault.COURIER, Performer.COURIER),
            ("faulty", Fault.MANUFACTURER, Performer.MANUFACTURER),
            ("damaged_in_transit", Fault.COURIER, Performer.SELLER),  # a replacement comes from the seller
            ("missed_delivery", Fault.MANUFACTURER, Performer.SELLER),
            ("faulty", Fault.COURIER, Performer.SELLER),
            ("incomplete_address", Fault.CUSTOMER, Performer.SELLER),
        ],
    )
    def test_the_party_the_seller_may_ask_to_carry_it_out(self, topic: str, fault: Fault, asked: Performer) -> None:
        assert remedying.suggestion(SHOP, topic, fault).carried_out_by is asked


class TestFinding:
    def test_a_finding_is_logged_with_its_reason_and_mails_nobody(self) -> None:
        change = remedying.find(samples.ticket(), Fault.COURIER, " The box is dented ", ADA, START)
        assert changed(change).finding == Finding(Fault.COURIER, "The box is dented", START, ADA.address)
        assert change
        assert change.messages == ()
        assert [(entry.action, entry.detail) for entry in change.log] == [("found at fault", "fault=courier")]

    def test_a_finding_needs_a_reason(self) -> None:
        with pytest.raises(InvalidFields, match="reason"):
            remedying.find(samples.ticket(), Fault.COURIER, " ", ADA, START)


class TestOwing:
    def test_a_remedy_is_due_by_the_policys_period(self) -> None:
        owed, clock = remedy(owes(samples.ticket(), note=" By bank transfer "))
        assert (owed.remedy_kind, owed.due, owed.note) == (RemedyKind.REFUND, START + 14 * DAY, "By bank transfer")
        assert clock
        assert (clock.due, clock.set_by, clock.running) == (owed.due, "remedy", True)
        assert clock.next_step
        assert clock.next_step < clock.due

    def test_a_remedy_can_be_due_by_an_agreed_date(self) -> None:
        owed, clock = remedy(owes(samples.ticket(), until=START + 40 * DAY))
        assert clock
        assert owed.due == clock.due == START + 40 * DAY
        assert explained(clock, SHOP, lambda day: None).decided == SetBy.AGREED

    @pytest.mark.parametrize("until", [START, START - DAY])
    def test_an_agreed_date_must_be_in_the_future(self, until: datetime) -> None:
        with pytest.raises(InvalidFields, match="past"):
            owes(samples.ticket(), until=until)

    @pytest.mark.parametrize("remedy_kind", [kind for kind in RemedyKind if kind is not RemedyKind.RETURN])
    def test_the_customer_cannot_owe_any_remedy_but_a_return(self, remedy_kind: RemedyKind) -> None:
        with pytest.raises(InvalidFields, match="owed_by"):
            remedying.set_remedy(
                samples.ticket(), remedying.Terms(remedy_kind, OwedBy.CUSTOMER), ADA, samples.context()
            )

    def test_the_performer_is_recorded_beside_the_debtor(self) -> None:
        context = samples.context()
        asked = remedying.set_remedy(
            samples.ticket(),
            remedying.Terms(RemedyKind.REPAIR, OwedBy.SELLER, carried_out_by=Performer.SERVICE),
            ADA,
            context,
        )
        owed, _ = remedy(changed(asked))
        assert (owed.owed_by, owed.carried_out_by) == (OwedBy.SELLER, Performer.SERVICE)
        assert asked.log[0].detail == "remedy_kind=repair owed_by=seller performer=service"
        again = remedying.set_remedy(changed(asked), remedying.Terms(RemedyKind.REPAIR, OwedBy.SELLER), ADA, context)
        assert remedy(changed(again))[0].carried_out_by is Performer.SELLER

    @pytest.mark.parametrize("remedy_kind", [RemedyKind.NONE, RemedyKind.APOLOGY])
    def test_an_apology_has_no_due_date(self, remedy_kind: RemedyKind) -> None:
        owed, clock = remedy(owes(samples.ticket(), remedy_kind))
        assert (owed.due, clock) == (None, None)
        with pytest.raises(InvalidFields, match="no_remedy_owed"):
            done(owes(samples.ticket(), remedy_kind))

    def test_a_second_remedy_replaces_the_first(self) -> None:
        twice = owes(owes(samples.ticket()), RemedyKind.REPAIR, at=START + DAY)
        owed, clock = remedy(twice)
        assert clock
        assert (owed.remedy_kind, clock.due) == (RemedyKind.REPAIR, START + 15 * DAY)
        assert len({c.name for c in twice.clocks}) == len(twice.clocks)
        assert remedy(owes(twice, RemedyKind.NONE))[1] is None

    def test_the_same_remedy_with_another_note_keeps_its_date(self) -> None:
        first = owes(samples.ticket(), until=START + 5 * DAY)
        again, clock = remedy(owes(first, at=START + 6 * DAY, note="Tomorrow"))
        assert (again.note, again.due) == ("Tomorrow", START + 5 * DAY)
        assert clock == first.clock("remedy")

    def test_replacing_an_overdue_remedy_counts_one_missed_promise(self) -> None:
        late = START + 15 * DAY
        change = remedying.set_remedy(
            owes(samples.ticket()), remedying.Terms(RemedyKind.REPAIR, OwedBy.SELLER), ADA, samples.context(late)
        )
        assert change.sla_counts == (SlaCount("northlight", late, missed=1),)
        escalated = escalating.step(owes(samples.ticket()), samples.context(late), str)
        again = remedying.set_remedy(
            changed(escalated), remedying.Terms(RemedyKind.NONE, OwedBy.SELLER), ADA, samples.context(late + DAY)
        )
        assert again.sla_counts == ()  # it was counted when it fell due
        in_time = remedying.set_remedy(
            owes(samples.ticket()), remedying.Terms(RemedyKind.NONE, OwedBy.SELLER), ADA, samples.context()
        )
        assert in_time.sla_counts == ()

    def test_the_customers_other_promises_stay(self) -> None:
        assert owes(samples.ticket()).clocks[:3] == samples.ticket().clocks


def concluded(ticket: Ticket) -> Ticket:
    """The ticket after its final answer was sent; the customer has read what is owed."""
    context = samples.context(START + DAY)
    written = concluding.conclude(ticket, "f", Outcome.UPHELD, "You are right", ADA, context, settled=True)
    return concluding.final_answer_sent(changed(written), "f", context)[0]


class TestPromised:
    """What the customer has been promised in writing."""

    promised = concluded(owes(samples.ticket(), until=START + 9 * DAY))

    def again(
        self, ticket: Ticket, remedy_kind: RemedyKind, owed_by: OwedBy, until: datetime | None, note: str = ""
    ) -> Change:
        return remedying.set_remedy(
            ticket, remedying.Terms(remedy_kind, owed_by, until, note), ADA, samples.context(START + 3 * DAY)
        )

    @pytest.mark.parametrize(
        ("remedy_kind", "owed_by", "until", "field"),
        [
            (RemedyKind.REFUND, OwedBy.SELLER, START + 10 * DAY, "due"),
            (RemedyKind.REPAIR, OwedBy.SELLER, START + 10 * DAY, "due"),
            (RemedyKind.NONE, OwedBy.SELLER, None, "remedy_kind"),
            (RemedyKind.APOLOGY, OwedBy.SELLER, None, "remedy_kind"),
            (RemedyKind.RETURN, OwedBy.CUSTOMER, None, "owed_by"),
        ],
    )
    def test_a_promised_remedy_cannot_be_delayed_or_dropped(
        self, remedy_kind: RemedyKind, owed_by: OwedBy, until: datetime | None, field: str
    ) -> None:
        with pytest.raises(InvalidFields) as caught:
            self.again(self.promised, remedy_kind, owed_by, until)
        assert caught.value.codes == {field: "remedy_promised"}

    @pytest.mark.parametrize(
        ("remedy_kind", "until", "due"),
        [
            (RemedyKind.REFUND, START + 5 * DAY, START + 5 * DAY),
            (RemedyKind.REPLACEMENT, None, START + 9 * DAY),
            (RemedyKind.REFUND, None, START + 9 * DAY),
        ],
    )
    def test_a_promised_remedy_may_come_sooner_or_be_another_kind(
        self, remedy_kind: RemedyKind, until: datetime | None, due: datetime
    ) -> None:
        owed, clock = remedy(changed(self.again(self.promised, remedy_kind, OwedBy.SELLER, until, "So")))
        assert clock
        assert (owed.remedy_kind, owed.due, clock.due) == (remedy_kind, due, due)
        with pytest.raises(InvalidFields, match="remedy_promised"):  # and is still binding
            again = replace(self.promised, remedy=owed, clocks=Clocks([clock]))
            self.again(again, remedy_kind, OwedBy.SELLER, START + 30 * DAY)

    def test_on_a_reopened_ticket_it_can_be_changed(self) -> None:
        reopened = changed(concluding.reopen(self.promised, "It takes longer", ADA, samples.context(START + 2 * DAY)))
        later = START + 20 * DAY
        assert remedy(changed(self.again(reopened, RemedyKind.REFUND, OwedBy.SELLER, later)))[0].due == later

    def test_a_remedy_set_after_the_final_answer_is_not_binding(self) -> None:
        noted = owes(concluded(samples.ticket()), at=START + 2 * DAY)
        assert remedy(changed(self.again(noted, RemedyKind.NONE, OwedBy.SELLER, None)))[1] is None


class TestOwedByTheCustomer:
    @pytest.mark.parametrize("remedy_kind", [kind for kind in RemedyKind if kind is not RemedyKind.RETURN])
    def test_the_customer_can_only_owe_a_return(self, remedy_kind: RemedyKind) -> None:
        with pytest.raises(InvalidFields) as caught:
            remedying.set_remedy(
                samples.ticket(), remedying.Terms(remedy_kind, OwedBy.CUSTOMER), ADA, samples.context(START)
            )
        assert caught.value.codes == {"owed_by": "owed_by_seller"}

    def test_a_customers_return_is_not_counted_as_a_promise(self) -> None:
        owed = changed(
            remedying.set_remedy(
                samples.ticket(), remedying.Terms(RemedyKind.RETURN, OwedBy.CUSTOMER), ADA, samples.context()
            )
        )
        assert done(owed).sla_counts == ()
        assert done(owed, at=START + 20 * DAY).sla_counts == ()
        assert "remedy" not in [clock.name for clock in promises(owed)]


class TestDone:
    def test_the_customer_is_mailed(self) -> None:
        change = done(owes(samples.ticket()), " Refunded today ")
        message = samples.message_of(change)
        assert (message.text, message.event, message.visibility) == (
            "Refunded today",
            Event.REMEDY_DONE,
            Visibility.SHARED,
        )
        assert message.outbox
        assert message.outbox.deliveries == (Delivery(Purpose.REMEDY_DONE, "mira.holm@example.com"),)
        owed, clock = remedy(changed(change))
        assert clock
        assert (owed.done_at, owed.done_by, clock.met_at) == (START + DAY, ADA.address, START + DAY)
        assert change.sla_counts == (SlaCount("northlight", START + DAY, kept=1),)

    @pytest.mark.parametrize(("person", "tell"), [(samples.inbound().person, False), (NOBODY, True)])
    def test_no_mail_if_an_agent_told_them_or_there_is_no_address(self, person: Person, tell: bool) -> None:
        message = samples.message_of(done(owes(samples.ticket(person=person)), "By telephone", tell=tell))
        assert (message.visibility, message.outbox) == (Visibility.INTERNAL, None)

    def test_a_late_remedy_is_a_missed_promise(self) -> None:
        late = START + 15 * DAY
        assert done(owes(samples.ticket()), at=late).sla_counts == (SlaCount("northlight", late, missed=1),)

    def test_only_an_owed_remedy_can_be_done_and_once(self) -> None:
        for ticket in (samples.ticket(), changed(done(owes(samples.ticket())))):
            with pytest.raises(InvalidFields, match="no_remedy_owed"):
                done(ticket)


class TestInstructions:
    def test_instructions_are_mailed_and_move_no_promise(self) -> None:
        change = remedying.instruct(samples.ticket(), "i", " Wrap it well ", ADA, START + DAY)
        message = samples.message_of(change)
        assert (message.text, message.event) == ("Wrap it well", Event.INSTRUCTIONS)
        assert message.outbox
        assert message.outbox.deliveries == (Delivery(Purpose.INSTRUCTIONS, "mira.holm@example.com"),)
        assert changed(change) == replace(samples.ticket(), version=2)

    def test_instructions_need_text_and_an_address(self) -> None:
        with pytest.raises(InvalidFields, match="text"):
            remedying.instruct(samples.ticket(), "i", " ", ADA, START)
        with pytest.raises(InvalidFields, match="no_address"):
            remedying.instruct(samples.ticket(person=NOBODY), "i", "Wrap it well", ADA, START)


class TestMoney:
    def priced(self, ticket: Ticket, amount: int | None, currency: str = "EUR", at: datetime = START) -> Ticket:
        terms = remedying.Terms(RemedyKind.PRICE_REDUCTION, OwedBy.SELLER, amount=amount, currency=currency)
        return changed(remedying.set_remedy(ticket, terms, ADA, samples.context(at)))

    def test_an_amount_is_kept_with_its_currency_and_logged(self) -> None:
        terms = remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER, amount=1250, currency="GBP")
        change = remedying.set_remedy(samples.ticket(), terms, ADA, samples.context())
        owed = changed(change).remedy
        assert owed
        assert (owed.amount, owed.currency, owed.money) == (1250, "GBP", "12.50 GBP")
        assert "amount=" in change.log[0].detail

    def test_without_an_amount_there_is_no_currency(self) -> None:
        owed = self.priced(samples.ticket(), None).remedy
        assert owed
        assert (owed.amount, owed.currency, owed.money) == (None, "", "")

    @pytest.mark.parametrize(
        ("remedy_kind", "owed_by"),
        [(RemedyKind.REPAIR, OwedBy.SELLER), (RemedyKind.NONE, OwedBy.SELLER), (RemedyKind.RETURN, OwedBy.CUSTOMER)],
    )
    def test_only_a_remedy_in_money_has_one(self, remedy_kind: RemedyKind, owed_by: OwedBy) -> None:
        terms = remedying.Terms(remedy_kind, owed_by, amount=100, currency="EUR")
        with pytest.raises(InvalidFields, match="no_remedy_in_money"):
            remedying.set_remedy(samples.ticket(), terms, ADA, samples.context())

    def test_it_can_be_corrected_while_the_remedy_is_owed(self) -> None:
        first = self.priced(samples.ticket(), 1250)
        second = self.priced(first, 900, at=START + DAY)
        assert second.remedy
        assert (second.remedy.amount, second.clock("remedy")) == (900, first.clock("remedy"))

    def test_it_is_not_lowered_once_the_customer_has_it_in_writing(self) -> None:
        owing = self.priced(samples.ticket(), 1250)
        written = changed(
            concluding.conclude(owing, "f", Outcome.UPHELD, "Yes", ADA, samples.context(START), settled=True)
        )
        told = concluding.final_answer_sent(written, "f", samples.context(START + DAY))[0]
        for amount, currency in ((1249, "EUR"), (1250, "GBP"), (None, "EUR")):
            with pytest.raises(InvalidFields, match="remedy_promised"):
                self.priced(told, amount, currency, START + 2 * DAY)
        more = self.priced(told, 1300, at=START + 2 * DAY).remedy
        assert more
        assert more.amount == 1300
