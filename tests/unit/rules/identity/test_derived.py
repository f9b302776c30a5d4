"""References, tokens and ids are derived from the secret: stable, different from each other, and impossible to
forge."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.identity.keys import Secret
from tests.support.store.fakes import secret_of

SECRET, ANOTHER = secret_of("a secret"), secret_of("another")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
prefixes = st.text(string.ascii_uppercase, min_size=2, max_size=4)
letters = st.text(CROCKFORD, min_size=5, max_size=5)
refs = st.builds(lambda prefix, one, two: f"{prefix}-{one}-{two}", prefixes, letters, letters)
roles = st.sampled_from(Role)
folds = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])
LIFE = derived.life_of(datetime(2026, 11, 28, 5, 4, 3, tzinfo=UTC))


def made(secret: Secret, ref: str, role: Role) -> str:
    return derived.token(secret, Token(ref, role, 0, 1, LIFE))


@given(prefixes, st.text())
def test_a_reference_is_found_in_the_form_it_is_written(prefix: str, source: str) -> None:
    ref = derived.reference(SECRET, prefix, source)
    assert ref == derived.reference(SECRET, prefix, source)
    assert derived.references_in(f"Re: [{ref}] my lamp") == (ref,)


@given(refs, folds)
def test_a_reference_is_found_in_any_case(ref: str, fold: object) -> None:
    assert derived.references_in(f"(AW: {fold(ref)})") == (ref,)  # type: ignore[operator]


def test_a_reference_differs_by_secret_source_and_attempt() -> None:
    one = {
        derived.reference(secret, "NL", source, attempt)
        for secret in (SECRET, ANOTHER)
        for source in ("x", "y")
        for attempt in (0, 1, 2)
    }
    assert len(one) == 12


def test_references_in_a_text_are_listed_once_and_in_order() -> None:
    text = "NL-00000-00002, nl-00000-00001 and NL-00000-00002"
    assert derived.references_in(text) == ("NL-00000-00002", "NL-00000-00001")


@pytest.mark.parametrize(
    "text", ["", "NL-7K3F9", "NL-7K3F9-QXMTU", "N-7K3F9-QXMT2", "XNL-7K3F9-QXMT23", "NL7K3F9QXMT2"]
)
def test_text_that_only_looks_like_a_reference_is_ignored(text: str) -> None:
    assert derived.references_in(text) == ()


@given(refs, roles, folds)
def test_a_token_gives_its_ticket_and_role_in_any_case(ref: str, role: Role, fold: object) -> None:
    token: str = fold(made(SECRET, ref, role))  # type: ignore[operator]
    for text in (token, f"care+{token}@shop.example", f"<{token}.5f2@shop.example>"):
        assert derived.read_token(SECRET, text) == Token(ref, role, 0, 1, LIFE)


@given(refs, refs, roles, roles)
def test_a_signature_is_good_for_its_own_ticket_and_role_only(one: str, other: str, role: Role, as_: Role) -> None:
    assume((one, role) != (other, as_))
    signature = made(SECRET, one, role)[-16:]
    assert derived.read_token(SECRET, made(SECRET, other, as_)[:-16] + signature) is None


@given(refs, roles, st.data())
def test_a_token_with_one_changed_letter_is_refused(ref: str, role: Role, data: st.DataObject) -> None:
    token = made(SECRET, ref, role)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase + string.digits))
    assume(letter != token[place])
    assert derived.read_token(SECRET, token[:place] + letter + token[place + 1 :]) is None


@given(refs, roles)
def test_a_token_made_with_another_secret_is_refused(ref: str, role: Role) -> None:
    assert derived.read_token(ANOTHER, made(SECRET, ref, role)) is None


@given(refs, roles)
def test_a_token_inside_a_longer_word_is_refused(ref: str, role: Role) -> None:
    token = made(SECRET, ref, role)
    assert derived.read_token(SECRET, token + "0") is None
    assert derived.read_token(SECRET, f"0{token}") is None


@given(st.text())
def test_no_text_makes_the_search_for_tokens_crash(text: str) -> None:
    assert derived.read_token(SECRET, text) is None
    derived.references_in(text)


def test_a_forged_token_does_not_hide_a_good_one_beside_it() -> None:
    good = made(SECRET, "NL-00000-00001", Role.CUSTOMER)
    forged = made(ANOTHER, "NL-00000-00002", Role.AGENT)
    assert derived.read_token(SECRET, f"{forged} {good}") == Token("NL-00000-00001", Role.CUSTOMER, 0, 1, LIFE)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_sources_with_different_parts_differ(one: list[str], other: list[str]) -> None:
    assume("\x00".join(one) != "\x00".join(other))
    assert derived.source_of(*one) != derived.source_of(*other)


def test_ids_can_be_derived_from_broken_text() -> None:
    assert derived.source_of("\ud800")
    assert derived.message_id(SECRET, "NL-00000-00001", "\ud800")


def test_message_ids_differ_by_ticket_and_source() -> None:
    ids = {derived.message_id(SECRET, ref, source) for ref in ("NL-1", "NL-2") for source in ("x", "y")}
    assert len(ids) == 4


def test_a_blinded_value_is_equal_for_equal_values_and_hides_them() -> None:
    assert derived.blind(SECRET, "address", "Mira@x") == derived.blind(SECRET, "address", "mira@X")
    assert derived.blind(SECRET, "address", "mira@x") != derived.blind(SECRET, "source", "mira@x")
    assert "mira" not in derived.blind(SECRET, "address", "mira@x")


@given(refs, roles, st.integers(1, 1023), st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)))
def test_a_token_carries_its_key_version_and_the_tickets_life(
    ref: str, role: Role, version: int, opened: datetime
) -> None:
    said = Token(ref, role, 7 if role is Role.THIRD_PARTY else 0, version, derived.life_of(opened.replace(tzinfo=UTC)))
    assert derived.read_token(SECRET, derived.token(SECRET, said)) == said


def test_tickets_opened_at_different_moments_have_different_lives() -> None:
    moments = [datetime(2026, 11, 28, 5, 4, 3, micro, tzinfo=UTC) for micro in range(0, 1000, 7)]
    assert len({derived.life_of(moment) for moment in moments}) == len(moments)
