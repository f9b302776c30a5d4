"""The queue of raw mails and its dead letters, as moto plays them."""

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
    """The two queues, and what lies in them."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.urls = {name: client.create_queue(QueueName=name)["QueueUrl"] for name in ("mail", "dead")}
        self.queue = MailQueue(lambda: client, self.urls["mail"], self.urls["dead"])

    def die(self, body: str) -> None:
        self.client.send_message(QueueUrl=self.urls["dead"], MessageBody=body)

    def taken(self, name: str) -> list[str]:
        """The bodies that lie in a queue, taken out of it."""
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
    """A queue message as SES and SNS make it."""
    text = queued("1", notice(key, "care@help.northlight.example"))["body"]
    assert isinstance(text, str)
    return text


class TestPuttingBack:
    def test_it_is_understood_as_a_notice_without_an_envelope(self, queues: Queues) -> None:
        queues.queue.put_back("raw/1")
        (put,) = queues.taken("mail")
        assert events.notices(put, 2) == [MailReceived("raw/1", (), received=2)]

    @pytest.mark.parametrize("key", ['raw/a"b\\c', "raw/ä", "raw/" + "x" * 1000])
    def test_whatever_the_key_is(self, queues: Queues, key: str) -> None:
        queues.queue.put_back(key)
        assert [found.key for put in queues.taken("mail") for found in events.notices(put)] == [key]

    def test_a_batch_with_it_is_received(self, queues: Queues) -> None:
        queues.queue.put_back("raw/1")
        received: list[str] = []
        record = queued("1", None) | {"body": queues.taken("mail")[0]}

        def receive(found: MailReceived) -> str:
            received.append(found.key)
            return "opened"

        assert events.each_mail({"Records": [record]}, receive) == {"batchItemFailures": []}
        assert received == ["raw/1"]


class Servers:
    """A queue whose letters lie on servers that answer now and then: `answers` are taken in turn, then none."""

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


class TestFewLettersOnManyServers:
    @pytest.mark.parametrize("empty", [0, 1, 2])
    def test_an_empty_answer_is_not_the_last_word(self, empty: int) -> None:
        servers: Any = Servers(*[[] for _ in range(empty)], ["a"], *[[] for _ in range(empty)], ["b", "c"])
        assert MailQueue(lambda: servers, "mail", "dead").redrive(1000) == 3
        assert servers.put_back == ["a", "b", "c"]

    def test_all_servers_are_asked_and_an_empty_queue_is_not_asked_for_ever(self) -> None:
        servers: Any = Servers()
        assert MailQueue(lambda: servers, "mail", "dead").redrive(1000) == 0
        assert len(servers.asked) == 3
        assert all(asked["WaitTimeSeconds"] > 0 for asked in servers.asked)


class TestReviving:
    def test_each_dead_letter_comes_back_as_it_was(self, queues: Queues) -> None:
        bodies = {body(f"raw/{number}") for number in range(23)}
        for letter in bodies:
            queues.die(letter)
        assert queues.queue.redrive(1000) == 23
        assert queues.taken("dead") == []
        back = queues.taken("mail")
        assert (len(back), set(back)) == (23, bodies)
        (found,) = events.notices(back[0])
        assert found.recipients == ("care@help.northlight.example",)

    def test_there_may_be_none(self, queues: Queues) -> None:
        assert queues.queue.redrive(1000) == 0
        assert queues.taken("mail") == []

    def test_at_most_so_many_and_the_others_stay(self, queues: Queues) -> None:
        for number in range(25):
            queues.die(body(f"raw/{number}"))
        redriven = queues.queue.redrive(10)
        assert redriven == 10
        assert len(queues.taken("mail")) == redriven
        assert len(queues.taken("dead")) == 25 - redriven

    def test_a_mail_put_back_many_times_while_it_failed_comes_back_once(self, queues: Queues) -> None:
        """Every hour a mail that still fails is put back: its dead letters must not become more and more."""
        for _ in range(24):
            queues.queue.put_back("raw/1")
        for letter in queues.taken("mail"):
            queues.die(letter)
        queues.die(body("raw/1"))
        assert queues.queue.redrive(1000) == 2
        assert queues.taken("dead") == []
        # One with the envelope and one without: the first of them received settles the mail.
        assert sorted(len(events.notices(back)[0].recipients) for back in queues.taken("mail")) == [0, 1]

    def test_what_is_no_notice_is_brought_back_too(self, queues: Queues) -> None:
        queues.die("not json")
        assert queues.queue.redrive(1000) == 1
        assert queues.taken("mail") == ["not json"]

    def test_dying_in_between_loses_nothing(self, queues: Queues) -> None:
        queues.die(body("raw/1"))

        class Dying:
            def __getattr__(self, name: str) -> Any:
                if name == "delete_message":
                    raise MemoryError
                return getattr(queues.client, name)

        with pytest.raises(MemoryError):
            MailQueue(cast(Any, Dying), queues.urls["mail"], queues.urls["dead"]).redrive(10)
        assert queues.taken("mail") == [body("raw/1")]
