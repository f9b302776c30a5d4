"""Delivery failures: standard reports, and mail systems' own phrases."""

import pytest

from chalicelib.mail.inbound import Bounce
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, part


def report(status: str, text: str = "Sorry.") -> bytes:
    return multipart(
        part(text),
        part(status, "message/delivery-status"),
        part("Message-ID: <ours@shop.example>\n", "text/rfc822-headers"),
        subtype="report; report-type=delivery-status",
        **{"from": "postmaster@mx.example"},
    )


def bounce(raw: bytes) -> Bounce:
    found = read(raw).bounce
    assert found is not None
    return found


def spoken(text: str, subject: str = "Mail delivery failed: returning message to sender") -> Bounce:
    return bounce(mail(text, subject=subject, **{"from": "Mail Delivery System <MAILER-DAEMON@mx.example>"}))


def test_a_report_with_several_recipients() -> None:
    status = (
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822;a@x.example\nAction: failed\nStatus: "
        "5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 full\n\n"
    )
    status += (
        "Original-Recipient: rfc822; b@x.example\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.1.1\n"
    )
    found = bounce(report(status))
    assert found.recipients == ("a@x.example", "b@x.example")
    assert (found.status, found.permanent, found.original_message_id) == ("5.2.2", True, "ours@shop.example")
    assert found.reason == "smtp; 552 5.2.2 full"


def test_a_delay_is_never_permanent() -> None:
    found = bounce(
        report("Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 5.0.0\nWill-Retry-Until: x\n")
    )
    assert not found.permanent


def test_a_delivery_receipt_is_no_bounce() -> None:
    assert (
        read(report("Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n", "Delivered.")).bounce
        is None
    )


def test_the_more_precise_status_in_the_diagnosis_counts() -> None:
    found = bounce(
        report(
            "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 "
            "unknown\n"
        )
    )
    assert found.status == "5.1.1"


@pytest.mark.parametrize(
    ("text", "permanent"),
    [
        ("Could not deliver to the following recipient:\n\n<gone@x.example>: 550 User unknown\n", True),
        ("Delivery failed.\n\n<gone@x.example>:\nRemote host said: 452 4.2.2 mailbox full\n", False),
        (
            "This is a permanent error. The following address failed:\n\n  gone@x.example\n    unrouteable address\n",
            True,
        ),
        ("Your message to gone@x.example could not be delivered: connection timed out\n", False),
        ("Your message to gone@x.example was not delivered: no such user\n", True),
    ],
)
def test_reports_in_prose_are_read(text: str, permanent: bool) -> None:
    original = (
        "\n------ This is a copy of the message, including all the headers. ------\n\nFrom: "
        "a@b.example\nMessage-ID: <ours@shop.example>\n"
    )
    found = spoken(text + original)
    assert found.recipients == ("gone@x.example",)
    assert found.permanent is permanent
    assert found.original_message_id == "ours@shop.example"


def test_a_warning_about_a_delay_is_not_permanent() -> None:
    text = (
        "THIS IS A WARNING ONLY.\nDelivery to gone@x.example has been delayed.\nMessage will be retried for 2 "
        "more days.\n"
    )
    assert not spoken(text, "Delivery Status Notification (Delay)").permanent


def test_the_failed_recipients_header_is_used() -> None:
    found = bounce(mail("It failed.", x_failed_recipients="gone@x.example", **{"from": "Mailer-Daemon@mx.example"}))
    assert found.recipients == ("gone@x.example",)


def test_a_notification_of_ses_by_mail() -> None:
    bounced = '{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"full@x.example"}]}'
    text = f'{{"notificationType":"Bounce","bounce":{bounced},"mail":{{"messageId":"0102-ab"}}}}'
    found = bounce(mail(text, subject="AWS Notification Message", **{"from": "no-reply@sns.amazonaws.com"}))
    assert (found.recipients, found.permanent, found.original_message_id) == (("full@x.example",), False, "0102-ab")


@pytest.mark.parametrize(
    "text",
    [
        "Hello, the parcel was returned to sender, why?",
        "My message could not be delivered to the courier: 550 Euro are missing",
        "Delivery failed again.",
    ],
)
def test_a_customers_words_about_deliveries_are_no_bounce(text: str) -> None:
    assert read(mail(text, subject="Parcel")).bounce is None
    assert read(mail(text, subject="Delivery failed", **{"from": "mira@example.com"})).automatic == ()


@pytest.mark.parametrize(
    ("text", "permanent"),
    [
        ("Your message was not delivered within 1 days.\nRemote host is not responding.\n\n<a@x.example>", True),
        ("We have given up on this address: connection timed out\n\n<a@x.example>", True),
        ("Remote host is not responding.\n\n<a@x.example>", False),
        ("Connection timed out. After 3 days it will be given up.\n\n<a@x.example>", False),
    ],
)
def test_a_mail_given_up_is_a_permanent_failure_for_every_cause(text: str, permanent: bool) -> None:
    assert spoken(text).permanent is permanent


@pytest.mark.parametrize(
    ("status", "permanent"), [("5.0.0", False), ("5.5.0", False), ("5.1.1", True), ("5.7.1", True)]
)
def test_a_host_that_accepts_no_mail_proves_nothing_about_the_address(status: str, permanent: bool) -> None:
    said = "Diagnostic-Code: smtp; 554 mx.example not accepting connections"
    raw = report(f"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: {status}\n{said}\n")
    assert bounce(raw).permanent is permanent
