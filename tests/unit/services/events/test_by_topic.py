"""What AWS's topic publishes is kept raw before it is read, under the shop whose number it names."""

import json
from dataclasses import replace

import pytest

from chalicelib.errors import NotFound
from chalicelib.rules.events.fields import NotReadable
from chalicelib.rules.events.sources import Source
from chalicelib.services.events import by_topic
from chalicelib.services.events.receiving import Outcome, receive
from chalicelib.services.ports.events.hooks import HookReceived
from tests.support.events.bodies import Hook, hook, hooks
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
