"""CloudWatch's evaluation of an alarm, for values that a test gives: "Evaluating an alarm" and "Configuring how alarms
treat missing data" in its user guide. An alarm's definition is taken as the template has it."""

from collections.abc import Callable, Mapping, Sequence
from operator import ge, lt
from typing import Any

Period = Sequence[float]
"""The samples of one period; none if the metric was not published then."""

_STATISTICS: Mapping[str, Callable[[Period], float]] = {"Sum": sum, "Maximum": max, "SampleCount": len}
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": ge,
    "LessThanThreshold": lt,
}
ALARM, OK = "ALARM", "OK"


def state(alarm: Mapping[str, Any], periods: Sequence[Period], before: str = OK) -> str:
    """The alarm's state after these periods, the latest last. Periods before the first one had no samples.
    `alarm`: the properties of an AWS::CloudWatch::Alarm. `before`: the state until now."""
    watched = ([()] * alarm["EvaluationPeriods"] + list(periods))[-alarm["EvaluationPeriods"] :]
    values = [_STATISTICS[_statistic(alarm)](period) if period else None for period in watched]
    missing = alarm["TreatMissingData"]
    if missing == "ignore" and None in values:
        return before
    compare, threshold = _COMPARED[alarm["ComparisonOperator"]], alarm["Threshold"]
    breaching = [missing == "breaching" if value is None else compare(value, threshold) for value in values]
    return ALARM if sum(breaching) >= alarm["DatapointsToAlarm"] else OK


def _statistic(alarm: Mapping[str, Any]) -> str:
    """For a sum of several metrics, the periods hold the samples of all of them."""
    if "Metrics" not in alarm:
        return str(alarm["Statistic"])
    computed, *parts = alarm["Metrics"]
    if computed["Expression"] != "SUM(METRICS())" or {part["MetricStat"]["Stat"] for part in parts} != {"Sum"}:
        raise ValueError(f"not known here: {computed['Expression']}")
    return "Sum"
