"""Paragraphs that a mail gateway adds around a person's words: a warning of mail from outside, a virus scanner's line,
a notice of confidentiality. Each is known by two signs, because people write about links, viruses and secrets too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.patterns import pattern

MAX_LENGTH = 3_000
_MAX_PARAGRAPHS = 20
_NOTICE = 90
"""So many characters has a notice of confidentiality at least; shorter ones could be a person's request."""
_AROUND = " \t>*_#!|-=~\u00a0"
# "[EXTERNAL EMAIL]", alone or above what a warning says.
_TAG = pattern(
    r"[\[(<{*]{1,3}\s?(?:warning:? ?|caution:? ?|achtung:? ?)?(?:external|extern\w{0,2}|externo|esterno|ext|outside)\b"
    r"[^\])>}*]{0,40}[\])>}*:]{1,3}\s?(?P<more>.*)",
    re.I | re.S,
)
_WARNS = pattern(
    r"click|links?\b|attach|caution|careful|trust|sender|klick|anhäng|anhang|vorsicht|absender|lien|pièce|prudence|enlace"
    r"|adjunt|allegat|bijlage|recogni[sz]e|outside|organi[sz]ation",
    re.I,
)
_NOUN = (
    r"(?:e-?mails?|mails?|messages?|nachricht(?:en)?|courriels?|courriers?|correos?|mensajes?|messaggi[oe]?"
    r"|berichten?)\b"
)
_ABROAD = r"(?:outside|external|extern\w*|außerhalb|extérieur|fuera|estern[ao]|buiten)\b"
_ORGANISATION = (
    r"(?:organi[sz]\w*|compan\w*|corporat\w*|network|domain|institut\w*|universit\w*|unternehmen\w*|firm\w*|société"
    r"|entreprise|organización|empresa|azienda|organizzazione|organisatie|bedrijf)\b"
)
# That a mail came from elsewhere. Goods come from outside the EU and from external stores too.
_OUTSIDE = pattern(
    rf"{_NOUN}[^.,;:]{{0,60}}?\b{_ABROAD}|\b{_ABROAD}[^.,;:]{{0,20}}?\b{_ORGANISATION}"
    r"|external (?:e-?mail|sender|message)|extern\w* (?:e-?mail|absender|server)"
    r"|expéditeur externe|courriel externe|remitente externo|correo externo|mittente esterno|e-?mail esterna"
    r"|externe afzender|not often get e-?mail from|don.t often get e-?mail from",
    re.I,
)
_MAIL = (
    r"(?:this|the|diese|dieser|ce|cet|cette|este|esta|quest[oa]|dit|deze) "
    r"(?:e-?mail|message|mail|nachricht|courriel|courrier|correo|mensaje|messaggio|bericht)"
)
_ALARM = pattern(
    r"(?:caution|warning|attention|notice|beware|be careful|alert|achtung|vorsicht|warnung|hinweis|avertissement"
    r"|prudence|atención|precaución|cuidado|aviso|attenzione|avviso|let op|waarschuwing)\b"
    rf"|{_MAIL}\b|external |extern\w* |you don.t often|some people who received this (?:e-?mail|message)",
    re.I,
)
_SCANNED = pattern(
    r"(?:virus[- ]?free|virenfrei|(?:garanti )?sans virus|libre de virus|senza virus|virusvrij)\W{1,4}"
    r"(?:https?:|www\.|avast|avg|\Z)"
    rf"|{_MAIL} .{{0,80}}?(?:checked for (?:all )?(?:known )?viruses|scanned (?:by|for)|auf viren (?:über|ge)prüft"
    r"|auf viren untersucht|virenfrei|virus (?:a été|con )|op virussen gecontroleerd|believed to be clean)"
    r"|l.absence de virus dans ce|el software de antivirus .{0,40} ha analizado este",
    re.I | re.S,
)
_SCANNER = pattern(
    r"\W{0,4}(?:(?:https?://)?(?:www\.)?(?:avast|avg|norton|mcafee|eset|kaspersky|mimecast|proofpoint)\.(?:com|de)\S*)\W{0,4}",
    re.I,
)
_SECRET = pattern(
    r"confiden|vertraulich|privileged|proprietary|intended (?:only|solely|exclusively|for|recipient)|geheim|riservat"
    r"|vertrouwelijk|fortrolig|konfident|poufn|důvěrn|bizalmas|конфиденциальн",
    re.I,
)
# Whom the mail is for. The second are other threats of a notice, of which people write too, but hardly of two at once.
_NOT_FOR_YOU = pattern(
    r"intended recipient|not the (?:named|intended)|addressee|unauthori[sz]ed|strictly prohibited"
    r"|nicht der (?:richtige|beabsichtigte|vorgesehene|bestimmungsgemäße)|unbefugt|unerlaubt|destinataire|destinatario"
    r"|geadresseerde",
    re.I,
)
_THREAT = pattern(
    r"in error|by mistake|disclos|prohibited|forbidden|copying|distribut|disseminat|irrtümlich|versehentlich|unzulässig"
    r"|nicht gestattet|par erreur|por error|per errore|ten onrechte|abuse|liabil|legally",
    re.I,
)
_BEGINS_NOTICE = pattern(
    r"(?:confidentiality|legal|privacy|important)?\s?(?:notice|disclaimer|note)\b"
    r"|(?:this|the|any) (?:electronic )?(?:e-?mail|message|mail|communication|transmission|information|content)s?\b"
    r"|(?:diese|die|der inhalt dieser|das) (?:e-?mail|nachricht|mail|information)"
    r"|vertraulichkeits?hinweis|haftungsausschluss|avis de confidentialité"
    r"|(?:ce|cet|cette|le|este|esta|el|quest[oa]|il|dit|deze|denne|detta) (?:courriel|e-?mail|message|mail|correo"
    r"|mensaje|messaggio|bericht|meddelande|besked|melding|contenu|contenido|contenuto)"
    r"|if you are not the|wenn sie nicht der|sollten sie nicht der|si vous n.êtes pas|si usted no es"
    r"|se non (?:siete|è)",
    re.I,
)
_ENVIRONMENT = pattern(
    r"(?:please )?(?:consider|think of|think about) the environment before .{0,30}print|think before you print"
    r"|save paper\b.{0,40}print|(?:bitte )?(?:denken|prüfen|überlegen) sie (?=.{0,80}umwelt).{0,80}druck"
    r"|pensez à l.environnement avant .{0,30}imprimer|antes de imprimir|prima di stampare",
    re.I,
)
_FRAMED = pattern(r"\s{0,8}([-_=])\1{1,40}\s{0,4}[^\W\d_][^\n]{0,50}?\s{0,4}\1{2,40}\s{0,8}")


def framed(line: str) -> bool:
    """Whether the line is made to stand above another mail, in words that nobody knows ("----- Antwort -----")."""
    found = _FRAMED.fullmatch(line) if len(line) <= 120 else None
    return found is not None and len(line.split()) <= 8


def gateways(paragraph: str) -> bool:
    """Whether a gateway wrote this paragraph."""
    text = " ".join(paragraph.replace(">", " ").split()).strip(_AROUND)
    if not text or len(text) > MAX_LENGTH:
        return False
    bare = text.lstrip("[(<{ ")
    tag = _TAG.match(text)
    if tag and (not tag["more"].strip(_AROUND + ".:") or _WARNS.search(tag["more"])):
        return True
    if len(text) <= 700 and (_SCANNED.match(bare) or _SCANNER.fullmatch(text)):
        return True
    if len(text) <= 700 and _ALARM.match(bare) and _OUTSIDE.search(text):
        return True
    if len(text) >= _NOTICE and _BEGINS_NOTICE.match(bare) and _SECRET.search(text) and _warns_off(text):
        return True
    return len(text) <= 200 and bool(_ENVIRONMENT.match(bare))


def _warns_off(text: str) -> bool:
    threats = {found[0].lower() for found in _THREAT.finditer(text)}
    return bool(_NOT_FOR_YOU.search(text)) or len(threats) > 1


def without(lines: Sequence[str]) -> list[str]:
    """The lines without a gateway's paragraphs and lines at their beginning and end."""
    kept = list(lines)
    for _ in range(_MAX_PARAGRAPHS):
        shorter = _without_last(_without_first(kept))
        if len(shorter) == len(kept):
            break
        kept = shorter
    return [] if _only_framed(kept) else kept


def _only_framed(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return len(filled) == 1 and framed(filled[0])


def _without_first(lines: list[str]) -> list[str]:
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    end = next((at for at in range(begin, len(lines)) if not lines[at].strip()), len(lines))
    if begin < end and gateways("\n".join(lines[begin:end])):
        return lines[end:]
    return lines[begin + 1 :] if begin < end and gateways(lines[begin]) else lines


def _without_last(lines: list[str]) -> list[str]:
    turned = lines[::-1]
    end = len(lines) - next((at for at, line in enumerate(turned) if line.strip()), len(lines))
    begin = next((at + 1 for at in range(end - 1, -1, -1) if not lines[at].strip()), 0)
    if begin < end and gateways("\n".join(lines[begin:end])):
        return lines[:begin]
    return lines[: end - 1] if begin < end and gateways(lines[end - 1]) else lines
