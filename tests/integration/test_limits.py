"""Floods from outside on a stack with limits on: what effect they have on others."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from local import testing
from tests.support import shops
from tests.support.stack.local_stack import PATIENCE, Mail, Outside, form, until, written

CARE = {"northlight": "care@help.northlight.example", "kettle": "help@care.kettle.example"}
ADA = "ada@northlight.example"
FORGED = "dmarc=FAIL spf=FAIL dkim=FAIL"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    started = testing.start(tmp_path_factory.mktemp("limited"), shops.FILE, rate_limits="on")
    yield Outside(started)
    assert started.stop() == 0


def posts(outside: Outside, email: str, source: int = 1, shop: str = "northlight") -> dict[str, Any]:
    """The answer to a form that comes from one of this machine's many addresses."""
    http = urllib3.PoolManager(source_address=(f"127.0.1.{source}", 0), retries=False, timeout=60.0)
    fields = form(email, message=f"Words number {next(_numbers)}.", kind="question")
    headers = {"Accept": "application/json", "Idempotency-Key": str(next(_numbers))}
    answer = http.request("POST", f"{outside.url}/shops/{shop}/tickets", json=fields, headers=headers)
    assert answer.status == 201, answer.data
    return dict(answer.json())


def mailed(outside: Outside, sender: str, shop: str = "northlight", **headers: str) -> str:
    """The words by which the mail's ticket is recognised."""
    words = f"Flood {next(_numbers)} of many"
    mail = written(sender, CARE[shop], words, "See above.", **headers)
    outside.send(mail, sender, CARE[shop])
    return words


def heard(outside: Outside, words: str, to: str = ADA) -> Mail:
    return outside.mail_to(to, words)


def test_forty_forged_mails_are_not_acknowledged_and_each_notifies_agents(outside: Outside) -> None:
    victims = [f"vera@bombed{number}.example" for number in range(40)]
    words = [mailed(outside, victim, X_Local_Verdict=FORGED) for victim in victims]
    for each in words:
        heard(outside, each)
    assert [outside.mails(victim) for victim in victims] == [[]] * 40


def test_forty_spellings_of_an_address_cause_ten_mails_by_forms_and_ten_by_its_own_mails(outside: Outside) -> None:
    spelled = [f"f.lood+{number}@gmail.com" for number in range(20)]
    others = [f"floo.d+{number}@googlemail.com" for number in range(20)]
    for number, (one, other) in enumerate(zip(spelled, others, strict=True)):
        shop = ("northlight", "kettle")[number % 2]
        posts(outside, one, 10 + number, shop)
        last = mailed(outside, other, shop)
    heard(outside, last, "robin@kettle.example")
    until(lambda: _sent(outside, spelled + others) >= 20, PATIENCE, "twenty confirmations")
    assert (_sent(outside, spelled), _sent(outside, others)) == (10, 10)


def _sent(outside: Outside, addresses: list[str]) -> int:
    return sum(len(outside.mails(address)) for address in addresses)


def test_a_victims_form_is_open_after_ten_posts_in_their_name(outside: Outside) -> None:
    for source in range(10):
        posts(outside, "vera@victim.example", 50 + source)
    own = posts(outside, "vera@victim.example", 77)
    assert "quarantined" not in own
    assert (own["acknowledge_by"], bool(own["answer_by"])) == (None, True)
    heard(outside, own["reference"])


def test_the_eleventh_form_from_one_source_is_quarantined_and_says_so(outside: Outside) -> None:
    answers = [posts(outside, "often@example.org", 90) for _ in range(11)]
    assert [answer.get("quarantined", False) for answer in answers] == [False] * 10 + [True]
    assert [answers[-1][f"{name}_by"] for name in ("acknowledge", "answer", "resolve")] == [None] * 3


def test_of_twenty_five_replies_twenty_are_accepted_with_few_mails_to_agents(outside: Outside) -> None:
    posted = posts(outside, "talker@example.org", 100)
    heard(outside, posted["reference"])
    statuses = []
    for number in range(25):
        answer = outside.request("POST", posted["status_url"], fields={"message": f"Any news? {number}"})
        statuses.append(answer.status)
    assert (statuses.count(303), statuses.count(429)) == (20, 5)
    assert "Any news? 24" in answer.data.decode()
    until(lambda: len(_about(outside, posted["reference"])) >= 2, PATIENCE, "mail of the first reply")
    assert len(_about(outside, posted["reference"])) <= 3


def _about(outside: Outside, reference: str) -> list[Mail]:
    return [mail for mail in outside.mails(ADA) if reference in mail.subject]
