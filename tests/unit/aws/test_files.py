"""Raw mails: listed, copied to their ticket, and tagged once they have an outcome. On moto."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.aws.files import Files
from chalicelib.errors import UnknownFile
from tests.support.store import tables


@dataclass(frozen=True, slots=True)
class Buckets:
    """Two new buckets, and a client that reads them."""

    s3: Any
    mail: str
    files: str

    def arrives(self, key: str, raw: bytes = b"mail") -> None:
        self.s3.put_object(Bucket=self.mail, Key=key, Body=raw)

    def tags(self, bucket: str, key: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        return found


@pytest.fixture
def buckets(in_process: None) -> Buckets:
    client = boto3.client("s3", region_name=tables.REGION)
    names = [f"{kind}-{uuid.uuid4().hex}" for kind in ("mail", "files")]
    for name in names:
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    return Buckets(client, *names)


@pytest.fixture
def files(buckets: Buckets) -> Files:
    return Files(lambda: buckets.s3, buckets.mail, buckets.files)


class TestListing:
    def test_the_file_that_ses_writes_for_a_new_rule_is_no_mail(self, buckets: Buckets, files: Files) -> None:
        for key in ("raw/AMAZON_SES_SETUP_NOTIFICATION", "raw/1"):
            buckets.arrives(key)
        assert [key for key, _ in files.raw_mails()] == ["raw/1"]

    def test_raw_mails_are_listed_with_their_time(self, buckets: Buckets, files: Files) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        for key in ("raw/1", "raw/2", "elsewhere/3"):
            buckets.arrives(key)
        found = dict(files.raw_mails())
        assert set(found) == {"raw/1", "raw/2"}
        for came in found.values():
            assert came.tzinfo
            assert before <= came <= datetime.now(UTC)

    def test_more_than_one_page_is_listed_completely(self, buckets: Buckets, files: Files) -> None:
        # S3 returns a thousand at a time.
        buckets.s3.meta.events.register(
            "provide-client-params.s3.ListObjectsV2", lambda params, **_: params | {"MaxKeys": 3}
        )
        for number in range(10):
            buckets.arrives(f"raw/{number}")
        assert len(list(files.raw_mails())) == 10

    def test_an_empty_bucket_lists_none(self, files: Files) -> None:
        assert list(files.raw_mails()) == []


class TestSettling:
    @pytest.mark.parametrize(("copied", "value"), [(True, "copied"), (False, "recorded")])
    def test_only_mails_with_an_outcome_get_the_lifecycles_tag(
        self, buckets: Buckets, files: Files, copied: bool, value: str
    ) -> None:
        for key in ("raw/1", "raw/2"):
            buckets.arrives(key)
        for _ in range(2):
            files.settle_raw_mail("raw/1", copied=copied)
        assert buckets.tags(buckets.mail, "raw/1") == [{"Key": "outcome", "Value": value}]
        assert buckets.tags(buckets.mail, "raw/2") == []

    def test_a_missing_mail_cannot_be_settled(self, files: Files) -> None:
        with pytest.raises(ClientError):
            files.settle_raw_mail("raw/none", copied=True)


class TestKeeping:
    def test_a_raw_mail_is_copied_to_its_ticket_unchanged(self, buckets: Buckets, files: Files) -> None:
        raw = bytes(range(256)) * 100
        buckets.arrives("raw/1", raw)
        for _ in range(2):
            files.keep_raw_mail("raw/1", "tickets/NL-1/raw/1")
        assert files.read("tickets/NL-1/raw/1") == raw
        assert files.raw_mail("raw/1") == raw

    def test_a_later_copy_does_not_inherit_the_tag_for_deletion(self, buckets: Buckets, files: Files) -> None:
        buckets.arrives("raw/1")
        files.settle_raw_mail("raw/1", copied=True)
        files.keep_raw_mail("raw/1", "tickets/NL-1/raw/1")
        assert buckets.tags(buckets.files, "tickets/NL-1/raw/1") == []

    def test_a_missing_mail_cannot_be_copied(self, files: Files) -> None:
        with pytest.raises(ClientError):
            files.keep_raw_mail("raw/none", "tickets/NL-1/raw/none")


class TestLinks:
    @pytest.mark.parametrize(
        ("name", "plain"),
        [
            ("shade.jpg", "shade.jpg"),
            ("Größe & Maß.pdf", "Gr__e & Ma_.pdf"),
            ('say "hi"\\.txt', "say _hi__.txt"),
            ("報告書.docx", "___.docx"),
            ("100%25.txt", "100%25.txt"),
            ("a;b=c,d.txt", "a;b=c,d.txt"),
            ("", ""),
        ],
    )
    def test_both_forms_of_the_filename_are_given(self, files: Files, name: str, plain: str) -> None:
        """Old browsers read the quoted one, all others the encoded one (RFC 6266, appendix D)."""
        query = parse_qs(urlsplit(files.link("tickets/1", name, "application/pdf", 60)).query)
        (disposition,) = query["response-content-disposition"]
        kind, quoted, extended = disposition.split("; filename", 2)
        assert kind == "attachment"
        assert quoted == f'="{plain}"'
        assert extended.startswith("*=UTF-8''")
        assert unquote(extended.removeprefix("*=UTF-8''")) == name
        assert query["response-content-type"] == ["application/pdf"]


@pytest.mark.parametrize(("status", "code"), [(404, "NoSuchKey"), (403, "AccessDenied")])
def test_a_missing_file_is_reported_also_without_the_right_to_list(status: int, code: str) -> None:
    """In the bucket of files: functions that read files may not list them."""
    client = boto3.client("s3", region_name=tables.REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as answers:
        answers.add_client_error("get_object", code, http_status_code=status)
        answers.add_client_error("get_object", "SlowDown", http_status_code=503)
        files = Files(lambda: client, "mail", "files")
        with pytest.raises(UnknownFile):
            files.read("tickets/1")
        with pytest.raises(ClientError):
            files.read("tickets/1")


def test_a_missing_right_is_not_taken_for_a_missing_mail() -> None:
    """The function that receives mail may also list it: a missing mail is a 404, and a 403 is a configuration error."""
    client = boto3.client("s3", region_name=tables.REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as answers:
        answers.add_client_error("get_object", "AccessDenied", http_status_code=403)
        answers.add_client_error("get_object", "NoSuchKey", http_status_code=404)
        files = Files(lambda: client, "mail", "files")
        with pytest.raises(ClientError, match="AccessDenied"):
            files.raw_mail("raw/1")
        with pytest.raises(UnknownFile):
            files.raw_mail("raw/1")
