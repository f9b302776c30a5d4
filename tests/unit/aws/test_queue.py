"""The queue of raw mails and its dead letters, on moto."""

from collections.abc import Iterator
from typing import Any, cast

import boto3
import pytest

from chalicelib.aws import events
from chalicelib.aws.queue import MailQueue
from chalicelib.services.ports.mails import MailReceived
from tests.support.store import tables
from tests.unit.aws.test_events import notice, queued


class Queues:
    """The two queues and their messages."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.urls = {name: client.create_queue(QueueName=name)["QueueUrl"] for name in ("mail", "dead")}
        self.queue = MailQueue(lambda: client, self.urls["mail"], self.urls["dead"])

    def die(self, body: str) -> None:
        self.client.send_message(QueueUrl=self.urls["dead"], MessageBody=body)

    def taken(self, name: str) -> list[str]:
        """Receive and delete every message; return the bodies."""
        found: list[str] = []
        while letters := self.client.receive_message(QueueUrl=self.urls[name], MaxNumberOfMessages=10).get("Messages"):
            found += [letter["Body"] for letter in letters]
            for letter in letters:
                self.client.delete_message(QueueUrl=self.urls[name], ReceiptHandle=letter["ReceiptHandle"])
        return found


@pytest.fixture
def queues(in_process: None) -> Iterator[Queues]:
    both = Queues(boto3.client("sqs", region_name=tables.REGION))
    yield both
    for url in both.urls.values():
        both.client.delete_queue(QueueUrl=url)


def body(key: str) -> str:
    """A queue message as SES and SNS create it."""
    text = queued("1", notice(key, "care@help.northlight.example"))["body"]
    assert isinstance(text, str)
    return text


class TestRequeueing:
    def test_a_requeued_mail_is_a_notification_without_an_envelope(self, queues: Queues) -> None:
        queues.queue.put_back("raw/1")
        (put,) = queues.taken("mail")
        assert events.notices(put, 2) == [MailReceived("raw/1", (), received=2)]

    @pytest.mark.parametrize("key", ['raw/a"b\\c', "raw/ä", "raw/" + "x" * 1000])
    def test_any_key_can_be_requeued(self, queues: Queues, key: str) -> None:
        queues.queue.put_back(key)
        assert [found.key for put in queues.taken("mail") for found in events.notices(put)] == [key]

    def test_a_requeued_mail_is_received(self, queues: Queues) -> None:
        queues.queue.put_back("raw/1")
        received: list[str] = []
        record = queued("1", None) | {"body": queues.taken("mail")[0]}

        def receive(found: MailReceived) -> str:
            received.append(found.key)
            return "opened"

        assert events.each_mail({"Records": [record]}, receive) == {"batchItemFailures": []}
        assert received == ["raw/1"]


class Servers:
    """A queue whose servers sometimes answer with nothing: `answers` are returned in turn, then empty ones."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.put_back: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        bodies = self.answers.pop(0) if self.answers else []
        return {"Messages": [{"Body": body, "ReceiptHandle": body} for body in bodies]} if bodies else {}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        self.put_back.append(MessageBody)

    def delete_message(self, **_: Any) -> None: ...


class TestEmptyAnswers:
    @pytest.mark.parametrize("empty", [0, 1, 2])
    def test_an_empty_answer_does_not_end_the_redrive(self, empty: int) -> None:
        servers: Any = Servers(*[[] for _ in range(empty)], ["a"], *[[] for _ in range(empty)], ["b", "c"])
        assert MailQueue(lambda: servers, "mail", "dead").redrive(1000) == 3
        assert servers.put_back == ["a", "b", "c"]

    def test_an_empty_queue_is_asked_three_times_with_long_polling(self) -> None:
        servers: Any = Servers()
        assert MailQueue(lambda: servers, "mail", "dead").redrive(1000) == 0
        assert len(servers.asked) == 3
        assert all(asked["WaitTimeSeconds"] > 0 for asked in servers.asked)


class TestRedriving:
    def test_each_dead_letter_is_redriven_unchanged(self, queues: Queues) -> None:
        bodies = {body(f"raw/{number}") for number in range(23)}
        for letter in bodies:
            queues.die(letter)
        assert queues.queue.redrive(1000) == 23
        assert queues.taken("dead") == []
        back = queues.taken("mail")
        assert (len(back), set(back)) == (23, bodies)
        (found,) = events.notices(back[0])
        assert found.recipients == ("care@help.northlight.example",)

    def test_an_empty_queue_redrives_none(self, queues: Queues) -> None:
        assert queues.queue.redrive(1000) == 0
        assert queues.taken("mail") == []

    def test_a_limited_number_is_redriven_and_the_others_stay(self, queues: Queues) -> None:
        for number in range(25):
            queues.die(body(f"raw/{number}"))
        redriven = queues.queue.redrive(10)
        assert redriven == 10
        assert len(queues.taken("mail")) == redriven
        assert len(queues.taken("dead")) == 25 - redriven

    def test_a_mail_requeued_many_times_is_redriven_once(self, queues: Queues) -> None:
        """A mail that still fails is requeued every hour: its dead letters must not multiply."""
        for _ in range(24):
            queues.queue.put_back("raw/1")
        for letter in queues.taken("mail"):
            queues.die(letter)
        queues.die(body("raw/1"))
        assert queues.queue.redrive(1000) == 2
        assert queues.taken("dead") == []
        # One with an envelope and one without: whichever is received first settles the mail.
        assert sorted(len(events.notices(back)[0].recipients) for back in queues.taken("mail")) == [0, 1]

    def test_a_body_that_is_no_notification_is_redriven_too(self, queues: Queues) -> None:
        queues.die("not json")
        assert queues.queue.redrive(1000) == 1
        assert queues.taken("mail") == ["not json"]

    def test_a_killed_redrive_loses_nothing(self, queues: Queues) -> None:
        queues.die(body("raw/1"))

        class Dying:
            def __getattr__(self, name: str) -> Any:
                if name == "delete_message":
                    raise MemoryError
                return getattr(queues.client, name)

        with pytest.raises(MemoryError):
            MailQueue(cast(Any, Dying), queues.urls["mail"], queues.urls["dead"]).redrive(10)
        assert queues.taken("mail") == [body("raw/1")]
