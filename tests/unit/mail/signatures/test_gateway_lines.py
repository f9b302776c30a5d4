"""What mail gateways add around a person's words, and words that only sound like it."""

import pytest

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.reading import read
from chalicelib.mail.signatures import gateway_notices, gateway_warnings
from tests.unit.mail.mails import mail

ABOVE = """
[EXTERNAL EMAIL] Do not click links

[EXTERNAL]

*** EXTERNAL EMAIL *** Be careful with links and attachments.

[Extern] Vorsicht bei Links und Anhängen.

CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you
recognize the sender and know the content is safe.

WARNING: This message came from an external source. Please exercise caution.

External email: use caution with links

Achtung: Diese E-Mail stammt von einem externen Absender. Bitte öffnen Sie keine Anhänge.

Diese E-Mail kommt von außerhalb der Organisation.

ATTENTION : ce courriel provient d'un expéditeur externe.

Attenzione: mittente esterno

You don't often get email from care@help.northlight.example. Learn why this is important

Caution: this message was received from outside your organization.
""".strip().split("\n\n")
BELOW = """
Virus-free. www.avast.com

Virus-free.www.avast.com

Virenfrei. www.avast.com

Diese E-Mail wurde von Avast-Antivirussoftware auf Viren geprüft.
www.avast.com

This email has been checked for viruses by Avast antivirus software.
https://www.avast.com/antivirus

L'absence de virus dans ce courrier électronique a été vérifiée par le logiciel antivirus Avast.

This message has been scanned for viruses and dangerous content by MailScanner, and is believed to be clean.

This e-mail and any attachments are confidential and may be legally privileged. If you are not the intended recipient,
please delete it.

CONFIDENTIALITY NOTICE: The contents of this email are confidential and intended solely for the addressee.

Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich
erhalten haben, informieren Sie bitte den Absender.

Ce message est confidentiel et destiné exclusivement à son destinataire; toute diffusion est interdite.

This message is confidential; any disclosure, copying or distribution of it is prohibited and may be unlawful.

Please consider the environment before printing this email.

Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.
""".strip().split("\n\n")
WORDS = (
    """
CAUTION: the shade is hot.
Attention: this is outside the guarantee period.
Please do not click on links in that email: it was not from us.
External lamps are out of stock.
This parcel was scanned by the carrier on Monday.
Virus-like spots on the shade are no defect.
This is confidential, please.
This information is confidential; do not disclose it.
Warning: the email you got was sent by a stranger.
Hinweis: Wir liefern auch ins Ausland.
Diese Nachricht ist für Ihre Frau.
The environment of the lamp must be dry.
[We] look into it.
Attention: the parcel was sent from outside the EU, so customs may ask you for a fee.
Hinweis: Die Ware kommt von außerhalb der EU, bitte bezahlen Sie den Zoll.
Attention : le colis vient de l'extérieur de l'Union européenne.
Achtung: Das Ersatzteil kommt aus einer externen Quelle.
Warning: the cable was received from external stock and has no fuse.
The information that you gave us is confidential, and we will not disclose it to anybody: you can be sure of that.
The message that you sent is confidential, and nobody here will disclose it. We send a new lamp on Monday.
This mail was sent to you in error. Please treat it as confidential and delete it; your new lamp leaves on Monday.
Please consider the environment before you order a new one: we can repair yours.
Bitte prüfen Sie den Ausdruck, der dem Paket beiliegt.
Virus-free: yes, we cleaned the tablet.
This email did not come from our company but from an external sender, please delete it.
The message you received came from outside our company. Please do not click on the link.
Diese E-Mail kam nicht von uns, sondern von einem externen Absender. Bitte löschen Sie sie.
Diese Nachricht wurde außerhalb unserer Firma geschrieben. Bitte klicken Sie nicht auf den Link.
Ce message ne vient pas de nous, il a été envoyé par un expéditeur externe.
The message you got from us on Monday was meant for another customer. It contains confidential data and was sent to
  you in error; please delete it and do not forward or distribute it.
The message contains confidential data of somebody else and was sent in error. Please delete it and do not
  distribute it.
Die E-Mail vom Montag haben Sie versehentlich erhalten, sie enthält vertrauliche Daten eines anderen Kunden und die
  Weitergabe ist nicht gestattet. Bitte löschen Sie sie.
The information in the email you got was confidential and sent in error; please delete it, we are sorry about the
  disclosure.
This message is for Kim only, as the code is confidential and intended for you; any copying or distribution is
  prohibited.
The email was sent to you by our external partner DHL with a link to track it.
Hinweis: Die Nachricht vom externen Dienstleister (DHL) mit der Sendungsnummer kommt morgen.
Warning: an external message appears on the display when the lamp is too hot.
Warning: email from outside the EU may be slow at our company.
Attention: use only the external adapter; the e-mail with the manual comes from our company.
Caution: the message you got from an external sender is a scam.
This email was checked for viruses, so you can open the invoice.
The mail was scanned for viruses by our IT and is clean.
[External lamp] is in stock, click here: https://shop.example/x
[External] lamps are out of stock.
(External use only): trust the label.
[Extern 4TB] Festplatte, Anhang siehe unten
*External monitor*: please see the attached manual
[EXTERNAL] The manual is attached.
bitte denken Sie an die Umwelt: Den Retourenschein müssen Sie nicht drucken.
Please think before you print: the label must be A4.
Consider the environment before you print this label; the QR code is enough.
virus-free www.avast.com is what you should install.
https://www.avast.com
""".strip()
    .replace("\n  ", " ")
    .split("\n")
)
BLOCK = (
    "From: Care <care@shop.example>\nSent: Saturday, November 28, 2026 2:50 AM\nTo: Ada\nSubject: Parcel\n\nINTERNAL"
)
QUOTED = "On 28 Nov 2026, at 10:12, Care <care@shop.example> wrote:\n\n> INTERNAL\n"


def answer(text: str) -> InboundMail:
    return read(mail(text, subject="RE: Parcel", in_reply_to="<1@shop.example>"))


@pytest.mark.parametrize("below", ["", BLOCK, QUOTED], ids=["nothing", "block", "quoted"])
def test_alone_it_is_no_word(below: str) -> None:
    for added in ABOVE + BELOW:
        assert answer(f"{added}\n\n{below}").new == ""
    for added in BELOW:
        for text in (f"{ABOVE[0]}\n\n{added}", f"Sent from my iPhone\n\n{added}", f"-- \nAda\n\n{added}"):
            assert answer(f"{text}\n\n{below}").new == ""


@pytest.mark.parametrize("above", ABOVE)
def test_a_warning_is_cut_off_above_words_only(above: str) -> None:
    assert answer(f"{above}\n\nWe send one.\n\n{BLOCK}").new == "We send one."
    assert answer(f"{above}\n\nWe send one.\n\n{BELOW[0]}\n\n{BLOCK}").new == "We send one."
    below = f"We send one.\n\n{above}"
    assert answer(f"{below}\n\n{BLOCK}").new == below


@pytest.mark.parametrize("below", BELOW)
def test_a_notice_is_cut_off_below_words_only(below: str) -> None:
    assert answer(f"We send one.\n\n{below}\n\n{BLOCK}").new == "We send one."
    assert answer(f"We send one.\n\n{below}\n\n{BELOW[0]}\n\n{BLOCK}").new == "We send one."
    above = f"{below}\n\nWe send one."
    assert answer(f"{above}\n\n{BLOCK}").new == above


@pytest.mark.parametrize("words", WORDS)
def test_a_persons_words_stay(words: str) -> None:
    assert not (gateway_warnings.warning(words) or gateway_notices.notice(words))
    for text in (f"{words}\n\nWe send one.", f"We send one.\n\n{words}", words):
        for below in (BLOCK, QUOTED):
            assert answer(f"{text}\n\n{below}").new == text


@pytest.mark.parametrize(
    "line",
    ["----- Antwort -----", "----- Svar -----", "----- 原消息 -----", "_____ Reply from you _____", "=== Re: x ==="],
)
def test_an_unknown_separator_alone_is_no_word(line: str) -> None:
    assert answer(f"{line}\n\n{QUOTED}").new == ""
    assert answer(line).new == ""


def test_a_customers_reply_keeps_all() -> None:
    assert answer(ABOVE[0]).reply == ABOVE[0]
