"""Carries out what was decided about a mail: open a ticket, add a message, send an answer on, or keep it internal."""

from dataclasses import replace

from chalicelib.mail.inbound import Naming
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical, domain_of
from chalicelib.rules.intake.mail_deciding import decide
from chalicelib.rules.intake.mail_decisions import JOINING, Course, Decision, Notified, Voice, Why
from chalicelib.rules.intake.mail_facts import Key, Proof
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import referring, replying
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.delivery import agreements, spacing
from chalicelib.services.intake import arrivals, gathering, leaving_out, mail_arrivals, mail_mentions
from chalicelib.services.intake.arrivals import Outcome
from chalicelib.services.intake.cut import unsent_words
from chalicelib.services.intake.gathering import Gathered
from chalicelib.services.intake.threading import Thread, followed
from chalicelib.services.ports.conflicts import Merged, MessageExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.answers import drafts
from chalicelib.services.tickets.commits import change_ticket
from chalicelib.services.tickets.filing import IncomingFile, file_away, keep_files
from chalicelib.services.tickets.merged import already_on_merged, opened_before
from chalicelib.services.tickets.opening import open_or_find

_COMPARED = 500
"""So many characters of an agent's words are looked for in what they wrote since."""


def open_by(deps: Deps, shop: Shop, gathered: Gathered, decision: Decision) -> tuple[Outcome, str]:
    """Open a new ticket, or find the one that this mail opened before."""
    mail = gathered.mail
    inbound = _with_left_out(deps, gathered, mail_arrivals.opening(shop, gathered, decision))
    incoming_files, agents_files = _opening_files(gathered, decision)
    words = mail_arrivals.note(gathered) if decision.why is Why.PASSED_ON else ""

    def notes(ref: str) -> tuple[Message, ...]:
        id = derived.message_id(deps.secret, ref, derived.source_of(inbound.source, "note"))
        files = keep_files(deps, ref, agents_files) if decision.why is Why.PASSED_ON else ()
        note = replying.agents_note(ref, id, words, gathered.meant.sender, deps.now(), files)
        return (note,) if words or files else ()

    inbound = replace(_noted(deps, shop, gathered, inbound), related=(gathered.named.ref,) if gathered.named else ())
    inbound = _within_limits(deps, shop, gathered, inbound)
    # A mail that nobody has sorted yet may be a complaint, which is never slowed.
    sorted_out = inbound.kind != shop.mail_kind
    promising, agent = agreements.when_opening(
        deps, shop, inbound.person.address, inbound.kind, inbound.remarks,
        slowed=inbound.confirmed and sorted_out,
    )  # fmt: skip
    inbound = replace(inbound, agent=agent)
    ticket, new = open_or_find(deps, promising, inbound, incoming_files, notes)
    if not new and ticket.opening.fingerprint != inbound.fingerprint:
        # Some programs use the same Message-ID for all their mails: the id is equal, the mail is not.
        as_reply = gathering.with_thread(gathered, followed(deps, Thread(ticket, Key.ID)))
        clear = mail.mail.naming is not Naming.UNCLEAR  # otherwise the named person may not have written it
        known = clear and ticket.knows(inbound.person.address)
        if known and decide(gathering.facts(deps, shop, as_reply)).course in JOINING:
            return join(deps, shop, as_reply), ticket.ref
        inbound = replace(inbound, source=derived.source_of(inbound.source, inbound.fingerprint))
        ticket, new = open_or_find(deps, promising, inbound, incoming_files, notes)
    if decision.course is Course.OPEN_ANSWERED:
        return _answered(deps, shop, gathered, decision, ticket)
    # The same raw mail may have opened it in an attempt that crashed before its outcome was recorded.
    new = new or gathering.opened_by(mail, ticket)
    return (_opened_as(gathered, inbound) if new else Outcome.DUPLICATE), ticket.ref


def join(deps: Deps, shop: Shop, gathered: Gathered) -> Outcome:
    """Add the mail to its ticket. The decision is made again when the ticket is written."""
    thread = gathered.thread
    if thread is None:
        raise ValueError("it belongs to no ticket")
    decision = decide(gathering.facts(deps, shop, gathered))
    inbound = mail_arrivals.joining(deps, shop, gathered, decision, thread.ticket)
    if opened_before(deps, shop, thread.ticket, inbound.source, inbound.fingerprint):
        return Outcome.DUPLICATE
    return _append(deps, shop, gathered, thread, inbound)


def _append(deps: Deps, shop: Shop, gathered: Gathered, thread: Thread, inbound: Inbound) -> Outcome:
    ref, source = thread.ticket.ref, derived.source_of(inbound.source, inbound.fingerprint)
    if already_on_merged(deps, thread.ticket, lambda ref: derived.message_id(deps.secret, ref, source)):
        return Outcome.DUPLICATE
    id = derived.message_id(deps.secret, ref, source)

    decision = decide(gathering.facts(deps, shop, gathering.with_thread(gathered, thread)))
    if decision.course not in JOINING:
        raise VersionConflict("the ticket has become another while its mail was read")
    filed = file_away(
        deps, ref, _noted(deps, shop, gathered, inbound, thread.ticket), _incoming_files(gathered, decision)
    )
    if decision.course in (Course.ADD, Course.ANSWER):
        filed = _with_left_out(deps, gathered, filed, mailed=decision.mailed)
    if decision.course is Course.ANSWER and decision.mailed:
        filed = unsent_words.with_unsent(deps, shop, gathered.agent, gathered.mail.mail, thread.ticket, filed)

    heard = _is_heard(deps, shop, gathered, thread.ticket, decision, id)
    adds = decision.course is Course.ADD
    promising = agreements.when_adding(deps, shop, thread.ticket, filed.remarks) if adds else shop

    def decided(ticket: Ticket) -> Change:
        now = gathering.with_thread(gathered, replace(thread, ticket=ticket))
        return spacing.spaced(deps, ticket, _change(deps, promising, now, decision.course, id, filed, heard=heard))

    try:
        change_ticket(deps, thread.ticket, decided)
    except MessageExists:
        if decision.why is Why.SECOND_READER and not _stands(deps, ref, id, inbound):
            drafts.give_back(deps, shop, ref, inbound.person.address, inbound.text)
        return Outcome.DUPLICATE
    except Merged as moved:
        goes_on = followed(deps, replace(thread, ticket=moved.ticket))
        return _append(deps, shop, gathered, goes_on, inbound)
    leaving_out.remember(deps, gathered.mail, gathered.agent, filed)
    unsent_words.remember(deps, gathered.agent, filed)
    if decision.why is Why.SECOND_READER:
        drafts.give_back(deps, shop, ref, inbound.person.address, inbound.text)
    if decision.why is Why.STRAY_REPORT:
        return Outcome.BOUNCE
    return Outcome.AUTOMATIC if inbound.automatic else Outcome.APPENDED


def _stands(deps: Deps, ref: str, id: str, inbound: Inbound) -> bool:
    """Whether the words of an agent's mail that was kept before, as the message `id`, stand in the agent's draft or in
    what they wrote since. They do not if a run died before it saved the draft."""
    begins = " ".join(inbound.text.split())[:_COMPARED]
    agent = canonical(inbound.person.address)
    said = [each.text for each in deps.tickets.conversation(ref)[1] if each.id != id and _by(each, agent)]
    return any(begins in " ".join(text.split()) for text in (drafts.begun_by(deps, ref, agent), *said))


def _by(message: Message, agent: str) -> bool:
    return canonical(message.person.address) == agent


def _is_heard(deps: Deps, shop: Shop, gathered: Gathered, ticket: Ticket, decision: Decision, id: str) -> bool:
    """Whether anybody is mailed about what is added to the ticket: a limit applies to each source. Beyond it, the
    message is still kept. Mails of our own agents are not counted if they come from their own domain."""
    if decision.course is Course.ANSWER or decision.notified is Notified.NOBODY or _is_own(gathered):
        return True
    return limiting.may_say(deps, shop, ticket, gathered.mail.source, id)


def _change(
    deps: Deps, shop: Shop, gathered: Gathered, course: Course, id: str, inbound: Inbound, *, heard: bool
) -> Change:
    """What the decision makes of the ticket as stored now. If the decision differs from the one the arrival was made
    for, the mail is processed again."""
    thread, facts = gathered.thread, gathering.facts(deps, shop, gathered)
    if thread is None:
        raise ValueError("it belongs to no ticket")
    ticket, decision, context = thread.ticket, decide(facts), deps.context(shop)
    if decision.course is not course:
        raise VersionConflict("the ticket has become another while its mail was read")
    match course:
        case Course.ADD:
            remarks = (*inbound.remarks, Remark.STRANGER) if _is_new_to(ticket, gathered, decision) else inbound.remarks
            tell = heard and decision.notified is not Notified.NOBODY
            return replying.customer_adds(ticket, id, replace(inbound, remarks=remarks), context, tell=tell)
        case Course.ANSWER:
            return replying.agent_answers(ticket, id, inbound, context, mailed=decision.mailed)
        case Course.HEAR:
            referral = thread.referral or gathering.referral(ticket, gathered.meant)
            unsure = thread.key is not Key.THIRD_PARTY and facts.proof is not Proof.PASSED
            remarks = tuple(dict.fromkeys((*inbound.remarks, *((Remark.UNVERIFIED,) if unsure else ()))))
            tell = heard and decision.notified is not Notified.NOBODY
            letter = replace(inbound, remarks=remarks)
            return referring.answered(ticket, id, letter, referral, context, counts=decision.counts, tell=tell)
        case Course.KEEP:
            tell, why = heard and decision.notified is not Notified.NOBODY, Remark(decision.why)
            return replying.kept_internal(ticket, id, inbound, context, why, tell=tell, moves=decision.moves)
    raise ValueError(f"{course} joins no ticket")


def _answered(deps: Deps, shop: Shop, gathered: Gathered, decision: Decision, ticket: Ticket) -> tuple[Outcome, str]:
    """Add the agent's answer to the ticket that was just opened with the mail it answers."""
    inbound = mail_arrivals.joining(deps, shop, gathered, decision, ticket)
    # The same source as when the mail finds the ticket by the ids it names: a repeated delivery does.
    source = derived.source_of(inbound.source, inbound.fingerprint)
    id = derived.message_id(deps.secret, ticket.ref, source)
    filed = file_away(deps, ticket.ref, inbound, arrivals.public_incoming_files(gathered.mail, gathered.ours_attached))
    try:
        change_ticket(
            deps, ticket,
            lambda current: replying.agent_answers(current, id, filed, deps.context(shop), mailed=False),
        )  # fmt: skip
    except MessageExists:
        return Outcome.DUPLICATE, ticket.ref
    return Outcome.OPENED, ticket.ref


def _is_new_to(ticket: Ticket, gathered: Gathered, decision: Decision) -> bool:
    return decision.voice is Voice.STRANGER or not any(map(ticket.knows, gathered.meant.addresses))


def _opening_files(gathered: Gathered, decision: Decision) -> tuple[list[IncomingFile], list[IncomingFile]]:
    """The files of a ticket's opening, and those that are the agent's where a customer's ticket opens."""
    mail, ours, inner = gathered.mail, gathered.ours_attached, gathered.contained
    if decision.theirs and inner:
        return leaving_out.agents_apart(mail, ours, inner.attached)
    return arrivals.shared_incoming_files(mail, ours), []


def _incoming_files(gathered: Gathered, decision: Decision) -> list[IncomingFile]:
    """An answer to the customer has only the files meant for them; an internal message has all files."""
    mail, ours = gathered.mail, gathered.ours_attached
    if decision.course is Course.ANSWER:
        return arrivals.public_incoming_files(mail, ours)
    return (
        arrivals.shared_incoming_files(mail, ours) if decision.course is Course.ADD else arrivals.incoming_files(mail)
    )


def _with_left_out(deps: Deps, gathered: Gathered, inbound: Inbound, *, mailed: bool = False) -> Inbound:
    ours = gathered.ours_attached
    return leaving_out.with_left_out(deps, gathered.mail, gathered.agent, ours, inbound, mailed=mailed)


def _noted(deps: Deps, shop: Shop, gathered: Gathered, inbound: Inbound, ticket: Ticket | None = None) -> Inbound:
    """The arrival with the addresses that its mail names. Skipped for a mail that failed again and again, because this
    may be the cause."""
    mail = gathered.mail
    return (
        inbound
        if mail.notice.attempt >= arrivals.LAST_ATTEMPT
        else mail_mentions.noted(deps, shop, mail.raw, inbound, ticket)
    )


def _opened_as(gathered: Gathered, inbound: Inbound) -> Outcome:
    if gathered.mail.mail.bounce:
        return Outcome.BOUNCE
    if inbound.suspicions:
        return Outcome.QUARANTINED
    return Outcome.AUTOMATIC if inbound.automatic else Outcome.OPENED


def _within_limits(deps: Deps, shop: Shop, gathered: Gathered, inbound: Inbound) -> Inbound:
    """Limits how many tickets one correspondent opens by mail: this ends a loop between two robots. A mail that is
    delivered or received again is not counted again. Our own agents' mails are not limited if they come from their own
    domain."""
    idempotency_key = derived.source_of("mail", inbound.source, inbound.fingerprint)
    return limiting.opened(deps, shop, inbound, gathered.mail.source, idempotency_key, trusted=_is_own(gathered))


def _is_own(gathered: Gathered) -> bool:
    """Whether an agent wrote it, and it comes from a source that only the agent's domain can use."""
    return gathered.agent is not None and gathered.mail.source.domain == domain_of(gathered.agent.address)
