"""Who asks to be told when a product is back confirms it, gets one mail, and is forgotten."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import InvalidFields, InvalidLink, NotFound, RateLimited
from chalicelib.rules.events import mapping
from chalicelib.rules.events.sources import Source
from chalicelib.rules.intake.limits import WAITING_MAILS, WAITINGS
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.bouncing import address_key
from chalicelib.services.events import receiving
from chalicelib.services.events.receiving import Outcome
from chalicelib.services.exports import subject_exports
from chalicelib.services.ports.events.hooks import PREFIX, HookReceived, RawHook
from chalicelib.services.privacy import erasing
from chalicelib.services.waiting import asking, telling
from tests.support.store.fakes import FakeRun, World, refusing

MIRA, SKU, HERE = "mira.holm@example.com", "lamp-2", "203.0.113.7"


def asks(world: World, address: str = MIRA, caller: str = HERE, sku: str = SKU) -> None:
    asking.ask(world.deps, world.shop, sku, address, "en", caller)


def waits(world: World, address: str = MIRA) -> str:
    """Somebody has confirmed; the token of their link."""
    asks(world, address)
    token = link(world)
    asking.confirm(world.deps, token)
    return token


def link(world: World) -> str:
    return world.mailer.sent[-1].text.partition("/w/")[2].split()[0]


def told(world: World) -> list[str]:
    """Who was told, in the order of the mails."""
    return [mail.recipient for mail in world.mailer.sent if world.mailer.tags[mail.id]["purpose"] == "back_in_stock"]


def comes_back(world: World) -> dict[str, int]:
    telling.note_back(world.deps, "northlight", SKU)
    return look_after_due(world.deps)


def test_nobody_is_told_who_did_not_confirm(world: World) -> None:
    asks(world)
    comes_back(world)
    assert told(world) == []
    assert asking.opened(world.deps, link(world)).waiting


def test_one_mail_and_then_nothing_of_theirs_is_stored(world: World) -> None:
    token = waits(world)
    assert comes_back(world) == {"due": 1, "done": 1, "left": 0}
    for _ in range(3):
        comes_back(world)
    assert told(world) == [MIRA]
    assert "Lamp Bea" in world.mailer.sent[-1].text
    assert world.store.waiting == {}
    assert world.store.back_since == {}
    assert asking.opened(world.deps, token).waiting is None
    with pytest.raises(InvalidLink):
        asking.confirm(world.deps, token)


def test_many_are_told_by_several_runs_each_once(world: World) -> None:
    people = [f"p{number}@example.com" for number in range(telling._AT_ONCE + 5)]
    for number, person in enumerate(people):
        asking.ask(world.deps, world.shop, SKU, person, "en", f"198.51.{number}.7")
        asking.confirm(world.deps, link(world))
    assert comes_back(world)["left"] == 1
    look_after_due(world.deps)
    assert sorted(told(world)) == sorted(people)
    assert world.store.back_since == {}


def test_when_the_mail_service_takes_nothing_they_are_told_later(world: World) -> None:
    waits(world)
    world.mailer.failing += refusing(passing=True)
    assert comes_back(world)["left"] == 1
    assert told(world) == []
    world.clock.advance(minutes=5)
    look_after_due(world.deps)
    assert told(world) == [MIRA]
    assert world.store.waiting == {}


def test_two_runs_at_once_send_one_mail(world: World) -> None:
    waits(world)
    (waiting,) = world.store.waiting.values()
    assert world.deps.waiting.claim(waiting, world.clock(), world.clock() + timedelta(minutes=2))
    comes_back(world)
    assert told(world) == []
    assert world.store.back_since, "the other run may have died"


def test_an_address_that_bounced_is_forgotten_untold(world: World) -> None:
    waits(world)
    world.deps.suppressions.suppress(address_key(world.deps, MIRA), "bounced", world.clock() + timedelta(days=9))
    comes_back(world)
    assert told(world) == []
    assert world.store.waiting == {}


def test_the_time_of_the_policy_is_theirs(world: World) -> None:
    waits(world)
    (waiting,) = world.store.waiting.values()
    assert waiting.until.date().isoformat() == "2027-05-25"
    world.clock.at = waiting.until
    comes_back(world)
    assert told(world) == []
    assert world.store.waiting == {}


def test_a_link_that_nobody_pressed_ends(world: World) -> None:
    asks(world)
    world.clock.advance(days=2, seconds=1)
    with pytest.raises(InvalidLink):
        asking.confirm(world.deps, link(world))


def test_who_waits_already_may_ask_again_and_waits_no_longer_by_it(world: World) -> None:
    waits(world)
    before = dict(world.store.waiting)
    world.clock.advance(days=3)
    asks(world)
    assert world.store.waiting == before
    asking.confirm(world.deps, link(world))
    assert world.store.waiting == before


def test_they_are_forgotten_when_they_say_so(world: World) -> None:
    token = waits(world)
    for _ in range(2):
        asking.forget(world.deps, token)
    assert world.store.waiting == {}
    comes_back(world)
    assert told(world) == []


def test_asking_does_the_same_whoever_waits(world: World) -> None:
    """No answer, count of requests or mail says whether somebody waits already."""
    requests = []
    for address in (MIRA, MIRA, "other@example.com"):
        world.store.requests.clear()
        sent = len(world.mailer.sent)
        asks(world, address)
        assert len(world.mailer.sent) == sent + 1
        requests.append(list(world.store.requests))
        asking.confirm(world.deps, link(world))
    assert requests[0] == requests[1] == requests[2]


def test_a_mail_that_cannot_be_sent_tells_nothing(world: World) -> None:
    world.mailer.failing += refusing(passing=False)
    asks(world)


def test_one_source_is_refused_beyond_the_limit_and_others_are_not(world: World) -> None:
    for number in range(WAITINGS):
        asks(world, f"p{number}@example.com")
    with pytest.raises(RateLimited):
        asks(world, "last@example.com")
    asks(world, "last@example.com", caller="198.51.100.9")
    assert world.mailer.sent[-1].recipient == "last@example.com"


def test_who_asks_in_somebody_elses_name_takes_nothing_from_them(world: World) -> None:
    """However many ask for one mailbox, it has a link that works, and other mailboxes are not concerned."""
    for number in range(3 * WAITING_MAILS):
        asks(world, MIRA, caller=f"198.51.{number}.7")
    mails = [mail for mail in world.mailer.sent if mail.recipient == MIRA]
    assert len(mails) == WAITING_MAILS
    asks(world, MIRA)
    asking.confirm(world.deps, link(world))
    comes_back(world)
    assert told(world) == [MIRA]


@pytest.mark.parametrize(
    ("address", "code"), [("", "missing"), ("mira", "not_an_address"), ("a@b\r\nBcc: c@example.com", "not_an_address")]
)
def test_what_is_no_address_is_refused(world: World, address: str, code: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        asks(world, address)
    assert refused.value.codes == {"email": code}
    assert world.store.waiting == {}


def test_there_is_nothing_to_wait_for_where_the_shop_does_not_offer_it(world: World) -> None:
    with pytest.raises(NotFound):
        asks(world, sku="LAMP-9")
    world.with_shop(back_in_stock=None)
    with pytest.raises(NotFound):
        asks(world)


def test_an_erasure_forgets_what_a_person_waits_for_and_nobody_else(world: World) -> None:
    waits(world)
    waits(world, "other@example.com")
    reason = "Asked for by letter of 3 November"
    erasing.erase_subject(
        world.deps, {"shop": "northlight", "email": MIRA, "confirm": MIRA, "reason": reason}, FakeRun()
    )
    assert [waiting.address for waiting in world.store.waiting.values()] == ["other@example.com"]


def test_an_export_says_what_a_person_waits_for(world: World) -> None:
    waits(world)
    answer = subject_exports.export_subject(world.deps, {"shop": "northlight", "email": MIRA}, FakeRun())
    assert answer["found"]


def restocked(**data: Any) -> bytes:
    event = {"type": "product.back_in_stock", "timestamp": "2026-11-25T09:00:00Z", "data": data}
    return json.dumps(event).encode()


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", restocked(), restocked(sku=""), restocked(sku=["x"])])
def test_what_cannot_be_read_is_about_no_product(body: bytes) -> None:
    assert mapping.restocked(Source.OWN, body) == ()


def test_only_our_own_format_speaks_of_products() -> None:
    assert mapping.restocked(Source.OWN, restocked(sku=SKU)) == (SKU,)
    assert mapping.restocked(Source.SHOPIFY, restocked(sku=SKU)) == ()


@pytest.mark.parametrize(("sku", "outcome"), [("LAMP-2", Outcome.APPLIED), ("LAMP-9", Outcome.IGNORED_TOPIC)])
def test_an_event_of_the_shops_system_tells_them(world: World, sku: str, outcome: Outcome) -> None:
    waits(world)
    key = f"{PREFIX}northlight/{Source.OWN}/{sku}"
    world.hooks.keep_hook(key, RawHook(restocked(sku=sku), "", "1"))
    for received in (1, 2):
        assert receiving.receive(world.deps, HookReceived(key, received)) is outcome
    look_after_due(world.deps)
    assert told(world) == ([MIRA] if outcome is Outcome.APPLIED else [])


def test_a_body_about_a_product_and_an_order_does_both(world: World) -> None:
    waits(world)
    placed = json.loads(Path("tests/hooks/own/order_placed.json").read_bytes())
    body = json.dumps({"events": [json.loads(restocked(sku=SKU)), placed]}).encode()
    key = f"{PREFIX}northlight/{Source.OWN}/both"
    world.hooks.keep_hook(key, RawHook(body, "", "1"))
    assert receiving.receive(world.deps, HookReceived(key, 1)) is Outcome.APPLIED
    look_after_due(world.deps)
    assert told(world) == [MIRA]
    assert world.store.orders
