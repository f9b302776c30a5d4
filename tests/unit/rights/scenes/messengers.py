"""People write by messengers, with a file and without; they are answered there, and one answer does not arrive."""

import json
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse
from moto.s3.models import s3_backends

from chalicelib import wiring
from chalicelib.aws.clients import client
from chalicelib.external.channels import Channels
from chalicelib.rules.events.sources import Source
from chalicelib.rules.tickets.messages import Channel, Person
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.ports.messages.channels import Fetched
from chalicelib.services.tickets import links
from tests.support.events.bodies import Hook, hook
from tests.support.web.visitors import press
from tests.unit.rights import policies
from tests.unit.rights.scenes.events import keys, post, receives
from tests.unit.rights.scenes.stage import Stage, queued

SAID = ActionInput({"text": "It comes tomorrow."}, Person("Ada Lindqvist", "ada@northlight.example"))


def messengers(stage: Stage) -> None:
    numbers = count(1)

    def send(channels: Any, *_: object) -> str:
        channels._keys()
        return f"out-{next(numbers)}"

    def fetch(channels: Any, *_: object) -> Fetched:
        channels._keys()
        return Fetched(b"a picture", "image/jpeg")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Channels, "send", send)
        patched.setattr(Channels, "fetch", fetch)
        came(stage, hook(Source.META, "whatsapp_image"))
        stage.flows()
        came(stage, hook(Source.META, "whatsapp_text"))
        came(stage, hook(Source.META, "whatsapp_sticker"))
        came(stage, hook(Source.META, "whatsapp_echo"))
        acting.act(wiring.deps(), wiring.deps().policy.shop("northlight"), ref(stage), "answer", SAID, "said")
        stage.flows()
        stage.run("export_subject", {"shop": "northlight", "email": "whatsapp:+4915123456789"})
        failed = {
            "id": f"out-{next(numbers) - 1}",
            "status": "failed",
            "timestamp": str(int(stage.clock().timestamp())),
        }
        for status in (failed | {"status": "delivered", "id": "out-1"}, failed):
            came(stage, replace(hook(Source.META, "whatsapp_statuses"), body=statuses(status)))
        came(stage, hook(Source.TELEGRAM, "message"))
        stage.clock.advance(minutes=3)
        stage.run("escalate_overdue", {})
        stage.flows()
        gives_an_address(stage)


def gives_an_address(stage: Stage) -> None:
    """Who wrote by Telegram gives a mail address on their page, and confirms it."""
    deps = wiring.deps()
    found = [str(each["ref"]["S"]) for each in stage.items() if each["sk"]["S"] == "TICKET"]
    tickets = [each for each in deps.tickets.find_tickets(found) if each.channel is Channel.TELEGRAM]
    page = links.status_url(deps, tickets[0])
    assert stage.browser.get(page).status_code == 200
    assert stage.browser.form({"email": "ines@example.com"}, f"{page}/email").status_code == 303
    stage.flows()
    link = stage.sent("ines@example.com")[-1].link("/e/")
    assert press(stage.browser, link).status_code == 303
    assert stage.browser.get(link).status_code == 200
    stage.flows()


def by_aws(stage: Stage) -> None:
    """Text messages and WhatsApp by AWS's topic, one with a picture: answers go out at once, and by the clock what was
    refused."""
    answers = {
        "pinpoint-sms-voice-v2": b'{"MessageId": "862a8790-60c0-4430-9b2b-658bdexample"}',
        "socialmessaging": b'{"messageId": "wa-9"}',
    }
    failing = [True, True]

    def answered(request: Any, **_: Any) -> AWSResponse:
        if request.url.endswith("/media/get"):
            to = json.loads(request.body)["destinationS3File"]
            put = s3_backends[policies.ACCOUNT]["aws"].put_object
            put(to["bucketName"], f"{to['key']}400.jpeg", b"a picture")
            return AWSResponse(request.url, 200, HTTPHeaders(), MockRawResponse(b'{"mimeType": "image/jpeg"}'))
        if failing:
            failing.pop()
            throttled = b'{"__type": "AccessDeniedException"}'
            return AWSResponse(request.url, 400, HTTPHeaders(), MockRawResponse(throttled))
        body = answers["socialmessaging" if "social" in request.url else "pinpoint-sms-voice-v2"]
        return AWSResponse(request.url, 200, HTTPHeaders(), MockRawResponse(body))

    for service in answers:
        client(service).meta.events.register_first("before-send", answered)
    for name in ("text", "whatsapp_text", "whatsapp_image"):
        published(stage, name)
    stage.brings("send_mail")
    stage.clock.advance(minutes=10)
    stage.run("escalate_overdue", {})
    for name in ("text_delivered", "text_unreachable"):
        published(stage, name)


def published(stage: Stage, name: str) -> None:
    told = {"Type": "Notification", "Message": hook(Source.AWS, name).body.decode()}
    stage.run("receive_event", queued(json.dumps(told)))


def ref(stage: Stage) -> str:
    return next(str(each["ref"]["S"]) for each in stage.items() if each["sk"]["S"] == "TICKET")


def came(stage: Stage, each: Hook) -> None:
    assert post(stage, each) == 200
    receives(stage, keys()[0])


def statuses(status: dict[str, str]) -> bytes:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "200000000000001"}, "statuses": [status]}
    entry = {"id": "300000000000001", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
