"""A life of a shop in which every function does all it can do: each scene by whoever begins it on AWS."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from typing import Any

import boto3

import pytest

from chalicelib import wiring
from chalicelib.errors import BadInput
from chalicelib.mail.composing import plus_address
from chalicelib.services.actions import ACTIONS
from chalicelib.services.ports import Draft
from deploy import test_events
from tests import issuer
from tests.agents import ADA, TOM
from tests.fakes import written
from tests.unit.rights import policies
from tests.unit.rights.recording import Recorder
from tests.unit.rights.stage import CARE, Stage, now, query, queued, staged, stream
from tests.unit.web.browsing import fields, said
from tests.unit.web.visitors import Visitor

ROBIN, SWIFT = "robin@kettle.example", "claims@swiftparcel.example"
LONG = "The shade is cracked, from the rim down to the socket.\n" * 1500
ALL_DAYS = {"shop": "northlight", "from": "2026-11-01", "to": "2027-02-28"}
# Of a run that has time for nothing but putting down how far it is.
SHORT = 30_000

Do = Callable[..., Any]


def forms(stage: Stage) -> None:
    """Customers write by the form: with files, with what was uploaded before, twice, without a key."""
    browser = stage.browser
    browser.get("/shops/northlight/contact")
    asked = {"filename": "shade.jpg", "content_type": "image/jpeg", "size": "7"}
    upload = said(browser.json(asked, "/shops/northlight/uploads"))
    boto3.client("s3").put_object(
        Bucket=policies.name("FilesBucket"), Key=upload["fields"]["key"], Body=b"1234567", ContentType="image/jpeg"
    )
    first = fields(email="form@example.com", message="I need my money back. " * 20)
    assert said(browser.json(first | {"attachments": [{"upload": upload["upload"]}]}))["reference"]
    browser.multipart(fields(email="form@example.com"), [("a.txt", "text/plain", b"words")])
    same = fields(email="twice@example.com")
    del same["submission_id"]
    for _ in range(2):
        assert browser.json(same).status_code in (200, 201)
    thanks = browser.form(fields(email="thanks@example.com"))
    assert browser.get(thanks.headers["Location"]).status_code == 200
    browser.json(fields(email="kim@example.com", kind="data_request"), "/shops/kettle/tickets")
    stage.flows()
    stage.clock.advance(hours=1)


def customers(stage: Stage) -> None:
    """They read and answer on their page, rate, fetch a file, and confirm who they are."""
    browser, (ref, *_) = stage.browser, stage.refs("form@example.com")
    agent(stage)("answer", ref, text="A new one comes.")
    stage.flows()
    link = stage.sent("form@example.com")[-1].link("/t/")
    page = browser.get(link)
    assert page.status_code == 200
    file = next(part for part in page.body.decode().split('"') if "/f/" in part)
    assert browser.get(file).status_code == 303
    token = link.rpartition("/t/")[2]
    browser.multipart({"message": "Any news?", "submission_id": "1"}, [("b.txt", "text/plain", b"b")], f"/t/{token}")
    browser.form({"message": "Any news yet?", "submission_id": "2"}, f"/t/{token}")
    stage.flows()
    agent(stage)("close", ref, outcome="settled", reason="By telephone.")
    stage.flows()
    assert browser.form({"score": "4", "rating_text": "Fine."}, f"/t/{token}/rating").status_code == 303
    (request,) = stage.refs("kim@example.com")
    agent(stage, ROBIN, "kettle")("confirm_identity", request)
    stage.flows()
    confirmation = stage.sent("kim@example.com")[-1].link("/c/")
    assert browser.get(confirmation).status_code == 200
    assert browser.form({}, confirmation).status_code == 303


def mails(stage: Stage) -> None:
    """Mail of every kind comes in."""
    first = stage.arrives(stage.mail("Mira <mira@example.com>", "The shade is broken."))
    stage.receives(first)
    stage.flows()
    (ref,) = stage.refs("mira@example.com")
    answered = stage.sent("mira@example.com")[-1]
    stage.arrives(stage.mail("mira@example.com", "More of it.", answered.reply_to), answered.reply_to)
    stage.arrives(stage.mail("mira@example.com", LONG, In_Reply_To=f"<{answered.id}@eu-central-1.amazonses.com>"))
    twice = stage.mail("mira@example.com", "Once more.", answered.reply_to)
    for _ in range(2):
        stage.arrives(twice, answered.reply_to)
    stage.arrives(stage.mail("first@example.com", "The shade is broken."))
    stage.flows()
    notice = stage.sent(ADA)[-1]
    stage.arrives(written(ADA, "Re: My lamp", "It comes.", To=notice.reply_to, Message_ID="<first@x>"), notice.reply_to)
    digest = plus_address(CARE, "digest")
    stage.arrives(stage.mail(TOM, "Ada does the first of them.", digest), digest)
    assert stage.sent(TOM)[-1].tags == {"purpose": "service_reply"}
    stage.arrives(stage.mail("trap@spam.example", "Buy this."), failed=("spam",))
    stage.arrives(stage.mail("away@example.com", "I am away.", Auto_Submitted="auto-replied"))
    stage.arrives(stage.mail("lost@example.com", "For nobody."), to="nobody@elsewhere.example")
    stage.arrives(b"From: x\r\n\r\n\xff", received=4)
    stage.flows()
    agent(stage)("refer", ref, to="swiftparcel", facts="order_number", text="Where is it?")
    stage.flows()
    asked = stage.sent(SWIFT)[-1]
    stage.arrives(stage.mail(SWIFT, "It was lost.", asked.reply_to), asked.reply_to)
    told = stage.sent(ADA)[0]
    for number in range(2):
        text = f"We send another.\n\n-- \nAda, Northlight {number}"
        answer = written(ADA, "Re: My lamp", text, To=told.reply_to, Message_ID=f"<ada-{number}@m.example>")
        answer.add_alternative(f'<p>We send another.</p><p>-- <br>Ada<br><img src="cid:{number}"></p>', subtype="html")
        answer.get_payload(1).add_related(b"PNG", "image", "png", cid=f"<{number}>", filename="logo.png")
        stage.arrives(answer, told.reply_to)
    stage.arrives(report(stage.sent("mira@example.com")[-1].id, "mira@example.com"))
    stage.flows()


def report(id: str, recipient: str) -> bytes:
    """A delivery report, as a mail server writes it."""
    return (
        "From: mailer-daemon@mx.example\r\nTo: care@help.northlight.example\r\nSubject: Undelivered\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{id}@eu-central-1.amazonses.com>\r\n\r\nx\r\n--b--\r\n"
    ).encode()


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
        answer = visitor.post(f"/desk/t/{ref}/{action}", {"once": str(next(numbers))} | fields | facts)
        assert answer.status_code == 303, answer.body.decode()
        return "done=nothing" not in answer.headers["Location"]

    return do


def opened(stage: Stage, address: str, text: str = LONG, **headers: Any) -> str:
    """A ticket by mail, whose mails are out, with a long text, a file and its original; its customer has answered."""
    stage.arrives(stage.mail(address, text), **headers)
    stage.flows()
    ref = stage.refs(address)[-1]
    if sent := stage.sent(address):
        stage.arrives(stage.mail(address, text, sent[-1].reply_to), sent[-1].reply_to)
    stage.flows()
    return ref


def every_action(stage: Stage, do: Do, who: str) -> None:
    """Every action there is, each once at least, on tickets with all that a ticket can have."""
    done: set[str] = set()

    def does(action: str, ref: str, **fields: Any) -> None:
        assert do(action, ref, **fields), action
        done.add(action)
        stage.flows()

    main, other = opened(stage, f"main@{who}.example"), opened(stage, f"other@{who}.example", "Short.")
    does("note", main, text=f"Ask other@{who}.example.")
    does("assign", main, to=TOM)
    does("prioritise", main, priority="high")
    does("change", main, kind="warranty", topic="faulty", order_number="NL-1")
    does("claim", main, purchased="2026-01-03", product="Lamp", serial="77")
    does("tag", main, tags="glass, christmas")
    does("link", main, to=other)
    does("ask", main, text="Which one?", anyway="true")
    does("answer", main, text=LONG[:15_000], anyway="true")
    does("extend", main, by="10 days", reason="The glass is blown by hand.")
    does("refer", main, to="swiftparcel", facts="order_number", text="Where is it?")
    does("end_referral", main, number="1", reason="They do not answer.")
    does("find", main, fault="courier", reason="The box was dented.")
    does("remedy", main, cure="replacement", carried_out_by="courier", note="a new shade")
    does("instruct", main, text="Put it in its box.")
    does("remedy_done", main, text="It is on its way.")
    does("hold", main, reason="A lawyer wrote.")
    does("unhold", main, reason="It is over.")
    reply = next(item for item in stage.items() if item["pk"]["S"] == f"TICKET#{main}" and "text_key" in item
                 and item["sk"]["S"].startswith("MSG#"))  # fmt: skip
    does("split", main, message=reply["id"]["S"], subject="The screws")
    does("conclude", main, outcome="upheld", text="You are right.", anyway="true")
    does("reopen", main, reason="They wrote again.")
    does("merge", other, into=main, anyway="true")
    does("readdress", main, address=f"new@{who}.example", name="Kim Adler")
    does("close", main, outcome="settled", reason="By telephone.")
    aside = opened(stage, f"trap@{who}.example", "Buy this.", failed=("spam",))
    does("release", aside)
    does("spam", aside)
    request = opened(stage, f"data@{who}.example", "What do you have of me?")
    do("change", request, kind="data_request")
    does("confirm_identity", request)
    stage.flows()
    assert done == set(ACTIONS)


def console(stage: Stage) -> None:
    """At the console; also with more than the table takes, and over what the agent has not seen."""
    every_action(stage, agent(stage), "console")
    ref = opened(stage, "mira@example.com", "Broken.")
    agent(stage)("answer", ref, text="🙂" * 17_000)
    with pytest.raises(BadInput):
        agent(stage)("ask", ref, text="Which?", seen="0.", beside="")


def desk(stage: Stage) -> None:
    """An owner signs in by a mailed link, sees every page, does everything, and signs out everywhere."""
    visitor = Visitor(stage.browser)
    visitor.post("/desk/login", {"email": TOM})
    link = stage.sent(TOM)[-1].link("/desk/in")
    assert visitor.get(link).status_code == 200
    assert visitor.post("/desk/in", {"t": link.rpartition("t=")[2]}).status_code == 303
    every_action(stage, at_desk(visitor), "desk")
    (main,) = [ref for ref in stage.refs("new@desk.example")][:1]
    item = next(item for item in stage.items() if item["sk"]["S"] == "TICKET" and item["ref"]["S"] == main)
    opening = item["opening"]["M"]["id"]["S"]
    file = item["opening"]["M"]["files"]["L"][0]["M"]["id"]["S"]
    pages = ["/desk", "/desk?list=aside", "/desk?list=closed", "/desk/help", "/desk/contact", f"/desk/t/{main}",
             query("/desk/search", q="shade cracked"), query("/desk/search", q="mira@example.com"),
             f"/desk/t/{main}?original={opening}", "/desk/admin"]  # fmt: skip
    for page in pages:
        assert visitor.get(page).status_code == 200, page
    for page in (f"/desk/t/{main}/f/{opening}/{file}", f"/desk/t/{main}/raw/{opening}"):
        assert visitor.get(page).status_code == 303
    draft = {"text": "I begin to write", "mode": "answer"}
    visitor.post(f"/desk/t/{main}/draft", draft)
    visitor.post(f"/desk/t/{main}/use", draft | {"ready": "on_its_way"})
    called = {"shop": "northlight", "channel": "phone", "notes": "They called.", "name": "Jo", "phone": "+49 30 901820"}
    assert visitor.post("/desk/contact", called | {"subject": "A call", "once": "1"}).status_code == 303
    assert visitor.post("/desk/contact", called | {"reference": main, "once": "2"}).status_code == 303
    stage.flows()
    with stage.at(stage.clock.at + timedelta(hours=2)):
        visitor.get("/desk")
    assert visitor.post("/desk/out?everywhere=1").status_code == 303


def single_sign_on(stage: Stage) -> None:
    with issuer.running(lambda: stage.clock().timestamp()) as running, stage.settings(
        OIDC_ISSUER=running.url, OIDC_CLIENT_ID=issuer.CLIENT_ID, OIDC_CLIENT_SECRET_ID=stage.client_secret
    ):
        visitor = Visitor(stage.browser)
        back = running.sign_in(visitor.get("/desk/oidc").headers["Location"])
        assert visitor.get(query("/desk/oidc/back", **back)).status_code == 303
        assert visitor.get("/desk").status_code == 200


def mail_out(stage: Stage) -> None:
    """The mail service refuses, loses, and tells of what became of mails; the stream brings an item twice."""
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
    """The sender of a final answer dies once the mail service has it, which tells of it."""
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
    """Promises come due, of several tickets at once; owners have their digest."""
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


def without_the_stream(stage: Stage) -> None:
    """What the stream does not bring, the agenda does: mails of every kind, with what they tell, and their files."""
    for number in range(3):
        stage.arrives(stage.mail(f"mira{number}@example.com", LONG))
    stage.brings("escalate_overdue")
    first, second, _ = stage.refs()
    agent(stage)("change", first, kind="warranty", topic="faulty")
    agent(stage)("ask", first, text="Which one?")
    agent(stage)("answer", second, text="🙂" * 17_000)
    stage.brings("escalate_overdue")
    agent(stage)("conclude", second, outcome="upheld", text="You are right.", anyway="true")
    for days in (0, 3, 7, 30):
        stage.clock.advance(days=days)
        for _ in range(3):
            stage.brings("escalate_overdue")


def closed(stage: Stage, address: str, text: str = LONG) -> str:
    """A ticket with all that it can have, that is over."""
    ref = opened(stage, address, text)
    agent(stage)("close", ref, outcome="settled", reason="By telephone.")
    stage.flows()
    return ref


def admins(stage: Stage) -> None:
    """What admins run at the console, by the events that it offers."""
    ref = opened(stage, "mira.holm@example.com")
    opened(stage, "trap@example.com", "Buy this.", failed=("spam",))
    other = opened(stage, "kim@example.com", "Ask mira.holm@example.com.")
    agent(stage)("merge", other, into=ref, anyway="true")
    stage.arrives(report(stage.sent("mira.holm@example.com")[-1].id, "mira.holm@example.com"))
    for function in test_events.functions():
        for event in test_events.events(function).values():
            if function not in (*DESTROYING, "act_on_ticket", "escalate_overdue", "send_digests"):
                stage.run(function, event | ({"reference": ref} if "reference" in event else {}))
    aside = stage.refs("trap@example.com")[0]
    assert stage.run("release_aside", {"shop": "northlight", "reference": aside})["released"]
    for event in test_events.events("rectify_subject").values():
        assert stage.run("rectify_subject", event)["corrected"]


def exports(stage: Stage) -> None:
    """Exports of every kind, that come to their end at once, in many runs, and after one that died."""
    opened(stage, "mira@example.com")
    opened(stage, "kim@example.com", "Ask mira@example.com.")
    events = {
        "export_tickets": [ALL_DAYS | {"format": form, "messages": True} for form in ("csv", "jsonl", "xlsx")],
        "export_audit": [ALL_DAYS],
        "export_subject": [{"shop": "northlight", "email": "mira@example.com"}],
    }
    for function, asked in events.items():
        for event in asked:
            assert not stage.run(function, event, SHORT)["finished"]
            with lost_parts(stage), suppress(ConnectionError):
                stage.run(function, event)
            stage.clock.advance(minutes=5)
            for _ in range(2):
                assert stage.run(function, event)["finished"]
    stage.run("report", ALL_DAYS)
    rectified = {"shop": "northlight", "email": "mira@example.com", "name": "Mira Holm-Sander"}
    assert stage.run("rectify_subject", rectified, SHORT)["goes_on"] in (True, False)


@contextmanager
def gone_files(stage: Stage) -> Iterator[None]:
    """The bucket can't be asked meanwhile."""

    def fail(**_: Any) -> None:
        raise ConnectionError

    events = wiring.client("s3").meta.events
    events.register("before-call.s3.ListObjectVersions", fail)
    yield
    events.unregister("before-call.s3.ListObjectVersions", fail)


@contextmanager
def lost_parts(stage: Stage) -> Iterator[None]:
    """The run dies when it puts the next part of a file."""

    def lose(**_: Any) -> None:
        raise ConnectionError

    events = wiring.client("s3").meta.events
    events.register("before-call.s3.UploadPart", lose)
    yield
    events.unregister("before-call.s3.UploadPart", lose)


def lost_mails(stage: Stage) -> None:
    """Mails that nobody read, and dead letters: put back by the hour, and by hand."""
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    s3.put_object(Bucket=policies.name("MailBucket"), Key="raw/forgotten", Body=b"From: x")
    for _ in range(2):
        for queue in ("MailDeadLetters", "DeliveryDeadLetters", "StreamDeadLetters"):
            sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=policies.name(queue))["QueueUrl"], MessageBody="{}")
        with stage.at(now()):
            found = stage.run("reconcile", {})
        assert (found["put_back"], found["revived"]) == (1, 1)
    letters = {"receipt": {"recipients": [CARE], "action": {"type": "S3", "objectKey": "raw/none"}}}
    with suppress(Exception):
        stage.run("receive_mail", queued(json.dumps({"notificationType": "Received"} | letters), 4))
    put = sqs.get_queue_url(QueueName=policies.name("MailDeadLetters"))["QueueUrl"]
    sqs.send_message(QueueUrl=put, MessageBody="{}")
    assert stage.run("redrive", {})["put_back"] == {"mail": 1, "delivery": 1, "stream": 0}


def purge(stage: Stage) -> None:
    """Closed tickets go when their time is over, with exports, originals, files and all that leads to them."""
    ref = closed(stage, "mira@example.com")
    closed(stage, "kim@example.com", "Short.")
    stage.told("Bounce", "mira@example.com", bounce=PERMANENT)
    exported(stage)
    stage.run("hold", {"shop": "northlight", "reference": ref, "reason": "A court asked for it"})
    stage.clock.advance(days=60)
    for _ in range(3):  # what customers are asked afterwards is over, too
        stage.run("escalate_overdue", {})
        stage.flows()
    stage.clock.advance(days=5 * 366)
    assert stage.run("release", {"shop": "northlight", "reference": ref, "reason": "The case is closed"})["done"]
    stage.run("purge_expired", {"dry_run": True})
    stage.run("purge_expired", {}, SHORT)
    with gone_files(stage):
        stage.run("purge_expired", {})
    stage.clock.advance(days=3)
    assert not stage.run("health", {})["healthy"]
    assert stage.run("purge_expired", {})["purged"] == 2


def erase(stage: Stage) -> None:
    """A person is deleted with what is theirs, and taken out of what is another's."""
    closed(stage, "mira@example.com")
    stage.told("Bounce", "mira@example.com", bounce=PERMANENT)
    theirs = closed(stage, "kim@example.com", f"Ask mira@example.com.\n{LONG}")
    sent = stage.sent("kim@example.com")[0]
    stage.arrives(stage.mail("mira@example.com", f"I am mira@example.com.\n{LONG}", sent.reply_to), sent.reply_to)
    stage.flows()
    agent(stage)("close", theirs, outcome="settled", reason="By telephone.")
    stage.arrives(report(stage.sent("kim@example.com")[-1].id, "kim@example.com"))
    stage.flows()
    stage.store.save_draft(Draft(theirs, TOM, "Ask mira@example.com.", stage.clock()), stage.clock.at + timedelta(days=9))
    exported(stage)
    asked = {"shop": "northlight", "email": "mira@example.com", "confirm": "mira@example.com", "reason": "By letter"}
    stage.run("erase_subject", asked | {"dry_run": True})
    stage.run("erase_subject", asked, SHORT)
    done = stage.run("erase_subject", asked)
    assert (done["deleted"], done["anonymised"], done["complete"]) == (1, 1, True)


def exported(stage: Stage) -> None:
    """An export that is finished, and one that has begun."""
    event = ALL_DAYS | {"format": "jsonl", "messages": True}
    stage.run("export_tickets", event)
    stage.run("export_tickets", event | {"format": "csv"}, SHORT)


DESTROYING = ("erase_subject", "purge_expired", "rectify_subject", "release_aside")
PERMANENT = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "mira@example.com"}]}
# Each row in a world of its own: what lies in the table makes each request in it slower.
SCENES: tuple[tuple[Callable[[Stage], None], ...], ...] = (
    (forms, customers), (mails,), (console,), (desk, single_sign_on), (mail_out,), (proven,), (time_passes,), (without_the_stream,), (admins,),
    (exports,), (lost_mails,), (purge,), (erase,),
)  # fmt: skip


@cache
def recorded() -> Recorder:
    """All of it lived through, once."""
    recorder = Recorder()
    for row in SCENES:
        with staged(recorder) as stage:
            for scene in row:
                scene(stage)
    return recorder
