"""Agents at the console and at the desk, and the tickets they act on."""

from collections.abc import Callable
from typing import Any

from tests.support.agents import ADA
from tests.support.web.visitors import Visitor
from tests.unit.rights.scenes.stage import Stage

LONG = "The shade is cracked, from the rim down to the socket.\n" * 1200
# Bytes for four times as many characters as an agent may write: more than the table accepts.
FACES = "🙂" * 17_000
PERMANENT = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "mira@example.com"}]}

Do = Callable[..., Any]


def agent(stage: Stage, address: str = ADA, shop: str = "northlight") -> Do:
    """An agent at the console."""

    def do(action: str, ref: str, **fields: Any) -> Any:
        event = {"shop": shop, "reference": ref, "agent": address, "action": action}
        return stage.run("act_on_ticket", event | fields)["done"]

    return do


def at_desk(visitor: Visitor) -> Do:
    """The same agent with a browser."""
    numbers = iter(range(1000))

    def do(action: str, ref: str, **fields: Any) -> Any:
        facts = {f"fact-{name}": "on" for name in fields.pop("facts", "").split()}
        answer = visitor.post(f"/desk/t/{ref}/{action}", {"idempotency_key": str(next(numbers))} | fields | facts)
        assert answer.status_code == 303, answer.body.decode()
        return "done=nothing" not in answer.headers["Location"]

    return do


def opened(stage: Stage, address: str, text: str = LONG, **headers: Any) -> str:
    """A ticket by mail with a long text, a file and its raw mail; its mails were sent, and its customer has
    answered."""
    stage.arrives(stage.mail(address, text), **headers)
    stage.flows()
    ref = stage.refs(address)[-1]
    if sent := stage.sent(address):
        stage.arrives(stage.mail(address, text, sent[-1].reply_to), sent[-1].reply_to)
    stage.flows()
    return ref


def closed(stage: Stage, address: str, text: str = LONG) -> str:
    """A closed ticket with everything that a ticket can have."""
    ref = opened(stage, address, text)
    agent(stage)("close", ref, outcome="settled", reason="By telephone.")
    stage.flows()
    return ref


def report(id: str, recipient: str) -> bytes:
    """A delivery report as a mail server writes it."""
    return (
        "From: mailer-daemon@mx.example\r\nTo: care@help.northlight.example\r\nSubject: UndeliveredMail\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: <{id}@eu-central-1.amazonses.com>\r\n\r\nx\r\n--b--\r\n"
    ).encode()
