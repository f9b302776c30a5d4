"""Recognises words by which people withdraw from a contract. The law asks for no form, only for an unequivocal
statement (Directive 2011/83/EU, Article 11(1)); the list of phrases is narrow all the same (decision 200).

The statement is the writer's own, in the first person and the present. It is not negated, no question, no condition and
nobody else's words, and what is revoked is a contract or a purchase: not a consent, a newsletter or a direct debit. Who
cancels an order that was not yet sent only changes it.
"""

import re

from chalicelib.patterns import pattern
from chalicelib.rules.intake.of_law.data_requests import before_farewell

# Only this many characters are searched, as for data requests.
_READ = 2000

# Every phrase below has one of these. Most mails have none, and need no expression.
_STEMS = ("widerr", "zurück", "rücktritt", "withdr", "cancel")

# Other things that can be revoked. Before the contract they show that it is not the contract that is revoked.
_THINGS = (
    r"(?:[\w-]*(?:einwilligung|zustimmung|erlaubnis|genehmigung|newsletter|lastschrift|mandat|ermächtigung|vollmacht"
    r"|werbung|zusendung|bewertung|freigabe|anmeldung|abo|abonnement|beschwerde)\w*|consent|permission|mandate|debit"
    r"|subscription|complaint|newsletter|advert\w*|marketing|review|offer)"
)
_OTHER = rf"(?:nicht|kein\w*|nie|ob|wissen|fragen|wenn|falls|not|never|if|whether|how|know|ask|{_THINGS})"
_WORDS = rf"(?:(?!{_OTHER}\b)[^\s!?]+ ){{0,12}}?"
_FEW = rf"(?:(?!{_OTHER}\b)[^\s!?]+ ){{0,4}}?"
_VERTRAG = r"(?:\w*vertr[aä]g\w*|(?:ver)?kauf\w{0,3}|bestellung\w*|auftr[aä]g\w{0,3}|lieferung)"
_CONTRACT = r"(?:contract|purchase|order|sale|agreement)s?"
_THE = r"(?:the|my|our|this)"
_I = r"(?:i|we|i/we)(?: \(\*\))?(?:'m|'re|’m|’re| am| are)?(?: (?:hereby|now|formally|therefore|also))*"
_WANT = r"(?:(?:want|wish|would like|have decided|intend) to|(?:'d|’d) like to)"
_USE = r"(?:exercise|use|make use of)"
_RIGHT = r"(?:(?:statutory|legal|\d\d-day) )*right (?:of withdrawal|to (?:withdraw|cancel))"
_WOLLEN = r"(?:(?:möchte|will) ich|(?:möchten|wollen) wir)"

_STATEMENT = pattern(
    r"\b(?:"
    rf"(?:ich widerrufe|widerrufe ich|wir widerrufen|widerrufen wir|widerrufe\(n\) ich/wir) {_WORDS}{_VERTRAG}"
    rf"|widerrufe {_FEW}(?:meine|den|die|unsere) {_WORDS}{_VERTRAG}"
    r"|hiermit widerruf(?:e ich|en wir)(?=[.!]|$)"
    rf"|(?:ich (?:möchte|will)|wir (?:möchten|wollen)|{_WOLLEN}) {_WORDS}{_VERTRAG} {_WORDS}widerrufen"
    rf"|(?:ich trete|trete ich|wir treten|treten wir) {_WORDS}(?:vom|von (?:dem|der|meine[mr]|diesem|unserem)) "
    rf"{_WORDS}{_VERTRAG} {_WORDS}zurück"
    rf"|(?:ich (?:möchte|will)|wir (?:möchten|wollen)|{_WOLLEN}) {_WORDS}"
    rf"(?:vom|von (?:dem|der|meine[mr]|diesem|unserem)) {_WORDS}{_VERTRAG} {_WORDS}zurücktreten"
    rf"|dass (?:ich|wir) {_WORDS}{_VERTRAG} {_WORDS}(?:widerrufen?|zurücktreten?)"
    rf"|(?:ich erkläre|erkläre ich|wir erklären|erklären wir) {_FEW}(?:den|meinen|unseren) {_FEW}(?:widerruf"
    rf"|rücktritt) {_WORDS}{_VERTRAG}"
    rf"|bestätigen sie {_FEW}(?:den|meinen|unseren) widerruf (?!vom \d){_WORDS}{_VERTRAG}"
    rf"|(?:ich (?:mache|übe|nutze)|(?:mache|übe|nutze) ich) {_FEW}(?:von )?(?:mein|meinem|das|dem) {_FEW}widerrufsrecht"
    r"|(?:ich nehme|nehme ich) (?:mein|das) (?:\w+ )?widerrufsrecht in anspruch"
    rf"|(?:ich (?:möchte|will)|wir (?:möchten|wollen)|{_WOLLEN}) {_FEW}(?:mein|unser)(?:em)? {_FEW}widerrufsrecht"
    r" (?:\w+ )?(?:gebrauch machen|nutzen|ausüben)"
    rf"|{_I} (?:withdraw|withdrawing|{_WANT} withdraw) (?:from )?{_THE} {_FEW}{_CONTRACT}"
    rf"|give notice that {_I} withdraw from {_FEW}{_CONTRACT}"
    rf"|(?:i|we)(?:'d|’d) like to withdraw (?:from )?{_THE} {_FEW}{_CONTRACT}"
    rf"|(?:i|we) {_WORDS}(?:and|so) (?:hereby )?withdraw from {_THE} {_FEW}{_CONTRACT}"
    rf"|as (?:(?:my|our) (?:notice of )?|notice of (?:my|our) )(?:withdrawal|cancellation) (?:from|of) "
    rf"{_THE} {_FEW}{_CONTRACT}"
    rf"|confirm (?:my|our) withdrawal from {_THE} {_FEW}{_CONTRACT}"
    rf"|{_I} (?:(?:{_WANT} )?{_USE}|exercising) (?:my|our) {_RIGHT}"
    rf"|(?:i|we)(?:'d|’d) like to {_USE} (?:my|our) {_RIGHT}"
    r")\b",
    re.IGNORECASE,
)
# The contract stands first: at the beginning of a sentence or after a comma.
_CONTRACT_FIRST = pattern(
    rf"(?:^|[.!?,;:] |\bund )(?:den|die|das|meinen?|meine|unseren?|unsere|diesen?|diese) {_FEW}{_VERTRAG} {_WORDS}"
    rf"(?:widerrufe ich|widerrufen wir|{_WOLLEN} {_FEW}widerrufen)\b",
    re.IGNORECASE,
)
_IT = pattern(
    rf"\b{_VERTRAG} (?:[^\s.!?]+ ){{0,8}}?widerrufe (?:ich )?(?:ihn|sie|diesen?)\b",
    re.IGNORECASE,
)
_THING = pattern(rf"\b{_THINGS}\b", re.IGNORECASE)
# English says "cancel" of a contract that is withdrawn from, and of an order that is not wanted any more.
_CANCELS = pattern(
    rf"\b(?:(?:{_I}|(?:i|we)(?:'d|’d) like to) (?:cancel|cancelling|{_WANT} cancel) {_THE}"
    rf"|give notice that {_I} cancel) {_FEW}{_CONTRACT}\b",
    re.IGNORECASE,
)
_BY_RIGHT = pattern(
    r"\b(?:hereby|notice|contract|agreement|cooling[ -]off|(?:14|fourteen)[ -]days?|consumer contracts regulations)\b",
    re.IGNORECASE,
)
_NOT_SENT = pattern(
    r"\bnot (?:yet |been )*(?:sent|shipped|dispatched|delivered)|\bbefore (?:it|you|they)\b.{0,20}\b"
    r"(?:sent|sen[dt]|ships?|shipped|dispatch(?:ed)?)|\bpre-?order",
    re.IGNORECASE,
)
# A subject that states it, where the mail itself may be no more than a filled-in form.
_SUBJECT = pattern(
    r"(?:vertrags?)?widerruf(?:serklärung|sformular)?(?:$|[ :,]+(?!.*\b"
    + _OTHER
    + r"\b).*(?:"
    + _VERTRAG
    + r"|ware|rechnung|\d{3}).*)"
    r"|vertrag widerrufen|(?:notice of )?withdrawal(?: form)?|notice of cancellation"
    r"|(?:notice of )?withdrawal from (?:the |my |our |this )?" + _CONTRACT + r"\b.*",
    re.IGNORECASE,
)
# It was stated before: this mail is about what follows.
_EARLIER = pattern(
    r"\b(?:habe|hatte|haben|hatten)\b[^.!?]{0,80}\bwiderrufen\b|\bwiderruf vom \d|\bwithdrew\b|\b(?:have|had) (?:\w+ )?"
    r"(?:withdrawn|cancelled)\b",
    re.IGNORECASE,
)
# Words right before a statement that make it a condition, a question or somebody else's.
_NOT_SAID = pattern(
    r"\b(?:if|when|whether|can|could|may|might|should|shall|must|before|after|once|unless|until|do|did|will|would|how"
    r"|(?:told (?:me|us)|says?|said|read|heard|means?|think|thought|believe|understand)(?: that)?"
    r"|wenn|falls|sofern|ob|bevor|nachdem|sobald|kann|könnte|darf|dürfte|wie|wann|warum"
    r"|(?:gesagt|gelesen|gehört|heißt|steht|glaube|denke|meint|meine),?)$",
    re.IGNORECASE,
)
# A sentence that begins like this is a condition, in German also without "wenn".
_CONDITION = pattern(
    r"(?:und |aber |and |but )?(?:if|unless|should|in case|provided|as soon as|once|wenn|falls|sofern|sollten?|sobald"
    r"|(?:kommt|kommen|trifft|treffen|wird|werden|ist|sind|liefern|liefert|erhalte|bekomme|höre|passiert|habe ich)\b"
    r"(?=[^.!?]*,))\b",
    re.IGNORECASE,
)
_CONDITION_AFTER = pattern(r",? (?:[^\s.!?]+ ){0,3}?(?:if|unless|falls|sofern|wenn (?!sie))\b", re.IGNORECASE)
_NEGATED = pattern(r"\W{0,2}(?:noch |doch |hiermit )?(?:nicht|not)\b", re.IGNORECASE)
_ENDS = pattern(r"(?<!\b\d)(?<!\d\d)[.!?:](?=\s|$)")
_QUOTED = pattern(r"^[ \t]*>.*$|\"[^\"]{1,500}\"|[„“»][^„“”«»]{1,500}[“”«]", re.MULTILINE)


def withdraws(subject: str, text: str) -> bool:
    """Whether the writer states that they withdraw from a contract. `text`: their own words; what they quote in it is
    left out."""
    if not any(stem in f"{subject} {text}".casefold() for stem in _STEMS):
        return False
    body = " ".join(_QUOTED.sub(" … ", before_farewell(text[:_READ])).split())
    if _states(body):
        return True
    named = " ".join(subject.split())
    if "?" in body or _EARLIER.search(body):
        return False
    return _states(named) or ("?" not in named and _SUBJECT.fullmatch(named) is not None)


def _states(text: str) -> bool:
    if any(_is_said(text, found) for found in _STATEMENT.finditer(text)):
        return True
    if any(_is_said(text, found) for found in _CONTRACT_FIRST.finditer(text)):
        return True
    if any(_is_said(text, found) and not _THING.search(_sentence(text, found)) for found in _IT.finditer(text)):
        return True
    return any(
        _is_said(text, found) and _BY_RIGHT.search(_sentence(text, found)) and not _NOT_SENT.search(text)
        for found in _CANCELS.finditer(text)
    )


def _is_said(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].rstrip(), text[found.end() :]
    end = _ENDS.search(after)
    asked = end is not None and end[0] == "?"
    sentence = _sentence(text, found)
    conditional = _CONDITION.match(sentence) or _CONDITION_AFTER.match(after)
    return not (asked or conditional or _NOT_SAID.search(before) or _NEGATED.match(after))


def _sentence(text: str, found: re.Match[str]) -> str:
    """The sentence in which something was found."""
    begins = max((end.end() for end in _ENDS.finditer(text, 0, found.start())), default=0)
    end = _ENDS.search(text, found.end())
    return text[begins : end.start() if end else len(text)].strip()
