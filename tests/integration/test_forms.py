"""A storefront posts: in every format a form opens one ticket with one acknowledgement, and nothing the second time."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from urllib3.filepost import encode_multipart_formdata

from tests.support.stack.local_stack import Outside, form, someone

TICKETS = "/shops/northlight/tickets"


def test_json_gets_its_receipt_and_one_acknowledgement(outside: Outside) -> None:
    customer = someone()
    answer = outside.post_json(TICKETS, form(customer), {"Idempotency-Key": customer})
    assert answer.status == 201
    receipt = answer.json()
    assert set(receipt) == {"reference", "status_url", "acknowledge_by", "answer_by", "resolve_by"}
    acknowledgement = outside.mail_to(customer)
    assert receipt["reference"] in acknowledgement.subject
    again = outside.post_json(TICKETS, form(customer), {"Idempotency-Key": customer})
    assert (again.status, again.json()) == (201, receipt)
    _nothing_more_comes(outside, customer)


def test_urlencoded_leads_to_the_thank_you_page(outside: Outside) -> None:
    customer = someone()
    fields = form(customer, terms_accepted="yes", submission_id=customer)
    body, headers = urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}
    answer = outside.request("POST", TICKETS, body=body, headers=headers)
    assert answer.status == 303
    thanks = outside.request("GET", answer.headers["Location"])
    assert thanks.status == 200
    reference = re.search(r"NL-\w{5}-\w{5}", thanks.data.decode())
    assert reference
    assert reference[0] in outside.mail_to(customer).subject
    again = outside.request("POST", TICKETS, body=body, headers=headers)
    assert again.headers["Location"] == answer.headers["Location"]
    _nothing_more_comes(outside, customer)


def test_multipart_keeps_both_files_complete(outside: Outside) -> None:
    customer = someone()
    photo, note = bytes(range(256)) * 500, "Größe: 30 cm".encode()
    body, kind = _multipart(customer, [("damage.jpg", photo, "image/jpeg"), ("Maße.txt", note, "text/plain")])
    answer = outside.request("POST", TICKETS, body=body, headers={"Content-Type": kind, "Accept": "application/json"})
    assert answer.status == 201
    page = outside.request("GET", outside.page_of(customer)).data.decode()
    assert "damage.jpg" in page and "Maße.txt" in page
    contents = [
        outside.request("GET", link.replace("&amp;", "&")) for link in re.findall(r'href="([^"]*/f/[^"]+)"', page)
    ]
    fetched = [outside.request("GET", redirect.headers["Location"]) for redirect in contents]
    assert [file.data for file in fetched] == [photo, note]
    assert all("attachment" in file.headers["Content-Disposition"] for file in fetched)
    outside.mail_to(customer)
    outside.request("POST", TICKETS, body=body, headers={"Content-Type": kind})
    _nothing_more_comes(outside, customer)


def test_a_large_file_goes_straight_to_the_bucket(outside: Outside) -> None:
    customer, film = someone(), b"\x00film" * 2_000_000
    wanted = {"filename": "film.mp4", "content_type": "video/mp4", "size": len(film)}
    begun = outside.post_json("/shops/northlight/uploads", wanted)
    assert begun.status == 201
    place = begun.json()
    body, kind = encode_multipart_formdata([*place["fields"].items(), ("file", ("film.mp4", film, "video/mp4"))])
    assert outside.request("POST", place["url"], body=body, headers={"Content-Type": kind}).status in (200, 204)
    answer = outside.post_json(TICKETS, form(customer, attachments=[{"upload": place["upload"]}]))
    assert answer.status == 201
    page = outside.request("GET", outside.page_of(customer)).data.decode()
    link = re.search(r'href="([^"]*/f/[^"]+)"', page)
    assert link and "film.mp4" in page
    redirect = outside.request("GET", link[1])
    assert outside.request("GET", redirect.headers["Location"]).data == film


def test_another_type_than_the_one_presigned_is_refused_by_the_bucket(outside: Outside) -> None:
    place = outside.post_json(
        "/shops/northlight/uploads", {"filename": "a.png", "content_type": "image/png", "size": 10}
    ).json()
    fields = place["fields"] | {"Content-Type": "text/html"}
    body, kind = encode_multipart_formdata([*fields.items(), ("file", ("a.png", b"<script>", "text/html"))])
    assert outside.request("POST", place["url"], body=body, headers={"Content-Type": kind}).status == 403


def test_bad_input_is_named_and_nothing_is_opened(outside: Outside) -> None:
    answer = outside.post_json(TICKETS, {"email": "mira@", "message": " ", "kind": "riddle", "terms_accepted": True})
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert {entry["field"]: entry["code"] for entry in problem["errors"]} == {
        "email": "not_an_address",
        "message": "missing",
        "kind": "unknown",
    }


def test_a_suspicious_post_is_quarantined_and_not_acknowledged(outside: Outside) -> None:
    customer = someone()
    answer = outside.post_json(TICKETS, form(customer, further_details="http://spam.example"))
    assert answer.status == 201
    outside.mail_to("ada@northlight.example", answer.json()["reference"])
    assert outside.mails(customer) == []
    listed = _quarantined(outside)
    assert answer.json()["reference"] in [ticket["reference"] for ticket in listed["tickets"]]


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://www.northlight.example", True), ("https://evil.example", False)]
)
def test_only_the_shops_own_pages_may_read_the_answer(outside: Outside, origin: str, allowed: bool) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = outside.request("OPTIONS", TICKETS, headers=asked)
    assert (preflight.headers.get("Access-Control-Allow-Origin") == origin) is allowed
    answer = outside.post_json(TICKETS, {}, {"Origin": origin})
    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def _multipart(customer: str, files: list[tuple[str, bytes, str]]) -> tuple[bytes, str]:
    fields: list[tuple[str, Any]] = [(k, str(v)) for k, v in form(customer, submission_id=customer).items()]
    return encode_multipart_formdata([*fields, *(("attachments", file) for file in files)])


def _nothing_more_comes(outside: Outside, customer: str) -> None:
    """A later ticket was acknowledged: the stream keeps order and would have delivered another mail first."""
    later = someone()
    outside.post_json(TICKETS, form(later))
    outside.mail_to(later)
    assert len(outside.mails(customer)) == 1


def _quarantined(outside: Outside) -> dict[str, Any]:
    listed: dict[str, Any] = json.loads(outside.invoke("list_quarantine", '{"shop": "northlight"}').stdout)
    return listed
