"""Structured logs and metrics, through Powertools, never with customers' data in them.

Each log line has a correlation id: of the request or raw mail by which something came about. A mail that is owed takes
it along (rules.tickets.outbox), so that what the sender logs much later has it too (decision 191).
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """Middleware around every function: log lines have its request id, which is their correlation id as well until
    something else is known, and metrics are published when it ends."""
    context = getattr(event, "lambda_context", None) or getattr(event, "context", None)
    request_id = getattr(context, "aws_request_id", None)
    logger.append_keys(request_id=request_id)
    try:
        with correlated(request_id or ""):
            return get_response(event)
    finally:
        _publish()


def correlation() -> str:
    """The present correlation id; "" outside a function."""
    return logger.get_correlation_id() or ""


@contextmanager
def correlated(id: str) -> Iterator[None]:
    """Inside this block, log lines have this correlation id. An empty one changes nothing: nothing better is known."""
    before = correlation()
    logger.set_correlation_id(id or before or None)
    try:
        yield
    finally:
        logger.set_correlation_id(before or None)


def of_raw_mail(key: str) -> str:
    """The correlation id of a raw mail: the same in each run that tries it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


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
