"""What mail gateways add around a person's words, and words that only sound like it."""

import pytest

from chalicelib.mail.gateways import gateway_notices, gateway_warnings
from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.reading import read
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

Sie erhalten nicht oft eine E-Mail von kim@example.com. Erfahren Sie, warum dies wichtig
ist<https://aka.ms/LearnAboutSenderIdentification>

Vous n'obtenez pas souvent d'e-mail à partir de kim@example.com. Découvrez pourquoi cela est
important<https://aka.ms/LearnAboutSenderIdentification>

No suele recibir correo electrónico de kim@example.com. Descubra por qué esto es
importante<https://aka.ms/LearnAboutSenderIdentification>

U ontvangt niet vaak e-mail van kim@example.com. Meer informatie over waarom dit belangrijk
is<https://aka.ms/LearnAboutSenderIdentification>

Du får ikke ofte mails fra kim@example.com. Få mere at vide om, hvorfor dette er
vigtigt<https://aka.ms/LearnAboutSenderIdentification>

Nie otrzymujesz często wiadomości e-mail z adresu kim@example.com. Dowiedz się, dlaczego jest to
ważne<https://aka.ms/LearnAboutSenderIdentification>

Некоторые пользователи, получившие это сообщение, нечасто получают электронную почту от kim@example.com.
Подробнее<https://aka.ms/LearnAboutSenderIdentification>

kim@example.com からのメールを受け取る機会は多くありません。 これが重要な理由についてはこちら<https://aka.ms/LearnAboutSenderIdentification>

[You don't often get email from kim@example.com. Learn why this is important at
https://aka.ms/LearnAboutSenderIdentification ]

ZjQcmQRYFpfptBannerStart
This Message Is From an External Sender
This message came from outside your organization.
ZjQcmQRYFpfptBannerEnd

ACHTUNG: Diese E-Mail stammt von außerhalb der Organisation. Klicken Sie auf keine Links.

EXTERNE E-MAIL: Bitte Vorsicht beim Öffnen von Anhängen und Links.

⚠ External sender. Be careful with links.

UWAGA: Ta wiadomość pochodzi spoza organizacji. Nie klikaj linków ani nie otwieraj załączników.

OBS: Detta mejl kommer från en extern avsändare. Klicka inte på länkar.

ADVARSEL: Denne e-mail kommer fra en ekstern afsender. Klik ikke på links.

ВНИМАНИЕ: Это письмо получено от внешнего отправителя. Не переходите по ссылкам.

注意：此邮件来自外部，请勿点击链接。

POZOR: Tento e-mail přišel z vnějšku organizace. Neklikejte na odkazy.

ATENÇÃO: Este e-mail foi enviado por um remetente externo. Não clique em links.

WARNING: This email was sent from outside Northlight Ltd. Please verify the sender.
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

This email and any files transmitted with it are confidential and intended solely for the use of the
individual or entity to whom they are addressed. If you have received this email in error please notify the
system manager.

CONFIDENTIALITY NOTICE: This e-mail is confidential and may be privileged.

The contents of this email message and any attachments are intended solely for the addressee(s) and may
contain confidential and/or privileged information.

NOTICE: This e-mail message, including any attachments and appended messages, is for the sole use of the
intended recipients and may contain confidential and legally privileged information.

This message is confidential and intended only for the addressee. If you are not the addressee, please notify
us and delete it. We accept no liability for viruses.

Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den bezeichneten Adressaten bestimmt.

AVISO LEGAL: Este correo electrónico y sus anexos pueden contener información confidencial. Si no es el
destinatario, bórrelo.

Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su destinatario, pudiendo contener
información confidencial sometida a secreto profesional.

AVIS DE CONFIDENTIALITÉ : Ce courriel est confidentiel et destiné uniquement à la personne désignée. Si vous
l'avez reçu par erreur, veuillez le détruire.

Le informazioni contenute in questo messaggio sono riservate ed esclusivamente per il destinatario. Chi
ricevesse il messaggio per errore è pregato di distruggerlo.

Ai sensi del Regolamento UE 2016/679 si precisa che le informazioni contenute in questo messaggio sono
riservate e a uso esclusivo del destinatario.

De informatie in dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Indien u dit
bericht ten onrechte ontvangt, verzoeken wij u de afzender te informeren.

Denne e-mail og eventuelle vedhæftede filer er fortrolige og kun beregnet til den anførte modtager. Hvis du
ved en fejl har modtaget den, bedes du slette den.

Detta meddelande är konfidentiellt och avsett endast för adressaten. Om du fått det av misstag, vänligen
radera det.

Ta wiadomość jest poufna i przeznaczona wyłącznie dla adresata. Jeżeli otrzymali ją Państwo przez pomyłkę,
prosimy o jej usunięcie.

Tento e-mail je důvěrný a je určen výhradně adresátovi. Pokud jste jej obdrželi omylem, prosíme o jeho
smazání.

Настоящее сообщение содержит конфиденциальную информацию и предназначено только для адресата. Если Вы получили
его по ошибке, удалите его.

Esta mensagem pode conter informação confidencial e destina-se exclusivamente ao destinatário. Se a recebeu
por engano, por favor apague-a.

Bu e-posta gizli bilgiler içerebilir ve yalnızca alıcısı için hazırlanmıştır. Yanlışlıkla aldıysanız lütfen
siliniz.

Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle. Jos olet saanut sen vahingossa, poista
se.

本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。禁止任何其他人以任何形式使用。

This email has been scanned for viruses and malware, and may have been automatically archived by Mimecast Ltd,
an innovator in Software as a Service (SaaS) for business.

This email has been scanned by the Symantec Email Security.cloud service.
For more information please visit http://www.symanteccloud.com

Scanned by Hornetsecurity

Este correo electrónico ha sido comprobado en busca de virus con Avast antivirus.
www.avast.com

Sans virus.www.avast.com

Bez wirusów.www.avast.com

Без вирусов.www.avast.com

Neobsahuje žádné viry.www.avast.com

Virusfri. www.avast.com

Ei viruksia. www.avast.com

Vírusmentes.www.avast.com

Virüs bulunmuyor.www.avast.com

Não contém vírus.www.avast.com

不含病毒。www.avast.com

Registered in England and Wales No. 01234567. Registered office: 1 High Street, London EC1A 1AA.

Northlight GmbH | Geschäftsführer: Ole Berg | Amtsgericht Hamburg HRB 12345 | USt-IdNr. DE123456789

P Please consider the environment before printing this e-mail

🌱 Avant d'imprimer, pensez à l'environnement.
""".strip().split("\n\n")
LABELS = [
    "Classification: Internal",
    "Classified as Confidential",
    "Vertraulichkeitsstufe: intern",
    "[Public]",
    "Sensitivity: General",
]
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
Antivirus: www.avast.com
Please use www.avast.com
Against viruses we recommend www.norton.com
This message contains a virus, says Avast; please delete it.
Northlight Ltd is registered in England, No. 01234567.
Die USt-IdNr. lautet DE123456789, das Amtsgericht ist Hamburg.
This e-mail is confidential, please keep the price to yourself and don't forward or distribute it; it is only for the
  addressee of the offer.
This message is from an external sender and pretends to be DHL. Please delete it.
Caution: this email comes from outside the company and asks for money; it is fake, please ignore it.
Achtung: Diese E-Mail ist gefälscht und stammt von einem externen Absender.
Cet e-mail est un faux, il vient d'un expéditeur externe.
Este correo es falso, viene de un remitente externo.
Ta wiadomość jest fałszywa, pochodzi spoza organizacji.
Это письмо поддельное, оно от внешнего отправителя.
External message boards are fine.
This message was scanned by Kaspersky and it found the file label.pdf infected.
The information is confidential and privileged; any disclosure needs the consent of the seller, not the addressee.
Disclaimer: the content of the box may differ. Unauthorised use of the confidential pin is forbidden to everybody else.
Notice: the information in the app is confidential, unauthorised copying is prohibited by the manufacturer.
If you are not the addressee of the confidential letter, give it back to the carrier, please, unopened and soon.
Learn more at https://aka.ms/LearnAboutSenderIdentification
Virus-free: https://www.avast.com
Ta wiadomość nie pochodzi od nas, ale spoza organizacji. Proszę nie klikać linków.
Det mejlet kom inte från oss utan från en extern avsändare.
Это письмо пришло не от нас, а от внешнего отправителя.
这封邮件不是我们发的，来自外部，请勿点击链接。
Ta wiadomość jest poufna, proszę jej nikomu nie pokazywać i nie przesyłać dalej: kod jest wyłącznie dla Pani.
Este correo contiene un código confidencial exclusivamente para usted; su pedido sale mañana, no lo comparta con nadie.
The information on this page is addressed to dealers only and confidential; please do not pass it on to others.
The email was addressed to the wrong shop and is confidential, sorry, please delete it and write to us again here.
Disclaimer
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


def test_a_label_is_cut_off_at_both_ends() -> None:
    for label in LABELS:
        assert answer(f"{label}\n\nWe send one.\n\n{label}\n\n{BLOCK}").new == "We send one."


@pytest.mark.parametrize(
    "heading", ["Disclaimer", "Avis légal", "*Legal notice*", "Haftungsausschluss:", "Aviso legal"]
)
def test_a_heading_goes_with_its_notice(heading: str) -> None:
    assert answer(f"We send one.\n\n{heading}\n\n{BELOW[0]}\n\n{BLOCK}").new == "We send one."
    assert answer(f"{heading}\n\n{BELOW[0]}\n\n{BELOW[1]}\n\n{BLOCK}").new == ""


def test_a_banner_between_marks_may_have_paragraphs() -> None:
    banner = "ZjQcmQRYFpfptBannerStart\n\nA sender\n\nin any words\n\nZjQcmQRYFpfptBannerEnd"
    assert answer(f"{banner}\n\nWe send one.\n\n{BLOCK}").new == "We send one."
    unended = "ZjQcmQRYFpfptBannerStart\n\nWe send one."
    assert answer(f"{unended}\n\n{BLOCK}").new == unended


@pytest.mark.parametrize("above", ["Our details:", "Das steht unter unseren E-Mails:"])
def test_what_a_person_announces_stays(above: str) -> None:
    for notice in BELOW:
        text = f"Hi Kim,\n\n{above}\n\n{notice}".rstrip()
        assert answer(f"{text}\n\n{BLOCK}").new == text


PARTICULARS = "Northlight GmbH, Amtsgericht Hamburg HRB 12345, USt-IdNr. DE123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"Hi Kim,\n\n{PARTICULARS}",
        f"Hi Kim,\n\n{PARTICULARS}, Geschäftsführer: Ole Berg",
        f"Hi Kim,\n\nthanks.\n\n{PARTICULARS}",
        "Hi Kim,\n\nthanks.\n\nRegistered in the app with No. 12345",
    ],
)
def test_a_companys_particulars_may_be_the_answer(text: str) -> None:
    assert answer(f"{text}\n\n{BLOCK}").new == text
    assert answer(f"{PARTICULARS}\n\n{BLOCK}").new == ""


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
