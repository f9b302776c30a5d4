"""The line that a phone or a mail app adds below a person's words ("Sent from my iPhone"), in some forty languages.
It names a device or an app and ends the text. A sentence that only begins in this way is the person's own."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

MAX_LENGTH = 160
MAX_WORDS = 14
_SHORT = 50
_NAMED = (
    r"iphon\w{0,8}|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|nokia|htc|google pixel|oneplus"
    r"|oppo|realme|motorola|honor \w?\d\w*|fairphone|pixel \d|(?<=my )pixel|xperia|wiko|lenovo"
    r"|asus|zte|alcatel|poco \w\d\w*|gigaset"
    r"|doro"
    r"|windows ?(?:phone|mail|1[01])"
    r"|(?:mail|courrier|correo|e-?mail|posta|poczta|pošta|posten|почт[аы]) \S{1,5} windows|outlook|yahoo|gmail|aol"
    r"|airmail|proton ?mail|thunderbird|k-9|icloud|gmx|web\.de|freenet|telekom mail|type ?app|blue ?mail"
    r"|workspace one|boxer|superhuman|tuta(?:nota)?(?: mail)?|zoho mail|fastmail|mailbird|em client|mail\.ru"
    r"|яндекс|(?:мобильной|мобильная|яндекс[. ]?|моей) ?почт[аыу]|yandex"
    r"|seznam|libero mail|orange mail|mail orange|laposte|email\.cz|sfr mail|fairemail"
    r"|aquamail|mymail|roundcube|missive|edison mail|canary mail|mobilen? mail app|mail app"
    r"|手机|手機|スマートフォン|휴대폰"
    # Names that are also ordinary words count only in a final position or before certain words.
    r"|(?:nine|spark|front|hey|mobile|[45]g|lte(?: device)?)(?= ?(?:\.|<|\(|\Z|for |für |pour |on |mail|app))"
)
# Words that make the thing after them a device ("my …").
_MINE = (
    r"(?:my|mein\w*|mon|ma|mi|mis|meu|minha|mio|mia|mijn|min|mit|moj\w{0,3}|mé\w{0,2}|môj\w{0,3}|mojego|моего|мого|моя"
    r"|mój|telefonul|telefonumdan|μου)"
)
_THINGS = (
    r"(?:(?:i|smart)?phone|mobile|cell|handy|smartphone|smartfon\w*|tablet\w*|device|telefon\w*|téléphone|telefono"
    r"|teléfono|telefone|telemóvel|móvil|movil|celular|cellulare|portable|mobil\w*|matkapuhelim\w*|телефон\w*"
    r"|смартфон\w*|планшет\w*|κινητό|laptop|pc|mac)"
)
_DEVICE = (
    rf"(?<![a-z])(?:(?:{_NAMED})|{_MINE} (?:[^\W\d_]{{1,15}} ){{0,2}}{_THINGS}(?! number)|mobiles? (?:phone|device))"
)
# Apps put no comma before the device; sentences do ("sent with DHL, my phone …").
_FEW = r"(?:[^\s,;:?!]{1,20}[ '’]){0,5}?"
_SENT = (
    r"(?:sent|sending|written|typed|composed|secured|gesendet|versendet|geschickt|verschickt|geschrieben|envoyée?"
    r"|enviad[oa]|inviat[oa]|spedit[oa]|verzonden|verstuurd|sendt|skickat|sänt|lähetetty|wysłan[eoya]|wysłano|odesláno"
    r"|odesláné|odoslané|odoslaná|küldve|elküldve|trimis|expediat|отправлено|послано|надіслано|відправлено|изпратено"
    r"|στάλθηκε|εστάλη|poslano|poslato|saadetud|nosūtīts|išsiųsta|enviat|dikirim|dihantar|đã gửi|được gửi|gửi|ส่ง"
    r"|נשלח מה-?|נשלח|أرسلت|أُرسلت|مرسل|ارسال شده|bidalia)"
)
_FROM = (
    r"(?:from|via|by|with|using|on|through|von|vom|mit|aus|über|per|mittels|depuis|de|du|à partir d[eu']?|avec|par"
    r"|desde|con|por|mediante|do|da|dal|dall|com|pelo|tramite|vanaf|met|vanuit|van|fra|med|på|från|z|ze|za pomocą"
    r"|przy użyciu|pomocí|zo|pe|din|la|cu|с|со|из|от|через|з|із|від|за допомогою|από|με|s|sa|iz|no|iš|des|dari|từ|จาก"
    r"|מ|מה|מתוך|من|از|mobilt)"
)
_GET = (
    r"(?:get|download|last ned|hole?n? (?:sie )?(?:sich|dir)|laden sie|télécharge[rz]?|obt[ée][nr]\w{0,4}"
    r"|descarg\w{1,3}|baix\w{1,3}|scaric\w{1,3}|ottieni|ottenere|pobierz|hent|hämta|skaffa|få|hanki|lataa|скачать"
    r"|скачайте|загрузить|получить|завантажити|haal|stáhnout|získat|stiahnuť|obțineți|descărcați|preuzmite|prenesite"
    r"|λήψη του|dapatkan|tải)"
)
_APP = r"(?<![a-z])(?:outlook|yahoo|gmail|blue ?mail|type ?app|spark|proton ?mail|airmail|telekom|gmx|web\.de)"
# What may stand behind the device: models, platforms, "using an app", whose it is. Anything else makes a sentence.
_WHERE = r"(?:on|auf|sur|en|su|op|på|for|für|pour|para|per|til|för|dla|pentru|для|pro|voor|with|mit|avec|con|med)"
_MORE = (
    rf"(?:{_NAMED}|{_WHERE} (?:my |mein\w* |a |an |the |systemu |système )?"
    rf"(?:ios|windows|mac(?:os)?|mobile|мобильн\w*|{_NAMED})"
    r"|using \S{1,20}|[a-z+-]{0,3}\d[\w.+]{0,12}|\d?[a-z]|an|at&t|verizon|vodafone|t-mobile|o2|orange|wireless|network"
    r"|app\w{0,8}|secure|encrypted|sicher\w*|e-?mail|mail(?:\.ru)?|smart-?phone|phone|tablet\w*|device|handy|mobil\w*"
    r"|telefon\w*|gerät|pro|max|plus|mini|ultra|lite|note|edge|se|air|one|fold|flip|ios|windows|lte|enterprise"
    r"|herunter|beziehen|laden|gesendet|мобильн\w*|(?-i:[A-Z][A-Z0-9]{1,11})|akıllı|से|meu|minha|μου|שלי|của|tôi|saya|ของฉัน)"
)
_APOLOGY = (
    r"(?:[^\n]{0,40}\b(?:typo|brevity|brief|error|mistake|spelling|autocorrect|auto-correct|thumb|kürze|kurz|tippfehler"
    r"|rechtschreib|faute|brièveté|concision|errores|brevedad|errori|brevità|fouten|beknopt)[^\n]{0,40})"
)
_BEHIND = rf"[-'’.]?[^\W\d_]{{0,8}}(?:[\s,/–-]{{1,3}}{_MORE}(?![^\W_]))*"
_TAIL = pattern(
    rf"{_BEHIND}[\s.,;:!*_)\]–-]{{0,4}}{_APOLOGY}?[\s.!*_)\]]{{0,4}}",
    re.I,
)
_LINES = tuple(
    pattern(line, re.I)
    for line in (
        # "Von meinem iPhone gesendet", "iPhone'umdan gönderildi", "iPhoneから送信", "從我的 iPhone 傳送"
        rf"[*_(<\[\s]{{0,4}}{_FEW}{_DEVICE}{_BEHIND}\s?(?:gesendet|geschickt|verschickt|versendet|verzonden|verstuurd"
        r"|gönderildi|gönderilmiştir|küldve|küldtem|送信|에서 보냄|에서 보냈습니다|傳送|发送"
        r"|發送|भेजा गया|lähetetty|skickat)"
        r"[\s.!*_)\]]{0,4}\Z",
        rf"[*_(<\[\s]{{0,4}}(?:发自|發自|寄自|來自|来自|从|從).{{0,12}}{_DEVICE}",
        rf"[*_(<\[\s]{{0,4}}(?:\S{{1,3}} )?{_APP} (?:\S{{1,6}} )?(?:ios|android|mac|windows)\b.{{0,30}}\Z",
        rf"(?:ios|android|mac|windows) \S{{1,6}} {_APP}.{{0,20}}\Z",
        r"yahoo mail ?[:–-] .{5,60}\Z",
    )
)
_OPEN_LINES = tuple(
    pattern(line, re.I)
    for line in (
        rf"[*_(<\[\s]{{0,4}}(?:diese|this|ce|este|questo|dit|denne|detta) \S{{1,20}}"
        rf" (?:wurde|was|has been|a été|ha sido|foi|è stato|is|er) (?:{_SENT} )?{_FROM} {_FEW}{_DEVICE}",
        # "ada's iPhone", "from my iPhone": typed by hand.
        rf"[*_(<\[\s]{{0,4}}(?:[^\W\d_]{{1,20}} )?from (?:my )?{_DEVICE}\b",
        rf"[*_(<\[\s]{{0,4}}{_SENT}[ '’]?(?:{_FROM})?[ '’]?{_FEW}{_DEVICE}",
        rf"[*_(<\[\s]{{0,4}}{_GET} {_FEW}{_APP}(?! (?:to|zu[mr]?)\b)",
    )
)
# Only a person's own sentence has these: days, order numbers, requests.
_OWN = pattern(
    r"\?|\d{5,}|\d{1,2}[./]\d{1,2}|\b(?:on|am|le|el|il|op|den|dne|em|в)\s\d|#\d"
    r"|\b(?:order|tracking|parcel|yesterday|today|this morning|last week|bestellung|paket|gestern|heute|commande|colis"
    r"|hier matin|pedido|paquete|ayer|ordine|pacco|ieri|pakket|bestelling|gisteren|paczka|wczoraj)\b",
    re.I,
)
_LINK = pattern(r"[<(\[]?\b(?:https?://|www\.)[^\s<>]{1,300}[>)\]]?")


def device_line(line: str) -> bool:
    """Whether a phone or a mail app added this line."""
    if not 8 <= len(line.strip()) <= MAX_LENGTH + 300:
        return False
    plain = " ".join(_LINK.sub(" ", line).replace("[", "").replace("]", "").split())
    if not plain or len(plain) > MAX_LENGTH or len(plain.split()) > MAX_WORDS or _OWN.search(plain):
        return False
    plain = plain.lower() if plain.isupper() else plain  # else capitals are a model's name
    begun = (form.match(plain) for form in _OPEN_LINES)
    return any(form.match(plain) for form in _LINES) or any(
        found and _TAIL.fullmatch(plain, found.end()) for found in begun
    )


def below(lines: list[str]) -> int | None:
    """The index where the app's lines at the end begin; None if there are none.
    Such a line is short, or has a blank line above it."""
    found, index = None, len(lines)
    while index:
        line = lines[index - 1]
        if line.strip():
            apart = index < 2 or not lines[index - 2].strip() or len(line.strip()) <= _SHORT
            if not (apart and device_line(line)):
                break
            found = index - 1
        index -= 1
    return found
