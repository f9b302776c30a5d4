"""The whole flow under the embedded AWS's enforced IAM: every function, including HTTP, has exactly its role's rights.
docs/operations.md says what the emulator can't decide; tests/unit/rights decides that."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from deploy import test_events
from local import testing
from local.aws import emulator, iam
from local.invoke import PATIENCE
from tests.support import shops
from tests.support.agents import ADA, TOM
from tests.support.stack.local_stack import Outside, form, someone, until, written

LONG = "The shade is cracked, from the rim down to the socket.\n" * 2500
CARE = "care@help.northlight.example"
DENIED = re.compile(r"AccessDenied|not authorized to perform")
DAYS = {"shop": "northlight", "from": "2020-01-01", "to": "2020-01-02"}


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    started = testing.start(tmp_path_factory.mktemp("iam"), shops.FILE, iam="on", loop="on")
    yield Outside(started)
    assert started.stop() == 0


@dataclass(slots=True)
class Desk:
    """An agent's browser."""

    outside: Outside
    cookie: str = ""
    csrf: str = ""
    done: list[str] = field(default_factory=list)

    def sign_in(self, address: str) -> None:
        self.post("/desk/login", {"email": address})
        mail = self.outside.mail_to(address, "sign")
        (token,) = re.findall(r"/desk/in\?t=(\S+)", self.outside.message(mail)["Text"])
        answer = self.post("/desk/in", {"t": token})
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        (self.csrf, *_) = re.findall(r'name="csrf" value="([^"]+)"', self.get("/desk"))

    def get(self, path: str) -> str:
        answer = self.outside.request("GET", path, headers={"Cookie": self.cookie})
        assert answer.status == 200, (path, answer.status, answer.data[:500])
        return answer.data.decode()

    def post(self, path: str, fields: dict[str, str]) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        answer = self.outside.request("POST", path, body=urlencode({"csrf": self.csrf} | fields), headers=headers)
        assert answer.status == 303, (path, answer.status, answer.data[-3000:])
        return answer

    def act(self, ref: str, action: str, **fields: str) -> None:
        answer = self.post(f"/desk/t/{ref}/{action}", {"idempotency_key": str(len(self.done))} | fields)
        assert "done=nothing" not in answer.headers["Location"], action
        self.done.append(action)


def runs(outside: Outside, function: str, event: dict[str, Any]) -> dict[str, Any]:
    """The answer of a function called as by the console's Test button."""
    stack = outside.started.stack
    caller = emulator.client("lambda", stack.endpoint, **PATIENCE)
    answer = caller.invoke(FunctionName=stack.functions[function], Payload=json.dumps(event).encode())
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, (function, said)
    return said


def uploaded(outside: Outside) -> str:
    """A file uploaded straight to the bucket: its token."""
    asked = {"filename": "shade.jpg", "content_type": "image/jpeg", "size": "7"}
    begun = outside.post_json("/shops/northlight/uploads", asked).json()
    fields = {**begun["fields"], "file": ("shade.jpg", b"1234567", "image/jpeg")}
    assert outside.request("POST", begun["url"], fields=fields).status in (200, 204)
    return str(begun["upload"])


def by_form(outside: Outside, customer: str) -> str:
    photo = {"filename": "a.txt", "content_type": "text/plain", "content": base64.b64encode(b"words").decode()}
    files = [photo, {"upload": uploaded(outside)}]
    answer = outside.post_json("/shops/northlight/tickets", form(customer, attachments=files))
    assert answer.status == 201, answer.data
    return str(answer.json()["reference"])


def by_mail(outside: Outside, customer: str, to: str = CARE) -> None:
    mail = written(customer, to, "My lamp", LONG)
    mail.add_attachment(b"%PDF-1.7", "application", "pdf", filename="receipt.pdf")
    outside.send(mail, customer, to)


def of(outside: Outside, customer: str) -> tuple[str, list[dict[str, Any]]]:
    """A customer's ticket and its messages, as soon as it exists."""

    def look() -> list[dict[str, Any]]:
        items = list(outside.items())
        found = next((i for i in items if i.get("customer", {}).get("S", "").endswith(f"#{customer}")), None)
        return [item for item in items if found and item["pk"] == found["pk"]]

    items = until(look, 120, f"ticket of {customer}")
    return items[0]["pk"]["S"].removeprefix("TICKET#"), items


def answered(outside: Outside, customer: str) -> tuple[str, str]:
    """The ticket by mail of a customer who has answered its acknowledgement, at length and with a file; and the
    answer's id."""
    by_mail(outside, customer)
    by_mail(outside, customer, outside.mail_to(customer).reply_to)
    ref, _ = of(outside, customer)

    def look() -> str:
        own = [item for item in of(outside, customer)[1] if "text_key" in item and item["sk"]["S"].startswith("MSG#")]
        return str(own[0]["id"]["S"]) if own else ""

    return ref, until(look, 120, f"answer of {customer}")


def test_iam_is_enforced(outside: Outside) -> None:
    """The web function's role can't do what it never does."""
    stack = outside.started.stack
    given = iam.credentials(stack.endpoint, stack.resources["ApiHandlerRole"])
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], given["AWS_SESSION_TOKEN"])

    def client(service: str) -> Any:
        by_name: Callable[..., Any] = session.client
        return by_name(service, endpoint_url=stack.endpoint, region_name=emulator.REGION)

    table, files = stack.resources["Table"], stack.resources["FilesBucket"]
    refused: tuple[Callable[[], object], ...] = (
        lambda: client("dynamodb").scan(TableName=table),
        lambda: client("dynamodb").delete_item(TableName=table, Key={"pk": {"S": "AUDIT#2026-11"}, "sk": {"S": "x"}}),
        lambda: client("dynamodb").query(
            TableName=table, IndexName="calendar", KeyConditionExpression="calendar = :c",
            ExpressionAttributeValues={":c": {"S": "northlight#2026-11-25"}},
        ),
        lambda: client("s3").list_objects_v2(Bucket=files),
        lambda: client("s3").get_object(Bucket=files, Key="exports/health.txt"),
        lambda: client("secretsmanager").put_secret_value(SecretId=stack.outputs["SecretId"], SecretString="x"),
        lambda: client("lambda").invoke(FunctionName=stack.functions["erase_subject"]),
        lambda: client("sqs").receive_message(QueueUrl=stack.outputs["MailQueueUrl"]),
    )  # fmt: skip
    for each in refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            each()
    assert client("dynamodb").get_item(TableName=table, Key={"pk": {"S": "TICKET#X"}, "sk": {"S": "TICKET"}})


def test_customers_write_read_and_download(outside: Outside) -> None:
    customer = someone()
    by_form(outside, customer)
    page = outside.page_of(customer)
    shown = outside.request("GET", page)
    assert shown.status == 200
    file = re.findall(rb'"(\S*/f/[^"]+)"', shown.data)[0].decode()
    link = outside.request("GET", f"{outside.url}/f/{file.rpartition('/f/')[2]}").headers["Location"]
    assert outside.request("GET", link).data in (b"words", b"1234567")
    sent = {"message": "Any news?", "submission_id": "1"}
    assert outside.request("POST", page, fields=sent).status == 303


def test_agents_do_everything_at_the_desk(outside: Outside) -> None:
    desk, customer, other = Desk(outside), someone(), someone()
    desk.sign_in(TOM)
    ref, answer = answered(outside, customer)
    second = by_form(outside, other)
    for action, fields in {
        "note": {"text": "A regular."},
        "assign": {"to": TOM},
        "tag": {"tags": "glass"},
        "change": {"kind": "complaint", "order_number": "NL-7"},
        "answer": {"text": "It comes tomorrow."},
        "refer": {"to": "swiftparcel", "fact-order_number": "on", "text": "Where is it?"},
        "split": {"message": answer, "subject": "The screws"},
        "link": {"to": second},
        "place_legal_hold": {"reason": "A lawyer wrote."},
        "lift_legal_hold": {"reason": "It is over."},
    }.items():
        desk.act(ref, action, **fields)
    desk.act(second, "merge", into=ref, anyway="true")
    desk.act(ref, "extend", by="10 days", reason="The glass is blown by hand.")
    desk.act(ref, "conclude", outcome="upheld", text="You are right.", anyway="true")
    for page in ("/desk", "/desk/admin", "/desk/contact", f"/desk/t/{ref}", "/desk/search?q=shade"):
        desk.get(page)
    assert outside.mail_to(customer, "", 120)
    desk.post("/desk/out?everywhere=1", {})


def test_agents_do_everything_at_the_console(outside: Outside) -> None:
    customer = someone()
    ref, answer = answered(outside, customer)
    said: dict[str, dict[str, Any]] = {
        "answer": {"text": "It comes tomorrow."},
        "split": {"message": answer, "subject": "The screws"},
        "refer": {"to": "swiftparcel", "facts": ["order_number"], "text": "Where is it?"},
        "readdress": {"address": someone(), "name": "Kim Adler"},
        "close": {"outcome": "settled", "reason": "By telephone."},
    }
    for action, fields in said.items():
        event = {"shop": "northlight", "reference": ref, "agent": ADA, "action": action}
        assert runs(outside, "act_on_ticket", event | fields)["done"], action


def test_everything_that_admins_run(outside: Outside) -> None:
    customer = someone()
    ref, _ = answered(outside, customer)
    ours = {"reference": ref, "email": customer, "confirm": customer}
    last = ("rectify_subject", "erase_subject")
    for function in (
        *sorted(set(test_events.functions()) - {"act_on_ticket", "release_from_quarantine", *last}),
        *last,
    ):
        for event in test_events.events(function).values():
            told = runs(outside, function, event | {name: value for name, value in ours.items() if name in event})
            assert told.get("finished", True), function
            if "new_email" in event:
                ours |= {"email": event["new_email"], "confirm": event["new_email"]}
    quarantined = someone()
    outside.send(written(quarantined, CARE, "For you", "Buy this.", X_Local_Verdict="spam=FAIL"), quarantined, CARE)
    kept, _ = of(outside, quarantined)
    assert runs(outside, "release_from_quarantine", {"shop": "northlight", "reference": kept})["released"]


def test_a_person_is_erased(outside: Outside) -> None:
    customer = someone()
    ref, _ = answered(outside, customer)
    event = {"shop": "northlight", "reference": ref, "agent": ADA, "action": "close"}
    runs(outside, "act_on_ticket", event | {"outcome": "settled", "reason": "By telephone."})
    asked = {"shop": "northlight", "email": customer, "confirm": customer, "reason": "Asked for by letter"}
    done = until(lambda: (told := runs(outside, "erase_subject", asked))["deleted"] and told, 120, "erasure")
    assert done["complete"]


def test_health_finds_nothing_forbidden(outside: Outside) -> None:
    checks = runs(outside, "health", {})["checks"]
    assert not [check for check in checks if DENIED.search(str(check))]


def test_no_function_was_denied_anything(outside: Outside) -> None:
    """For everything above: a swallowed error still appears in a log."""
    logs = Path(outside.started.data / "logs")
    for name in ("aws.log", "web.log"):
        lines = (logs / name).read_text(encoding="utf-8", errors="replace").splitlines()
        assert not [line[:600] for line in lines if DENIED.search(line)], name
