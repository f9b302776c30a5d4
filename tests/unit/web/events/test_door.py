"""The door of events over HTTP: what is signed is kept as it came, and of what is not, nothing is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib import settings, wiring
from chalicelib.aws.clients import client
from chalicelib.aws.hooks import RawHooks
from chalicelib.rules.events import signatures, source_keys
from chalicelib.rules.events.source_keys import SourceKeys
from chalicelib.rules.events.sources import LARGEST_BODY, POSTED, Source
from chalicelib.services.events.receiving import Outcome, receive
from chalicelib.services.ports.events.hooks import HookReceived
from tests.support.events.bodies import ALL, Hook, hook, otherwise
from tests.support.store.mailer import FakeTexts
from tests.support.web.browsing import FORM, JSON, Answer, Browser, said
from tests.support.web.visitors import Around, surroundings

BODIES = [each for each in ALL if each.source in POSTED]
SECRET, NEXT = "what the sources sign with", "what they sign with next"


@pytest.fixture
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture(autouse=True)
def keys(around: Around) -> None:
    put({("northlight", source): SourceKeys(SECRET) for source in Source})


@pytest.fixture(autouse=True)
def nothing_before(around: Around) -> None:
    """No test reads through what those before it kept."""
    s3 = boto3.client("s3")
    for key in kept():
        s3.delete_object(Bucket="mail", Key=key)


def put(keys: source_keys.AllKeys) -> None:
    """Let this process know these secrets."""
    text = source_keys.written(keys)
    boto3.client("secretsmanager").put_secret_value(SecretId="sources-secret", SecretString=text)
    known = wiring.deps().source_keys
    known.cache_clear()  # type: ignore[attr-defined]


def post(browser: Browser, each: Hook, *, secret: str = SECRET, body: bytes | None = None, kind: str = JSON) -> Answer:
    """The body, with the signature of the body of `each`."""
    where = f"/in/northlight/{each.source}"
    now, url = wiring.deps().now(), f"{wiring.deps().public_url}{where}"
    signed = signatures.sign(each.source, secret, each.body, f"id-{each.name}", now, url)
    names = {Source.SHOPIFY: "x-shopify-topic", Source.WOOCOMMERCE: "x-wc-webhook-topic"}
    signed |= {names[each.source]: each.delivery.topic} if each.source in names else {}
    headers = {name.replace("-", "_"): value for name, value in signed.items()}
    return browser.post(where, each.body if body is None else body, kind, **headers)


def kept() -> dict[str, bytes]:
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket="mail", Prefix="hooks/").get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket="mail", Key=each["Key"])["Body"].read() for each in found}


def queued() -> list[str]:
    """The keys that were put on the queue; it is empty afterwards."""
    sqs, url, found = boto3.client("sqs"), settings.load().hook_queue_url, list[str]()
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            found.append(json.loads(message["Body"])["key"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def is_problem(answer: Answer, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said(answer)["status"] == status


@pytest.mark.parametrize("each", BODIES, ids=lambda each: f"{each.source}-{each.name}")
@pytest.mark.parametrize("kind", [JSON, "text/plain", FORM, "application/octet-stream"])
def test_a_signed_body_is_kept_as_it_came_and_queued(browser: Browser, each: Hook, kind: str) -> None:
    answer = post(browser, each, kind=kind)
    assert answer.status_code == 200
    if each.source is Source.TWILIO:  # which reads it as what to do next with the call
        assert answer.headers["Content-Type"].startswith("text/xml")
        assert answer.body == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    else:
        assert said(answer) == {}
    (key,) = queued()
    assert key.startswith(f"hooks/northlight/{each.source}/")
    assert kept()[key] == each.body
    told = wiring.deps().raw_hooks.hook(key)
    assert (told.body, told.topic) == (each.body, each.delivery.topic)


def test_bytes_that_are_no_text_are_kept(browser: Browser) -> None:
    each = replace(hook(Source.SHOPWARE, "transaction_paid"), body=bytes(range(256)))
    assert post(browser, each, kind="application/json; charset=latin-1").status_code == 200
    (key,) = queued()
    assert kept()[key] == each.body


def test_the_same_delivery_is_kept_once_and_queued_again(browser: Browser) -> None:
    before = len(kept())
    each = replace(hook(Source.OWN, "order_placed"), name="twice")
    assert [post(browser, each).status_code for _ in range(2)] == [200, 200]
    first, second = queued()
    assert first == second
    assert len(kept()) == before + 1


def test_another_body_under_the_same_delivery_does_not_take_its_place(browser: Browser) -> None:
    each = replace(hook(Source.OWN, "order_paid"), name="same")
    other = replace(each, body=b'{"type": "other"}')
    for one in (each, other):
        assert post(browser, one).status_code == 200
    first, second = queued()
    assert (kept()[first], kept()[second]) == (each.body, other.body)


def nothing_happened(before: dict[str, bytes]) -> None:
    assert kept() == before
    assert queued() == []


@pytest.mark.parametrize("source", POSTED)
def test_what_is_not_signed_is_refused_and_nothing_is_kept(browser: Browser, source: Source) -> None:
    before, each = kept(), next(one for one in BODIES if one.source is source)
    is_problem(post(browser, each, secret="another secret altogether"), 401)
    if source is not Source.TELEGRAM:  # which says its secret and signs nothing
        is_problem(post(browser, each, body=otherwise(each)), 401)
        is_problem(post(browser, each, body=each.body + b" "), 401)
    is_problem(browser.post(f"/in/northlight/{source}", each.body, JSON, x_wc_webhook_topic="order.updated"), 401)
    nothing_happened(before)


def test_the_secret_before_is_accepted_for_its_hour(browser: Browser, around: Around) -> None:
    each = hook(Source.SHOPIFY, "orders_paid")
    put({("northlight", Source.SHOPIFY): SourceKeys(SECRET).rotated(NEXT, around.clock())})
    assert post(browser, each, secret=SECRET).status_code == 200
    assert post(browser, each, secret=NEXT).status_code == 200
    around.clock.advance(minutes=59)
    assert post(browser, each, secret=SECRET).status_code == 200
    around.clock.advance(minutes=1)
    is_problem(post(browser, each, secret=SECRET), 401)
    assert post(browser, each, secret=NEXT).status_code == 200
    queued()


def test_an_old_message_is_not_taken_again(browser: Browser, around: Around) -> None:
    each = hook(Source.OWN, "order_paid")
    signed = signatures.sign(each.source, SECRET, each.body, "old", around.clock() - timedelta(minutes=6))
    headers = {name.replace("-", "_"): value for name, value in signed.items()}
    is_problem(browser.post("/in/northlight/own", each.body, JSON, **headers), 401)


NOWHERE = ("nowhere/shopify", "northlight/ebay", "kettle/shopify", "northlight/aws", "%00/own")


@pytest.mark.parametrize("where", [f"/in/{each}" for each in NOWHERE])
def test_there_is_no_such_source(browser: Browser, where: str) -> None:
    before = kept()
    is_problem(browser.post(where, b"{}", JSON), 404)
    nothing_happened(before)


def test_a_megabyte_is_the_most(browser: Browser) -> None:
    before = kept()
    is_problem(post(browser, replace(hook(Source.SHOPIFY, "orders_paid"), body=b"x" * (LARGEST_BODY + 1))), 413)
    nothing_happened(before)
    assert post(browser, replace(hook(Source.SHOPIFY, "orders_paid"), body=b"x" * LARGEST_BODY)).status_code == 200
    assert len(queued()) == 1


def test_woocommerce_may_ping(browser: Browser) -> None:
    before = kept()
    assert browser.post("/in/northlight/woocommerce", b"webhook_id=17", FORM).status_code == 200
    nothing_happened(before)
    is_problem(browser.post("/in/northlight/woocommerce", b"webhook_id=17&x=1", FORM), 401)
    is_problem(browser.post("/in/northlight/shopify", b"webhook_id=17", FORM), 401)
    is_problem(browser.post("/in/kettle/woocommerce", b"webhook_id=17", FORM), 404)


class TestHandshake:
    ASKED = "/in/northlight/meta?hub.mode=subscribe&hub.verify_token={word}&hub.challenge={challenge}"

    def test_meta_reads_its_challenge_if_it_knows_the_word(self, browser: Browser) -> None:
        put({("northlight", Source.META): SourceKeys(SECRET, verify="a word of ours")})
        answer = browser.get(self.ASKED.format(word="a%20word%20of%20ours", challenge="1158201444"))
        assert (answer.status_code, answer.body) == (200, b"1158201444")
        assert answer.headers["Content-Type"].startswith("text/plain")
        is_problem(browser.get(self.ASKED.format(word="another", challenge="1158201444")), 401)
        is_problem(browser.get(self.ASKED.format(word="a%20word%20of%20ours", challenge="<b>")), 401)
        is_problem(browser.get(self.ASKED.format(word="", challenge="1")), 401)
        nothing_happened(kept())

    def test_without_a_word_there_is_nothing(self, browser: Browser) -> None:
        is_problem(browser.get(self.ASKED.format(word="", challenge="1")), 404)
        is_problem(browser.get("/in/northlight/shopify"), 404)
        is_problem(browser.get("/in/nowhere/meta"), 404)


@pytest.mark.parametrize("service", ["s3", "sqs"])
@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://s3.example"),
        ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "Put"),  # type: ignore[typeddict-item]
    ],
    ids=["unreachable", "slow down"],
)
def test_what_can_not_be_kept_must_be_sent_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, service: str, error: Exception
) -> None:
    def fails(**_: Any) -> None:
        raise error

    each = replace(hook(Source.OWN, "order_paid"), name=f"again-{service}-{type(error).__name__}")
    operation = {"s3": "put_object", "sqs": "send_message"}[service]
    with monkeypatch.context() as failing:
        failing.setattr(client(service), operation, fails)
        answer = post(browser, each)
    is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "60"
    assert queued() == []
    assert post(browser, each).status_code == 200
    (key,) = queued()
    assert kept()[key] == each.body


def test_raw_events_are_listed_and_settled(browser: Browser) -> None:
    hooks = RawHooks(lambda: boto3.client("s3"), "mail")
    for each in BODIES[:3]:
        post(browser, each)
    assert len(queued()) == len(kept()) == 3
    for key in kept():
        hooks.settle_hook(key)
        tags = boto3.client("s3").get_object_tagging(Bucket="mail", Key=key)["TagSet"]
        assert tags == [{"Key": "outcome", "Value": "recorded"}]
    assert {key for key, _ in hooks.raw_hooks()} == set(kept())


def test_a_missed_call_posted_three_times_is_one_ticket_and_one_text_message(browser: Browser, around: Around) -> None:
    """From the door to the message: what was posted is received from the queue as it lies there."""
    texts = FakeTexts()
    deps, each = replace(wiring.deps(), texts=texts), hook(Source.OWN, "call_missed")
    posted = [post(browser, replace(each, name=f"told-{n}")).status_code for n in range(3)]
    assert posted == [200, 200, 200]
    outcomes = [receive(deps, HookReceived(key)) for key in queued()]
    assert outcomes.count(Outcome.APPLIED) == 1
    assert set(outcomes) <= {Outcome.APPLIED, Outcome.DUPLICATE}
    assert [text.number for text in texts.sent] == ["+4915123456789"]
    assert len(calls_of("+4915123456789")) == 1


def calls_of(number: str) -> list[str]:
    """The references of tickets from this number, as the table has them."""
    pages = boto3.client("dynamodb").scan(TableName=settings.load().table_name)["Items"]
    tickets = (item for item in pages if item["sk"]["S"] == "TICKET")
    return [item["ref"]["S"] for item in tickets if item["requester"]["M"].get("phone", {}).get("S") == number]
