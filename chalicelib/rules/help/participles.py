"""German participles, infinitives with "zu" and what somebody does or did, as the infinitive that articles use:
"zurückgeschickt" and "zurückzuschicken" are "zurückschicken", "fiept" is "fiepen"; with the language's irregular forms
also "abgezogen" and "abzog"."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.patterns import pattern

LANGUAGES = ("de",)
# Folded, as the words are
_APART = 8
"""Words between a verb and its prefix at most."""
_PREFIXES = "ab|an|auf|aus|bei|durch|ein|fest|her|hin|los|mit|nach|um|vor|weg|weiter|wieder|zu|zuruck|zusammen"
_A_PREFIX = pattern(_PREFIXES)
_IERT = pattern(r"(\w{3,}ier)t(?:e[nrsm]?)?")
_GE = pattern(rf"({_PREFIXES})?ge(\w{{3,}}?)e?(?:t|n)(?:e[nrsm]?)?")
_PREFIXED = pattern(rf"({_PREFIXES})(\w{{3,}})")
_ENDING = pattern(r"e[nrsm]?$")
_DOES = pattern(r"(\w{3,}?)(?:e?t|e?st|e?te[nt]?)")
_ZU = pattern(rf"({_PREFIXES})zu(\w{{3,}}e?n)")


def infinitives(word: str, language: str, forms: Mapping[str, str]) -> tuple[str, ...]:
    """The infinitives of which a folded word may be a form; not all of them need to be words. `forms`: by each
    irregular form its infinitive."""
    if language not in LANGUAGES:
        return ()
    if found := _PREFIXED.fullmatch(word):
        tried = (found[2], _ENDING.sub("", found[2]))
        if base := next((forms[each] for each in tried if each in forms), ""):
            return (f"{found[1]}{base}",)
    if found := _IERT.fullmatch(word):
        return (f"{found[1]}en",)
    if found := _ZU.fullmatch(word):
        return (f"{found[1]}{found[2]}",)
    if found := _GE.fullmatch(word):
        return (f"{found[1] or ''}{found[2]}en", f"{found[1] or ''}{found[2]}n")
    if found := _DOES.fullmatch(word):
        return (f"{found[1]}en", f"{found[1]}n")
    return ()


def with_prefixes(said: Sequence[str], language: str, known: Callable[[str], bool]) -> list[str]:
    """The words, a verb with the prefix that stands behind it if both are one known word: "schließe sie an" has
    "anschließe"."""
    found = list(said)
    if language in LANGUAGES:
        for at, word in enumerate(said):
            behind = said[at + 1 : at + 1 + _APART]
            whole = (f"{prefix}{word}" for prefix in behind if _A_PREFIX.fullmatch(prefix))
            found[at] = next(filter(known, whole), word)
    return found
