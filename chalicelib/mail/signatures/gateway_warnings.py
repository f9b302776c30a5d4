"""The warning of mail from outside that a mail gateway puts above a person's words. It is known by three signs: how it
begins, that it says where the mail came from, and that it speaks like a program."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import conversation
from chalicelib.patterns import pattern

MAX_LENGTH = 700
_AROUND = " \t>*_#!|-=~\u00a0"
_NOUN = (
    r"(?:e-?mails?|mails?|messages?|nachricht(?:en)?|courriels?|courriers?|correos?|mensajes?|messaggi[oe]?"
    r"|berichten?)\b"
)
_TAGGED = (
    r"(?:warning|caution|attention|achtung|attenzione|external|extern\w{0,2}|externo|esterno|ext|outside|e-?mails?|mails?"
    r"|messages?|nachricht|sender|absender|source|origin|from|mittente|remitente|expéditeur|courriel)"
)
# "[EXTERNAL EMAIL]", alone or above what a warning says.
_TAG = pattern(
    rf"[\[(<{{*]{{1,3}}\s?(?=[^\]]{{0,24}}\b(?:ext|outside|esterno|expéditeur))(?:{_TAGGED}[\s:!-]{{0,3}}){{1,5}}"
    r"[\])>}*:]{1,5}\s?(?P<more>.*)",
    re.I | re.S,
)
_ADVICE = pattern(
    r"(?:please )?(?:do not|don.t|never|be (?:careful|cautious|aware)|use caution|exercise|beware|think|verify|caution"
    r"|this (?:e-?mail|message|mail))\b|(?:bitte )?(?:klicken|öffnen|vorsicht|seien|prüfen|diese)\b"
    r"|(?:ne cliquez|soyez|attention|prudence|no haga|tenga|non cliccare|prestare|klik|wees|ce (?:message|courriel))\b",
    re.I,
)
_ORGANISATION = (
    r"(?:organi[sz]\w*|compan\w*|corporat\w*|network|domain|institut\w*|universit\w*|unternehmen\w*|firm\w*|société"
    r"|entreprise|organización|empresa|azienda|organizzazione|organisatie|bedrijf)\b"
)
_ALARM = (
    r"(?:(?:caution|warning|attention|notice|beware|be careful|alert|achtung|vorsicht|warnung|hinweis|avertissement"
    r"|prudence|atención|precaución|cuidado|aviso|attenzione|avviso|let op|waarschuwing)\b[\s:!,.-]{0,4}){0,2}"
)
_THIS = rf"(?:this|diese|dieser|ce|cet|cette|este|esta|quest[oa]|dit|deze) {_NOUN}"
_SENDER = r"(?:e-?mail|mail|sender|message|absender|nachricht|afzender|bericht)\b"
# How a warning begins: with "this mail", or with its sender.
_BEGINS = pattern(
    rf"{_ALARM}(?:{_THIS}|{_NOUN}(?: is| was| received| sent| originated)? from|external {_SENDER}"
    rf"|extern\w{{0,2}} {_SENDER}"
    r"|(?:mittente|remitente|expéditeur|courriel|e-?mail|correo) (?:externe?|externo|estern[oa])"
    r"|you don.t often|some people who received this (?:e-?mail|message))",
    re.I,
)
# That a mail came from elsewhere. Goods come from outside the EU and from external stores too.
_OUTSIDE = pattern(
    rf"\b(?:outside|außerhalb|extérieur|fuera|buiten|esterno)\b[^.,;:]{{0,20}}?\b{_ORGANISATION}"
    r"|from (?:an? )?(?:external|outside) (?:e-?mail|sender|message|source|address|domain)"
    r"|external (?:e-?mail|sender|message)|extern\w* (?:e-?mail|absender|server|quelle|nachricht)"
    r"|(?:from|von) extern\w*\.|expéditeur externe|courriel externe|remitente externo|correo externo|mittente esterno"
    r"|e-?mail esterna|externe afzender|not often get e-?mail from|don.t often get e-?mail from",
    re.I,
)
# A person tells of a mail; a warning stands in it.
_OTHER = pattern(
    rf"\b(?:the|that|die|jene|le|la|el|il|de|het) {_NOUN} (?:you|that|from|of|in|with|vom|von|mit|de|du|van)\b", re.I
)


def warning(paragraph: str) -> bool:
    """Whether a gateway wrote this paragraph above the words."""
    text = " ".join(paragraph.replace(">", " ").split()).strip(_AROUND)
    if not text or len(text) > MAX_LENGTH or conversation.personal(text) or _OTHER.search(text):
        return False
    tag = _TAG.fullmatch(" ".join(paragraph.split()).strip(" \t>_#!|-=~\u00a0")) or _TAG.fullmatch(text)
    if tag:
        more = tag["more"].strip(_AROUND + ".:")
        return not more or bool(_ADVICE.match(more))
    return bool(_BEGINS.match(text.lstrip("[(<{ ")) and _OUTSIDE.search(text))
