"""The one text message that somebody gets whose call nobody answered: what is promised, and the link to change it.

It is sent once or not at all: it costs money and wakes people. So the number is counted before, nothing is sent again
after a failure, and a run that dies in between has sent none (decision 273).
"""

from chalicelib.errors import NotSent
from chalicelib.rendering import words
from chalicelib.rules.calls import missed, texting
from chalicelib.rules.calls.missed import CallNote
from chalicelib.rules.identity.calling import gets_texts
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.calls import links, told
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.commits import change_ticket
from chalicelib.telemetry import count, logger

NOT_TEXTED = "TextsNotSent"
"""The metric of text messages that were not sent, or perhaps not."""
MOST_PARTS = 3


def tell(deps: Deps, shop: Shop, ticket: Ticket) -> None:
    """Send the message, if the policy says from whom and its caller has a mobile phone, and write it into the log."""
    terms, call, number = shop.calls.texts, ticket.call, ticket.requester.phone
    if terms is None or call is None or ticket.state is State.QUARANTINED or not gets_texts(number):
        return
    text = said(deps, shop, ticket)
    if not text or not limiting.may_text(deps, shop, number, terms.a_day, ticket.ref):
        return
    news = CallNote.TEXTED
    try:
        deps.texts.send(number, text, terms.identity, terms.price, call.until - deps.now())
    except NotSent as why:
        count(NOT_TEXTED)
        logger.warning("a text message was not sent", extra={"ref": ticket.ref, "reason": str(why)})
        news = CallNote.NOT_TEXTED
    change_ticket(deps, ticket, lambda current: missed.texted(current, news, deps.context(shop)))


def said(deps: Deps, shop: Shop, ticket: Ticket) -> str:
    """Its words; "" if they are longer than anybody should pay for, even without the shop's name."""
    call, language = ticket.call, ticket.language
    if call is None:
        return ""
    when = told.by(call.until, deps.context(shop), language)
    say = words.phrase(language, "calls.text.missed").format
    texts = (say(shop=name, when=when, url=links.page_url(deps, ticket)) for name in (f"{shop.name}: ", ""))
    return next((text for text in texts if texting.parts(text) <= MOST_PARTS), "")
