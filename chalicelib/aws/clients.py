"""boto3 clients, each made when first used and then kept: `client` beats `resource`, and importing is dear."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# A mail client that gave up later could outlive its claim (rules.outbox.LEASE) and send a mail twice.
_CONFIGS = {
    "ses": Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}),
    "s3": Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 5},
        signature_version="s3v4",
        s3={"addressing_style": "auto"},
    ),
}
_USUAL = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})


@cache
def client(service: str) -> Any:
    """The one client of this service in this process; endpoint, region and rights come from the environment."""
    return boto3.client(service, config=_CONFIGS.get(service, _USUAL))
