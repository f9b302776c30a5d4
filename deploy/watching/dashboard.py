"""The stack's dashboard: every metric there is about the shops' work, and what AWS says about the parts that do it.

It is generated from the stack's own queues and functions, and from the metrics' names in the code (decision 190).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.rules.delivery.bouncing import DeliveryEvent
from chalicelib.services.intake.arrivals import Outcome
from chalicelib.services.measuring import Measure
from chalicelib.services.operations.figures import COMPLAINTS_OVERDUE, UNHEALTHY
from chalicelib.services.operations.reconciling import UNCLOSED
from chalicelib.services.tickets.limiting import KEPT_QUARANTINE, LEFT_OUT, REFUSED, REPLIES
from chalicelib.telemetry import NAMESPACE
from deploy.own_rights import logical
from deploy.rights import FUNCTIONS
from deploy.template import live
from deploy.watching.alarms import CONDITION, Resources, alarms

_WIDTH, _WIDE, _HIGH = 24, 8, 6
_STACK = "${AWS::StackName}"
_MINUTES = 300
_LIMITS = (KEPT_QUARANTINE, LEFT_OUT, REPLIES, REFUSED)
Metric = list[Any]


def resource(found: Resources) -> dict[str, Any]:
    """The dashboard of a stack with these resources; without the parameter AlarmEmail there is none."""
    body = json.dumps({"widgets": _placed(_widgets(found))}, separators=(",", ":"))
    names = {name: {"Fn::If": [live.CONDITION, {"Ref": name}, "-"]} for name in live.functions()}
    properties = {"DashboardName": {"Ref": "AWS::StackName"}, "DashboardBody": {"Fn::Sub": [body, names]}}
    return {"Type": "AWS::CloudWatch::Dashboard", "Condition": CONDITION, "Properties": properties}


def _widgets(found: Resources) -> list[dict[str, Any]]:
    queues = [name for name, each in found.items() if each["Type"] == "AWS::SQS::Queue"]
    functions = [logical(name) for name in FUNCTIONS]
    arns = [f"${{{alarm.id}.Arn}}" for alarm in alarms(found)]
    return [
        {"type": "alarm", "properties": {"title": "Alarms", "alarms": arns}},
        _by_kind("Tickets opened", Measure.OPENED),
        _by_kind("Steps taken of promises", Measure.STEPS),
        _by_kind("Tickets overdue", Measure.OVERDUE, "Maximum"),
        _by_kind("Mails sent", Measure.SENT),
        _by_kind("Mails refused", Measure.REFUSED),
        _graph("Mails received", _ours(*(f"Mail{outcome.title()}" for outcome in Outcome))),
        _graph("What became of mails sent", _ours(*(f"Mail{event.title()}" for event in DeliveryEvent))),
        _graph("Limits", _ours(*_LIMITS)),
        _graph("Health", _ours(UNHEALTHY, COMPLAINTS_OVERDUE, UNCLOSED), "Maximum"),
        _graph("Waiting messages", _of_queues(queues, "ApproximateNumberOfMessagesVisible"), "Maximum"),
        _graph("Age of the oldest message", _of_queues(queues, "ApproximateAgeOfOldestMessage"), "Maximum"),
        _graph("Errors", _of_functions(functions, "Errors")),
        _graph("Throttles", _of_functions(functions, "Throttles")),
        _graph("Duration", _of_functions(functions, "Duration"), "Maximum"),
        _graph("Behind the stream", _of_functions(["SendMail", "IndexWords"], "IteratorAge"), "Maximum"),
        _graph("Requests", [["AWS/ApiGateway", name, "ApiName", _STACK] for name in ("Count", "4XXError", "5XXError")]),
        _graph("Time until the answer", [["AWS/ApiGateway", "Latency", "ApiName", _STACK]], "p95"),
        _graph("Reputation at SES", [["AWS/SES", f"Reputation.{of}Rate"] for of in ("Bounce", "Complaint")], "Maximum"),
    ]  # fmt: skip


def _by_kind(title: str, what: Measure, statistic: str = "Sum") -> dict[str, Any]:
    """One line for each shop and kind. A search finds the new ones too."""
    dimensions = f"{{{NAMESPACE},kind,service,shop}}"
    search = f"SEARCH('{dimensions} MetricName=\"{what}\" service=\"{_STACK}\"', '{statistic}', {_MINUTES})"
    label = "${!PROP('Dim.shop')} ${!PROP('Dim.kind')}"
    return _graph(title, [[{"expression": search, "id": "found", "label": label}]])


def _graph(title: str, metrics: Sequence[Metric], statistic: str = "Sum") -> dict[str, Any]:
    properties = {"title": title, "metrics": metrics, "stat": statistic, "period": _MINUTES, "view": "timeSeries"}
    return {"type": "metric", "properties": properties | {"region": "${AWS::Region}"}}


def _ours(*names: str) -> list[Metric]:
    return [[NAMESPACE, name, "service", _STACK] for name in names]


def _of_queues(queues: Iterable[str], metric: str) -> list[Metric]:
    return [["AWS/SQS", metric, "QueueName", f"${{{name}.QueueName}}", {"label": name}] for name in queues]


def _of_functions(functions: Iterable[str], metric: str) -> list[Metric]:
    return [["AWS/Lambda", metric, "FunctionName", f"${{{name}}}", {"label": name}] for name in functions]


def _placed(widgets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The widgets in rows of three, the first (the alarms) as wide as the page."""
    first, *rest = widgets
    across = _WIDTH // _WIDE
    placed = [first | {"x": 0, "y": 0, "width": _WIDTH, "height": _HIGH}]
    for number, widget in enumerate(rest):
        place = {"x": number % across * _WIDE, "y": _HIGH + number // across * _HIGH}
        placed.append(widget | place | {"width": _WIDE, "height": _HIGH})
    return placed
