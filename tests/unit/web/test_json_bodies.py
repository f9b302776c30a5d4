"""Mistakes in a program's JSON: all are named at once, each with its place, a code, and a hint."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields, TooLarge
from chalicelib.rules.intake.submission import FIELDS, MAX_FILES
from chalicelib.web import json_bodies
from tests.support.web.browsing import STORE, Browser, fields, problems, said

GOOD = {"filename": "shade.jpg", "content_type": "image/jpeg", "content": base64.b64encode(b"picture").decode()}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
)


def details(answer: Any) -> dict[str, str]:
    return {error["field"]: error["detail"] for error in said(answer)["errors"]}


def test_all_mistakes_are_named_at_once(browser: Browser) -> None:
    sent = {
        "email": 5, "message": ["x"], "kind": 3, "language": 1.5, "orderNo": "7", "purchase_date": "soon",
        "attachments": [
            GOOD,
            {"filename": "a.png", "content": "***"},
            {"file_name": "b.png", "content": "eA=="},
            {"upload": "forged"},
            {"upload": 7, "filename": "c.png"},
            7,
        ],
    }  # fmt: skip
    answer = browser.json(sent, origin=STORE)
    assert answer.headers["Access-Control-Allow-Origin"] == STORE
    assert problems(answer) == {
        "kind": "unknown",
        "purchase_date": "no_date",
        "message": "not_text",
        "attachments[1].content": "not_base64",
        "attachments[2].file_name": "unknown_field",
        "attachments[2].filename": "missing",
        "attachments[3].upload": "upload_not_ours",
        "attachments[4].filename": "beside_upload",
        "attachments[4].upload": "not_text",
        "attachments[5]": "not_a_file",
        "email": "not_an_address",
        "language": "not_text",
        "orderNo": "unknown_field",
    }
    assert "order_number" in details(answer)["orderNo"]
    assert "filename" in details(answer)["attachments[2].file_name"]
    assert "base64" in details(answer)["attachments[1].content"]
    assert "/uploads" in details(answer)["attachments[3].upload"]


@pytest.mark.parametrize("said", ["maybe", 7, [], {}, "nein"])
def test_only_values_for_yes_and_no_are_accepted_as_such(browser: Browser, said: object) -> None:
    assert problems(browser.json(fields(terms_accepted=said))) == {"terms_accepted": "not_yes_or_no"}
    for meant in (True, False, "on", "off", "true", 1, 0, None):
        assert browser.json(fields(terms_accepted=meant)).status_code == 201


@pytest.mark.parametrize("name", ["message", "subject", "order_number", "name"])
def test_true_is_no_text(browser: Browser, name: str) -> None:
    assert problems(browser.json(fields(**{name: True})))[name] == "not_text"


def test_a_field_that_appears_twice_is_reported() -> None:
    found = json_bodies.read(b'{"message": "one", "message": "two", "name": "Mira"}', "", ())
    assert found.faults == {"message": "twice"}
    many = b",".join(b'"%d": 1, "%d": 2' % (number, number) for number in range(50_000))
    assert len(json_bodies.read(b'{"attachments": [{' + many + b"}]}", "", ()).faults) < 200


@pytest.mark.parametrize(
    ("attachments", "place", "code"),
    [
        ("no", "attachments", "not_a_list"),
        (GOOD, "attachments", "not_a_list"),
        (7, "attachments", "not_a_list"),
        ([None], "attachments[0]", "not_a_file"),
        ([[]], "attachments[0]", "not_a_file"),
        ([{}], "attachments[0].filename", "missing"),
        ([GOOD | {"filename": ""}], "attachments[0].filename", "missing"),
        ([GOOD | {"filename": 7}], "attachments[0].filename", "not_text"),
        ([GOOD | {"content_type": []}], "attachments[0].content_type", "not_text"),
        ([GOOD, {"filename": "a"}], "attachments[1].content", "missing"),
        ([GOOD | {"content": "ü"}], "attachments[0].content", "not_base64"),
        ([GOOD | {"content": "eA"}], "attachments[0].content", "not_base64"),
        ([GOOD | {"content": "data:image/png;base64,eA=="}], "attachments[0].content", "not_base64"),
        ([GOOD | {"content": {}}], "attachments[0].content", "not_text"),
        ([GOOD | {"size": 7}], "attachments[0].size", "unknown_field"),
        ([GOOD] * (MAX_FILES + 1), "attachments", "attachments_too_many"),
    ],
)
def test_each_mistake_in_a_file_has_its_place_and_code(
    browser: Browser, attachments: Any, place: str, code: str
) -> None:
    answer = browser.json(fields(attachments=attachments))
    assert problems(answer)[place] == code
    assert details(answer)[place]


@pytest.mark.parametrize("language", ["en", "de"])
def test_base64_with_line_breaks_is_accepted(browser: Browser, language: str) -> None:
    lines = base64.encodebytes(bytes(200)).decode()
    assert browser.json(fields(language=language, attachments=[GOOD | {"content": lines}])).status_code == 201


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("order_no", "order_number"), ("orderNumber", "order_number"), ("Email", "email"), ("e-mail", "email"),
        ("purchaseDate", "purchase_date"), ("serial", "serial_number"), ("mesage", "message"),
        ("attachment", "attachments"), ("termsAccepted", "terms_accepted"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused_with_the_nearest_known_one(browser: Browser, written: str, meant: str) -> None:
    answer = browser.json(fields() | {written: "x"})
    assert problems(answer) == {written: "unknown_field"}
    assert details(answer)[written].endswith(f": {meant}")


def test_without_a_near_name_all_known_names_are_listed(browser: Browser) -> None:
    answer = browser.json(fields(zzz=None), accept_language="de")
    assert problems(answer) == {"zzz": "unknown_field"}
    assert all(name in details(answer)["zzz"] for name in FIELDS)


def test_an_unknown_name_in_an_upload_request_is_refused_too(browser: Browser) -> None:
    asked = {"file_name": "a.jpg", "filename": "a.jpg", "content_type": "image/jpeg", "size": 7}
    assert problems(browser.json(asked, "/shops/northlight/uploads")) == {"file_name": "unknown_field"}


def test_forms_may_contain_unknown_fields(browser: Browser) -> None:
    assert browser.form(fields(utm_source="mail", csrf="x")).status_code == 303


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "not_json"), (b"email=x", "not_json")] + [(body, "not_an_object") for body in (b"[]", b'"x"', b"1")],
)
def test_json_that_is_no_object_and_text_that_is_no_json_have_different_codes(
    browser: Browser, body: bytes, code: str
) -> None:
    assert problems(browser.json(body)) == {"body": code}


def test_characters_of_another_charset_are_kept_in_json_too() -> None:
    body = json.dumps({"name": "Jürgen Groß"}, ensure_ascii=False).encode("cp1252")
    assert json_bodies.read(body, "iso-8859-1", FIELDS).fields == {"name": "Jürgen Groß"}
    assert json_bodies.read(body, "", FIELDS).fields == {"name": "Jürgen Groß"}


def test_too_many_fields_are_refused_and_none_is_ignored() -> None:
    with pytest.raises(TooLarge):
        json_bodies.read(json.dumps({f"f{number}": "x" for number in range(101)}).encode(), "", ())


def test_the_size_of_an_error_answer_is_bounded(browser: Browser) -> None:
    wrong = {f"{number}" * 5_000: "x" for number in range(20)}
    answer = browser.json(wrong | {"attachments": [{f"{n}" * 900: 1 for n in range(50)}] * 50})
    assert len(answer.body) < 40_000


@given(st.dictionaries(st.sampled_from([*FIELDS, "zzz"]) | st.text(max_size=5), anything, max_size=8))
def test_any_body_is_accepted_or_its_mistakes_are_named(sent: dict[str, Any]) -> None:
    try:
        found = json_bodies.read(json.dumps(sent).encode(), "", FIELDS)
    except InvalidFields:
        pytest.fail("every object can be read")
    unknown = {name for name in sent if name not in FIELDS}
    assert {place for place, code in found.faults.items() if code == "unknown_field" and "[" not in place} >= {
        name for name in unknown if len(name) <= 5 and "[" not in name
    }
    wrong_type = {name for name, value in sent.items() if name in FIELDS and isinstance(value, float | list | dict)}
    assert wrong_type - {"attachments"} <= set(found.faults)
