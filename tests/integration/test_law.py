"""What the law asks, on a running stack and over weeks: adverts on a legal basis only, and a refund that is watched.

Northlight states no basis for adverts and refunds at once; Kettle & Co mails adverts to its customers, and its refunds
wait for the goods.
"""

import email
import json
import re
import shutil
from collections.abc import Iterator
from email.message import Message
from html import unescape
from typing import Any

import pytest

from local import clock, testing
from tests.support import shops
from tests.support.agents import ADA
from tests.support.stack.local_stack import PATIENCE, Mail, Outside, form, someone, until

ROBIN = "robin@kettle.example"
# Seconds until a mail that was sent stands in the mailbox.
SOON = 30
AGENTS = {"northlight": ADA, "kettle": ROBIN}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A stack of its own, because its clock is moved by weeks."""
    folder = tmp_path_factory.mktemp("policy")
    shutil.copytree(shops.FILE.parent / "policies", folder / "policies")
    basis = 'adverts = { basis = "existing_customer" }\n'
    policy = shops.FILE.read_text(encoding="utf-8")
    assert policy.count(basis) == 1
    policy = policy.replace(basis, f"{basis}withdrawal = {{ wait_for_goods = true }}\n")
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    started = testing.start(tmp_path_factory.mktemp("law"), folder / "policy.toml")
    yield Outside(started)
    assert started.stop() == 0


def call(law: Outside, function: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = law.invoke(function, json.dumps(event))
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def act(law: Outside, shop: str, ref: str, action: str, **fields: str) -> dict[str, Any]:
    event = {"shop": shop, "reference": ref, "agent": AGENTS[shop], "action": action}
    return call(law, "act_on_ticket", event | fields)


def days_later(law: Outside, days: int) -> None:
    """Move the clock by days, and work off what has become due, as the schedule would: a ticket that closes takes its
    other steps in the next run."""
    clock.moved(f"+{days}d", law.started.data)
    for _ in range(2):
        call(law, "escalate_overdue", {})
    until(lambda: law.owes_nothing() or None, PATIENCE, "end of all mails")


def complaint(law: Outside, shop: str, customer: str, *, opened: bool = True) -> str:
    """A complaint by the shop's own form, which says that one may object to adverts, dealt with and closed. `opened`:
    whether the owner of the address opens the link of a mail in a browser."""
    posted = law.post_json(f"/shops/{shop}/tickets", form(customer, advert_notice=True))
    assert posted.status == 201, posted.data
    ref: str = posted.json()["reference"]
    law.mail_to(customer, ref)
    if opened:
        law.request("GET", law.page_of(customer, ref), headers={"Sec-Fetch-Mode": "navigate"})
    act(law, shop, ref, "answer", text="A new shade is on its way.")
    act(law, shop, ref, "close", outcome="settled", reason="By telephone.")
    return ref


def headers(law: Outside, mail: Mail) -> Message:
    return email.message_from_bytes(law.raw(mail))


def adverts(law: Outside, customer: str) -> list[Mail]:
    return [mail for mail in law.mails(customer) if headers(law, mail)["List-Unsubscribe"]]


def test_adverts_go_on_a_basis_only_and_end_with_one_request(law: Outside) -> None:
    basis, none, stranger = someone(), someone(), someone()
    complaint(law, "kettle", basis)
    complaint(law, "kettle", stranger, opened=False)
    complaint(law, "northlight", none)
    days_later(law, 3)
    (advert,) = until(lambda: adverts(law, basis), SOON, "advert")
    assert adverts(law, none) == adverts(law, stranger) == []
    assert law.mail_count(none) >= 2  # the confirmation and the answer
    said = headers(law, advert)
    assert said["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(said["List-Unsubscribe"]).strip("<>")
    assert link in law.message(advert)["Text"]

    ended = law.request("POST", link, fields={"List-Unsubscribe": "One-Click"}, encode_multipart=False)
    assert ended.status == 200
    ref = complaint(law, "kettle", basis)
    days_later(law, 3)
    assert adverts(law, basis) == [advert]
    assert [mail for mail in law.mails(basis) if ref in mail.subject]  # service mails go on


def withdrawn(law: Outside, shop: str, customer: str) -> str:
    """Withdraw by the shop's function: two pages, without cookies. The statement is confirmed twice, as by a double
    click, and is one withdrawal."""
    fields = {"name": "Mira Holm", "contract": "nobody knows this number", "email": customer, "language": "en"}
    stated = law.request("POST", f"/shops/{shop}/withdraw", fields=fields, encode_multipart=False)
    assert stated.status == 200
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(stated.data.decode())}
    for _ in range(2):
        confirmed = law.request("POST", f"/shops/{shop}/withdrawals", fields=hidden, encode_multipart=False)
        assert confirmed.status == 303, confirmed.data
    mail = law.mail_to(customer)
    text = " ".join(law.message(mail)["Text"].split())
    assert "nobody knows this number" in text
    assert re.search(r"\d{4}, \d\d:\d\d \(", text), "the day, and the time to the minute"
    assert law.tickets_by_customer()[customer] == 1
    ref = re.search(r"\b(?:NL|KC)-[0-9A-Z]{5}-[0-9A-Z]{5}\b", mail.subject)
    assert ref
    return ref[0]


def clocks(law: Outside, shop: str, ref: str) -> list[str]:
    """The names of the clocks that run."""
    return [each["name"] for each in act(law, shop, ref, "change")["clocks"]]


def told(law: Outside, agent: str, ref: str) -> list[str]:
    """The subjects of mails to an agent that a refund of this ticket is overdue."""
    subjects = [mail.subject for mail in law.mails(agent) if ref in mail.subject]
    return [subject for subject in subjects if "Refund" in subject and "overdue" in subject]


def test_a_refund_is_escalated_after_fifteen_days_and_waits_only_where_the_policy_says_so(law: Outside) -> None:
    at_once = withdrawn(law, "northlight", someone())
    waits = withdrawn(law, "kettle", someone())
    for shop, ref in (("northlight", at_once), ("kettle", waits)):
        act(law, shop, ref, "answer", text="Please send it back.")
    assert "refund" in clocks(law, "northlight", at_once)
    assert "refund" not in clocks(law, "kettle", waits)
    days_later(law, 15)
    until(lambda: told(law, ADA, at_once), SOON, f"overdue refund in {[m.subject for m in law.mails(ADA)]}")
    assert told(law, ROBIN, waits) == []

    act(law, "kettle", waits, "goods_back")
    assert "refund" in clocks(law, "kettle", waits)
    days_later(law, 7)
    until(lambda: told(law, ROBIN, waits), SOON, f"overdue refund in {[m.subject for m in law.mails(ROBIN)]}")
