"""Contact agreements: only admins make them, the customer is told, nothing is lost, and no right is slowed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.policy.promises import DeskTerms
from chalicelib.rules.procedure.answers.agreement import SLOWED
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, NEXT_ANSWER
from chalicelib.rules.tickets.messages import Event, Person, Visibility
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.services.delivery import agreements
from chalicelib.services.exports import subject_exports
from chalicelib.services.intake.receiving import receive
from chalicelib.services.intake.submitting import Caller, open_once, submit
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy.erasing import erase_subject
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, TOM, acts
from tests.support.store.fakes import START, FakeRun, World, written
from tests.support.store.fakes import world as new_world
from tests.support.store.faults import Died

AGREED: dict[str, Any] = {
    "every_days": "7", "to": ADA, "in_writing": "true", "until": "2027-02-28", "reason": "Thirty mails a day.",
}  # fmt: skip
WEEK = timedelta(days=7)
KINDS = tuple(kind for kind in samples.northlight().kinds if kind != "call_back")


@pytest.fixture
def ticket(world: World) -> Ticket:
    world.with_shop(desk=DeskTerms(agreements=True))
    return agents.opened(world, kind="question")


def agree(world: World, agent: str = TOM, **changes: Any) -> None:
    assert acts(world, "agree_contact", agent=agent, **AGREED | changes)["done"]
    agents.stream(world)


def opens(world: World, address: str = MIRA, **fields: str) -> Ticket:
    """A further ticket by the form."""
    told = {
        "name": "Mira Holm",
        "email": address,
        "kind": "question",
        "message": "When does it come?",
        "language": "en",
    }
    number = str(len(world.store.tickets))
    caller = Caller("192.0.2.1", submission_id=number)
    return submit(world.deps, world.shop, told | {"submission_id": number} | fields, (), caller).ticket


def proven(world: World, address: str = MIRA, **changes: Any) -> Ticket:
    """A further ticket by a form that came from a link in a mail to the address."""
    number = str(len(world.store.tickets))
    told: dict[str, Any] = {"kind": "question", "topic": None, "text": "When does it come?", "fingerprint": number}
    arrival = samples.inbound(person=Person("Mira Holm", address), **told | changes)
    return open_once(world.deps, world.shop, arrival, (), Caller("192.0.2.1", submission_id=number)).ticket


def mailed(world: World, to: str, text: str) -> Ticket:
    """The ticket that a new mail of the customer opens."""
    mail = written(f"Mira Holm <{MIRA}>", "A question", text, To=to, Message_ID=f"<new{len(text)}@mail.example>")
    assert receive(world.deps, MailReceived(world.arrives(mail), (to,), passed=frozenset({"dmarc"}))) == "opened"
    return list(world.store.tickets.values())[-1]


def mails(world: World, text: str) -> None:
    """The customer answers our last mail."""
    reply_to = world.mailer.to(MIRA)[-1].reply_to
    mail = written(f"Mira Holm <{MIRA}>", "Re: the lamp", text, To=reply_to, Message_ID=f"<{len(text)}@mail.example>")
    raw = MailReceived(world.arrives(mail), (reply_to,), passed=frozenset({"dmarc"}))
    assert receive(world.deps, raw) == "appended"


def due(ticket: Ticket, name: str = FIRST_ANSWER) -> Any:
    clock = ticket.clock(name)
    return clock and clock.due


def added(world: World, kind: str, writes: Callable[[World, str], None], *, agreed: bool, text: str = "And?") -> Any:
    """When an answer is due to what the customer adds to an answered ticket of this kind, one of others that they
    have."""
    world.with_shop(desk=DeskTerms(agreements=True))
    agents.opened(world, kind=kind)
    other = agents.opened(world, "NL-7K3F9-QXMT3", kind="question")
    if agreed:
        assert acts(world, "agree_contact", ref=other.ref, agent=TOM, **AGREED | {"every_days": "14"})["done"]
        agents.stream(world)
    acts(world, "answer", text="It comes tomorrow.")
    agents.stream(world)
    world.clock.advance(seconds=60)
    writes(world, text)
    return due(world.store.tickets[samples.REF], NEXT_ANSWER)


class TestMaking:
    def test_the_customer_is_told_kindly_and_the_reason_stays_with_the_shop(self, world: World, ticket: Ticket) -> None:
        agree(world)
        (mail,) = world.mailer.to(MIRA)
        assert "7 days" in mail.text
        assert "Ada looks after" in mail.text
        assert "28 February 2027" in mail.text
        assert "kind=complaint" in mail.text
        assert AGREED["reason"] not in mail.text
        message = agents.message(world, Event.AGREEMENT)
        assert (message.visibility, message.about) == (Visibility.SHARED, "agreed")
        assert agents.log(world)[-1][:2] == (TOM, "acted")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"agent": ADA}, "admins"),
            ({"until": "2027-12-31"}, "six months"),
            ({"until": "2026-01-01"}, "six months"),
            ({"until": ""}, "until"),
            ({"every_days": "32"}, "from 1 to 31"),
            ({"every_days": "x"}, "from 1 to 31"),
            ({"every_days": "", "to": "", "in_writing": "no"}, "at least one"),
            ({"to": "nobody@example.com"}, "to"),
            ({"reason": " "}, "reason"),
        ],
    )
    def test_what_can_not_be_agreed_is_refused(
        self, world: World, ticket: Ticket, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(InvalidEvent, match=field):
            acts(world, "agree_contact", **{"agent": TOM} | AGREED | changes)
        assert world.store.agreed == {}

    def test_a_shop_without_agreements_makes_and_keeps_none(self, world: World, ticket: Ticket) -> None:
        agree(world)
        world.with_shop(desk=DeskTerms())
        with pytest.raises(InvalidEvent, match="no contact agreements"):
            acts(world, "agree_contact", agent=TOM, **AGREED | {"every_days": "9"})
        world.store.requests.clear()
        assert agreements.of(world.deps, world.shop, MIRA) is None
        assert world.store.requests == []

    def test_the_same_request_later_does_not_undo_what_was_agreed_since(self, world: World, ticket: Ticket) -> None:
        agree(world)
        agree(world, every_days="14")
        assert not acts(world, "agree_contact", agent=TOM, **AGREED)["done"]
        agreed = agreements.of(world.deps, world.shop, MIRA)
        assert agreed
        assert agreed.every_days == 14

    def test_nothing_is_in_force_that_the_customer_is_not_told_of(self, world: World, ticket: Ticket) -> None:
        def dies(change: Change) -> None:
            raise Died

        world.store.before_commit = dies
        with pytest.raises(Died):
            acts(world, "agree_contact", agent=TOM, **AGREED)
        assert world.store.agreed == {}

    @pytest.mark.parametrize("ended", [False, True])
    def test_the_same_request_finishes_what_a_run_left_that_died(
        self, world: World, ticket: Ticket, ended: bool
    ) -> None:
        agree(world)
        known = dict(world.store.agreed)
        if ended:
            world.clock.advance(seconds=60)
            acts(world, "end_agreement", agent=TOM, reason="Calm again.")
        world.store.agreed.clear()  # as if the run had died after the log was written
        world.clock.advance(seconds=60)
        assert not acts(world, "agree_contact", agent=TOM, **AGREED)["done"]
        assert world.store.agreed == ({} if ended else known)


class TestKeepingTo:
    def test_proven_questions_open_with_the_agreed_pace_and_agent_and_the_confirmation_says_so(
        self, world: World, ticket: Ticket
    ) -> None:
        usual = due(proven(world, "another@example.com"))
        agree(world)
        world.mailer.sent.clear()
        slow = proven(world)
        assert due(slow) == START + WEEK > usual
        assert slow.assignee == ADA
        agents.stream(world)
        assert "2 December" in " ".join(world.mailer.to(MIRA)[-1].text.split())

    def test_whoever_types_an_address_does_not_learn_what_was_agreed_with_its_owner(
        self, world: World, ticket: Ticket
    ) -> None:
        usual = opens(world, "another@example.com")
        agree(world)
        typed = opens(world)
        assert (typed.clocks, typed.promised) == (usual.clocks, usual.promised)
        assert typed.assignee == ADA

    def test_a_mail_that_nobody_has_sorted_is_not_slowed(self, world: World, ticket: Ticket) -> None:
        care, feedback = "care@help.northlight.example", "care+feedback@help.northlight.example"
        usual = due(mailed(world, care, "This is a complaint: the lamp is broken."))
        agree(world)
        assert due(mailed(world, care, "This is a complaint too: the lamp is broken.")) == usual
        assert due(mailed(world, feedback, "Your lamps are nice.")) == START + WEEK

    def test_what_a_topic_promises_sooner_stays_promised(self, world: World, ticket: Ticket) -> None:
        (topic,) = (each for each in world.shop.topics if each.id == "late")
        soon = replace(topic, first_answer=Period(1, Unit.HOURS))
        world.with_shop(topics=tuple(soon if each is topic else each for each in world.shop.topics))
        usual = due(proven(world, "another@example.com", topic="late"))
        agree(world)
        assert due(proven(world, topic="late")) == usual == START + timedelta(hours=1)

    @pytest.mark.parametrize("kind", ["complaint", "warranty", "return", "data_request", "privacy_complaint"])
    def test_what_the_law_gives_is_never_slowed(self, world: World, ticket: Ticket, kind: str) -> None:
        usual = proven(world, "another@example.com", kind=kind)
        agree(world)
        assert proven(world, kind=kind).clocks == usual.clocks

    @pytest.mark.parametrize("remark", [Remark.WITHDRAWS, Remark.ABOUT_DATA])
    def test_words_of_law_are_not_slowed_in_a_question_either(
        self, world: World, ticket: Ticket, remark: Remark
    ) -> None:
        usual = proven(world, "another@example.com", remarks=(remark,))
        agree(world)
        assert proven(world, remarks=(remark,)).clocks == usual.clocks

    @pytest.mark.parametrize("writes", [mails, agents.customer_writes])
    @pytest.mark.parametrize("kind", KINDS)
    def test_only_what_is_added_to_a_question_or_feedback_is_slowed(
        self, world: World, kind: str, writes: Callable[[World, str], None]
    ) -> None:
        slow = added(world, kind, writes, agreed=True)
        usual = added(new_world(), kind, writes, agreed=False)
        assert (slow != usual) is (kind in SLOWED)
        assert slow == (START + 2 * WEEK + timedelta(minutes=1) if kind in SLOWED else usual)

    @pytest.mark.parametrize("text", ["I withdraw from the contract.", "Please delete all my personal data."])
    def test_words_of_law_that_are_added_are_not_slowed(self, world: World, text: str) -> None:
        slow = added(world, "question", agents.customer_writes, agreed=True, text=text)
        assert slow == added(new_world(), "question", agents.customer_writes, agreed=False, text=text)

    @pytest.mark.parametrize("writes", [mails, agents.customer_writes])
    def test_an_objection_is_not_slowed_by_what_it_objects_to_until_an_admin_has_answered_it(
        self, world: World, ticket: Ticket, writes: Callable[[World, str], None]
    ) -> None:
        agree(world)
        promised = list[timedelta]()
        for answered_by in (TOM, ADA, TOM, ADA):
            world.clock.advance(seconds=60)
            acts(world, "answer", agent=answered_by, text=f"It comes tomorrow, {len(promised)}.")
            agents.stream(world)
            world.clock.advance(seconds=60)
            writes(world, f"I object, {len(promised)}." + " Really." * len(promised))
            promise = world.store.tickets[samples.REF].clock(NEXT_ANSWER)
            assert promise
            promised.append(promise.due - promise.set_at)
        # Tom, an admin, wrote before there was an objection, and Ada is none.
        assert [each == WEEK for each in promised] == [False, False, True, True]

    def test_all_of_it_is_kept(self, world: World, ticket: Ticket) -> None:
        agree(world)
        for text in ("And when?", "And why?"):
            mails(world, text)
        assert {"And when?", "And why?"} <= {message.text.strip() for message in world.store.messages.values()}

    def test_it_ends_by_itself_and_by_an_admin(self, world: World, ticket: Ticket) -> None:
        agree(world)
        usual = proven(world, "another@example.com")
        with pytest.raises(InvalidEvent, match="admins"):
            acts(world, "end_agreement", reason="Calm again.")
        assert acts(world, "end_agreement", agent=TOM, reason="Calm again.")["done"]
        agents.stream(world)
        assert "usual times" in " ".join(world.mailer.to(MIRA)[-1].text.split())
        assert due(proven(world)) == due(usual)
        agree(world, every_days="8")
        world.clock.at = world.clock.at.replace(year=2027, month=3, day=1)
        assert agreements.of(world.deps, world.shop, MIRA) is None

    def test_the_customer_is_told_that_it_ended_if_somebody_writes_at_the_same_time(
        self, world: World, ticket: Ticket
    ) -> None:
        agree(world)
        world.mailer.sent.clear()

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            agents.customer_writes(world)

        world.store.before_commit = meanwhile
        assert acts(world, "end_agreement", agent=TOM, reason="Calm again.")["done"]
        agents.stream(world)
        assert "usual times" in " ".join(world.mailer.to(MIRA)[-1].text.split())
        assert agreements.of(world.deps, world.shop, MIRA) is None

    def test_the_same_request_finishes_what_a_run_left_and_ends_nothing_agreed_since(
        self, world: World, ticket: Ticket
    ) -> None:
        agree(world)
        known = dict(world.store.agreed)
        world.clock.advance(seconds=60)
        acts(world, "end_agreement", agent=TOM, reason="Calm again.")
        world.store.agreed.update(known)  # as if the run had died after the log was written
        assert not acts(world, "end_agreement", agent=TOM, reason="Calm again.")["done"]
        assert agreements.of(world.deps, world.shop, MIRA) is None
        world.clock.advance(seconds=60)
        agree(world, every_days="9")
        acts(world, "end_agreement", agent=TOM, reason="Calm again.")
        assert agreements.of(world.deps, world.shop, MIRA)

    def test_one_customers_agreement_is_not_anothers_nor_another_shops(self, world: World, ticket: Ticket) -> None:
        agree(world)
        assert agreements.of(world.deps, world.shop, "mira.holm+shop@example.com")
        assert agreements.of(world.deps, world.shop, "somebody@example.com") is None
        kettle = world.deps.policy.shop("kettle")
        assert agreements.stored(world.deps, kettle, MIRA) is None


class TestOfThePerson:
    def test_an_erasure_forgets_it(self, world: World, ticket: Ticket) -> None:
        agree(world)
        event = {"shop": "northlight", "email": MIRA, "reason": "Asked for by letter of 3 November", "confirm": MIRA}
        erase_subject(world.deps, event, FakeRun())
        assert world.store.agreed == {}

    def test_an_export_says_what_was_agreed(self, world: World, ticket: Ticket) -> None:
        agree(world)
        told = subject_exports.agreed(world.shop, agreements.stored(world.deps, world.shop, MIRA))
        assert told == {
            "ticket": samples.REF, "agreed_at": "2026-11-25T09:30:00+00:00", "until": "2027-02-28T22:59:00+00:00",
            "answered_every_days": 7, "answered_by": "Ada", "only_in_writing": True,
        }  # fmt: skip
        assert subject_exports.agreed(world.shop, None) is None

    def test_an_export_names_the_shop_for_an_agent_who_has_left(self, world: World, ticket: Ticket) -> None:
        agree(world)
        world.with_shop(agents=tuple(each for each in world.shop.agents if each.address != ADA))
        told = subject_exports.agreed(world.shop, agreements.stored(world.deps, world.shop, MIRA))
        assert told
        assert told["answered_by"] == world.shop.name
