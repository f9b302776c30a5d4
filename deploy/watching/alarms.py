"""The stack's alarms, made from its own queues and functions, so that a new one is watched without being listed here.

Each alarm is mailed to the parameter AlarmEmail, and docs/watching.md has a runbook for each kind. Without an address
there are no alarms, and nothing to pay for them (decision 190).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from chalicelib.services.operations.figures import COMPLAINTS_OVERDUE, UNHEALTHY
from chalicelib.services.operations.reconciling import UNCLOSED
from chalicelib.telemetry import NAMESPACE
from deploy.own_rights import logical
from deploy.rights import FUNCTIONS

Resources = dict[str, dict[str, Any]]
CONDITION, TOPIC, PARAMETER = "IsWatched", "AlarmTopic", "AlarmEmail"
STACK = {"Ref": "AWS::StackName"}
_MINUTES, _HOUR = 300, 3600
# Lambda tries a scheduled run three times before it gives it up.
_TRIES = 3
# At this share of its time limit a function is about to be ended.
_NEAR_LIMIT = 0.9


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm when `needed` of the last `periods` values are `at` the threshold or above.

    `kind`: the runbook, a heading in docs/watching.md. `about`: the logical id of what it watches. `period`: in
    seconds. `missing`: how CloudWatch takes periods without a value.
    """

    kind: str
    says: str
    metric: str
    at: float
    about: str = ""
    namespace: str = NAMESPACE
    dimensions: tuple[tuple[str, Any], ...] = (("service", STACK),)
    statistic: str = "Sum"
    period: int = _MINUTES
    periods: int = 1
    needed: int = 1
    missing: str = "notBreaching"
    over: tuple[str, ...] = ()
    """The functions whose values are added up, for an alarm about several."""
    below: bool = False
    """The alarm is about values below the threshold."""

    @property
    def id(self) -> str:
        return f"{self.about}{self.kind.title().replace(' ', '')}Alarm"


def resources(found: Resources) -> Resources:
    """The topic with its subscription, and every alarm of a stack with these resources, by logical id."""
    topic = {
        TOPIC: _resource("AWS::SNS::Topic", DisplayName="Aftercare alarms"),
        "AlarmSubscription": _resource(
            "AWS::SNS::Subscription", TopicArn={"Ref": TOPIC}, Protocol="email", Endpoint={"Ref": PARAMETER}
        ),
    }
    return topic | {alarm.id: _rendered(alarm) for alarm in alarms(found)}


def address_pattern(domains: Iterable[str]) -> str:
    """The pattern of addresses that alarms may be mailed to: in none of these domains, whose mail comes to Aftercare
    itself. Nobody would read the alarm there, least of all when mail is what fails."""
    ours = "|".join(map(re.escape, domains))
    return rf"^$|^[^@\s]+@(?!(?i:{ours})$)[^@\s]+\.[^@\s]+$"


def alarms(found: Resources) -> Iterator[Alarm]:
    for name, queue in found.items():
        if queue["Type"] == "AWS::SQS::Queue":
            yield _of_queue(name, queue["Properties"])
    for name in FUNCTIONS:
        yield from _of_function(name, {event["Type"] for event in _events(found, name)})
    yield Alarm(
        "throttles", "Lambda refused to start functions: the account's concurrency is used up", "Throttles", 1,
        namespace="AWS/Lambda", dimensions=(), periods=3, needed=3,
        over=tuple(logical(name) for name in FUNCTIONS if _is_urgent({each["Type"] for each in _events(found, name)})),
    )  # fmt: skip
    yield Alarm(
        "server errors", "The API answered with errors of its own (5xx)", "5XXError", 3,
        namespace="AWS/ApiGateway", dimensions=(("ApiName", STACK),),
    )  # fmt: skip
    # SES publishes them from time to time only, for the whole account; AWS looks at them in the same way.
    rate = partial(Alarm, namespace="AWS/SES", dimensions=(), statistic="Maximum", period=_HOUR, missing="ignore")
    yield rate("bounce rate", "5 % of the mails bounce; from 10 % AWS stops sending", "Reputation.BounceRate", 0.05)
    yield rate("complaint rate", "0.1 % of the mails are reported as spam", "Reputation.ComplaintRate", 0.001)
    # The hours of schedules are not those of the clock: an hour may have no run, and the next one two.
    hourly = partial(Alarm, statistic="Maximum", period=_HOUR)
    yield hourly("mails without outcome", "Mails of past days have no outcome", UNCLOSED, 1, periods=3, needed=2)
    yield hourly("complaints overdue", "Complaints are overdue", COMPLAINTS_OVERDUE, 1, periods=3, needed=2)
    yield hourly("unhealthy", "The function health found something", UNHEALTHY, 1, periods=2)
    yield Alarm(
        "no health", "The function health did not run for three hours", UNHEALTHY, 1, below=True,
        statistic="SampleCount", period=_HOUR, periods=3, needed=3, missing="breaching",
    )  # fmt: skip


def _of_queue(name: str, properties: dict[str, Any]) -> Alarm:
    """A queue without a redrive policy is where messages end that nobody could process."""
    queue = (("QueueName", {"Fn::GetAtt": [name, "QueueName"]}),)
    of = partial(Alarm, about=name, namespace="AWS/SQS", dimensions=queue, statistic="Maximum")
    redrive = properties.get("RedrivePolicy")
    if redrive is None:
        says = f"Something could not be processed and lies in {name}"
        return of("dead letters", says, "ApproximateNumberOfMessagesVisible", 1)
    # Half as long again as all tries of one message take.
    oldest = int(1.5 * properties["VisibilityTimeout"] * redrive["maxReceiveCount"])
    says = f"A message has waited in {name} for {oldest // 60} minutes"
    return of("queue age", says, "ApproximateAgeOfOldestMessage", oldest)


def _of_function(name: str, events: set[str]) -> Iterator[Alarm]:
    """Whoever runs a function by hand reads its error there, so such functions have no alarm."""
    id = logical(name)
    of = partial(Alarm, about=id, namespace="AWS/Lambda", dimensions=(("FunctionName", {"Ref": id}),))
    if _is_urgent(events):
        # A mail that SES does not take now ends a run of send_mail with an error, and is tried again.
        yield of("errors", f"{name} has failed for a quarter of an hour", "Errors", 1, periods=3, needed=3)
    elif "Schedule" in events:
        yield of("errors", f"{name} failed at every try", "Errors", _TRIES, period=_HOUR)
    else:
        return
    limit = FUNCTIONS[name].timeout
    says = f"{name} took nearly its {limit} seconds"
    yield of("duration", says, "Duration", _NEAR_LIMIT * limit * 1000, statistic="Maximum")
    if "DynamoDB" in events:
        says = f"{name} is five minutes behind the table's stream"
        yield of("iterator age", says, "IteratorAge", 300_000, statistic="Maximum", periods=2, needed=2)


def _is_urgent(events: set[str]) -> bool:
    """Whether somebody waits for it: a visitor, a mail, a change in the table."""
    return bool(events & {"Api", "SQS", "DynamoDB"})


def _events(found: Resources, name: str) -> list[dict[str, Any]]:
    """The function's event sources. Chalice adds the API's own later."""
    if name == "api_handler":
        return [{"Type": "Api"}]
    return list(found[logical(name)]["Properties"].get("Events", {}).values())


def _rendered(alarm: Alarm) -> dict[str, Any]:
    less = "LessThanThreshold" if alarm.below else "GreaterThanOrEqualToThreshold"
    name = f"${{AWS::StackName}} {' '.join(filter(None, (alarm.about, alarm.kind)))}"
    said = {
        "AlarmName": {"Fn::Sub": name.replace(" ", "-")},
        "AlarmDescription": f"{alarm.says}. What to do: docs/watching.md, {alarm.kind}.",
        "AlarmActions": [{"Ref": TOPIC}],
        "OKActions": [{"Ref": TOPIC}],
        "Threshold": alarm.at,
        "ComparisonOperator": less,
        "EvaluationPeriods": alarm.periods,
        "DatapointsToAlarm": alarm.needed,
        "TreatMissingData": alarm.missing,
    }
    return _resource("AWS::CloudWatch::Alarm", **said, **(_added_up(alarm) if alarm.over else _one_metric(alarm)))


def _one_metric(alarm: Alarm) -> dict[str, Any]:
    return _metric(alarm, alarm.dimensions) | {"Statistic": alarm.statistic, "Period": alarm.period}


def _added_up(alarm: Alarm) -> dict[str, Any]:
    queries: list[dict[str, Any]] = [
        {
            "Id": f"m{number}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": _metric(alarm, (("FunctionName", {"Ref": function}),)),
                "Stat": alarm.statistic,
                "Period": alarm.period,
            },
        }
        for number, function in enumerate(alarm.over)
    ]
    return {"Metrics": [{"Id": "sum", "Expression": "SUM(METRICS())"}, *queries]}


def _metric(alarm: Alarm, dimensions: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    named = [{"Name": name, "Value": value} for name, value in dimensions]
    return {"Namespace": alarm.namespace, "MetricName": alarm.metric} | ({"Dimensions": named} if named else {})


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Condition": CONDITION, "Properties": properties}
