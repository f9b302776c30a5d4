"""What a mail gateway puts below a person's words: a virus scanner's line, a notice of confidentiality, a request not
to print. Each consists of known words to its end, or has three signs: how it begins, what only a notice says, and that
it speaks like a program."""

from __future__ import annotations

import re

from chalicelib.mail.gateways import conversation, gateway_labels
from chalicelib.mail.gateways import gateway_words as words
from chalicelib.patterns import pattern

MAX_LENGTH = 3_000
_NOTICE = 90
"""So many bytes has a notice of confidentiality without a heading at least; shorter ones could be a request."""
_SCANNED_LENGTH = 700
_SITE = rf"(?:https?://)?(?:www\.)?{words.SCANNERS}\w{{0,12}}\.(?:com|de|net)\S{{0,200}}"
SITE = pattern(rf"\W{{0,4}}{_SITE}\W{{0,4}}", re.I)
"""A scanner's address alone: it belongs to the line above it."""
_VIRUS_FREE = (
    r"(?:virus[- ]?free|virenfrei|(?:garanti )?sans virus|libre de virus|senza virus|virusvrij)[.\s]{1,3}"
    # In other languages: a few words, of which one is a virus.
    r"|(?=[^:]{0,40}(?<!anti)(?<!anti-)(?:v[ií]r[uúüiyeů]|wirus|вирус|вірус|病毒|ウイルス|바이러스))"
    r"(?:[^\s:]{1,20} ){0,3}[^\s:]{1,20}?[.。 ]{1,2}"
)
_CHECKED = (
    rf"(?:{words.THIS}(?: electronic| message| électronique| electrónico| elettronica)?"
    r" (?:has been|was|wurde|a été|ha sido|è stat[oa]|is|foi|er blevet|har|została|byl[ao]?|было)"
    r"|l.absence de virus dans ce|el software de antivirus)"
)
_VERBS = (
    r"(?:checked|scanned|swept|geprüft|überprüft|untersucht|vérifiée?|analizado|comprobado|controllat[ao]|verificad[oa]"
    r"|gecontroleerd|kontroller\w+|kontrollerats|sprawdzon\w|zkontrolován\w?|проверено)"
)
# The words of a scanner's line behind "this mail was".
_SCAN_WORD = (
    rf"(?:{words.SCANNERS}\S{{0,20}}|checked|scanned|swept|for|all|known|virus\w{{0,3}}|malware|spam|and|other|dangerous|content"
    r"|by|the|using|with|anti-?virus\w{0,8}|software|security|is|it|believed|to|be|clean|free|of|vom?n?|auf|viren\w{0,6}"
    r"|geprüft|untersucht|überprüft|und|mit|der|par|le|la|logiciel|courrier|électronique|a|été|vérifiée?|de|contra"
    r"|analizado|este|correo|ha|op|gecontroleerd|door|mailserver|service|cloud)"
)
_SCANNED = pattern(
    rf"(?:{_VIRUS_FREE}){_SITE}\W{{0,4}}"
    rf"|(?:scanned|secured|protected|checked|sent securely) (?:by|using|with) {words.SCANNERS}\W{{0,4}}"
    rf"|{_CHECKED}(?:[\s,.:;-]{{1,3}}{_SCAN_WORD}\b){{1,40}}[\s.:]{{0,3}}(?:{_SITE})?\W{{0,4}}",
    re.I,
)
_SCANNED_BY = pattern(
    rf"{_CHECKED} (?:[^\s]{{1,20}} ){{0,6}}?(?:{_VERBS}\b.{{0,80}}|sent securely using )\b{words.SCANNERS}\b", re.I
)
# A scanner's line is in every mail; what it found is in one.
_FOUND = pattern(r"(?<!no virus )\bfound\b|\binfected\b|\bgefunden\b|\binfiziert\w*|\btrouvé|\binfecté", re.I)
_SECRET = pattern(words.CONFIDENTIAL, re.I)
_NOT_FOR_YOU = pattern(words.NOT_FOR_YOU, re.I)
_THREAT = pattern(words.THREAT, re.I)
_BEGINS = pattern(words.BEGINS_NOTICE, re.I)
_MENTIONED = pattern(
    rf"\b{words.NOUN}|{words.THIS}|transmission|wiadomoś\w+|zpráv\w+|сообщени\w+|письм\w+|повідомленн\w+|meldinge\w+",
    re.I,
)
_HEADED = pattern(rf"{words.HEADING}\s{{0,2}}[:：]\s?(?:{words.THIS}|the (?:information|contents?))", re.I)
HEADING = pattern(rf"\W{{0,4}}{words.HEADING}\W{{0,4}}", re.I)
"""A notice's heading, in a paragraph of its own."""
# A notice speaks to whoever reads it; a person tells what happened.
_ANYBODY = pattern(
    r"\b(?:if|any|unless|intended|only|wenn|falls|sollten|jede\w?|nur|bestimmt|si|toute?s?|cualquier\w?|se|qualsiasi"
    r"|indien|elke|als|hvis|om|jeżeli|jeśli|pokud|если|jos|eğer)\b|任何",
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
    r"|avant d.imprimer(?: (?:ce|cet) (?:e-?mail|courriel|message|mail))?, pensez à l.environnement"
    r"|denk aan het milieu voor(?:dat)? u dez?e (?:e-?mail|mail|bericht) (?:af)?print"
    r"|tänk på miljön innan du skriver ut (?:detta|det här) (?:mejl\w{0,3}|meddelande\w{0,2})"
    r"|tænk på miljøet,? (?:før|inden) du (?:printer|udskriver) denne (?:e-?mail|mail)"
    r"|[^.:;!?]{0,60}(?:antes de imprimir|prima di stampare) (?:este|esta|quest[oa]|el) (?:correo|e-?mail|mensaje|mail)"
    r"[^.:;!?]{0,20}",
    re.I,
)


def notice(paragraph: str) -> bool:
    """Whether a gateway wrote this paragraph below the words."""
    text = _one_line(paragraph)
    bare = text.lstrip("[(<{ ")
    if not text or len(text) > MAX_LENGTH:
        return False
    # "P" is a tree in Webdings.
    printed = _ENVIRONMENT.fullmatch(bare.removeprefix("P ").rstrip(" .!"))
    return bool(printed) or gateway_labels.label(paragraph) or scanner(paragraph) or _confidential(text, bare)


def scanner(paragraph: str) -> bool:
    """Whether this is a virus scanner's line."""
    bare = _one_line(paragraph).lstrip("[(<{ ")
    if not bare or len(bare) > _SCANNED_LENGTH:
        return False
    says = _SCANNED.fullmatch(bare) or (_SCANNED_BY.match(bare) and not _FOUND.search(bare))
    return bool(says) and not conversation.personal(bare)


def _one_line(paragraph: str) -> str:
    return " ".join(paragraph.replace(">", " ").split()).strip(words.AROUND)


def _confidential(text: str, bare: str) -> bool:
    about = _BEGINS.match(bare) and _MENTIONED.search(text) and _SECRET.search(text)
    if not about or conversation.personal_in_a_notice(text):
        return False
    # Chinese says in a third of the signs what other languages do.
    long = len(text.encode()) >= _NOTICE
    return bool(_HEADED.match(bare)) or (long and _warns_off(text))


def _warns_off(text: str) -> bool:
    threats = {found[0].lower() for found in _THREAT.finditer(text)}
    return bool(_NOT_FOR_YOU.search(text)) or (len(threats) > 1 and bool(_ANYBODY.search(text)))
