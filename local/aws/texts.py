"""What stands in for AWS End User Messaging SMS: a text message as a mail to read in the mailbox, and the answer to who
sent it."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

TARGET = "PinpointSMSVoiceV2.SendTextMessage"
CONTENT = "application/x-amz-json-1.0"
REFUSAL = json.dumps({"__type": "ThrottlingException", "Message": "Too many requests."}).encode()
DOMAIN = "texts.localhost"
"""A phone number stands before it as the address of its text messages."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text message as a mail, with its sender and recipient, and the answer to the function that sent it."""

    raw: bytes
    sender: str
    recipient: str
    answer: bytes


def as_mail(request: bytes) -> Text:
    """The mail that shows the message of this request."""
    asked, id = json.loads(request), str(uuid.uuid4())
    number, sender = asked["DestinationPhoneNumber"], f"sms@{DOMAIN}"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{asked['OriginationIdentity']} <{sender}>"
    mail["To"] = f"{number}@{DOMAIN}"
    mail["Subject"] = f"SMS to {number}"
    mail["Date"] = datetime.now(UTC)
    mail["Message-ID"] = f"<{id}@{DOMAIN}>"
    mail.set_content(asked["MessageBody"])
    return Text(mail.as_bytes(), sender, f"{number}@{DOMAIN}", json.dumps({"MessageId": id}).encode())
