"""Rules about what customers are owed by the laws of 2026: withdrawing by a button, complaints about personal data,
adverts, the notice on guarantees."""

from collections.abc import Callable, Iterator
from datetime import date

from chalicelib.rules.checking.lengths import longer, over, under
from chalicelib.rules.checking.rule import EU_AND_UK, Facts, Rule, Severity
from chalicelib.rules.policy.countries import EU, UNITED_KINGDOM
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import PRIVACY_COMPLAINT, WITHDRAWAL
from chalicelib.rules.timing.periods import Period

_AS_OF = date(2026, 11, 29)
_CRD = "Directive 2011/83/EU"
_DUAA = "UK Data Protection Act 2018, s. 164A, since 19 June 2026"
WITHDRAWAL_TIME = "14 days"
"""By law: how long customers may withdraw, send the goods back, and wait for their money."""
_MONTH = "30 days"
_UK = frozenset({UNITED_KINGDOM})


def _no_withdrawal_function(facts: Facts) -> Iterator[str]:
    if not facts.shop.offers(WITHDRAWAL):
        yield "kinds.withdrawal.offered is false: customers find no button to withdraw from a contract."


def _withdrawal(key: str, wrong: Callable[[Period, Shop], bool], why: str) -> Callable[[Facts], Iterator[str]]:
    def broken(facts: Facts) -> Iterator[str]:
        period: Period = getattr(facts.shop.withdrawal, key)
        if wrong(period, facts.shop):
            yield f"withdrawal.{key} is {period}: {why}."

    return broken


def _short(period: Period, shop: Shop) -> bool:
    return under(period, WITHDRAWAL_TIME, shop)


def _late(period: Period, shop: Shop) -> bool:
    return over(period, WITHDRAWAL_TIME, shop)


def _no_privacy_complaints(facts: Facts) -> Iterator[str]:
    if not facts.shop.offers(PRIVACY_COMPLAINT):
        yield "kinds.privacy_complaint.offered is false: people in the UK may complain about the use of their data."


def _privacy_complaint_late(facts: Facts) -> Iterator[str]:
    kind = facts.shop.kinds[PRIVACY_COMPLAINT]
    if over(kind.acknowledge, _MONTH, facts.shop):
        yield f"kinds.privacy_complaint.acknowledge is {kind.acknowledge}: it can be more than {_MONTH}."


def _privacy_complaint_silent(facts: Facts) -> Iterator[str]:
    kind = facts.shop.kinds[PRIVACY_COMPLAINT]
    if kind.resolve is None:
        yield "kinds.privacy_complaint.resolve is missing: people are told what came out."
    if kind.progress is None and (kind.resolve is None or kind.extension or longer(kind.resolve, _MONTH)):
        yield "kinds.privacy_complaint.progress is missing: people are told how far it is."


def _review_without_basis(facts: Facts) -> Iterator[str]:
    if facts.shop.review_request and facts.shop.adverts.basis == "none":
        yield "review_request asks how it went, which is an advert, and adverts.basis states no legal basis."
    if facts.shop.orders.thanks and facts.shop.adverts.basis == "none":
        yield "orders.thanks is an advert, and adverts.basis states no legal basis."


def _notice_on_own_forms(facts: Facts) -> Iterator[str]:
    if facts.shop.adverts.basis == "existing_customer":
        yield "adverts.basis is existing_customer: does every form of your own say that customers may object?"


def _no_notice_on_guarantees(facts: Facts) -> Iterator[str]:
    lacking = [language for language in facts.shop.languages if language not in facts.shop.guarantees.notice]
    if lacking:
        yield f"guarantees.notice is missing ({', '.join(lacking)}): the official notice on the legal guarantee."


def _nameless_guarantee(facts: Facts) -> Iterator[str]:
    guarantees = facts.shop.guarantees
    if guarantees.commercial and not (guarantees.given_by and guarantees.covers):
        yield "guarantees.commercial does not say who gives it (given_by) or what it covers (covers)."


RULES = (
    Rule(
        "no-withdrawal-function",
        Severity.BREACH,
        f"{_CRD}, Art. 11a",
        _AS_OF,
        _no_withdrawal_function,
        EU,
        watched=True,
    ),
    Rule(
        "withdrawal-period-short",
        Severity.BREACH,
        f"{_CRD}, Art. 9",
        _AS_OF,
        _withdrawal("period", _short, "customers have 14 days"),
        EU_AND_UK,
        watched=True,
    ),
    Rule(
        "withdrawal-refund-late",
        Severity.BREACH,
        f"{_CRD}, Art. 13",
        _AS_OF,
        _withdrawal("refund", _late, "the money is due within 14 days"),
        EU_AND_UK,
        watched=True,
    ),
    Rule(
        "withdrawal-send-back-short",
        Severity.BREACH,
        f"{_CRD}, Art. 14",
        _AS_OF,
        _withdrawal("send_back", _short, "customers have 14 days to send the goods back"),
        EU_AND_UK,
        watched=True,
    ),
    Rule("no-privacy-complaints", Severity.BREACH, _DUAA, _AS_OF, _no_privacy_complaints, _UK, watched=True),
    Rule("privacy-complaint-late", Severity.BREACH, _DUAA, _AS_OF, _privacy_complaint_late, _UK, watched=True),
    Rule("privacy-complaint-silent", Severity.BREACH, _DUAA, _AS_OF, _privacy_complaint_silent, _UK, watched=True),
    Rule(
        "review-without-basis",
        Severity.BREACH,
        "§ 7 UWG with BGH VI ZR 225/17; PECR, reg. 22",
        _AS_OF,
        _review_without_basis,
        EU_AND_UK,
        watched=True,
    ),
    Rule(
        "notice-on-own-forms",
        Severity.LOOK,
        "§ 7(3) no. 4 UWG; PECR, reg. 22(3)",
        _AS_OF,
        _notice_on_own_forms,
        EU_AND_UK,
    ),
    Rule(
        "no-notice-on-guarantees",
        Severity.LOOK,
        "Implementing Regulation (EU) 2025/1960, since 27 September 2026",
        _AS_OF,
        _no_notice_on_guarantees,
        EU,
    ),
    Rule(
        "nameless-guarantee",
        Severity.RISK,
        "Directive (EU) 2019/771, Art. 17(2)",
        _AS_OF,
        _nameless_guarantee,
        EU_AND_UK,
    ),
)
