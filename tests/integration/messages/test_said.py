"""Messengers on a running stack, by the door that the providers use: a first message opens a ticket and is acknowledged
where it was written, with every character as it was typed; told five times, it is one message."""

import json
import sys
import time
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from subprocess import run

import pytest

from chalicelib.rules.events import mapping, signatures
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.handles import Handle, Provider
from local.events import saying, secrets
from tests.support.stack.local_stack import HTTP, PATIENCE, Outside, until

WORDS = "Wo ist meine Lampe? Grüße aus Köln 💡👩🏽‍🔧 – „ʃ“"
NORTHLIGHT = "northlight"


def number() -> str:
    return f"49151{uuid.uuid4().int % 10**8:08}"


def tickets(outside: Outside, address: str) -> list[str]:
    """The references of the person's tickets."""
    items = (item for item in outside.items("TICKET#") if item["sk"]["S"] == "TICKET")
    return [item["ref"]["S"] for item in items if _address(item) == address]


def _address(item: dict[str, dict[str, dict[str, dict[str, str]]]]) -> str:
    return item["requester"]["M"].get("address", {}).get("S", "")


def heard(outside: Outside, provider: Provider, who: str) -> list[str]:
    """What we said to them, as the mailbox has it."""
    return shown(outside, (who if provider is not Provider.SMS else f"+{who}").removeprefix("+"))


def shown(outside: Outside, to: str) -> list[str]:
    mails = [mail for mail in outside.mails(to) if "channels.localhost" in mail.to]
    raw = (message_from_bytes(outside.raw(mail), policy=policy.default) for mail in mails)
    return [str(mail.get_content()).strip() for mail in raw]


def words_of(outside: Outside, ref: str) -> list[bytes]:
    """The messages of the ticket's customer, in the bytes that the table keeps."""
    (ticket,) = outside.items(f"TICKET#{ref}", "TICKET")
    said = [ticket["opening"]["M"], *outside.items(f"TICKET#{ref}", "MSG#")]
    return [each["text"]["S"].encode() for each in said if each["author"]["S"] == "customer"]


@pytest.mark.parametrize("provider", Provider)
def test_a_first_message_opens_a_ticket_and_is_acknowledged_there(outside: Outside, provider: Provider) -> None:
    who = number()
    command = [sys.executable, "-m", "local", "say", provider, f"+{who}", WORDS, "--data", str(outside.started.data)]
    said = run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    address = Handle(provider, who).address
    (ref,) = until(lambda: tickets(outside, address), PATIENCE, "ticket")
    (text,) = until(lambda: heard(outside, provider, who), PATIENCE, "acknowledgement in the messenger")
    assert ref in text
    assert "/t/" in text
    assert words_of(outside, ref) == [WORDS.encode()]


def deliver(outside: Outside, source: Source, body: bytes, times: int) -> None:
    """What the provider posts, signed as it signs."""
    stack, url = outside.started.stack, f"{outside.url}/in/{NORTHLIGHT}/{source}"
    key = secrets.read(stack.endpoint, stack.resources[secrets.RESOURCE])[NORTHLIGHT, source].current
    for _ in range(times):
        headers = signatures.sign(source, key, body, "", datetime.now(UTC), url)
        answer = HTTP.request("POST", url, body=body, headers={"Content-Type": "application/json"} | dict(headers))
        assert answer.status == 200, answer.data


def test_a_public_comment_gets_one_reply_below_it(outside: Outside) -> None:
    options = saying.Options(Provider.MESSENGER, number(), "Mine came broken.", outside.started.data, comment=True)
    now = datetime.now(UTC)
    source, body = saying.posted(Provider.MESSENGER, options, now, time.time_ns())
    (comment,) = mapping.heard(source, body, now).said
    deliver(outside, source, body, 2)
    to = f"comment-{comment.id}"
    (text,) = until(lambda: shown(outside, to), PATIENCE, "reply below the comment")
    assert f"/shops/{NORTHLIGHT}/contact" in text
    until(lambda: outside.owes_nothing("TICKET#"), PATIENCE, "end of all mails")
    assert len(shown(outside, to)) == 1


def test_one_event_that_comes_five_times_is_one_message_and_one_acknowledgement(outside: Outside) -> None:
    who = number()
    options = saying.Options(Provider.WHATSAPP, f"+{who}", WORDS, outside.started.data)
    now = datetime.now(UTC)
    source, body = saying.posted(Provider.WHATSAPP, options, now, time.time_ns())
    deliver(outside, source, body, 5)
    assert json.loads(body)["entry"]
    address = Handle(Provider.WHATSAPP, who).address
    (ref,) = until(lambda: tickets(outside, address), PATIENCE, "ticket")
    until(lambda: heard(outside, Provider.WHATSAPP, who), PATIENCE, "acknowledgement in the messenger")
    until(lambda: outside.owes_nothing(f"TICKET#{ref}"), PATIENCE, "end of all mails")
    assert words_of(outside, ref) == [WORDS.encode()]
    assert len(tickets(outside, address)) == len(heard(outside, Provider.WHATSAPP, who)) == 1
