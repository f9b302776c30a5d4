"""The one decision about a received mail: machine or person, who speaks, which ticket, who is notified. Pure;
docs/mails.md has its table, with a row for each `Why`.

The sender matters more than the token: a customer who replies to all at an agent's address is still the customer
(decisions 78 and 118).
"""

from chalicelib.rules.intake.mail_decisions import Course, Decision, Notified, Voice, Why
from chalicelib.rules.intake.mail_facts import (
    Addressed,
    Author,
    Facts,
    Inner,
    Key,
    Origin,
    Part,
    Proof,
    Report,
    TicketState,
)


def decide(facts: Facts) -> Decision:
    """What is done with a mail, by its facts."""
    if facts.report is Report.OURS and not _of_a_party(facts):
        return Decision(Course.NOTE, Voice.NOBODY, Why.REPORT)
    return _joined(facts) if _joins(facts) else _opens(facts)


def _of_a_party(facts: Facts) -> bool:
    """Whether the sender is an agent or takes part in the ticket: their mail is never only a report."""
    return facts.agent or facts.part is not Part.NONE


def _joins(facts: Facts) -> bool:
    """Whether it joins the ticket it belongs to. A mail that fails DMARC may be forged and does not join. There are two
    exceptions: an agent must learn that an answer was not sent, and a third party is recognised only by its token."""
    if facts.ticket_state is TicketState.NONE:
        return False
    if facts.key is Key.THIRD_PARTY or (facts.key is Key.AGENT and facts.agent):
        return True  # however late: a third party is no customer, nor is an agent
    if facts.proof is Proof.FAILED and facts.key is not Key.AGENT:
        return False
    return facts.ticket_state is not TicketState.PAST or facts.part is Part.THIRD_PARTY or facts.agent


def _joined(facts: Facts) -> Decision:
    if facts.agent and (facts.key is Key.AGENT or facts.part not in (Part.CUSTOMER, Part.PARTICIPANT)):
        return _agents(facts)
    if facts.origin is not Origin.PERSON:
        return _machines(facts)
    if facts.unnamed:
        # A form, a group or an agent at the shared mailbox: perhaps words that are only for us.
        return Decision(Course.KEEP, Voice.STRANGER, Why.OWN_ADDRESS, Notified.AGENTS, moves=_stops(facts))
    trusted = facts.proof is not Proof.FAILED
    if facts.key is Key.THIRD_PARTY and not (facts.part is Part.CUSTOMER and trusted):
        # The third party holds this token. So a From address is not enough to make a mail that came with it the
        # customer's. A participant's is not its answer.
        takes_part = facts.part in (Part.CUSTOMER, Part.PARTICIPANT)
        return _third_party_letter(facts, counts=not takes_part and facts.author is not Author.UNCLEAR)
    if facts.part is Part.THIRD_PARTY and trusted:
        # Without the token anybody could have written this, even the customer, unless the domain vouches for it.
        return _third_party_letter(facts, counts=facts.proof is Proof.PASSED)
    if facts.key is Key.AGENT and (facts.part is Part.NONE or not trusted):
        return Decision(Course.KEEP, Voice.STRANGER, Why.UNKNOWN_SENDER, Notified.AGENTS, moves=_stops(facts))
    if facts.key is Key.ENDED and facts.part is Part.NONE:
        return Decision(Course.KEEP, Voice.STRANGER, Why.ENDED_KEY, Notified.AGENTS)
    if facts.part is Part.NONE:
        return Decision(Course.ADD, Voice.STRANGER, Why.NEWCOMER, Notified.AGENTS, moves=True)
    voice = Voice.CUSTOMER if facts.part is Part.CUSTOMER else Voice.PARTICIPANT
    return Decision(Course.ADD, voice, Why.WRITES, Notified.AGENTS, moves=True)


def _stops(facts: Facts) -> bool:
    """Whether words that may be the customer's keep the ticket open."""
    return facts.ticket_state is TicketState.RUNNING and not facts.suspicious


def _third_party_letter(facts: Facts, *, counts: bool) -> Decision:
    if counts and not facts.suspicious:
        return Decision(Course.HEAR, Voice.THIRD_PARTY, Why.PARTY, Notified.AGENTS, moves=True, counts=True)
    return Decision(Course.HEAR, Voice.THIRD_PARTY, Why.UNCOUNTED, Notified.AGENTS)


def _machines(facts: Facts) -> Decision:
    """A machine's mail is kept and shown, and changes nothing else. If the customer's own token proves which ticket it
    belongs to, agents are notified: programs are sometimes wrong about what is automatic."""
    if facts.report is not Report.NONE and not _of_a_party(facts):
        return Decision(Course.KEEP, Voice.NOBODY, Why.STRAY_REPORT)
    if facts.key is Key.THIRD_PARTY or facts.part is Part.THIRD_PARTY:
        notified = Notified.NOBODY if facts.origin is Origin.OURSELVES else Notified.AGENTS
        return Decision(Course.HEAR, Voice.NOBODY, Why.UNCOUNTED, notified)
    if facts.key is Key.AGENT and facts.part is Part.NONE:
        return Decision(Course.KEEP, Voice.NOBODY, Why.AUTOMATIC)
    if facts.key is Key.CUSTOMER and facts.words and facts.origin is Origin.MACHINE:
        return Decision(Course.ADD, Voice.NOBODY, Why.MACHINE_TOLD, Notified.AGENTS)
    return Decision(Course.ADD, Voice.NOBODY, Why.MACHINE)


def _agents(facts: Facts) -> Decision:
    """An agent's mail to a ticket: an answer to the customer, or kept internal, and the agent is mailed the reason.
    Nobody notifies a machine. Here the subject shows one by itself: a mail about an absence would be answered by
    another (decision 336)."""
    if facts.origin is not Origin.PERSON or facts.absence:
        return Decision(Course.KEEP, Voice.NOBODY, Why.AUTOMATIC)
    refused = _refused(facts)
    if refused:
        return Decision(Course.KEEP, Voice.COLLEAGUE, refused, Notified.WRITER)
    if facts.addressed is Addressed.CUSTOMER:
        return Decision(Course.ANSWER, Voice.AGENT, Why.ANSWERED_DIRECTLY, moves=True)
    return Decision(Course.ANSWER, Voice.AGENT, Why.ANSWERED, mailed=True, moves=True)


def _refused(facts: Facts) -> Why | None:
    """Why an agent's mail is not sent as the answer to the customer; None if it is."""
    directly = facts.addressed is Addressed.CUSTOMER
    if facts.recalls and facts.proof is not Proof.FAILED and not facts.suspicious:
        return Why.RECALL
    if facts.key is not Key.AGENT and (facts.key is Key.THIRD_PARTY or not directly):
        return Why.BAD_TOKEN
    if facts.proof is Proof.FAILED or facts.suspicious:
        return Why.UNVERIFIED
    if facts.addressed in (Addressed.OTHERS, Addressed.AMONG, Addressed.TEAM):
        return Why.COPY
    if not _speaks_for_the_shop(facts):
        return Why.UNPROVEN if facts.author is Author.SURE else Why.UNCLEAR_SENDER
    if not facts.readable:
        return Why.UNREADABLE
    if not facts.says_something:
        return Why.EMPTY
    if directly:
        return None  # the customer has it already
    if facts.several:
        return Why.SEVERAL
    if facts.forwards:
        return Why.FORWARD
    if not facts.answerable:
        return Why.NO_ADDRESS
    return Why.SECOND_READER if facts.read_by_two else None


def _speaks_for_the_shop(facts: Facts) -> bool:
    """Whether the agent certainly wrote it. A token proves where a mail was sent, not who wrote what is in From."""
    return facts.author is Author.SURE and facts.proof is Proof.PASSED


def _opens(facts: Facts) -> Decision:
    """A new ticket. A suspicious mail or a machine's is quarantined."""
    if facts.origin is Origin.OURSELVES:
        if facts.addressed is Addressed.SERVICE:
            return Decision(Course.RECORD, Voice.NOBODY, Why.SERVICE)
        return Decision(Course.OPEN, Voice.NOBODY, Why.OURS)
    if facts.report is not Report.NONE and not _of_a_party(facts):
        return Decision(Course.OPEN, Voice.NOBODY, Why.NEW_REPORT)
    if facts.origin is Origin.MACHINE or facts.report is not Report.NONE or (facts.absence and facts.astray):
        # An agent's autoresponder would answer this notification too, which would lead to another, and so on.
        if facts.agent:
            return Decision(Course.OPEN, Voice.NOBODY, Why.NEW_ABSENCE)
        return Decision(Course.OPEN, Voice.NOBODY, Why.NEW_MACHINE, Notified.AGENTS)
    if facts.agent and facts.addressed is Addressed.SERVICE:
        sure = _may_be_the_agents(facts) and not (facts.suspicious or facts.silent or facts.disowned)
        return Decision(Course.RECORD, Voice.COLLEAGUE, Why.SERVICE, Notified.WRITER if sure else Notified.NOBODY)
    if facts.suspicious:
        return Decision(Course.OPEN, Voice.STRANGER, Why.SUSPECT, Notified.AGENTS)
    if facts.unnamed:
        # An answer to an address of ours would come back to us.
        return Decision(Course.OPEN, Voice.STRANGER, Why.NEW_OWN_ADDRESS, Notified.AGENTS)
    if facts.agent and (of_another := _about_another_mail(facts)):
        return of_another
    if facts.silent and not facts.reachable:
        return Decision(Course.OPEN, Voice.CUSTOMER, Why.NO_CONFIRMATION, Notified.AGENTS)
    if facts.disowned:
        return Decision(Course.OPEN, Voice.CUSTOMER, Why.DISOWNED, Notified.AGENTS)
    return Decision(Course.OPEN, Voice.CUSTOMER, Why.NEW, Notified.AGENTS, acknowledged=True)


def _may_be_the_agents(facts: Facts) -> bool:
    return facts.proof is not Proof.FAILED and facts.author is not Author.UNCLEAR


def _about_another_mail(facts: Facts) -> Decision | None:
    """An agent's mail around somebody else's: forwarded to us, answered with us in copy, or written to others. Mail
    programs write the same lines above a forwarded and an answered mail; the recipient tells them apart. What goes to
    anybody outside the shop is not forwarded to us, whatever it says."""
    if facts.disowned or not _may_be_the_agents(facts):
        return Decision(Course.OPEN, Voice.COLLEAGUE, Why.WHOSE, Notified.AGENTS) if facts.for_another else None
    if facts.astray:
        return Decision(Course.OPEN, Voice.COLLEAGUE, Why.ASTRAY, Notified.BOTH)
    to_us = facts.addressed in (Addressed.US, Addressed.TEAM)
    passed_on = facts.inner is not Inner.NONE and (to_us or (facts.certain and facts.inside))
    if passed_on and facts.inner is Inner.CUSTOMER:
        return Decision(Course.OPEN, Voice.CUSTOMER, Why.PASSED_ON, Notified.AGENTS, acknowledged=True, theirs=True)
    if passed_on:
        return Decision(Course.OPEN, Voice.COLLEAGUE, Why.WHOSE, Notified.BOTH)
    answers = facts.addressed is Addressed.CUSTOMER and facts.inner is Inner.CUSTOMER and facts.says_something
    if answers and _speaks_for_the_shop(facts):
        return Decision(Course.OPEN_ANSWERED, Voice.AGENT, Why.NEW_ANSWERED, moves=True, theirs=True)
    if facts.for_another and (to_us or facts.addressed is Addressed.AMONG):
        return Decision(Course.OPEN, Voice.COLLEAGUE, Why.WHOSE, Notified.BOTH)
    if not to_us or facts.inner is not Inner.NONE:
        return Decision(Course.OPEN, Voice.COLLEAGUE, Why.NEW_COPY, Notified.AGENTS)
    return None
