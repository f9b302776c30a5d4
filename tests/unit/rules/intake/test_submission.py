"""A form's fields are cleaned and bounded, and every mistake is named at once."""

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import submission

TODAY = date(2026, 11, 25)
SHOP = wiring.policy().shop("northlight")
GOOD = {"email": "mira@example.com", "message": "My lamp is broken."}
# With surrogates and control characters, as a hostile client can send them.
anything = st.text(st.characters())


def problems(fields: dict[str, str], **shop: Any) -> dict[str, str]:
    with pytest.raises(InvalidFields) as fault:
        submission.read(fields, replace(SHOP, **shop), TODAY)
    return fault.value.codes


@pytest.mark.parametrize("said", ["2026-11-26", "9998-01-01", "1949-12-31", "0001-01-01"])
def test_a_purchase_date_after_today_or_before_1950_is_refused(said: str) -> None:
    assert problems(GOOD | {"purchase_date": said}) == {"purchase_date": "not_bought_then"}


@pytest.mark.parametrize("said", ["2026-11-25", "1950-01-01"])
def test_a_purchase_date_in_between_is_part_of_the_claim(said: str) -> None:
    claim = submission.read(GOOD | {"purchase_date": said}, SHOP, TODAY).claim
    assert claim
    assert claim.purchased == date.fromisoformat(said)


def test_an_address_and_a_message_are_enough() -> None:
    form = submission.read(GOOD, SHOP, TODAY)
    assert (form.kind, form.language, form.subject) == ("question", "en", "My lamp is broken.")
    assert (form.name, form.topic, form.order_number, form.terms_accepted) == ("", None, None, False)


def test_every_mistake_is_named_at_once() -> None:
    fields = {"email": "x", "kind": "wish", "topic": "weather", "language": "fr", "name": "n" * 101}
    assert problems(fields, terms_required=True) == {
        "email": "not_an_address",
        "message": "missing",
        "kind": "unknown",
        "topic": "unknown",
        "language": "unknown",
        "terms_accepted": "not_accepted",
        "name": "too_long",
    }


@pytest.mark.parametrize("field", submission.LONGEST)
def test_a_field_may_have_its_maximum_length_and_no_more(field: str) -> None:
    longest = submission.LONGEST[field]
    host = ".example.example.example.example"
    longer = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}{host}" if field == "email" else "x" * longest
    fitting = longer[len(longer) - longest :] if field == "email" else longer
    submission.read(GOOD | {field: fitting}, SHOP, TODAY)
    assert field in problems(GOOD | {field: f"x{fitting}"})


@pytest.mark.parametrize("said", ["1", "true", "on", "Yes", " TRUE "])
def test_every_form_value_for_yes_accepts_the_terms(said: str) -> None:
    assert submission.read(GOOD | {"terms_accepted": said}, replace(SHOP, terms_required=True), TODAY).terms_accepted


@pytest.mark.parametrize("said", ["", "0", "false", "off", "no"])
def test_any_other_value_does_not_accept_the_terms(said: str) -> None:
    assert problems(GOOD | {"terms_accepted": said}, terms_required=True) == {"terms_accepted": "not_accepted"}


def test_without_a_subject_the_first_words_become_the_subject() -> None:
    message = "The lamp I ordered in November\narrived with a crack that runs from the rim to the base."
    subject = submission.read(GOOD | {"message": message}, SHOP, TODAY).subject
    assert subject == "The lamp I ordered in November arrived with a crack that …"
    assert len(submission.read(GOOD | {"message": "x" * 300}, SHOP, TODAY).subject) <= 62


@pytest.mark.parametrize(
    "address",
    ["a@b.example", "A.b-c+tag@sub.b-c.example", "o'neil@example.com", "a@xn--bcher-kva.example", "a@bücher.example"],
)
def test_deliverable_addresses_are_accepted(address: str) -> None:
    assert submission.is_address(address)
    assert submission.read(GOOD | {"email": f" {address} "}, SHOP, TODAY).email == address


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@b.example", "a@", "a@b", "a b@c.example", "a@b..example", "a..b@c.example", "a@-b.example",
        "a@b.example,c@d.example", "a@b.example;", "a@b.example>", "<a@b.example>", '"a b"@c.example', "a@b_c.example.",
        "a@b.example\nBcc: c@d.example", "a@b.example\r\n", "a\x00@b.example", "a@b.exa\u202emple", "ü@b.example",
        "a@b.1", f"{'a' * 65}@b.example", f"a@{'b' * 64}.example", f"a@{'ü' * 63}.example", "a@[127.0.0.1]",
    ],
)  # fmt: skip
def test_undeliverable_addresses_are_refused(address: str) -> None:
    assert not submission.is_address(address)


@given(anything)
def test_clean_removes_every_control_character(text: str) -> None:
    cleaned = submission.clean(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in cleaned)
    assert submission.clean(cleaned) == cleaned
    cleaned.encode()


@given(anything)
def test_one_line_has_no_line_break_and_no_direction_mark(text: str) -> None:
    line = submission.one_line(text)
    assert len(line.splitlines()) <= 1
    assert all(
        unicodedata.bidirectional(c) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        for c in line
    )
    assert line == line.strip()
    assert submission.one_line(line) == line


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_ordinary_text_stays_unchanged(text: str) -> None:
    assert submission.clean(text) == text


@given(st.dictionaries(st.sampled_from([*submission.LONGEST, "kind", "topic", "language", "extra"]), anything))
def test_any_posted_fields_are_accepted_or_named_as_mistakes(fields: dict[str, str]) -> None:
    try:
        form = submission.read(fields, SHOP, TODAY)
    except InvalidFields as fault:
        assert fault.codes
    else:
        assert submission.is_address(form.email)
        assert form.message.strip()
