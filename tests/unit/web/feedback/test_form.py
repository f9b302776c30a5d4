"""The form for feedback over HTTP, and what it leaves behind."""

import json
import logging
from typing import Any

import boto3
import pytest

from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import STORE, Browser, first, page, problems, said, typed

FORM = "/shops/northlight/feedback"
PERSONAL = ("Quirina", "Zwetschgenberg", "quirina@zwetschgen.example", "Lichtweg", "23125", "203.0.113.77", "TOKEN-9")
WORDS = "I am Quirina Zwetschgenberg, quirina@zwetschgen.example, Lichtweg 7, 10115 Berlin, +49 30 23125 014."


def given(**changes: str) -> dict[str, str]:
    return {"managed": "no", "felt": "poor", "wanted": WORDS, "feedback_text": WORDS, "language": "en"} | changes


def everything() -> str:
    """All that is stored anywhere."""
    table = boto3.client("dynamodb").get_paginator("scan").paginate(TableName="aftercare")
    items: list[Any] = [item for found in table for item in found["Items"]]
    s3 = boto3.client("s3")
    files = [
        s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read().decode("utf-8", "replace") + file["Key"]
        for bucket in ("mail", "files")
        for file in s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    ]
    return json.dumps(items, default=repr) + "".join(files)


class TestThePage:
    @pytest.mark.parametrize(("language", "title"), [("en", "How was our site"), ("de", "Wie war unsere Website")])
    def test_it_is_in_the_readers_language_and_sets_no_cookie(
        self, browser: Browser, language: str, title: str
    ) -> None:
        answer = browser.get(f"{FORM}?lang={language}&page=/checkout/pay%3Forder%3D1001")
        assert first(answer, "h1").text().startswith(title)
        assert typed(answer, "page") == "/checkout/pay"
        assert "Set-Cookie" not in answer.headers
        assert not page(answer).css("script")
        assert not page(answer).css("input[checked]")

    def test_every_page_of_the_shop_leads_to_it(self, browser: Browser) -> None:
        links = [
            node.attributes["href"] for node in page(browser.get("/shops/northlight/policy?lang=en")).css("footer a")
        ]
        assert f"/api{FORM}?lang=en" in links

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, browser: Browser) -> None:
        answer = browser.form(given(managed="", email="quirina"), FORM)
        assert answer.status_code == 422
        assert [node.attributes["href"] for node in page(answer).css(".summary a")] == ["#managed", "#email"]
        assert typed(answer, "feedback_text") == WORDS

    def test_a_program_gets_codes_and_a_storefront_may_read_them(self, browser: Browser) -> None:
        answer = browser.json({"felt": "nice"}, FORM, origin=STORE)
        assert problems(answer) == {"managed": "missing", "felt": "unknown"}
        assert answer.headers["Access-Control-Allow-Origin"] == STORE
        assert browser.options(FORM, origin=STORE).status_code == 204

    def test_a_shop_that_asks_for_none_has_no_form(self, browser: Browser) -> None:
        assert browser.get("/shops/nobody/feedback").status_code == 404


class TestWhatIsKept:
    @pytest.mark.parametrize("barrier", ["", "1"], ids=["feedback", "a barrier"])
    def test_without_an_address_nothing_personal_is_left_anywhere(
        self, browser: Browser, caplog: pytest.LogCaptureFixture, barrier: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        before = len(everything())
        answer = browser.form(given(barrier=barrier, page="/orders/TOKEN-9"), FORM)
        assert answer.headers["Location"] == f"{PUBLIC_URL}{FORM}?lang=en&sent=1"
        left = everything()
        assert len(left) > before, "it was kept"
        logged = "\n".join(
            f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name == "aftercare"
        )
        assert not [word for word in PERSONAL if word in left + logged]

    def test_with_an_address_it_is_a_ticket_that_can_be_followed(self, browser: Browser) -> None:
        answer = browser.form(given(email="mira@example.com", submission_id="with an address"), FORM)
        assert answer.headers["Location"].startswith(f"{PUBLIC_URL}/shops/northlight/thanks?t=")
        assert browser.get(answer.headers["Location"]).status_code == 200

    def test_a_program_is_told_what_it_opened(self, browser: Browser) -> None:
        nameless = said(browser.json(given(), FORM))
        named = said(browser.json(given(email="mira@example.com", submission_id="a program"), FORM))
        assert nameless == {"kept": True}
        assert named["reference"].startswith("NL-")
        assert named["status_url"].startswith(PUBLIC_URL)

    def test_afterwards_it_says_that_nobody_is_known(self, browser: Browser) -> None:
        answer = browser.get(f"{FORM}?lang=en&sent=1")
        assert "kept nothing that says who you are" in first(answer, "main").text()
