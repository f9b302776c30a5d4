"""Cuts out of feedback without an address what could tell who wrote it, before anything of it is stored (decision
251)."""

from chalicelib.patterns import pattern
from chalicelib.rules.help.masking import masked as without_addresses

GAP = "[…]"
# Two or more words with capitals side by side: a name, or at worst a heading. "Anna Petrova", "Dr. Anna von Petrova".
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"{_CAPITAL}[\w'’.-]*"
# A word begins where no other goes on. Within one ("bye.Anna") only its last letters count: so the time stays in
# proportion to the text.
_FIRST = rf"(?:(?<![\w'’.-]){_WORD}|\b{_CAPITAL}[\w'’.-]{{0,60}})"
_RUN = pattern(rf"{_FIRST}(?:\s+(?:(?:von|van|de|der|den|zu|la|le|di|da)\s+)*{_WORD})+")
# With these a sentence begins; what follows in German is a noun and no name.
_BEGIN = (
    "i my the a an it this that these your we our when if at in on for with but and so there no not please ich mein "
    "meine meinen der die das den dem ein eine einen einer es dies diese ihr ihre ihren wir unser unsere wenn als im "
    "am an auf für mit bei beim zur zum nach aber und kein keine keinen bitte vor von hier"
)
_BEGINS = frozenset(_BEGIN.split())


def masked(text: str) -> str:
    """The text without mail addresses, links, streets, towns, numbers, and runs of words with capitals."""
    cut = without_addresses(text)
    return " ".join(_RUN.sub(lambda found: _without_name(found[0]), cut).split())


def _without_name(run: str) -> str:
    """The run of words without its name: what begins a sentence is kept, and one word alone names nobody."""
    words = run.split()
    kept = 0
    while kept < len(words) and words[kept].lower() in _BEGINS:
        kept += 1
    rest = words[kept:]
    return run if len(rest) < 2 else " ".join([*words[:kept], GAP])
