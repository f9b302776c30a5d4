"""The labels that mail clients use in header blocks, in some forty languages, with their canonical field names."""

from __future__ import annotations

import unicodedata

from chalicelib.patterns import pattern

MAX_WORDS = 4
# Weekdays, times and addresses before a colon are not labels.
_FIELD = pattern(
    r"[>\s|\u200b-\u200f\u202a-\u202e\u2066-\u2069]{0,40}[*_]{0,2}"
    r"([^\W\d_][^\n:：@<>\d]{0,40}?)[*_\s]{0,6}[:：][*_]{0,2}(?:\s+(.*)|([^/\s].*)|)\Z"
)
_ROW = pattern(r"[>\s]{0,12}\|\s{0,8}\*{0,2}([^\W\d_][^\n|:：@<>\d]{0,40}?)\*{0,2}\s{0,8}\|([^|\n]*)\|?\s{0,8}\Z")
_LABELS = {
    "from": (
        "from|sender|von|absender|de|expéditeur|message du|remitente|desde|remetente|da|mittente|van|afzender"
        "|fra|afsender|avsender|från|avsändare|lähettäjä|saatja|kellelt|no|sūtītājs|nuo|siuntėjas|od|nadawca"
        "|odesílatel|odosielateľ|feladó|de la|expeditor|expeditorul|šalje|pošiljatelj|posiljatelj|pošiljalac"
        "|pošiljka od|от|от кого|отправитель|від|від кого|відправник|подател|изпращач|од|шаље|пошиљалац|από"
        "|αποστολέας|kimden|gönderen|gönderici|remitent|nork|frá|sendandi|מאת|השולח|من|المرسل|از|فرستنده"
        "|发件人|发信人|發件人|寄件者|寄件人|寄信人|差出人|送信者|送信元|보낸 사람|보낸이|발신자|발신|từ"
        "|người gửi|dari|pengirim|daripada|จาก|ผู้ส่ง|प्रेषक|से|mula kay|mula sa"
    ),
    "date": (
        "date|sent|sent at|sent on|date sent|datum|gesendet|gesendet am|gesendet um|date d'envoi|envoyé"
        "|envoyée|envoyé le|envoyée le|envoi|fecha|fecha de envío|enviado|enviada|enviado el|enviada el"
        "|enviado em|enviada em|data de envio|data|data invio|inviato|inviata|inviato il|verzonden"
        "|verzonden op|verstuurd|sendt|dato|skickat|skickades|päivämäärä|päiväys|pvm|lähetetty|kuupäev"
        "|saadetud|saatmisaeg|saatmise aeg|datums|nosūtīts|išsiųsta|išsiuntimo data|wysłano|wysłany|wysłane"
        "|wysłana|odesláno|odoslané|odoslaná|dne|dátum|elküldve|küldve|küldés dátuma|küldés ideje|dată|trimis"
        "|trimis la|trimisă|data trimiterii|poslano|poslato|vrijeme|vreme|дата|дата отправки|отправлено"
        "|надіслано|відправлено|дата відправлення|изпратено|датум|послато|ημερομηνία|στάλθηκε|εστάλη|tarih"
        "|gönderilen|gönderilenler|gönderildi|gönderme tarihi|gönderim tarihi|gönderilme tarihi|enviat"
        "|enviat el|dagsetning|tanggal|dikirim|terkirim|tarikh|ngày|ngày gửi|đã gửi|gửi|תאריך|נשלח|בתאריך"
        "|التاريخ|تاريخ|أرسلت|تم الإرسال|تاریخ|发送时间|发送日期|发件时间|日期|时间|時間|發送時間|寄件日期"
        "|寄件時間|傳送日期|已傳送|已发送|送信日時|送信日|日時|日付|날짜|보낸 날짜|보낸 시간|일시|วันที่"
        "|ส่งเมื่อ|ส่ง|दिनांक|भेजा गया|petsa"
    ),
    "to": (
        "to|delivered-to|an|empfänger|à|a|pour|destinataire|para|destinatario|destinatário|per|aan|til"
        "|modtager|mottaker|till|mottagare|vastaanottaja|kenelle|adressaat|saaja|kellele|kam|adresāts|gavėjas"
        "|do|adresat|odbiorca|komu|příjemce|pro|pre|príjemca|címzett|către|catre|destinatar|destinatarul"
        "|prima|primatelj|za|prejemnik|primalac|кому|получатель|одержувач|до|получател|за|прима|коме|προς"
        "|παραλήπτης|kime|alıcı|alıcılar|per a|destinatari|nori|viðtakandi|kepada|untuk|penerima|ke|đến|tới"
        "|người nhận|אל|הנמען|إلى|المستلم|به|گیرنده|收件人|收件者|收信人|宛先|宛て先|受信者|받는 사람|받는이"
        "|수신자|수신|ถึง|ผู้รับ|प्रति|को|para kay|para sa"
    ),
    "cc": (
        "cc|bcc|kopie|kopie (cc)|kopie an|blindkopie|copie|copie à|copie (cc)|cci|copia|copia a|con copia"
        "|con copia a|cco|cópia|cópia para|kopi|kopi til|kopia|kopia till|kopio|koopia|kopija|dw|udw"
        "|do wiadomości|kopii|v kopii|skrytá kopie|kópia|másolat|másolatot kap|titkos másolat|kp|skp|копия"
        "|копія|копие|копија|κοιν|κοινοποίηση|bilgi|gizli|kopya|afrit|salinan|tembusan|sao|עותק|העתק|نسخة"
        "|نسخة إلى|نسخة كربونية|رونوشت|抄送|抄送至|副本|密送|密件副本|참조|숨은 참조|สำเนา"
    ),
    "subject": (
        "subject|betreff|betrifft|objet|sujet|titre|asunto|assunto|oggetto|soggetto|onderwerp|emne|ämne"
        "|rubrik|aihe|otsikko|teema|pealkiri|temats|tēma|tema|temat|tytuł|předmět|predmet|vec|tárgy|subiect"
        "|subiectul|naslov|zadeva|тема|предмет|относно|наслов|θέμα|konu|assumpte|gaia|efni|re|subjek|perihal"
        "|chủ đề|tiêu đề|נושא|הנדון|الموضوع|موضوع|主题|主題|主旨|标题|標題|件名|제목|เรื่อง|หัวเรื่อง|विषय|paksa"
    ),
    "reply-to": (
        "reply-to|reply to|antwort an|antworten an|antwortadresse|répondre à|réponse à|adresse de réponse"
        "|responder a|responder para|rispondi a|risposta|risposta a|antwoord aan|antwoorden aan"
        "|beantwoorden aan|antwoordadres|svar til|svaradresse|svar till|svara till|svarsadress|vastausosoite"
        "|vastaus|vastaa|vasta|vastamisaadress|atbildēt|atsakyti|odpowiedz do|odpowiedź do|adres zwrotny"
        "|vasta aadressile"
        "|odpověď na|odpověď komu|odpovědět|odpovědět komu|odpoveď pre|odpovedať|odpovedať komu|válaszcím"
        "|válasz|válasz erre|răspuns către|răspunde la|răspunde către|odgovori na|odgovor na|odgovor za"
        "|ответить|обратный адрес|адрес для ответа|ответ на|відповісти|адреса для відповіді|зворотна адреса"
        "|отговор до|одговори на|απάντηση σε|απάντηση προς|yanıt|yanıtla|yanıt adresi|yanıtlama adresi"
        "|respon a|svara|balas ke|balas kepada|trả lời|trả lời đến|השב ל|השב אל|תשובה אל|الرد على|الرد إلى"
        "|رد إلى|پاسخ به|回复|回复至|回复地址|答复|回覆|回覆至|回覆地址|返信先|답장|답장 받을 주소|회신"
        "|회신 주소|ตอบกลับ|ตอบกลับไปยัง"
    ),
    "original": ("x-original-from|original-from|x-original-sender|x-google-original-from"),
    "other": (
        "importance|priority|x-priority|wichtigkeit|priorität|importanza|importancia|importance haute"
        "|priorità|prioridad|attachments|attachment|attached|pièces jointes|pièce jointe|anlagen|anlage"
        "|anhang|anhänge|bijlagen|bijlage|allegati|allegato|adjuntos|datos adjuntos|archivos adjuntos|anexos"
        "|anexo|vedhæftede filer|vedhæftet|vedlegg|bilagor|bifogade filer|liitteet|manused|załączniki|přílohy"
        "|prílohy|mellékletek|atașamente|privitci|вложения|вкладення|συνημμένα|ekler|附件|添付ファイル|첨부"
        "|קבצים מצורפים|المرفقات|x-mailer|user-agent|message-id|in-reply-to|references|organization"
        "|organisation|list-id|return-path|mime-version|content-type|categories|kategorien|security"
        "|sensitivity"
    ),
}
_CANONICAL = {label: name for name, labels in _LABELS.items() for label in labels.split("|")}
_CANONICAL |= {label.replace(" ", ""): name for label, name in _CANONICAL.items() if not label[0].isascii()}
_UNSEEN = pattern("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

Label = tuple[str | None, str] | None
"""The field of a line "label: value": (canonical name, or None for an unknown label, and value). None for other
lines."""


def canonical(label: str) -> str | None:
    """The canonical name of a label's field; None if no known client uses the label."""
    folded = unicodedata.normalize("NFC", _UNSEEN.sub("", label)).lower().replace("’", "'").replace("i̇", "i")
    folded = " ".join(folded.split()).strip("*_ ")
    # Chinese, Japanese and Korean labels are padded with spaces.
    return _CANONICAL.get(folded) or (_CANONICAL.get(folded.replace(" ", "")) if not folded.isascii() else None)


def labelled(line: str) -> Label:
    """The field and value of a line "label: value" or of a table's row "| label | value |"; None for other lines."""
    head = line[:90]
    match = _FIELD.match(line) if ":" in head or "：" in head else None
    match = match or (_ROW.match(line) if "|" in head else None)
    if match is None or len(match.group(1).split()) > MAX_WORDS:
        return None
    return canonical(match.group(1)), next(filter(None, match.groups()[1:]), "").strip()


def leading(line: str) -> Label:
    """The field and value of a line "label value" without a colon; None if no known label begins the line."""
    words = line[:90].split(maxsplit=3)
    for count in range(min(3, len(words) - 1), 0, -1):
        if name := canonical(" ".join(words[:count])):
            return name, line.split(maxsplit=count)[count].strip()
    return None
