"""Multipart files in S3, on moto; and a function that invokes itself again."""

import uuid
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.aws import running
from chalicelib.aws.files import Files
from chalicelib.aws.running import Running
from chalicelib.errors import UnknownFile
from tests.support.store import tables

PART = b"x" * (5 * 1024 * 1024)
KEY = "exports/1/tickets.csv"


@pytest.fixture
def s3(in_process: None) -> Any:
    return boto3.client("s3", region_name=tables.REGION)


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"files-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    return name


@pytest.fixture
def files(s3: Any, bucket: str) -> Files:
    return Files(lambda: s3, "mail", bucket)


class TestParts:
    def test_parts_become_one_file_of_the_given_type(self, files: Files) -> None:
        upload = files.begin_parts(KEY, "text/csv")
        parts = [files.put_part(KEY, upload, number, content) for number, content in enumerate((PART, b"end"), 1)]
        files.join_parts(KEY, upload, parts)
        assert files.read(KEY) == PART + b"end"
        found = files.upload(KEY)
        assert found
        assert (found.size, found.content_type) == (len(PART) + 3, "text/csv")

    def test_joining_again_changes_nothing(self, files: Files) -> None:
        upload = files.begin_parts(KEY, "text/csv")
        parts = [files.put_part(KEY, upload, 1, b"all")]
        for _ in range(2):
            files.join_parts(KEY, upload, parts)
        assert files.read(KEY) == b"all"

    def test_a_part_put_twice_is_joined_in_its_last_form(self, files: Files) -> None:
        upload = files.begin_parts(KEY, "text/csv")
        files.put_part(KEY, upload, 1, b"first")
        files.join_parts(KEY, upload, [files.put_part(KEY, upload, 1, b"second")])
        assert files.read(KEY) == b"second"

    def test_an_aborted_upload_is_deleted_and_a_joined_file_stays(self, s3: Any, bucket: str, files: Files) -> None:
        joined, given_up = (files.begin_parts(key, "text/csv") for key in (KEY, f"{KEY}/2"))
        files.join_parts(KEY, joined, [files.put_part(KEY, joined, 1, b"all")])
        files.put_part(f"{KEY}/2", given_up, 1, b"half")
        for _ in range(2):
            files.abort_upload(KEY, joined)
            files.abort_upload(f"{KEY}/2", given_up)
        assert files.read(KEY) == b"all"
        assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
        with pytest.raises(UnknownFile):
            files.read(f"{KEY}/2")

    def test_a_deleted_upload_accepts_no_part_and_cannot_be_joined(self) -> None:
        """These are S3's answers; moto fails here."""

        def refused(code: str, status: int) -> Any:
            def call(**said: Any) -> None:
                answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
                raise ClientError(answer, "Any")

            return call

        gone, nothing = refused("NoSuchUpload", 404), refused("404", 404)
        s3: Any = SimpleNamespace(upload_part=gone, complete_multipart_upload=gone, head_object=nothing)
        files = Files(lambda: s3, "mail", "files")
        with pytest.raises(UnknownFile):
            files.put_part(KEY, "gone", 2, b"more")
        with pytest.raises(UnknownFile):
            files.join_parts(KEY, "gone", ["part"])

    def test_another_error_is_raised_unchanged(self, s3: Any) -> None:
        with pytest.raises(ClientError):
            Files(lambda: s3, "mail", "no-such-bucket").put_part(KEY, "upload", 1, b"all")


class TestRunning:
    @staticmethod
    def run(monkeypatch: pytest.MonkeyPatch, invoke: Any, millis: int = 0) -> Running:
        monkeypatch.setattr(running, "client", lambda service: SimpleNamespace(invoke=invoke))
        context = SimpleNamespace(
            invoked_function_arn="arn:aws:lambda:eu:1:function:x",
            get_remaining_time_in_millis=lambda: millis,
            aws_request_id="request",
        )
        return Running(context)

    def test_the_request_id_is_lambdas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.run(monkeypatch, None).request == "request"

    def test_it_invokes_itself_asynchronously(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Mapping[str, Any]] = []
        assert self.run(monkeypatch, lambda **said: asked.append(said)).again({"shop": "northlight"})
        (said,) = asked
        assert said["InvocationType"] == "Event"
        assert said["FunctionName"] == "arn:aws:lambda:eu:1:function:x"
        assert said["Payload"] == b'{"shop": "northlight"}'

    def test_a_missing_permission_to_invoke_is_no_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def invoke(**said: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke")

        assert not self.run(monkeypatch, invoke).again({})

    @pytest.mark.parametrize(("millis", "left"), [(61_000, True), (59_000, False)])
    def test_time_left_means_time_for_one_more_part(
        self, monkeypatch: pytest.MonkeyPatch, millis: int, left: bool
    ) -> None:
        assert self.run(monkeypatch, None, millis).time_left() is left
