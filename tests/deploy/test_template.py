"""The stack's template: accepted by cfn-lint, complete for every function, and safe for stored data."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.table import ticket_items
from chalicelib.rules.learning.counted import COUNTED
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.ticket import LogEntry
from chalicelib.rules.timing.periods import Unit
from chalicelib.services.customer.policy_page import BACKUPS
from chalicelib.services.events.receiving import TRIES
from chalicelib.services.intake.arrivals import LAST_ATTEMPT
from chalicelib.services.ports.events.hooks import PREFIX
from tests.deploy.packages import Package
from tests.support import samples, shops
from tests.support.store.fakes import START

POLICY = shops.policy()
ENVIRONMENT = {
    "TABLE_NAME",
    "MAIL_BUCKET",
    "FILES_BUCKET",
    "MAIL_QUEUE_URL",
    "DEAD_LETTERS_URL",
    "SECRET_ID",
    "AUDIT_SECRET_ID",
    "CONFIGURATION_SET",
    "PUBLIC_URL",
    "RATE_LIMITS",
    "STAGE",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_LOG_LEVEL",
}
A_MINUTE = {"SendMail", "ListQuarantine", "ReleaseFromQuarantine", "WithdrawLinks", "ActOnTicket"}
FUNCTIONS = {"APIHandler", "ReceiveMail", "SendMail", "EscalateOverdue", "ListQuarantine"}


def functions(packaged: Package) -> dict[str, dict[str, Any]]:
    return packaged.of_type("AWS::Serverless::Function")


def test_cfn_lint_finds_nothing(packaged: Package) -> None:
    """Not even an information: `-c I` shows those too."""
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "-c", "I", "--", str(packaged.template_file)]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_function_exists_with_its_environment(packaged: Package) -> None:
    found = functions(packaged)
    assert set(found) >= FUNCTIONS
    for name, function in found.items():
        assert set(function["Environment"]["Variables"]) >= ENVIRONMENT, name


def test_every_function_uses_its_packages_policy(packaged: Package) -> None:
    for name, function in functions(packaged).items():
        assert "POLICY_FILE" not in function["Environment"]["Variables"], name


def test_every_function_has_memory_time_and_kept_logs(packaged: Package) -> None:
    log_groups = packaged.of_type("AWS::Logs::LogGroup").values()
    named = [group for group in log_groups if "LogGroupName" in group]
    retention = {group["LogGroupName"]["Fn::Sub"]: group["RetentionInDays"] for group in named}
    for name, function in functions(packaged).items():
        assert function["MemorySize"] >= 512, name
        assert function["Timeout"] != 60 or name in A_MINUTE, f"{name} has Chalice's own time limit"
        assert retention[f"/aws/lambda/${{{name}}}"] == 30


def test_x_ray_is_off(packaged: Package) -> None:
    """AWS charges for each trace."""
    assert {function["Tracing"] for function in functions(packaged).values()} == {"PassThrough"}
    assert "xray:" not in packaged.template_file.read_text(encoding="utf-8")


def test_every_event_source_is_wired(packaged: Package) -> None:
    found = functions(packaged)
    events = {name: list(function.get("Events", {}).values()) for name, function in found.items()}
    for name in ("SendMail", "IndexWords"):
        assert [event["Type"] for event in events[name]] == ["DynamoDB"]
    assert [event["Type"] for event in events["EscalateOverdue"]] == ["Schedule"]
    assert not events["ListQuarantine"]

    for name, queue in (("ReceiveMail", "MailQueue"), ("ReceiveEvent", "HookQueue")):
        (source,) = events[name]
        assert source["Type"] == "SQS"
        assert source["Properties"]["Queue"] == {"Fn::Sub": f"${{{queue}.Arn}}"}
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    for name in ("SendMail", "IndexWords"):
        stream = events[name][0]["Properties"]
        own, restored = {"Fn::GetAtt": ["Table", "StreamArn"]}, {"Ref": "RestoredStream"}
        assert stream["Stream"] == {"Fn::If": ["UsesOwnTable", own, restored]}
        assert "FunctionResponseTypes" not in stream  # a batch with a failure is retried whole
        assert stream["ParallelizationFactor"] == 10  # a burst must not delay acknowledgements
        assert stream["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": [f"{name}DeadLetters", "Arn"]}


def test_the_indexing_function_gets_only_messages_and_corrections(packaged: Package) -> None:
    (event,) = functions(packaged)["IndexWords"]["Events"].values()
    patterns = [json.loads(one["Pattern"]) for one in event["Properties"]["FilterCriteria"]["Filters"]]
    ticket = samples.ticket()
    message = samples.message_of(samples.reply(ticket))
    entries = [LogEntry(START, "ada@northlight.example", action) for action in Action]
    new = [
        ticket_items.ticket_item(ticket),
        ticket_items.message_item(message),
        *ticket_items.log_items(ticket, entries),
    ]
    heard = [any(fits(pattern, record("INSERT", item)) for pattern in patterns) for item in new]
    assert heard == [True, True, *(action.names_people or action in COUNTED for action in Action)]
    assert not any(fits(pattern, record("MODIFY", item)) for pattern in patterns for item in new)


def test_a_restored_table_takes_the_place_of_the_stacks_own_everywhere(packaged: Package) -> None:
    """With RestoredTable, nothing but the stack itself refers to its own table, which stays as it is."""
    others = {name: of for name, of in packaged.template["Resources"].items() if name != "Table"}
    places = list(references([others, packaged.template["Outputs"]]))
    assert len(places) > 50
    assert set(places) == {"UsesOwnTable"}
    parameters = packaged.template["Parameters"]
    assert [parameters[name]["Default"] for name in ("RestoredTable", "RestoredStream")] == ["", ""]


def references(value: Any, condition: str = "") -> Iterator[str]:
    """For each reference to the table, the condition on which it is used."""
    match value:
        case {"Ref": "Table"} | {"Fn::GetAtt": ["Table", _]}:
            yield condition
        case {"Fn::Sub": str(text)} if "${Table" in text:
            yield condition
        case {"Fn::If": [str(named), then, otherwise]}:
            yield from references(then, named)
            yield from references(otherwise, f"not {named}")
        case dict() | list():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from references(inner, condition)


def record(event: str, item: dict[str, Any]) -> dict[str, Any]:
    keys = {name: item[name] for name in ("pk", "sk")}
    return {"eventName": event, "dynamodb": {"Keys": keys, "NewImage": item}}


def fits(pattern: Any, value: Any) -> bool:
    """Whether Lambda's event filtering passes the value, as far as our patterns need it ("Filter rule syntax")."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(fits(inner, value.get(name)) for name, inner in pattern.items())
    rules = (value == rule if isinstance(rule, str) else str(value).startswith(rule["prefix"]) for rule in pattern)
    return value is not None and any(rules)


@pytest.mark.parametrize(
    ("queue", "function"),
    [("MailQueue", "ReceiveMail"), ("HookQueue", "ReceiveEvent"), ("DeliveryQueue", "NoteDelivery")],
)
def test_what_is_being_received_is_not_delivered_again(packaged: Package, queue: str, function: str) -> None:
    """Lambda requires a visibility timeout of six times the function's time limit."""
    timeout = packaged.of_type("AWS::SQS::Queue")[queue]["VisibilityTimeout"]
    assert timeout >= 6 * functions(packaged)[function]["Timeout"]


def test_an_event_is_left_unread_before_it_is_a_dead_letter(packaged: Package) -> None:
    assert packaged.of_type("AWS::SQS::Queue")["HookQueue"]["RedrivePolicy"]["maxReceiveCount"] > TRIES


def test_the_secret_of_sources_is_made_empty_and_kept(packaged: Package) -> None:
    secret = packaged.template["Resources"]["SourcesSecret"]
    assert secret["Properties"]["SecretString"] == "{}"
    assert secret["UpdateReplacePolicy"] == "Retain"


def test_a_mail_that_kills_its_run_affects_no_other_mail(packaged: Package) -> None:
    (mail,) = functions(packaged)["ReceiveMail"]["Events"].values()
    assert mail["Properties"]["BatchSize"] == 1
    # The fourth attempt does not read it (services/intake/receiving.py): it must come before the mail is a dead letter.
    assert packaged.of_type("AWS::SQS::Queue")["MailQueue"]["RedrivePolicy"]["maxReceiveCount"] > LAST_ATTEMPT


def test_the_accounts_suppression_list_of_ses_is_off(packaged: Package) -> None:
    (options,) = packaged.of_type("AWS::SES::ConfigurationSet").values()
    assert options["SuppressionOptions"] == {"SuppressedReasons": []}


def test_mail_domains_contain_only_the_shops_addresses(packaged: Package) -> None:
    domains = set(packaged.template["Mappings"]["Policy"]["Shops"]["Domains"])
    assert domains == {shop.domain for shop in POLICY.shops.values()}
    for shop in POLICY.shops.values():
        people = (*(agent.address for agent in shop.agents), *(party.address for party in shop.third_parties))
        elsewhere = (*people, *shop.trusted_senders, *shop.aliases)
        assert domains.isdisjoint(address.rpartition("@")[2] for address in elsewhere)


def test_dead_letters_are_kept_longer_than_queued_messages(packaged: Package) -> None:
    queues = packaged.of_type("AWS::SQS::Queue")
    assert queues["MailDeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    for name in ("HookDeadLetters", "SendMailDeadLetters", "IndexWordsDeadLetters", "RunDeadLetters"):
        assert queues[name]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queues["MailQueue"]["MessageRetentionPeriod"] < 14 * 24 * 3600


@pytest.mark.parametrize("name", ["Table", "MailBucket", "FilesBucket", "Secret", "AuditSecret"])
def test_stored_data_survives_the_stack(packaged: Package, name: str) -> None:
    """But not the rollback of a deployment that made it: then it is empty, and would be in the way of the next."""
    resource = packaged.template["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_buckets_are_private_encrypted_and_reached_by_tls(packaged: Package) -> None:
    policies = packaged.of_type("AWS::S3::BucketPolicy").values()
    statements = {policy["Bucket"]["Ref"]: policy["PolicyDocument"]["Statement"] for policy in policies}
    for name, bucket in packaged.of_type("AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["BucketEncryption"]
        assert any(
            statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in statements[name]
        )


def test_only_raw_mails_and_events_with_an_outcome_expire(packaged: Package) -> None:
    """With any outcome: mails to no shop belong to no ticket with which they would be deleted."""
    rules = packaged.template["Resources"]["MailBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    current = [rule for rule in rules if "ExpirationInDays" in rule]
    assert [(rule["Status"], rule["Prefix"], rule["TagFilters"], rule["ExpirationInDays"]) for rule in current] == [
        ("Enabled", "raw/", [{"Key": "outcome", "Value": "copied"}], 3),  # as aws.files tags them
        ("Enabled", "raw/", [{"Key": "outcome", "Value": "recorded"}], 35),
        ("Enabled", PREFIX, [{"Key": "outcome", "Value": "recorded"}], 30),
    ]
    (versions,) = [rule for rule in rules if "NoncurrentVersionExpiration" in rule and rule not in current]
    assert (versions["Status"], versions["NoncurrentVersionExpiration"]) == ("Enabled", {"NoncurrentDays": 7})
    assert versions.keys().isdisjoint({"Prefix", "TagFilters"})


def test_the_table_has_point_in_time_recovery_and_expiry(packaged: Package) -> None:
    table = packaged.of_type("AWS::DynamoDB::Table")["Table"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        "due_work",
        "inbox",
        "customer",
        "calendar",
    }


def test_bodies_arrive_intact(packaged: Package) -> None:
    api = packaged.of_type("AWS::Serverless::Api")["RestAPI"]
    assert api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert api["EndpointConfiguration"] == "REGIONAL"


def test_the_stack_knows_the_shops_only_from_the_policy(packaged: Package) -> None:
    shops = packaged.template["Mappings"]["Policy"]["Shops"]
    assert set(shops["SupportAddresses"]) == {shop.support for shop in POLICY.shops.values()}
    assert set(shops["Origins"]) == {origin for shop in POLICY.shops.values() for origin in shop.origins}
    stated = Path("resources.yaml").read_text(encoding="utf-8")
    for shop in POLICY.shops.values():
        assert shop.domain not in stated
    rule = packaged.of_type("AWS::SES::ReceiptRule")["ReceiptRule"]["Rule"]
    assert rule["Recipients"] == {"Fn::FindInMap": ["Policy", "Shops", "Domains"]}


def test_outputs_contain_what_the_local_stack_reads(packaged: Package) -> None:
    assert set(packaged.template["Outputs"]) >= {
        "EndpointURL",
        "TableName",
        "MailBucketName",
        "FilesBucketName",
        "MailTopicArn",
        "MailQueueUrl",
        "MailDeadLettersUrl",
        "HookQueueUrl",
        "HookDeadLettersUrl",
        "SourcesSecretId",
        "SendMailDeadLettersUrl",
        "IndexWordsDeadLettersUrl",
        "RunDeadLettersUrl",
        "SecretId",
        "ConfigurationSetName",
    }


BESIDE = {
    "MakesBackups": {"BackupVault", "BackupRole", "BackupPlan", "BackupSelection"},
    "KeepsTrail": {"TrailBucket", "TrailBucketPolicy", "DataTrail"},
    "KeepsHeads": {"HeadsBucket", "HeadsBucketPolicy"},
}


@pytest.mark.parametrize("condition", BESIDE)
def test_records_beside_the_stacks_own_are_made_only_if_asked_for(packaged: Package, condition: str) -> None:
    resources, parameters = packaged.template["Resources"], packaged.template["Parameters"]
    assert {name for name, of in resources.items() if of.get("Condition") == condition} == BESIDE[condition]
    assert (parameters["Backups"]["Default"], parameters["Trail"]["Default"]) == ("off", "off")
    assert parameters["HeadsKeptYears"]["Default"] == 0


def test_backups_hold_the_table_and_both_buckets_as_long_as_the_policy_page_says(packaged: Package) -> None:
    selected = packaged.of_type("AWS::Backup::BackupSelection")["BackupSelection"]["BackupSelection"]["Resources"]
    assert [{"Fn::GetAtt": [name, "Arn"]} for name in ("MailBucket", "FilesBucket")] == selected[1:]
    assert selected[0]["Fn::If"][:2] == ["UsesOwnTable", {"Fn::GetAtt": ["Table", "Arn"]}]
    (rule,) = packaged.of_type("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlan"]["BackupPlanRule"]
    assert (rule["Lifecycle"], BACKUPS.unit) == ({"DeleteAfterDays": BACKUPS.amount}, Unit.DAYS)


def test_the_connections_stage_deploys_itself_and_logs_no_pass(packaged: Package) -> None:
    assert not packaged.of_type("AWS::ApiGatewayV2::Deployment")
    (stage,) = packaged.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["AutoDeploy"] is True
    assert "DeploymentId" not in stage
    said = stage["DefaultRouteSettings"]
    assert (said["LoggingLevel"], said["DataTraceEnabled"]) == ("OFF", False)
    assert said["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    logged = json.loads(stage["AccessLogSettings"]["Fn::If"][1]["Format"])
    assert set(logged) == {"requestId", "at", "route", "status", "millis"}
    routes = {each["RouteKey"] for each in packaged.of_type("AWS::ApiGatewayV2::Route").values()}
    assert routes == {"$connect", "$default", "$disconnect"}


def test_the_trail_has_every_function_that_people_run(packaged: Package) -> None:
    trail = packaged.of_type("AWS::CloudTrail::Trail")["DataTrail"]
    by_name = {each["Name"]: each["FieldSelectors"] for each in trail["AdvancedEventSelectors"]}
    (arns,) = (field["Equals"] for field in by_name["who runs functions"] if field["Field"] == "resources.ARN")
    recorded = {arn["Fn::GetAtt"][0] for arn in arns}
    by_aws = {"APIHandler", "ReceiveEvent", "ReceiveMail", "SendMail", "IndexWords", "NoteDelivery"}
    by_aws |= {"WebsocketConnect", "WebsocketMessage", "WebsocketDisconnect", "RingBells"}
    assert recorded == functions(packaged).keys() - by_aws
    assert trail["EnableLogFileValidation"]


def test_nobody_shortens_how_long_heads_are_kept(packaged: Package) -> None:
    bucket = packaged.of_type("AWS::S3::Bucket")["HeadsBucket"]
    assert bucket["ObjectLockEnabled"]
    kept = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert kept == {"Mode": "COMPLIANCE", "Years": {"Ref": "HeadsKeptYears"}}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
