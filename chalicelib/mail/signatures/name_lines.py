"""The lines that a signature consists of: names, titles, companies, addresses, numbers."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

MAX_LENGTH = 240
_MAX_WORDS = 5
_MAX_TITLE = 14
_MAX_ANSWER = 3
_NO_NAME = pattern(r"[\d?!:;/=€$£]")
_WORD = pattern(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_WORDS = pattern(r"\w+(?:['’]\w+)*")
_SEPARATORS = pattern(r"\s*[,|·•(<–—/]\s*|\s+-\s+|\s+(?=(?:from|at|for|von|vom|bei|für|chez)\s)", re.I)
_BEFORE = pattern(
    r"(?:(?:i\. ?[av]\.|ppa\.?|p\.p\.|gez\.|your|yours|ihre?|deine?|eure?|dr\.|prof\.)\s+){1,3}",
    re.I,
)
_ON_BEHALF = pattern(r"\A\W{0,3}(?:[iI]\. ?[aAvV]\.?|i[AV]|ppa\.?|[pP]\. ?[pP]\.|gez\.)\s+(?=\w)")
# Answers of a word or two. They are capitalised like names.
_ANSWERS = pattern(
    r"(?:yes|no|ok|okay|sure|done|agreed|correct|right|wrong|never|always|maybe|tomorrow|today|yesterday|both|none"
    r"|neither|ja|nein|doch|gerne|genau|stimmt|morgen|heute|gestern|danke|thanks|thank|oui|non|d'accord|merci"
    r"|demain|sí|si|mañana|gracias|sim|não|obrigado|obrigada|sì|domani|grazie|nee|bedankt|dank|nej|tack|tak|takk"
    r"|kyllä|ei|nie|dziękuję|ano|ne|děkuji|áno|да|нет|спасибо|так|ні|дякую|ναι|όχι|evet|hayır|igen|nem|da|nu|taip"
    r"|jah|nope|yep|yeah|please|bitte|shipped|sent|refunded|cancelled|available|sold|erledigt|verschickt|versendet"
    r"|storniert|here|attached|anbei|是|不|否|好|好的|可以|はい|いいえ|네|아니요|예|לא|כן|نعم|لا)",
    re.I,
)
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
_ASKING = pattern(r"\b(?:please|bitte)\b", re.I)
_SIGNS = pattern("[👍👎👌🙏✅❌✔✖☑💯🆗]")
_MOTTO = "\"'“„«»‹「『"


def name(text: str) -> bool:
    """Whether the text could be a name: at most five words, capitalised where their script has capitals. "i.A." and
    the like may stand before it."""
    text = _ON_BEHALF.sub("", text, count=1)
    words = text.split()
    return len(words) <= _MAX_WORDS and not _NO_NAME.search(text) and any(map(_telling, words)) and _capitalised(words)


def of_author(text: str, author: str, initial: bool = False) -> bool:
    """Whether the text is only the writer's name, a part of it or their initials, perhaps with a company behind it.
    `initial`: one letter is enough."""
    if not author or len(text) > MAX_LENGTH or "?" in text or answer(text):
        return False
    known = [word.casefold() for word in _WORD.findall(author.split("@")[0])]
    head, *tail = _SEPARATORS.split(re.sub(r"^\W+|[\W_]+$", "", text.strip(" \t*_~")), maxsplit=1)
    said = [word.casefold() for word in _WORD.findall(_BEFORE.sub("", head, count=1))]
    if not said or re.search(r"[\d?!:;]", head) or not all(map(title, tail)):
        return False
    initials = "".join(word[0] for word in known)
    if "".join(said) == initials and len(initials) > 1:
        return True
    while len(said) > 1 and said[-1] not in known and _TITLE.fullmatch(said[-1]):
        said.pop()
    parts = [word in initials if len(word) == 1 else _within(word, known) for word in said]
    return all(parts) and (initial or max(map(len, said)) > 1)


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


def answer(text: str) -> bool:
    """Whether the text is an answer of a word or two."""
    return bool(_SIGNS.search(text)) or any(map(_ANSWERS.fullmatch, _WORDS.findall(text)))


def short_answer(text: str) -> bool:
    """Whether the text is no more than an answer ("Yes", "Vielen Dank"), and asks for nothing."""
    return len(text.split()) <= _MAX_ANSWER and answer(text) and not _ASKING.search(text)


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
