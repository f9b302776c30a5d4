"""The mail to a shop's admins and owners when a messenger refuses our token: once a day for each account, as long as it
lasts (decision 308)."""

from datetime import timedelta

from chalicelib.errors import NotSent
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rendering import pages, words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.delivery import standing_in
from chalicelib.services.messages import tokens
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.source_log import TokenRefusal
from chalicelib.services.ports.inbox import MAX_TIME
from chalicelib.services.tickets.service_letters import service_letter
from chalicelib.telemetry import logger

_PURPOSE = "token_refused"
_LEASE, _MOMENT = timedelta(minutes=10), timedelta(seconds=1)


def send_due(deps: Deps) -> None:
    """Send each mail that was not sent today. No error holds up the next; the next run tries again."""
    for shop in deps.policy.shops.values():
        for provider in Provider:
            for refusal in tokens.standing(deps, shop, provider):
                for agent, names in standing_in.there(deps, shop, "admin", "owner").items():
                    _sent(deps, shop, provider, refusal, agent, names)


def _sent(
    deps: Deps, shop: Shop, provider: Provider, refusal: TokenRefusal, agent: Agent, names: tuple[str, ...]
) -> None:
    try:
        _send(deps, shop, provider, refusal, agent, names)
    except NotSent as error:
        logger.warning("a mail about a token could not be sent", extra={"shop": shop.id, "reason": str(error)[:80]})
    except Exception:
        logger.exception("a mail about a token failed", extra={"shop": shop.id})


def _send(
    deps: Deps, shop: Shop, provider: Provider, refusal: TokenRefusal, agent: Agent, names: tuple[str, ...]
) -> None:
    now = deps.now()
    today = local_date(now, shop.hours)
    claimed = derived.source_of(_PURPOSE, provider, refusal.account, agent.address)
    if not deps.digests.claim_digest(shop.id, f"token#{claimed}", today, now, now + _LEASE):
        return
    language = shop.languages[0]
    rendered = pages.mail(_PURPOSE, language, **contents(shop, provider, refusal, language), stands_for=names)
    serial = derived.source_of(_PURPOSE, shop.id, today.isoformat(), claimed)[:12]
    letter = service_letter(shop, Person.of(agent), rendered, ServiceToken.DIGEST, serial, now)
    deps.mailer.send(shop.support, deliverable(agent.address), compose(letter), {"purpose": _PURPOSE})
    deps.digests.claim_digest(shop.id, f"token#{claimed}", today, now + _LEASE + _MOMENT, MAX_TIME)


def contents(shop: Shop, provider: Provider, refusal: TokenRefusal, language: str) -> dict[str, object]:
    return {
        "shop": shop,
        "provider": words.phrase(language, f"messages.provider.{provider}"),
        "account": refusal.account,
        "since": refusal.since,
    }
