"""Least privilege: one role per function, no unlimited action or resource, and only two roles delete. tests/unit/rights
shows by recorded requests that each has exactly what it needs."""

import json
from typing import Any

import pytest

from deploy import own_rights
from tests.deploy.packages import Package
from tests.unit.rights import policies

# Where an ARN may end with a wildcard, by the text before it.
PREFIXES = (
    "${MailBucket.Arn}/raw/",
    "${MailBucket.Arn}/hooks/",
    "${FilesBucket.Arn}/tickets/",
    "${FilesBucket.Arn}/uploads/",
    "${FilesBucket.Arn}/fetched/",
    "${FilesBucket.Arn}/exports/",
    ":identity/",  # the statement's condition names the senders
    ":phone-number/",  # text messages: the policy names which of the account's own they come from
    ":phone-number-id/",  # the same by WhatsApp
    ":pool/",
    ":sender-id/",
    "table/${RestoredTable}/stream/",
    "/api/POST/@connections/",
)
# Actions that AWS bounds by no resource.
UNBOUNDED = ["ses:DescribeActiveReceiptRuleSet", "ses:GetAccount"]
# Roles that services of AWS take, by parameter: the service, and how many of AWS's own policies each has.
OF_AWS = {"ApiGatewayLogRole": ("apigateway.amazonaws.com", 1), "BackupRole": ("backup.amazonaws.com", 2)}

EXPORTING = {"ExportTicketsRole", "ExportSubjectRole", "ExportAuditRole", "ReportRole"}
NOTING = {"ListQuarantineRole", "VerifyAuditRole", "HealthRole", "RedriveRole", "ReportRole"}
DELETING = {"PurgeExpiredRole", "EraseSubjectRole"}
LIVE = {"WebsocketConnectRole", "WebsocketMessageRole", "WebsocketDisconnectRole", "RingBellsRole"}


def statements(packaged: Package) -> list[tuple[str, dict[str, Any]]]:
    """Every statement with its role."""
    documents = [
        (role, policy["PolicyDocument"])
        for role, properties in packaged.of_type("AWS::IAM::Role").items()
        for policy in properties.get("Policies", ())
    ]
    for policy in packaged.of_type("AWS::IAM::Policy").values():
        documents += [(role["Ref"], policy["PolicyDocument"]) for role in policy["Roles"]]
    return [(role, statement) for role, document in documents for statement in document["Statement"]]


def allowing(packaged: Package) -> list[tuple[str, dict[str, Any]]]:
    return [(role, statement) for role, statement in statements(packaged) if statement["Effect"] == "Allow"]


def texts(resource: Any) -> list[str]:
    """An ARN, or several, as written in the template."""
    return [json.dumps(one) for one in (resource if isinstance(resource, list) else [resource])]


def test_every_function_has_its_own_role(packaged: Package) -> None:
    functions = packaged.of_type("AWS::Serverless::Function")
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    assert len(set(roles)) == len(functions)
    others = packaged.of_type("AWS::IAM::Role").keys() - set(roles)
    assert others == set(OF_AWS)


@pytest.mark.parametrize(("name", "service", "policies"), [(name, *given) for name, given in OF_AWS.items()])
def test_a_role_that_is_no_functions_is_for_one_service_of_aws(
    packaged: Package, name: str, service: str, policies: int
) -> None:
    role = packaged.of_type("AWS::IAM::Role")[name]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": service}
    assert "Policies" not in role
    assert len(role["ManagedPolicyArns"]) == policies


def test_no_action_is_open_ended(packaged: Package) -> None:
    for role, statement in allowing(packaged):
        assert isinstance(statement["Action"], list), role
        assert not [action for action in statement["Action"] if "*" in action], role
        assert not {"NotAction", "NotResource"} & set(statement), role


def test_the_packages_rights_are_those_of_the_table(packaged: Package) -> None:
    """What tests/unit/rights tests is what is deployed."""
    for function in policies.functions():
        own = [statement for role, statement in statements(packaged) if role == own_rights.role(function)]
        assert own == policies.statements(function), function
    for name, role in packaged.of_type("AWS::IAM::Role").items():
        assert name in OF_AWS or "ManagedPolicyArns" not in role


def test_every_resource_is_bounded(packaged: Package) -> None:
    for role, statement in allowing(packaged):
        for arn in texts(statement["Resource"]):
            if "*" in arn and statement["Action"] != UNBOUNDED:
                assert any(prefix in arn for prefix in PREFIXES), f"{role}: {arn}"


def test_only_purge_and_erasure_may_delete(packaged: Package) -> None:
    found: dict[str, set[str]] = {}
    for role, statement in allowing(packaged):
        deleting = {action for action in statement["Action"] if "Delete" in action or "BatchWrite" in action}
        found.setdefault(role, set()).update(deleting - {"sqs:DeleteMessage"})
    # An event that its shop has taken is deleted by who told it, and nothing else is.
    assert found.pop("TellShopsRole") == {"dynamodb:DeleteItem"}
    # A pass that was used, and a connection that is gone.
    connections = [found.pop(role) for role in sorted(LIVE)]
    assert connections == [{"dynamodb:DeleteItem"}, {"dynamodb:DeleteItem"}, {"dynamodb:DeleteItem"}, set()]
    assert {role for role, actions in found.items() if actions} == DELETING
    everything = {"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "s3:DeleteObject", "s3:DeleteObjectVersion"}
    assert all(found[role] == everything for role in DELETING)


def test_no_certificate_and_no_audit_event_can_be_deleted(packaged: Package) -> None:
    for role, statement in allowing(packaged):
        if {"dynamodb:DeleteItem", "dynamodb:BatchWriteItem"} & set(statement["Action"]):
            (keys,) = statement["Condition"]["ForAllValues:StringLike"].values()
            told = {"OUT#*"} if role == "TellShopsRole" else {"CONN#*"} if role in LIVE else set()
            stored = {"ORDER#*", "UNDELIVERED#*", "RAW#*", "SENT#*", "TALLIED#*", "TICKET#*", "WORD#*"}
            assert set(keys) <= (told or stored), role
        if "s3:DeleteObjectVersion" in statement["Action"]:
            assert len(texts(statement["Resource"])) == 3, role
            places = ("/exports/*", "/tickets/*", "/raw/*")
            assert all(any(place in arn for place in places) for arn in texts(statement["Resource"])), role


def test_reading_functions_write_only_audit_events(packaged: Package) -> None:
    writing = {"dynamodb:PartiQLInsert", "dynamodb:PutItem", "dynamodb:UpdateItem"}
    for role, statement in allowing(packaged):
        if role in NOTING and writing & set(statement["Action"]):
            assert statement["Action"] == ["dynamodb:PutItem"], role
            assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["AUDIT#*"]}}, role


def test_functions_for_customers_and_mail_cannot_verify_audit_events(packaged: Package) -> None:
    roles = {role for role, _ in statements(packaged)}
    found = {role for role, statement in statements(packaged) if "AuditSecret" in json.dumps(statement["Resource"])}
    assert roles - found == {
        "ApiHandlerRole", "ReceiveMailRole", "ReceiveEventRole", "SendMailRole", "NoteDeliveryRole", "IndexWordsRole",
        *LIVE,
    }  # fmt: skip


def test_the_connections_functions_know_no_secret_and_touch_nothing_but_connections(packaged: Package) -> None:
    for role, statement in allowing(packaged):
        if role not in LIVE:
            continue
        assert not any(action.startswith(("secretsmanager:", "s3:", "ses:", "sqs:")) for action in statement["Action"])
        if any(action.startswith("dynamodb:") for action in statement["Action"]):
            (keys,) = statement["Condition"]["ForAllValues:StringLike"].values()
            assert keys == ["CONN#*"], role


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (
            "ses:SendRawEmail",
            {"SendMailRole", "EscalateOverdueRole", "SendDigestsRole", "ApiHandlerRole", "ReceiveMailRole"},
        ),
        (
            "sqs:ReceiveMessage",
            {"ReceiveMailRole", "ReceiveEventRole", "ReconcileRole", "NoteDeliveryRole", "RedriveRole"},
        ),
        ("dynamodb:GetRecords", {"SendMailRole", "IndexWordsRole"}),
        ("dynamodb:PartiQLInsert", {"IndexWordsRole", "ReindexRole"}),
        (
            "s3:PutObject",
            {"ApiHandlerRole", "ReceiveMailRole", "ReceiveEventRole", "ActOnTicketRole", "HealthRole"}
            | {"EraseSubjectRole"}
            | EXPORTING,
        ),
        ("s3:ListBucket", {"ReceiveMailRole", "ReceiveEventRole", "ReconcileRole", "HealthRole"} | DELETING),
        ("s3:AbortMultipartUpload", EXPORTING - {"ReportRole"} | DELETING),
        (
            "lambda:InvokeFunction",
            EXPORTING - {"ReportRole"} | {"EraseSubjectRole", "RectifySubjectRole", "ReindexRole"},
        ),
        (
            "dynamodb:PutItem",
            {"ApiHandlerRole", "ReceiveMailRole", "SendMailRole", "EscalateOverdueRole", "NoteDeliveryRole"}
            | {"WebsocketConnectRole"}
            | {"ReconcileRole", "ReleaseFromQuarantineRole", "WithdrawLinksRole", "ActOnTicketRole", "SendDigestsRole"}
            | {"PlaceLegalHoldRole", "LiftLegalHoldRole", "RectifySubjectRole", "ReindexRole"}
            | {"ReceiveEventRole", "CatchUpOrdersRole", "TellShopsRole", "IndexWordsRole", "AbsencesRole"}
            | NOTING
            | DELETING
            | EXPORTING,
        ),
    ],
)
def test_only_these_roles_may_do_this(packaged: Package, action: str, roles: set[str]) -> None:
    assert {role for role, statement in allowing(packaged) if action in statement["Action"]} == roles


def test_a_function_invokes_only_itself_and_exports_write_only_exports(packaged: Package) -> None:
    for role, statement in allowing(packaged):
        if "lambda:InvokeFunction" in statement["Action"]:
            assert statement["Resource"] == {"Fn::GetAtt": [role.removesuffix("Role"), "Arn"]}, role
        if "s3:PutObject" in statement["Action"] and role in EXPORTING:
            assert [("exports/*" in arn) for arn in texts(statement["Resource"])] == [True], role


def test_functions_send_only_from_the_shops_addresses(packaged: Package) -> None:
    for role, statement in allowing(packaged):
        if "ses:SendRawEmail" in statement["Action"]:
            senders = {"ses:FromAddress": {"Fn::FindInMap": ["Policy", "Shops", "SupportAddresses"]}}
            assert statement["Condition"] == {"StringEquals": senders}, role
