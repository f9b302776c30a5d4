"""If agents answer a digest or a sign-in link, they get a reply that nobody reads it, with the text they wrote."""

from dataclasses import replace

from chalicelib.errors import NotSent
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rendering import pages
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.limits import Cause
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.intake.arrivals import RawMail
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.service_letters import service_letter
from chalicelib.telemetry import logger

_LONGEST = 20_000


def tell(deps: Deps, shop: Shop, agent: Agent, mail: RawMail) -> None:
    """Send the reply, unless it was sent when this raw mail was processed before. If the run crashes between sending
    and recording the outcome, the reply is sent again. Raises NotSent if the fault may be temporary."""
    if deps.mail_log.outcomes_of([mail.notice.key]):
        return
    cause = Cause.READER if mail.dmarc_passed else Cause.NAMED
    if not limiting.may_mail(deps, shop, agent.address, mail.notice.key, cause):
        return
    language, said = shop.languages[0], mail.mail
    text = submission.clean(said.new or said.reply or said.text).strip()[:_LONGEST]
    rendered = pages.mail("service_reply", language, shop=shop, agent_name=agent.name, text=text)
    serial = derived.source_of("service", mail.notice.key)[:12]
    letter = replace(
        service_letter(shop, Person.of(agent), rendered, ServiceToken.DIGEST, serial, deps.now()),
        answers=(said.message_id,) if said.message_id else (),
        automatic="auto-replied",
    )
    try:
        deps.mailer.send(shop.support, deliverable(agent.address), compose(letter), {"purpose": "service_reply"})
    except NotSent as error:
        if error.passing:
            raise
        logger.warning("an agent could not be told that nobody reads answers to a digest", extra={"shop": shop.id})
