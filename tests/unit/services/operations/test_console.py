"""Events at the console: each wrong one is answered with what to type, and every message exists in every language."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rendering import words
from chalicelib.rules.tickets.ticket import State, evolve
from chalicelib.services.operations.console import act_on_ticket
from tests.support import agents, samples
from tests.support.agents import ADA, acts
from tests.support.store.fakes import World, refusing

ROOT = Path(__file__).parents[4]
READING = "".join(
    (ROOT / f"chalicelib/services/actions/{name}.py").read_text(encoding="utf-8")
    for name in ("actions", "ticket_admin", "unseen_messages")
)
# Stands for a field or sentence that is not a literal where the error is raised.
ANY = "*"
LAMP = {"remedy_kind": "refund", "owed_by": "seller"}
WHAT_TO_TYPE: list[tuple[str, dict[str, Any], str, str]] = [
    ("dance", {}, "action", "name one of answer, ask, note"),
    ("", {}, "action", "name one of answer"),
    ("answer", {}, "text", "Please fill this in"),
    ("answer", {"text": "x" * 20_001}, "text", "This can have 20000 characters at most"),
    ("answer", {"canned": "nonsense"}, "canned", "name one of missed_delivery"),
    ("answer", {"canned": "referred_waiting"}, "canned", "write your own words"),
    ("ask", {"text": " "}, "text", "Please fill this in"),
    ("note", {}, "text", "Please fill this in"),
    ("assign", {"to": "eve@example.com"}, "to", f"name one of {ADA}"),
    ("prioritise", {}, "priority", "name one of normal, high, urgent"),
    ("prioritise", {"priority": "top"}, "priority", "name one of normal, high, urgent"),
    ("change", {"kind": "praise"}, "kind", "name one of question, complaint"),
    ("change", {"topic": "weather"}, "topic", "name one of missed_delivery"),
    ("change", {"country": "Germany"}, "country", "by its two letters"),
    ("extend", {"reason": "Parts."}, "by", 'Write the new day as "until"'),
    ("extend", {"until": "next week", "reason": "Parts."}, "until", "2026-12-31"),
    ("extend", {"by": "a while", "reason": "Parts."}, "by", '"14 days"'),
    ("extend", {"by": "10 days"}, "reason", "Please fill this in"),
    ("extend", {"by": "10 days", "reason": "x" * 2001}, "reason", "This can have 2000 characters at most"),
    ("extend", {"until": "2026-11-26", "reason": "Parts."}, "until", "a day after the one promised"),
    ("extend", {"by": "31 days", "reason": "Parts."}, "until", "choose an earlier day"),
    ("refer", {"to": "owlpost", "text": "Where?"}, "to", "name one of swiftparcel, lumenworks"),
    ("refer", {"text": "Where?"}, "address", "Write an email address"),
    ("refer", {"to": "swiftparcel"}, "text", "Please fill this in"),
    ("refer", {"to": "swiftparcel", "text": "?", "facts": ["iban"]}, "facts", "name one of order_number, topic"),
    ("end_referral", {"number": 1, "reason": "No."}, "number", "no open referral of this number"),
    ("end_referral", {"number": "one", "reason": "No."}, "number", "no open referral of this number"),
    ("find", {"fault": "nature", "reason": "Rain."}, "fault", "name one of seller, courier"),
    ("find", {"fault": "courier"}, "reason", "Please fill this in"),
    ("remedy", LAMP | {"remedy_kind": "prayer"}, "remedy_kind", "name one of refund"),
    ("remedy", LAMP | {"owed_by": "fate"}, "owed_by", "name one of seller"),
    ("remedy", LAMP | {"due": "2026-11-24"}, "due", "still to come"),
    ("remedy", LAMP | {"due": "soon"}, "due", "2026-12-31"),
    ("remedy_done", {}, "action", "Nothing is owed"),
    ("claim", {"purchased": "01.02.2026"}, "purchased", "2026-12-31"),
    ("conclude", {"text": "So it is."}, "outcome", "name one of upheld, partly_upheld, not_upheld"),
    ("conclude", {"outcome": "spam", "text": "So it is."}, "outcome", "name one of upheld, partly_upheld, not_upheld"),
    ("conclude", {"outcome": "upheld"}, "text", "Please fill this in"),
    ("close", {"outcome": "upheld", "reason": "Done."}, "outcome", "Write a final answer"),
    ("close", {"outcome": "done", "reason": "Done."}, "outcome", "name one of spam, settled"),
    ("close", {"outcome": "settled"}, "reason", "Please fill this in"),
]


@pytest.fixture(autouse=True)
def opened(world: World) -> None:
    agents.opened(world)


def why_not(world: World, event: Any) -> dict[str, str]:
    """The answer to a wrong event; the event must have no effect."""
    before = (world.store.tickets.copy(), world.store.messages.copy(), list(world.store.log))
    with pytest.raises(InvalidEvent) as caught:
        act_on_ticket(world.deps, event)
    assert before == (world.store.tickets, world.store.messages, world.store.log)
    return caught.value.sentences


class TestWrongEvents:
    @pytest.mark.parametrize(("action", "fields", "field", "sentence"), WHAT_TO_TYPE)
    def test_a_wrong_event_is_answered_with_what_to_type(
        self, world: World, action: str, fields: dict[str, Any], field: str, sentence: str
    ) -> None:
        event = {"shop": "northlight", "reference": samples.REF, "agent": ADA, "action": action} | fields
        problems = why_not(world, event)
        assert set(problems) == {field}
        assert sentence in problems[field]

    @pytest.mark.parametrize("event", [None, [], "note", 7])
    def test_it_must_be_an_object(self, world: World, event: Any) -> None:
        assert '{"shop": "northlight"' in why_not(world, event)["event"]

    @pytest.mark.parametrize("shop", [None, "nowhere", ["northlight", "kettle"], {}])
    def test_the_shop_must_be_named(self, world: World, shop: Any) -> None:
        event = {"shop": shop, "agent": ADA, "action": "note", "text": "x", "reference": samples.REF}
        assert '{"shop": "northlight"}' in why_not(world, event)["shop"]

    @pytest.mark.parametrize("agent", [None, "", "eve@example.com", "robin@kettle.example"])
    def test_the_agent_must_be_the_shops(self, world: World, agent: Any) -> None:
        event = {"shop": "northlight", "agent": agent, "action": "note", "text": "x", "reference": samples.REF}
        assert ADA in why_not(world, event)["agent"]

    @pytest.mark.parametrize("reference", [None, "", "NL-00000-00000", 12])
    def test_the_ticket_must_be_there(self, world: World, reference: Any) -> None:
        event = {"shop": "northlight", "agent": ADA, "action": "note", "text": "x", "reference": reference}
        assert "NL-7K3F9-QXMT2" in why_not(world, event)["reference"]

    @pytest.mark.parametrize("field", ["untill", "Text", "nonsense"])
    def test_a_field_that_no_action_has_is_refused(self, world: World, field: str) -> None:
        event = {"shop": "northlight", "reference": samples.REF, "agent": ADA, "action": "note", "text": "x"}
        assert "leave this out" in why_not(world, event | {field: "2027-04-20"})[field]

    @pytest.mark.parametrize("text", [{"a": 1}, [["x"]], [{"a": 1}]])
    def test_a_value_that_is_no_text_is_sent_to_nobody(self, world: World, text: Any) -> None:
        event = {"shop": "northlight", "reference": samples.REF, "agent": ADA, "action": "answer", "text": text}
        assert "write it as text" in why_not(world, event)["text"]

    @pytest.mark.parametrize("field", sorted(set(re.findall(r'inputs\.\w+\("(\w+)"', READING))))
    def test_every_field_that_an_action_reads_is_known(self, world: World, field: str) -> None:
        event = {"shop": "northlight", "reference": samples.REF, "agent": ADA, "action": "dance"}
        assert set(why_not(world, event | {field: "x"})) == {"action"}

    def test_another_shops_ticket_is_not_shown(self, world: World) -> None:
        event = {"shop": "kettle", "agent": "robin@kettle.example", "action": "note", "text": "x"}
        assert set(why_not(world, event | {"reference": samples.REF})) == {"reference"}


class TestRefusedByState:
    @pytest.mark.parametrize("action", ["ask", "refer"])
    def test_a_closed_ticket_must_be_reopened_first(self, world: World, action: str) -> None:
        acts(world, "close", outcome="settled", reason="Done.")
        event = {"shop": "northlight", "reference": samples.REF, "agent": ADA, "action": action, "text": "Where?"}
        assert "reopen it first" in why_not(world, event | {"to": "swiftparcel"})["action"]

    @pytest.mark.parametrize("action", ["answer", "ask", "instruct", "conclude"])
    def test_a_customer_without_an_address_cannot_be_mailed(self, world: World, action: str) -> None:
        ticket = world.store.only_ticket()
        world.store.tickets[ticket.ref] = evolve(ticket, requester=replace(ticket.requester, address=""))
        event = {"shop": "northlight", "reference": samples.REF, "agent": ADA, "action": action, "text": "Hello."}
        assert "no email address" in why_not(world, event | {"outcome": "upheld"})["action"]

    def test_a_second_final_answer_under_way_is_refused(self, world: World) -> None:
        common = {"shop": "northlight", "reference": samples.REF, "agent": ADA}
        acts(world, "extend", by="10 days", reason="Parts.")
        more = common | {"action": "extend", "by": "12 days", "reason": "Parts."}
        assert "on its way" in why_not(world, more)["until"]
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        again = common | {"action": "refer", "to": "swiftparcel", "text": "Where is it now?"}
        assert "asked already" in why_not(world, again)["to"]
        world.mailer.failing = refusing(passing=True)
        acts(world, "conclude", outcome="upheld", text="You are right.")
        other = common | {"action": "conclude", "outcome": "not_upheld", "text": "You are wrong."}
        assert "on its way" in why_not(world, other)["action"]
        assert world.store.only_ticket().state is State.REFERRED

    def test_the_console_says_why_a_promise_is_due(self, world: World) -> None:
        answer = acts(world, "note", text="x")
        (first, resolve) = answer["clocks"]
        assert first["name"] == "first_answer"
        assert first["explained"] == "2 working days from Wed 10:30: due Fri 10:30"
        assert resolve["due"] == "2026-12-25T09:30:00+00:00"


def raised(error: str) -> Iterator[ast.Call]:
    """Every call in the program that creates this error."""
    for file in (ROOT / "chalicelib").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == error:
                yield call


def codes() -> set[tuple[str, str]]:
    """Every pair (field, code) in the program's error calls."""
    found = set()
    for call in raised("InvalidFields"):
        problems = call.args[0]
        if isinstance(problems, ast.Dict):
            for key, value in zip(problems.keys, problems.values, strict=True):
                field = key.value if isinstance(key, ast.Constant) else ANY
                found |= {(str(field), code) for code in _said(value)}
    return found


def _said(value: ast.expr) -> set[str]:
    """The codes that an expression can have."""
    if isinstance(value, ast.Constant):
        return {str(value.value)}
    if isinstance(value, ast.IfExp):
        return _said(value.body) | _said(value.orelse)
    return set()


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize(("field", "code"), sorted(codes()))
def test_every_error_code_has_words(language: str, field: str, code: str) -> None:
    known = words.book(language)
    assert {f"problem.{field}.{code}", f"problem.{code}"} & set(known)


def test_error_codes_are_found_in_the_program() -> None:
    assert {("reason", "missing"), ("until", "extension_too_long"), (ANY, "too_long"), ("body", "not_json")} <= codes()


def test_only_the_console_refuses_events_in_sentences() -> None:
    """If a code is shown as a sentence, or a sentence is looked up as a code, the reader sees nonsense."""
    sentences = [value for call in raised("InvalidEvent") for value in _values(call.args[0])]
    assert len(sentences) > 15
    assert all(" " in sentence for sentence in sentences)
    for layer in ("rules", "web"):
        texts = [file.read_text(encoding="utf-8") for file in (ROOT / "chalicelib" / layer).rglob("*.py")]
        assert not [text for text in texts if "InvalidEvent" in text]


def _values(problems: ast.expr) -> list[str]:
    return [ast.unparse(value) for value in problems.values] if isinstance(problems, ast.Dict) else []
