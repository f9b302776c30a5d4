"""Mails as people, programs and agents send them, over the SMTP port: who is the author, and who is notified."""

import uuid
from email.message import EmailMessage

import pytest

from tests.support.agents import ADA, TOM
from tests.support.stack.asked import CARE, SHOP, InboxQuery, seen_to, text_of
from tests.support.stack.local_stack import PATIENCE, Outside, form, someone, until, written


@pytest.fixture
def customer(outside: Outside) -> str:
    return someone()


def _sent(outside: Outside, mail: EmailMessage, sender: str, *to: str) -> None:
    outside.send(mail, sender, *(to or (CARE,)))


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("Website <wordpress@northlight.example>", {}),
        ("Northlight Lamps <post@platform.example>", {}),
        ("Messages <do-not-reply@market.example>", {}),
        (f"'Mira Holm' via Care <{CARE}>", {"Precedence": "list", "List_Id": "<care.lamps.example>"}),
    ],
)
def test_only_the_reply_to_address_is_acknowledged(
    outside: Outside, customer: str, sender: str, headers: dict[str, str]
) -> None:
    mail = written(sender, CARE, "Enquiry", "My lamp flickers.", Reply_To=f"Mira Holm <{customer}>", **headers)
    _sent(outside, mail, sender.rpartition("<")[2].rstrip(">"))
    assert "Mira Holm" in text_of(outside, outside.mail_to(customer))


def test_redirected_mail_notifies_agents_and_is_not_acknowledged(outside: Outside, customer: str) -> None:
    subject = f"Cracked base {uuid.uuid4().hex[:8]}"
    mail = written(customer, "info@shop.example", subject, "Again.", Auto_Submitted="auto-generated")
    _sent(outside, mail, customer)
    assert "no confirmation" in text_of(outside, outside.mail_to(ADA, subject))
    seen_to(outside)
    assert outside.mails(customer) == []


def test_a_customers_reply_through_a_crm_notifies_agents_and_is_shown(outside: Outside) -> None:
    asked = InboxQuery(outside)
    reply = written(
        asked.customer, asked.confirmation.reply_to, "Undelivered parcel", "It could not be delivered, they say!",
        List_Unsubscribe="<https://crm.example.net/u/1>",
    )  # fmt: skip
    _sent(outside, reply, asked.customer, asked.confirmation.reply_to)
    asked.told_again("It could not be delivered, they say!")
    assert "could not be delivered" in asked.shown()
    # It was not taken for a report: the address is not suppressed.
    again = InboxQuery(outside)
    assert again.confirmation


@pytest.mark.parametrize("words", ["", "\n-- \nAda Lindqvist\nDirect line 0123\n", "\nSent from my iPhone\n"])
def test_an_agents_reply_without_words_is_not_sent(outside: Outside, words: str) -> None:
    asked = InboxQuery(outside)
    quoted = (
        f"{words}\n-----Original Message-----\nFrom: {SHOP.name} <{CARE}>\nSent: Saturday, November 28, 2026 2:50 AM\n"
        f"To: Ada Lindqvist <{ADA}>\nSubject: {asked.told.subject}\n\nINTERNAL: do not tell.\n\n"
        + outside.message(asked.told)["Text"]
    )
    _sent(outside, written(ADA, asked.told.reply_to, f"RE: {asked.told.subject}", quoted), ADA, asked.told.reply_to)
    until(lambda: [m for m in outside.mails(ADA) if "not sent" in m.subject and asked.reference in m.subject],
          PATIENCE, "word that nothing was sent")  # fmt: skip
    seen_to(outside)
    assert len(outside.mails(asked.customer)) == 1
    assert "INTERNAL" not in asked.shown()


def test_an_agents_file_without_words_is_sent(outside: Outside) -> None:
    asked = InboxQuery(outside)
    quoted = "\n".join(f"> {line}" for line in outside.message(asked.told)["Text"].splitlines())
    mail = written(ADA, asked.told.reply_to, "Re: label", f"\n\nAm 28.11.26 um 02:40 schrieb {SHOP.name}:\n{quoted}\n")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="label.pdf")
    _sent(outside, mail, ADA, asked.told.reply_to)
    said = text_of(outside, asked.answered())
    assert "label.pdf" in said
    assert "How to answer" not in said and "Answer by" not in said


def test_an_agents_answer_is_sent_with_any_line_that_exchange_adds(outside: Outside) -> None:
    asked = InboxQuery(outside)
    mail = written(ADA, asked.told.reply_to, "Re:", "A silent dimmer comes.", X_Auto_Response_Suppress="DR, OOF")
    _sent(outside, mail, ADA, asked.told.reply_to)
    assert "A silent dimmer comes." in text_of(outside, asked.answered())


def test_a_customers_reply_to_all_is_the_customers(outside: Outside) -> None:
    asked = InboxQuery(outside)
    mail = written(asked.customer, ADA, "Re: Re:", "It has not come. I want my money back!", Cc=asked.told.reply_to)
    _sent(outside, mail, asked.customer, asked.told.reply_to)
    asked.told_again("I want my money back!")
    assert "I want my money back!" in asked.shown()


def test_an_agents_answer_with_us_in_copy_counts_as_the_answer(outside: Outside, customer: str) -> None:
    first, subject = f"<{uuid.uuid4().hex}@mail.example.com>", f"AW: Lampe {uuid.uuid4().hex[:8]}"
    quoted = (
        f"Hallo,\n\nwir tauschen die Lampe um.\n\nAda\n\nVon: Ole Brandt <{customer}>\n"
        f"Gesendet: Freitag, 27. November 2026 10:12\nAn: Ada Lindqvist <{ADA}>\nBetreff: Lampe summt\n\nSie summt.\n"
    )
    mail = written(ADA, f"Ole Brandt <{customer}>", subject, quoted, Cc=CARE, In_Reply_To=first, References=first)
    _sent(outside, mail, ADA)
    seen_to(outside)
    assert outside.mails(customer) == []
    reply = written(customer, CARE, "AW:", "Danke, wann kommt sie?", In_Reply_To=str(mail["Message-ID"]))
    reply["References"] = f"{first} {mail['Message-ID']}"
    _sent(outside, reply, customer)
    until(lambda: [m for m in outside.mails(ADA) if "Danke, wann kommt sie?" in outside.message(m)["Text"]],
          PATIENCE, "the reply")  # fmt: skip
    assert outside.mails(customer) == []


def test_a_mail_to_a_supplier_with_us_in_copy_acknowledges_nothing(outside: Outside) -> None:
    supplier = someone()
    text = f"When?\n\nFrom: Sales <{supplier}>\nSent: Friday\nTo: Ada <{ADA}>\nSubject: Order\n\nWe have it.\n"
    _sent(outside, written(ADA, f"Sales <{supplier}>", "RE: Order", text, Cc=CARE), ADA)
    seen_to(outside)
    assert outside.mails(supplier) == []


def test_an_agent_who_forwards_a_mail_without_a_customer_is_asked(outside: Outside) -> None:
    subject = f"Fwd: Enquiry {uuid.uuid4().hex[:8]}"
    text = (
        "---------- Forwarded message ---------\nFrom: Site <noreply@forms.example>\nDate: x\nSubject: x\n\nIt hums.\n"
    )
    _sent(outside, written(TOM, CARE, subject, text), TOM)
    about = "whose ticket this is"
    until(lambda: [m for m in outside.mails(TOM) if about in text_of(outside, m)], PATIENCE, "question")


def test_a_reply_to_the_digest_opens_no_ticket_and_its_writer_is_mailed(outside: Outside) -> None:
    words, to = f"Ada, please take {uuid.uuid4().hex[:8]}.", CARE.replace("@", "+digest@")
    _sent(outside, written(TOM, to, "Re: 30 November: nothing overdue", words), TOM, to)
    until(lambda: [m for m in outside.mails(TOM) if words in text_of(outside, m)], PATIENCE, "nobody reads it")
    assert [m for m in outside.mails(ADA) if words in text_of(outside, m)] == []


def test_mail_to_people_of_the_domain_opens_no_ticket(outside: Outside, customer: str) -> None:
    to = f"jo.miller@{SHOP.domain}"
    _sent(outside, written(customer, to, "Lunch?", "At one?"), customer, to)
    seen_to(outside)
    assert outside.mails(customer) == []


def test_an_internationalised_domain_is_one_domain_in_both_spellings(outside: Outside) -> None:
    local = f"bodo-{uuid.uuid4().hex[:8]}"
    said = form(f"{local}@bücher.example", kind="question")
    answer = outside.post_json("/shops/northlight/tickets", said).json()
    puny = f"{local}@xn--bcher-kva.example"
    page = outside.page_of(puny)
    _sent(outside, written(puny, CARE, f"Re: [{answer['reference']}]", "It is order 5509."), puny)
    shown = until(lambda: "It is order 5509." in outside.request("GET", page).data.decode(), PATIENCE, "reply")
    assert shown


def test_a_footer_about_data_is_no_data_request(outside: Outside, customer: str) -> None:
    subject = f"Lampe {uuid.uuid4().hex[:8]}"
    text = (
        "Guten Tag,\n\ndie Lampe geht nicht mehr, bitte um Ersatz.\n\nMit freundlichen Grüßen\nPraxis Halm\n"
        "Hinweise zu Ihrem Widerspruchsrecht nach Art. 21 DSGVO finden Sie unter https://halm.example/datenschutz\n"
    )
    _sent(outside, written(customer, CARE, subject, text), customer)
    assert "Kind: Question" in text_of(outside, outside.mail_to(ADA, subject))
