"""What an agent does to whole tickets, as actions: each reads its fields and returns a rule to apply.

A rule that also changes another ticket reads that one again each time it is applied.
"""

from dataclasses import replace

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity import derived
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.submission import first_words, one_line
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import participants, readdressing
from chalicelib.rules.privacy.search_terms import phone_words, words
from chalicelib.rules.procedure import confirming, merging, rating, replying, ticket_admin
from chalicelib.rules.products.publishing import OFFER, TAKE_DOWN
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import HiddenFor
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, File, Message, State, Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.agent_action import (
    ANYWAY,
    REASON,
    TEXT,
    UNSEEN,
    AgentAction,
    Field,
    Kind,
    Rule,
    by_name,
)
from chalicelib.services.delivery import objections
from chalicelib.services.ports.deps import Deps
from chalicelib.services.products import publishing
from chalicelib.services.tickets.answers import second_reading
from chalicelib.services.tickets.filing import prefix
from chalicelib.services.tickets.indexing import readings
from chalicelib.services.tickets.opening import free_reference


def _tag(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    tags = ticket_admin.tags_in(inputs.text("tags"))
    return lambda current, id, context: ticket_admin.tag(current, tags, inputs.agent, context.at)


def _link(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    ref = inputs.text("to").upper()
    return lambda current, id, context: ticket_admin.link(
        current, _other(deps, shop, ref, "to"), inputs.agent, context.at
    )


def _merge(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    ref, anyway = inputs.text("into").upper(), inputs.boolean("anyway", default=False)
    return lambda current, id, context: merging.merge(
        current, _other(deps, shop, ref, "into"), inputs.agent, context, anyway=anyway
    )


def _split(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    subject, kind = one_line(inputs.text("subject")), inputs.text("kind")
    if kind and kind not in shop.kinds:
        raise InvalidFields({"kind": "unknown"})

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        message = _message(deps, current, inputs.text("message"))
        ticket_admin.refuse_to_split(current, message, kind)
        if message is None or message.split_into:
            return None
        source = derived.source_of("split", message.ref, message.id)
        ref = free_reference(deps, shop, source)
        inbound = _as_opening(current, message, subject, kind, source)
        return ticket_admin.split(current, message, ref, _copied(deps, ref, inbound), inputs.agent, context)

    return rule


def _place_legal_hold(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    reason = inputs.text("reason")
    return lambda current, id, context: ticket_admin.place_legal_hold(current, reason, inputs.agent, context.at)


def _lift_legal_hold(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    reason = inputs.text("reason")
    return lambda current, id, context: ticket_admin.lift_legal_hold(current, reason, inputs.agent, context.at)


def _hide_comment(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: rating.hide(current, inputs.text("ground"), inputs.agent, context.at)


def _has_comment(ticket: Ticket) -> bool:
    return ticket.rating is not None and ticket.rating.may_show and ticket.rating.hidden is None


def _spam(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: ticket_admin.spam(current, inputs.agent, context)


def _release_from_quarantine(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        quarantined = current.state is State.QUARANTINED
        return (
            replying.release_from_quarantine(current, shop, context.at, inputs.agent.address) if quarantined else None
        )

    return rule


def _confirm_identity(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: confirming.ask(current, id, inputs.agent, context.at)


def _unconfirm_identity(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: confirming.unconfirmed(current, inputs.text("reason"), inputs.agent, context.at)


def _readdress(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    becomes = Person(one_line(inputs.text("name")), one_line(inputs.text("address")))

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        was = current.requester
        gone = (*words(was.name), *phone_words(was), *((participants.as_word(was.address),) if was.address else ()))
        former = tuple(readings(deps, shop.id, gone))
        _, messages = deps.tickets.conversation(current.ref)
        own = [message for message in messages if message.ref == current.ref and message.id != current.opening.id]
        merged = deps.tickets.find_tickets(current.merged_from)
        return readdressing.readdress(current, own, becomes, former, inputs.agent, context, merged)

    return rule


def _offer_publication(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    wanted = (inputs.text("sku"), inputs.text("question"), inputs.text("text"))

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        second_reading.refuse_own_words(deps, shop, current)
        try:
            return publishing.offer(deps, current, id, wanted, inputs.agent, context.at)
        except InvalidFields as wrong:
            # The desk's fields: the answer is the action's text.
            raise InvalidFields(
                {"text" if name == "answer" else name: code for name, code in wrong.codes.items()}
            ) from wrong

    return rule


def _take_down(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: publishing.take_down(deps, current, inputs.agent, context.at)


def _taken_down(deps: Deps, shop: Shop, change: Change, inputs: ActionInput) -> None:
    """Only now: if the ticket still said that it is published, its customer would be asked to agree again, in vain."""
    if change.ticket:
        publishing.remove(deps, change.ticket)


def _note_objection(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    """The register is written before the log, so that an objection is never lost."""
    reason = inputs.text("reason")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        change = ticket_admin.object_to_adverts(current, id, reason, inputs.agent, context.at)
        if deps.tickets.message(current.ref, id):
            return None  # an old request that comes again must not undo what the customer said since
        objections.note(deps, shop, current.requester.address)
        return change

    return rule


def _lift_objection(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    """The register too says in which ticket it was taken back."""
    reason = inputs.text("reason")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        change = ticket_admin.want_adverts(current, id, reason, inputs.agent, context.at)
        if deps.tickets.message(current.ref, id):
            return None
        objections.lift(deps, shop, current.requester.address, current.ref)
        return change

    return rule


TICKET_ADMIN = by_name(
    AgentAction("tag", (Field("tags"),), _tag),
    AgentAction("link", (Field("to", Kind.TICKET),), _link),
    AgentAction("merge", (Field("into", Kind.TICKET), ANYWAY), _merge),
    AgentAction("split", (Field("message"), Field("subject"), Field("kind", Kind.TICKET_KIND)), _split),
    AgentAction("place_legal_hold", (REASON,), _place_legal_hold),
    AgentAction("lift_legal_hold", (REASON,), _lift_legal_hold),
    AgentAction("hide_comment", (Field("ground", one_of=tuple(HiddenFor)),), _hide_comment, offered=_has_comment),
    AgentAction("spam", (), _spam, offered=lambda ticket: ticket.state is not State.CLOSED),
    AgentAction(
        "release_from_quarantine",
        (),
        _release_from_quarantine,
        offered=lambda ticket: ticket.state is State.QUARANTINED,
    ),
    AgentAction("confirm_identity", (), _confirm_identity),
    AgentAction(
        "unconfirm_identity",
        (REASON,),
        _unconfirm_identity,
        offered=lambda ticket: ticket.identity_confirmed_at is not None,
    ),
    AgentAction("readdress", (Field("address"), Field("name")), _readdress),
    AgentAction(
        OFFER,
        (Field("sku"), Field("question"), TEXT, *UNSEEN),
        _offer_publication,
        offered=lambda ticket: bool(ticket.requester.address),
    ),
    AgentAction(TAKE_DOWN, (), _take_down, offered=lambda ticket: ticket.publication is not None, after=_taken_down),
    AgentAction("note_objection", (REASON,), _note_objection, offered=lambda ticket: bool(ticket.requester.address)),
    AgentAction(
        "lift_objection",
        (REASON,),
        _lift_objection,
        offered=lambda ticket: bool(ticket.requester.address) and ticket.proven,
    ),
)


# They have been followed in the ticket that was split off.
_SAY_TO_SPLIT = (Remark.WITHDRAWS, Remark.ABOUT_DATA)


def _other(deps: Deps, shop: Shop, ref: str, field: str) -> Ticket:
    """The shop's ticket that the agent named. The error does not reveal whether another shop has it."""
    if not ref:
        raise InvalidFields({field: "no_ticket"})
    ticket = deps.tickets.ticket(ref)
    if ticket is None or ticket.shop != shop.id:
        raise InvalidFields({field: "no_ticket"})
    return ticket


def _message(deps: Deps, ticket: Ticket, named: str) -> Message | None:
    """The ticket's message with this id, or with "<reference>/<id>" a message of a ticket that was merged into it."""
    ref, _, id = named.rpartition("/")
    if not id or (ref and ref not in (ticket.ref, *ticket.merged_from)):
        return None
    if id == ticket.opening.id and ref in ("", ticket.ref):
        return ticket.opening
    return deps.tickets.message(ref or ticket.ref, id)


def _as_opening(ticket: Ticket, message: Message, subject: str, kind: str, source: str) -> Inbound:
    """The message as the opening of a new ticket of the same customer."""
    return Inbound(
        channel=message.channel,
        person=ticket.requester,
        subject=subject or first_words(message.text) or ticket.subject,
        text=message.text,
        source=source,
        fingerprint=message.fingerprint,
        kind=kind or ticket.kind,
        language=ticket.language,
        order_number=ticket.order_number,
        files=message.files,
        text_key=message.text_key,
        message_id=message.message_id,
        raw_key=message.raw_key,
        participants=ticket.participants,
        remarks=tuple(remark for remark in message.remarks if remark not in _SAY_TO_SPLIT),
        named=message.named,
        country=ticket.country,
    )


def _copied(deps: Deps, ref: str, inbound: Inbound) -> Inbound:
    """The arrival with its own copies of the files: the message's files are deleted with its old ticket."""

    def copy(key: str) -> str:
        own = f"{prefix(ref)}{key.split('/', 2)[2]}"
        deps.files.adopt_upload(key, own)
        return own

    def copied(file: File) -> File:
        return replace(file, key=copy(file.key))

    return replace(
        inbound,
        files=tuple(map(copied, inbound.files)),
        text_key=copy(inbound.text_key) if inbound.text_key else None,
        raw_key=copy(inbound.raw_key) if inbound.raw_key else None,
    )
