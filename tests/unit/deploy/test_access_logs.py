"""API Gateway logs no address: tokens stand in paths, and what people search for in queries."""

import re
from typing import Any

import pytest

from deploy import package
from tests.support import shops

# The address as a template, and nothing of what stands in it.
HARMLESS = {
    "requestId",
    "httpMethod",
    "resourcePath",
    "status",
    "responseLength",
    "responseLatency",
    "requestTime",
    "stage",
}


def tells(properties: dict[str, Any]) -> list[str]:
    """What the API's settings would write down of its addresses."""
    written = str(properties.get("AccessLogSetting", {}).get("Format", ""))
    found = [name for name in re.findall(r"\$context\.([\w.]+)", written) if name not in HARMLESS]
    for setting in properties.get("MethodSettings", ()):
        found += [
            name
            for name in ("DataTraceEnabled", "LoggingLevel")
            if setting.get(name) not in (None, False, "OFF", "ERROR")
        ]
    return found + (["TracingEnabled"] if properties.get("TracingEnabled") else [])


def test_the_stack_writes_none_down() -> None:
    resources = package.resources("prod", shops.FILE)["Resources"]
    assert tells(resources["RestAPI"]["Properties"]) == []
    stages = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::ApiGateway::Stage"]
    assert [tells(stage) for stage in stages] == [[] for _ in stages]


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({"AccessLogSetting": {"Format": "$context.requestId $context.resourcePath $context.status"}}, []),
        ({"AccessLogSetting": {"Format": '{"p": "$context.path"}'}}, ["path"]),
        ({"AccessLogSetting": {"Format": "$context.identity.sourceIp"}}, ["identity.sourceIp"]),
        (
            {"MethodSettings": [{"LoggingLevel": "INFO", "DataTraceEnabled": True}]},
            ["DataTraceEnabled", "LoggingLevel"],
        ),
        ({"TracingEnabled": True}, ["TracingEnabled"]),
    ],
)
def test_the_check_sees_what_would(properties: dict[str, Any], found: list[str]) -> None:
    assert tells(properties) == found
