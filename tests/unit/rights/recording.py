"""The functions' AWS requests, recorded in botocore, in the form in which IAM is asked: action, resource,
conditions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import boto3
import pytest
from botocore.signers import S3PostPresigner

from tests.unit.rights.asking import LEADING, OF_TABLES, OTHERS, Params, calls
from tests.unit.rights.iam import Call
from tests.unit.rights.reach import PORTS, Used, methods

# A presigned form starts like a request to create the bucket; botocore asks here which of its names to use.
_NO_REQUESTS = {"CreateBucket"}


@dataclass(slots=True)
class Recorder:
    """`function` is the one at work; without one, calls are not recorded. `asked`: each function's calls, one of each
    kind; `used`: the ports' methods it used. `unknown`: operations that asking.py does not describe. `mails`: mails
    handed to the mail service, with what was "answered"."""

    function: str = ""
    asked: dict[str, dict[str, Call]] = field(default_factory=dict)
    used: dict[str, set[Used]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    mails: list[dict[str, Any]] = field(default_factory=list)

    def note(self, service: str, operation: str, params: Params) -> None:
        if not self.function or operation in _NO_REQUESTS:
            return
        if operation not in (OF_TABLES if service == "dynamodb" else OTHERS):
            self.unknown.add(operation)
            return
        if operation == "SendRawEmail":
            self.mails.append({**params})
        for call in calls(service, operation, params):
            self.asked.setdefault(self.function, {}).setdefault(_kind(call), call)

    def calls(self, function: str) -> list[Call]:
        """One call of each kind that the function made."""
        return list(self.asked.get(function, {}).values())

    def use(self, port: str, method: str) -> None:
        self.used.setdefault(self.function, set()).add((port, method))

    @contextmanager
    def at_work(self, function: str) -> Iterator[None]:
        before, self.function = self.function, function
        try:
            yield
        finally:
            self.function = before


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Record the requests of clients of boto3's default session, if they are created inside this block."""

    def asked(params: Params, model: Any, **_: Any) -> None:
        recorder.note(model.service_model.service_name, model.name, params)

    def taken(parsed: Params, **_: Any) -> None:
        if "MessageId" in parsed:
            recorder.mails[-1]["answered"] = parsed["MessageId"]

    presigned = S3PostPresigner.generate_presigned_post

    def presigning(self: Any, request_dict: Any, fields: Params, conditions: list[Any], **more: Any) -> Any:
        bucket = next(c["bucket"] for c in conditions if isinstance(c, dict) and "bucket" in c)
        recorder.note("s3", "PutObject", {"Bucket": bucket, "Key": fields["key"]})
        return presigned(self, request_dict, fields, conditions, **more)

    with pytest.MonkeyPatch.context() as patched:
        for port, kind in PORTS.items():
            for name in methods(kind):
                patched.setattr(kind, name, _noting(recorder, port, name, getattr(kind, name)))
        boto3.setup_default_session()
        session: Any = boto3.DEFAULT_SESSION
        session.events.register("provide-client-params", asked)
        session.events.register("after-call.ses.SendRawEmail", taken)
        patched.setattr(S3PostPresigner, "generate_presigned_post", presigning)
        yield
    boto3.DEFAULT_SESSION = None


def _noting(recorder: Recorder, port: str, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The port's method, which also records its use."""

    @wraps(method)
    def used(self: Any, *given: Any, **more: Any) -> Any:
        recorder.use(port, name)
        return method(self, *given, **more)

    return used


def _kind(call: Call) -> str:
    """A key that is equal for calls that differ only in the ends of their keys, which no policy asks for."""
    keys = {key.partition("#")[0] for key in call.said(LEADING)}
    if call.action.startswith("s3:"):
        bucket, _, key = call.resource.partition("/")
        keys = {each.partition("/")[0] for each in (key, *call.said("s3:prefix"))}
        return f"{call.action} {bucket} {sorted(keys)}"
    return f"{call.action} {call.resource} {sorted(keys)}" if keys else str(call)
