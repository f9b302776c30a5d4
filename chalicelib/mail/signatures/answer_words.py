"""Answers of a word or two, in some forty languages: yes and no, what became of an order, what is chosen. They are
capitalised like names."""

from __future__ import annotations

import re

from chalicelib.mail.gateways.conversation import DAYS
from chalicelib.patterns import pattern

_MAX_ANSWER = 3
_WORDS = pattern(r"\w+(?:['’]\w+)*")
_ANSWERS = pattern(
    r"(?:yes|no|ok|okay|sure|done|agreed|correct|right|wrong|never|always|maybe|tomorrow|today|yesterday|both|none"
    r"|neither|ja|nein|doch|gerne|genau|stimmt|morgen|heute|gestern|danke|thanks|thank|oui|non|d'accord|merci"
    r"|demain|sí|si|mañana|gracias|sim|não|obrigado|obrigada|sì|domani|grazie|nee|bedankt|dank|nej|tack|tak|takk"
    r"|kyllä|ei|nie|dziękuję|ano|ne|děkuji|áno|да|нет|спасибо|так|ні|дякую|ναι|όχι|evet|hayır|igen|nem|da|nu|taip"
    r"|jah|nope|yep|yeah|please|bitte|shipped|sent|refunded|cancelled|available|sold|erledigt|verschickt|versendet"
    r"|storniert|here|attached|anbei|是|不|否|好|好的|可以|はい|いいえ|네|아니요|예|לא|כן|نعم|لا"
    r"|delivered|dispatched|ready|gesendet|erstattet|geliefert|ausgeliefert|bestellt|bezahlt|verfügbar|ausverkauft"
    r"|envoyée?s?|expédiée?s?|remboursée?s?|annulée?s?|livrée?s?|enviad[oa]s?|reembolsad[oa]s?|cancelad[oa]s?"
    r"|entregad[oa]s?|spedit[oaie]|inviat[oaie]|rimborsat[oaie]|annullat[oaie]|consegnat[oaie]|verzonden|verstuurd"
    r"|terugbetaald|geannuleerd|geleverd|bezorgd|morgen|vandaag|wysłan[eoya]|zwrócon[eoya]|anulowan[eoya]"
    r"|dostarczon[eoya]|jutro|dzisiaj|dziś|skicka[td]|skickade|återbetald?t?|avbokad|levererad|imorgon|idag|afsendt"
    r"|sendt|leveret|levert|refunderet|refundert|annulleret|i ?morgen|lähetetty|toimitettu|huomenna|odeslán[oay]?"
    r"|zrušen[oay]?|zítra|завтра|сегодня|вчера|отправил[аи]?|отправлен[оаы]?|готов[оаы]?|отменен[оаы]?|отменён|amanhã|hoje)",
    re.I,
)
_WEEKENDS = (
    r"sonnabends?|weekend|wochenende|sábado|domingo|sabato|domenica|zaterdag|zondag|lørdag|søndag|lördag|söndag"
    r"|środa|sobot[aęuy]|niedziel[aęi]|středa|neděl[eia]|понедельник|среда|пятница|суббот[ау]|воскресенье|segunda"
    r"|terça|quarta|quinta|sexta|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai"
)
_TIMES = r"uhr|o'clock|am|pm|noon|mittags?|abends?|vormittags?|nachmittags?"
_CARRIERS = r"dhl|ups|gls|dpd|hermes|fedex|usps|tnt|postnord|bring|inpost|evri|chronopost|colissimo|express|standard"
_SIZES = r"size|größe|groesse|taille|talla|taglia|maat|rozmiar|storlek|xxs|xs|xl|xxl|xxxl|small|medium|large|[sml]"
_COLOURS = (
    r"red|blue|green|black|white|grey|gray|yellow|pink|purple|orange|brown|silver|gold|beige|navy|rot|blau|grün|gruen"
    r"|schwarz|weiß|weiss|grau|gelb|rosa|lila|braun|silber|türkis|rouge|bleue?|verte?|noire?|blanche|blanc|grise?|jaune"
    r"|rojo|roja|azul|verde|negr[oa]|blanc[oa]|amarill[oa]|ross[oa]|blu|ner[oa]|bianc[oa]|giall[oa]|rood|blauw|groen"
    r"|zwart|wit|grijs|geel|röd|blå|grön|svart|vit|grå|gul|rød|grøn|grønn|sort|hvid|hvit|czerwon[yae]|niebiesk[iae]"
    r"|zielon[yae]|czarn[yae]|biał[yae]|šedá|modrá|černá|bílá|красный|синий|зелёный|зеленый|чёрный|черный|белый"
)
# A day, a carrier, a size, a colour. Some are names of people too.
_CHOICES = pattern(rf"(?:{DAYS}|{_WEEKENDS}|{_TIMES}|{_CARRIERS}|{_SIZES}|{_COLOURS}|\d+)", re.I)
_HOURS = pattern(rf"(?:{DAYS}|{_WEEKENDS})\.?\s{{0,3}}[-–—]\s{{0,3}}(?:{DAYS}|{_WEEKENDS})\D{{1,9}}\d", re.I)
_LETTER = pattern(r"[sml\d]+", re.I)
_ASKING = pattern(r"\b(?:please|bitte)\b", re.I)
_SIGNS = pattern("[👍👎👌🙏✅❌✔✖☑💯🆗]")


def answer(text: str) -> bool:
    """Whether the text is an answer of a word or two."""
    return bool(_SIGNS.search(text)) or any(map(_ANSWERS.fullmatch, _WORDS.findall(text)))


def short_answer(text: str) -> bool:
    """Whether the text is no more than an answer ("Yes", "Vielen Dank"), and asks for nothing."""
    return len(text.split()) <= _MAX_ANSWER and answer(text) and not _ASKING.search(text)


def choice(text: str) -> bool:
    """Whether each word chooses something: "Friday", "Montag 10 Uhr", "DHL Express", "Size M". Opening hours do not."""
    words = _WORDS.findall(text)
    chosen = all(map(_CHOICES.fullmatch, words)) and not all(map(_LETTER.fullmatch, words))
    return chosen and not _HOURS.match(text)
