"""What a function prints when it ends: one line for each set of dimensions, also when it fails."""

import pytest

from chalicelib import telemetry
from chalicelib.rules.policy.promises import KINDS
from chalicelib.services.measuring import Measure, measure
from tests.support.watching import emf
from tests.support.watching.emf import of_kind, of_stack


def test_counts_are_added_by_shop_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        measure(Measure.SENT, "northlight", "complaint", 2)
        measure(Measure.SENT, "northlight", "complaint")
        measure(Measure.OPENED, "northlight", "complaint")
        measure(Measure.SENT, "kettle", "question")
        telemetry.count("MailOpened")

    assert emf.published(act, capsys) == {
        of_kind("MailsSent", "northlight", "complaint"): 3,
        of_kind("TicketsOpened", "northlight", "complaint"): 1,
        of_kind("MailsSent", "kettle", "question"): 1,
        of_stack("MailOpened"): 1,
    }


def test_a_run_publishes_nothing_of_the_run_before(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        measure(Measure.STEPS, "northlight", "complaint")

    assert emf.published(act, capsys) == emf.published(act, capsys)
    assert emf.published(lambda: None, capsys) == {}


def test_a_run_that_fails_publishes_what_it_counted(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        measure(Measure.REFUSED, "northlight", "complaint")
        raise RuntimeError("the table is gone")

    def failing() -> None:
        with pytest.raises(RuntimeError):
            telemetry.observed(None, lambda _: act())

    failing()
    assert emf.read(capsys.readouterr().out) == {of_kind("MailsRefused", "northlight", "complaint"): 1}


def test_an_old_kind_has_no_metric_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Each pair of shop and kind is a metric that AWS charges for."""

    def act() -> None:
        for kind in (*KINDS, "given_up", "given_up_too"):
            measure(Measure.OPENED, "northlight", kind)

    found = emf.published(act, capsys)
    assert len(found) == len(KINDS) + 1
    assert found[of_kind("TicketsOpened", "northlight", "other")] == 2
