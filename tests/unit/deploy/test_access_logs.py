"""API Gateway logs no URLs: paths contain tokens, and queries contain what people search for."""

import re
from typing import Any

import pytest

from deploy import package
from tests.support import shops

# The URL's template, without its values.
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
    """The parts of URLs that the API's settings would log."""
    written = str(properties.get("AccessLogSetting", {}))
    found = [name for name in re.findall(r"\$context\.([\w.]+)", written) if name not in HARMLESS]
    for setting in properties.get("MethodSettings", ()):
        found += [
            name
            for name in ("DataTraceEnabled", "LoggingLevel")
            if setting.get(name) not in (None, False, "OFF", "ERROR")
        ]
    return found + (["TracingEnabled"] if properties.get("TracingEnabled") else [])


def test_the_stack_logs_no_urls() -> None:
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
def test_the_check_recognises_settings_that_log_urls(properties: dict[str, Any], found: list[str]) -> None:
    assert tells(properties) == found
