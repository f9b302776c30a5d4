"""A promise that is about to be broken, is broken, and stays broken: who is mailed at each step, once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.rules.policy.model import Agent, Shop, Step
from chalicelib.rules.procedure import escalating
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import OwedBy, RemedyKind
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import (
    Author,
    Change,
    Event,
    Person,
    Priority,
    SlaCount,
    State,
    Ticket,
    Visibility,
    next_step,
)
from tests.support import samples
from tests.support.store.fakes import START

ADA, TOM = "ada@northlight.example", "tom@northlight.example"
DAY = timedelta(days=1)
SHOP = samples.shipped()
FIRST_DUE = START + 2 * DAY
WARNING = datetime.fromisoformat("2026-11-26T14:00:00+00:00")
SHIPPED = replace(samples.context(), shop=SHOP)


def step(ticket: Ticket, at: datetime, context: RuleContext = SHIPPED) -> Change:
    change = escalating.step(ticket, replace(context, at=at), str)
    assert change
    return change


def after(ticket: Ticket, *times: datetime) -> Ticket:
    for at in times:
        changed = step(ticket, at).ticket
        assert changed
        ticket = changed
    return ticket


def mailed(change: Change) -> list[list[str]]:
    return [[mail.to for mail in message.outbox.deliveries] for message in change.messages if message.outbox]


def with_steps(*steps: Step) -> RuleContext:
    kind = replace(SHOP.kinds["complaint"], escalation=steps)
    return replace(SHIPPED, shop=replace(SHOP, kinds={**SHOP.kinds, "complaint": kind}))


class TestSteps:
    def test_nothing_happens_before_the_first_step_is_due(self) -> None:
        assert escalating.step(samples.ticket(), replace(SHIPPED, at=WARNING - timedelta(seconds=1)), str) is None

    def test_the_warning_goes_to_the_assignee(self) -> None:
        change = step(replace(samples.ticket(), assignee=TOM), WARNING)
        message = samples.message_of(change)
        assert (message.author, message.visibility) == (Author.SYSTEM, Visibility.INTERNAL)
        assert (message.event, message.about) == (Event.ESCALATION, "first_answer warn")
        assert mailed(change) == [[TOM]]
        assert message.outbox
        assert {mail.purpose for mail in message.outbox.deliveries} == {Purpose.ESCALATION}
        assert change.ticket
        assert (change.ticket.priority, change.ticket.assignee, change.sla_counts) == (Priority.NORMAL, TOM, ())
        assert [(entry.actor, entry.action) for entry in change.log] == [("aftercare", "promise warn")]

    def test_a_missed_promise_is_mailed_to_the_team_and_counted(self) -> None:
        change = step(after(replace(samples.ticket(), assignee=TOM), WARNING), FIRST_DUE)
        assert mailed(change) == [[TOM, ADA]]
        assert change.ticket
        assert change.ticket.priority is Priority.HIGH
        assert change.sla_counts == (SlaCount("northlight", FIRST_DUE, missed=1),)

    def test_each_later_day_the_ticket_goes_to_the_owner_and_the_former_assignee_is_mailed(self) -> None:
        overdue = after(replace(samples.ticket(), assignee=ADA), WARNING, FIRST_DUE)
        change = step(overdue, FIRST_DUE + DAY)
        assert samples.message_of(change).about == "first_answer daily"
        assert change.ticket
        assert (change.ticket.priority, change.ticket.assignee) == (Priority.URGENT, TOM)
        assert mailed(change) == [[ADA, TOM]]
        assert change.sla_counts == ()

    def test_each_step_is_taken_once(self) -> None:
        ticket = samples.ticket()
        for at in (WARNING, FIRST_DUE, FIRST_DUE + DAY, FIRST_DUE + 2 * DAY):
            ticket = after(ticket, at)
            assert escalating.step(ticket, replace(SHIPPED, at=at), str) is None

    def test_after_an_outage_only_the_latest_step_is_taken(self) -> None:
        change = step(samples.ticket(), FIRST_DUE + 5 * DAY)
        assert [message.about for message in change.messages] == ["first_answer due"]
        assert change.ticket
        assert next_step(replace(change.ticket, outbox=None)) == FIRST_DUE + 6 * DAY
        late = step(after(samples.ticket(), WARNING, FIRST_DUE), FIRST_DUE + 5 * DAY)
        assert [message.about for message in late.messages] == ["first_answer daily"]

    def test_all_steps_due_at_once_are_one_change(self) -> None:
        change = step(samples.ticket(), START + 31 * DAY)
        assert [message.about for message in change.messages] == ["first_answer due", "resolve due"]
        assert change.sla_counts == (SlaCount("northlight", START + 31 * DAY, missed=2),)
        assert change.ticket
        assert change.ticket.version == 2

    def test_a_step_keeps_its_message_id_and_other_steps_have_others(self) -> None:
        ticket, ids = samples.ticket(), []
        for at in (WARNING, FIRST_DUE, FIRST_DUE + DAY, FIRST_DUE + 2 * DAY, START + 31 * DAY):
            change = step(ticket, at)
            assert [m.id for m in step(ticket, at + timedelta(minutes=9)).messages] == [m.id for m in change.messages]
            ids += [message.id for message in change.messages]
            assert change.ticket
            ticket = change.ticket
        assert len(set(ids)) == len(ids) == 6

    def test_a_remedy_owed_after_closing_still_escalates(self) -> None:
        ada = Person("Ada Lindqvist", ADA)
        owed = remedying.set_remedy(samples.ticket(), remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER), ada, SHIPPED)
        assert owed
        assert owed.ticket
        clocks = owed.ticket.clocks.only("remedy")
        closed = replace(owed.ticket, state=State.CLOSED, clocks=clocks)
        change = step(closed, START + 14 * DAY)
        assert [message.about for message in change.messages] == ["remedy due"]
        assert change.ticket
        assert change.ticket.state is State.CLOSED

    def test_a_remedy_the_customer_owes_only_mails_the_assignee(self) -> None:
        ada = Person("Ada Lindqvist", ADA)
        owed = remedying.set_remedy(
            samples.ticket(), remedying.Terms(RemedyKind.RETURN, OwedBy.CUSTOMER), ada, SHIPPED
        ).ticket
        assert owed
        clocks = owed.clocks.only("remedy")
        closed = replace(owed, state=State.CLOSED, clocks=clocks, assignee=ADA)
        change = step(closed, START + 16 * DAY)
        assert mailed(change) == [[ADA]]
        assert change.sla_counts == ()
        assert change.ticket
        assert (change.ticket.priority, change.ticket.assignee) == (Priority.NORMAL, ADA)

    def test_a_quarantined_ticket_never_escalates(self) -> None:
        quarantined = samples.ticket(suspicions=(Suspicion.HASTY,))
        context = replace(SHIPPED, at=START + 29 * DAY)
        assert escalating.step(quarantined, context, str) is None
        assert next_step(replace(quarantined, outbox=None)) == START + 30 * DAY  # the end of its quarantine
        assert escalating.step(replace(quarantined, state=State.OPEN), context, str) is not None

    def test_a_step_that_mails_nobody_is_still_logged(self) -> None:
        change = step(samples.ticket(), WARNING, with_steps())
        assert change.messages == ()
        assert [entry.detail for entry in change.log] == ["clock=first_answer"]
        assert change.ticket
        assert escalating.step(change.ticket, replace(SHIPPED, at=WARNING), str) is None


class TestRecipients:
    people = (
        Agent("eve@northlight.example", "Eve", "owner", notify=True),
        Agent(ADA, "Ada", "agent", notify=True),
        Agent(TOM, "Tom", "owner", notify=False),
        Agent("ben@northlight.example", "Ben", "agent", notify=False),
    )
    shop = replace(SHOP, agents=people)

    def told(self, *mail: Sequence[str], assignee: str | None = None, shop: Shop = shop) -> list[str]:
        steps = [Step("due", mail)]  # type: ignore[arg-type]
        found = escalating.recipients(replace(samples.ticket(), assignee=assignee), shop, steps)
        return [address.partition("@")[0] for address in found]

    def test_assignee_means_the_assignee_even_without_notify(self) -> None:
        assert self.told("assignee", assignee="ben@northlight.example") == ["ben"]

    def test_team_means_the_agents_with_notify(self) -> None:
        assert self.told("team") == ["eve", "ada"]

    def test_owner_means_every_owner(self) -> None:
        assert self.told("owner") == ["eve", "tom"]

    @pytest.mark.parametrize("assignee", [None, "gone@northlight.example"])
    def test_without_an_assignee_the_team_is_mailed(self, assignee: str | None) -> None:
        assert self.told("assignee", assignee=assignee) == ["eve", "ada"]

    def test_without_any_notify_the_owners_are_mailed(self) -> None:
        silent = replace(self.shop, agents=tuple(replace(agent, notify=False) for agent in self.people))
        assert self.told("assignee", "team", shop=silent) == ["eve", "tom"]

    @pytest.mark.parametrize("assignee", ["eve@northlight.example", "EVE@Northlight.example"])
    def test_nobody_is_mailed_twice(self, assignee: str) -> None:
        assert self.told("assignee", "team", "owner", assignee=assignee) == ["eve", "ada", "tom"]


class TestPriorityAndAssignee:
    @pytest.mark.parametrize("before", Priority)
    @pytest.mark.parametrize("named", ["high", "urgent", None])
    def test_a_priority_is_never_lowered(self, before: Priority, named: str | None) -> None:
        found = escalating.raised(before, [Step("due", (), named)])  # type: ignore[arg-type]
        ranks = list(Priority)
        assert ranks.index(found) == max(ranks.index(before), ranks.index(Priority(named or "normal")))

    def test_of_several_steps_the_highest_counts(self) -> None:
        steps = [Step("due", (), "urgent"), Step("due", (), "high")]
        assert escalating.raised(Priority.NORMAL, steps) is Priority.URGENT

    def test_an_owner_who_is_assignee_stays_assignee(self) -> None:
        context = replace(with_steps(Step("warn", (), reassign="owner")))
        context = replace(context, shop=replace(context.shop, agents=TestRecipients.people))
        for assignee, expected in ((None, "eve"), (ADA, "eve"), (TOM, "tom")):
            after = step(replace(samples.ticket(), assignee=assignee), WARNING, context).ticket
            assert after
            assert after.assignee == f"{expected}@northlight.example"

    def test_the_new_assignee_and_the_former_one_are_mailed(self) -> None:
        context = with_steps(Step("warn", ("assignee",), reassign="owner"))
        assert mailed(step(replace(samples.ticket(), assignee=ADA), WARNING, context)) == [[ADA, TOM]]
