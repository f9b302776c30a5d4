"""What is posted to each provider to send a message, and what its answer says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from chalicelib.rules.events.messages.said import OURS
from chalicelib.rules.identity.handles import Provider
from chalicelib.services.ports.messages.channels import Outgoing

_JSON = {"Content-Type": "application/json"}
# Graph API: the token has expired, was withdrawn or is not valid.
_TOKEN_CODES = (190, 102)


@dataclass(frozen=True, slots=True)
class Call:
    """`provider`: whose form the answer has."""

    provider: Provider
    path: str
    body: bytes
    headers: Mapping[str, str]

    def id_of(self, said: Any) -> str:
        """The message's id, as the provider's statuses and echoes name it."""
        match self.provider:
            case Provider.WHATSAPP:
                found = _at(said, "messages", 0, "id")
            case Provider.TELEGRAM:
                chat, number = _at(said, "result", "chat", "id"), _at(said, "result", "message_id")
                found = f"{chat}/{number}" if chat and number else ""
            case Provider.SMS:
                found = _at(said, "sid")
            case _:
                found = _at(said, "message_id") or _at(said, "id")  # a comment has only an id
        return str(found or "")[:300]

    def code_of(self, said: Any) -> str:
        """The provider's code of an error."""
        code = _at(said, "error", "code") or _at(said, "error_code") or _at(said, "code")
        return str(code)[:20] if isinstance(code, int) else ""

    def names_token(self, said: Any) -> bool:
        return _at(said, "error", "code") in _TOKEN_CODES


def sending(message: Outgoing, token: str) -> Call:
    """The request that sends this message. `token`: of Twilio "account SID:auth token"."""
    who, text = message.to, message.text
    bearer = {"Authorization": f"Bearer {token}"}
    if who.provider is Provider.TELEGRAM:
        return _json(who.provider, f"/bot{token}/sendMessage", {"chat_id": who.id, "text": text}, {})
    if who.provider is Provider.SMS:
        account, _, ours = message.account.partition("/")
        form = urlencode({"To": who.number, "From": ours, "Body": text}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **urllib3.make_headers(basic_auth=token)}
        return Call(who.provider, f"/2010-04-01/Accounts/{account}/Messages.json", form, headers)
    path = f"/{message.account}/messages"
    if who.provider is Provider.WHATSAPP:
        to = {"to": who.id} if who.number else {"recipient": who.id}
        said = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
        return _json(who.provider, path, said | message.of_whatsapp(), bearer)
    if message.comment:
        edge = "comments" if who.provider is Provider.MESSENGER else "replies"
        return _json(who.provider, f"/{quote(message.comment, safe='')}/{edge}", {"message": text}, bearer)
    type = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if message.tagged else {"messaging_type": "RESPONSE"}
    content = {"text": text} | ({"metadata": OURS} if who.provider is Provider.MESSENGER else {})
    return _json(who.provider, path, {"recipient": {"id": who.id}, "message": content, **type}, bearer)


def _json(provider: Provider, path: str, said: Mapping[str, Any], headers: Mapping[str, str]) -> Call:
    return Call(provider, path, json.dumps(said, ensure_ascii=False).encode(), _JSON | dict(headers))


def _at(said: Any, *path: str | int) -> Any:
    for name in path:
        if isinstance(said, dict) and isinstance(name, str):
            said = said.get(name)
        elif isinstance(said, list) and isinstance(name, int) and name < len(said):
            said = said[name]
        else:
            return None
    return said
