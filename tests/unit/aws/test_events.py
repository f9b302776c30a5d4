"""Reading events: what a batch of a queue or a stream contains, and how failures are reported."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from chalicelib import telemetry
from chalicelib.aws import events
from chalicelib.aws.table import ticket_items
from chalicelib.errors import ComposeFailed, NotSent, StillOwed, UnknownFile
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.ticket import LogEntry
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.mails import MailReceived, SendConfirmation
from chalicelib.services.ports.search import IndexedItem
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.store.fakes import START
from tests.support.watching.heard import heard


def notice(key: str, *recipients: str) -> dict[str, Any]:
    receipt = {"recipients": list(recipients), "action": {"type": "S3", "bucketName": "b", "objectKey": key}}
    return {"notificationType": "Received", "mail": {}, "receipt": receipt}


def queued(id: str, message: object) -> dict[str, Any]:
    body = json.dumps({"Type": "Notification", "Message": json.dumps(message)})
    return {"messageId": id, "body": body, "eventSource": "aws:sqs"}


class TestIndexedItems:
    def test_new_tickets_new_messages_and_corrections_are_indexed(self) -> None:
        ticket = samples.ticket()
        message = samples.message_of(samples.reply(ticket))
        (corrected,) = ticket_items.log_items(ticket, [LogEntry(START, "ada@northlight.example", Action.CHANGED)])
        images = [ticket_items.ticket_item(ticket), ticket_items.message_item(message), corrected]
        heard: list[IndexedItem] = []
        events.each_indexed({"Records": [{"dynamodb": {"NewImage": image}} for image in images]}, heard.append)
        assert heard == [ticket, message, ticket.ref]

    def test_a_failure_to_index_makes_the_stream_retry(self) -> None:
        def fail(said: IndexedItem) -> None:
            raise UnknownFile("throttled")

        image = ticket_items.ticket_item(samples.ticket())
        with pytest.raises(UnknownFile):
            events.each_indexed({"Records": [{"dynamodb": {"NewImage": image}}]}, fail)


class TestCorrelation:
    """Which correlation id the work on a record has, and what is logged about it."""

    def test_a_raw_mail_has_the_same_in_each_run(self) -> None:
        seen: list[str] = []

        def receive(found: MailReceived) -> str:
            seen.append(telemetry.correlation())
            return "opened"

        for _ in range(2):
            events.each_mail({"Records": [queued("1", notice("raw/1")), queued("2", notice("raw/2"))]}, receive)
        assert seen == [telemetry.of_raw_mail(key) for key in ("raw/1", "raw/2")] * 2
        assert len(set(seen)) == 2

    def test_a_mail_that_is_not_accepted_now_is_logged_with_its_cause(self) -> None:
        ticket = samples.ticket()
        assert ticket.outbox
        caused = replace(ticket, outbox=boxes.caused(ticket.outbox, "request-1"))
        images = [ticket_items.ticket_item(each) for each in (caused, ticket)]

        def send(due: ItemRef, item: OutboxItem | Order) -> bool:
            raise NotSent("Throttling: too many", passing=True)

        with heard() as found, telemetry.correlated("run"), pytest.raises(StillOwed):
            events.each_outbox({"Records": [{"dynamodb": {"NewImage": image}} for image in images]}, send)
        assert [entry["correlation_id"] for entry in found.lines("a mail could not be handed over")] == [
            "request-1",
            "run",
        ]

    def test_a_bounce_has_the_one_that_its_mail_was_sent_with(self) -> None:
        seen: list[str] = []

        def note(ses_id: str, report: Report) -> str | None:
            seen.append(telemetry.correlation())
            return None

        bounce = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": []}}
        tagged = bounce | {"mail": {"messageId": "1", "tags": {"cause": ["request-1"]}}}
        with telemetry.correlated("run"):
            for event in (tagged, bounce | {"mail": {"messageId": "2"}}):
                events.each_event({"Records": [queued("1", event)]}, lambda proof: None, note)
        assert seen == ["request-1", "run"]
        assert telemetry.correlation() == ""


class TestMail:
    def test_a_notification_is_found_wrapped_and_bare(self) -> None:
        expected = [MailReceived("raw/1", ("care@help.northlight.example", "x@y.example"))]
        inner = notice("raw/1", "care@help.northlight.example", "x@y.example")
        assert events.notices(queued("1", inner)["body"]) == expected
        assert events.notices(json.dumps(inner)) == expected

    def test_it_names_the_failed_and_the_passed_checks(self) -> None:
        said = {"spam": "FAIL", "virus": "PASS", "dmarc": "PASS", "spf": "PASS"}
        body = notice("raw/1")
        body["receipt"] |= {f"{check}Verdict": {"status": status} for check, status in said.items()}
        (found,) = events.notices(json.dumps(body))
        assert (found.failed, found.passed) == (frozenset({"spam"}), frozenset({"virus", "dmarc", "spf"}))
        body["receipt"]["dmarcVerdict"] = {"status": "GRAY"}
        assert "dmarc" not in events.notices(json.dumps(body))[0].passed | found.failed

    def test_it_names_the_sender_and_the_domains_dmarc_policy(self) -> None:
        body = notice("raw/1")
        body["mail"] = {"source": "bounce@mailer.example"}
        body["receipt"] |= {"dmarcVerdict": {"status": "FAIL"}, "dmarcPolicy": "REJECT"}
        (found,) = events.notices(json.dumps(body))
        assert (found.sender, found.policy) == ("bounce@mailer.example", "reject")
        del body["receipt"]["dmarcPolicy"]
        body["mail"] = {"source": None}
        (found,) = events.notices(json.dumps(body))
        assert (found.sender, found.policy) == ("", "")

    def test_the_mail_services_test_notification_contains_no_mail(self) -> None:
        assert (
            events.notices(json.dumps({"Message": json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded"})}))
            == []
        )

    def test_only_failed_mails_are_retried(self) -> None:
        received: list[str] = []

        def receive(found: MailReceived) -> str:
            if found.key == "raw/2":
                raise UnknownFile(found.key)
            received.append(found.key)
            return "opened"

        records = [queued(str(n), notice(f"raw/{n}", "a@b.example")) for n in (1, 2, 3)]
        records.append({"messageId": "4", "body": "{broken", "eventSource": "aws:sqs"})
        assert events.each_mail({"Records": records}, receive) == {
            "batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "4"}]
        }
        assert received == ["raw/1", "raw/3"]

    def test_the_number_of_deliveries_is_passed_on(self) -> None:
        received: list[MailReceived] = []

        def receive(found: MailReceived) -> str:
            received.append(found)
            return "opened"

        record = queued("1", notice("raw/1", "a@b.example")) | {"attributes": {"ApproximateReceiveCount": "3"}}
        events.each_mail({"Records": [record]}, receive)
        assert [(found.received, found.attempt) for found in received] == [(3, 1)]

    def test_mails_without_time_left_are_retried_by_the_next_run(self) -> None:
        received: list[str] = []
        remaining = iter([15_000, 9_000, 7_900])

        class Context:
            def get_remaining_time_in_millis(self) -> int:
                return next(remaining)

        def receive(found: MailReceived) -> str:
            received.append(found.key)
            return "opened"

        records = [queued(str(n), notice(f"raw/{n}", "a@b.example")) for n in (1, 2, 3)]
        enough = partial(events.time_left, Context(), events.ONE_RECEIVED_MILLIS)
        assert events.each_mail({"Records": records}, receive, enough) == {
            "batchItemFailures": [{"itemIdentifier": "3"}]
        }
        assert received == ["raw/1", "raw/2"]

    def test_a_batch_that_fails_completely_is_retried_completely(self) -> None:
        def receive(found: MailReceived) -> str:
            raise RuntimeError

        answer = events.each_mail({"Records": [queued("1", notice("raw/1", "a@b.example"))]}, receive)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


class TestStream:
    ticket = samples.ticket()
    message = samples.message_of(samples.reply(ticket))

    def batch(self) -> dict[str, Any]:
        images: list[Any] = [ticket_items.ticket_item(self.ticket), None, ticket_items.message_item(self.message)]
        return {"Records": [{"dynamodb": {"NewImage": image} if image else {}} for image in images]}

    def test_each_item_is_sent_as_the_stream_contains_it(self) -> None:
        sent: list[tuple[ItemRef, OutboxItem | Order]] = []

        def send(due: ItemRef, item: OutboxItem | Order) -> bool:
            sent.append((due, item))
            return True

        events.each_outbox(self.batch(), send)
        assert sent == [(ItemRef(samples.REF, None), self.ticket), (ItemRef(samples.REF, "reply"), self.message)]

    @pytest.mark.parametrize("fault", [NotSent("not now", passing=True), RuntimeError("a fault"), None])
    def test_a_failure_retries_the_batch_after_all_items_were_tried(self, fault: Exception | None) -> None:
        tried: list[ItemRef] = []

        def send(due: ItemRef, item: OutboxItem | Order) -> bool:
            tried.append(due)
            if due.message is None and fault:
                raise fault
            return due.message is not None

        with pytest.raises(StillOwed):
            events.each_outbox(self.batch(), send)
        assert len(tried) == 2

    def test_a_mail_that_cannot_be_composed_is_left_to_due_work(self) -> None:
        def send(due: ItemRef, item: OutboxItem | Order) -> bool:
            raise ComposeFailed("KeyError")

        events.each_outbox(self.batch(), send)

    def test_an_unreadable_item_does_not_stop_the_others(self) -> None:
        sent: list[ItemRef] = []

        def send(due: ItemRef, item: OutboxItem | Order) -> bool:
            sent.append(due)
            return True

        batch = self.batch()
        del batch["Records"][0]["dynamodb"]["NewImage"]["opened_at"]
        with pytest.raises(StillOwed):
            events.each_outbox(batch, send)
        assert sent == [ItemRef(samples.REF, "reply")]


class TestDelivery:
    """SES's events, as in its developer guide."""

    @pytest.mark.parametrize(("tag", "id"), [("abc", "abc"), ("@000004", "~000004")])
    def test_a_send_event_proves_the_mail_its_tags_name(self, tag: str, id: str) -> None:
        mail = {"messageId": "0100-ses", "destination": ["mira@example.com"]}
        tags = {"ref": ["NL-7K3F9-QXMT2"], "purpose": ["answer"], "message": [tag], "ses:caller-identity": ["x"]}
        proofs, reports = self.told({"eventType": "Send", "send": {}, "mail": mail | {"tags": tags}})
        assert proofs == [SendConfirmation(ItemRef("NL-7K3F9-QXMT2", id), "answer", "mira@example.com", "0100-ses")]
        assert reports == []

    @pytest.mark.parametrize(
        ("event", "report"),
        [
            (
                {
                    "eventType": "Bounce",
                    "bounce": {
                        "bounceType": "Permanent",
                        "bouncedRecipients": [
                            {"emailAddress": "m@x.example", "status": "5.1.1", "diagnosticCode": "550 unknown"}
                        ],
                    },
                },
                Report(DeliveryEvent.BOUNCED, ("m@x.example",), "5.1.1", "550 unknown"),
            ),
            (
                {"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}},
                Report(DeliveryEvent.FAILED, (), None, "MailboxFull"),
            ),
            (
                {"eventType": "Bounce", "bounce": {"bounceType": "Undetermined", "bounceSubType": "Undetermined"}},
                Report(DeliveryEvent.FAILED, (), None, "Undetermined"),
            ),
            (
                {
                    "eventType": "Bounce",
                    "bounce": {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"},
                },
                Report(DeliveryEvent.SUPPRESSED, (), None, "OnAccountSuppressionList"),
            ),
            (
                {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "Suppressed"}},
                Report(DeliveryEvent.SUPPRESSED, (), None, "Suppressed"),
            ),
            (
                {
                    "eventType": "Complaint",
                    "complaint": {"complaintSubType": "OnAccountSuppressionList", "complainedRecipients": []},
                },
                Report(DeliveryEvent.SUPPRESSED, ()),
            ),
            (
                {"eventType": "Complaint", "complaint": {"complaintSubType": None, "complaintFeedbackType": "abuse"}},
                Report(DeliveryEvent.COMPLAINED, (), None, "abuse"),
            ),
            (
                {"eventType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "m@x.example"}]}},
                Report(DeliveryEvent.COMPLAINED, ("m@x.example",)),
            ),
            (
                {"eventType": "Reject", "reject": {"reason": "Bad content"}},
                Report(DeliveryEvent.BOUNCED, ("m@x.example",), None, "Bad content"),
            ),
            (
                {"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull"}},
                Report(DeliveryEvent.DELAYED, (), None, "MailboxFull"),
            ),
        ],
    )
    def test_a_mails_delivery_event_is_reported_by_its_id(self, event: dict[str, Any], report: Report) -> None:
        mail = {"messageId": "0100-ses", "destination": ["m@x.example"], "tags": {}}
        assert self.told(event | {"mail": mail}) == ([], [("0100-ses", report)])

    def test_a_bounce_proves_its_mail_sent_before_it_is_noted(self) -> None:
        """The bounce can come before the sender's own record, and must find the mail."""
        tags = {"ref": ["NL-7K3F9-QXMT2"], "purpose": ["acknowledgement"]}
        mail = {"messageId": "0100-ses", "destination": ["mira@example.com"], "tags": tags}
        order: list[str] = []
        event = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": mail}
        told = events.each_event(
            {"Records": [queued("1", event)]},
            lambda proof: order.append(f"proof {proof.due.ref} {proof.purpose} {proof.to} {proof.ses_id}"),
            lambda ses_id, report: order.append(f"{report.delivery_event} {ses_id}"),
        )
        assert told == {"batchItemFailures": []}
        assert order == ["proof NL-7K3F9-QXMT2 acknowledgement mira@example.com 0100-ses", "bounced 0100-ses"]

    def test_a_confirmation_that_cannot_be_recorded_retries_the_whole_event(self) -> None:
        def prove(proof: SendConfirmation) -> None:
            raise VersionConflict("lost every race")

        mail = {"messageId": "1", "destination": ["m@x.example"], "tags": {"ref": ["NL-1"], "purpose": ["answer"]}}
        event = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": mail}
        told = events.each_event({"Records": [queued("1", event)]}, prove, lambda ses_id, report: None)
        assert told == {"batchItemFailures": [{"itemIdentifier": "1"}]}

    def test_other_events_are_ignored(self) -> None:
        assert self.told({"eventType": "Delivery", "mail": {"messageId": "1"}}) == ([], [])
        assert self.told({"Type": "SubscriptionConfirmation"}) == ([], [])

    @staticmethod
    def told(message: dict[str, Any]) -> tuple[list[SendConfirmation], list[tuple[str, Report]]]:
        proofs: list[SendConfirmation] = []
        reports: list[tuple[str, Report]] = []

        def note(ses_id: str, report: Report) -> str | None:
            reports.append((ses_id, report))
            return None

        told = events.each_event({"Records": [queued("1", message)]}, proofs.append, note)
        assert told == {"batchItemFailures": []}
        return proofs, reports
