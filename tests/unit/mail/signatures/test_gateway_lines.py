"""What mail gateways add around a person's words, and words that only sound like it."""

import pytest

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.reading import read
from chalicelib.mail.signatures import gateway_lines
from tests.unit.mail.mails import mail

ADDED = """
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

Caution: this message was received from outside your organization.

Please consider the environment before printing this email.

Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.
""".strip().split("\n\n")
WORDS = """
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
""".strip().split("\n")
BLOCK = (
    "From: Care <care@shop.example>\nSent: Saturday, November 28, 2026 2:50 AM\nTo: Ada\nSubject: Parcel\n\nINTERNAL"
)
QUOTED = "On 28 Nov 2026, at 10:12, Care <care@shop.example> wrote:\n\n> INTERNAL\n"


def answer(text: str) -> InboundMail:
    return read(mail(text, subject="RE: Parcel", in_reply_to="<1@shop.example>"))


@pytest.mark.parametrize("added", ADDED)
@pytest.mark.parametrize("below", ["", BLOCK, QUOTED], ids=["nothing", "block", "quoted"])
def test_alone_it_is_no_word(added: str, below: str) -> None:
    for text in (added, f"{added}\n\n{ADDED[0]}", f"Sent from my iPhone\n\n{added}", f"-- \nAda\n\n{added}"):
        assert answer(f"{text}\n\n{below}").new == ""


@pytest.mark.parametrize("added", ADDED)
def test_around_words_it_is_cut_off(added: str) -> None:
    for text in (f"{added}\n\nWe send one.", f"We send one.\n\n{added}", f"{added}\n\nWe send one.\n\n{added}"):
        assert answer(f"{text}\n\n{BLOCK}").new == "We send one."


@pytest.mark.parametrize("words", WORDS)
def test_a_persons_words_stay(words: str) -> None:
    assert not gateway_lines.gateways(words)
    for text in (f"{words}\n\nWe send one.", f"We send one.\n\n{words}"):
        assert answer(f"{text}\n\n{BLOCK}").new == text


@pytest.mark.parametrize(
    "line",
    ["----- Antwort -----", "----- Svar -----", "----- 原消息 -----", "_____ Reply from you _____", "=== Re: x ==="],
)
def test_an_unknown_separator_alone_is_no_word(line: str) -> None:
    assert answer(f"{line}\n\n{QUOTED}").new == ""
    assert answer(line).new == ""


def test_a_customers_reply_keeps_all() -> None:
    assert answer(ADDED[0]).reply == ADDED[0]
