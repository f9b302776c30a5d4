"""Recognises a mail in which people complain about how their own data is handled. Such a complaint needs no form
either: it must be taken and acknowledged however it arrives (UK Data (Use and Access) Act 2025, since 19 June 2026;
docs/law.md).

As with requests about data, the phrases are narrow and in the first person, within one sentence above the farewell.
Only to ask for one's data is no complaint. That a courier got an address is part of every order (decision 203).
"""

import re

from chalicelib.patterns import pattern
from chalicelib.rules.intake.data_requests import FIRST_PERSON, INFORMS, READ, before_farewell, sentences

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

_COMPLAINT = pattern(
    r"\b(?:"
    # I complain about how my data is handled.
    rf"(?:complain|unhappy|object)\w* (?:to you )?(?:about|regarding|over|with|to) (?:how|the way)(?: \w+){{0,4}}"
    rf" {_HANDLING} (?:all )?{_MY}"
    rf"|complain\w* (?:to you )?(?:about|regarding|over) your"
    rf" (?:handling|use|processing|treatment|storage|sharing) of {_MY}"
    rf"|beschwer\w+(?: \w+){{0,3}} (?:über|gegen|wegen|zu[rm]?)(?: \w+){{0,3}} {_UMGANG} (?:mit |von )?{_MEINE}"
    rf"|beschwer\w+(?: \w+){{0,3}},? wie (?:sie|ihr) (?:\w+ ){{0,3}}{_MEINE}"
    # You gave my data away, or it was given away.
    rf"|you(?: have|'ve| had)? (?:\w+ )?{_GIVEN} (?:on |out |over )?{_MY}"
    rf"|{_MY} (?:was|were|has been|have been|had been|got) (?:\w+ )?(?:{_GIVEN}|stolen|misused|exposed)"
    rf"|(?:haben sie|sie haben|habt ihr|ihr habt) (?:\w+ ){{0,2}}{_MEINE} (?:[\w.&-]+ ){{0,8}}{_WEITER}"
    rf"|(?:dass|weil|warum|weshalb|obwohl) (?:sie|ihr) (?:\w+ ){{0,2}}{_MEINE} (?:[\w.&-]+ ){{0,8}}{_WEITER}"
    rf"|{_MEINE} (?:wurden?|sind|ist|worden) (?:[\w.&-]+ ){{0,8}}(?:{_WEITER}|gestohlen)"
    # You use it without my consent.
    rf"|{_MY} without (?:my (?:prior )?(?:consent|permission|knowledge|agreement)|asking me)"
    rf"|{_MEINE} (?:[\w.&-]+ ){{0,6}}ohne meine? (?:\w+ )?(?:einwilligung|zustimmung|erlaubnis|wissen)"
    rf"|ohne meine? (?:\w+ )?(?:einwilligung|zustimmung|erlaubnis|wissen) (?:[\w.&-]+ ){{0,3}}{_MEINE}"
    # You broke the law that protects me.
    r"|(?:breach|breached|violat(?:ion of|ed|es|ing)) (?:of )?my (?:privacy|data protection rights)"
    r"|mein(?:e[mnrs]?)? (?:recht auf )?(?:datenschutz|privatsphäre|datenschutzrechte) (?:\w+ ){0,3}"
    r"(?:verletzt|missachtet)"
    r")\b",
    re.IGNORECASE,
)
# Names of such a complaint. Small print uses them too.
_NAMES = pattern(
    r"\b(?:(?:data[ -]protection|data[ -]privacy|privacy|gdpr) complaint"
    r"|complaint (?:about|under|regarding) (?:the |uk |a |my )*(?:data protection|gdpr|privacy|data breach)"
    r"|datenschutz-?beschwerde"
    r"|beschwerde (?:\w+ ){0,2}(?:nach|gemäß|wegen|zum|über)(?: \w+){0,2} (?:datenschutz\w*|ds-?gvo))\b",
    re.IGNORECASE,
)
# An order is handed on to be delivered, and an address that was passed on wrongly is a matter of its delivery.
_DELIVERY = pattern(
    r"\b(?:courier|carrier|driver|delivery (?:company|service|firm)|parcel|dhl|dpd|hermes|ups|gls|fedex|royal mail|evri"
    r"|wrong(?:ly)?|incorrect(?:ly)?|kurier|paket\w*|versand\w*|spedition|zustell\w*|bot(?:e|en)|deutsche post"
    r"|falsche?n?)\b",
    re.IGNORECASE,
)


def complains_about_data(subject: str, text: str) -> bool:
    """Whether the writer complains about how their own personal data is handled."""
    if _NAMES.search(subject) and not INFORMS.search(subject):
        return True  # a subject is never a footer
    return any(_complains(each) for each in (subject, *sentences(before_farewell(text[:READ]))))


def _complains(sentence: str) -> bool:
    if _COMPLAINT.search(sentence) and not _DELIVERY.search(sentence):
        return True
    return bool(_NAMES.search(sentence) and FIRST_PERSON.search(sentence) and not INFORMS.search(sentence))
