"""Function logs in a form that people can read."""

import pytest

from local import logs

PLAIN = [
    "2026-11-21 22:15:19 INFO [ses] SES SendRawEmail: 9627b104",
    "2026-11-21 22:15:19 INFO [lambda] ESM: Lambda stack-SendMail-1 output:",
    '{"level":"INFO","location":"send:40","message":"sent","timestamp":"2026","service":"aftercare","ref":"NL-1"}',
    '{"_aws":{"Timestamp":1},"service":"aftercare","MailSent":[1.0]}',
    '{"level":"WARNING","message":"slow","seconds":3}',
    "a line of plain text",
    "2026-11-21 22:15:19 INFO [lambda] ESM: Lambda stack-SendMail-1 processed 2 DynamoDB stream records from table",
    "not a function's line",
]
FAILING = [
    "2026-11-21 22:15:19 WARNING [lambda] ESM: Lambda stack-SendMail-1 failed processing SQS batch from q "
    "(errorType=Runtime.HandlerError errorMessage=no such table)",
    "Traceback (most recent call last):",
    '  File "app.py", line 1, in send_mail',
    "KeyError: 'table'",
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    "Traceback (most recent call last):",
    '  File "app.py", line 2, in send_mail',
    "LookupError: no such table",
    "2026-11-21 22:15:20 ERROR [sqs] something broke",
    "2026-11-21 22:15:20 WARNING [kms] not installed",
]


def shown(lines: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    told: list[tuple[str, str]] = []
    scheduled: list[str] = []
    reader = logs.FunctionLogs(
        {"stack-SendMail-1": "send_mail"}, lambda source, text: told.append((source, text)), scheduled.append
    )
    for line in lines:
        reader(line)
    return told, scheduled


def test_each_log_entry_is_one_readable_line() -> None:
    assert shown(PLAIN)[0] == [
        ("send_mail", "sent ref=NL-1"),
        ("send_mail", "WARNING slow seconds=3"),
        ("send_mail", "a line of plain text"),
    ]


def test_a_failure_shows_error_and_cause_without_the_traceback() -> None:
    assert shown(FAILING)[0] == [
        ("send_mail", "ERROR Runtime.HandlerError: no such table"),
        ("send_mail", "ERROR KeyError: 'table'"),
        ("aws", "ERROR sqs: something broke"),
    ]


def test_a_function_started_by_a_schedule_is_logged() -> None:
    line = "2026-11-21 22:14:58 INFO [events] EventBridge → Lambda stack-EscalateOverdue-1: dispatched"
    assert shown([line]) == ([], ["stack-EscalateOverdue-1"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"level":"ERROR","message":"failed","exception":"Traceback\\n  x\\nValueError: no"}',
         "ERROR failed (ValueError: no)"),
        ('{"message":{"a":1}}', '{"a": 1}'),
        ("[1, 2]", "[1, 2]"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_log_line_in_words(line: str, words: str) -> None:
    assert logs.in_words(line) == words
