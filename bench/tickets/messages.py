"""A conversation by a messenger from its first message to its deletion: five messages each way by WhatsApp, as Meta's
webhook tells them, and what it tells of ours."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from bench.cost import Costs
from bench.tickets.life import Step
from bench.tickets.metering import Counts
from chalicelib.rules.events.messages.said import Progress
from chalicelib.rules.events.sources import Source
from chalicelib.rules.tickets.messages import Author, Message, Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.delivery import sending
from chalicelib.services.events import receiving
from chalicelib.services.ports.events.hooks import HookReceived, RawHook
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.privacy import retention
from chalicelib.services.tickets import calendar, indexing
from tests.support.events.bodies import hook
from tests.support.store import fakes, tables
from tests.support.store.fakes import START
from tests.support.store.whole import on

EACH = 5
"""How many messages each of the two writes. Besides, the first one is acknowledged there."""
MESSAGES = 2 * EACH
TOLD = (Progress.SENT, Progress.DELIVERED, Progress.READ)
"""Of each message of ours the messenger tells so much, each by an event."""
_OURS, _LATER = EACH + 1, EACH - 1
_EVENTS = len(TOLD) * _OURS
# The door puts the body and a message; the event is received and deleted, its body read and marked as settled.
_BY_THE_DOOR = {"pages": 1, "queue requests": 3, "file writes": 2, "file reads": 1}
_RUNS = {"api_handler": 1, "receive_event": 1}
_MAIL = {"mails sent": 1, "topic messages": 1, "queue requests": 3}
_PAGES = 3  # the inbox, the ticket, the answer
OPENED, CONFIRMED = "the first message comes", "it is confirmed there, and the agent is told by mail"
FOUND = "the words of all messages become findable"
ANSWERED, SENT = f"the agent answers {EACH} times at the desk", "the answers are sent there"
WROTE, NOTIFIED = f"the customer writes {_LATER} times more", "the agent is told by mail"
PASSED_ON = "the messenger tells of ours that they were sent, delivered and read"
CLOSED, DELETED = "the agent closes the conversation", "when its time is over, the conversation is deleted"


def _times(number: int, uses: dict[str, int]) -> dict[str, int]:
    return {name: number * each for name, each in uses.items()}


STEPS = (
    Step(OPENED, _RUNS, _BY_THE_DOOR),
    Step(CONFIRMED, {"send_mail": 1, "note_delivery": 1}, _MAIL),
    Step(ANSWERED, {"api_handler": _PAGES * EACH}, {"pages": _PAGES * EACH}),
    Step(SENT, {"send_mail": EACH}, {}),
    Step(WROTE, _times(_LATER, _RUNS), _times(_LATER, _BY_THE_DOOR)),
    Step(NOTIFIED, {"send_mail": _LATER, "note_delivery": _LATER}, _times(_LATER, _MAIL)),
    Step(PASSED_ON, _times(_EVENTS, _RUNS), _times(_EVENTS, _BY_THE_DOOR)),
    Step(FOUND, {"index_words": MESSAGES}, {}),
    Step(CLOSED, {"api_handler": 1}, {"pages": 1}),
    Step(DELETED, {}, {"file writes": 2}),
)
_SAID = (
    "Where is my lamp? It should have come on Tuesday, and the tracking has said the same for three days.",
    "The parcel is at the depot in Leipzig. We have asked the courier and expect it at yours tomorrow.",
)


def by_topic(steps: Iterable[Step] = STEPS) -> tuple[Step, ...]:
    """The same where AWS publishes the events to a topic, and nothing comes by the door."""
    return tuple(_published(step) if step.uses.get("file reads") else step for step in steps)


def _published(step: Step) -> Step:
    events = step.uses["pages"]
    runs = {name: number for name, number in step.runs.items() if name != "api_handler"}
    uses = {name: number for name, number in step.uses.items() if name != "pages"}
    return replace(step, runs=runs, uses=uses | {"topic messages": events})


def metered() -> dict[str, Counts]:
    """What each step costs."""
    with tables.in_process():
        return _Conversation(Costs()).whole()


class _Conversation:
    """A conversation in a world with a metered store."""

    def __init__(self, costs: Costs) -> None:
        self.costs, self.deps = costs, costs.deps
        self.found = dict.fromkeys((step.name for step in STEPS), Counts())
        costs.meter.taken()

    def whole(self) -> dict[str, Counts]:
        self._does(OPENED, partial(self._comes, "whatsapp_text", _message, 0))
        self._does(CONFIRMED, lambda: sending.post(self.deps, ItemRef(self.ticket.ref, None), self.ticket))
        self._does(FOUND, lambda: indexing.index(self.deps, self.ticket))
        for number in range(EACH):
            self._minutes_later()
            if number:
                self._does(WROTE, partial(self._comes, "whatsapp_text", _message, number))
                self._follows(NOTIFIED)
                self._minutes_later()
            self._does(ANSWERED, partial(self._acts, "answer", f"answer {number}", text=_SAID[1]))
            self._follows(SENT)
        for number in range(1, _OURS + 1):
            for progress in TOLD:
                self._does(PASSED_ON, partial(self._comes, "whatsapp_statuses", _status, number, progress))
        self._does(CLOSED, partial(self._acts, "close", "close", outcome="settled", reason="Done."))
        self.costs.world.clock.advance(days=5 * 366)
        self._does(DELETED, lambda: retention.purge_expired(self.deps, {}, fakes.FakeRun()))
        return self.found

    def _does(self, name: str, act: Callable[[], object]) -> None:
        self.costs.meter.taken()
        act()
        self.found[name] = Counts(*map(sum, zip(self.found[name], self.costs.meter.taken(), strict=True)))

    def _minutes_later(self) -> None:
        """Mails to agents are spaced; here each tells of one message."""
        self.costs.world.clock.advance(minutes=6)

    def _comes(self, name: str, change: Callable[..., None], number: int, *more: Any) -> None:
        body = json.loads(hook(Source.META, name).body)
        change(body["entry"][0]["changes"][0]["value"], self.costs.world.clock.at, number, *more)
        key = f"hooks/northlight/meta/{name}-{number}-{'-'.join(map(str, more))}"
        self.costs.world.hooks.kept[key] = RawHook(json.dumps(body).encode())
        outcome = receiving.receive(self.deps, HookReceived(key))
        assert outcome is receiving.Outcome.APPLIED or more == (Progress.SENT,), outcome

    def _acts(self, action: str, key: str, **fields: str) -> None:
        inputs = ActionInput(fields, Person.of(self.costs.world.shop.agents[0]))
        acting.act(self.deps, self.costs.world.shop, self.ticket.ref, action, inputs, key)

    def _follows(self, name: str) -> None:
        """What the stream has done about the newest message."""
        newest = self._messages()[-1]
        self._does(name, lambda: sending.post(self.deps, ItemRef(newest.ref, newest.id), newest))
        sent = len(self.costs.world.channels.sent)
        assert sent == 1 + sum(each.author is Author.AGENT for each in self._messages()), "each answer went there"
        self._does(FOUND, lambda: indexing.index(self.deps, self._messages()[-1]))

    def _messages(self) -> list[Message]:
        return list(self.costs.beside.conversation(self.ticket.ref)[1])

    @property
    def ticket(self) -> Ticket:
        beside = on(self.deps, self.costs.beside)
        ((ref,),) = calendar.pages(beside, self.costs.world.shop.id, START.date())
        found = self.costs.beside.ticket(ref)
        assert found
        return found


def _message(value: dict[str, Any], at: Any, number: int) -> None:
    (message,) = value["messages"]
    message |= {"id": f"wamid.in-{number}", "timestamp": f"{at.timestamp():.0f}", "text": {"body": _SAID[0]}}


def _status(value: dict[str, Any], at: Any, number: int, progress: Progress) -> None:
    status = {"id": f"out-{number}", "status": progress.value, "timestamp": f"{at.timestamp():.0f}"}
    value["statuses"] = [status | {"recipient_id": "4915123456789"}]
