"""Structured logs and metrics, through Powertools, never with customers' data in them."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="aftercare")
metrics = Metrics(namespace="Aftercare", service="aftercare")


def count(name: str, number: int = 1) -> None:
    """Add to a metric that is published when the function ends."""
    metrics.add_metric(name, MetricUnit.Count, number)


def observed(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Middleware around every function: log lines have its request id, and metrics are published when it ends."""
    context = getattr(event, "lambda_context", None) or getattr(event, "context", None)
    logger.append_keys(request_id=getattr(context, "aws_request_id", None))
    try:
        return get_response(event)
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()
