"""The stack that the parameters choose: with and without a domain, a web ACL, an access log, mail by SES."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy import own_rights, rights
from deploy.cloud import change_sets
from tests.deploy.expanding import Template, broken_rules, decided, expanded
from tests.deploy.packages import Package

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/care/1"
BY_URL = {"PublicUrl": "https://care.example.com"}
BY_DOMAIN = {"DomainName": "care.example.com", "CertificateArn": CERTIFICATE}
WATCHED = BY_URL | {"Backups": "on", "Trail": "on", "AlarmEmail": "ops@company.example"}
STREAM = "arn:aws:dynamodb:eu-central-1:123456789012:table/care-restored/stream/2026-11-28T10:00:00.000"
VARIANTS = {
    "plain": BY_URL,
    "domain": BY_DOMAIN,
    "acl": BY_URL | {"WebAclArn": ACL},
    "all": BY_DOMAIN | {"WebAclArn": ACL, "AccessLog": "role", "TestEvents": "registry"},
    "watched": WATCHED,
    "restored": WATCHED | {"RestoredTable": "care-restored", "RestoredStream": STREAM},
    "silent": WATCHED | {"Live": "off", "AccessLog": "on"},
    "messages": WATCHED | {"AwsMessages": "on"},
    "no mail": BY_URL | {"MailIntake": "none", "DeletionProtection": "off", "AccessLog": "on"},
}


@pytest.fixture(scope="module")
def stacks(packaged: Package) -> dict[str, Template]:
    """Each variant's resources and outputs."""
    return {
        name: decided(expanded(packaged.template, given), given) | {"Given": given} for name, given in VARIANTS.items()
    }


def of_type(stack: Template, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in stack["Resources"].values() if each["Type"] == kind]


def test_each_variant_has_what_it_asks_for_and_nothing_else(stacks: dict[str, Template]) -> None:
    common = set(stacks["plain"]["Resources"])
    mail = {name for name in common if name.startswith("ReceiptRule")}
    assert len(mail) == 2
    assert set(stacks["domain"]["Resources"]) - common == {"Domain", "DomainMapping"}
    assert set(stacks["acl"]["Resources"]) - common == {"WebAcl"}
    assert common - set(stacks["no mail"]["Resources"]) == mail
    assert set(stacks["no mail"]["Resources"]) - common == {"AccessLogGroup"}
    more = set(stacks["all"]["Resources"]) - common
    assert more > {"Domain", "DomainMapping", "WebAcl", "AccessLogGroup", "ApiGatewayAccount", "ApiGatewayLogRole"}


def test_a_stack_without_connections_has_nothing_of_them(stacks: dict[str, Template]) -> None:
    live, silent = (set(stacks[name]["Resources"]) for name in ("watched", "silent"))
    assert silent - live == {"AccessLogGroup"}
    parts = live - silent
    assert all(name.startswith(("Websocket", "RingBells", "BellTopic")) for name in parts)
    kinds = {stacks["watched"]["Resources"][name]["Type"].rpartition("::")[2] for name in parts}
    assert kinds == {"Api", "Stage", "Route", "Integration", "Function", "Permission", "Role", "Policy", "LogGroup"} | {
        "Topic", "Subscription", "EventInvokeConfig",
    }  # fmt: skip
    for each in of_type(stacks["silent"], "AWS::Lambda::Function"):
        variables = each["Environment"]["Variables"]
        assert [variables[name] for name in ("LIVE_URL", "LIVE_ENDPOINT", "BELL_TOPIC")] == ["", "", ""]


def test_messages_by_aws_have_a_topic_only_where_they_are_wanted(stacks: dict[str, Template]) -> None:
    with_them, without = (set(stacks[name]["Resources"]) for name in ("messages", "watched"))
    assert with_them - without == {
        "MessageTopic", "MessageTopicPolicy", "MessageSubscription", "HookQueuePolicy", "TextEvents",
    }  # fmt: skip
    (policy,) = (
        each["PolicyDocument"]["Statement"]
        for each in of_type(stacks["messages"], "AWS::SQS::QueuePolicy")
        if each["Queues"] == [{"Ref": "HookQueue"}]
    )
    assert policy[0]["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MessageTopic"}}}


def test_nothing_refers_to_what_a_variant_leaves_out(stacks: dict[str, Template], packaged: Package) -> None:
    """CloudFormation refuses a template with a reference to nothing."""
    for name, stack in stacks.items():
        known = set(stack["Resources"]) | set(packaged.template["Parameters"])
        assert {each for each in _named(stack) if not each.startswith("AWS::")} <= known, name


def _named(value: Any) -> set[str]:
    match value:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case {"Fn::Sub": str(text)}:
            return {found.partition(".")[0] for found in re.findall(r"\$\{([^}!]+)\}", text)}
        case {"Fn::Sub": [str(text), dict(values)]}:
            return _named({"Fn::Sub": text}) - set(values) | _named(values)
        case dict():
            return {name for key, each in value.items() if key != "Given" for name in _named(each)}
        case list():
            return {name for each in value for name in _named(each)}
    return set()


def test_links_follow_from_the_domain(stacks: dict[str, Template]) -> None:
    ours = {"Fn::Sub": "https://${DomainName}"}
    for name, address in (("domain", ours), ("plain", {"Ref": "PublicUrl"})):
        stack = stacks[name]
        settings = [function["Environment"]["Variables"] for function in of_type(stack, "AWS::Lambda::Function")]
        assert len(settings) == len(rights.FUNCTIONS)
        assert all(each["PUBLIC_URL"] == address for each in settings)
        assert stack["Outputs"]["PublicAddress"]["Value"] == address
        (api,) = of_type(stack, "AWS::ApiGateway::RestApi")
        pages = json.dumps(api["Body"]["x-amazon-apigateway-gateway-responses"])
        assert json.dumps(address) in pages
        files = stack["Resources"]["FilesBucket"]["Properties"]["CorsConfiguration"]
        assert json.dumps(address) in json.dumps(files)
    assert stacks["domain"]["Outputs"].keys() >= {"DomainTarget", "DomainTargetZone"}


def test_with_a_domain_the_api_has_no_other_address(stacks: dict[str, Template]) -> None:
    for name, only in (("domain", True), ("plain", False)):
        (api,) = of_type(stacks[name], "AWS::ApiGateway::RestApi")
        assert api["Body"]["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"] is only
    (mapping,) = of_type(stacks["domain"], "AWS::ApiGateway::BasePathMapping")
    (stage,) = of_type(stacks["domain"], "AWS::ApiGateway::Stage")
    assert stacks["domain"]["Resources"][mapping["Stage"]["Ref"]]["Properties"] == stage
    assert "BasePath" not in mapping  # links have no path before /t/
    (domain,) = of_type(stacks["domain"], "AWS::ApiGateway::DomainName")
    assert domain["SecurityPolicy"] == "TLS_1_2"


def test_the_web_acl_stands_before_the_stage(stacks: dict[str, Template]) -> None:
    (association,) = of_type(stacks["acl"], "AWS::WAFv2::WebACLAssociation")
    stage = re.search(r"stages/\$\{(\w+)\}$", association["ResourceArn"]["Fn::Sub"])
    assert stage is not None
    assert stacks["acl"]["Resources"][stage[1]]["Type"] == "AWS::ApiGateway::Stage"


def test_the_stage_is_throttled_in_each_variant(stacks: dict[str, Template]) -> None:
    for stack in stacks.values():
        (stage,) = of_type(stack, "AWS::ApiGateway::Stage")
        (all_methods,) = stage["MethodSettings"]
        assert (all_methods["HttpMethod"], all_methods["ResourcePath"]) == ("*", "/*")
        assert all_methods["ThrottlingRateLimit"] == all_methods["ThrottlingBurstLimit"] == {"Ref": "RequestsPerSecond"}
        assert (all_methods["LoggingLevel"], all_methods["DataTraceEnabled"]) == ("OFF", False)


def test_the_access_log_is_json_where_it_was_asked_for(stacks: dict[str, Template]) -> None:
    for name, stack in stacks.items():
        (stage,) = of_type(stack, "AWS::ApiGateway::Stage")
        asked = stack["Given"].get("AccessLog", "off") != "off"
        assert ("AccessLogSetting" in stage) is asked, name
        if asked:
            assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLogGroup", "Arn"]}
            assert json.loads(stage["AccessLogSetting"]["Format"])["route"] == "$context.resourcePath"


def test_the_table_is_protected_unless_a_first_deployment_asks_for_less(stacks: dict[str, Template]) -> None:
    protected = {
        name: stack["Resources"]["Table"]["Properties"]["DeletionProtectionEnabled"] for name, stack in stacks.items()
    }
    assert protected == {name: name != "no mail" for name in stacks}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "says how customers reach us"),
        (BY_DOMAIN | BY_URL, "exclude each other"),
        ({"DomainName": "care.example.com"}, "needs CertificateArn"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(packaged: Package, given: dict[str, str], said: str) -> None:
    (refusal,) = broken_rules(packaged.template, given)
    assert said in refusal


# Whether AWS then replaces the resource, by CloudFormation's guide ("Update requires")
CHANGED_BY_A_RESTORE = {
    ("AWS::Lambda::Function", "Environment"): "No interruption",
    ("AWS::IAM::Role", "Policies"): "No interruption",
    ("AWS::Lambda::EventSourceMapping", "EventSourceArn"): "Replacement",
    ("AWS::Backup::BackupSelection", "BackupSelection"): "Replacement",
    ("AWS::CloudTrail::Trail", "AdvancedEventSelectors"): "No interruption",
}


def test_a_restored_table_changes_these_properties_and_no_others(stacks: dict[str, Template]) -> None:
    before, after = stacks["watched"]["Resources"], stacks["restored"]["Resources"]
    assert before.keys() == after.keys()
    changed = set()
    for name, own in before.items():
        restored = after[name]
        assert own | {"Properties": {}} == restored | {"Properties": {}}, name
        old, new = own.get("Properties", {}), restored.get("Properties", {})
        changed |= {(own["Type"], key) for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    assert changed == CHANGED_BY_A_RESTORE.keys()
    replaced = {kind for (kind, _), how in CHANGED_BY_A_RESTORE.items() if how == "Replacement"}
    assert replaced.isdisjoint(change_sets.RECORDS)
    # The new one is there before the old one is deleted, so both may not have the same name.
    selections = [of_type(stacks[name], "AWS::Backup::BackupSelection") for name in ("watched", "restored")]
    ((own_name,), (restored_name,)) = ([each["BackupSelection"]["SelectionName"] for each in all] for all in selections)
    assert (own_name, restored_name) == ("records", {"Ref": "RestoredTable"})


def test_functions_work_with_the_restored_table_and_read_its_stream_from_the_beginning(
    stacks: dict[str, Template],
) -> None:
    stack = stacks["restored"]
    sources = [each for each in of_type(stack, "AWS::Lambda::EventSourceMapping") if "StartingPosition" in each]
    assert {each["FunctionName"]["Ref"] for each in sources} == {"SendMail", "IndexWords"}
    for source in sources:
        assert (source["EventSourceArn"], source["StartingPosition"]) == ({"Ref": "RestoredStream"}, "TRIM_HORIZON")
    named = [each["Environment"]["Variables"]["TABLE_NAME"] for each in of_type(stack, "AWS::Lambda::Function")]
    assert named == [{"Ref": "RestoredTable"}] * len(rights.FUNCTIONS)
    assert stack["Outputs"]["TableName"]["Value"] == {"Ref": "RestoredTable"}


@pytest.mark.parametrize("given", VARIANTS.values())
def test_parameters_are_accepted(packaged: Package, given: dict[str, str]) -> None:
    assert broken_rules(packaged.template, given) == []
    for name, value in given.items():
        of = packaged.template["Parameters"][name]
        assert re.fullmatch(of.get("AllowedPattern", ".*"), value)
        assert value in of.get("AllowedValues", [value])


@pytest.mark.parametrize("name", ["https://care.example.com", "care", "care.example.com/desk", "Care.example.com"])
def test_a_domain_is_only_its_name(packaged: Package, name: str) -> None:
    assert not re.fullmatch(packaged.template["Parameters"]["DomainName"]["AllowedPattern"], name)


def test_functions_may_run_themselves_without_end_only_if_they_have_the_right_to(stacks: dict[str, Template]) -> None:
    resources = stacks["plain"]["Resources"]
    allowed = {
        name for name in rights.FUNCTIONS if resources[own_rights.logical(name)]["Properties"].get("RecursiveLoop")
    }
    invoking = {name for name in rights.FUNCTIONS if "InvokeFunction" in json.dumps(own_rights.statements(name))}
    assert allowed == invoking
    assert len(allowed) > 3


def test_what_nobody_waits_for_is_kept_when_it_fails(stacks: dict[str, Template]) -> None:
    """Exactly what a schedule starts, and what starts itself; and the role may put it there when AWS asks."""
    resources = stacks["plain"]["Resources"]
    kept = {
        each["FunctionName"]["Ref"]: each["DestinationConfig"]
        for each in of_type(stacks["plain"], "AWS::Lambda::EventInvokeConfig")
        if each.get("DestinationConfig")  # a bell is not kept
    }
    scheduled = {
        target["Arn"]["Fn::GetAtt"][0]
        for rule in of_type(stacks["plain"], "AWS::Events::Rule")
        for target in rule["Targets"]
    }
    themselves = {own_rights.logical(name) for name, of in rights.FUNCTIONS.items() if of.runs_once_more}
    assert set(kept) == scheduled | themselves
    assert {json.dumps(each["OnFailure"]) for each in kept.values()} == {
        json.dumps({"Destination": {"Fn::GetAtt": ["RunDeadLetters", "Arn"]}})
    }
    # In the role itself: AWS looks for the right when it makes the destination, and a policy beside it may come later.
    for function in kept:
        role = resources[resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        assert "RunDeadLetters" in json.dumps(role["Policies"]), function


def test_a_flood_of_mail_leaves_concurrency_to_the_web(stacks: dict[str, Template]) -> None:
    sources = of_type(stacks["plain"], "AWS::Lambda::EventSourceMapping")
    queues = [each for each in sources if "ScalingConfig" in each]
    assert {each["FunctionName"]["Ref"] for each in queues} == {"ReceiveMail", "ReceiveEvent", "NoteDelivery"}
    assert all(each["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "QueueConcurrency"}} for each in queues)


def test_no_right_and_no_limited_name_is_made_of_the_stacks_name(
    packaged: Package, stacks: dict[str, Template]
) -> None:
    """CloudFormation shortens a long stack's name in names that it makes, so that a pattern would no longer fit. Only
    names that may be longer than a stack's (of alarms, the dashboard and the API) are made of it."""
    for stack in (packaged.template, *stacks.values()):
        limited = {name: each for name, each in stack["Resources"].items() if not _named_freely(each)}
        assert "AWS::StackName" not in json.dumps(limited)
    names = ("BucketName", "FunctionName", "QueueName", "RoleName", "TableName", "TopicName", "LogGroupName")
    given = [
        (name, key)
        for name, resource in packaged.template["Resources"].items()
        for key in names
        if isinstance(resource.get("Properties", {}).get(key), str)
    ]
    assert given == []


def _named_freely(resource: dict[str, Any]) -> bool:
    free = ("AWS::CloudWatch::", "AWS::Serverless::Api", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
    return resource["Type"].startswith(free) or "POWERTOOLS_SERVICE_NAME" in json.dumps(resource)


def test_the_stack_policy_covers_everything_that_is_retained(packaged: Package) -> None:
    policy = json.loads(Path("deploy/stack-policy.json").read_text(encoding="utf-8"))
    (denied,) = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert set(denied["Action"]) == {"Update:Replace", "Update:Delete"}
    kept = {
        each["Type"]
        for each in packaged.template["Resources"].values()
        if each.get("UpdateReplacePolicy") == "Retain" and "Condition" not in each
    }
    assert kept <= set(denied["Condition"]["StringEquals"]["ResourceType"])
    assert len(kept) == 3
