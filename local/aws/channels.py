"""What stands in for the messengers' APIs: a message of ours as a mail to read in the mailbox, and the answer that its
provider would give."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import parse_qs, quote, unquote

PREFIX = "/channels/"
"""Begins the paths of the messengers; then comes the source."""
CONTENT = "application/json"
REFUSAL = b'{"error": {"code": 131056, "message": "Too many messages."}}'
DOMAIN = "channels.localhost"
# Where a reply to a public comment is posted: Facebook's and Instagram's name.
_UNDER_COMMENTS = ("/comments", "/replies")


@dataclass(frozen=True, slots=True)
class Said:
    """A message as a mail, with its sender and recipient, and the answer to the function that sent it."""

    raw: bytes
    sender: str
    recipient: str
    answer: bytes


def as_mail(path: str, request: bytes) -> Said:
    """The mail that shows the message of this request."""
    source, _, rest = path.removeprefix(PREFIX).partition("/")
    id = str(uuid.uuid4())
    name, to, text, answer = _read(source, rest, request, id)
    mail = EmailMessage(policy=SMTP)
    sender, recipient = f"{name}@{DOMAIN}", f"{to}@{DOMAIN}"
    mail["From"] = f"{name} <{sender}>"
    mail["To"] = recipient
    mail["Subject"] = f"{name} to {to}"
    mail["Date"] = datetime.now(UTC)
    mail["Message-ID"] = f"<{id}@{DOMAIN}>"
    mail.set_content(text)
    return Said(mail.as_bytes(), sender, recipient, json.dumps(answer).encode())


def _read(source: str, path: str, request: bytes, id: str) -> tuple[str, str, str, dict[str, Any]]:
    """The provider, the person, or the comment that is replied to in public, the text, and the answer."""
    if source == "twilio":
        form = parse_qs(request.decode())
        return "sms", form["To"][0], form["Body"][0], {"sid": f"SM{uuid.UUID(id).hex}"}
    said = json.loads(request)
    if source == "telegram":
        number = uuid.UUID(id).int % 10**9
        answer = {"ok": True, "result": {"message_id": number, "chat": {"id": said["chat_id"]}}}
        return "telegram", said["chat_id"], said["text"], answer
    if path.endswith(_UNDER_COMMENTS):
        comment = unquote(path.rpartition("/")[0])
        return "meta", f"comment-{quote(comment, safe='')}", said["message"], {"id": f"{comment}_{id}"}
    if said.get("messaging_product") == "whatsapp":
        to = said.get("to") or said["recipient"]
        return "whatsapp", to, _text(said), {"messages": [{"id": f"wamid.{id}"}]}
    return "meta", said["recipient"]["id"], said["message"]["text"], {"message_id": f"m_{id}"}


def _text(said: dict[str, Any]) -> str:
    """The text of a message of WhatsApp. WhatsApp alone knows a template's: its name stands for it."""
    if said["type"] != "template":
        return str(said["text"]["body"])
    template = said["template"]
    values = [value["text"] for part in template.get("components", ()) for value in part["parameters"]]
    return "\n".join((f"[{template['name']}, {template['language']['code']}]", *values))
