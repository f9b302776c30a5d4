"""A chat from its form to its deletion, as most go: ten minutes of thirty lines, said in turn by a customer and an
agent. The two pages find what is new by looking every two seconds, or by bells."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bench.cost import Costs
from bench.tickets.life import Step
from bench.tickets.metering import Counts
from chalicelib.rules.bells.connections import Bell, Side
from chalicelib.rules.chats.lines import id_of
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import acting
from chalicelib.services.actions import chatting as at_the_desk
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.bells import admitting, connecting, ringing
from chalicelib.services.chats import links, present, reading, untaken
from chalicelib.services.customer import chatting
from chalicelib.services.delivery import sending
from chalicelib.services.desk.chats import chat_view
from chalicelib.services.intake.chats import beginning
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.ports.bells.bells import BellDeps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.privacy import retention
from chalicelib.services.tickets import indexing
from tests.support.bells.fakes import FakeRinging, FakeSockets
from tests.support.store import fakes, tables

EACH = 15
"""How many lines each of the two says; Aftercare says two: who is there, and that the chat is over."""
LINES, _ALL = 2 * EACH, 2 * EACH + 2
MINUTES = 10
_TIMES = MINUTES * 60 // LINES // 2
"""How often a page looks for each line, every two seconds."""
_RUNG = 3
"""How often a page with bells looks for each line: when it rings, after a line of its own, and because fifteen seconds
are over."""
_TYPED = 3
_BEATS = 2 * MINUTES
_LOOKS, _RINGS = 2 * LINES * _TIMES, 2 * LINES * _RUNG
BEGUN, FIRST = "a customer opens the form and begins", "the first words become findable"
TAKEN, THERE = "an agent takes the chat", "the agent's page says each half minute that somebody is there"
THEIRS, OURS = f"the customer says {EACH} lines", f"the agent says {EACH} lines"
FOUND, ENDED = "the words of all lines become findable", "the customer ends the chat"
CLOSED = "the agent closes the chat's ticket"
MAILED, DELETED = "what was said is mailed", "when its time is over, the chat is deleted"
LOOKED = "both pages look every two seconds"
CONNECTED, RUNG = "both pages connect", "each line rings at both pages"
TYPED, LISTENED = "each sees that the other types", "both pages look when it rings, and every fifteen seconds"
STEPS = (
    Step(BEGUN, {"api_handler": 2}, {"pages": 2}),
    Step(FIRST, {"index_words": 1}, {}),
    Step(TAKEN, {"api_handler": 3}, {"pages": 3}),  # the list, the press, the chat
    Step(THEIRS, {"api_handler": EACH}, {"pages": EACH}),
    Step(OURS, {"api_handler": EACH}, {"pages": EACH}),
    Step(FOUND, {"index_words": _ALL}, {}),
    Step(THERE, {"api_handler": _BEATS}, {"pages": _BEATS}),
    Step(ENDED, {"api_handler": 1}, {"pages": 1}),
    Step(MAILED, {"send_mail": 1, "note_delivery": 1}, {"mails sent": 1, "topic messages": 1, "queue requests": 3}),
    Step(CLOSED, {"api_handler": 1}, {"pages": 1}),
    Step(DELETED, {}, {"file writes": 2}),
)
BY_LOOKING = (Step(LOOKED, {"api_handler": _LOOKS}, {"pages": _LOOKS}),)
BY_BELLS = (
    Step(
        CONNECTED,
        {"api_handler": 2, "websocket_connect": 2, "websocket_disconnect": 2},
        {"pages": 2, "connected minutes": 2 * MINUTES},
    ),
    Step(RUNG, {"ring_bells": _ALL}, {"topic messages": _ALL, "socket messages": 2 * _ALL}),
    Step(
        TYPED,
        {"websocket_message": _TYPED * LINES, "ring_bells": _TYPED * LINES},
        {"topic messages": _TYPED * LINES, "socket messages": 2 * _TYPED * LINES},
    ),
    Step(LISTENED, {"api_handler": _RINGS}, {"pages": _RINGS}),
)
ALL = (*STEPS, *BY_LOOKING, *BY_BELLS)
_ORIGIN = "https://care.example"
# What people say, of usual length: two sentences.
_SAID = (
    "The lamp flickers since Tuesday evening, and the cable is warm. Is it dangerous to leave it on?",
    "Please unplug it now, and tell me the number that stands on its base. We send you another one today.",
    "It says seventeen dash forty. The box is gone, I am afraid, but I still have the invoice here.",
    "That is enough for us. The courier brings a box along, so nothing has to be packed by you.",
    "When would that be? On Thursday nobody is at home before five in the afternoon.",
)

_Done = TypeVar("_Done")


def metered() -> dict[str, Counts]:
    """What each step costs."""
    with tables.in_process():
        return _Chat(Costs()).whole()


class _Chat:
    """A chat in a world with a metered store."""

    def __init__(self, costs: Costs) -> None:
        self.costs, self.deps, self.shop = costs, replace(costs.deps, live_url="wss://bells.example"), costs.world.shop
        self.agent = self.shop.agents[0]
        self.bells = BellDeps(
            lambda: costs.deps.policy,
            _ORIGIN,
            self.deps.connections,
            FakeRinging(),
            FakeSockets(),
            self.deps.now,
        )
        self.found = dict.fromkeys((step.name for step in ALL), Counts())
        present.note(self.deps, self.shop, self.agent, takes=True)
        costs.meter.taken()

    def whole(self) -> dict[str, Counts]:
        self.ref = self._does(BEGUN, self._begin).ref
        self._does(FIRST, lambda: indexing.index(self.deps, self.stored()))
        self._does(TAKEN, lambda: at_the_desk.take(self.deps, self.shop, self.ref, self.agent))
        self._does(CONNECTED, self._connect)
        for number in range(EACH):
            self._does(THERE, self._is_there)
            self._does(THEIRS, partial(self._customer_says, number))
            self._look()
            self._does(OURS, partial(self._agent_says, number))
            self._look()
        for _ in range(_BEATS - EACH):
            self._does(THERE, self._is_there)
        self._does(ENDED, lambda: chatting.end(self.deps, self.token(), "end"))
        for line in self.costs.beside.lines_after(self.ref, id_of(1))[1]:
            self._does(FOUND, partial(indexing.index, self.deps, line))
            self._does(RUNG, lambda: ringing.ring(self.bells, Bell(self.ref)))
        self._does(MAILED, self._mail)
        self._does(CLOSED, self._close)
        self.costs.world.clock.advance(days=5 * 366)
        self._does(DELETED, lambda: retention.purge_expired(self.deps, {}, fakes.FakeRun()))
        return self.found

    def _does(self, name: str, act: Callable[[], _Done], times: int = 1) -> _Done:
        self.costs.meter.taken()
        done = act()
        taken = self.costs.meter.taken()
        self.found[name] = Counts(*(was + times * each for was, each in zip(self.found[name], taken, strict=True)))
        return done

    def _begin(self) -> Ticket:
        present.staffed(self.deps, self.shop)  # the form
        words = {"name": "Mira Holm", "email": "mira@example.com", "message": _SAID[0], "submission_id": "page-1"}
        return beginning.begin(self.deps, self.shop, words, Caller("198.51.100.7", submission_id="page-1")).ticket

    def _connect(self) -> None:
        for number, side in enumerate((Side.CUSTOMER, Side.DESK)):
            given = admitting.admit(self.deps, self.shop.id, self.ref, side, side)
            assert given and connecting.connect(self.bells, f"id-{number}", given.token, _ORIGIN)

    def _is_there(self) -> None:
        """And is told that no other chat waits."""
        present.note(self.deps, self.shop, self.agent, takes=True)
        untaken.seen(self.deps, [self.shop])

    def _customer_says(self, number: int) -> None:
        words = {"id": f"customer-{number:08}", "text": _SAID[2 * number % len(_SAID)]}
        assert chatting.say(self.deps, self.token(), words, "198.51.100.7").number

    def _agent_says(self, number: int) -> None:
        words = {"id": f"agent-{number:08}", "text": _SAID[(2 * number + 1) % len(_SAID)]}
        assert at_the_desk.say(self.deps, self.shop, self.ref, words, self.agent).number

    def _look(self) -> None:
        """Both pages find the line by one look, and nothing by the others."""
        chat = self.stored().chat
        assert chat and chat.open
        for times, after in ((1, chat.lines - 1), (_TIMES - 1, chat.lines), (_RUNG - 1, chat.lines)):
            names = (LISTENED,) if times == _RUNG - 1 else (LOOKED,) if times > 1 else (LOOKED, LISTENED)
            for name in names:
                self._does(name, partial(self._customer_looks, after), times)
                self._does(name, partial(self._agent_looks, after), times)
        for _ in range(_TYPED):
            self._does(TYPED, lambda: self.deps.connections.note_typing("id-0", self.deps.now()))
            self._does(TYPED, lambda: ringing.ring(self.bells, Bell(self.ref, Side.CUSTOMER)))

    def _customer_looks(self, after: int) -> None:
        reading.live(self.deps, self.token(), after)

    def _agent_looks(self, after: int) -> None:
        chat_view.live(self.deps, self.shop, self.ref, self.agent, after)

    def _mail(self) -> None:
        owing = self.costs.beside.lines_after(self.ref, id_of(1))[1][-1]
        sending.post(self.deps, ItemRef(owing.ref, owing.id), owing)

    def _close(self) -> None:
        inputs = ActionInput({"outcome": "settled", "reason": "Done."}, Person.of(self.agent))
        acting.act(self.deps, self.shop, self.ref, "close", inputs, "close")

    def token(self) -> str:
        return links.token(self.deps, self.stored())

    def stored(self) -> Ticket:
        ticket = self.costs.beside.ticket(self.ref)
        assert ticket
        return ticket
