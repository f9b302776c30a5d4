"""Whether a mail answers or forwards another, by its headers and its subject's prefix.
Quoted history is searched for only if something says that the mail answers."""

from __future__ import annotations

import re
from enum import Enum, auto

from chalicelib.patterns import pattern


class Kind(Enum):
    """How a mail relates to an earlier one."""

    ANSWER = auto()
    FORWARD = auto()
    UNSAID = auto()
    """Neither headers nor subject tell: a first mail, a form, or a client that drops the headers."""


# What a list or a gateway puts before the prefix: "[name]", "***SPAM***", "EXTERN:".
_TAGS = (
    r"(?:(?:\[[^\]]{1,60}\]|\{[^}]{1,60}\}|\*{1,5}[^*]{1,40}\*{1,5}|(?:ext|external|extern|externe|externo|esterno"
    r"|caution|spam|junk|suspected spam|spamverdacht)\s?[:：])\s{0,3}){0,5}"
)
# Thai, Hindi, Arabic and Hebrew words have marks among their letters.
_LETTER = (
    r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
)
# The outermost prefix counts: "FW: Re:" forwards an answer, "Re: FW:" answers.
_PREFIX = pattern(
    rf"\s{{0,3}}{_TAGS}({_LETTER}{{1,12}}(?: {_LETTER}{{1,10}})?)\.?\s?"
    r"(?:[\[(^]\s?\d{1,4}[\])]?|\*\d{1,3})?\s?[:：]",
    re.I,
)
# "Ref:" and "Rif:" are left out: people write them before an order number.
_ANSWERS = (
    "re|ré|rép|réponse|aw|antw|antwort|antwoord|sv|svar|odp|odpověď|res|resp|resposta|respuesta|r|risposta|vá|válasz"
    "|ynt|yan|cevap|απ|σχετ|απάντηση|回复|回覆|答复|答覆|返信|답장|회신|отв|ответ|ответ на|відп|отг|odg|odgovor|atb|ats"
    "|răsp|rasp|bls|balas|balasan|ตอบ|ตอบกลับ|trả lời|תגובה|השב|תשובה|رد|الرد|پاسخ|vast|vastaus"
)
_FORWARDS = (
    "fw|fwd|wg|weitergeleitet|tr|transf|renv|rv|reenv|enc|encam|i|inoltra|doorst|vl|vb|vidarebefordrat|videresendt"
    "|fs|pd|podaj dalej|továbbítás|továbbított|ilt|转发|轉寄|轉發|転送|전달|пер|пересл|пд|prosl|proslijeđeno|posr"
    "|preposlané|πρθ|הועבר|העברה|ส่งต่อ|chuyển tiếp|إعادة توجيه|trs|pārs|edasi|rsend|pfw"
)
_KINDS = {
    **dict.fromkeys(_ANSWERS.split("|"), Kind.ANSWER),
    **dict.fromkeys(_FORWARDS.split("|"), Kind.FORWARD),
}
# "VS:" is "vastaus" (answer) in Finnish, and "videresendt" (forwarded) in Danish and Norwegian.
_EITHER = "vs"
_DANISH = pattern(r"^[>\s*|]{0,20}fra\*{0,2}:", re.I | re.M)


def kind(subject: str, names_another: bool, text: str) -> Kind:
    """How the mail relates to an earlier one. `names_another`: it has In-Reply-To or References; clients also set them
    when they forward."""
    match = _PREFIX.match(subject)
    prefix = match.group(1).lower().replace("\u0307", "") if match else ""  # the dot of the Turkish "İ"
    if prefix == _EITHER:
        return Kind.FORWARD if _DANISH.search(text[:20_000]) else Kind.ANSWER
    return _KINDS.get(prefix, Kind.ANSWER if names_another else Kind.UNSAID)
