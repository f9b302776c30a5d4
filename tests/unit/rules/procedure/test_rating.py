"""Who may rate which ticket, when and how often; and a rating changes nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, merging, replying
from chalicelib.rules.procedure import rating as rules
from chalicelib.rules.procedure.rating import APART, LIFE, MAX_CHANGES, SCORES, Pressed, open_until, presses, withdrawn
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import NOBODY, Message, Visibility
from chalicelib.rules.tickets.outbox import Delivery, Purpose, Stage, claim, queue
from chalicelib.rules.tickets.procedure_facts import HiddenFor, Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, LogEntry, Person, State, Ticket
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
NOT_NOW = {"form": "rating_not_now"}
fields = st.fixed_dictionaries({"score": st.sampled_from([str(score) for score in SCORES])}).flatmap(
    lambda said: st.text(max_size=50).map(lambda text: said | {"rating_text": text})
)


def closed(outcome: Outcome = Outcome.SETTLED) -> Ticket:
    change = concluding.close(samples.ticket(), outcome, "Done.", ADA, samples.context())
    assert change.ticket
    return change.ticket


def said(score: object = 4, text: str = "") -> dict[str, str]:
    return {"score": str(score), "rating_text": text}


def after(change: Change | None) -> Ticket:
    assert change and change.ticket
    return change.ticket


def pressed(
    ticket: Ticket,
    at: datetime = START,
    nonce: str = "",
    former: tuple[str, ...] = (),
    waiting: Message | None = None,
) -> Pressed:
    return Pressed(at, f"rated-{presses(ticket)}", nonce, former, waiting)


def rated(ticket: Ticket, form: dict[str, str], former: tuple[str, ...] = (), at: datetime = START) -> Change | None:
    return rules.rated(ticket, form, pressed(ticket, at, former=former))


def plain(rating: Rating | None) -> Rating | None:
    """The rating without what is told about it."""
    return replace(rating, told_by="") if rating else None


def refused(ticket: Ticket, form: dict[str, str], later: timedelta = timedelta()) -> dict[str, str]:
    with pytest.raises(InvalidFields) as fault:
        rated(ticket, form, (), START + later)
    return fault.value.codes


@given(fields)
def test_a_rating_logs_its_score_and_changes_nothing_else(form: dict[str, str]) -> None:
    before = closed()
    change = rated(before, form, (), START)
    ticket = after(change)
    assert ticket.rating and ticket.rating.score == int(form["score"])
    assert replace(ticket, rating=None, version=before.version) == before
    assert ticket.version == before.version + 1
    assert change and change.log == (
        LogEntry(START, "customer", Action.RATED, details_of(DetailCode.SCORE, form["score"])),
    )
    assert change.sla_counts == ()


@given(fields, fields)
def test_a_second_rating_replaces_the_first_and_the_same_one_changes_nothing(
    one: dict[str, str], two: dict[str, str]
) -> None:
    first = after(rated(closed(), one, (), START))
    assert rated(first, one, (), START + timedelta(days=1)) is None
    second = rated(first, two, ("blind",), START + timedelta(days=1))
    if second is None:
        assert first.rating and one["score"] == two["score"]
    else:
        assert second.ticket and second.ticket.rating
        assert (second.ticket.rating.score, second.ticket.rating.changes) == (int(two["score"]), 1)
        assert second.ticket.rating.at == START + timedelta(days=1)
        assert second.ticket.custody.former_words == ("blind",)


def test_control_characters_and_surrogates_are_removed_from_the_text() -> None:
    ticket = after(rated(closed(), said(5, " \x00Good\r\nwork \ud800"), (), START))
    assert plain(ticket.rating) == Rating(5, "Good\nwork ?", START, counted_as="complaint")


@pytest.mark.parametrize(
    ("form", "problems"),
    [
        ({}, {"score": "missing"}),
        (said(""), {"score": "missing"}),
        (said(0), {"score": "unknown"}),
        (said(6), {"score": "unknown"}),
        (said("04"), {"score": "unknown"}),
        (said("٤"), {"score": "unknown"}),
        (said(4, "x" * 1_001), {"rating_text": "too_long"}),
        (said("five", "x" * 1_001), {"score": "unknown", "rating_text": "too_long"}),
    ],
)
def test_each_mistake_is_named_at_its_field(form: dict[str, str], problems: dict[str, str]) -> None:
    assert refused(closed(), form) == problems


def test_the_text_may_have_the_maximum_length() -> None:
    assert plain(after(rated(closed(), said(1, "x" * 1_000), (), START)).rating) == Rating(
        1, "x" * 1_000, START, counted_as="complaint"
    )


@pytest.mark.parametrize("state", [state for state in State if state is not State.CLOSED])
def test_an_open_ticket_cannot_be_rated(state: State) -> None:
    ticket = replace(samples.ticket(), state=state)
    assert open_until(ticket, START) is None
    assert refused(ticket, said()) == NOT_NOW


def test_spam_and_merged_tickets_cannot_be_rated() -> None:
    assert refused(closed(Outcome.SPAM), said()) == NOT_NOW
    change = merging.merge(closed(), samples.ticket("NL-7K3F9-QXMT3"), ADA, samples.context())
    assert refused(after(change), said()) == NOT_NOW


@given(st.timedeltas(timedelta(), LIFE * 2))
def test_a_ticket_can_be_rated_for_thirty_days_after_closing(later: timedelta) -> None:
    ticket = closed()
    if later <= LIFE:
        assert open_until(ticket, START + later) == START + LIFE
        assert after(rated(ticket, said(), (), START + later)).rating
    else:
        assert open_until(ticket, START + later) is None
        assert refused(ticket, said(), later) == NOT_NOW


def test_a_rating_can_be_changed_a_limited_number_of_times() -> None:
    ticket = closed()
    for number in range(MAX_CHANGES + 1):
        ticket = after(rated(ticket, said(3, f"No. {number}"), (), START))
    assert refused(ticket, said(3, "once more")) == {"form": "rating_too_often"}
    assert rated(ticket, said(3, f"No. {MAX_CHANGES}"), (), START) is None


def test_a_rating_survives_a_reopening_and_can_be_changed_after_the_next_closing() -> None:
    first = after(rated(closed(), said(2, "Slow."), (), START))
    much_later = START + LIFE + timedelta(days=5)
    again = after(replying.customer_adds(first, "r", samples.inbound(text="More!"), samples.context(much_later)))
    assert (again.state, plain(again.rating)) == (State.OPEN, Rating(2, "Slow.", START, counted_as="complaint"))
    assert refused(again, said(5)) == NOT_NOW
    ended = after(concluding.close(again, Outcome.SETTLED, "Done.", ADA, samples.context(much_later)))
    assert plain(after(rated(ended, said(5), (), much_later)).rating) == Rating(
        5, "", much_later, changes=1, counted_as="complaint"
    )


def test_a_merged_ticket_keeps_its_rating_and_the_target_gets_none() -> None:
    ticket = after(rated(closed(), said(2, "Slow."), (), START))
    change = merging.merge(ticket, samples.ticket("NL-7K3F9-QXMT3"), ADA, samples.context())
    assert change and plain(after(change).rating) == Rating(2, "Slow.", START, counted_as="complaint")
    assert change.also[0].rating is None


# What is told about it, and taking it back ----------------------------------------------------------------------------


def told(change: Change | None) -> Message:
    assert change
    (message,) = change.messages
    return message


def takes_back(ticket: Ticket, at: datetime = START, nonce: str = "", waiting: Message | None = None) -> Change | None:
    return withdrawn(ticket, pressed(ticket, at, nonce, waiting=waiting))


def test_a_rating_owes_one_mail_to_its_customer_at_once() -> None:
    message = told(rated(closed(), said()))
    assert message.visibility is Visibility.INTERNAL
    assert message.outbox == queue((Delivery(Purpose.RATED, "mira.holm@example.com"),), START)


def test_the_same_rating_and_one_without_an_address_owe_none() -> None:
    first = after(rated(closed(), said()))
    assert rated(first, said()) is None
    change = rated(replace(closed(), requester=NOBODY), said())
    assert change and change.messages == ()


@given(st.timedeltas(timedelta(), 2 * APART))
def test_a_press_soon_after_another_is_told_when_the_time_between_is_over(later: timedelta) -> None:
    first = after(rated(closed(), said(1)))
    for change in (rated(first, said(5), at=START + later), takes_back(first, START + later)):
        box = told(change).outbox
        assert box
        if later < APART:
            assert (box.stage, box.wake_at) == (Stage.HELD, START + APART)
        else:
            assert box.stage is Stage.QUEUED


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 900)), max_size=40))
def test_whatever_is_pressed_there_is_one_mail_that_waits_and_few_in_all(steps: list[tuple[int, int]]) -> None:
    """Score 0 takes the rating back. Mails that are due are sent between the presses."""
    ticket, now, owed, sent = closed(), START, dict[str, Message](), 0
    for score, seconds in steps:
        now += timedelta(seconds=seconds)
        for id, message in list(owed.items()):
            assert message.outbox
            if message.outbox.stage is not Stage.HELD or now >= message.outbox.wake_at:
                sent, owed = sent + 1, {other: each for other, each in owed.items() if other != id}
        waiting = owed.get(rules.last_told_by(ticket))
        press = pressed(ticket, now, waiting=waiting)
        try:
            change = rules.rated(ticket, said(score), press) if score else withdrawn(ticket, press)
        except InvalidFields as fault:
            assert fault.codes == {"form": "rating_too_often"}
            change = None
        if change:
            ticket, owed = after(change), {**owed, told(change).id: told(change)}
        assert len(owed) <= 1
    assert sent + len(owed) <= MAX_CHANGES + 2


def test_a_mail_that_waits_says_what_stands_later_and_one_that_is_claimed_does_not() -> None:
    change = rated(closed(), said(1))
    waiting, first = told(change), after(change)
    joined = told(rules.rated(first, said(5), pressed(first, waiting=waiting)))
    assert (joined.id, joined.version, joined.outbox) == (waiting.id, waiting.version + 1, waiting.outbox)
    assert waiting.outbox
    claimed = replace(waiting, outbox=claim(waiting.outbox, START))
    assert told(rules.rated(first, said(5), pressed(first, waiting=claimed))).id != waiting.id


def test_taking_it_back_leaves_no_score_and_no_words() -> None:
    first = after(rated(closed(), said(1, "Thoroughly unhelpful")))
    change = withdrawn(first, pressed(first, START + LIFE * 3, former=("blind",)))
    gone = after(change)
    assert gone.rating is None
    assert gone.rating_withdrawn and gone.rating_withdrawn.at == START + LIFE * 3
    assert "unhelpful" not in repr(gone)
    assert gone.custody.former_words == ("blind",)
    assert change and change.log == (LogEntry(START + LIFE * 3, "customer", Action.RATING_WITHDRAWN),)
    assert takes_back(gone) is None
    again = after(rated(gone, said(3), at=START + timedelta(hours=1)))
    assert (again.rating_withdrawn, again.rating and again.rating.changes) == (None, 2)


def test_words_that_were_taken_down_stay_down_when_the_rating_is_taken_back_and_given_again() -> None:
    first = after(rated(closed(), said(1, "My neighbour Karl Muster broke it")))
    assert first.rating
    hidden = replace(first, rating=replace(first.rating, hidden=HiddenFor.PERSON_NAMED))
    gone = after(withdrawn(hidden, pressed(hidden, START + LIFE)))
    again = after(rated(gone, said(1, "Karl again"), at=START + timedelta(hours=1)))
    assert again.rating and again.rating.hidden is HiddenFor.PERSON_NAMED


def test_no_form_does_anything_twice() -> None:
    first = after(rules.rated(closed(), said(1), pressed(closed(), nonce="one")))
    gone = after(takes_back(first, nonce="two"))
    with pytest.raises(InvalidFields, match="nonce"):
        rules.rated(gone, said(1), pressed(gone, nonce="one"))
    again = after(rules.rated(gone, said(1), pressed(gone, nonce="three")))
    for nonce in ("one", "two", "three"):
        with pytest.raises(InvalidFields, match="nonce"):
            takes_back(again, nonce=nonce)


def test_what_was_given_can_be_taken_back_when_it_can_be_changed_no_more() -> None:
    ticket = closed()
    for number in range(MAX_CHANGES + 1):
        ticket = after(rated(ticket, said(3, f"No. {number}"), (), START))
    gone = after(takes_back(ticket))
    assert gone.rating is None
    assert refused(gone, said(3)) == {"form": "rating_too_often"}
