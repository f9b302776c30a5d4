"""A ticket's whole life in any order of events: no ticket is forgotten, and no step is taken twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.errors import InvalidFields
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.policy.model import KINDS
from chalicelib.rules.procedure import concluding, escalating, extending, referring, replying, triage
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import ANSWERS, CLOSE, REFERRAL, RESOLVE, RETAIN, REVIEW, RuleContext
from chalicelib.rules.tickets.procedure_facts import Outcome, OwedBy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Channel, Person, Priority, State, Ticket
from chalicelib.rules.timing.periods import Period, Unit
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START

SHOP = samples.northlight()
HOLIDAYS = holidays_of(SHOP)
ADA = Person("Ada Lindqvist", "ada@northlight.example")
PARTIES = [
    *(referring.party_of(SHOP, known.id, "en") for known in SHOP.third_parties[:2]),
    referring.other_party(SHOP, "Neighbour", "door@next.example", "de"),
]
PAUSES = st.sampled_from([timedelta(minutes=5), timedelta(hours=4), timedelta(days=1), timedelta(days=4)])
RANK = list(Priority)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ticket: Ticket = samples.ticket()
        self.at: datetime = START
        self.promised: datetime | None = None
        self.shop_spoke_last = False
        self.stepped: set[tuple[object, ...]] = set()
        self.ids = 0

    @property
    def context(self) -> RuleContext:
        return RuleContext(self.at, SHOP, HOLIDAYS)

    def id(self) -> str:
        self.ids += 1
        return f"m{self.ids}"

    def resolve(self) -> datetime | None:
        clock = self.ticket.clock(RESOLVE)
        return clock.due if clock else None

    def does(self, act: Callable[[], Change | None]) -> bool:
        """Whether the rule allowed the action and it changed something."""
        try:
            change = act()
        except InvalidFields:
            return False
        if change is None:
            return False
        assert change.ticket
        assert change.ticket.version == self.ticket.version + 1
        closed = change.ticket.state is State.CLOSED  # whose priority is normal again
        assert closed or RANK.index(change.ticket.priority) >= RANK.index(self.ticket.priority)
        self.ticket = change.ticket
        return True

    @initialize(kind=st.sampled_from(KINDS))
    def opens(self, kind: str) -> None:
        self.ticket = samples.ticket(kind=kind)
        self.promised = self.resolve()

    # --- time ---

    @rule(pause=PAUSES)
    def nobody_looks_for_a_while(self, pause: timedelta) -> None:
        self.at += pause

    @rule(pause=PAUSES, times=st.integers(1, 12))
    def the_due_work_is_run(self, pause: timedelta, times: int) -> None:
        for _ in range(times):
            self.at += pause
            while change := escalating.step(self.ticket, self.context, str):
                self.takes(change)

    def takes(self, change: Change) -> None:
        assert change == escalating.step(self.ticket, self.context, str)
        after = change.ticket
        assert after
        for clock in self.ticket.clocks:
            if not (clock.next_step and clock.next_step <= self.at):
                continue
            going_on = after.clock(clock.name)
            if going_on and going_on.running:
                assert going_on.next_step
                assert going_on.next_step > self.at or after.state is State.CLOSED
                assert going_on.due == clock.due or clock.name == REVIEW
            if going_on != clock:
                step = (clock.name, clock.set_by, clock.set_at, clock.due, clock.next_step)
                assert step not in self.stepped
                self.stepped.add(step)
        self.does(lambda: change)

    # --- words ---

    @rule(automatic=st.sampled_from([(), (), (AUTOMATIC,)]))
    def the_customer_writes(self, automatic: tuple[str, ...]) -> None:
        if not replying.takes_replies(self.ticket, SHOP, self.at):
            return
        closed = self.ticket.state is State.CLOSED
        inbound = samples.inbound(channel=Channel.MAIL, automatic=automatic)
        self.does(lambda: replying.customer_adds(self.ticket, self.id(), inbound, self.context))
        if not automatic:
            self.shop_spoke_last = False
            self.promised = self.resolve() if closed else self.promised

    @rule()
    def an_agent_answers(self) -> None:
        closed = self.ticket.state is State.CLOSED
        inbound = samples.inbound(channel=Channel.MAIL, person=ADA)
        self.does(lambda: replying.agent_answers(self.ticket, self.id(), inbound, self.context))
        self.shop_spoke_last = self.shop_spoke_last if closed else True

    @rule()
    def an_agent_asks(self) -> None:
        asked = self.does(lambda: replying.asks(self.ticket, self.id(), "Which lamp?", ADA, self.context))
        self.shop_spoke_last = asked or self.shop_spoke_last

    # --- more time ---

    @rule(days=st.integers(1, 40), sent=st.booleans(), pause=PAUSES)
    def an_agent_extends(self, days: int, sent: bool, pause: timedelta) -> None:
        period, id = Period(days, Unit.DAYS), self.id()
        if not self.does(lambda: extending.extend(self.ticket, id, period, "Parts", ADA, self.context)):
            return
        assert self.resolve() == self.promised
        self.at += pause
        if sent:
            self.ticket, _ = extending.extension_sent(self.ticket, id, self.context)
            self.promised = self.ticket.extensions[-1].until
        else:
            self.ticket = extending.failed(self.ticket, id, self.at)

    # --- others ---

    @rule(party=st.sampled_from(PARTIES))
    def an_agent_refers(self, party: referring.Party) -> None:
        before = self.ticket
        if self.does(
            lambda: referring.refer(
                before, self.id(), party, referring.Question("Where?", ("topic",)), ADA, self.context
            )
        ):
            self.shop_spoke_last = True

    @precondition(lambda self: self.ticket.referrals)
    @rule(data=st.data(), automatic=st.sampled_from([(), (), (AUTOMATIC,)]))
    def a_third_party_answers(self, data: st.DataObject, automatic: tuple[str, ...]) -> None:
        number = data.draw(st.integers(1, len(self.ticket.referrals)))
        inbound = samples.inbound(channel=Channel.MAIL, automatic=automatic)
        self.does(lambda: referring.answered(self.ticket, self.id(), inbound, number, self.context))

    @precondition(lambda self: self.ticket.referrals)
    @rule(data=st.data())
    def an_agent_waits_no_longer(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.ticket.referrals)))
        self.does(lambda: referring.end(self.ticket, number, "They called", ADA, self.at))

    @rule(kind=st.sampled_from(KINDS))
    def it_turns_out_to_be_of_another_kind(self, kind: str) -> None:
        before = self.ticket.clock(RESOLVE)
        if self.does(lambda: triage.change(self.ticket, {"kind": kind}, ADA, self.context)):
            after = self.resolve()
            if before and before.running:
                assert after
                assert after <= before.due
            self.promised = after

    @rule()
    def a_remedy_is_owed(self) -> None:
        self.does(
            lambda: remedying.set_remedy(
                self.ticket, remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER), ADA, self.context
            )
        )

    @rule()
    def it_is_done(self) -> None:
        self.does(lambda: remedying.done(self.ticket, self.id(), "", ADA, self.context, tell=True))

    # --- the end ---

    @rule(sent=st.booleans(), crossed=st.booleans())
    def an_agent_concludes(self, sent: bool, crossed: bool) -> None:
        before, id = self.ticket, self.id()
        if not self.does(
            lambda: concluding.conclude(before, id, Outcome.UPHELD, "You are right", ADA, self.context, settled=True)
        ):
            return
        assert (self.ticket.state, self.ticket.clocks) == (before.state, before.clocks)
        if crossed and before.state is not State.CLOSED:
            self.at += timedelta(minutes=5)
            self.the_customer_writes(())
        if sent:
            self.ticket, _ = concluding.final_answer_sent(self.ticket, id, self.context)
            assert self.ticket.state is (State.OPEN if crossed and before.state is not State.CLOSED else State.CLOSED)
            self.promised = self.resolve()
        else:
            self.ticket = concluding.failed(self.ticket, id)

    @rule(outcome=st.sampled_from([Outcome.SETTLED, Outcome.SPAM]))
    def an_agent_closes(self, outcome: Outcome) -> None:
        self.does(lambda: concluding.close(self.ticket, outcome, "By telephone", ADA, self.context))

    @rule()
    def an_agent_reopens(self) -> None:
        if self.does(lambda: concluding.reopen(self.ticket, "One more thing", ADA, self.context)):
            self.promised = self.resolve()

    # --- what always holds ---

    @invariant()
    def what_is_not_closed_is_not_forgotten(self) -> None:
        running = {clock.name for clock in self.ticket.clocks if clock.running}
        watched = {State.WAITING: {CLOSE}, State.REFERRED: {name for name in running if name.startswith(REFERRAL)}}
        if self.ticket.state is not State.CLOSED:
            assert running & {*ANSWERS, RESOLVE, *watched.get(self.ticket.state, ())}
            assert self.ticket.clocks.next_step

    @invariant()
    def a_promise_to_resolve_stands_still_for_nobody(self) -> None:
        clock = self.ticket.clock(RESOLVE)
        assert clock is None or not clock.paused_at
        if self.ticket.kind == "complaint" and clock:
            assert clock.due == self.promised

    @invariant()
    def no_clock_is_there_twice(self) -> None:
        assert len({clock.name for clock in self.ticket.clocks}) == len(self.ticket.clocks)

    @invariant()
    def only_what_is_closed_is_kept_for_a_time(self) -> None:
        closed = self.ticket.state is State.CLOSED
        assert closed == bool(self.ticket.clock(RETAIN)) == bool(self.ticket.closed_at) == bool(self.ticket.outcome)
        if closed:
            running = {clock.name for clock in self.ticket.clocks if clock.met_at is None}
            assert running <= {"acknowledge", "remedy", "refund", "send_back", "review", "retain"}
            assert not any(referral.open for referral in self.ticket.referrals)

    @invariant()
    def it_is_referred_while_a_third_party_is_to_answer_and_the_customer_is_not_waiting(self) -> None:
        asked = any(referral.open for referral in self.ticket.referrals)
        assert (self.ticket.state is State.REFERRED) == (asked and self.shop_spoke_last)
        for referral in self.ticket.referrals:
            clock = self.ticket.clock(f"{REFERRAL}-{referral.number}")
            assert (clock is not None and clock.running) == referral.open

    @invariant()
    def while_the_shop_owes_the_next_word_nothing_waits_for_the_customer(self) -> None:
        if self.ticket.state is State.OPEN:
            assert not self.ticket.clock(CLOSE)
            assert not any(clock.paused_at and not clock.met_at for clock in self.ticket.clocks)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
