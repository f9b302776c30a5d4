"""The application, called by Chalice's test client, on moto."""

from collections.abc import Iterator

import boto3
import pytest
from chalice.test import Client

import app
from chalicelib import wiring
from chalicelib.aws import queue
from chalicelib.rules.events import source_keys
from chalicelib.rules.events.source_keys import SourceKeys
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.keys import written
from tests.support.store import tables
from tests.support.store.fakes import PUBLIC_URL, secret_of
from tests.support.web import help_centre
from tests.support.web.browsing import Browser

SETTINGS = {
    "TABLE_NAME": "aftercare",
    "MAIL_BUCKET": "mail",
    "FILES_BUCKET": "files",
    "MAIL_QUEUE_URL": "https://queue.example/mail",
    "DEAD_LETTERS_URL": "https://queue.example/dead",
    "HOOK_QUEUE_URL": "https://queue.example/hooks",
    "HOOK_DEAD_LETTERS_URL": "https://queue.example/hooks-dead",
    "SOURCES_SECRET_ID": "sources-secret",
    "SECRET_ID": "secret",
    "AUDIT_SECRET_ID": "audit-secret",
    "CONFIGURATION_SET": "set",
    "PUBLIC_URL": PUBLIC_URL,
    "RATE_LIMITS": "off",
}

SOURCES = source_keys.written({("northlight", Source.OWN): SourceKeys("what the sources sign with")})


@pytest.fixture(scope="module")
def stack(in_process: None) -> Iterator[None]:
    """A table, buckets and a secret, and the settings that name them."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        for name in ("MAIL_QUEUE_URL", "DEAD_LETTERS_URL", "HOOK_QUEUE_URL", "HOOK_DEAD_LETTERS_URL"):
            environment.setenv(name, boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])
        environment.setattr(wiring, "_help_folder", help_centre.built)
        environment.setattr(queue, "_WAIT_SECONDS", 0)  # moto waits as long as it is told to
        tables.create(boto3.client("dynamodb"), "aftercare")
        for bucket in ("mail", "files"):
            boto3.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION}
            )
        for name in ("secret", "audit-secret"):
            boto3.client("secretsmanager").create_secret(Name=name, SecretString=written(secret_of(f"{name:_>64}")))
        boto3.client("secretsmanager").create_secret(Name="sources-secret", SecretString=SOURCES)
        wiring.deps.cache_clear()
        yield
        wiring.deps.cache_clear()


@pytest.fixture
def browser(stack: None) -> Iterator[Browser]:
    with Client(app.app) as client:
        yield Browser(client)
