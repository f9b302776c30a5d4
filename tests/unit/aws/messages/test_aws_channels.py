"""What is answered from a number at AWS goes by AWS's clients, and everything else to the providers themselves."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.aws.messages.channels import AwsChannels
from chalicelib.aws.messages.files import WhatsappFiles
from chalicelib.errors import NotSent, UnknownFile
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.messages.approved import Approved
from chalicelib.services.ports.messages.channels import Fetched, Outgoing
from tests.support.store.mailer import FakeChannels

NUMBER = "phone-number-id-976c72a700aac43eaf573ae050example"


class Files(WhatsappFiles):
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def fetch(self, shop: str, number: str, id: str) -> Fetched:
        self.asked.append((shop, number, id))
        return Fetched(b"of-aws", "")


class Client:
    def __init__(self, failing: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.failing = failing

    def send_text_message(self, **asked: Any) -> dict[str, str]:
        return self._asked(asked, "MessageId")

    def send_whatsapp_message(self, **asked: Any) -> dict[str, str]:
        return self._asked(asked, "messageId")

    def _asked(self, asked: dict[str, Any], name: str) -> dict[str, str]:
        if self.failing:
            raise self.failing
        self.asked.append(asked)
        return {name: "aws-1"}


def channels(client: Client, others: FakeChannels | None = None, files: Files | None = None) -> AwsChannels:
    return AwsChannels(lambda: client, lambda: client, files or Files(), others or FakeChannels())


def test_a_text_message_goes_out_from_the_number_that_was_written_to() -> None:
    client = Client()
    message = Outgoing(Handle(Provider.SMS, "4915123456789"), "aws/+493023125019", "It comes tomorrow.")
    assert channels(client).send("northlight", message) == "aws-1"
    assert client.asked == [
        {
            "DestinationPhoneNumber": "+4915123456789",
            "OriginationIdentity": "+493023125019",
            "MessageBody": "It comes tomorrow.",
            "MessageType": "TRANSACTIONAL",
        }
    ]


def test_aws_is_asked_to_tell_what_becomes_of_a_text_message() -> None:
    client = Client()
    message = Outgoing(Handle(Provider.SMS, "4915123456789"), "aws/+493023125019", "It comes tomorrow.")
    AwsChannels(lambda: client, lambda: client, Files(), FakeChannels(), "care-TextEvents-1").send("nl", message)
    assert client.asked[0]["ConfigurationSetName"] == "care-TextEvents-1"


@pytest.mark.parametrize(
    ("id", "to"), [("4915123456789", {"to": "+4915123456789"}), ("DE.77AbC2", {"recipient": "DE.77AbC2"})]
)
def test_whatsapp_gets_metas_own_message(id: str, to: dict[str, str]) -> None:
    client = Client()
    assert (
        channels(client).send("northlight", Outgoing(Handle(Provider.WHATSAPP, id), f"aws/{NUMBER}", "Ja, 💡"))
        == "aws-1"
    )
    (asked,) = client.asked
    assert (asked["originationPhoneNumberId"], asked["metaApiVersion"]) == (NUMBER, "v20.0")
    assert json.loads(asked["message"]) == {
        "messaging_product": "whatsapp", "recipient_type": "individual", "type": "text", **to,
        "text": {"body": "Ja, 💡", "preview_url": False},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "passing", "unanswered"),
    [
        (ClientError({"Error": {"Code": "ThrottledRequestException", "Message": "+49"}}, "Send"), True, False),
        (ClientError({"Error": {"Code": "ValidationException", "Message": "+49"}}, "Send"), False, False),
        (ReadTimeoutError(endpoint_url="https://aws"), True, True),
    ],
)
def test_a_failure_says_whether_it_passes_and_names_nobody(error: Exception, passing: bool, unanswered: bool) -> None:
    message = Outgoing(Handle(Provider.SMS, "4915123456789"), "aws/+493023125019", "Hi")
    with pytest.raises(NotSent) as raised:
        channels(Client(error)).send("northlight", message)
    assert (raised.value.passing, raised.value.unanswered) == (passing, unanswered)
    assert "+49" not in str(raised.value)


def test_everything_else_goes_to_the_providers() -> None:
    client, others = Client(), FakeChannels()
    others.files["of-meta"] = Fetched(b"x", "image/png")
    both = channels(client, others)
    message = Outgoing(Handle(Provider.WHATSAPP, "4915123456789"), "200000000000001", "Hi")
    assert both.send("northlight", message) == "out-1"
    assert (others.sent, client.asked) == ([message], [])
    assert both.fetch("northlight", Provider.WHATSAPP, "200000000000001", "of-meta", "").content == b"x"


def test_a_file_is_fetched_by_aws_if_its_message_came_by_aws() -> None:
    files, others = Files(), FakeChannels()
    both = channels(Client(), others, files)
    assert both.fetch("northlight", Provider.WHATSAPP, f"aws/{NUMBER}", "400", "").content == b"of-aws"
    assert files.asked == [("northlight", NUMBER, "400")]
    with pytest.raises(UnknownFile):
        both.fetch("northlight", Provider.SMS, "aws/+493023125019", "", "https://example.com/a")


def test_a_template_is_the_same_json_as_metas() -> None:
    """AWS's guide, "Example of sending a template message"."""
    client = Client()
    approved = Approved("statement", "en_US", ("1000",))
    message = Outgoing(Handle(Provider.WHATSAPP, "4915123456789"), f"aws/{NUMBER}", "Read.", template=approved)
    channels(client).send("northlight", message)
    (asked,) = client.asked
    said = json.loads(asked["message"])
    assert (said["type"], said["to"]) == ("template", "+4915123456789")
    body = {"type": "body", "parameters": [{"type": "text", "text": "1000"}]}
    assert said["template"] == {"name": "statement", "language": {"code": "en_US"}, "components": [body]}
    assert "text" not in said
