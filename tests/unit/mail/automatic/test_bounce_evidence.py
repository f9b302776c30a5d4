"""A mail about a failed delivery is a bounce only with evidence that only mail systems send; words alone can be a
person's."""

import pytest

from chalicelib.mail.inbound import Bounce, Mark, MarkCode
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, part

# What customers and couriers write about parcels every day: subject and text.
OF_PARCELS = [
    ("Undelivered parcel 5560", "My parcel has not been delivered. Where is it?"),
    ("Undeliverable: parcel 5562", "It came back as undeliverable. Recipient unknown, they say, but I live here."),
    ("Delivery failure: my lamp never came", "Delivery failed again. The courier says the address does not exist."),
    ("Returned mail, please resend", "Your letter with the invoice was returned to sender. 550 Euro are at stake!"),
    ("Returned to sender", "The parcel was returned because the recipient was not found. Mailbox full of leaflets!"),
    ("Failed delivery 7781", "The following address could not be delivered to: Elm Road 5. No such recipient."),
    ("Message you sent", "The message you sent says the lamp was rejected by customs. User unknown at the desk."),
    ("Parcel rejected", "I rejected the parcel. It has been blocked at customs. Delivery attempt on Monday."),
    ("Not delivered within 3 days", "You promised three days, and it was not delivered within 5. I have given up."),
    ("Mail delivery problem", "The mail could not be delivered, the postman says. Unable to deliver: no doorbell."),
    ("Paket nicht zugestellt 5570", "Das Paket konnte nicht zugestellt werden, Empfänger unbekannt. Ich wohne hier!"),
    ("Unzustellbar: Sendung 4411", "Die Sendung ist nicht zustellbar und geht zurück. Bitte um neue Anschrift."),
    ("Rückläufer 4412", "Der Rückläufer liegt bei uns. Die Annahme wurde verweigert."),
    ("Zustellung fehlgeschlagen", "Der Fahrer schreibt: Zustellung fehlgeschlagen, Adresse existiert nicht."),
    ("Nachricht konnte nicht gelesen werden", "Der Zettel war nass. Das Paket konnte nicht ausgeliefert werden."),
    ("Colis non remis", "Le colis n'a pas pu être livré, destinataire inconnu. J'habite pourtant ici."),
    ("Échec de livraison 88", "Le colis a été renvoyé: non remis, adresse inconnue."),
    ("Non délivré", "Mon colis est non délivré depuis lundi."),
    ("No entregado 33", "El paquete no se pudo entregar, destinatario desconocido."),
    ("No se pudo entregar el paquete", "Dicen que la dirección no existe. No se pudo entregar."),
    ("Mancata consegna 12", "Il pacco non è stato consegnato, destinatario sconosciuto."),
    ("Consegna non riuscita", "Impossibile recapitare, dice il corriere. Io abito qui."),
    ("Onbestelbaar pakket", "Het pakket is onbestelbaar en gaat terug. Ontvanger onbekend."),
    ("Pakket niet bezorgd", "Het pakket kon niet worden bezorgd: adres onbekend."),
    ("Não entregue: encomenda 5", "A encomenda não pôde ser entregue, destinatário desconhecido."),
    ("Niedoręczona paczka", "Paczka nie dostarczona, adresat nieznany."),
    ("Посылка не доставлено", "Посылка не доставлено, адресат неизвестен. Не удалось доставить."),
    ("配信エラー: 荷物", "荷物が配達できませんでした。送達されませんでした。宛先不明です。"),
    ("未送達の荷物", "荷物が届きません。配達できませんと書いてあります。"),
    ("退信", "包裹无法投递，收件人不存在。"),
]  # fmt: skip
# Possible senders of these mails, and the way the mails came.
WAYS: list[dict[str, str]] = [
    {},
    {"list_unsubscribe": "<https://crm.example.net/u/9>", "list_id": "<crm.example.net>"},
    {"precedence": "bulk"},
    {"auto_submitted": "auto-generated", "x_auto_response_suppress": "All"},
    {"from": "Petra Kuhn <petra@ndr.example>"},
    {"from": "Jo Ash <jo@mta.bounce.example>"},
    {"from": "Swift Parcel <no-reply@mail-delivery.example>"},
    {"from": "Mail Delivery System <claims@swiftparcel.example>"},
    {"from": "Pia Postmaster <pia@example.com>"},
    {"from": "Bounce House <bounce@house.example>"},
    {"return_path": "<>"},
    {"from": "Kleine Firma <postmaster@kleine-firma.example>"},
    {"from": "Kleine Firma <postmaster@kleine-firma.example>", "return_path": "<>"},
    {"from": "IT System Administrator <it@kunde.example>", "return_path": "<>"},
    {"from": "Post Master <pm@x.example>", "return_path": "<>"},
    {"from": '"Mail Delivery" <kim@example.com>', "return_path": "<>"},
    {"from": "Parcel Delivery System <noreply@dhl.example>", "return_path": "<>", "auto_submitted": "auto-generated"},
]


@pytest.mark.parametrize(("subject", "text"), OF_PARCELS)
def test_peoples_words_about_parcels_are_no_bounce(subject: str, text: str) -> None:
    for way in WAYS:
        for said in (subject, f"Re: {subject} [NL-7K3F9-QXMT2]"):
            found = read(mail(text, subject=said, content_type="text/plain; charset=utf-8", **way))
            assert (found.bounce, found.automatic) == (None, ()), (said, way)


@pytest.mark.parametrize(("subject", "text"), OF_PARCELS)
def test_the_same_words_by_a_mail_system_are_a_bounce(subject: str, text: str) -> None:
    system = {"from": "Mail Delivery System <MAILER-DAEMON@mx.example>", "return_path": "<>"}
    text = f"{text}\n\nThe message could not be delivered to <gone@x.example>.\n"
    assert read(mail(text, subject=subject, content_type="text/plain; charset=utf-8", **system)).bounce


def test_a_persons_redirected_answer_with_history_is_no_bounce() -> None:
    text = (
        "It could not be delivered, recipient unknown!\n\n-----Original Message-----\nFrom: care@northlight.example\n"
    )
    text += "Sent: Monday, 2 March 2026 10:00\nTo: mira@example.com\nSubject: Your parcel\n\nIt is on its way.\n"
    assert read(mail(text, subject="RE: Undelivered parcel", return_path="<>")).bounce is None


def test_a_persons_mail_from_postmaster_is_read_and_not_answered_automatically() -> None:
    found = read(mail("My parcel was not delivered.", subject="Delivery", **{"from": "postmaster@firm.example"}))
    assert (found.bounce, found.automatic, found.no_auto_reply) == (None, (), (Mark(MarkCode.SENDER, "postmaster"),))


def test_a_persons_redirected_answer_from_postmaster_is_no_bounce() -> None:
    text = (
        "Why was it not delivered?\n\nOn 2 March care@northlight.example wrote:\n> Your parcel was returned to sender."
    )
    sent = {"from": "Jo Ash <postmaster@ash.example>", "return_path": "<>"}
    assert read(mail(text, subject="Re: Undelivered parcel", **sent)).bounce is None


# What people with an odd address or a redirect write about mail that came back, often with a server's words.
OF_MAIL = [
    ("Bestellung 1001", "Hallo, wo ist meine Lampe? Eure Mail an meine alte Adresse kam mit '550 5.1.1 user unknown' "
     "nicht an, bitte nehmt diese."),
    ("Your mails are rejected", "Hi, your mail could not be delivered: 550 5.7.1 SPF failed. Please fix."),
    ("Your mails are rejected", "Your mails to kim@small.example could not be delivered. Our server says:\n"
     "550 5.7.1 SPF failed\nPlease fix your SPF record."),
    ("Undelivered Mail Returned to Sender", "My mail was returned: user unknown. What is your address?"),
    ("Lamp", "Delivery failed, it says (#5.1.1), and RCPT TO: is your old address. Where is my lamp?"),
    ("Returned mail", "Mail to kim@small.example is returned by us. You wrote:\n> 550 5.1.1 user unknown\n> RCPT TO:"),
    ("Fwd: Undelivered Mail Returned to Sender", "See below.\n\n<kim@small.example>: 550 5.1.1 user unknown\n"),
    ("WG: Unzustellbar", "Siehe unten.\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text"), OF_MAIL)
@pytest.mark.parametrize(
    "who",
    [
        {"from": "Ole <postmaster@small.example>"},
        {"from": "Ole <ole@small.example>", "return_path": "<>"},
        {"from": "IT System Administrator <it@kunde.example>", "return_path": "<>"},
    ],
    ids=str,
)
def test_a_server_quoted_by_a_person_is_no_bounce(subject: str, text: str, who: dict[str, str]) -> None:
    found = read(mail(text, subject=subject, **who))
    assert (found.bounce, found.automatic) == (None, ())


@pytest.mark.parametrize("signs", ["code command", "code field", "code header", "command field"])
def test_two_different_signs_at_the_beginning_of_lines_are_the_form_of_a_report(signs: str) -> None:
    lines = {
        "code": "550 5.1.1 User unknown",
        "command": "RCPT TO: gone@x.example",
        "field": "Reporting-MTA: <rr1.x.example>",
        "header": "Message-ID: <ours@shop.example>",
    }
    who = {"from": "postmaster@mx.example", "subject": "Re:Your ticket"}
    words = "Could not be delivered because of\n\n" + "\n".join(lines[sign] for sign in signs.split())
    assert bounce(mail(words, **who)).permanent
    in_sentences = "It could not be delivered, they say " + ", ".join(lines[sign] for sign in signs.split())
    assert read(mail(in_sentences, **who)).bounce is None


# Reports of systems that send no standard report from a postmaster's or a program's address: sender, subject, text.
IN_PROSE = [
    ("Mail Administrator <postmaster@mx.t-online.example>", "Mail System Error - Returned Mail",
     "|------ Message log follows: ------|\n no valid recipients were found for this message\n"
     "|------ Failed addresses follow: ------|\n <gone@x.example> ... unknown user\n"),
    ("postmaster@qq.example", "系统退信",
     "抱歉，您的邮件被退回来了\n收件人: gone@x.example\n退信原因： 邮件无法送达。\n"),
    ("Postmaster@163.example", "系统退信/Systems bounce",
     "抱歉，您的邮件被退回来了\nUser not found: gone@x.example\n"),
    ("postmaster@naver.example", "[발송실패 안내] 주문",
     "메일 전송에 실패했습니다.\n받는사람: gone@x.example\n554 5.1.1 no such user\n"),
    ("Postmaster <postmaster@mimecast.example>", "[Postmaster] Email Delivery Failure",
     "The message you sent to gone@x.example was rejected by the server.\n550 Rejected by header\n"),
    ("Microsoft Outlook <MicrosoftExchange329e71ec@x.example>", "Undeliverable: Order",
     "Your message to gone@x.example couldn't be delivered.\nRemote Server returned '550 5.1.10 RESOLVER.ADR'\n\n"
     "Original message headers:\n\nReceived: from x\nMessage-ID: <o@shop.example>\n"),
    ("postmaster@x.example", "DELIVERY FAILURE: User gone not listed in Domino Directory",
     "Your message\n\n  Subject: Order\n\nwas not delivered to:\n\n  gone@x.example\n\nbecause it is not listed\n"),
    ("NDR Administrator <sysadmin@mms.example>", "Undeliverable Message",
     "Message could not be delivered to mobile.\n\nOriginal Message:\nFrom: care@shop.example\nTo: gone@x.example\n"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "subject", "text"), IN_PROSE, ids=[who for who, _, _ in IN_PROSE])
def test_systems_reports_in_prose_by_a_null_path_are_bounces(who: str, subject: str, text: str) -> None:
    raw = mail(text, subject=subject, return_path="<>", content_type="text/plain; charset=utf-8", **{"from": who})
    assert "gone@x.example" in bounce(raw).recipients


# Reports in a line or two, from a null path and a postmaster or a program: subject, text.
IN_FEW_WORDS = [
    ("Unzustellbar: Ihre Bestellung", "Ihre E-Mail wurde nicht an kim@x.example zugestellt, Empfänger unbekannt."),
    ("Ihre Bestellung", "Ihre E-Mail wurde nicht an kim@x.example zugestellt, Empfänger unbekannt."),
    ("Unzustellbar: Ihr Paket ist unterwegs", "Der Empfänger kim@x.example ist unbekannt."),
    ("Undeliverable: Your order", "The user kim@x.example does not exist."),
    ("[EXT] Undeliverable: Your order", "The user kim@x.example does not exist."),
    ("Non remis : Votre commande", "L'utilisateur kim@x.example n'existe pas."),
    ("No se puede entregar: Su pedido", "kim@x.example: buzón lleno"),
    ("Onbestelbaar: Uw bestelling", "De gebruiker kim@x.example bestaat niet."),
    ("Undelivered Mail Returned to Sender", "Message not delivered. Over quota."),
    ("Delivery Status Notification (Failure)", "Error: 452 4.2.2 Mailbox full"),
    ("Delivery Status Notification (Delay)", "Over quota since Mon Nov 30 2026."),
    ("Your order", "Fehler: 550 5.1.1 Empfänger unbekannt"),
    ("Your order", "Reason: 452 4.2.2 Mailbox full"),
    ("failure notice", "Message delayed. Will retry for 4 days.\nkim@x.example"),
    ("Mail delivery failed: returning message to sender", "Over quota."),
    ("Warning: could not send message for past 4 hours", "Still trying."),
    ("Returned mail: see transcript for details", "Over quota."),
]
SYSTEMS = ["postmaster@mx.example", "Mail Delivery System <noreply@mx.example>"]


@pytest.mark.parametrize("who", SYSTEMS)
@pytest.mark.parametrize(("subject", "text"), IN_FEW_WORDS)
def test_a_report_in_few_words_is_a_bounce(who: str, subject: str, text: str) -> None:
    sent = {"from": who, "return_path": "<>", "content_type": "text/plain; charset=utf-8"}
    assert bounce(mail(text, subject=subject, **sent))
    for said in (f"Re: {subject}", f"Fwd: {subject}"):
        assert read(mail(text, subject=said, **sent)).bounce is None


@pytest.mark.parametrize(("subject", "text"), IN_FEW_WORDS)
@pytest.mark.parametrize(
    "who",
    [
        {"from": "Ole <postmaster@small.example>"},
        {"from": "Ole <ole@small.example>", "return_path": "<>"},
        {"from": "IT System Administrator <it@kunde.example>", "return_path": "<>"},
        {"from": "Parcel Delivery System <noreply@dhl.example>", "return_path": "<>"},
    ],
    ids=str,
)
def test_a_few_words_with_one_hint_are_a_persons(who: dict[str, str], subject: str, text: str) -> None:
    assert read(mail(text, subject=subject, content_type="text/plain; charset=utf-8", **who)).bounce is None


# What people write with two hints: a redirect, and an address of the postmaster's.
WITH_TWO_HINTS = [
    ("Undelivered parcel", "It never came. Write to kim@x.example."),
    ("Undeliverable: parcel 5562", "My parcel came back. Write to kim@x.example."),
    ("Undelivered Mail Returned to Sender", "My mail was returned: user unknown. Which address is right?"),
    ("Failure notice for the lamp", "It broke. Write to kim@x.example."),
    ("Unzustellbar: Sendung 4411", "Die Sendung geht zurück. Schreiben Sie an kim@x.example."),
    ("Returned mail: wrong street", "Your letter came back to us. Write to the office."),
    ("Returned mail", "Your letter came back to us. Write to the office."),
    ("Reklamation: rejected", "Bitte um Antwort an kim@x.example."),
    ("Delivery", "The delivery of my parcel failed. Write to kim@x.example."),
    ("Your mails", "my mail to you was returned: '550 5.1.1 unknown'"),
    ("Bestellung", "Das Paket wurde nicht an meinen Nachbarn kim@x.example zugestellt."),
]


@pytest.mark.parametrize("who", ["Ole <postmaster@small.example>", "Kleine Firma <postmaster@kleine-firma.example>"])
@pytest.mark.parametrize(("subject", "text"), WITH_TWO_HINTS)
def test_a_person_with_two_hints_is_a_person(who: str, subject: str, text: str) -> None:
    sent = {"from": who, "return_path": "<>", "content_type": "text/plain; charset=utf-8"}
    assert read(mail(text, subject=subject, **sent)).bounce is None


def test_a_carriers_delivery_system_writes_about_parcels() -> None:
    words = "Undeliverable: recipient not found. Returned to sender. Send us a message: help@dhl.example"
    for name, is_report in (("Parcel Delivery System", False), ("Mail Delivery System", True)):
        sent = {"from": f"{name} <noreply@dhl.example>", "return_path": "<>", "subject": "Undeliverable"}
        assert (read(mail(words, **sent)).bounce is not None) == is_report


def test_a_report_names_an_address_that_is_neither_the_senders_nor_the_one_it_was_sent_to() -> None:
    words, who = "Your message could not be delivered to {}.", {"from": "postmaster@mx.example", "return_path": "<>"}
    assert bounce(mail(words.format("gone@x.example"), subject="Undeliverable", **who))
    for known in ("postmaster@mx.example", "care@help.northlight.example", "the shop"):
        assert read(mail(words.format(known), subject="Undeliverable", **who)).bounce is None


def test_a_forwarded_bounce_is_a_persons_mail() -> None:
    status = "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"
    found = read(multipart(part("My answer to you came back, see below."), part(status, "message/delivery-status")))
    assert (found.bounce, found.automatic) == (None, ())


def bounce(raw: bytes) -> Bounce:
    found = read(raw)
    assert found.bounce is not None
    assert found.automatic
    return found.bounce


ORIGINAL = part("From: care@shop.example\nTo: gone@x.example\nMessage-ID: <ours@shop.example>\n\nHi", "message/rfc822")
SYSTEM = {"from": "MAILER-DAEMON@mx.example", "subject": "."}


@pytest.mark.parametrize(
    "words",
    [
        "Your message\n\n  To: gone@x.example\n\ndid not reach the following recipient(s):\n\ngone@x.example on Mon",
        "Mail failed, returning to sender.\n\ngone@x.example: mailbox unknown",
        "failed addresses follow:\n gone@x.example ... transport smtp: 550 no",
        "An error has occurred while attempting to deliver a message for\ngone@x.example: Envelope expired",
        "gone@x.example: unknown host",
        "メールエラー通知\n\ngone@x.example",
        "次の宛先への配信に失敗しました。\n\ngone@x.example",
        "gone@x.example\n메일 전송 실패. delivery failed",
    ],
)
def test_mail_systems_phrases_are_bounces(words: str) -> None:
    assert bounce(mail(words, content_type="text/plain; charset=utf-8", **SYSTEM)).recipients == ("gone@x.example",)


@pytest.mark.parametrize(
    "evidence",
    [
        {"return_path": "<>", "from": "Mailer Daemon <robot@mx.example>"},
        {"return_path": "<>", "from": "System Administrator <postmaster@mx.example>"},
        {"return_path": "<MAILER-DAEMON>", "from": "Postmaster@mx.example"},
        {"from": "Mail Delivery Subsystem <>"},
        {"from": "MAILER-DAEMON"},
        {"from": "mail.delivery.system@mx.example"},
        {"x_failed_recipients": "gone@x.example", "from": "robot@mx.example"},
        {"sender": "mailer-daemon@mx.example", "from": "Support <support@isp.example>"},
    ],
    ids=str,
)
def test_each_evidence_with_a_phrase_is_a_bounce(evidence: dict[str, str]) -> None:
    words = "The following message could not be delivered to gone@x.example."
    assert bounce(mail(words, subject="Delivery status notification: error", **evidence))


@pytest.mark.parametrize(
    "who", [{"return_path": "<>", "from": "no-reply@isp.example"}, {"from": "postmaster@isp.example"}]
)
@pytest.mark.parametrize("form", ["original", "transcript", "fields", "headers"])
def test_a_weak_hint_with_the_form_of_a_report_is_a_bounce(who: dict[str, str], form: str) -> None:
    words = "The message could not be delivered to gone@x.example.\n\n"
    words += {
        "original": "",
        "transcript": "<gone@x.example>: 550 5.1.1 no such user\n",
        "fields": "Final-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.1.1\n",
        "headers": "Received: from a by b; Mon\nMessage-ID: <ours@shop.example>\nSubject: Your ticket\n",
    }[form]
    raw = multipart(part(words), ORIGINAL, **who) if form == "original" else mail(words, **who)
    assert bounce(raw).recipients == ("gone@x.example",)


def test_a_delivery_report_in_an_unknown_language_is_a_bounce() -> None:
    raw = multipart(
        part("Xabar yetkazilmadi."), ORIGINAL, subtype="report; report-type=delivery-status", subject="Xabar"
    )
    assert bounce(raw).recipients == ("gone@x.example",)


@pytest.mark.parametrize(
    "who", [SYSTEM, {"return_path": "<>", "from": "postmaster@mx.example", "subject": "Nedoručitelné"}]
)
@pytest.mark.parametrize("form", ["original", "transcript"])
def test_a_systems_report_form_needs_no_known_phrase(who: dict[str, str], form: str) -> None:
    words = "Zprávu nelze doručit.\n\n" + ("<gone@x.example>: 550 5.1.1 unknown\n" if form == "transcript" else "")
    raw = multipart(part(words), ORIGINAL, **who) if form == "original" else mail(words, **who)
    assert bounce(raw).recipients == ("gone@x.example",)
    assert read(mail("Dobrý den, jsme mimo kancelář.", **who)).bounce is None


def test_a_report_of_success_without_fields_is_no_bounce() -> None:
    raw = multipart(part("It arrived."), subtype="report; report-type=delivery-status", subject="Delivered: Lamp")
    assert read(raw).bounce is None


def test_a_mail_system_that_gives_up_is_a_permanent_failure() -> None:
    words = "Unable to deliver message to the following address(es).\n\n<gone@x.example>:\nOperation timed out\n"
    words += "I'm not going to try again; this message has been in the queue too long.\n"
    assert bounce(mail(words, **SYSTEM)).permanent


def _notified(kind: str, sender: str = "no-reply@sns.amazonaws.com") -> bytes:
    inner = f'{{\\"{kind}\\":\\"Bounce\\",\\"bounce\\":{{\\"bounceType\\":\\"Permanent\\",\\"bouncedRecipients\\":[{{'
    inner += '\\"emailAddress\\":\\"gone@x.example\\",\\"status\\":\\"5.1.1\\"}]},'
    inner += '\\"mail\\":{\\"messageId\\":\\"0102-ab\\"}}'
    text = f'{{\n  "Type" : "Notification",\n  "MessageId" : "77",\n  "Message" : "{inner}"\n}}\n'
    return mail(text, subject="AWS Notification Message", **{"from": f"Topic <{sender}>"})


@pytest.mark.parametrize("kind", ["notificationType", "eventType"])
def test_a_notification_within_its_envelope(kind: str) -> None:
    found = bounce(_notified(kind))
    assert (found.recipients, found.status, found.permanent) == (("gone@x.example",), "5.1.1", True)
    assert found.original_message_id == "0102-ab"


@pytest.mark.parametrize("sender", ["mira@example.com", "mira@amazonaws.com.example", "mira@notamazonaws.com"])
def test_a_pasted_notification_is_a_persons_mail(sender: str) -> None:
    assert read(_notified("notificationType", sender)).bounce is None
