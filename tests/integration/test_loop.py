"""Our own mails return to us: sent to the shop's own address, or forwarded here by an agent's mail server. None opens a
ticket, is answered, or starts a loop. The stack runs in loop mode."""

import re

from tests.support.stack.local_stack import PATIENCE, Mail, Outside, form, someone, until, written

ALIAS, CARE = "care@northlight.example", "care@help.northlight.example"
ADA, TOM = "ada@northlight.example", "tom@northlight.example"


def outcomes(outside: Outside) -> list[str]:
    return [item["outcome"]["S"] for item in outside.items("RAW#", "RAW") if "outcome" in item]


def tickets(outside: Outside) -> set[str]:
    return {item["pk"]["S"] for item in outside.items("TICKET#", "TICKET")}


def mails(outside: Outside) -> list[Mail]:
    return [mail for address in (ALIAS, CARE, ADA, TOM) for mail in outside.mails(address)]


def received(outside: Outside, number: int) -> None:
    until(lambda: len(outcomes(outside)) >= number, PATIENCE, f"{number} outcomes")


def settled(outside: Outside, reference: str) -> None:
    """Wait until everything that the ticket and its messages owe was sent."""

    def nothing_owed() -> bool:
        owing = outside.items(f"TICKET#{reference}")
        return all(
            '"owed"' not in str(item.get("outbox")) and "queued" not in str(item.get("outbox")) for item in owing
        )

    until(nothing_owed, PATIENCE, "settled outbox")


def test_an_acknowledgement_to_the_shops_own_address_joins_its_ticket_and_is_not_answered(outside: Outside) -> None:
    before = len(outcomes(outside))
    reference = outside.post_json("/shops/northlight/tickets", form(ALIAS)).json()["reference"]
    confirmation = outside.mail_to(ALIAS, reference)
    received(outside, before + 1)
    had = tickets(outside)
    assert f"TICKET#{reference}" in had
    _nothing_follows(outside, had)
    assert [mail.id for mail in outside.mails(ALIAS) if reference in mail.subject] == [confirmation.id]


def test_agents_mails_forwarded_here_open_no_ticket(outside: Outside) -> None:
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


def test_a_sign_in_mail_forwarded_here_opens_no_ticket(outside: Outside) -> None:
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
    """The mail without the envelope that the mailbox adds at the top."""
    return re.sub(rb"\A(?:(?:Return-Path|Delivered-To):[^\n]*\n)+", b"", outside.raw(mail))


def _nothing_follows(outside: Outside, had: set[str]) -> None:
    """A customer's later mail was acknowledged, and by then the returned mails have had no further effect."""
    known, customer = {mail.id for mail in mails(outside)}, someone()
    outside.send(written(customer, CARE, "A lamp", "Where is my lamp?"), customer, CARE)
    outside.mail_to(customer)
    (new,) = tickets(outside) - had
    settled(outside, new.removeprefix("TICKET#"))
    later = [mail for mail in mails(outside) if mail.id not in known]
    assert all(new.removeprefix("TICKET#") in mail.subject for mail in later), later
