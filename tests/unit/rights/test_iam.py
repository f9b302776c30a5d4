"""The evaluator decides as IAM's manual says, and refuses what it does not know."""

from typing import Any

import pytest

from tests.unit.rights import iam
from tests.unit.rights.iam import Call

TABLE = "arn:aws:dynamodb:eu-central-1:1:table/t"


def policy(*statements: dict[str, Any]) -> iam.Policy:
    default = {"Sid": "S", "Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": TABLE}
    return iam.read(default | statement for statement in statements)


def put(*keys: str, action: str = "dynamodb:PutItem", resource: str = TABLE) -> Call:
    return Call(action, resource, (("dynamodb:LeadingKeys", keys),))


def leading(*patterns: str, by: str = "ForAllValues:StringLike") -> dict[str, Any]:
    return {"Condition": {by: {"dynamodb:LeadingKeys": list(patterns)}}}


@pytest.mark.parametrize(
    ("pattern", "resource", "holds"),
    [
        ("arn:aws:s3:::b/tickets/*", "arn:aws:s3:::b/tickets/NL-1/a", True),
        ("arn:aws:s3:::b/tickets/*", "arn:aws:s3:::b/tickets", False),
        ("arn:aws:s3:::b/tickets/*", "arn:aws:s3:::B/tickets/a", False),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/a", True),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/ab", False),
        ("arn:aws:s3:::b.c", "arn:aws:s3:::bxc", False),
        ("*", "arn:aws:s3:::b/a\nb", True),
    ],
)
def test_resources_match_with_two_wildcards(pattern: str, resource: str, holds: bool) -> None:
    assert iam.allowed(policy({"Resource": pattern}), Call("dynamodb:PutItem", resource)) is holds


def test_actions_match_in_any_case_and_with_wildcards() -> None:
    assert iam.allowed(policy({"Action": "DynamoDB:put*"}), put("a"))
    assert not iam.allowed(policy({"Action": "dynamodb:Get*"}), put("a"))


def test_without_a_grant_a_call_is_denied() -> None:
    assert not iam.allowed((), put("a"))


def test_a_deny_overrides_every_allow() -> None:
    denying = {"Effect": "Deny"} | leading("AUDIT#*", by="ForAnyValue:StringLike")
    both = policy({"Action": "*", "Resource": "*"}, denying)
    assert iam.allowed(both, put("TICKET#1"))
    assert not iam.allowed(both, put("AUDIT#2026-11"))
    assert not iam.allowed(both, put("TICKET#1", "AUDIT#2026-11"))


def test_for_all_values_requires_every_key_to_match() -> None:
    two = policy(leading("TICKET#*", "SLA#*"))
    assert iam.allowed(two, put("TICKET#1", "SLA#2"))
    assert not iam.allowed(two, put("TICKET#1", "AUDIT#2"))
    assert not iam.allowed(policy(leading("TICKET#*"), leading("SLA#*")), put("TICKET#1", "SLA#2"))


def test_without_values_for_all_values_matches_and_others_do_not() -> None:
    assert iam.allowed(policy(leading("TICKET#*")), put())
    assert not iam.allowed(policy(leading("TICKET#*", by="ForAnyValue:StringLike")), put())
    assert not iam.allowed(policy({"Condition": {"StringEquals": {"ses:FromAddress": ["a@b"]}}}), put())


def test_string_equals_compares_exactly() -> None:
    senders = policy({"Condition": {"StringEquals": {"ses:FromAddress": ["a@b", "c@*"]}}})
    said = {
        who: Call("dynamodb:PutItem", TABLE, (("ses:fromaddress", (who,)),)) for who in ("a@b", "A@b", "c@d", "c@*")
    }
    assert [who for who, call in said.items() if iam.allowed(senders, call)] == ["a@b", "c@*"]


@pytest.mark.parametrize(
    "statement",
    [
        {"NotAction": "dynamodb:Scan"},
        {"Principal": "*"},
        {"Effect": "Maybe"},
        {"Resource": {"Ref": "Table"}},
        {"Condition": {"StringNotLike": {"dynamodb:LeadingKeys": "A"}}},
        {"Condition": {"StringLikeIfExists": {"dynamodb:LeadingKeys": "A"}}},
        {"Condition": {"ForNoValues:StringLike": {"dynamodb:LeadingKeys": "A"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_unknown_policy_elements_are_refused(statement: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError)):
        policy(statement)


def test_a_grant_is_unused_if_all_calls_stay_allowed_without_it() -> None:
    whole = policy({"Action": ["dynamodb:PutItem", "dynamodb:GetItem"]} | leading("TICKET#*", "SLA#*"))
    asked = [put("TICKET#1", "SLA#2"), put("TICKET#1", action="dynamodb:GetItem")]
    assert iam.unused(whole, asked) == [f"S: dynamodb:GetItem on {TABLE} of SLA#*"]
    assert len(iam.unused(policy({}, {}), [put("a")])) == 2, "what is granted twice is unused twice"
