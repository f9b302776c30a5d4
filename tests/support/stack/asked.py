"""A question that a customer has sent to a running stack, and what customers and agents hear about it."""

import json
from typing import Any

from chalicelib import wiring
from tests.support.agents import ADA
from tests.support.stack.local_stack import PATIENCE, Mail, Outside, form, someone, until, written

SHOP = wiring.policy().shop("northlight")
CARE = SHOP.support


class InboxQuery:
    """A question sent by the form: its customer, reference and page, and the mails about it."""

    def __init__(self, outside: Outside, **fields: str) -> None:
        self.outside, self.customer = outside, someone()
        said = form(self.customer, **({"kind": "question"} | fields))
        answer = outside.post_json("/shops/northlight/tickets", said).json()
        self.reference = answer["reference"]
        self.confirmation, self.page = outside.mail_to(self.customer), outside.page_of(self.customer)
        self.told = outside.mail_to(ADA, self.reference)

    def shown(self) -> str:
        return self.outside.request("GET", self.page).data.decode()

    def told_again(self, text: str) -> str:
        """The next mail to the agent about it that contains this text."""

        def look() -> str | None:
            about = (m for m in self.outside.mails(ADA) if self.reference in m.subject and m.id != self.told.id)
            return next((found for m in about if text in (found := text_of(self.outside, m))), None)

        return until(look, PATIENCE, f"mail to the agent with {text!r}")

    def answered(self) -> Mail:
        """The mail to the customer after the acknowledgement."""
        return until(lambda: next(iter(self.outside.mails(self.customer)[1:]), None), PATIENCE, "answer")


def text_of(outside: Outside, mail: Mail) -> str:
    return " ".join(outside.message(mail)["Text"].split())


def seen_to(outside: Outside) -> None:
    """Earlier mails have been received."""
    later = someone()
    outside.send(written(later, CARE, "Hello", "A question."), later, CARE)
    outside.mail_to(later)


def tickets_of(outside: Outside, customer: str) -> list[dict[str, Any]]:
    """The customer's tickets, as they are stored, in the order of their opening."""
    items = (item for item in outside.items("TICKET#") if item["sk"]["S"] == "TICKET")
    theirs = [item for item in items if item["requester"]["M"].get("address", {}).get("S") == customer]
    return sorted(theirs, key=lambda item: str(item["opened_at"]["S"]))


def acted(outside: Outside, reference: str, action: str, **fields: object) -> None:
    """An agent acts on the ticket, at the console."""
    event = {"shop": SHOP.id, "reference": reference, "agent": ADA, "action": action}
    answer = outside.invoke("act_on_ticket", json.dumps(event | fields))
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["done"], action
