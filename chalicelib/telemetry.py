"""Structured logs and metrics, through Powertools, never with customers' data in them."""

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Aftercare"
# The stack's name on AWS: an account may have several stacks, and an alarm is about one of them.
_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "aftercare")

logger = Logger(service=_SERVICE)
metrics = Metrics(namespace=NAMESPACE, service=_SERVICE)
_by_kind = Counter[tuple[str, str, str]]()


def count(name: str, number: int = 1) -> None:
    """Add to a metric that is published when the function ends."""
    metrics.add_metric(name, MetricUnit.Count, number)


def count_by_kind(name: str, shop: str, kind: str, number: int = 1) -> None:
    """Add to a metric that has a value for each shop and kind of ticket. Each pair is a metric that AWS charges for
    (services.measuring keeps their number small)."""
    _by_kind[shop, kind, name] += number


def observed(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Middleware around every function: log lines have its request id, and metrics are published when it ends."""
    context = getattr(event, "lambda_context", None) or getattr(event, "context", None)
    logger.append_keys(request_id=getattr(context, "aws_request_id", None))
    try:
        return get_response(event)
    finally:
        _publish()


def _publish() -> None:
    if metrics.metric_set:
        metrics.flush_metrics()
    for shop, kind in dict.fromkeys((shop, kind) for shop, kind, _ in _by_kind):
        line = EphemeralMetrics(namespace=NAMESPACE, service=_SERVICE)
        line.add_dimension("shop", shop)
        line.add_dimension("kind", kind)
        for (of_shop, of_kind, name), number in _by_kind.items():
            if (of_shop, of_kind) == (shop, kind):
                line.add_metric(name, MetricUnit.Count, number)
        line.flush_metrics()
    _by_kind.clear()
