"""What is done with a mail: each row of docs/mails.md, and properties that hold for every combination of facts."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake.mail_deciding import decide
from chalicelib.rules.intake.mail_decisions import Course, Decision, Notified, Voice, Why
from chalicelib.rules.intake.mail_facts import (
    Addressed,
    Author,
    Facts,
    Inner,
    Key,
    Origin,
    Part,
    Proof,
    Report,
    TicketState,
)
from chalicelib.rules.tickets.remarks import Remark

TABLE = Path(__file__).parents[4] / "docs" / "mails.md"
COLUMNS = ("course", "voice", "notified", "acknowledged", "moves")
YES = st.booleans()
FACTS = st.builds(
    lambda **said: Facts(**_possible(said)),
    origin=st.sampled_from(Origin),
    report=st.sampled_from(Report),
    silent=YES,
    reachable=YES,
    proof=st.sampled_from(Proof),
    author=st.sampled_from(Author),
    disowned=YES,
    suspicious=YES,
    readable=YES,
    words=YES,
    files=YES,
    agent=YES,
    unnamed=YES,
    absence=YES,
    recalls=YES,
    for_another=YES,
    part=st.sampled_from(Part),
    key=st.sampled_from(Key),
    ticket_state=st.sampled_from(TicketState),
    answerable=YES,
    read_by_two=YES,
    addressed=st.sampled_from(Addressed),
    inner=st.sampled_from(Inner),
    certain=YES,
    forwards=YES,
    astray=YES,
    several=YES,
    inside=YES,
)


def _possible(said: dict[str, Any]) -> dict[str, Any]:
    """Facts that can occur together. A writer without a ticket has no part in one; a ticket is only found by a key. An
    unclear author has no part, and no proof passes for them."""
    said = said | ({"unnamed": False} if said["agent"] else {"for_another": False, "absence": False, "recalls": False})
    if said["addressed"] is not Addressed.OTHERS:
        said = said | {"inside": said["addressed"] in (Addressed.US, Addressed.SERVICE)}
    if said["unnamed"]:
        said = said | {"part": Part.NONE, "reachable": False}
    if said["author"] is Author.UNCLEAR:
        proof = Proof.FAILED if said["proof"] is Proof.FAILED else Proof.NONE
        said = said | {"part": Part.NONE, "proof": proof}
    if said["ticket_state"] is TicketState.NONE or said["key"] is Key.NONE:
        return said | {"ticket_state": TicketState.NONE, "key": Key.NONE, "part": Part.NONE}
    return said


def _rows() -> dict[str, dict[str, set[str]]]:
    """The table's rows by reason, each column with the values it allows."""
    rows: dict[str, dict[str, set[str]]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and (named := re.fullmatch(r"`(\w+)`", cells[0])):
            assert named[1] not in rows
            values = [{value.strip() for value in cell.split(",")} for cell in cells[2:]]
            rows[named[1]] = dict(zip(COLUMNS, values, strict=True))
    return rows


def _said(decision: Decision) -> dict[str, str]:
    yes = {True: "yes", False: "no"}
    return {
        "course": decision.course.value,
        "voice": decision.voice.value,
        "notified": decision.notified.value,
        "acknowledged": yes[decision.acknowledged],
        "moves": yes[decision.moves],
    }


BOTH = (True, False)
# Every combination of the facts that decide: who writes to a ticket, what an agent's mail holds, how clear its author
# is.
JOINING: dict[str, Iterable[Any]] = {
    "origin": Origin, "report": Report, "proof": Proof, "suspicious": BOTH, "words": BOTH, "agent": BOTH, "part": Part,
    "key": Key, "ticket_state": TicketState, "addressed": Addressed,
}  # fmt: skip
HOLDING: dict[str, Iterable[Any]] = {
    "origin": Origin, "proof": Proof, "disowned": BOTH, "agent": BOTH, "addressed": Addressed, "inner": Inner,
    "certain": BOTH, "silent": BOTH, "reachable": BOTH, "readable": BOTH, "answerable": BOTH, "read_by_two": BOTH,
    "key": Key, "forwards": BOTH, "astray": BOTH,
}  # fmt: skip
NAMING: dict[str, Iterable[Any]] = {
    "author": (Author.LOOSE, Author.UNCLEAR), "proof": Proof, "agent": BOTH, "suspicious": BOTH, "key": Key,
    "ticket_state": TicketState, "addressed": Addressed, "inner": Inner,
}  # fmt: skip


UNNAMED: dict[str, Iterable[Any]] = {
    "unnamed": (True,), "origin": Origin, "report": Report, "proof": Proof, "suspicious": BOTH, "disowned": BOTH,
    "silent": BOTH, "words": BOTH, "key": Key, "ticket_state": TicketState, "addressed": Addressed,
}  # fmt: skip
FORWARDING: dict[str, Iterable[Any]] = {
    "inside": (True,), "agent": (True,), "inner": Inner, "certain": BOTH, "addressed": Addressed, "proof": Proof,
    "words": BOTH,
}  # fmt: skip
FOR_ANOTHER: dict[str, Iterable[Any]] = {
    "for_another": (True,), "agent": (True,), "origin": Origin, "proof": Proof, "disowned": BOTH, "silent": BOTH,
    "key": Key, "ticket_state": TicketState, "addressed": Addressed, "inner": Inner, "certain": BOTH,
}  # fmt: skip

ABSENT: dict[str, Iterable[Any]] = {
    "absence": BOTH, "recalls": BOTH, "several": BOTH, "agent": (True,), "proof": Proof, "suspicious": BOTH,
    "astray": BOTH, "part": Part, "key": Key, "addressed": Addressed,
    "ticket_state": (TicketState.NONE, TicketState.RUNNING, TicketState.PAST),
}  # fmt: skip


def _every() -> Iterator[Facts]:
    for half in (JOINING, HOLDING, NAMING, UNNAMED, FORWARDING, FOR_ANOTHER, ABSENT):
        for values in product(*half.values()):
            said: dict[str, Any] = dict(zip(half, values, strict=True))
            yield Facts(**said)
            if half is HOLDING:
                yield Facts(**said, ticket_state=TicketState.RUNNING, part=Part.CUSTOMER)


@cache
def _decided() -> dict[str, dict[str, set[str]]]:
    """The values that the rule decides, by reason."""
    found: dict[str, Any] = defaultdict(lambda: defaultdict(set))
    for facts in _every():
        decision = decide(facts)
        for name, value in _said(decision).items():
            found[decision.why.value][name].add(value)
    return {why: dict(values) for why, values in found.items()}


def test_the_table_has_a_row_for_each_reason() -> None:
    assert set(_rows()) == {why.value for why in Why}


@pytest.mark.parametrize("why", Why)
def test_the_rule_decides_as_the_table_says(why: Why) -> None:
    assert _decided()[why.value] == _rows()[why.value]


TICKET = {"ticket_state": TicketState.RUNNING}
AGENT = {"agent": True, "key": Key.AGENT, "proof": Proof.PASSED, **TICKET}
ANSWERS = {"agent": True, "inner": Inner.CUSTOMER, "addressed": Addressed.CUSTOMER, "proof": Proof.PASSED}

FORWARDS = {"agent": True, "inner": Inner.CUSTOMER, "certain": True}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        # The writer decides, not the address the mail came to.
        ({"part": Part.CUSTOMER, "key": Key.AGENT, **TICKET}, Why.WRITES),
        ({"part": Part.PARTICIPANT, "key": Key.AGENT, **TICKET}, Why.WRITES),
        ({"part": Part.CUSTOMER, "key": Key.AGENT, "ticket_state": TicketState.CLOSED}, Why.WRITES),
        ({"part": Part.CUSTOMER, "key": Key.AGENT, "ticket_state": TicketState.PAST}, Why.NEW),
        ({"part": Part.CUSTOMER, "key": Key.AGENT, "proof": Proof.FAILED, **TICKET}, Why.UNKNOWN_SENDER),
        ({"part": Part.THIRD_PARTY, "key": Key.AGENT, "proof": Proof.PASSED, **TICKET}, Why.PARTY),
        ({"part": Part.THIRD_PARTY, "key": Key.AGENT, **TICKET}, Why.UNCOUNTED),
        ({"key": Key.AGENT, **TICKET}, Why.UNKNOWN_SENDER),
        ({"key": Key.ENDED, **TICKET}, Why.ENDED_KEY),
        ({"key": Key.ENDED, "part": Part.CUSTOMER, **TICKET}, Why.WRITES),
        ({"key": Key.ENDED, "part": Part.PARTICIPANT, **TICKET}, Why.WRITES),
        ({"part": Part.CUSTOMER, "key": Key.THIRD_PARTY, **TICKET}, Why.WRITES),
        ({"part": Part.CUSTOMER, "key": Key.THIRD_PARTY, "proof": Proof.FAILED, **TICKET}, Why.UNCOUNTED),
        ({"part": Part.PARTICIPANT, "key": Key.THIRD_PARTY, **TICKET}, Why.UNCOUNTED),
        ({"key": Key.THIRD_PARTY, "ticket_state": TicketState.PAST}, Why.PARTY),
        # A mail that must not be answered automatically is still a person's.
        ({"silent": True}, Why.NO_CONFIRMATION),
        ({"silent": True, "reachable": True}, Why.NEW),
        ({"silent": True, "part": Part.CUSTOMER, "key": Key.CUSTOMER, **TICKET}, Why.WRITES),
        ({"silent": True, "key": Key.THIRD_PARTY, **TICKET}, Why.PARTY),
        ({"silent": True, **AGENT}, Why.ANSWERED),
        # Automatic mail.
        ({"origin": Origin.MACHINE}, Why.NEW_MACHINE),
        ({"origin": Origin.MACHINE, "agent": True}, Why.NEW_ABSENCE),
        ({"origin": Origin.OURSELVES, "agent": True}, Why.OURS),
        ({"origin": Origin.MACHINE, "part": Part.CUSTOMER, "key": Key.CUSTOMER, **TICKET}, Why.MACHINE_TOLD),
        ({"origin": Origin.MACHINE, "key": Key.CUSTOMER, "words": False, **TICKET}, Why.MACHINE),
        ({"origin": Origin.OURSELVES, "key": Key.CUSTOMER, **TICKET}, Why.MACHINE),
        ({"origin": Origin.MACHINE, **AGENT}, Why.AUTOMATIC),
        ({"origin": Origin.MACHINE, "key": Key.THIRD_PARTY, **TICKET}, Why.UNCOUNTED),
        # An agent's absence note without a header that says so.
        ({**AGENT, "absence": True}, Why.AUTOMATIC),
        ({**AGENT, "absence": True, "proof": Proof.NONE}, Why.AUTOMATIC),
        ({**AGENT, "absence": True, "addressed": Addressed.CUSTOMER}, Why.AUTOMATIC),
        ({**AGENT, "absence": True, "key": Key.ID}, Why.AUTOMATIC),
        ({**AGENT, "absence": True, "key": Key.CUSTOMER, "part": Part.CUSTOMER}, Why.WRITES),
        ({"agent": True, "absence": True, "astray": True}, Why.NEW_ABSENCE),
        ({"agent": True, "absence": True, "silent": True}, Why.NO_CONFIRMATION),
        # Outlook's request to recall a mail.
        ({**AGENT, "recalls": True}, Why.RECALL),
        ({**AGENT, "recalls": True, "proof": Proof.NONE}, Why.RECALL),
        ({**AGENT, "recalls": True, "proof": Proof.FAILED}, Why.UNVERIFIED),
        ({**AGENT, "recalls": True, "key": Key.ID, "addressed": Addressed.CUSTOMER}, Why.RECALL),
        ({**AGENT, "recalls": True, "absence": True}, Why.AUTOMATIC),
        ({**AGENT, "recalls": True, "key": Key.CUSTOMER, "part": Part.CUSTOMER}, Why.WRITES),
        # To the reply addresses of several tickets.
        ({**AGENT, "several": True}, Why.SEVERAL),
        ({**AGENT, "several": True, "forwards": True}, Why.SEVERAL),
        ({**AGENT, "several": True, "read_by_two": True}, Why.SEVERAL),
        ({**AGENT, "several": True, "words": False}, Why.EMPTY),
        ({**AGENT, "several": True, "proof": Proof.NONE}, Why.UNPROVEN),
        ({**AGENT, "several": True, "addressed": Addressed.AMONG}, Why.COPY),
        ({**AGENT, "several": True, "addressed": Addressed.CUSTOMER}, Why.ANSWERED_DIRECTLY),
        ({**AGENT, "several": True, "key": Key.CUSTOMER, "part": Part.CUSTOMER}, Why.WRITES),
        # Reports: never from the ticket's own people.
        ({"report": Report.OURS, "origin": Origin.MACHINE}, Why.REPORT),
        ({"report": Report.OURS, "part": Part.CUSTOMER, "key": Key.CUSTOMER, **TICKET}, Why.WRITES),
        ({"report": Report.OTHER, "origin": Origin.MACHINE, "key": Key.CUSTOMER, **TICKET}, Why.STRAY_REPORT),
        ({"report": Report.OTHER, "origin": Origin.MACHINE}, Why.NEW_REPORT),
        # Agents' answers.
        (AGENT, Why.ANSWERED),
        ({**AGENT, "ticket_state": TicketState.PAST}, Why.ANSWERED),
        ({**AGENT, "words": False, "files": True}, Why.ANSWERED),
        ({**AGENT, "words": False}, Why.EMPTY),
        ({**AGENT, "proof": Proof.FAILED}, Why.UNVERIFIED),
        ({**AGENT, "suspicious": True}, Why.UNVERIFIED),
        ({**AGENT, "proof": Proof.NONE}, Why.UNPROVEN),
        ({**AGENT, "proof": Proof.NONE, "addressed": Addressed.OTHERS}, Why.COPY),
        ({**AGENT, "author": Author.LOOSE}, Why.UNCLEAR_SENDER),
        ({**AGENT, "author": Author.UNCLEAR, "proof": Proof.NONE}, Why.UNCLEAR_SENDER),
        ({**AGENT, "author": Author.LOOSE, "addressed": Addressed.CUSTOMER}, Why.UNCLEAR_SENDER),
        ({**AGENT, "author": Author.LOOSE, "proof": Proof.FAILED}, Why.UNVERIFIED),
        ({**AGENT, "readable": False, "words": False}, Why.UNREADABLE),
        ({**AGENT, "answerable": False}, Why.NO_ADDRESS),
        ({**AGENT, "read_by_two": True}, Why.SECOND_READER),
        ({**AGENT, "read_by_two": True, "words": False, "files": True}, Why.SECOND_READER),
        ({**AGENT, "read_by_two": True, "answerable": False}, Why.NO_ADDRESS),
        ({**AGENT, "read_by_two": True, "proof": Proof.NONE}, Why.UNPROVEN),
        ({**AGENT, "read_by_two": True, "addressed": Addressed.CUSTOMER}, Why.ANSWERED_DIRECTLY),
        ({"read_by_two": True, "part": Part.CUSTOMER, "key": Key.AGENT, **TICKET}, Why.WRITES),
        ({**AGENT, "addressed": Addressed.CUSTOMER}, Why.ANSWERED_DIRECTLY),
        ({**AGENT, "addressed": Addressed.OTHERS}, Why.COPY),
        ({**AGENT, "addressed": Addressed.AMONG}, Why.COPY),
        ({**AGENT, "addressed": Addressed.TEAM}, Why.COPY),
        ({**AGENT, "forwards": True}, Why.FORWARD),
        ({**AGENT, "forwards": True, "words": False}, Why.EMPTY),
        ({**AGENT, "forwards": True, "addressed": Addressed.CUSTOMER}, Why.ANSWERED_DIRECTLY),
        ({**AGENT, "key": Key.CUSTOMER}, Why.BAD_TOKEN),
        ({**AGENT, "key": Key.THIRD_PARTY}, Why.BAD_TOKEN),
        (
            {**AGENT, "key": Key.SUBJECT, "addressed": Addressed.CUSTOMER, "proof": Proof.NONE},
            Why.UNPROVEN,
        ),
        ({**AGENT, "key": Key.SUBJECT, "addressed": Addressed.CUSTOMER}, Why.ANSWERED_DIRECTLY),
        # The author of a From that can be read in more than one way.
        ({"author": Author.UNCLEAR, "key": Key.CUSTOMER, **TICKET}, Why.NEWCOMER),
        ({"author": Author.UNCLEAR, "key": Key.ID, **TICKET}, Why.NEWCOMER),
        ({"author": Author.UNCLEAR, "key": Key.AGENT, **TICKET}, Why.UNKNOWN_SENDER),
        ({"author": Author.UNCLEAR, "key": Key.THIRD_PARTY, **TICKET}, Why.UNCOUNTED),
        ({"author": Author.LOOSE, "key": Key.THIRD_PARTY, **TICKET}, Why.PARTY),
        ({"author": Author.LOOSE, "key": Key.CUSTOMER, "part": Part.CUSTOMER, **TICKET}, Why.WRITES),
        ({"author": Author.UNCLEAR}, Why.NEW),
        ({"author": Author.UNCLEAR, "agent": True, "inner": Inner.CUSTOMER, "certain": True}, Why.NEW),
        ({**AGENT, "key": Key.CUSTOMER, "part": Part.CUSTOMER}, Why.WRITES),
        # Forwarded, answered, or in copy.
        ({"agent": True, "inner": Inner.CUSTOMER, "certain": True}, Why.PASSED_ON),
        ({"agent": True, "inner": Inner.CUSTOMER}, Why.PASSED_ON),
        ({**FORWARDS, "addressed": Addressed.OTHERS, "inside": True}, Why.PASSED_ON),
        # What goes to somebody outside the shop is not forwarded to us.
        ({**FORWARDS, "addressed": Addressed.OTHERS}, Why.NEW_COPY),
        ({**FORWARDS, "addressed": Addressed.AMONG}, Why.NEW_COPY),
        ({**FORWARDS, "inner": Inner.UNKNOWN, "addressed": Addressed.OTHERS}, Why.NEW_COPY),
        ({**ANSWERS, "certain": True}, Why.NEW_ANSWERED),
        ({"agent": True, "inner": Inner.UNKNOWN, "certain": True}, Why.WHOSE),
        (ANSWERS, Why.NEW_ANSWERED),
        ({**ANSWERS, "words": False}, Why.NEW_COPY),
        ({**ANSWERS, "proof": Proof.NONE}, Why.NEW_COPY),
        ({**ANSWERS, "author": Author.LOOSE}, Why.NEW_COPY),
        ({"agent": True, "inner": Inner.UNKNOWN, "addressed": Addressed.OTHERS}, Why.NEW_COPY),
        ({"agent": True, "inner": Inner.CUSTOMER, "addressed": Addressed.AMONG}, Why.NEW_COPY),
        ({"agent": True, "addressed": Addressed.OTHERS}, Why.NEW_COPY),
        ({"agent": True, "addressed": Addressed.AMONG}, Why.NEW_COPY),
        ({"agent": True, "inner": Inner.UNKNOWN}, Why.WHOSE),
        ({"agent": True, "inner": Inner.UNKNOWN, "addressed": Addressed.TEAM}, Why.WHOSE),
        ({"agent": True, "astray": True}, Why.ASTRAY),
        ({"agent": True, "astray": True, "inner": Inner.CUSTOMER, "certain": True}, Why.ASTRAY),
        ({"agent": True, "astray": True, "proof": Proof.FAILED}, Why.NEW),
        ({"agent": True, "addressed": Addressed.TEAM}, Why.NEW),
        ({"agent": True}, Why.NEW),
        # A form that sends a customer's words from an agent's address.
        ({"agent": True, "for_another": True}, Why.WHOSE),
        ({"agent": True, "for_another": True, "silent": True}, Why.WHOSE),
        ({"agent": True, "for_another": True, "disowned": True}, Why.WHOSE),
        ({"agent": True, "for_another": True, "proof": Proof.FAILED}, Why.WHOSE),
        ({"agent": True, "for_another": True, "addressed": Addressed.OTHERS}, Why.NEW_COPY),
        ({"agent": True, "for_another": True, "inner": Inner.CUSTOMER}, Why.PASSED_ON),
        ({"agent": True, "for_another": True, "suspicious": True}, Why.SUSPECT),
        ({"agent": True, "inner": Inner.CUSTOMER, "certain": True, "proof": Proof.FAILED}, Why.NEW),
        ({"inner": Inner.CUSTOMER, "certain": True}, Why.NEW),
        ({"agent": True, "addressed": Addressed.SERVICE}, Why.SERVICE),
        ({"addressed": Addressed.SERVICE}, Why.NEW),
        ({"origin": Origin.OURSELVES, "addressed": Addressed.SERVICE}, Why.SERVICE),
        ({"origin": Origin.OURSELVES}, Why.OURS),
        # From an address of ours that names nobody.
        ({"unnamed": True}, Why.NEW_OWN_ADDRESS),
        ({"unnamed": True, "silent": True}, Why.NEW_OWN_ADDRESS),
        ({"unnamed": True, "disowned": True}, Why.NEW_OWN_ADDRESS),
        ({"unnamed": True, "suspicious": True}, Why.SUSPECT),
        ({"unnamed": True, "origin": Origin.MACHINE}, Why.NEW_MACHINE),
        ({"unnamed": True, "addressed": Addressed.SERVICE}, Why.NEW_OWN_ADDRESS),
        *[({"unnamed": True, "key": key, **TICKET}, Why.OWN_ADDRESS) for key in Key],
        ({"unnamed": True, "key": Key.CUSTOMER, "ticket_state": TicketState.PAST}, Why.NEW_OWN_ADDRESS),
        # Mail that a ticket does not accept any more.
        ({"part": Part.CUSTOMER, "key": Key.CUSTOMER, "ticket_state": TicketState.PAST}, Why.NEW),
        ({"part": Part.THIRD_PARTY, "key": Key.SUBJECT, "ticket_state": TicketState.PAST}, Why.UNCOUNTED),
        ({"part": Part.CUSTOMER, "key": Key.CUSTOMER, "proof": Proof.FAILED, **TICKET}, Why.NEW),
        ({"suspicious": True}, Why.SUSPECT),
        # Nothing automatic goes to an address that did not send the mail.
        ({"disowned": True}, Why.DISOWNED),
        ({"disowned": True, "proof": Proof.FAILED}, Why.DISOWNED),
        ({"disowned": True, "silent": True, "reachable": True}, Why.DISOWNED),
        ({"disowned": True, "agent": True, "inner": Inner.CUSTOMER, "certain": True}, Why.DISOWNED),
        ({"disowned": True, "origin": Origin.MACHINE}, Why.NEW_MACHINE),
        ({"disowned": True, "suspicious": True}, Why.SUSPECT),
        ({"disowned": True, "part": Part.CUSTOMER, "key": Key.CUSTOMER, **TICKET}, Why.WRITES),
        ({"proof": Proof.FAILED}, Why.NEW),
        ({"suspicious": True, "part": Part.CUSTOMER, "key": Key.CUSTOMER, **TICKET}, Why.WRITES),
    ],
)
def test_each_row(said: dict[str, Any], why: Why) -> None:
    assert decide(Facts(**said)).why is why


# For every combination ------------------------------------------------------------------------------------------------


@given(FACTS)
def test_an_agents_empty_mail_is_never_sent_on_and_meets_no_promise(facts: Facts) -> None:
    decision = decide(facts)
    if facts.agent and not facts.says_something:
        assert decision.course not in (Course.ANSWER, Course.OPEN_ANSWERED)
        assert not decision.mailed


@given(FACTS)
def test_only_an_agent_with_the_agents_token_can_have_a_mail_sent(facts: Facts) -> None:
    decision = decide(facts)
    if decision.mailed:
        assert facts.agent and facts.key is Key.AGENT
        assert not facts.suspicious and facts.answerable


@given(FACTS)
def test_only_an_agent_with_a_passed_proof_speaks_for_the_shop(facts: Facts) -> None:
    decision = decide(facts)
    if decision.voice is Voice.AGENT or decision.course in (Course.ANSWER, Course.OPEN_ANSWERED):
        assert facts.agent and facts.origin is Origin.PERSON
        assert facts.proof is Proof.PASSED and facts.author is Author.SURE


@given(FACTS)
def test_no_automatic_mail_answers_a_mail_that_forbids_it(facts: Facts) -> None:
    decision = decide(facts)
    if decision.acknowledged and facts.silent:
        assert facts.reachable or decision.why is Why.PASSED_ON
    if decision.acknowledged:
        assert facts.origin is Origin.PERSON and facts.report is Report.NONE and not facts.suspicious
        assert not facts.disowned
    if decision.course is Course.RECORD and facts.disowned:
        assert decision.notified is Notified.NOBODY
    if decision.course is Course.RECORD and facts.silent:
        assert decision.notified is Notified.NOBODY


@given(FACTS)
def test_an_internal_message_has_its_reason_as_a_remark(facts: Facts) -> None:
    decision = decide(facts)
    if decision.course is Course.KEEP:
        assert Remark(decision.why).value == decision.why.value


@given(FACTS)
def test_no_persons_words_are_lost(facts: Facts) -> None:
    """They stand in a ticket, and somebody is notified: other agents, or the agent who has to write again."""
    decision = decide(facts)
    absent = facts.absence and decision.why in (Why.AUTOMATIC, Why.NEW_ABSENCE)
    person = facts.origin is Origin.PERSON and facts.report is Report.NONE and not absent
    if person and decision.course not in (Course.ANSWER, Course.OPEN_ANSWERED):
        unsure = facts.agent and facts.addressed is Addressed.SERVICE
        assert decision.notified is not Notified.NOBODY or unsure
        assert decision.course is not Course.NOTE
        assert decision.course is not Course.RECORD or unsure


@given(FACTS)
def test_a_customers_words_with_a_valid_token_move_the_ticket_or_tell_an_agent(facts: Facts) -> None:
    decision = decide(facts)
    theirs = facts.part is Part.CUSTOMER and facts.key is Key.CUSTOMER and facts.ticket_state is not TicketState.NONE
    if theirs and facts.words and not facts.agent and facts.origin is not Origin.OURSELVES:
        assert decision.moves or decision.notified is not Notified.NOBODY


@given(FACTS)
def test_an_agent_hears_that_an_answer_was_not_sent_unless_a_machine_wrote_it(facts: Facts) -> None:
    decision = decide(facts)
    meant = facts.agent and facts.key is Key.AGENT and facts.ticket_state is not TicketState.NONE
    by_person = facts.origin is Origin.PERSON and not facts.absence
    if meant and by_person and decision.course is not Course.ANSWER:
        assert (decision.course, decision.notified) == (Course.KEEP, Notified.WRITER)


@given(FACTS)
def test_automatic_mail_moves_no_ticket_and_starts_no_loop(facts: Facts) -> None:
    decision = decide(facts)
    if facts.origin is not Origin.PERSON:
        assert not (decision.moves or decision.acknowledged or decision.mailed or decision.counts)
        assert decision.voice is Voice.NOBODY
    if facts.origin is Origin.OURSELVES or (facts.origin is Origin.MACHINE and facts.agent and facts.part is Part.NONE):
        assert decision.notified is Notified.NOBODY


@given(FACTS)
def test_what_comes_from_an_address_of_ours_is_told_and_answered_to_nobody(facts: Facts) -> None:
    decision = decide(facts)
    if facts.unnamed and facts.origin is Origin.PERSON and facts.report is Report.NONE:
        assert decision.notified is Notified.AGENTS
        assert decision.course in (Course.OPEN, Course.KEEP)
        assert not (decision.acknowledged or decision.mailed or decision.counts)


@given(FACTS)
def test_nothing_an_agent_sends_to_people_outside_is_acknowledged(facts: Facts) -> None:
    decision = decide(facts)
    about = facts.agent and not facts.inside and facts.inner is not Inner.NONE
    if about and facts.ticket_state is TicketState.NONE and facts.proof is not Proof.FAILED:
        sure = facts.author is not Author.UNCLEAR and not facts.disowned
        assert not (sure and decision.acknowledged)
        assert decision.why is not Why.PASSED_ON


@given(FACTS)
def test_no_mail_speaks_in_another_persons_name(facts: Facts) -> None:
    decision = decide(facts)
    if decision.voice in (Voice.AGENT, Voice.COLLEAGUE) or decision.theirs:
        assert facts.agent
    if decision.theirs:
        assert facts.inner is Inner.CUSTOMER and facts.proof is not Proof.FAILED
    if decision.voice in (Voice.CUSTOMER, Voice.PARTICIPANT) and decision.course is Course.ADD:
        assert facts.part in (Part.CUSTOMER, Part.PARTICIPANT) and facts.proof is not Proof.FAILED
    if decision.counts:
        assert not facts.suspicious and facts.part is not Part.CUSTOMER
