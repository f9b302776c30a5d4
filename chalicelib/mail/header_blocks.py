"""The header block a mail client writes above what it forwards or answers ("From: … Sent: … Subject: …"),
in the words of some thirty languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_LINES = 30
MAX_BLOCKS = 20
_NAMES = {
    "from": "from|von|de|da|van|fra|från|od|от|от кого|від|kimden|gönderen|lähettäjä|feladó|de la|expeditor|από"
    "|odesílatel|odosielateľ|posiljatelj"
    "|发件人|寄件者|寄件人|差出人|送信元|보낸 사람|보낸사람|מאת|من|desde|remitente|remetente|expéditeur"
    "|mittente|afzender"
    "|absender|avsender|afsender"
    "|sender|šalje|pošiljatelj|dari|từ|จาก|message du|saatja|nuo|no|frá",
    "date": "date|sent|datum|gesendet|sendt|envoyé|envoyé le|date d'envoi|data|dátum|dato|fecha|enviado|enviado el"
    "|enviado em|enviada em|inviato"
    "|verzonden|skickat|wysłano|wysłany|дата|отправлено|надіслано|päivämäärä|päiväys|lähetetty|tarih"
    "|gönderilen|gönderme tarihi|elküldve|küldve"
    "|trimis|ημερομηνία|στάλθηκε|odesláno|odoslané|datum|发送时间|发送日期|日期|时间|寄件日期|已傳送|送信日時"
    "|日時|送信日|日付|보낸 날짜|날짜|נשלח"
    "|תאריך|التاريخ|أرسلت|poslano|tanggal|dikirim|ngày|đã gửi|gesendet am|sent at|sent on|envoyée"
    "|data invio|saatmisaeg|išsiųsta",
    "to": "to|an|à|a|aan|til|till|do|para|per|кому|кому:|до|kime|alıcı|vastaanottaja|címzett|către|προς|komu|pre"
    "|za|收件人|收件者|宛先|받는 사람|받는사람"
    "|אל|إلى|destinataire|destinatario|kepada|đến|empfänger|mottaker|modtager|delivered-to",
    "cc": "cc|kopie|copie|copie à|copia|kopi|kopia|kopie (cc)|копия|копія|bilgi|másolat|másolatot kap|κοιν|kópia"
    "|抄送|副本|参照|참조|עותק|نسخة|dw|bcc|kopio|tembusan",
    "subject": "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|emne|ämne|temat|тема|konu|aihe|tárgy|subiect"
    "|θέμα|předmět|predmet|主题|主旨|件名"
    "|제목|נושא|الموضوع|sujet|titre|re|subjek|perihal|chủ đề|เรื่อง|tema|teema|naslov|zadeva|efni",
    "reply-to": "reply-to|antwort an|responder a|risposta|répondre à|antwoord aan|svar til|odpowiedz do|importance"
    "|priority|wichtigkeit|attachments"
    "|pièces jointes|anlagen|bijlagen|priorità|responder para|x-mailer|message-id|in-reply-to"
    "|organization|organisation|list-id",
}
_CANONICAL = {label: name for name, labels in _NAMES.items() for label in labels.split("|")}
_FIELD = re.compile(
    r"[>\s|]{0,40}[*_]{0,2}([^\W\d_][^\W\d_ '’()-]{0,30}(?:[ '’-][^\W\d_]{1,30}){0,2}(?: \(cc\))?)"
    r"[*_]{0,2}\s{0,3}[*_]{0,2}[:：][*_]{0,2}\s*(.*)\Z"
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,128}@[^\s<>()\[\],;:\"'*]{1,190}")
_QUOTE = re.compile(r"(?:\s{0,4}>)+ ?|\|[ ]")


@dataclass(slots=True)
class Block:
    """Lines `start` to `end` (exclusive) are a header block; `fields` by canonical name, text as written."""

    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict)


def find(lines: Sequence[str], limit: int = MAX_BLOCKS) -> list[Block]:
    """Every header block among the lines, from the top, at most `limit`."""
    found: list[Block] = []
    index = 0
    while index < len(lines) and len(found) < limit:
        name = _name(lines[index])
        block = _block(lines, index) if name in ("from", "date", "to", "subject", "reply-to") else None
        if block:
            found.append(block)
            index = block.end
        else:
            index += 1
    return found


def unquoted(line: str) -> str:
    """The line without its quote marks."""
    match = _QUOTE.match(line)
    return line[match.end() :] if match else line


def _name(line: str) -> str | None:
    if ":" not in line[:60] and "：" not in line[:60]:
        return None
    match = _FIELD.match(line)
    return _CANONICAL.get(match.group(1).lower().replace("’", "'")) if match else None


def _block(lines: Sequence[str], start: int) -> Block | None:
    fields: dict[str, str] = {}
    last, end, wrapped, count = "", start, 0, 0
    for index in range(start, min(start + MAX_LINES, len(lines))):
        line = lines[index]
        bare = unquoted(line).strip()
        if not bare:
            if (
                index + 1 < len(lines)
                and (following := _name(lines[index + 1]))
                and following not in fields
                and "subject" not in fields
            ):
                continue
            break
        name = _name(line)
        if name:
            match = _FIELD.match(line)
            fields.setdefault(name, match.group(2).strip() if match else "")
            last, end, wrapped, count = name, index + 1, 0, count + 1
        elif last and wrapped < 3 and _continues(lines, index, last, fields):
            fields[last] = f"{fields[last]} {bare}".strip()
            wrapped += 1
            end = index + 1
        else:
            break
    return Block(start, end, fields) if _convincing(fields, count) else None


def _continues(lines: Sequence[str], index: int, last: str, fields: dict[str, str]) -> bool:
    """Whether a line that is no header belongs to the one above: another header follows soon, or it is an address."""
    if last == "subject" and {"from", "to"} <= fields.keys():
        return False
    for following in lines[index + 1 : index + 4]:
        if _name(following):
            return True
        if not unquoted(following).strip():
            break
    return last in ("to", "cc") and bool(_ADDRESS.search(lines[index]))


def _convincing(fields: dict[str, str], count: int) -> bool:
    """A sender with an address or three fields with a subject: not somebody's travel plan ("From: Rome, To: Milan")."""
    if "from" not in fields:
        return False
    has_address = bool(_ADDRESS.search(fields["from"]))
    others = len(fields.keys() & {"date", "subject", "to"})
    return others >= 1 and count >= 2 if has_address else others >= 2 and "subject" in fields and count >= 3
