"""The separator that mail clients write above an answered or forwarded mail ("-----Original Message-----"), in thirty
languages.
The patterns are anchored and bounded, so the time per line is limited for any input."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

_PHRASES = (
    r"original message|original mail|original appointment|ursprüngliche nachricht|original[- ]?nachricht"
    r"|ursprungliche nachricht|message d'origine|message original"
    r"|message d’origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|origineel bericht|oprindelig meddelelse|oprindelig besked"
    r"|opprinnelig melding|originalmeddelande|ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna"
    r"|oryginalna wiadomość|исходное сообщение|пересылаемое сообщение"
    r"|исходное письмо|оригинальное сообщение|вихідне повідомлення|orijinal mesaj|özgün ileti|původní zpráva"
    r"|pôvodná správa|eredeti üzenet|mesaj original"
    r"|mesajul original|αρχικό μήνυμα|原始邮件|原始郵件|邮件原件|元のメッセージ|원본 메일|원본 메시지"
    r"|回复的原邮件|回覆的原郵件|הודעה מקורית|الرسالة الأصلية"
    r"|originalus laiškas|pradinis laiškas|sākotnējā ziņa|oriģinālā ziņa|algne kiri|originaalkiri|оригинално съобщение"
    r"|originalna poruka|оригинална порука|оригінальне повідомлення|missatge original|mensaxe orixinal|jatorrizko mezua"
    r"|پیام اصلی|मूल संदेश|ข้อความต้นฉบับ|mesej asal|upprunaleg skilaboð|původní e-mail|tin nhắn gốc"
    r"|izvorna poruka|izvirno sporočilo|pesan asli|thư gốc"
    r"|reply message|replied message|reply above this line|antwort oberhalb dieser linie"
)
_FORWARD_PHRASES = "|".join(
    (
        r"(?:begin |start of )?forward(?:ed)? (?:message|e-?mail|mail)|forwarded by [^-]{1,80}|fwd message",
        r"(?:(?:anfang|beginn) der )?weitergeleiteten? (?:nachricht|e-mail|mail)|weitergeleitet(?: von [^-]{1,80})?",
        r"(?:début du )?(?:message|mail|courriel|courrier|e-mail) (?:transféré|réexpédié|transmis)",
        r"(?:transféré|réexpédié) par [^-]{1,80}",
        r"(?:in[ií]cio del )?(?:mensaje|correo) reenviado|reenviado por [^-]{1,80}",
        r"(?:inizio (?:del )?)?messaggio inoltrato|inoltrato da [^-]{1,80}",
        r"(?:in[ií]cio da )?mensagem (?:encaminhada|reencaminhada|reenviada)|(?:re)?encaminhad[ao] por [^-]{1,80}",
        r"(?:inici del )?missatge reenviat|mensaxe reenviada|birbidalitako mezua",
        r"(?:begin (?:van )?)?(?:doorgestuurd|doorgezonden) bericht|doorgestuurde e-mail|doorgestuurd door [^-]{1,80}",
        r"(?:(?:start|begyndelse|begynnelse) på )?videresendt (?:besked|meddelelse|melding|mail|e-post)",
        r"(?:(?:start|början) på )?vidarebefordrat (?:meddelande|brev|mejl|mail)|framsend skilaboð",
        r"(?:välitetty|edelleen ?lähetetty) viesti(?: alkaa)?|(?:välitetyn|edelleenlähetetyn) viestin alku",
        r"(?:edastatud|edasi saadetud) (?:kiri|sõnum|meil|(?:kirja|sõnumi|meili) algus)",
        r"persiųst(?:as|o) (?:laiškas|laiško pradžia|pranešimas)",
        r"persiunčiam(?:as|o) (?:laiškas|pranešimas|laiško pradžia)",
        r"pārsūtīt(?:a|ās) (?:ziņa|ziņas sākums|vēstule|vēstules sākums)",
        r"wiadomość przekazana(?: dalej)?|(?:przekazana|przesłana dalej|przesyłana dalej) wiadomość",
        r"(?:treść|początek) (?:przekazanej|przekazywanej|przesyłanej dalej) wiadomości",
        r"(?:přeposlaná|předaná|přeposílaná) zpráva|přeposlaný e-mail",
        r"začátek (?:přeposlané|přeposílané|předané) zprávy",
        r"(?:preposlaná|posunutá) správa|preposlaný e-mail|začiatok (?:preposlanej|preposielanej) správy",
        r"továbbított (?:üzenet|levél|e-mail)(?: kezdete)?|az? átirányított üzenet kezdete",
        r"(?:începe |începutul )?mesaj(?:ul|ului)? (?:redirec[țtţ]ionat|transmis mai departe)",
        r"(?:početak |započinje )?proslijeđen[ae] poruk[ae]|prosleđena poruka|прослеђена порука",
        r"posredovano sporočilo|začetek posredovanega sporočila",
        r"(?:пересылаемое|пересланное|переадресованное) (?:сообщение|письмо)",
        r"начало (?:переадресованного|пересылаемого|пересланного) (?:сообщения|письма)",
        r"(?:переслане|переадресоване|перенаправлене) (?:повідомлення|лист)",
        r"початок (?:переадресованого|пересланого|перенаправленого) (?:повідомлення|листа)",
        r"(?:начало на )?препратено(?:то)? (?:съобщение|писмо)",
        r"(?:(?:έναρξη|αρχή) )?προωθημένο(?:υ)? μ(?:ήνυμα|ηνύματος)",
        r"(?:iletilen|iletilmiş|yönlendirilen|yönlendirilmiş) (?:mesaj|ileti|e-posta)(?:nın|nin|ın)?(?: başlangıcı)?",
        r"iletinin başlangıcı",
        r"(?:転送(?:する|された)?)(?:メッセージ|メール)|(?:開始|以下は)?転送されたメッセージ|転送メール",
        r"(?:开始|以下是|下面是|被|已)?转发的?原?(?:邮件|信件|消息)(?:信息)?|(?:開始|以下是|下面是|已)?(?:轉寄|轉發)的?原?(?:郵件|信件|訊息)",
        r"전달(?:된|받은) (?:메시지|메일)(?: 시작)?|원본 메시지 전달",
        r"(?:תחילת |התחלת )?ה?הודעה (?:שהועברה|מועברת)|בתחילת ההודעה שהועברה",
        r"(?:بداية )?(?:ال)?رسالة (?:ال)?معاد توجيهها|رسالة تمت إعادة توجيهها|پیام (?:هدایت|بازفرستاده) شده",
        r"pesan (?:terusan|yang diteruskan)|(?:awal|mulai) pesan (?:terusan|yang diteruskan)|mesej yang dimajukan",
        r"(?:bắt đầu )?(?:thư|tin nhắn) (?:được|đã) chuyển tiếp|(?:เริ่ม)?ข้อความที่ส่งต่อ|अग्रेषित संदेश",
        r"(?:ipinapasang|naipasang) mensahe",
    )
)
_SEPARATOR = pattern(
    rf"[>\s*|]{{0,40}}(?:-{{2,40}}|_{{2,40}}|={{2,40}})\s{{0,4}}\*?(?:{_PHRASES}"
    rf"|{_FORWARD_PHRASES})\*?\s{{0,4}}[:：]?\s{{0,4}}(?:-{{2,40}}|_{{2,40}}|={{2,40}})[*\s]{{0,4}}\Z",
    re.I,
)
_BARE_SEPARATOR = pattern(rf"[>\s*|]{{0,40}}(?:{_FORWARD_PHRASES})\s{{0,3}}[:：]\**\s{{0,4}}\Z", re.I)
_FORWARD = pattern(rf"(?:{_FORWARD_PHRASES})", re.I)
# GroupWise's attribution: ">>> Mira Holm <mira@example.com> 28.11.2026 10:12 >>>".
_GROUPWISE = pattern(r"\s{0,4}>{3} \S.{2,150}\d{1,2}[:.]\d\d.{0,6}>{3}\s{0,4}\Z")
# Zendesk's and others', in any language: "##- Please type your reply above this line -##".
_ABOVE = pattern(r"\s{0,4}#{2,10}\s?[-=~]{1,5}\s?\S.{15,150}[-=~]{1,5}\s?#{2,10}\s{0,4}\Z")
_DECORATION = " \t>*|-_=:：\u00a0\u200b\u200e\u200f"
_BEGINNING = pattern(rf"[>\s]{{0,40}}-{{2,40}}\s{{0,4}}(?:{_PHRASES}|{_FORWARD_PHRASES})\s{{0,4}}-{{2,40}}\s", re.I)


def separator(line: str) -> bool:
    """Whether the line says that an original or forwarded message begins below it."""
    if len(line) > 200:
        return False
    stripped = line.strip()
    if (
        stripped[:1] in "-_=*>|"
        and ("--" in stripped or "__" in stripped or "==" in stripped)
        and _SEPARATOR.match(line)
    ):
        return True
    if in_arrows(line) or (stripped[:2] == "##" and _ABOVE.match(line)):
        return True
    return bare(line)


def bare(line: str) -> bool:
    """Whether the line is such a separator without lines around it, as Apple writes it ("Begin forwarded message:")."""
    return len(line) <= 200 and line.rstrip().endswith((":", "：", ":*")) and bool(_BARE_SEPARATOR.match(line))


def in_arrows(line: str) -> bool:
    """Whether the line is GroupWise's attribution, which looks like a quotation."""
    return line.lstrip().startswith(">>> ") and bool(_GROUPWISE.match(line))


def begins(line: str) -> bool:
    """Whether the line begins with a separator and goes on with the forwarded or answered mail, as in Yahoo's plain
    texts."""
    head = line[:600]
    match = _BEGINNING.match(head) if "--" in head[:60] else None
    return bool(match and ":" in head[match.end() :])


def forward_marker(line: str) -> bool:
    """Whether the line says only that a forwarded message follows."""
    return len(line) <= 200 and bool(_FORWARD.fullmatch(line.strip(_DECORATION)))
