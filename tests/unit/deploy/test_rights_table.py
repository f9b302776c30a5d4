"""deploy.rights: Chalice gets exactly what its table says. That the table itself is right is tested in
tests/unit/rights."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.aws import events
from chalicelib.aws.running import ENOUGH_MILLIS
from deploy import package, rights, statements
from deploy.statements import of_keys, right

CHALICE = package.ROOT / ".chalice"


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Any]:
    rights.write(CHALICE, tmp_path / "chalice")
    files = (tmp_path / "chalice").iterdir()
    return {file.name: json.loads(file.read_text(encoding="utf-8")) for file in files}


def test_the_table_has_every_function_and_no_other() -> None:
    called = {name for name, kind in app.app.handler_map.items() if callable(kind)}
    views = {entry.view_name for methods in app.app.routes.values() for entry in methods.values()}
    assert set(rights.FUNCTIONS) == called - views | {"api_handler"}


def test_no_written_file_is_kept_by_hand() -> None:
    """An additional file or setting would stay behind at the next change of the table."""
    assert [file.name for file in CHALICE.glob("*.json")] == ["config.json"]
    assert "lambda_functions" not in json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))


def test_each_function_has_its_size_and_its_own_policy(written: dict[str, Any]) -> None:
    functions = written["config.json"]["lambda_functions"]
    assert list(functions) == list(rights.FUNCTIONS)
    for name, said in functions.items():
        of = rights.FUNCTIONS[name]
        assert (said["lambda_memory_size"], said["lambda_timeout"]) == (of.memory, of.timeout)
        assert written[said["iam_policy_file"]] == rights.policy(name)
    assert len(written) == 1 + len({said["iam_policy_file"] for said in functions.values()}) == 1 + len(functions)


def test_settings_of_all_functions_stay_unchanged(written: dict[str, Any]) -> None:
    config = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))
    added = {"lambda_functions", "xray"}
    assert {key: value for key, value in written["config.json"].items() if key not in added} == config


def test_only_when_asked_for_functions_are_traced_and_may_send_traces(written: dict[str, Any], tmp_path: Path) -> None:
    rights.write(CHALICE, tmp_path / "traced", traced=True)
    for name in rights.FUNCTIONS:
        file = f"policy-{name}.json"
        traced = json.loads((tmp_path / "traced" / file).read_text(encoding="utf-8"))["Statement"]
        assert traced == [statements.SEND_TRACES, *written[file]["Statement"]]
        assert "xray" not in json.dumps(written[file])
    config = json.loads((tmp_path / "traced/config.json").read_text(encoding="utf-8"))
    assert (config["xray"], written["config.json"]["xray"]) == (True, False)


@pytest.mark.parametrize("function", rights.FUNCTIONS)
def test_no_policy_has_two_statements_with_the_same_sid(function: str) -> None:
    """IAM refuses such a policy."""
    names = [statement["Sid"] for statement in rights.statements(function)]
    assert sorted(set(names)) == sorted(names)
    assert all(name.isalnum() for name in names)


class TestStatements:
    def test_one_resource_is_a_text_and_several_are_a_list(self) -> None:
        one, two = right("One", "s3: GetObject", "a"), right("Two", "s3: GetObject PutObject", "a", "b")
        assert one == {"Sid": "One", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "a"}
        assert (two["Action"], two["Resource"]) == (["s3:GetObject", "s3:PutObject"], ["a", "b"])

    def test_a_key_that_ends_in_a_hash_is_a_prefix_and_others_are_whole_keys(self) -> None:
        assert of_keys("TICKET# RUN") == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["RUN", "TICKET#*"]}}


@pytest.mark.parametrize(
    ("puts", "updates", "denied"),
    [
        ("TICKET#", "", {"LeaveProofAlone": {"BatchWriteItem", "DeleteItem", "PartiQLInsert", "PutItem",
                                             "UpdateItem"}}),
        ("AUDIT#", "", {"LeaveProofAlone": {"BatchWriteItem", "DeleteItem", "PartiQLInsert", "UpdateItem"},
                        "LeaveCertificatesAlone": {"PutItem"}}),
        ("AUDIT# PURGE#", "PURGE#", {"LeaveProofAlone": {"BatchWriteItem", "DeleteItem", "PartiQLInsert"},
                                     "LeaveAuditEventsAlone": {"UpdateItem"}}),
        ("PURGE#", "AUDIT# PURGE#", {"LeaveProofAlone": {"BatchWriteItem", "DeleteItem", "PartiQLInsert"},
                                     "LeaveAuditEventsAlone": {"PutItem"}}),
    ],
)  # fmt: skip
def test_writes_to_audit_events_and_certificates_that_a_function_never_does_are_denied(
    monkeypatch: pytest.MonkeyPatch, puts: str, updates: str, denied: dict[str, set[str]]
) -> None:
    monkeypatch.setitem(rights.FUNCTIONS, "made_up", rights.Function(512, 30, puts=puts, updates=updates))
    found = [statement for statement in rights.statements("made_up") if statement["Effect"] == "Deny"]
    told = {each["Sid"]: {action.removeprefix("dynamodb:") for action in each["Action"]} for each in found}
    assert told == denied


def test_every_function_that_looks_at_its_time_has_more_of_it_than_one_step_needs() -> None:
    """One that begins with too little time left would never do anything."""
    source = (package.ROOT / "app.py").read_text(encoding="utf-8")
    found = re.findall(r"^ +(\w+) = at_length\([\w.]+(?:, events\.(\w+))?\)$", source, re.MULTILINE)
    assert len(found) > 5
    for name, enough in found:
        needed = getattr(events, enough) if enough else ENOUGH_MILLIS
        assert rights.FUNCTIONS[name].timeout * 1000 > 2 * needed, name
