"""What is cold at a first form, mail or acknowledgement is warm before a run says "ready": each first time is a process
of its own, which tells what it imports, renders and connects only then."""

import json
import subprocess
import sys
from typing import Any

import pytest

# What is read only in a mail that reaches one of our shops.
OF_OURS = ["chalicelib.mail.bodies.all_text"]


def first_time(function: str, *, warm: bool, items: list[Any]) -> tuple[dict[str, list[str]], list[Any]]:
    command = [sys.executable, "-m", "tests.support.stack.first_time", function, *(["warm"] if warm else [])]
    done = subprocess.run(command, input=json.dumps(items), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    return told["late"], told["items"]


@pytest.fixture(scope="module")
def opened() -> tuple[dict[str, list[str]], list[Any]]:
    """What the first form finds cold in a web that was warmed, and the table after it."""
    return first_time("api_handler", warm=True, items=[])


def test_a_first_form_imports_renders_and_connects_nothing(opened: tuple[dict[str, list[str]], list[Any]]) -> None:
    late, _ = opened
    assert late == {"modules": [], "templates": [], "clients": []}


def test_without_it_a_first_form_renders_and_connects() -> None:
    late, _ = first_time("api_handler", warm=False, items=[])
    assert "pages/contact.html" in late["templates"]
    assert late["clients"] == ["dynamodb", "secretsmanager"]


def test_a_first_mail_imports_and_connects_nothing() -> None:
    late, _ = first_time("receive_mail", warm=True, items=[])
    assert late == {"modules": OF_OURS, "templates": [], "clients": []}


def test_without_it_a_first_mail_imports_and_connects() -> None:
    late, _ = first_time("receive_mail", warm=False, items=[])
    assert {"app", "chalicelib.mail.reading", *OF_OURS} <= set(late["modules"])
    assert late["clients"] == ["dynamodb", "s3", "secretsmanager"]


def test_a_first_acknowledgement_imports_nothing(opened: tuple[dict[str, list[str]], list[Any]]) -> None:
    """Its templates and SES cannot be warmed without sending a mail. The package has the templates compiled."""
    _, items = opened
    late, _ = first_time("send_mail", warm=True, items=items)
    assert (late["modules"], late["clients"]) == ([], ["ses"])
    cold, _ = first_time("send_mail", warm=False, items=items)
    assert {"app", "chalicelib.services.delivery.sending"} <= set(cold["modules"])
    assert cold["clients"] == ["dynamodb", "secretsmanager", "ses"]
