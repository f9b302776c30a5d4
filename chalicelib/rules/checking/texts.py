"""Rules about the policy documents: which there are, who has read them, and what they must name."""

from collections.abc import Callable, Iterator
from datetime import date

from chalicelib.patterns import pattern
from chalicelib.rules.checking import wording
from chalicelib.rules.checking.lengths import under
from chalicelib.rules.checking.rights import WITHDRAWAL_TIME
from chalicelib.rules.checking.rule import EU_AND_UK, Facts, Rule, Severity
from chalicelib.rules.documents.reviewing import unreviewed
from chalicelib.rules.policy.countries import EU
from chalicelib.rules.policy.promises import DATA_REQUEST

_AS_OF = date(2026, 11, 29)
_READ = "good practice: policies are examined by a legal adviser before they are placed"
# A sentence that tells people that their calls are recorded.
_CALL = r"(?:phone|\bcalls?\b|telefon|anrufe?|gespräche?)"
_RECORDED = (
    r"(?:record(?:ed|ing)|we (?:may )?record|aufgezeichnet|aufzeichn|aufgenommen|mitgeschnitten|mitschn|zeichnen)"
)
_CALLS_RECORDED = pattern(rf"{_CALL}[^.!?]*{_RECORDED}|{_RECORDED}[^.!?]*{_CALL}")


def _missing(
    document: str, *, instead: Callable[[Facts], bool] = lambda facts: False
) -> Callable[[Facts], Iterator[str]]:
    def broken(facts: Facts) -> Iterator[str]:
        if document not in facts.texts and not instead(facts):
            yield f"there is no document {document} in force."

    return broken


def _never_reviewed(facts: Facts) -> Iterator[str]:
    for found in unreviewed(facts.versions, facts.today):
        if found.reviewed_on is None:
            version = found.version
            yield f"{version.document} ({found.language}), version {version.version}: nobody has reviewed it."


def _review_is_old(facts: Facts) -> Iterator[str]:
    for found in unreviewed(facts.versions, facts.today):
        if found.reviewed_on:
            yield f"{found.version.document} ({found.language}): last reviewed on {found.reviewed_on}."


def _language_lacks(facts: Facts) -> Iterator[str]:
    for document, editions in facts.texts.items():
        for language in facts.shop.languages:
            if language not in editions:
                yield f"{document} is not there in {language}."


def _without(document: str, needed: Callable[[Facts], tuple[str, ...]], what: str) -> Callable[[Facts], Iterator[str]]:
    """Each edition of a document that has none of the needed words."""

    def broken(facts: Facts) -> Iterator[str]:
        words = needed(facts)
        for language, text in facts.texts.get(document, {}).items():
            if words and not wording.names(text, words):
                yield f"{document} ({language}) does not name {what}."

    return broken


def _authorities(facts: Facts) -> tuple[str, ...]:
    bodies = [body for body in facts.shop.bodies if DATA_REQUEST in body.kinds]
    return tuple(each for body in bodies for each in (body.name, body.url))


def _contact(facts: Facts) -> tuple[str, ...]:
    channels = facts.shop.channels
    return tuple(each for each in (*facts.shop.addresses, channels.phone, channels.post) if each)


def _withdrawal_untold(facts: Facts) -> Iterator[str]:
    """A text that states less than the shop gives keeps customers from it; one that states more than its clocks count
    is a promise that nobody keeps."""
    period = facts.shop.withdrawal.period
    for language, text in facts.texts.get("returns", {}).items():
        if under(period, WITHDRAWAL_TIME, facts.shop) or not wording.states(text, period, language):
            least = f"{WITHDRAWAL_TIME} at least"
            yield f"returns ({language}) does not state how long customers may withdraw: {period}, {least}."


def _calls_recorded(facts: Facts) -> Iterator[str]:
    for language, text in facts.texts.get("privacy", {}).items():
        if facts.shop.channels.calls_recorded and not _CALLS_RECORDED.search(wording.plain(text)):
            yield f"privacy ({language}) does not say that calls are recorded."


RULES = (
    Rule("no-terms", Severity.LOOK, _READ, _AS_OF, _missing("terms", instead=lambda facts: bool(facts.shop.terms_url))),
    Rule("no-returns", Severity.BREACH, "Directive 2011/83/EU, Art. 6(1)(h)", _AS_OF, _missing("returns"), EU_AND_UK),
    Rule("no-delivery", Severity.RISK, "Directive 2011/83/EU, Art. 6(1)(g)", _AS_OF, _missing("delivery"), EU_AND_UK),
    Rule(
        "no-guarantees",
        Severity.BREACH,
        "Directive 2011/83/EU, Art. 6(1)(l)",
        _AS_OF,
        _missing("guarantees"),
        EU_AND_UK,
    ),
    Rule(
        "no-privacy", Severity.LOOK, "GDPR, Art. 13: the shop's own page may do", _AS_OF, _missing("privacy"), EU_AND_UK
    ),
    Rule(
        "no-accessibility",
        Severity.RISK,
        "Directive (EU) 2019/882, Annex V, since 28 June 2025",
        _AS_OF,
        _missing("accessibility"),
        EU,
    ),
    Rule("never-reviewed", Severity.LOOK, _READ, _AS_OF, _never_reviewed),
    Rule("review-is-old", Severity.LOOK, _READ, _AS_OF, _review_is_old),
    Rule("document-language-lacks", Severity.RISK, "good practice: clear and understood", _AS_OF, _language_lacks),
    Rule(
        "returns-without-period",
        Severity.RISK,
        "Directive 2011/83/EU, Art. 9",
        _AS_OF,
        _withdrawal_untold,
        EU_AND_UK,
    ),
    Rule(
        "privacy-without-authority",
        Severity.RISK,
        "GDPR, Art. 13(2)(d)",
        _AS_OF,
        _without("privacy", _authorities, "the data protection authority"),
        EU_AND_UK,
    ),
    Rule(
        "privacy-without-contact",
        Severity.BREACH,
        "GDPR, Art. 13(1)(a)",
        _AS_OF,
        _without("privacy", _contact, "an address to write to"),
        EU_AND_UK,
    ),
    Rule(
        "accessibility-without-contact",
        Severity.RISK,
        "Directive (EU) 2019/882, Annex V",
        _AS_OF,
        _without("accessibility", _contact, "an address to write to"),
        EU,
    ),
    Rule("calls-recorded-untold", Severity.RISK, "GDPR, Art. 13; SI 2018/356 in the UK", _AS_OF, _calls_recorded),
)
