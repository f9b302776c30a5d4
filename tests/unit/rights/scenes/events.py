"""Shops' systems tell us what happened: at the door, and from the queue."""

import json
from dataclasses import replace
from typing import Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse

from chalicelib import wiring
from chalicelib.aws.clients import client
from chalicelib.errors import NotTaken
from chalicelib.external.shop_orders import ShopOrders
from chalicelib.external.shop_webhooks import ShopWebhooks
from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import Source
from chalicelib.rules.policy.promises import TextTerms
from chalicelib.services.events import receiving
from chalicelib.services.orders import order_links
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.recording import Recorded, record
from chalicelib.services.ports.events.shop_api import Page
from local.events.moments import moved
from tests.support.events.bodies import Hook, hook, otherwise
from tests.support.orders import made
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.visitors import Visitor
from tests.unit.rights import policies
from tests.unit.rights.scenes.stage import Stage, queued
from tests.unit.rights.scenes.staging import SOURCES

SCHEDULED = {"detail-type": "Scheduled Event"}


def shops_events(stage: Stage) -> None:
    """Events of every fate; a run that fails after a run that was killed."""
    stage.clock.advance(days=10)
    assert post(stage, hook(Source.OWN, "order_placed"), secret="of somebody else") == 401
    for name in ("orders_create", "fulfillments_create", "refunds_create", "customers_redact", "carts_update"):
        stage.clock.advance(hours=1)
        assert post(stage, _now(stage, hook(Source.SHOPIFY, name))) == 200
        receives(stage, keys()[0])
    assert post(stage, hook(Source.OWN, "order_placed")) == 200
    (key,) = keys()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(receiving, "record", _fails)
        receives(stage, key, 3)
    receives(stage, key, 3)
    receives(stage, key, 4)
    receives(stage, "hooks/northlight/own/gone")
    stage.run("health", {})


def missed_calls(stage: Stage) -> None:
    """Calls that nobody answered: a call back and a text message by each sort of sender, of which one is not taken; a
    further call, and one too many."""
    answers = [b'{"MessageId": "text-1"}', b'{"MessageId": "text-2"}', b"{}"]

    def answered(request: Any, **_: Any) -> AWSResponse:
        body = answers.pop(0)
        return AWSResponse(request.url, 200 if b"text" in body else 400, HTTPHeaders(), MockRawResponse(body))

    client("pinpoint-sms-voice-v2").meta.events.register_first("before-send", answered)
    identities = ("NORTHLIGHT", "NORTHLIGHT", "phone-1", "pool-1")
    for number, (caller, identity) in enumerate(zip((0, 0, 1, 2), identities, strict=True)):
        _missed(stage, number, caller, TextTerms(identity))
    _missed(stage, 8, 8, TextTerms("NORTHLIGHT"), per_slot=1)
    _missed(stage, 9, 9, TextTerms("NORTHLIGHT"), a_day=0)
    assert not answers
    stage.flows()
    listed = (item.get("customer", {}).get("S", "") for item in stage.items())
    who = next(each.partition("#")[2] for each in listed if each.endswith("@tel.invalid"))
    asked = {"shop": "northlight", "email": f"+{who.partition('@')[0]}"}
    assert stage.run("export_subject", asked)["found"]
    assert stage.run("rectify_subject", asked | {"name": "Mira Holm"})["corrected"]
    erased = asked | {"confirm": asked["email"], "reason": "Asked for by letter", "also": ["NL-7K3F9-QXMT2"]}
    assert stage.run("erase_subject", erased)["kept_in_all"]
    answered_call = _now(stage, hook(Source.OWN, "call_answered"))
    for body in (answered_call.body, otherwise(answered_call)):  # told twice
        assert post(stage, replace(answered_call, body=body)) == 200
        receives(stage, keys()[0])


def _missed(stage: Stage, number: int, caller: int, texts: TextTerms, a_day: int = 50, per_slot: int = 2) -> None:
    """The call with this number, by this caller. With `per_slot` 1 the half hours of the calls before it are full."""
    each, shops = hook(Source.TWILIO, "dial_no_answer"), wiring.deps().policy.shops
    body = each.body.replace(b"CallSid=CA0", b"CallSid=CA%d" % number).replace(b"456790", b"45679%d" % caller)
    shop = shops["northlight"]
    told = replace(shop, calls=replace(shop.calls, missed_a_day=a_day, per_slot=per_slot, texts=texts))
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(cast(Any, shops), "northlight", told)
        assert post(stage, replace(each, body=body)) == 200
        receives(stage, keys()[0])


def catching_up(stage: Stage) -> None:
    """Orders are read from a source's own list, in two pages, and by the next run from there on."""
    order = json.loads(_now(stage, hook(Source.SHOPIFY, "orders_create")).body)
    stage.clock.advance(hours=1)
    parcel = json.loads(_now(stage, hook(Source.SHOPIFY, "fulfillments_create")).body)
    page, later = (json.dumps({"orders": [each]}).encode() for each in (order, order | {"fulfillments": [parcel]}))
    pages = [Page(page, "2"), Page(page), Page(later)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ShopOrders, "orders", lambda *_: pages.pop(0))
        assert stage.run("catch_up_orders", {})["read"] == 2
        assert stage.run("catch_up_orders", SCHEDULED)["read"] == 1
        # One that we hear of too late to confirm it.
        stage.clock.advance(days=5)
        late = order | {"id": 99, "name": "#99", "order_number": 99}
        pages.append(Page(json.dumps({"orders": [late]}).encode()))
        assert stage.run("catch_up_orders", {})["news"] == 1


def telling(stage: Stage) -> None:
    """A shop's system is told what its customer chose, and does not take what is told later; both with one secret."""
    deps = wiring.deps()
    northlight = deps.policy.shop("northlight")
    webhook = replace(northlight, orders=replace(northlight.orders, webhook="https://shop.example/aftercare"))
    answers: list[Exception | None] = [None]
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(cast(Any, deps.policy.shops), "northlight", webhook)
        patched.setattr(ShopWebhooks, "post", lambda *_: _answered(answers))
        url = _out_of_stock(stage, "3001")
        for choice in ("cancel", "wait"):
            assert Visitor(stage.browser).press(url, {"choice": choice}).status_code == 303
        assert stage.run("tell_shops", {})["told"] == 1
        _out_of_stock(stage, "3002")
        stage.clock.advance(days=8)
        stage.run("escalate_overdue", {})
        answers += [NotTaken("status 500")] * 8
        answers.pop(0)
        for _ in range(9):
            stage.run("tell_shops", SCHEDULED)
            stage.clock.advance(days=2)
        stage.run("health", {})
    stage.flows()


def _answered(answers: list[Exception | None]) -> None:
    if answers[0]:
        raise answers[0]


def _out_of_stock(stage: Stage, number: str) -> str:
    """The page on which the customer of this new order chooses about a line."""
    at, deps = stage.clock(), wiring.deps()
    events = [replace(each, number=number) for each in (made.placed(at), made.out_of_stock(at))]
    record(deps, "northlight", "own", events)
    order = deps.orders.order(ref_of(deps, "northlight", number))
    assert order
    return order_links.choice_url(deps, order, "l1").removeprefix(PUBLIC_URL)


def _now(stage: Stage, each: Hook) -> Hook:
    """The event as if it happened now, because what happened long ago keeps no promise; and a parcel with the whole
    order."""
    return replace(each, body=moved(each.body, stage.clock()).replace(b'"quantity": 2', b'"quantity": 3'))


def _fails(*_: object) -> Recorded:
    raise RuntimeError("the store is not there")


def post(stage: Stage, each: Hook, secret: str = SOURCES) -> int:
    """The status with which the door answers a body that is signed like this."""
    where = f"/in/northlight/{each.source}"
    signed = signatures.sign(each.source, secret, each.body, "delivery-1", stage.clock(), f"{PUBLIC_URL}{where}")
    told = {"x_shopify_topic": each.delivery.topic, "x_shopify_webhook_id": each.delivery.id}
    headers = {name.replace("-", "_"): value for name, value in signed.items()} | told
    return stage.browser.post(where, each.body, "application/json", **headers).status_code


def keys() -> list[str]:
    """The keys that wait on the queue, which is empty afterwards."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=policies.name("HookQueue"))["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"])["key"] for message in found]


def receives(stage: Stage, key: str, received: int = 1) -> None:
    stage.run("receive_event", queued(json.dumps({"key": key}), received))
