"""What may be written to WhatsApp's users after its window: a template that it has approved and the policy names
(decision 307).

The ticket's message has the text as the customer reads it, but for the link, which is made when it is sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.patterns import pattern
from chalicelib.rules.identity.handles import Provider, of_address
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.messages.approved import Approved
from chalicelib.rules.messages.window import How, window
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import MessageTemplate, TemplateValue
from chalicelib.rules.procedure.replying import agent_answers
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Channel, Event, Person, Surface, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

LINK = "…/t/…"
"""Stands for the link in what is kept and shown: the link itself is the customer's."""
_BEGINS = "template:"
_PLACES = pattern(r"\{\{([0-9]+)\}\}")
_Values = Mapping[TemplateValue, str]


def offered(ticket: Ticket, shop: Shop, now: datetime) -> tuple[MessageTemplate, ...]:
    """The templates in the ticket's language, if nothing else reaches its customer at WhatsApp now."""
    who = of_address(ticket.requester.address)
    if who is None or who.provider is not Provider.WHATSAPP or ticket.reached is None:
        return ()
    if window(who.provider, ticket.reached.last_at, now).how is not How.CLOSED:
        return ()
    return tuple(each for each in shop.messages.templates if each.language.partition("_")[0] == ticket.language)


def filled(template: MessageTemplate, values: _Values) -> str:
    """The text with these values in its places."""
    return _PLACES.sub(lambda found: values[template.values[int(found[1]) - 1]], template.text)


def known(ticket: Ticket, shop: Shop, text: str) -> dict[TemplateValue, str]:
    """The values as they are kept and shown."""
    return {
        TemplateValue.REFERENCE: ticket.ref,
        TemplateValue.SHOP: shop.name,
        TemplateValue.LINK: LINK,
        TemplateValue.TEXT: text,
    }


def send(ticket: Ticket, id: str, key: str, text: str, agent: Person, context: RuleContext) -> Change:
    """Write the template with this key. `text`: the agent's own words, in one line, if it has a place for them. Only
    one that is named as an answer meets the promise of one. Raises InvalidFields."""
    template = _allowed(ticket, key, text, context)
    said = filled(template, known(ticket, context.shop, text))
    if len(said) > template.room:
        raise InvalidFields({"text": "template_too_long"})
    mail = Delivery(Purpose.ANSWER, ticket.requester.address, about=f"{_BEGINS}{template.key}")
    if not template.answers:
        message = shops_message(id, ticket.ref, context.at, agent, said, Event.WORDS)
        entry = LogEntry(
            context.at, agent.address, Action.CONTACTED_CUSTOMER, details_of(DetailCode.CHANNEL, Channel.WHATSAPP)
        )
        after = evolve(ticket, active_at=context.at)
        return Change(after, (replace(message, outbox=queue((mail,), context.at)),), (entry,))
    inbound = Inbound(
        channel=Surface.DESK, person=agent, subject=ticket.subject, text=said, source=id, fingerprint=id,
        kind=ticket.kind, language=ticket.language,
    )  # fmt: skip
    written = agent_answers(ticket, id, inbound, context)
    (message,) = written.messages
    return replace(written, messages=(replace(message, outbox=queue((mail,), context.at)),))


def _allowed(ticket: Ticket, key: str, text: str, context: RuleContext) -> MessageTemplate:
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})
    if ticket.held_answer:
        raise InvalidFields({"action": "answer_waiting"})
    may = offered(ticket, context.shop, context.at)
    if not may:
        raise InvalidFields({"action": "no_template"})
    template = next((each for each in may if each.key == key), None)
    if template is None:
        raise InvalidFields({"template": "unknown" if key else "missing"})
    has_place = TemplateValue.TEXT in template.values
    if has_place and not text:
        raise InvalidFields({"text": "missing"})
    if text and not has_place:
        raise InvalidFields({"text": "no_place"})
    return template


def is_template(mail: Delivery) -> bool:
    return mail.about.startswith(_BEGINS)


def approved(shop: Shop, ticket: Ticket, mail: Delivery, said: str, link: str) -> Approved | None:
    """The template as it is sent. `said`: the message's text, from which the agent's words are read; `link`: the
    customer's. None if the policy has it no more, or with another text."""
    key = mail.about.removeprefix(_BEGINS)
    template = next((each for each in shop.messages.templates if each.key == key), None)
    if template is None:
        return None
    apart = "\x00"
    before, _, behind = filled(template, known(ticket, shop, apart)).partition(apart)
    whole = len(said) >= len(before) + len(behind) and said.startswith(before) and said.endswith(behind)
    words = said[len(before) : len(said) - len(behind)]
    if not whole or (words and TemplateValue.TEXT not in template.values):
        return None
    values = known(ticket, shop, words) | {TemplateValue.LINK: link}
    return Approved(template.name, template.language, tuple(values[each] for each in template.values))
