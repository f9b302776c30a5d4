"""A file that somebody sent by WhatsApp to a number at AWS: AWS puts it into our bucket, and from there it is read."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from chalicelib.aws.messages.files import WhatsappFiles
from chalicelib.errors import TryAgainLater, UnknownFile
from chalicelib.services.ports.messages.channels import LARGEST, Fetched

NUMBER = "phone-number-id-976c72a700aac43eaf573ae050example"


class Played:
    """AWS's service: it puts `content` into the bucket under the folder, the id and what it appends to that, or fails
    before or after it has."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3
        self.content = b"a picture"
        self.appends = ".jpeg"
        self.before: Exception | None = None
        self.after: Exception | None = None
        self.asked: list[dict[str, Any]] = []

    def get_whatsapp_message_media(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.before:
            raise self.before
        to = asked["destinationS3File"]
        key = f"{to['key']}{asked['mediaId']}{self.appends}"
        self.s3.put_object(Bucket=to["bucketName"], Key=key, Body=self.content)
        if self.after:
            raise self.after
        return {"mimeType": "image/jpeg", "fileSize": len(self.content)}


@pytest.fixture
def played() -> Iterator[Played]:
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="files")
        yield Played(s3)


def fetch(played: Played, id: str = "400000000000001") -> Fetched:
    return WhatsappFiles(lambda: played, lambda: played.s3, "files").fetch("northlight", NUMBER, id)


@pytest.mark.parametrize("appends", [".jpeg", ""])
def test_aws_puts_the_file_under_a_name_of_its_own(played: Played, appends: str) -> None:
    played.appends = appends
    assert fetch(played) == Fetched(b"a picture", "")
    assert played.asked == [
        {
            "mediaId": "400000000000001",
            "originationPhoneNumberId": NUMBER,
            "destinationS3File": {"bucketName": "files", "key": "fetched/northlight/400000000000001/"},
        }
    ]


def test_what_an_earlier_try_brought_is_not_asked_for_again(played: Played) -> None:
    played.after = ReadTimeoutError(endpoint_url="https://aws")
    with pytest.raises(TryAgainLater):
        fetch(played)
    assert fetch(played).content == b"a picture"
    assert len(played.asked) == 1


def test_a_file_whose_id_begins_alike_is_another(played: Played) -> None:
    fetch(played, "4001")
    played.content = b"another"
    assert fetch(played, "400").content == b"another"


@pytest.mark.parametrize(("size", "fits"), [(LARGEST, True), (LARGEST + 1, False)])
def test_a_file_that_is_too_large_is_not_read(played: Played, size: int, fits: bool) -> None:
    played.content = b"x" * size
    read: list[str] = []
    played.s3.meta.events.register("before-call.s3.GetObject", lambda **_: read.append("read"))
    if fits:
        assert len(fetch(played).content) == size
    else:
        with pytest.raises(UnknownFile):
            fetch(played)
    assert len(read) == int(fits)


@pytest.mark.parametrize("id", ["", "../raw", "400/1", "4" * 101, "４"])
def test_an_id_that_is_none_of_metas_is_asked_nowhere(played: Played, id: str) -> None:
    with pytest.raises(UnknownFile):
        fetch(played, id)
    assert not played.asked


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "to +49"}}, "GetWhatsAppMessageMedia")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal("ResourceNotFoundException"), UnknownFile),
        (refusal("ValidationException"), UnknownFile),
        (refusal("InvalidParametersException"), UnknownFile),
        (refusal("AccessDeniedByMetaException"), UnknownFile),
        (refusal("AccessDeniedException"), TryAgainLater),
        (refusal("ThrottledRequestException"), TryAgainLater),
        (refusal("DependencyException"), TryAgainLater),
        (refusal("InternalServiceException"), TryAgainLater),
    ],
)
def test_what_is_gone_is_lost_and_what_may_come_is_tried_again(
    played: Played, error: Exception, expected: type[Exception]
) -> None:
    played.before = error
    with pytest.raises(expected) as raised:
        fetch(played)
    assert "+49" not in str(raised.value)


def test_an_answer_without_a_file_is_asked_for_again(played: Played) -> None:
    answers: Callable[..., dict[str, Any]] = lambda **_: {}  # noqa: E731
    played.get_whatsapp_message_media = answers  # type: ignore[method-assign]
    with pytest.raises(TryAgainLater):
        fetch(played)
