"""The stack's dashboard shows metrics that exist, with the dimensions that they have."""

import json
import re
from functools import partial
from typing import Any

import pytest

from chalicelib import telemetry
from chalicelib.aws import events
from chalicelib.rules.delivery.bouncing import DeliveryEvent
from chalicelib.services.intake.arrivals import Outcome
from chalicelib.services.measuring import Measure
from chalicelib.services.ports.mails import MailReceived
from deploy import package
from tests.support import shops
from tests.support.watching import emf
from tests.unit.deploy.test_alarms import OF_AWS, PAGE

RESOURCES: dict[str, dict[str, Any]] = package.resources("prod", shops.FILE)["Resources"]
BODY: str = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
WIDGETS: list[dict[str, Any]] = json.loads(BODY)["widgets"]
LINES = [line for widget in WIDGETS if widget["type"] == "metric" for line in widget["properties"]["metrics"]]
SHOWN = [[part for part in line if isinstance(part, str)] for line in LINES]
OURS = {name: dimensions for namespace, name, *dimensions in filter(None, SHOWN) if namespace == telemetry.NAMESPACE}
# What SES reports, as it names it.
REPORTS: dict[DeliveryEvent, dict[str, Any]] = {
    DeliveryEvent.BOUNCED: {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}},
    DeliveryEvent.FAILED: {"eventType": "Bounce", "bounce": {"bounceType": "Transient"}},
    DeliveryEvent.DELAYED: {"eventType": "DeliveryDelay", "deliveryDelay": {}},
    DeliveryEvent.COMPLAINED: {"eventType": "Complaint", "complaint": {}},
    DeliveryEvent.SUPPRESSED: {"eventType": "Bounce", "bounce": {"bounceSubType": "OnAccountSuppressionList"}},
}


def of_queue(message: dict[str, Any]) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "body": json.dumps(message)}]}


def received(outcome: Outcome, _: MailReceived) -> str:
    return outcome


def test_metrics_of_aws_exist_with_these_dimensions() -> None:
    shown = [line for line in SHOWN if line and line[0].startswith("AWS/")]
    assert {line[0] for line in shown} == set(OF_AWS)
    for namespace, name, *dimensions in shown:
        wanted, names = OF_AWS[namespace]
        assert name in names
        assert set(dimensions[::2]) == wanted


def test_what_is_named_in_the_text_is_a_resource_or_known_to_cloudformation() -> None:
    for named in re.findall(r"\$\{([^!}]+)\}", BODY):
        assert named.partition(".")[0] in RESOURCES or named in ("AWS::StackName", "AWS::Region"), named


def test_searches_are_for_metrics_by_shop_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    searches = [line[0]["expression"] for line in LINES if isinstance(line[0], dict)]
    assert {re.findall(r'MetricName="(\w+)"', search)[0] for search in searches} == set(Measure)
    assert all("{Aftercare,kind,service,shop}" in search for search in searches)
    (metric,) = emf.published(lambda: telemetry.count_by_kind("Any", "northlight", "complaint"), capsys)
    assert [name for name, _ in metric.dimensions] == ["kind", "service", "shop"]


def test_each_outcome_and_report_of_a_mail_is_shown_as_it_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    notice = {"notificationType": "Received", "receipt": {"action": {"objectKey": "raw/1"}, "recipients": []}}
    assert set(REPORTS) == set(DeliveryEvent)

    def act() -> None:
        for outcome in Outcome:
            events.each_mail(of_queue(notice), partial(received, outcome))
        for report in REPORTS.values():
            message = report | {"mail": {"messageId": "1"}}
            assert events.each_event(of_queue(message), lambda _: None, lambda *_: None) == {"batchItemFailures": []}

    published = emf.published(act, capsys)
    assert len(published) == len(Outcome) + len(DeliveryEvent)
    assert {metric.name for metric in published} == {name for name in OURS if name.startswith("Mail")} - {
        "MailsWithoutOutcome"
    }


def test_ours_have_the_stacks_name_as_their_only_dimension_and_are_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, dimensions in OURS.items():
        assert dimensions == ["service", "${AWS::StackName}"]
        assert f"`{name}`" in text
    assert all(f"`{name}`" in text for name in Measure)


def test_no_widget_lies_over_another() -> None:
    places = [
        (x, y)
        for each in WIDGETS
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) < 24
