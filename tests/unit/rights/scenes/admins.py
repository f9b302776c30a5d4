"""What admins run at the console, and what runs hourly and daily."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import boto3

from chalicelib.aws.clients import client
from chalicelib.services.ports.tickets import Draft
from deploy import test_events
from tests.support.agents import TOM
from tests.unit.rights import policies
from tests.unit.rights.acting import LONG, PERMANENT, agent, closed, opened, report
from tests.unit.rights.scenes.stage import CARE, Stage, now, queued

DAYS = {"from": "2026-11-24", "to": "2026-11-26"}
OF_DAYS: dict[str, Any] = DAYS | {"shop": "northlight"}
# For a run with only enough time to store its progress.
SHORT = 30_000
DESTROYING = ("erase_subject", "purge_expired", "rectify_subject", "release_from_quarantine")


def admins(stage: Stage) -> None:
    """Run everything that admins run at the console, with the events that it offers."""
    ref = opened(stage, "mira.holm@example.com")
    opened(stage, "trap@example.com", "Buy this.", failed=("spam",))
    other = opened(stage, "kim@example.com", "Ask mira.holm@example.com.")
    agent(stage)("merge", other, into=ref, anyway="true")
    stage.arrives(report(stage.sent("mira.holm@example.com")[-1].id, "mira.holm@example.com"))
    ours = DAYS | {"reference": ref}
    for function in test_events.functions():
        for event in test_events.events(function).values():
            if function not in (*DESTROYING, "act_on_ticket", "escalate_overdue", "send_digests"):
                stage.run(function, event | {name: value for name, value in ours.items() if name in event})
    quarantined = stage.refs("trap@example.com")[0]
    assert stage.run("release_from_quarantine", {"shop": "northlight", "reference": quarantined})["released"]
    for event in test_events.events("rectify_subject").values():
        assert stage.run("rectify_subject", event)["corrected"]


def exports(stage: Stage) -> None:
    """Exports of every kind, finished at once, in many runs, and after a killed run."""
    opened(stage, "mira@example.com")
    opened(stage, "kim@example.com", "Ask mira@example.com.")
    events: dict[str, list[dict[str, Any]]] = {
        "export_tickets": [OF_DAYS | {"format": form, "messages": True} for form in ("csv", "jsonl", "xlsx")],
        "export_audit": [OF_DAYS],
        "export_subject": [{"shop": "northlight", "email": "mira@example.com"}],
    }
    for function, asked in events.items():
        for event in asked:
            assert not stage.run(function, event, SHORT)["finished"]
            with failing("UploadPart"), suppress(ConnectionError):
                stage.run(function, event)
            stage.clock.advance(minutes=5)
            for _ in range(2):
                assert stage.run(function, event)["finished"]
    stage.run("report", OF_DAYS | {"recount": True})
    assert stage.run("reindex", DAYS, SHORT)["goes_on"] in (True, False)
    assert stage.run("reindex", DAYS)["indexed"] == 2
    rectified = {"shop": "northlight", "email": "mira@example.com", "name": "Mira Holm-Sander"}
    assert stage.run("rectify_subject", rectified, SHORT)["goes_on"] in (True, False)


def undelivered_mails(stage: Stage) -> None:
    """Unread mails, unread events and dead letters are requeued, hourly and by hand."""
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    s3.put_object(Bucket=policies.name("MailBucket"), Key="raw/forgotten", Body=b"From: x")
    s3.put_object(Bucket=policies.name("MailBucket"), Key="hooks/northlight/own/forgotten", Body=b"{}")
    for _ in range(2):
        for queue in ("MailDeadLetters", "HookDeadLetters", "DeliveryDeadLetters", "SendMailDeadLetters"):
            sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=policies.name(queue))["QueueUrl"], MessageBody="{}")
        with stage.at(now()):
            found = stage.run("reconcile", {})
        assert (found["put_back"], found["redriven"]) == (2, 2)
    letters = {"receipt": {"recipients": [CARE], "action": {"type": "S3", "objectKey": "raw/none"}}}
    with suppress(Exception):
        stage.run("receive_mail", queued(json.dumps({"notificationType": "Received"} | letters), 4))
    for queue in ("MailDeadLetters", "HookDeadLetters"):
        put = sqs.get_queue_url(QueueName=policies.name(queue))["QueueUrl"]
        sqs.send_message(QueueUrl=put, MessageBody="{}")
    assert stage.run("redrive", {})["put_back"] == {
        "mail": 1,
        "hooks": 1,
        "delivery": 1,
        "send_mail": 0,
        "index_words": 0,
        "runs": 0,
    }


def purge(stage: Stage) -> None:
    """Closed tickets past their retention are deleted with exports, raw mails, files and all index entries."""
    ref = closed(stage, "mira@example.com")
    closed(stage, "kim@example.com", "Short.")
    stage.told("Bounce", "mira@example.com", bounce=PERMANENT)
    exported(stage)
    stage.run("place_legal_hold", {"shop": "northlight", "reference": ref, "reason": "A court asked for it"})
    stage.clock.advance(days=60)
    for _ in range(3):  # review requests are over, too
        stage.run("escalate_overdue", {})
        stage.flows()
    stage.clock.advance(days=5 * 366)
    assert stage.run("lift_legal_hold", {"shop": "northlight", "reference": ref, "reason": "The case is closed"})[
        "done"
    ]
    stage.run("purge_expired", {"dry_run": True})
    stage.run("purge_expired", {}, SHORT)
    with failing("ListObjectVersions"):
        stage.run("purge_expired", {})
    stage.clock.advance(days=3)
    assert not stage.run("health", {})["healthy"]
    assert stage.run("purge_expired", {})["purged"] == 2


def erase(stage: Stage) -> None:
    """A person is erased: their own tickets are deleted, and they are removed from others' tickets."""
    closed(stage, "mira@example.com")
    stage.told("Bounce", "mira@example.com", bounce=PERMANENT)
    theirs = closed(stage, "kim@example.com", f"Ask mira@example.com.\n{LONG}")
    sent = stage.sent("kim@example.com")[0]
    stage.arrives(stage.mail("mira@example.com", f"I am mira@example.com.\n{LONG}", sent.reply_to), sent.reply_to)
    stage.flows()
    agent(stage)("close", theirs, outcome="settled", reason="By telephone.")
    stage.arrives(report(stage.sent("kim@example.com")[-1].id, "kim@example.com"))
    stage.flows()
    stage.store.save_draft(
        Draft(theirs, TOM, "Ask mira@example.com.", stage.clock()), stage.clock.at + timedelta(days=9)
    )
    stage.brings("escalate_overdue")  # waiting notifications that go together with others
    exported(stage)
    asked = {"shop": "northlight", "email": "mira@example.com", "confirm": "mira@example.com", "reason": "By letter"}
    stage.run("erase_subject", asked | {"dry_run": True})
    stage.run("erase_subject", asked, SHORT)
    done = stage.run("erase_subject", asked)
    assert (done["deleted"], done["anonymised"], done["complete"]) == (1, 1, True), done


def exported(stage: Stage) -> None:
    """A finished export and an unfinished one."""
    event = OF_DAYS | {"format": "jsonl", "messages": True}
    stage.run("export_tickets", event)
    stage.run("export_tickets", event | {"format": "csv"}, SHORT)


@contextmanager
def failing(operation: str) -> Iterator[None]:
    """Inside this block, the bucket fails at this operation."""

    def fail(**_: Any) -> None:
        raise ConnectionError

    events = client("s3").meta.events
    events.register(f"before-call.s3.{operation}", fail)
    yield
    events.unregister(f"before-call.s3.{operation}", fail)
