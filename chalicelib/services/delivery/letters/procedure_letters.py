"""What mails of the complaint procedure contain besides the parts of every mail. Third parties get only what the agent
selected."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.mail import signing
from chalicelib.mail.signing import Signer
from chalicelib.rendering import durations, pages
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import ABOUT_DATA, PRIVACY_COMPLAINT, WARRANTY
from chalicelib.rules.procedure import concluding, confirming, extending, rating, referring
from chalicelib.rules.procedure.remedies import warranty
from chalicelib.rules.tickets.clocks import CLOSE, REFERRAL, REMEDIES, RESOLVE, RuleContext
from chalicelib.rules.tickets.due_dates import broken, due_date, explained, like
from chalicelib.rules.tickets.inbox_keys import unread
from chalicelib.rules.tickets.messages import Event, Message
from chalicelib.rules.tickets.outbox import Audience, Delivery, Purpose, claimed_at
from chalicelib.rules.tickets.procedure_facts import Referral, RemedyKind
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import State, Ticket, owed
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.delivery import passing_on
from chalicelib.services.delivery.letters import publication_letters, withdrawal_letters
from chalicelib.services.help import acknowledging
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links
from chalicelib.services.tickets.filing import shown_text
from chalicelib.services.timing import closures

_ABOUT_CALLS = (Purpose.ACKNOWLEDGEMENT, Purpose.CALL_CHANGED, Purpose.CALL_FAILED)


def more(deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery) -> dict[str, Any]:
    """The extra template values of a mail to the customer or to agents, by its purpose. The date of the final answer,
    and the promise to announce a later one, are checked as the mail is sent, so that neither is false by then."""
    context = deps.context(shop)
    said: dict[str, Any] = {"longer": extending.left(ticket, context)}
    resolve = ticket.clock(RESOLVE)
    customers = delivery.purpose.audience is Audience.CUSTOMER and delivery.purpose is not Purpose.ACKNOWLEDGEMENT
    if customers and resolve and broken(resolve, context.at, shop.hours.zone):
        said["resolve_by"] = None
    if delivery.purpose in (Purpose.FINAL_ANSWER, Purpose.INSTRUCTIONS):
        said["choice"] = warranty.choice(ticket, shop, local_date(context.at, shop.hours))
    if delivery.purpose is Purpose.SELF_SERVED:
        until = local_date(message.at + timedelta(days=shop.reopen_days), shop.hours)
        return said | {"closed_at": message.at, "reopen_until": until}
    if delivery.purpose is Purpose.ACKNOWLEDGEMENT:
        said |= withdrawal_letters.acknowledgement(deps, shop, ticket) | acknowledging.helpful(deps, shop, ticket)
        said["closed"] = closures.of_promises(deps, shop, ticket)
    if delivery.purpose is Purpose.CONTACT_AGREEMENT:
        from chalicelib.rules.procedure.answers.agreement import ENDED  # few mails are about agreements

        form = f"{deps.public_url}/shops/{shop.id}/contact?kind=complaint&lang={ticket.language}"
        return said | {"ended": message.about == ENDED, "complaint_url": form}
    if delivery.purpose in (Purpose.PUBLICATION_OFFERED, Purpose.PUBLISHED):
        return said | publication_letters.about(deps, shop, ticket)
    if ticket.call and delivery.purpose in _ABOUT_CALLS:
        from chalicelib.services.delivery.letters import call_letters  # few mails are about calls

        return said | call_letters.said(deps, shop, ticket, message)
    if delivery.purpose is Purpose.TRANSCRIPT:
        from chalicelib.services.chats import transcript  # few mails are about chats

        return said | {"said": transcript.mailed(deps, shop, ticket)}
    if delivery.purpose is Purpose.ANSWER_TO_READ:
        return said | _to_read(shop, ticket)
    return said | _by_purpose(deps, shop, ticket, message, delivery)


def _to_read(shop: Shop, ticket: Ticket) -> dict[str, Any]:
    """Who wrote the answer that waits for a second reader as the mail is sent; "" if none does any more."""
    writer = shop.agent(ticket.held_answer.by) if unread(ticket) and ticket.held_answer else None
    return {"writer_name": writer.name if writer else ""}


def _by_purpose(deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery) -> dict[str, Any]:
    match delivery.purpose:
        case Purpose.ANSWER:
            return _closing(shop, ticket) | _right_to_complain(deps, shop, ticket, named=False)
        case Purpose.ESCALATION:
            return _escalation(deps, shop, ticket, message, delivery)
        case Purpose.EXTENSION:
            given = next(extension for extension in ticket.extensions if extension.id == message.id)
            clock = ticket.clock(RESOLVE)
            said = {"until": given.until, "before": given.before}
            reason = signing.unsigned(given.reason, signer(shop, given.by))
            return {"reason": reason} | {name: like(clock, at) if clock else at for name, at in said.items()}
        case Purpose.REFERRED | Purpose.REFERRAL_ANSWERED:
            # The customer learns that the shop wrote to a third party, but not what was written.
            return _party(shop, _referral(ticket, message)) | {"text": "", "attachments": []}
        case Purpose.NOTIFICATION_REFERRAL:
            return {"party_name": _referral(ticket, message).name, "referred_at": _referral(ticket, message).at}
        case Purpose.QUESTION:
            return {"evidence": [f"evidence.{name}" for name in _lacking(deps, ticket)]} | _closing(shop, ticket)
        case Purpose.CONFIRM_IDENTITY:
            url = links.confirmation_url(deps, ticket, message.at)
            return {"confirm_url": url, "confirm_by": message.at + confirming.LIFE}
        case Purpose.IDENTITY_CONFIRMED:
            return {"confirmed_at": message.at}
        case Purpose.REMEDY_DONE:
            return _remedy_done(shop, ticket)
        case Purpose.FINAL_ANSWER:
            answer = _final_answer(shop, ticket, message, deps.context(shop))
            return answer | _right_to_complain(deps, shop, ticket, named=bool(answer["bodies"]))
        case Purpose.REVIEW_REQUEST | Purpose.RATED:
            return _rated(ticket, deps.now())
    return {}


def for_third_party(
    deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery, referral: Referral
) -> dict[str, Any]:
    """All template values of a mail to a third party. There are no others, so no template can reveal more."""
    asked = _request(deps, ticket, message, referral)
    told_of = _asked_about(deps, ticket, referral)
    clock = ticket.clock(f"{REFERRAL}-{referral.number}")
    agent = shop.agent(referral.by)
    return {
        "shop": shop,
        "reference": ticket.ref,
        "number": referral.number,
        "party_name": referral.name,
        "text": signing.unsigned(shown_text(deps, asked), signer(shop, referral.by)) if asked else "",
        "facts": [
            {"label": f"referral.fact.{fact}", "value": value}
            for fact in referral.facts
            if (value := told_value(deps, shop, told_of, fact, referral.language))
        ],
        "attachments": passing_on.passed_on(deps, told_of, asked.passed_on) if asked else [],
        "asked_at": referral.at,
        "answer_by": due_date(clock) if clock else referral.at,
        "count": referral.reminded,
        "agent_name": agent.name if agent else "",
    }


def signer(shop: Shop, address: str) -> Signer:
    agent = shop.agent(address)
    return Signer(agent.name.split()[0] if agent else "", agent.name if agent else "", shop.name)


def _escalation(deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery) -> dict[str, Any]:
    if message.event is Event.REMINDER:
        name, stage = f"{REFERRAL}-{message.about}", "daily"
    else:
        name, _, stage = message.about.partition(" ")
    clock, remedy = ticket.clock(name), ticket.remedy
    why = explained(clock, shop, deps.holidays(shop)) if clock else None
    assignee = shop.agent(ticket.assignee) if ticket.assignee else None
    handed = Remark.HANDED in message.remarks
    referral = referring.referral_of(ticket, name.partition("-")[2]) if name.startswith(REFERRAL) else None
    return {
        "clock": name.partition("-")[0],
        "party_name": referral.name if referral else "",
        "remedy_kind": remedy.remedy_kind if remedy and name in REMEDIES else "",
        "owed_by": remedy.owed_by if remedy else "",
        "carried_out_by": remedy.carried_out_by if remedy else "",
        "remedy_note": remedy.note if remedy else "",
        "stage": stage,
        "due": clock.due if clock else message.at,
        "explained": durations.explained(why, shop.languages[0]) if why else "",
        "priority": ticket.priority,
        "assignee_name": assignee.name if assignee else "",
        "reassigned": handed and delivery.meant_for(ticket.assignee or ""),
        "taken": handed and not delivery.meant_for(ticket.assignee or ""),
    }


def _lacking(deps: Deps, ticket: Ticket) -> tuple[str, ...]:
    if ticket.kind != WARRANTY:
        return ()
    return warranty.lacking(ticket, deps.tickets.conversation(ticket.ref)[1])


def _closing(shop: Shop, ticket: Ticket) -> dict[str, Any]:
    """When the ticket closes automatically if the customer does not write again."""
    clock = ticket.clock(CLOSE) if ticket.state is State.WAITING else None
    return {"closes_by": due_date(clock) if clock else None, "reopen_days": shop.reopen_days}


def _right_to_complain(deps: Deps, shop: Shop, ticket: Ticket, *, named: bool) -> dict[str, Any]:
    """Where a customer complains about how the shop dealt with their data, if this answer must say so. `named`: the
    mail names the authorities anyway."""
    if not concluding.names_right_to_complain(ticket, shop):
        return {}
    url = f"{deps.public_url}/shops/{shop.id}/contact?lang={ticket.language}&kind={PRIVACY_COMPLAINT}"
    return {"complain_url": url, "authorities": () if named else concluding.bodies(ticket, deps.context(shop))}


def _rated(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """What stands as the rating as the mail is sent. Anybody to whom the customer passed the link may have typed the
    words, so no mail program may make links of them."""
    given, gone = ticket.rating, ticket.rating_withdrawn
    return {
        "rating": {"score": given.score, "text": pages.unlinked(given.text), "at": given.at} if given else None,
        "withdrawn_at": gone.at if gone else None,
        "rate_until": rating.open_until(ticket, now),
    }


def _remedy_done(shop: Shop, ticket: Ticket) -> dict[str, Any]:
    remedy, claim = ticket.remedy, ticket.claim
    done = local_date(remedy.done_at, shop.hours) if remedy and remedy.done_at else None
    repaired = claim if claim and claim.repaired and claim.repaired == done else None
    covered = warranty.cover(shop, repaired, ticket.country, done) if repaired and done else None
    return {
        "guarantee_longer": warranty.LONGER_AFTER_REPAIR if repaired else None,
        "guarantee_until": covered.statutory_until if covered else None,
        "remedy_kind": remedy.remedy_kind if remedy else RemedyKind.NONE,
        "remedy_money": remedy.money if remedy else "",
        "reopen_days": shop.reopen_days,
        "closed": ticket.state is State.CLOSED,
    }


def _final_answer(shop: Shop, ticket: Ticket, message: Message, context: RuleContext) -> dict[str, Any]:
    answer, remedy, clock = ticket.final_answer, ticket.remedy, owed(ticket)
    rights = concluding.names_bodies(ticket, claimed_at(message.outbox, context.at))
    return {
        "outcome": answer.outcome if answer else "",
        "remedy_kind": remedy.remedy_kind if remedy and remedy.remedy_kind is not RemedyKind.NONE else "",
        "owed_by": remedy.owed_by if remedy else "",
        "carried_out_by": remedy.carried_out_by if remedy else "",
        "remedy_due": due_date(clock) if clock and clock.running else None,
        "remedy_note": remedy.note if remedy else "",
        "remedy_money": remedy.money if remedy else "",
        "remedy_done": remedy.done_at if remedy else None,
        "rights": rights,
        "bodies": concluding.bodies(ticket, context) if rights else (),
        "about_data": ticket.kind in ABOUT_DATA,
        "reopen_days": shop.reopen_days,
    }


def _referral(ticket: Ticket, message: Message) -> Referral:
    referral = referring.referral_of(ticket, message.about)
    if referral is None:
        raise ValueError(f"the ticket has no referral {message.about}")
    return referral


def _party(shop: Shop, referral: Referral) -> dict[str, Any]:
    known = shop.third_party(referral.party)
    return {"party_name": referral.name, "party_role": known.role if known else ""}


def _request(deps: Deps, ticket: Ticket, message: Message, referral: Referral) -> Message | None:
    """The agent's request: the message itself, or for a reminder the message it reminds of."""
    if message.event is Event.REFERRAL:
        return message
    return deps.tickets.message(_asked_about(deps, ticket, referral).ref, referral.message)


def _asked_about(deps: Deps, ticket: Ticket, referral: Referral) -> Ticket:
    """The ticket the party was asked about, even if it was merged into another since. The party must not learn another
    ticket's facts."""
    first = referral.origins[0].partition("/")[0] if referral.origins else ""
    return (deps.tickets.ticket(first) if first else None) or ticket


def told_value(deps: Deps, shop: Shop, ticket: Ticket, fact: str, language: str) -> str:
    claim = ticket.claim
    match fact:
        case "order_number":
            return ticket.order_number or ""
        case "topic":
            topic = shop.topic(ticket.topic)
            return shop.text(topic.label, language) if topic else ""
        case "subject":
            return ticket.subject
        case "message":
            return shown_text(deps, ticket.opening)
        case "name":
            return ticket.requester.name
        case "email":
            return ticket.requester.address
        case "product":
            return claim.product if claim else ""
        case "serial":
            return claim.serial if claim else ""
        case "purchase_date":
            return claim.purchased.isoformat() if claim and claim.purchased else ""
    return ""
