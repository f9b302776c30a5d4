"""Whether somebody who writes a mail asks about their data: such a request needs no form and no words of law (GDPR,
Articles 12 and 15 to 21), and its month begins when it arrives."""

import re

KIND = "data_request"
# Beyond that a mail is about something else, or quotes the small print of one.
_READ = 2000
_ABOUT_ME = r"(?:data|information) (?:that |which )?(?:do )?you (?:hold|keep|store|have)(?: stored)? (?:about|on|of) me"
_MINE = r"(?:all |any )?(?:of )?my (?:personal )?data"
_MEINE = r"(?:aller |alle |sämtlicher |sämtliche )?meine[rn]? (?:personenbezogenen |persönlichen |gespeicherten )?daten"
_ARTICLE = r"art(?:icle|ikel)?\.? ?(?:15|16|17|18|20|21)(?: ?\(\d\))?"
_ASKED = re.compile(
    r"\b(?:"
    r"(?:subject access|data subject|data access|gdpr|dsgvo)[ -](?:access )?(?:request|anfrage)"
    rf"|{_ARTICLE},? (?:of the |der )?(?:gdpr|ds-?gvo)"
    rf"|(?:gdpr|ds-?gvo),? {_ARTICLE}"
    r"|right (?:to erasure|to be forgotten|to data portability)"
    rf"|(?:copy of|access to) {_MINE}(?! ?sheet)"
    r"|copy of (?:all )?the personal data"
    rf"|(?:please |kindly |you (?:to )?|immediately )(?:delete|erase|remove) (?:{_MINE}|(?:all )?(?:the )?{_ABOUT_ME})"
    rf"|{_ABOUT_ME}"
    r"|delete my (?:customer )?account and (?:all )?(?:my |the )?data"
    r"|datenauskunft|selbstauskunft|auskunftsersuchen"
    rf"|auskunft (?:über|zu) {_MEINE}"
    rf"|kopie {_MEINE}"
    rf"|löschung {_MEINE}"
    rf"|bitte {_MEINE} (?:sofort |vollständig )?(?:zu )?löschen"
    rf"|lösch(?:en sie|t|e) (?:bitte )?{_MEINE}"
    r"|welche (?:personenbezogenen |persönlichen )?daten (?:haben|speichern|habt|speichert) (?:sie|ihr)"
    r" (?:über|von) m(?:ich|ir)"
    r"|recht auf (?:löschung|vergessenwerden|datenübertragbarkeit)"
    r")\b",
    re.IGNORECASE,
)


def asks_about_data(subject: str, text: str) -> bool:
    """Whether these words ask for, or for the end of, what is kept of their writer."""
    said = " ".join(f"{subject} {text[:_READ]}".split())
    return _ASKED.search(said) is not None
