"""Where the policy asks for a second reader, an agent's mail does not pass them by."""

from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.policy.promises import DeskTerms, SecondReader
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Ticket, Visibility
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import Kind
from chalicelib.services.actions.answers.held_answers import HELD_ANSWERS
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets.answers import drafts, second_reading
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, TOM, acts
from tests.support.store.fakes import World
from tests.support.store.fakes import world as new_world
from tests.support.store.faults import Died
from tests.unit.services.actions.test_acting import EVERY, prepared

CARE = "care@help.northlight.example"
WORDS = "We are sorry. A new lamp is on its way."
RULES = [
    SecondReader(topics=("damaged_in_transit",)),
    SecondReader(kinds=("complaint",)),
    SecondReader(heat=True),
]


@pytest.fixture
def ticket(world: World) -> Ticket:
    world.with_shop(desk=DeskTerms(second_reader=RULES[0]))
    return agents.opened(world)


def now_of(world: World) -> Ticket:
    return world.store.tickets[samples.REF]


def answers_by_mail(world: World, to: str = "", text: str = WORDS, id: str = "answer@x") -> Outcome:
    care = plus_address(CARE, samples.reply_token(now_of(world), Role.AGENT))
    head = f"From: Ada <{ADA}>\r\nTo: {to or care}\r\nSubject: Re: Lamp\r\nMessage-ID: <{id}>\r\n"
    key = world.arrives(f"{head}\r\n{text}\r\n".encode())
    outcome = receive(world.deps, MailReceived(key, (care,), passed=frozenset({DMARC})))
    agents.stream(world)
    return outcome


def to_customer(world: World) -> list[str]:
    return [mail.text for mail in world.mailer.to(MIRA) if WORDS in mail.text]


@pytest.mark.parametrize("rule", RULES, ids=["topics", "kinds", "heat"])
def test_an_answer_by_mail_becomes_a_draft_and_its_writer_is_told(world: World, rule: SecondReader) -> None:
    world.with_shop(desk=DeskTerms(second_reader=rule))
    agents.opened(world, text="I am FURIOUS!!! You liars, this is a disgrace!!!")
    promised = now_of(world).clocks
    assert answers_by_mail(world) is Outcome.APPENDED
    (kept,) = world.store.messages.values()
    assert (kept.visibility, kept.text, kept.remarks) == (Visibility.INTERNAL, WORDS, (Remark.SECOND_READER,))
    assert not to_customer(world) and now_of(world).clocks == promised
    (told,) = [mail for mail in world.mailer.to(ADA) if "second agent" in mail.text]
    assert "as your draft" in told.text
    assert drafts.begun_by(world.deps, samples.REF, ADA) == WORDS


def test_the_draft_leaves_when_another_agent_has_read_it(world: World, ticket: Ticket) -> None:
    answers_by_mail(world)
    acts(world, "answer", text=drafts.begun_by(world.deps, samples.REF, ADA))
    assert not to_customer(world)
    acts(world, "approve_answer", agent=TOM)
    agents.stream(world)
    assert len(to_customer(world)) == 1


def test_a_mail_that_comes_again_is_one_draft(world: World, ticket: Ticket) -> None:
    drafts.save_draft(world.deps, world.shop, samples.REF, ADA, "Begun at the desk.")
    answers_by_mail(world)
    assert answers_by_mail(world) is Outcome.DUPLICATE
    assert drafts.begun_by(world.deps, samples.REF, ADA) == f"{WORDS}\n\nBegun at the desk."


@pytest.mark.parametrize("begun", ["", "Begun at the desk."])
def test_a_run_that_died_before_the_draft_was_saved_is_finished_by_the_next(
    world: World, ticket: Ticket, begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched, pytest.raises(Died):
        patched.setattr(drafts, "give_back", dies)
        answers_by_mail(world)
    drafts.save_draft(world.deps, world.shop, samples.REF, ADA, begun)
    for _ in range(2):
        assert answers_by_mail(world) is Outcome.DUPLICATE
        assert drafts.begun_by(world.deps, samples.REF, ADA) == "\n\n".join(filter(None, (WORDS, begun)))


def test_a_mail_that_comes_again_after_its_draft_was_sent_is_no_draft(world: World, ticket: Ticket) -> None:
    answers_by_mail(world)
    acts(world, "answer", text=f"Dear Mira,\n{WORDS}")
    drafts.save_draft(world.deps, world.shop, samples.REF, ADA, "")
    assert answers_by_mail(world) is Outcome.DUPLICATE
    assert not drafts.begun_by(world.deps, samples.REF, ADA)


@pytest.mark.parametrize("read", [False, True])
def test_own_instructions_in_a_language_without_ready_replies(world: World, read: bool) -> None:
    world.with_shop(desk=DeskTerms(second_reader=SecondReader(kinds=("complaint",) if read else ())))
    agents.opened(world, language="fr")
    if read:
        with pytest.raises(InvalidEvent, match="second agent"):
            acts(world, "instruct", text=WORDS)
    else:
        assert acts(world, "instruct", text=WORDS)["done"]
    with pytest.raises(InvalidEvent):
        acts(world, "instruct")


def test_a_long_mail_is_a_draft_as_long_as_one_may_be(world: World, ticket: Ticket) -> None:
    answers_by_mail(world, text="word " * (LONGEST_TEXT // 5 + 10))
    assert 0 < len(drafts.begun_by(world.deps, samples.REF, ADA)) <= LONGEST_TEXT


def test_the_conversation_is_read_only_where_heat_decides(world: World) -> None:
    ticket = agents.opened(world)
    for rule, reads in ((RULES[0], 0), (replace(RULES[0], heat=True), 0), (SecondReader(heat=True), 1)):
        world.with_shop(desk=DeskTerms(second_reader=rule))
        before = len(world.store.requests)
        second_reading.asked_for(world.deps, world.shop, ticket)
        assert len(world.store.requests) - before == reads


def test_what_the_customer_has_already_counts(world: World, ticket: Ticket) -> None:
    answers_by_mail(world, to=MIRA)
    (kept,) = world.store.messages.values()
    assert kept.visibility is Visibility.SHARED and not drafts.begun_by(world.deps, samples.REF, ADA)


@pytest.mark.parametrize("rule", [SecondReader(), SecondReader(topics=("other",)), SecondReader(heat=True)])
def test_where_nobody_has_to_read_it_it_leaves(world: World, rule: SecondReader) -> None:
    world.with_shop(desk=DeskTerms(second_reader=rule))
    agents.opened(world)
    answers_by_mail(world)
    assert len(to_customer(world)) == 1 and not drafts.begun_by(world.deps, samples.REF, ADA)


@pytest.mark.parametrize("action", sorted(EVERY))
def test_no_action_mails_a_customer_words_that_no_second_agent_has_read(world: World, action: str) -> None:
    """Each action and each of its texts, except the reason of an extension, whose notice must come in time."""
    typed = [field.name for field in ACTIONS[action].fields if field.kind is Kind.TEXT and not field.one_of]
    for name in typed:
        if action in HELD_ANSWERS or (action, name) == ("extend", "reason"):
            continue
        other = new_world(limits_on=False)
        agents.opened(other)
        prepared(other, action)
        other.with_shop(desk=DeskTerms(second_reader=SecondReader(kinds=tuple(other.shop.kinds))))
        with suppress(InvalidEvent):
            acts(other, action, **EVERY[action] | {name: WORDS})
        agents.stream(other)
        assert not to_customer(other), (action, name)


def test_own_words_go_out_with_nothing_that_no_second_agent_reads(world: World, ticket: Ticket) -> None:
    acts(world, "remedy", remedy_kind="replacement")
    for action in ("instruct", "remedy_done"):
        with pytest.raises(InvalidEvent, match="second agent"):
            acts(world, action, text=WORDS)
    assert not to_customer(world)
    acts(world, "instruct")
    acts(world, "remedy_done")
    assert now_of(world).remedy.done_at  # type: ignore[union-attr]


def test_a_remedy_that_the_customer_is_not_told_of_is_noted_in_own_words(world: World, ticket: Ticket) -> None:
    acts(world, "remedy", remedy_kind="replacement")
    acts(world, "remedy_done", text=WORDS, tell="no")
    assert not to_customer(world)
