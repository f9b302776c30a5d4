"""Makes the index of a help centre: BM25F (Robertson and Zaragoza) over five fields of each article, and the questions
that it is known to answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from chalicelib.rules.help.compounds import parts
from chalicelib.rules.help.index import Index
from chalicelib.rules.help.leaning import Sight, leaning
from chalicelib.rules.help.nearest import NO_ARTICLE, Examples, examples
from chalicelib.rules.help.words import Stem, words

# How much a word counts in each field, and how much the field's length matters.
_WEIGHTS = {"title": 4.0, "keywords": 3.0, "asked": 1.5, "headings": 2.0, "body": 1.0}
_BY_LENGTH = {"title": 0.3, "keywords": 0.3, "asked": 0.5, "headings": 0.5, "body": 0.75}
# How soon more of the same word says no more.
_SATURATED = 1.2
# What a part of a compound counts, compared with the word by itself.
_PART = 0.5
_DIGITS = 3
_RELATED = 3
# Below this, two articles have little in common.
_LIKE = 0.12


@dataclass(frozen=True, slots=True)
class Text:
    """What of an article is searched. `asked`: questions that it answers, as people ask them."""

    slug: str
    title: str
    keywords: Sequence[str]
    headings: Sequence[str]
    body: str
    asked: Sequence[str] = ()

    def field(self, name: str) -> str:
        value: str | Sequence[str] = getattr(self, name)
        return value if isinstance(value, str) else " . ".join(value)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a language brings: words that say nothing, groups of words and phrases that mean the same, and words with
    their irregular forms, the word itself first. `elsewhere`: questions that no shop's articles answer. `things`: words
    for what is other people's business, unless a shop's articles are about it. `answered`: questions that articles of
    other shops answer: how questions to shops are put is the language's."""

    stop: Iterable[str]
    groups: Sequence[Sequence[str]]
    forms: Sequence[Sequence[str]] = ()
    elsewhere: Sequence[str] = ()
    things: Sequence[str] = ()
    answered: Sequence[str] = ()


def build(texts: Sequence[Text], language: str, stem: Stem, vocabulary: Vocabulary) -> Index:
    """The index of these articles. The same articles give the same index, whatever their order."""
    texts = sorted(texts, key=lambda text: text.slug)
    forms = _forms(vocabulary.forms, language)
    stem = _regular(stem, forms)
    stop = _stop(texts, language, stem, vocabulary)
    fields = {name: [_words(text.field(name), language, stop) for text in texts] for name in _WEIGHTS}
    same = {word for group in vocabulary.groups for each in group for word in words(each, language)} - stop
    known = sorted({word for each in fields.values() for text in each for word in text} | same)
    stems = {word: stem(word) for word in known}
    postings = _postings(fields, stems, language, len(texts))
    things = _things(texts, language, stem, vocabulary)
    own = (each for text in texts for each in (text.title, *text.asked))
    answered = [list(words(each, language)) for each in (*own, *vocabulary.answered)]
    others = [list(words(each, language)) for each in vocabulary.elsewhere]
    return Index(
        language=language,
        slugs=tuple(text.slug for text in texts),
        postings=postings,
        words=stems,
        sorted_words=known,
        phrases=_phrases(vocabulary.groups, language, stem),
        stop=stop,
        forms=forms,
        examples=_examples(texts, vocabulary.elsewhere, language, stem),
        leaning=leaning(answered, others, Sight(stem, stop, things)),
        things=things,
    )


def related(index: Index) -> Mapping[str, tuple[str, ...]]:
    """For each article those that are most like it (cosine of what their stems say), the nearest first."""
    vectors: dict[int, dict[str, float]] = defaultdict(dict)
    for stem, found in index.postings.items():
        for place, impact in found:
            vectors[place][stem] = impact
    lengths = {place: sqrt(sum(value * value for value in vector.values())) for place, vector in vectors.items()}

    def like(one: int, other: int) -> float:
        shared = sum(value * vectors[other].get(stem, 0.0) for stem, value in vectors[one].items())
        return shared / (lengths[one] * lengths[other])

    found_for: dict[str, tuple[str, ...]] = {}
    for place in vectors:
        ranked = sorted((-round(like(place, other), 6), index.slugs[other]) for other in vectors if other != place)
        found_for[index.slugs[place]] = tuple(slug for likeness, slug in ranked[:_RELATED] if -likeness >= _LIKE)
    return found_for


def _forms(groups: Sequence[Sequence[str]], language: str) -> dict[str, str]:
    """By each irregular form the word of which it is one."""
    folded = [[word for each in group for word in words(each, language)] for group in groups]
    return {form: group[0] for group in folded for form in sorted(group[1:]) if form != group[0]}


def _regular(stem: Stem, forms: Mapping[str, str]) -> Stem:
    return lambda word: stem(forms.get(word, word))


def _stop(texts: Sequence[Text], language: str, stem: Stem, vocabulary: Vocabulary) -> frozenset[str]:
    """The words that say nothing, with their stems and with their other forms in the articles: "takes" says no more
    than "take". A form that is a keyword, in a title or in a group says what it says there."""
    stop = {word for each in vocabulary.stop for word in words(each, language)}
    stems = {stem(word) for word in stop}
    keywords = (each for text in texts for each in text.keywords)
    said = _single((*keywords, *(each for group in vocabulary.groups for each in group)), language)
    said |= {word for text in texts for word in words(text.title, language)}
    used = {word for text in texts for name in _WEIGHTS for word in words(text.field(name), language)}
    return frozenset(stop | (stems - said) | {word for word in used - said if stem(word) in stems})


def _single(entries: Iterable[str], language: str) -> set[str]:
    return {said[0] for each in entries if len(said := list(words(each, language))) == 1}


def _things(texts: Sequence[Text], language: str, stem: Stem, vocabulary: Vocabulary) -> frozenset[str]:
    """The stems of things that no title, keyword or group names: what those name is the shop's business."""
    named = {word for text in texts for each in (text.title, *text.keywords) for word in words(each, language)}
    named |= _single((each for group in vocabulary.groups for each in group), language)
    things = {stem(word) for each in vocabulary.things for word in words(each, language)}
    return frozenset(things - {stem(word) for word in named})


def _words(text: str, language: str, stop: frozenset[str]) -> list[str]:
    return [word for word in words(text, language) if word not in stop]


def _examples(texts: Sequence[Text], elsewhere: Sequence[str], language: str, stem: Stem) -> Examples:
    """What is known to ask for an article: its questions, its title and its keywords."""
    known = [(at, asked) for at, text in enumerate(texts) for asked in (text.title, *text.keywords, *text.asked)]
    return examples([*known, *((NO_ARTICLE, asked) for asked in elsewhere)], language, stem)


def _postings(
    fields: Mapping[str, Sequence[Sequence[str]]], stems: Mapping[str, str], language: str, number: int
) -> dict[str, list[tuple[int, float]]]:
    weights: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for name, texts in fields.items():
        filled = [len(text) for text in texts if text]
        average = sum(filled) / len(filled) if filled else 0.0
        for place, text in enumerate(texts):
            shorter = 1 + _BY_LENGTH[name] * (len(text) / average - 1) if average else 1.0
            for stem, count in _counted(text, stems, language).items():
                weights[stem][place] += _WEIGHTS[name] * count / shorter
    sizes = Index(language, ("",) * number, {}, {}, (), {}, frozenset(), {}, Examples((), (), {}), {}, frozenset())
    return {
        stem: [
            (place, round(sizes.rarity_of(len(weights[stem])) * weight / (_SATURATED + weight), _DIGITS))
            for place, weight in sorted(weights[stem].items())
        ]
        for stem in sorted(weights)
    }


def _counted(text: Sequence[str], stems: Mapping[str, str], language: str) -> Mapping[str, float]:
    """How often each stem is in a text. A compound counts for its parts, too."""
    counted: dict[str, float] = defaultdict(float)
    for word in text:
        counted[stems[word]] += 1.0
        for part in parts(word, stems, language):
            if part != word and part in stems:
                counted[stems[part]] += _PART
    return counted


def _phrases(groups: Sequence[Sequence[str]], language: str, stem: Stem) -> dict[str, tuple[str, ...]]:
    """By the stems of each word or phrase of a group, the stems of the group's words. A phrase of two words may be
    written as one: "screenreader"."""
    found: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        said = [list(words(each, language)) for each in group]
        keys = [" ".join(map(stem, each)) for each in said] + [stem("".join(each)) for each in said if len(each) == 2]
        single = [key for key in keys if key and " " not in key]
        for key in filter(None, keys):
            found[key] += [each for each in single if each != key and each not in found[key]]
    return {key: tuple(found[key]) for key in sorted(found) if found[key]}
