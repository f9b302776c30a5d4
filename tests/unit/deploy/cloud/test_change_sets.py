"""A change set in words, and what is refused of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.cloud import change_sets
from deploy.cloud.change_sets import Change
from deploy.cloud.stops import Stopped

TABLE = "AWS::DynamoDB::Table"


@pytest.mark.parametrize("kind", change_sets.RECORDS)
def test_what_holds_records_is_neither_replaced_nor_removed(kind: str) -> None:
    changes = [
        Change("Remove", "Gone", kind),
        Change("Modify", "Other", kind, "True", ("KeySchema",)),
        Change("Modify", "Same", kind, "Conditional", ("Tags",)),
        Change("Add", "New", kind),
    ]
    gone, other = change_sets.refusals(changes)
    assert gone.startswith("Gone (")
    assert "would be removed" in gone
    assert other.startswith("Other (")
    assert other.endswith("because of KeySchema.")


def test_a_replacement_that_cloudformation_is_not_sure_of_is_refused_where_it_depends_on_the_name_or_the_keys() -> None:
    keys = Change("Modify", "Table", TABLE, "Conditional", ("KeySchema", "Tags"))
    (refused,) = change_sets.refusals([keys])
    assert "would be replaced" in refused
    assert change_sets.words([keys])[0].startswith("  REPLACES Table")
    index = Change("Modify", "Table", TABLE, "Conditional", ("AttributeDefinitions", "GlobalSecondaryIndexes"))
    assert change_sets.refusals([index]) == []


def test_a_new_value_for_a_secret_is_refused_though_nothing_is_replaced() -> None:
    secret = Change("Modify", "Secret", "AWS::SecretsManager::Secret", "False", ("GenerateSecretString",))
    assert change_sets.refusals([secret]) == [
        "Secret would get a new value: links, references and seals would be invalid."
    ]


def test_what_holds_no_records_may_be_replaced_and_removed() -> None:
    changes = [Change("Modify", "A", "AWS::Lambda::Function", "True"), Change("Remove", "B", "AWS::SNS::Topic")]
    assert change_sets.refusals(changes) == []


def test_many_alike_are_one_line_and_what_is_replaced_or_removed_is_named_first_or_whole() -> None:
    functions = [Change("Modify", f"F{number}", "AWS::Lambda::Function", "False", ("Code",)) for number in range(9)]
    removed = [Change("Remove", f"Old{number}", "AWS::SNS::Topic") for number in range(5)]
    replaced = Change("Modify", "Role", "AWS::IAM::Role", "True", ("RoleName",))
    conditional = Change("Modify", "Table", TABLE, "Conditional", ("Tags",))
    lines = change_sets.words([*functions, *removed, replaced, conditional, Change("Add", "New", TABLE)])
    assert lines == [
        "  REPLACES Role (IAM Role: RoleName)",
        "  changes  Table (DynamoDB Table: Tags; may replace it)",
        "  changes  9 × Lambda Function: Code",
        "  makes    New (DynamoDB Table)",
        "  removes  Old0, Old1, Old2, Old3, Old4 (SNS Topic)",
    ]


class FakeChangeSets:
    """Answers with these states of a change set in turn, then with the last one."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states = list(states)
        self.deleted = False
        self.asked: dict[str, Any] = {}

    def create_change_set(self, **asked: Any) -> dict[str, str]:
        self.asked = asked
        return {"Id": "arn"}

    def describe_change_set(self, ChangeSetName: str) -> dict[str, Any]:
        assert ChangeSetName == "arn"
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def delete_change_set(self, ChangeSetName: str) -> None:
        self.deleted = ChangeSetName == "arn"

    def get_paginator(self, name: str) -> "FakeChangeSets":
        assert name == "describe_change_set"
        return self

    def paginate(self, ChangeSetName: str) -> Iterator[dict[str, Any]]:
        yield self.describe_change_set(ChangeSetName)


def made(client: FakeChangeSets, first: bool = False) -> tuple[str, list[Change]] | None:
    return change_sets.make(client, "stack", "url", {"A": "b"}, first, lambda seconds: None)


def test_a_change_set_is_made_and_read() -> None:
    target = {"Attribute": "Properties", "Name": "Code", "RequiresRecreation": "Never"}
    change = {
        "Action": "Modify",
        "LogicalResourceId": "F",
        "ResourceType": "AWS::Lambda::Function",
        "Replacement": "False",
        "Details": [{"Target": target}, {"Target": {"Attribute": "Tags"}}],
    }
    done = {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": change}]}
    client = FakeChangeSets({"Status": "CREATE_PENDING"}, {"Status": "CREATE_IN_PROGRESS"}, done)
    assert made(client, first=True) == (
        "arn",
        [Change("Modify", "F", "AWS::Lambda::Function", "False", ("Code", "Tags"))],
    )
    assert client.asked["ChangeSetType"] == "CREATE"
    assert client.asked["Parameters"] == [{"ParameterKey": "A", "ParameterValue": "b"}]


def test_no_change_is_no_mistake() -> None:
    reason = "The submitted information didn't contain changes. Submit different information."
    client = FakeChangeSets({"Status": "FAILED", "StatusReason": reason})
    assert made(client) is None
    assert client.deleted


def test_a_template_that_is_not_accepted_is_reported_with_the_reason() -> None:
    with pytest.raises(Stopped, match="does not accept the template: Parameter A"):
        made(FakeChangeSets({"Status": "FAILED", "StatusReason": "Parameter A is unknown"}))


def test_a_change_set_that_never_ends_is_given_up() -> None:
    with pytest.raises(Stopped, match="within ten minutes"):
        made(FakeChangeSets({"Status": "CREATE_IN_PROGRESS"}))
