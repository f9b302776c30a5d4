"""Customers who reply to our mails long after: their ticket is over, or gone. On a stack of its own, because its
clock is moved."""

import json
import re
from collections.abc import Iterator

import pytest

from local import clock, testing
from tests.support import shops
from tests.support.agents import ADA
from tests.support.stack.asked import CARE, SHOP, InboxQuery, acted, text_of, tickets_of
from tests.support.stack.local_stack import PATIENCE, Mail, Outside, until, written


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    started = testing.start(tmp_path_factory.mktemp("later"), shops.FILE)
    yield Outside(started)
    assert started.stop() == 0


def closed(later: Outside) -> InboxQuery:
    """A question that was answered and closed."""
    asked = InboxQuery(later)
    acted(later, asked.reference, "answer", text="It is 40 cm wide.")
    asked.answered()
    acted(later, asked.reference, "close", outcome="settled", reason="By telephone.")
    return asked


def replied(later: Outside, asked: InboxQuery, words: str) -> Mail:
    """The confirmation of a ticket that a reply to the first confirmation opens."""
    to = asked.confirmation.reply_to
    subject = f"Re: {asked.confirmation.subject}"
    later.send(written(asked.customer, to, subject, words), asked.customer, to)

    def look() -> Mail | None:
        confirmed = (mail for mail in later.mails(asked.customer) if _reference(mail) != asked.reference)
        return next(confirmed, None)

    return until(look, PATIENCE, "confirmation of another ticket")


def _reference(mail: Mail) -> str:
    """Its own reference: the subject that the customer wrote may name another before it."""
    return str(re.findall(r"\[(NL-\w{5}-\w{5})\]", mail.subject)[-1])


def test_a_reply_after_the_days_of_reopening_opens_a_ticket_that_names_the_old_one(later: Outside) -> None:
    asked = closed(later)
    clock.moved(f"+{SHOP.reopen_days + 1}d", later.started.data)
    confirmation = replied(later, asked, "It hums again, five weeks later.")
    old, new = tickets_of(later, asked.customer)
    assert (old["ref"]["S"], old["state"]["S"]) == (asked.reference, "closed")
    assert (new["ref"]["S"], new["state"]["S"]) == (_reference(confirmation), "open")
    assert new["related"]["L"] == [{"S": asked.reference}]
    assert "Answer by:" in text_of(later, later.mail_to(ADA, _reference(confirmation)))
    page = later.request("GET", later.page_of(asked.customer, _reference(confirmation))).data.decode()
    assert "It hums again, five weeks later." in page


def test_a_reply_to_a_deleted_ticket_opens_a_new_one(later: Outside) -> None:
    """The address names a ticket that is nowhere; its words reach a person all the same."""
    asked = closed(later)
    clock.moved("+400d", later.started.data)

    def deleted() -> bool:
        answer = later.invoke("purge_expired", json.dumps({}))
        assert answer.returncode == 0, answer.stderr
        return not tickets_of(later, asked.customer)

    until(deleted, PATIENCE, "deletion")
    confirmation = replied(later, asked, "Is there a smaller one too?")
    (new,) = tickets_of(later, asked.customer)
    assert (new["ref"]["S"], new["state"]["S"]) == (_reference(confirmation), "open")
    assert "related" not in new
    told = text_of(later, later.mail_to(ADA, _reference(confirmation)))
    assert "Is there a smaller one too?" in told and "Answer by:" in told
    assert CARE.partition("@")[0] in confirmation.reply_to
