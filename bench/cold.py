"""A function's cold start, played: a new Python in the unzipped package that imports app.py, takes one event and has
committed what came of it. What plays AWS is another process, and each process has its own state in it."""

import itertools
import json
import resource
import subprocess
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.store import embedded
from deploy import built, runtime
from deploy.runtime import PackagingFailed, Target
from local.aws import emulator
from local.processes import clean_environment
from tests.support import samples, shops
from tests.support.store import fakes, tables

ROOT = Path(__file__).resolve().parent.parent
TABLE, MAILS, FILES, SECRET = "aftercare", "mails", "files", "secret"
SHOP = "northlight"
# Lambda calls the handler that _HANDLER names. The answer is the last line; nothing of the end of a process counts.
FUNCTION = """
import importlib, json, os, sys
from types import SimpleNamespace
event = json.loads(sys.stdin.read())
module, _, name = os.environ["_HANDLER"].partition(".")
context = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 60_000)
answer = getattr(importlib.import_module(module), name)(event, context)
print(); print(json.dumps(answer), flush=True)
os._exit(0)
"""
BARE_PUT = f"""
import os, sys
import boto3
item = {{"pk": {{"S": sys.stdin.read()}}, "sk": {{"S": "BARE"}}}}
boto3.client("dynamodb").put_item(TableName={TABLE!r}, Item=item)
os._exit(0)
"""
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Stage:
    """The unzipped package, and the embedded AWS with a table, buckets and secrets. The methods are cold starts: each
    returns the processor's seconds from the start of its process to the end of the event. A start hardly waits for
    anything, and what else runs on the machine changes these seconds least. `python`: of Lambda's version if there is
    one here, else this."""

    python: Path
    tree: Path
    address: str

    def bare_put(self) -> float:
        """boto3 as pip installs it, and nothing of ours."""
        libraries = {"PYTHONPATH": sysconfig.get_path("purelib")}
        return self._run(BARE_PUT, f"bare{next(_numbers)}", libraries, self.tree / "templates")[0]

    def function(self, name: str, event: Mapping[str, Any]) -> tuple[float, Any]:
        """What the function takes and what it answers."""
        seconds, printed = self._run(FUNCTION, json.dumps(event), {"_HANDLER": f"app.{name}"})
        return seconds, json.loads(printed.splitlines()[-1])

    def form(self) -> float:
        return self._posted()[0]

    def mail(self) -> float:
        seconds, answer = self.function("receive_mail", self._mail_event(next(_numbers)))
        assert answer == {"batchItemFailures": []}, answer
        return seconds

    def hold(self) -> float:
        """A hold on a ticket that was opened before."""
        reference = self._posted()[1]["reference"]
        event = {"shop": SHOP, "reference": reference, "reason": "A court asked for it"}
        seconds, answer = self.function("place_legal_hold", event)
        assert answer["done"], answer
        return seconds

    def index(self) -> float:
        """The words of a ticket that was opened before."""
        return self.function("index_words", inserted(self._ticket(self._posted()[1]["reference"])))[0]

    def send(self) -> float:
        """What a ticket that was opened before owes: the acknowledgement, and the notices to agents."""
        reference = self._posted()[1]["reference"]
        owing = self._ticket(reference)
        seconds, _ = self.function("send_mail", inserted(owing))
        assert self._ticket(reference)["outbox"] != owing["outbox"], "nothing was sent"
        return seconds

    def page(self) -> float:
        """The form's page, as a customer opens it."""
        seconds, answer = self.function("app", request("GET", "contact", {"accept": "text/html"}, None))
        assert answer["statusCode"] == 200, answer
        return seconds

    def _posted(self) -> tuple[float, Any]:
        number = next(_numbers)
        fields = {"name": "Mira Holm", "email": f"mira{number}@example.com", "kind": "complaint"}
        body = json.dumps(fields | {"message": samples.WORDS, "submission_id": f"page-{number}"})
        headers = {"content-type": "application/json", "content-length": str(len(body)), "accept": "application/json"}
        seconds, answer = self.function("app", request("POST", "tickets", headers, body, number))
        assert answer["statusCode"] == 201, answer
        return seconds, json.loads(answer["body"])

    def _ticket(self, reference: str) -> dict[str, Any]:
        key = {"pk": {"S": f"TICKET#{reference}"}, "sk": {"S": "TICKET"}}
        found: dict[str, Any] = emulator.client("dynamodb", self.address).get_item(TableName=TABLE, Key=key)["Item"]
        return found

    def _mail_event(self, number: int) -> Mapping[str, Any]:
        """A mail in the bucket, and the notification that it is there."""
        key = f"raw/{number}"
        sender = f"mira{number}@example.com"
        raw = fakes.written(f"Mira Holm <{sender}>", text=samples.WORDS, Message_ID=f"<{number}@mail.example>")
        emulator.client("s3", self.address).put_object(Bucket=MAILS, Key=key, Body=raw.as_bytes())
        return arrived(key, sender)

    def _run(self, code: str, given: str, settings: Mapping[str, str], folder: Path | None = None) -> tuple[float, str]:
        # Without `site` the virtual environment's libraries are out of reach, as they are on Lambda.
        command = [str(self.python), "-S", "-c", code]
        environment = {**_environment(self.address), **settings}
        before = _processor_seconds()
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, cwd=folder or self.tree, env=environment, check=False
        )
        seconds = _processor_seconds() - before
        if done.returncode:
            raise RuntimeError(f"a cold start failed:\n{done.stderr}")
        return seconds, done.stdout


@contextmanager
def stage(say: Callable[[str], None]) -> Iterator[Stage]:
    target = _target(say)
    folder = ROOT / f".local/package-bench-{target.version[1]}"
    folder.mkdir(parents=True, exist_ok=True)
    _, code = built.provide("local", shops.FILE, folder, say, target=target)
    with tempfile.TemporaryDirectory() as tree, embedded() as address:
        with zipfile.ZipFile(code) as package:
            package.extractall(tree)
        _furnish(address)
        yield Stage(target.python, Path(tree), address)


def _target(say: Callable[[str], None]) -> Target:
    try:
        return Target(runtime.interpreter(), runtime.PYTHON)
    except PackagingFailed:
        say(f"measured without {runtime.RUNTIME}, which runs on Lambda: none was found here")
        return runtime.here()


def _processor_seconds() -> float:
    """What the processes that have ended took of the processor; the embedded AWS runs on, and so is not among them."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _furnish(address: str) -> None:
    """What the stack's template would make of the resources that these events reach."""
    tables.create(emulator.client("dynamodb", address), TABLE)
    for bucket in (MAILS, FILES):
        location = {"LocationConstraint": emulator.REGION}
        emulator.client("s3", address).create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    versions = json.dumps({"present": "1", "1": "0123456789abcdef" * 4})
    emulator.client("secretsmanager", address).create_secret(Name=SECRET, SecretString=versions)
    domain = shops.policy().shop(SHOP).support.partition("@")[2]
    emulator.client("ses", address).verify_domain_identity(Domain=domain)


def arrived(key: str, sender: str) -> Mapping[str, Any]:
    """What the queue delivers when a raw mail is in its bucket."""
    receipt = {"action": {"objectKey": key}, "recipients": [shops.policy().shop(SHOP).support]}
    notice = {"notificationType": "Received", "receipt": receipt, "mail": {"source": sender}}
    return {"Records": [{"messageId": key, "eventSource": "aws:sqs", "body": json.dumps(notice), "attributes": {}}]}


def inserted(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the table's stream tells of a new item."""
    return {"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": item}}]}


def _environment(address: str) -> dict[str, str]:
    queues = ("MAIL_QUEUE_URL", "DEAD_LETTERS_URL", "DELIVERY_QUEUE_URL", "DELIVERY_DEAD_LETTERS_URL")
    return clean_environment(
        **emulator.CREDENTIALS,
        **dict.fromkeys(queues, f"{address}/queue"),
        AWS_REGION=emulator.REGION,
        AWS_ENDPOINT_URL=address,
        TABLE_NAME=TABLE,
        MAIL_BUCKET=MAILS,
        FILES_BUCKET=FILES,
        SECRET_ID=SECRET,
        AUDIT_SECRET_ID=SECRET,
        CONFIGURATION_SET="none",
        PUBLIC_URL="https://care.example",
        PYTHONPYCACHEPREFIX="",
        PYTHONDONTWRITEBYTECODE="",
    )


def request(method: str, path: str, headers: Mapping[str, str], body: str | None, number: int = 1) -> dict[str, Any]:
    """What API Gateway hands over. Each number is another customer's address."""
    source = f"198.51.{number // 250}.{number % 250}"
    return {
        "httpMethod": method,
        "path": f"/shops/{SHOP}/{path}",
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "pathParameters": {"shop": SHOP},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": f"/shops/{{shop}}/{path}",
            "identity": {"sourceIp": source},
        },
    }
