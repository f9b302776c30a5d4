"""Whether a text that is to be published holds something of the person who asked: a name, an address, a number, also
inflected, folded or in pieces (decision 247). Rather too much is found than too little: an agent writes it differently.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.patterns import pattern
from chalicelib.rules.products.folding import Folded, across, folded, mixes_scripts, plain, with_digits


class Trace(StrEnum):
    """What was found; the pages have words for each."""

    NAME = "names_asker"
    PERHAPS_NAME = "perhaps_name"
    SCRIPT = "mixed_scripts"
    ADDRESS = "holds_address"
    NUMBER = "holds_number"
    PHONE = "holds_phone"
    PLACE = "holds_place"
    LINK = "holds_link"


@dataclass(frozen=True, slots=True)
class Asker:
    """Everything that is known of who asked. `names` also of others who wrote; `numbers`: of orders and of tickets;
    `places`: streets, post codes and towns."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    """Words of their messages that may be names (rules.products.possible_names)."""


# What a name may end in besides itself: of the genitive and plural, and of adjectives made from it.
_ENDINGS = frozenset({"s", "es", "n", "en", "ns", "ens", "sch", "sche", "schen", "scher", "sches", "schem", "in"})
# Parts of names that are words of the language. A name is still found by its other parts, and whole.
PARTICLES = frozenset(
    {
        "von", "vom", "van", "der", "den", "da", "do", "das", "du", "zu", "zum", "zur", "und", "and", "the", "of",
        "ten", "mr", "mrs", "ms", "dr", "prof", "herr", "frau",
    }
)  # fmt: skip
# Mailboxes that are nobody's name.
_OF_OFFICES = frozenset(
    {
        "info", "mail", "post", "office", "kontakt", "contact", "hello", "hallo", "service", "support", "shop", "team",
        "admin", "order", "orders", "einkauf",
    }
)  # fmt: skip
_OF_PROVIDERS = frozenset(
    {
        "example",
        "gmail",
        "googlemail",
        "gmx",
        "web",
        "outlook",
        "hotmail",
        "live",
        "icloud",
        "yahoo",
        "proton",
        "online",
    }
)
_SHORTEST_MAILBOX = 4
_SPOKEN = pattern(r"[(\[{<]\s*(?:at|ät|dot|punkt)\s*[)\]}>]|\b(?:at|ät|dot|punkt|klammeraffe)\b", 2)
_ANY_ADDRESS = pattern(r"\S\s*[@＠]\s*\S|[(\[{]\s*(?:at|ät)\s*[)\]}]", 2)
_ANY_PHONE = pattern(r"(?<![\w])(?:\+|00?)[1-9][\d\s()/.-]{5,}\d|\d{7,}")
_ANY_REFERENCE = pattern(r"\b(?=\S{0,20}\d)[A-Z]{1,5}-[0-9A-Z]{5}-[0-9A-Z]{5}\b", 2)
_ANY_LINK = pattern(r"(?:https?://|www\.)\S+", 2)
_ANY_PLACE = pattern(
    r"\w(?:stra(?:ss|ß)e|str\.|weg|platz|gasse|allee|ufer|damm)\s+\d{1,4}\b|"
    r"\b\d{1,4}[a-z]?,?\s+[^\W\d_]+\s+(?:street|road|lane|avenue|drive|close|way|square)\b",
    2,
)
_SHORTEST_JOINED = 5
# An address of so many letters and digits stands nowhere by chance.
_LONG_ENOUGH = 10


def traces(text: str, asker: Asker) -> tuple[Trace, ...]:
    """What the text holds of the asker, or of anybody, as far as it can be recognised; each once."""
    return tuple(dict.fromkeys(_traces(text, asker)))


def _traces(text: str, asker: Asker) -> Iterator[Trace]:
    whole = folded(text)
    read = (whole, across(whole))
    spoken = (*read, folded(_SPOKEN.sub(" ", text)))
    if any(_is_named(each, name) for name in asker.names for each in read):
        yield Trace.NAME
    if any(_from_mailbox(whole, each) for address in asker.addresses for each in _mailbox_names(address)):
        yield Trace.NAME
    if any(_is_named(each, name) for name in asker.perhaps for each in read):
        yield Trace.PERHAPS_NAME
    if mixes_scripts(whole):
        yield Trace.SCRIPT
    if _ANY_ADDRESS.search(text) or any(_has_address(each, known) for known in asker.addresses for each in spoken):
        yield Trace.ADDRESS
    counted = (whole, with_digits(whole))
    if _ANY_REFERENCE.search(text) or any(_stands(each, one) for one in _numbers(asker.numbers) for each in counted):
        yield Trace.NUMBER
    if _ANY_PHONE.search(text) or any(_has_phone(whole, phone) for phone in asker.phones):
        yield Trace.PHONE
    if _ANY_PLACE.search(text) or any(_stands(whole, place) for place in _places(asker.places)):
        yield Trace.PLACE
    if _ANY_LINK.search(text):
        yield Trace.LINK


def _is_named(text: Folded, name: str) -> bool:
    parts = list(dict.fromkeys(_name_parts(name)))
    words = [word for each in name.split() if (word := plain(each))]
    joined = ("".join(pair) for one in words for other in words if one != other for pair in [(one, other)])
    together = {each for each in (*joined, "".join(words)) if len(each) >= _SHORTEST_JOINED and len(words) > 1}
    whole = _stands(text, plain(name), _ENDINGS)
    return whole or any(_stands(text, part, _ENDINGS) for part in parts) or any(each in text.text for each in together)


def _name_parts(name: str) -> Iterator[str]:
    """The parts by which somebody is known: not initials, and not the words between them."""
    for word in name.split():
        for part in (plain(word), *folded(word).pieces):
            if len(part) > 1 and part not in PARTICLES:
                yield part


def _mailbox_names(address: str) -> Iterator[str]:
    """What of an address may be a whole name in one word: "mholm@", "hello@miraholm.de"."""
    local, _, domain = address.partition("@")
    labels = domain.split(".")[:-1]
    for part in (local.partition("+")[0], *labels):
        letters = "".join(piece for piece in folded(part).pieces if not piece.isdigit())
        if len(letters) >= _SHORTEST_MAILBOX and letters not in _OF_OFFICES | _OF_PROVIDERS:
            yield letters


def _from_mailbox(text: Folded, mailbox: str) -> bool:
    """Whether the text has the name of which a mailbox is made: in two words, or with one as its first letter."""
    return _stands(text, mailbox, _ENDINGS) or any(
        len(piece) > 2 and len(piece) + 1 == len(mailbox) and (mailbox.endswith(piece) or mailbox.startswith(piece))
        for word in text.pieces
        for piece in (word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)))
    )


def _has_address(text: Folded, address: str) -> bool:
    local, _, domain = address.partition("@")
    known = plain(local.partition("+")[0])
    own = known if len(known) > 2 and known not in _OF_OFFICES else ""
    joined = plain(address)
    return (
        _stands(text, joined)
        or _stands(text, plain(domain))
        or _stands(text, own, _ENDINGS)
        or (len(joined) >= _LONG_ENOUGH and joined in text.text)
    )


def _has_phone(text: Folded, phone: str) -> bool:
    digits = "".join(c for c in plain(phone) if c.isdigit())
    return len(digits) >= 5 and digits[-7:] in "".join(c if c.isdigit() else " " for c in _digits_joined(text))


def _digits_joined(text: Folded) -> str:
    """Numbers that only blanks and signs divide are one."""
    return "".join(piece if piece.isdigit() else f" {piece} " for piece in text.pieces)


def _numbers(numbers: Iterable[str]) -> Iterator[str]:
    """Order numbers whole, and their digits alone where there are enough to recognise the order by."""
    for number in numbers:
        yield plain(number)
        yield from (piece for piece in folded(number).pieces if piece.isdigit() and len(piece) > 2)


def _places(places: Iterable[str]) -> Iterator[str]:
    """Streets with and without the house's number, towns, post codes."""
    for place in places:
        yield plain(place)
        letters = "".join(piece for piece in folded(place).pieces if not piece.isdigit())
        if len(letters) >= _SHORTEST_JOINED:
            yield letters


def _stands(text: Folded, wanted: str, endings: frozenset[str] = frozenset()) -> bool:
    """Whether the folded word stands in the text: from a piece's beginning to a piece's end, in as many pieces as one
    likes, or with one of these endings. Scripts without blanks between words are searched anywhere."""
    wanted = plain(wanted)
    if not wanted:
        return False
    anywhere = not wanted.isascii()
    at = text.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if anywhere or (at in text.begins and (end in text.ends or _ends(text, end, endings))):
            return True
        at = text.text.find(wanted, at + 1)
    return False


def _ends(text: Folded, at: int, endings: frozenset[str]) -> bool:
    return any(at + len(ending) in text.ends and text.text.startswith(ending, at) for ending in endings)
