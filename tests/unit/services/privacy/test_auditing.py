"""Every change that a service commits is logged in a hash chain that verifies, and tampering is reported."""

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.privacy.hash_chain import Logged
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.messages import Author, File, Person
from chalicelib.rules.tickets.outbox import Outbox, Stage
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, LogEntry, evolve
from chalicelib.services.privacy import auditing
from chalicelib.services.tickets import commits
from tests.support import agents, samples, scenarios
from tests.support.scenarios import AGENTS_WORD, JON, WILMA
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world

SERVICES = Path(__file__).parents[4] / "chalicelib" / "services"
DAYS = {"shop": "northlight", "from": "2026-11-25", "to": "2027-02-28"}


@cache
def lived() -> World:
    world = new_world(limits_on=False)
    scenarios.whole_life(world)
    return world


@pytest.fixture
def world() -> World:
    """A world after a life in which everything happened."""
    return copy.deepcopy(lived())


def verify(world: World, run: FakeRun | None = None, **fields: Any) -> dict[str, Any]:
    return auditing.verify_audit(world.deps, DAYS | fields, run or FakeRun())


def one(world: World) -> str:
    """A ticket with much content."""
    own = [ref for ref in world.store.logged if any(of == ref for of, _ in world.store.messages)]
    return max(own, key=lambda ref: sum(each.message is None for each in world.store.logged[ref]))


def test_every_untouched_log_verifies(world: World) -> None:
    assert verify(world) == {"whole": len(world.store.tickets), "wrong": 0, "tickets": [], "left_off": None}
    assert sum(each.message is not None for logged in world.store.logged.values() for each in logged) > 0


Tampering = Callable[[World, str], None]


def with_ticket(**changes: Any) -> Tampering:
    def tamper(world: World, ref: str) -> None:
        world.store.tickets[ref] = replace(world.store.tickets[ref], **changes)

    return tamper


def with_log(change: Callable[[list[Logged]], list[Logged]]) -> Tampering:
    """Change the entries of the ticket's own chain."""

    def tamper(world: World, ref: str) -> None:
        every = sorted(world.store.logged[ref], key=lambda each: (each.version, each.number))
        others = [each for each in every if each.message is not None]
        world.store.logged[ref] = [*others, *change([each for each in every if each.message is None])]

    return tamper


def with_entry(**changes: Any) -> Tampering:
    return with_log(lambda log: [replace(log[0], entry=replace(log[0].entry, **changes)), *log[1:]])


def with_custody(**changes: Any) -> Tampering:
    def tamper(world: World, ref: str) -> None:
        with_ticket(custody=replace(world.store.tickets[ref].custody, **changes))(world, ref)

    return tamper


def with_message(**changes: Any) -> Tampering:
    def tamper(world: World, ref: str) -> None:
        key = next(key for key in world.store.messages if key[0] == ref)
        world.store.messages[key] = replace(world.store.messages[key], **changes)

    return tamper


def message_gone(world: World, ref: str) -> None:
    del world.store.messages[next(key for key in world.store.messages if key[0] == ref)]


def promise_moved(world: World, ref: str) -> None:
    ticket = world.store.tickets[ref]
    clocks = ticket.clocks.each(lambda clock: replace(clock, due=clock.due + timedelta(days=365)))
    world.store.tickets[ref] = replace(ticket, clocks=clocks)


def others_head(world: World, ref: str) -> None:
    other = next(ticket for ticket in world.store.tickets.values() if ticket.ref != ref)
    with_custody(log_head=other.log_head)(world, ref)


def head_and_log_gone(world: World, ref: str) -> None:
    with_custody(log_head="")(world, ref)
    world.store.logged[ref] = []


def others_contents(world: World, ref: str) -> None:
    """Another ticket's items take the place of this one's."""
    store, other = world.store, next(of for of in world.store.tickets if of != ref)
    store.tickets[ref], store.logged[ref] = store.tickets[other], store.logged.get(other, [])
    store.messages = {key: message for key, message in store.messages.items() if key[0] != ref}
    store.messages |= {(ref, id): message for (of, id), message in store.messages.items() if of == other}


def swapped(log: list[Logged]) -> list[Logged]:
    one, two = log[:2]
    return [replace(one, entry=two.entry), replace(two, entry=one.entry), *log[2:]]


TAMPERING: dict[str, tuple[Tampering, str]] = {
    "the last entry gone": (with_log(lambda log: log[:-1]), "missing"),
    "the first entry gone": (with_log(lambda log: log[1:]), "missing"),
    "all entries gone": (with_log(lambda log: []), "missing"),
    "an actor altered": (with_entry(actor="eve"), "altered"),
    "an action altered": (with_entry(action="closed"), "altered"),
    "a detail altered": (with_entry(details=(Detail(DetailCode.ERROR, "x"),)), "altered"),
    "a moment altered": (with_entry(at=START), "altered"),
    "said to be at the console": (with_entry(at_console=True), "altered"),
    "an entry added": (with_log(lambda log: [*log, replace(log[-1], version=999)]), "added"),
    "two entries swapped": (with_log(swapped), "altered"),
    "an entry of another version": (with_log(lambda log: [*log[:-1], replace(log[-1], version=998)]), "altered"),
    "the head gone": (with_custody(log_head=""), "altered"),
    "another ticket's head": (others_head, "altered"),
    "head and log gone": (head_and_log_gone, "altered"),
    "another ticket's contents": (others_contents, "altered"),
    "a message's words altered": (with_message(text="I never said that."), "altered"),
    "a message's author altered": (with_message(author=Author.SYSTEM), "altered"),
    "a file slipped in": (with_message(files=(File("1", "a.pdf", "application/pdf", 1, "tickets/x/a"),)), "altered"),
    "a message's mails altered": (with_message(outbox=Outbox((), Stage.DONE, START)), "altered"),
    "a message gone": (message_gone, "missing"),
    "a promised date moved": (promise_moved, "altered"),
    "the subject altered": (with_ticket(subject="Something else"), "altered"),
    "the assignee altered": (with_ticket(assignee="eve@northlight.example"), "altered"),
    "the outcome altered": (with_ticket(outcome=Outcome.NOT_UPHELD), "altered"),
    "the customer altered": (with_ticket(requester=Person("Eve", "eve@example.com")), "altered"),
    "legal hold placed": (with_custody(legal_hold="Because"), "altered"),
    "its version altered": (with_ticket(version=999), "altered"),
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_each_tampering_is_reported(tampering: str) -> None:
    world, ref = copy.deepcopy(lived()), one(lived())
    tamper, verdict = TAMPERING[tampering]
    tamper(world, ref)
    answer = verify(world)
    assert (answer["whole"], answer["wrong"]) == (len(world.store.tickets) - 1, 1)
    assert [(found["reference"], found["log"]) for found in answer["tickets"]] == [(ref, verdict)]
    event = {"shop": "northlight", "reference": ref}
    assert auditing.verify_audit(world.deps, event, FakeRun())["tickets"] == answer["tickets"]


@pytest.mark.parametrize(
    "tampering",
    [name for name, (by, verdict) in TAMPERING.items() if verdict == "altered" and by is not others_contents],
)
def test_tampering_is_still_reported_after_later_changes(tampering: str) -> None:
    world, ref = copy.deepcopy(lived()), one(lived())
    TAMPERING[tampering][0](world, ref)
    ticket = world.store.ticket(ref)
    assert ticket
    commits.commit(
        world.deps, Change(evolve(ticket, tags=("later",)), log=(LogEntry(world.clock(), "ada", Action.TAGGED),))
    )
    assert [found["log"] for found in verify(world)["tickets"]] == ["altered"]


def test_a_cut_off_tail_is_reported_even_with_an_earlier_valid_head() -> None:
    world = new_world(limits_on=False)
    agents.opened(world)
    before, log = world.store.tickets[samples.REF], list(world.store.logged[samples.REF])
    agents.acts(world, "assign", to=agents.TOM)
    agents.acts(world, "note", text="He was rude.")
    # The newer ticket with the older head and log.
    with_custody(log_head=before.log_head)(world, samples.REF)
    world.store.logged[samples.REF] = log
    assert verify(world)["wrong"] == 1
    # The older ticket, complete except for the later messages.
    world.store.tickets[samples.REF] = before
    assert [found["log"] for found in verify(world)["tickets"]] == ["added"]


def test_a_ticket_that_changes_during_the_reading_is_read_again(world: World) -> None:
    ref, ticket_partition = one(world), world.store.ticket_partition
    torn = [replace(whole, log=whole.log[:-1]) for whole in [ticket_partition(ref)] if whole]
    world.store.ticket_partition = lambda of: torn.pop() if of == ref and torn else ticket_partition(of)  # type: ignore[method-assign,assignment]
    assert verify(world)["wrong"] == 0
    assert torn == []


def test_one_ticket_is_verified_by_its_reference(world: World) -> None:
    event = {"shop": "northlight", "reference": one(world).lower()}
    assert auditing.verify_audit(world.deps, event, FakeRun())["whole"] == 1


def test_a_run_out_of_time_returns_a_cursor(world: World) -> None:
    first = verify(world, FakeRun(steps=1))
    assert first["left_off"] == "2026-11-26"
    rest = verify(world, **{"from": first["left_off"]})
    assert first["whole"] + rest["whole"] == len(world.store.tickets)


def test_no_log_has_words_of_a_message_or_names_a_customer(world: World) -> None:
    said = " ".join(f"{entry.actor} {entry.action} {entry.detail}" for _, entry in world.store.log).lower()
    assert len(said) > 500
    for trace in (*WILMA.traces, *JON.traces, AGENTS_WORD):
        assert trace.lower() not in said


def test_services_commit_only_through_the_module_that_chains_the_log() -> None:
    commits = [path.name for path in SERVICES.rglob("*.py") if re.search(r"tickets\.commit\(", path.read_text())]
    assert commits == ["commits.py"]


@pytest.mark.parametrize(
    ("event", "field", "sentence"),
    [
        ({"shop": "northlight"}, "from", 'for example {"from": "2026-11-30"}'),
        (DAYS | {"to": "2026-11-24"}, "to", "not before 2026-11-25"),
        (DAYS | {"from": "25.11.2026"}, "from", "year-month-day"),
        ({"shop": "northlight", "reference": "x"}, "reference", "the reference of a ticket"),
    ],
)
def test_a_wrong_event_is_answered_with_what_to_type(event: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(InvalidEvent) as wrong:
        auditing.verify_audit(new_world().deps, event, FakeRun())
    assert sentence in wrong.value.sentences[field]
