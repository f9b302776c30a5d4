"""Public comments: one short reply for each thread, which everybody may read."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import NotSent
from chalicelib.external.channel_calls import sending
from chalicelib.rules.events.fields import Fields
from chalicelib.rules.events.messages import meta
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.policy.promises import MessageTerms
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose
from chalicelib.services.delivery.sending import post
from chalicelib.services.messages import speaking, taking
from chalicelib.services.ports.messages.channels import Outgoing
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.fakes import PUBLIC_URL, World, world

WHO = Handle(Provider.MESSENGER, "77")


@pytest.fixture
def here() -> World:
    return world()


def comments(here: World, id: str = "50_9", thread: str = "50_9", who: Handle = WHO, text: str = "Mine broke.") -> None:
    said = Said(Kind.COMMENT, who, "500", id, here.clock(), text, "Pia Lang", about="50_1", thread=thread)
    taking.take(here.deps, here.shop, said)
    for ticket in list(here.store.tickets.values()):
        post(here.deps, ItemRef(ticket.ref, None))


def test_the_first_comment_of_a_thread_gets_one_reply_that_says_nothing_of_anybody(here: World) -> None:
    for _ in range(2):
        comments(here)
    comments(here, "50_10", "50_9", Handle(Provider.MESSENGER, "78"))
    (sent,) = here.channels.sent
    assert sent == Outgoing(
        WHO, "500",
        "Northlight Lamps: please write to us in private, where we can help and nothing personal is public: "
        f"{PUBLIC_URL}/shops/northlight/contact?lang=en",
        comment="50_9",
    )  # fmt: skip
    comments(here, "50_11", "50_11")
    assert [each.comment for each in here.channels.sent] == ["50_9", "50_11"]
    assert len(here.store.tickets) == 3


@pytest.mark.parametrize("why", ["token", "policy", "mention"])
def test_some_get_none(here: World, why: str) -> None:
    here.channels.has_token = why != "token"
    silent = here.with_shop(messages=MessageTerms(public_reply=False)) if why == "policy" else here
    comments(silent, thread="" if why == "mention" else "50_9")
    (ticket,) = silent.store.tickets.values()
    assert silent.channels.sent == []
    assert ticket.outbox is not None
    assert Purpose.ACKNOWLEDGEMENT not in [mail.purpose for mail in ticket.outbox.deliveries]


def test_a_refusal_tells_agents(here: World) -> None:
    here.channels.failing = [NotSent("10: refused", passing=False)]
    comments(here)
    (ticket,) = here.store.tickets.values()
    assert here.channels.sent == []
    assert ticket.outbox is not None
    (refused,) = [each for each in ticket.outbox.deliveries if each.purpose is Purpose.ACKNOWLEDGEMENT]
    assert (refused.status, refused.error) == (DeliveryStatus.REFUSED, "10: refused")
    assert [each.status for each in ticket.outbox.deliveries if each.purpose is Purpose.UNDELIVERED]


def test_the_short_form_is_the_same_line(here: World) -> None:
    comments(here)
    (ticket,) = here.store.tickets.values()
    (said,) = here.channels.sent
    assert ticket.ref not in said.text
    assert ticket.outbox is not None
    mail = next(each for each in ticket.outbox.deliveries if each.purpose is Purpose.ACKNOWLEDGEMENT)
    speaking.say(here.deps, here.shop, ticket, ticket.opening, mail, WHO, short=True)
    assert here.channels.sent == [said, said]


@pytest.mark.parametrize(
    ("provider", "path"), [(Provider.MESSENGER, "/50_9/comments"), (Provider.INSTAGRAM, "/50_9/replies")]
)
def test_it_is_posted_below_the_comment(provider: Provider, path: str) -> None:
    call = sending(Outgoing(replace(WHO, provider=provider), "500", "Please write.", comment="50_9"), "t")
    assert (call.path, json.loads(call.body)) == (path, {"message": "Please write."})
    assert call.id_of({"id": "50_99"}) == "50_99"


@pytest.mark.parametrize(
    ("field", "more", "thread"),
    [
        ("feed", {"parent_id": "50_1"}, "50_9"),
        ("feed", {"parent_id": "50_4"}, "50_4"),
        ("comments", {}, "50_9"),
        ("comments", {"parent_id": "50_4"}, "50_4"),
        ("mentions", {}, ""),
    ],
)
def test_a_reply_belongs_to_the_thread_of_its_parent(field: str, more: Mapping[str, Any], thread: str) -> None:
    value = {"comment_id": "50_9", "post_id": "50_1", "from": {"id": "77"}, "message": "So", "created_time": 1795599000}
    entry = {"id": "500", "changes": [{"field": field, "value": value | dict(more)}]}
    heard = meta.heard(Fields({"object": "page", "entry": [entry]}))
    assert [each.thread for each in heard.said] == [thread]
