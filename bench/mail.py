"""The time to read a mail: the most frequent kinds, and the largest and most complicated of the usual ones. The mails
are created here, always the same: a plain reply, an HTML reply with quotes, a large attachment, a bounce."""

import email
import random
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial

from bench.figures import Figure, timed
from chalicelib.mail import reading
from tests.support import samples
from tests.support.store.fakes import written

FLOOR = "email.message_from_bytes of the same bytes"
ATTACHED = 3_000_000
QUOTES = 4
ANSWER = "Dear Mira, we are sorry about the shade and send a new one today. Ada"
BOUNCE = f"""\
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: care@help.northlight.example
Subject: UndeliveredMail Mail Returned to Sender
Date: Wed, 25 Nov 2026 09:31:00 +0000
Message-ID: <bounce@mx.example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered to one or more recipients.

<mira@example.com>: host mx.example.com said: 550 5.1.1 User unknown (in reply to RCPT TO command)

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Wed, 25 Nov 2026 09:30:58 +0000

Final-Recipient: rfc822; mira@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--=_b
Content-Type: message/rfc822

From: Northlight <care@help.northlight.example>
To: mira@example.com
Subject: We have your message [NL-7K3F9-QXMT2]
Message-ID: <0100-000000@eu-central-1.amazonses.com>
Content-Type: text/plain; charset=utf-8

{samples.WORDS}

--=_b--
"""


def figures() -> Iterator[Figure]:
    bounce = email.message_from_string(BOUNCE)
    mails = [
        ("plain reply", plain(), 25),
        ("HTML reply", html(), 27),
        ("attachment", attachment(), 0.6),
        ("bounce", bounce, 6),
    ]
    for name, mail, bound in mails:
        raw = mail.as_bytes()
        size = f"{len(raw) / 1000:.0f} KB"
        yield timed(f"{name}, {size}", partial(reading.read, raw), partial(email.message_from_bytes, raw), bound)


def plain() -> EmailMessage:
    text = "\n".join(f"> {line}" for line in [ANSWER, "", *samples.WORDS.split(". ")])
    return _reply(f"Thank you, that would be very kind.\n\nMira\n\nOn 25 Nov 2026, Northlight wrote:\n{text}\n")


def html() -> EmailMessage:
    """As webmail writes it: each mail in a quote inside the quote of the next."""
    thread = ""
    for number in range(QUOTES):
        words = "".join(f"<div dir='ltr'>{sentence}.</div><div><br></div>" for sentence in samples.WORDS.split(". "))
        line = f"<div class='gmail_attr'>On {number + 1} Nov 2026, &lt;care@northlight.example&gt; wrote:<br></div>"
        quote = f"<blockquote class='gmail_quote' style='border-left:1px solid #ccc'>{thread}</blockquote>"
        thread = f"<div>{words}</div>" + (f"<br><div class='gmail_quote'>{line}{quote}</div>" if thread else "")
    mail = plain()
    mail.add_alternative(f"<html><body>{thread}</body></html>", subtype="html")
    return mail


def attachment() -> EmailMessage:
    mail = plain()
    photograph = random.Random(1).randbytes(ATTACHED)
    mail.add_attachment(photograph, maintype="image", subtype="jpeg", filename="shade.jpg")
    return mail


def _reply(text: str) -> EmailMessage:
    ids = {"In_Reply_To": "<0100-000000@eu-central-1.amazonses.com>", "Date": "Wed, 25 Nov 2026 10:30:00 +0100"}
    return written(subject="Re: We have your message [NL-7K3F9-QXMT2]", text=text, **ids)
