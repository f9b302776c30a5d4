"""What the complaint procedure's mails say besides what every mail does; to third parties, what was ticked alone."""

from typing import Any

from chalicelib.rules import clocks, concluding, referring, warranty
from chalicelib.rules.clocks import REFERRAL, REMEDY
from chalicelib.rules.messages import Event, Message
from chalicelib.rules.outbox import Delivery, Purpose
from chalicelib.rules.policy import Shop
from chalicelib.rules.records import Cure, Referral
from chalicelib.rules.tickets import Ticket
from chalicelib.services import links
from chalicelib.services.filing import whole_text
from chalicelib.services.ports import Deps


def more(deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery) -> dict[str, Any]:
    """What a mail to the customer or to agents says, by its purpose."""
    match delivery.purpose:
        case Purpose.ESCALATION:
            return _escalation(deps, shop, ticket, message, delivery)
        case Purpose.EXTENSION:
            given = next(extension for extension in ticket.extensions if extension.id == message.id)
            return {"reason": given.reason, "until": given.until, "before": given.before}
        case Purpose.REFERRED | Purpose.REFERRAL_ANSWERED:
            # Of what passes between the shop and others, the customer hears that it does.
            return _party(shop, _referral(ticket, message)) | {"text": "", "attachments": []}
        case Purpose.NOTIFICATION_REFERRAL:
            return {"party_name": _referral(ticket, message).name, "referred_at": _referral(ticket, message).at}
        case Purpose.QUESTION:
            asked = warranty.lacking(ticket) if ticket.kind == warranty.WARRANTY else ()
            return {"evidence": [f"evidence.{name}" for name in asked]}
        case Purpose.REMEDY_DONE:
            return {"cure": ticket.remedy.cure if ticket.remedy else Cure.NONE, "reopen_days": shop.reopen_days}
        case Purpose.FINAL_ANSWER:
            return _final_answer(deps, shop, ticket)
    return {}


def for_third_party(
    deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery, referral: Referral
) -> dict[str, Any]:
    """All that a third party's mail is made of. Made of nothing else, so that no template can tell it more."""
    asked = _request(deps, ticket, message, referral)
    told_of = _asked_about(deps, ticket, referral)
    clock = ticket.clock(f"{REFERRAL}-{referral.number}")
    agent = shop.agent(referral.by)
    return {
        "shop": shop,
        "reference": ticket.ref,
        "number": referral.number,
        "party_name": referral.name,
        "text": whole_text(deps, asked) if asked else "",
        "facts": [
            {"label": f"referral.fact.{fact}", "value": value}
            for fact in referral.facts
            if (value := told_value(deps, shop, told_of, fact, referral.language))
        ],
        "attachments": _files(deps, told_of) if "attachments" in referral.facts else [],
        "asked_at": referral.at,
        "answer_by": clock.due if clock else referral.at,
        "count": referral.chased,
        "agent_name": agent.name if agent else "",
    }


def _escalation(deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery) -> dict[str, Any]:
    if message.event is Event.CHASER:
        name, stage = f"{REFERRAL}-{message.about}", "daily"
    else:
        name, _, stage = message.about.partition(" ")
    clock = ticket.clock(name)
    assignee = shop.agent(ticket.assignee) if ticket.assignee else None
    steps = tuple(shop.kinds[ticket.kind].steps(stage))
    return {
        "clock": name.partition("-")[0],
        "stage": stage,
        "due": clock.due if clock else message.at,
        "explained": clocks.explained(clock, shop, deps.holidays(shop), shop.languages[0]) if clock else "",
        "priority": ticket.priority,
        "assignee_name": assignee.name if assignee else "",
        "reassigned": ticket.assignee == delivery.to and any(step.reassign for step in steps),
    }


def _final_answer(deps: Deps, shop: Shop, ticket: Ticket) -> dict[str, Any]:
    answer, remedy, clock = ticket.final_answer, ticket.remedy, ticket.clock(REMEDY)
    named = answer is not None and answer.bodies
    return {
        "outcome": answer.outcome if answer else "",
        "cure": remedy.cure if remedy and remedy.cure is not Cure.NONE else "",
        "owed_by": remedy.owed_by if remedy else "",
        "remedy_due": clock.due if clock and clock.running else None,
        "remedy_note": remedy.note if remedy else "",
        "bodies": concluding.bodies(ticket, deps.moment(shop)) if named else (),
        "reopen_days": shop.reopen_days,
    }


def _referral(ticket: Ticket, message: Message) -> Referral:
    referral = referring.referral_of(ticket, message.about)
    if referral is None:
        raise ValueError(f"the ticket has no referral {message.about}")
    return referral


def _party(shop: Shop, referral: Referral) -> dict[str, Any]:
    known = next((party for party in shop.third_parties if party.id == referral.party), None)
    return {"party_name": referral.name, "party_role": known.role if known else ""}


def _request(deps: Deps, ticket: Ticket, message: Message, referral: Referral) -> Message | None:
    """The agent's request: the message itself, or for a reminder the one it reminds of."""
    if message.event is Event.REFERRAL:
        return message
    return deps.store.message(_asked_about(deps, ticket, referral).ref, referral.message)


def _asked_about(deps: Deps, ticket: Ticket, referral: Referral) -> Ticket:
    """The ticket the party was asked about, though that has joined another since: it is told of no other's facts."""
    first = referral.origins[0].partition("/")[0] if referral.origins else ""
    return (deps.store.ticket(first) if first else None) or ticket


def told_value(deps: Deps, shop: Shop, ticket: Ticket, fact: str, language: str) -> str:
    claim = ticket.claim
    match fact:
        case "order_number":
            return ticket.order_number or ""
        case "topic":
            topic = next((topic for topic in shop.topics if topic.id == ticket.topic), None)
            return shop.text(topic.label, language) if topic else ""
        case "subject":
            return ticket.subject
        case "message":
            return whole_text(deps, ticket.opening)
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


def _files(deps: Deps, ticket: Ticket) -> list[dict[str, Any]]:
    opening = ticket.opening
    return [
        {"name": file.filename, "size": file.size, "url": links.file_url(deps, ticket, opening, file)}
        for file in opening.files
    ]
