"""Lines that phones and mail apps put below the words, in many languages, and sentences that only begin like them."""

import pytest

from chalicelib.mail.quoting import quoting
from chalicelib.mail.reading import read
from chalicelib.mail.signatures import device_lines
from tests.unit.mail.mails import mail

LINES = """
Sent from my iPhone
Sent from my iPhone 15 Pro
Sent from my Pixel
Sent from a Pixel 8a
Sent from my Samsung Galaxy smartphone.
Sent via the Samsung Galaxy S10, an AT&T 5G smartphone
Sent from Yahoo Mail on Android
Sent from Outlook for iOS<https://aka.ms/o0ukef>
Sent from Mail for Windows 10
Sent with Proton Mail secure email.
Sent with [Proton Mail](https://proton.me/) secure email.
Sent from my T-Mobile 4G LTE Device
Sent from my Verizon Wireless BlackBerry
Sent from my mobile device
Sent from my phone, please excuse typos.
Sent from Nine
Sent with Spark
Sent via Superhuman iOS
Sent from Workspace ONE Boxer
Sent from a mobile phone
Sent from my Wiko RIDGE FAB 4G
SENT FROM MY IPHONE
Sent from my iPhone, excuse any typos and brevity.
Sent from my iPhone - please forgive typos
Sent from my iPhone 15 Pro Max using Tapatalk
Von meinem iPhone gesendet
Gesendet von meinem iPhone. Bitte entschuldigen Sie Tippfehler.
Отправлено из мобильной Почты Mail.ru
Отправлено из Почты для Windows
Отправлено из Яндекс.Почты для мобильных
Sent from mobile
Get Outlook for iOS
Get BlueMail for Android
Yahoo Mail: Search, Organize, Conquer
Von meinem iPhone gesendet
Gesendet von meinem iPhone
Gesendet von Mail für Windows
Outlook für iOS beziehen
Holen Sie sich Outlook für Android
Laden Sie Outlook für iOS herunter
Von meinem Samsung Galaxy Smartphone gesendet.
Von Samsung-Tablet gesendet
Von meinem/meiner Huawei gesendet
Von meinem Handy gesendet
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Gesendet mit der Telekom Mail App
Gesendet mit der mobilen Mail App
Gesendet von Yahoo Mail auf Android
Envoyé de mon iPhone
Envoyé à partir de Outlook pour Android
Envoyé à partir de Courrier pour Windows
Envoyé depuis l'application Mail Orange
Envoyé de mon mobile
Télécharger Outlook pour iOS
Obtenez Outlook pour iOS
Enviado desde mi iPhone
Enviado desde Correo para Windows
Obtener Outlook para iOS
Enviado do meu iPhone
Enviado do Email para Windows
Obter o Outlook para iOS
Inviato da iPhone
Inviato dal mio Galaxy
Inviato da Posta per Windows
Ottieni Outlook per Android
Verstuurd vanaf mijn iPhone
Verzonden vanuit Mail voor Windows
Outlook voor iOS downloaden
Sendt fra min iPhone
Sendt fra Outlook til iOS
Hent Outlook til iOS
Last ned Outlook for iOS
Skickat från min iPhone
Hämta Outlook för iOS
Lähetetty iPhonesta
Hanki Outlook for iOS
Wysłane z iPhone'a
Wysłane z aplikacji Poczta dla Windows
Pobierz program Outlook dla systemu iOS
Odesláno z mého iPhonu
Odesláno z aplikace Email.cz
Odoslané z iPhonu
Elküldve az iPhone-omról
Az iPhone-omról küldve
Az Outlook iOS letöltése
Trimis de pe iPhone-ul meu
Obțineți Outlook pentru iOS
Отправлено с моего iPhone
Отправлено из мобильной Почты Mail.ru
Скачать Outlook для iOS
Надіслано від мого iPhone
Изпратено от моя iPhone
Στάλθηκε από το iPhone μου
iPhone'umdan gönderildi
Samsung Galaxy akıllı telefonumdan gönderildi.
iOS için Outlook'u edinin
Poslano s iPhonea
Poslano iz mojega iPhona
Poslato sa iPhone-a
发自我的iPhone
從我的 iPhone 傳送
从我的iPhone发送
從我的 Samsung Galaxy 智慧型手機傳送。
iPhoneから送信
iOS 版 Outlook を入手
내 iPhone에서 보냄
נשלח מה-iPhone שלי
أرسلت من iPhone
Đã gửi từ iPhone của tôi
Dikirim dari iPhone saya
ส่งจาก iPhone ของฉัน
मेरे iPhone से भेजा गया
Saadetud minu iPhone'ist
Enviat des del meu iPhone
Sent by Siri on my iPhone
Sent with my iPhone
Sent from Samsung tablet
Sent from Samsung Mobile
Swiped from my Pixel
from my iPhone
Sent from my work phone
Diese E-Mail wurde von meinem Samsung Galaxy gesendet.
Wysłano z telefonu Samsung Galaxy
Отправлено из Почты Mail.ru для Android
أُرسلت من الـ iPhone
Küldve az iPhone-omról
Samsung Galaxy'mden gönderildi
Outlook voor iOS ophalen
Get BlueMail
Yahoo Mail: suchen, organisieren, erobern
Mit der Telekom Mail App gesendet
Sent via Superhuman ( https://sprh.mn/?vip=a@b.example )
Sent via Superhuman iOS ( https://sprh.mn/?vip=a@b.example )
Sent from Mailspring (https://getmailspring.com/)
Sent with Canary (https://canarymail.io)
Sent from my Verizon, Samsung Galaxy smartphone
Sent from my T-Mobile 5G Device
Sent from my Metro by T-Mobile 5G Device
Sent from my BlackBerry 10 smartphone on the Rogers network.
Securely sent with Tuta. Claim your encrypted mailbox today! https://tuta.com
Sent securely with Tuta. Get yourself a quantum-safe mailbox: https://tuta.com
Sicher versendet mit Tuta. Jetzt einen verschlüsselten Briefkasten anlegen: https://tuta.com
Sent from eM Client | www.emclient.com
Sent from Mailspring
Sent from Shortwave
Sent with Shortwave
Sent from Notion Mail
Sent from Canary
Sent from Apple Mail
Sent from my Apple Watch
Sent from my Apple Vision Pro
Sent from my Nothing Phone (2)
Sent from my MacBook Pro
Sent from the mail.com app
Sent with the mail.com app
Sent from Xfinity Connect App
Sent via Rediffmail
Sent using https://www.zoho.com/mail/
Sent from Posteo
Sent with Mailsuite · Unsubscribe
Sent on the go
Dictated but not read
Dictated with Siri. Please excuse typos.
Отправлено из мобильной Яндекс Почты
Отправлено из Яндекс Почты
Отправлено из Mail
Wysłane z aplikacji WP Poczta
Wysłano z aplikacji mobilnej Poczta Onet
Odesláno z mobilu
Provenance : Courrier pour Windows
发自网易邮箱大师
发自我的小米手机
发送自 Windows 版邮件应用
네이버 메일 앱에서 보냄
Yahoo!メール for iPhoneから送信
Az iPhone készülékemről küldve
获取Outlook for iOS
取得 Android 版 Outlook
Android용 Outlook 다운로드
iOS용 Outlook 가져오기
Az Outlook beszerzése Androidra
Získať Outlook pre Android
Λήψη του Outlook για Android
השג את Outlook עבור Android
الحصول على Outlook لـ iOS
Kry Outlook vir iOS <https://aka.ms/o0ukef>
Sent from my Sony Xperia
Sent from my Sony Xperia™ smartphone
Sent from my Sony phone
Sent from my Microsoft Lumia 950
Sent from my Nokia Lumia
Sent from my LG G4
Sent from my Galaxy Tab
Sent from my Asus ZenFone
Sent from my Surface
Von meinem Sony Xperia™-Smartphone gesendet
Envoyé de mon smartphone Sony Xperia™
Enviado desde mi smartphone Sony Xperia
Sent with Aqua Mail for Android
Sent with AquaMail for Android
Envoyé avec Aqua Mail
Verstuurd vanuit Aqua Mail
Wysłano za pomocą Aqua Mail
Sent from Newton Mail
Skickat från E-post för Windows
Wysłane z programu Poczta dla systemu Windows
Wysłano z mojego urządzenia Huawei
Wysłane z mojego urządzenia Samsung
Odesláno z mého zařízení Samsung
Отправлено с моего устройства Samsung
Pobierz aplikację Outlook dla systemu iOS
Pobierz aplikację Outlook
Stáhnout aplikaci Outlook pro iOS
Скачать приложение Outlook для iOS
Get Gmail for iOS
Get Spark for iOS
Télécharger Gmail pour Android
Luați Outlook pentru iOS
Az Outlook iOS-re letöltése
Hanki Outlook iOS:lle
Scarica Gmail
Скачать Outlook
Télécharger Outlook
""".strip().split("\n")
SENTENCES = """
Sent by mail on 12 May, tracking 00340434161094.
Sent with DHL this morning, tracking link by mail.
Sent on 3 May, by my husband.
Sent from Hamburg on Monday.
Sent from my mother's house
Sent by my phone provider yesterday
Sent from the depot in Leeds to my phone number
Sent with the courier, my phone did not ring
Get Outlook to open your invoices
Verschickt mit der Post, mein Handy war an
Envoyé avec un transporteur, mon téléphone est resté muet
Enviado desde Sevilla con la agencia, mi móvil estaba apagado
Get my money back
Get the lamp to my phone shop
Download link sent by mail
The Samsung was sent
I sent it from my house last week, please check.
Is it sent from my iPhone?
Envoyé par mon mari le 3 mai.
Envoyé avec mon ancien téléphone le 3 mai
Inviato da mio marito il 3 maggio.
Inviato con corriere
Gesendet mit DHL am 3. Mai, mein Handy ist kaputt
Gesendet von meiner Frau
Von meinem Mann gesendet
Enviado por mi madre
Enviado con SEUR
Verzonden met PostNL op 3 mei
Skickat med posten igår
Wysłane z mojego miasta w poniedziałek
Отправлено с почты 3 мая, мой номер 12345
Отправлено с почты в понедельник.
Отправлено с почты.
Sent from my iPhone shop on Monday.
Sent with Samsung to your warehouse.
Sent via Outlook to your colleague last Friday.
Sent from my Galaxy lamp shop
Sent by Yahoo to the wrong person.
Gesendet mit Samsung am Montag.
Gesendet von Gmail an Ihre Kollegin.
Envoyé par Gmail à votre collègue.
Inviato con poco preavviso.
Sent with honor.
SENT WITH SAMSUNG ON MONDAY
Get Outlook working again please.
Enviado con Android al taller.
Wysłane z Gmaila do sklepu.
Sending you the new iPhone
Sending a replacement Galaxy S24
Sent to your Gmail.
Sent it to your Yahoo mail
Sent a new link for Yahoo Mail
Sent the case with the Samsung Galaxy
Written instructions for the iPhone
Sent the invoice to your iCloud mail
Versendet wurde das iPhone 16 Pro
Verschickt wird das Google Pixel 9 Pro
Geschickt haben wir das Samsung Galaxy
Gesendet an Ihre GMX Mail
Envoyé à votre Gmail
Enviado el iPhone 16
Inviato il Samsung Galaxy S24
Wysłano Samsung Galaxy S24
Skickat till din Gmail
Отправлено на Gmail
从苹果手机发送验证码即可
Get the Gmail app
Download the Outlook app
Sent to my iPhone by mistake.
Wir haben das Samsung Galaxy verschickt
Den iPhone haben wir gesendet.
iPhone gönderildi.
Samsung Galaxy lähetetty
Az iPhone elküldve
Sent with the iPhone 16.
Versendet mit dem iPhone 16 Pro
Verschickt mit dem Samsung Galaxy Smartphone
Enviado con el iPhone
Sent from Samsung.
Sent by Nokia.
Verschickt von Samsung.
Sent via Yahoo.
Adapter from Samsung
Yes, from Samsung
This lamp is from Samsung
Dieses Handy ist von Nokia
Outlook on Windows crashes often.
Use Outlook for iOS
Gmail on Android shows it.
Yahoo Mail: we do not see your message
Sent from my iPhone. Sorry for the error with your address
Le iPhone a été envoyé
iPhoneから送信してください。
Das Samsung Galaxy wird mit DHL gesendet
Sent one Galaxy
Sent on the Galaxy order
Poslano Samsung Galaxy
Sendt Samsung Galaxy S24
Trimis Samsung Galaxy S24
Lähetetty Samsung Galaxy S24
Elküldve a Samsung Galaxy
Sent the Galaxy
Sent by Apple
Envoyé au Galaxy store
Verschickt an mein Handy
Get Outlook for iOS from the App Store, then add the account.
Download Outlook for Windows again
Sent via UPS, mobile number
Gesendet von unserem Samsung Lager
Mit dem iPhone versendet
Von Samsung versendet.
Sent from Canary Wharf
Sent with the front panel
Sent from Orange.
Sent by mail.
Sent with the Verizon network box
Sent on the go to your address
Dictated but not by me
Securely sent with DHL. Claim your parcel: https://shop.example
Sent from my iPhone. See https://shop.example/manual for the pictures
Outlook für iOS geht leider nicht
Kry Outlook vir iOS
Outlook for iOS: see https://shop.example/help
Versendet mit iPhone 16 Pro
Verschickt mit Android Tablet
Wysłane z telefonem Samsung Galaxy
Отправлено с телефоном Samsung Galaxy
Odesláno s telefonem iPhone
Skickat med iPhone-skal
Sent from iPhone-Store
Sent from Samsung Galaxy Store.
Sent from Nokia 3310.
Sent with the charger for iPhone
Typed wrong, sorry
iPhone için gönderildi
From Android 12
Sent from Sony.
Sent by LG.
Sent with Sony on Monday.
Adapter from Sony
Sent the Sony Xperia
The Sony Xperia was sent
Versendet mit dem Sony Xperia
Sent from my Sony shop
Sent from my Microsoft account
Sent with the aqua lamp
Sent from the surface of the lamp
Wysłano urządzenie Huawei
Wysłane z urządzeniem Huawei
Wysłane z mojego urządzenia w poniedziałek
Pobierz aplikację DHL dla systemu Android
Pobierz aplikację Outlook i dodaj konto
Get Gmail
Download Outlook
Get Gmail for the iOS version that you have
Get the Outlook app for iOS
Use Gmail for iOS
Get Spark working for iOS
Scarica Gmail e riprova
Scarica la fattura
Scarica Gmail.
Скачать Outlook не удалось
Скачайте Outlook
Téléchargez Gmail
Works from Android 12
""".strip().split("\n")


@pytest.mark.parametrize("line", LINES)
def test_an_apps_line_is_removed_only_at_the_end(line: str) -> None:
    assert device_lines.device_line(line)
    found = quoting.split(f"The red one.\n\n{line}\n")
    assert (found.reply, found.signature) == ("The red one.", line)
    middle = f"Hello,\n{line}\nis what my phone writes. Where is my lamp?\nMira"
    assert quoting.split(middle).reply == middle


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_is_kept_anywhere(line: str) -> None:
    for text in (f"The lamp is on its way.\n{line}\nThanks", f"The lamp is on its way.\n\n{line}"):
        found = read(mail(text, in_reply_to="<1@shop.example>"))
        assert (found.reply, found.new) == (text, text)


def test_an_apps_own_address_below_its_line_goes_with_it() -> None:
    for line in (
        "Sent with AquaMail for Android\nhttps://www.aqua-mail.com",
        "--\nSecured with Tuta Mail:\nhttps://tuta.com/free-email",
    ):
        assert read(mail(f"The red one.\n\n{line}\n")).new == "The red one."
    for kept in ("See\nhttps://www.aqua-mail.com", "Hi\nSent with AquaMail for Android\nhttps://www.shop.example"):
        assert read(mail(kept)).new == kept


PROVIDERS = """This Orange Multi Media Message was sent wirefree from an Orange
MMS phone. If you would like to reply, please text or phone the
sender directly by using the phone number listed in the sender's
address. To learn more about Orange's Multi Media Messaging
Service, find us on the Web at orange.example/mms"""


def test_what_a_telephone_company_puts_below_a_picture_message_is_no_word_of_the_writer() -> None:
    for above in ("", "--\n", "-- \n"):
        found = read(mail(f"The red one.\n\n{above}{PROVIDERS}\n\n"))
        assert (found.new, found.reply) == ("The red one.", "The red one.")
    assert read(mail(f"{PROVIDERS}\n\nThe red one.")).reply.startswith(PROVIDERS)
    for kept in (
        "This multi media message was sent wirefree from my phone, and I would like to reply to it.",
        "This picture message was sent from a friend.",
        "This picture message was sent from a customer; to reply to it, please open the ticket.",
        "This picture message was sent from a shop in Leeds. Did you visit it?",
        "This video message was sent wirelessly to the lamp.",
    ):
        found = read(mail(f"The red one.\n\n{kept}"))
        assert (found.new, found.reply) == (f"The red one.\n\n{kept}",) * 2


SENDING = {
    "Sent": "to your", "Sending": "you the", "Versendet": "an Ihr", "Verschickt": "wird das", "Gesendet": "haben wir",
    "Envoyé": "à votre", "Enviado": "a su", "Enviada": "a tu", "Inviato": "al Suo", "Verzonden": "naar uw",
    "Verstuurd": "is de", "Sendt": "til din", "Skickat": "till din", "Wysłano": "na Państwa", "Odesláno": "na Váš",
    "Отправлено": "на Ваш", "Trimis": "la", "Poslano": "na Vaš",
}  # fmt: skip
GOODS = ["iPhone", "iPhone 16 Pro", "Samsung Galaxy S24", "Galaxy", "Google Pixel 9 Pro", "iPad", "Gmail", "Outlook"]


@pytest.mark.parametrize("verb", SENDING)
@pytest.mark.parametrize("goods", GOODS)
def test_what_is_sent_or_where_to_is_a_persons(verb: str, goods: str) -> None:
    """Only "from" makes a line an app's: what stands right behind the verb are goods, and "to" is a direction."""
    for line in (f"{verb} {goods}", f"{verb} {SENDING[verb]} {goods}", f"{verb} {SENDING[verb]} {goods}."):
        assert not device_lines.device_line(line)
