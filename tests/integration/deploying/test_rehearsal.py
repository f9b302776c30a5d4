"""Every command of docs/deploying.md is typed, against stand-ins for AWS and DNS: so the guide stays true."""

import re
from pathlib import Path

import pytest

from deploy.rights import FUNCTIONS
from local.rehearsal import beside, guide, rehearsing
from local.rehearsal.rehearsing import Typed
from tests.support.stack.emulator_python import EMULATOR_PYTHON

GUIDE = Path("docs/deploying.md")
# Ten deployments; a machine that has other work needs long for them.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[Typed]:
    return rehearsing.rehearse(GUIDE, EMULATOR_PYTHON, tmp_path_factory.mktemp("rehearsal"))


def printed(done: list[Typed], command: str) -> list[str]:
    """What each step of the guide with this command printed."""
    found = [typed.printed for typed in done if command in typed.step.commands and typed.step not in beside.STEPS]
    assert found, command
    return found


def printed_beside(done: list[Typed], heading: str) -> str:
    """What a step printed that is typed beside the guide's."""
    (found,) = (typed.printed for typed in done if typed.step in beside.STEPS and typed.step.heading == heading)
    return found


def test_every_step_of_the_guide_was_typed(done: list[Typed]) -> None:
    assert [typed.step for typed in done if typed.step not in beside.STEPS] == guide.steps(GUIDE)


def test_the_first_deployment_makes_a_protected_stack(done: list[Typed]) -> None:
    first, again = printed(done, "make deploy STAGE=prod")
    assert f"{len(FUNCTIONS)} × Lambda Function" in first
    assert "The stack is protected" in first
    assert "Nothing has changed since the last deployment." in again


def test_going_live_ends_when_the_records_are_there(done: list[Typed]) -> None:
    first, again = printed(done, "make go-live STAGE=prod")
    assert "Still missing:" in first
    assert "is now the active one" in first
    assert "Live: mail comes in and goes out." in again
    assert "is the active one already" in again


# Nobody has reviewed the documents of the fictional shops, and nothing else is found.
UNREVIEWED = "health: look at documents ("


def test_a_form_and_a_mail_go_through(done: list[Typed]) -> None:
    for said in printed(done, "make smoke STAGE=prod"):
        assert re.search(r"^form: opened NL-", said, re.MULTILINE)
        assert "form: its confirmation and its notification are sent" in said
        assert "mail: it came in, and has its outcome" in said
        assert UNREVIEWED in said


def test_after_an_update_the_stage_goes_back_to_the_package_before(done: list[Typed]) -> None:
    update, back = (printed_beside(done, step) for step in (beside.UPDATE, beside.BACK))
    assert "uploaded the package to" in update
    assert "the package is already in" in back
    for said in (update, back):
        assert re.search(r"^  changes .* Lambda Function", said, re.MULTILINE)
        assert not re.search(r"^  (removes|REPLACES) ", said, re.MULTILINE)
        assert "form: its confirmation and its notification are sent" in said
        assert UNREVIEWED in said


def test_a_restored_table_takes_the_place_of_the_stacks_own(done: list[Typed]) -> None:
    said = printed_beside(done, beside.RESTORE)
    assert f"RestoredTable={beside.RESTORED}" in said
    assert re.search(r"SendMailSendMailDynamodbEventSource \(Lambda EventSourceMapping: EventSourceArn", said)
    assert f"{len(FUNCTIONS)} × Lambda Function: Environment" in said
    assert "Table (DynamoDB Table)" not in said
    assert "CloudFormation has done it." in said
    assert "form: its confirmation and its notification are sent" in said
    assert "mail: it came in, and has its outcome" in said
    assert UNREVIEWED in said


def test_a_second_stage_lives_beside_it(done: list[Typed]) -> None:
    (said,) = printed(done, "make deploy STAGE=staging")
    assert "region eu-west-1" in said
    assert "help.staging.northlight.example" in said


def test_the_end_keeps_records_unless_told_twice(done: list[Typed]) -> None:
    (kept,) = printed(done, "make destroy STAGE=staging")
    assert re.search(r"^  AWS::DynamoDB::Table aftercare-staging-Table", kept, re.MULTILINE)
    (deleted,) = printed(done, "RECORDS=delete")
    assert re.search(r"^  deleted aftercare-prod-Table", deleted, re.MULTILINE)
    assert f"  deleted {beside.RESTORED}\n" in deleted
