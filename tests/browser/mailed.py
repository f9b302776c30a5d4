"""Links from mails to customers, to pages with a button that has consequences."""

import json
import re
from types import SimpleNamespace
from typing import Any

from chalicelib.rules.identity import keys
from chalicelib.services.delivery import objections
from local.aws import emulator
from tests.support import shops
from tests.support.stack.local_stack import Outside, form, someone, until

ROBIN = "robin@kettle.example"


def to_confirm(outside: Outside) -> str:
    """The link by which a new customer confirms their data request."""
    customer = someone()
    opened = outside.post_json("/shops/kettle/tickets", form(customer, kind="data_request")).json()
    event = {"shop": "kettle", "reference": opened["reference"], "agent": ROBIN, "action": "confirm_identity"}
    answer = outside.invoke("act_on_ticket", json.dumps(event))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return until(lambda: _link(outside, customer, "/c/"), 120, "link to confirm")


def to_object(outside: Outside, address: str, language: str = "en") -> str:
    """The link by which this address's owner ends the adverts of Northlight, made as the stack makes it: none is mailed
    until days after a ticket closed."""
    stack = outside.started.stack
    secrets = emulator.client("secretsmanager", stack.endpoint)
    text = secrets.get_secret_value(SecretId=stack.resources["Secret"])["SecretString"]
    deps: Any = SimpleNamespace(secret=keys.read(text), public_url=outside.url)
    return objections.url(deps, shops.policy().shop("northlight"), address, language)


def _link(outside: Outside, customer: str, path: str) -> str:
    for mail in reversed(outside.mails(customer)):
        if found := re.search(rf"http\S+{path}\S+", str(outside.message(mail)["Text"])):
            return found[0]
    return ""
