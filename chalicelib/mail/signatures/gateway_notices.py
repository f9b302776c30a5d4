"""What a mail gateway puts below a person's words: a virus scanner's line, a notice of confidentiality, a request not
to print. Each consists of known words to its end, or has three signs: how it begins, what only a notice says, and that
it speaks like a program."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import conversation
from chalicelib.patterns import pattern

MAX_LENGTH = 3_000
_NOTICE = 90
"""So many characters has a notice of confidentiality at least; shorter ones could be a person's request."""
_AROUND = " \t>*_#!|-=~\u00a0"
_SCANNERS = (
    r"(?:avast|avg|norton|mcafee|eset|kaspersky|mimecast|proofpoint|symantec|messagelabs|mailscanner|sophos|barracuda"
    r"|hornetsecurity|clamav|bitdefender|avira|g data|trend micro)"
)
_SITE = rf"(?:https?://)?(?:www\.)?{_SCANNERS}\w{{0,12}}\.(?:com|de|net)\S{{0,200}}"
SITE = pattern(rf"\W{{0,4}}{_SITE}\W{{0,4}}", re.I)
"""A scanner's address alone: it belongs to the line above it."""
_THIS = (
    r"(?:this|diese|dieser|ce|cet|cette|este|esta|quest[oa]|dit|deze) "
    r"(?:e-?mail|message|mail|nachricht|courriel|courrier|correo|mensaje|messaggio|bericht)"
)
_VIRUS_FREE = r"(?:virus[- ]?free|virenfrei|(?:garanti )?sans virus|libre de virus|senza virus|virusvrij)\W{1,4}"
_CHECKED = (
    rf"(?:{_THIS}(?: electronic| message| électronique)? (?:has been|was|wurde|a été|ha sido|è stat[oa]|is)"
    r"|l.absence de virus dans ce|el software de antivirus)"
)
# The words of a scanner's line behind "this mail was".
_SCAN_WORD = (
    rf"(?:{_SCANNERS}\S{{0,20}}|checked|scanned|swept|for|all|known|virus\w{{0,3}}|malware|spam|and|other|dangerous|content"
    r"|by|the|using|with|anti-?virus\w{0,8}|software|security|is|it|believed|to|be|clean|free|of|vom?n?|auf|viren\w{0,6}"
    r"|geprüft|untersucht|überprüft|und|mit|der|par|le|la|logiciel|courrier|électronique|a|été|vérifiée?|de|contra"
    r"|analizado|este|correo|ha|op|gecontroleerd|door|mailserver|service|cloud)"
)
_SCANNED = pattern(
    rf"{_VIRUS_FREE}{_SITE}\W{{0,4}}|{_CHECKED}(?:[\s,.:;-]{{1,3}}{_SCAN_WORD}\b){{1,40}}[\s.:]{{0,3}}(?:{_SITE})?\W{{0,4}}",
    re.I,
)
_SCANNED_BY = pattern(
    rf"{_CHECKED} (?:[^\s]{{1,20}} ){{0,6}}?(?:checked|scanned|swept|geprüft|überprüft|untersucht|vérifiée?|analizado)"
    rf"\b.{{0,80}}\b{_SCANNERS}\b",
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
# A notice speaks to whoever reads it; a person tells what happened.
_ANYBODY = pattern(
    r"\b(?:if|any|unless|intended|only|wenn|falls|sollten|jede\w?|nur|bestimmt|si|toute?s?|cualquier\w?|se|qualsiasi"
    r"|indien|elke|als|hvis|om)\b",
    re.I,
)
_BEGINS = pattern(
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
_PAPER = r"(?:this|the|an?)? ?(?:e-?mail|message|mail|page)s?"
_ENVIRONMENT = pattern(
    rf"(?:please )?(?:consider|think of|think about) (?:the|our) environment before (?:you )?print\w{{0,4}}(?: out)?"
    rf" {_PAPER}"
    r"|think before you print(?: this e?-?mail)?|save paper\b[^.:;!?]{0,40}print[^.:;!?]{0,30}"
    r"|(?:bitte )?(?:denken|prüfen|überlegen) sie (?=[^.:;!?]{0,80}umwelt)[^.:;!?]{0,60}"
    r"(?:(?:e-?mail|nachricht|mail)\b[^.:;!?]{0,20}druck\w{0,4}|ausdruck dieser (?:e-?mail|mail|nachricht))"
    r"[^.:;!?]{0,30}"
    r"|pensez à l.environnement avant d.imprimer (?:ce|cet) (?:e-?mail|courriel|message|mail)"
    r"|[^.:;!?]{0,60}(?:antes de imprimir|prima di stampare) (?:este|esta|quest[oa]|el) (?:correo|e-?mail|mensaje|mail)"
    r"[^.:;!?]{0,20}",
    re.I,
)


def notice(paragraph: str) -> bool:
    """Whether a gateway wrote this paragraph below the words."""
    text = " ".join(paragraph.replace(">", " ").split()).strip(_AROUND)
    bare = text.lstrip("[(<{ ")
    if not text or len(text) > MAX_LENGTH:
        return False
    return scanner(paragraph) or _confidential(text, bare) or bool(_ENVIRONMENT.fullmatch(bare.rstrip(" .!)")))


def scanner(paragraph: str) -> bool:
    """Whether this is a virus scanner's line."""
    text = " ".join(paragraph.replace(">", " ").split()).strip(_AROUND)
    if not text or len(text) > 700:
        return False
    bare = text.lstrip("[(<{ ")
    return bool(_SCANNED.fullmatch(bare)) or (bool(_SCANNED_BY.match(bare)) and not conversation.personal(text))


def _confidential(text: str, bare: str) -> bool:
    return (
        len(text) >= _NOTICE
        and bool(_BEGINS.match(bare) and _SECRET.search(text))
        and _warns_off(text)
        and not conversation.personal_in_a_notice(text)
    )


def _warns_off(text: str) -> bool:
    threats = {found[0].lower() for found in _THREAT.finditer(text)}
    return bool(_NOT_FOR_YOU.search(text)) or (len(threats) > 1 and bool(_ANYBODY.search(text)))
