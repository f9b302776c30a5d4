"""The warning of mail from outside that a mail gateway puts above a person's words. It is known by three signs: how it
begins, that it says where the mail came from, and that it speaks like a program. Some gateways leave a mark that shows
it in any language."""

from __future__ import annotations

import re

from chalicelib.mail.gateways import conversation, gateway_labels
from chalicelib.mail.gateways import gateway_words as words
from chalicelib.patterns import pattern

MAX_LENGTH = 700
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
_ADVICE = pattern(words.ADVICE, re.I)
_SENDER = (
    r"(?:e-?mail|mail|sender|message|absender|nachricht|afzender|bericht)"
    r"(?=\W*\Z|\s?[:!.,–-]|[\s>)\]]+(?:use|do|be|please|this|bitte)\b)"
)
# How a warning begins: with "this mail", or with its sender.
_BEGINS = pattern(
    rf"{words.ALARM}(?:{words.THIS}|{words.NOUN}(?: is| was| received| sent| originated)? from|external {_SENDER}"
    rf"|extern\w{{0,2}} {_SENDER}"
    r"|(?:mittente|remitente|expéditeur|courriel|e-?mail|correo) (?:externe?|externo|estern[oa])"
    r"|you don.t often|some people who received this (?:e-?mail|message))",
    re.I,
)
_OUTSIDE = pattern(words.OUTSIDE, re.I)
# A person tells of a mail; a warning stands in it.
_OTHER = pattern(
    rf"\b(?:the|that|die|jene|le|la|el|il|de|het) {words.NOUN} (?:you|that|from|of|in|with|vom|von|mit|de|du|van)\b",
    re.I,
)
# Outlook explains its tip at this address, in every language.
_TIP = pattern(r".{0,300}\S@\S.{0,300}?aka\.ms/LearnAboutSenderIdentification\W{0,4}", re.I | re.S)
BANNER = ("ZjQcmQRYFpfptBannerStart", "ZjQcmQRYFpfptBannerEnd")
"""Proofpoint's marks around its banner."""


def warning(paragraph: str) -> bool:
    """Whether a gateway wrote this paragraph above the words."""
    text = " ".join(paragraph.replace(">", " ").split()).strip(words.AROUND)
    if _TIP.fullmatch(paragraph.strip()) or gateway_labels.label(paragraph):
        return True
    if not text or len(text) > MAX_LENGTH or conversation.personal(text) or _OTHER.search(text):
        return False
    tag = _TAG.fullmatch(" ".join(paragraph.split()).strip(" \t>_#!|-=~\u00a0")) or _TAG.fullmatch(text)
    if tag:
        more = tag["more"].strip(words.AROUND + ".:")
        return not more or bool(_ADVICE.match(more))
    return bool(_BEGINS.match(text.lstrip("[(<{ ")) and _OUTSIDE.search(text))


def banner(lines: list[str]) -> int | None:
    """How many of the first lines are a banner between marks; None if there are no marks."""
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    if begin == len(lines) or not lines[begin].strip().startswith(BANNER[0]):
        return None
    return next((at + 1 for at in range(begin, min(len(lines), begin + 40)) if BANNER[1] in lines[at]), None)
