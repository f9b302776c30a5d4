"""The stack's alarms by their own definitions: quiet while all is well, in alarm otherwise; each with a runbook."""

import re
from typing import Any, NamedTuple

import pytest

from deploy import package, rights
from deploy.own_rights import logical
from deploy.watching import alarms
from tests.support import shops
from tests.support.watching.alarming import ALARM, OK, Period, state
from tests.test_docs import ROOT, places

TEMPLATE = package.resources("prod", shops.FILE)
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
ALARMS = {alarm.id: alarm for alarm in alarms.alarms(RESOURCES)}
PAGE = ROOT / "docs/watching.md"
# The metrics that AWS publishes, with the dimensions of each: "Lambda function metrics", "Available CloudWatch metrics
# for Amazon SQS", "Amazon API Gateway dimensions and metrics", "Amazon SES reputation monitoring alarms".
OF_AWS = {
    "AWS/Lambda": ({"FunctionName"}, {"Errors", "Throttles", "Duration", "IteratorAge"}),
    "AWS/SQS": ({"QueueName"}, {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}),
    "AWS/ApiGateway": ({"ApiName"}, {"4XXError", "5XXError", "Count", "Latency"}),
    "AWS/SES": (set[str](), {"Reputation.BounceRate", "Reputation.ComplaintRate"}),
}


class Example(NamedTuple):
    """Periods of samples, the latest last, after which an alarm is quiet, and others after which it is not."""

    well: list[list[Period]]
    ill: list[list[Period]]


# The next to last period of each hourly check may be empty: the hours of a schedule are not those of the clock.
HOURLY = Example([[[0], [2], [0]], []], [[[0], [1], [1]], [[1], [], [1]]])
EXPECTED = {
    "dead letters": Example([[[0], [0]], [], [[1], [0]]], [[[0], [1]]]),
    "iterator age": Example([[[200], [1500]], [[400_000], [1000]], []], [[[310_000], [900_000]]]),
    "throttles": Example([[[0, 0], [2], [0]], []], [[[1], [0, 3], [4]]]),
    "server errors": Example([[[0, 0, 1]], [[1], [1], [1]], []], [[[0], [1, 1, 1]]]),
    "bounce rate": Example([[[0.02, 0.049]], []], [[[0.02], [0.051]]]),
    "complaint rate": Example([[[0, 0.0009]], []], [[[0], [0.001]]]),
    "mails without outcome": HOURLY,
    "complaints overdue": HOURLY,
    "unhealthy": Example([[[0], [0]], [[0, 0], []], []], [[[0], [1]], [[2], []]]),
    "no health": Example([[[0], [0], [0]], [[0], [], [3]], [[0], [], []]], [[], [[0], [], [], []]]),
}
# Of a function that a schedule runs: a run that fails is tried twice more.
BY_SCHEDULE = Example([[[0, 0, 1, 0]], [[1], [1], [1]], []], [[[0], [1, 1, 1]]])
BY_EVENTS = Example([[[0, 1], [3], [0]], [[5], [], [5]], []], [[[1], [2, 0], [1]]])


def expected(alarm: alarms.Alarm) -> Example:
    if alarm.kind == "errors":
        events = RESOURCES[alarm.about]["Properties"].get("Events", {}).values()
        return BY_SCHEDULE if "Schedule" in {event["Type"] for event in events} else BY_EVENTS
    if alarm.kind == "queue age":
        queue = RESOURCES[alarm.about]["Properties"]
        tried = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
        return Example([[[2, 40]], [[tried]], []], [[[40], [1.5 * tried]]])
    if alarm.kind == "duration":
        limit = 1000 * {logical(name): of.timeout for name, of in rights.FUNCTIONS.items()}[alarm.about]
        return Example([[[20, 0.5 * limit]], []], [[[200, 0.95 * limit]]])
    return EXPECTED[alarm.kind]


@pytest.mark.parametrize("id", ALARMS)
def test_each_alarm_is_quiet_while_all_is_well_and_goes_off_when_it_is_not(id: str) -> None:
    example, properties = expected(ALARMS[id]), RESOURCES[id]["Properties"]
    assert [state(properties, periods) for periods in example.well] == [OK] * len(example.well)
    assert [state(properties, periods) for periods in example.ill] == [ALARM] * len(example.ill)


@pytest.mark.parametrize("id", ALARMS)
def test_each_alarm_ends_when_all_is_well_again(id: str) -> None:
    example, properties = expected(ALARMS[id]), RESOURCES[id]["Properties"]
    long = example.well[0] * 3
    assert [state(properties, [*periods, *long], ALARM) for periods in example.ill] == [OK] * len(example.ill)


def test_rates_that_ses_does_not_publish_for_a_while_stay_as_they_were() -> None:
    properties = RESOURCES["BounceRateAlarm"]["Properties"]
    assert [state(properties, [[0.06], []], before) for before in (ALARM, OK)] == [ALARM, OK]


def test_all_alarms_are_in_the_template_and_mailed() -> None:
    found = {id: each for id, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert found.keys() == ALARMS.keys()
    for each in found.values():
        assert each["Condition"] == alarms.CONDITION
        assert each["Properties"]["AlarmActions"] == each["Properties"]["OKActions"] == [{"Ref": alarms.TOPIC}]
    subscription = RESOURCES["AlarmSubscription"]["Properties"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", {"Ref": alarms.PARAMETER})


def test_every_queue_and_every_function_that_runs_by_itself_is_watched() -> None:
    """Functions that people run show their errors to whoever runs them."""
    watched = {(alarm.about, alarm.kind) for alarm in ALARMS.values()}
    queues = {id for id, each in RESOURCES.items() if each["Type"] == "AWS::SQS::Queue"}
    assert {about for about, kind in watched if kind in ("dead letters", "queue age")} == queues
    with_events = {
        id
        for id, each in RESOURCES.items()
        if each["Type"] == "AWS::Serverless::Function" and each["Properties"].get("Events")
    }
    with_events -= {"RingBells"}  # pages that it does not reach look by themselves
    assert {about for about, kind in watched if kind == "errors"} == with_events | {"APIHandler"}
    streamed = {about for about, kind in watched if kind == "iterator age"}
    assert streamed == {"SendMail", "IndexWords"}


def test_metrics_of_aws_exist_with_these_dimensions() -> None:
    for id in ALARMS:
        for metric in metrics(RESOURCES[id]["Properties"]):
            if metric["Namespace"].startswith("AWS/"):
                dimensions, names = OF_AWS[metric["Namespace"]]
                assert metric["MetricName"] in names
                assert {each["Name"] for each in metric.get("Dimensions", ())} == dimensions


def metrics(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm is about."""
    if "Metrics" not in properties:
        return [properties]
    return [each["MetricStat"]["Metric"] for each in properties["Metrics"] if "MetricStat" in each]


def test_no_alarm_adds_up_more_metrics_than_cloudwatch_allows() -> None:
    assert max(len(metrics(RESOURCES[id]["Properties"])) for id in ALARMS) <= 10


def runbooks() -> dict[str, str]:
    """The text of each runbook by its heading."""
    text = PAGE.read_text(encoding="utf-8").partition("\n## Alarms\n")[2].partition("\n## ")[0]
    return {part.partition("\n")[0]: part for part in text.split("\n### ")[1:]}


class TestRunbooks:
    def test_each_kind_of_alarm_has_a_runbook_and_each_runbook_an_alarm(self) -> None:
        assert set(runbooks()) == {alarm.kind.capitalize() for alarm in ALARMS.values()}

    def test_each_says_what_it_means_what_to_look_at_and_what_to_do_with_a_command(self) -> None:
        for name, text in runbooks().items():
            assert re.findall(r"^\*\*(\w+):\*\*", text, re.MULTILINE) == ["Means", "Look", "Do"], name
            assert re.search(r"^```\n\w", text, re.MULTILINE), name

    def test_each_alarm_names_its_runbook(self) -> None:
        for id, alarm in ALARMS.items():
            assert f"docs/watching.md, {alarm.kind}." in RESOURCES[id]["Properties"]["AlarmDescription"]
            assert alarm.kind.replace(" ", "-") in places(PAGE)


class TestAddress:
    pattern = re.compile(TEMPLATE["Parameters"][alarms.PARAMETER]["AllowedPattern"])

    @pytest.mark.parametrize("address", ["", "ops@northlight.example", "ops@alarms.help.northlight.example"])
    def test_an_address_elsewhere_is_accepted(self, address: str) -> None:
        assert self.pattern.fullmatch(address)

    @pytest.mark.parametrize("shop", shops.policy().shops.values(), ids=lambda shop: shop.id)
    def test_an_address_whose_mail_comes_to_aftercare_is_refused(self, shop: Any) -> None:
        domain = shop.support.rpartition("@")[2]
        for address in (shop.support, f"ops@{domain}", f"ops@{domain.upper()}", f"ops+care@{domain}"):
            assert not self.pattern.fullmatch(address)

    @pytest.mark.parametrize("address", ["ops", "ops@", "@northlight.example", "a@b@northlight.example", "a@b", " "])
    def test_what_is_no_address_is_refused(self, address: str) -> None:
        assert not self.pattern.fullmatch(address)

    def test_a_dot_of_our_domains_is_only_a_dot(self) -> None:
        assert self.pattern.fullmatch("ops@help-northlight.example")
