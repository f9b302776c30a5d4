"""Reads the metrics that a function prints in the embedded metric format, as CloudWatch does."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib import telemetry

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """`dimensions`: sorted by name."""

    name: str
    dimensions: Dimensions
    namespace: str = telemetry.NAMESPACE


def of_kind(name: str, shop: str, kind: str) -> Metric:
    return Metric(name, tuple(sorted({"shop": shop, "kind": kind, "service": "aftercare"}.items())))


def of_stack(name: str) -> Metric:
    return Metric(name, (("service", "aftercare"),))


def read(printed: str) -> dict[Metric, float]:
    """Each metric in these lines, with the sum of its values; other lines are left out."""
    found: dict[Metric, float] = {}
    for line in printed.splitlines():
        for metric, number in _of(line):
            found[metric] = found.get(metric, 0) + number
    return found


def _of(line: str) -> Iterator[tuple[Metric, float]]:
    if '"_aws"' not in line:
        return
    entry = json.loads(line)
    for directive in entry["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = tuple(sorted((name, entry[name]) for name in names))
            for each in directive["Metrics"]:
                values = entry[each["Name"]]
                total = sum(values) if isinstance(values, list) else values
                yield Metric(each["Name"], dimensions, directive["Namespace"]), total


def published(act: Callable[[], Any], capsys: pytest.CaptureFixture[str]) -> dict[Metric, float]:
    """What a function that does this publishes when it ends. What tests before it counted is dropped."""
    telemetry.observed(None, lambda _: None)
    capsys.readouterr()
    telemetry.observed(None, lambda _: act())
    return read(capsys.readouterr().out)
