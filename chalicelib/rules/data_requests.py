"""Whether somebody who writes a mail asks about their data: such a request needs no form and no words of law (GDPR,
Articles 12 and 15 to 21), and its month begins when it arrives."""

import re

KIND = "data_request"
# Beyond that a mail is about something else, or quotes the small print of one.
_READ = 2000
_MINE = r"(?:all |any )?(?:of )?(?:my|the) (?:personal )?(?:data|information)"
_MEINE = r"(?:aller |alle |sämtlicher |sämtliche )?meine[rn]? (?:personenbezogenen |persönlichen |gespeicherten )?daten"
_ASKED = re.compile(
    r"\b(?:"
    r"(?:subject access|data subject|data access|gdpr|dsgvo)[ -](?:access )?(?:request|anfrage)"
    r"|art(?:icle|ikel)?\.? ?(?:15|16|17|18|20|21)(?: ?\(\d\))?,? (?:of the |der )?(?:gdpr|ds-?gvo)"
    r"|(?:gdpr|ds-?gvo),? art(?:icle|ikel)?\.? ?(?:15|16|17|18|20|21)"
    r"|right (?:of access|to erasure|to be forgotten|to data portability)"
    rf"|(?:a )?copy of {_MINE}"
    rf"|(?:delete|erase|remove) {_MINE.replace('(?:my|the)', 'my')}"
    r"|what (?:personal )?(?:data|information) (?:do )?you (?:hold|keep|store|have) (?:about|on) me"
    r"|datenauskunft|selbstauskunft|auskunftsersuchen"
    rf"|auskunft (?:über|zu) {_MEINE}"
    rf"|kopie {_MEINE}"
    rf"|löschung {_MEINE}"
    rf"|{_MEINE} (?:bitte |sofort |vollständig )?(?:zu )?löschen"
    rf"|lösch(?:en|t) sie (?:bitte )?{_MEINE}"
    r"|recht auf (?:auskunft|löschung|vergessenwerden|datenübertragbarkeit)"
    r")\b",
    re.IGNORECASE,
)


def asks_about_data(subject: str, text: str) -> bool:
    """Whether these words ask for, or for the end of, what is kept of their writer."""
    said = " ".join(f"{subject} {text[:_READ]}".split())
    return _ASKED.search(said) is not None
