"""Tells a client's attribution ("On 2 March 2026 at 10:00 Ann wrote:") from a person's sentence that cites somebody
("On 2 March 2026 at 10:00 our courier wrote:"): a client writes a name, and never "we", "your" or "the"."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

# What attributions say that somebody did. Some verbs are written without a space before them.
_UNSPACED = r"写道|寫道|のメール|さんは書きました|のメッセージ|님이 작성|작성|쓴 글"
_VERBS = (
    r"wrote|writes|said|replied|a écrit|écrivit|a ecrit|schrieb|schreibt|geschrieben|schrieben|escribió"
    r"|escribio|escribi[oó]:?|escribiu|ha escrit|ha scritto|scrisse|scrive"
    r"|schreef|heeft geschreven|geschreven|schrijft|skrev|skriver|har skrevet|kirjoitti|napisał(?:\(a\)|a)?"
    r"|napisal(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?"
    r"|napísal(?:\(a\)|a)?|escreveu|escrito|написал(?:\(а\)|а)?|пишет|писал(?:\(а\)|а)?|написав(?:\(ла\))?|пише"
    r"|написа|yazd[ıi]|şunu yazdı|yazmış|írta|ezt írta"
    r"|a scris|έγραψε|" + _UNSPACED + r"|כתב(?:/ה)?|כתבה|كتب(?:ت)?"
    r"|je napisao(?:/la)?|је написао(?:/ла)?"
    r"|je napisal(?:/a)?|napisao|viết|đã viết"
    r"|menulis|เขียนว่า|เขียน|ने लिखा|نوشت|rašė|kirjutas|rakstīja|skrifaði|va escriure|escrigué|idatzi zuen|idatzi du"
)
VERB = pattern(rf"(?<![^\W\d_])(?:{_VERBS})(?![^\W\d_])", re.I)
VERB_LAST = pattern(rf"(?<![^\W\d_])(?:{_VERBS})\s{{0,3}}(?:[:：]|-{{2,6}})?[*_\"'\s]{{0,4}}\Z", re.I)
UNSPACED_LAST = pattern(rf"(?:{_UNSPACED})\s?[:：]\Z")
VERB_WITHIN = pattern(rf"(?<![^\W\d_])(?:{_VERBS})\s?[:：]\s", re.I)
# Whose or which, in the languages in which people may write so: no name begins with it, unless it has a capital letter.
_POSSESSIVES = (
    r"our|your|my|his|her|its|their|notre|nos|votre|vos|mon|ma|mes|ton|ta|tes|son|sa|ses|leur|leurs"
    r"|nuestr[oa]s?|vuestr[oa]s?|mis?|tus?|sus?|(?:il|la|i|gli|le) (?:nostr[oaie]|vostr[oaie]|mi[oa]|su[oa])"
    r"|(?:[oa]s? )?(?:noss[oa]s?|voss[oa]s?|meus?|minhas?|seus?|suas?)|onze|ons|uw?|jullie|jouw|mijn|zijn|haar|hun"
    r"|vår[ta]?|våra|ert?|era|din|dit|ditt|dina|dine|min|mitt|mina|mine|vores|jeres|deres"
    r"|nasz[ae]?|wasz[ae]?|mój|twój|moja|twoja|náš|naše|váš|vaše|můj|наш[аеи]?|ваш[аеи]?|мой|моя|твой|його|його"
)
# Before a capital letter they may belong to a name: "de Vries", "la Rosa".
_ARTICLES = (
    r"the|an?|this|that|these|those|some|one|les?|la|une?|cette|ces?|el|los|las|una|il|lo|gli|uno|os?|as?|uma?|de|het|een"
    r"|den|det|en|ett?"
)
_PRONOUNS = (
    r"we|you|he|she|they|somebody|someone|ich|wir|du|er|sie|ihr|man|jemand|je|nous|tu|elle|vous|ils|elles"
    r"|yo|nosotros|él|ella|usted|ustedes|io|noi|lui|lei|voi|eu|nós|ele|ela|você|ik|wij|hij|zij|jag|vi|han|hon|ni|jeg|hun"
    r"|я|мы|он|она|они|вы|ты"
)
# German nouns look like names.
_GERMAN = r"(?:unser|euer|mein|dein|sein|ihr|dies)(?:e[rnms]?)?|eure[rnms]?|eine?[rnms]?|der|die|das|dem"
_END = r"(?![^\W\d_])"
_LOWER = pattern(rf"(?:{_POSSESSIVES}|{_PRONOUNS}|{_GERMAN}){_END}|(?:{_ARTICLES})\s(?=[a-zà-ÿ])|l['’]")
_CAPITAL = pattern(rf"(?:Ihr(?:e[rnms]?)?|Euer|Eure[rnms]?|Sie){_END}|I\s(?=[a-z])|Pan(?:i|stwo)?\Z")
# At the beginning of a sentence all words have a capital letter: there the next word tells.
_FIRST = pattern(rf"(?:{_POSSESSIVES}|{_ARTICLES}|{_PRONOUNS}|i){_END}\s", re.I)
_FIRST_GERMAN = pattern(rf"(?:{_GERMAN})\s", re.I)
# No client writes these, though it names an address. Pronouns that begin a client's line ("U 10:00 …") are left out.
_PERSON = pattern(
    r"(?:we|i|you|he|she|they|somebody|someone|our|my|your|nous|vous|elles?|notre|nos|mon|votre|vos|je|ustedes|usted"
    r"|nosotros|nuestr[oa]s?|voi|vocês?|wij|hij|zij|jullie|onze|jag|jeg|vår[ta]?|vores|państwo|pani|pan|вы|мы)\s"
    r"|(?:u|je)\s(?=schreef|schrijft|heeft|hebt|heb)",
    re.I,
)
_PERSON_GERMAN = pattern(
    r"(?:(?:unser|euer|mein|dein|ihr)(?:e[rnms]?)?|eure[rnms]?|ich|wir)\s|(?-i:(?:[Ss]ie|[Dd]u|[Ee]r|[Mm]an|[Jj]emand)"
    r"\s(?!und\s)(?=[a-zäöü]))",
    re.I,
)
_PERSON_WITHIN = pattern(rf"(?<![^\W\d_])(?:(?:we|wir|ich|nous|nosotros|wij|jag|jeg|мы){_END}|I\s(?=[a-z]))")
# To whom somebody wrote, beside the verb as each language puts it; a client does not say it.
_TO_WHOM = pattern(
    r"(?<![^\W\d_])(?:(?:(?:wrote|writes|replied)(?: back)?(?: to)?|said to) (?:us|me|you|him|her|them)"
    r"|(?:schrieb(?:en)?|schreibt|ha[bs]?t|haben) (?:an )?(?:uns|mir|mich|dir|euch|ihm|ihr|[Ii]hnen)"
    r"|(?:m['’]|(?:nous|vous|lui|leur) )(?:a écrit|a ecrit|avez écrit|écrivit)|(?:nos|me|te|le|les|os) escribi[óo]"
    r"|(?:me|nos|lhe|lhes) escreveu|escreveu-(?:me|nos|lhe)|(?:ci|mi|ti|vi|gli|le) (?:ha scritto|scrisse|scrive)"
    r"|(?:schreef|schrijft|heeft) (?:aan )?(?:ons|mij|me|u|jou|je|jullie|hem|haar)"
    r"|schreef [^:]{1,80} (?:aan )?(?:ons|mij|u|jullie)\s?:"
    r"|(?:do nas|do mnie|nam|mi|panu|pani|państwu) (?:napisał[ao]?|pisze)"
    r"|(?:napisał[ao]?|pisze)(?:\(a\))? (?:do (?:nas|mnie|pana|pani|państwa)|nam|mi)"
    r"|[Nn]apisał[ao]? (?:[Pp]ani?|[Pp]aństwo)(?! ?[A-Z<(])"
    r"|(?:skrev|skriver)(?: [^:]{1,80})? til(?:l)? (?:oss|os|mig|meg|dig|deg|er|dere|jer)"
    r"|(?:kirjoitti) (?:meille|minulle|teille)|(?:nám|mi|vám) (?:na|do)psala?|napsala? (?:nám|mi|vám)"
    r"|(?:нам|мне|вам) (?:написал[аи]?|пишет)|(?:написал[аи]?|пишет) (?:нам|мне|вам))" + _END
)
# Who is spoken of: "firm", or a title of address with the company behind the name. "Herr Berg" alone may be an account.
_SPOKEN_OF = pattern(
    r"(?:herrn?|frau|mrs?|ms|madame|mme|monsieur|señora?|sra?|signora?|sig|senhora?|meneer|mevrouw|dhr|mevr|herra|rouva"
    r"|pani?)\.?\s(?:[^\W\d_]\S*\s){1,2}(?:von|vom|aus|bei|from|of|at|de|del|di|da|van|z|från|fra)\s[A-Z]|(?:firm[ay]|spółka)\s",
    re.I,
)
_BRACKETED = pattern(r"[<(]\s?[^\s<>()]{1,128}@")
_AMONG_US = pattern(
    r"(?<![^\W\d_])(?:our|your|my|unser(?:e[rnms]?)?|euer|eure[rnms]?|ihre[rnms]?|meine[rnms]?|notre|nos|votre|vos|nuestr[oa]s?"
    r"|vuestr[oa]s?|(?:nostr|vostr)[oaie]|noss[oa]s?|onze|jullie|nasz\w{0,4}|wasz\w{0,4}|vår[ta]?|vores|jeres"
    rf"|from the|(?:aus|bei) de[rm]|uit de|z działu){_END}"
)
_OPENING = " \t>*_\"'“„«-"
# Between the hour and the name.
_BETWEEN = pattern(
    rf"(?:[\s,;.)\]–—-]|(?:(?i:uhr|hrs?|ha[bs]?t|haben|heeft|heb[bt]?(?:en)?|hai?|har|avez|a|[ap]\.?m)|h|[A-Z]{{2,5}}){_END})*"
)
_DIGIT = pattern(r"\d")


def by_name(text: str) -> bool:
    """Whether an attribution without an address may name who wrote, and neither what they are nor where they work."""
    verb = next(VERB.finditer(text), None)
    if verb is None:
        return True
    if _AMONG_US.search(text):
        return False
    before, after = text[: verb.start()], text[verb.end() :]
    last = max((match.end() for match in _DIGIT.finditer(before)), default=0)
    if last and _strange(before[_past(before, last) :]):
        return False
    if not last and _begins(before.lstrip(_OPENING), _FIRST, _FIRST_GERMAN):
        return False
    below = after.strip(" ,:：*_\"'")
    return bool(_DIGIT.search(below)) or not _strange(below)


def by_somebody(text: str, address: bool) -> bool:
    """Whether the text has a verb followed by a name or date, and not by more of a sentence ("wrote on the card:")."""
    ends = [verb.end() for verb in VERB.finditer(text)]
    if address or not ends:
        return bool(ends)
    after = text[ends[-1] :].strip(" ,:：")
    if not by_name(text):
        return False
    return len(after.split()) <= 2 or not after.islower() or bool(_DIGIT.search(after))


def own(text: str) -> bool:
    """Whether a text with an address is a person's sentence: "We wrote to you on 2 March at 10:00 at ann@…:"."""
    start = text.lstrip(_OPENING)
    if _begins(start, _PERSON, _PERSON_GERMAN) or ("@" in text and _stands_for(start)):
        return True
    return bool(_PERSON_WITHIN.search(text) or _TO_WHOM.search(text))


def _stands_for(text: str) -> bool:
    """Whether the text begins with an article, and its address is not in brackets: "Der Lieferant info@… schrieb"."""
    return bool(_FIRST_GERMAN.match(text)) and not _BRACKETED.search(text)


def _strange(text: str) -> bool:
    """Whether the text begins with a word that begins no name."""
    return bool(_LOWER.match(text) or _CAPITAL.match(text) or _SPOKEN_OF.match(text))


def _begins(text: str, words: re.Pattern[str], german: re.Pattern[str]) -> bool:
    """Whether one of the words begins the text and its next word is no name; German nouns look like names."""
    match = words.match(text)
    return bool(german.match(text) or (match and text[match.end() :][:1].islower()))


def _past(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at
