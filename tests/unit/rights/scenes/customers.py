"""What customers start: by form, on their page, by mail."""

from email.message import EmailMessage

import boto3

from chalicelib.mail.composing import plus_address
from tests.support.agents import ADA, TOM
from tests.support.store.fakes import written
from tests.support.web.browsing import fields, said
from tests.support.web.visitors import press
from tests.unit.rights import policies
from tests.unit.rights.acting import LONG, agent, report
from tests.unit.rights.scenes.stage import CARE, Stage

ROBIN, SWIFT = "robin@kettle.example", "claims@swiftparcel.example"


def forms(stage: Stage) -> None:
    """Customers send the form: with files, with earlier uploads, twice, without a key."""
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
    assert browser.get("/shops/northlight/withdraw").status_code == 200
    statement = {"name": "Mira Holm", "contract": "NL-1", "email": "withdraws@example.com"}
    assert browser.form(statement, "/shops/northlight/withdraw").status_code == 200
    withdrawn = browser.form(statement, "/shops/northlight/withdrawals")
    assert browser.get(withdrawn.headers["Location"]).status_code == 200
    assert browser.get("/shops/northlight/help/search?q=tulips").status_code == 200
    browser.form(fields(email="searches@example.com", searched="tulips"))
    assert browser.form({"helped": "yes"}, "/shops/northlight/help/bulbs/helped").status_code == 303
    for published in ("ratings", "ratings.svg", "record"):
        assert browser.get(f"/shops/northlight/{published}").status_code == 200
    for more in ({}, {"barrier": "1"}, {"email": "says@example.com"}):
        said_so = {"managed": "no", "felt": "bad", "submission_id": f"feedback-{more}"} | more
        for _ in range(2):  # the second time it is counted already
            assert browser.form(said_so, "/shops/northlight/feedback").status_code == 303
    calls(stage)
    stage.flows()
    stage.clock.advance(hours=1)


def calls(stage: Stage) -> None:
    """A customer asks for a call, moves it and cancels it."""
    browser = stage.browser
    assert browser.get("/shops/northlight/call").status_code == 200
    asked = {"slot": "soon", "phone": "030 901820", "name": "Mira Holm", "email": "call@example.com"}
    booked = browser.form(asked | {"submission_id": "call"}, "/shops/northlight/call")
    assert browser.get(booked.headers["Location"]).status_code == 200
    stage.flows()
    link = stage.sent("call@example.com")[-1].link("/call/")
    for choice in ("soon", "cancel", "soon"):
        assert press(browser, link, {"slot": choice}).status_code == 303


def customers(stage: Stage) -> None:
    """They read and answer on their page, rate, download a file, and confirm their identity."""
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
    assert press(browser, link, {"score": "4", "rating_text": "Fine."}, f"/t/{token}/rating").status_code == 303
    (request,) = stage.refs("kim@example.com")
    agent(stage, ROBIN, "kettle")("confirm_identity", request)
    stage.flows()
    confirmation = stage.sent("kim@example.com")[-1].link("/c/")
    assert press(browser, confirmation).status_code == 303
    answered(stage)
    stage.clock.advance(days=2)
    days = said(browser.get("/shops/northlight/record", accept="application/json"))["days"]
    assert browser.get(days[0]["leaves"]).status_code == 200
    proofs = said(browser.get(f"/t/{token}/record", accept="application/json"))["promises"]
    assert any(each["counted"] for each in proofs)
    adverts(stage)


def answered(stage: Stage) -> None:
    """A customer finds the answer in an article that the acknowledgement names; another complains about an order."""
    late = fields(email="found@example.com", kind="question", subject="", message="My parcel is late.")
    stage.browser.json(late, "/shops/northlight/tickets")
    angry = fields(email="angry@example.com", kind="complaint", order_number="NL-1")
    stage.browser.json(angry, "/shops/northlight/tickets")
    stage.flows()
    assert press(stage.browser, stage.sent("found@example.com")[-1].link("/a/")).status_code == 303
    stage.flows()


def adverts(stage: Stage) -> None:
    """A customer is asked how it went, by due work and by the stream, and then wants no such mail again."""
    for number in range(3):
        stage.clock.advance(days=30)  # nobody gets a second one sooner
        sold = fields(email="sold@example.com", order_number=f"KC-{number}", advert_notice=True)
        ref = said(stage.browser.json(sold, "/shops/kettle/tickets"))["reference"]
        stage.flows()
        stage.browser.get(stage.sent("sold@example.com")[-1].link("/t/"), sec_fetch_mode="navigate")
        agent(stage, ROBIN, "kettle")("close", ref, outcome="settled", reason="By telephone.")
        stage.flows()
        stage.clock.advance(days=2, minutes=1)
        stage.run("escalate_overdue", {})
        if number == 0:
            stage.brings("escalate_overdue")
        stage.flows()
        if number == 1:
            objection = stage.sent("sold@example.com")[-1].link("/u/")
            assert stage.browser.get(objection).status_code == 200
            assert stage.browser.form({"List-Unsubscribe": "One-Click"}, objection).status_code == 200
    asked = [mail for mail in stage.sent("sold@example.com") if mail.tags["purpose"] == "review_request"]
    assert len(asked) == 2


def mails(stage: Stage) -> None:
    """Mail of every kind arrives."""
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
        shown = answer.get_payload(1)
        assert isinstance(shown, EmailMessage)
        shown.add_related(b"PNG", "image", "png", cid=f"<{number}>", filename="logo.png")
        stage.arrives(answer, told.reply_to)
    stage.arrives(report(stage.sent("mira@example.com")[-1].id, "mira@example.com"))
    stage.flows()
    agent(stage)("change", ref, topic="incomplete_address")  # the policy asks for a second reader
    unread = written(ADA, "Re: My lamp", "Nobody has read this.", To=told.reply_to, Message_ID="<unread@m.example>")
    for _ in range(2):
        stage.arrives(unread, told.reply_to)
    stage.flows()
