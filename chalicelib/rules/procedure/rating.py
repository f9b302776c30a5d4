"""A customer's rating of the handling: a score and optionally some words. Given, changed and taken back on the
customer's page, only by pressing the button of a form (decisions 69 and 196). A mail says afterwards what stands, and
how to undo it (decision 234)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import domain_of
from chalicelib.rules.intake.submission import LONGEST, YES, clean, is_address
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.record.counting import Tally
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, Message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose, Stage, queue
from chalicelib.rules.tickets.procedure_facts import HiddenFor, Outcome, Rating, WithdrawnRating
from chalicelib.rules.tickets.ticket import Change, LogEntry, Person, State, Ticket, evolve

LIFE = timedelta(days=30)
"""How long after the close the ticket may be rated and the rating changed."""
SCORES = (1, 2, 3, 4, 5)
"""From very unhappy to very happy."""
# Each change is logged, and the words it removes are recorded on the ticket, which has room for a hundred such changes.
MAX_CHANGES = 10
APART = timedelta(minutes=5)
"""Presses that come sooner after each other than this are told in one mail, after they are over."""
# A mail that no sender has claimed yet will say what stands when it is sent.
_UNSENT = (Stage.QUEUED, Stage.HELD, Stage.RETRY)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press of one of the buttons. `nonce`: the id of the page's nonce. `former_words` (blinded): words of the
    present rating that the ticket has no longer afterwards. `mail`: the id of the message that would carry the mail
    about it; `waiting`: the message with the last such mail, if there is one."""

    at: datetime
    mail: str
    nonce: str = ""
    former_words: tuple[str, ...] = ()
    waiting: Message | None = None


RATED, CLOSED, REMOVED = "rated", "closed", "removed"
"""What the counters of a day name: a rating with its kind and score, a matter that was closed, a removed comment."""


def open_until(ticket: Ticket, now: datetime) -> datetime | None:
    """The time until which the ticket may be rated; None if it may not be rated now."""
    if ticket.state is not State.CLOSED or ticket.closed_at is None:
        return None
    if ticket.outcome is Outcome.SPAM or ticket.merged_into:
        return None
    until = ticket.closed_at + LIFE
    return until if now <= until else None


def presses(ticket: Ticket) -> int:
    """How often its customer has given, changed or taken back a rating."""
    last = _last(ticket)
    return last.changes + 1 if last else 0


def rated(ticket: Ticket, fields: Mapping[str, str], pressed: Pressed) -> Change | None:
    """The ticket with the rating of these form fields; None if it is unchanged. Raises InvalidFields, also if the form
    of that page has done something before."""
    before, last = ticket.rating, _last(ticket)
    if open_until(ticket, pressed.at) is None:
        raise InvalidFields({"form": "rating_not_now"})
    score, text = _read(fields)
    may_show = fields.get("may_show", "").strip().lower() in YES
    if before and (before.score, before.text, before.may_show) == (score, text, may_show):
        return None
    _refuse_again(ticket, pressed)
    if last and last.changes >= MAX_CHANGES:
        raise InvalidFields({"form": "rating_too_often"})
    message, told_by = _told(ticket, pressed)
    given = Rating(
        score,
        text,
        pressed.at,
        presses(ticket),
        _used(ticket, pressed),
        told_by,
        counted_as=ticket.kind,
        may_show=may_show,
        hidden=last.hidden if last else None,
    )
    entry = LogEntry(pressed.at, "customer", Action.RATED, details_of(DetailCode.SCORE, str(score)))
    return _changed(replace(ticket, rating=given, rating_withdrawn=None), ticket, pressed, message, entry)


def moved(shop: str, before: Rating | None, after: Rating | None) -> tuple[Tally, ...]:
    """What a changed rating adds to the counters of the published ratings: the new one counts, the old one no more.
    None: there is none. A rating from before they were counted is taken from nothing."""
    taken = [_tally(shop, before, -1)] if before and before.counted_as else []
    return (*taken, *([_tally(shop, after, 1)] if after else []))


def _tally(shop: str, rating: Rating, by: int) -> Tally:
    return Tally(shop, rating.at, f"{RATED} {rating.counted_as} {rating.score}", by)


def closings(change: Change) -> tuple[Tally, ...]:
    """What closing a ticket that may be rated then, and was not yet, adds to the counters."""
    ticket = change.ticket
    if ticket is None or ticket.rating or not any(entry.action is Action.CLOSED for entry in change.log):
        return ()
    if ticket.closed_at is None or open_until(ticket, ticket.closed_at) is None:
        return ()
    return (Tally(ticket.shop, ticket.closed_at, f"{CLOSED} {ticket.kind}"),)


def by_shop(shop: Shop, address: str) -> bool:
    """Whether the address is an agent's, or of a domain of the shop or its agents that no mail provider has: whoever
    works there rates nothing (UK: Digital Markets, Competition and Consumers Act 2024, schedule 20; EU: Directive
    2005/29/EC, annex I, no. 23c)."""
    own = {shop.domain, *(domain_of(each.address) for each in shop.agents)} - set(shop.limits.mails.providers)
    return shop.agent(address) is not None or shop.is_ours(address) or domain_of(address) in own


def hide(ticket: Ticket, why: str, agent: Person, now: datetime) -> Change | None:
    """Take the words of the rating out of the published ones; None if they were before. Raises InvalidFields."""
    given = ticket.rating
    if given is None or not given.may_show:
        raise InvalidFields({"action": "no_comment"})
    if given.hidden:
        return None
    hidden = HiddenFor(why)
    entry = LogEntry(now, agent.address, Action.ACTED, details_of(DetailCode.ACT, "hide_comment"))
    return Change(
        evolve(ticket, rating=replace(given, hidden=hidden)),
        log=(entry,),
        tallies=(Tally(ticket.shop, now, f"{REMOVED} {hidden}"),),
    )


def withdrawn(ticket: Ticket, pressed: Pressed) -> Change | None:
    """The ticket without its rating: no figure counts it and no export has it any more. None if there is none. A rating
    can be taken back as long as its customer can open their page. Raises InvalidFields if the form of that page has
    done something before."""
    if ticket.rating is None:
        return None
    _refuse_again(ticket, pressed)
    message, told_by = _told(ticket, pressed)
    gone = WithdrawnRating(pressed.at, presses(ticket), _used(ticket, pressed), told_by, ticket.rating.hidden)
    entry = LogEntry(pressed.at, "customer", Action.RATING_WITHDRAWN)
    return _changed(replace(ticket, rating=None, rating_withdrawn=gone), ticket, pressed, message, entry)


def text_of(fields: Mapping[str, str]) -> str:
    return clean(fields.get("rating_text", "")).strip()


def last_told_by(ticket: Ticket) -> str:
    """The message with the last mail about the rating; "" if there is none."""
    last = _last(ticket)
    return last.told_by if last else ""


def _changed(after: Ticket, before: Ticket, pressed: Pressed, message: Message | None, entry: LogEntry) -> Change:
    custody = after.custody.with_former_words(pressed.former_words)
    return Change(
        evolve(after, custody=custody),
        (message,) if message else (),
        (entry,),
        tallies=moved(before.shop, before.rating, after.rating),
    )


def _last(ticket: Ticket) -> Rating | WithdrawnRating | None:
    return ticket.rating or ticket.rating_withdrawn


def _refuse_again(ticket: Ticket, pressed: Pressed) -> None:
    last = _last(ticket)
    if last and pressed.nonce and pressed.nonce in last.nonces:
        raise InvalidFields({"nonce": "press_again"})


def _used(ticket: Ticket, pressed: Pressed) -> tuple[str, ...]:
    last = _last(ticket)
    return (*(last.nonces if last else ()), *((pressed.nonce,) if pressed.nonce else ()))


def _told(ticket: Ticket, pressed: Pressed) -> tuple[Message | None, str]:
    """The message that owes the mail about this press, and its id. It is the one that waits already, if no sender has
    claimed it: its new version makes a sender that is about to claim it read the ticket again."""
    to, last = ticket.requester.address, _last(ticket)
    if not is_address(to):
        return None, ""
    waiting = pressed.waiting
    if waiting and waiting.outbox and waiting.outbox.stage in _UNSENT and waiting.outbox.owes(Purpose.RATED):
        return evolve(waiting), waiting.id
    box = queue((Delivery(Purpose.RATED, to),), pressed.at)
    if box and last and pressed.at < last.at + APART:
        box = _held(box, last.at + APART)
    message = system_message(pressed.mail, ticket.ref, pressed.at, Event.RATED, "")
    return replace(message, outbox=box), pressed.mail


def _held(box: Outbox, until: datetime) -> Outbox:
    return replace(box, stage=Stage.HELD, wake_at=until)


def _read(fields: Mapping[str, str]) -> tuple[int, str]:
    score, text = fields.get("score", "").strip(), text_of(fields)
    problems = {}
    if score not in map(str, SCORES):
        problems["score"] = "unknown" if score else "missing"
    if len(text) > LONGEST["rating_text"]:
        problems["rating_text"] = "too_long"
    if problems:
        raise InvalidFields(problems)
    return int(score), text
