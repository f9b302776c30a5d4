"""The lines mail clients put before what they answer or forward ("-----Original Message-----"), in thirty languages.
Patterns are anchored and bounded: a line costs the same whatever stands in it."""

from __future__ import annotations

import re

_PHRASES = (
    r"original message|original mail|original appointment|ursprüngliche nachricht|originalnachricht"
    r"|original nachricht|ursprungliche nachricht|message d'origine|message original"
    r"|message d’origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|origineel bericht|oprindelig meddelelse|oprindelig besked"
    r"|opprinnelig melding|originalmeddelande|ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna"
    r"|oryginalna wiadomość|исходное сообщение|пересылаемое сообщение"
    r"|исходное письмо|оригинальное сообщение|вихідне повідомлення|orijinal mesaj|özgün ileti|původní zpráva"
    r"|pôvodná správa|eredeti üzenet|mesaj original"
    r"|mesajul original|αρχικό μήνυμα|原始邮件|原始郵件|邮件原件|元のメッセージ|원본 메일|원본 메시지"
    r"|הודעה מקורית|الرسالة الأصلية"
    r"|izvorna poruka|izvirno sporočilo|pesan asli|thư gốc"
    r"|reply message|replied message|reply above this line|antwort oberhalb dieser linie"
)
_FORWARD_PHRASES = (
    r"forwarded message|forwarded by [^-]{1,80}|fwd message|weitergeleitete nachricht"
    r"|anfang der weitergeleiteten (?:nachricht|e-mail)|message transféré|message transmis"
    r"|courriel transféré|début du message (?:transféré|réexpédié)|mensaje reenviado"
    r"|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato"
    r"|mensagem encaminhada|mensagem reencaminhada|início da mensagem (?:encaminhada|reencaminhada)"
    r"|doorgestuurd bericht|begin doorgestuurd bericht"
    r"|videresendt (?:besked|meddelelse|melding)|start på videresendt (?:besked|melding)|videresendt e-post"
    r"|vidarebefordrat (?:meddelande|brev)"
    r"|vidarebefordrat meddelande|välitetty viesti|edelleenlähetetty viesti|wiadomość przekazana dalej"
    r"|przekazana wiadomość|treść przekazanej wiadomości"
    r"|пересылаемое сообщение|пересланное сообщение|переслане повідомлення|начало переадресованного сообщения"
    r"|iletilen mesaj|iletilmiş ileti|iletinin başlangıcı"
    r"|přeposlaná zpráva|přeposlaný e-mail|preposlaná správa|továbbított üzenet|továbbított levél"
    r"|mesaj redirecționat|mesaj redirectionat|προωθημένο μήνυμα|転送メッセージ|転送されたメッセージ"
    r"|转发的邮件|转发邮件信息|轉寄的郵件|轉寄郵件|전달된 메시지|전달된 메일|הודעה שהועברה|رسالة معاد توجيهها"
    r"|proslijeđena poruka"
    r"|posredovano sporočilo|pesan terusan|thư đã chuyển tiếp"
    r"|begin forwarded message|begin forward(?:ed)? message|weitergeleitet"
)
_SEPARATOR = re.compile(
    rf"[>\s*|]{{0,40}}(?:-{{2,40}}|_{{2,40}}|={{2,40}})\s{{0,4}}\*?(?:{_PHRASES}"
    rf"|{_FORWARD_PHRASES})\*?\s{{0,4}}[:：]?\s{{0,4}}(?:-{{2,40}}|_{{2,40}}|={{2,40}})[*\s]{{0,4}}\Z",
    re.I,
)
_BARE_SEPARATOR = re.compile(rf"[>\s*|]{{0,40}}(?:{_FORWARD_PHRASES})\s{{0,3}}[:：]\**\s{{0,4}}\Z", re.I)
_FORWARD = re.compile(rf"(?:-{{2,40}}|_{{2,40}}|={{2,40}}|\A[>\s*|]{{0,40}})\s{{0,4}}\*?(?:{_FORWARD_PHRASES})", re.I)
_BEGINNING = re.compile(rf"[>\s]{{0,40}}-{{2,40}}\s{{0,4}}(?:{_PHRASES}|{_FORWARD_PHRASES})\s{{0,4}}-{{2,40}}\s", re.I)


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
    return stripped.endswith((":", "：", ":*")) and bool(_BARE_SEPARATOR.match(line))


def begins(line: str) -> bool:
    """Whether the line begins with a separator in words and goes on with what was forwarded or answered, as Yahoo's
    plain texts do."""
    head = line[:600]
    match = _BEGINNING.match(head) if "--" in head[:60] else None
    return bool(match and ":" in head[match.end() :])


def forward_marker(line: str) -> bool:
    """Whether the separator says that what follows was forwarded."""
    return len(line) <= 200 and separator(line) and bool(_FORWARD.search(line))
