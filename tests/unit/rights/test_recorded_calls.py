"""What each function asked of AWS, in a whole life of a shop, against what its policy allows: no more and no less.

The life is in every.py. A function's calls are recorded where botocore takes them; what is called under its role by
AWS itself is read from the template's events. docs/operations.md says what to do where a test here fails.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.rights import iam, policies, reach
from tests.unit.rights.asking import LEADING
from tests.unit.rights.iam import Call
from tests.unit.rights.recording import Recorder
from tests.unit.rights.scenes import every

FUNCTIONS = policies.functions()
# Granted, and asked for by no call. Each with what it is for.
WITHOUT_A_CALL = {
    ("receive_mail", "TellWhatIsNotThereFromWhatIsForbidden"): (
        "to who may not list a bucket, S3 says of a mail that is not there that it is forbidden"
    ),
}
# The code could come to it as far as names tell, but what it is given never lets it.
NEVER = {
    ("receive_mail", ("files", "adopt_upload")): "no mail names an upload",
    ("act_on_ticket", ("files", "keep_raw_mail")): "what an agent says at the console is no mail",
    ("api_handler", ("files", "keep_raw_mail")): "what a form or an agent says is no mail",
}
WRITING = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
PROOF = {"AUDIT": "AUDIT#2026-11", "PURGE": "PURGE#2026-11"}
# What nobody is given. (Of all that anybody is given, each policy is tried with what it has not.)
NOBODYS = {
    "dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:PartiQLInsert", "s3:DeleteObjectTagging", "s3:PutObjectAcl",
    "s3:DeleteBucket", "ses:SendEmail", "sqs:PurgeQueue", "secretsmanager:PutSecretValue", "logs:CreateLogGroup",
    "lambda:UpdateFunctionCode", "xray:GetTraceSummaries",
}  # fmt: skip


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return every.recorded()


def calls(recorder: Recorder, function: str) -> list[Call]:
    return [*recorder.calls(function), *policies.by_aws(function)]


def leave(function: str) -> set[str]:
    """The statements that are there without a call."""
    return {sid for of, sid in WITHOUT_A_CALL if of == function}


def test_every_operation_is_known(recorder: Recorder) -> None:
    assert recorder.unknown == set()
    assert set(recorder.asked) == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_a_function_asks_is_denied(recorder: Recorder, function: str) -> None:
    denied = iam.denied(policies.policy(function), calls(recorder, function))
    assert not denied, f"in deploy/rights.py {function} lacks\n" + "\n".join(map(str, denied))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_granted_that_a_function_does_not_ask(recorder: Recorder, function: str) -> None:
    unused = iam.unused(policies.policy(function), calls(recorder, function))
    unused = [grant for grant in unused if grant.partition(":")[0] not in leave(function)]
    assert not unused, f"in deploy/rights.py {function} has what no scene asks for\n" + "\n".join(unused)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_scenes_do_all_that_the_code_can(recorder: Recorder, function: str) -> None:
    """Else a right that nobody needed yet in a test would be found missing on AWS."""
    written = {key.partition("#")[0] for call in recorder.calls(function) for key in call.said(LEADING)}
    done = recorder.used[function] | {("change", part) for part, key in reach.CHANGES.items() if key in written}
    missed = {use: where for use, where in reach.reached(function).items() if use not in done}
    missed = {use: where for use, where in missed.items() if (function, use) not in NEVER}
    assert not missed, f"{function} comes to this in no scene of {every.__file__}: {missed}"


@pytest.mark.parametrize(("function", "use"), NEVER)
def test_what_never_happens_has_not_happened(recorder: Recorder, function: str, use: reach.Used) -> None:
    assert use in reach.reached(function)
    assert use not in recorder.used[function]


@pytest.mark.parametrize(("function", "sid"), WITHOUT_A_CALL)
def test_what_is_there_without_a_call_has_none(recorder: Recorder, function: str, sid: str) -> None:
    unused = iam.unused(policies.policy(function), calls(recorder, function))
    granted = [grant for grant in policies.policy(function) if grant.sid == sid]
    assert sorted(map(str, granted)) == sorted(grant for grant in unused if grant.startswith(f"{sid}: "))


class TestTheTestItself:
    """With one action less or one more, any policy fails it."""

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_any_action_taken_away_is_missed(self, recorder: Recorder, function: str) -> None:
        for sid, action, fewer in changed(function, lambda has, actions: [has - {each} for each in has]):
            if sid not in leave(function):
                assert iam.denied(fewer, calls(recorder, function)), f"{sid} without {action}"

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_any_action_added_is_found_unused(self, recorder: Recorder, function: str) -> None:
        asked = calls(recorder, function)
        for sid, action, more in changed(function, lambda has, actions: [has | {each} for each in actions - has]):
            assert iam.unused(more, asked, sid), f"{sid} with {action}"

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_any_leading_key_taken_away_is_missed(self, recorder: Recorder, function: str) -> None:
        asked = calls(recorder, function)
        for what, _, fewer in iam.narrower(policies.policy(function)):
            if what.partition(":")[0] not in leave(function):
                assert iam.denied(fewer, asked), what


def changed(function: str, change: Any) -> Iterator[tuple[str, set[str], iam.Policy]]:
    """The function's policy with other actions in one statement, in every way that `change` says of those it has and
    those of the same service; the statement and what differs."""
    statements = policies.statements(function)
    for place, statement in enumerate(statements):
        if statement["Effect"] != "Allow":
            continue
        has = set(statement["Action"])
        for other in change(has, {each for each in everybodys() if each.partition(":")[0] == of_service(has)}):
            edited = [*statements[:place], statement | {"Action": sorted(other)}, *statements[place + 1 :]]
            yield statement["Sid"], other ^ has, iam.read(map(policies.resolved, edited))


def of_service(actions: set[str]) -> str:
    (service,) = {action.partition(":")[0] for action in actions}
    return service


def everybodys() -> set[str]:
    """Every action that any function is given, and some that none is."""
    granted = {
        action for each in FUNCTIONS for statement in policies.statements(each) for action in statement["Action"]
    }
    return granted | NOBODYS


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("kind", PROOF)
@pytest.mark.parametrize("action", WRITING)
def test_proof_is_written_by_who_must_and_denied_to_others(
    recorder: Recorder, function: str, kind: str, action: str
) -> None:
    """A policy that is widened one day still does not let a function touch audit events and certificates it never
    writes."""
    written = {
        key.partition("#")[0]
        for call in recorder.calls(function)
        if call.action == action
        for key in call.said(LEADING)
    }
    writes = any(call.action in WRITING for call in recorder.calls(function))
    if kind in written or not writes:
        return
    widened = (*policies.policy(function), iam.Grant("Widened", True, "*", "*"))
    table = policies.arn("Table")
    assert iam.allowed(widened, Call(action, table, ((LEADING, ("TICKET#NL-1",)),)))
    for keys in ((PROOF[kind],), ("TICKET#NL-1", PROOF[kind])):
        assert not iam.allowed(widened, Call(action, table, ((LEADING, keys),)))


def test_who_may_write_what_that_only_few_may() -> None:
    table = policies.arn("Table")

    def who(key: str, *actions: str) -> set[str]:
        asked = [Call(f"dynamodb:{action}", table, ((LEADING, (key,)),)) for action in actions]
        return {each for each in FUNCTIONS if any(iam.allowed(policies.policy(each), call) for call in asked)}

    anyhow = tuple(action.partition(":")[2] for action in WRITING)
    for key in ("SESSION#1", "SIGNIN#1", "AGENT#a@b"):
        assert who(key, *anyhow) == {"api_handler"}
    assert who("PURGE#2026-11", *anyhow) == {"purge_expired", "erase_subject"}
    assert who("AUDIT#2026-11", "BatchWriteItem", "DeleteItem", "UpdateItem") == set()
    assert who("AUDIT#2026-11", "PutItem").isdisjoint({"api_handler", "receive_mail", "send_mail", "note_delivery"})
    assert who("WORD#1", "PutItem", "UpdateItem") == {"index_words"}
    assert who("RECONCILIATION#2026-11", *anyhow) == {"reconcile"}
    assert who("LOCAL#CLOCK", *anyhow) == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_rights_hold_whatever_the_stack_is_called(function: str) -> None:
    """CloudFormation cuts functions' names where a stack's is long, so that no pattern made of it would match."""
    assert "AWS::StackName" not in json.dumps(policies.statements(function))
