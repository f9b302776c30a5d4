"""Recognises a mail in which people withdraw from a contract. The law asks for no form, only for an unequivocal
statement (Directive 2011/83/EU, Article 11(1)); the list of phrases is narrow all the same (decision 200).

The statement is in the first person and the present. It is not negated, no question and no condition, and what is
revoked is a contract or a purchase: not a consent, a newsletter or a direct debit.
"""

import re

from chalicelib.patterns import pattern
from chalicelib.rules.intake.data_requests import before_farewell

# Only this many characters are searched, as for data requests.
_READ = 2000

# Other things that can be revoked. Before the contract they show that it is not the contract that is revoked.
_OTHER = (
    r"(?:nicht|kein\w*|nie|ob|wissen|fragen|wenn|falls|[\w-]*(?:einwilligung|zustimmung|newsletter|lastschrift|mandat"
    r"|ermächtigung|vollmacht|werbung|bewertung|freigabe)\w*"
    r"|not|never|if|whether|know|ask|consent|permission|mandate|debit|subscription|complaint)"
)
_WORDS = rf"(?:(?!{_OTHER}\b)[^\s!?]+ ){{0,12}}?"
_FEW = rf"(?:(?!{_OTHER}\b)[^\s!?]+ ){{0,4}}?"
_VERTRAG = r"(?:\w*vertr[aä]g\w*|(?:ver)?kauf\w{0,3}|bestellung\w*|auftr[aä]g\w{0,3}|lieferung)"
_CONTRACT = r"(?:contract|purchase|order|sale)s?"

_STATEMENT = pattern(
    r"\b(?:"
    rf"(?:ich widerrufe|widerrufe ich|wir widerrufen|widerrufen wir|widerrufe\(n\) ich/wir) {_WORDS}{_VERTRAG}"
    rf"|widerrufe {_FEW}(?:meine|den|die|unsere) {_WORDS}{_VERTRAG}"
    r"|hiermit widerruf(?:e ich|en wir)(?=[.!]|$)"
    rf"|(?:ich (?:möchte|will)|möchte ich|wir (?:möchten|wollen)|möchten wir) {_WORDS}{_VERTRAG} {_WORDS}widerrufen"
    rf"|(?:ich trete|trete ich|wir treten|treten wir) {_WORDS}(?:vom|von (?:dem|der|meine[mr]|diesem|unserem)) "
    rf"{_WORDS}{_VERTRAG} {_WORDS}zurück"
    rf"|(?:ich (?:mache|übe|nutze)|(?:mache|übe|nutze) ich) {_FEW}(?:von )?(?:mein|meinem|das|dem) {_FEW}widerrufsrecht"
    rf"|(?:i|we) (?:hereby |now )?(?:withdraw|am withdrawing|are withdrawing|(?:want|wish|would like) to withdraw"
    rf"|hereby cancel) (?:from )?(?:the|my|our|this) {_FEW}{_CONTRACT}"
    rf"|give notice that (?:i|we|i/we)(?: \(\*\))? (?:withdraw from|cancel) {_FEW}{_CONTRACT}"
    r"|(?:i|we) (?:hereby |now )?(?:(?:want|wish|would like) to )?(?:exercise|use|(?:am|are) exercising) (?:my|our)"
    r" (?:statutory |legal )?right (?:of withdrawal|to withdraw)"
    r")\b",
    re.IGNORECASE,
)
# A subject that states it, where the mail itself may be no more than a filled-in form.
_SUBJECT = pattern(
    r"widerruf(?:serklärung|sformular)?(?:$|[ :,]+(?!.*\b"
    + _OTHER
    + r"\b).*(?:"
    + _VERTRAG
    + r"|ware|rechnung|\d{3}).*)"
    r"|(?:notice of )?withdrawal from (?:the |my |our |this )?" + _CONTRACT + r"\b.*",
    re.IGNORECASE,
)
# Words right before a statement that make it a condition, a question or somebody else's.
_NOT_SAID = pattern(
    r"\b(?:if|when|whether|can|could|may|might|should|shall|must|before|after|once|unless|until|do|did|will|would|how"
    r"|wenn|falls|sofern|ob|bevor|nachdem|sobald|kann|könnte|darf|dürfte|wie|wann|warum)$",
    re.IGNORECASE,
)
_NEGATED = pattern(r"\W{0,2}(?:noch |doch |hiermit )?(?:nicht|not)\b", re.IGNORECASE)
_ENDS = pattern(r"[.!?](?:\s|$)")


def withdraws(subject: str, text: str) -> bool:
    """Whether the writer states that they withdraw from a contract. `text`: their own words, without quotes."""
    body = " ".join(before_farewell(text[:_READ]).split())
    if any(_is_said(body, found) for found in _STATEMENT.finditer(body)):
        return True
    named = " ".join(subject.split())
    if any(_is_said(named, found) for found in _STATEMENT.finditer(named)):
        return "?" not in body
    return "?" not in named + body and _SUBJECT.fullmatch(named) is not None


def _is_said(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].rstrip(), text[found.end() :]
    end = _ENDS.search(after)
    asked = end is not None and end[0][0] == "?"
    return not (asked or _NOT_SAID.search(before) or _NEGATED.match(after))
