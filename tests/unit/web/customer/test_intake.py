"""Tickets posted by forms and programs: what is answered, and what is refused."""

import base64
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import boto3
import pytest

from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.rules.intake.limits import Cause
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.tickets import limiting, links
from chalicelib.services.tickets.commits import commit
from tests.support.store import tables
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web import browsing
from tests.support.web.browsing import STORE, Browser, fields, first, page, problems, said, typed

OVER = 4_500_001


def ticket(reference: str) -> Ticket:
    found = wiring.deps().tickets.ticket(reference)
    assert found
    return found


def reference(answer: browsing.Answer) -> str:
    """The reference in an answer, either to a program or to a browser."""
    if answer.status_code == 201:
        return str(said(answer)["reference"])
    assert answer.status_code == 303
    token = parse_qs(urlsplit(answer.headers["Location"]).query)["t"][0]
    return links.open_status(wiring.deps(), token).ticket.ref


class TestPrograms:
    def test_a_program_gets_the_reference_and_every_promise(self, browser: Browser) -> None:
        answer = browser.json(fields())
        assert answer.status_code == 201
        assert answer.headers["Content-Type"] == "application/json"
        body = said(answer)
        assert set(body) == {"reference", "status_url", "acknowledge_by", "answer_by", "resolve_by"}
        assert body["status_url"].startswith(f"{PUBLIC_URL}/t/")
        assert body["acknowledge_by"].endswith("Z")
        assert browser.get(body["status_url"]).status_code == 200

    def test_a_kind_without_a_promise_says_so(self, browser: Browser) -> None:
        assert said(browser.json(fields(kind="feedback")))["resolve_by"] is None

    def test_the_same_post_with_the_same_key_gets_the_same_answer(self, browser: Browser) -> None:
        sent = fields(submission_id="")
        first = browser.json(sent, idempotency_key="k-1")
        assert browser.json(sent, idempotency_key="k-1").body == first.body
        again = browser.json(sent | {"message": "Other words"}, idempotency_key="k-1")
        assert again.status_code == 422
        assert problems(again) == {"Idempotency-Key": "reused"}

    def test_files_may_be_part_of_the_json(self, browser: Browser) -> None:
        content = base64.b64encode(b"picture").decode()
        sent = fields(attachments=[{"filename": "shade.jpg", "content_type": "image/jpeg", "content": content}])
        (file,) = ticket(reference(browser.json(sent))).opening.files
        assert (file.filename, file.content_type, file.size) == ("shade.jpg", "image/jpeg", 7)

    def test_true_numbers_and_null_are_accepted_as_values(self, browser: Browser) -> None:
        sent = fields(terms_accepted=True, order_number=2041, topic=None)
        opened = ticket(reference(browser.json(sent)))
        assert (opened.terms_accepted, opened.order_number, opened.topic) == (True, "2041", None)

    def test_every_wrong_field_is_named_in_the_readers_language(self, browser: Browser) -> None:
        answer = browser.json({"email": "x", "kind": "wish"}, accept_language="de-DE,de;q=0.9")
        assert answer.status_code == 422
        assert problems(answer) == {"email": "not_an_address", "message": "missing", "kind": "unknown"}
        assert [error["field"] for error in said(answer)["errors"]] == ["kind", "message", "email"], "as on the page"
        assert "E-Mail" in said(answer)["errors"][2]["detail"]

    def test_an_unknown_shop_is_not_found(self, browser: Browser) -> None:
        answer = browser.json(fields(), "/shops/nowhere/tickets")
        assert answer.status_code == 404
        assert said(answer)["status"] == 404

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/png", ""])
    @pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
    def test_another_content_type_is_refused(self, browser: Browser, kind: str, accept: str) -> None:
        answer = browser.post("/shops/northlight/tickets", b"x", kind, accept=accept, origin=STORE)
        assert answer.status_code == said(answer)["status"] == 415
        assert "multipart" in said(answer)["title"]
        assert answer.headers["Access-Control-Allow-Origin"] == STORE

    def test_another_content_type_from_a_browser_is_refused_without_claiming_to_keep_words(
        self, browser: Browser
    ) -> None:
        answer = browser.post("/shops/northlight/tickets", b"message=x", "text/plain", accept=browsing.HTML)
        assert answer.status_code == 415
        assert first(answer, "h1").text() == "We cannot read what was sent"
        assert not page(answer).css_matches("form, .summary")


class TestBounds:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b'"text"',
            b"\xff\xfe",
            b"[" * 200_000,
            b'{"a":' * 100_000,
            b'{"order_number": ' + b"9" * 5000 + b"}",
            b"\x00",
        ],
    )
    def test_broken_json_is_a_client_error_and_never_a_server_error(self, browser: Browser, body: bytes) -> None:
        answer = browser.json(body)
        assert answer.status_code == 422
        assert problems(answer)

    @pytest.mark.parametrize("value", [{"a": 1}, ["x"], 1.5])
    def test_a_field_that_is_no_text_is_named(self, browser: Browser, value: Any) -> None:
        assert problems(browser.json(fields(subject=value))) == {"subject": "not_text"}

    def test_a_body_over_the_limit_is_refused(self, browser: Browser) -> None:
        for accept, kind in ((browsing.JSON, "application/problem+json"), (browsing.HTML, "text/html; charset=utf-8")):
            answer = browser.post("/shops/northlight/tickets", b"x" * OVER, browsing.FORM, accept=accept)
            assert answer.status_code == 413
            assert answer.headers["Content-Type"] == kind

    def test_more_fields_than_any_form_has_are_refused(self, browser: Browser) -> None:
        assert browser.form({f"f{n}": "x" for n in range(101)}).status_code == 413

    @pytest.mark.parametrize("count", [11, 40])
    def test_more_files_than_allowed_are_named(self, browser: Browser, count: int) -> None:
        answer = browser.multipart(fields(), [(f"{n}.txt", "text/plain", b"x") for n in range(count)])
        assert answer.status_code == 422
        assert page(answer).css_matches("#attachments-error")

    def test_more_uploads_than_allowed_are_named_not_dropped(self, browser: Browser) -> None:
        begun = [said(begin(browser, filename=f"{n}.txt")) for n in range(11)]
        for upload in begun:
            boto3.client("s3").put_object(Bucket="files", Key=upload["fields"]["key"], Body=b"x")
        answer = browser.json(fields(attachments=[{"upload": upload["upload"]} for upload in begun]))
        assert problems(answer) == {"attachments": "attachments_too_many"}

    @pytest.mark.parametrize("text", ["\x00", "a\x00b\x1b[31m", "\ud800", "\u202egnp.exe"])
    def test_invisible_characters_do_no_harm(self, browser: Browser, text: str) -> None:
        sent = fields(name=text, subject=text, message=f"{text} words", order_number=text)
        opened = ticket(reference(browser.json(sent)))
        for kept in (opened.requester.name, opened.subject, opened.order_number or ""):
            assert kept.isprintable()

    @pytest.mark.parametrize("field", ["name", "subject", "order_number"])
    def test_no_header_line_can_be_injected(self, browser: Browser, field: str) -> None:
        sent = fields(**{field: "x\r\nBcc: everybody@example.com"})
        opened = ticket(reference(browser.json(sent)))
        for kept in (opened.requester.name, opened.subject, opened.order_number or ""):
            assert "\n" not in kept
            assert "\r" not in kept

    def test_no_header_line_can_be_injected_by_the_address(self, browser: Browser) -> None:
        for address in ("a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "a@b.example\n"[:-1] + "\x0b,x"):
            assert problems(browser.json(fields(email=address))) == {"email": "not_an_address"}

    def test_a_filename_cannot_contain_a_path(self, browser: Browser) -> None:
        answer = browser.multipart(fields(), [("../../etc/passwd", "text/html", b"x"), ("..", "x", b"y")])
        files = ticket(reference(answer)).opening.files
        assert [file.filename for file in files] == ["passwd", "attachment-2.bin"]
        assert [file.content_type for file in files] == ["text/html", "application/octet-stream"]

    def test_a_broken_multipart_body_is_named(self, browser: Browser) -> None:
        for kind in ("multipart/form-data", "multipart/form-data; boundary=y"):
            answer = browser.post("/shops/northlight/tickets", b"--x\r\nnothing", kind, accept=browsing.JSON)
            assert answer.status_code == 422
            assert problems(answer)


class TestForms:
    def test_a_browser_is_sent_to_the_thanks_page(self, browser: Browser) -> None:
        answer = browser.form(fields())
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{PUBLIC_URL}/shops/northlight/thanks?t=")
        thanks = browser.get(answer.headers["Location"])
        assert thanks.status_code == 200
        assert first(thanks, ".reference").text() == reference(answer)

    def test_a_multipart_form_brings_its_files(self, browser: Browser) -> None:
        sent = [
            ("shade.jpg", "image/jpeg", b"\xff\xd8\x00"),
            ("parts ä.png", "image/png", b"png"),
            ("", "application/octet-stream", b""),
        ]
        files = ticket(reference(browser.multipart(fields(), sent))).opening.files
        assert [(file.filename, file.size) for file in files] == [("shade.jpg", 3), ("parts ä.png", 3)]
        assert wiring.deps().files.read(files[0].key) == b"\xff\xd8\x00"

    def test_the_same_form_twice_is_one_ticket(self, browser: Browser) -> None:
        sent = fields()
        assert browser.form(sent).headers["Location"] == browser.form(sent).headers["Location"]

    def test_a_refused_form_still_holds_what_was_typed(self, browser: Browser) -> None:
        sent = fields(email="mira@", order_number='<b>&"7', return_url=f"{STORE}/thanks", kind="complaint")
        answer = browser.form(sent)
        assert answer.status_code == 422
        for name in ("name", "email", "message", "order_number", "submission_id", "return_url"):
            assert typed(answer, name) == sent[name]
        shown = page(answer)
        assert shown.css_matches('[name="kind"][value="complaint"][checked]')
        assert shown.css_matches('#email[aria-invalid="true"]')
        assert shown.css_matches("#email-error")
        assert "<b>" not in answer.body.decode()

    def test_a_refused_form_is_in_the_language_it_was_filled_in(self, browser: Browser) -> None:
        answer = browser.form(fields(email="", language="de"))
        assert first(answer, "html").attributes["lang"] == "de"
        assert answer.headers["Content-Language"] == "de"

    def test_a_refused_form_says_that_words_are_kept_only_if_there_are_some(self, browser: Browser) -> None:
        for sent, kept in (({"kind": "complaint", "language": "en"}, False), ({"name": "Mira"}, True)):
            summary = first(browser.form(sent), ".summary").text()
            assert ("What you wrote is still here" in summary) is kept

    def test_the_list_of_mistakes_is_in_the_order_of_the_fields(self, browser: Browser) -> None:
        wrong = {"kind": "x", "topic": "x", "purchase_date": "x", "country": "x", "email": "x", "name": "n" * 101}
        shown = page(browser.form(wrong | {"order_number": "7" * 61, "subject": "s" * 201, "attachments": "a.jpg"}))
        listed = [(link.attributes["href"] or "").lstrip("#") for link in shown.css(".summary a")]
        shown_ids = [node.attributes["id"] for node in shown.css("form.form [id]")]
        assert len(listed) == 10
        assert listed == [id for id in shown_ids if id in listed]

    def test_a_refused_form_names_the_files_to_choose_again(self, browser: Browser) -> None:
        answer = browser.multipart(fields(email=""), [("shade.jpg", "image/jpeg", b"x")])
        assert "shade.jpg" in first(answer, "main").text()

    def test_a_fetching_page_that_asks_for_json_gets_it(self, browser: Browser) -> None:
        answer = browser.form(fields(), accept="application/json", origin=STORE)
        assert answer.status_code == 201
        assert answer.headers["Access-Control-Allow-Origin"] == STORE

    def test_a_form_with_a_filled_trap_is_thanked_and_quarantined(self, browser: Browser) -> None:
        answer = browser.form(fields(further_details="http://spam.example"))
        assert answer.status_code == 303
        assert ticket(reference(answer)).state is State.QUARANTINED


class TestReturning:
    @pytest.mark.parametrize("url", [f"{STORE}/thanks", f"{STORE}/thanks?order=7", f"{STORE}/de/danke"])
    def test_the_browser_returns_to_a_page_the_policy_names(self, browser: Browser, url: str) -> None:
        location = browser.form(fields(return_url=url)).headers["Location"]
        assert location.startswith(url)
        (ref,) = parse_qs(urlsplit(location).query)["reference"]
        assert ref.startswith("NL-")

    @pytest.mark.parametrize("query", ["", "?order=7"])
    def test_the_reference_stands_before_the_fragment(self, browser: Browser, query: str) -> None:
        location = browser.form(fields(return_url=f"{STORE}/thanks{query}#done")).headers["Location"]
        parts = urlsplit(location)
        assert parts.fragment == "done"
        assert parse_qs(parts.query)["reference"][0].startswith("NL-")
        assert location.startswith(f"{STORE}/thanks{query or '?reference='}")

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/thanks",
            f"{STORE}.evil.example/thanks",
            f"{STORE}@evil.example/thanks",
            f"{STORE}:443/thanks",
            f"{STORE}/thanks/../../evil",
            f"{STORE}/other",
            f"{STORE}\\@evil.example/thanks",
            "http://www.northlight.example/thanks",
            "//evil.example/thanks",
            "javascript:alert(1)",
            f"{STORE}/thanks\r\nSet-Cookie: a=b",
            f"{STORE}/thanks\t",
            "https://[",
            "https://www.northlight.example]/thanks",
            "https://www.kettle.example/thank-you",
        ],
    )
    def test_the_browser_returns_to_no_other_page(self, browser: Browser, url: str) -> None:
        answer = browser.form(fields(return_url=url))
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{PUBLIC_URL}/shops/northlight/thanks?")
        assert browser.get(f"/shops/northlight/contact?return_url={quote(url, safe='')}").status_code == 200


class TestContact:
    def test_the_hosted_form_posts_to_the_tickets_url(self, browser: Browser) -> None:
        shown = browser.get("/shops/northlight/contact")
        assert shown.status_code == 200
        form = first(shown, "form.form")
        assert form.attributes["action"] == "/api/shops/northlight/tickets"
        assert typed(shown, "form_token")

    def test_each_form_has_its_own_submission_id(self, browser: Browser) -> None:
        one, two = (typed(browser.get("/shops/northlight/contact"), "submission_id") for _ in range(2))
        assert one != two

    def test_a_storefronts_link_can_fill_in_fields(self, browser: Browser) -> None:
        path = "/shops/northlight/contact?order_number=NL-7&kind=warranty&email=x%40y.example&message=x"
        shown = browser.get(f"{path}&return_url={quote(STORE + '/thanks', safe='')}")
        assert typed(shown, "order_number") == "NL-7"
        assert typed(shown, "return_url") == f"{STORE}/thanks"
        assert page(shown).css_matches('[name="kind"][value="warranty"][checked]')
        assert (typed(shown, "email"), typed(shown, "message")) == ("", "")

    def test_a_foreign_return_page_is_dropped(self, browser: Browser) -> None:
        shown = browser.get("/shops/northlight/contact?return_url=https%3A%2F%2Fevil.example")
        assert not page(shown).css_matches('[name="return_url"]')

    @pytest.mark.parametrize(
        ("path", "accepted", "language"),
        [("", "", "en"), ("?lang=de", "en", "de"), ("", "fr, de-AT;q=0.8, en;q=0.5", "de"), ("?lang=xx", "fr", "en")],
    )
    def test_the_reader_chooses_the_language(self, browser: Browser, path: str, accepted: str, language: str) -> None:
        shown = browser.get(f"/shops/northlight/contact{path}", accept_language=accepted)
        assert first(shown, "html").attributes["lang"] == language

    def test_an_unknown_shops_form_is_a_page_that_says_so(self, browser: Browser) -> None:
        answer = browser.get("/shops/%3Cscript%3E/contact")
        assert answer.status_code == 404
        assert "<script>" not in answer.body.decode()


class TestThanks:
    @pytest.mark.parametrize("query", ["", "?t=forged", "?t="])
    def test_without_a_valid_token_nothing_is_shown(self, browser: Browser, query: str) -> None:
        answer = browser.get(f"/shops/northlight/thanks{query}")
        assert answer.status_code == 403
        assert page(answer)

    def test_another_shops_thanks_page_shows_nothing_of_it(self, browser: Browser) -> None:
        location = browser.form(fields()).headers["Location"]
        assert browser.get(location.replace("/northlight/", "/kettle/")).status_code == 403

    @pytest.mark.parametrize(("language", "said_so"), [("en", "A person looks at it first"), ("de", "Zuerst sieht")])
    def test_a_quarantined_customer_is_informed_and_promised_nothing(
        self, browser: Browser, language: str, said_so: str
    ) -> None:
        posted = browser.form(fields(further_details="x", language=language, return_url=f"{STORE}/thanks"))
        opened = ticket(reference(posted))
        thanks = browser.get(posted.headers["Location"])
        receipt = browser.get(links.receipt_url(wiring.deps(), opened))
        for answer in (thanks, receipt):
            text = page(answer).text()
            assert said_so in text
            assert opened.ref in text
            assert not page(answer).css_matches("#promises-title, ol.steps")
            assert "mira@example.com" not in text.lower() or answer is receipt
        assert opened.clock("first_answer")

    def test_a_released_ticket_shows_its_promises(self, browser: Browser) -> None:
        opened = ticket(reference(browser.form(fields(further_details="x"))))
        deps = wiring.deps()
        commit(
            deps,
            replying.release_from_quarantine(
                opened, deps.policy.shop("northlight"), deps.now(), "ada@northlight.example"
            ),
        )
        shown = page(browser.get(links.receipt_url(deps, opened)))
        assert shown.css_matches("#promises-title")
        assert "A person looks at it first" not in shown.text()

    def test_a_program_is_informed_of_the_quarantine_too(self, browser: Browser) -> None:
        body = said(browser.json(fields(further_details="x")))
        assert body.pop("quarantined") is True
        assert set(body) == {"reference", "status_url", "acknowledge_by", "answer_by", "resolve_by"}
        assert [body[f"{name}_by"] for name in ("acknowledge", "answer", "resolve")] == [None] * 3


class TestCors:
    PATHS = ("/shops/northlight/tickets", "/shops/northlight/uploads")

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("origin", [STORE, "https://northlight.example"])
    def test_the_shops_own_pages_may_post(self, browser: Browser, path: str, origin: str) -> None:
        answer = browser.options(path, origin=origin, access_control_request_method="POST")
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
        assert answer.headers["Vary"] == "Origin"

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "", f"{STORE}.evil.example", "https://www.kettle.example"]
    )
    def test_other_sites_pages_may_not_post(self, browser: Browser, path: str, origin: str) -> None:
        answer = browser.options(path, origin=origin, access_control_request_method="POST")
        assert not [name for name in answer.headers if name.startswith("Access-Control")]

    def test_only_the_shops_pages_can_read_answers(self, browser: Browser) -> None:
        for origin, allowed in ((STORE, STORE), ("https://evil.example", None)):
            for sent in (fields(), {}):
                answer = browser.json(sent, origin=origin)
                assert answer.headers.get("Access-Control-Allow-Origin") == allowed
                assert answer.headers["Vary"] == "Origin"

    def test_the_shop_in_the_url_decides(self, browser: Browser) -> None:
        answer = browser.options("/shops/kettle/tickets", origin="https://www.kettle.example")
        assert answer.headers["Access-Control-Allow-Origin"] == "https://www.kettle.example"


def begin(browser: Browser, **changes: Any) -> browsing.Answer:
    asked = {"filename": "film.mp4", "content_type": "video/mp4", "size": 20_000_000} | changes
    return browser.json(asked, "/shops/northlight/uploads", origin=STORE)


class TestUploads:
    def test_an_upload_becomes_part_of_the_ticket(self, browser: Browser) -> None:
        answer = begin(browser)
        assert answer.status_code == 201
        assert answer.headers["Access-Control-Allow-Origin"] == STORE
        begun = said(answer)
        boto3.client("s3").put_object(Bucket="files", Key=begun["fields"]["key"], Body=b"film", ContentType="video/mp4")
        (file,) = ticket(reference(browser.json(fields(attachments=[{"upload": begun["upload"]}])))).opening.files
        assert (file.filename, file.size) == ("film.mp4", 4)
        (file,) = ticket(reference(browser.form(fields(uploads=begun["upload"])))).opening.files
        assert wiring.deps().files.read(file.key) == b"film"

    @pytest.mark.parametrize(
        "changes",
        [{"size": 25 * 1024 * 1024 + 1}, {"size": -1}, {"content_type": "x"}, {"filename": ""}, {"size": None}],
    )
    def test_each_mistake_is_named(self, browser: Browser, changes: dict[str, Any]) -> None:
        answer = begin(browser, **changes)
        assert answer.status_code == 422
        assert list(problems(answer)) == list(changes)

    def test_a_token_that_names_no_upload_is_named(self, browser: Browser) -> None:
        never = said(begin(browser))["upload"]
        for token, code in (
            (never, "upload_not_there"),
            ("forged", "upload_not_ours"),
            (never[:-2], "upload_not_ours"),
        ):
            assert problems(browser.json(fields(attachments=[token]))) == {"attachments[0]": code}
            sent = fields(attachments=[{"upload": token}])
            assert problems(browser.json(sent)) == {"attachments[0].upload": code}
            shown = browser.form(fields(uploads=token))
            assert "did not arrive whole" in first(shown, "#attachments-error").text()


class TestLimits:
    @pytest.fixture
    def limited(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setenv("RATE_LIMITS", "on")
        wiring.deps.cache_clear()
        yield
        wiring.deps.cache_clear()

    def test_a_form_is_one_write_beside_what_the_limits_ask_and_count(self, browser: Browser, limited: None) -> None:
        requests = tables.Requests(clients.client("dynamodb"))
        assert browser.json(fields()).status_code == 201
        # The item that is read is a contact agreement, which this shop makes.
        assert requests.names == ["BatchGetItem", "TransactWriteItems", "GetItem", "PutItem"]
        assert tables.write_units(requests.puts[0]) <= 6

    def test_a_customer_who_posts_too_often_is_quarantined_and_informed(self, browser: Browser, limited: None) -> None:
        limit = wiring.policy().shop("northlight").limits.per_address_hour
        answers = [browser.json(fields(email="often@example.com")) for _ in range(limit + 1)]
        states = [ticket(reference(answer)).state for answer in answers]
        assert states == [State.OPEN] * limit + [State.QUARANTINED]
        assert [said(answer).get("quarantined") for answer in answers] == [None] * limit + [True]

    def test_a_customer_without_acknowledgement_is_promised_none(self, browser: Browser, limited: None) -> None:
        deps = wiring.deps()
        shop = deps.policy.shop("northlight")
        for number in range(shop.limits.mails.per_recipient_hour):
            assert limiting.may_mail(deps, shop, "Seldom@example.com", str(number), Cause.NAMED)
        body = said(browser.json(fields(email="seldom@example.com")))
        assert (body["acknowledge_by"], "quarantined" in body) == (None, False)
        assert body["answer_by"]
        posted = browser.form(fields(email="seldom+1@example.com"))
        text = page(browser.get(posted.headers["Location"])).text()
        assert "no confirmation comes by email" in text
        assert "on its way" not in text
        assert "spam folder" not in text
