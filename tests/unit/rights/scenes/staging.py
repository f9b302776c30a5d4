"""Sets up what resources.yaml declares and the functions use, on moto; each function is called by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from chalice.test import Client, TestHTTPClient, TestLambdaClient

import app
from chalicelib import wiring
from chalicelib.aws import queue
from chalicelib.rules.events import source_keys
from chalicelib.rules.events.source_keys import Api, SourceKeys
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity import keys
from chalicelib.web.desk import login
from tests.support.issuer import CLIENT_SECRET
from tests.support.store import tables
from tests.support.store.fakes import PUBLIC_URL, Clock, secret_of
from tests.support.web import help_centre
from tests.unit.rights import policies
from tests.unit.rights.recording import Recorder, recording
from tests.unit.rights.scenes.stage import Stage

QUEUES = (
    *("MailQueue", "MailDeadLetters", "DeliveryQueue", "DeliveryDeadLetters"),
    *("HookQueue", "HookDeadLetters"),
    *("SendMailDeadLetters", "IndexWordsDeadLetters", "RunDeadLetters"),
)
SOURCES = "what all sources sign with in tests"
_SENDERS = ("help.northlight.example", "care.kettle.example")


@contextmanager
def staged(recorder: Recorder) -> Iterator[Stage]:
    """Everything that resources.yaml declares and the functions use, new and empty."""
    with tables.in_process(), recording(recorder), pytest.MonkeyPatch.context() as patched:
        clock = Clock()
        recorder.mails.clear()
        made = _made()
        patched.setenv("HELP_FOLDER", str(help_centre.built()))
        for name, value in policies.environment(made).items():
            patched.setenv(name, value)
        for name, value in {
            "PUBLIC_URL": PUBLIC_URL,
            "STAGE": "prod",
            "RATE_LIMITS": "on",
            "OIDC_CLIENT_SECRET_ID": "",
        }.items():
            patched.setenv(name, value)
        patched.setattr(wiring, "clock", lambda *_: clock)
        patched.setattr(login, "ASKING_SECONDS", 0.0)
        patched.setattr(queue, "_WAIT_SECONDS", 0)
        _each_by_its_name(patched, recorder)
        store = tables.create(boto3.client("dynamodb"), policies.name("Table"))
        with Client(app.app) as caller:
            yield Stage(caller, recorder, clock, store, made["OidcClientSecretArn"])
        wiring.deps.cache_clear()
        wiring.bell_deps.cache_clear()


def _made() -> dict[str, str]:
    """Create what the functions need; return the names that only AWS gives."""
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    ses, secrets = boto3.client("ses"), boto3.client("secretsmanager")
    for bucket in ("MailBucket", "FilesBucket"):
        name = policies.name(bucket)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for sender in _SENDERS:
        ses.verify_domain_identity(Domain=sender)
    ses.create_configuration_set(ConfigurationSet={"Name": policies.name("ConfigurationSet")})
    theirs = secrets.create_secret(Name="client", SecretString=CLIENT_SECRET)["ARN"]
    ours = dict[str, str]()
    for each in ("Secret", "AuditSecret"):
        value = keys.written(secret_of(f"{each:_>64}"))
        ours[each] = secrets.create_secret(Name=policies.name(each), SecretString=value)["ARN"]
    theirs_too: dict[str, Api] = {Source.SHOPIFY: Api("https://shop.example", "key")}
    told = source_keys.written(
        {("northlight", each): SourceKeys(SOURCES, api=theirs_too.get(each)) for each in (*Source, source_keys.OUT)}
    )
    ours["SourcesSecret"] = secrets.create_secret(Name=policies.name("SourcesSecret"), SecretString=told)["ARN"]
    boto3.client("sns").create_topic(Name=policies.name("BellTopic"))
    queues = {each: sqs.create_queue(QueueName=policies.name(each))["QueueUrl"] for each in QUEUES}
    return {"OidcClientSecretArn": theirs} | ours | queues


def _each_by_its_name(patched: pytest.MonkeyPatch, recorder: Recorder) -> None:
    """What Chalice's test client runs counts as that function's work; its first run starts with empty caches, as on
    AWS."""
    invoke, request, begun = TestLambdaClient.invoke, TestHTTPClient.request, set[str]()

    def begin(function: str) -> None:
        if function not in begun:
            begun.add(function)
            wiring.deps.cache_clear()
            wiring.bell_deps.cache_clear()

    def invoking(self: Any, function_name: str, payload: Any = None) -> Any:
        begin(function_name)
        with recorder.at_work(function_name):
            return invoke(self, function_name, payload)

    def requesting(self: Any, method: str, path: str, *given: Any, **more: Any) -> Any:
        begin("api_handler")
        with recorder.at_work("api_handler"):
            return request(self, method, path, *given, **more)

    patched.setattr(TestLambdaClient, "invoke", invoking)
    patched.setattr(TestHTTPClient, "request", requesting)
