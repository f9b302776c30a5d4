"""Our own mails come back to us: sent to an address of the shop's own, or forwarded here by an agent's mail server.
Nothing of it opens a ticket, is answered, or goes round and round. The stack runs in loop mode."""

import re
from typing import Any

from tests.support.stack.local_stack import PATIENCE, Mail, Outside, form, someone, until, written

ALIAS, CARE = "care@northlight.example", "care@help.northlight.example"
ADA, TOM = "ada@northlight.example", "tom@northlight.example"


def items(outside: Outside, prefix: str, sk: str) -> list[dict[str, Any]]:
    """The table's items whose keys begin so."""
    pages = (
        outside.table()
        .get_paginator("scan")
        .paginate(
            TableName=outside.started.stack.outputs["TableName"],
            ConsistentRead=True,
            FilterExpression="begins_with(pk, :pk) AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": prefix}, ":sk": {"S": sk}},
        )
    )
    return [item for page in pages for item in page["Items"]]


def outcomes(outside: Outside) -> list[str]:
    return [item["outcome"]["S"] for item in items(outside, "RAW#", "RAW") if "outcome" in item]


def tickets(outside: Outside) -> set[str]:
    return {item["pk"]["S"] for item in items(outside, "TICKET#", "TICKET")}


def mails(outside: Outside) -> list[Mail]:
    return [mail for address in (ALIAS, CARE, ADA, TOM) for mail in outside.mails(address)]


def received(outside: Outside, number: int) -> None:
    until(lambda: len(outcomes(outside)) >= number, PATIENCE, f"{number} outcomes")


def settled(outside: Outside, reference: str) -> None:
    """Once everything the ticket and its messages owe is sent."""

    def nothing_owed() -> bool:
        owing = items(outside, f"TICKET#{reference}", "")
        return all(
            '"owed"' not in str(item.get("outbox")) and "queued" not in str(item.get("outbox")) for item in owing
        )

    until(nothing_owed, PATIENCE, "settled outbox")


def test_a_confirmation_to_the_shops_own_address_joins_its_ticket_and_is_not_answered(outside: Outside) -> None:
    before = len(outcomes(outside))
    reference = outside.post_json("/shops/northlight/tickets", form(ALIAS)).json()["reference"]
    confirmation = outside.mail_to(ALIAS, reference)
    received(outside, before + 1)
    had = tickets(outside)
    assert f"TICKET#{reference}" in had
    _nothing_follows(outside, had)
    assert [mail.id for mail in outside.mails(ALIAS) if reference in mail.subject] == [confirmation.id]


def test_what_agents_get_opens_nothing_when_their_mail_server_forwards_it_here(outside: Outside) -> None:
    customer = someone()
    reference = outside.post_json("/shops/northlight/tickets", form(customer)).json()["reference"]
    confirmation, told = outside.mail_to(customer, reference), outside.mail_to(ADA, reference)
    settled(outside, reference)
    had, before, sent = tickets(outside), len(outcomes(outside)), len(outside.mails(customer))
    for mail in (told, confirmation):
        outside.send(as_it_came(outside, mail), CARE, ALIAS)
    received(outside, before + 2)
    _nothing_follows(outside, had)
    assert len(outside.mails(customer)) == sent
    assert len([mail for mail in outside.mails(ADA) if reference in mail.subject]) == 1


def test_nor_does_a_link_to_sign_in(outside: Outside) -> None:
    page = outside.request("GET", "/desk/login").data.decode()
    fields = {"email": ADA} | dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    known = {mail.id for mail in outside.mails(ADA)}
    outside.request("POST", "/desk/login", fields=fields, encode_multipart=False, headers={"Origin": outside.url})
    link = until(lambda: next((m for m in outside.mails(ADA) if m.id not in known), None), PATIENCE, "link")
    had, before = tickets(outside), len(outcomes(outside))
    outside.send(as_it_came(outside, link), CARE, ALIAS)
    received(outside, before + 1)
    _nothing_follows(outside, had)


def as_it_came(outside: Outside, mail: Mail) -> bytes:
    """Without the envelope the mailbox keeps on top of it."""
    return re.sub(rb"\A(?:(?:Return-Path|Delivered-To):[^\n]*\n)+", b"", outside.raw(mail))


def _nothing_follows(outside: Outside, had: set[str]) -> None:
    """A customer's mail after it is confirmed, and by then nothing else has come of what came back."""
    known, customer = {mail.id for mail in mails(outside)}, someone()
    outside.send(written(customer, CARE, "A lamp", "Where is my lamp?"), customer, CARE)
    outside.mail_to(customer)
    (new,) = tickets(outside) - had
    settled(outside, new.removeprefix("TICKET#"))
    later = [mail for mail in mails(outside) if mail.id not in known]
    assert all(new.removeprefix("TICKET#") in mail.subject for mail in later), later
