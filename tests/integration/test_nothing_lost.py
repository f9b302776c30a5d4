"""No mail is lost: a poisoned mail among others, a mail whose bytes come late, a thousand mixed mails while workers are
killed. Each gets one outcome, and the day's reconciliation adds up."""

import collections
import contextlib
import json
import os
import re
import signal
import smtplib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from local.aws import emulator
from local.web import workers
from tests.support.stack.local_stack import Outside, form, someone, until, written
from tests.support.store.whole import WholeStore

CARE = "care@help.northlight.example"
CLIENTS = 8
# As app.py and resources.yaml state them.
BATCH, VISIBILITY = 5, 120
# A killed worker's mails come again after the visibility timeout; the rest is slowness of this machine.
PATIENCE = VISIBILITY + 600
# How many of the thousand come twice.
AGAIN = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail to be sent. `outcomes`: its possible outcomes; `mark`: words in its subject that no other mail has."""

    kind: str
    raw: bytes
    sender: str
    recipient: str
    outcomes: tuple[str, ...]
    mark: str


class TestPoison:
    def test_one_poisoned_mail_among_fifty_delays_none_and_ends_as_a_ticket(self, outside: Outside) -> None:
        """It refers to a ticket with a damaged item, so receiving it fails each time."""
        poison = _plain(In_Reply_To=f"<{_damaged_ticket(outside)}@eu-central-1.amazonses.com>")
        others = [_plain() for _ in range(49)]
        keys = _send_all(outside, [*others[:10], poison, *others[10:]])
        key = keys.pop(10)
        _acknowledged_before_it_is_tried_again(outside, others, keys)
        assert _outcomes(outside, [key]) == {}
        second, third, last = (_received_by_hand(outside, key, attempt) for attempt in (2, 3, 4))
        assert second == third == {"batchItemFailures": [{"itemIdentifier": key}]}
        assert last == {"batchItemFailures": []}
        assert _outcomes(outside, [key]) == {key: "opened"}
        shown = outside.message(outside.mail_to(poison.sender))["Text"]
        assert "could not read" in shown
        assert _original(outside, shown) == _raw(outside, key)
        assert _raw(outside, key).endswith(poison.raw)

    def test_a_mail_whose_bytes_come_late_delays_none_and_is_received_in_the_end(self, outside: Outside) -> None:
        late, others = _plain(), [_plain() for _ in range(49)]
        key = f"raw/late-{uuid.uuid4().hex}"
        stack, sns = outside.started.stack, emulator.client("sns", outside.started.stack.endpoint)
        notice = json.dumps(_notice(key))
        keys = _send_all(outside, others[:20])
        sns.publish(TopicArn=stack.resources["MailTopic"], Message=notice)
        keys += _send_all(outside, others[20:])
        _acknowledged_before_it_is_tried_again(outside, others, keys)
        # Even the last attempt can do nothing without the bytes. It records no outcome: once they exist, a dead letter
        # or the reconciliation of the bucket brings the mail.
        assert _received_by_hand(outside, key, 3) == {"batchItemFailures": [{"itemIdentifier": key}]}
        assert _received_by_hand(outside, key, 4) == {"batchItemFailures": []}
        assert _outcomes(outside, [key]) == {}
        sqs = emulator.client("sqs", stack.endpoint)
        dead = json.dumps({"Type": "Notification", "Message": notice})
        sqs.send_message(QueueUrl=stack.resources["MailDeadLetters"], MessageBody=dead)
        _s3(outside).put_object(Bucket=stack.resources["MailBucket"], Key=key, Body=late.raw)
        assert _reconciled(outside)["redriven"] >= 1
        outside.mail_to(late.sender)
        until(lambda: _outcomes(outside, [key]) == {key: "opened"}, PATIENCE, "outcome")


@pytest.mark.timeout(2 * PATIENCE + 120)
def test_the_reconciliation_of_a_thousand_mixed_mails_adds_up_with_two_killed_workers(outside: Outside) -> None:
    posted = list(_mixed(_reply_addresses(outside, 10)))
    assert len(posted) == 1000
    began = time.monotonic()
    keys = _send_all(outside, posted, {400: lambda: _kill_one(outside), 700: lambda: _kill_one(outside)})
    sent = time.monotonic()
    outcomes = _every_outcome(outside, keys)
    print(f"sent in {sent - began:.0f} s, every outcome {time.monotonic() - sent:.0f} s after that")

    # The same bucket contains other tests' mails and orders' events; killed workers may hold some of them.
    reconciliation = until(
        lambda: _closed(_reconciled(outside)["reconciliations"]), PATIENCE, "reconciliation that closes"
    )
    received = reconciliation.pop("received")
    assert received == sum(reconciliation.values()) == len(_raw_keys(outside, "raw/", "hooks/"))
    _each_has_the_outcome_it_should(posted, keys, outcomes)
    opened = collections.Counter(mark for subject in _subjects(outside) for mark in re.findall(r"mark\w{32}", subject))
    assert {
        mark: opened[mark] for mark in {mail.mark for mail in posted if mail.kind != "reply"} if opened[mark] != 1
    } == {}
    assert sum(opened[mail.mark] for mail in posted if mail.kind == "reply") == 0


def _each_has_the_outcome_it_should(posted: Sequence[Posted], keys: Sequence[str], outcomes: dict[str, str]) -> None:
    others = [
        (mail.kind, outcomes[key]) for mail, key in zip(posted, keys, strict=True) if outcomes[key] not in mail.outcomes
    ]
    # A worker killed between ticket and outcome finds the ticket at its next attempt.
    assert {outcome for _, outcome in others} <= {"duplicate"}, collections.Counter(others)
    assert len(others) <= 2 * BATCH
    twice = collections.defaultdict[str, list[str]](list)
    for mail, key in zip(posted, keys, strict=True):
        twice[mail.mark].append(outcomes[key])
    pairs = [found for found in twice.values() if len(found) == 2]
    assert len(pairs) == AGAIN
    assert all("duplicate" in found for found in pairs)


# The mails ----------------------------------------------------------------------------------------------------------


def _mixed(reply_addresses: Sequence[tuple[str, str]]) -> Iterator[Posted]:
    """A thousand mails of mixed kinds; each duplicate comes some time after the mail that it repeats."""
    made: dict[Callable[[], Posted], int] = {
        _plain: 200,
        _automatic: 150,
        _newsletter: 100,
        _report: 100,
        lambda: _judged("spam"): 30,
        lambda: _judged("virus"): 20,
        _without_from: 25,
        _without_id: 25,
        _broken_charset: 25,
        _html: 25,
    }
    singles = [make() for make, count in made.items() for _ in range(count)]
    replies = [_reply(*reply_addresses[number % len(reply_addresses)]) for number in range(100)]
    again = [Posted("again", m.raw, m.sender, m.recipient, ("duplicate", "opened"), m.mark) for m in singles[:AGAIN]]
    singles[:AGAIN] = [Posted(m.kind, m.raw, m.sender, m.recipient, again[0].outcomes, m.mark) for m in singles[:AGAIN]]
    everything = [*singles, *replies]
    # 7 does not divide 800, so each comes once.
    mixed = [everything[number * 7 % len(everything)] for number in range(len(everything))]
    yield from mixed[:750]
    yield from again
    yield from mixed[750:]


def _mail(
    subject: str = "A question", text: str = "Where is my lamp?", **headers: str
) -> tuple[EmailMessage, str, str]:
    sender, mark = someone(), f"mark{uuid.uuid4().hex}"
    return written(sender, CARE, f"{subject} {mark}", f"{text}\n", **headers), sender, mark


def _plain(**headers: str) -> Posted:
    mail, sender, mark = _mail(**headers)
    return Posted("plain", mail.as_bytes(policy=SMTP), sender, CARE, ("opened",), mark)


def _automatic() -> Posted:
    mail, sender, mark = _mail("Out of office", "I am away.", Auto_Submitted="auto-replied")
    return Posted("automatic", mail.as_bytes(policy=SMTP), sender, CARE, ("automatic",), mark)


def _newsletter() -> Posted:
    """A person may have written it to a list: agents see it, and no acknowledgement is sent."""
    headers = {"List_Unsubscribe": "<https://news.example/out>", "Precedence": "bulk"}
    mail, sender, mark = _mail("Our offers", "Buy now.", **headers)
    return Posted("newsletter", mail.as_bytes(policy=SMTP), sender, CARE, ("opened",), mark)


def _judged(check: str) -> Posted:
    mail, sender, mark = _mail("Invoice", "See attached.", X_Local_Verdict=f"{check}=FAIL")
    mail.add_attachment(b"payload", maintype="application", subtype="zip", filename="invoice.zip")
    return Posted(check, mail.as_bytes(policy=SMTP), sender, CARE, ("quarantined",), mark)


def _without_from() -> Posted:
    mail, sender, mark = _mail()
    del mail["From"]
    return Posted("no From", mail.as_bytes(policy=SMTP), sender, CARE, ("opened",), mark)


def _without_id() -> Posted:
    mail, sender, mark = _mail()
    del mail["Message-ID"]
    return Posted("no Message-ID", mail.as_bytes(policy=SMTP), sender, CARE, ("opened",), mark)


def _html() -> Posted:
    mail, sender, mark = _mail()
    mail.set_content("<p>Where is <b>my lamp</b>?</p>", subtype="html")
    return Posted("HTML", mail.as_bytes(policy=SMTP), sender, CARE, ("opened",), mark)


def _broken_charset() -> Posted:
    mail, sender, mark = _mail()
    raw = mail.as_bytes(policy=SMTP).replace(b'charset="utf-8"', b'charset="x-klingon"')
    return Posted("charset", raw + b"Gr\xf6\xdfe \xff\xfe\x80\r\n", sender, CARE, ("opened",), mark)


def _report() -> Posted:
    """A delivery report about a mail that we never sent."""
    mark, nobody = f"mark{uuid.uuid4().hex}", f"{uuid.uuid4().hex}@elsewhere.example"
    raw = (
        f"From: MAILER-DAEMON@mx.example.com\r\nTo: {CARE}\r\nSubject: Undelivered Mail {mark}\r\n"
        f"Message-ID: <{uuid.uuid4().hex}@mx.example.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nThe address does not exist.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {nobody}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{nobody}>\r\nSubject: Hello\r\n\r\nHello\r\n--b--\r\n"
    )
    return Posted("report", raw.encode(), "", CARE, ("bounce",), mark)


def _reply(customer: str, reply_to: str) -> Posted:
    mark = f"mark{uuid.uuid4().hex}"
    mail = written(customer, reply_to, f"Re: {mark}", f"One more thing: {mark}\n")
    return Posted("reply", mail.as_bytes(policy=SMTP), customer, reply_to, ("appended",), mark)


# Actions on the stack -------------------------------------------------------------------------------------------------


def _send_all(outside: Outside, posted: Sequence[Posted], at: dict[int, Callable[[], None]] | None = None) -> list[str]:
    """Send each mail, over a few connections kept open. Return their keys in the bucket, in the same order."""
    host, port = "127.0.0.1", outside.started.stack.ports["smtp"]
    sent: list[int] = []

    def send(share: range) -> dict[int, str]:
        keys = {}
        with smtplib.SMTP(host, port, timeout=60) as server:
            server.ehlo()
            for number in share:
                mail = posted[number]
                server.mail(mail.sender)
                assert server.rcpt(mail.recipient)[0] == 250
                code, answer = server.data(mail.raw)
                assert code == 250, answer
                keys[number] = f"raw/{answer.split()[-1].decode()}"
                sent.append(number)
                if at and (event := at.get(len(sent))):
                    event()
        return keys

    with ThreadPoolExecutor(CLIENTS) as clients:
        shares = clients.map(send, [range(first, len(posted), CLIENTS) for first in range(CLIENTS)])
        keys = {number: key for share in shares for number, key in share.items()}
    return [keys[number] for number in range(len(posted))]


def _kill_one(outside: Outside) -> None:
    """Kill the oldest worker: if one is killed while starting, the emulator ends all others, and each of them again."""
    pid = min(until(lambda: workers.pids(outside.started.data, "receive_mail"), PATIENCE, "worker of receive_mail"))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _damaged_ticket(outside: Outside) -> str:
    """The mail service's id of a mail about a ticket whose item is unreadable."""
    customer = someone()
    ref = outside.post_json("/shops/northlight/tickets", form(customer)).json()["reference"]
    id = outside.mail_to(customer).message_id.partition("@")[0]
    table, client = outside.started.stack.resources["Table"], outside.table()
    key = {"pk": {"S": f"TICKET#{ref}"}, "sk": {"S": "TICKET"}}
    until(
        lambda: client.get_item(TableName=table, Key=key)["Item"]["outbox"]["S"] == "done", PATIENCE, "settled outbox"
    )
    client.update_item(TableName=table, Key=key, UpdateExpression="REMOVE opening, clocks")
    return id


def _received_by_hand(outside: Outside, key: str, attempt: int) -> Any:
    """The answer of receive_mail to the queue for this mail at this attempt, without the wait before it."""
    attributes = {"ApproximateReceiveCount": str(attempt)}
    body = json.dumps(_notice(key))
    record = {"messageId": key, "body": body, "attributes": attributes, "eventSource": "aws:sqs"}
    answer = outside.invoke("receive_mail", json.dumps({"Records": [record]}))
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def _notice(key: str) -> dict[str, Any]:
    receipt = {"recipients": [CARE], "action": {"type": "S3", "objectKey": key}}
    return {"notificationType": "Received", "receipt": receipt}


def _reply_addresses(outside: Outside, count: int) -> list[tuple[str, str]]:
    """Customers with one ticket each, and the address to which each replies."""
    customers = [someone() for _ in range(count)]
    for customer in customers:
        outside.post_json("/shops/northlight/tickets", form(customer))
    return [(customer, outside.mail_to(customer).reply_to) for customer in customers]


# Observations of the stack --------------------------------------------------------------------------------------------


def _acknowledged_before_it_is_tried_again(outside: Outside, mails: Sequence[Posted], keys: Sequence[str]) -> None:
    """Wait until all were acknowledged once, while the failed mail is still waiting for its next attempt."""
    wanted = {mail.sender for mail in mails}

    def acknowledged() -> list[str]:
        return [mail.to for mail in outside.mails("@example.com") if mail.to in wanted]

    until(lambda: set(acknowledged()) == wanted, 2 * PATIENCE, "acknowledgement for each of the others")
    assert len(acknowledged()) == len(mails)
    assert set(_outcomes(outside, keys).values()) == {"opened"}


def _outcomes(outside: Outside, keys: Sequence[str]) -> dict[str, str]:
    return WholeStore(outside.table(), outside.started.stack.resources["Table"]).outcomes_of(keys)


def _every_outcome(outside: Outside, keys: Sequence[str]) -> dict[str, str]:
    """The outcome of each, once all have one. Polled rarely: the stack needs the rest of this machine."""
    table = WholeStore(outside.table(), outside.started.stack.resources["Table"])
    found: dict[str, str] = {}

    def look() -> bool:
        found.update(table.outcomes_of(key for key in keys if key not in found))
        if len(found) < len(keys):
            time.sleep(2)
        return len(found) == len(keys)

    until(look, PATIENCE, f"outcome for each of {len(keys)}")
    return found


def _reconciled(outside: Outside) -> Any:
    answer = outside.invoke("reconcile", "{}")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def _closed(reconciliations: list[dict[str, Any]]) -> collections.Counter[str] | None:
    """The counts of all days together, once no mail is pending; a run may begin before midnight."""
    together = collections.Counter[str]()
    for reconciliation in reconciliations:
        together.update({name: count for name, count in reconciliation.items() if name != "day"})
    return None if together["pending"] else +together


def _raw_keys(outside: Outside, *prefixes: str) -> list[str]:
    listing = _s3(outside).get_paginator("list_objects_v2")
    bucket = outside.started.stack.resources["MailBucket"]
    pages = [page for prefix in prefixes for page in listing.paginate(Bucket=bucket, Prefix=prefix)]
    return [found["Key"] for page in pages for found in page.get("Contents", ())]


def _raw(outside: Outside, key: str) -> bytes:
    found = _s3(outside).get_object(Bucket=outside.started.stack.resources["MailBucket"], Key=key)
    content: bytes = found["Body"].read()
    return content


def _original(outside: Outside, text: str) -> bytes:
    """The file offered by the page that this mail links to."""
    page = re.search(r"http://\S+/t/\S+", text)
    assert page
    shown = outside.request("GET", page[0]).data.decode()
    link = re.search(r'href="([^"]*/f/[^"]+)"', shown)
    assert link
    assert "original.eml" in shown
    return outside.request("GET", outside.request("GET", link[1]).headers["Location"]).data


def _subjects(outside: Outside) -> Iterator[str]:
    """The subjects of all tickets with a subject."""
    return (ticket["subject"]["S"] for ticket in outside.items("TICKET#", "TICKET") if "subject" in ticket)


def _s3(outside: Outside) -> Any:
    return emulator.client("s3", outside.started.stack.endpoint)
