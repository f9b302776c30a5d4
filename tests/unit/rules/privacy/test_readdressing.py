"""A ticket gets its right customer: the wrong person loses access, and the right one gets the mails."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.privacy.readdressing import readdress
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.messages import Message, Person
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose, Stage
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
WRONG, RIGHT = Person("Website", "form@plugin.example"), Person("Kim Adler", "kim@example.com")
LATER = samples.context(START + timedelta(hours=1))


def ticket(**changes: Any) -> Ticket:
    opened = samples.ticket(person=WRONG, participants=("kim@example.com", "jo@example.com"))
    return replace(opened, **changes)


def put_right(of: Ticket, becomes: Person = RIGHT, messages: tuple[Message, ...] = (), **more: Any) -> Change:
    change = readdress(of, messages, becomes, ("blinded",), ADA, LATER, **more)
    assert change and change.ticket
    return change


def after(of: Ticket, **more: Any) -> Ticket:
    found = put_right(of, **more).ticket
    assert found
    return found


def owed(of: Ticket) -> list[tuple[Purpose, str]]:
    return [(mail.purpose, mail.to) for mail in of.outbox.owed()] if of.outbox else []


def sent(of: Ticket) -> Ticket:
    assert of.outbox
    gone = tuple(replace(mail, status=DeliveryStatus.SENT) for mail in of.outbox.deliveries)
    return replace(of, outbox=replace(of.outbox, deliveries=gone, stage=Stage.DONE))


def test_the_ticket_gets_the_right_customer_and_logs_it_without_a_name() -> None:
    change = put_right(sent(ticket()))
    found = change.ticket
    assert found
    assert (found.requester, found.opening.person) == (RIGHT, RIGHT)
    assert found.participants == ("jo@example.com",)
    assert found.custody.former_words == ("blinded",)
    assert [(entry.actor, entry.action, entry.detail) for entry in change.log] == [(ADA.address, "readdressed", "")]


def test_the_wrong_persons_links_end_on_merged_tickets_too() -> None:
    joined = samples.ticket("NL-22222-22222")
    change = put_right(ticket(), merged=[joined])
    assert change.ticket
    assert change.ticket.link_version == 2
    assert [each.link_version for each in change.also] == [2]


def test_owed_mail_goes_to_the_right_customer_once() -> None:
    found = after(ticket())
    assert [(purpose, to) for purpose, to in owed(found) if purpose is Purpose.ACKNOWLEDGEMENT] == [
        (Purpose.ACKNOWLEDGEMENT, RIGHT.address)
    ]
    assert WRONG.address not in str(found.outbox)


def test_the_right_customer_gets_an_acknowledgement_if_they_had_none() -> None:
    assert owed(after(sent(ticket()))) == [(Purpose.ACKNOWLEDGEMENT, RIGHT.address)]
    quarantined = sent(samples.ticket(person=WRONG, suspicions=(Suspicion.HASTY,)))
    assert owed(after(quarantined)) == []
    assert owed(after(replace(sent(ticket()), state=State.CLOSED))) == []


def test_an_owed_answer_goes_to_the_right_customer_and_sent_mail_stays() -> None:
    answer = replying.agent_answers(sent(ticket()), "a", samples.inbound(person=ADA), LATER)
    assert answer.ticket
    change = put_right(answer.ticket, messages=answer.messages)
    (moved,) = change.messages
    assert moved.outbox
    assert moved.outbox.deliveries == (Delivery(Purpose.ANSWER, RIGHT.address),)
    assert moved.version == 2
    assert change.ticket
    assert owed(change.ticket) == []  # they were answered: no acknowledgement follows an answer
    gone = replace(
        moved,
        outbox=replace(
            moved.outbox, stage=Stage.DONE, deliveries=(Delivery(Purpose.ANSWER, WRONG.address, DeliveryStatus.SENT),)
        ),
    )
    assert put_right(answer.ticket, messages=(gone,)).messages == ()


def test_a_forwarded_mails_unknown_customer_is_settled() -> None:
    asked = samples.ticket(person=ADA, remarks=(Remark.WHOSE, Remark.UNVERIFIED), acknowledge=False)
    found = after(sent(asked))
    assert found.opening.remarks == (Remark.UNVERIFIED,)
    assert found.opening.person == RIGHT
    assert owed(found) == [(Purpose.ACKNOWLEDGEMENT, RIGHT.address)]


def test_a_change_of_only_the_name_ends_no_links() -> None:
    found = after(sent(ticket()), becomes=Person("The Website", "FORM@plugin.example"))
    assert (found.requester.name, found.link_version, owed(found)) == ("The Website", 1, [])


@pytest.mark.parametrize("becomes", [WRONG, Person("", WRONG.address.upper())])
def test_the_present_customer_changes_nothing(becomes: Person) -> None:
    assert readdress(ticket(), (), becomes, (), ADA, LATER) is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "missing"),
        ("kim", "not_an_address"),
        (ADA.address, "address_ours"),
        ("care+x@northlight.example", "address_ours"),
    ],
)
def test_an_address_that_is_no_customers_is_refused(address: str, code: str) -> None:
    address = address.replace("care+x@northlight.example", samples.shipped().support.replace("@", "+x@"))
    with pytest.raises(InvalidFields) as refused:
        readdress(ticket(), (), Person("", address), (), ADA, LATER)
    assert refused.value.codes == {"address": code}


def test_a_caller_who_adds_an_address_keeps_the_number_and_another_person_does_not() -> None:
    caller = samples.ticket(person=Person("Karla", "", "030 901820"))
    assert after(caller, becomes=Person("", "karla@example.com")).requester == Person(
        "Karla", "karla@example.com", "030 901820"
    )
    anothers = samples.ticket(person=Person("Website", "form@plugin.example", "030 901820"))
    assert after(anothers).requester.phone == ""
