"""What AWS's topic publishes is kept raw before it is read, under the shop whose number it names."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.errors import NotFound
from chalicelib.rules.events.fields import NotReadable
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.delivery.sending import post
from chalicelib.services.events import by_topic
from chalicelib.services.events.receiving import Outcome, receive
from chalicelib.services.ports.events.hooks import HookReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents
from tests.support.events.bodies import Hook, hook, hooks
from tests.support.events.delivered import ended
from tests.support.store.fakes import World


@pytest.fixture
def here(world: World) -> World:
    world.clock.advance(days=10)  # the bodies in tests/hooks are of these days
    return world


@pytest.mark.parametrize("each", hooks(Source.AWS), ids=lambda each: each.name)
def test_the_bytes_are_kept_as_they_came_and_once(here: World, each: Hook) -> None:
    text = each.body.decode()
    key = by_topic.keep(here.deps, text)
    assert key.startswith("hooks/northlight/aws/")
    assert here.hooks.hook(key).body == text.encode()
    assert by_topic.keep(here.deps, text) == key


def test_a_text_message_opens_a_ticket_that_is_answered_from_the_same_number(here: World) -> None:
    key = by_topic.keep(here.deps, hook(Source.AWS, "text").body.decode())
    assert receive(here.deps, HookReceived(key)) is Outcome.APPLIED
    assert receive(here.deps, HookReceived(key)) is Outcome.DUPLICATE
    (ticket,) = here.store.tickets.values()
    assert ticket.requester.address == "4915123456789@sms.invalid"
    assert ticket.reached is not None
    assert ticket.reached.account == "aws/+493023125019"
    assert here.store.outcomes[key][0] == "event_applied"


def test_a_number_of_no_shop_is_kept_by_the_queue(here: World) -> None:
    body = json.loads(hook(Source.AWS, "text").body) | {"destinationNumber": "+4930999"}
    with pytest.raises(NotFound):
        by_topic.keep(here.deps, json.dumps(body))
    assert not here.hooks.came


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"destinationNumber": true}'])
def test_what_is_neither_sort_is_kept_by_the_queue(here: World, text: str) -> None:
    with pytest.raises(NotReadable):
        by_topic.keep(here.deps, text)


def test_what_is_about_the_whole_account_is_ignored(here: World) -> None:
    entry = {"id": "300000000000001", "changes": [{"field": "message_template_status_update", "value": {}}]}
    key = by_topic.keep(here.deps, json.dumps({"context": {}, "whatsAppWebhookEntry": json.dumps(entry)}))
    assert receive(here.deps, HookReceived(key)) is Outcome.IGNORED_TOPIC


def test_a_broken_entry_is_unreadable_and_is_kept(here: World) -> None:
    body = json.loads(hook(Source.AWS, "whatsapp_text").body) | {"whatsAppWebhookEntry": "{"}
    key = by_topic.keep(here.deps, json.dumps(body))
    assert receive(here.deps, HookReceived(key)) is Outcome.UNREADABLE
    assert here.hooks.hook(key).body


def test_another_shop_gets_nothing(here: World) -> None:
    northlight = here.deps.policy.shop("northlight")
    kettle = here.deps.policy.shop("kettle")
    policy = replace(
        here.deps.policy,
        shops={
            "northlight": replace(northlight, messages=type(northlight.messages)(())),
            "kettle": replace(kettle, messages=northlight.messages),
        },
    )
    key = by_topic.keep(replace(here.deps, policy=policy), hook(Source.AWS, "text").body.decode())
    assert key.startswith("hooks/kettle/aws/")


def _told(here: World, name: str, **other: object) -> Outcome:
    """What becomes of an event of AWS's about the answer that went out as "out-1"."""
    body = json.loads(hook(Source.AWS, name).body) | {"messageId": "out-1", **other}
    return ended(here, by_topic.keep(here.deps, json.dumps(body)))


def _answered(here: World, name: str) -> Callable[[], tuple[DeliveryStatus, bool]]:
    """An answer to who wrote in this event: how far it came, and whether agents are told that it did not arrive."""
    here.clock.at = datetime(2026, 11, 25, 9, 31, tzinfo=UTC)
    receive(here.deps, HookReceived(by_topic.keep(here.deps, hook(Source.AWS, name).body.decode())))
    (ticket,) = here.store.tickets.values()
    said = ActionInput({"text": "It comes tomorrow."}, Person("Ada", agents.ADA))
    acting.act(here.deps, here.shop, ticket.ref, "answer", said, "said")
    (message,) = here.store.messages.values()
    post(here.deps, ItemRef(message.ref, message.id))
    assert [each.to.provider for each in here.channels.sent] == [Provider(ticket.channel)]

    def status() -> tuple[DeliveryStatus, bool]:
        found = here.deps.tickets.message(message.ref, message.id)
        assert found is not None
        assert found.outbox is not None
        told = any(each.purpose is Purpose.UNDELIVERED for each in found.outbox.deliveries)
        return found.outbox.deliveries[0].status, told

    return status


def test_aws_tells_that_a_text_message_has_arrived(here: World) -> None:
    status = _answered(here, "text")
    assert status() == (DeliveryStatus.SENT, False)
    for event in ("TEXT_QUEUED", "TEXT_SENT", "TEXT_SUCCESSFUL", "TEXT_UNKNOWN", "VOICE_FAILED", "OF_TOMORROW"):
        assert _told(here, "text_delivered", eventType=event) is Outcome.IGNORED_TOPIC
    assert status() == (DeliveryStatus.SENT, False)
    assert _told(here, "text_delivered") is Outcome.APPLIED
    assert status() == (DeliveryStatus.DELIVERED, False)
    assert _told(here, "text_delivered", eventTimestamp=1) is Outcome.IGNORED_TOPIC


def test_agents_are_told_that_a_text_message_did_not_arrive_once_no_further_try_is_made(here: World) -> None:
    status = _answered(here, "text")
    assert _told(here, "text_unreachable", isFinal=False) is Outcome.IGNORED_TOPIC
    assert status() == (DeliveryStatus.SENT, False)
    assert _told(here, "text_unreachable") is Outcome.APPLIED
    assert status() == (DeliveryStatus.FAILED, True)
    _told(here, "text_delivered")
    assert status() == (DeliveryStatus.FAILED, True)


@pytest.mark.parametrize("order", [("delivered", "read"), ("read", "delivered"), ("read", "sent", "delivered")])
def test_whatsapps_statuses_by_aws_go_forward_only(here: World, order: tuple[str, ...]) -> None:
    status = _answered(here, "whatsapp_text")
    for word in order:
        _told(here, "whatsapp_statuses", whatsAppWebhookEntry=_entry(word))
    assert status() == (DeliveryStatus.READ, False)


def test_agents_are_told_what_whatsapp_by_aws_did_not_deliver(here: World) -> None:
    status = _answered(here, "whatsapp_text")
    assert _told(here, "whatsapp_statuses", whatsAppWebhookEntry=_entry("failed")) is Outcome.APPLIED
    assert status() == (DeliveryStatus.FAILED, True)


def _entry(*words: str) -> str:
    statuses = [
        {"id": f"wamid.{number}", "status": word, "timestamp": "1795599010", "errors": [{"code": 131047}]}
        for number, word in enumerate(words)
    ]
    value = {"metadata": {"phone_number_id": "200000000000001"}, "statuses": statuses}
    return json.dumps({"id": "300000000000001", "changes": [{"field": "messages", "value": value}]})


def test_of_several_messages_in_one_entry_none_gets_the_others_status(here: World) -> None:
    status = _answered(here, "whatsapp_text")
    assert (
        _told(here, "whatsapp_statuses", whatsAppWebhookEntry=_entry("delivered", "failed")) is Outcome.UNKNOWN_MESSAGE
    )
    assert status() == (DeliveryStatus.SENT, False)
