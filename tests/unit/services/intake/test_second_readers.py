"""Where the policy asks for a second reader, an agent's mail does not pass them by."""

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.policy.promises import DeskTerms, SecondReader
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Ticket, Visibility
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets.answers import drafts
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, TOM, acts
from tests.support.store.fakes import World

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


def test_a_long_mail_is_a_draft_as_long_as_one_may_be(world: World, ticket: Ticket) -> None:
    answers_by_mail(world, text="word " * (LONGEST_TEXT // 5 + 10))
    assert 0 < len(drafts.begun_by(world.deps, samples.REF, ADA)) <= LONGEST_TEXT


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
