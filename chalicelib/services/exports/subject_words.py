"""The archive's pages of a ticket, in words for its person; the JSON has the same as codes, with times to the
second."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.redaction import Redactor
from chalicelib.rules.tickets.clocks import CALL_BACK, FIRST_ANSWER, REFUND, RESOLVE
from chalicelib.rules.tickets.due_dates import DueDate, due_date
from chalicelib.rules.tickets.messages import Author, Event
from chalicelib.rules.tickets.procedure_facts import Remedy
from chalicelib.rules.tickets.ticket import LogEntry, Message, State, Ticket
from chalicelib.services.desk import log_lines


def page_of(
    redactor: Redactor,
    ticket: Ticket,
    messages: Iterable[Message],
    view: dict[str, Any],
    log: Iterable[LogEntry],
    now: datetime,
    language: str,
) -> dict[str, Any]:
    """The JSON's view, with all codes put in words."""
    shop = redactor.shop

    def at(moment: datetime) -> str:
        return words.moment(moment, shop.timezone, language)

    lines = reversed(log_lines.lines(shop, ticket, log, now, language)) if view["theirs"] else ()
    return view | {
        "state": words.phrase(language, f"subject.said.state.{_told_state(ticket)}"),
        "opened_at": at(ticket.opened_at),
        "facts": [
            (name, said if said is not None else value)
            for name, value in view["facts"].items()
            if (said := _fact(shop, ticket, name, language, at)) != ""
        ],
        "messages": [
            entry | _said(message, entry, language, at)
            for message, entry in zip(messages, view["messages"], strict=True)
        ],
        "log": [
            {"at": at(line.moment)} | {part: redactor.text(getattr(line, part)) for part in ("who", "what", "detail")}
            for line in lines
        ],
        "went_to": [
            party | {"at": at(referral.at)} for party, referral in zip(view["went_to"], ticket.referrals, strict=False)
        ],
    }


def _said(message: Message, entry: Mapping[str, Any], language: str, at: Callable[[datetime], str]) -> dict[str, Any]:
    """A message's codes in words."""
    owed = message.outbox.deliveries if message.outbox else ()
    return {
        "ours": message.author is Author.AGENT,
        "at": at(message.at),
        "by": words.phrase_or(language, f"desk.ticket.by_channel.{entry['by']}", ""),
        "event": "" if message.event is Event.WORDS else words.phrase(language, f"desk.ticket.event.{message.event}"),
        "mails": [
            {
                "purpose": words.phrase(language, f"desk.ticket.purpose.{mail.purpose}"),
                "to": listed["to"],
                "at": at(mail.at) if mail.at else "",
                "became": words.phrase(language, f"desk.ticket.status.{mail.status}"),
            }
            for mail, listed in zip(owed, entry["mails"], strict=True)
        ],
    }


def _fact(shop: Shop, ticket: Ticket, name: str, language: str, at: Callable[[datetime], str]) -> str | None:
    """A fact in words; None if its value is clear already, "" if another fact says the same."""
    if name in ("opened_local", "remedy_currency"):
        return ""  # the one is shown above, the other with its amount
    if name == "remedy_amount" and ticket.remedy and ticket.remedy.money:
        return words.money(ticket.remedy.money, language)
    if name == "topic":
        topic = shop.topic(ticket.topic)
        return shop.text(topic.label, language) if topic else None
    if name == "language":
        code = ticket.language
        return words.phrase(code, "language.name") if code in words.languages() else None
    if name == "country":
        return words.phrase_or(language, f"policy.country.{ticket.country}", ticket.country or "")
    if name in ("purchased", "delivered", "repaired") and ticket.claim:
        day = getattr(ticket.claim, name)
        return words.date_in_words(day, language) if day else None
    if name == "rating" and ticket.rating:
        return words.phrase(language, f"desk.ticket.score.{ticket.rating.score}")
    if name in _CODES:
        table, value = _CODES[name]
        return words.phrase_or(language, f"{table}.{value(ticket)}", str(value(ticket))).format(shop=shop.name)
    if name in _DUE:
        clock = ticket.clock(_DUE[name])
        return words.due(due_date(clock), shop.timezone, language) if clock else None
    moment = _moment(ticket, name)
    if name == "remedy_due" and moment:
        return words.due(DueDate(moment, by_day=True), shop.timezone, language)
    return at(moment) if moment else None


def _moment(ticket: Ticket, name: str) -> datetime | None:
    remedy, withdrawal, clock = ticket.remedy, ticket.withdrawal, ticket.clock(_MET.get(name, ""))
    if clock:
        return clock.met_at
    moments = {
        "closed_at": ticket.closed_at,
        "remedy_due": remedy.due if remedy else None,
        "remedy_done_at": remedy.done_at if remedy else None,
        "rated_at": ticket.rating.at if ticket.rating else None,
        "rating_withdrawn_at": ticket.rating_withdrawn.at if ticket.rating_withdrawn else None,
        "terms_accepted_at": ticket.terms.at if ticket.terms else None,
        "advert_notice_at": ticket.adverts.noticed_at if ticket.adverts else None,
        "advert_consent_at": ticket.adverts.consented_at if ticket.adverts else None,
        "withdrawn_at": withdrawal.received_at if withdrawal else None,
        "goods_sent_at": withdrawal.proof_at if withdrawal else None,
        "goods_back_at": withdrawal.goods_at if withdrawal else None,
        "call_ended_at": ticket.call.ended_at if ticket.call else None,
    }
    return moments.get(name)


def _of_remedy(part: Callable[[Remedy], str]) -> Callable[[Ticket], str]:
    return lambda ticket: part(ticket.remedy) if ticket.remedy else ""


_DUE = {"first_answer_due": FIRST_ANSWER, "resolve_due": RESOLVE, "refund_due": REFUND, "call_due": CALL_BACK}
_MET = {"first_answered_at": FIRST_ANSWER, "resolved_at": RESOLVE, "refunded_at": REFUND}
# The tables of words for codes.
_CODES: dict[str, tuple[str, Callable[[Ticket], str]]] = {
    "outcome": ("subject.said.outcome", lambda ticket: ticket.outcome or ""),
    "channel": ("desk.ticket.by_channel", lambda ticket: ticket.channel),
    "priority": ("desk.ticket.priority", lambda ticket: ticket.priority),
    "fault": ("subject.said.fault", lambda ticket: ticket.finding.fault if ticket.finding else ""),
    "remedy": ("remedy_kind", _of_remedy(lambda remedy: remedy.remedy_kind)),
    "call_result": ("desk.calls.ended", lambda ticket: (ticket.call.ended or "") if ticket.call else ""),
    "remedy_owed_by": ("owed_by", _of_remedy(lambda remedy: remedy.owed_by)),
    "terms": ("subject.said.terms", lambda ticket: ticket.terms.document if ticket.terms else ""),
    "terms_how": ("subject.said.terms_how", lambda ticket: ticket.terms.how if ticket.terms else ""),
    "remedy_carried_out_by": ("subject.said.performer", _of_remedy(lambda remedy: remedy.carried_out_by)),
}


def _told_state(ticket: Ticket) -> State:
    """The state as the customer may know it: not that the ticket is in quarantine."""
    return State.OPEN if ticket.state is State.QUARANTINED else ticket.state
