"""Two tickets about one concern become one conversation. Nothing is moved or copied: each message stays in its ticket,
and the ticket that remains names those merged into it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.policy.model import Kind
from chalicelib.rules.policy.promises import DATA_REQUEST, PRIVACY_COMPLAINT, WITHDRAWAL
from chalicelib.rules.procedure.concluding import refuse_while_chatting
from chalicelib.rules.procedure.extending import carried
from chalicelib.rules.procedure.referring import MAX_REFERRALS
from chalicelib.rules.tickets.clock_steps import resumed
from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    ANSWERS,
    CALL_BACK,
    CLOSE,
    NEXT_ANSWER,
    PROGRESS,
    REFERRAL,
    REMEDIES,
    RESOLVE,
    RETAIN,
    REVIEW,
    SEND_BACK,
    WINDOW,
    Clock,
    Clocks,
    RuleContext,
    SetBy,
)
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.messages import Person, Reached
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import CallBack, CallEnd, Referral, Withdrawal
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve, highest, owed

# Reading a conversation takes one request per ticket in it.
MAX_MERGED = 20
# The kinds whose law is stricter than that of others, the strictest first. The refund after a withdrawal is owed by its
# clock, whatever the kind.
_STRICTEST = (PRIVACY_COMPLAINT, DATA_REQUEST)


def merge(ticket: Ticket, into: Ticket, agent: Person, context: RuleContext, *, anyway: bool = False) -> Change | None:
    """Continue the ticket's conversation in `into`, with its promises: of two with the same name, the one due sooner.
    None if it is merged there already. `anyway` allows tickets of two customers. Raises InvalidFields."""
    if ticket.merged_into == into.ref:
        return None
    _refuse(ticket, into, anyway=anyway)
    merged = (Detail(DetailCode.TICKET, ticket.ref), Detail(DetailCode.INTO, into.ref))
    entry = LogEntry(context.at, agent.address, Action.MERGED, merged)
    return Change(_ended(ticket, into.ref, context), log=(entry,), also=(joined(into, ticket, context),))


def _refuse(ticket: Ticket, into: Ticket, *, anyway: bool) -> None:
    if ticket.ref == into.ref:
        raise InvalidFields({"into": "itself"})
    if ticket.shop != into.shop:
        raise InvalidFields({"into": "no_ticket"})
    if ticket.merged_into:
        raise InvalidFields({"action": "merged"})
    refuse_while_chatting(ticket)
    if into.merged_into:
        raise InvalidFields({"into": "merged_away"})
    if into.state is State.QUARANTINED:
        raise InvalidFields({"into": "quarantine"})
    if len(ticket.merged_from) + len(into.merged_from) >= MAX_MERGED:
        raise InvalidFields({"into": "merged_too_often"})
    if any(_under_way(each) for each in (ticket, into)):
        raise InvalidFields({"action": "merge_under_way"})
    if all(map(owed, (ticket, into))):
        raise InvalidFields({"action": "two_remedies"})
    if len(ticket.referrals) + len(into.referrals) > MAX_REFERRALS:
        raise InvalidFields({"into": "referrals_too_many"})
    by_mail = any(each.requester.address for each in (ticket, into))
    known = (each.requester.address if by_mail else each.listed_by for each in (ticket, into))
    customers = {canonical(each) for each in known if each}
    if len(customers) > 1 and not anyway:
        raise InvalidFields({"into": "other_customer"})
    if not (anyway or all(each.proven for each in (ticket, into))):
        raise InvalidFields({"into": "not_confirmed"})


def joined(into: Ticket, ticket: Ticket, context: RuleContext) -> Ticket:
    """`into` after `ticket` was merged into it. It takes over facts that only `ticket` has."""
    unfinished, kind = _is_unfinished(ticket), _kind(ticket, into, context.shop.kinds)
    referrals = tuple(_renumbered(ticket, referral, len(into.referrals)) for referral in ticket.referrals)
    givers = _given_by(into, ticket)
    moved = {f"{REFERRAL}-{old.number}": new.number for old, new in zip(ticket.referrals, referrals, strict=True)}
    both = replace(
        into,
        kind=kind,
        state=_state(ticket, into),
        requester=_reachable(into.requester, ticket.requester),
        closed_at=None if unfinished else into.closed_at,
        outcome=None if unfinished else into.outcome,
        referrals=(*into.referrals, *referrals),
        extensions=tuple(sorted((*carried(into, context), *carried(ticket, context)), key=lambda given: given.before)),
        clocks=_clocks(ticket, into, moved, kind, context),
        topic=into.topic or ticket.topic,
        order_number=into.order_number or ticket.order_number,
        country=into.country or ticket.country,
        claim=into.claim or ticket.claim,
        withdrawal=_withdrawal(ticket, into),
        call=_call(ticket, into),
        reached=_reached(ticket, into),
        terms=next((each.terms for each in givers if each.terms), None),
        terms_accepted=any(each.terms_accepted for each in givers),
        identity_confirmed_at=next((each.identity_confirmed_at for each in givers if each.identity_confirmed_at), None),
        finding=into.finding or ticket.finding,
        expenses_claimed_at=into.expenses_claimed_at or ticket.expenses_claimed_at,
        remedy=ticket.remedy if owed(ticket) else into.remedy or ticket.remedy,
        final_answer=into.final_answer or ticket.final_answer,
        assignee=into.assignee or ticket.assignee,
        priority=highest(into.priority, ticket.priority) if unfinished else into.priority,
        custody=replace(
            into.custody, legal_hold="; ".join(_each((into.custody.legal_hold, ticket.custody.legal_hold))) or None
        ),
        tags=_each((*into.tags, *ticket.tags)),
        related=tuple(ref for ref in _each((*into.related, *ticket.related)) if ref not in (into.ref, ticket.ref)),
        participants=_participants(into, ticket),
        active_at=max(each.active_at or each.opened_at for each in (into, ticket)),
        merged_from=(*into.merged_from, ticket.ref, *ticket.merged_from),
    )
    if unfinished and both.state is State.OPEN:
        both = replace(both, clocks=both.clocks.ensure_promise(context.shop.kinds[kind], context, SetBy.MERGE))
    return evolve(both)


def _kind(ticket: Ticket, into: Ticket, kinds: Mapping[str, Kind]) -> str:
    """The conversation's kind: the one with the stricter law (decision 206). Some kinds close after an answer; a ticket
    that was promised a resolution must not close like that."""
    if not _is_unfinished(ticket):
        return into.kind
    both = (into.kind, ticket.kind)
    strict = [kind for kind in _STRICTEST if kind in both]
    lasting = [kind for kind in both if not kinds[kind].close_after]
    withdrawn = [kind for kind in both if kind == WITHDRAWAL]
    return (strict or lasting or withdrawn or both)[0]


def _withdrawal(ticket: Ticket, into: Ticket) -> Withdrawal | None:
    """The statement whose refund is still owed, else the one that came first."""
    made = [each.withdrawal for each in (into, ticket) if each.withdrawal]
    open_ones = [each.withdrawal for each in (into, ticket) if each.withdrawal and owed(each)]
    return min(open_ones or made, key=lambda each: each.received_at, default=None)


def _call(ticket: Ticket, into: Ticket) -> CallBack | None:
    """The call that is promised sooner; if none is open, what is known of the latest."""
    calls = [each.call for each in (into, ticket) if each.call]
    return min((call for call in calls if call.open), key=lambda call: call.until, default=next(iter(calls), None))


def _reached(ticket: Ticket, into: Ticket) -> Reached | None:
    """How the conversation's customer is reached by a messenger: as they wrote last."""
    customer = canonical(_reachable(into.requester, ticket.requester).address)
    theirs = [each.reached for each in (into, ticket) if each.reached and canonical(each.requester.address) == customer]
    last = max(theirs, key=lambda each: each.last_at, default=None)
    return replace(last, also=next(filter(None, (last.also, *(each.also for each in theirs))), "")) if last else None


def _wrote_last(ticket: Ticket, into: Ticket) -> bool:
    """Whether the conversation's customer wrote last to `ticket`, by a messenger."""
    found = _reached(ticket, into)
    return found is not None and ticket.reached is not None and found.last_at == ticket.reached.last_at


def _given_by(into: Ticket, ticket: Ticket) -> tuple[Ticket, ...]:
    """The tickets whose facts about the person are those of the conversation's customer. What another customer
    accepted or confirmed does not become theirs."""
    same = canonical(into.requester.address) == canonical(ticket.requester.address)
    return (into, ticket) if same else (into,)


def _ended(ticket: Ticket, into: str, context: RuleContext) -> Ticket:
    """The ticket after it was merged into another. Its promises continue there, except an acknowledgement that is still
    owed. It is kept as long as the other ticket. So its legal hold moves there, and lifting that one lifts both."""
    owed = ticket.outbox is not None and ticket.outbox.owes(Purpose.ACKNOWLEDGEMENT)
    referral_clocks = (name for name in ticket.clocks.names if name.startswith(REFERRAL))
    clocks = ticket.clocks.without(RETAIN).meet(*referral_clocks, at=context.at)
    there = clocks.unmet.without(ACKNOWLEDGE) if owed else clocks.unmet
    referrals = (replace(r, ended_at=context.at) if r.open else r for r in ticket.referrals)
    return evolve(
        ticket,
        state=State.CLOSED,
        closed_at=context.at,
        outcome=None,
        call=ticket.call and ticket.call.over(CallEnd.CLOSED, context.at),
        merged_into=into,
        custody=replace(ticket.custody, legal_hold=None),
        clocks=clocks.without(*there.names),
        referrals=tuple(referrals),
    )


def _clocks(ticket: Ticket, into: Ticket, moved: dict[str, int], kind: str, context: RuleContext) -> Clocks:
    """The promises of both tickets. If the shop owes the next word, no clock waits for the customer any more."""
    clocks = into.clocks.without(CLOSE, RETAIN).put(*ticket.clocks.only(REVIEW).met)
    if _is_unfinished(ticket):
        clocks = clocks.without_review_clock()
    for clock in ticket.clocks.unmet:
        if clock.name in moved:
            clocks = clocks.put(replace(clock, name=f"{REFERRAL}-{moved[clock.name]}"))
        elif clock.name in REMEDIES:
            clocks = clocks.put(clock)
        elif clock.name == SEND_BACK:  # the customer's own time: the longer one
            clocks = clocks.put(max(clock, clocks.unmet.named(SEND_BACK) or clock, key=lambda each: each.due))
        elif clock.name in ANSWERS and _is_unfinished(ticket):
            clocks = _sooner(clocks, clock, ANSWERS, kind, context)
        elif clock.name == CALL_BACK:
            clocks = clocks.put(min(clock, clocks.unmet.named(CALL_BACK) or clock, key=lambda each: each.due))
        elif clock.name == WINDOW and _wrote_last(ticket, into):
            clocks = clocks.put(clock)
        elif clock.name in (RESOLVE, PROGRESS) and _is_unfinished(ticket):
            clocks = _sooner(clocks, clock, (clock.name,), kind, context)
    if _state(ticket, into) is State.OPEN:
        return clocks.each(lambda clock: _resumed(clock, kind, context))
    return clocks.put(*_ends(ticket, into))


def _sooner(clocks: Clocks, clock: Clock, names: tuple[str, ...], kind: str, context: RuleContext) -> Clocks:
    """The clocks with either `clock` or their own of these names: the one due sooner if it ran on now. An answer that
    was given already does not answer the merged ticket."""
    other = next(iter(clocks.only(*names).unmet), None)
    if other is None and clocks.named(clock.name) and clock.name in ANSWERS:
        return clocks.put(replace(clock, name=NEXT_ANSWER))
    if other is None:
        return clocks.put(clock)
    pair = (other, replace(clock, name=other.name))
    if any(each.running for each in pair):
        pair = (_resumed(pair[0], kind, context), _resumed(pair[1], kind, context))
    soonest = min(pair, key=lambda each: _resumed(each, kind, context).due)
    return clocks.update(soonest)


def _resumed(clock: Clock, kind: str, context: RuleContext) -> Clock:
    return resumed(clock, context.shop.kinds[kind], context)


def _ends(ticket: Ticket, into: Ticket) -> tuple[Clock, ...]:
    """The clock of the conversation's automatic close or of its retention: the later one of both tickets. It closes
    automatically only if every unfinished ticket would."""
    name = CLOSE if _is_unfinished(ticket) or into.state is not State.CLOSED else RETAIN
    unfinished = (
        [into] if not _is_unfinished(ticket) else [each for each in (ticket, into) if each.state is not State.CLOSED]
    )
    both = (ticket, into) if name == RETAIN else unfinished
    ends = [clock for each in both if (clock := each.clock(name))]
    return (max(ends, key=lambda clock: clock.due),) if ends and (name == RETAIN or len(ends) == len(both)) else ()


def _state(ticket: Ticket, into: Ticket) -> State:
    """The state of the conversation: open if the shop owes the next word on either ticket."""
    if not _is_unfinished(ticket):
        return into.state
    states = {State.OPEN if ticket.state is State.QUARANTINED else ticket.state, into.state}
    return next(state for state in (State.OPEN, State.REFERRED, State.WAITING) if state in states)


def _is_unfinished(ticket: Ticket) -> bool:
    """Whether the ticket is unfinished: neither closed, nor a machine's mail in quarantine."""
    return ticket.state is not State.CLOSED and not (ticket.state is State.QUARANTINED and ticket.opening.automatic)


def _under_way(ticket: Ticket) -> bool:
    """Whether a mail that changes a promise is on its way to the customer."""
    extending = any(given.told_at is None and given.failed_at is None for given in ticket.extensions)
    return (
        extending
        or ticket.held_answer is not None
        or (ticket.final_answer is not None and ticket.final_answer.told_at is None)
    )


def _renumbered(ticket: Ticket, referral: Referral, before: int) -> Referral:
    """The referral with its number on the other ticket. The third party still answers under its original number."""
    origins = (*referral.origins, f"{ticket.ref}/{referral.number}")
    return replace(referral, number=before + referral.number, origins=origins)


def _participants(into: Ticket, ticket: Ticket) -> tuple[str, ...]:
    others = (*into.participants, canonical(ticket.requester.address), *ticket.participants)
    requester = canonical(_reachable(into.requester, ticket.requester).address)
    return tuple(address for address in _each(others) if address != requester)


def _reachable(*people: Person) -> Person:
    """The first person with an address, else the first person."""
    return next((person for person in people if person.address), people[0])


def _each(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
