"""The words of which an app's line consists: devices, apps, verbs, prepositions and what may stand between them, in
some forty languages. The strings are parts of regular expressions."""

# Devices by a maker's own name for them. "(?<=my )" marks names that are ordinary words.
DEVICES = (
    r"iphon(?!em\b|om\b)\w{0,8}|ipad|ipod|android|blackberry|galaxy|redmi|google pixel|honor \w?\d\w*|fairphone"
    r"|pixel \d|xperia|(?<=my )pixel|poco \w\d\w*"
    r"|windows ?(?:phone|1[01])|手机|手機|スマートフォン|휴대폰|[45]g|lte(?: device)?"
    r"|apple (?:watch|vision pro)|macbook|nothing phone|mobilu|telefonu|tabletu|телефона|смартфона|планшета|cellulare"
    r"|smartphone|lumia|(?<=my )surface(?= ?(?:pro|go|laptop|book|duo|\d|\.|\Z))"
)
MAKERS = (
    r"samsung|huawei|xiaomi|nokia|htc|oneplus|oppo|realme|motorola|wiko|lenovo|asus|zte|alcatel|gigaset|doro"
    r"|sony\b|microsoft|lg\b|vivo\b|tcl\b|小米|华为|華為|三星"
)
# Apps and services that only send mail.
APPS = (
    r"windows ?mail|(?:mail|courrier|correo|e-?mail|e-?post|posta|poczta|pošta|posten|почт[аы])"
    r" \S{1,5} (?:systemu )?windows"
    r"|outlook|gmail|airmail|proton ?mail|thunderbird|k-9|icloud|gmx|web\.de|telekom mail|type ?app|blue ?mail"
    r"|workspace one|boxer|superhuman|tuta(?:nota)?(?: mail)?|zoho mail|fastmail|mailbird|em client|mail\.ru"
    r"|яндекс|(?:мобильной|мобильная|яндекс[. ]?|моей) ?почт[аыу]|yandex|seznam"
    r"|libero mail|orange mail|mail orange|email\.cz|sfr mail|fairemail|aqua[ -]?mail|newton mail|mymail"
    r"|roundcube|missive"
    r"|edison mail|canary mail|mobilen? mail app|mail app|mailspring|shortwave|notion mail|apple mail|rediffmail"
    r"|(?:comcast )?xfinity(?: connect)?|optimum mail|mail\.com|mailbox\.org|vodafone mail|ziggo mail|posteo"
    r"|mailsuite|mailtrack|siri|(?<=из )mail"
    r"|poczt[aey] (?:wp|onet|o2|interia)|(?:wp|onet|o2|interia) poczt[aey]|网易邮箱(?:大师|手机智能版)?|qq邮箱"
    r"|windows ?版邮件(?:应用)?|네이버 메일(?: 앱)?|yahoo!メール(?: for (?:iphone|ipad|android))?"
    # Names that are also ordinary words count only in a final position or before certain words.
    r"|(?:nine|spark|front|hey|canary|mobile)(?= ?(?:\.|<|\(|\Z|for |für |pour |on |mail|app))"
)
# Companies: what they sent is no app's line, what was sent with their mail is one.
PROVIDERS = r"(?:yahoo|aol|freenet|laposte)(?= (?:e?-?mail|app|on |auf |sur |en |su |desktop|mobile))"
MY = (
    r"(?:my|meine?[mnr]?(?:/meine?[mnr]?)?|mon|ma|mis?|meu|minha|mi[oa]|mijn|min|mit|moj\w{0,3}|mé\w{0,2}|môj\w{0,3}"
    r"|mojego|моего|мого|моя|мой|mój|telefonul|μου|minu|mana|mano)"
)
THINGS = (
    r"(?:(?:i|smart)?phone|mobile|cell|handy|smartphone|smartfon(?!em\b)\w*|tablet\w*|device|telefon(?!em\b|om\b)\w*|téléphone|telefono"
    r"|teléfono|telefone|telemóvel|móvil|movil|celular|cellulare|portable|mobil\w*|matkapuhelim\w*|телефон(?!ом\b)\w*"
    r"|смартфон(?!ом\b)\w*|планшет(?!ом\b)\w*|κινητό|laptop|pc|mac"
    r"|készülék\w*|eszköz\w*|urządzenia|zařízení|zariadenia|uređaja|naprave|устройства|пристрою|enhe[td])"
)
CARRIERS = r"(?:at&t|verizon|vodafone|(?:metro by )?[td]-mobile|o2|orange|wireless|rogers|telus|xfinity|comcast|sprint)"
PLATFORMS = r"(?:ios|android|windows|mac(?:os)?)"
ARTICLES = r"(?:the|an?|de[rmns]?|die|das|eine[mnr]?|l[ae]?|une?|el|il|lo|o|os|het|een|en|et|az|το|dall|dell)"
# What may hang on a name by a hyphen: an ending, or what the thing is.
SUFFIX = (
    r"(?:[^\W\d_]{1,2}|[oae]mr[óő]l|r[óő]l|ul|app\w{0,8}|gerät\w{0,2}|tablet\w{0,2}|smartphone\w{0,2}|handy\w?|mail)"
)
# What may stand between the preposition and the name.
BETWEEN = (
    rf"(?:{ARTICLES}|{MY}|{MAKERS}|{CARRIERS},?|{THINGS}|{PLATFORMS}|all|new|free|mobil\w{{0,3}}|мобильной|apps?|e-?mail"
    r"|applic\w{1,8}|aplicaci\w{1,4}|aplikac\w{1,4}|приложени\w|программы|програм\w{0,3}|programu|appareil|dispositivo|secure|cu|pe"
    r"|poczta|почты|الـ|siri on)"
)
# The word that says "from" right behind the verb. Behind "with" a device must be the writer's: goods are sent with
# goods.
WITH = r"(?:with|mit|avec|con|com|met|med|cu|με|junto con)"
PLACE = (
    r"(?:from|via|by|using|on|through|von|vom|aus|über|per|mittels|depuis|de|du|d|à partir d[eu']?|par|desde|por"
    r"|mediante|do|da|dal|dall|pelo|tramite|vanaf|vanuit|van|fra|på|från|z|ze|za pomocą|przy użyciu|pomocí|zo|de pe|pe"
    r"|din|des d[e']l?|с|со|из|от|через|з|із|від|за допомогою|от|από|s|sa|iz|no|iš|dari|từ|จาก|מה|מ|מתוך|من|از|mobilt)"
)
SENT = (
    r"(?:sent|sending|written|typed|composed|secured|dictated|gesendet|versendet|geschickt|verschickt|geschrieben|envoyée?"
    r"|enviad[oa]|inviat[oa]|spedit[oa]|verzonden|verstuurd|sendt|skickat|sänt|wysłan[eoya]|wysłano|odesláno"
    r"|odesláné|odoslané|odoslaná|trimis|expediat|отправлено|послано|надіслано|відправлено|изпратено"
    r"|στάλθηκε|εστάλη|poslano|poslato|nosūtīts|išsiųsta|enviat|dikirim|dihantar|đã gửi|được gửi|gửi|ส่ง"
    r"|נשלח|أرسلت|أُرسلت|مرسل|ارسال شده)"
)
SURELY = r"(?:securely|safely|sicher|verschlüsselt)"
# Languages that say "from" by an ending: "Lähetetty iPhonesta", "Az iPhone-omról küldve", "iPhone'umdan gönderildi".
ENDING = r"(?:[sl]t[aä]|ll[aä]|[rb][óőo]l|ist|lt)"
SENT_ENDING = r"(?:lähetetty|(?:el)?küldve|saadetud)"
ENDING_SENT = (
    r"(?:(?<=[dt][ae]n )gönderil(?:di|miştir)|(?<=[rb][óő]l )küldve|(?<=t[aä] )lähetetty|(?<=tik )bidalia"
    r"|(?<=から)送信|(?<=에서 )보(?:냄|냈습니다)|(?<=से )भेजा गया)"
)
TYPED = r"(?:swiped|tapped|thumbed|mailed|emailed|posted|messaged?|e?-?mail|reply|replied|greetings)"
SENT_LAST = r"(?:gesendet|geschickt|verschickt|versendet|verzonden|verstuurd|skickat|sendt)"
MAIL = r"(?:nachricht|e-?mail|mail|message|courriel|correo|mensaje|messaggio|bericht|meddelande|besked|melding)"
WHERE = (
    r"(?:on|auf|sur|en|su|op|på|for|für|pour|para|per|til|för|dla|pentru|для|про|pro|voor|with|mit|avec|con|med|за|για"
    r"|za)"
)
_GET = (
    "get download downloaden ophalen last ned hole holen sie sich dir laden herunter herunterladen beziehen"
    " télécharger téléchargez obtenir obtenez obtener obtén obtenga descargar descargue descarga obter obtenha baixar"
    " baixe scarica scaricare ottieni ottenere pobierz hent hämta skaffa få hanki lataa скачать скачайте загрузить"
    " получить завантажити отримати haal stáhnout získat získať stiahnuť obțineți descărcați preuzmite prenesite"
    " λήψη dapatkan unduh tải xuống letöltése beszerzése edinin indirin 获取 下载 下載 取得 を入手 を取得"
    " をダウンロード 다운로드 가져오기 받기 השג קבל الحصول تنزيل изтеглете hankige luați"
)
_GET_FOR = (
    "for für pour para per til till för dla systemu program programu pentru для за για pro pre voor için dành cho"
    " aplikację aplikaci aplikáciu приложение untuk 版 용 עבור את على لـ ل 适用于 az o la του το do di mobile"
)
# What a label without a platform begins with. People mostly write another form of the verb, or a sentence.
GET_LABEL = (
    r"(?:scarica|ottieni|pobierz(?: program| aplikację)?|скачать|загрузить|завантажити"
    r"|télécharger|obtenir|descargar|obtener|baixar(?: o)?|obter(?: o)?|stáhnout|získat|stiahnuť|získať)"
)
GET = frozenset(_GET.split())
GET_FOR = frozenset(_GET_FOR.split())
