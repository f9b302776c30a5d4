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
_OUTSIDE = pattern(
    r"(?:originat\w+|came|comes|coming|sent|received) (?:from )?(?:an? )?(?:outside|external)\b"
    r"|from outside (?:of )?(?:the|your|our|my|this) |external (?:e-?mail|sender|source|message)"
    r"|(?:von|aus) (?:einem |einer )?extern\w* (?:absender|quelle|e-?mail|server|kontakt)"
    r"|extern\w* (?:e-?mail|absender)"
    r"|von außerhalb (?:der|ihrer|unserer|des|unseres) |expéditeur externe|extérieur (?:de|à) |courriel externe"
    r"|remitente externo|correo externo|de fuera de (?:la|su|nuestra) |mittente esterno|e-?mail esterna|esterna? all"
    r"|externe afzender|van buiten (?:de|uw|onze) |don.t often get e-?mail from|not often get e-?mail from",
    re.I,
)
_MAIL = (
    r"(?:this|the|diese|dieser|ce|cet|cette|este|esta|quest[oa]|dit|deze) "
    r"(?:e-?mail|message|mail|nachricht|courriel|courrier|correo|mensaje|messaggio|bericht)"
)
_ALARM = pattern(
    r"(?:caution|warning|attention|notice|beware|be careful|alert|achtung|vorsicht|warnung|hinweis|avertissement"
    r"|prudence|atención|precaución|cuidado|aviso|attenzione|avviso|let op|waarschuwing)\b"
    rf"|{_MAIL}\b|external |extern\w* |you don.t often|some people who received",
    re.I,
)
_SCANNED = pattern(
    r"(?:virus[- ]?free|virenfrei|sans virus|libre de virus|senza virus|virusvrij|garanti sans virus)\W"
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
_TAKEN_BY_MISTAKE = pattern(
    r"intended recipient|not the (?:named|intended)|addressee|in error|by mistake|unauthori[sz]ed|strictly prohibited"
    r"|disclos|irrtümlich|versehentlich|nicht der (?:richtige|beabsichtigte|vorgesehene|bestimmungsgemäße)|unbefugt"
    r"|unerlaubt|par erreur|destinataire|por error|destinatario|per errore|geadresseerde|ten onrechte|abuse|liabil"
    r"|unzulässig|nicht gestattet|legally",
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
    r"(?:please )?(?:consider|think of|think about) the environment before|think before you print|save paper"
    r"|(?:bitte )?(?:denken|prüfen|überlegen) sie .{0,60}(?:umwelt|ausdruck|drucken)|pensez à l.environnement"
    r"|antes de imprimir|prima di stampare",
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
    if len(text) >= _NOTICE and _BEGINS_NOTICE.match(bare) and _SECRET.search(text) and _TAKEN_BY_MISTAKE.search(text):
        return True
    return len(text) <= 200 and bool(_ENVIRONMENT.match(bare))


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
