"""Recognises a mail in which people complain about how their own data is handled. Such a complaint needs no form
either: it must be taken and acknowledged however it arrives (UK Data (Use and Access) Act 2025, since 19 June 2026;
docs/law.md).

As with requests about data, the phrases are narrow and in the first person, within one sentence above the farewell.
Only to ask for one's data is no complaint, nor is it one to say that one makes none. That a courier got an address is
part of every order (decision 203).
"""

import re

from chalicelib.patterns import pattern
from chalicelib.rules.intake.of_law.data_requests import FIRST_PERSON, INFORMS, READ, before_farewell, sentences
from chalicelib.rules.intake.of_law.denials import is_denied

_THINGS = (
    r"(?:(?:home |postal |private |e-?mail )?address(?:es)?|(?:(?:tele)?phone|mobile) number"
    r"|(?:contact |personal )?details|(?:personal |private )?data|personal information|name and address)"
)
_MY = rf"my (?:own )?{_THINGS}"
_SACHEN = (
    r"(?:(?:personenbezogenen |persönlichen |privaten )?daten|(?:e-?mail-?|post|privat)?(?:adresse|anschrift)"
    r"|(?:telefon|handy|mobil)nummer|kontaktdaten)"
)
_MEINE = rf"meine[rn]? {_SACHEN}"
_GIVEN = r"(?:passed|given|sold|shared|disclosed|leaked|published|forwarded|handed)"
_WEITER = r"(?:weitergegeben|weitergereicht|verkauft|veröffentlicht|preisgegeben|offengelegt|missbraucht|geleakt)"
_HANDLING = r"(?:handl|us|process|treat|stor|shar|sell|protect|deal)(?:e|ed|ing|s)?(?: with)?"
_UMGANG = r"(?:umgang|verarbeitung|weitergabe|nutzung|verwendung|speicherung|verlust|missbrauch|veröffentlichung)"

_UNHAPPY = r"(?:complain|complaint|unhappy|not happy|dissatisfied|object)\w*"
_ABOUT = r"(?:to you )?(?:about|regarding|over|with|to)"
_STAFF = r"(?:employees?|staff|support|colleagues?|agents?|company|shop|team|people)"
_STRANGER = (
    r"(?:an? )?(?:strangers?|(?:an)?other (?:customer|person|people)\w*|some(?:one|body) else|third part(?:y|ies)"
    r"|my \w+)"
)
_FREMDE = (
    r"(?:einen |eine |einer |den |die )?"
    r"(?:fremde\w*|unbekannte\w*|dritte\w*|andere[nrm]? (?:kund\w+|person\w*|leute))"
)
_PAPERS = r"(?:daten|rechnung|bestellbestätigung|lieferschein|e-?mail\w*)"
_YOURS = r"(?:you(?:r|rs)?|(?:data |security )?breach|leak|hack(?:ers?|ed)?|database|server)"
_IHRE = r"(?:ihnen|ihre[mrn]?|euch|eure[mrn]?|hacker\w*|daten(?:leck|panne|bank)|server)"
_REQUEST = (
    r"(?:(?:subject|data)[ -]access[ -]request|sar|dsar|data request|gdpr request"
    r"|request (?:for|about) my (?:personal )?data|request (?:to (?:delete|erase)|for (?:erasure|deletion)))"
)
_ANFRAGE = r"(?:auskunftsanfrage|auskunftsersuchen|datenauskunft|datenanfrage|löschanfrage|dsgvo-anfrage)"
_BREACH = r"(?:privacy|data[ -]protection|personal data|gdpr) (?:breach|violation)"
_DSGVO = r"(?:die |den |das )?(?:ds-?gvo|datenschutz(?:recht|gesetz)?)"

_COMPLAINT = pattern(
    r"\b(?:"
    # I complain about how my data is handled.
    rf"{_UNHAPPY} {_ABOUT} (?:how|the way)(?: \w+){{0,4}} {_HANDLING} (?:all )?{_MY}"
    rf"|{_UNHAPPY} {_ABOUT} (?:how|the way) (?:all )?{_MY} (?:\w+ ){{1,3}}{_HANDLING}"
    rf"|{_UNHAPPY} {_ABOUT} (?:an? |the |your )?{_BREACH}"
    rf"|complain\w* (?:to you )?(?:about|regarding|over) your"
    rf" (?:handling|use|processing|treatment|storage|sharing) of {_MY}"
    rf"|beschwer\w+(?: \w+){{0,3}} (?:über|gegen|wegen|zu[rm]?)(?: \w+){{0,3}} {_UMGANG} (?:mit |von )?{_MEINE}"
    rf"|beschwer\w+(?: \w+){{0,3}},? wie (?:sie|ihr) (?:\w+ ){{0,3}}{_MEINE}"
    rf"|{_UMGANG} (?:mit |von )?{_MEINE} (?:[\w.&-]+ ){{0,12}}beschwer\w+"
    r"|(?:this|it) is (?:also )?(?:an? |my )(?:\w+ )?(?:data[ -]protection|data[ -]privacy|privacy|gdpr) complaint"
    r"|(?:das|dies) ist (?:auch )?m?eine (?:\w+ )?datenschutz-?beschwerde"
    # You gave my data away, or it was given away.
    rf"|your (?:\w+ )?{_STAFF} (?:(?:has|have|had) )?(?:{_GIVEN}|gave) (?:on |out |over )?{_MY}"
    rf"|(?:you|{_STAFF}) (?:\w+ )?(?:sent|gave|emailed|mailed|showed|told) {_MY} to {_STRANGER}"
    rf"|(?:ihre?|eure?|ihr) (?:[\w-]+ ){{0,2}}(?:hat|haben) (?:\w+ ){{0,2}}{_MEINE} (?:[\w.&-]+ ){{0,8}}{_WEITER}"
    rf"|(?:meine[rn]?|unsere[rn]?) {_PAPERS} (?:[\w.&-]+ ){{0,5}}an {_FREMDE}"
    r" (?:\w+ ){0,2}(?:geschickt|gesendet|gemailt|verschickt)"
    rf"|stop (?:selling|sharing|passing on|giving (?:out|away)|publishing) {_MY}"
    rf"|you(?: have|'ve| had)? (?:(?!never|not)\w+ )?{_GIVEN} (?:on |out |over )?{_MY}"
    rf"|{_MY} (?:was|were|has been|have been|had been|got) (?:\w+ )?(?:{_GIVEN}|misused|exposed)"
    rf"|(?:haben sie|sie haben|habt ihr|ihr habt) (?:\w+ ){{0,2}}{_MEINE} (?:[\w.&-]+ ){{0,8}}{_WEITER}"
    rf"|(?:dass|weil|warum|weshalb|obwohl) (?:sie|ihr) (?:\w+ ){{0,2}}{_MEINE} (?:[\w.&-]+ ){{0,8}}{_WEITER}"
    rf"|{_MEINE} (?:wurden?|sind|ist|worden) (?:[\w.&-]+ ){{0,8}}{_WEITER}"
    # It was stolen where you kept it.
    rf"|{_MY} (?:was|were|has been|have been|had been|got) (?:\w+ )?stolen (?:[\w.&-]+ ){{0,8}}?{_YOURS}"
    rf"|{_MEINE} (?:wurden?|sind|ist|worden) (?:[\w.&-]+ ){{0,8}}?{_IHRE} (?:[\w.&-]+ ){{0,8}}gestohlen"
    # You use it without my consent.
    rf"|{_MY} without (?:my (?:prior )?(?:consent|permission|knowledge|agreement)|asking me)"
    rf"|{_MEINE} (?:[\w.&-]+ ){{0,6}}ohne meine? (?:\w+ )?(?:einwilligung|zustimmung|erlaubnis|wissen)"
    rf"|ohne meine? (?:\w+ )?(?:einwilligung|zustimmung|erlaubnis|wissen) (?:[\w.&-]+ ){{0,3}}{_MEINE}"
    # You left my request about my data unanswered.
    rf"|(?:ignored|(?:not|never) (?:yet )?(?:answered|replied to|responded to)|refused) my {_REQUEST}"
    rf"|meine[nrs]? (?:[\w-]+ ){{0,2}}{_ANFRAGE} (?:[\w.-]+ ){{0,6}}"
    r"(?:nicht beantwortet|ignoriert|unbeantwortet|abgelehnt)"
    # You broke the law that protects me.
    rf"|(?:this|that|it|which) is (?:(?!not?\b)\w+ ){{0,3}}?{_BREACH}"
    r"|(?:breach|violation) of (?:the )?(?:uk )?(?:gdpr|data protection act|data protection law)"
    r"|(?:das|dies|es) ist (?:(?!kein|nicht)\w+ ){0,3}"
    rf"(?:verstoß gegen {_DSGVO}|datenschutzverstoß|datenschutzverletzung)"
    rf"|(?:sie|ihr) versto(?:ßen|ßt) (?:\w+ ){{0,3}}gegen {_DSGVO}"
    r"|(?:breach|breached|violat(?:ion of|ed|es|ing)) (?:of )?my (?:privacy|data protection rights)"
    r"|mein(?:e[mnrs]?)? (?:recht auf )?(?:datenschutz|privatsphäre|datenschutzrechte) (?:\w+ ){0,3}"
    r"(?:verletzt|missachtet)"
    r")\b",
    re.IGNORECASE,
)
_COMPLAINS = pattern(rf"{_UNHAPPY}|beschwer", re.IGNORECASE)
# Names of such a complaint. Small print uses them too.
_NAMES = pattern(
    r"\b(?:(?:data[ -]protection|data[ -]privacy|privacy|gdpr) complaint"
    r"|complaint (?:about|under|regarding) (?:the |uk |a |my )*(?:data protection|gdpr|privacy|data breach)"
    r"|datenschutz-?beschwerde"
    r"|beschwerde (?:\w+ ){0,2}(?:nach|gemäß|wegen|zum|über)(?: [\w.]+){0,3} (?:datenschutz\w*|ds-?gvo))(?![\w-])",
    re.IGNORECASE,
)
_NONE = pattern(r"\b(?:no|not|not an?|kein(?:e|en)?|nicht)(?: \w+)? ?\Z", re.IGNORECASE)
# An order is handed on to be delivered, and an address that was passed on wrongly is a matter of its delivery.
_DELIVERY = pattern(
    r"\b(?:courier|carrier|driver|delivery (?:company|service|firm)|parcel|dhl|dpd|hermes|ups|gls|fedex|royal mail|evri"
    r"|wrong(?:ly)?|incorrect(?:ly)?|kurier|paket\w*|versand\w*|spedition|zustell\w*|bot(?:e|en)|deutsche post"
    r"|falsche?n?)\b",
    re.IGNORECASE,
)


def complains_about_data(subject: str, text: str) -> bool:
    """Whether the writer complains about how their own personal data is handled."""
    if _is_named(subject) and not INFORMS.search(subject):
        return True  # a subject is never a footer
    return any(_complains(each) for each in (subject, *sentences(before_farewell(text[:READ]))))


def _complains(sentence: str) -> bool:
    if not _DELIVERY.search(sentence) and any(not _denied(sentence, found) for found in _COMPLAINT.finditer(sentence)):
        return True
    return bool(_is_named(sentence) and FIRST_PERSON.search(sentence) and not INFORMS.search(sentence))


def _is_named(sentence: str) -> bool:
    return any(not _says_no(sentence, found) for found in _NAMES.finditer(sentence))


def _says_no(sentence: str, found: re.Match[str]) -> bool:
    return _NONE.search(sentence[: found.start()]) is not None or is_denied(sentence, found)


def _denied(sentence: str, found: re.Match[str]) -> bool:
    """Whether somebody says that they do not complain. What was done to them is no less said in "I never asked that you
    passed on my address"."""
    return _COMPLAINS.search(found[0]) is not None and _says_no(sentence, found)
