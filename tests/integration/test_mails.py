"""Customers write by mail and agents answer by mail: the whole conversation over a real SMTP port."""

from tests.support.stack.local_stack import PATIENCE, Outside, form, someone, until, written

CARE, ADA = "care@help.northlight.example", "ada@northlight.example"


def test_a_mail_opens_a_ticket_once_and_is_acknowledged_once(outside: Outside) -> None:
    customer = someone()
    mail = written(
        f"Jonas Weiß <{customer}>", CARE, "Wo bleibt meine Lampe?", "Guten Tag, ich warte noch auf die Lampe."
    )
    outside.send(mail, customer, CARE)
    acknowledgement = outside.mail_to(customer)
    assert "Wo bleibt meine Lampe?" in acknowledgement.subject
    shown = outside.message(acknowledgement)
    assert "Guten Tag Jonas Weiß" in shown["Text"] or "Jonas Weiß" in shown["Text"]
    raw = outside.raw(acknowledgement)
    assert b"Auto-Submitted: auto-replied" in raw
    assert f"In-Reply-To: {mail['Message-ID']}".encode() in raw
    outside.send(mail, customer, CARE)
    _another_is_acknowledged(outside)
    assert len(outside.mails(customer)) == 1


def test_an_agents_mailed_answer_reaches_the_customer_and_the_reply_joins_the_ticket(outside: Outside) -> None:
    customer = someone()
    answer = outside.post_json("/shops/northlight/tickets", form(customer))
    reference, page = answer.json()["reference"], outside.page_of(customer)
    told = outside.mail_to(ADA, reference)
    words = "Dear Mira,\n\nwe send you a new shade today.\n\n-- \nAda\nDirect line 0123\n\n"
    words += "On Mon, Nov 23, 2026 at 10:12 Mira Holm wrote:\n> cracked"
    outside.send(written(f"Ada <{ADA}>", told.reply_to, f"Re: {told.subject}", words), ADA, told.reply_to)
    got = until(lambda: [m for m in outside.mails(customer) if "Re:" in m.subject], PATIENCE, "answer")[0]
    text = outside.message(got)["Text"]
    assert "we send you a new shade today" in text
    assert "Direct line" not in text
    raw = outside.raw(got)
    assert b"From: Northlight Lamps <care@help.northlight.example>" in raw and ADA.encode() not in raw
    assert b"Auto-Submitted" not in raw

    reply = written(customer, CARE, f"Re: {got.subject}", "Thank you!", In_Reply_To=f"<{got.message_id}>")
    outside.send(reply, customer, CARE)
    note = until(
        lambda: [m for m in outside.mails(ADA) if reference in m.subject and m.id != told.id], PATIENCE, "note"
    )[0]
    assert "Thank you!" in outside.message(note)["Text"]
    shown = outside.request("GET", page).data.decode()
    assert "we send you a new shade today" in shown and "Thank you!" in shown
    assert ADA not in shown


def test_only_an_agent_speaks_for_the_shop(outside: Outside) -> None:
    customer, stranger = someone(), someone()
    reference = outside.post_json("/shops/northlight/tickets", form(customer)).json()["reference"]
    told = outside.mail_to(ADA, reference)
    outside.send(written(stranger, told.reply_to, "Re: refund", "You get nothing."), stranger, told.reply_to)
    note = until(
        lambda: [m for m in outside.mails(ADA) if reference in m.subject and m.id != told.id], PATIENCE, "note"
    )[0]
    assert "You get nothing." in outside.message(note)["Text"]
    assert len(outside.mails(customer)) == 1


def test_an_agent_without_the_tickets_token_is_mailed_that_nothing_was_sent(outside: Outside) -> None:
    customer = someone()
    outside.post_json("/shops/northlight/tickets", form(customer))
    got = outside.mail_to(customer)
    forged = written(ADA, CARE, f"Re: {got.subject}", "We refund you.", In_Reply_To=f"<{got.message_id}>")
    outside.send(forged, ADA, CARE)
    about = got.subject.partition(": ")[2]
    told = outside.mail_to(ADA, f"not sent: {about}")
    assert "We refund you." in outside.message(told)["Text"]
    assert len(outside.mails(customer)) == 1


def test_a_reference_in_the_subject_joins_the_requester_but_not_a_stranger(outside: Outside) -> None:
    customer, stranger = someone(), someone()
    answer = outside.post_json("/shops/northlight/tickets", form(customer)).json()
    page = outside.page_of(customer)
    outside.send(written(customer, CARE, f"about {answer['reference']}", "One more thing."), customer, CARE)
    until(lambda: "One more thing." in outside.request("GET", page).data.decode(), PATIENCE, "message")
    outside.send(written(stranger, CARE, f"about {answer['reference']}", "Tell me all."), stranger, CARE)
    opened = outside.mail_to(stranger)
    assert answer["reference"] not in opened.subject.partition("[")[2]
    assert "Tell me all." not in outside.request("GET", page).data.decode()


def test_an_out_of_office_note_is_kept_but_never_answered(outside: Outside) -> None:
    customer = someone()
    answer = outside.post_json("/shops/northlight/tickets", form(customer)).json()
    got, page = outside.mail_to(customer), outside.page_of(customer)
    away = written(customer, got.reply_to, "Out of office", "I am away until Monday.", Auto_Submitted="auto-replied")
    outside.send(away, customer, got.reply_to)
    until(
        lambda: "I am away until Monday." in outside.request("GET", page).data.decode(),
        PATIENCE,
        "note",
    )
    _another_is_acknowledged(outside)
    assert len(outside.mails(customer)) == 1
    # It has the customer's own token, so an agent checks whether it is automatic; the ticket does not change.
    told = [m for m in outside.mails(ADA) if answer["reference"] in m.subject]
    assert ["Re:" in m.subject for m in told] == [False, True]


def test_a_mail_that_cannot_be_read_opens_a_ticket_that_says_so(outside: Outside) -> None:
    customer = someone()
    outside.send(f"From: {customer}\r\nMessage-ID: <{customer}>\r\n\r\n".encode(), customer, CARE)
    got = outside.mail_to(customer)
    assert "could not read" in outside.message(got)["Text"] or "cannot read" in got.subject


def test_the_other_shop_answers_with_its_own_address(outside: Outside) -> None:
    customer = someone()
    outside.send(
        written(customer, "help@care.kettle.example", "Lid", "The lid is loose."), customer, "help@care.kettle.example"
    )
    got = outside.mail_to(customer)
    assert "[KC-" in got.subject and got.reply_to.startswith("help+")


def _another_is_acknowledged(outside: Outside) -> None:
    """Streams and queues keep order well enough: earlier mails have been received by now."""
    later = someone()
    outside.send(written(later, CARE, "Hello", "A question."), later, CARE)
    outside.mail_to(later)
