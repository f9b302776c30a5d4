"""boto3 clients, each made at its first use and then kept. `client` is faster than `resource`, and the import takes
time."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.utils import parse_timestamp

# A mail client with a longer timeout could outlive its claim (rules.tickets.outbox.LEASE), and the mail would be sent
# twice.
_CONFIGS = {
    "ses": Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}),
    # The client must not try again by itself: who got the text message once would get it twice. Its limits leave the
    # run time to write into the log what came of it (events.ONE_HOOK_MILLIS).
    "pinpoint-sms-voice-v2": Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1}),
    # As the mail client's: a longer one could outlive its claim.
    "socialmessaging": Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 1}),
    # A bell that is late is worth nothing: the page has looked by then.
    "apigatewaymanagementapi": Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}),
    "sns": Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}),
    "s3": Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 5},
        signature_version="s3v4",
    ),
}
# Links use the bucket's own host in its region. The global host answers with a redirect while a bucket is new, and
# always in newer regions. Browsers follow it neither for uploads nor with a signature for another host.
_REGIONAL = Config(s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"})
_BY_PATH = Config(s3={"addressing_style": "path"})  # an emulator has no host per bucket
_DEFAULT = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})
# Without a fixed one, botocore puts the header together twice for each request. boto3 still adds botocore's version.
_USER_AGENT = Config(user_agent="Aftercare")
# DynamoDB checks every request itself, and an attribute is in Python what it is on the wire, because we store no bytes
# (table.codec). So botocore need neither check nor convert it, which takes a third of a put's time and three quarters
# of a large query's. Tests switch this off (tests.support.store.tables). S3's keys are always checked: an empty one
# would name the bucket.
LEAN = True


@cache
def client(service: str, endpoint: str | None = None) -> Any:
    """The only client of this service in this process; the environment sets its endpoint, region and rights.
    `endpoint`: of a service that has another for each API."""
    config = _CONFIGS.get(service, _DEFAULT)
    if service == "s3":
        config = config.merge(_BY_PATH if os.environ.get("AWS_ENDPOINT_URL") else _REGIONAL)
    config = config.merge(_USER_AGENT)
    lean = LEAN and service == "dynamodb"
    if lean:
        config = config.merge(Config(parameter_validation=False))
    if boto3.DEFAULT_SESSION is None:
        session = botocore.session.get_session()
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
        boto3.setup_default_session(botocore_session=session)
    by_name: Callable[..., Any] = boto3.client
    made = by_name(service, config=config, endpoint_url=endpoint)
    if lean:  # a document is what botocore calls a value that it hands on as it is
        made.meta.service_model._service_description["shapes"]["AttributeValue"]["document"] = True
    return made


def _moment(value: Any) -> datetime:
    """A time in an answer. botocore tries every form there is, which takes three quarters of the time of reading a list
    of S3 (decision 184)."""
    plain = isinstance(value, str) and value.endswith("Z")
    return datetime.fromisoformat(value) if plain else parse_timestamp(value)
