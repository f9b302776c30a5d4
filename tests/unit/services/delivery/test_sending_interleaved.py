"""Two senders with crashes, refusals and passing time in any order: nothing is sent twice within a lease, and
everything is sent in the end.

The real code of sending runs. Each sender is a thread that waits for its turn before every call to the outside."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.errors import NotSent
from chalicelib.rules.tickets.outbox import LEASE, DeliveryStatus, Stage
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.delivery.sending import post
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.store.fakes import World, refusing
from tests.support.store.fakes import world as new_world
from tests.support.store.whole import on

DUE = ItemRef(samples.REF, None)


class Killed(BaseException):
    """Raised where a sender's process ends."""


class Sender:
    """One run of `post`, which continues only when told to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.alive = True
        self.sending: str | None = None
        self.progressed: datetime = world.clock()
        self._looked = self.progressed
        self.unnoted: list[str] = []
        self._go, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self._doomed = False
        store, mailer = Gate(self, world.store, self._committed), Gate(self, world.mailer, self._handed_over)
        deps: Any = on(world.deps, store, mailer=mailer, now=self._now)
        self._thread = threading.Thread(target=self._run, args=(deps,), daemon=True)
        self._thread.start()
        self._paused.acquire()

    def step(self) -> None:
        """Run the next call."""
        self._go.release()
        self._paused.acquire()

    def kill(self) -> None:
        self._doomed = True
        self.step()

    def wait_for_turn(self) -> None:
        self._paused.release()
        self._go.acquire()
        if self._doomed:
            raise Killed

    def _run(self, deps: Deps) -> None:
        try:
            post(deps, DUE)
        except (NotSent, Killed):
            pass
        finally:
            self.alive = False
            self._paused.release()

    def _now(self) -> datetime:
        """A lease begins when its sender reads the clock for it, even if the commit takes long."""
        self._looked = self.world.clock()
        return self._looked

    def _committed(self, name: str) -> None:
        if name == "commit":
            self.progressed = self._looked
            self.unnoted.clear()

    def _handed_over(self, name: str) -> None:
        self.unnoted.append(self.world.mailer.sent[-1].recipient)


class Gate:
    """The world as one sender reaches it: each call waits for the sender's turn."""

    def __init__(self, sender: Sender, port: Any, done: Callable[[str], None]) -> None:
        self._sender, self._port, self._done = sender, port, done

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._sender.wait_for_turn()
            answer = getattr(self._port, name)(*args)
            self._done(name)
            return answer

        return call


class TwoSenders(RuleBasedStateMachine):
    @initialize()
    def a_ticket_is_opened(self) -> None:
        self.world = new_world().with_shop(agents=samples.northlight().agents)
        self.world.store.commit(Change(samples.ticket()))
        self.senders: list[Sender | None] = [None, None]
        # The recipients whose mail a killed sender had not recorded, each with the time of its last write.
        self.forgotten: list[tuple[str, datetime]] = []
        self.seen = 0

    @rule(which=st.sampled_from([0, 1]))
    def goes_on(self, which: int) -> None:
        sender = self.senders[which]
        if sender is None or not sender.alive:
            self.senders[which] = Sender(self.world)
        else:
            sender.step()

    @rule(which=st.sampled_from([0, 1]))
    def dies(self, which: int) -> None:
        sender = self.senders[which]
        if sender and sender.alive:
            self.forgotten += [(recipient, sender.progressed) for recipient in sender.unnoted]
            sender.kill()

    @precondition(lambda self: not self.world.mailer.failing)
    @rule()
    def the_mail_service_refuses(self) -> None:
        self.world.mailer.failing = refusing(passing=True)

    @rule(seconds=st.sampled_from([1, 14, 29, 30, 120, 4000]))
    def time_passes(self, seconds: int) -> None:
        """Only as much time as running senders allow: a mail client gives up before its sender's lease is over."""
        working = [s.progressed for s in self.senders if s and s.alive]
        latest = min(working, default=datetime.max.replace(tzinfo=self.world.clock().tzinfo)) + (
            LEASE - timedelta(seconds=1) if working else timedelta()
        )
        self.world.clock.at = max(self.world.clock.at, min(self.world.clock.at + timedelta(seconds=seconds), latest))

    @invariant()
    def nothing_is_sent_twice_within_a_lease(self) -> None:
        for number, mail in enumerate(self.world.mailer.sent[self.seen :], self.seen):
            before = [earlier.recipient for earlier in self.world.mailer.sent[:number]]
            if mail.recipient not in before:
                continue
            excuse = next((e for e in self.forgotten if e[0] == mail.recipient), None)
            assert excuse, f"{mail.recipient} was mailed twice"
            assert self.world.clock() >= excuse[1] + LEASE
            self.forgotten.remove(excuse)
        self.seen = len(self.world.mailer.sent)

    def teardown(self) -> None:
        for sender in self.senders:
            while sender and sender.alive:
                sender.step()
                self.nothing_is_sent_twice_within_a_lease()
        for _ in range(4):
            self.world.mailer.failing = []
            self.world.clock.advance(hours=2)
            for due in self.world.store.due(self.world.clock(), 10):
                post(self.world.deps, due)
        outbox = self.world.store.only_ticket().outbox
        assert outbox
        assert outbox.stage is Stage.DONE
        assert {delivery.status for delivery in outbox.deliveries} == {DeliveryStatus.SENT}
        assert {mail.recipient for mail in self.world.mailer.sent} == {d.to for d in outbox.deliveries}


TestTwoSenders = TwoSenders.TestCase
# Shrinking a failure takes minutes here, and its steps are readable as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TestTwoSenders.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, phases=PHASES)
