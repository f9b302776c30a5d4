"""What happens automatically: mails are sent or refused, and time passes."""

import json

from tests.support.agents import TOM
from tests.unit.rights.acting import FACES, LONG, PERMANENT, agent, opened
from tests.unit.rights.scenes.stage import Stage, queued, stream


def mail_out(stage: Stage) -> None:
    """The mail service refuses mails, loses mails, and sends events about them; the stream delivers an item twice."""
    ref = opened(stage, "gone@example.com", "Broken.")
    for kind, more in (
        ("Send", {}),
        ("Bounce", {"bounce": PERMANENT}),
        ("Complaint", {"complaint": {"complainedRecipients": [{"emailAddress": "gone@example.com"}]}}),
    ):
        stage.told(kind, "gone@example.com", **more)
    agent(stage)("answer", ref, text="It comes.")
    brought = stage.owing()
    for _ in range(2):
        stage.run("send_mail", stream(brought, "MODIFY"))
    stage.told("Bounce", "gone@example.com", bounce=PERMANENT)
    for function in ("send_mail", "escalate_overdue"):
        refused = opened(stage, f"refused@{function}.example", "Broken.")
        with stage.refused("MessageRejected"):
            agent(stage)("answer", refused, text="It comes.")
            stage.brings(function)


def proven(stage: Stage) -> None:
    """The sender of a final answer is killed after the mail service accepted the mail; the event reports it."""
    ref = opened(stage, "mira@example.com", "Broken.")
    agent(stage)("conclude", ref, outcome="upheld", text="You are right.")
    (owing,), before = stage.owing(), len(stage.sent("mira@example.com"))
    tags = {"ref": [ref], "message": [owing["id"]["S"]], "purpose": ["final_answer"]}
    about = {"messageId": "proven", "destination": ["mira@example.com"], "tags": tags}
    stage.run("note_delivery", queued(json.dumps({"eventType": "Send", "mail": about})))
    stage.flows()
    assert stage.store.item_of_sent("proven")
    assert len(stage.sent("mira@example.com")) == before


def time_passes(stage: Stage) -> None:
    """Promises are due, on several tickets at once; owners get their digest."""
    concluded = opened(stage, "concluded@example.com", "Broken.")
    stage.arrives(stage.mail("second@example.com", "Broken as well."))
    referred = opened(stage, "referred@example.com", "Broken, too.")
    agent(stage)("refer", referred, to="swiftparcel", facts="order_number", text="Where is it?")
    agent(stage)("conclude", concluded, outcome="upheld", text="You are right.")
    stage.flows()
    for days in (1, 3, 7, 30):
        stage.clock.advance(days=days)
        stage.run("escalate_overdue", {})
        stage.run("send_digests", {})
        stage.flows()
    assert stage.sent(TOM)


def days_close(stage: Stage) -> None:
    """The days of the published record are closed, once an hour."""
    ref = opened(stage, "counted@example.com", "Broken.")
    agent(stage)("answer", ref, text="It comes.")
    stage.clock.advance(days=2, minutes=60 - stage.clock().minute)
    stage.run("escalate_overdue", {})
    stage.flows()
    assert stage.store.latest_root("northlight")


def without_the_stream(stage: Stage) -> None:
    """Due work does what the stream did not: mails of every kind with their effects and files."""
    for number in range(3):
        stage.arrives(stage.mail(f"mira{number}@example.com", LONG))
    stage.brings("escalate_overdue")
    first, second, _ = stage.refs()
    agent(stage)("change", first, kind="warranty", topic="faulty")
    agent(stage)("ask", first, text="Which one?")
    agent(stage)("answer", second, text=FACES)
    stage.brings("escalate_overdue")
    agent(stage)("conclude", second, outcome="upheld", text="You are right.", anyway="true")
    for days in (0, 3, 7, 30):
        stage.clock.advance(days=days)
        for _ in range(3):
            stage.brings("escalate_overdue")
