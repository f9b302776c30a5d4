"""The processor time of each event in a warm function: the handlers of app.py with the functions' own clients. AWS's
answers are those of moto, given before: what is measured is ours and boto3's, without HTTP; of the floor too."""

import gc
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.core.botocore_stubber import BotocoreStubber

import app
from bench.cold import FILES, MAILS, SECRET, SHOP, TABLE, arrived, inserted, request
from bench.figures import Figure
from chalicelib import telemetry, wiring
from chalicelib.aws import clients
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.tickets import links
from tests.support import samples, shops
from tests.support.store import fakes, tables
from tests.support.store.whole import on

FLOOR = "one put_item of a new ticket's item by a boto3 client as it comes"
CONTEXT = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 60_000)
# How many events of each kind are handled, and how often each is handled again with the same answers; the best counts.
ROUNDS, REPEATED = 8, 8
Handles = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Functions:
    """Each method prepares an event, and returns what handles it."""

    plain: dict[str, Any]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def put(self) -> Handles:
        item = self.opened() | {"pk": {"S": f"BARE#{next(self.numbers)}"}}
        return lambda: self.plain["dynamodb"].put_item(TableName=TABLE, Item=item)

    def form(self, **written: str) -> Handles:
        """`written`: other fields than those of a complaint."""
        number = next(self.numbers)
        fields = {"name": "Mira Holm", "email": f"mira{number}@example.com", "kind": "complaint"}
        fields |= {"message": samples.WORDS, "submission_id": f"page-{number}"} | written
        return lambda: app.app(_posted("tickets", fields, number), CONTEXT)

    def page(self) -> Handles:
        return lambda: app.app(request("GET", "contact", {"accept": "text/html"}, None), CONTEXT)

    def mail(self) -> Handles:
        number = next(self.numbers)
        sender = f"mira{number}@example.com"
        raw = fakes.written(f"Mira Holm <{sender}>", text=samples.WORDS, Message_ID=f"<{number}@mail.example>")
        return self.received(f"raw/{number}", raw.as_bytes(), sender)

    def received(self, key: str, raw: bytes, sender: str) -> Handles:
        """A mail that SES put into the bucket."""
        self.plain["s3"].put_object(Bucket=MAILS, Key=key, Body=raw)
        return lambda: app.receive_mail(arrived(key, sender), CONTEXT)

    def reply(self) -> Handles:
        """On the customer's page."""
        token = links.status_url(wiring.deps(), _read(self.opened())).rpartition("/")[2]
        fields = {"message": samples.WORDS, "submission_id": f"reply-{next(self.numbers)}"}
        event = _posted("", fields) | {"path": f"/t/{token}", "pathParameters": {"token": token}}
        event["requestContext"]["resourcePath"] = "/t/{token}"
        return lambda: app.app(event, CONTEXT)

    def send(self) -> Handles:
        """What a new ticket owes: the acknowledgement and a notification."""
        return self.sending(self.opened())

    @staticmethod
    def sending(item: Any) -> Handles:
        """What an item owes, after the table's stream told of it, by a process that has asked who is away."""
        deps = wiring.deps()
        deps.absences.lately(SHOP, deps.now())
        return lambda: app.send_mail(inserted(item), CONTEXT)

    def due(self) -> Handles:
        """The first warning of a ticket that is alone in its table."""
        item = self.opened()
        self.sending(item)()
        name = f"due-{next(self.numbers)}"
        store = tables.create(clients.client("dynamodb"), name)
        self.plain["dynamodb"].put_item(TableName=name, Item=self.item(item["ref"]["S"]))
        warned = min(clock.warn_at for clock in _read(item).clocks if clock.warn_at) + timedelta(seconds=1)
        deps = on(wiring.deps(), store, now=lambda: warned)
        return lambda: look_after_due(deps)

    def opened(self) -> Any:
        """The item of a new ticket."""
        return self.item(json.loads(self.form()()["body"])["reference"])

    def item(self, ref: str) -> Any:
        key = {"pk": {"S": f"TICKET#{ref}"}, "sk": {"S": "TICKET"}}
        return self.plain["dynamodb"].get_item(TableName=TABLE, Key=key)["Item"]


@dataclass(frozen=True, slots=True)
class Event:
    """What is handled, what the answer must have, and how many times the floor it may take."""

    name: str
    prepare: Callable[[Functions], Handles]
    answer: dict[str, Any]
    bound: float


# A tenth above what a quiet machine measured. With botocore's checks and conversions (decision 178), a ticket by form,
# the reply and the due step are above.
EVENTS = (
    Event("a ticket by form", Functions.form, {"statusCode": 201}, 5.4),
    Event("a ticket by mail", Functions.mail, {"batchItemFailures": []}, 11.6),
    Event("a reply on the page", Functions.reply, {"statusCode": 303}, 6.3),
    Event("the form's page", Functions.page, {"statusCode": 200}, 3.3),
    Event("a new ticket's mails", Functions.send, {}, 17.5),
    Event("a due step, which owes a mail", Functions.due, {"due": 1, "done": 1}, 9.2),
)


def figures() -> Iterator[Figure]:
    with on_moto() as (functions, moto):
        runs = [Functions.put, *(event.prepare for event in EVENTS)]
        expected = [{}, *(event.answer for event in EVENTS)]
        best = [float("inf")] * len(runs)
        for _ in range(ROUNDS):
            for number, (prepare, answer) in enumerate(zip(runs, expected, strict=True)):
                took, answered = moto.apart(prepare(functions))
                assert not answer or answer.items() <= answered.items(), answered
                best[number] = min(best[number], took)
    floor, *taken = best
    for event, seconds in zip(EVENTS, taken, strict=True):
        yield Figure(event.name, 1000 * seconds, 1000 * floor, "ms", event.bound)


@dataclass(slots=True)
class Moto:
    """What plays AWS. It would leave the processor's caches full of its own, so it is away when we measure: each event
    is handled once with moto, which gives the answers, and then with these."""

    answers: list[Any] = field(default_factory=list)
    repeated: Iterator[Any] | None = None

    def apart(self, handles: Handles, repeated: int = REPEATED) -> tuple[float, Any]:
        """The seconds of the processor that this takes without moto, the best of `repeated` times, and its answer."""
        self.answers.clear()
        answer = handles()
        gc.disable()  # as timeit does
        took = min(self._again(handles) for _ in range(repeated))
        gc.enable()
        return took, answer

    def _again(self, handles: Handles) -> float:
        self.repeated = iter(self.answers)
        begun = time.process_time()
        handles()
        took = time.process_time() - begun
        assert next(self.repeated, None) is None, "Handled again, it asks AWS for less."
        self.repeated = None
        return took

    def watch(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        def answered(*args: Any) -> Any:
            if self.repeated is not None:
                return next(self.repeated)
            self.answers.append(answer(*args))
            return self.answers[-1]

        return answered


@contextmanager
def on_moto() -> Iterator[tuple[Functions, Moto]]:
    """The functions' resources on moto, and the clients as shipped. What they log is lost."""
    moto = Moto()
    with tables.in_process(), pytest.MonkeyPatch.context() as patched, Path(os.devnull).open("w") as lost:
        patched.setattr(BotocoreStubber, "process_request", moto.watch(BotocoreStubber.process_request))
        patched.setattr(clients, "LEAN", True)
        clients.client.cache_clear()
        # In sessions of their own: those share no description of a service with the functions' clients.
        plain = {name: boto3.session.Session().client(name) for name in ("dynamodb", "s3", "secretsmanager", "ses")}
        for name, value in _furnished(plain).items():
            patched.setenv(name, value)
        for handler in telemetry.logger.handlers:
            patched.setattr(handler, "stream", lost)
        wiring.deps.cache_clear()
        wiring.policy.cache_clear()
        with redirect_stdout(lost):
            functions = Functions(plain)
            functions.page()()  # reads the policy and the secret
            yield functions, moto
    for made in (wiring.deps, wiring.policy, clients.client):
        made.cache_clear()


def _furnished(plain: dict[str, Any]) -> dict[str, str]:
    """The functions' settings; their resources are there."""
    tables.create(plain["dynamodb"], TABLE)
    for bucket in (MAILS, FILES):
        plain["s3"].create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    plain["secretsmanager"].create_secret(
        Name=SECRET, SecretString=json.dumps({"present": "1", "1": "0123456789abcdef" * 4})
    )
    for shop in shops.policy().shops.values():
        plain["ses"].verify_domain_identity(Domain=shop.support.partition("@")[2])
    queues = ("MAIL_QUEUE_URL", "DEAD_LETTERS_URL", "DELIVERY_QUEUE_URL", "DELIVERY_DEAD_LETTERS_URL")
    named = {"TABLE_NAME": TABLE, "MAIL_BUCKET": MAILS, "FILES_BUCKET": FILES, "CONFIGURATION_SET": "none"}
    named |= {"SECRET_ID": SECRET, "AUDIT_SECRET_ID": SECRET, "PUBLIC_URL": "https://care.example"}
    return dict.fromkeys(queues, "https://queue.example") | named | {"POLICY_FILE": str(shops.FILE)}


def _posted(path: str, fields: dict[str, str], number: int = 1) -> dict[str, Any]:
    body = json.dumps(fields)
    headers = {"content-type": "application/json", "content-length": str(len(body)), "accept": "application/json"}
    return request("POST", path, headers, body, number)


def _read(item: Any) -> Ticket:
    ticket = wiring.deps().tickets.ticket(item["ref"]["S"])
    assert ticket
    return ticket
