"""The lines that a signature consists of: names, titles, companies, addresses, numbers."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import uncased_names
from chalicelib.mail.signatures.answer_words import answer as answer
from chalicelib.mail.signatures.answer_words import choice
from chalicelib.mail.signatures.answer_words import short_answer as short_answer
from chalicelib.patterns import pattern

MAX_LENGTH = 240
_MAX_WORDS = 5
_MAX_TITLE = 14
_NO_NAME = pattern(r"[\d?!:;/=€$£]")
_WORD = pattern(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SEPARATORS = pattern(r"\s*[,|·•(<–—/]\s*|\s+-\s+|\s+(?=(?:from|at|for|von|vom|bei|für|chez)\s)", re.I)
_BEFORE = pattern(
    r"(?:(?:i\. ?[av]\.|ppa\.?|p\.p\.|gez\.|your|yours|ihre?|deine?|eure?|dr\.|prof\.)\s+){1,3}",
    re.I,
)
_ON_BEHALF = pattern(r"\A\W{0,3}(?:[iI]\. ?[aAvV]\.?|i[AV]|ppa\.?|[pP]\. ?[pP]\.|gez\.)\s+(?=\w)")
_SMALL = pattern(
    r"(?:a|al|&|\+|and|an|at|bei|bin|by|da|das|de|del|der|des|di|do|dos|du|e|el|en|et|for|för|für|from|fra|i"
    r"|im|in|la|le|les|nd|of|og|och|oder|or|pour|the|to|und|van|vom|von|y|your|team|z|ds)",
    re.I,
)
# Words of titles and departments in their usual small letters.
_TITLE = pattern(
    r"(?:customers?|clients?|kunden\w*|kund\w{0,3}|klient\w{0,3}|service\w{0,3}|serv\w{3,6}|support|care|success|team"
    r"|manager|director|head|sales|marketing|assistant|agent|specialist|representative|advisor|officer|lead|engineer"
    r"|founder|owner|ceo|responsable|directeur|directrice|chargée?|conseill(?:er|ère)|clientèle|relations?|atención"
    r"|atendimento|cliente|assistenza|clienti|klantenservice|medewerker|kundtjänst|kundeservice|asiakaspalvelu|obsługi"
    r"|dział|specjalist\w{1,3}|zákaznick\w{1,4}|podpor\w|отдел\w*|клиент\w*|служб\w*|поддержк\w*|help ?desk"
    r"|sie|ihr|ihm|she|hers?|he|him|his|they|them|rue|avenue|boulevard|bd|calle|ulica|ul|ulice|rua|straat)",
    re.I,
)
_FORM = pattern(r"GmbH|AG|KG|OHG|UG|Ltd|Limited|Inc|LLC|S\.?A\.?S?|S\.?R\.?L|B\.?V|AB|A/S|ApS|Oy|s\.?r\.?o|d\.?o\.?o")
_DEPARTMENT = pattern(r"kund\w*service|klantenservice|support|care|kundtjänst|asiakaspalvelu|team|service", re.I)
_BUSINESS = pattern(r"shop|store|team|support|service|kundenservice|laden|boutique|tienda|negozio|winkel|sklep", re.I)
_OTHER_SCRIPTS = pattern(
    r"株式会社|有限会社|合同会社|公司|部门|客服|営業|担当|部$|課$|주식회사|고객|팀$|בע.?מ|שירות|خدمة|شركة"
)
_CONTACT = pattern(
    r"(?:[^\W\d_][\w-]{0,11}\s?[.:]{1,2}\s*)?"
    r"(?:<?(?:mailto:|https?://|www\.)[^\s<>]{1,300}>?|[\w.+-]{1,64}@[\w.-]{1,200}|\b[a-z0-9-]{2,60}\.[a-z]{2,12}\b"
    r"|\(?\+?\d[\d ()/.-]{5,}\d)",
    re.I,
)
_MONEY = pattern(r"[€$£%]|\b(?:eur|usd|gbp|chf|sek|nok|dkk|zł|kč)\b|\d{5,}\D*\d{5,}", re.I)
_AROUND = " *_~,，、"
_MOTTO = "\"'“„«»‹「『"


def name(text: str, chosen: bool = False) -> bool:
    """Whether the text could be a name: at most five capitalised words. Where the script has no capitals: a short one
    or one with a title of address. `chosen`: also if the words could choose a day, a colour ("Tom" or "Rosa"). "i.A."
    and the like may stand before it."""
    text = _ON_BEHALF.sub("", text, count=1)
    words = text.split()
    if uncased_names.uncased(text):
        return uncased_names.short_name(" ".join(words).strip(_AROUND)) and not answer(text)
    if len(words) > _MAX_WORDS or _NO_NAME.search(text) or (not chosen and any(map(choice, re.split("[,|]", text)))):
        return False
    return any(map(_telling, words)) and _capitalised(words)


def of_author(text: str, author: str, initial: bool = False) -> bool:
    """Whether the text is only the writer's name, a part of it or their initials, perhaps with a company behind it.
    `initial`: one letter is enough."""
    if not author or len(text) > MAX_LENGTH or "?" in text or answer(text):
        return False
    known = _words_of(author.split("@")[0])
    head, *tail = _SEPARATORS.split(re.sub(r"^\W+|[\W_]+$", "", text.strip(" \t*_~")), maxsplit=1)
    said = _words_of(_BEFORE.sub("", head, count=1))
    if not said or re.search(r"[\d?!:;]", head) or not all(map(title, tail)):
        return False
    if len(said) == 1 < len(known) and said[0] != _given(author) and (choice(head) or _BUSINESS.fullmatch(known[0])):
        return False  # "Black", "DHL", "Berlin"
    initials = "".join(word[0] for word in known)
    if "".join(said) == initials and len(initials) > 1:
        return True
    while len(said) > 1 and said[-1] not in known and _TITLE.fullmatch(said[-1]):
        said.pop()
    parts = [word in initials if len(word) == 1 else _within(word, known) for word in said]
    return all(parts) and (initial or max(map(len, said)) > 1)


def surname(text: str, author: str) -> bool:
    """Whether the text, a part of the writer's name, has not their given name: it could also be an answer."""
    return _given(author) not in _words_of(text)


def initials(text: str, author: str) -> bool:
    """Whether the text is the writer's initials without dots, which could also be an abbreviation."""
    return _words_of(text) == ["".join(word[0] for word in _words_of(author.split("@")[0]))]


def _words_of(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _given(author: str) -> str:
    """The writer's given name: the first word, or the first behind a comma ("Berg, Anna")."""
    words = _words_of(author.split("@")[0].split(",")[-1]) or _words_of(author)
    return words[0] if words else ""


def _within(word: str, names: list[str]) -> bool:
    """Whether it is one of the names; some scripts put no blank between a person's two names."""
    return word in names or (word.upper() == word.lower() and any(word in one for one in names))


def title(line: str) -> bool:
    """Whether a line below a name says who or where the writer is: a title, a company, an address, a number."""
    text = " ".join(line.split()).strip(" *_~|,.")
    if not text or len(text) > MAX_LENGTH or "?" in text or "!" in text or _MONEY.search(text):
        return not text
    if text[0] in _MOTTO or _OTHER_SCRIPTS.search(text):
        return True
    if choice(text):
        return False
    rest = _CONTACT.sub(" ", text)
    words = [word for word in re.split(r"[\s,|·•()–—/:;<>\[\]-]+", rest) if word.strip(".")]
    if any(map(str.isalpha, rest)) and rest.upper() == rest.lower():
        return False  # without capitals a title looks like a sentence
    if len(words) > _MAX_TITLE or not (rest != text or any(map(_telling, words))):
        return False
    return _capitalised([word for word in words if not _TITLE.fullmatch(word.strip("."))], numbers=True)


def contact(line: str) -> bool:
    """Whether the line holds an address or a number and nothing that is said about it."""
    return bool(_CONTACT.search(line)) and title(line)


def without_contact(line: str) -> str:
    """The line without its addresses and numbers."""
    return _CONTACT.sub(" ", line)


def firm(line: str) -> bool:
    """Whether the line names a company by its legal form, or a department."""
    words = [word.strip(".,") for word in line.split()]
    return title(line) and any(_FORM.fullmatch(word) or _DEPARTMENT.fullmatch(word) for word in words)


def _telling(word: str) -> bool:
    return any(map(str.isalpha, word)) and not _SMALL.fullmatch(word)


def _capitalised(words: list[str], numbers: bool = False) -> bool:
    """Whether no word begins with a small letter, except those within names ("of", "van"), and none is an answer."""
    for word in words:
        letters = word.lstrip("'’\"“„(*_-&+.")
        if _SMALL.fullmatch(word.strip(".")):
            continue
        if answer(word) or letters[:1].islower():
            return False
        if numbers and letters[:1].isdigit() and len(letters.rstrip(".")) > 6:
            return False
    return True
