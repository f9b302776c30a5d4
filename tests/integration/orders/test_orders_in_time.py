"""Orders over weeks, on a stack whose clock is moved: no customer is left without a word, and none gets two for one."""

import json
from collections.abc import Iterator

import pytest

from local import clock, testing
from tests.support import shops
from tests.support.stack import orders
from tests.support.stack.local_stack import Outside, someone, until
from tests.support.stack.orders import OwnDoor

ADA = "ada@northlight.example"
# Seconds for what usually takes one: this machine may be busy.
SOON = 90
# A Sunday, five working days before Friday, 26 February.
SUNDAY = "2027-02-21T12:00+01:00"


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A stack of its own, because its clock is moved by weeks."""
    started = testing.start(tmp_path_factory.mktemp("weeks"), shops.FILE)
    yield Outside(started)
    assert started.stop() == 0


def moved(weeks: Outside, move: str) -> None:
    """Move the clock, and work off what has become due, as the schedule would."""
    clock.moved(move, weeks.started.data)
    answer = weeks.invoke("escalate_overdue", "{}")
    assert answer.returncode == 0, answer.stderr
    until(lambda: weeks.owes_nothing() or None, SOON, "end of all mails")


def placed(weeks: Outside, language: str = "en") -> tuple[OwnDoor, str, str]:
    """An order of the fixture's lines, confirmed: the door, its number and its buyer."""
    door, number, buyer = OwnDoor(weeks), orders.number(), someone()
    door.place(number, buyer, language, deliver_by=None)
    weeks.mail_to(buyer, number, SOON)
    return door, number, buyer


def subjects(weeks: Outside, buyer: str) -> list[str]:
    return [mail.subject for mail in weeks.mails(buyer)]


def test_an_order_of_which_nothing_is_heard_gets_one_word_which_names_the_day_of_the_next(weeks: Outside) -> None:
    moved(weeks, SUNDAY)
    _, number, buyer = placed(weeks)
    moved(weeks, "+6d")
    moved(weeks, "+1m")
    assert subjects(weeks, buyer)[1:] == [f"How far your order {number} is"]
    first = orders.text_of(weeks, weeks.mails(buyer)[1])
    assert "5 March 2027" in first
    assert [mail for mail in weeks.mails(ADA) if number in mail.subject]
    moved(weeks, "2027-03-05T12:00+01:00")
    assert len(weeks.mails(buyer)) == 2
    moved(weeks, "2027-03-05T17:31+01:00")
    moved(weeks, "+1m")
    assert subjects(weeks, buyer)[2:] == [f"How far your order {number} is"]
    # Monday, 8 March, is a public holiday in Berlin.
    assert "15 March 2027" in orders.text_of(weeks, weeks.mails(buyer)[2])


@pytest.mark.parametrize(
    ("expected", "comes"), [("2027-03-12", "We wait for it until 12 March 2027"), (None, "It is cancelled.")]
)
def test_silence_about_a_choice_means_what_the_letter_said(weeks: Outside, expected: str | None, comes: str) -> None:
    moved(weeks, SUNDAY)
    door, number, buyer = placed(weeks)
    door.tell("line.out_of_stock", number, currency="EUR", line="2", expected=expected)
    asked = orders.text_of(weeks, weeks.mail_to(buyer, "out of stock", SOON))
    assert ("we wait for it" if expected else "we cancel it") in asked
    moved(weeks, "+6d")
    assert not [subject for subject in subjects(weeks, buyer) if "Your choice" in subject]
    moved(weeks, "+26h")
    chosen = [mail for mail in weeks.mails(buyer) if "Your choice" in mail.subject]
    assert len(chosen) == 1
    assert comes in orders.text_of(weeks, chosen[0])


def test_an_order_whose_parcels_came_gets_no_further_word(weeks: Outside) -> None:
    moved(weeks, SUNDAY)
    door, number, buyer = placed(weeks)
    parcel = {"id": "P-1", "lines": [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 3}]}
    door.tell("shipment.sent", number, parcel=parcel)
    weeks.mail_to(buyer, "on its way", SOON)
    clock.moved("+2d", weeks.started.data)
    door.tell("shipment.delivered", number, parcel=parcel)
    weeks.mail_to(buyer, "has been delivered", SOON)
    moved(weeks, "+40d")
    assert len(weeks.mails(buyer)) == 3, json.dumps(subjects(weeks, buyer))
