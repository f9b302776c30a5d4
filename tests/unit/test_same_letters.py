"""The guard of tests/unit/conftest.py: no unit test fails by chance because random letters happen to spell a word."""

import secrets
from uuid import uuid4

from moto.moto_api._internal import mock_random


def test_tokens_and_ids_are_the_same_in_each_run() -> None:
    assert secrets.token_urlsafe(12) == "qmwBkBdQRxao_DBH"
    assert secrets.token_hex(8) == "2a1118b2a8ba7b4a"
    assert str(uuid4()) == "b771beb2-27ff-4315-8c74-3428499a7392"
    assert str(mock_random.uuid4()) == "b218112a-4730-4ca8-9647-501790016caa"


def test_they_are_others_in_another_test() -> None:
    assert secrets.token_urlsafe(12) == "-JYgq-Ko3QGVEH1T"


def test_each_is_another_within_a_test() -> None:
    assert len({secrets.token_hex(8) for _ in range(1000)}) == 1000
