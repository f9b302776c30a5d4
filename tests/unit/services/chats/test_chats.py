"""Chats begun, taken, answered, given back and ended: every line once, in its order, with its promise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidFields, InvalidLink, RateLimited
from chalicelib.mail.composing import Letter
from chalicelib.rules.chats.lines import LONGEST, ChatNews
from chalicelib.rules.intake.limits import CHATS, CHATS_AT_SOURCE, LINES, LINES_AN_HOUR
from chalicelib.rules.policy.promises import WITHDRAWAL, SecondReader
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, ANSWERS, CHAT, CHAT_ANSWER, FIRST_ANSWER, NEXT_ANSWER
from chalicelib.rules.tickets.messages import Author, Channel, Message, Person, Visibility, of_tag
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Chat, ChatEnd
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.actions import acting
from chalicelib.services.actions import chatting as desk
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.chats import links, places, present, reading, transcript
from chalicelib.services.chats.reading import ChatState, Who
from chalicelib.services.customer import chatting
from chalicelib.services.delivery import sending
from chalicelib.services.delivery.letters.letters import letter
from chalicelib.services.intake.chats import beginning
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.fakes import World, world

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
MINUTE = timedelta(minutes=1)


def fields(number: int = 1, **changes: str) -> dict[str, str]:
    default = {
        "name": "Mira Holm",
        "email": f"mira{number}@example.com",
        "message": "My lamp hums.",
        "language": "en",
        "submission_id": f"page-{number}",
    }
    return default | changes


def begin(here: World, number: int = 1, address: str = HOME, **changes: str) -> Ticket:
    sent = fields(number, **changes)
    caller = Caller(address, submission_id=sent["submission_id"], trap=sent.get("further_details", ""))
    return stored(here, beginning.begin(here.deps, here.shop, sent, caller).ticket)


def stored(here: World, ticket: Ticket) -> Ticket:
    found = here.deps.tickets.ticket(ticket.ref)
    assert found is not None
    return found


def chat_of(here: World, ticket: Ticket) -> Chat:
    chat = stored(here, ticket).chat
    assert chat is not None
    return chat


def token(here: World, ticket: Ticket) -> str:
    return links.token(here.deps, stored(here, ticket))


def own_id(text: str) -> str:
    """What a page calls its line, made of its words."""
    return f"page-line-{text.encode().hex()}"[:64]


def says(here: World, ticket: Ticket, text: str, id: str = "") -> chatting.Done:
    return chatting.say(here.deps, token(here, ticket), {"id": id or own_id(text), "text": text}, HOME)


def answers(here: World, ticket: Ticket, text: str, id: str = "", agent: int = 0) -> int:
    words = {"id": id or own_id(text), "text": text}
    return desk.say(here.deps, here.shop, ticket.ref, words, here.shop.agents[agent]).number


def take(here: World, ticket: Ticket, agent: int = 0) -> Ticket:
    return desk.take(here.deps, here.shop, ticket.ref, here.shop.agents[agent])


def there(here: World, *agents: int) -> None:
    for number in agents or (0,):
        present.note(here.deps, here.shop, here.shop.agents[number], takes=True)


def later(here: World, minutes: float, *agents: int) -> None:
    """Time passes, with these agents there; then the due-work run comes."""
    here.clock.at += minutes * MINUTE
    if agents:
        there(here, *agents)
    look_after_due(here.deps)


def seen(here: World, ticket: Ticket, after: int = 0) -> list[tuple[int, str, str]]:
    live = reading.live(here.deps, token(here, ticket), after)
    return [(line.number, line.who.value, line.text) for line in live.lines]


def news(here: World, ticket: Ticket) -> list[str]:
    return [line.news for line in reading.live(here.deps, token(here, ticket)).lines if line.news]


def mailed(here: World, ticket: Ticket) -> Letter:
    """The mail that the customer gets when they end the chat."""
    chatting.end(here.deps, token(here, ticket), "end")
    (message,) = [each for each in here.store.messages.values() if each.outbox]
    assert message.outbox is not None
    return letter(here.deps, stored(here, ticket), message, message.outbox.deliveries[0], here.clock.at)


def owed(here: World, purpose: Purpose) -> int:
    boxes = [each.outbox for each in here.store.tickets.values()]
    boxes += [each.outbox for each in here.store.messages.values()]
    return sum(mail.purpose is purpose for box in boxes if box for mail in box.deliveries)


def faults(refused: Any) -> dict[str, str]:
    return dict(refused.value.codes)


@pytest.fixture
def here() -> World:
    return world()


class TestBeginning:
    def test_with_somebody_there_it_is_a_ticket_with_a_clock_of_minutes_and_no_mail(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        assert (ticket.channel, ticket.state, ticket.subject) == (Channel.CHAT, State.OPEN, "Chat")
        clock, look = ticket.clock(CHAT_ANSWER), ticket.clock(CHAT)
        assert clock is not None
        assert look is not None
        assert (clock.due, look.due) == (here.clock.at + 2 * MINUTE, here.clock.at + timedelta(seconds=45))
        assert ticket.clock(FIRST_ANSWER) is not None
        assert ticket.outbox is None
        assert not ticket.proven
        assert places.running(here.deps, here.shop) == [ticket]

    def test_with_nobody_there_it_is_a_message_with_the_usual_promise(self, here: World) -> None:
        ticket = begin(here)
        assert ticket.chat is not None
        assert ticket.chat.ended is ChatEnd.AS_MESSAGE
        assert {ACKNOWLEDGE, FIRST_ANSWER} <= set(ticket.clocks.names)
        assert not ticket.clocks.only(CHAT, CHAT_ANSWER)
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == owed(here, Purpose.NOTIFICATION_NEW) == 1
        assert reading.live(here.deps, token(here, ticket)).state is ChatState.MESSAGE
        assert places.running(here.deps, here.shop) == []

    @pytest.mark.parametrize("hour", [7, 15, 22])
    def test_outside_the_hours_it_is_a_message_though_an_agent_is_there(self, here: World, hour: int) -> None:
        here.clock.at = here.clock.at.replace(hour=hour)
        there(here)
        assert chat_of(here, begin(here)).ended is ChatEnd.AS_MESSAGE

    def test_the_same_form_again_is_the_same_chat(self, here: World) -> None:
        there(here)
        first = begin(here)
        assert begin(here).ref == first.ref
        assert len(here.store.tickets) == 1

    def test_what_a_machine_filled_in_waits_in_quarantine_and_is_no_chat(self, here: World) -> None:
        there(here)
        ticket = begin(here, further_details="buy now")
        assert ticket.state is State.QUARANTINED
        assert ticket.suspicions == (Suspicion.TRAP,)
        assert chat_of(here, ticket).ended is ChatEnd.AS_MESSAGE

    def test_an_address_has_three_chats_an_hour_at_a_source_and_a_source_ten(self, here: World) -> None:
        there(here)
        for number in range(CHATS):
            begin(here, submission_id=f"page-{number}")
        with pytest.raises(InvalidFields) as refused:
            begin(here, submission_id="page-more")
        assert faults(refused) == {"message": "too_many_chats"}
        begin(here, address=ELSEWHERE, submission_id="page-elsewhere")  # nobody uses up what is somebody else's
        for number in range(2, 2 + CHATS_AT_SOURCE - CHATS):
            begin(here, number)
        with pytest.raises(InvalidFields):
            begin(here, 99)

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [({"name": ""}, "missing"), ({"email": "mira"}, "not_an_address"), ({"message": "x" * 4_001}, "too_long")],
    )
    def test_a_wrong_field_is_named(self, here: World, wrong: dict[str, str], code: str) -> None:
        with pytest.raises(InvalidFields) as refused:
            begin(here, 1, HOME, **wrong)
        assert faults(refused) == {next(iter(wrong)): code}

    def test_a_withdrawal_said_in_a_chat_is_acknowledged_at_once(self, here: World) -> None:
        there(here)
        ticket = begin(here, message="I hereby withdraw from the contract for order NL-1, the lamp.")
        assert ticket.kind == WITHDRAWAL
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == 1
        begin(here, submission_id="page-2")
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == 1, "other chats are acknowledged where they are"


class TestSaying:
    def test_lines_have_numbers_and_the_answer_meets_both_promises(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        assert says(here, ticket, "Are you there?").number == 2
        take(here, ticket)
        assert answers(here, ticket, "Yes. Which lamp?") == 4
        after = stored(here, ticket)
        assert [clock.name for clock in after.clocks.met if clock.name in (CHAT_ANSWER, *ANSWERS)] == [
            FIRST_ANSWER,
            CHAT_ANSWER,
        ]
        assert after.state is State.WAITING
        assert after.assignee == here.shop.agents[0].address
        assert seen(here, ticket, 1) == [
            (2, Who.YOU, "Are you there?"),
            (3, Who.NOTE, "Ada is here and reads your words."),
            (4, Who.SHOP, "Yes. Which lamp?"),
        ]
        assert sum(here.store.sla_counts[here.shop.id, here.clock.at.date()]) == 2

    def test_lines_owe_no_mail(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        for number in range(5):
            says(here, ticket, f"more {number}")
            answers(here, ticket, f"yes {number}")
        assert all(message.outbox is None for message in here.store.messages.values())

    def test_a_line_that_comes_again_is_said_once_also_long_after(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        first = says(here, ticket, "Hello?", "own-id-00001").number
        for number in range(30):
            answers(here, ticket, f"line {number}")
        assert says(here, ticket, "Hello?", "own-id-00001").number == first
        assert answers(here, ticket, "line 3") == first + 4
        assert [text for _, _, text in seen(here, ticket)].count("Hello?") == 1

    def test_other_words_under_the_same_id_are_an_error(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        says(here, ticket, "One", "own-id-00001")
        with pytest.raises(InvalidFields) as refused:
            says(here, ticket, "Two", "own-id-00001")
        assert faults(refused) == {"id": "reused"}

    def test_an_agent_and_a_customer_may_use_the_same_id(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        assert says(here, ticket, "One", "the-same-id").number == 3
        assert answers(here, ticket, "Two", "the-same-id") == 4

    def test_who_writes_at_the_same_moment_gets_the_next_number(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        commit, between = here.store.commit, list[int]()

        def interrupted(change: Change) -> None:
            if change.messages and change.messages[0].text == "Mine" and not between:
                between.append(answers(here, ticket, "Quicker"))
            commit(change)

        here.store.commit = interrupted  # type: ignore[method-assign]
        assert says(here, ticket, "Mine").number == 4
        assert between == [3]
        assert [text for _, _, text in seen(here, ticket, 2)] == ["Quicker", "Mine"]

    def test_the_moments_never_go_back_though_a_clock_does(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "First")
        here.clock.at -= MINUTE / 2
        says(here, ticket, "Second")
        _, conversation = here.deps.tickets.conversation(ticket.ref)
        assert [message.text for message in conversation][-2:] == ["First", "Second"]

    def test_more_lines_than_a_person_types_are_refused_but_one_that_was_said_is_known(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        for number in range(LINES):
            says(here, ticket, f"line {number}")
        with pytest.raises(RateLimited):
            says(here, ticket, "one more")
        assert says(here, ticket, "line 3").number == 5

    def test_nor_does_anybody_say_more_in_an_hour_than_people_do(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        for number in range(LINES_AN_HOUR):
            here.clock.at += timedelta(seconds=4)
            says(here, ticket, f"line {number}")
        here.clock.at += MINUTE
        with pytest.raises(RateLimited):
            says(here, ticket, "one more")

    def test_what_is_said_in_a_chat_that_is_full_is_a_message_and_the_chat_ends_as_others_do(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Hello")
        full = stored(here, ticket)
        here.store.commit(Change(evolve(full, chat=replace(chat_of(here, ticket), lines=LONGEST))))
        assert says(here, ticket, "And one more thing").as_message
        later(here, 16, 0)
        assert chat_of(here, ticket).ended is ChatEnd.SILENCE

    @pytest.mark.parametrize("id", ["", "short", "a b c d e f g", "x" * 65])
    def test_an_id_of_another_form_is_refused(self, here: World, id: str) -> None:
        there(here)
        with pytest.raises(InvalidFields):
            chatting.say(here.deps, token(here, begin(here)), {"id": id, "text": "Hello"}, HOME)

    def test_another_agents_chat_and_one_that_nobody_has_are_not_answered(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        with pytest.raises(InvalidFields) as refused:
            answers(here, ticket, "Hello")
        assert faults(refused) == {"action": "chat_untaken"}
        take(here, ticket)
        for doing in (lambda: answers(here, ticket, "Hello", agent=1), lambda: take(here, ticket, 1)):
            with pytest.raises(InvalidFields) as refused:
                doing()
            assert faults(refused) == {"action": "chat_of_other"}

    def test_an_agent_has_four_chats_at_the_same_time(self, here: World) -> None:
        there(here)
        tickets = [begin(here, number) for number in range(5)]
        for ticket in tickets[:4]:
            take(here, ticket)
        with pytest.raises(InvalidFields) as refused:
            take(here, tickets[4])
        assert faults(refused) == {"action": "chats_enough"}
        desk.end(here.deps, here.shop, tickets[0].ref, here.shop.agents[0])
        assert chat_of(here, take(here, tickets[4])).agent == here.shop.agents[0].address


class TestSecondReader:
    def test_what_another_agent_has_to_read_is_not_said_in_a_chat(self, here: World) -> None:
        here = here.with_shop(desk=replace(here.shop.desk, second_reader=SecondReader(kinds=("question",))))
        there(here)
        ticket = begin(here)
        take(here, ticket)
        with pytest.raises(InvalidFields) as refused:
            answers(here, ticket, "You get 50 euros.")
        assert faults(refused) == {"text": "chat_second_reader"}
        desk.end(here.deps, here.shop, ticket.ref, here.shop.agents[0], by_mail=True)
        assert news(here, ticket) == [ChatNews.TAKEN, ChatNews.AS_MESSAGE]
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == 1

    def test_heat_in_the_lines_of_the_chat_asks_for_one_too(self, here: World) -> None:
        here = here.with_shop(desk=replace(here.shop.desk, second_reader=SecondReader(heat=True)))
        there(here)
        ticket = begin(here)
        take(here, ticket)
        assert answers(here, ticket, "Hello, how can I help?") == 3
        says(here, ticket, "You are idiots, and my lawyer will write to you!")
        with pytest.raises(InvalidFields) as refused:
            answers(here, ticket, "Calm down.")
        assert faults(refused) == {"text": "chat_second_reader"}
        assert answers(here, ticket, "Hello, how can I help?") == 3  # its answer was lost


class TestWaiting:
    def test_at_due_other_ways_are_offered_once_and_the_promise_counts_as_missed(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        later(here, 1, 0)
        assert news(here, ticket) == []
        later(here, 1, 0)
        assert news(here, ticket) == [ChatNews.OFFERED]
        assert reading.live(here.deps, token(here, ticket)).state is ChatState.OFFERED
        later(here, 5, 0)
        assert news(here, ticket) == [ChatNews.OFFERED]
        assert here.store.sla_counts[here.shop.id, here.clock.at.date()] == (0, 1)
        take(here, ticket)
        answers(here, ticket, "Sorry!")
        assert here.store.sla_counts[here.shop.id, here.clock.at.date()] == (1, 1)

    def test_whoever_reads_the_chat_then_need_not_wait_for_the_run(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        here.clock.at += 2 * MINUTE
        there(here)
        assert news(here, ticket) == [ChatNews.OFFERED]
        look_after_due(here.deps)
        assert news(here, ticket) == [ChatNews.OFFERED]

    def test_with_everybody_gone_it_goes_on_as_a_message(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        says(here, ticket, "It is the blue one.")
        later(here, 3)
        after = stored(here, ticket)
        assert chat_of(here, ticket).ended is ChatEnd.AS_MESSAGE
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == owed(here, Purpose.NOTIFICATION_NEW) == 1
        assert after.clock(FIRST_ANSWER) is not None
        assert not after.clocks.only(CHAT, CHAT_ANSWER)
        assert "by email" in seen(here, ticket)[-1][2]
        assert here.store.sla_counts[here.shop.id, here.clock.at.date()] == (0, 1)

    def test_the_shop_that_closes_while_one_waits_answers_by_mail(self, here: World) -> None:
        here.clock.at = here.clock.at.replace(hour=14, minute=59)
        there(here)
        ticket = begin(here)
        clock = ticket.clock(CHAT_ANSWER)
        assert clock is not None
        assert clock.due > here.clock.at + timedelta(hours=12)  # minutes of the chat's hours
        later(here, 2, 0)
        assert chat_of(here, ticket).ended is ChatEnd.AS_MESSAGE

    def test_an_agent_who_is_gone_gives_the_chat_back_to_all(self, here: World) -> None:
        there(here, 0, 1)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Let me see.")
        says(here, ticket, "Are you still there?")
        later(here, 2, 1)
        assert news(here, ticket) == [ChatNews.TAKEN, ChatNews.GIVEN_BACK]
        assert chat_of(here, ticket).agent == ""
        take(here, ticket, 1)
        answers(here, ticket, "I am here now.", agent=1)
        assert chat_of(here, ticket).unheard_since is None

    def test_nobody_after_the_first_answer_means_a_promise_for_the_words_that_wait(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Let me see.")
        said = here.clock.at
        says(here, ticket, "Are you still there?")
        later(here, 3)
        after = stored(here, ticket)
        clock = after.clock(NEXT_ANSWER)
        assert clock is not None
        assert (clock.set_at, after.state) == (said, State.OPEN)
        assert owed(here, Purpose.TRANSCRIPT) == owed(here, Purpose.NOTIFICATION_REPLY) == 1

    def test_a_slow_agent_who_is_there_keeps_the_chat(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        later(here, 3, 0)
        later(here, 3, 0)
        assert chat_of(here, ticket).agent == here.shop.agents[0].address
        assert news(here, ticket) == [ChatNews.TAKEN]

    def test_a_quarter_of_an_hour_of_silence_ends_it_with_a_transcript(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Done, a new one is on its way.")
        later(here, 14, 0)
        assert chat_of(here, ticket).open
        says(here, ticket, "Thanks")
        answers(here, ticket, "You are welcome.")
        later(here, 14, 0)
        assert chat_of(here, ticket).open
        later(here, 1, 0)
        assert chat_of(here, ticket).ended is ChatEnd.SILENCE
        assert owed(here, Purpose.TRANSCRIPT) == 1
        assert stored(here, ticket).state is State.WAITING

    def test_an_answer_by_mail_meanwhile_is_one(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Hello")
        here.clock.at += MINUTE / 2
        says(here, ticket, "Where is it?")
        here.clock.at += MINUTE / 2
        agent = Person.of(here.shop.agents[0])
        acting.act(here.deps, here.shop, ticket.ref, "answer", ActionInput({"text": "It comes tomorrow."}, agent), "x")
        later(here, 16, 0)
        assert chat_of(here, ticket).ended is ChatEnd.SILENCE
        assert stored(here, ticket).state is State.WAITING
        assert stored(here, ticket).clock(NEXT_ANSWER) is None

    def test_runs_that_overlap_say_everything_once(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        here.clock.at += 2 * MINUTE
        there(here)
        for _ in range(3):
            look_after_due(here.deps)
        assert news(here, ticket) == [ChatNews.OFFERED]


class TestEnding:
    def test_the_customer_ends_it_and_gets_what_was_said_with_the_times(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Switch it off and on.")
        mail = mailed(here, ticket)
        chatting.end(here.deps, token(here, ticket), "end")
        assert owed(here, Purpose.TRANSCRIPT) == 1
        assert mail.subject == f"Our chat: what was said [{ticket.ref}]"
        for line in ("10:30:00 Mira Holm:\n> My lamp hums.", "10:30:00 Ada:\n> Switch it off and on."):
            assert line in mail.text
        assert "My lamp hums." in mail.html

    def test_words_after_the_end_become_a_message_with_a_promise(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Switch it off and on.")
        desk.end(here.deps, here.shop, ticket.ref, here.shop.agents[0])
        assert says(here, ticket, "It still hums.").as_message
        assert says(here, ticket, "It still hums.").as_message
        _, conversation = here.deps.tickets.conversation(ticket.ref)
        assert [message.text for message in conversation].count("It still hums.") == 1
        after = stored(here, ticket)
        assert after.state is State.OPEN
        assert after.clock(NEXT_ANSWER) is not None
        assert owed(here, Purpose.NOTIFICATION_REPLY) == 1

    def test_a_line_said_before_the_end_is_no_message_after_it(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        first = says(here, ticket, "Hello?", "own-id-00001")
        chatting.end(here.deps, token(here, ticket), "email")
        assert says(here, ticket, "Hello?", "own-id-00001") == first

    def test_waiting_for_a_mail_instead_makes_it_a_message(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        chatting.end(here.deps, token(here, ticket), "email")
        assert chat_of(here, ticket).ended is ChatEnd.AS_MESSAGE
        assert owed(here, Purpose.ACKNOWLEDGEMENT) == 1
        assert here.store.sla_counts == {}  # in time, nothing was missed

    @pytest.mark.parametrize(
        ("action", "given"),
        [
            ("close", {"outcome": "settled", "reason": "said in the chat"}),
            ("conclude", {"outcome": "upheld", "text": "You are right."}),
            ("merge", {"into": "", "anyway": "true"}),
        ],
    )
    def test_its_ticket_is_closed_and_merged_only_after_its_end(
        self, here: World, action: str, given: dict[str, str]
    ) -> None:
        there(here)
        ticket, into = begin(here, 1), begin(here, 2)
        take(here, ticket)
        answers(here, ticket, "Hello")
        inputs = ActionInput(given | ({"into": into.ref} if "into" in given else {}), Person.of(here.shop.agents[0]))
        with pytest.raises(InvalidFields) as refused:
            acting.act(here.deps, here.shop, ticket.ref, action, inputs, "x")
        assert faults(refused) == {"action": "chat_runs"}
        assert chat_of(here, ticket).open
        desk.end(here.deps, here.shop, ticket.ref, here.shop.agents[0])
        acting.act(here.deps, here.shop, ticket.ref, action, inputs, "x")
        assert chat_of(here, ticket).ended is ChatEnd.AGENT
        assert news(here, ticket) == [ChatNews.TAKEN, ChatNews.ENDED]
        assert owed(here, Purpose.TRANSCRIPT) == 1

    def test_a_ticket_may_be_merged_into_one_whose_chat_runs(self, here: World) -> None:
        there(here)
        ticket, into = begin(here, 1), begin(here, 2)
        chatting.end(here.deps, token(here, ticket), "email")
        inputs = ActionInput({"into": into.ref, "anyway": "true"}, Person.of(here.shop.agents[0]))
        acting.act(here.deps, here.shop, ticket.ref, "merge", inputs, "x")
        assert stored(here, ticket).merged_into == into.ref
        assert chat_of(here, into).open

    def test_marking_it_as_spam_ends_it_and_mails_nothing(self, here: World) -> None:
        there(here)
        ticket, other = begin(here, 1), begin(here, 2)
        take(here, ticket)
        answers(here, ticket, "Hello")
        agent = Person.of(here.shop.agents[0])
        acting.act(here.deps, here.shop, ticket.ref, "spam", ActionInput({}, agent), "x")
        assert chat_of(here, ticket).ended is ChatEnd.CLOSED
        assert not stored(here, ticket).clocks.only(CHAT, CHAT_ANSWER).unmet
        live = reading.live(here.deps, token(here, ticket))
        assert (live.state, live.next_ms) == (ChatState.ENDED, 0)
        assert (owed(here, Purpose.TRANSCRIPT), owed(here, Purpose.ACKNOWLEDGEMENT)) == (0, 0)
        assert says(here, ticket, "Hello?").as_message
        assert [each.ref for each in places.running(here.deps, here.shop)] == [other.ref]


class TestReading:
    def test_the_link_shows_the_lines_and_nothing_else_of_the_ticket(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        for id, visibility in (("0note", Visibility.INTERNAL), ("zmail", Visibility.SHARED)):
            secret = Message(
                id, ticket.ref, here.clock.at, Author.AGENT, Person("", ""), Channel.MAIL, "secret", visibility
            )
            here.store.commit(Change(messages=(secret,)))
        assert seen(here, ticket) == [(1, Who.YOU, "My lamp hums.")]

    def test_it_costs_one_read(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        given = token(here, ticket)
        here.store.requests.clear()
        reading.live(here.deps, given, 1)
        assert here.store.requests == ["read"]

    def test_withdrawn_and_foreign_links_lead_nowhere(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        given = token(here, ticket)
        with pytest.raises(InvalidLink):
            reading.live(here.deps, given[:-2] + "xx")
        here.store.commit(Change(evolve(stored(here, ticket), link_version=2)))
        for doing in (lambda: reading.live(here.deps, given), lambda: chatting.end(here.deps, given, "end")):
            with pytest.raises(InvalidLink):
                doing()

    def test_the_page_asks_less_often_the_longer_nobody_says_anything(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Hello")
        paces = []
        for seconds in (0, 60, 240, 420):
            here.clock.at += timedelta(seconds=seconds)
            paces.append(reading.live(here.deps, token(here, ticket)).next_ms)
        assert paces == [2_000, 5_000, 15_000, 60_000]

    def test_its_text_has_every_line_with_its_time(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        live = reading.live(here.deps, token(here, ticket))
        text = transcript.text(here.shop, ticket, live.lines)
        assert f"Chat with {here.shop.name}, {ticket.ref}" in text
        assert "2026-11-25 10:30:00 Mira Holm: My lamp hums." in text


class TestMailed:
    def test_the_mail_service_takes_the_mail_at_the_end_and_gives_its_line_back(self, here: World) -> None:
        there(here)
        ticket = begin(here)
        take(here, ticket)
        answers(here, ticket, "Which lamp?")
        desk.end(here.deps, here.shop, ticket.ref, here.shop.agents[0])
        owing = here.deps.tickets.lines_after(ticket.ref, "~000001")[1][-1]
        sending.post(here.deps, ItemRef(owing.ref, owing.id), owing)
        [mail] = here.mailer.to(ticket.requester.address)
        assert b"Which lamp?" in mail.raw
        tags = here.mailer.tags[mail.id]
        assert (tags["purpose"], of_tag(tags["message"])) == ("transcript", owing.id) == ("transcript", "~000004")
        sent = here.store.messages[owing.ref, owing.id].outbox
        assert sent and not sent.owed()
