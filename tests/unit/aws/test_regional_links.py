"""Links and upload forms use the bucket's own regional host, and pages allow browsers only that host."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib import settings
from chalicelib.aws import clients
from chalicelib.aws.files import Files

BUCKET = "aftercare-files-1x2y3z"
REGIONS = ["eu-central-1", "eu-south-2", "us-east-1", "eu-north-1", "il-central-1", "ap-southeast-4", "us-gov-west-1"]
SETTINGS = (
    "TABLE_NAME",
    "MAIL_BUCKET",
    "MAIL_QUEUE_URL",
    "DEAD_LETTERS_URL",
    "SECRET_ID",
    "AUDIT_SECRET_ID",
    "CONFIGURATION_SET",
    "PUBLIC_URL",
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A function's environment. Signing is local: no request leaves this process."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in SETTINGS:
        monkeypatch.setenv(name, "x")
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
    for name, value in (keys | {"FILES_BUCKET": BUCKET, "AWS_CONFIG_FILE": "/dev/null"}).items():
        monkeypatch.setenv(name, value)
    clients.client.cache_clear()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    yield monkeypatch
    clients.client.cache_clear()


def origins(urls: list[str]) -> set[str]:
    return {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, urls)}


def made() -> list[str]:
    files = Files(lambda: clients.client("s3"), "mails", BUCKET)
    form, _ = files.upload_form("uploads/1", "video/mp4", 100)
    return [form, files.link("tickets/NL/1", "lamp.jpg", "image/jpeg", 60)]


@pytest.mark.parametrize("region", REGIONS)
def test_links_and_forms_use_the_regional_host(environment: pytest.MonkeyPatch, region: str) -> None:
    environment.setenv("AWS_REGION", region)
    environment.setenv("AWS_DEFAULT_REGION", region)
    assert origins(made()) == {f"https://{BUCKET}.s3.{region}.amazonaws.com"}
    assert set(settings.load().files_origins) == origins(made())


def test_with_an_emulator_they_use_its_address(environment: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        environment.setenv(name, "eu-central-1")
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert origins(made()) == {"http://127.0.0.1:4566"} == set(settings.load().files_origins)
    assert all(urlsplit(url).path.startswith(f"/{BUCKET}") for url in made())
