"""The details of log entries, in each language: no code is ever shown as it is stored."""

from collections.abc import Iterable, Mapping

import pytest

from chalicelib.rendering import words
from chalicelib.rules.calls.booking import CallNews
from chalicelib.rules.calls.missed import CallNote
from chalicelib.rules.calls.results import Result
from chalicelib.rules.chats.lines import ChatNews
from chalicelib.rules.intake.limits import Cause, automatic_mails
from chalicelib.rules.procedure import referring
from chalicelib.rules.procedure.rating import SCORES
from chalicelib.rules.tickets import clocks
from chalicelib.rules.tickets.log import Detail, DetailCode, details_of, reason_detail
from chalicelib.rules.tickets.messages import Channel, Person, Surface
from chalicelib.rules.tickets.outbox import Purpose, Unsent
from chalicelib.rules.tickets.procedure_facts import Fault, Outcome, OwedBy, Performer, RemedyKind
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Priority, Ticket
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.desk import log_details
from tests.support import samples
from tests.support.agents import ADA

SHOP = samples.northlight()
CLOCKS = (
    clocks.ACKNOWLEDGE, clocks.FIRST_ANSWER, clocks.NEXT_ANSWER, clocks.RESOLVE, clocks.REMEDY, "referral-1",
    clocks.CLOSE, clocks.QUARANTINE, clocks.REVIEW, clocks.RETAIN,
)  # fmt: skip
CODED: Mapping[DetailCode, Iterable[str]] = {
    DetailCode.CHANNEL: (*Channel, *Surface),
    DetailCode.REMARK: Remark,
    DetailCode.SUSPICION: Suspicion,
    DetailCode.BOUND: [
        limit.bound for limit in automatic_mails(SHOP.limits.mails, SHOP.id, "mira@holm.example", Cause.NAMED)
    ],
    DetailCode.SCORE: map(str, SCORES),
    DetailCode.PURPOSE: Purpose,
    DetailCode.UNSENT: Unsent,
    DetailCode.AGENT: ("", ADA),
    DetailCode.PRIORITY: Priority,
    DetailCode.KIND: SHOP.kinds,
    DetailCode.TOPIC: [topic.id for topic in SHOP.topics],
    DetailCode.COUNTRY: ("AT", "DE"),
    DetailCode.ACT: [name for name in ACTIONS if name not in ("answer", "ask", "note")],  # these have their own entries
    DetailCode.PART: ("name", "address", "phone"),
    DetailCode.CALL: (*CallNews, *CallNote, Result.NOT_REACHED),
    DetailCode.CHAT: tuple(ChatNews),
    DetailCode.CLOCK: CLOCKS,
    DetailCode.UNTIL: ("2027-01-10",),
    DetailCode.REFERRAL: ("1",),
    DetailCode.FACT: referring.FACTS,
    DetailCode.REMINDER: ("2",),
    DetailCode.FAULT: Fault,
    DetailCode.REMEDY_KIND: RemedyKind,
    DetailCode.OWED_BY: OwedBy,
    DetailCode.PERFORMER: Performer,
    DetailCode.OUTCOME: Outcome,
    DetailCode.QUARANTINED_FOR: ("30 days", "1 month"),
    DetailCode.CUSTOMER_WROTE: ("",),
    DetailCode.WITH: ("NL-00000-00001",),
    DetailCode.INTO: ("NL-00000-00001",),
    DetailCode.ORIGIN: ("NL-00000-00001",),
}
"""The values that each code can have."""
AS_THEY_ARE = {
    DetailCode.STATUS, DetailCode.ERROR, DetailCode.ORDER_NUMBER, DetailCode.TAG, DetailCode.TICKET, DetailCode.REASON,
    DetailCode.AMOUNT,
}  # fmt: skip
"""Codes with other servers' codes, references, amounts, or people's own words."""


def said(language: str, *details: Detail) -> str:
    return log_details.in_words(SHOP, referred(), details, language)


def referred() -> Ticket:
    ticket, party = samples.ticket(), referring.party_of(SHOP, "swiftparcel", "en")
    assert party
    question = referring.Question("Where is it?")
    after = referring.refer(ticket, "one", party, question, Person("Ada", ADA), samples.context()).ticket
    assert after
    return after


def test_each_code_is_worded_or_as_it_is() -> None:
    assert set(CODED) | AS_THEY_ARE == set(DetailCode) == set(log_details.WORDS)
    assert not set(CODED) & AS_THEY_ARE


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("code", CODED)
def test_no_code_is_shown(code: DetailCode, language: str) -> None:
    for value in CODED[code]:
        shown = said(language, Detail(code, value))
        assert shown, value
        assert shown != value


@pytest.mark.parametrize("code", sorted(AS_THEY_ARE - {DetailCode.ORDER_NUMBER}))
def test_peoples_words_stay(code: DetailCode) -> None:
    assert said("de", Detail(code, "Öl & <b>")) == "Öl & <b>"


@pytest.mark.parametrize(
    ("details", "english", "german"),
    [
        (
            (Detail(DetailCode.OUTCOME, "spam"), Detail(DetailCode.QUARANTINED_FOR, "30 days")),
            "Spam: in quarantine for 30 days",
            "Spam: 30 Tage in Quarantäne",
        ),
        ((Detail(DetailCode.OUTCOME, "settled"), reason_detail("By phone")), "Settled: By phone", "Erledigt: By phone"),
        ((Detail(DetailCode.PRIORITY, "high", "normal"),), "Normal → High", "Normal → Hoch"),
        (
            (Detail(DetailCode.KIND, "complaint", "question"), Detail(DetailCode.ORDER_NUMBER, "N-1")),
            "Kind: Question → Complaint, Order number: – → N-1",
            "Art: Frage → Beschwerde, Bestellnummer: – → N-1",
        ),
        (
            (Detail(DetailCode.REFERRAL, "1"), *details_of(DetailCode.FACT, "topic", "name")),
            "SwiftParcel: Topic, Name",
            "SwiftParcel: Thema, Name",
        ),
        (
            (Detail(DetailCode.REFERRAL, "1"), Detail(DetailCode.REMINDER, "2")),
            "SwiftParcel, reminder 2",
            "SwiftParcel, 2. Erinnerung",
        ),
        ((Detail(DetailCode.TICKET, "A"), Detail(DetailCode.INTO, "B")), "A into B", "A in B"),
        (details_of(DetailCode.AGENT, ""), "nobody", "niemandem"),
        (
            details_of(DetailCode.CUSTOMER_WROTE, ""),
            "the customer wrote meanwhile",
            "inzwischen kam eine neue Nachricht",
        ),
        (
            (Detail(DetailCode.PURPOSE, "review_request"), Detail(DetailCode.UNSENT, "nothing_to_ask")),
            "Question how it went: There is nothing to ask any more.",
            "Frage, wie es war: Es gibt nichts mehr zu fragen.",
        ),
    ],
)
def test_several_are_one_line(details: tuple[Detail, ...], english: str, german: str) -> None:
    assert (said("en", *details), said("de", *details)) == (english, german)


def test_what_was_altered_in_the_table_is_shown_as_it_is() -> None:
    assert said("de", Detail(DetailCode.UNTIL, "soon")) == "soon"
    assert said("de", Detail(DetailCode.QUARANTINED_FOR, "ages")) == "ages"
