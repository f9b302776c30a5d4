"""Rules about times: what is promised, and how long records are kept."""

from collections.abc import Callable, Iterator
from datetime import date

from chalicelib.rules.checking.lengths import longer, over
from chalicelib.rules.checking.rule import EU_AND_UK, Facts, Rule, Severity
from chalicelib.rules.policy.checks import default_length
from chalicelib.rules.policy.countries import EU, UNITED_KINGDOM
from chalicelib.rules.policy.promises import COMPLAINT, DATA_REQUEST, QUESTION, RETURN, WARRANTY, Outcome
from chalicelib.rules.timing.periods import parse

_AS_OF = date(2026, 11, 29)
_SEED = "good practice for complaints: final answer not later than thirty days after receipt"
_CRD = "Directive 2011/83/EU, Art. 13"
_GDPR = "GDPR, Art. 12(3)"
# The shortest guarantee by law where it is longer than the Directive's two years.
_LEAST_GUARANTEE = "2 years"
_LONGER_GUARANTEES = {"ES": "3 years", "PT": "3 years", "SE": "3 years"}


def _resolve_over(kind: str, limit: str) -> Callable[[Facts], Iterator[str]]:
    def broken(facts: Facts) -> Iterator[str]:
        resolve = facts.shop.kinds[kind].resolve
        if longer(resolve, limit):
            yield f"kinds.{kind}.resolve is {resolve}: more than {limit}."

    return broken


def _resolve_over_the_law(kind: str, limit: str) -> Callable[[Facts], Iterator[str]]:
    """A limit that the law counts by the calendar: holidays do not move it."""

    def broken(facts: Facts) -> Iterator[str]:
        resolve = facts.shop.kinds[kind].resolve
        if over(resolve, limit, facts.shop):
            yield f"kinds.{kind}.resolve is {resolve}: it can be more than {limit}."

    return broken


def _resolve_missing(kind: str) -> Callable[[Facts], Iterator[str]]:
    def broken(facts: Facts) -> Iterator[str]:
        if facts.shop.kinds[kind].resolve is None:
            yield f"kinds.{kind}.resolve is missing: nothing is promised about the final answer."

    return broken


def _extension_over(kind: str, limit: str) -> Callable[[Facts], Iterator[str]]:
    def broken(facts: Facts) -> Iterator[str]:
        extension = facts.shop.kinds[kind].extension
        if extension and over(extension.limit, limit, facts.shop):
            yield f"kinds.{kind}.extension is {extension.limit}: it can be more than {limit}."

    return broken


def _acknowledged_late(facts: Facts) -> Iterator[str]:
    for kind in facts.shop.kinds.values():
        if longer(kind.acknowledge, "1 working day"):
            yield f"kinds.{kind.id}.acknowledge is {kind.acknowledge}: a confirmation comes without delay."


def _never_answered(facts: Facts) -> Iterator[str]:
    for kind in (QUESTION, COMPLAINT, WARRANTY):
        promised = facts.shop.kinds[kind]
        if promised.first_answer is None and promised.resolve is None:
            yield f"kinds.{kind}.first_answer is missing, and so is resolve: nobody is promised an answer."


def _answered_late(facts: Facts) -> Iterator[str]:
    kind = facts.shop.kinds[COMPLAINT]
    first = kind.first_answer or kind.resolve
    if longer(first, "14 days"):
        yield f"kinds.complaint: the first answer may come after {first}, which is more than 14 days."


def _remedied_late(facts: Facts) -> Iterator[str]:
    if longer(facts.shop.remedy, "30 days"):
        yield f"remedy is {facts.shop.remedy}: faults are put right within a reasonable time."


def _extended_often(facts: Facts) -> Iterator[str]:
    extension = facts.shop.kinds[COMPLAINT].extension
    if extension and extension.times > 1:
        yield f"kinds.complaint.extension.times is {extension.times}: a complaint may be extended again and again."


def _not_escalated(facts: Facts) -> Iterator[str]:
    if not facts.shop.kinds[COMPLAINT].escalation:
        yield "kinds.complaint.escalation is empty: nobody learns of a complaint that is late."


def _kept_too_short(facts: Facts) -> Iterator[str]:
    for name in (COMPLAINT, WARRANTY, RETURN):
        retain = facts.shop.kinds[name].retain
        if not longer(retain, "35 months"):
            yield f"kinds.{name}.retain is {retain}: claims live longer, and then there is no record of what was said."


def _kept_shorter_than_guaranteed(facts: Facts) -> Iterator[str]:
    kind, guarantees = facts.shop.kinds[WARRANTY], facts.shop.guarantees
    statutory = max(map(guarantees.statutory_for, facts.markets or {None}), key=default_length)
    if default_length(kind.retain) < default_length(statutory):
        yield f"kinds.warranty.retain is {kind.retain}, but claims may be made for {statutory}."


def _kept_too_long(facts: Facts) -> Iterator[str]:
    retain = facts.shop.kinds[QUESTION].retain
    if longer(retain, "3 years"):
        yield f"kinds.question.retain is {retain}: is it needed so long?"


def _spam_kept(facts: Facts) -> Iterator[str]:
    for kind in facts.shop.kinds.values():
        if longer(kind.retention(Outcome.SPAM), "6 months"):
            yield f"kinds.{kind.id} keeps spam for {kind.retention(Outcome.SPAM)}: write retain_for.spam."


def _quarantined_long(facts: Facts) -> Iterator[str]:
    if longer(facts.shop.quarantine, "30 days"):
        yield f"quarantine is {facts.shop.quarantine}: a genuine complaint could wait as long."


def _link_ends_early(facts: Facts) -> Iterator[str]:
    resolve = facts.shop.kinds[COMPLAINT].resolve
    if resolve and default_length(resolve) > facts.shop.link_days * default_length(parse("1 day")):
        yield f"link_days is {facts.shop.link_days}: the customer's link may end before the final answer ({resolve})."


def _not_reopened(facts: Facts) -> Iterator[str]:
    if facts.shop.reopen_days == 0:
        yield "reopen_days is 0: who answers a final answer begins again from the start."


def _guaranteed_too_short(facts: Facts) -> Iterator[str]:
    for market in sorted(facts.markets & EU):
        statutory = facts.shop.guarantees.statutory_for(market)
        least = _LONGER_GUARANTEES.get(market, _LEAST_GUARANTEE)
        if default_length(statutory) < default_length(parse(least)):
            yield f"guarantees: customers in {market} are told {statutory}, and its law gives {least}."


def _guaranteed_too_short_in_the_uk(facts: Facts) -> Iterator[str]:
    statutory = facts.shop.guarantees.statutory_for(UNITED_KINGDOM)
    if default_length(statutory) < default_length(parse("5 years")):
        yield f"guarantees: customers in GB are told {statutory}, and may make claims for 6 years (Scotland: 5)."


def _commercial_is_shorter(facts: Facts) -> Iterator[str]:
    """Beside the law's own time, not beside what a kinder shop states."""
    commercial = facts.shop.guarantees.commercial
    for market in sorted(facts.markets & EU):
        least = _LONGER_GUARANTEES.get(market, _LEAST_GUARANTEE)
        if commercial and default_length(commercial) <= default_length(parse(least)):
            yield f"guarantees.commercial is {commercial}: the law of {market} gives {least} anyway."


RULES = (
    Rule("resolve-over-30-days", Severity.RISK, _SEED, _AS_OF, _resolve_over(COMPLAINT, "30 days")),
    Rule("resolve-missing", Severity.RISK, _SEED, _AS_OF, _resolve_missing(COMPLAINT)),
    Rule(
        "resolve-over-15-working-days",
        Severity.BREACH,
        "Spain, Ley 10/2025, for basic services and large sellers, from 28 December 2026",
        date(2026, 11, 28),
        _resolve_over(COMPLAINT, "15 working days"),
        frozenset({"ES"}),
    ),
    Rule("extension-over-30-days", Severity.LOOK, _SEED, _AS_OF, _extension_over(COMPLAINT, "30 days")),
    Rule("extended-often", Severity.LOOK, _SEED, _AS_OF, _extended_often),
    Rule("acknowledged-late", Severity.RISK, "good practice: receipt is confirmed at once", _AS_OF, _acknowledged_late),
    Rule("never-answered", Severity.RISK, "good practice for complaints: a timetable", _AS_OF, _never_answered),
    Rule("answered-late", Severity.LOOK, "good practice for complaints: a timetable", _AS_OF, _answered_late),
    Rule("not-escalated", Severity.RISK, "ISO 10002:2018, accountability", date(2026, 11, 28), _not_escalated),
    Rule("refund-over-14-days", Severity.BREACH, _CRD, _AS_OF, _resolve_over_the_law(RETURN, "14 days"), EU_AND_UK),
    Rule("refund-missing", Severity.BREACH, _CRD, _AS_OF, _resolve_missing(RETURN), EU_AND_UK),
    Rule("remedied-late", Severity.RISK, "Directive (EU) 2019/771, Art. 14", _AS_OF, _remedied_late, EU_AND_UK),
    Rule(
        "data-request-over-1-month",
        Severity.BREACH,
        _GDPR,
        _AS_OF,
        _resolve_over_the_law(DATA_REQUEST, "1 month"),
        EU_AND_UK,
        watched=True,
    ),
    Rule(
        "data-request-missing", Severity.BREACH, _GDPR, _AS_OF, _resolve_missing(DATA_REQUEST), EU_AND_UK, watched=True
    ),
    Rule(
        "data-request-extended",
        Severity.BREACH,
        _GDPR,
        _AS_OF,
        _extension_over(DATA_REQUEST, "2 months"),
        EU_AND_UK,
        watched=True,
    ),
    Rule("kept-too-short", Severity.RISK, "BGB §§ 195, 199: three years for most claims", _AS_OF, _kept_too_short),
    Rule(
        "kept-shorter-than-guaranteed",
        Severity.LOOK,
        "the shop's own guarantees",
        _AS_OF,
        _kept_shorter_than_guaranteed,
    ),
    Rule("kept-too-long", Severity.LOOK, "GDPR, Art. 5(1)(e)", _AS_OF, _kept_too_long, EU_AND_UK),
    Rule("spam-kept", Severity.LOOK, "GDPR, Art. 5(1)(e)", _AS_OF, _spam_kept, EU_AND_UK),
    Rule("quarantined-long", Severity.RISK, "good practice: every complaint is answered", _AS_OF, _quarantined_long),
    Rule(
        "link-ends-early", Severity.LOOK, "good practice: customers can follow what happens", _AS_OF, _link_ends_early
    ),
    Rule("not-reopened", Severity.LOOK, "good practice: easy to use", _AS_OF, _not_reopened),
    Rule("guarantee-too-short", Severity.BREACH, "Directive (EU) 2019/771, Art. 10", _AS_OF, _guaranteed_too_short, EU),
    Rule(
        "guarantee-too-short-uk",
        Severity.RISK,
        "Limitation Act 1980, s. 5",
        _AS_OF,
        _guaranteed_too_short_in_the_uk,
        frozenset({"GB"}),
    ),
    Rule(
        "commercial-is-shorter", Severity.LOOK, "Directive (EU) 2019/771, Art. 17", _AS_OF, _commercial_is_shorter, EU
    ),
)
