"""Thanks and follow-ups are asked about again as they are sent: objections, tickets, and how much was advertised."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.rules.orders.order import Order
from chalicelib.rules.policy.model import Adverts
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose, Unsent
from chalicelib.rules.tickets.procedure_facts import Rating
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery import objections
from chalicelib.services.orders import posting
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.recording import record
from tests.support import agents
from tests.support.agents import acts
from tests.support.orders.made import BASKET, MIRA, NUMBER, arrived, placed, sent
from tests.support.store.fakes import World

KIND = (Purpose.ORDER_THANKS, Purpose.ORDER_FOLLOWUP)


@pytest.fixture
def thanking(world: World) -> World:
    terms = replace(world.shop.orders, thanks=Period(2, Unit.DAYS), followup=Period(14, Unit.DAYS))
    return world.with_shop(orders=terms, adverts=Adverts("existing_customer"))


def bought(world: World, number: str = NUMBER) -> str:
    """An order that is delivered now, with its letters sent; its reference."""
    at, basket = world.clock(), replace(BASKET, advert_notice=True)
    for fact in (placed(at, basket), sent(at), arrived(at)):
        record(world.deps, "northlight", "events", [replace(fact, number=number)])
    ref = ref_of(world.deps, "northlight", number)
    posting.send_owed(world.deps, ref)
    return ref


def days(world: World, number: int) -> None:
    for _ in range(number):
        world.clock.at += timedelta(days=1)
        look_after_due(world.deps)


def outcomes(world: World, ref: str) -> dict[Purpose, Unsent | DeliveryStatus]:
    order: Order = world.store.orders[ref]
    mails = order.outbox.deliveries if order.outbox else ()
    return {mail.purpose: mail.unsent or mail.status for mail in mails if mail.purpose in KIND}


def test_both_are_sent_and_only_the_advert_can_be_ended(thanking: World) -> None:
    ref = bought(thanking)
    thanking.mailer.sent.clear()
    days(thanking, 15)
    assert outcomes(thanking, ref) == dict.fromkeys(KIND, DeliveryStatus.SENT)
    thanks, followup = thanking.mailer.to(MIRA)
    assert thanks.mail["List-Unsubscribe"]
    assert not followup.mail["List-Unsubscribe"]


def test_whoever_objects_gets_no_thanks_and_nobody_is_told(thanking: World) -> None:
    ref = bought(thanking)
    objections.note(thanking.deps, thanking.shop, MIRA)
    thanking.mailer.sent.clear()
    days(thanking, 3)
    assert outcomes(thanking, ref) == {Purpose.ORDER_THANKS: Unsent.OBJECTED}
    assert thanking.mailer.sent == []
    assert [entry.action for entry in thanking.store.orders[ref].log] == [Action.NOT_SENT]
    assert not any(thanking.store.losses.values())


def test_a_basis_that_was_taken_back_holds_back_what_is_due(thanking: World) -> None:
    ref = bought(thanking)
    thanking.with_shop(adverts=Adverts("none"))
    days(thanking, 3)
    assert outcomes(thanking, ref) == {Purpose.ORDER_THANKS: Unsent.NOT_ALLOWED}


@pytest.mark.parametrize(
    ("number", "closed", "score", "sent_all"),
    [
        (f"#{NUMBER}", False, None, False),
        (NUMBER, True, None, True),
        (NUMBER, True, 2, False),
        (NUMBER, True, 3, True),
        ("2002", False, None, True),
    ],
)
def test_nothing_is_sent_while_a_ticket_of_the_order_is_open_or_badly_rated(
    thanking: World, number: str, score: int | None, *, closed: bool, sent_all: bool
) -> None:
    ref = bought(thanking)
    ticket = agents.opened(thanking, order_number=number, person=Person("Mira Holm", MIRA))
    if closed:
        acts(thanking, "close", ticket.ref, outcome="settled", reason="Done.")
    if score:
        rated: Any = replace(thanking.store.tickets[ticket.ref], rating=Rating(score, "", thanking.clock()))
        thanking.store.tickets[ticket.ref] = rated
    days(thanking, 15)
    refused = {Purpose.ORDER_THANKS: Unsent.NOT_ALLOWED, Purpose.ORDER_FOLLOWUP: Unsent.OVERTAKEN}
    assert outcomes(thanking, ref) == (dict.fromkeys(KIND, DeliveryStatus.SENT) if sent_all else refused)


def test_a_customer_gets_one_advert_in_thirty_days_whatever_they_buy(thanking: World) -> None:
    refs = []
    for number in range(5):
        refs.append(bought(thanking, f"30{number}"))
        days(thanking, 10)
    found = [outcomes(thanking, ref)[Purpose.ORDER_THANKS] for ref in refs]
    beyond = Unsent.BEYOND_BUDGET
    assert found == [DeliveryStatus.SENT, beyond, beyond, DeliveryStatus.SENT, beyond]
