"""A whole complaint (form, page, mail, desk, escalation, bounce, erasure), as the logs and metrics show it: nothing
about the people in it, and from each mail that was sent back to what caused it."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib import telemetry, wiring
from chalicelib.errors import StillOwed
from deploy import package
from deploy.watching import alarms
from tests.support import shops
from tests.support.agents import ADA, SWIFT
from tests.support.store.fakes import written
from tests.support.watching.emf import Metric
from tests.support.watching.heard import Heard, heard
from tests.support.web.browsing import fields
from tests.support.web.visitors import Visitor, press, signed_in
from tests.unit.rights.acting import agent, at_desk, report
from tests.unit.rights.recording import Recorder
from tests.unit.rights.scenes.stage import CARE, Stage
from tests.unit.rights.scenes.staging import staged

NAME, ADDRESS, PHONE = "Mirabella Quistorp", "m.quistorp@quistorp-holm.example", "+49 30 5550 7431"
OTHER = "bystander@nebenan.example"
WORDS = {
    "form": "The Zwetschgenknoedel lamp is cracked.",
    "page": "Fensterbrettfarbe was the wrong one, too.",
    "mail": "I have written to Kaltmamsell about it.",
    "answer": "We send another Perlmuttschirm.",
    "note": "She sounded like Querflötenmusik.",
    "subject": "Glasbruchmeldung",
    "rating": "Wunderbarerweise quick.",
}
ORDER, FILE, PRODUCT = "NLQ-7730144", "scherben-von-quistorp.jpg", "Leuchtturmlampe"
PERMANENT = {
    "bounceType": "Permanent",
    "bouncedRecipients": [{"emailAddress": ADDRESS, "diagnosticCode": f"smtp; 550 <{ADDRESS}> user unknown"}],
}


@dataclass(slots=True)
class Life:
    """What was logged and printed in a complaint's life, and the values of people that were in it."""

    heard: Heard
    ref: str = ""
    raw: str = ""
    """The key of the customer's first mail."""
    values: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    with staged(Recorder()) as stage, heard() as found:
        lived = Life(found)
        _opened(stage, lived)
        _goes_on(stage, lived)
        _ends(stage, lived)
        lived.values |= {link for mail in stage.recorder.mails for link in _tokens(mail["RawMessage"]["Data"])}
    yield lived


def _opened(stage: Stage, lived: Life) -> None:
    """By form, with a file; then a reply on the page, and one by mail with a bystander in Cc."""
    form = fields(name=NAME, email=ADDRESS, message=WORDS["form"], subject=WORDS["subject"], order_number=ORDER)
    stage.browser.multipart(form, [(FILE, "image/jpeg", b"\xff\xd8\xff")])
    stage.flows()
    (lived.ref,) = stage.refs(ADDRESS)
    receipt = stage.sent(ADDRESS)[-1]
    link = receipt.link("/t/")
    lived.values |= {form["submission_id"], link.rpartition("/")[2], receipt.reply_to.partition("@")[0]}
    assert stage.browser.get(link).status_code == 200
    stage.browser.form({"message": WORDS["page"], "submission_id": "1"}, f"/t/{link.rpartition('/t/')[2]}")
    stage.flows()
    mail = stage.mail(f"{NAME} <{ADDRESS}>", WORDS["mail"], receipt.reply_to, WORDS["subject"], Cc=OTHER)
    lived.raw = stage.arrives(mail, receipt.reply_to)
    stage.flows()


def _goes_on(stage: Stage, lived: Life) -> None:
    """An agent signs in and works at the desk, by mail and at the console; a mail bounces; promises fall due."""
    Visitor(stage.browser).post("/desk/login", {"email": ADA})
    ada = signed_in(stage.browser, ADA)
    lived.values |= set(ada.cookies.values())
    ada.get(f"/desk/t/{lived.ref}")
    _searches(ada)
    do = at_desk(ada)
    do("note", lived.ref, text=WORDS["note"])
    do("claim", lived.ref, purchased="2026-01-03", product=PRODUCT, serial="QS-4471-X")
    do("refer", lived.ref, to="swiftparcel", facts="order_number name email", text=f"Ask {NAME} at {PHONE}.")
    stage.flows()
    notice = stage.sent(ADA)[0]
    answer = written(ADA, "Re: My lamp", WORDS["answer"], To=notice.reply_to, Message_ID="<ada-q@m.example>")
    stage.arrives(answer, notice.reply_to)
    asked = stage.sent(SWIFT)[-1]
    stage.arrives(stage.mail(SWIFT, f"{NAME} was not at home.", asked.reply_to), asked.reply_to)
    stage.flows()
    stage.told("Bounce", ADDRESS, bounce=PERMANENT)
    stage.arrives(report(stage.sent(ADDRESS)[-1].id, ADDRESS))
    stage.arrives(stage.mail(OTHER, f"I am not {NAME}.", CARE), failed=("dmarc",))
    stage.arrives(b"From: x\r\nSubject: " + NAME.encode() + b"\r\n\r\n\xff", received=4)
    stage.flows()
    agent(stage)("ask", lived.ref, text=f"Is {PHONE} right, {NAME}?", anyway="true")
    with stage.refused("MessageRejected"), suppress(StillOwed):
        stage.brings("send_mail")
    stage.clock.advance(days=45)
    for _ in range(2):
        stage.run("escalate_overdue", {})
        stage.flows()
    stage.run("health", {})


def _searches(ada: Visitor) -> None:
    found = ada.post("/desk/search", {"q": NAME})
    ada.get(found.headers["Location"])


def _ends(stage: Stage, lived: Life) -> None:
    """The final answer and a rating; then the person's data is exported, corrected and erased. And some of it fails."""
    agent(stage)("conclude", lived.ref, outcome="upheld", text=WORDS["answer"], anyway="true")
    stage.flows()
    link = stage.sent(ADDRESS)[-1].link("/t/").rpartition("/t/")[2]
    rated = press(stage.browser, f"/t/{link}", {"score": "4", "rating_text": WORDS["rating"]}, f"/t/{link}/rating")
    assert rated.status_code == 303
    with pytest.MonkeyPatch.context() as patched:

        def fails(*said: Any, **_: Any) -> Any:
            raise RuntimeError("the table is gone")

        patched.setattr(type(wiring.deps().tickets), "conversation", fails)
        assert stage.browser.get(f"/t/{link}").status_code == 500
    person = {"shop": "northlight", "email": ADDRESS}
    stage.run("export_subject", person)
    stage.run("export_tickets", {"shop": "northlight", "format": "csv", "from": "2026-11-01", "to": "2026-12-31"})
    stage.run("rectify_subject", person | {"name": f"{NAME}-Holm", "phone": PHONE})
    stage.run("list_quarantine", {"shop": "northlight"})
    stage.run("reconcile", {})
    stage.run("send_digests", {})
    stage.run("verify_audit", {"shop": "northlight", "reference": lived.ref})
    stage.run("erase_subject", person | {"confirm": ADDRESS, "reason": "By letter"})
    stage.flows()


def _tokens(raw: bytes) -> set[str]:
    """The secret parts of the links and reply addresses in a mail."""
    text = raw.decode("ascii", "replace").replace("=\n", "").replace("=\r\n", "")
    links = re.findall(r"/(?:t|c|f)/([\w.~-]{20,})", text) + re.findall(r"/desk/in\?t=([\w.~-]{20,})", text)
    return {part for link in links for part in link.split(".") if len(part) > 12}


def spellings(value: str) -> set[str]:
    """How a value may stand in a line: as it is, in a URL, in JSON, in base64."""
    encoded = base64.b64encode(value.encode()).decode().rstrip("=")
    return {value, value.lower(), quote(value), json.dumps(value)[1:-1], encoded[: len(encoded) // 4 * 4]}


def test_nothing_about_people_is_logged_or_measured(life: Life) -> None:
    local, _, domain = ADDRESS.partition("@")
    people = {NAME, *NAME.split(), ADDRESS, local, domain, PHONE, PHONE.replace(" ", ""), *OTHER.split("@"), OTHER}
    words = {word for text in WORDS.values() for word in re.findall(r"\w{9,}", text)}
    wanted = people | words | {ORDER, FILE, PRODUCT, "QS-4471-X"} | life.values
    assert len(life.heard.entries) > 40
    assert len(life.values) > 10
    for line in life.heard.everything:
        said = [value for value in wanted if any(each in line or each in line.lower() for each in spellings(value))]
        assert not said, line


def test_what_fails_is_logged(life: Life) -> None:
    """Otherwise the test before proves little."""
    assert any("the table is gone" in str(entry.get("exception")) for entry in life.heard.entries)
    assert life.heard.lines("a mail is not sent", reason="MessageRejected", ref=life.ref)


class TestFollowing:
    def test_each_mail_about_a_ticket_has_the_id_of_what_caused_it(self, life: Life) -> None:
        sent = [entry for entry in life.heard.lines("a mail was sent") if "ref" in entry]
        assert len(sent) > 10
        causes = {
            (entry["correlation_id"], entry["ref"], purpose)
            for message in ("a ticket was opened", "a message was added", "more mails are owed")
            for entry in life.heard.lines(message)
            for purpose in entry.get("owes", ())
        }
        assert {(entry["correlation_id"], entry["ref"], entry["purpose"]) for entry in sent} <= causes

    def test_a_form_is_followed_to_its_mails(self, life: Life) -> None:
        (opened,) = life.heard.lines("a ticket was opened", ref=life.ref)
        assert opened["correlation_id"] == opened["request_id"]
        first = life.heard.lines("a mail was sent", correlation_id=opened["correlation_id"])
        assert {"acknowledgement", "notification_new"} <= {entry["purpose"] for entry in first}
        assert all(entry["request_id"] != opened["request_id"] for entry in first)

    def test_a_mail_is_followed_to_what_it_was_told_by(self, life: Life) -> None:
        id = telemetry.of_raw_mail(life.raw)
        (received,) = life.heard.lines("a raw mail was received", correlation_id=id)
        assert (received["outcome"], received["ref"]) == ("appended", life.ref)
        (added,) = life.heard.lines("a message was added", correlation_id=id)
        assert added["ref"] == life.ref

    def test_a_bounce_has_the_id_of_what_caused_the_mail(self, life: Life) -> None:
        (bounced,) = life.heard.lines("a mail was reported on", report="bounced")
        sent = life.heard.lines("a mail was sent", correlation_id=bounced["correlation_id"])
        assert bounced["ref"] == life.ref
        assert life.ref in {entry["ref"] for entry in sent}

    def test_a_step_of_a_promise_is_followed_to_its_mails(self, life: Life) -> None:
        sent = life.heard.lines("a mail was sent", purpose="escalation")
        added = {entry["correlation_id"] for entry in life.heard.lines("a message was added", author="system")}
        assert sent
        assert {entry["correlation_id"] for entry in sent} <= added

    def test_mails_about_no_ticket_have_the_id_of_their_run(self, life: Life) -> None:
        (sign_in,) = life.heard.lines("a mail was sent", purpose="sign_in")
        assert sign_in["correlation_id"] == sign_in["request_id"]


def test_each_of_our_metrics_that_an_alarm_is_about_is_published(life: Life) -> None:
    """With exactly these dimensions: an alarm on others would wait for ever."""
    published = set(life.heard.metrics())
    resources = package.resources("prod", shops.FILE)["Resources"]
    wanted = [alarm for alarm in alarms.alarms(resources) if alarm.namespace == telemetry.NAMESPACE]
    assert all(alarm.dimensions == (("service", alarms.STACK),) for alarm in wanted)
    assert {Metric(alarm.metric, (("service", "aftercare"),)) for alarm in wanted} <= published


def test_metrics_name_no_shop_or_kind_but_those_of_the_policy(life: Life) -> None:
    by_kind = [dict(metric.dimensions) for metric in life.heard.metrics() if "kind" in dict(metric.dimensions)]
    assert {"northlight"} <= {each["shop"] for each in by_kind} <= set(shops.policy().shops)
    assert {each["kind"] for each in by_kind} <= {*shops.policy().shop("northlight").kinds, "other"}
