"""Orders of a person: exported, corrected, reduced to what tax law keeps, and deleted when their time is over."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.orders.events import EventKind
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.log import Action
from chalicelib.services.exports.subject_exports import export_subject
from chalicelib.services.orders import posting
from chalicelib.services.orders.deciding import Decision, decide
from chalicelib.services.orders.recording import Recorded, record
from chalicelib.services.privacy.erasing import erase_subject
from chalicelib.services.privacy.rectifying import rectify_subject
from chalicelib.services.privacy.retention import lift_legal_hold, place_legal_hold, purge_expired
from tests.support.orders.made import BASKET, MIRA, arrived, changed, event, placed, refunded, sent
from tests.support.store.fakes import START, FakeRun, World

PERSONAL = ("Mira", "Holm", MIRA, "+49 30 1234", "Weg 1", "10115", "Berlin", "00340")
ERASE = {"shop": "northlight", "email": MIRA, "confirm": MIRA, "reason": "Asked for by letter of 3 November"}
DAY = timedelta(days=1)


def done(world: World) -> Order:
    """A delivered order whose letters were sent, with an agent's words in its log."""
    record(world.deps, "northlight", "events", [placed(), sent(START)])
    (order,) = world.store.orders.values()
    decide(world.deps, order, Decision.HOLD, "bea@northlight.example", "Mira Holm called")
    decide(world.deps, order, Decision.RELEASE, "bea@northlight.example", "Mira Holm called")
    record(world.deps, "northlight", "events", [arrived(START)])
    posting.send_owed(world.deps, order.ref)
    return only(world)


def only(world: World) -> Order:
    (order,) = world.store.orders.values()
    return order


def erased(world: World, **more: Any) -> dict[str, Any]:
    return erase_subject(world.deps, ERASE | more, FakeRun())


def test_an_erased_buyers_order_keeps_what_tax_law_asks_for_and_nothing_else(world: World) -> None:
    before = done(world)
    assert all(each in str(before) for each in PERSONAL)
    answer = erased(world)
    assert (answer["anonymised"], answer["kept_in_all"], answer["complete"]) == (1, 0, True)
    assert "tax law" in answer["exceptions"][0]
    after = only(world)
    assert not any(each in str(after) for each in PERSONAL)
    basket = state(after.events).basket
    assert basket
    assert (basket.total, basket.lines, basket.placed_at) == (BASKET.total, BASKET.lines, START)
    assert basket.delivery_to
    assert basket.delivery_to.country == "DE"
    assert (after.number, [clock.name for clock in after.clocks]) == (before.number, [RETAIN])
    assert world.store.orders_of("northlight", MIRA, 9) == []
    certificate = world.store.certificate(answer["certificate"])
    assert certificate
    assert (certificate.anonymised, certificate.done_at) == (1, START)


def test_what_a_source_says_later_brings_no_data_back(world: World) -> None:
    done(world)
    erased(world)
    assert record(world.deps, "northlight", "events", [placed()]) is Recorded.DUPLICATE
    world.clock.advance(days=1)
    assert record(world.deps, "northlight", "events", [changed(START + DAY, total=1)]) is Recorded.APPLIED
    assert not any(each in str(only(world)) for each in PERSONAL)
    assert record(world.deps, "northlight", "events", [refunded(START + DAY, 100)]) is Recorded.APPLIED
    assert only(world).outbox is None
    assert not [mail for mail in world.mailer.sent if mail.recipient == MIRA][3:]


def test_an_order_under_way_is_kept_and_named(world: World) -> None:
    record(world.deps, "northlight", "events", [placed(), event(EventKind.PAID, START)])
    order = only(world)
    answer = erased(world)
    assert [each["reference"] for each in answer["kept"]] == [order.ref]
    assert only(world) == order
    assert erased(world, dry_run=True)["kept_in_all"] == 1


def test_a_dry_run_changes_nothing(world: World) -> None:
    before = done(world)
    assert erased(world, dry_run=True)["anonymised"] == 1
    assert only(world) == before


def test_an_export_has_the_persons_orders_and_nobodys_else(world: World) -> None:
    done(world)
    jon = replace(BASKET, buyer=replace(BASKET.buyer, address="jon@example.com"))
    record(world.deps, "northlight", "events", [replace(placed(basket=jon), number="2002", id="jon")])
    answer = export_subject(world.deps, {"shop": "northlight", "email": MIRA}, FakeRun())
    assert answer["found"]
    with zipfile.ZipFile(io.BytesIO(world.files.kept[answer["key"]][0])) as archive:
        told, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
    (order,) = told["orders"]
    assert (order["number"], order["status"]) == ("1001", "delivered")
    assert order["events"][0]["basket"]["buyer"]["address"] == MIRA
    assert {mail["to"] for mail in order["mails"]} == {MIRA}
    assert "bea@northlight.example" not in json.dumps(told)
    assert "1001" in page
    assert "111.90 EUR" in page
    nobody = export_subject(world.deps, {"shop": "northlight", "email": "nobody@example.com"}, FakeRun())
    assert not nobody["found"]


def many(world: World, number: int) -> None:
    """So many delivered orders of one person, as if their letters had been sent long ago."""
    one = replace(done(world), outbox=None)
    for index in range(1, number):
        placed_at = START - timedelta(minutes=index)
        other = replace(one, ref=f"O-{index:05}-00000", number=f"M{index}")
        at = replace(one.events[0], basket=replace(BASKET, placed_at=placed_at))
        world.store.orders[other.ref] = replace(other, events=(at, *one.events[1:]))


def test_a_person_with_very_many_orders_is_exported_and_erased_completely_in_as_many_runs_as_it_takes(
    world: World,
) -> None:
    many(world, 1_203)
    answer = export_subject(world.deps, {"shop": "northlight", "email": MIRA}, FakeRun())
    with zipfile.ZipFile(io.BytesIO(world.files.kept[answer["key"]][0])) as archive:
        told = json.loads(archive.read("data.json"))["orders"]
    assert len({order["number"] for order in told}) == 1_203
    reduced = list[int]()
    while not reduced or not answer["complete"]:
        run = FakeRun(steps=500)
        answer = erase_subject(world.deps, ERASE, run)
        reduced.append(sum(order.reduced_at is not None for order in world.store.orders.values()))
        assert answer["complete"] == (reduced[-1] == 1_203)
        assert bool(run.asked) != answer["complete"]
    assert len(reduced) > 2
    certificate = world.store.certificate(answer["certificate"])
    assert certificate
    assert (certificate.anonymised, certificate.done_at) == (1_203, START)


def test_a_corrected_address_is_that_of_the_order_and_of_the_mails_it_owes(world: World) -> None:
    record(world.deps, "northlight", "events", [placed()])
    fields = {"shop": "northlight", "email": MIRA, "new_email": "mira@new.example", "name": "Mira Berg"}
    assert rectify_subject(world.deps, fields, FakeRun())["corrected"] == 1
    order = only(world)
    basket = state(order.events).basket
    assert basket
    assert (basket.buyer.address, basket.buyer.name, basket.buyer.phone) == (
        "mira@new.example",
        "Mira Berg",
        "+49 30 1234",
    )
    assert world.store.orders_of("northlight", "mira@new.example", 9) == [order]
    posting.send_owed(world.deps, order.ref)
    assert [mail.recipient for mail in world.mailer.sent] == ["mira@new.example"]
    assert rectify_subject(world.deps, fields, FakeRun())["corrected"] == 0


def test_a_hold_from_the_console_keeps_an_order_from_erasure_and_purge_until_it_is_lifted(world: World) -> None:
    order = done(world)
    asked = {"shop": "northlight", "reference": order.ref.lower(), "reason": "A court asked for it"}
    placed_hold = place_legal_hold(world.deps, asked)
    assert (placed_hold["done"], placed_hold["on_hold"], placed_hold["kept_until"]) == (True, True, None)
    assert not place_legal_hold(world.deps, asked)["done"]
    assert [each["reference"] for each in erased(world)["kept"]] == [order.ref]
    world.clock.advance(days=4_000)
    assert purge_expired(world.deps, {}, FakeRun())["purged"] == 0
    lifted = lift_legal_hold(world.deps, asked | {"reason": "The case is closed"})
    assert (lifted["done"], lifted["on_hold"]) == (True, False)
    assert lifted["kept_until"]
    assert [entry.action for entry in only(world).log][-2:] == [Action.LEGAL_HOLD_PLACED, Action.LEGAL_HOLD_LIFTED]
    assert purge_expired(world.deps, {}, FakeRun())["purged"] == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"reference": "O-00000-00000"}, "reference"),
        ({"shop": "kettle"}, "reference"),
        ({"reason": "Mira Holm asked"}, "reason"),
        ({"reason": f"{MIRA} asked"}, "reason"),
    ],
)
def test_a_hold_names_an_order_of_the_shop_and_nobody(world: World, changes: dict[str, str], fault: str) -> None:
    asked = {"shop": "northlight", "reference": done(world).ref, "reason": "A court asked for it"} | changes
    with pytest.raises(InvalidEvent) as refused:
        place_legal_hold(world.deps, asked)
    assert fault in refused.value.sentences


@pytest.mark.parametrize("held", [True, False])
def test_an_order_is_deleted_with_a_certificate_when_its_time_is_over_unless_it_is_on_hold(
    world: World, *, held: bool
) -> None:
    order = done(world)
    world.store.orders[order.ref] = replace(order, legal_hold=held)
    world.clock.advance(days=3_600)
    assert purge_expired(world.deps, {}, FakeRun())["purged"] == 0
    world.clock.advance(days=60)
    would = purge_expired(world.deps, {"dry_run": True}, FakeRun())["would_go"]
    answer = purge_expired(world.deps, {}, FakeRun())
    assert (would, answer["purged"], answer["complete"]) == (int(not held), int(not held), True)
    assert bool(world.store.orders) == held
    assert (world.mailer.sent[0].id in world.store.sent) == held
    certificates = [each for each in world.store.certified.values() if each.kind == "order"]
    assert [(each.period, each.done_at) for each in certificates] == ([] if held else [("10 years", world.clock.at)])
