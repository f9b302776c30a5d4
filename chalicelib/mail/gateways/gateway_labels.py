"""A label of secrecy, and the line with what the law asks of a company's letters. Both are known by their form."""

from __future__ import annotations

import re

from chalicelib.mail.gateways import conversation
from chalicelib.patterns import pattern

_LABEL = (
    r"(?:public|internal|general|confidential|restricted|official|non-business|öffentlich|intern|vertraulich|interne?"
    r"|public|confidentiel|restreint|interno|público|confidencial|openbaar|vertrouwelijk)"
)
_LABELLED = pattern(
    rf"\[{_LABEL}\]|(?:data |information )?(?:classification|sensitivity|klassifizierung|klassifikation|vertraulichkeit"
    rf"(?:sstufe)?|classificatie|clasificación) ?[:|–-] ?{_LABEL}(?: use)?(?: only)?|classified as:? {_LABEL}",
    re.I,
)
# People write of one of these in a sentence.
_PARTICULARS = (
    pattern(
        r"\bgeschäftsführ\w*\s?:|\bvorstand\w*\s?:|\bmanaging directors?\s?:|\bgérante?s?\s?:|\baufsichtsrat\w*\s?:",
        re.I,
    ),
    pattern(r"\bHR[AB]\s?-?(?:nr\.?\s?)?:?\s?\d{2,6}|\bhandelsregister|\bregistergericht|\bamtsgericht", re.I),
    pattern(r"\bust-?id(?:nr)?\b|\bvat (?:reg\w*|no|number|id)\b|\bDE ?\d{9}\b|\bp\.? ?iva\b|\btva\b|\bbtw\b", re.I),
    pattern(r"\bsitz(?: der gesellschaft)?\s?:|\bregistered office\b|\bsiège social\b|\bsede legale\b", re.I),
    pattern(r"\bregistered in [^.]{3,40}?\b(?:no|number|nr)\b\.?:? ?\d{5,}", re.I),
    pattern(r"\bsiret\b|\bRCS [A-Z]|\bkvk\b|\bCIF\b|\bREA\b"),
)
_BEGINS_REGISTERED = pattern(r"(?:a )?(?:company )?registered in\b", re.I)
_VERB = pattern(r"\b(?:is|are|was|lautet|ist|sind|war|finden|est|es|è|have|has|hat|haben)\b", re.I)
_COMPANY_LENGTH = 500


def label(paragraph: str) -> bool:
    """Whether this is only a label of secrecy, which programs put above or below the words."""
    return len(paragraph) <= 80 and bool(_LABELLED.fullmatch(" ".join(paragraph.split())))


def company(paragraph: str, alone: bool) -> bool:
    """Whether these are only a company's particulars. Below words (not `alone`) two could be what a person answers, and
    do no harm."""
    if len(paragraph) > _COMPANY_LENGTH or conversation.personal(paragraph) or _VERB.search(paragraph):
        return False
    begins = bool(_BEGINS_REGISTERED.match(paragraph.strip()))
    return begins + sum(bool(one.search(paragraph)) for one in _PARTICULARS) >= (2 if alone else 3)
