"""The AWS requests of each function, in a whole life of a shop, agree exactly with its policy.

The life is in every.py. A function's calls are recorded in botocore; calls that AWS itself makes under its role are
read from the template's events. docs/operations.md says what to do if a test here fails."""

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
# Granted, but used by no recorded call, each with its purpose.
WITHOUT_A_CALL = {
    ("receive_mail", "TellWhatIsNotThereFromWhatIsForbidden"): (
        "to who may not list a bucket, S3 says of a mail that is not there that it is forbidden"
    ),
    ("receive_event", "TellWhatIsNotThereFromWhatIsForbidden"): "as for receive_mail",
}
# Reachable by names in the code, but never reached with the arguments it gets.
NEVER = {
    ("erase_subject", ("orders", "delete_order")): "it ends deletions that have begun; only a ticket is marked for one",
    ("receive_mail", ("files", "adopt_upload")): "no mail names an upload",
    ("receive_event", ("files", "adopt_upload")): "no message names an upload",
    ("receive_event", ("files", "keep_raw_mail")): "no message is a mail",
    ("receive_event", ("suppressions", "suppress")): "what a messenger did not deliver closes no address",
    ("act_on_ticket", ("files", "keep_raw_mail")): "what an agent says at the console is no mail",
    ("api_handler", ("files", "keep_raw_mail")): "what a form or an agent says is no mail",
}
WRITING = (
    "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PartiQLInsert", "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)  # fmt: skip
PROOF = {"AUDIT": "AUDIT#2026-11", "PURGE": "PURGE#2026-11"}
# Rights that no function has. (Rights that some function has are tried on all others.)
NOBODYS = {
    "dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:PartiQLDelete", "s3:DeleteObjectTagging", "s3:PutObjectAcl",
    "s3:DeleteBucket", "ses:SendEmail", "sqs:PurgeQueue", "secretsmanager:PutSecretValue", "logs:CreateLogGroup",
    "lambda:UpdateFunctionCode", "xray:PutTraceSegments",
}  # fmt: skip


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return every.recorded()


def calls(recorder: Recorder, function: str) -> list[Call]:
    return [*recorder.calls(function), *policies.by_aws(function)]


def leave(function: str) -> set[str]:
    """The statements that need no recorded call."""
    return {sid for of, sid in WITHOUT_A_CALL if of == function}


def test_every_operation_is_known(recorder: Recorder) -> None:
    assert recorder.unknown == set()
    assert set(recorder.asked) == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_request_of_a_function_is_denied(recorder: Recorder, function: str) -> None:
    denied = iam.denied(policies.policy(function), calls(recorder, function))
    assert not denied, f"in deploy/rights.py {function} lacks\n" + "\n".join(map(str, denied))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_granted_that_a_function_does_not_use(recorder: Recorder, function: str) -> None:
    unused = iam.unused(policies.policy(function), calls(recorder, function))
    unused = [grant for grant in unused if grant.partition(":")[0] not in leave(function)]
    assert not unused, f"in deploy/rights.py {function} has what no scene asks for\n" + "\n".join(unused)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_scenes_use_every_port_method_the_code_can_reach(recorder: Recorder, function: str) -> None:
    """Otherwise a right that no test needed would be missing on AWS."""
    written = {key.partition("#")[0] for call in recorder.calls(function) for key in call.said(LEADING)}
    done = recorder.used[function] | {("change", part) for part, key in reach.CHANGES.items() if key in written}
    missed = {use: where for use, where in reach.reached(function).items() if use not in done}
    missed = {use: where for use, where in missed.items() if (function, use) not in NEVER}
    assert not missed, f"{function} comes to this in no scene of {every.__file__}: {missed}"


@pytest.mark.parametrize(("function", "use"), NEVER)
def test_methods_listed_as_never_used_were_not_used(recorder: Recorder, function: str, use: reach.Used) -> None:
    assert use in reach.reached(function)
    assert use not in recorder.used[function]


@pytest.mark.parametrize(("function", "sid"), WITHOUT_A_CALL)
def test_statements_listed_as_without_a_call_have_none(recorder: Recorder, function: str, sid: str) -> None:
    unused = iam.unused(policies.policy(function), calls(recorder, function))
    granted = [grant for grant in policies.policy(function) if grant.sid == sid]
    assert sorted(map(str, granted)) == sorted(grant for grant in unused if grant.startswith(f"{sid}: "))


class TestTheCheckItself:
    """With one action more or less, every policy fails the check."""

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
    """The function's policy with other actions in one statement, for every variant that `change` makes of its actions
    and those of the same service; with the statement and the difference."""
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
    """Every action that any function has, and some that none has."""
    granted = {
        action for each in FUNCTIONS for statement in policies.statements(each) for action in statement["Action"]
    }
    return granted | NOBODYS


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("kind", PROOF)
@pytest.mark.parametrize("action", WRITING)
def test_only_some_functions_write_audit_events_and_certificates(
    recorder: Recorder, function: str, kind: str, action: str
) -> None:
    """Even if a policy is widened later, no function can write audit events and certificates that it never writes."""
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


def test_the_functions_that_may_write_protected_items() -> None:
    table = policies.arn("Table")

    def who(key: str, *actions: str) -> set[str]:
        asked = [Call(f"dynamodb:{action}", table, ((LEADING, (key,)),)) for action in actions]
        return {each for each in FUNCTIONS if any(iam.allowed(policies.policy(each), call) for call in asked)}

    anyhow = tuple(action.partition(":")[2] for action in WRITING)
    for key in ("SESSION#1", "SIGNIN#1", "AGENT#a@b"):
        assert who(key, *anyhow) == {"api_handler"}
    assert who("PURGE#2026-11", *anyhow) == {"purge_expired", "erase_subject"}
    assert who("AUDIT#2026-11", "BatchWriteItem", "DeleteItem", "PartiQLInsert", "UpdateItem") == set()
    assert who("AUDIT#2026-11", "PutItem").isdisjoint({"api_handler", "receive_mail", "send_mail", "note_delivery"})
    assert who("WORD#1", "PartiQLInsert") == {"index_words", "reindex"}
    assert who("WORD#1", "PutItem", "UpdateItem") == set()
    assert who("RECONCILIATION#2026-11", *anyhow) == {"reconcile"}
    assert who("LOCAL#CLOCK", *anyhow) == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_rights_hold_for_any_name_of_the_stack(function: str) -> None:
    """CloudFormation truncates functions' names if the stack's name is long, so no pattern made from it would match."""
    assert "AWS::StackName" not in json.dumps(policies.statements(function))
