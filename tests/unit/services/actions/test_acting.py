"""What each agent action changes: the ticket, its messages, the mails it owes, and its log."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.calls import booking
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.messages import Event, Person, Reached, Visibility
from chalicelib.rules.tickets.procedure_facts import Outcome, OwedBy, Performer, Rating, RemedyKind, Withdrawal
from chalicelib.rules.tickets.ticket import Change, Priority, State, Ticket, evolve
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.answers.agreeing import AGREEMENTS
from chalicelib.services.actions.answers.held_answers import HELD_ANSWERS
from chalicelib.services.delivery import objections
from chalicelib.services.operations.console import ActionResult
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, TOM, acts
from tests.support.store.fakes import START, World

OTHER = "NL-7K3F9-QXMT3"
DONE: dict[str, dict[str, Any]] = {
    "answer": {"text": "It comes tomorrow."},
    "ask": {"text": "Could you send a photo?"},
    "note": {"text": "A regular."},
    "assign": {"to": TOM},
    "prioritise": {"priority": "high"},
    "change": {"kind": "warranty", "topic": "faulty", "order_number": "NL-1", "country": "at"},
    "extend": {"by": "10 days", "reason": "The shade has to be made."},
    "refer": {"to": "swiftparcel", "facts": ["order_number"], "text": "Where is it?"},
    "find": {"fault": "courier", "reason": "The box was dented."},
    "remedy": {"remedy_kind": "replacement", "carried_out_by": "courier", "note": "a new shade"},
    "instruct": {"text": "Put it in its box."},
    "claim": {"purchased": "2026-01-03", "product": "Lamp", "serial": "77"},
    "conclude": {"outcome": "upheld", "text": "You are right."},
    "close": {"outcome": "settled", "reason": "By telephone."},
}
HANDLED: dict[str, dict[str, Any]] = {
    "tag": {"tags": "glass, christmas"},
    "link": {"to": OTHER},
    "merge": {"into": OTHER},
    "split": {"message": "reply", "subject": "The screws"},
    "place_legal_hold": {"reason": "A lawyer wrote."},
    "lift_legal_hold": {"reason": "It is over."},
    "spam": {},
    "release_from_quarantine": {},
    "confirm_identity": {},
    "unconfirm_identity": {"reason": "She wrote that it was not she."},
    "delivered": {"delivered": "2026-01-03"},
    "goods_sent": {},
    "goods_back": {},
    "offer_publication": {"sku": "LAMP-1", "question": "Does it dim?", "text": "Yes, with every dimmer."},
    "take_down": {},
    "note_objection": {"reason": "By telephone."},
    "lift_objection": {"reason": "By telephone."},
    "readdress": {"address": "kim@example.com", "name": "Kim Adler"},
    "hide_comment": {"ground": "off_topic"},
    "call_result": {"result": "reached", "notes": "All is well."},
    "send_template": {"template": "news_please_write/en"},
    "take_back": {},
    "approve_answer": {},
}
EVERY = DONE | HANDLED
READ_TWICE = "incomplete_address"
"""A topic for which the policy asks for a second reader."""


@pytest.fixture
def ticket(world: World) -> Ticket:
    return agents.opened(world)


def prepared(world: World, action: str) -> None:
    """Prepare what this action needs besides an open ticket."""
    ticket = world.store.tickets[samples.REF]
    match action:
        case "link" | "merge":
            agents.opened(world, OTHER)
        case "split":
            world.store.commit(samples.reply(ticket, "reply", START))
        case "call_result":
            context = samples.context()
            time = booking.Wanted(START + timedelta(minutes=30), None, "SLOT#1#000")
            world.store.commit(Change(evolve(booking.booked(ticket, time, (), context))))
        case "lift_legal_hold":
            world.store.commit(Change(evolve(ticket, custody=Custody(legal_hold="A lawyer wrote."))))
        case "lift_objection":
            objections.note(world.deps, world.shop, MIRA)
        case "hide_comment":
            world.store.commit(Change(evolve(ticket, rating=Rating(1, "The weather!", START, may_show=True))))
        case "take_down":
            acts(world, "offer_publication", **HANDLED["offer_publication"])
        case "confirm_identity":
            world.store.commit(Change(evolve(ticket, kind="data_request")))
        case "unconfirm_identity":
            world.store.commit(Change(evolve(ticket, kind="data_request", identity_confirmed_at=START)))
        case "delivered" | "goods_sent" | "goods_back":
            world.store.commit(Change(evolve(ticket, withdrawal=Withdrawal(START))))
        case "release_from_quarantine":
            world.store.commit(Change(evolve(ticket, state=State.QUARANTINED)))
    _by_whatsapp(world, ticket, action)
    _held_answer(world, ticket, action)
    world.store.log.clear()


def _by_whatsapp(world: World, ticket: Ticket, action: str) -> None:
    """The ticket of somebody who wrote by WhatsApp a day ago, for the action that needs one."""
    if action == "send_template":
        who = Person("Mira Holm", "4915123456789@whatsapp.invalid")
        reached = Reached("200", START - timedelta(hours=24))
        world.store.commit(Change(evolve(ticket, requester=who, reached=reached)))


def _held_answer(world: World, ticket: Ticket, action: str) -> None:
    """An answer that waits for its second reader, for an action that needs one."""
    if action not in HELD_ANSWERS:
        return
    world.store.commit(Change(evolve(ticket, topic=READ_TWICE)))
    acts(world, "answer", agent=TOM, text="It comes tomorrow.")


class TestWhatActionsDo:
    def test_an_answer_goes_to_the_customer_and_meets_its_promise(self, world: World, ticket: Ticket) -> None:
        answer = acts(world, "answer", **DONE["answer"])
        assert (answer["done"], answer["state"], answer["assignee"]) == (True, "waiting", ADA)
        assert [clock["name"] for clock in answer["clocks"]] == ["resolve"]
        said = world.store.only_message()
        assert (said.text, said.visibility, agents.owed(said)) == (
            "It comes tomorrow.", Visibility.SHARED, [("answer", MIRA)],
        )  # fmt: skip
        assert agents.log(world) == [(ADA, "answered", "channel=desk")]
        assert world.store.sla_counts == {("northlight", START.date()): (1, 0)}

    def test_a_question_keeps_the_promise_of_an_answer(self, world: World, ticket: Ticket) -> None:
        answer = acts(world, "ask", **DONE["ask"])
        assert answer["state"] == "waiting"
        assert [clock["name"] for clock in answer["clocks"]] == ["first_answer", "resolve"]
        assert agents.owed(agents.message(world, Event.QUESTION)) == [("question", MIRA)]
        assert agents.log(world) == [(ADA, "asked the customer", "")]

    def test_a_note_is_internal(self, world: World, ticket: Ticket) -> None:
        assert acts(world, "note", **DONE["note"])["state"] == "open"
        note = world.store.only_message()
        assert (note.text, note.visibility, note.outbox) == ("A regular.", Visibility.INTERNAL, None)
        assert agents.log(world) == [(ADA, "noted", "")]

    def test_a_ticket_is_assigned_and_unassigned(self, world: World, ticket: Ticket) -> None:
        assert acts(world, "assign", to="Tom@Northlight.example")["assignee"] == TOM
        assert acts(world, "assign", to=None)["assignee"] is None
        assert agents.log(world) == [(ADA, "assigned", f"agent={TOM}"), (ADA, "assigned", 'agent=""')]
        assert world.store.messages == {}

    def test_an_objection_made_by_telephone_is_noted_and_logged(self, world: World, ticket: Ticket) -> None:
        assert acts(world, "note_objection", reason="By telephone.")["done"]
        assert objections.objected_at(world.deps, "northlight", "Mira.Holm@Example.com") == START
        assert objections.objected_at(world.deps, "kettle", MIRA) is None
        assert agents.log(world) == [(ADA, "acted", 'act=note_objection reason="By telephone."')]
        note = world.store.only_message()
        assert (note.text, note.visibility, note.outbox) == ("By telephone.", Visibility.INTERNAL, None)

    def test_it_is_taken_back_where_the_customer_asked_for_it(self, world: World, ticket: Ticket) -> None:
        objections.note(world.deps, world.shop, MIRA)
        assert acts(world, "lift_objection", reason="Wrote that she misses them.")["done"]
        assert objections.objected_at(world.deps, "northlight", MIRA) is None
        assert agents.log(world) == [(ADA, "acted", 'act=lift_objection reason="Wrote that she misses them."')]

    def test_an_old_request_that_comes_again_undoes_nothing(self, world: World, ticket: Ticket) -> None:
        objections.note(world.deps, world.shop, MIRA)
        acts(world, "lift_objection", reason="She asked.")
        objections.note(world.deps, world.shop, MIRA)
        assert not acts(world, "lift_objection", reason="She asked.")["done"]
        assert objections.objected_at(world.deps, "northlight", MIRA)

    def test_nobody_else_takes_it_back(self, world: World, ticket: Ticket) -> None:
        objections.note(world.deps, world.shop, MIRA)
        world.store.commit(Change(evolve(ticket, unconfirmed=True)))
        with pytest.raises(InvalidEvent, match="owner of the address"):
            acts(world, "lift_objection", reason="Somebody wrote so.")
        assert objections.objected_at(world.deps, "northlight", MIRA)

    def test_its_priority_is_set(self, world: World, ticket: Ticket) -> None:
        assert acts(world, "prioritise", priority="urgent")["priority"] is Priority.URGENT
        assert agents.log(world) == [(ADA, "priority", "priority=normal→urgent")]

    def test_missing_properties_are_filled_in(self, world: World, ticket: Ticket) -> None:
        acts(world, "change", **DONE["change"])
        after = world.store.only_ticket()
        assert (after.kind, after.topic, after.order_number, after.country) == ("warranty", "faulty", "NL-1", "AT")
        assert after.clocks == ticket.clocks

    def test_an_extension_is_mailed_first(self, world: World, ticket: Ticket) -> None:
        acts(world, "extend", until="2027-01-10", reason="The shade has to be made.")
        after = world.store.only_ticket()
        (extension,) = after.extensions
        assert extension.until == datetime(2027, 1, 10, 22, 59, tzinfo=UTC)  # the whole day, in Berlin
        assert after.clocks == ticket.clocks
        notice = agents.message(world, Event.EXTENSION)
        assert (notice.text, agents.owed(notice)) == ("The shade has to be made.", [("extension", MIRA)])
        assert agents.log(world) == [(ADA, "extension asked for", "until=2027-01-10")]

    def test_a_referral_mails_the_third_party_and_the_customer(self, world: World, ticket: Ticket) -> None:
        answer = acts(world, "refer", **DONE["refer"])
        assert (answer["state"], [c["name"] for c in answer["clocks"]][-1]) == ("referred", "referral-1")
        assert agents.owed(agents.message(world, Event.REFERRAL)) == [("referral", SWIFT), ("referred", MIRA)]
        assert agents.log(world) == [(ADA, "referred", "referral=1 fact=order_number")]

    def test_a_third_party_outside_the_policy_can_be_asked(self, world: World, ticket: Ticket) -> None:
        acts(world, "refer", address="x@glass.example", language="de", facts="topic, subject", text="Haben Sie noch?")
        (referral,) = world.store.only_ticket().referrals
        assert (referral.name, referral.party, referral.language) == ("x@glass.example", None, "de")
        assert referral.facts == ("topic", "subject")

    def test_a_referral_can_be_ended(self, world: World, ticket: Ticket) -> None:
        acts(world, "refer", **DONE["refer"])
        assert acts(world, "end_referral", number=1, reason="They called.")["state"] == "open"
        (referral,) = world.store.only_ticket().referrals
        assert referral.ended_at == START
        assert agents.log(world)[-1] == (ADA, "referral ended", 'referral=1 reason="They called."')

    def test_a_remedy_follows_the_suggestion_unless_given(self, world: World, ticket: Ticket) -> None:
        acts(world, "find", **DONE["find"])
        answer = acts(world, "remedy")
        remedy = world.store.only_ticket().remedy
        assert remedy
        assert (remedy.remedy_kind, remedy.owed_by, remedy.due) == (
            RemedyKind.REPLACEMENT,
            OwedBy.SELLER,
            START + timedelta(14),
        )
        assert remedy.carried_out_by is Performer.SELLER
        assert [clock["name"] for clock in answer["clocks"]][-1] == "remedy"
        assert agents.log(world) == [
            (ADA, "found at fault", "fault=courier"),
            (ADA, "remedy owed", "remedy_kind=replacement owed_by=seller"),
        ]
        acts(world, "remedy", **DONE["remedy"])
        after = world.store.only_ticket().remedy
        assert after
        assert (after.owed_by, after.carried_out_by) == (OwedBy.SELLER, Performer.COURIER)

    def test_instructions_use_the_ready_text_unless_written(self, world: World, ticket: Ticket) -> None:
        acts(world, "instruct")
        assert f"a slip of paper with the reference {samples.REF}" in agents.message(world, Event.INSTRUCTIONS).text
        acts(world, "instruct", **DONE["instruct"])
        assert agents.message(world, Event.INSTRUCTIONS).text == "Put it in its box."
        assert agents.owed(agents.message(world, Event.INSTRUCTIONS)) == [("instructions", MIRA)]

    @pytest.mark.parametrize(("tell", "owed"), [(True, [("remedy_done", MIRA)]), (False, [])])
    def test_a_done_remedy_is_mailed_unless_the_customer_knows(
        self, world: World, ticket: Ticket, tell: bool, owed: Any
    ) -> None:
        acts(world, "remedy", **DONE["remedy"])
        acts(world, "remedy_done", text="It is on its way.", tell=tell)
        after = world.store.only_ticket()
        assert after.remedy
        assert (after.remedy.done_at, after.remedy.done_by) == (START, ADA)
        assert agents.owed(agents.message(world, Event.REMEDY_DONE)) == owed
        assert agents.log(world)[-1] == (ADA, "remedy done", "remedy_kind=replacement")
        assert world.store.sla_counts == {("northlight", START.date()): (1, 0)}

    def test_a_claim_is_recorded(self, world: World, ticket: Ticket) -> None:
        acts(world, "claim", **DONE["claim"])
        claim = world.store.only_ticket().claim
        assert claim
        assert (claim.purchased, claim.product, claim.serial) == (date(2026, 1, 3), "Lamp", "77")

    def test_a_final_answer_closes_only_when_it_is_sent(self, world: World, ticket: Ticket) -> None:
        assert acts(world, "conclude", **DONE["conclude"])["state"] == "open"
        assert agents.owed(agents.message(world, Event.FINAL_ANSWER)) == [("final_answer", MIRA)]
        agents.stream(world)
        assert world.store.only_ticket().state is State.CLOSED
        assert agents.log(world)[-1] == ("aftercare", "closed", "outcome=upheld")

    def test_a_ticket_is_closed_without_a_mail_and_opened_again(self, world: World, ticket: Ticket) -> None:
        assert acts(world, "close", **DONE["close"]) == {
            "reference": samples.REF, "action": "close", "done": True, "state": "closed", "priority": "normal",
            "assignee": None, "clocks": [
                {"name": "retain", "due": "2029-11-25T09:30:00+00:00", "explained": RETAINED},
            ],
        }  # fmt: skip
        assert world.store.only_ticket().outcome is Outcome.SETTLED
        assert acts(world, "reopen", reason="They called again.")["state"] == "open"
        assert [action for _, action, _ in agents.log(world)] == ["closed", "reopened"]
        assert world.store.messages == {}


RETAINED = "3 years from Wed 25 Nov 2026 10:30: due Sun 25 Nov 2029 10:30"


class TestIdempotencyAndConcurrency:
    @pytest.mark.parametrize("action", EVERY)
    def test_another_agents_change_in_between_is_not_lost(self, world: World, ticket: Ticket, action: str) -> None:
        prepared(world, action)

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "note", agent=TOM, text="I was here.")
            acts(world, "claim", agent=TOM, product="Lampshade")

        world.store.before_commit = meanwhile
        assert acts(world, action, **EVERY[action])["done"]
        entries = [(entry.actor, entry.action) for ref, entry in world.store.log if ref == samples.REF]
        assert entries[:2] == [(TOM, "noted"), (TOM, "claim noted")]
        assert entries[2][0] == ADA
        assert "I was here." in [message.text for message in world.store.messages.values()]
        claim = world.store.tickets[samples.REF].claim
        assert claim
        assert claim.product == ("Lamp" if action == "claim" else "Lampshade")

    @pytest.mark.parametrize("action", EVERY)
    def test_the_same_event_within_the_hour_does_nothing(self, world: World, ticket: Ticket, action: str) -> None:
        prepared(world, action)
        assert acts(world, action, **EVERY[action])["done"]
        before = (
            world.store.tickets.copy(),
            world.store.messages.copy(),
            list(world.store.log),
            world.store.sla_counts,
        )
        world.clock.advance(minutes=20)
        again = acts(world, action, **EVERY[action])
        assert not again["done"]
        assert again["reference"] == samples.REF
        assert before == (world.store.tickets, world.store.messages, world.store.log, world.store.sla_counts)

    @pytest.mark.parametrize("action", EVERY)
    def test_two_concurrent_identical_actions_are_one(self, world: World, ticket: Ticket, action: str) -> None:
        prepared(world, action)
        answers: list[ActionResult] = []

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            answers.append(acts(world, action, **EVERY[action]))

        world.store.before_commit = meanwhile
        answers.append(acts(world, action, **EVERY[action]))
        assert [answer["done"] for answer in answers] == [True, False]
        assert len([entry for ref, entry in world.store.log if ref == samples.REF]) == 1
        assert len(world.store.messages) <= 1

    def test_a_remedy_reported_done_twice_is_done_once(self, world: World, ticket: Ticket) -> None:
        acts(world, "remedy", **DONE["remedy"])
        assert [acts(world, "remedy_done")["done"] for _ in range(2)] == [True, False]

    def test_the_same_words_an_hour_later_are_a_new_message(self, world: World, ticket: Ticket) -> None:
        acts(world, "note", text="Called, nobody answered.")
        world.clock.advance(hours=1)
        assert acts(world, "note", text="Called, nobody answered.")["done"]
        assert len(world.store.messages) == 2

    def test_every_action_is_covered_here(self) -> None:
        assert {*EVERY, "end_referral", "remedy_done", "reopen", "return_answer", *AGREEMENTS} == set(ACTIONS)
