"""A stack's whole life on the embedded AWS: a first deployment that fails, one that succeeds, updates, the end.

The template is a small one with what holds records in Aftercare's: a table, a bucket and a secret, all kept.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.cloud import clients, stacks
from deploy.cloud.clients import Clients
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.commands import destroy, go_live, up
from local.rehearsal import cloud
from tests.support import shops
from tests.support.stack.emulator_python import EMULATOR_PYTHON

KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
# Refers to a rule set that does not exist.
BROKEN = {
    "Type": "AWS::SES::ReceiptRule",
    "DependsOn": ["Table", "Bucket", "Secret"],
    "Properties": {"RuleSetName": "none", "Rule": {"Name": "broken", "Actions": []}},
}
RULES = {"Type": "AWS::SES::ReceiptRuleSet"}
_NUMBERS = itertools.count(1)


def table(key: str = "pk", **more: Any) -> dict[str, Any]:
    properties = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "DeletionProtectionEnabled": {"Fn::If": ["Protected", True, False]},
    }
    return {"Type": "AWS::DynamoDB::Table", **KEPT, "Properties": properties | more}


def template(**changed: dict[str, Any] | None) -> dict[str, Any]:
    """The small template, with these resources changed, added, or (None) left out."""
    resources = {
        "Table": table(),
        "Bucket": {"Type": "AWS::S3::Bucket", **KEPT, "Properties": {}},
        "Secret": {"Type": "AWS::SecretsManager::Secret", **KEPT, "Properties": {"GenerateSecretString": {}}},
        "Rules": RULES,
        "Links": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "PublicUrl"}}},
    } | changed
    return {
        "Parameters": {"PublicUrl": {"Type": "String"}, "DeletionProtection": {"Type": "String", "Default": "on"}},
        "Conditions": {"Protected": {"Fn::Equals": [{"Ref": "DeletionProtection"}, "on"]}},
        "Resources": {name: each for name, each in resources.items() if each},
        "Outputs": {
            "EndpointURL": {"Value": "https://api.example/api/"},
            "Url": {"Value": {"Ref": "PublicUrl"}},
            "ReceiptRuleSetName": {"Value": {"Ref": "Rules"}},
        },
    }


@dataclass(slots=True)
class Operator:
    """Deploys stage after stage, types what is asked, and remembers what was said."""

    aws: Clients
    around: cloud.Cloud
    folder: Path
    stage: Stage
    said: list[str] = field(default_factory=list)
    refuses: bool = False

    def terminal(self) -> Terminal:
        def ask(question: str) -> str:
            self.said.append(question)
            return "no" if self.refuses else question.partition("Type ")[2].partition(" to go on")[0]

        return Terminal(self.said.append, ask, lambda seconds: None)

    def deploy(self, content: dict[str, Any]) -> dict[str, str]:
        def build(of: Stage) -> tuple[Path, Path]:
            (self.folder / "template.json").write_text(json.dumps(content), encoding="utf-8")
            (self.folder / "package.zip").write_bytes(b"zip")
            return self.folder / "template.json", self.folder / "package.zip"

        return up.run(up.Deployment(self.stage, self.aws, build, lambda name, kind: ["192.0.2.1"], self.terminal()))

    def destroy(self, records_too: bool = False) -> None:
        destroy.run(destroy.Destruction(self.stage, self.aws, self.terminal(), records_too))

    def everything(self) -> list[str]:
        """The tables, buckets and secrets of this stage, by their names."""
        names = self.aws.dynamodb.list_tables()["TableNames"]
        names += [each["Name"] for each in self.aws.s3.list_buckets()["Buckets"]]
        names += [each["Name"] for each in self.aws.secrets.list_secrets()["SecretList"]]
        return sorted(name for name in names if name.lower().startswith(self.stage.stack))

    def stack(self) -> dict[str, Any] | None:
        return stacks.find(self.aws.cloudformation, self.stage.stack)

    def names(self) -> dict[str, str]:
        listed = stacks.resources(self.aws.cloudformation, self.stage.stack)
        return {logical: physical for logical, _, physical, _ in listed}


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    with ExitStack() as after:
        yield cloud.start(tmp_path_factory.mktemp("cloud"), EMULATOR_PYTHON, after)


@pytest.fixture
def operator(around: cloud.Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Each test has a stage of its own."""
    for name, value in around.environment().items():
        monkeypatch.setenv(name, value)
    stage = Stage(f"test{next(_NUMBERS)}", "eu-central-1", shops.FILE)
    return Operator(clients.connect(stage.region), around, tmp_path, stage)


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    operator.deploy(template())
    operator.aws.dynamodb.put_item(TableName=operator.names()["Table"], Item={"pk": {"S": "ticket"}})
    return operator


def whole(operator: Operator) -> bool:
    """Whether the stack's table still has what was put into it."""
    name = operator.names()["Table"]
    return bool(operator.aws.dynamodb.scan(TableName=name)["Items"] == [{"pk": {"S": "ticket"}}])


@pytest.mark.parametrize("protected", [{"Fn::If": ["Protected", True, False]}, True])
def test_a_first_deployment_that_fails_leaves_nothing(operator: Operator, protected: Any) -> None:
    with pytest.raises(Stopped, match="Nothing is left"):
        operator.deploy(template(Broken=BROKEN, Table=table(DeletionProtectionEnabled=protected)))
    assert any("Broken: " in sentence for sentence in operator.said)
    assert operator.everything() == []
    assert operator.stack() is None
    operator.deploy(template())
    assert len(operator.everything()) == 3


def test_what_is_left_of_a_failure_that_nobody_cleared_goes_first(operator: Operator) -> None:
    client, name = operator.aws.cloudformation, operator.stage.stack
    body = json.dumps(template(Broken=BROKEN))
    client.create_stack(
        StackName=name, TemplateBody=body, Parameters=[{"ParameterKey": "PublicUrl", "ParameterValue": "x"}]
    )
    assert stacks.wait(client, name, operator.terminal()) == "ROLLBACK_COMPLETE"
    operator.deploy(template())
    assert len(operator.everything()) == 3
    assert (operator.stack() or {})["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_a_deployed_stack_is_protected_and_knows_its_own_address(deployed: Operator) -> None:
    stack = deployed.stack() or {}
    assert stack["EnableTerminationProtection"]
    assert stacks.outputs(stack)["Url"] == "https://api.example/api"
    described = deployed.aws.dynamodb.describe_table(TableName=deployed.names()["Table"])["Table"]
    assert described["DeletionProtectionEnabled"]
    policy = deployed.aws.cloudformation.get_stack_policy(StackName=deployed.stage.stack)["StackPolicyBody"]
    assert json.loads(policy) == json.loads(stacks.POLICY.read_text(encoding="utf-8"))


def test_the_same_again_changes_nothing(deployed: Operator) -> None:
    before = deployed.stack()
    deployed.said.clear()
    deployed.deploy(template())
    assert "Nothing has changed since the last deployment." in deployed.said
    assert deployed.stack() == before


def test_an_update_keeps_everything(deployed: Operator) -> None:
    before = deployed.everything()
    deployed.deploy(template(Table=table(Tags=[{"Key": "a", "Value": "b"}]), Topic={"Type": "AWS::SNS::Topic"}))
    assert any("makes    Topic (SNS Topic)" in sentence for sentence in deployed.said)
    assert deployed.everything() == before
    assert whole(deployed)


def test_an_update_that_fails_leaves_all_as_it_was(deployed: Operator) -> None:
    before = deployed.names()
    with pytest.raises(Stopped, match="The stack is as it was before"):
        deployed.deploy(template(Topic={"Type": "AWS::SNS::Topic"}, Broken=BROKEN))
    assert deployed.names() == before
    assert whole(deployed)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Table": table(key="other")}, r"Table \(DynamoDB Table\) would be replaced"),
        ({"Table": None}, r"Table \(DynamoDB Table\) would be removed"),
        ({"Bucket": None}, r"Bucket \(S3 Bucket\) would be removed"),
        ({"Secret": None}, r"Secret \(SecretsManager Secret\) would be removed"),
        (
            {"Secret": {"Type": "AWS::SecretsManager::Secret", **KEPT, "Properties": {"SecretString": "other"}}},
            "Secret would get a new value",
        ),
    ],
)
def test_what_would_lose_records_is_refused(deployed: Operator, changed: dict[str, Any], why: str) -> None:
    before = deployed.stack()
    with pytest.raises(Stopped, match=why):
        deployed.deploy(template(**changed))
    assert deployed.stack() == before
    assert whole(deployed)


@pytest.mark.parametrize("first", [True, False])
def test_nothing_is_changed_unless_the_person_agrees(operator: Operator, first: bool) -> None:
    if not first:
        operator.deploy(template())
    before = operator.everything(), operator.stack()
    operator.refuses = True
    with pytest.raises(Stopped, match="Nothing was changed"):
        operator.deploy(template(Topic={"Type": "AWS::SNS::Topic"}))
    assert (operator.everything(), operator.stack()) == before


def test_wrong_parameters_are_named_before_anything_is_made(operator: Operator) -> None:
    operator.stage = Stage(operator.stage.name, operator.stage.region, shops.FILE, {"Publicurl": "https://a.example"})
    with pytest.raises(Stopped, match="Publicurl is no parameter"):
        operator.deploy(template())
    assert operator.stack() is None


def test_the_end_keeps_the_records(deployed: Operator) -> None:
    kept = deployed.everything()
    deployed.destroy()
    assert deployed.stack() is None
    assert deployed.everything() == kept
    assert all(any(name in sentence for sentence in deployed.said) for name in kept)


def test_the_end_of_the_records_must_be_said_twice(deployed: Operator) -> None:
    kept = deployed.everything()
    deployed.refuses = True
    with pytest.raises(Stopped):
        deployed.destroy(records_too=True)
    assert deployed.everything() == kept
    deployed.refuses = False
    deployed.destroy(records_too=True)
    assert f"delete the records of {deployed.stage.name}" in "\n".join(deployed.said)
    assert [name for name in deployed.everything() if "Secret" not in name] == []


def restored_table(operator: Operator) -> str:
    """Deploy a stack that works with a restored table; return that table's name."""
    name = f"{operator.stage.stack}-restored"
    made = template()
    made["Outputs"]["TableName"] = {"Value": name}
    operator.deploy(made)
    properties = table()["Properties"] | {"DeletionProtectionEnabled": True}
    operator.aws.dynamodb.create_table(TableName=name, **properties)
    return name


def test_a_restored_table_stays_with_the_records(operator: Operator) -> None:
    restored = restored_table(operator)
    kept = operator.everything()
    assert len(kept) == 4
    operator.destroy()
    assert operator.everything() == kept
    assert any(f"  AWS::DynamoDB::Table {restored}" in sentence for sentence in operator.said)


def test_a_restored_table_goes_with_the_records(operator: Operator) -> None:
    restored = restored_table(operator)
    operator.destroy(records_too=True)
    assert f"  deleted {restored}" in operator.said
    assert [name for name in operator.everything() if "Secret" not in name] == []


def answered(operator: Operator, run: Callable[[], object]) -> str:
    operator.said.clear()
    run()
    return "\n".join(operator.said)


def test_going_live_and_the_end_on_ses_itself(deployed: Operator) -> None:
    from deploy.cloud import dns, receiving

    work = go_live.GoingLive(deployed.stage, deployed.aws, dns.resolve, deployed.terminal())
    printed = answered(deployed, lambda: go_live.run(work))
    assert deployed.around.publish(printed) == 14
    assert receiving.active(deployed.aws.ses) == deployed.names()["Rules"]
    assert "Live: " in answered(deployed, lambda: go_live.run(work))
    again = answered(deployed, lambda: go_live.run(work))
    assert again.count("SES's identity is as it should be") == 2
    deployed.destroy()
    assert receiving.active(deployed.aws.ses) == ""
