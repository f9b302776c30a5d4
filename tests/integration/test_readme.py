"""The commands of the README's "Try it" work as described: a mail, an agent's answer, and the customer gets it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from local.aws import emulator
from tests.support.shops import policy
from tests.support.stack.fixture import at_ready
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until


def typed(outside: Outside, customer: str) -> list[str]:
    """The programs, with this stack's addresses in place of the default ones."""
    text = Path("README.md").read_text(encoding="utf-8").partition("## Try it")[2].partition("\n## ")[0]
    programs = re.findall(r"python3 - <<'END'\n(.+?)\nEND\n", text, re.S)
    smtp, box = outside.started.stack.ports["smtp"], outside.mailbox
    moved = [each.replace("2525", str(smtp)).replace("http://127.0.0.1:8025", box) for each in programs]
    return [each.replace("jo@example.com", customer) for each in moved]


def run(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_typed_commands_do_what_the_readme_says(outside: Outside) -> None:
    customer = someone()
    writes, answers = typed(outside, customer)
    run(writes)
    acknowledged = outside.mail_to(customer)
    reference = re.findall(r"NL-\w{5}-\w{5}", acknowledged.subject)[0]
    outside.mail_to("ada@northlight.example", reference)
    run(answers)
    until(lambda: "It is on its way to you." in texts(outside, customer), PATIENCE, "answer")


def test_the_order_that_the_readme_posts_is_confirmed(outside: Outside) -> None:
    text = Path("README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^\.venv/bin/python (-m local hook .+)$", text, re.M)
    typed = [sys.executable, *command.split(), "--data", str(outside.started.data)]
    done = subprocess.run(typed, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "200 {}\n"), done.stderr
    assert "1001" in outside.mail_to("jana.weiss@example.com").subject


def test_what_the_readme_says_by_a_messenger_is_confirmed_there(outside: Outside) -> None:
    text = Path("README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^\.venv/bin/python (-m local say .+)$", text, re.M)
    typed = [sys.executable, *shlex.split(command), "--data", str(outside.started.data)]
    done = subprocess.run(typed, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    until(lambda: outside.mails("4915112345678"), PATIENCE, "confirmation in the messenger")


def texts(outside: Outside, customer: str) -> str:
    return "\n".join(str(outside.message(mail)["Text"]) for mail in outside.mails(customer))


def test_the_printed_urls_lead_to_the_desk_and_name_who_may_sign_in(outside: Outside) -> None:
    printed = outside.started.log.read_text(encoding="utf-8")
    assert f"{outside.url}/desk/login" in printed
    assert "ada@northlight.example (" in printed
    assert "robin@kettle.example (" in printed
    assert outside.request("GET", "/desk/login").status == 200


def test_every_page_and_function_is_warm_when_it_is_ready(outside: Outside) -> None:
    web, working = at_ready(outside)
    for shop in policy().shops:
        for asked in (
            f"GET /shops/{shop}/contact 200",
            f"GET /shops/{shop}/policy 200",
            f"POST /shops/{shop}/tickets 422",
        ):
            assert asked in web
    assert "GET /desk/login 200" in web
    lambdas = emulator.client("lambda", outside.started.stack.endpoint)
    sources = [source["FunctionArn"] for source in lambdas.list_event_source_mappings()["EventSourceMappings"]]
    fed = {
        name for name, full in outside.started.stack.functions.items() if any(each.endswith(full) for each in sources)
    }
    assert {"receive_mail", "send_mail", "index_words"} <= fed <= working
    assert "warm-up" not in str(list(outside.items("RAW#")))
