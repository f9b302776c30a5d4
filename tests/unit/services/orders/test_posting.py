"""An order's sender: every owed mail is sent, and none twice within a claim, also with crashes and other senders."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws import events
from chalicelib.aws.table import order_items, ticket_items
from chalicelib.errors import ComposeFailed, NotSent, StillOwed, UnknownOrder
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.orders.duties.promising import CONFIRM
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import LEASE, TRIES, Delivery, DeliveryStatus, Purpose, Stage, Unsent
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.bouncing import address_key
from chalicelib.services.delivery.sending import Progress
from chalicelib.services.orders import dispatching, letters, posting
from chalicelib.services.orders.deciding import Decision, decide
from chalicelib.services.orders.dispatching import note_event, note_sent
from chalicelib.services.orders.pressing import choose
from chalicelib.services.orders.recording import record
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.orders.made import MIRA, out_of_stock, placed, purposes, sent
from tests.support.store.fakes import START, World, refusing

HOUR = timedelta(hours=1)


@pytest.fixture
def order(world: World) -> Order:
    record(world.deps, "northlight", "events", [placed()])
    return only(world)


def only(world: World) -> Order:
    (order,) = world.store.orders.values()
    return order


def subjects(world: World, to: str = MIRA) -> list[str]:
    """The purpose of each mail, and the mark of what it is about."""
    tags = [world.mailer.tags[mail.id] for mail in world.mailer.to(to)]
    return [f"{each['purpose']} {each.get('message', '')}" for each in tags]


def mark(about: str) -> str:
    return posting.mark_of(Delivery(Purpose.ORDER_SENT, MIRA, about=about))


def proof_of(world: World, number: int = 0) -> SendConfirmation:
    lost = world.mailer.sent[number]
    tags = world.mailer.tags[lost.id]
    return SendConfirmation(ItemRef(tags["ref"], tags.get("message")), tags["purpose"], lost.recipient, lost.id)


def test_what_is_owed_is_sent_once_and_recorded(world: World, order: Order) -> None:
    assert posting.send_owed(world.deps, order.ref, order) is Progress.SETTLED
    assert posting.send_owed(world.deps, order.ref, order) is Progress.SETTLED
    assert len(subjects(world)) == 1
    after = only(world)
    assert after.outbox
    assert (after.outbox.stage, after.outbox.deliveries[0].status) == (Stage.DONE, DeliveryStatus.SENT)
    assert not after.clocks.unmet.named(CONFIRM)
    assert world.store.sla_counts["northlight", START.date()] == (1, 0)
    assert world.store.item_of_sent(world.mailer.sent[0].id) == ItemRef(order.ref, None)


def test_two_parcels_are_two_letters(world: World, order: Order) -> None:
    record(world.deps, "northlight", "events", [sent(START, "p1", [("l1", 1)]), sent(START, "p2", [("l1", 1)])])
    posting.send_owed(world.deps, order.ref)
    assert [subject.split()[:2] for subject in subjects(world)[1:]] == [
        ["order_sent", mark("p1")],
        ["order_sent", mark("p2")],
    ]


def test_a_living_senders_claim_is_respected_and_a_dead_ones_is_taken_over(world: World, order: Order) -> None:
    def die(recipient: str) -> None:
        raise KeyboardInterrupt

    world.mailer.on_send = die
    with pytest.raises(KeyboardInterrupt):
        posting.send_owed(world.deps, order.ref, order)
    world.mailer.on_send = lambda recipient: None
    assert posting.send_owed(world.deps, order.ref) is Progress.ELSEWHERE
    assert subjects(world) == []
    world.clock.advance(seconds=LEASE.seconds)
    assert posting.send_owed(world.deps, order.ref) is Progress.SETTLED
    assert len(subjects(world)) == 1


def test_a_mail_that_ends_its_senders_goes_in_short_form_and_confirms_nothing(world: World, order: Order) -> None:
    def die(recipient: str) -> None:
        if recipient == MIRA:
            raise KeyboardInterrupt

    world.mailer.on_send = die
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            posting.send_owed(world.deps, order.ref)
        world.clock.advance(seconds=LEASE.seconds)
    world.mailer.on_send = lambda recipient: None
    posting.send_owed(world.deps, order.ref)
    (mail,) = world.mailer.to(MIRA)
    text = str(mail.mail.get_body(("plain",)))
    assert "Nachricht" in text
    assert "1001" in text
    assert "/o/" in text
    assert not any(word in text for word in ("Lamp Ada", "Mira", "Weg 1"))
    after = only(world)
    assert after.clocks.unmet.named(CONFIRM)
    assert Action.SENT_IN_SHORT_FORM in [entry.action for entry in after.log]
    assert [mail.status for mail in world.store.undelivered("northlight", 9)] == ["shortened"]


def test_a_mail_that_ends_its_senders_is_given_up_and_the_shop_hears(world: World, order: Order) -> None:
    def die(recipient: str) -> None:
        if recipient == MIRA:
            raise KeyboardInterrupt

    world.mailer.on_send = die
    for _ in range(2 * TRIES):
        with pytest.raises(KeyboardInterrupt):
            posting.send_owed(world.deps, order.ref)
        world.clock.advance(seconds=LEASE.seconds)
    posting.send_owed(world.deps, order.ref)
    after = only(world)
    assert after.outbox
    assert after.outbox.deliveries[0].unsent is Unsent.ENDED_ITS_SENDERS
    assert "order_task undelivered" in purposes(after)


@pytest.mark.parametrize("passing", [True, False])
def test_a_mail_service_that_takes_no_mail_now_gets_it_later_and_one_that_never_will_does_not(
    world: World, order: Order, *, passing: bool
) -> None:
    world.mailer.failing = refusing(passing=passing)
    if not passing:
        posting.send_owed(world.deps, order.ref)
        after = only(world)
        assert after.outbox
        assert after.outbox.deliveries[0].status is DeliveryStatus.REFUSED
        assert world.store.undelivered("northlight", 9)[0].ref == order.ref
        return
    with pytest.raises(NotSent):
        posting.send_owed(world.deps, order.ref)
    world.clock.advance(minutes=3)
    assert look_after_due(world.deps) == {"due": 1, "done": 1, "left": 0}
    assert len(subjects(world)) == 1


def test_an_unclear_answer_keeps_the_claim_until_the_proof_comes(world: World, order: Order) -> None:
    taken: list[str] = []

    def unclear(recipient: str) -> None:
        if not taken:
            taken.append(recipient)
            raise NotSent("timeout", passing=True, unanswered=True)

    world.mailer.on_send = unclear
    with pytest.raises(NotSent):
        posting.send_owed(world.deps, order.ref)
    note_sent(world.deps, SendConfirmation(ItemRef(order.ref, None), Purpose.ORDER_CONFIRMED, MIRA, "ses-1"))
    world.clock.advance(minutes=3)
    assert posting.send_owed(world.deps, order.ref) is Progress.SETTLED
    assert subjects(world) == []
    assert not only(world).clocks.unmet.named(CONFIRM)


def test_a_proof_names_the_very_letter(world: World, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    record(world.deps, "northlight", "events", [sent(START, "p1", [("l1", 1)]), sent(START, "p2", [("l1", 1)])])

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(posting, "_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            posting.send_owed(world.deps, order.ref)
    for number in range(len(world.mailer.sent)):
        note_sent(world.deps, proof_of(world, number))
        note_sent(world.deps, proof_of(world, number))
    world.clock.advance(seconds=LEASE.seconds)
    posting.send_owed(world.deps, order.ref)
    assert len(subjects(world)) == len(set(subjects(world))) == 3


def test_a_proof_about_a_deleted_order_is_no_fault(world: World) -> None:
    note_sent(world.deps, SendConfirmation(ItemRef("O-00000-00000", None), Purpose.ORDER_SENT, MIRA, "ses-1"))
    with pytest.raises(UnknownOrder):
        posting.send_owed(world.deps, "O-00000-00000")


def test_a_letter_that_cant_be_written_waits_and_does_not_hold_up_the_others(
    world: World, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(world.deps, "northlight", "events", [sent(START)])
    real = letters.letter

    def faulty(deps: Any, order: Order, mail: Any, now: Any) -> Any:
        return 1 / 0 if mail.purpose is Purpose.ORDER_CONFIRMED else real(deps, order, mail, now)

    monkeypatch.setattr(posting, "letter", faulty)
    with pytest.raises(ComposeFailed):
        posting.send_owed(world.deps, order.ref)
    assert [subject.split()[0] for subject in subjects(world)] == ["order_sent"]
    after = only(world)
    assert after.outbox
    assert after.outbox.stage is Stage.RETRY
    monkeypatch.undo()
    assert posting.send_owed(world.deps, order.ref) is Progress.SETTLED
    assert len(subjects(world)) == 2


def test_a_suppressed_address_gets_no_letter_and_the_shop_hears(world: World, order: Order) -> None:
    world.store.suppress(address_key(world.deps, MIRA), "bounced", START + HOUR)
    posting.send_owed(world.deps, order.ref)
    assert subjects(world) == []
    assert "order_task undelivered" in purposes(only(world))


def test_a_bounce_is_recorded_suppresses_the_address_and_is_told_to_the_shop(world: World, order: Order) -> None:
    posting.send_owed(world.deps, order.ref)
    report = Report(DeliveryEvent.BOUNCED, (MIRA,), "5.1.1", "unknown")
    assert note_event(world.deps, world.mailer.sent[0].id, report) == order.ref
    assert world.store.is_suppressed(address_key(world.deps, MIRA), START)
    assert world.store.undelivered("northlight", 9)[0].status == DeliveryStatus.BOUNCED
    assert "order_task undelivered" in purposes(only(world))
    assert note_event(world.deps, "unknown", report) is None


def test_a_bad_day_fills_no_mailbox_but_a_wrong_price_is_always_told(world: World) -> None:
    for number in range(30):
        record(world.deps, "northlight", "events", [replace(placed(), number=f"N{number}", id=f"n{number}")])
    world.clock.advance(days=2)
    look_after_due(world.deps)
    owners = {mail.recipient for mail in world.mailer.sent} - {MIRA}
    assert owners
    assert all(len(world.mailer.to(owner)) <= 10 for owner in owners)
    boxes = [each.outbox for each in world.store.orders.values() if each.outbox]
    unsent = [mail for box in boxes for mail in box.deliveries if mail.unsent]
    assert {mail.unsent for mail in unsent} == {Unsent.BEYOND_BUDGET}
    assert {mail.purpose for mail in unsent} == {Purpose.ORDER_TASK}


# Who brings what ------------------------------------------------------------------------------------------------------


def test_the_stream_brings_orders_and_tickets_each_to_its_sender(world: World, order: Order) -> None:
    ticket = samples.ticket()
    world.store.commit(Change(ticket))
    images = [order_items.order_item(order), ticket_items.ticket_item(ticket)]
    event = {"Records": [{"dynamodb": {"NewImage": image}} for image in images]}
    events.each_outbox(event, lambda due, item: dispatching.post(world.deps, due, item))
    assert {world.mailer.tags[mail.id]["purpose"] == "order_confirmed" for mail in world.mailer.sent} == {True, False}
    world.mailer.failing = refusing(passing=True)
    record(world.deps, "northlight", "events", [sent(START)])
    again = {"Records": [{"dynamodb": {"NewImage": order_items.order_item(only(world))}}]}
    with pytest.raises(StillOwed):
        events.each_outbox(again, lambda due, item: dispatching.post(world.deps, due, item))


def test_due_work_takes_an_orders_steps(world: World, order: Order) -> None:
    posting.send_owed(world.deps, order.ref)
    world.clock.advance(days=3)
    assert look_after_due(world.deps)["left"] == 0
    assert "order_task dispatch due" in purposes(only(world))
    assert world.store.sla_counts["northlight", world.clock.at.date()] == (0, 1)
    assert [subject.split()[:2] for subject in subjects(world)[1:]] == [["order_status", mark("dispatch")]]


def test_agents_decide_and_customers_choose(world: World, order: Order) -> None:
    held = decide(world.deps, order, Decision.HOLD, "bea@northlight.example", "A question")
    assert world.store.orders[order.ref] == held
    assert decide(world.deps, order, Decision.RELEASE, "bea@northlight.example").hold is None
    assert purposes(decide(world.deps, order, Decision.SEND_WORD, "bea@northlight.example"))[-1] == "order_status asked"
    record(world.deps, "northlight", "events", [out_of_stock(START)])
    assert choose(world.deps, only(world), "l1", Choice.WAIT, "", "press-1").choices[0].choice is Choice.WAIT
