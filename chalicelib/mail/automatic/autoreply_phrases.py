"""Subjects that only automatic replies have. People write similar ones: they are away, or own automatic lamps. So a
phrase counts only as the whole beginning of the subject, followed by what mail programs put after it, and never after a
"Re:"."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

_ANSWERED = r"(?:re|aw|sv|vs|antw|odp|ynt|res|rif|r|fwd?|wg|tr)\s*[:：]"
# Names of an automatic reply.
_REPLY = (
    r"auto(?:matic(?:ally generated)?|mated)?[ -]?(?:reply|response|respon[ds]er|answer|acknowledge?ment)"
    r"|automat(?:ische|isierte) (?:antwort|nachricht|eingangsbestätigung|rückantwort)|autom\. antwort"
    r"|réponse automatique|message (?:automatique|d[’']absence)|(?:notification|avis) d[’']absence"
    r"|respuesta automática|mensaje automático|resposta automàtica"
    r"|risposta automatica|messaggio automatico|resposta automática|mensagem automática"
    r"|automatisch(?:e)? (?:antwoord|beantwoording|reactie)|automatisk svar|auto(?:mat)?svar"
    r"|automatiskt svar|svar automatiskt"
    r"|automaattinen (?:vastaus|poissaoloviesti)|automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź"
    r"|автоответ|автоматический ответ|автоматична відповідь|автовідповідь|автоматичен отговор"
    r"|automatická odpo(?:veď|věď)|automatikus válasz|răspuns automat|αυτόματη απάντηση"
    r"|otomatik yanıt|automatski odgovor|samodejni odgovor|balasan otomatis|trả lời tự động"
    r"|自动回复|自動回覆|自动答复|自動返信|自動応答|자동 ?회신|자동 ?응답|תשובה אוטומטית|رد تلقائي|(?:การ)?ตอบกลับอัตโนมัติ"
    r"|automaatvastus|automātisk[āa] atbilde|automatinis atsakymas|sjálfvirkt svar|а[ву]томатски одговор"
    r"|erantzun automatikoa|përgjigje automatike|balasan automatik|پاسخ خودکار|स्वचालित (?:उत्तर|जवाब)"
)
# Mail programs put these before the subject of the mail they answer while the recipient is away.
_ABSENCE = (
    r"(?:i am |i[’']m )?(?:currently )?out[ -]of[ -](?:the[ -])?office(?: auto-?reply)?|ooo"
    r"|away from (?:my|the) (?:desk|office|mail)|vacation (?:reply|response|message|notice|alert)"
    r"|abwesenheits(?:notiz|nachricht|benachrichtigung|assistent|meldung|info)"
    r"|absente? du bureau|absence du bureau|fuera de (?:la )?oficina|fuori ufficio|assente dall[’']ufficio"
    r"|fora do escritório|ausente do escritório|afwezigheids(?:bericht|melding|assistent)|buiten kantoor"
    r"|ikke på kontoret|fraværs(?:besked|melding|assistent)|frånvaromeddelande|(?:inte|ej) på kontoret"
    r"|poissa toimistosta|poissaoloilmoitus|poza biurem|вне офиса|mimo kancelář|mimo kancelárie|házon kívül"
    r"|în afara biroului|εκτός γραφείου|ofis dışında|不在办公室|不在通知|不在のお知らせ|부재 ?중|מחוץ למשרד|خارج المكتب"
)
# HCL Notes puts the absent person's name between: "AUTO: Kim Lee is out of the office (returning 12/07/2026)".
_NAMED = (
    r"auto\s?: [^\n:]{1,80} (?:is out of (?:the )?office|ist außer haus|est absent(?:e|\(e\))?(?: du bureau)?)"
    r"\.?(?:\s*\([^()\n]{1,60}\))?\s*\Z"
)
# Everyday words; they count only directly before the answered subject: "Auto: Re: ...".
_BESIDE_ANSWERED = r"auto|abwesend|abwesenheit|absente?|away|vacation|urlaub|assente|ausente|afwezig|ooo"
_AUTOREPLY = pattern(
    rf"\A[\W_]{{0,6}}(?:"
    rf"(?:{_REPLY})(?:\W{{0,4}}\Z|\s*[:：;|\]*([（【]|\s[-–—]\s|\s+{_ANSWERED})"
    rf"|(?:{_ABSENCE})(?:\W{{0,4}}\Z|\s*[:：|\]*([（【]|\s+{_ANSWERED})"
    rf"|{_NAMED}"
    rf"|(?:{_BESIDE_ANSWERED})\]?\s*[:：|–—-]*\s*{_ANSWERED})",
    re.I,
)


def is_autoreply(subject: str) -> bool:
    """Whether the subject begins as only automatic replies do."""
    return bool(_AUTOREPLY.match(subject))
