"""Whether lines below a delimiter or a farewell are a message instead of a signature: they ask, order or tell
something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.patterns import pattern

# Signs of a message: questions, orders and their usual words, sentences.
_ASKS = pattern(r"[^\W\d_]{2,} ?[?？]\s{0,3}\Z")
_ORDER = pattern(
    r"\b(?:order|bestell\w*|auftrag\w*|commande|pedido|ordine|encomenda|bestelling|zamówien\w*|ordre|objedn\w*|заказ\w*"
    r"|tracking|sendung\w*|invoice|rechnung\w*|facture|factura|fattura|article|artikel\w*|item)\b[^\n]{0,30}?\d{3}"
    r"|#\d{3}|\b\d{1,3} ?(?:x|×|pcs|pieces?|st(?:ü|ue)ck|stk|stuks|pièces?|piezas?|pezzi|sztuk[ai]?|szt|ks|kus[yů]?)\b"
    r"|\b(?:ship|deliver|send)\w{0,3} (?:it )?to\b|\blieferadresse\b",
    re.I,
)
_SENTENCE = pattern(r"[^\W\d_][^.!?]{0,400}[^\W\d_][.!]\s{0,3}\Z")
_NOTICE = pattern(
    r"confiden|vertraulich|intended|disclaimer|privileg|datenschutz|privacy|dsgvo|gdpr|handelsregister|registered"
    r"|geschäftsführ|sitz der|unsubscribe|subscribed|mailing list|virus|environment|umwelt|printing|ausdruck"
    r"|diese (?:e-?mail|nachricht)|this (?:e-?mail|message)|ce (?:message|courriel)|este (?:correo|mensaje|e-mail)"
    r"|quest[oa] (?:messaggio|e-?mail)|dit bericht|deze e-?mail",
    re.I,
)
_IBAN = pattern(r"(?:iban)?[a-z]{2}\d{2}[a-z]{0,4}\d{7,24}[a-z\d]{0,12}", re.I)
_MAX_IBAN = 60
_RULING = " \t\u00a0*#~=_+.-–—>|"
_LINK = pattern(r"https?://|www\.", re.I)


def says(line: str) -> bool:
    """Whether the line holds more than blanks and what draws lines."""
    return bool(line.strip(_RULING))


def notice(line: str) -> bool:
    """Whether a legal or mailing-list notice begins on this line; gateways add it below signatures."""
    return bool(_NOTICE.search(line))


def message(lines: Sequence[str], exact: bool = False) -> bool:
    """Whether the lines are a message instead of a signature. Below a program's own delimiter (`exact`), sentences are
    no evidence: mottoes and notices stand there. An account's number with nothing else is the answer."""
    if not exact and _account([line for line in lines if says(line)]):
        return True
    for line in lines:
        if notice(line) or _LINK.search(line):
            return False
        if _ASKS.search(line) or _ORDER.search(line):
            return True
        if not exact and len(line.split()) >= 5 and line.lstrip()[:1] not in "\"'“„«" and _SENTENCE.search(line):
            return True
    return False


def _account(lines: Sequence[str]) -> bool:
    """Whether there is only an IBAN."""
    return len(lines) == 1 and len(lines[0]) <= _MAX_IBAN and bool(_IBAN.fullmatch(re.sub(r"[\W_]", "", lines[0])))
