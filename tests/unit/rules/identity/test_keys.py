"""The secret's versions, and the keys that are derived from them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity import derived, keys
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.identity.keys import LETTERS, Secret, Use, hkdf

LONG, LONGER = "a" * 64, "b" * 64
FIRST = Secret({"1": LONG.encode()}, "1")
BOTH = Secret({"1": LONG.encode(), "2": LONGER.encode()}, "1")
SECOND = Secret(BOTH.versions, "2")
SAID = Token("NL-7K3F9-QXMT2", Role.CUSTOMER, 0, 1, "0123")


# RFC 5869, appendix A.1 to A.3: material, salt, info, length, expected output.
@pytest.mark.parametrize(
    ("material", "salt", "info", "length", "made"),
    [
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x00, 0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            "0b" * 22,
            "",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_keys_are_derived_as_rfc_5869_says(material: str, salt: str, info: str, length: int, made: str) -> None:
    found = hkdf(bytes.fromhex(material), bytes.fromhex(salt), bytes.fromhex(info), length)
    assert found.hex() == made


def test_each_use_and_each_version_has_a_key_of_its_own() -> None:
    every = [key.key for use in Use for key in BOTH.every(use)]
    assert len({*every}) == len(every) == 2 * len(Use)


def test_the_present_version_signs_and_is_tried_first_and_the_oldest_names() -> None:
    assert [key.version for key in SECOND.every(Use.LOG)] == ["2", "1"]
    assert [key.version for key in BOTH.every(Use.LOG)] == ["1", "2"]
    assert SECOND.now(Use.LOG).key == SECOND.of("2", Use.LOG) != SECOND.of("1", Use.LOG)
    assert SECOND.of("3", Use.LOG) is None is SECOND.of("", Use.LOG)
    assert FIRST.lasting(Use.NAMES) == BOTH.lasting(Use.NAMES) == SECOND.lasting(Use.NAMES)


@given(st.integers(1, len(LETTERS)), st.data())
def test_a_secret_is_read_as_it_was_written(number: int, data: st.DataObject) -> None:
    secret = Secret(
        {letter: f"{letter * 40}".encode() for letter in LETTERS[:number]}, data.draw(st.sampled_from(LETTERS[:number]))
    )
    read = keys.read(keys.written(secret))
    assert read == secret
    assert list(read.versions) == list(LETTERS[:number])


def test_versions_are_ordered_by_age_and_not_by_the_text() -> None:
    text = json.dumps({"b": LONG, "0": LONG, "2": LONG, "present": "b", "1": LONG})
    assert list(keys.read(text).versions) == ["1", "2", "b", "0"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        "[]",
        "{}",
        "null",
        '"x"',
        '{"present": "1"}',
        json.dumps({"1": LONG}),
        '{"present": "1", "1": "short"}',
    ]
    + [
        json.dumps({"present": "1", "1": LONG} | wrong)
        for wrong in ({"present": "2"}, {"l": LONG}, {"12": LONG}, {"2": 7})
    ]
    + [json.dumps({"present": "1", "1": f"{LONG}ä"}), json.dumps({"present": "1", "1": LONG, "": LONG})],
)
def test_a_malformed_secret_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="secret") as told:
        keys.read(text)
    assert LONG not in f"{told.value}"


def test_a_secret_does_not_appear_in_its_repr() -> None:
    assert LONG not in repr(BOTH)
    assert "key=" not in repr(BOTH.now(Use.LOG))


def test_a_version_is_first_added_and_then_made_present() -> None:
    more = keys.with_version(FIRST, LONGER)
    assert more == BOTH
    assert keys.with_newest_present(more) == SECOND
    full = Secret({letter: LONG.encode() for letter in LETTERS}, "1")
    with pytest.raises(ValueError, match="letters"):
        keys.with_version(full, LONGER)


class TestAfterARotation:
    def test_old_and_new_tokens_are_read_at_every_step_of_a_rotation(self) -> None:
        for made_by in (FIRST, BOTH, SECOND):
            token = derived.token(made_by, SAID)
            for read_by in (BOTH, SECOND):
                assert derived.read_token(read_by, token) == SAID
        assert derived.read_token(FIRST, derived.token(SECOND, SAID)) is None

    def test_a_tokens_version_letter_cannot_be_replaced(self) -> None:
        token = derived.token(FIRST, SAID)
        assert token[-17] == "1"
        assert derived.read_token(SECOND, f"{token[:-17]}2{token[-16:]}") is None

    def test_references_and_ids_stay_the_same_after_a_rotation(self) -> None:
        for secret in (BOTH, SECOND):
            assert derived.reference(secret, "NL", "x") == derived.reference(FIRST, "NL", "x")
            assert derived.message_id(secret, "NL", "x") == derived.message_id(FIRST, "NL", "x")
            assert derived.name(secret, "export", "x") == derived.name(FIRST, "export", "x")

    def test_a_blinded_value_is_searched_under_each_version(self) -> None:
        before, after = derived.blind(FIRST, "word", "lamp"), derived.blind(SECOND, "word", "lamp")
        assert (before[0], after[0]) == ("1", "2")
        assert before[1:] != after[1:]
        assert derived.blinds(SECOND, "word", "Lamp") == (after, before)
