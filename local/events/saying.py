"""Plays a messenger's user: `python -m local say whatsapp "+4915112345678" "Where is my lamp?"` posts what the provider
would post, signed as it signs. With `--comment` the words stand in public, below what the shop itself shows."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity import phones
from chalicelib.rules.identity.handles import Provider
from local import clock, state
from local.events import door
from local.events.door import NotPosted
from local.events.posting import described

_PAGE = "500000000000001"
_POST = f"{_PAGE}_1"
_PUBLIC = (Provider.MESSENGER, Provider.INSTAGRAM)
"""In whose networks people comment in public, where Meta tells of it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. `who`: a telephone number, or the provider's id."""

    provider: str
    who: str
    text: str
    data: Path
    shop: str = ""
    name: str = "Mira Holm"
    comment: bool = False


def main(options: Options) -> int:
    """Post the message; print the status and the answer. Returns 0 if it was taken."""
    return door.told(lambda: said(options))


def said(options: Options) -> tuple[int, str]:
    """The status and the body of the stack's answer. Raises NotPosted and NotRunning."""
    if options.provider not in set(Provider):
        raise NotPosted(f"There is no messenger {options.provider!r}. There are: {', '.join(Provider)}.")
    if options.comment and options.provider not in _PUBLIC:
        raise NotPosted(f"Comments are played for these only: {', '.join(_PUBLIC)}.")
    stack, provider = state.running(options.data), Provider(options.provider)
    now = clock.moved("", options.data)
    source, body = posted(provider, options, now, time.time_ns())
    url, secret = door.found(stack, source, options.shop)
    return door.post(url, body, signatures.sign(source, secret, body, "", now, url) | described(source, "", ""))


def posted(provider: Provider, options: Options, at: datetime, number: int) -> tuple[Source, bytes]:
    """The source and the body that this provider posts. `number`: makes the message's id."""
    who = phones.whole(options.who) if options.who.startswith("+") else ""  # no provider writes spaces into a number
    plain, seconds = (who or options.who).removeprefix("+"), int(at.timestamp())
    if provider is Provider.SMS:
        form = {"MessageSid": f"SM{number:032x}"[-34:], "AccountSid": "AC1", "From": f"+{plain}", "To": "+493023125014"}
        return Source.TWILIO, urlencode(form | {"Body": options.text, "NumMedia": "0"}).encode()
    if provider is Provider.TELEGRAM:
        by = {"id": plain, "is_bot": False, "first_name": options.name}
        chat = {"id": plain, "type": "private"}
        message = {"message_id": number, "from": by, "chat": chat, "date": seconds, "text": options.text}
        return Source.TELEGRAM, _json({"update_id": number, "message": message})
    return Source.META, _json(_of_meta(provider, plain, options, seconds, number))


def _of_meta(provider: Provider, plain: str, options: Options, seconds: int, number: int) -> dict[str, Any]:
    if provider is Provider.WHATSAPP:
        whose = {"wa_id": plain} if plain.isdigit() else {"user_id": plain}
        sender = {"from": plain} if plain.isdigit() else {"from_user_id": plain}
        text = {"type": "text", "text": {"body": options.text}}
        value = {
            "messaging_product": "whatsapp", "metadata": {"phone_number_id": _PAGE},
            "contacts": [{"profile": {"name": options.name}, **whose}],
            "messages": [{"id": f"wamid.{number}", "timestamp": str(seconds), **sender, **text}],
        }  # fmt: skip
        change = {"field": "messages", "value": value}
        return {"object": "whatsapp_business_account", "entry": [{"id": _PAGE, "changes": [change]}]}
    object = "page" if provider is Provider.MESSENGER else "instagram"
    if options.comment:
        change = _comment(provider, plain, options, seconds, number)
        return {"object": object, "entry": [{"id": _PAGE, "time": seconds, "changes": [change]}]}
    event = {
        "sender": {"id": plain}, "recipient": {"id": _PAGE}, "timestamp": seconds * 1000,
        "message": {"mid": f"m_{number}", "text": options.text},
    }  # fmt: skip
    return {"object": object, "entry": [{"id": _PAGE, "time": seconds * 1000, "messaging": [event]}]}


def _comment(provider: Provider, plain: str, options: Options, seconds: int, number: int) -> dict[str, Any]:
    """Instagram's comments have no moment of their own."""
    if provider is Provider.INSTAGRAM:
        media = {"id": "17900000000000001", "media_product_type": "FEED"}
        by = {"id": plain, "username": options.name}
        return {"field": "comments", "value": {"id": str(number), "from": by, "media": media, "text": options.text}}
    value = {
        "item": "comment", "verb": "add", "post_id": _POST, "parent_id": _POST, "comment_id": f"{_POST}_{number}",
        "from": {"id": plain, "name": options.name}, "message": options.text, "created_time": seconds,
    }  # fmt: skip
    return {"field": "feed", "value": value}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
