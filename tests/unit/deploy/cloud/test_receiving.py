"""The receipt rule set is made active where none is, and nobody else's is touched."""

from deploy.cloud import receiving
from tests.support.stack.sesv2 import FakeReceiving


def test_ours_becomes_active_where_none_is_and_only_once() -> None:
    ses = FakeReceiving()
    assert receiving.activate(ses, "ours") == (True, "the receipt rule set ours is now the active one")
    assert receiving.activate(ses, "ours") == (True, "the receipt rule set ours is the active one already")
    assert (ses.active, ses.changes) == ("ours", 1)


def test_a_foreign_one_is_left_alone() -> None:
    ses = FakeReceiving("theirs")
    active, sentence = receiving.activate(ses, "ours")
    assert not active
    assert "theirs is active, and it is not ours" in sentence
    assert "--rule-set-name ours" in sentence
    assert not receiving.deactivate(ses, "ours")
    assert (ses.active, ses.changes) == ("theirs", 0)


def test_ours_is_no_longer_active_after_deactivating() -> None:
    ses = FakeReceiving("ours")
    assert receiving.deactivate(ses, "ours")
    assert not ses.active
    assert not receiving.deactivate(ses, "")
