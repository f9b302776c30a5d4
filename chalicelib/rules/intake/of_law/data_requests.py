"""Recognises words in which people ask about their own data. Such a request needs no form and no legal terms (GDPR,
Articles 12 and 15 to 21), and its month begins when it arrives.

It must be asked in the first person, in one sentence. Footers often name articles and rights too, even in mails about
lamps. But they inform others of their rights ("you have the right to …"), are below the farewell, or lead to a web page
(decision 76). Who says that they do not want it asks for nothing.
"""

import re
from collections.abc import Iterator

from chalicelib.patterns import pattern
from chalicelib.rules.intake.of_law.denials import is_denied

# Only this many characters are searched; a later mention is about something else, or is quoted small print.
READ = 2000

_ABOUT_ME = (
    r"(?:data|information|everything) (?:that |which )?(?:do )?you (?:hold|keep|store|have)(?: stored)?"
    r" (?:about|on|of) me"
)
# Exclude things like the data sheet of a lamp, a data cable or a data backup.
_NOUN = r"(?! ?(?:sheet|cable|card|plan|stick|backup|base|logger))"
_MINE = rf"(?:all |any )?(?:of )?my (?:(?:personal )?data{_NOUN}|personal (?:information|details))"
_MEINE = r"(?:aller |alle |sämtlicher |sämtliche )?meine[rn]? (?:personenbezogenen |persönlichen |gespeicherten )?daten"
_ARTICLE = r"art(?:icle|ikel)?\.? ?(?:15|16|17|18|20|21)(?: ?\(\d\))?"
_LAW = r"(?:ds-?gvo|(?:uk[ -])?gdpr|rgpd)"

# Phrases that only the person concerned uses.
_REQUEST = pattern(
    r"\b(?:"
    rf"(?:copy of|access to) {_MINE}"
    r"|(?:please |kindly |(?<!\bdo )you (?:to )?|immediately )(?:delete|erase|remove)"
    rf" (?:{_MINE}|(?:all )?(?:the )?{_ABOUT_ME})"
    rf"|(?:delete|erase|remove) {_MINE} from your\b"
    rf"|{_ABOUT_ME}"
    r"|delete my (?:customer )?account and (?:all )?(?:my |the )?data"
    rf"|why (?:did|have) you not (?:yet )?(?:deleted?|erased?) {_MINE}"
    r"|(?:delete|erase|remove) me from your (?:\w+ )?(?:database|records|systems?|files|customers)"
    rf"|auskunft (?:über|zu) {_MEINE}"
    rf"|kopie {_MEINE}"
    rf"|löschung {_MEINE}"
    rf"|bitte {_MEINE} (?:sofort |vollständig )?(?:zu )?löschen"
    rf"|lösch(?:en sie|t|e) (?:bitte )?(?:mein \w{{0,12}}konto und (?:alle )?)?{_MEINE}"
    rf"|dass (?:sie|ihr) {_MEINE} (?:\w+ )?lösch(?:en|t)"
    rf"|dass {_MEINE} (?:\w+ )?gelöscht werden"
    rf"|(?:möchte|will|wünsche|hätte gern) (?:ich )?{_MEINE} (?:\w+ )?gelöscht(?: haben)?"
    r"|(?:bitte |alle (?:gespeicherten )?)daten (?:(?:von|zu) mir|über mich) (?:\w+ )?(?:zu )?löschen"
    r"|lösch(?:en sie|t|e) (?:bitte )?mich aus (?:ihre[mrn]?|eure[mrn]?)"
    r" (?:kunden)?(?:datei|datenbank|kartei|systemen?|daten)"
    r"|welche (?:personenbezogenen |persönlichen )?daten (?:(?:haben|speichern|habt|speichert) )?(?:sie|ihr)"
    r" (?:über|von|zu) m(?:ich|ir)"
    r")\b",
    re.IGNORECASE,
)
# Terms that small print uses too: they count only in a request.
_LEGAL_TERMS = pattern(
    r"\b(?:"
    r"(?:subject access|data subject|data access|gdpr|dsgvo)[ -](?:access )?(?:request|anfrage)"
    rf"|{_ARTICLE},? (?:abs(?:atz|\.) ?\d,? )?(?:of (?:the )?|der )?{_LAW}"
    rf"|{_LAW},? {_ARTICLE}"
    r"|right (?:to erasure|to be forgotten|to data portability|of access)"
    r"|copy of (?:all )?the personal data"
    r"|datenauskunft|selbstauskunft|auskunftsersuchen"
    r"|recht auf (?:auskunft|löschung|vergessenwerden|datenübertragbarkeit)"
    r")\b",
    re.IGNORECASE,
)
FIRST_PERSON = pattern(
    r"\b(?:i|i'd|i'm|me|my|mine|please|ich|mir|mich|mein(?:e[mnrs]?)?|bitte|hiermit|hereby"
    r"|beantragen?|fordern?|fordere|verlangen?|ersuchen?|wir bitten|bitten wir|we (?:request|ask|demand))\b",
    re.IGNORECASE,
)
# Phrases that inform others of their rights, or say where to read about them and which office to contact.
INFORMS = pattern(
    r"https?://|www\.|\byour (?:\w+ ){0,2}rights?\b"
    r"|\byou (?:\w+ ){0,2}(?:have|may|can) (?:\w+ ){0,3}(?:rights?|object|withdraw|exercise|find|request|ask)\b"
    r"|\brights? of (?:the )?(?:data subjects?|individuals)"
    r"|\b(?:privacy|data protection) (?:notice|policy|statement|information|officer|portal)"
    r"|\bplease (?:contact|see|note|read|visit|refer)\b(?! me\b)"
    r"|\bihr(?:e[mnrs]?)? (?:[\w-]+ ){0,2}\w*rechte?n?\b|\bihnen (?:[\w-]+ ){0,4}(?:zu|stehen)\b"
    r"|\b(?:sie haben|haben sie) (?:[\w-]+ ){0,4}\w*rechte?n?\b|\b(?:sie können|können sie)\b(?! (?:mir|mich|bitte)\b)"
    r"|\b(?:stellen|informieren|erteilen|geben|senden) wir\b|\bwir (?:stellen|informieren|erteilen|geben|senden)\b"
    r"|\b(?:wenden sie sich|finden sie|beachten sie)\b"
    r"|datenschutz(?:hinweis|erklärung|information|bestimmung|beauftragt)"
    r"|\b(?:hinweise?|informationen?) (?:zum|zur|gemäß|nach)\b"
    r"|betroffenenrecht",
    re.IGNORECASE,
)
_PARAGRAPH = pattern(r"\n\s*\n")
_SENTENCE = pattern(r"(?<=[.!?:;])(?<!\b[Aa]rt\.)(?<!\b[Aa]bs\.)(?<!\bNr\.)(?<!\bno\.)\s+")
# A line shorter than this was ended on purpose, not wrapped.
_WRAPPED = 50
# From this line on, a mail has only its writer's name and their firm's small print.
_FAREWELL = pattern(
    r"^[ \t>]*(?:-- ?$|_{5,}|[-=*]{5,}|(?:mit (?:\w+ ){0,2}(?:freundlichen|besten|herzlichen|lieben|vielen|sonnigen)"
    r" gr(?:ü|ue)(?:ß|ss)e?n?|(?:viele|beste|liebe|herzliche|schöne|freundliche) gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg"
    r"|hochachtungsvoll|(?:kind|best|warm|warmest)(?:est)? (?:regards|wishes)|regards|sincerely|yours"
    r"(?: (?:sincerely|faithfully|truly))?|cheers)\b[\w ,.!]{0,40}$)",
    re.IGNORECASE | re.MULTILINE,
)


def asks_about_data(subject: str, text: str) -> bool:
    """Whether the writer asks for their stored data, or for its erasure."""
    body = before_farewell(text[:READ])
    if _asks(subject) and not INFORMS.search(subject):
        return True  # a subject is never a footer
    whole = " ".join(f"{subject} {body}".split())
    if any(not is_denied(whole, found) for found in _REQUEST.finditer(whole)):
        return True
    return any(_asks(each) and FIRST_PERSON.search(each) and not INFORMS.search(each) for each in sentences(body))


def _asks(sentence: str) -> bool:
    return any(not is_denied(sentence, found) for found in _LEGAL_TERMS.finditer(sentence))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each on one line."""
    for paragraph in _PARAGRAPH.split(text):
        for lines in _blocks(paragraph.split("\n")):
            yield from _SENTENCE.split(lines)


def _blocks(lines: list[str]) -> Iterator[str]:
    """Joins wrapped lines. After a short line a new block begins, as in a firm's address."""
    block: list[str] = []
    for line in lines:
        block += line.split()
        if len(line.strip()) < _WRAPPED:
            yield " ".join(block)
            block = []
    yield " ".join(block)


def before_farewell(text: str) -> str:
    """The text above the writer's farewell or signature."""
    found = _FAREWELL.search(text)
    return text[: found.start()] if found else text
