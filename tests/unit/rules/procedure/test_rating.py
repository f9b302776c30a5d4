"""Who may rate which ticket, when and how often; and a rating changes nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, merging, replying
from chalicelib.rules.procedure.rating import LIFE, MAX_CHANGES, SCORES, open_until, rated
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
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
    assert (change.messages, change.sla_counts) == ((), ())


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
    assert ticket.rating == Rating(5, "Good\nwork ?", START, counted_as="complaint")


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
    assert after(rated(closed(), said(1, "x" * 1_000), (), START)).rating == Rating(
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
    assert (again.state, again.rating) == (State.OPEN, Rating(2, "Slow.", START, counted_as="complaint"))
    assert refused(again, said(5)) == NOT_NOW
    ended = after(concluding.close(again, Outcome.SETTLED, "Done.", ADA, samples.context(much_later)))
    assert after(rated(ended, said(5), (), much_later)).rating == Rating(
        5, "", much_later, changes=1, counted_as="complaint"
    )


def test_a_merged_ticket_keeps_its_rating_and_the_target_gets_none() -> None:
    ticket = after(rated(closed(), said(2, "Slow."), (), START))
    change = merging.merge(ticket, samples.ticket("NL-7K3F9-QXMT3"), ADA, samples.context())
    assert change and after(change).rating == Rating(2, "Slow.", START, counted_as="complaint")
    assert change.also[0].rating is None
