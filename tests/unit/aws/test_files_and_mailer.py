"""Buckets and the mail service, on moto."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.aws import clients
from chalicelib.aws.files import Files
from chalicelib.aws.mailer import Mailer
from chalicelib.aws.secrets import plain, secret
from chalicelib.errors import NotSent, UnknownFile
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.tickets.outbox import LEASE
from chalicelib.services.ports.files import Upload
from tests.support.store import tables


@pytest.fixture(scope="module")
def s3(in_process: None) -> Any:
    client = boto3.client("s3", region_name=tables.REGION)
    for bucket in ("mail", "files"):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    return client


@pytest.fixture
def files(s3: Any) -> Files:
    return Files(lambda: s3, "mail", "files")


class TestFiles:
    def test_raw_mail_and_files_come_from_their_own_buckets(self, s3: Any, files: Files) -> None:
        s3.put_object(Bucket="mail", Key="raw/1", Body=b"mail")
        files.keep("tickets/1", b"file", "text/plain")
        assert (files.raw_mail("raw/1"), files.read("tickets/1")) == (b"mail", b"file")
        assert s3.head_object(Bucket="files", Key="tickets/1")["ContentType"] == "text/plain"

    def test_a_missing_file_is_reported(self, files: Files) -> None:
        for read in (files.raw_mail, files.read):
            with pytest.raises(UnknownFile):
                read("nothing")
        assert files.upload("nothing") is None

    def test_an_upload_is_measured_and_copied(self, s3: Any, files: Files) -> None:
        s3.put_object(Bucket="files", Key="uploads/1", Body=b"film", ContentType="video/mp4")
        assert files.upload("uploads/1") == Upload(4, "video/mp4")
        files.adopt_upload("uploads/1", "tickets/film")
        files.adopt_upload("uploads/1", "tickets/film")
        assert files.read("tickets/film") == b"film"
        assert s3.head_object(Bucket="files", Key="tickets/film")["ContentType"] == "video/mp4"

    def test_an_upload_form_is_for_one_key_and_one_type(self, files: Files) -> None:
        url, fields = files.upload_form("uploads/1", "video/mp4", 100)
        assert "files" in url
        assert (fields["key"], fields["Content-Type"]) == ("uploads/1", "video/mp4")
        assert fields["policy"]

    @pytest.mark.parametrize(
        "name", ["shade.jpg", 'a"b\\c.jpg', "Bild ä\u202e.jpg", "x\r\nSet-Cookie: a=b.jpg", "'*.jpg"]
    )
    def test_a_link_always_downloads_under_a_safe_name(self, files: Files, name: str) -> None:
        query = parse_qs(urlsplit(files.link("tickets/1", name, "text/html", 300)).query)
        (disposition,) = query["response-content-disposition"]
        assert disposition.startswith('attachment; filename="')
        assert disposition.isascii()
        assert disposition.isprintable()
        assert disposition.count('"') == 2
        assert unquote(disposition.rpartition("''")[2]) == name
        assert query["X-Amz-Expires"] == ["300"]


class FailingSes:
    """A mail service that always raises this."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def send_raw_email(self, **_: Any) -> Any:
        raise self._error


def refused(code: str, words: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, "SendRawEmail")


class TestMailer:
    @pytest.fixture(scope="class")
    @classmethod
    def ses(cls, in_process: None) -> Any:
        client = boto3.client("ses", region_name=tables.REGION)
        client.verify_email_identity(EmailAddress="care@help.northlight.example")
        client.create_configuration_set(ConfigurationSet={"Name": "set"})
        return client

    def test_an_accepted_mail_has_an_id(self, ses: Any) -> None:
        raw = b"From: care@help.northlight.example\r\nTo: m@example.com\r\nSubject: x\r\n\r\nx"
        assert Mailer(lambda: ses, "set").send(
            "care@help.northlight.example", "m@example.com", raw, {"ref": "NL-7K3F9-QXMT2"}
        )

    @pytest.mark.parametrize(
        ("error", "passing"),
        [
            (refused("Throttling"), True),
            (refused("ServiceUnavailable"), True),
            (refused("AccessDenied"), True),
            (refused("ConfigurationSetDoesNotExist"), True),
            (refused("MessageRejected", "Email address is not verified."), True),
            (refused("MessageRejected", "Sending paused for this account."), True),
            (refused("MessageRejected", "Transaction failed: Address contains..."), False),
            (refused("InvalidParameterValue"), False),
            (EndpointConnectionError(endpoint_url="x"), True),
        ],
    )
    def test_a_refusal_says_whether_a_retry_can_help(self, error: Exception, passing: bool) -> None:
        ses: Any = FailingSes(error)
        mailer = Mailer(lambda: ses, "set")
        with pytest.raises(NotSent) as refusal:
            mailer.send("a@b.example", "c@d.example", b"", {})
        assert refusal.value.passing is passing

    def test_sending_a_mail_cannot_take_longer_than_its_lease(self, in_process: None) -> None:
        config = clients.client("ses").meta.config
        assert config.retries["total_max_attempts"] == 1
        assert config.connect_timeout + config.read_timeout < LEASE.total_seconds()


class TestSecret:
    @pytest.fixture
    def manager(self, in_process: None) -> Iterator[Any]:
        client = boto3.client("secretsmanager", region_name=tables.REGION)
        value = json.dumps({"present": "2", "1": "a" * 64, "2": "b" * 64})
        client.create_secret(Name="s", SecretString=value)
        yield client
        client.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)

    def test_the_secret_is_read_with_all_its_versions(self, manager: Any) -> None:
        assert secret(manager, "s") == Secret({"1": b"a" * 64, "2": b"b" * 64}, "2")

    def test_a_secret_given_as_plain_text_is_read_unchanged(self, manager: Any) -> None:
        assert plain(manager, "s").startswith(b'{"present"')
