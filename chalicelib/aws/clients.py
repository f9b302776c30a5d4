"""boto3 clients, each made when first used and then kept: `client` beats `resource`, and importing is dear."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# A mail client that gave up later could outlive its claim (rules.tickets.outbox.LEASE) and send a mail twice.
_CONFIGS = {
    "ses": Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}),
    "s3": Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 5},
        signature_version="s3v4",
    ),
}
# The bucket's own host in its region, on which links are made. The global one answers with a redirect while a bucket is
# new, and in newer regions for ever: browsers follow it neither when they upload nor with a signature for another host.
_REGIONAL = Config(s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"})
_BY_PATH = Config(s3={"addressing_style": "path"})  # an emulator has no host for each bucket
_USUAL = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})


@cache
def client(service: str) -> Any:
    """The one client of this service in this process; endpoint, region and rights come from the environment."""
    config = _CONFIGS.get(service, _USUAL)
    if service == "s3":
        config = config.merge(_BY_PATH if os.environ.get("AWS_ENDPOINT_URL") else _REGIONAL)
    by_name: Callable[..., Any] = boto3.client
    return by_name(service, config=config)
