"""What a customer who wrote by a messenger is told there, in place of a mail (decision 294).

One place says what such a customer gets: people's words whole, everything else as a line with the link to their own
page, and adverts never. Nothing is written outside the provider's window.
"""

from chalicelib.errors import NotSent
from chalicelib.rendering import words
from chalicelib.rules.identity.handles import Handle, of_address
from chalicelib.rules.messages import commenting, templating
from chalicelib.rules.messages.splitting import parts
from chalicelib.rules.messages.window import How, ends, window
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.last_line import LAST_LINE
from chalicelib.rules.tickets.clocks import ANSWERS
from chalicelib.rules.tickets.due_dates import due_date
from chalicelib.rules.tickets.outbox import Delivery, Nature, Purpose, Unsent
from chalicelib.rules.tickets.ticket import Message, Ticket, active_clocks
from chalicelib.services.messages import tokens
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.messages.channels import Outgoing
from chalicelib.services.tickets import links
from chalicelib.services.tickets.filing import shown_text
from chalicelib.services.timing import closures

_PEOPLES = (
    Purpose.ANSWER, Purpose.QUESTION, Purpose.EXTENSION, Purpose.INSTRUCTIONS, Purpose.REMEDY_DONE,
    Purpose.FINAL_ANSWER,
)  # fmt: skip
# An answer and a question are all that their letter says; the others' page says more.
_WHOLE = (Purpose.ANSWER, Purpose.QUESTION)


def unwanted(deps: Deps, ticket: Ticket, mail: Delivery, who: Handle) -> Unsent | None:
    """Why nothing is sent there, or None."""
    if mail.purpose.nature is Nature.ADVERT:
        return Unsent.NOT_ALLOWED
    if templating.is_template(mail):
        return None
    how = _how(deps, ticket, who)
    closed = how is How.CLOSED or (how is How.TAGGED and mail.purpose not in _PEOPLES)
    return Unsent.WINDOW_CLOSED if closed else None


def say(deps: Deps, shop: Shop, ticket: Ticket, message: Message, mail: Delivery, who: Handle, *, short: bool) -> str:
    """Send what the mail would say; returns the provider's id of the last part. `short`: without the message's words.
    Raises NotSent, which says how many parts were taken before."""
    if public := commenting.place_of(ticket, mail):
        return _below(deps, shop, ticket, who, *public)
    if templating.is_template(mail):
        return _approved(deps, shop, ticket, message, mail, who)
    text = news(deps, shop, ticket) if short else said(deps, shop, ticket, message, mail)
    tagged, account = _how(deps, ticket, who) is How.TAGGED, ticket.reached.account if ticket.reached else ""
    id, pieces = "", parts(text, who.provider)
    for number, piece in enumerate(pieces[mail.parts :], mail.parts):
        try:
            id = deps.channels.send(shop.id, Outgoing(who, account, piece, tagged))
        except NotSent as error:
            if error.token:
                tokens.refused(deps, shop, who.provider, account)
            raise NotSent(str(error), passing=error.passing, unanswered=error.unanswered, parts=number) from error
    tokens.accepted(deps, shop, who.provider, account)
    return id


def _approved(deps: Deps, shop: Shop, ticket: Ticket, message: Message, mail: Delivery, who: Handle) -> str:
    """Send a template of WhatsApp. Raises NotSent."""
    words_of = shown_text(deps, message)
    template = templating.approved(shop, ticket, mail, words_of, links.status_url(deps, ticket))
    if template is None:
        raise NotSent("TemplateChanged: the policy has another text", passing=False)
    return _sent(
        deps, shop, Outgoing(who, ticket.reached.account if ticket.reached else "", words_of, template=template)
    )


def _below(deps: Deps, shop: Shop, ticket: Ticket, who: Handle, account: str, comment: str) -> str:
    """Write below a public comment how one writes to the shop in private: nothing about anybody, and no link to a
    ticket. Raises NotSent."""
    url = f"{deps.public_url}/shops/{shop.id}/contact?lang={ticket.language}"
    text = _phrase(ticket, "in_public").format(shop=shop.name, url=url)
    return _sent(deps, shop, Outgoing(who, account, text, comment=comment))


def _sent(deps: Deps, shop: Shop, message: Outgoing) -> str:
    """Send a message that has no parts. Raises NotSent."""
    try:
        id = deps.channels.send(shop.id, message)
    except NotSent as error:
        if error.token:
            tokens.refused(deps, shop, message.to.provider, message.account)
        raise
    tokens.accepted(deps, shop, message.to.provider, message.account)
    return id


def said(deps: Deps, shop: Shop, ticket: Ticket, message: Message, mail: Delivery) -> str:
    """The words for a delivery."""
    if mail.purpose is Purpose.ACKNOWLEDGEMENT:
        return _last_line(deps, shop, ticket) if message.about == LAST_LINE else _acknowledgement(deps, shop, ticket)
    if mail.purpose not in _PEOPLES:
        return news(deps, shop, ticket)
    url = links.status_url(deps, ticket)
    further = [] if mail.purpose in _WHOLE else [_phrase(ticket, "more").format(reference=ticket.ref, url=url)]
    further += [_phrase(ticket, "files").format(url=url)] if message.files else []
    return "\n\n".join((shown_text(deps, message), *further))


def news(deps: Deps, shop: Shop, ticket: Ticket) -> str:
    """That there is something to read, and where."""
    url = links.status_url(deps, ticket)
    return _phrase(ticket, "news").format(shop=shop.name, reference=ticket.ref, url=url)


def _acknowledgement(deps: Deps, shop: Shop, ticket: Ticket) -> str:
    answer = next(iter(active_clocks(ticket).running.only(*ANSWERS)), None)
    named = {"shop": shop.name, "reference": ticket.ref, "url": links.status_url(deps, ticket)}
    if answer is None:
        return _phrase(ticket, "acknowledgement_open").format(**named)
    when = words.due(due_date(answer), shop.hours.timezone, ticket.language)
    said = _phrase(ticket, "acknowledgement").format(when=when, **named)
    return " ".join(filter(None, (said, closures.of_promises(deps, shop, ticket))))


def _last_line(deps: Deps, shop: Shop, ticket: Ticket) -> str:
    """By when there is an answer, until when it can come here, and where it stands in any case."""
    who = of_address(ticket.requester.address)
    until = ends(who.provider, ticket.reached.last_at) if who and ticket.reached else None
    answer = next(iter(active_clocks(ticket).running.only(*ANSWERS)), None)
    if until is None or answer is None:
        return news(deps, shop, ticket)
    zone, language = shop.hours.timezone, ticket.language
    return _phrase(ticket, "last_line").format(
        shop=shop.name,
        reference=ticket.ref,
        when=words.due(due_date(answer), zone, language),
        until=words.moment(until, zone, language),
        url=f"{links.status_url(deps, ticket)}#email",
    )


def _how(deps: Deps, ticket: Ticket, who: Handle) -> How:
    last = ticket.reached.last_at if ticket.reached else ticket.opened_at
    return window(who.provider, last, deps.now()).how


def _phrase(ticket: Ticket, name: str) -> str:
    return words.phrase(ticket.language, f"messages.said.{name}")
