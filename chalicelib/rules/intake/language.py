"""Which of a shop's languages a text is in, by the short words that every text contains."""

import re
from collections.abc import Sequence
from functools import cache

_SMALL_WORDS = {
    "de": "und der die das ist nicht ich sie wir ein eine mit für auf dem den von zu haben bitte mein meine wurde noch",
    "en": "and the is not you we an with for on of to have please my was still it that this are be has but",
    "es": "y el la los las es no usted nosotros un una con para en de que por mi pedido todavía",
    "fr": "et le la les est pas je vous nous un une avec pour sur de du que dans ma mon commande encore",
    "it": "e il la gli è non io voi noi un una con per su di che nel mio ordine ancora",
    "nl": "en de het is niet ik u wij een met voor op van te heb mijn bestelling nog maar dat",
    "pl": "i jest nie ja pan pani my z dla na do że się mój zamówienie jeszcze ale",
}
_LEAST = 3


def language_of(text: str, languages: Sequence[str]) -> str:
    """The most likely of `languages`. If the text is not clear, the first one, which is the shop's own."""
    words = re.findall(r"[^\W\d_]+", text[:5000].lower())
    counts = {code: sum(word in _known(code) for word in words) for code in languages}
    best = max(languages, key=lambda code: counts[code])
    return best if counts[best] >= _LEAST and counts[best] > counts[languages[0]] else languages[0]


@cache
def _known(code: str) -> frozenset[str]:
    return frozenset(_SMALL_WORDS.get(code, "").split())
