"""The actions an agent can take on a ticket, by name: each reads its fields and returns a rule to apply.

A rule may be applied more than once, each time to the ticket as stored then, so that two agents at the same time lose
nothing.
"""

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import submission, withdrawing
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import concluding, extending, referring, replying, triage
from chalicelib.rules.procedure.answers import holding
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.clocks import RuleContext, SetBy
from chalicelib.rules.tickets.due_dates import end_of
from chalicelib.rules.tickets.messages import Surface
from chalicelib.rules.tickets.procedure_facts import Claim, Fault, Outcome, OwedBy, Performer, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Priority, State, Ticket
from chalicelib.rules.tickets.ticket import owed as owed_clock
from chalicelib.services.actions import canned
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.agent_action import (
    COMPOSED,
    REASON,
    SEEN,
    TEXT,
    UNSEEN,
    AgentAction,
    Field,
    Kind,
    Rule,
    by_name,
)
from chalicelib.services.actions.answers.agreeing import AGREEMENTS
from chalicelib.services.actions.answers.held_answers import HELD_ANSWERS, held
from chalicelib.services.actions.answers.templates import SEND_TEMPLATE
from chalicelib.services.actions.call_results import CALL_RESULT
from chalicelib.services.actions.ticket_admin import TICKET_ADMIN
from chalicelib.services.delivery import passing_on
from chalicelib.services.delivery.ours import own_mails
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers import second_reading
from chalicelib.services.tickets.filing import file_away


def _answer(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    text = _words(deps, shop, ticket, inputs, whole=True, needed=not inputs.incoming_files)
    if len(inputs.incoming_files) > submission.MAX_FILES:
        raise InvalidFields({"attachments": "attachments_too_many"})
    own_mails.refuse(deps, inputs.incoming_files, "attachments")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change:
        if not current.requester.address:
            raise InvalidFields({"action": "no_address"})
        inbound = Inbound(
            channel=Surface.DESK, person=inputs.agent, subject=current.subject, text=text, source=id, fingerprint=id,
            kind=current.kind, language=current.language,
        )  # fmt: skip
        written = replying.agent_answers(
            current, id, file_away(deps, current.ref, inbound, inputs.incoming_files), context
        )
        return held(deps, shop, current, written, context)

    return rule


def _ask(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    text = _words(deps, shop, ticket, inputs)
    return lambda current, id, context: held(
        deps, shop, current, replying.asks(current, id, text, inputs.agent, context), context
    )


def _note(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    text = inputs.text("text")
    return lambda current, id, context: triage.note(current, id, text, inputs.agent, context.at)


def _assign(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    to = inputs.text("to")
    return lambda current, id, context: triage.assign(current, to, shop, inputs.agent, context.at)


def _prioritise(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    priority = inputs.choice("priority", Priority)
    return lambda current, id, context: triage.prioritise(current, priority, inputs.agent, context.at)


def _change(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    fields = {name: submission.one_line(inputs.text(name)) for name in triage.CHANGEABLE if name in inputs.fields}
    if fields.get("country"):
        fields["country"] = submission.country(fields["country"])
    return lambda current, id, context: triage.change(current, fields, inputs.agent, context)


def _extend(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    day, reason = inputs.day("until"), inputs.text("reason")
    until = end_of(day, shop.hours) if day else inputs.period("by")
    return lambda current, id, context: extending.extend(current, id, until, reason, inputs.agent, context)


def _refer(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    known, address = inputs.text("to"), submission.address(inputs.text("address"))
    party = referring.party_of(shop, known, ticket.language) if known else None
    if known and party is None:
        raise InvalidFields({"to": "unknown"})
    if party is None:
        if not submission.is_address(address):
            raise InvalidFields({"address": "not_an_address"})
        name = inputs.text("name") or address
        party = referring.other_party(shop, name, address, inputs.text("language") or shop.languages[0])
    facts = inputs.text("facts").replace(",", " ").split()
    named = inputs.text("files").replace(",", " ").split()
    files = passing_on.chosen(deps, ticket, named, referring.ATTACHMENTS in facts)
    facts = [fact for fact in facts if fact != referring.ATTACHMENTS] + [referring.ATTACHMENTS] * bool(files)
    question = referring.Question(inputs.text("text"), facts, files)
    return lambda current, id, context: referring.refer(current, id, party, question, inputs.agent, context)


def _end_referral(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    number, reason = inputs.text("number"), inputs.text("reason")
    if not number.isdecimal():
        raise InvalidFields({"number": "no_open_referral"})

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        referral = referring.referral_of(current, number)
        if referral and referral.ended_at:
            return None  # ended already
        return referring.end(current, int(number), reason, inputs.agent, context.at)

    return rule


def _find(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    fault, reason = inputs.choice("fault", Fault), inputs.text("reason")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        found = current.finding
        if found and (found.fault, found.reason, found.by) == (fault, reason, inputs.agent.address):
            return None
        return remedying.find(current, fault, reason, inputs.agent, context.at)

    return rule


def _remedy(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    default = remedying.suggestion(shop, ticket.topic, ticket.finding.fault if ticket.finding else None)
    remedy_kind, owed_by = (
        inputs.choice("remedy_kind", RemedyKind, default.remedy_kind),
        inputs.choice("owed_by", OwedBy, default.owed_by),
    )
    performer = inputs.choice("carried_out_by", Performer, default.carried_out_by)
    day, note = inputs.day("due"), inputs.text("note")
    until = end_of(day, shop.hours) if day else None
    amount, currency = _money(shop, inputs)
    terms = remedying.Terms(remedy_kind, owed_by, until, note, performer, amount, currency)

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        owed, clock = current.remedy, owed_clock(current)
        agreed = owed.due if owed and clock and clock.set_by is SetBy.AGREED else None
        wanted = (remedy_kind, owed_by, performer, note, amount, currency if amount else "", None, until or agreed)
        if owed and wanted == (
            owed.remedy_kind, owed.owed_by, owed.carried_out_by, owed.note, owed.amount, owed.currency, owed.done_at,
            agreed,
        ):  # fmt: skip
            return None  # repeating it does not move the due date
        holding.refuse_if_held(current)
        return remedying.set_remedy(current, terms, inputs.agent, context)

    return rule


def _money(shop: Shop, inputs: ActionInput) -> tuple[int | None, str]:
    """The amount in the currency's smallest unit, and the currency: the shop's, if none is named."""
    text, currency = inputs.text("amount"), inputs.text("currency") or money.currency_of(shop.country)
    if currency not in money.CURRENCIES:
        raise InvalidFields({"currency": "unknown"})
    return (money.minor_units(text, currency) if text else None), currency


def _instruct(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    own = inputs.text("text")
    text = own or canned.text(deps, shop, ticket, inputs.agent, canned.RETURN_INSTRUCTIONS)

    def rule(current: Ticket, id: str, context: RuleContext) -> Change:
        if own and not canned.is_text(deps, shop, current, inputs.agent, canned.RETURN_INSTRUCTIONS, own):
            second_reading.refuse_own_words(deps, shop, current)
        return remedying.instruct(current, id, text, inputs.agent, context.at)

    return rule


def _remedy_done(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    text, tell = inputs.text("text"), inputs.boolean("tell", default=True)

    def rule(current: Ticket, id: str, context: RuleContext) -> Change:
        if text and tell:
            second_reading.refuse_own_words(deps, shop, current)
        return remedying.done(current, id, text, inputs.agent, context, tell=tell)

    return rule


def _claim(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    claim = Claim(inputs.day("purchased"), inputs.text("product"), inputs.text("serial"), inputs.day("delivered"))
    return lambda current, id, context: triage.claim(current, claim, inputs.agent, context)


def _delivered(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    day = inputs.day("delivered")
    return lambda current, id, context: withdrawing.delivered(current, day, inputs.agent, context)


def _goods_sent(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: withdrawing.goods_sent(current, inputs.agent, context)


def _goods_back(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return lambda current, id, context: withdrawing.goods_back(current, inputs.agent, context)


def _conclude(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    outcome, text, settled = (
        inputs.choice("outcome", Outcome),
        inputs.text("text"),
        inputs.boolean("settled", default=False),
    )

    def rule(current: Ticket, id: str, context: RuleContext) -> Change:
        written = concluding.conclude(current, id, outcome, text, inputs.agent, context, settled=settled)
        return held(deps, shop, current, written, context)

    return rule


def _close(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    outcome, reason = inputs.choice("outcome", Outcome), inputs.text("reason")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        if current.state is State.CLOSED and current.outcome is outcome:
            return None
        return concluding.close(current, outcome, reason, inputs.agent, context)

    return rule


def _reopen(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    reason = inputs.text("reason")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        return concluding.reopen(current, reason, inputs.agent, context) if current.state is State.CLOSED else None

    return rule


ACTIONS = {
    **by_name(
        AgentAction("answer", COMPOSED, _answer),
        AgentAction("ask", COMPOSED, _ask),
        AgentAction("note", (TEXT,), _note),
        AgentAction("assign", (Field("to", Kind.AGENT),), _assign),
        AgentAction("prioritise", (Field("priority", one_of=tuple(Priority)),), _prioritise),
        AgentAction(
            "change",
            (Field("kind", Kind.TICKET_KIND), Field("topic", Kind.TOPIC), Field("order_number"), Field("country")),
            _change,
        ),
        AgentAction("extend", (Field("until", Kind.DAY), Field("by", Kind.PERIOD), REASON, *UNSEEN), _extend),
        AgentAction(
            "refer",
            (
                Field("to", Kind.THIRD_PARTY),
                Field("address"),
                Field("name"),
                Field("language"),
                Field("facts", one_of=referring.FACTS),
                Field("files"),
                TEXT,
                *UNSEEN,
            ),
            _refer,
        ),
        AgentAction("end_referral", (Field("number"), REASON), _end_referral),
        AgentAction("find", (Field("fault", one_of=tuple(Fault)), REASON), _find),
        AgentAction(
            "remedy",
            (
                Field("remedy_kind", one_of=tuple(RemedyKind)),
                Field("owed_by", one_of=tuple(OwedBy)),
                Field("carried_out_by", one_of=tuple(Performer)),
                Field("due", Kind.DAY),
                Field("note"),
                Field("amount"),
                Field("currency", one_of=money.CURRENCIES),
            ),
            _remedy,
        ),
        AgentAction("instruct", (TEXT, *UNSEEN), _instruct),
        AgentAction("remedy_done", (TEXT, Field("tell", Kind.BOOLEAN), *UNSEEN), _remedy_done),
        AgentAction(
            "claim",
            (Field("purchased", Kind.DAY), Field("product"), Field("serial"), Field("delivered", Kind.DAY)),
            _claim,
        ),
        AgentAction("delivered", (Field("delivered", Kind.DAY),), _delivered),
        AgentAction("goods_sent", (), _goods_sent),
        AgentAction("goods_back", (), _goods_back),
        AgentAction(
            "conclude",
            (Field("outcome", one_of=concluding.FINAL), TEXT, Field("settled", Kind.BOOLEAN), *UNSEEN),
            _conclude,
        ),
        AgentAction("close", (Field("outcome", one_of=(Outcome.SPAM, Outcome.SETTLED)), REASON), _close),
        AgentAction("reopen", (REASON,), _reopen),
        CALL_RESULT,
        SEND_TEMPLATE,
    ),
    **HELD_ANSWERS,
    **AGREEMENTS,
    **TICKET_ADMIN,
}
WATCHED = tuple(action.name for action in ACTIONS.values() if SEEN in action.fields)
"""Actions that mail something to somebody, so they are refused while there are messages the agent has not seen."""


def _words(
    deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput, *, whole: bool = False, needed: bool = True
) -> str:
    """The agent's own text, or the ready reply they name. `whole`: include greeting and farewell, because the mail has
    none of its own; `needed`: an empty text is refused."""
    ready = inputs.text("canned")
    text = inputs.text("text") or (canned.text(deps, shop, ticket, inputs.agent, ready, whole=whole) if ready else "")
    if needed and not text:
        raise InvalidFields({"text": "missing"})
    return text
